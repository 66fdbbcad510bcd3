//! Counts of a run.

use super::{FileReport, FileStatus, Finding};
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

    fn add(&mut self, severity: Severity) {
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
        self.files = files.len();
        for file in files {
            match file.status {
                FileStatus::Judged => self.judged += 1,
                FileStatus::NotApplicable(_) => self.not_applicable += 1,
                FileStatus::Failed => self.failed += 1,
            }
        }
        for finding in findings {
            match finding.outcome {
                Outcome::Fail => self.fail += 1,
                Outcome::Indeterminate => self.indeterminate += 1,
            }
            self.by_severity.add(finding.severity);
        }
    }
}
