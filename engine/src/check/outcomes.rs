//! How rules came out on subjects, by rule and file: what a survey counts in place of checks.

use crate::eval::{OfSubject, SubjectVerdict};
use crate::finding::{Outcome, RawFinding};
use crate::report::{Report, SubjectCounts};
use policyc_text::FileId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Counts by the number of the rule's instance.
pub(super) type ByInstance = BTreeMap<u32, SubjectCounts>;

/// Says of the subjects of a part what their findings say; `allowed` says whether a comment allows one.
pub(super) fn settle(subjects: &mut [OfSubject], raw: &[RawFinding], allowed: &dyn Fn(&RawFinding) -> bool) {
    let mut verdicts: BTreeMap<u32, SubjectVerdict> = BTreeMap::new();
    for finding in raw {
        let Some(subject) = finding.subject else { continue };
        let verdict = match finding.outcome {
            _ if finding.exempted.is_some() || allowed(finding) => SubjectVerdict::Allowed,
            Outcome::Indeterminate => SubjectVerdict::Undecided,
            Outcome::Fail => SubjectVerdict::Fail,
        };
        let known = verdicts.entry(subject).or_insert(verdict);
        *known = verdict.max(*known);
    }
    for (number, verdict) in verdicts {
        if let Some(subject) = subjects.get_mut(number as usize) {
            subject.verdict = verdict;
        }
    }
}

/// Counts by the name of the file, the empty one for subjects that stand in none.
pub(super) type ByName = BTreeMap<Arc<str>, ByInstance>;

/// Counts subjects of many files.
pub(super) fn by_file(subjects: &[OfSubject], name: &dyn Fn(FileId) -> Option<Arc<str>>) -> ByName {
    let mut by_id: BTreeMap<Option<FileId>, ByInstance> = BTreeMap::new();
    for OfSubject { instance, file, verdict } in subjects {
        by_id.entry(*file).or_default().entry(*instance).or_default().add(*verdict);
    }
    let mut counts = ByName::new();
    for (file, by_instance) in by_id {
        counts.insert(file.and_then(name).unwrap_or_default(), by_instance);
    }
    counts
}

/// Tells a report of counts in one file; `ids` are those of the instances.
pub(super) fn tell(report: &mut Report, ids: &[&str], file: &Arc<str>, counts: &ByInstance) {
    for (instance, counts) in counts {
        if let Some(id) = ids.get(*instance as usize) {
            report.add_outcome(id, file, *counts);
        }
    }
}

/// Counts subjects of one file.
pub(super) fn count(subjects: &[OfSubject]) -> ByInstance {
    let mut counts = ByInstance::new();
    for OfSubject { instance, verdict, .. } in subjects {
        counts.entry(*instance).or_default().add(*verdict);
    }
    counts
}
