//! The YAML reader: whatever the bytes, trees are sound and say what the JSON of their documents says.

use crate::spans::{diagnostic_fits, fits};
use policyc_engine::yaml::{self, Comments, KeyTable, Kind, Limits, NodeId, Resolved, Style, Tree};
use policyc_text::{FileId, Span};
use serde_json::Value;
use std::sync::{Arc, OnceLock};

/// Names that a program would read.
const KEYS: [&str; 8] = ["apiVersion", "kind", "metadata", "name", "spec", "a", "true", "1"];

/// Largest JSON text that is read back: behind aliases a few bytes may stand for millions of nodes.
const MOST_JSON: usize = 1 << 20;

/// Reads bytes as a file and holds the outcome against what the reader promises.
pub fn run(data: &[u8]) {
    let text = match yaml::decode(FileId(0), data.to_vec()) {
        Ok(text) => text,
        Err(diagnostic) => {
            // Its span counts bytes of the file, which are no text.
            let span = diagnostic.location.span;
            assert!(span.start <= span.end && span.end as usize <= data.len(), "{diagnostic:?}");
            return;
        }
    };
    let comments = [Comments::Keep, Comments::WhereAddressed, Comments::Drop][data.len() % 3];
    let limits = Limits { comments, ..Limits::default() };
    let tree = yaml::read(FileId(0), Arc::clone(&text), keys(), &limits);
    sound(&tree, &text);
    let again = yaml::read(FileId(0), Arc::clone(&text), keys(), &limits);
    assert_eq!(tree.diagnostics, again.diagnostics, "two readings differ");
    assert_eq!((tree.node_count(), &tree.comments), (again.node_count(), &again.comments), "two readings differ");
    for (document, other) in tree.documents.iter().zip(&again.documents) {
        let (mut json, mut second) = (String::new(), String::new());
        let written = yaml::to_json(&tree, document, &mut json);
        assert_eq!(written.is_ok(), document.root.is_some(), "only documents that were read have a JSON form");
        let _ = yaml::to_json(&again, other, &mut second);
        assert!(json == second, "two readings differ");
        let Some(root) = document.root else { continue };
        if json.len() <= MOST_JSON {
            match serde_json::from_str::<Value>(&json) {
                Ok(value) => same(&tree, root, &value),
                Err(error) => assert!(too_deep(&error), "{error}: {json:.300}"),
            }
        }
    }
}

fn keys() -> &'static KeyTable {
    static TABLE: OnceLock<KeyTable> = OnceLock::new();
    TABLE.get_or_init(|| KeyTable::new(KEYS))
}

/// The JSON reader stops at 128 levels, the YAML reader later.
fn too_deep(error: &serde_json::Error) -> bool {
    error.to_string().contains("recursion limit")
}

fn sound(tree: &Tree, text: &str) {
    assert_eq!(tree.source(), text);
    for diagnostic in &tree.diagnostics {
        diagnostic_fits(diagnostic, text);
    }
    for comment in &tree.comments {
        fits(*comment, text, "a comment");
        let comment = comment.text(text);
        assert!(comment.starts_with('#') && !comment.contains('\n'), "{comment:?} is no comment");
    }
    for twice in &tree.duplicates {
        assert_eq!(tree.key_text(twice.earlier), tree.key_text(twice.later));
        assert!(twice.earlier < twice.later);
    }
    let mut end = 0;
    for document in &tree.documents {
        fits(document.span, text, "a document");
        assert!(document.span.start >= end, "documents overlap");
        end = document.span.end;
        assert!(document.root.is_some() || !tree.diagnostics.is_empty(), "a document is missing, and nothing says why");
        if let Some(root) = document.root {
            within(tree, root, document.span, text);
        }
    }
}

/// Everything that is written at and below a node, without following aliases.
fn within(tree: &Tree, node: NodeId, around: Span, text: &str) {
    let span = tree.span(node);
    fits(span, text, "a node");
    assert!(around.contains(span), "{span:?} reaches out of {around:?}, which it stands in");
    if let Some(key) = tree.key_span(node) {
        fits(key, text, "a key");
        assert!(key.end <= span.start || span.is_empty(), "the key {key:?} stands behind its value {span:?}");
    }
    match tree.kind(node) {
        Kind::Mapping => tree.raw_entries(node).for_each(|entry| {
            assert!(entry.value > node, "a node stands before what is around it");
            within(tree, entry.value, span, text);
        }),
        Kind::Sequence => tree.items(node).for_each(|item| {
            assert!(item > node, "a node stands before what is around it");
            within(tree, item, span, text);
        }),
        Kind::Alias => {
            assert!(span.text(text).starts_with('*'), "an alias is {:?}", span.text(text));
            assert!(tree.resolve(node) < node, "an alias stands for what comes later");
            assert!(tree.kind(tree.resolve(node)) != Kind::Alias, "an alias stands for another");
        }
        Kind::Null | Kind::Scalar => {
            let decoded = if tree.tag(node).is_some() { None } else { decode(span.text(text), tree.style(node)) };
            if let Some(decoded) = decoded {
                assert_eq!(decoded, tree.text(node), "{:?} says something else", span.text(text));
            }
        }
    }
}

