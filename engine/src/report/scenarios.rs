//! Reports on one chart, rendered with several sets of values, as one report.

use super::{FileReport, FileStatus, Finding, Origin, Report, RuleCounts, RuleTally, Summary};
use crate::finding::{Outcome, Resource};
use policyc_lang::values::Severity;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What two findings of different scenarios must share to be one.
type Key = (String, Outcome, Severity, String, Option<Arc<Resource>>, String, Option<Arc<str>>);

impl Report {
    /// Says of every finding that it is about a chart's rendering with certain values. `folder` is the chart's folder as
    /// reports name it; renderers begin the names of templates with the chart's own name instead.
    pub fn set_scenario(&mut self, folder: &str, scenario: &Arc<str>) {
        let exempted = self.exempted_findings.iter_mut().map(|exempted| &mut exempted.finding);
        let suppressed = self.suppressed_findings.iter_mut().map(|suppressed| &mut suppressed.finding);
        for finding in self.findings.iter_mut().chain(exempted).chain(suppressed) {
            let known = finding.origin.as_deref();
            let inside =
                known.and_then(|origin| origin.file.split_once('/')).map_or("Chart.yaml", |(_, inside)| inside);
            let file = if folder == "." { inside.to_owned() } else { format!("{folder}/{inside}") };
            let range = known.and_then(|origin| origin.range);
            finding.origin = Some(Arc::new(Origin { file: file.into(), range, scenarios: vec![Arc::clone(scenario)] }));
        }
    }

    /// Tells what another scenario of the same chart found too once, with the names of both; the place is that of the
    /// first. Of equal findings in one scenario each is kept.
    pub fn add_scenario(&mut self, other: Self) {
        let mut known: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for (place, finding) in self.findings.iter().enumerate() {
            known.entry(key(finding)).or_default().push(place);
        }
        let mut used: BTreeMap<Key, usize> = BTreeMap::new();
        let mut rest = other;
        for finding in std::mem::take(&mut rest.findings) {
            let key = key(&finding);
            let before = used.entry(key.clone()).or_default();
            let same = known.get(&key).and_then(|places| places.get(*before));
            *before += 1;
            match same.and_then(|place| self.findings.get_mut(*place)) {
                Some(same) => same.origin = both(same.origin.as_deref(), finding.origin.as_deref()),
                None => self.findings.push(finding),
            }
        }
        self.add(rest);
    }

    /// Adds what a run over other files found. The day, the version and the rules must be the same.
    pub fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.diagnostics.extend(other.diagnostics);
        self.files.extend(other.files);
        self.partial.extend(other.partial);
        self.exempted_findings.extend(other.exempted_findings);
        self.suppressed_findings.extend(other.suppressed_findings);
        self.add_exemptions(other.exemptions);
        self.loosened.extend(other.loosened);
        self.passed_over.extend(other.passed_over);
        for (id, counts) in other.rule_counts {
            let sum = self.rule_counts.entry(id).or_default();
            *sum = RuleCounts {
                pass: sum.pass + counts.pass,
                fail: sum.fail + counts.fail,
                indeterminate: sum.indeterminate + counts.indeterminate,
                not_applicable: sum.not_applicable + counts.not_applicable,
            };
        }
        for (rule, by_file) in other.outcomes {
            by_file.into_iter().for_each(|(file, counts)| self.add_outcome(&rule, &file, counts));
        }
        for group in other.exempted {
            let same = |known: &&mut super::ExemptedGroup| {
                (&known.rule, &known.because, &known.until) == (&group.rule, &group.because, &group.until)
            };
            match self.exempted.iter_mut().find(same) {
                Some(known) => known.count += group.count,
                None => self.exempted.push(group),
            }
        }
        match (&mut self.tally, other.tally) {
            (Some(ours), Some(theirs)) => {
                theirs.rules.into_values().for_each(|RuleTally { rule, counts }| ours.merge(&rule, counts));
            }
            (ours, Some(theirs)) => *ours = Some(theirs),
            (_, None) => {}
        }
        for note in other.notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        let Summary { resources, partial, exempted, suppressed, open_world, untyped, .. } = other.summary;
        self.summary.resources += resources;
        self.summary.partial += partial;
        self.summary.exempted += exempted;
        self.summary.suppressed += suppressed;
        self.summary.open_world += open_world;
        self.summary.untyped += untyped;
        self.exempted.sort_by(|a, b| (&a.rule, &a.because, &a.until).cmp(&(&b.rule, &b.because, &b.until)));
        self.settle();
    }

    /// Names a file that was not judged by itself.
    pub fn add_file(&mut self, name: Arc<str>, status: FileStatus) {
        self.files.push(FileReport { name, status });
    }

    /// Counts and sorts anew.
    pub fn settle(&mut self) {
        let Summary { resources, partial, rules, exempted, suppressed, baselined, open_world, untyped, .. } =
            self.summary;
        self.summary = Summary {
            resources,
            partial,
            rules,
            exempted,
            suppressed,
            baselined,
            open_world,
            untyped,
            loosened: self.loosened.len(),
            passed_over: self.passed_over.iter().map(|group| group.names.len()).sum(),
            ..Summary::default()
        };
        match &self.tally {
            Some(tally) => self.summary.count_tally(&self.files, tally),
            None => self.summary.count(&self.files, &self.findings),
        }
        self.sort();
    }
}

