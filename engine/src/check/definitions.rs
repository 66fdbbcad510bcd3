//! Definitions of custom resources among the inputs, for policies that speak of their kinds.

use super::{Input, Load};
use crate::yaml::{KeyTable, Limits, Member, decode, head, members, read, to_json};
use policyc_lang::schema::Types;
use policyc_text::FileId;
use rayon::prelude::*;

/// What a file must mention to hold a definition.
const KIND: &str = "CustomResourceDefinition";

/// Adds the kinds of all definitions among the inputs, in the order of the inputs. What cannot be read is left for the
/// run itself to tell.
pub fn add_definitions(types: &mut Types, inputs: &[Input], load: &Load<'_>) {
    let found: Vec<Vec<String>> = (0..inputs.len()).into_par_iter().map(|place| definitions(place, load)).collect();
    for definition in found.iter().flatten() {
        if let Ok(document) = serde_json::from_str(definition) {
            // A definition that is none is judged by its schema like any other object.
            let _ = types.add_crd(&document);
        }
    }
}

/// The definitions in one input, as JSON.
pub(super) fn definitions(place: usize, load: &Load<'_>) -> Vec<String> {
    let file = FileId(u32::try_from(place).unwrap_or(u32::MAX));
    let Some(text) = load(place).ok().and_then(|bytes| decode(file, bytes).ok()) else { return Vec::new() };
    if !text.contains(KIND) {
        return Vec::new();
    }
    let tree = read(file, text, &KeyTable::new([]), &Limits::default());
    let mut found = Vec::new();
    for document in &tree.documents {
        let Some(root) = document.root else { continue };
        let mut defines = false;
        members(&tree, root, &mut |member| {
            if let Member::Object { node, .. } = member {
                defines |= node == root && head(&tree, node, "kind").is_some_and(|kind| tree.text(kind) == KIND);
            }
        });
        let mut json = String::new();
        if defines && to_json(&tree, document, &mut json).is_ok() {
            found.push(json);
        }
    }
    found
}
