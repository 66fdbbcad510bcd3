//! How far a project is: phases, their themes and rules, with what came of each.

use super::next::{self, Step};
use crate::commands::survey::Survey;
use policyc_engine::finding::Outcome;
use policyc_engine::report::{PassedOver, RuleCard, SubjectCounts};
use policyc_lang::values::Severity;
use policyc_stdlib::guides::{Phase, Theme};
use serde::Serialize;
use std::collections::BTreeMap;

/// All that the page shows.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Roadmap {
    /// Version of the form of this report.
    version: u32,
    pub(super) as_of: String,
    pub(super) kubernetes: String,
    pub(super) files: Files,
    pub(super) phases: Vec<PhaseState>,
    /// What belongs to no phase: what is wrong with documents themselves, and rules that name none.
    pub(super) others: Vec<Other>,
    /// What to do next.
    pub(super) next: Vec<Step>,
    pub(super) notes: Vec<String>,
    pub(super) exit_code: u8,
    pub(super) exit_reason: &'static str,
}

/// What was looked at.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Files {
    pub(super) judged: usize,
    pub(super) not_applicable: usize,
    /// Names of those that were not read whole; nothing is known of what they hide.
    pub(super) unread: Vec<String>,
    pub(super) objects: usize,
}

/// Rules by what came of them; each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RuleSums {
    pub(super) pass: u64,
    pub(super) fail: u64,
    pub(super) undecided: u64,
    pub(super) not_applicable: u64,
}

/// What rules judged, by what came of it: each subject counts once for each rule that applies to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Subjects {
    pub(super) applies: u64,
    pub(super) pass: u64,
    pub(super) fail: u64,
    pub(super) undecided: u64,
    pub(super) allowed: u64,
    pub(super) not_applicable: u64,
}

/// How far a phase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// All rules pass, or what they find is allowed knowingly.
    Reached,
    /// Nothing is known to fail, and something cannot be told.
    Undecided,
    /// Something fails.
    NotReached,
    /// No rule applies to anything.
    NothingToJudge,
}

impl State {
    /// A few words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Undecided => "cannot be told",
            Self::NotReached => "not reached",
            Self::NothingToJudge => "nothing to judge",
        }
    }
}

/// A phase.
#[derive(Debug, Serialize)]
pub(super) struct PhaseState {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) purpose: String,
    pub(super) reached: String,
    pub(super) state: State,
    pub(super) rules: RuleSums,
    pub(super) subjects: Subjects,
    pub(super) themes: Vec<ThemeState>,
}

/// A theme of a phase.
#[derive(Debug, Serialize)]
pub(super) struct ThemeState {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) rules: RuleSums,
    pub(super) subjects: Subjects,
    /// Its rules, those that fail first.
    pub(super) list: Vec<RuleState>,
}

/// A rule.
#[derive(Debug, Serialize)]
pub(super) struct RuleState {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) severity: &'static str,
    pub(super) outcome: RuleOutcome,
    pub(super) subjects: Subjects,
    #[serde(skip)]
    rank: Severity,
}

/// What came of a rule: the worst that came of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RuleOutcome {
    /// A subject fails.
    Fail,
    /// A subject cannot be told, and none fails.
    Undecided,
    /// All subjects pass, or what is found is allowed.
    Pass,
    /// There is no subject.
    NotApplicable,
}

impl RuleOutcome {
    /// Of counts by subject.
    pub(crate) fn of(counts: SubjectCounts) -> Self {
        match counts {
            SubjectCounts { fail: 1.., .. } => Self::Fail,
            SubjectCounts { undecided: 1.., .. } => Self::Undecided,
            counts if counts.applies() > 0 => Self::Pass,
            _ => Self::NotApplicable,
        }
    }

    /// A few words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Undecided => "undecided",
            Self::Pass => "pass",
            Self::NotApplicable => "not applicable",
        }
    }
}

/// Findings of a rule that belongs to no phase.
#[derive(Debug, Serialize)]
pub(super) struct Other {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) fail: usize,
    pub(super) undecided: usize,
}

impl RuleSums {
    fn add(&mut self, outcome: RuleOutcome) {
        let count = match outcome {
            RuleOutcome::Fail => &mut self.fail,
            RuleOutcome::Undecided => &mut self.undecided,
            RuleOutcome::Pass => &mut self.pass,
            RuleOutcome::NotApplicable => &mut self.not_applicable,
        };
        *count += 1;
    }

    /// Rules that apply to something.
    pub(super) fn applies(self) -> u64 {
        self.pass + self.fail + self.undecided
    }

    fn of(rules: &[RuleState]) -> Self {
        let mut sums = Self::default();
        rules.iter().for_each(|rule| sums.add(rule.outcome));
        sums
    }

    fn plus(self, other: Self) -> Self {
        Self {
            pass: self.pass + other.pass,
            fail: self.fail + other.fail,
            undecided: self.undecided + other.undecided,
            not_applicable: self.not_applicable + other.not_applicable,
        }
    }
}

