//! A tree with what edits ask of it: parents, lines, comments, what aliases share. Nothing here writes.

use super::changes::Conflict;
use super::style::Habits;
use crate::finding::EditPlace;
use crate::yaml::{Kind, NodeId, Tree};
use policyc_text::Span;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// A file that is about to be edited. Its tree keeps all comments.
pub(crate) struct Page<'t> {
    pub(crate) tree: &'t Tree,
    /// By node; a root is its own parent.
    parents: Vec<u32>,
    /// Nodes that aliases stand for.
    anchored: BTreeSet<NodeId>,
    habits: OnceLock<Habits>,
}

impl<'t> Page<'t> {
    pub(crate) fn new(tree: &'t Tree) -> Self {
        let count = tree.node_count();
        let mut parents: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
        let mut anchored = BTreeSet::new();
        for node in tree.all_nodes() {
            match tree.kind(node) {
                Kind::Mapping => tree.raw_entries(node).for_each(|entry| set_parent(&mut parents, entry.value, node)),
                Kind::Sequence => tree.items(node).for_each(|item| set_parent(&mut parents, item, node)),
                Kind::Alias => {
                    anchored.insert(tree.resolve(node));
                }
                Kind::Null | Kind::Scalar => {}
            }
        }
        Self { tree, parents, anchored, habits: OnceLock::new() }
    }

    pub(crate) fn text(&self) -> &'t str {
        self.tree.source()
    }

    /// How the file is written where nothing nearer tells.
    pub(crate) fn habits(&self) -> &Habits {
        self.habits.get_or_init(|| Habits::of(self))
    }

    /// The node of a place.
    pub(crate) fn node(&self, place: &EditPlace) -> Result<NodeId, Conflict> {
        self.tree.node_at(place.node).ok_or("the file is no longer what was judged")
    }

    /// The entry or item of a place, which has something above it.
    pub(crate) fn entry(&self, place: &EditPlace) -> Result<NodeId, Conflict> {
        let node = self.node(place)?;
        self.parent(node).map(|_| node).ok_or("it is a whole document")
    }

    pub(crate) fn parent(&self, node: NodeId) -> Option<NodeId> {
        let parent = *self.parents.get(node.index())?;
        (parent as usize != node.index()).then(|| self.tree.node_at(parent)).flatten()
    }

    /// What stands above a node, nearest first.
    pub(crate) fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(node), |above| self.parent(*above))
    }

    /// Whether aliases repeat the node, or what it is in.
    pub(crate) fn is_shared(&self, node: NodeId) -> bool {
        let shared = |node: NodeId| self.anchored.contains(&node);
        !self.anchored.is_empty() && (shared(node) || self.ancestors(node).any(shared))
    }

    /// Whether a node stands within brackets or braces.
    pub(crate) fn in_flow(&self, node: NodeId) -> bool {
        self.parent(node).is_some_and(|parent| self.tree.is_flow(parent))
    }

    /// The comments within a span.
    pub(crate) fn comments(&self, span: Span) -> &'t [Span] {
        let all = &self.tree.comments;
        let from = all.partition_point(|comment| comment.start < span.start);
        let to = all.partition_point(|comment| comment.start < span.end);
        all.get(from..to.max(from)).unwrap_or_default()
    }

    /// Where the line of an offset begins.
    pub(crate) fn line_start(&self, offset: usize) -> usize {
        let before = self.text().as_bytes().get(..offset).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let mark = '\u{FEFF}';
        if start == 0 && self.text().starts_with(mark) { mark.len_utf8().min(offset) } else { start }
    }

    /// Where the line of an offset ends, without its line end.
    pub(crate) fn line_end(&self, offset: usize) -> usize {
        let rest = self.text().as_bytes().get(offset..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(self.text().len(), |at| offset + at);
        let crlf = end > offset && end < self.text().len() && self.text().as_bytes().get(end - 1) == Some(&b'\r');
        if crlf { end - 1 } else { end }
    }

    /// Where the next line begins; the end of the text where there is none.
    pub(crate) fn next_line(&self, offset: usize) -> usize {
        let rest = self.text().as_bytes().get(offset..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(self.text().len(), |at| offset + at + 1)
    }

    pub(crate) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text().get(start..end).unwrap_or_default()
    }

    /// How far from its line's start something stands, where only blanks and dashes stand before it.
    pub(crate) fn column(&self, offset: usize) -> Result<usize, Conflict> {
        let start = self.line_start(offset);
        let before = self.slice(start, offset);
        let plain = before.bytes().all(|byte| matches!(byte, b' ' | b'-'));
        if plain { Ok(before.len()) } else { Err("the place is written in a way that cannot be edited") }
    }

    /// Whether nothing but blanks stands before an offset on its line.
    pub(crate) fn begins_line(&self, offset: usize) -> bool {
        self.slice(self.line_start(offset), offset).bytes().all(|byte| byte == b' ')
    }
}

fn set_parent(parents: &mut [u32], child: NodeId, parent: NodeId) {
    if let Some(slot) = parents.get_mut(child.index()) {
        *slot = u32::try_from(parent.index()).unwrap_or(u32::MAX);
    }
}
