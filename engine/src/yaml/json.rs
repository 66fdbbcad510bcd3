//! A document as the JSON that sigs.k8s.io/yaml makes of it, byte for byte. No reading here.

use super::build::{Built, Refusal};
use super::node::{Kind, NodeId};
use super::scalar::Native;
use super::tree::{Document, Tree};

/// Writes a document as `YAMLToJSON` does: keys sorted, no blanks, Go's numbers and escapes.
///
/// # Errors
///
/// The document could not be read; its diagnostic is in the tree.
pub fn to_json(tree: &Tree, document: &Document, out: &mut String) -> Built {
    let Some(root) = document.root else {
        return Err(Refusal::new(document.span, "the document could not be read"));
    };
    write_value(tree, root, out)
}

/// Writes one node as [`to_json`] would.
///
/// # Errors
///
/// As [`to_json`].
pub fn node_to_json(tree: &Tree, node: NodeId, out: &mut String) -> Built {
    write_value(tree, node, out)
}

/// The recursion is bounded by [`super::Limits::depth`], and the output by [`super::Limits::expanded_nodes`].
fn write_value(tree: &Tree, node: NodeId, out: &mut String) -> Built {
    let node = tree.resolve(node);
    match tree.kind(node) {
        Kind::Mapping => write_mapping(tree, node, out),
        Kind::Sequence => write_sequence(tree, node, out),
        Kind::Null | Kind::Scalar | Kind::Alias => {
            match tree.native(node).and_then(Native::json) {
                Some(text) => out.push_str(&text),
                None => write_string(tree.text(node), out),
            }
            Ok(())
        }
    }
}

fn write_mapping(tree: &Tree, node: NodeId, out: &mut String) -> Built {
    let mut entries: Vec<(&str, NodeId)> =
        tree.entries(node).map(|entry| (tree.key_text(entry.value), entry.value)).collect();
    entries.sort_unstable();
    out.push('{');
    for (count, (key, value)) in entries.into_iter().enumerate() {
        if count > 0 {
            out.push(',');
        }
        write_string(key, out);
        out.push(':');
        write_value(tree, value, out)?;
    }
    out.push('}');
    Ok(())
}

fn write_sequence(tree: &Tree, node: NodeId, out: &mut String) -> Built {
    out.push('[');
    for (count, item) in tree.items(node).enumerate() {
        if count > 0 {
            out.push(',');
        }
        write_value(tree, item, out)?;
    }
    out.push(']');
    Ok(())
}

/// Go's `encoding/json` with its HTML escapes.
fn write_string(text: &str, out: &mut String) {
    out.push('"');
    // Most of a text stands for itself, and is taken at once.
    let stands = |byte: u8| byte >= 0x20 && !matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&' | 0xE2);
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| !stands(byte)) {
        let (plain, others) = rest.split_at(at);
        out.push_str(plain);
        let mut letters = others.chars();
        let Some(letter) = letters.next() else { break };
        rest = letters.as_str();
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{C}' => out.push_str("\\f"),
            '\0'..='\u{1F}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            _ => out.push(letter),
        }
    }
    out.push_str(rest);
    out.push('"');
}
