//! A file's documents as one arena of small nodes, and the ways to look at them. Nothing here parses.

use std::sync::Arc;

use policyc_text::{Diagnostic, FileId, Span};

use super::keys::Sym;
use super::node::{EFFECTIVE, HAS_KEY, Kind, MERGE, Node, NodeId, ODD_KEY, POOLED, Style, TAGGED, UNKNOWN};
use super::scalar::{Native, Resolved, native};
use super::synthetic::VOCABULARY;

/// One file, read. Positions are byte offsets in [`Tree::source`].
#[derive(Clone, Debug)]
pub struct Tree {
    /// The file that spans and diagnostics belong to.
    pub file: FileId,
    /// The documents in source order, without empty ones.
    pub documents: Vec<Document>,
    /// Documents that hold nothing but comments or null; Kubernetes passes over them.
    pub empty_documents: u32,
    /// What could not be read, in source order.
    pub diagnostics: Vec<Diagnostic>,
    /// Keys that stand twice in one mapping, in source order of the mappings' ends.
    pub duplicates: Vec<Duplicate>,
    /// Comments with their `#`, without line ends, in source order; empty where [`super::Limits::comments`] says so.
    pub comments: Vec<Span>,
    pub(super) text: Arc<str>,
    pub(super) nodes: Vec<Node>,
    /// Decoded texts that no slice of the source spells, end to end.
    pub(super) pool: String,
    pub(super) pooled: Vec<Span>,
    // INVARIANT: the three tables below ascend by node.
    pub(super) odd_keys: Vec<OddKey>,
    pub(super) tagged: Vec<Tagged>,
    pub(super) effective: Vec<Effective>,
    pub(super) effective_entries: Vec<NodeId>,
    /// Keys that stand in no file, for trees of other formats.
    pub(super) vocabulary: Vec<&'static str>,
    /// What cannot be told, with the reasons; ascends by node.
    pub(super) unknowns: Vec<(NodeId, Box<str>)>,
}

/// One document of a file.
#[derive(Clone, Debug)]
pub struct Document {
    /// The topmost node; `None` where the document could not be read, for which there is a diagnostic.
    pub root: Option<NodeId>,
    /// From behind the separator line before it to the separator line after it.
    pub span: Span,
    /// 1-based place among the file's documents, empty ones counted.
    pub index: u32,
}

/// A key that stands twice in one mapping; Kubernetes takes the later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The entry that has no effect.
    pub earlier: NodeId,
    /// The next entry with the same key.
    pub later: NodeId,
}

/// The key of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRef {
    /// The key's number, [`Sym::OTHER`] for keys that no program reads.
    pub sym: Sym,
    /// The entry's value, by which [`Tree::key_text`] and [`Tree::key_span`] find the key.
    pub node: NodeId,
}

/// One entry of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: KeyRef,
    /// The value; an alias is not followed.
    pub value: NodeId,
}

/// A key that its node cannot describe.
#[derive(Clone, Debug)]
pub(super) struct OddKey {
    pub(super) node: NodeId,
    pub(super) length: u32,
    pub(super) alias: bool,
    pub(super) text: Option<Box<str>>,
}

#[derive(Clone, Debug)]
pub(super) struct Tagged {
    pub(super) node: NodeId,
    pub(super) value: Native,
    pub(super) tag: Box<str>,
}

