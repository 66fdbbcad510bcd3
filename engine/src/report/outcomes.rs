//! How rules came out on what they judge, counted by subject.

use super::Report;
use crate::eval::SubjectVerdict;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Subjects of a rule by how it came out on them. Each counts once, however many checks the rule has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubjectCounts {
    /// Every check held, or there was none to make.
    pub pass: u64,
    /// A check does not hold.
    pub fail: u64,
    /// A check cannot be told, and none is known not to hold.
    pub undecided: u64,
    /// What was found is allowed, by an exemption or by a comment.
    pub allowed: u64,
    /// The rule's own condition leaves them out.
    pub not_applicable: u64,
}

impl SubjectCounts {
    /// The subjects that the rule applies to.
    #[must_use]
    pub fn applies(&self) -> u64 {
        self.pass + self.fail + self.undecided + self.allowed
    }

    /// Counts one subject.
    pub(crate) fn add(&mut self, verdict: SubjectVerdict) {
        let count = match verdict {
            SubjectVerdict::Pass => &mut self.pass,
            SubjectVerdict::Fail => &mut self.fail,
            SubjectVerdict::Undecided => &mut self.undecided,
            SubjectVerdict::Allowed => &mut self.allowed,
            SubjectVerdict::NotApplicable => &mut self.not_applicable,
        };
        *count += 1;
    }
}

impl std::ops::AddAssign for SubjectCounts {
    fn add_assign(&mut self, other: Self) {
        self.pass += other.pass;
        self.fail += other.fail;
        self.undecided += other.undecided;
        self.allowed += other.allowed;
        self.not_applicable += other.not_applicable;
    }
}

/// Counts by the name of the file that the subjects stand in; those that stand in none have the empty name.
pub type ByFile = BTreeMap<Arc<str>, SubjectCounts>;

impl Report {
    /// How a rule came out over all files.
    #[must_use]
    pub fn outcome(&self, rule: &str) -> SubjectCounts {
        let mut sum = SubjectCounts::default();
        self.outcomes.get(rule).into_iter().flat_map(BTreeMap::values).for_each(|counts| sum += *counts);
        sum
    }

    /// Adds counts of a rule in a file.
    pub fn add_outcome(&mut self, rule: &str, file: &Arc<str>, counts: SubjectCounts) {
        let by_file = match self.outcomes.get_mut(rule) {
            Some(by_file) => by_file,
            None => self.outcomes.entry(rule.to_owned()).or_default(),
        };
        *by_file.entry(Arc::clone(file)).or_default() += counts;
    }

    /// Keeps counts of those rules and files that `keeps` holds for.
    pub fn retain_outcomes(&mut self, keeps: &dyn Fn(&str, &str) -> bool) {
        for (rule, by_file) in &mut self.outcomes {
            by_file.retain(|file, _| keeps(rule, file));
        }
    }
}
