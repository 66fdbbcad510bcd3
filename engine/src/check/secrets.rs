//! Where the secrets of a file stand.

use super::objects::Object;
use crate::finding::{is_open_in_secrets, is_secret_kind};
use crate::report::Secrets;
use crate::yaml::{Kind, NodeId, Tree};
use policyc_text::Span;
use rustc_hash::FxHashSet;

/// The spans of every value of Secrets but those that say which object it is: `data` and `stringData` however they are
/// spelt, and annotations, in one of which kubectl keeps a copy of the whole object.
pub(super) fn of_objects(tree: &Tree, objects: &[Object]) -> Secrets {
    let mut spans = Spans { tree, seen: FxHashSet::default(), found: Vec::new() };
    for object in objects.iter().filter(|object| is_secret_kind(object.kind(tree))) {
        // Entries without effect hold secrets too.
        for entry in tree.raw_entries(object.node).chain(tree.entries(object.node)) {
            match tree.key_text(entry.value) {
                "metadata" => spans.metadata(entry.value),
                key if is_open_in_secrets("", key) => {}
                _ => spans.values(entry.value),
            }
        }
    }
    Secrets::new(spans.found)
}

struct Spans<'t> {
    tree: &'t Tree,
    seen: FxHashSet<NodeId>,
    found: Vec<Span>,
}

impl Spans<'_> {
    /// Each value of a mapping, or the whole where it is none.
    fn values(&mut self, node: NodeId) {
        let target = self.tree.resolve(node);
        if !self.seen.insert(target) {
            return;
        }
        if self.tree.kind(target) == Kind::Mapping {
            for entry in self.tree.raw_entries(target).chain(self.tree.entries(target)) {
                self.whole(entry.value);
            }
            // A comment behind the brace may repeat a value.
            let end = self.tree.span(target).end as usize;
            self.found.push(Span::new(end, end + self.rest_of_line(end)));
        } else {
            self.whole(target);
        }
    }

    /// A value up to the end of its line: a comment beside it may repeat it.
    fn whole(&mut self, node: NodeId) {
        let target = self.tree.resolve(node);
        if self.tree.is_merge(node) {
            return self.values(target);
        }
        let span = self.tree.span(target);
        if span.is_empty() {
            return;
        }
        let end = span.end as usize;
        self.found.push(Span::new(span.start as usize, end + self.rest_of_line(end)));
    }

    /// Bytes from an offset to the end of its line; 0 where a flow collection goes on.
    fn rest_of_line(&self, offset: usize) -> usize {
        let rest = self.tree.source().as_bytes().get(offset..).unwrap_or_default();
        let flow = rest.first().is_some_and(|byte| matches!(byte, b',' | b'}'));
        if flow { 0 } else { memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()) }
    }

    fn metadata(&mut self, metadata: NodeId) {
        let target = self.tree.resolve(metadata);
        if self.tree.kind(target) != Kind::Mapping {
            return self.whole(metadata);
        }
        for entry in self.tree.raw_entries(target).chain(self.tree.entries(target)) {
            if !is_open_in_secrets("metadata", self.tree.key_text(entry.value)) {
                self.values(entry.value);
            }
        }
    }
}
