//! The path of a place, as reports show it.

use crate::report::limit::{NAME, capped};
use crate::yaml::{Kind, NodeId, Tree};
use policyc_lang::schema::{ListId, Types};
use std::fmt::Write;

/// A step of a walk. Its text is only made when something is found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// To an entry of a mapping, by its value.
    Entry(NodeId),
    /// To a key.
    Name(&'static str),
    /// To a 0-based place in a list.
    Index(usize),
    /// To an item of a list whose schema may tell its items apart.
    Item(usize, NodeId, ListId),
}

/// Writes a path: `spec.containers[name=web].image`, `metadata.labels["a.b/c"]`.
pub(super) fn print(steps: &[Step], tree: &Tree, types: &Types) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Entry(value) => push_key(&mut text, tree.key_text(*value)),
            Step::Name(key) => push_key(&mut text, key),
            Step::Index(place) => push_index(&mut text, *place),
            Step::Item(place, item, list) => match list_key(tree, types, *item, *list) {
                Some(key) => text.push_str(&key),
                None => push_index(&mut text, *place),
            },
        }
    }
    text
}

fn push_key(text: &mut String, key: &str) {
    let key = &*capped(key, NAME);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !key.is_empty() && key.bytes().all(plain) {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(key);
    } else {
        let _ = write!(text, "[{key:?}]");
    }
}

fn push_index(text: &mut String, place: usize) {
    let _ = write!(text, "[{place}]");
}

/// `[name=web]`, from the field by which the schema tells elements apart; where it takes several, none is told.
fn list_key(tree: &Tree, types: &Types, item: NodeId, list: ListId) -> Option<String> {
    let item = tree.resolve(item);
    if tree.kind(item) != Kind::Mapping {
        return None;
    }
    let mut keys = types.list_keys(list);
    let (Some(key), None) = (keys.next(), keys.next()) else { return None };
    let value = tree.get_text(item, key)?;
    (tree.kind(tree.resolve(value)) == Kind::Scalar).then(|| format!("[{key}={}]", capped(tree.text(value), NAME)))
}
