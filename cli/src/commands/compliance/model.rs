//! Controls, the rules that are evidence for them, and what came of these.

use crate::commands::roadmap::model::RuleOutcome;
use crate::commands::survey::Survey;
use policyc_engine::report::{PassedOver, SubjectCounts};
use policyc_lang::ir::Program;
use policyc_stdlib::guides::{Control, Framework};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// All that the report shows.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sheet {
    /// Version of the form of this report.
    version: u32,
    pub(super) framework: About,
    pub(super) as_of: String,
    pub(super) kubernetes: String,
    pub(super) judged: usize,
    pub(super) objects: usize,
    /// Names of files that were not read whole.
    pub(super) unread: Vec<String>,
    pub(super) sums: Sums,
    pub(super) controls: Vec<ControlState>,
    pub(super) notes: Vec<String>,
    pub(super) exit_code: u8,
    pub(super) exit_reason: &'static str,
}

/// The standard.
#[derive(Debug, Serialize)]
pub(super) struct About {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) version: String,
    pub(super) source: String,
    pub(super) note: String,
}

/// Controls by what came of them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sums {
    pub(super) pass: usize,
    pub(super) fail: usize,
    pub(super) undecided: usize,
    pub(super) not_applicable: usize,
    pub(super) not_run: usize,
    pub(super) not_covered: usize,
}

/// What came of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    /// A rule fails.
    Fail,
    /// Something cannot be told, or could not be read, and nothing that was judged fails.
    Undecided,
    /// Every rule passes that applies to anything.
    Pass,
    /// No rule applies to anything here.
    NotApplicable,
    /// Its rules were not selected.
    NotRun,
    /// No rule is evidence for it.
    NotCovered,
}

impl Outcome {
    /// A few words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Undecided => "undecided",
            Self::Pass => "pass",
            Self::NotApplicable => "nothing here",
            Self::NotRun => "not run",
            Self::NotCovered => "not covered",
        }
    }
}

/// A control.
#[derive(Debug, Serialize)]
pub(super) struct ControlState {
    pub(super) id: String,
    pub(super) title: String,
    /// Where in the source.
    pub(super) source: String,
    pub(super) outcome: Outcome,
    /// Rules that are evidence for it, sorted by id.
    pub(super) rules: Vec<Evidence>,
    /// Why they are.
    pub(super) why: String,
    /// What no file decides.
    pub(super) left: String,
}

/// A rule that is evidence for a control.
#[derive(Debug, Serialize)]
pub(super) struct Evidence {
    pub(super) id: String,
    /// `None` where it did not run.
    pub(super) outcome: Option<RuleOutcome>,
    pub(super) pass: u64,
    pub(super) fail: u64,
    pub(super) undecided: u64,
    pub(super) allowed: u64,
}

/// Ids of the rules that are evidence for a control: those that it names, those of its themes, and those that name it.
pub(super) fn rules_of<'p>(framework: &Framework, control: &Control, program: &'p Program) -> BTreeSet<&'p str> {
    let own = format!("{}:{}", framework.id, control.id);
    let names_it = |names: &[String]| names.iter().any(|name| *name == own || control.same.contains(name));
    let instances = program.instances.iter().filter(|instance| {
        let rule = program.rules.get(instance.rule.index());
        control.rules.contains(&instance.id)
            || rule.is_some_and(|rule| {
                names_it(&rule.controls) || rule.theme.as_ref().is_some_and(|theme| control.themes.contains(theme))
            })
    });
    instances.map(|instance| instance.id.as_str()).collect()
}

impl Sheet {
    /// What a survey shows of a standard.
    pub(super) fn new(survey: &Survey, framework: &Framework) -> Self {
        let report = &survey.report;
        let ran: BTreeSet<&str> = report.rules.iter().map(|card| card.info.id.as_str()).collect();
        let counts: BTreeMap<&str, SubjectCounts> = ran.iter().map(|id| (*id, report.outcome(id))).collect();
        let unread = !survey.unread().is_empty();
        let controls: Vec<ControlState> = framework
            .controls
            .iter()
            .map(|control| {
                let rules = rules_of(framework, control, survey.program());
                let rules: Vec<Evidence> = rules.into_iter().map(|id| evidence(id, counts.get(id))).collect();
                let Control { id, title, why, left, .. } = control.clone();
                let source = if control.source.is_empty() { control.id.clone() } else { control.source.clone() };
                ControlState { id, title, source, outcome: outcome(&rules, unread), rules, why, left }
            })
            .collect();
        let mut sums = Sums::default();
        controls.iter().for_each(|control| sums.add(control.outcome));
        let Framework { id, title, version, source, note, .. } = framework.clone();
        let passed_over = report.passed_over.iter().map(PassedOver::text);
        let loosened = report.loosened.iter();
        let loosened = loosened.map(|loosened| format!("loosened in {}: {}", loosened.place.file, loosened.text()));
        Self {
            version: 1,
            framework: About { id, title, version, source, note },
            as_of: report.as_of.clone(),
            kubernetes: report.kubernetes.clone(),
            judged: report.summary.judged,
            objects: report.summary.resources,
            unread: survey.unread().into_iter().map(str::to_owned).collect(),
            sums,
            controls,
            notes: report.notes.iter().cloned().chain(passed_over).chain(loosened).collect(),
            exit_code: survey.code,
            exit_reason: survey.reason(),
        }
    }
}

