//! Places: regions, source lines and the objects that they lie in.

use super::super::{Excerpt, Origin, Place};
use super::artifacts::{ArtifactLocation, Artifacts};
use super::text::Text;
use crate::finding::{Range, Resource};
use serde::Serialize;

/// SARIF 2.1.0, 3.28.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

/// SARIF 2.1.0, 3.29.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_region: Option<Region>,
}

/// SARIF 2.1.0, 3.30: lines and columns are 1-based, columns count Unicode scalar values, ends are exclusive.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Snippet>,
}

#[derive(Serialize)]
struct Snippet {
    text: String,
}

/// SARIF 2.1.0, 3.33.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

impl Location {
    /// The place of a finding: where in a file, of which object, at which path.
    pub(super) fn primary(artifacts: &Artifacts<'_>, place: &Place, resource: Option<&Resource>, path: &str) -> Self {
        let object = resource.map(object);
        let name = object.as_ref().map(|object| format!("{}#", object.fully_qualified_name)).unwrap_or_default();
        let at = (!path.is_empty()).then(|| LogicalLocation {
            name: path.to_owned(),
            fully_qualified_name: format!("{name}{path}"),
            kind: "property",
        });
        Self { logical_locations: object.into_iter().chain(at).collect(), ..Self::plain(artifacts, place) }
    }

    /// The same in a rendering that is on no disk: the template that it was made of.
    pub(super) fn template(artifacts: &Artifacts<'_>, origin: &Origin, primary: Self) -> Self {
        let region = origin.range.and_then(|range| region(range, None));
        let artifact_location = artifacts.location(&origin.file);
        Self { physical_location: PhysicalLocation { artifact_location, region, context_region: None }, ..primary }
    }

    /// A place that explains another one, with its 1-based number among those of the result.
    pub(super) fn related(artifacts: &Artifacts<'_>, place: &Place, number: usize, message: &str) -> Self {
        let message = (!message.is_empty()).then(|| Text::sentence(message));
        Self { id: Some(number), message, ..Self::plain(artifacts, place) }
    }

    /// A place alone.
    pub(super) fn plain(artifacts: &Artifacts<'_>, place: &Place) -> Self {
        let excerpt = place.excerpt.as_deref();
        let region = region(place.range, excerpt);
        let context = excerpt.filter(|_| region.is_some()).and_then(|excerpt| line(place.range, excerpt));
        Self {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: artifacts.location(&place.file),
                region,
                context_region: context,
            },
            logical_locations: Vec::new(),
            message: None,
        }
    }
}

/// An object: `apps/v1/Deployment/shop/web`.
fn object(resource: &Resource) -> LogicalLocation {
    let Resource { api_version, kind, namespace, name } = resource;
    let namespace = namespace.as_deref().unwrap_or_default();
    LogicalLocation {
        name: name.clone(),
        fully_qualified_name: format!("{api_version}/{kind}/{namespace}/{name}"),
        kind: "resource",
    }
}

/// The region of a place; what concerns a file as a whole stands before its first character and has none.
fn region(range: Range, excerpt: Option<&Excerpt>) -> Option<Region> {
    if range.span.start == range.span.end && range.span.start == 0 {
        return None;
    }
    let whole = excerpt.filter(|excerpt| range.start.line == range.end.line && is_whole(range, excerpt));
    Some(Region {
        start_line: range.start.line,
        start_column: Some(range.start.column),
        end_line: Some(range.end.line),
        end_column: Some(range.end.column),
        snippet: whole.map(|excerpt| Snippet { text: excerpt.marked.clone() }),
    })
}

/// What an edit deletes; nothing where it inserts.
pub(super) fn deleted(range: Range) -> Region {
    Region {
        start_line: range.start.line,
        start_column: Some(range.start.column),
        end_line: Some(range.end.line),
        end_column: Some(range.end.column),
        snippet: None,
    }
}

/// Whether what an excerpt marks is all of a place.
fn is_whole(range: Range, excerpt: &Excerpt) -> bool {
    !excerpt.cut_after || !excerpt.after.is_empty() || range.span.start == range.span.end
}

/// The whole line that a place is on, unless that is no more than the place, or longer than the excerpt.
fn line(range: Range, excerpt: &Excerpt) -> Option<Region> {
    let Excerpt { before, marked, after, cut_before, cut_after } = excerpt;
    let same = before.is_empty() && after.is_empty();
    if same || *cut_before || *cut_after || range.start.line != range.end.line {
        return None;
    }
    Some(Region {
        start_line: range.start.line,
        start_column: None,
        end_line: None,
        end_column: None,
        snippet: Some(Snippet { text: format!("{before}{marked}{after}") }),
    })
}
