//! What is wrong with a file, for whoever shows it: findings, what could not be read, and mistakes in policies.

use super::policies::Policies;
use policyc_engine::builtin::Builtin;
use policyc_engine::check::session::Verdict;
use policyc_engine::finding::Outcome;
use policyc_engine::report::{Finding, Place};
use policyc_lang::values::Severity;
use policyc_text::{Diagnostic, Level, Span};
use std::sync::Arc;

/// How much a problem asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Must be mended.
    Error,
    /// Should be mended.
    Warning,
    /// Worth knowing.
    Information,
    /// Barely worth knowing.
    Hint,
}

/// One problem in a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    /// Bytes of the file.
    pub(crate) span: Span,
    /// How bad.
    pub(crate) weight: Weight,
    /// Id of the rule, or code of the diagnostic.
    pub(crate) code: Arc<str>,
    /// Whether the code is the id of a rule, which has a page.
    pub(crate) is_rule: bool,
    /// What is wrong, and on a line of its own what would help.
    pub(crate) message: String,
    /// Other places, by the name of their file, with a few words each.
    pub(crate) related: Vec<Related>,
    /// What stays the same while the file around it changes; empty for diagnostics.
    pub(crate) fingerprint: String,
    /// Whether the text has no effect, and can be shown so.
    pub(crate) unnecessary: bool,
}

/// A place that explains a problem.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Related {
    /// Name of the file.
    pub(crate) file: Arc<str>,
    /// Bytes there.
    pub(crate) span: Span,
    /// What is there.
    pub(crate) message: String,
}

/// How bad a finding is where it stands; `None` where it is not told.
pub(crate) type Weigh<'w> = dyn Fn(&Finding) -> Option<Severity> + 'w;

/// What a verdict on a file says.
pub(crate) fn of_verdict(name: &str, verdict: &Verdict, weigh: &Weigh<'_>) -> Vec<Problem> {
    let unread = verdict.parts.iter().flat_map(|(offset, part)| part.problems.iter().map(|problem| (*offset, problem)));
    let template = unread.clone().find(|(_, problem)| problem.code == TEMPLATE);
    let mut problems: Vec<Problem> = match template {
        // What else is wrong with it as YAML comes from its actions.
        Some((offset, template)) => {
            vec![Problem { weight: Weight::Information, ..shifted(of_problem(template), name, offset) }]
        }
        None => unread.map(|(offset, problem)| shifted(of_problem(problem), name, offset)).collect(),
    };
    problems.extend(findings_of(name, verdict, weigh));
    problems
}

/// The findings of a verdict alone.
pub(crate) fn findings_of(name: &str, verdict: &Verdict, weigh: &Weigh<'_>) -> Vec<Problem> {
    let all = verdict.parts.iter().flat_map(|(offset, part)| part.findings.iter().map(move |one| (*offset, one)));
    let told = all.filter_map(|(offset, finding)| Some(shifted(of_finding(finding, weigh(finding)?), name, offset)));
    told.collect()
}

/// A problem of a part of a file, as one of the file.
fn shifted(mut problem: Problem, name: &str, offset: u32) -> Problem {
    let shift = |span: &mut Span| {
        *span = Span { start: span.start.saturating_add(offset), end: span.end.saturating_add(offset) };
    };
    shift(&mut problem.span);
    problem.related.iter_mut().filter(|place| &*place.file == name).for_each(|place| shift(&mut place.span));
    problem
}

/// The code of what is to be rendered before it can be judged.
const TEMPLATE: &str = "yaml/template";

fn of_problem(problem: &policyc_engine::report::Problem) -> Problem {
    Problem {
        span: problem.place.range.span,
        weight: of_level(problem.level),
        code: problem.code.into(),
        is_rule: false,
        message: with_help(&problem.message, problem.help.as_deref()),
        related: related(&problem.related),
        fingerprint: String::new(),
        unnecessary: false,
    }
}

/// What stands for a verdict that a fault of this program cost.
pub(crate) fn internal() -> Problem {
    Problem {
        span: Span::default(),
        weight: Weight::Warning,
        code: "internal".into(),
        is_rule: false,
        message: "this file cannot be judged because of a fault of policyc\nhelp: please report it with the file"
            .to_owned(),
        related: Vec::new(),
        fingerprint: String::new(),
        unnecessary: false,
    }
}

/// What a finding says.
pub(crate) fn of_finding(finding: &Finding, severity: Severity) -> Problem {
    Problem {
        span: finding.place.range.span,
        weight: weight(finding.outcome, severity),
        code: finding.rule.id.as_str().into(),
        is_rule: true,
        message: with_help(&finding.message, finding.help.as_deref()),
        related: related(&finding.related),
        fingerprint: finding.fingerprint.clone(),
        unnecessary: Builtin::of_id(&finding.rule.id) == Some(Builtin::DuplicateKey),
    }
}