/// The entries that count in a mapping with duplicates or merges: a range of `effective_entries`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effective {
    pub(super) map: NodeId,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Tree {
    /// Whether the file was read as YAML or JSON, and not as another format.
    #[must_use]
    pub fn is_yaml(&self) -> bool {
        self.vocabulary.is_empty()
    }

    /// The text that was read, with its byte-order mark if it had one.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.text
    }

    /// The text that was read, shared.
    #[must_use]
    pub fn shared_source(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// How many nodes the tree holds.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// A node by its place in the arena.
    #[must_use]
    pub fn node_at(&self, index: u32) -> Option<NodeId> {
        ((index as usize) < self.nodes.len()).then_some(NodeId(index))
    }

    /// All nodes in source order, those of keys that aliases name included.
    pub fn all_nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// Bytes that the tree holds, its text included.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.text.len() + self.nodes.capacity() * size_of::<Node>() + self.pool.capacity()
    }

    /// What the node is; an alias is not followed.
    #[must_use]
    pub fn kind(&self, node: NodeId) -> Kind {
        self.node(node).kind()
    }

    /// The node that an alias stands for; any other node is itself.
    #[must_use]
    pub fn resolve(&self, node: NodeId) -> NodeId {
        let this = self.node(node);
        if this.kind() == Kind::Alias { NodeId(this.child) } else { node }
    }

    /// How the node is written.
    #[must_use]
    pub fn style(&self, node: NodeId) -> Style {
        self.node(node).style()
    }

    /// Whether the node is a collection in brackets or braces.
    #[must_use]
    pub fn is_flow(&self, node: NodeId) -> bool {
        self.style(node) == Style::Flow
    }

    /// Where the value stands: quotes included, the content of a block scalar without its header, a block collection
    /// from its first key or dash to the end of its last content. Without length where the value is not written.
    #[must_use]
    pub fn span(&self, node: NodeId) -> Span {
        self.node(node).span()
    }

    /// Where the key of an entry stands, by the entry's value; quotes included. `None` for what has no key.
    #[must_use]
    pub fn key_span(&self, node: NodeId) -> Option<Span> {
        let this = self.node(node);
        if !this.has(HAS_KEY) {
            return None;
        }
        let length = match self.odd_key(node) {
            Some(odd) => odd.length,
            None if this.key_style() == VOCABULARY => this.key_length() & 0xFF,
            None => this.key_length(),
        };
        Some(Span { start: this.key_start, end: this.key_start + length })
    }

    /// How the key of an entry is written, by the entry's value. `None` for what has no key.
    #[must_use]
    pub fn key_style(&self, node: NodeId) -> Option<Style> {
        let this = self.node(node);
        this.has(HAS_KEY).then(|| this.key_style())
    }

    /// The number of the key of an entry, by the entry's value.
    #[must_use]
    pub fn key_sym(&self, node: NodeId) -> Sym {
        self.node(node).key
    }

    /// The key of an entry as go-yaml spells it (`yes:` is `true`, `0x10:` is `16`), by the entry's value. Empty for
    /// what has no key.
    #[must_use]
    pub fn key_text(&self, node: NodeId) -> &str {
        if let Some(OddKey { text: Some(text), .. }) = self.odd_key(node) {
            return text;
        }
        let Some(span) = self.key_span(node) else { return "" };
        let this = self.node(node);
        match this.key_style() {
            VOCABULARY => self.vocabulary.get(this.key_length() as usize >> 8).copied().unwrap_or_default(),
            Style::SingleQuoted | Style::DoubleQuoted => inner(span.text(&self.text)),
            _ => span.text(&self.text),
        }
    }

    /// Whether the entry is a merge (`<<`), by the entry's value.
    #[must_use]
    pub fn is_merge(&self, node: NodeId) -> bool {
        self.node(node).has(MERGE)
    }

    /// The decoded text of a scalar, through an alias; empty for collections and for nothing.
    #[must_use]
    pub fn text(&self, node: NodeId) -> &str {
        let this = self.node(self.resolve(node));
        match this.kind() {
            Kind::Mapping | Kind::Sequence | Kind::Alias => "",
            Kind::Null | Kind::Scalar if this.has(POOLED) => {
                self.pooled.get(this.child as usize).map_or("", |span| span.text(&self.pool))
            }
            Kind::Null | Kind::Scalar => match this.style() {
                Style::SingleQuoted | Style::DoubleQuoted => inner(this.span().text(&self.text)),
                _ => this.span().text(&self.text),
            },
        }
    }

    /// Why a scalar's value, or what else is in a list, cannot be told; `None` where the file tells it.
    #[must_use]
    pub fn unknown(&self, node: NodeId) -> Option<&str> {
        if !self.is_unknown(node) {
            return None;
        }
        let at = self.unknowns.binary_search_by_key(&node, |(node, _)| *node).ok()?;
        self.unknowns.get(at).map(|(_, reason)| &**reason)
    }

    /// Whether a scalar's value, or what else is in a list, cannot be told.
    #[must_use]
    pub fn is_unknown(&self, node: NodeId) -> bool {
        self.node(node).has(UNKNOWN)
    }

    /// The value of a scalar as the API server sees it, through an alias. `None` for collections.
    #[must_use]
    pub fn resolved(&self, node: NodeId) -> Option<Resolved> {
        self.native(node).map(Native::settle)
    }

    /// The tag of a scalar as a full name (`tag:yaml.org,2002:int`), through an alias; `None` where it has none.
    #[must_use]
    pub fn tag(&self, node: NodeId) -> Option<&str> {
        self.tagged(self.resolve(node)).map(|tagged| &*tagged.tag)
    }

    /// The entry of a mapping that counts for a known key, through an alias: among duplicates the last, with merged
    /// keys in the place of their `<<`. The value's aliases are not followed.
    #[must_use]
    pub fn get(&self, map: NodeId, key: Sym) -> Option<NodeId> {
        if !key.is_known() {
            return None;
        }
        let map = self.resolve(map);
        if self.node(map).has(EFFECTIVE) {
            return self.find(map, |tree, entry| tree.node(entry).key == key);
        }
        // What judging does most: the siblings one by one.
        let mut next = self.first_child(map, Kind::Mapping);
        while let Some(entry) = self.nodes.get(next as usize) {
            if entry.key == key {
                return Some(NodeId(next));
            }
            next = entry.next;
        }
        None
    }

    /// As [`Tree::get`], by the key's text.
    #[must_use]
    pub fn get_text(&self, map: NodeId, key: &str) -> Option<NodeId> {
        self.find(map, |tree, entry| {
            let node = tree.node(entry);
            // Most keys are of another length, with or without quotes.
            let written = node.key_length() as usize;
            let elsewhere = node.has(ODD_KEY) || node.key_style() == VOCABULARY;
            let may_be = elsewhere || written == key.len() || written == key.len() + 2;
            may_be && tree.key_text(entry) == key
        })
    }

    /// The entries of a mapping that count, through an alias, in source order; none for other nodes.
    #[must_use]
    pub fn entries(&self, map: NodeId) -> Entries<'_> {
        let map = self.resolve(map);
        let (list, next) = match self.effective(map) {
            Some(list) => (list, NodeId::NONE),
            None => (&[][..], self.first_child(map, Kind::Mapping)),
        };
        Entries { tree: self, list: list.iter(), siblings: Children { tree: self, next } }
    }

    /// The entries of a mapping as written, through an alias: duplicates and merges are still there.
    #[must_use]
    pub fn raw_entries(&self, map: NodeId) -> Entries<'_> {
        let next = self.first_child(self.resolve(map), Kind::Mapping);
        Entries { tree: self, list: [].iter(), siblings: Children { tree: self, next } }
    }

    /// The items of a sequence, through an alias; none for other nodes.
    #[must_use]
    pub fn items(&self, sequence: NodeId) -> Children<'_> {
        Children { tree: self, next: self.first_child(self.resolve(sequence), Kind::Sequence) }
    }

    /// The nodes on the way from `top` down to `node`, both included, without following aliases; empty where `node` is
    /// not below `top`.
    #[must_use]
    pub fn path_to(&self, top: NodeId, node: NodeId) -> Vec<NodeId> {
        let mut path = vec![top];
        let mut at = top;
        while at != node {
            let children = match self.kind(at) {
                Kind::Mapping | Kind::Sequence => Children { tree: self, next: self.node(at).child },
                Kind::Null | Kind::Scalar | Kind::Alias => return Vec::new(),
            };
            // A node comes before everything below it, so the way leads through the last child that is not past it.
            match children.take_while(|child| *child <= node).last() {
                Some(child) => at = child,
                None => return Vec::new(),
            }
            path.push(at);
        }
        path
    }

    pub(super) fn empty(file: FileId, text: Arc<str>) -> Self {
        // Manifests have a node for every twenty bytes or so; growing the arena step by step would copy it.
        let nodes = Vec::with_capacity((text.len() / 20).min(1 << 20));
        Self {
            file,
            documents: Vec::new(),
            empty_documents: 0,
            diagnostics: Vec::new(),
            duplicates: Vec::new(),
            comments: Vec::new(),
            text,
            nodes,
            pool: String::new(),
            pooled: Vec::new(),
            odd_keys: Vec::new(),
            tagged: Vec::new(),
            effective: Vec::new(),
            effective_entries: Vec::new(),
            vocabulary: Vec::new(),
            unknowns: Vec::new(),
        }
    }

    pub(super) fn node(&self, node: NodeId) -> &Node {
        &self.nodes[node.index()]
    }

    pub(super) fn native(&self, node: NodeId) -> Option<Native> {
        let node = self.resolve(node);
        let this = self.node(node);
        match this.kind() {
            Kind::Mapping | Kind::Sequence | Kind::Alias => None,
            Kind::Null => Some(Native::Null),
            Kind::Scalar if this.has(TAGGED) => Some(self.tagged(node).map_or(Native::Str, |tagged| tagged.value)),
            Kind::Scalar if this.style() == Style::Plain => Some(native(self.text(node))),
            Kind::Scalar => Some(Native::Str),
        }
    }

    pub(super) fn odd_key(&self, node: NodeId) -> Option<&OddKey> {
        if !self.node(node).has(ODD_KEY) {
            return None;
        }
        let at = self.odd_keys.binary_search_by_key(&node, |odd| odd.node).ok()?;
        self.odd_keys.get(at)
    }

    fn tagged(&self, node: NodeId) -> Option<&Tagged> {
        let at = self.tagged.binary_search_by_key(&node, |tagged| tagged.node).ok()?;
        self.tagged.get(at)
    }

    fn effective(&self, map: NodeId) -> Option<&[NodeId]> {
        if !self.node(map).has(EFFECTIVE) {
            return None;
        }
        let at = self.effective.binary_search_by_key(&map, |effective| effective.map).ok()?;
        let Effective { start, end, .. } = *self.effective.get(at)?;
        self.effective_entries.get(start as usize..end as usize)
    }

    fn first_child(&self, node: NodeId, kind: Kind) -> u32 {
        let this = self.node(node);
        if this.kind() == kind { this.child } else { NodeId::NONE }
    }

    fn find(&self, map: NodeId, is: impl Fn(&Self, NodeId) -> bool) -> Option<NodeId> {
        self.entries(map).map(|entry| entry.value).find(|entry| is(self, *entry))
    }
}

/// A quoted scalar without its quotes.
fn inner(quoted: &str) -> &str {
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default()
}

/// The nodes directly below a node.
#[derive(Clone, Debug)]
pub struct Children<'t> {
    tree: &'t Tree,
    next: u32,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let node = NodeId::from_link(self.next)?;
        self.next = self.tree.node(node).next;
        Some(node)
    }
}

/// The entries of a mapping.
#[derive(Clone, Debug)]
pub struct Entries<'t> {
    tree: &'t Tree,
    list: std::slice::Iter<'t, NodeId>,
    siblings: Children<'t>,
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let value = self.list.next().copied().or_else(|| self.siblings.next())?;
        Some(Entry { key: KeyRef { sym: self.tree.node(value).key, node: value }, value })
    }
}
