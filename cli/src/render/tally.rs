//! Findings by rule: how many, how bad, and where the first one stands.

use super::escape::escape;
use super::human::{Human, write_problems};
use super::summary::write_summary;
use policyc_engine::report::{FirstPlace, Report, RuleTally};
use std::cmp::Reverse;
use std::io::{self, Write};

/// Writes a line for each rule that found something, the worst first, then what a report for people ends with.
///
/// # Errors
///
/// Those of the writer.
pub(crate) fn write_counts(report: &Report, human: Human, out: &mut dyn Write) -> io::Result<()> {
    write_problems(report, out)?;
    let mut rules: Vec<&RuleTally> = report.tally.iter().flat_map(|tally| tally.rules.values()).collect();
    let found = |rule: &RuleTally| rule.counts.fail.total() + rule.counts.indeterminate.total();
    rules.sort_by_key(|rule| Reverse((rule.counts.fail.worst().max(rule.counts.indeterminate.worst()), found(rule))));
    let width = rules.iter().map(|rule| found(rule).to_string().len()).max().unwrap_or_default();
    for rule in &rules {
        let (counts, id) = (&rule.counts, &rule.rule.id);
        let worst = counts.fail.worst().max(counts.indeterminate.worst());
        let severity = worst.map_or("", |severity| severity.as_str());
        let untold = match counts.indeterminate.total() {
            0 => String::new(),
            number => format!(" ({number} of them cannot be told)"),
        };
        let first = counts.first.as_ref().map_or(String::new(), |FirstPlace { file, start, .. }| {
            format!(", first at {file}:{}:{}", start.line, start.column)
        });
        writeln!(out, "{:>width$} {severity:<8} {}", found(rule), escape(&format!("{id}{untold}{first}")))?;
    }
    if human.quiet {
        return Ok(());
    }
    if !rules.is_empty() || !report.diagnostics.is_empty() {
        writeln!(out)?;
    }
    write_summary(report, human, out)
}