/// The text that a scalar spells; `None` where it goes over several lines, or is written in a way that takes a parser.
fn decode(written: &str, style: Style) -> Option<String> {
    if written.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        return None;
    }
    match style {
        Style::Plain => Some(written.to_owned()),
        Style::SingleQuoted => {
            Some(written.strip_prefix('\'')?.strip_suffix('\'').unwrap_or_else(|| unclosed(written)).replace("''", "'"))
        }
        Style::DoubleQuoted => {
            unescape(written.strip_prefix('"')?.strip_suffix('"').unwrap_or_else(|| unclosed(written)))
        }
        Style::Literal | Style::Folded | Style::Block | Style::Flow => None,
    }
}

fn unclosed(written: &str) -> &str {
    panic!("the span of a quoted scalar is {written:?}")
}

fn unescape(inner: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        let digits = match letters.next()? {
            '0' => 0,
            'x' => 2,
            'u' => 4,
            'U' => 8,
            plain => {
                out.push(match plain {
                    'a' => '\u{7}',
                    'b' => '\u{8}',
                    't' | '\t' => '\t',
                    'n' => '\n',
                    'v' => '\u{B}',
                    'f' => '\u{C}',
                    'r' => '\r',
                    'e' => '\u{1B}',
                    'N' => '\u{85}',
                    '_' => '\u{A0}',
                    'L' => '\u{2028}',
                    'P' => '\u{2029}',
                    ' ' | '"' | '/' | '\\' | '\'' => plain,
                    _ => return None,
                });
                continue;
            }
        };
        let number: String = letters.by_ref().take(digits).collect();
        let number = if digits == 0 { 0 } else { u32::from_str_radix(&number, 16).ok()? };
        // Half a pair is the JSON reader's business.
        out.push(char::from_u32(number)?);
    }
    Some(out)
}

/// A tree and the JSON of its document hold the same values.
fn same(tree: &Tree, node: NodeId, value: &Value) {
    let node = tree.resolve(node);
    match (tree.kind(node), value) {
        (Kind::Mapping, Value::Object(fields)) => {
            assert_eq!(tree.entries(node).count(), fields.len(), "a mapping has another number of keys in JSON");
            for entry in tree.entries(node) {
                let key = tree.key_text(entry.value);
                let field = fields.get(key).unwrap_or_else(|| panic!("{key:?} is not in the JSON"));
                assert_eq!(tree.get_text(node, key), Some(entry.value), "{key:?} leads elsewhere");
                let sym = keys().sym(key);
                assert!(!sym.is_known() || tree.get(node, sym) == Some(entry.value), "{key:?} leads elsewhere");
                same(tree, entry.value, field);
            }
        }
        (Kind::Sequence, Value::Array(items)) => {
            assert_eq!(tree.items(node).count(), items.len(), "a list has another length in JSON");
            tree.items(node).zip(items).for_each(|(item, value)| same(tree, item, value));
        }
        (Kind::Null, Value::Null) => assert_eq!(tree.resolved(node), Some(Resolved::Null)),
        (Kind::Scalar, _) => same_scalar(tree, node, value),
        (kind, value) => panic!("a {kind:?} is {value} in JSON"),
    }
}

fn same_scalar(tree: &Tree, node: NodeId, value: &Value) {
    let text = tree.text(node);
    let equal = match tree.resolved(node) {
        Some(Resolved::Null) => value.is_null(),
        Some(Resolved::Bool(known)) => value.as_bool() == Some(known),
        Some(Resolved::String) => value.as_str() == Some(text),
        Some(Resolved::Int(known)) => value.as_i64() == Some(known) || value.as_f64() == Some(known as f64),
        // The JSON reader may miss the nearest number by one step.
        Some(Resolved::Float(known)) => value.as_f64().is_some_and(|read| (read - known).abs() <= known.abs() * 1e-15),
        None => false,
    };
    assert!(equal, "{text:?} is {:?}, and {value} in JSON", tree.resolved(node));
}
