//! The files of a run, and the bases that their names are relative to.

use super::super::{FileStatus, Report};
use super::text::Text;
use super::uri::encoded;
use serde::Serialize;
use std::collections::BTreeMap;

/// The base of files on disk; the name is the one that code hosts expect.
const ROOT: &str = "%SRCROOT%";
/// The base of the files of the standard library, which are part of the program.
const LIBRARY: &str = "%POLICYC%";

/// Files by name, with their places in the run's list.
pub(super) struct Artifacts<'r> {
    files: BTreeMap<&'r str, About>,
}

#[derive(Clone, Copy)]
struct About {
    /// What became of it, where it is an input.
    status: Option<FileStatus>,
    /// Its 0-based place in the list.
    index: usize,
}

/// Where a file is (SARIF 2.1.0, 3.4).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Text>,
}

/// A file (SARIF 2.1.0, 3.24).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Artifact {
    location: ArtifactLocation,
    roles: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    source_language: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Status>,
}

#[derive(Serialize)]
struct Status {
    status: &'static str,
}

/// A base of names. Where it lies is left to whoever reads the report.
#[derive(Serialize)]
pub(super) struct Base {
    description: Text,
}

impl<'r> Artifacts<'r> {
    /// Every file that was considered, and every other one that a place of the report is in.
    pub(super) fn of(report: &'r Report) -> Self {
        let exempted = report.exempted_findings.iter().map(|exempted| &exempted.finding);
        let suppressed = report.suppressed_findings.iter().map(|suppressed| &suppressed.finding);
        let findings = report.findings.iter().chain(exempted).chain(suppressed).chain(&report.baselined_findings);
        let of_findings = findings
            .flat_map(|finding| std::iter::once(&finding.place).chain(finding.related.iter().map(|(place, _)| place)));
        let of_problems = report
            .diagnostics
            .iter()
            .flat_map(|problem| std::iter::once(&problem.place).chain(problem.related.iter().map(|(place, _)| place)));
        let comments = report.suppressed_findings.iter().map(|suppressed| &suppressed.comment);
        let of_settings = report.loosened.iter().map(|loosened| &loosened.place).chain(comments);
        let places = of_findings.chain(of_problems).chain(of_settings);
        let mut files: BTreeMap<&str, About> =
            places.map(|place| (&*place.file, About { status: None, index: 0 })).collect();
        files.extend(report.files.iter().map(|file| (&*file.name, About { status: Some(file.status), index: 0 })));
        for (number, about) in files.values_mut().enumerate() {
            about.index = number;
        }
        Self { files }
    }

    /// Where a file is.
    pub(super) fn location(&self, name: &str) -> ArtifactLocation {
        let about = self.files.get(name).copied();
        ArtifactLocation {
            uri: encoded(name),
            uri_base_id: base(name, about.is_some_and(|about| about.status.is_some())),
            index: about.map(|about| about.index),
            description: None,
        }
    }

    /// The run's list.
    pub(super) fn list(&self) -> impl Iterator<Item = Artifact> {
        self.files.iter().map(|(name, about)| {
            let location = self.location(name);
            let policy = about.status.is_none() && (name.ends_with(".policy") || name.ends_with("policyc.yaml"));
            let description = (*name == "-").then(|| Text::sentence("standard input"));
            Artifact {
                location: ArtifactLocation { index: None, description, ..location },
                roles: [if policy { "policy" } else { "analysisTarget" }],
                source_language: language(name),
                properties: about.status.map(|status| Status { status: word(status) }),
            }
        })
    }

    /// The bases in use.
    pub(super) fn bases(&self) -> BTreeMap<&'static str, Base> {
        let of = |text| Base { description: Text::sentence(text) };
        let mut bases = BTreeMap::from([(ROOT, of("The working directory of the run"))]);
        if self.files.iter().any(|(name, about)| base(name, about.status.is_some()) == LIBRARY) {
            bases.insert(LIBRARY, of("The standard library, which is part of the program"));
        }
        bases
    }
}

fn base(name: &str, input: bool) -> &'static str {
    if !input && name.starts_with("std/") && name.ends_with(".policy") { LIBRARY } else { ROOT }
}

fn language(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    let is = |known: &str| extension.eq_ignore_ascii_case(known);
    if is("yaml") || is("yml") { Some("yaml") } else { is("json").then_some("json") }
}

fn word(status: FileStatus) -> &'static str {
    match status {
        FileStatus::Judged => "judged",
        FileStatus::NotApplicable(_) => "notApplicable",
        FileStatus::Failed => "failed",
    }
}
