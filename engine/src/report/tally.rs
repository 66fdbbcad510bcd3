//! Findings counted by rule, each with its place, and no text of any: what a run costs that only asks how many.

use super::{BySeverity, Finding, Locator, Report, RuleInfo};
use crate::finding::Outcome;
use policyc_lang::values::Severity;
use policyc_text::{Position, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Findings by rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By the rule's id; rules without findings have no line.
    pub rules: BTreeMap<String, RuleTally>,
}

/// The findings of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleTally {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    /// Counts.
    pub counts: Counted,
}

/// Findings that are counted together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Those that fail, by severity.
    pub fail: BySeverity,
    /// Those that cannot be told, by severity.
    pub indeterminate: BySeverity,
    /// The first by file and offset.
    pub first: Option<FirstPlace>,
}

/// Where a finding stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FirstPlace {
    /// Name of the file.
    pub file: Arc<str>,
    /// 1-based line and column.
    pub start: Position,
    /// 1-based line and column one past the last byte.
    pub end: Position,
}

impl Counted {
    /// Counts a finding; those of one file come in the order of their places.
    pub(crate) fn add(
        &mut self,
        outcome: Outcome,
        severity: Severity,
        file: &Arc<str>,
        (start, end): (Position, Position),
    ) {
        match outcome {
            Outcome::Fail => self.fail.add(severity),
            Outcome::Indeterminate => self.indeterminate.add(severity),
        }
        let earlier = match &self.first {
            Some(first) if Arc::ptr_eq(&first.file, file) => false,
            Some(first) => (file, start) < (&first.file, first.start),
            None => true,
        };
        if earlier {
            self.first = Some(FirstPlace { file: Arc::clone(file), start, end });
        }
    }

    /// Adds the counts of another part of the run.
    pub(crate) fn merge(&mut self, other: Self) {
        self.fail.merge(other.fail);
        self.indeterminate.merge(other.indeterminate);
        self.first = match (self.first.take(), other.first) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }
}

impl Tally {
    /// Adds the counts of a rule.
    pub(crate) fn merge(&mut self, rule: &Arc<RuleInfo>, counts: Counted) {
        if counts.is_empty() {
            return;
        }
        let new = || RuleTally { rule: Arc::clone(rule), counts: Counted::default() };
        self.rules.entry(rule.id.clone()).or_insert_with(new).counts.merge(counts);
    }

    /// Counts findings that were told in full, sorted by file and offset.
    pub(crate) fn add_findings(&mut self, findings: &[Finding]) {
        for finding in findings {
            let (file, range) = (&finding.place.file, finding.place.range);
            let mut counts = Counted::default();
            counts.add(finding.outcome, finding.severity, file, (range.start, range.end));
            self.merge(&finding.rule, counts);
        }
    }
}

impl Report {
    /// Counts the findings in place of telling them.
    pub fn count_findings(&mut self) {
        let findings = std::mem::take(&mut self.findings);
        self.tally.get_or_insert_default().add_findings(&findings);
    }
}

/// Lines and columns of ascending places in one text, without a table of its lines.
pub(crate) struct Sweep<'t> {
    text: &'t str,
    /// For texts in which a lone `\r` may end a line, or that begin with a mark.
    odd: Option<Locator<'t>>,
    at: usize,
    line: u32,
    line_start: usize,
}

impl<'t> Sweep<'t> {
    /// At the start of a text.
    pub(crate) fn new(text: &'t str) -> Self {
        let odd = text.starts_with('\u{feff}') || memchr::memchr(b'\r', text.as_bytes()).is_some();
        let odd = odd.then(|| Locator::new("".into(), text));
        Self { text, odd, at: 0, line: 1, line_start: 0 }
    }

    /// Both ends of a span that begins no earlier than the one before.
    pub(crate) fn range(&mut self, span: Span) -> (Position, Position) {
        if let Some(locator) = &self.odd {
            let range = locator.range(span);
            return (range.start, range.end);
        }
        let start = self.position(span.start as usize);
        let kept = (self.at, self.line, self.line_start);
        let end = self.position(span.end.max(span.start) as usize);
        (self.at, self.line, self.line_start) = kept;
        (start, end)
    }

    fn position(&mut self, offset: usize) -> Position {
        let bytes = self.text.as_bytes();
        let offset = offset.min(bytes.len());
        if let Some(passed) = bytes.get(self.at..offset) {
            if let Some(last) = memchr::memrchr(b'\n', passed) {
                let count = memchr::memchr_iter(b'\n', passed).count();
                self.line += u32::try_from(count).unwrap_or(u32::MAX);
                self.line_start = self.at + last + 1;
            }
            self.at = offset;
        }
        let before = bytes.get(self.line_start..offset).unwrap_or_default();
        let starts = before.iter().filter(|byte| (**byte & 0b1100_0000) != 0b1000_0000).count();
        let inside = usize::from(!self.text.is_char_boundary(offset));
        Position { line: self.line, column: u32::try_from(starts + 1 - inside).unwrap_or(u32::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::Sweep;
    use crate::report::Locator;
    use policyc_text::Span;

    #[test]
    fn a_sweep_and_a_locator_agree() {
        for text in ["a: é\nüb: 2\n\n  c: x\n", "a\r\nb\rc\n", "\u{feff}a: 1\nb: 2", ""] {
            let (mut sweep, locator) = (Sweep::new(text), Locator::new("f".into(), text));
            for (start, _) in text.char_indices() {
                let ends = text.char_indices().map(|(end, _)| end).chain([text.len()]);
                for end in ends.filter(|end| *end >= start) {
                    let (span, range) = (Span::new(start, end), locator.range(Span::new(start, end)));
                    assert_eq!(sweep.range(span), (range.start, range.end), "{text:?} {span:?}");
                }
            }
        }
    }
}
