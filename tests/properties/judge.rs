//! Judging texts in memory.

use policyc_engine::builtin::Builtin;
use policyc_engine::check::{Frames, Input, Meaning, Selection, check};
use policyc_engine::report::{FileStatus, Finding, Report};
use policyc_lang::check::Artefact;
use policyc_lang::ir::Scope;
use policyc_lang::values::Date;
use policyc_text::Span;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

static LIBRARY: LazyLock<Artefact> = LazyLock::new(|| policyc_stdlib::artefact().unwrap());

/// Which rules judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Those that look at one document at a time.
    Document,
    /// All.
    All,
}

/// What was found in one text.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) findings: Vec<Finding>,
    /// Codes and places of what could not be read, or is odd.
    pub(crate) diagnostics: Vec<(&'static str, Span)>,
    /// Whether an error is among them.
    pub(crate) failed: bool,
}

/// What a finding says besides where: rule, outcome, object, path and message.
pub(crate) type Told = (String, String, String, String);

pub(crate) fn told(finding: &Finding) -> Told {
    let resource =
        finding.resource.as_ref().map(|it| format!("{:?}", (&it.api_version, &it.kind, &it.namespace, &it.name)));
    let rule = format!("{} {}", finding.rule.id, finding.outcome.as_str());
    (rule, resource.unwrap_or_default(), finding.path.clone(), finding.message.clone())
}

/// Judges texts as files beside each other.
pub(crate) fn judge(texts: &[String], rules: Rules) -> Vec<Found> {
    let inputs: Vec<Input> =
        (0..texts.len()).map(|number| Input { name: format!("{number:06}.yaml").into() }).collect();
    let load = |place: usize| Ok(texts[place].clone().into_bytes());
    let report = check(&inputs, &load, &meaning(), &selection(rules));
    by_file(report, &inputs)
}

fn meaning() -> Meaning {
    let as_of = Date::parse("2026-11-23").unwrap();
    Meaning { as_of, kubernetes: None, open: false, namespace: None, frames: Frames::None, external: [].into() }
}

fn selection(rules: Rules) -> Selection<'static> {
    let program = &LIBRARY.program;
    let mut selection = Selection::builtins(program, Builtin::ALL.into_iter().collect());
    let chosen = program
        .instances
        .iter()
        .filter(|instance| rules == Rules::All || program.rules[instance.rule.index()].scope == Scope::Document);
    selection.rules = chosen.map(|instance| instance.id.clone()).collect();
    selection
}

fn by_file(report: Report, inputs: &[Input]) -> Vec<Found> {
    let mut found: BTreeMap<Arc<str>, Found> =
        inputs.iter().map(|input| (Arc::clone(&input.name), Found::default())).collect();
    for file in &report.files {
        found.get_mut(&file.name).unwrap().failed = file.status == FileStatus::Failed;
    }
    for finding in report.findings {
        found.get_mut(&finding.place.file).unwrap().findings.push(finding);
    }
    for problem in report.diagnostics {
        found.get_mut(&problem.place.file).unwrap().diagnostics.push((problem.code, problem.place.range.span));
    }
    found.into_values().collect()
}
