//! Fixes of results.

use super::artifacts::{ArtifactLocation, Artifacts};
use super::locations::{Region, deleted};
use super::text::Text;
use crate::fix::Fix;
use serde::Serialize;

/// SARIF 2.1.0, 3.55.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifFix {
    description: Text,
    artifact_changes: [ArtifactChange; 1],
    properties: Sure,
}

/// SARIF 2.1.0, 3.56.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

/// SARIF 2.1.0, 3.57.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_content: Option<Content>,
}

#[derive(Serialize)]
struct Content {
    text: String,
}

#[derive(Serialize)]
struct Sure {
    applicability: &'static str,
}

impl SarifFix {
    /// A fix of a finding in a file.
    pub(super) fn of(artifacts: &Artifacts<'_>, file: &str, fix: &Fix) -> Self {
        let replacements = fix.edits.iter().map(|edit| Replacement {
            deleted_region: deleted(edit.range),
            inserted_content: (!edit.text.is_empty()).then(|| Content { text: edit.text.to_string() }),
        });
        Self {
            description: Text::sentence(&fix.title),
            artifact_changes: [ArtifactChange {
                artifact_location: artifacts.location(file),
                replacements: replacements.collect(),
            }],
            properties: Sure { applicability: fix.applicability.as_str() },
        }
    }
}
