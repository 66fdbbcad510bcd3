//! What the engine says about documents: findings with their places.

use policyc_lang::ir::Applicability;
use policyc_lang::values::Severity;
use policyc_text::{FileId, Location, Position, Span};
use std::sync::Arc;

/// How a check that did not pass came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The condition does not hold.
    Fail,
    /// Whether the condition holds cannot be told.
    Indeterminate,
}

/// The object that a finding concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource {
    /// As written.
    pub api_version: String,
    /// As written.
    pub kind: String,
    /// `None` where the object names none, or its kind has none.
    pub namespace: Option<String>,
    /// `metadata.name`, or `metadata.generateName` with a `*`; empty where there is neither.
    pub name: String,
}

/// Whether objects of a kind are Secrets; one that is misspelt holds secrets all the same.
pub(crate) fn is_secret_kind(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("Secret")
}

/// Whether a field of a Secret, or of its metadata, may be told: what says which object it is. Everything else is kept
/// out of reports, since a key that is misspelt (`Data`, `stringdata`) holds a secret too.
pub(crate) fn is_open_in_secrets(parent: &str, key: &str) -> bool {
    match parent {
        "" => matches!(key, "apiVersion" | "kind" | "metadata" | "type"),
        "metadata" => matches!(key, "name" | "generateName" | "namespace"),
        _ => false,
    }
}

/// Where a related place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelatedPlace {
    /// In an input.
    Document(Location),
    /// In the text of a policy: place in `Program::modules`, and bytes there.
    Policy(u32, Span),
}

/// A finding as the evaluator gives it: byte offsets, ids, no positions yet.
#[derive(Clone, Debug, PartialEq)]
pub struct RawFinding {
    /// Id of the rule's instance.
    pub rule: Arc<str>,
    /// Fail or indeterminate.
    pub outcome: Outcome,
    /// How bad.
    pub severity: Severity,
    /// What is wrong, for this subject.
    pub message: String,
    /// What to do.
    pub help: Option<Arc<str>>,
    /// The primary place.
    pub primary: Location,
    /// The path of the primary place, or of what is missing: `spec.containers[name=web].image`.
    pub path: String,
    /// The object that it concerns.
    pub resource: Option<Arc<Resource>>,
    /// Other places.
    pub related: Vec<(RelatedPlace, String)>,
    /// The blamed value's text, or `None` where a missing path is blamed; for the fingerprint.
    pub blamed: Option<String>,
    /// Whether the unknown stems only from objects that an open world may hold elsewhere.
    pub open_world: bool,
    /// The exemption that holds for it: its place in `Program::exemptions`.
    pub exempted: Option<u32>,
    /// What would mend it; empty unless asked for.
    pub fixes: Vec<RawFix>,
    /// What was judged: its place in [`crate::eval::Judged::subjects`], where these are kept.
    pub subject: Option<u32>,
}

/// Edits that belong together, with places and values already computed.
#[derive(Clone, Debug, PartialEq)]
pub struct RawFix {
    /// How sure; already lowered where a place lies behind an alias.
    pub applicability: Applicability,
    /// Edits, in the order written; none where a place or a value cannot be told.
    pub edits: Vec<RawEdit>,
}

/// An edit of a document's tree.
#[derive(Clone, Debug, PartialEq)]
pub enum RawEdit {
    /// The value at a place becomes this one; parents that are missing are made.
    Set(EditPlace, serde_json::Value),
    /// The entry or element goes.
    Remove(EditPlace),
    /// A list gains an element, a Dockerfile stage a line.
    Append(EditPlace, serde_json::Value),
    /// The token at a place becomes this text.
    Replace(EditPlace, serde_json::Value),
    /// Text comes right before a place.
    InsertBefore(EditPlace, serde_json::Value),
    /// Text comes right after a place.
    InsertAfter(EditPlace, serde_json::Value),
    /// A new document from a template of that name, for an object of that name.
    Create(String, String),
}

/// A node of a tree, or what is missing below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditPlace {
    /// The file.
    pub file: FileId,
    /// The node in the file's tree; where something is missing, its nearest existing ancestor.
    pub node: u32,
    /// Whether the node's key is meant rather than its value.
    pub key: bool,
    /// Keys and 0-based indexes that are missing below the node, outermost first.
    pub missing: Vec<EditStep>,
}

/// A step to something that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditStep {
    /// A key of a mapping.
    Key(String),
    /// A 0-based index of a list.
    Index(u64),
}

/// A range as reports show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Bytes.
    pub span: Span,
    /// 1-based line and column of the first byte.
    pub start: Position,
    /// 1-based line and column one past the last byte.
    pub end: Position,
}
