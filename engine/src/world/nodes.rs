//! What evaluation asks of a file's tree, in its own words.

use super::object::Object;
use crate::finding::{is_open_in_secrets, is_secret_kind};
use crate::yaml::{Children, Entries, Kind, NodeId, Resolved, Sym, Tree};
use policyc_text::{FileId, Span};
use std::sync::{Arc, OnceLock};

/// A file of a world.
pub struct WorldFile {
    /// The caller's number of the file.
    pub id: FileId,
    /// Its name, for policies that ask.
    pub name: Arc<str>,
    /// Whether its objects are patches.
    pub partial: bool,
    tree: Arc<Tree>,
    // The values of `data` and `stringData` of Secrets.
    secrets: Vec<Span>,
    // By place in the arena; made when a finding first asks for a way.
    links: OnceLock<Vec<Option<Link>>>,
}

/// What a node hangs on, aliases not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The collection right above.
    pub parent: NodeId,
    /// 0-based place among the nodes right below the parent, as written.
    pub index: u32,
}

/// What a node is, an alias followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A scalar, null included.
    Scalar,
    /// A mapping.
    Map,
    /// A sequence.
    List,
}

impl WorldFile {
    pub(super) fn new(id: FileId, name: Arc<str>, tree: Arc<Tree>, partial: bool) -> Self {
        Self { id, name, partial, tree, secrets: Vec::new(), links: OnceLock::new() }
    }

    /// The file's tree.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The topmost nodes, in source order.
    pub fn roots(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.tree.documents.iter().filter_map(|document| document.root)
    }

    /// What a node is, an alias followed.
    #[must_use]
    pub fn form(&self, node: NodeId) -> Form {
        match self.tree.kind(self.tree.resolve(node)) {
            Kind::Mapping => Form::Map,
            Kind::Sequence => Form::List,
            Kind::Null | Kind::Scalar | Kind::Alias => Form::Scalar,
        }
    }

    /// The node that an alias stands for; any other node is itself.
    #[must_use]
    pub fn target(&self, node: NodeId) -> NodeId {
        self.tree.resolve(node)
    }

    /// The entry of a mapping for a known key, an alias not followed.
    #[must_use]
    pub fn get(&self, map: NodeId, key: Sym) -> Option<NodeId> {
        self.tree.get(map, key)
    }

    /// The entry of a mapping for a key by its text, an alias not followed.
    #[must_use]
    pub fn get_text_raw(&self, map: NodeId, key: &str) -> Option<NodeId> {
        self.tree.get_text(map, key)
    }

    /// The entry of a mapping for a key by its text, an alias followed.
    #[must_use]
    pub fn get_text(&self, map: NodeId, key: &str) -> Option<NodeId> {
        self.tree.get_text(map, key).map(|node| self.tree.resolve(node))
    }

    /// The entries of a mapping.
    #[must_use]
    pub fn entries(&self, map: NodeId) -> Entries<'_> {
        self.tree.entries(map)
    }

    /// The items of a sequence, aliases not followed.
    #[must_use]
    pub fn items(&self, sequence: NodeId) -> Children<'_> {
        self.tree.items(sequence)
    }

    /// The text of a scalar that is a string.
    #[must_use]
    pub fn string(&self, node: NodeId) -> Option<&str> {
        (self.tree.resolved(node) == Some(Resolved::String)).then(|| self.tree.text(node))
    }

    /// The text of a scalar.
    #[must_use]
    pub fn text(&self, node: NodeId) -> &str {
        self.tree.text(node)
    }

    /// What a scalar is; null for collections.
    #[must_use]
    pub fn resolved(&self, node: NodeId) -> Resolved {
        self.tree.resolved(node).unwrap_or(Resolved::Null)
    }

    /// The key of an entry, by its value.
    #[must_use]
    pub fn key_text(&self, node: NodeId) -> &str {
        self.tree.key_text(node)
    }

    /// The value of the `<<` of a mapping.
    #[must_use]
    pub fn merge_site(&self, map: NodeId) -> Option<NodeId> {
        self.tree.raw_entries(map).map(|entry| entry.value).find(|entry| self.tree.is_merge(*entry))
    }

    /// What a node hangs on; `None` for topmost nodes.
    #[must_use]
    pub fn link(&self, node: NodeId) -> Option<Link> {
        self.links.get_or_init(|| self.make_links()).get(node.index()).copied().flatten()
    }

    fn make_links(&self) -> Vec<Option<Link>> {
        let mut links = vec![None; self.tree.node_count()];
        let mut open: Vec<NodeId> = self.roots().collect();
        while let Some(parent) = open.pop() {
            let below = self.tree.raw_entries(parent).map(|entry| entry.value).chain(self.tree.items(parent));
            for (index, node) in (0..).zip(below) {
                links[node.index()] = Some(Link { parent, index });
                if matches!(self.tree.kind(node), Kind::Mapping | Kind::Sequence) {
                    open.push(node);
                }
            }
        }
        links
    }

    /// Whether a node is another or lies below it, aliases not followed.
    #[must_use]
    pub fn is_below(&self, node: NodeId, ancestor: NodeId) -> bool {
        let (inner, outer) = (self.tree.span(node), self.tree.span(ancestor));
        node == ancestor || (node > ancestor && inner.start >= outer.start && inner.end <= outer.end)
    }

    /// Whether any Secret's data is in the file.
    #[must_use]
    pub fn has_secrets(&self) -> bool {
        !self.secrets.is_empty()
    }

    /// Whether a node is a value of a Secret that must not be told.
    #[must_use]
    pub fn is_secret(&self, node: NodeId) -> bool {
        let span = self.tree.span(node);
        let after = self.secrets.partition_point(|secret| secret.start <= span.start);
        after.checked_sub(1).is_some_and(|place| span.end <= self.secrets[place].end)
    }
}

/// Notes where the data of Secrets stands.
pub(super) fn note_secrets(files: &mut [WorldFile], objects: &[Object]) {
    for object in objects {
        if !is_secret_kind(object.kind(files)) {
            continue;
        }
        let file = &mut files[object.file as usize];
        let tree = Arc::clone(&file.tree);
        let mut note = |parent: &str, map: NodeId| {
            for entry in tree.entries(map).filter(|entry| !is_open_in_secrets(parent, tree.key_text(entry.value))) {
                let target = tree.resolve(entry.value);
                // Which labels there are may be told, and what they say may not.
                if parent == "metadata" && tree.key_text(entry.value) == "labels" && tree.kind(target) == Kind::Mapping
                {
                    file.secrets.extend(tree.entries(target).map(|label| tree.span(tree.resolve(label.value))));
                } else {
                    file.secrets.push(tree.span(target));
                }
            }
        };
        note("", object.node);
        if let Some(metadata) = tree.get_text(object.node, "metadata") {
            note("metadata", tree.resolve(metadata));
        }
    }
    for file in files {
        file.secrets.sort_unstable_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        // What lies in another is told by that one; a search looks at one span alone.
        let mut end = None;
        file.secrets.retain(|span| {
            let outer = end.is_none_or(|end| span.end > end);
            end = end.max(Some(span.end));
            outer
        });
    }
}
