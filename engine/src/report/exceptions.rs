//! What keeps findings out of a report, by whose word and why: exemptions, comments in the source, and settings.

use super::{ExemptedFinding, ExemptedGroup, Finding, Place, Problem, Report};
use policyc_text::Level;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An exemption of a policy, and what came of it.
#[derive(Clone, Debug)]
pub struct ExemptionUse {
    /// Its place in `Program::exemptions`.
    pub number: u32,
    /// Where it stands in its policy.
    pub place: Place,
    /// Ids of the rules that it names.
    pub rules: Vec<String>,
    /// Why.
    pub because: Arc<str>,
    /// Its last day, `2026-11-23`.
    pub until: Arc<str>,
    /// Whether that day is past, so that it exempts nothing.
    pub expired: bool,
    /// Whether all of its rules ran, so that having found nothing means something.
    pub asked: bool,
    /// How many findings it covers.
    pub count: usize,
}

/// How an exemption ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExemptionStatus {
    /// It covers findings.
    Used,
    /// It covers nothing.
    Unused,
    /// Its last day is past.
    Expired,
    /// Not all of its rules ran, and it covers nothing that was found.
    NotAsked,
}

impl ExemptionStatus {
    /// The word that reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Unused => "unused",
            Self::Expired => "expired",
            Self::NotAsked => "not asked",
        }
    }
}

impl ExemptionUse {
    /// How it ended.
    #[must_use]
    pub fn status(&self) -> ExemptionStatus {
        match (self.expired, self.count, self.asked) {
            (true, ..) => ExemptionStatus::Expired,
            (false, 1.., _) => ExemptionStatus::Used,
            (false, 0, true) => ExemptionStatus::Unused,
            (false, 0, false) => ExemptionStatus::NotAsked,
        }
    }
}

/// A finding that a comment in the source allows.
#[derive(Clone, Debug)]
pub struct SuppressedFinding {
    /// The finding.
    pub finding: Finding,
    /// Why, as the comment says.
    pub because: Arc<str>,
    /// The comment's last day, `2026-11-23`, where it has one.
    pub until: Option<Arc<str>>,
    /// The comment.
    pub comment: Place,
}

/// A setting that makes a run find less, or fail later, than it would without it.
#[derive(Clone, Debug)]
pub struct Loosened {
    /// Where it is said.
    pub place: Place,
    /// The setting, `rules.privileged-container`.
    pub setting: String,
    /// What it does, in a few words.
    pub effect: String,
    /// How many findings it changes or leaves out; `None` where nobody counted.
    pub findings: Option<usize>,
    /// How many files it leaves out; `None` where it concerns no files.
    pub files: Option<usize>,
}

/// Files that were passed over, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PassedOver {
    /// Their names, sorted; of a folder with everything in it only its own, with `/` behind it.
    pub names: Vec<String>,
    /// Why, in a few words: `left out by ignore files`.
    pub because: &'static str,
}

/// Names of files that a sentence holds.
const NAMED: usize = 5;

impl Loosened {
    /// One sentence: the setting, what it does, and how much that is.
    #[must_use]
    pub fn text(&self) -> String {
        let some =
            |number: usize, noun: &str| if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") };
        let findings = self.findings.map(|number| format!(" ({})", some(number, "finding")));
        let files = self.files.map(|number| format!(" ({})", some(number, "file")));
        let much = findings.or(files).unwrap_or_default();
        format!("`{}`: {}{much}", self.setting, self.effect)
    }
}

impl PassedOver {
    /// One sentence: how many, why, and the first names.
    #[must_use]
    pub fn text(&self) -> String {
        let number = self.names.len();
        let noun = if number == 1 { "name" } else { "names" };
        let mut shown: Vec<&str> = self.names.iter().take(NAMED).map(String::as_str).collect();
        let more = number.checked_sub(NAMED).filter(|more| *more > 0).map(|more| format!("and {more} more"));
        shown.extend(more.as_deref());
        format!("{number} {noun} {}: {}", self.because, shown.join(", "))
    }
}

/// Stable name of exemptions that exempt nothing.
const UNUSED: &str = "exempt/unused";
/// Stable name of exemptions whose last day is past.
const EXPIRED: &str = "exempt/expired";

