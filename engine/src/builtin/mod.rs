//! Built-in rules: what is wrong with a value that can be read, whatever the policies say.
//!
//! They compare a document with the schema of its own `apiVersion` and `kind`, and with what the Kubernetes tool chain
//! makes of its YAML. Nothing here decides whether a configuration is safe.

mod kind;
mod path;
mod scalar;
mod walk;

use crate::finding::{RawFinding, Resource, is_secret_kind};
use crate::yaml::{NodeId, Tree};
use policyc_lang::schema::{TypeRef, Types};
use policyc_lang::values::Severity;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A built-in rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Builtin {
    /// `schema/type`.
    Type,
    /// `schema/unknown-field`.
    UnknownField,
    /// `schema/unknown-kind`.
    UnknownKind,
    /// `yaml/ambiguous-scalar`.
    AmbiguousScalar,
    /// `yaml/duplicate-key`.
    DuplicateKey,
}

impl Builtin {
    /// All of them, by id.
    pub const ALL: [Self; 5] =
        [Self::Type, Self::UnknownField, Self::UnknownKind, Self::AmbiguousScalar, Self::DuplicateKey];

    /// The id, as other rules have theirs.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Type => "schema/type",
            Self::UnknownField => "schema/unknown-field",
            Self::UnknownKind => "schema/unknown-kind",
            Self::AmbiguousScalar => "yaml/ambiguous-scalar",
            Self::DuplicateKey => "yaml/duplicate-key",
        }
    }

    /// The rule of an id.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.id() == id)
    }

    /// One line.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Type => "Values have the type of their field",
            Self::UnknownField => "Fields are ones that the kind has",
            Self::UnknownKind => "Kinds are ones that the API group has",
            Self::AmbiguousScalar => "Plain scalars say what they are read as",
            Self::DuplicateKey => "Keys stand once in a mapping",
        }
    }

    /// How bad a finding is.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Type | Self::UnknownKind | Self::DuplicateKey => Severity::Medium,
            Self::UnknownField | Self::AmbiguousScalar => Severity::Low,
        }
    }

    /// The text of its page.
    #[must_use]
    pub fn doc(self) -> &'static str {
        match self {
            Self::Type => {
                "The API server refuses an object whose value does not fit its field: `privileged: \"true\"` is a \
                 string where a boolean belongs, `value: 1` of an environment variable a number where a string \
                 belongs. Rules that read such a value cannot tell what it will be; they report it as indeterminate. \
                 Values are compared with the schema of the document's own `apiVersion` and `kind`, in the Kubernetes \
                 version that is judged for; custom resources with the definitions among the inputs."
            }
            Self::UnknownField => {
                "A field that the kind does not have is dropped, or refused where validation is strict. Most are \
                 misspelt, and what they were meant to set is not set."
            }
            Self::UnknownKind => {
                "The API groups of Kubernetes itself take no custom resources: `kind: pod`, or a `Deployment` of `v1`, is \
                 refused by the API server. No rule about Pods or Deployments looks at such an object, so that what is \
                 wrong in it shows only once its kind or version is put right."
            }
            Self::AmbiguousScalar => {
                "Kubernetes reads YAML 1.1: plain `yes`, `on`, `y`, `no`, `off` and `n` are booleans, and numbers that \
                 begin with 0 are octal. Most other readers take these for strings or decimal numbers, so that a \
                 person or a tool sees another value than the cluster does. Write `true` or `false`, or quote the text."
            }
            Self::DuplicateKey => {
                "Of two equal keys in a mapping the last one counts, and the API server may refuse both. The first \
                 one, which a reader sees first, has no effect."
            }
        }
    }
}

/// What the rules need to know about an object besides its tree.
pub struct Subject {
    /// Its mapping.
    pub node: NodeId,
    /// What reports call it.
    pub resource: Arc<Resource>,
    /// Whether it is a patch.
    pub partial: bool,
}

/// Judges objects of one file.
pub struct Judge<'j> {
    tree: &'j Tree,
    types: &'j Types,
    enabled: &'j BTreeSet<Builtin>,
    winners: FxHashMap<NodeId, NodeId>,
    ids: [Arc<str>; 5],
}

/// What a walk over one object reads.
struct Context<'c> {
    tree: &'c Tree,
    types: &'c Types,
    enabled: &'c BTreeSet<Builtin>,
    /// Entries without effect, with those that count in their place.
    winners: &'c FxHashMap<NodeId, NodeId>,
    ids: &'c [Arc<str>; 5],
    resource: &'c Arc<Resource>,
    partial: bool,
    secret: bool,
}

impl Context<'_> {
    fn enabled(&self, rule: Builtin) -> bool {
        self.enabled.contains(&rule)
    }
}

impl<'j> Judge<'j> {
    /// For the objects of a tree.
    #[must_use]
    pub fn new(tree: &'j Tree, types: &'j Types, enabled: &'j BTreeSet<Builtin>) -> Self {
        let mut winners = FxHashMap::default();
        for duplicate in tree.duplicates.iter().rev() {
            let last = winners.get(&duplicate.later).copied().unwrap_or(duplicate.later);
            winners.insert(duplicate.earlier, last);
        }
        Self { tree, types, enabled, winners, ids: Builtin::ALL.map(|rule| rule.id().into()) }
    }

    /// Judges an object; gives whether its kind is known, without which only its YAML is judged.
    pub fn object(&self, subject: &Subject, out: &mut Vec<RawFinding>) -> bool {
        let Subject { node, resource, partial } = subject;
        let (group, version) = resource.api_version.rsplit_once('/').unwrap_or(("", &resource.api_version));
        let kind = self.types.kind(group, version, &resource.kind);
        let context = Context {
            tree: self.tree,
            types: self.types,
            enabled: self.enabled,
            winners: &self.winners,
            ids: &self.ids,
            resource,
            partial: *partial,
            secret: is_secret_kind(&resource.kind),
        };
        if !self.enabled.is_empty() {
            let ty = kind.map_or(TypeRef::Dynamic, |kind| TypeRef::Object(kind.definition));
            let mut walk = walk::Walk::new(&context, out);
            if kind.is_none() {
                kind::check(&mut walk, *node);
            }
            walk.value(*node, ty);
        }
        kind.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Builtin;

    #[test]
    fn ids_are_sorted_and_lead_back() {
        assert!(Builtin::ALL.map(Builtin::id).is_sorted());
        for rule in Builtin::ALL {
            assert_eq!(Builtin::of_id(rule.id()), Some(rule));
        }
        assert_eq!(Builtin::of_id("schema"), None);
    }
}
