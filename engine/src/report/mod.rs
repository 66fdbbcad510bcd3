//! What a run found, with places as people and tools name them: file, line, column.
//!
//! Built while the texts are in memory, so that nothing of a report needs a file again. Formats live beside this
//! module or in the program; colour and width are no business of it.

mod baseline;
mod exceptions;
mod excerpt;
mod fingerprint;
mod formatter;
mod json;
pub(crate) mod limit;
mod locate;
mod mask;
mod only;
mod origin;
mod outcomes;
mod rule_card;
mod sarif;
mod scenarios;
mod summary;
mod tally;

use crate::finding::{Outcome, Range, Resource};
use crate::fix::Remedy;
use policyc_lang::values::Severity;
use policyc_text::Level;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use baseline::{BadLine, Baseline};
pub use exceptions::{ExemptionStatus, ExemptionUse, Loosened, PassedOver, SuppressedFinding};
pub use excerpt::Excerpt;
pub(crate) use fingerprint::blamed_text;
pub use fingerprint::fingerprint;
pub use formatter::write_value;
pub use json::write_json;
pub use locate::Locator;
pub use mask::Secrets;
pub use only::LeftOut;
pub use origin::Origin;
pub use outcomes::{ByFile, SubjectCounts};
pub use rule_card::RuleCard;
pub use sarif::{Exit, write_sarif};
pub use summary::{BySeverity, Summary};
pub(crate) use tally::Sweep;
pub use tally::{Counted, FirstPlace, RuleTally, Tally};

/// Everything that one run has to say.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The day that the run takes for today, `2026-11-23`.
    pub as_of: String,
    /// The Kubernetes version that was judged for, `1.37`.
    pub kubernetes: String,
    /// Counts.
    pub summary: Summary,
    /// Sorted by file, offset, rule and message.
    pub findings: Vec<Finding>,
    /// Findings by rule, where they were only counted; then `findings` has none.
    pub tally: Option<Tally>,
    /// What could not be read, sorted by file and offset.
    pub diagnostics: Vec<Problem>,
    /// Every file that was considered, sorted by name.
    pub files: Vec<FileReport>,
    /// Objects on which absence was not judged, with the names of their files, sorted.
    pub partial: Vec<(Arc<str>, Resource)>,
    /// How the checks of each rule came out, by its id; built-in rules are not counted.
    pub rule_counts: BTreeMap<String, RuleCounts>,
    /// How each rule came out on its subjects, by its id and file, where a survey was asked for; without built-in rules.
    pub outcomes: BTreeMap<String, ByFile>,
    /// What exemptions keep out of `findings`, sorted by rule.
    pub exempted: Vec<ExemptedGroup>,
    /// The same one by one, sorted as `findings` are; without those of rules that ran only to be summed up.
    pub exempted_findings: Vec<ExemptedFinding>,
    /// Every exemption that names a rule which ran, with what came of it, in the order of the policies.
    pub exemptions: Vec<ExemptionUse>,
    /// What comments in the sources allow, sorted as `findings` are.
    pub suppressed_findings: Vec<SuppressedFinding>,
    /// What a baseline knows, sorted as `findings` are.
    pub baselined_findings: Vec<Finding>,
    /// The day of that baseline, `2026-11-23`; `None` where there is none.
    pub baseline_day: Option<Arc<str>>,
    /// Settings that make the run find less, in the order of their files.
    pub loosened: Vec<Loosened>,
    /// Files that were not looked at, by reason.
    pub passed_over: Vec<PassedOver>,
    /// The rules that ran, sorted by id.
    pub rules: Vec<RuleCard>,
    /// What else a reader should know about the run; one sentence each.
    pub notes: Vec<String>,
}

/// Findings of one rule that one exemption covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExemptedGroup {
    /// Id of the rule's instance.
    pub rule: String,
    /// Why, as the exemption says.
    pub because: String,
    /// The exemption's last day, `2026-11-23`.
    pub until: String,
    /// How many findings.
    pub count: usize,
}

/// A finding that an exemption covers.
#[derive(Clone, Debug)]
pub struct ExemptedFinding {
    /// The finding.
    pub finding: Finding,
    /// Why, as the exemption says.
    pub because: Arc<str>,
    /// The exemption's last day, `2026-11-23`.
    pub until: Arc<str>,
    /// The exemption: its place in `Program::exemptions`.
    pub number: u32,
}

