//! Text in, text out.

mod documents;
mod grammar;
mod hostile;
mod real;
mod scalars;
mod spans;

use policyc_text::FileId;

use super::{Comments, Document, KeyTable, Kind, Limits, NodeId, Tree, read, to_json};

const KEYS: [&str; 10] = ["apiVersion", "kind", "metadata", "name", "spec", "a", "b", "privileged", "true", "16"];

fn tree(text: &str) -> Tree {
    let limits = Limits { comments: Comments::Keep, ..Limits::default() };
    read(FileId(0), text.into(), &KeyTable::new(KEYS), &limits)
}

fn json(tree: &Tree, document: &Document) -> Option<String> {
    let mut out = String::new();
    to_json(tree, document, &mut out).ok().map(|()| out)
}

/// A line a document: its JSON, or `(unreadable)`; then a line a diagnostic: `code line-free span: message`.
fn shown(text: &str) -> String {
    let tree = tree(text);
    let documents = tree.documents.iter().map(|it| json(&tree, it).unwrap_or_else(|| "(unreadable)".to_owned()));
    let mut lines: Vec<String> = documents.collect();
    lines.extend(diagnostics(&tree));
    lines.join("\n")
}

fn diagnostics(tree: &Tree) -> Vec<String> {
    let shown = |diagnostic: &policyc_text::Diagnostic| {
        let span = diagnostic.location.span;
        format!("{} {:?}: {}", diagnostic.code, span.text(tree.source()), diagnostic.message)
    };
    tree.diagnostics.iter().map(shown).collect()
}

/// Every node on a line: key, kind, style, and the text under its span.
fn dump(text: &str) -> String {
    let tree = tree(text);
    let mut out = String::new();
    for document in &tree.documents {
        if let Some(root) = document.root {
            dump_node(&tree, root, 0, &mut out);
        }
    }
    out
}

fn dump_node(tree: &Tree, node: NodeId, depth: usize, out: &mut String) {
    let key = tree.key_span(node).map(|span| {
        let (written, spelled) = (span.text(tree.source()), tree.key_text(node));
        let note = if written == spelled { String::new() } else { format!("={spelled}") };
        let merge = if tree.is_merge(node) { " merge" } else { "" };
        format!("{written}{note}#{}{merge}: ", tree.key_sym(node).0)
    });
    let span = tree.span(node);
    out.push_str(&format!(
        "{:indent$}{}{:?} {:?} {}..{} {:?}\n",
        "",
        key.unwrap_or_default(),
        tree.kind(node),
        tree.style(node),
        span.start,
        span.end,
        span.text(tree.source()),
        indent = depth * 2,
    ));
    match tree.kind(node) {
        Kind::Mapping => tree.raw_entries(node).for_each(|entry| dump_node(tree, entry.value, depth + 1, out)),
        Kind::Sequence => tree.items(node).for_each(|item| dump_node(tree, item, depth + 1, out)),
        Kind::Null | Kind::Scalar | Kind::Alias => {}
    }
}
