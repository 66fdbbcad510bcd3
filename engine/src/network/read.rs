//! Fields of objects as text, numbers and lists: what network policies are made of.

use crate::world::{Form, Object, World, WorldFile};
use crate::yaml::{NodeId, Resolved};
use std::collections::BTreeMap;

/// A value of an object; what is null counts as absent.
#[derive(Clone, Copy)]
pub(super) struct Part<'w> {
    file: &'w WorldFile,
    node: NodeId,
}

impl<'w> Part<'w> {
    /// An object.
    pub(super) fn of(world: &'w World, object: &Object) -> Self {
        Self { file: world.file_of(object), node: object.node }
    }

    fn at(self, node: NodeId) -> Option<Self> {
        let part = Self { node: self.file.target(node), ..self };
        let null = part.form() == Form::Scalar && self.file.resolved(part.node) == Resolved::Null;
        (!null).then_some(part)
    }

    fn form(self) -> Form {
        self.file.form(self.node)
    }

    /// A field.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        if self.form() != Form::Map {
            return None;
        }
        self.at(self.file.get_text(self.node, key)?)
    }

    /// A field of a field.
    pub(super) fn path(self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self, |part, key| part.get(key))
    }

    /// Items of a list; none where it is no list.
    pub(super) fn items(self) -> Vec<Self> {
        if self.form() != Form::List {
            return Vec::new();
        }
        self.file.items(self.node).filter_map(|item| self.at(item)).collect()
    }

    /// Items of a list in a field; `None` where there is no such field.
    pub(super) fn list(self, key: &str) -> Option<Vec<Self>> {
        self.get(key).map(Self::items)
    }

    /// Whether it is a mapping.
    pub(super) fn is_map(self) -> bool {
        self.form() == Form::Map
    }

    /// Whether it is a mapping without entries.
    pub(super) fn is_empty_map(self) -> bool {
        self.is_map() && self.file.entries(self.node).next().is_none()
    }

    /// A text; `None` for what is none.
    pub(super) fn text(self) -> Option<&'w str> {
        self.file.string(self.node)
    }

    /// The text of a scalar, whatever it means.
    pub(super) fn scalar(self) -> Option<&'w str> {
        (self.form() == Form::Scalar).then(|| self.file.text(self.node))
    }

    /// A text in a field.
    pub(super) fn text_of(self, key: &str) -> Option<&'w str> {
        self.get(key)?.text()
    }

    /// A truth value in a field.
    pub(super) fn flag(self, key: &str) -> Option<bool> {
        match self.file.resolved(self.get(key)?.node) {
            Resolved::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Keys and texts of a mapping; `None` for a value that is no text.
    pub(super) fn pairs(self) -> BTreeMap<&'w str, Option<&'w str>> {
        if self.form() != Form::Map {
            return BTreeMap::new();
        }
        let entries = self.file.entries(self.node);
        entries
            .map(|entry| (self.file.key_text(entry.value), self.file.string(self.file.target(entry.value))))
            .collect()
    }
}
