//! What the engine says about documents: findings with their places.

use policyc_lang::values::Severity;
use policyc_text::{Location, Position, Span};

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
    pub rule: std::sync::Arc<str>,
    /// Fail or indeterminate.
    pub outcome: Outcome,
    /// How bad.
    pub severity: Severity,
    /// What is wrong, for this subject.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The primary place.
    pub primary: Location,
    /// The path of the primary place, or of what is missing: `spec.containers[name=web].image`.
    pub path: String,
    /// The object that it concerns.
    pub resource: Option<Resource>,
    /// Other places.
    pub related: Vec<(RelatedPlace, String)>,
    /// The blamed value's text, or `None` where a missing path is blamed; for the fingerprint.
    pub blamed: Option<String>,
    /// Whether the unknown stems only from objects that an open world may hold elsewhere.
    pub open_world: bool,
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
