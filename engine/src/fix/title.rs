//! What a fix does, in a few words.

use super::page::Page;
use crate::finding::{EditPlace, EditStep, RawEdit, RawFix};
use crate::report::limit::capped;
use crate::yaml::Kind;
use serde_json::Value as Json;

/// Characters of a value that are told.
const VALUE: usize = 60;
/// Keys of a path that are told, the last ones.
const STEPS: usize = 3;

/// "set `securityContext.privileged` to `false`"; several edits are joined by "and".
pub(crate) fn title(fix: &RawFix, page: &Page<'_>) -> String {
    let parts: Vec<String> = fix.edits.iter().map(|edit| part(edit, page)).collect();
    parts.join(" and ")
}

fn part(edit: &RawEdit, page: &Page<'_>) -> String {
    match edit {
        RawEdit::Set(place, value) => format!("set {} to {}", path(place, page), shown(value)),
        RawEdit::Remove(place) => format!("remove {}", path(place, page)),
        RawEdit::Append(place, value) => format!("append {} to {}", shown(value), path(place, page)),
        RawEdit::Replace(place, value) => format!("replace {} with {}", path(place, page), shown(value)),
        RawEdit::InsertBefore(place, value) => format!("insert {} before {}", shown(value), path(place, page)),
        RawEdit::InsertAfter(place, value) => format!("insert {} after {}", shown(value), path(place, page)),
        RawEdit::Create(template, name) => {
            let what = template.replace('_', " ");
            format!("create a {} for `{}`", capped(&what, VALUE), capped(name, VALUE))
        }
    }
}

fn shown(value: &Json) -> String {
    let text = match value {
        Json::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    format!("`{}`", capped(&text, VALUE))
}

/// The last keys on the way to a place; what is missing is told whole.
fn path(place: &EditPlace, page: &Page<'_>) -> String {
    let Some(node) = page.tree.node_at(place.node) else { return "a value".to_owned() };
    if !page.tree.is_yaml() {
        let text = page.tree.text(node);
        return if text.is_empty() { "the stage".to_owned() } else { format!("`{}`", capped(text, VALUE)) };
    }
    let mut keys: Vec<String> = Vec::new();
    for step in place.missing.iter().rev() {
        keys.push(match step {
            EditStep::Key(key) => capped(key, VALUE).into_owned(),
            EditStep::Index(index) => format!("[{index}]"),
        });
    }
    let above = std::iter::once(node).chain(page.ancestors(node));
    for node in above.take_while(|node| page.parent(*node).is_some()) {
        if keys.len() >= STEPS.max(place.missing.len()) {
            break;
        }
        let key = page.tree.key_text(node);
        if !key.is_empty() {
            keys.push(capped(key, VALUE).into_owned());
        } else if keys.is_empty() && page.tree.kind(node) == Kind::Scalar {
            return format!("`{}`", capped(page.tree.text(node), VALUE));
        } else if keys.is_empty() {
            let name = page.tree.get_text(node, "name").map(|name| page.tree.text(name)).unwrap_or_default();
            keys.push(if name.is_empty() { "an element".to_owned() } else { capped(name, VALUE).into_owned() });
        } else {
            break;
        }
    }
    keys.reverse();
    format!("`{}`", keys.join("."))
}
