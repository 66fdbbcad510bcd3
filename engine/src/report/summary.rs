//! Counts of a run.

use super::{FileReport, FileStatus, Finding, RuleTally, Tally};
use crate::finding::Outcome;
use policyc_lang::values::Severity;

/// Counts of a run. `files` is always `judged + not_applicable + failed`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that were considered.
    pub files: usize,
    /// Files that were read whole and hold Kubernetes objects.
    pub judged: usize,
    /// Files that hold something else.
    pub not_applicable: usize,
    /// Files with at least one error diagnostic.
    pub failed: usize,
    /// Kubernetes objects, partial ones among them.
    pub resources: usize,
    /// Objects that a kustomization refers to as patches: absence is not judged on them.
    pub partial: usize,
    /// Rules that ran.
    pub rules: usize,
    /// Findings that fail.
    pub fail: usize,
    /// Findings that cannot be told.
    pub indeterminate: usize,
    /// Findings that a comment in the source allows.
    pub suppressed: usize,
    /// Findings that the baseline knows.
    pub baselined: usize,
    /// Findings that a policy exempts.
    pub exempted: usize,
    /// Findings by severity, both outcomes.
    pub by_severity: BySeverity,
    /// Checks that cannot be told only because the rest of the project was not given; no findings.
    pub open_world: usize,
    /// Objects of kinds whose fields nobody described: no field of them was checked.
    pub untyped: usize,
    /// Settings that make the run find less, or fail later.
    pub loosened: usize,
    /// Files, and folders as a whole, that were not looked at.
    pub passed_over: usize,
}

/// Findings by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BySeverity {
    /// Must be changed now.
    pub critical: usize,
    /// Must be changed soon.
    pub high: usize,
    /// Should be changed.
    pub medium: usize,
    /// Should be changed some day.
    pub low: usize,
    /// Worth knowing.
    pub info: usize,
}

impl BySeverity {
    /// The count of one severity.
    #[must_use]
    pub fn get(&self, severity: Severity) -> usize {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Info => self.info,
        }
    }

    /// How many there are of any severity.
    #[must_use]
    pub fn total(&self) -> usize {
        self.critical + self.high + self.medium + self.low + self.info
    }

    /// The worst severity that there is one of.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        Severity::ALL.into_iter().filter(|severity| self.get(*severity) > 0).max()
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.critical += other.critical;
        self.high += other.high;
        self.medium += other.medium;
        self.low += other.low;
        self.info += other.info;
    }

    pub(super) fn add(&mut self, severity: Severity) {
        let count = match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
        };
        *count += 1;
    }
}

impl Summary {
    /// Counts files and findings; the other fields keep their values.
    pub fn count(&mut self, files: &[FileReport], findings: &[Finding]) {
        self.count_files(files);
        for finding in findings {
            match finding.outcome {
                Outcome::Fail => self.fail += 1,
                Outcome::Indeterminate => self.indeterminate += 1,
            }
            self.by_severity.add(finding.severity);
        }
    }

    /// Counts files, and findings that were counted already.
    pub fn count_tally(&mut self, files: &[FileReport], tally: &Tally) {
        self.count_files(files);
        for RuleTally { counts, .. } in tally.rules.values() {
            self.fail += counts.fail.total();
            self.indeterminate += counts.indeterminate.total();
            self.by_severity.merge(counts.fail);
            self.by_severity.merge(counts.indeterminate);
        }
    }

    fn count_files(&mut self, files: &[FileReport]) {
        self.files = files.len();
        for file in files {
            match file.status {
                FileStatus::Judged => self.judged += 1,
                FileStatus::NotApplicable(_) => self.not_applicable += 1,
                FileStatus::Failed => self.failed += 1,
            }
        }
    }
}