impl Report {
    /// Adds diagnostics on exemptions: once all runs are summed up, since each may use another one.
    pub fn tell_exemptions(&mut self) {
        let told = self.exemptions.iter().filter_map(|exemption| {
            let ExemptionUse { rules, until, place, .. } = exemption;
            let rules = rules.iter().map(|rule| format!("`{rule}`")).collect::<Vec<_>>().join(", ");
            let (code, level, message, help) = match exemption.status() {
                ExemptionStatus::Used | ExemptionStatus::NotAsked => return None,
                ExemptionStatus::Unused => {
                    let message = format!("this exemption from {rules} covers nothing");
                    (UNUSED, Level::Warning, message, "take it out")
                }
                ExemptionStatus::Expired => {
                    let message = format!("this exemption from {rules} ended on {until}, and exempts nothing");
                    (EXPIRED, Level::Error, message, "mend what it covers and take it out, or give it a later day")
                }
            };
            let (place, help) = (place.clone(), Some(help.to_owned()));
            Some(Problem { code, level, message, help, place, related: Vec::new() })
        });
        let told: Vec<Problem> = told.collect();
        self.diagnostics.extend(told);
        self.sort();
    }

    /// How the exemptions ended and how many findings comments allow, where there are any: one sentence.
    #[must_use]
    pub fn exceptions_text(&self) -> Option<String> {
        let mut parts = Vec::new();
        for status in
            [ExemptionStatus::Used, ExemptionStatus::Unused, ExemptionStatus::Expired, ExemptionStatus::NotAsked]
        {
            let number = self.exemptions.iter().filter(|exemption| exemption.status() == status).count();
            if number > 0 {
                parts.push(format!("{number} {}", status.as_str()));
            }
        }
        let exemptions = (!parts.is_empty()).then(|| format!("exemptions: {}", parts.join(", ")));
        let suppressed = self.suppressed_findings.len();
        let comments = (suppressed > 0).then(|| format!("findings that comments allow: {suppressed}"));
        let all: Vec<String> = exemptions.into_iter().chain(comments).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// Whether an exemption of a policy has run out.
    #[must_use]
    pub fn has_expired_exemption(&self) -> bool {
        self.exemptions.iter().any(|exemption| exemption.expired)
    }

    /// Adds up the exemptions of another run with the same policies.
    pub(super) fn add_exemptions(&mut self, other: Vec<ExemptionUse>) {
        for exemption in other {
            match self.exemptions.iter_mut().find(|known| known.number == exemption.number) {
                Some(known) => {
                    known.count += exemption.count;
                    known.asked &= exemption.asked;
                }
                None => self.exemptions.push(exemption),
            }
        }
        self.exemptions.sort_by_key(|exemption| exemption.number);
    }

    /// Keeps what exemptions and comments cover where this holds, and counts anew.
    pub fn retain_excepted(&mut self, keep: &mut dyn FnMut(&mut Finding) -> bool) {
        self.exempted_findings.retain_mut(|exempted| keep(&mut exempted.finding));
        self.suppressed_findings.retain_mut(|suppressed| keep(&mut suppressed.finding));
        self.count_excepted();
    }

    /// Adds the findings of another run, and what exemptions and comments cover of them, and nothing else of it.
    pub fn add_findings(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.exempted_findings.extend(other.exempted_findings);
        self.suppressed_findings.extend(other.suppressed_findings);
        for exemption in other.exemptions {
            let known = self.exemptions.iter_mut().find(|known| known.number == exemption.number);
            known.into_iter().for_each(|known| known.count = known.count.max(exemption.count));
        }
        self.count_excepted();
    }

    /// Counts what is covered by what is told of it; how exemptions ended stays, since the rest of the run decides it too.
    fn count_excepted(&mut self) {
        let mut groups: BTreeMap<(String, Arc<str>, Arc<str>), usize> = BTreeMap::new();
        for ExemptedFinding { finding, because, until, .. } in &self.exempted_findings {
            let key = (finding.rule.id.clone(), Arc::clone(because), Arc::clone(until));
            *groups.entry(key).or_default() += 1;
        }
        let group = |((rule, because, until), count): ((String, Arc<str>, Arc<str>), usize)| ExemptedGroup {
            rule,
            because: because.to_string(),
            until: until.to_string(),
            count,
        };
        self.exempted = groups.into_iter().map(group).collect();
        self.summary.exempted = self.exempted_findings.len();
        self.summary.suppressed = self.suppressed_findings.len();
    }
}
