//! How a rule came out on each subject: what surveys count. Checks are counted elsewhere, always; a subject may have many.

use super::judge::{Counts, Judged};
use crate::finding::Outcome;
use policyc_text::FileId;

/// How a rule came out on one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfSubject {
    /// The rule's instance, by its place in [`super::Plan::instance_ids`].
    pub instance: u32,
    /// The file that the subject stands in; `None` for one that stands in none.
    pub file: Option<FileId>,
    /// How it came out.
    pub verdict: SubjectVerdict,
}

/// How a rule came out on a subject, all its checks together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectVerdict {
    /// The rule's own condition leaves the subject out.
    NotApplicable,
    /// Every check held, or there was none to make.
    Pass,
    /// What was found is allowed knowingly.
    Allowed,
    /// A check cannot be told, and none is known not to hold.
    Undecided,
    /// A check does not hold.
    Fail,
}

/// What was known before a rule judged a subject.
pub(super) struct Before {
    counts: Counts,
    findings: usize,
    open_world: u64,
}

impl Before {
    pub(super) fn of(judged: &Judged, instance: u32) -> Self {
        Self {
            counts: judged.counts.get(instance as usize).copied().unwrap_or_default(),
            findings: judged.findings.len(),
            open_world: judged.open_world,
        }
    }
}

impl Judged {
    /// Keeps how a subject came out, and says of its findings that they are about it.
    pub(super) fn note_subject(&mut self, instance: u32, file: Option<FileId>, before: &Before) {
        let subject = u32::try_from(self.subjects.len()).ok();
        let now = self.counts.get(instance as usize).copied().unwrap_or_default();
        let told = self.findings.get_mut(before.findings..).unwrap_or_default();
        let of_findings = told.iter().map(|finding| match (finding.exempted, finding.outcome) {
            (Some(_), _) => SubjectVerdict::Allowed,
            (None, Outcome::Indeterminate) => SubjectVerdict::Undecided,
            (None, Outcome::Fail) => SubjectVerdict::Fail,
        });
        // What did not pass and has no finding rests on what a patch leaves out, or on what lies outside of the inputs.
        let silent = now.fail > before.counts.fail
            || now.indeterminate > before.counts.indeterminate
            || self.open_world > before.open_world;
        let verdict = match of_findings.max() {
            Some(verdict) => verdict,
            None if silent => SubjectVerdict::Undecided,
            None if now.not_applicable > before.counts.not_applicable => SubjectVerdict::NotApplicable,
            None => SubjectVerdict::Pass,
        };
        told.iter_mut().for_each(|finding| finding.subject = subject);
        self.subjects.push(OfSubject { instance, file, verdict });
    }

    /// Takes the subjects of another part; its findings then point at them here.
    pub(super) fn take_subjects(&mut self, other: &mut Self) {
        let base = u32::try_from(self.subjects.len()).ok();
        for finding in &mut other.findings {
            finding.subject = finding.subject.zip(base).and_then(|(subject, base)| subject.checked_add(base));
        }
        self.subjects.append(&mut other.subjects);
    }
}
