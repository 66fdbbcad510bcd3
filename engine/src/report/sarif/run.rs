//! The run: the tool, what happened, and on what.

use super::super::{Problem, Report};
use super::Exit;
use super::artifacts::{Artifact, Artifacts, Base};
use super::locations::Location;
use super::results::Results;
use super::rules::{self, Descriptor};
use super::text::Text;
use policyc_text::Level;
use serde::Serialize;
use std::collections::BTreeMap;

/// Stable name of what else a reader should know about the run.
const NOTE: &str = "run/note";
/// Stable name of checks that need more than the inputs.
const OPEN_WORLD: &str = "run/open-world";
/// Stable name of settings that make the run find less.
const LOOSENED: &str = "config/loosened";
/// Stable name of files that were not looked at.
const PASSED_OVER: &str = "run/passed-over";
/// Stable name of what exemptions and comments keep out.
const EXCEPTED: &str = "run/excepted";
/// Stable name of objects of kinds that nobody described.
const UNTYPED: &str = "run/untyped";

/// SARIF 2.1.0, 3.13.
#[derive(Serialize)]
pub(super) struct Log<'r> {
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    pub(super) version: &'static str,
    pub(super) runs: [Run<'r>; 1],
}

/// SARIF 2.1.0, 3.14.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'r> {
    tool: Tool<'r>,
    invocations: [Invocation<'r>; 1],
    column_kind: &'static str,
    redaction_tokens: [&'static str; 1],
    original_uri_base_ids: BTreeMap<&'static str, Base>,
    artifacts: Vec<Artifact>,
    results: Results<'r>,
    properties: Properties<'r>,
}

#[derive(Serialize)]
struct Tool<'r> {
    driver: Driver<'r>,
}

/// SARIF 2.1.0, 3.19.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'r> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor<'r>>,
}

/// SARIF 2.1.0, 3.20.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'r> {
    execution_successful: bool,
    exit_code: u8,
    exit_code_description: &'r str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification<'r>>,
}

/// SARIF 2.1.0, 3.58. Its descriptor is named and not described: the message says all there is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification<'r> {
    descriptor: Reference<'r>,
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
}

#[derive(Serialize)]
struct Reference<'r> {
    id: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'r> {
    as_of: &'r str,
    kubernetes: &'r str,
    files: Files,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Files {
    considered: usize,
    judged: usize,
    not_applicable: usize,
    failed: usize,
}

impl<'r> Run<'r> {
    pub(super) fn new(report: &'r Report, artifacts: &'r Artifacts<'r>, exit: Exit<'r>) -> Self {
        let (rules, numbers) = rules::of(report);
        let remarks = remarks(report);
        let problems = report.diagnostics.iter().map(|problem| Notification {
            descriptor: Reference { id: problem.code },
            level: problem.level.as_str(),
            message: message(problem),
            locations: std::iter::once(&problem.place)
                .chain(problem.related.iter().map(|(place, _)| place))
                .map(|place| Location::plain(artifacts, place))
                .collect(),
        });
        let loosened = report.loosened.iter().map(|loosened| Notification {
            descriptor: Reference { id: LOOSENED },
            level: Level::Note.as_str(),
            message: Text::sentence(&loosened.text()),
            locations: vec![Location::plain(artifacts, &loosened.place)],
        });
        let remarks = remarks.iter().map(|(code, text)| Notification {
            descriptor: Reference { id: code },
            level: Level::Note.as_str(),
            message: Text::sentence(text),
            locations: Vec::new(),
        });
        let summary = &report.summary;
        Self {
            tool: Tool {
                driver: Driver {
                    name: "policyc",
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules,
                },
            },
            invocations: [Invocation {
                execution_successful: report.diagnostics.iter().all(|problem| problem.level != Level::Error),
                exit_code: exit.code,
                exit_code_description: exit.meaning,
                tool_execution_notifications: problems.chain(loosened).chain(remarks).collect(),
            }],
            column_kind: "unicodeCodePoints",
            redaction_tokens: [super::super::mask::MASK],
            original_uri_base_ids: artifacts.bases(),
            artifacts: artifacts.list().collect(),
            results: Results { report, artifacts, numbers },
            properties: Properties {
                as_of: &report.as_of,
                kubernetes: &report.kubernetes,
                files: Files {
                    considered: summary.files,
                    judged: summary.judged,
                    not_applicable: summary.not_applicable,
                    failed: summary.failed,
                },
            },
        }
    }
}

/// What is wrong, and what would help.
fn message(problem: &Problem) -> Text {
    match problem.help.as_deref() {
        Some(help) => Text::advice(&problem.message, help),
        None => Text::sentence(&problem.message),
    }
}

/// What was not judged, or not with everything at hand, though no file is at fault.
fn remarks(report: &Report) -> Vec<(&'static str, String)> {
    let mut remarks: Vec<(&str, String)> = report.notes.iter().map(|note| (NOTE, note.clone())).collect();
    let summary = &report.summary;
    for group in &report.passed_over {
        remarks.push((PASSED_OVER, group.text()));
    }
    let excepted = report.exceptions_text();
    remarks.extend(excepted.map(|text| (EXCEPTED, text)));
    if summary.open_world > 0 {
        let text = "checks that cannot be told without the rest of the project";
        remarks.push((OPEN_WORLD, format!("{text}: {}", summary.open_world)));
    }
    if summary.untyped > 0 {
        let text = "objects of kinds that nobody described, whose fields were not checked";
        remarks.push((UNTYPED, format!("{text}: {}", summary.untyped)));
    }
    remarks
}
