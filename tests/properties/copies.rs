//! The same documents written otherwise.

use policyc_engine::yaml::{KeyTable, Kind, Limits, NodeId, Resolved, Style, Tree, read};
use policyc_text::{FileId, Span};
use std::collections::BTreeMap;

pub(crate) fn tree(text: &str) -> Tree {
    read(FileId(0), text.into(), &KeyTable::new([]), &Limits::default())
}

/// How to indent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Columns by which what is in a mapping is further in.
    pub(crate) step: usize,
    /// Columns by which the dashes of a list are further in than its key.
    pub(crate) dashes: usize,
    /// Blanks behind a dash.
    pub(crate) gap: usize,
}

/// All documents of a tree, block by block. Scalars on one line stay as they are written; aliases, merges, duplicates and
/// tags stay what they are.
pub(crate) fn indented(tree: &Tree, layout: Layout) -> String {
    let mut writer = Writer::new(tree, layout);
    for (number, root) in roots(tree).enumerate() {
        if number > 0 {
            writer.out.push_str("---\n");
        }
        writer.node(root, 0, Place::Line);
    }
    writer.out
}

/// The documents of a tree as the items of a `List`.
pub(crate) fn listed(tree: &Tree) -> String {
    let mut writer = Writer::new(tree, Layout { step: 2, dashes: 0, gap: 1 });
    writer.out.push_str("apiVersion: v1\nkind: List\nitems:\n");
    for root in roots(tree) {
        writer.out.push('-');
        writer.item(root, 0);
    }
    writer.out
}

/// The documents of a tree as JSON, one after the other, with the keys in their order.
pub(crate) fn json(tree: &Tree) -> String {
    roots(tree).map(|root| json_value(tree, root, 0) + "\n").collect()
}

/// The topmost nodes of the documents that could be read.
pub(crate) fn roots(tree: &Tree) -> impl Iterator<Item = NodeId> {
    tree.documents.iter().filter_map(|document| document.root)
}

/// Whether one thing stands for several places: aliases, merges, keys that stand twice.
pub(crate) fn shares(tree: &Tree) -> bool {
    let mut nodes: Vec<NodeId> = roots(tree).collect();
    while let Some(node) = nodes.pop() {
        match tree.kind(node) {
            Kind::Alias => return true,
            Kind::Mapping if tree.raw_entries(node).any(|entry| tree.is_merge(entry.value)) => return true,
            Kind::Mapping => nodes.extend(tree.raw_entries(node).map(|entry| entry.value)),
            Kind::Sequence => nodes.extend(tree.items(node)),
            Kind::Null | Kind::Scalar => {}
        }
    }
    !tree.duplicates.is_empty()
}

/// Whether the values that are no strings are spelled as JSON spells them: findings tell how a value is written.
pub(crate) fn spelled_as_json(tree: &Tree) -> bool {
    let mut nodes: Vec<NodeId> = roots(tree).collect();
    while let Some(node) = nodes.pop() {
        match tree.kind(node) {
            Kind::Mapping => nodes.extend(tree.raw_entries(node).map(|entry| entry.value)),
            Kind::Sequence => nodes.extend(tree.items(node)),
            Kind::Scalar => {
                let written = tree.span(node).text(tree.source());
                if tree.resolved(node) != Some(Resolved::String) && json_value(tree, node, 0) != written {
                    return false;
                }
            }
            Kind::Null | Kind::Alias => {}
        }
    }
    true
}

/// Where the keys and scalars of one tree stand in its copy.
pub(crate) fn moved(old: &Tree, new: &Tree, pairs: impl Iterator<Item = (NodeId, NodeId)>) -> BTreeMap<Span, Span> {
    let mut spans = BTreeMap::new();
    let mut nodes: Vec<(NodeId, NodeId)> = pairs.collect();
    while let Some((one, other)) = nodes.pop() {
        if let (Some(key), Some(moved)) = (old.key_span(one), new.key_span(other)) {
            spans.insert(key, moved);
        }
        match old.kind(one) {
            Kind::Mapping => nodes
                .extend(old.raw_entries(one).zip(new.raw_entries(other)).map(|(one, other)| (one.value, other.value))),
            Kind::Sequence => nodes.extend(old.items(one).zip(new.items(other))),
            Kind::Null | Kind::Scalar | Kind::Alias if old.span(one).start < old.span(one).end => {
                spans.insert(old.span(one), new.span(other));
            }
            Kind::Null | Kind::Scalar | Kind::Alias => {}
        }
    }
    spans
}

/// Where a node goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the start of a line.
    Line,
    /// Behind a colon.
    Colon,
    /// Behind a dash.
    Dash,
}

struct Writer<'t> {
    tree: &'t Tree,
    layout: Layout,
    out: String,
    /// Names of what aliases stand for.
    anchors: BTreeMap<NodeId, String>,
}

impl<'t> Writer<'t> {
    fn new(tree: &'t Tree, layout: Layout) -> Self {
        let mut anchors = BTreeMap::new();
        let mut nodes: Vec<NodeId> = roots(tree).collect();
        while let Some(node) = nodes.pop() {
            match tree.kind(node) {
                Kind::Alias => {
                    let name = format!("n{}", tree.resolve(node).index());
                    anchors.insert(tree.resolve(node), name);
                }
                Kind::Mapping => nodes.extend(tree.raw_entries(node).map(|entry| entry.value)),
                Kind::Sequence => nodes.extend(tree.items(node)),
                Kind::Null | Kind::Scalar => {}
            }
        }
        Self { tree, layout, out: String::new(), anchors }
    }

