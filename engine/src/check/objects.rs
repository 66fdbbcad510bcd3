//! The Kubernetes objects of a document: what reports call them, and where they are named.

use crate::eval::Head;
use crate::finding::Resource;
use crate::report::limit::{NAME, capped};
use crate::yaml::{KeyTable, Kind, Member, NodeId, Resolved, Sym, Tree, head, lent_kind, members};
use policyc_text::Span;

/// An object by its head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object {
    /// Its mapping, no alias.
    pub(super) node: NodeId,
    api_version: Option<NodeId>,
    kind: Option<NodeId>,
    /// The list from which an item has its version and kind.
    lender: Option<NodeId>,
}

impl Object {
    fn of(tree: &Tree, node: NodeId, lender: Option<NodeId>) -> Self {
        let api_version = head(tree, lender.unwrap_or(node), "apiVersion");
        let kind = if lender.is_some() { None } else { head(tree, node, "kind") };
        Self { node, api_version, kind, lender }
    }

    /// Its kind, as long as it is written.
    pub(super) fn kind<'t>(&self, tree: &'t Tree) -> &'t str {
        match self.lender {
            Some(list) => lent_kind(tree, list).unwrap_or_default(),
            None => self.kind.map_or("", |kind| tree.text(kind)),
        }
    }

    /// Its API version, as long as it is written.
    pub(super) fn api_version<'t>(&self, tree: &'t Tree) -> &'t str {
        self.api_version.map_or("", |version| tree.text(version))
    }

    /// Its head; `None` where it has version or kind from its list.
    pub(super) fn head(&self) -> Option<Head> {
        if self.lender.is_some() {
            return None;
        }
        Some(Head { node: self.node, api_version: self.api_version?, kind: self.kind? })
    }

    /// What reports call it.
    pub(super) fn resource(&self, tree: &Tree) -> Resource {
        let text = |map: NodeId, key: &str| {
            let value = tree.get_text(map, key).map(|value| tree.resolve(value))?;
            (tree.kind(value) == Kind::Scalar)
                .then(|| capped(tree.text(value), NAME).into_owned())
                .filter(|text| !text.is_empty())
        };
        let metadata = tree.get_text(self.node, "metadata").map(|metadata| tree.resolve(metadata));
        let part = |key: &str| metadata.and_then(|metadata| text(metadata, key));
        let generated = || part("generateName").map(|name| format!("{name}*"));
        Resource {
            api_version: capped(self.api_version(tree), NAME).into_owned(),
            kind: capped(self.kind(tree), NAME).into_owned(),
            namespace: part("namespace"),
            name: part("name").or_else(generated).unwrap_or_default(),
        }
    }
}

/// The objects in a document, and what else stands in its lists, in source order.
pub(super) fn collect(tree: &Tree, root: NodeId, out: &mut Vec<Object>, others: &mut Vec<Member>) {
    members(tree, root, &mut |member| match member {
        Member::Object { node, lender } => out.push(Object::of(tree, node, lender)),
        other => others.push(other),
    });
}

/// How documents know the keys of a head.
#[derive(Clone, Copy)]
pub(super) struct HeadKeys {
    api_version: Sym,
    kind: Sym,
    items: Sym,
}

impl HeadKeys {
    /// In the keys that documents are read with.
    pub(super) fn new(keys: &KeyTable) -> Self {
        Self { api_version: keys.sym("apiVersion"), kind: keys.sym("kind"), items: keys.sym("items") }
    }

    /// A document that is a single object and nothing else, as most are: what it says at the top is enough. `None`
    /// where more must be looked at.
    pub(super) fn single(&self, tree: &Tree, root: NodeId) -> Option<Object> {
        if tree.kind(root) != Kind::Mapping || !self.items.is_known() {
            return None;
        }
        let (mut api_version, mut kind) = (None, None);
        for entry in tree.entries(root) {
            match entry.key.sym {
                key if key == self.items => return None,
                key if key == self.api_version => api_version = Some(entry.value),
                key if key == self.kind => kind = Some(entry.value),
                _ => {}
            }
        }
        let says = |node: &NodeId| tree.resolved(*node) == Some(Resolved::String) && !tree.text(*node).is_empty();
        let says = |node: &NodeId| tree.kind(*node) != Kind::Alias && says(node);
        Some(Object {
            node: root,
            api_version: Some(api_version.filter(says)?),
            kind: Some(kind.filter(says)?),
            lender: None,
        })
    }
}

/// Where an object's name stands, or else its kind.
pub(super) fn name_span(tree: &Tree, node: NodeId) -> Span {
    let name = |metadata| tree.get_text(metadata, "name").or_else(|| tree.get_text(metadata, "generateName"));
    let named = tree.get_text(node, "metadata").and_then(name).or_else(|| tree.get_text(node, "kind"));
    tree.span(named.unwrap_or(node))
}