/// What is said of a configuration.
pub(crate) fn of_diagnostic(diagnostic: &Diagnostic) -> Problem {
    Problem {
        span: diagnostic.location.span,
        weight: of_level(diagnostic.level),
        code: diagnostic.code.into(),
        is_rule: false,
        message: with_help(&diagnostic.message, diagnostic.hint.as_deref()),
        related: Vec::new(),
        fingerprint: String::new(),
        unnecessary: false,
    }
}

/// What the compiler says of a policy.
pub(crate) fn of_policy(policies: &Policies, name: &str) -> Vec<Problem> {
    let names = &policies.analysis().names;
    let of = |diagnostic: &Diagnostic| Problem {
        span: diagnostic.location.span,
        weight: of_level(diagnostic.level),
        code: diagnostic.code.into(),
        is_rule: false,
        message: with_help(&diagnostic.message, diagnostic.hint.as_deref()),
        related: diagnostic
            .labels
            .iter()
            .filter_map(|label| {
                let file = names.get(label.location.file.0 as usize)?;
                Some(Related { file: file.as_str().into(), span: label.location.span, message: label.message.clone() })
            })
            .collect(),
        fingerprint: String::new(),
        unnecessary: false,
    };
    policies.diagnostics(name).into_iter().map(of).collect()
}

fn related(places: &[(Place, String)]) -> Vec<Related> {
    let of = |(place, message): &(Place, String)| Related {
        file: Arc::clone(&place.file),
        span: place.range.span,
        message: message.clone(),
    };
    places.iter().map(of).collect()
}

fn with_help(message: &str, help: Option<&str>) -> String {
    match help {
        Some(help) if !help.is_empty() => format!("{message}\nhelp: {help}"),
        _ => message.to_owned(),
    }
}

fn of_level(level: Level) -> Weight {
    match level {
        Level::Error => Weight::Error,
        Level::Warning => Weight::Warning,
        Level::Note => Weight::Information,
    }
}

/// What cannot be told is at most worth knowing: the editor shows a text in the middle of being written.
fn weight(outcome: Outcome, severity: Severity) -> Weight {
    match (outcome, severity) {
        (Outcome::Fail, Severity::Critical | Severity::High) => Weight::Error,
        (Outcome::Fail, Severity::Medium) => Weight::Warning,
        (Outcome::Fail, Severity::Low) => Weight::Information,
        (Outcome::Fail, Severity::Info) => Weight::Hint,
        (Outcome::Indeterminate, Severity::Info) => Weight::Hint,
        (Outcome::Indeterminate, _) => Weight::Information,
    }
}

/// Moves problems of an earlier text to where they stand after an edit; those inside what was replaced go.
pub(crate) fn moved(problems: &mut Vec<Problem>, name: &str, before: &str, after: &str) {
    let (old, new) = (before.as_bytes(), after.as_bytes());
    let most = old.len().min(new.len());
    let start = old.iter().zip(new).take(most).take_while(|(a, b)| a == b).count();
    let end = old.iter().rev().zip(new.iter().rev()).take(most - start).take_while(|(a, b)| a == b).count();
    let (old_end, new_end) = (old.len() - end, new.len() - end);
    let behind = |offset: usize| (offset >= old_end).then(|| offset - old_end + new_end);
    // What is written right before a span or right behind it is no part of it.
    let first = |offset: usize| {
        if offset < start { Some(offset) } else { behind(offset).or((offset == start).then_some(start)) }
    };
    let last = |offset: usize| if offset <= start { Some(offset) } else { behind(offset) };
    let shifted = |span: Span| Some(Span::new(first(span.start as usize)?, last(span.end as usize)?));
    problems.retain_mut(|problem| {
        for related in problem.related.iter_mut().filter(|related| &*related.file == name) {
            related.span = shifted(related.span).unwrap_or_default();
        }
        shifted(problem.span).is_some_and(|span| {
            problem.span = span;
            true
        })
    });
}

#[cfg(test)]
mod tests {
    use super::{Problem, Weight, moved};
    use policyc_text::Span;

    fn check(before: &str, after: &str, spans: &[(usize, usize)], expected: &[&str]) {
        let problem = |(start, end): &(usize, usize)| Problem {
            span: Span::new(*start, *end),
            weight: Weight::Hint,
            code: "c".into(),
            is_rule: true,
            message: String::new(),
            related: Vec::new(),
            fingerprint: String::new(),
            unnecessary: false,
        };
        let mut problems: Vec<Problem> = spans.iter().map(problem).collect();
        moved(&mut problems, "f", before, after);
        let found: Vec<&str> = problems.iter().map(|problem| problem.span.text(after)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn problems_follow_their_text_through_an_edit() {
        check("one two three", "one and two three", &[(0, 3), (4, 7), (8, 13)], &["one", "two", "three"]);
        check("one 22 three", "one three", &[(0, 3), (5, 6), (7, 12)], &["one", "three"]);
        check("one two", "one two", &[(4, 7)], &["two"]);
        check("aaa", "aaaa", &[(0, 3)], &["aaa"]);
        check("one", "", &[(1, 2)], &[]);
    }
}
