//! Built-in rules: what is wrong with a value that can be read, whatever the policies say.
//!
//! They compare a document with the schema of its own `apiVersion` and `kind`, and with what the Kubernetes tool chain
//! makes of its YAML. Nothing here decides whether a configuration is safe.

mod kind;
mod path;
mod scalar;
mod walk;

use crate::finding::{RawFinding, Resource, is_secret_kind};
use crate::yaml::{KeyTable, NodeId, Sym, Tree};
use policyc_lang::schema::{DefId, Schema, TypeRef, Types};
use policyc_lang::values::Severity;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

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
pub struct Subject<'s> {
    /// Its mapping.
    pub node: NodeId,
    /// As written.
    pub api_version: &'s str,
    /// As written.
    pub kind: &'s str,
    /// Whether it is a patch.
    pub partial: bool,
    /// What reports call it, asked for when something is found in it.
    pub resource: &'s dyn Fn() -> Resource,
}

/// Judges objects of one file.
pub struct Judge<'j> {
    tree: &'j Tree,
    types: &'j Types,
    enabled: Enabled,
    keys: &'j FieldKeys,
    winners: FxHashMap<NodeId, NodeId>,
}

/// What a walk over one object reads.
struct Context<'c> {
    tree: &'c Tree,
    types: &'c Types,
    enabled: Enabled,
    keys: &'c FieldKeys,
    /// Entries without effect, with those that count in their place.
    winners: &'c FxHashMap<NodeId, NodeId>,
    subject: &'c Subject<'c>,
    resource: OnceCell<Arc<Resource>>,
    secret: bool,
}

impl Context<'_> {
    fn enabled(&self, rule: Builtin) -> bool {
        self.enabled.has(rule)
    }

    fn resource(&self) -> Arc<Resource> {
        Arc::clone(self.resource.get_or_init(|| Arc::new((self.subject.resource)())))
    }
}

/// A set of built-in rules.
#[derive(Clone, Copy)]
struct Enabled(u8);

impl Enabled {
    fn new(rules: &BTreeSet<Builtin>) -> Self {
        Self(rules.iter().fold(0, |bits, rule| bits | 1 << *rule as u8))
    }

    fn has(self, rule: Builtin) -> bool {
        self.0 & (1 << rule as u8) != 0
    }
}

static IDS: LazyLock<[Arc<str>; 5]> = LazyLock::new(|| Builtin::ALL.map(|rule| rule.id().into()));

/// The numbers of field names by those that documents know them by.
#[derive(Debug, Default)]
pub struct FieldKeys {
    numbers: Vec<Option<u16>>,
}

impl FieldKeys {
    /// For documents that are read with some keys.
    #[must_use]
    pub fn new(keys: &KeyTable) -> Self {
        let mut numbers = vec![None; keys.len() + 1];
        for (number, name) in Schema::numbered_names() {
            let sym = keys.sym(name);
            if let Some(known) = numbers.get_mut(sym.0 as usize).filter(|_| sym.is_known()) {
                *known = Some(number);
            }
        }
        Self { numbers }
    }

    fn of(&self, sym: Sym, name: &str) -> Option<u16> {
        match self.numbers.get(sym.0 as usize).copied().flatten() {
            Some(number) => Some(number),
            None => Schema::key(name),
        }
    }
}

/// The definition of a kind; `None` for one that nobody described.
#[must_use]
pub fn definition_of(types: &Types, api_version: &str, kind: &str) -> Option<DefId> {
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    types.kind(group, version, kind).map(|kind| kind.definition)
}

/// Definitions by API version.
type ByVersion = Vec<(Box<str>, Option<DefId>)>;

/// Kinds that were looked up before, for one set of types.
#[derive(Debug, Default)]
pub struct KnownKinds {
    by_kind: FxHashMap<Box<str>, ByVersion>,
    count: usize,
}

impl KnownKinds {
    /// Kinds that are remembered; inputs may name any number.
    const MOST: usize = 1024;

    /// As [`definition_of`].
    pub fn definition(&mut self, types: &Types, api_version: &str, kind: &str) -> Option<DefId> {
        let known =
            self.by_kind.get(kind).and_then(|known| known.iter().find(|(version, _)| **version == *api_version));
        if let Some((_, definition)) = known {
            return *definition;
        }
        let definition = definition_of(types, api_version, kind);
        if self.count < Self::MOST {
            self.count += 1;
            self.by_kind.entry(kind.into()).or_default().push((api_version.into(), definition));
        }
        definition
    }
}

impl<'j> Judge<'j> {
    /// For the objects of a tree.
    #[must_use]
    pub fn new(tree: &'j Tree, types: &'j Types, enabled: &BTreeSet<Builtin>, keys: &'j FieldKeys) -> Self {
        let mut winners = FxHashMap::default();
        for duplicate in tree.duplicates.iter().rev() {
            let last = winners.get(&duplicate.later).copied().unwrap_or(duplicate.later);
            winners.insert(duplicate.earlier, last);
        }
        Self { tree, types, enabled: Enabled::new(enabled), keys, winners }
    }

    /// Judges an object of a definition; of one whose kind is not known only its YAML.
    pub fn object(&self, subject: &Subject<'_>, definition: Option<DefId>, out: &mut Vec<RawFinding>) {
        if self.enabled.0 == 0 {
            return;
        }
        let context = Context {
            tree: self.tree,
            types: self.types,
            enabled: self.enabled,
            keys: self.keys,
            winners: &self.winners,
            subject,
            resource: OnceCell::new(),
            secret: is_secret_kind(subject.kind),
        };
        let mut walk = walk::Walk::new(&context, out);
        if definition.is_none() {
            kind::check(&mut walk, subject.node);
        }
        walk.value(subject.node, definition.map_or(TypeRef::Dynamic, TypeRef::Object));
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