impl From<SubjectCounts> for Subjects {
    fn from(counts: SubjectCounts) -> Self {
        let SubjectCounts { pass, fail, undecided, allowed, not_applicable } = counts;
        Self { applies: counts.applies(), pass, fail, undecided, allowed, not_applicable }
    }
}

impl Subjects {
    fn plus(self, other: Self) -> Self {
        Self {
            applies: self.applies + other.applies,
            pass: self.pass + other.pass,
            fail: self.fail + other.fail,
            undecided: self.undecided + other.undecided,
            allowed: self.allowed + other.allowed,
            not_applicable: self.not_applicable + other.not_applicable,
        }
    }
}

impl Roadmap {
    /// What a survey shows of the phases.
    pub(super) fn new(survey: &Survey, phases: &[Phase]) -> Self {
        let report = &survey.report;
        let mut by_phase: BTreeMap<u8, BTreeMap<&str, Vec<RuleState>>> = BTreeMap::new();
        let mut others = Vec::new();
        for card in &report.rules {
            match card.info.phase {
                Some(phase) => {
                    let theme = card.info.theme.as_deref().unwrap_or_default();
                    by_phase.entry(phase).or_default().entry(theme).or_default().push(rule(survey, card));
                }
                None => others.extend(other(survey, card)),
            }
        }
        let states = phases.iter().map(|phase| {
            let found = by_phase.remove(&phase.number).unwrap_or_default();
            self::phase(phase, found, !survey.unread().is_empty())
        });
        let states = states.collect();
        let summary = &report.summary;
        let passed_over = report.passed_over.iter().map(PassedOver::text);
        let loosened =
            report.loosened.iter().map(|loosened| format!("loosened in {}: {}", loosened.place.file, loosened.text()));
        Self {
            version: 1,
            as_of: report.as_of.clone(),
            kubernetes: report.kubernetes.clone(),
            files: Files {
                judged: summary.judged,
                not_applicable: summary.not_applicable,
                unread: survey.unread().into_iter().map(str::to_owned).collect(),
                objects: summary.resources,
            },
            phases: states,
            others,
            next: next::steps(survey),
            notes: report.notes.iter().cloned().chain(passed_over).chain(loosened).collect(),
            exit_code: survey.code,
            exit_reason: survey.reason(),
        }
    }
}

fn phase(phase: &Phase, mut found: BTreeMap<&str, Vec<RuleState>>, unread: bool) -> PhaseState {
    let mut themes: Vec<ThemeState> = phase
        .themes
        .iter()
        .map(|theme| self::theme(theme, found.remove(theme.id.as_str()).unwrap_or_default()))
        .collect();
    themes.extend(found.into_iter().map(|(id, rules)| {
        let title = if id.is_empty() { "without a theme" } else { id };
        theme(&Theme { id: id.to_owned(), title: title.to_owned(), text: String::new() }, rules)
    }));
    let rules = themes.iter().fold(RuleSums::default(), |sum, theme| sum.plus(theme.rules));
    let subjects = themes.iter().fold(Subjects::default(), |sum, theme| sum.plus(theme.subjects));
    let state = match rules {
        RuleSums { fail: 1.., .. } => State::NotReached,
        RuleSums { undecided: 1.., .. } => State::Undecided,
        // What was not read may hold anything.
        _ if unread => State::Undecided,
        RuleSums { pass: 1.., .. } => State::Reached,
        _ => State::NothingToJudge,
    };
    let Phase { id, title, purpose, reached, .. } = phase.clone();
    PhaseState { id, title, purpose, reached, state, rules, subjects, themes }
}

fn theme(theme: &Theme, mut list: Vec<RuleState>) -> ThemeState {
    list.sort_by(|a, b| (a.outcome, b.rank, &a.id).cmp(&(b.outcome, a.rank, &b.id)));
    let subjects = list.iter().fold(Subjects::default(), |sum, rule| sum.plus(rule.subjects));
    let Theme { id, title, text } = theme.clone();
    ThemeState { id, title, text, rules: RuleSums::of(&list), subjects, list }
}

fn rule(survey: &Survey, card: &RuleCard) -> RuleState {
    let counts = survey.report.outcome(&card.info.id);
    RuleState {
        id: card.info.id.clone(),
        title: card.title.clone(),
        severity: card.severity.as_str(),
        outcome: RuleOutcome::of(counts),
        subjects: counts.into(),
        rank: card.severity,
    }
}

fn other(survey: &Survey, card: &RuleCard) -> Option<Other> {
    let of_rule = |outcome: Outcome| {
        let findings = survey.report.findings.iter();
        findings.filter(|finding| finding.rule.id == card.info.id && finding.outcome == outcome).count()
    };
    let (fail, undecided) = (of_rule(Outcome::Fail), of_rule(Outcome::Indeterminate));
    (fail + undecided > 0).then(|| Other { id: card.info.id.clone(), title: card.title.clone(), fail, undecided })
}