    fn blanks(&mut self, columns: usize) {
        self.out.push_str(&" ".repeat(columns));
    }

    /// A node whose own lines start at a column, up to behind a line end.
    fn node(&mut self, node: NodeId, column: usize, place: Place) {
        let tree = self.tree;
        let anchor = self.anchors.get(&node).map(|name| format!("&{name}")).unwrap_or_default();
        let is_empty = match tree.kind(node) {
            Kind::Mapping => tree.raw_entries(node).next().is_none(),
            Kind::Sequence => tree.items(node).next().is_none(),
            Kind::Null | Kind::Scalar | Kind::Alias => true,
        };
        if is_empty {
            let text = self.leaf(node);
            let parts: Vec<&str> = [anchor.as_str(), &text].into_iter().filter(|part| !part.is_empty()).collect();
            let parts = parts.join(" ");
            if place == Place::Colon && !parts.is_empty() {
                self.out.push(' ');
            } else if place == Place::Dash && !parts.is_empty() {
                self.blanks(self.layout.gap);
            } else if place == Place::Line {
                self.blanks(column);
            }
            self.out.push_str(&parts);
            return self.out.push('\n');
        }
        if place == Place::Dash && anchor.is_empty() {
            self.blanks(self.layout.gap);
            return self.lines(node, column, true);
        }
        if !anchor.is_empty() {
            if place != Place::Line {
                self.out.push(' ');
            }
            self.out.push_str(&anchor);
        }
        if place != Place::Line || !anchor.is_empty() {
            self.out.push('\n');
        }
        self.lines(node, column, false);
    }

    /// The entries or items of a collection, the first perhaps behind what stands on its line.
    fn lines(&mut self, node: NodeId, column: usize, mut inline: bool) {
        let tree = self.tree;
        if tree.kind(node) == Kind::Sequence {
            for item in tree.items(node) {
                self.blanks(if std::mem::take(&mut inline) { 0 } else { column });
                self.out.push('-');
                self.item(item, column);
            }
            return;
        }
        for entry in tree.raw_entries(node) {
            self.blanks(if std::mem::take(&mut inline) { 0 } else { column });
            let key = self.key(entry.value);
            self.out.push_str(&key);
            self.out.push(':');
            let deeper = if tree.kind(entry.value) == Kind::Sequence { self.layout.dashes } else { self.layout.step };
            self.node(entry.value, column + deeper, Place::Colon);
        }
    }

    /// What stands behind a dash at a column.
    fn item(&mut self, item: NodeId, column: usize) {
        self.node(item, column + 1 + self.layout.gap, Place::Dash);
    }

    fn key(&self, entry: NodeId) -> String {
        let tree = self.tree;
        let slice = tree.key_span(entry).unwrap().text(tree.source());
        let plain = tree.key_style(entry) == Some(Style::Plain);
        let kept = !slice.contains(['\n', '\r', '*', '\t'])
            && matches!(tree.key_style(entry), Some(Style::Plain | Style::SingleQuoted | Style::DoubleQuoted))
            && !(plain && slice.is_empty());
        if kept { slice.to_owned() } else { quoted(tree.key_text(entry)) }
    }

    /// An alias, a scalar with its tag, or a collection without content.
    fn leaf(&self, node: NodeId) -> String {
        let tree = self.tree;
        let slice = tree.span(node).text(tree.source());
        let text = match tree.kind(node) {
            Kind::Alias => return format!("*{}", self.anchors[&tree.resolve(node)]),
            Kind::Mapping => "{}".to_owned(),
            Kind::Sequence => "[]".to_owned(),
            Kind::Null | Kind::Scalar => match tree.style(node) {
                Style::Literal | Style::Folded => quoted(tree.text(node)),
                _ if slice.contains(['\n', '\r']) => quoted(tree.text(node)),
                _ => slice.to_owned(),
            },
        };
        match tree.tag(node) {
            Some(tag) => format!("!<{tag}> {text}"),
            None => text,
        }
    }
}

/// A text in double quotes, as JSON and YAML both read it.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap().replace('\u{7F}', "\\u007f").replace('\u{FEFF}', "\\ufeff")
}

fn json_value(tree: &Tree, node: NodeId, depth: usize) -> String {
    let node = tree.resolve(node);
    let (here, below) = ("  ".repeat(depth), "  ".repeat(depth + 1));
    let joined = |open: &str, parts: Vec<String>, close: &str| {
        if parts.is_empty() {
            return format!("{open}{close}");
        }
        format!("{open}\n{below}{}\n{here}{close}", parts.join(&format!(",\n{below}")))
    };
    match tree.kind(node) {
        Kind::Mapping => {
            let entry = |value| format!("{}: {}", quoted(tree.key_text(value)), json_value(tree, value, depth + 1));
            joined("{", tree.entries(node).map(|it| entry(it.value)).collect(), "}")
        }
        Kind::Sequence => joined("[", tree.items(node).map(|item| json_value(tree, item, depth + 1)).collect(), "]"),
        Kind::Null | Kind::Scalar | Kind::Alias => match tree.resolved(node) {
            Some(Resolved::Null) => "null".to_owned(),
            Some(Resolved::Bool(value)) => value.to_string(),
            Some(Resolved::Int(value)) => value.to_string(),
            Some(Resolved::Float(value)) => value.to_string(),
            Some(Resolved::String) | None => quoted(tree.text(node)),
        },
    }
}
