//! Random edits of real and odd texts: what comes out is what an edit of the plain values gives, or nothing.

use super::tests::{meaning, tree};
use super::{Changes, Page, Placement, edits};
use crate::finding::{EditPlace, EditStep, RawEdit};
use crate::yaml::{Kind, NodeId, Tree, to_json};
use policyc_text::{FileId, apply_edits};
use serde_json::{Map, Value as Json, json};
use std::path::Path;

/// Edits of each text.
const EDITS: u32 = 120;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).unwrap()
    }

    fn value(&mut self) -> Json {
        let texts = ["x", "yes", "1", "a: b", "#", "", "- a", "é", "two words", "'", "\"", "{", "512Mi", "~", "0x1F"];
        match self.roll(6) {
            0 => json!(false),
            1 => json!(7),
            2 => json!({"k": texts[self.roll(texts.len())]}),
            3 => json!([texts[self.roll(texts.len())], {"n": 1}]),
            _ => json!(texts[self.roll(texts.len())]),
        }
    }
}

/// What stands between a document's root and a node.
fn steps(tree: &Tree, page: &Page<'_>, node: NodeId) -> Vec<EditStep> {
    let mut steps = Vec::new();
    let mut at = node;
    while let Some(parent) = page.parent(at) {
        steps.push(match tree.kind(parent) {
            Kind::Mapping => EditStep::Key(tree.key_text(at).to_owned()),
            _ => EditStep::Index(tree.items(parent).position(|item| item == at).unwrap() as u64),
        });
        at = parent;
    }
    steps.reverse();
    steps
}

fn reach<'j>(value: &'j mut Json, steps: &[EditStep]) -> Option<&'j mut Json> {
    steps.iter().try_fold(value, |value, step| match step {
        EditStep::Key(key) => value.get_mut(key),
        EditStep::Index(index) => value.get_mut(usize::try_from(*index).ok()?),
    })
}

/// The same edit of plain values.
fn plain(mut whole: Json, steps: &[EditStep], edit: &RawEdit) -> Option<Json> {
    let (last, above) = steps.split_last()?;
    match edit {
        RawEdit::Set(place, value) if place.missing.is_empty() => *reach(&mut whole, steps)? = value.clone(),
        RawEdit::Set(place, value) => {
            let [EditStep::Key(outer), EditStep::Key(inner)] = place.missing.as_slice() else { return None };
            let target = reach(&mut whole, steps)?;
            if target.is_null() {
                *target = Json::Object(Map::new());
            }
            target.as_object_mut()?.insert(outer.clone(), json!({ inner.as_str(): value }));
        }
        RawEdit::Append(_, value) => {
            let target = reach(&mut whole, steps)?;
            if target.is_null() {
                *target = json!([]);
            }
            target.as_array_mut()?.push(value.clone());
        }
        RawEdit::Remove(_) => match (reach(&mut whole, above)?, last) {
            (Json::Object(map), EditStep::Key(key)) => {
                map.shift_remove(key)?;
            }
            (Json::Array(list), EditStep::Index(index)) => {
                list.remove(usize::try_from(*index).ok()?);
            }
            _ => return None,
        },
        _ => return None,
    }
    Some(whole)
}

fn random_edit(dice: &mut Dice, tree: &Tree, node: NodeId) -> RawEdit {
    let place =
        |missing| EditPlace { file: FileId(0), node: u32::try_from(node.index()).unwrap(), key: false, missing };
    let keys = || ["zz", "y y"].map(|key| EditStep::Key(key.to_owned())).to_vec();
    match (dice.roll(4), tree.kind(node)) {
        (0, _) => RawEdit::Remove(place(Vec::new())),
        (1, Kind::Sequence) => RawEdit::Append(place(Vec::new()), dice.value()),
        (1 | 2, Kind::Mapping | Kind::Null) => RawEdit::Set(place(keys()), dice.value()),
        _ => RawEdit::Set(place(Vec::new()), dice.value()),
    }
}

/// Counts of edits that were made, and that were refused.
fn torture(name: &str, text: &str) -> (u32, u32) {
    let old = tree(text);
    let shared = text.contains('&') || text.contains("<<") || !old.duplicates.is_empty();
    let roots: Vec<NodeId> = old.documents.iter().filter_map(|document| document.root).collect();
    if !old.diagnostics.is_empty() || shared || roots.len() != 1 {
        return (0, 0);
    }
    let page = Page::new(&old);
    let mut whole = String::new();
    to_json(&old, &old.documents[0], &mut whole).unwrap();
    let whole: Json = serde_json::from_str(&whole).unwrap();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ text.len() as u64);
    let (mut made, mut refused) = (0, 0);
    for _ in 0..EDITS {
        let node = old.node_at(u32::try_from(dice.roll(old.node_count())).unwrap()).unwrap();
        let edit = random_edit(&mut dice, &old, node);
        let steps = steps(&old, &page, node);
        let Ok(changes) = Changes::of(std::slice::from_ref(&edit), &page) else { continue };
        let tried = [Placement::Last, Placement::First].into_iter().find_map(|placement| {
            let new = apply_edits(text, &edits(&changes, &page, placement).ok()?).ok()?;
            meaning(&old, &changes, &new).is_ok().then_some(new)
        });
        let Some(new) = tried else {
            refused += 1;
            continue;
        };
        made += 1;
        let tree = tree(&new);
        let mut have = String::new();
        to_json(&tree, &tree.documents[0], &mut have).unwrap();
        let have: Json = serde_json::from_str(&have).unwrap();
        if let Some(want) = plain(whole.clone(), &steps, &edit) {
            assert_eq!(have, want, "{name}: {edit:?}\n{text}\n---\n{new}");
        }
    }
    (made, refused)
}

#[test]
fn random_edits_change_what_they_say_and_nothing_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut totals = (0, 0);
    for folder in ["fuzz/seeds/yaml", "tests/underlines", "examples/shop"] {
        let mut names: Vec<_> =
            std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        for name in names.iter().filter(|name| name.extension().is_some_and(|it| it == "yaml" || it == "json")) {
            let Ok(text) = std::fs::read_to_string(name) else { continue };
            // The comments of examples say that they are read; each is tried with the other line ends too.
            for text in [text.clone(), text.replace('\n', "\r\n"), text.trim_end().to_owned()] {
                let (made, refused) = torture(&name.to_string_lossy(), &text);
                totals = (totals.0 + made, totals.1 + refused);
            }
        }
    }
    let (made, refused) = totals;
    assert!(made > 1000 && refused * 10 < made, "{made} made, {refused} refused");
}