/// How the checks of a rule came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleCounts {
    /// Checks that held.
    pub pass: u64,
    /// Checks that did not hold.
    pub fail: u64,
    /// Checks that cannot be told.
    pub indeterminate: u64,
    /// Subjects that the rule's own condition leaves out.
    pub not_applicable: u64,
}

/// What a report repeats about the rule of a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleInfo {
    /// Id of the rule's instance.
    pub id: String,
    /// Roadmap phase, the whole part: 1, 2 or 3.
    pub phase: Option<u8>,
    /// Theme.
    pub theme: Option<String>,
    /// `framework:number`.
    pub controls: Vec<String>,
}

/// A finding with its place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    /// Fail or indeterminate.
    pub outcome: Outcome,
    /// How bad.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<Arc<str>>,
    /// The primary place.
    pub place: Place,
    /// The object concerned.
    pub resource: Option<Arc<Resource>>,
    /// Path of the primary place, or of what is missing.
    pub path: String,
    /// Other places with a few words each.
    pub related: Vec<(Place, String)>,
    /// The same string for the same fault in the same object, wherever it stands in the file.
    pub fingerprint: String,
    /// What the document was rendered from, where it says so.
    pub origin: Option<Arc<Origin>>,
    /// What would mend it, where that was asked for.
    pub remedy: Remedy,
}

/// A range in a named file, with the line it begins on where a person will look at it.
#[derive(Clone, Debug)]
pub struct Place {
    /// Name of the file.
    pub file: Arc<str>,
    /// Where.
    pub range: Range,
    /// The source line; `None` where frames were not asked for or must not be shown.
    pub excerpt: Option<Box<Excerpt>>,
}

/// A diagnostic with its place.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Stable name, `yaml/syntax`.
    pub code: &'static str,
    /// How bad.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where.
    pub place: Place,
    /// Other places that explain it.
    pub related: Vec<(Place, String)>,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// Name.
    pub name: Arc<str>,
    /// Its end.
    pub status: FileStatus,
}

/// How a file that was considered ended; each in exactly one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileStatus {
    /// Every document was read, and at least one is a Kubernetes object.
    Judged,
    /// It was read, and is something else.
    NotApplicable(NotApplicable),
    /// At least one error diagnostic names it. Documents of it that could be read were judged all the same.
    Failed,
}

/// What a file is that no rule applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotApplicable {
    /// Nothing but blanks and comments.
    Empty,
    /// A template of a chart that was judged as it is rendered.
    Template,
    /// YAML or JSON that is no Kubernetes object: a compose file, chart values, a schema.
    NotKubernetes,
    /// What kustomize reads to build others.
    Kustomization,
    /// A list of JSON patch operations that a kustomization refers to.
    JsonPatch,
}

impl NotApplicable {
    /// A few words for people, plural: what such files are.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Template => "templates of rendered charts",
            Self::NotKubernetes => "not Kubernetes",
            Self::Kustomization => "kustomizations",
            Self::JsonPatch => "JSON patches",
        }
    }
}

impl Report {
    /// Brings everything into the order that makes reports equal for equal inputs.
    pub fn sort(&mut self) {
        self.findings.sort_by(by_place);
        self.exempted_findings.sort_by(|a, b| by_place(&a.finding, &b.finding));
        self.suppressed_findings.sort_by(|a, b| by_place(&a.finding, &b.finding));
        self.baselined_findings.sort_by(by_place);
        self.diagnostics.sort_by(|a, b| {
            (&a.place.file, a.place.range.span, a.code, &a.message).cmp(&(
                &b.place.file,
                b.place.range.span,
                b.code,
                &b.message,
            ))
        });
        self.files.sort_by(|a, b| a.name.cmp(&b.name));
        self.partial.sort();
    }
}

/// The order of findings: file, start, rule, message, and whatever else tells two apart.
fn by_place(a: &Finding, b: &Finding) -> Ordering {
    let key = |f: &Finding| (f.place.range.span.start, f.place.range.span.end);
    (&a.place.file, a.place.range.span.start)
        .cmp(&(&b.place.file, b.place.range.span.start))
        .then_with(|| (&a.rule.id, &a.message).cmp(&(&b.rule.id, &b.message)))
        .then_with(|| (key(a), &a.path, a.outcome).cmp(&(key(b), &b.path, b.outcome)))
}

impl Outcome {
    /// The word that reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Indeterminate => "indeterminate",
        }
    }
}
