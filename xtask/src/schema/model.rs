//! What is known of types, before it becomes tables: owned, ordered, and comparable.

use std::collections::BTreeMap;

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Type {
    Bool,
    Integer,
    Number,
    String,
    Quantity,
    IntOrString,
    Time,
    MicroTime,
    Duration,
    Bytes,
    Dynamic,
    Image,
    Enum(Vec<String>),
    Object(String),
    List { element: Box<Type>, merge: Merge, keys: Vec<String> },
    Map(Box<Type>),
}

/// How two lists are merged, from `x-kubernetes-list-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Merge {
    Unsaid,
    Atomic,
    Set,
    Map,
}

/// A field of a definition in one version.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) ty: Type,
    pub(crate) required: bool,
    pub(crate) deprecated: bool,
}

/// The fields of one definition in one version.
pub(crate) type Fields = BTreeMap<String, Field>;

/// The name of a kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KindName {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
}

/// A kind in one version.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kind {
    /// The full name of its definition.
    pub(crate) definition: String,
    pub(crate) namespaced: bool,
    /// The plural name in its path, empty when it has none of its own.
    pub(crate) resource: String,
}

/// All that one version says. Definitions go by full name, such as `io.k8s.api.core.v1.Container`.
#[derive(Debug, Default)]
pub(crate) struct Version {
    pub(crate) definitions: BTreeMap<String, Fields>,
    pub(crate) kinds: BTreeMap<KindName, Kind>,
}

/// The package and the short Go name of a full name.
pub(crate) fn split(full: &str) -> (&str, &str) {
    full.rsplit_once('.').unwrap_or(("", full))
}
