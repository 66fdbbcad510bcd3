//! What to do next: what is worst first; of what is equally bad, what is quick to mend first, then what concerns most.

use crate::commands::survey::Survey;
use policyc_engine::finding::Outcome;
use policyc_engine::fix::Remedy;
use policyc_engine::report::{Finding, Report};
use policyc_lang::ir::Applicability;
use policyc_lang::values::Severity;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many steps are shown.
const STEPS: usize = 5;
/// Fixes that are worked out to put steps in order.
const TRIED: usize = 100;

/// Something to do.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Step {
    pub(super) rule: String,
    pub(super) title: String,
    pub(super) severity: &'static str,
    /// `phase-1`.
    pub(super) phase: Option<String>,
    pub(super) theme: Option<String>,
    /// Objects that it concerns.
    pub(super) objects: usize,
    pub(super) findings: usize,
    pub(super) effort: Effort,
    /// What to do.
    pub(super) help: Option<String>,
    /// Where the first one stands: `FILE:LINE`.
    pub(super) first: String,
    /// What shows, or mends, them.
    pub(super) command: String,
    #[serde(skip)]
    rank: (std::cmp::Reverse<Severity>, Effort, std::cmp::Reverse<usize>, u8),
}

/// What it takes to mend a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Effort {
    /// A fix that changes no working system.
    SafeFix,
    /// A fix that may change behaviour.
    FixToReview,
    /// Somebody has to think.
    ByHand,
}

impl Effort {
    /// A few words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::SafeFix => "safe fix",
            Self::FixToReview => "fix to review",
            Self::ByHand => "by hand",
        }
    }
}

/// The first things to do.
pub(super) fn steps(survey: &Survey) -> Vec<Step> {
    let report = &survey.report;
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.outcome == Outcome::Fail) {
        by_rule.entry(&finding.rule.id).or_default().push(finding);
    }
    let mut steps: Vec<Step> = Vec::new();
    for card in &report.rules {
        let id = card.info.id.as_str();
        let Some((first, found)) = by_rule.get(id).and_then(|found| Some((found.first()?, found))) else { continue };
        let severity = found.iter().map(|finding| finding.severity).max().unwrap_or(card.severity);
        // What is no object, such as a Dockerfile, counts as its file.
        let object = |finding: &&Finding| match &finding.resource {
            Some(resource) if !resource.name.is_empty() => (Some(Arc::clone(resource)), None),
            _ => (None, Some(Arc::clone(&finding.place.file))),
        };
        let objects: BTreeSet<_> = found.iter().map(object).collect();
        let effort = effort(first);
        let command = match effort {
            Effort::SafeFix => format!("policyc check --rule {id} --fix"),
            Effort::FixToReview => format!("policyc check --rule {id} --fix=unsafe --diff"),
            Effort::ByHand => format!("policyc check --rule {id}"),
        };
        steps.push(Step {
            rule: id.to_owned(),
            title: card.title.clone(),
            severity: severity.as_str(),
            phase: card.info.phase.map(|phase| format!("phase-{phase}")),
            theme: card.info.theme.clone(),
            objects: objects.len(),
            findings: found.len(),
            effort,
            help: card.help.clone(),
            first: format!("{}:{}", first.place.file, first.place.range.start.line),
            command,
            rank: (
                std::cmp::Reverse(severity),
                effort,
                std::cmp::Reverse(objects.len()),
                card.info.phase.unwrap_or(u8::MAX),
            ),
        });
    }
    steps.sort_by(|a, b| (&a.rank, &a.rule).cmp(&(&b.rank, &b.rule)));
    steps.truncate(STEPS);
    steps
}

/// Places of the findings whose fixes decide the order: the first one of each rule that may be among the steps.
pub(super) fn tried(report: &Report) -> BTreeSet<usize> {
    let mut first: BTreeMap<&str, (Severity, usize)> = BTreeMap::new();
    for (place, finding) in report.findings.iter().enumerate().filter(|(_, one)| one.outcome == Outcome::Fail) {
        let (severity, _) = first.entry(&finding.rule.id).or_insert((finding.severity, place));
        *severity = finding.severity.max(*severity);
    }
    let mut severities: Vec<Severity> = first.values().map(|(severity, _)| *severity).collect();
    severities.sort_unstable_by(|a, b| b.cmp(a));
    let least = severities.get(STEPS - 1).or(severities.last()).copied();
    let wanted = first.into_values().filter(|(severity, _)| Some(*severity) >= least);
    wanted.map(|(_, place)| place).take(TRIED).collect()
}

/// What it takes to mend a finding.
fn effort(finding: &Finding) -> Effort {
    match &finding.remedy {
        Remedy::Offered(fix) => match fix.applicability {
            Applicability::Safe => Effort::SafeFix,
            Applicability::Unsafe => Effort::FixToReview,
            Applicability::Hint => Effort::ByHand,
        },
        Remedy::None | Remedy::Withheld(_) => Effort::ByHand,
    }
}
