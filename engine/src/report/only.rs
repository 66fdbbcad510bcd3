//! A report cut down to what concerns some of the files.

use super::{Finding, Report};

/// What was left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Findings.
    pub findings: usize,
    /// Diagnostics.
    pub diagnostics: usize,
}

impl Report {
    /// Keeps findings that stand in a file that `concerns` holds for, have a related place in one or were rendered from
    /// one, and diagnostics in such files. What was judged is counted as before.
    pub fn keep_only(&mut self, concerns: &dyn Fn(&str) -> bool) -> LeftOut {
        let kept = |finding: &Finding| {
            concerns(&finding.place.file)
                || finding.related.iter().any(|(place, _)| concerns(&place.file))
                || finding.origin.as_ref().is_some_and(|origin| concerns(&origin.file))
        };
        let before = LeftOut { findings: self.findings.len(), diagnostics: self.diagnostics.len() };
        self.findings.retain(kept);
        self.retain_excepted(&mut |finding| kept(finding));
        self.diagnostics.retain(|problem| {
            concerns(&problem.place.file) || problem.related.iter().any(|(place, _)| concerns(&place.file))
        });
        self.settle();
        LeftOut {
            findings: before.findings - self.findings.len(),
            diagnostics: before.diagnostics - self.diagnostics.len(),
        }
    }
}

impl std::ops::AddAssign for LeftOut {
    fn add_assign(&mut self, other: Self) {
        self.findings += other.findings;
        self.diagnostics += other.diagnostics;
    }
}
