//! Trees of files that are no YAML: a reader of another format says what is there and where, and gets an arena like any
//! other. Nothing here knows such a format.

use std::sync::Arc;

use policyc_text::{Diagnostic, FileId, Span};
use rustc_hash::FxHashMap;

use super::keys::{KeyTable, Sym};
use super::node::{HAS_KEY, Kind, Node, NodeId, ODD_KEY, POOLED, Style, UNKNOWN};
use super::tree::{Document, OddKey, Tree};

/// The style that marks a key whose text stands in the tree's vocabulary. Keys of YAML never have it.
pub(super) const VOCABULARY: Style = Style::Flow;

/// Where a value goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At<'k> {
    /// Into a list.
    Item,
    /// Under a key that the format's own vocabulary has. It stands where the token of the mapping stands.
    Field(&'static str),
    /// Under a key that the file has.
    Key(&'k str, Span),
}

/// A tree in the making. What is opened must be closed.
pub(crate) struct Sketch<'k> {
    tree: Tree,
    keys: &'k KeyTable,
    words: FxHashMap<&'static str, (u32, Sym)>,
    open: Vec<Open>,
    most: usize,
}

struct Open {
    node: NodeId,
    last: Option<NodeId>,
    /// What stands for the collection as a whole.
    token: Span,
}

impl<'k> Sketch<'k> {
    /// A tree of at most so many nodes; what comes after them is left out.
    pub(crate) fn new(file: FileId, text: Arc<str>, keys: &'k KeyTable, most: usize) -> Self {
        let tree = Tree::empty(file, text);
        Self { tree, keys, words: FxHashMap::default(), open: Vec::new(), most }
    }

    /// Whether nodes were left out.
    pub(crate) fn is_full(&self) -> bool {
        self.tree.nodes.len() >= self.most
    }

    /// Opens a mapping; `token` is what findings about the whole of it point at.
    pub(crate) fn map(&mut self, at: At<'_>, span: Span, token: Span) {
        self.collection(Kind::Mapping, at, span, token);
    }

    /// Opens a list.
    pub(crate) fn list(&mut self, at: At<'_>, span: Span) {
        let token = self.open.last().map_or(span, |open| open.token);
        self.collection(Kind::Sequence, at, span, token);
    }

    fn collection(&mut self, kind: Kind, at: At<'_>, span: Span, token: Span) {
        let node = self.push(Node::new(kind, Style::Block, span), at);
        self.open.push(Open { node, last: None, token });
    }

    /// Closes what was opened last.
    pub(crate) fn end(&mut self) {
        self.open.pop();
    }

    /// Says of the list that was opened last that it may have more elements, and why.
    pub(crate) fn incomplete(&mut self, reason: impl Into<Box<str>>) {
        if let Some(node) = self.open.last().map(|open| open.node) {
            self.note_unknown(node, reason.into());
        }
    }

    /// A text.
    pub(crate) fn string(&mut self, at: At<'_>, text: &str, span: Span) {
        let verbatim = span.text(&self.tree.text) == text;
        let mut node = Node::new(Kind::Scalar, Style::Literal, span);
        if !verbatim {
            self.pool(&mut node, text);
        }
        self.push(node, at);
    }

    /// A number or a truth value.
    pub(crate) fn plain(&mut self, at: At<'_>, value: impl std::fmt::Display, span: Span) {
        let mut node = Node::new(Kind::Scalar, Style::Plain, span);
        self.pool(&mut node, &value.to_string());
        self.push(node, at);
    }

    /// A text that cannot be told, and why.
    pub(crate) fn unknown(&mut self, at: At<'_>, reason: impl Into<Box<str>>, span: Span) {
        let node = self.push(Node::new(Kind::Scalar, Style::Literal, span), at);
        self.note_unknown(node, reason.into());
    }

    /// The tree.
    pub(crate) fn finish(mut self, comments: Vec<Span>, diagnostics: Vec<Diagnostic>) -> Tree {
        let span = Span::new(0, self.tree.text.len());
        let root = (!self.tree.nodes.is_empty()).then_some(NodeId(0));
        self.tree.documents.push(Document { root, span, index: 1 });
        self.tree.comments = comments;
        self.tree.diagnostics = diagnostics;
        self.tree.unknowns.sort_by_key(|(node, _)| *node);
        self.tree.nodes.shrink_to_fit();
        self.tree
    }