impl Sums {
    fn add(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Fail => &mut self.fail,
            Outcome::Undecided => &mut self.undecided,
            Outcome::Pass => &mut self.pass,
            Outcome::NotApplicable => &mut self.not_applicable,
            Outcome::NotRun => &mut self.not_run,
            Outcome::NotCovered => &mut self.not_covered,
        };
        *count += 1;
    }
}

fn evidence(id: &str, counts: Option<&SubjectCounts>) -> Evidence {
    let SubjectCounts { pass, fail, undecided, allowed, .. } = counts.copied().unwrap_or_default();
    Evidence {
        id: id.to_owned(),
        outcome: counts.map(|counts| RuleOutcome::of(*counts)),
        pass,
        fail,
        undecided,
        allowed,
    }
}

/// What comes of a control: the worst that came of a rule. What was not read may hold anything.
fn outcome(rules: &[Evidence], unread: bool) -> Outcome {
    let worst = rules.iter().filter_map(|rule| rule.outcome).min();
    match worst {
        None if rules.is_empty() => Outcome::NotCovered,
        None => Outcome::NotRun,
        Some(RuleOutcome::Fail) => Outcome::Fail,
        Some(RuleOutcome::Undecided) => Outcome::Undecided,
        Some(RuleOutcome::Pass | RuleOutcome::NotApplicable) if unread => Outcome::Undecided,
        Some(RuleOutcome::Pass) => Outcome::Pass,
        Some(RuleOutcome::NotApplicable) => Outcome::NotApplicable,
    }
}

#[cfg(test)]
mod tests {
    use super::{Evidence, Outcome, evidence, outcome, rules_of};
    use crate::library::{guides, standard};
    use policyc_engine::report::SubjectCounts;
    use std::collections::BTreeSet;

    fn rule(pass: u64, fail: u64, undecided: u64) -> Evidence {
        evidence("a", Some(&SubjectCounts { pass, fail, undecided, ..SubjectCounts::default() }))
    }

    #[test]
    fn a_control_is_as_good_as_its_worst_rule() {
        let not_run = || evidence("b", None);
        for (rules, unread, expected) in [
            (vec![], false, Outcome::NotCovered),
            (vec![not_run()], false, Outcome::NotRun),
            (vec![rule(0, 0, 0)], false, Outcome::NotApplicable),
            (vec![rule(1, 0, 0), rule(0, 0, 0), not_run()], false, Outcome::Pass),
            (vec![rule(1, 0, 0), rule(5, 0, 1)], false, Outcome::Undecided),
            (vec![rule(1, 0, 0), rule(5, 0, 1), rule(9, 1, 0)], false, Outcome::Fail),
            (vec![rule(1, 0, 0)], true, Outcome::Undecided),
            (vec![rule(0, 0, 0)], true, Outcome::Undecided),
            (vec![rule(0, 1, 0)], true, Outcome::Fail),
            (vec![], true, Outcome::NotCovered),
        ] {
            assert_eq!(outcome(&rules, unread), expected, "{rules:?}");
        }
    }

    #[test]
    fn every_control_has_a_source_and_names_what_there_is() {
        let (guides, artefact) = (guides().unwrap(), standard().unwrap());
        let program = &artefact.program;
        let ids: BTreeSet<&str> = program.instances.iter().map(|instance| instance.id.as_str()).collect();
        assert!(guides.frameworks.len() >= 10, "{}", guides.frameworks.len());
        for framework in &guides.frameworks {
            let of = &framework.id;
            assert!(
                !framework.source.is_empty() && !framework.version.is_empty() && !framework.note.is_empty(),
                "{of}"
            );
            let mut seen = BTreeSet::new();
            let mut covered = 0;
            for control in &framework.controls {
                let place = format!("{of}:{}", control.id);
                assert!(seen.insert(&control.id), "{place} stands twice");
                assert!(!control.title.is_empty(), "{place} has no title");
                let rules = rules_of(framework, control, program);
                control.rules.iter().for_each(|rule| assert!(ids.contains(rule.as_str()), "{place}: {rule}"));
                let ours = ["pci-dss-4.0", "soc2-2017", "nist-800-53-r5", "nist-800-190"].contains(&of.as_str());
                assert!(!ours || control.rules.is_empty() || !control.why.is_empty(), "{place} says no reason");
                assert!(!ours || !rules.is_empty() || !control.left.is_empty(), "{place} says nothing at all");
                covered += usize::from(!rules.is_empty());
            }
            assert!(covered * 5 >= framework.controls.len(), "{of}: {covered} of {}", framework.controls.len());
        }
    }

    #[test]
    fn every_control_that_a_rule_names_is_in_a_standard_that_has_such_numbers() {
        let (guides, artefact) = (guides().unwrap(), standard().unwrap());
        let known: BTreeSet<String> = guides
            .frameworks
            .iter()
            .flat_map(|framework| {
                let own = move |id: &String| format!("{}:{id}", framework.id);
                framework
                    .controls
                    .iter()
                    .flat_map(move |control| control.same.iter().cloned().chain([own(&control.id)]))
            })
            .collect();
        for rule in &artefact.program.rules {
            for control in &rule.controls {
                let listed = ["cis-k8s-1.12:", "nsa-1.0:", "pss-baseline:", "pss-restricted:", "mitre:", "soc2:"];
                let listed = listed.iter().any(|prefix| control.starts_with(prefix)) && !control.ends_with(":all");
                // SOC 2's CC1.1 is about people: no file is evidence for it.
                assert!(!listed || control == "soc2:CC1.1" || known.contains(control), "{}: {control}", rule.id);
            }
        }
    }
}
