//! Changed rules that no test notices.

use super::coverage::percent;
use super::{folder_of, matches, run_with};
use crate::args::TestArgs;
use crate::commands::check::STACK;
use crate::library::Policies;
use crate::render::escape;
use crate::{Refusal, exit, output};
use policyc_engine::check::{Mutant, mutants, with_mutant};
use policyc_lang::check::TestCase;
use policyc_lang::ir::{Program, Rule};
use policyc_text::LineIndex;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Characters of a policy's text that are shown.
const MOST: usize = 60;

/// Makes each mutant of the tested rules, runs the tests that could notice it, and names those that none does.
///
/// # Errors
///
/// If the output cannot be written.
pub(super) fn show(policies: &Policies, args: &TestArgs) -> Result<u8, Refusal> {
    let cases: Vec<(TestCase, PathBuf)> = policies
        .compiled
        .tests
        .iter()
        .filter(|case| matches(policies, case, args))
        .map(|case| (case.clone(), folder_of(policies, case)))
        .collect();
    let modules: BTreeSet<_> = cases.iter().map(|(case, _)| case.module).collect();
    let program = &policies.compiled.artefact.program;
    let all = mutants(program, &modules);
    let is_noticed = |program: &mut Program, mutant: &Mutant| {
        with_mutant(program, mutant, |program| {
            let mut own = cases.iter().filter(|(case, _)| case.module == mutant.module);
            own.any(|(case, folder)| !run_with(program, folder, case).problems.is_empty())
        })
    };
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build();
    let pool = pool.map_err(|error| Refusal::new(format!("cannot start threads: {error}")))?;
    let noticed: Vec<bool> =
        pool.install(|| all.par_iter().map_init(|| program.clone(), |program, one| is_noticed(program, one)).collect());
    let mut by_rule: BTreeMap<&str, Score> = BTreeMap::new();
    let mut by_theme: BTreeMap<&str, Score> = BTreeMap::new();
    let themes: BTreeMap<&str, &str> = program.rules.iter().map(|rule| (rule.id.as_str(), theme_of(rule))).collect();
    for (mutant, noticed) in all.iter().zip(&noticed) {
        by_rule.entry(&mutant.rule).or_default().add(*noticed);
        let theme = themes.get(mutant.rule.as_str()).copied().unwrap_or_default();
        by_theme.entry(theme).or_default().add(*noticed);
    }
    let survivors: Vec<&Mutant> =
        all.iter().zip(&noticed).filter(|(_, noticed)| !**noticed).map(|(mutant, _)| mutant).collect();
    output::print(|out| {
        for mutant in &survivors {
            let Some(module) = program.modules.get(mutant.module.index()) else { continue };
            let line = LineIndex::new(&module.text).position(&module.text, mutant.span.start).line;
            let words: Vec<&str> = mutant.span.text(&module.text).split_whitespace().collect();
            let text: String = words.join(" ").chars().take(MOST).collect();
            let (file, rule) = (escape(&module.file), escape(&mutant.rule));
            writeln!(out, "survives: {file}:{line}: {rule}: {}: `{}`", mutant.what, escape(&text))?;
        }
        for (rule, Score { killed, count }) in by_rule.iter().filter(|(_, score)| score.killed < score.count) {
            writeln!(out, "{}: {killed} of {count} mutants are noticed", escape(rule))?;
        }
        for (theme, Score { killed, count }) in by_theme.iter().filter(|_| by_theme.len() > 1) {
            let theme = if theme.is_empty() { "without a theme" } else { theme };
            writeln!(out, "theme {}: {killed} of {count} ({} %)", escape(theme), percent(*killed, *count))?;
        }
        let killed = all.len() - survivors.len();
        writeln!(out, "{killed} of {} mutants are noticed ({} %)", all.len(), percent(killed, all.len()))
    })?;
    let enough = args.min.map_or(survivors.is_empty(), |min| {
        (all.len() - survivors.len()).saturating_mul(100) >= usize::from(min).saturating_mul(all.len())
    });
    Ok(if enough { exit::CLEAN } else { exit::FINDINGS })
}

/// How many mutants are noticed.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    killed: usize,
    count: usize,
}

impl Score {
    fn add(&mut self, noticed: bool) {
        self.count += 1;
        self.killed += usize::from(noticed);
    }
}

fn theme_of(rule: &Rule) -> &str {
    rule.theme.as_deref().unwrap_or_default()
}
