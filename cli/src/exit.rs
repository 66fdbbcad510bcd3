//! What the process says to whoever started it: one number.

use crate::args::Indeterminate;
use policyc_engine::finding::Outcome;
use policyc_engine::report::{Finding, Problem, Report};
use policyc_lang::values::Severity;
use policyc_text::Level;

/// Nothing at or above the threshold.
pub(crate) const CLEAN: u8 = 0;
/// Findings.
pub(crate) const FINDINGS: u8 = 1;
/// Bad usage, configuration or policy, no rule selected, or no file found at all.
pub(crate) const USAGE: u8 = 2;
/// Only indeterminate results.
pub(crate) const INDETERMINATE: u8 = 3;
/// Input that could not be read.
pub(crate) const UNREAD: u8 = 4;
/// A fault of this program.
pub(crate) const INTERNAL: u8 = 70;

/// Where several hold, the first of these.
const PRECEDENCE: [u8; 6] = [INTERNAL, USAGE, UNREAD, FINDINGS, INDETERMINATE, CLEAN];

/// What counts as a failure.
#[derive(Clone, Copy)]
pub(crate) struct Threshold<'t> {
    /// The least severity that counts.
    pub(crate) fail_on: Severity,
    /// The least severity that counts for a finding, where that depends on its file.
    pub(crate) by_file: Option<&'t dyn Fn(&Finding) -> Severity>,
    /// What indeterminate results are.
    pub(crate) indeterminate: Indeterminate,
}

/// The exit code of a run that gave a report.
pub(crate) fn of_report(report: &Report, threshold: Threshold<'_>) -> u8 {
    let of_policy = |problem: &&Problem| problem.code.starts_with("exempt/");
    let mut errors = report.diagnostics.iter().filter(|problem| problem.level == Level::Error);
    let usage = errors.clone().any(|problem| of_policy(&problem));
    let unread = errors.any(|problem| !of_policy(&problem));
    let least = |finding: &Finding| threshold.by_file.map_or(threshold.fail_on, |of| of(finding));
    let counts = |outcome| {
        let mut of_outcome = report.findings.iter().filter(|finding| finding.outcome == outcome);
        of_outcome.any(|finding| finding.severity >= least(finding)) || counted(report, outcome, threshold.fail_on)
    };
    let told = counts(Outcome::Fail);
    let untold = threshold.indeterminate == Indeterminate::Fail && counts(Outcome::Indeterminate);
    first(&[(usage, USAGE), (unread, UNREAD), (told, FINDINGS), (untold, INDETERMINATE)])
}

/// Whether findings that were only counted have one of so high a severity.
fn counted(report: &Report, outcome: Outcome, least: Severity) -> bool {
    let mut rules = report.tally.iter().flat_map(|tally| tally.rules.values());
    rules.any(|rule| {
        let by_severity = match outcome {
            Outcome::Fail => rule.counts.fail,
            Outcome::Indeterminate => rule.counts.indeterminate,
        };
        by_severity.worst() >= Some(least)
    })
}

/// What a code means, in a few words.
pub(crate) fn reason(code: u8) -> &'static str {
    match code {
        CLEAN => "nothing at or above the threshold",
        FINDINGS => "findings",
        USAGE => "bad usage, configuration or policy",
        INDETERMINATE => "only results that cannot be told",
        UNREAD => "input that could not be read",
        _ => "internal error",
    }
}

/// The most telling of the codes that hold.
fn first(conditions: &[(bool, u8)]) -> u8 {
    let holds = |code: &u8| conditions.contains(&(true, *code));
    PRECEDENCE.into_iter().find(holds).unwrap_or(CLEAN)
}

#[cfg(test)]
mod tests {
    use super::{Threshold, of_report};
    use crate::args::Indeterminate::{self, Fail, Ignore, Warn};
    use policyc_engine::finding::Outcome;
    use policyc_engine::report::{Finding, Locator, Problem, Report};
    use policyc_lang::values::Severity;
    use policyc_text::{Level, Span};

    /// Findings written as `fail high`, diagnostics as `error` or `warning`, separated by commas.
    fn report(text: &str) -> Report {
        let place = Locator::new("f".into(), "x").place(Span::new(0, 1));
        let mut report = Report::default();
        for item in text.split(", ").filter(|item| !item.is_empty()) {
            if let Some((outcome, severity)) = item.split_once(' ') {
                report.findings.push(Finding {
                    rule: std::sync::Arc::default(),
                    outcome: if outcome == "fail" { Outcome::Fail } else { Outcome::Indeterminate },
                    severity: Severity::parse(severity).unwrap(),
                    message: String::new(),
                    help: None,
                    place: place.clone(),
                    resource: None,
                    path: String::new(),
                    related: vec![],
                    fingerprint: String::new(),
                    origin: None,
                    remedy: policyc_engine::fix::Remedy::None,
                });
            } else {
                let level = if item == "error" { Level::Error } else { Level::Warning };
                let (message, place) = (String::new(), place.clone());
                report.diagnostics.push(Problem { code: "x/y", level, message, help: None, place, related: vec![] });
            }
        }
        report
    }

    #[test]
    fn the_first_that_holds_is_the_code() {
        let cases: &[(&str, Severity, Indeterminate, u8)] = &[
            ("", Severity::Low, Fail, 0),
            ("fail info", Severity::Low, Fail, 0),
            ("fail low", Severity::Low, Fail, 1),
            ("fail info", Severity::Info, Fail, 1),
            ("fail medium", Severity::High, Fail, 0),
            ("unknown high", Severity::Low, Fail, 3),
            ("unknown high", Severity::Low, Warn, 0),
            ("unknown high", Severity::Low, Ignore, 0),
            ("unknown low", Severity::High, Fail, 0),
            ("unknown high, fail low", Severity::Low, Fail, 1),
            ("unknown high, fail low", Severity::Medium, Fail, 3),
            ("warning", Severity::Low, Fail, 0),
            ("error", Severity::Low, Fail, 4),
            ("error, fail critical, unknown high", Severity::Low, Fail, 4),
            ("warning, fail critical", Severity::Low, Fail, 1),
        ];
        for (text, fail_on, indeterminate, expected) in cases {
            let threshold = Threshold { fail_on: *fail_on, by_file: None, indeterminate: *indeterminate };
            assert_eq!(of_report(&report(text), threshold), *expected, "{text} from {fail_on}, {indeterminate:?}");
        }
    }
}