    fn note_unknown(&mut self, node: NodeId, reason: Box<str>) {
        if let Some(node) = self.tree.nodes.get_mut(node.index()) {
            node.set(UNKNOWN);
        }
        self.tree.unknowns.push((node, reason));
    }

    fn pool(&mut self, node: &mut Node, text: &str) {
        let start = self.tree.pool.len();
        self.tree.pool.push_str(text);
        node.set(POOLED);
        node.child = u32::try_from(self.tree.pooled.len()).unwrap_or(NodeId::NONE);
        self.tree.pooled.push(Span::new(start, self.tree.pool.len()));
    }

    fn push(&mut self, mut node: Node, at: At<'_>) -> NodeId {
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX));
        if self.is_full() {
            // Never linked, so nothing sees it.
            return NodeId(NodeId::NONE);
        }
        match at {
            At::Item => {}
            At::Field(name) => self.field(&mut node, name),
            At::Key(text, span) => {
                let style = Style::Plain;
                let odd = span.text(&self.tree.text) != text || span.len() > usize::from(u16::MAX);
                let flags = if odd { ODD_KEY } else { 0 };
                node.set_key(self.keys.sym(text), span, style, flags);
                if odd {
                    let length = u32::try_from(span.len()).unwrap_or(u32::MAX);
                    self.tree.odd_keys.push(OddKey { node: id, length, alias: false, text: Some(text.into()) });
                }
            }
        }
        self.tree.nodes.push(node);
        self.link(id);
        id
    }

    fn field(&mut self, node: &mut Node, name: &'static str) {
        let next = u32::try_from(self.tree.vocabulary.len()).unwrap_or(u32::MAX);
        let (place, sym) = match self.words.get(name) {
            Some(known) => *known,
            None => {
                let made = (next, self.keys.sym(name));
                self.words.insert(name, made);
                self.tree.vocabulary.push(name);
                made
            }
        };
        debug_assert!(place < 256, "the vocabulary of a format is small");
        let token = self.open.last().map_or(Span::default(), |open| open.token);
        let length = u32::try_from(token.len().min(255)).unwrap_or(255);
        let packed = Span { start: token.start, end: token.start + (place << 8 | length) };
        node.set_key(sym, packed, VOCABULARY, 0);
        debug_assert!(node.has(HAS_KEY));
    }

    fn link(&mut self, id: NodeId) {
        let Some(open) = self.open.last_mut() else { return };
        let before = open.last.replace(id);
        let place = before.unwrap_or(open.node);
        if let Some(node) = self.tree.nodes.get_mut(place.index()) {
            match before {
                Some(_) => node.next = id.0,
                None => node.child = id.0,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{At, Sketch};
    use crate::yaml::{KeyTable, Resolved};
    use policyc_text::{FileId, Span};

    #[test]
    fn a_sketch_is_a_tree() {
        let text = "USER app";
        let keys = KeyTable::new(["user"]);
        let mut sketch = Sketch::new(FileId(0), text.into(), &keys, 100);
        let (keyword, word) = (Span::new(0, 4), Span::new(5, 8));
        sketch.map(At::Item, Span::new(0, 8), keyword);
        sketch.string(At::Field("user"), "app", word);
        sketch.string(At::Field("upper"), "APP", word);
        sketch.plain(At::Field("count"), 3, word);
        sketch.list(At::Key("app", word), Span::new(0, 8));
        sketch.unknown(At::Item, "it is not known", word);
        sketch.incomplete("there may be more");
        sketch.end();
        sketch.end();
        let tree = sketch.finish(Vec::new(), Vec::new());
        let root = tree.documents[0].root.unwrap();
        let user = tree.get(root, keys.sym("user")).unwrap();
        assert_eq!((tree.text(user), tree.key_text(user), tree.key_span(user)), ("app", "user", Some(keyword)));
        let upper = tree.get_text(root, "upper").unwrap();
        assert_eq!((tree.text(upper), tree.span(upper), tree.resolved(upper)), ("APP", word, Some(Resolved::String)));
        let count = tree.get_text(root, "count").unwrap();
        assert_eq!(tree.resolved(count), Some(Resolved::Int(3)));
        let list = tree.get_text(root, "app").unwrap();
        assert_eq!(tree.unknown(list), Some("there may be more"));
        let item = tree.items(list).next().unwrap();
        assert_eq!((tree.unknown(item), tree.unknown(user)), (Some("it is not known"), None));
    }
}
