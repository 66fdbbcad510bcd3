//! Findings as results.

use super::super::{ExemptedFinding, Finding, Report, SuppressedFinding};
use super::artifacts::Artifacts;
use super::fixes::SarifFix;
use super::locations::Location;
use super::rules::{Numbers, level};
use super::text::Text;
use crate::finding::Outcome;
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};
use std::sync::Arc;

/// The results of a report; each is made when it is written, so that a large report needs no copy of itself.
pub(super) struct Results<'r> {
    pub(super) report: &'r Report,
    pub(super) artifacts: &'r Artifacts<'r>,
    pub(super) numbers: Numbers<'r>,
}

/// SARIF 2.1.0, 3.27.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'r> {
    rule_id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    kind: &'static str,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<Vec<Suppression<'r>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<[SarifFix; 1]>,
    properties: Properties<'r>,
}

#[derive(Serialize)]
struct Fingerprints<'r> {
    #[serde(rename = "policyc/v1")]
    own: &'r str,
}

/// SARIF 2.1.0, 3.35.
#[derive(Serialize)]
struct Suppression<'r> {
    kind: &'static str,
    status: &'static str,
    justification: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    properties: Until<'r>,
}

#[derive(Serialize)]
struct Until<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'r str>,
}

#[derive(Serialize)]
struct Properties<'r> {
    outcome: &'static str,
    severity: &'static str,
    path: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Made<'r>>,
}

/// What a document was rendered from, and with which values.
#[derive(Serialize)]
struct Made<'r> {
    file: &'r str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    scenarios: &'r [Arc<str>],
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Report { findings, exempted_findings, suppressed_findings, baselined_findings, .. } = self.report;
        // Where one result says whether it is suppressed, all must: SARIF 2.1.0, 3.27.23.
        let excepted = exempted_findings.len() + suppressed_findings.len() + baselined_findings.len();
        let told = excepted > 0;
        let all = findings.len() + excepted;
        let mut seq = to.serialize_seq(Some(all))?;
        for finding in findings {
            seq.serialize_element(&self.result(finding, told.then(Vec::new)))?;
        }
        for ExemptedFinding { finding, because, until, .. } in exempted_findings {
            let suppression = Suppression {
                kind: "external",
                status: "accepted",
                justification: because.to_string(),
                location: None,
                properties: Until { until: Some(until) },
            };
            seq.serialize_element(&self.result(finding, Some(vec![suppression])))?;
        }
        for SuppressedFinding { finding, because, until, comment } in suppressed_findings {
            let suppression = Suppression {
                kind: "inSource",
                status: "accepted",
                justification: because.to_string(),
                location: Some(Location::plain(self.artifacts, comment)),
                properties: Until { until: until.as_deref() },
            };
            seq.serialize_element(&self.result(finding, Some(vec![suppression])))?;
        }
        let day = self.report.baseline_day.as_deref().unwrap_or_default();
        for finding in baselined_findings {
            let suppression = Suppression {
                kind: "external",
                status: "accepted",
                justification: format!("known in the baseline of {day}"),
                location: None,
                properties: Until { until: None },
            };
            seq.serialize_element(&self.result(finding, Some(vec![suppression])))?;
        }
        seq.end()
    }
}

impl<'r> Results<'r> {
    fn result(&self, finding: &'r Finding, suppressions: Option<Vec<Suppression<'r>>>) -> SarifResult<'r> {
        let Finding { place, resource, path, related, outcome, severity, origin, .. } = finding;
        let number = self.numbers.get(finding.rule.id.as_str()).copied();
        // A result that is no failure has no level: SARIF 2.1.0, 3.27.9 and 3.27.10.
        let (kind, level) = match outcome {
            Outcome::Fail => ("fail", level(*severity)),
            Outcome::Indeterminate => ("open", "none"),
        };
        let primary = Location::primary(self.artifacts, place, resource.as_deref(), path);
        let made = origin.as_deref().filter(|origin| !origin.scenarios.is_empty());
        let (primary, rendered) = match made {
            Some(origin) => {
                let text = format!("as rendered with {}", origin.scenarios.join(", "));
                (Location::template(self.artifacts, origin, primary), Some((place, text)))
            }
            None => (primary, None),
        };
        let others = related.iter().map(|(place, message)| (place, message.as_str()));
        let related = (1..).zip(rendered.iter().map(|(place, message)| (*place, message.as_str())).chain(others));
        SarifResult {
            rule_id: &finding.rule.id,
            rule_index: number,
            kind,
            level,
            message: self.message(finding, number),
            locations: [primary],
            related_locations: related
                .map(|(number, (place, message))| Location::related(self.artifacts, place, number, message))
                .collect(),
            partial_fingerprints: Fingerprints { own: &finding.fingerprint },
            suppressions,
            fixes: finding.remedy.fix().map(|fix| [SarifFix::of(self.artifacts, &place.file, fix)]),
            properties: Properties {
                outcome: outcome.as_str(),
                severity: severity.as_str(),
                path,
                origin: origin.as_deref().map(|origin| Made { file: &origin.file, scenarios: &origin.scenarios }),
            },
        }
    }

    /// What is wrong, and what to do where that is not what the rule says anyway.
    fn message(&self, finding: &Finding, number: Option<usize>) -> Text {
        let own = number.and_then(|number| self.report.rules.get(number)).and_then(|card| card.help.as_deref());
        match finding.help.as_deref().filter(|help| Some(*help) != own) {
            Some(help) => Text::advice(&finding.message, help),
            None => Text::sentence(&finding.message),
        }
    }
}
