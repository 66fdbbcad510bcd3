//! How every rule came out on everything that it judges: what pages about a whole project are made of.

use super::check::{Choose, Prepared, Sources, groups, prepare, run};
use crate::args::{Indeterminate, SurveyArgs};
use crate::exit::{self, Threshold};
use crate::{Refusal, output, render};
use policyc_config::scopes::{Scope, Setup};
use policyc_engine::check::{offer_fixes, survey as judge};
use policyc_engine::report::{Finding, Report};
use policyc_lang::ir::Program;
use policyc_lang::values::Severity;
use policyc_text::Level;
use std::collections::BTreeSet;

/// What a survey found.
pub(super) struct Survey {
    /// Findings, files and [`Report::outcomes`].
    pub(super) report: Report,
    /// The exit code.
    pub(super) code: u8,
    /// Whether findings decide the exit code too.
    gated: bool,
    prepared: Prepared,
}

impl Survey {
    /// Judges what the arguments name. Rules that sum up others are taken apart: what they say their parts say too.
    ///
    /// # Errors
    ///
    /// As `policyc check`.
    pub(super) fn make(args: &SurveyArgs, choose: &Choose<'_>) -> Result<Self, Refusal> {
        let check = args.as_check();
        let mut prepared = prepare(&check, choose)?;
        let rendered = std::mem::take(&mut prepared.rendered);
        let Prepared { config, found, meaning, library, setup, pool, .. } = &prepared;
        let program = library.program();
        let mut selection = setup.selection(program);
        selection.rules = apart(&selection.rules, program);
        let charts: Vec<(String, String)> = rendered.names().collect();
        let name_of = |file: &str| {
            let chart = charts.iter().find(|(name, _)| name == file);
            config.name_of(&chart.map_or_else(|| file.to_owned(), |(_, folder)| format!("{folder}/Chart.yaml")))
        };
        let of_finding = |finding: &Finding| name_of(&finding.place.file);
        let groups = groups(config, found);
        let passes = || {
            let scopes = setup.scopes.iter().enumerate().filter(|(_, scope)| !scope.other_params.is_empty());
            let pass = |(number, scope): (usize, &Scope)| {
                let selection = setup.selection_of(scope, program);
                (number, run(&check, &groups, &rendered, meaning, &selection, None, &judge))
            };
            scopes.map(pass).collect::<Vec<_>>()
        };
        let (mut report, passes) =
            pool.install(|| (run(&check, &groups, &rendered, meaning, &selection, None, &judge), passes()));
        let asked = setup.selection(program).rules;
        let parts: BTreeSet<&str> = selection.rules.difference(&asked).map(String::as_str).collect();
        narrow(setup, &mut report, &passes, &parts, &name_of);
        // Folders have no settings of their own for what runs as a part of something else.
        let (of_parts, others) = std::mem::take(&mut report.findings)
            .into_iter()
            .partition::<Vec<_>, _>(|finding| parts.contains(finding.rule.id.as_str()));
        report.findings = others;
        setup.adjust(&mut report, passes, &of_finding);
        report.findings.extend(of_parts);
        rendered.tell(&mut report);
        config.tell(&mut report, &found.ignored);
        report.tell_exemptions();
        let code = code(args, &report);
        Ok(Self { report, code, gated: args.fail_on.is_some(), prepared })
    }

    /// Works out the fixes of findings, by their places in the report.
    pub(super) fn offer(&mut self, wanted: &BTreeSet<usize>) {
        let Prepared { found, meaning, library, setup, pool, .. } = &self.prepared;
        let program = library.program();
        let mut selection = setup.selection(program);
        selection.rules = apart(&selection.rules, program);
        let files = Sources::new(found.sources.iter().map(|(name, source)| (name.as_str(), source)));
        let (wanted, most) = (|place: usize| wanted.contains(&place), wanted.len());
        let load = |place: usize| files.load(place);
        let report = &mut self.report;
        pool.install(|| offer_fixes(&files.inputs, &load, meaning, &selection, report, &wanted, most));
    }

    /// The policies of the run.
    pub(super) fn program(&self) -> &Program {
        self.prepared.library.program()
    }

    /// What the exit code means, in a few words.
    pub(super) fn reason(&self) -> &'static str {
        match self.code {
            exit::CLEAN if !self.gated => "every file was read",
            code => exit::reason(code),
        }
    }

    /// The names of files that were not read whole, sorted.
    pub(super) fn unread(&self) -> Vec<&str> {
        let of_policy = |code: &str| code.starts_with("exempt/");
        let errors = self.report.diagnostics.iter().filter(|one| one.level == Level::Error && !of_policy(one.code));
        let names: BTreeSet<&str> = errors.map(|problem| &*problem.place.file).collect();
        names.into_iter().collect()
    }

    /// Says on standard error what no page may hide: what could not be read, and notes about the run.
    pub(super) fn complain(&self) {
        for problem in self.report.diagnostics.iter().filter(|problem| problem.level == Level::Error) {
            let place = problem.place.range.start;
            let line = format!("{}:{}:{}: {}", problem.place.file, place.line, place.column, problem.message);
            output::complain(&render::escape(&line));
        }
    }
}

/// Rules with those that sum up others replaced by these.
fn apart(rules: &BTreeSet<String>, program: &Program) -> BTreeSet<String> {
    let mut all = rules.clone();
    for sum in program.aggregates.iter().filter(|sum| rules.contains(&sum.id)) {
        all.remove(&sum.id);
        all.extend(sum.include.iter().cloned());
    }
    all
}

/// Counts as the folders' settings want them: without rules that are off there, and with those of the folders' own
/// passes where parameters differ.
fn narrow(
    setup: &Setup,
    report: &mut Report,
    passes: &[(usize, Report)],
    parts: &BTreeSet<&str>,
    name_of: &dyn Fn(&str) -> String,
) {
    if !setup.has_scopes() {
        return;
    }
    report.retain_outcomes(&|rule, file| {
        let name = name_of(file);
        let here = setup.state_of(&name).rules.get(rule);
        let other = setup.scope_of(&name).is_some_and(|scope| scope.other_params.contains(rule));
        (parts.contains(rule) || here.is_none_or(|rule| rule.on)) && !other
    });
    for (number, pass) in passes {
        let Some(scope) = setup.scopes.get(*number) else { continue };
        for (rule, by_file) in pass.outcomes.iter().filter(|(rule, _)| scope.other_params.contains(*rule)) {
            for (file, counts) in by_file {
                if setup.scope_of(&name_of(file)).is_some_and(|found| found.folder == scope.folder) {
                    report.add_outcome(rule, file, *counts);
                }
            }
        }
    }
}

// Input that could not be read, and exemptions that are over, as `check` has them; findings where they are asked for.
fn code(args: &SurveyArgs, report: &Report) -> u8 {
    let fail_on = args.fail_on.unwrap_or(Severity::Info);
    let threshold = Threshold { fail_on, by_file: None, indeterminate: Indeterminate::Warn };
    let code = exit::of_report(report, threshold);
    if code == exit::FINDINGS && args.fail_on.is_none() { exit::CLEAN } else { code }
}
