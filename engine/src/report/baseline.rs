//! Findings that were known on some day: they are told as such and counted, and no longer fail a run.
//!
//! What is known is kept as text, one line for each fingerprint with how often it was found, sorted, without line
//! numbers: edits that move a finding change nothing, and two branches merge. A finding more than the count is new.

use super::limit::{NAME, capped};
use super::{Finding, Report};
use policyc_lang::values::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What the first line of such a text begins with; the day follows.
const HEAD: &str = "# policyc baseline of ";
/// What a fingerprint begins with: its version.
const VERSION: &str = "v1:";
/// Hexadecimal digits behind it.
const DIGITS: usize = 32;

/// Findings that were known on some day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The day, `2026-11-23`.
    pub day: String,
    /// How many findings of each fingerprint.
    known: BTreeMap<String, usize>,
}

/// A line that is none of a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// 1-based.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    ///
    /// The first line that cannot be read: whoever misses a line would take a known finding for a new one, or think that a
    /// merge went well.
    pub fn read(text: &str) -> Result<Self, BadLine> {
        let mut this = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if let Some(day) = line.strip_prefix(HEAD) {
                let day = day.trim_end_matches(':');
                Date::parse(day).map_err(|error| BadLine { line: number, message: error.message })?;
                // After a merge the later day may stand below the earlier one.
                if *this.day < *day {
                    day.clone_into(&mut this.day);
                }
            } else if !line.is_empty() && !line.starts_with('#') {
                let (fingerprint, count) = entry(line).map_err(|message| BadLine { line: number, message })?;
                // A line that both sides of a merge brought counts once.
                let known = this.known.entry(fingerprint.to_owned()).or_default();
                *known = count.max(*known);
            }
        }
        match this.day.is_empty() {
            true => Err(BadLine { line: 1, message: format!("the line `{HEAD}2026-11-23` is missing") }),
            false => Ok(this),
        }
    }

    /// How many findings are known.
    #[must_use]
    pub fn count(&self) -> usize {
        self.known.values().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// Fingerprint and count of a line; what follows is for people.
fn entry(line: &str) -> Result<(&str, usize), String> {
    let mut words = line.split_whitespace();
    let (fingerprint, count) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let digits = fingerprint.strip_prefix(VERSION);
    let digits = digits.filter(|it| it.len() == DIGITS && it.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if digits.is_none() {
        return Err(format!("`{}` is no fingerprint of a finding", capped(fingerprint, NAME)));
    }
    match count.parse::<usize>() {
        Ok(count @ 1..) => Ok((fingerprint, count)),
        _ => Err(format!("`{}` does not say how many findings are known", capped(count, NAME))),
    }
}

impl Report {
    /// Moves findings that a baseline knows to [`Report::baselined_findings`], and gives their number. Those of rules that
    /// nobody may suppress stay.
    pub fn take_known(&mut self, baseline: &Baseline, unsuppressible: &BTreeSet<String>) -> usize {
        let mut left = baseline.known.clone();
        let (mut known, mut new) = (Vec::new(), Vec::new());
        for finding in std::mem::take(&mut self.findings) {
            let count = left.get_mut(&finding.fingerprint).filter(|count| **count > 0);
            match count.filter(|_| !unsuppressible.contains(&finding.rule.id)) {
                Some(count) => {
                    *count -= 1;
                    known.push(finding);
                }
                None => new.push(finding),
            }
        }
        let moved = known.len();
        self.findings = new;
        self.baselined_findings.extend(known);
        self.baseline_day = Some(baseline.day.as_str().into());
        self.summary.baselined = self.baselined_findings.len();
        self.settle();
        moved
    }

    /// The findings as the text of a baseline.
    #[must_use]
    pub fn baseline_text(&self) -> String {
        let mut counts: BTreeMap<(String, &str), usize> = BTreeMap::new();
        for finding in self.findings.iter().chain(&self.baselined_findings) {
            *counts.entry((about(finding), &finding.fingerprint)).or_default() += 1;
        }
        let mut out = format!("{HEAD}{}\n", self.as_of);
        out.push_str("# What was found that day; `policyc baseline write` writes it anew.\n");
        for ((about, fingerprint), count) in counts {
            // Writing to a string does not fail.
            let _ = writeln!(out, "{fingerprint} {count} {about}");
        }
        out
    }
}

/// Rule, object and path, on one line.
fn about(finding: &Finding) -> String {
    let object = finding.resource.as_deref().map(|it| {
        let namespace = it.namespace.as_deref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
        format!("{} {namespace}{} ", it.kind, it.name)
    });
    let text = format!("{} {}{}", finding.rule.id, object.unwrap_or_default(), finding.path);
    let line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    capped(line.trim_end(), NAME).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{BadLine, Baseline};

    const A: &str = "v1:00000000000000000000000000000001";

    #[test]
    fn a_text_is_read_line_by_line() {
        let head = "# policyc baseline of 2026-11-23\n";
        let count = |text: &str| Baseline::read(&format!("{head}{text}")).map(|known| known.count());
        assert_eq!(count(""), Ok(0));
        assert_eq!(count(&format!("{A} 2 r Pod web spec\n\n# why\n")), Ok(2));
        assert_eq!(count(&format!("{A} 2 r\n{A} 3 r\n")), Ok(3), "both sides of a merge");
        let wrong = |line, message: &str| Err(BadLine { line, message: message.to_owned() });
        assert_eq!(count("x 1\n"), wrong(2, "`x` is no fingerprint of a finding"));
        assert_eq!(count(&format!("{A}\n")), wrong(2, "`` does not say how many findings are known"));
        assert_eq!(count(&format!("{A} 0 r\n")), wrong(2, "`0` does not say how many findings are known"));
        assert_eq!(count("<<<<<<< ours\n"), wrong(2, "`<<<<<<<` is no fingerprint of a finding"));
        assert!(Baseline::read(&format!("{A} 1\n")).is_err(), "without a day");
        let two = Baseline::read(&format!("{head}# policyc baseline of 2026-12-01\n")).unwrap();
        assert_eq!(two.day, "2026-12-01");
    }
}