fn key(finding: &Finding) -> Key {
    (
        finding.rule.id.clone(),
        finding.outcome,
        finding.severity,
        finding.message.clone(),
        finding.resource.clone(),
        finding.path.clone(),
        finding.origin.as_ref().map(|origin| Arc::clone(&origin.file)),
    )
}

fn both(one: Option<&Origin>, other: Option<&Origin>) -> Option<Arc<Origin>> {
    let mut origin = one.or(other)?.clone();
    for scenario in other.into_iter().flat_map(|other| &other.scenarios) {
        if !origin.scenarios.contains(scenario) {
            origin.scenarios.push(Arc::clone(scenario));
        }
    }
    Some(Arc::new(origin))
}

#[cfg(test)]
mod tests {
    use super::super::{Finding, Locator, Origin, Report, RuleInfo};
    use crate::finding::Outcome;
    use policyc_lang::values::Severity;
    use policyc_text::Span;
    use std::sync::Arc;

    /// A report with a finding for each message, in the rendering of a scenario.
    fn report(folder: &str, scenario: &str, messages: &[&str]) -> Report {
        let locator = Locator::new(format!("chart ({scenario})").into(), "a: b\n");
        let finding = |message: &&str| Finding {
            rule: Arc::new(RuleInfo { id: "r".into(), ..RuleInfo::default() }),
            outcome: Outcome::Fail,
            severity: Severity::High,
            message: (*message).to_owned(),
            help: None,
            place: locator.place(Span::new(3, 4)),
            resource: None,
            path: "a".into(),
            related: vec![],
            fingerprint: String::new(),
            origin: Some(Arc::new(Origin::of_file("name/templates/a.yaml".into()))),
            remedy: crate::fix::Remedy::None,
        };
        let mut report = Report { findings: messages.iter().map(finding).collect(), ..Report::default() };
        report.summary.resources = 1;
        report.set_scenario(folder, &scenario.into());
        report
    }

    #[test]
    fn what_several_scenarios_find_is_told_once() {
        let mut all = report("x/chart", "default", &["one", "two", "two"]);
        all.add_scenario(report("x/chart", "b", &["two", "three", "two", "two"]));
        all.add_scenario(report("x/chart", "c", &["one"]));
        let told: Vec<String> = all
            .findings
            .iter()
            .map(|finding| {
                let origin = finding.origin.as_ref().unwrap();
                assert_eq!(&*origin.file, "x/chart/templates/a.yaml");
                format!("{} in {}: {}", finding.message, finding.place.file, origin.scenarios.join(" "))
            })
            .collect();
        assert_eq!(
            told,
            [
                "three in chart (b): b",
                "two in chart (b): b",
                "one in chart (default): default c",
                "two in chart (default): default b",
                "two in chart (default): default b",
            ]
        );
        assert_eq!((all.summary.fail, all.summary.by_severity.high, all.summary.resources), (5, 5, 3));
    }

    #[test]
    fn a_chart_in_the_working_directory_has_no_folder() {
        let here = report(".", "default", &["one"]);
        assert_eq!(&*here.findings[0].origin.as_ref().unwrap().file, "templates/a.yaml");
    }
}
