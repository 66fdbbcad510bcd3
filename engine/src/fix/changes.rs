//! What should be otherwise in one tree, by node. Changes of several fixes are joined here, or found to be at odds.

use super::page::Page;
use crate::finding::{EditPlace, EditStep, RawEdit};
use crate::yaml::{Kind, NodeId};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// Changes to one tree. Nodes are those of the tree as it stands, no alias among them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Changes {
    /// Values that become others.
    pub(crate) set: BTreeMap<NodeId, Json>,
    /// Nulls that become collections with what several fixes put there.
    pub(crate) grown: BTreeMap<NodeId, Json>,
    /// Entries by their values whose keys become others.
    pub(crate) renamed: BTreeMap<NodeId, String>,
    /// Entries, by their values, and items that go.
    pub(crate) gone: BTreeSet<NodeId>,
    /// Entries that mappings gain.
    pub(crate) added: BTreeMap<NodeId, Map<String, Json>>,
    /// Items that lists gain at their ends.
    pub(crate) appended: BTreeMap<NodeId, Vec<Json>>,
    /// Items that come before others, and those that come after.
    pub(crate) inserted: BTreeMap<NodeId, (Vec<Json>, Vec<Json>)>,
    /// Documents that the file gains: template and name.
    pub(crate) created: BTreeSet<(String, String)>,
}

/// Why an edit cannot be made, or not together with others: a part of a sentence.
pub(crate) type Conflict = &'static str;

const AT_ODDS: Conflict = "another fix changes the same place";

impl Changes {
    /// The changes of one fix.
    pub(crate) fn of(edits: &[RawEdit], page: &Page<'_>) -> Result<Self, Conflict> {
        let mut all = Self::default();
        for edit in edits {
            all = all.joined(Self::of_edit(edit, page)?, page)?;
        }
        Ok(all)
    }

    fn of_edit(edit: &RawEdit, page: &Page<'_>) -> Result<Self, Conflict> {
        let mut made = Self::default();
        match edit {
            RawEdit::Set(place, value) | RawEdit::Replace(place, value) if place.key => {
                let text = value.as_str().ok_or("a key must be a text")?;
                made.renamed.insert(page.entry(place)?, text.to_owned());
            }
            RawEdit::Set(place, value) => made.put(place, value.clone(), page)?,
            RawEdit::Replace(place, value) => {
                if !place.missing.is_empty() {
                    return Err("there is nothing to replace");
                }
                made.put(place, value.clone(), page)?;
            }
            RawEdit::Remove(place) => {
                if !place.missing.is_empty() {
                    return Err("there is nothing to remove");
                }
                made.gone.insert(page.entry(place)?);
            }
            RawEdit::Append(place, value) => made.append(place, value.clone(), page)?,
            RawEdit::InsertBefore(place, value) | RawEdit::InsertAfter(place, value) => {
                let item = page.entry(place)?;
                if page.parent(item).is_none_or(|list| page.tree.kind(list) != Kind::Sequence) {
                    return Err("only lists have places before and after");
                }
                let (before, after) = made.inserted.entry(item).or_default();
                let side = if matches!(edit, RawEdit::InsertBefore(..)) { before } else { after };
                side.push(value.clone());
            }
            RawEdit::Create(template, name) => {
                made.created.insert((template.clone(), name.clone()));
            }
        }
        Ok(made)
    }

    fn put(&mut self, place: &EditPlace, value: Json, page: &Page<'_>) -> Result<(), Conflict> {
        let node = page.node(place)?;
        let Some((first, rest)) = place.missing.split_first() else {
            self.set.insert(node, value);
            return Ok(());
        };
        match (page.tree.kind(node), first) {
            (Kind::Mapping, EditStep::Key(key)) => {
                let entries = Map::from_iter([(key.clone(), nest(rest, value)?)]);
                self.added.insert(node, entries);
            }
            (Kind::Null, _) => {
                self.grown.insert(node, nest(&place.missing, value)?);
            }
            (Kind::Sequence, EditStep::Index(index)) if page.tree.items(node).count() as u64 == *index => {
                self.appended.insert(node, vec![nest(rest, value)?]);
            }
            _ => return Err("what should hold it is of another kind"),
        }
        Ok(())
    }

    fn append(&mut self, place: &EditPlace, value: Json, page: &Page<'_>) -> Result<(), Conflict> {
        let node = page.node(place)?;
        if !place.missing.is_empty() {
            return self.put(place, Json::Array(vec![value]), page);
        }
        match page.tree.kind(node) {
            Kind::Sequence => {
                self.appended.insert(node, vec![value]);
            }
            Kind::Null => {
                self.grown.insert(node, Json::Array(vec![value]));
            }
            _ => return Err("what should be a list is none"),
        }
        Ok(())
    }

    /// These changes and others.
    ///
    /// # Errors
    ///
    /// Both speak of the same place, and do not agree.
    pub(crate) fn joined(mut self, other: Self, page: &Page<'_>) -> Result<Self, Conflict> {
        if self.hides(&other, page) || other.hides(&self, page) {
            return Err(AT_ODDS);
        }
        for (node, value) in other.set {
            agree(self.set.insert(node, value.clone()), &value)?;
        }
        for (node, key) in other.renamed {
            agree(self.renamed.insert(node, key.clone()), &key)?;
        }
        for (node, value) in other.grown {
            let mine = self.grown.entry(node).or_insert(Json::Null);
            merge(mine, value)?;
        }
        for (node, entries) in other.added {
            let mine = self.added.entry(node).or_default();
            for (key, value) in entries {
                merge(mine.entry(key).or_insert(Json::Null), value)?;
            }
        }
        for (node, items) in other.appended {
            add_new(self.appended.entry(node).or_default(), items);
        }
        for (node, (before, after)) in other.inserted {
            let mine = self.inserted.entry(node).or_default();
            add_new(&mut mine.0, before);
            add_new(&mut mine.1, after);
        }
        self.gone.extend(other.gone);
        self.created.extend(other.created);
        if self.set.keys().any(|node| self.grown.contains_key(node) || self.gone.contains(node)) {
            return Err(AT_ODDS);
        }
        Ok(self)
    }

    /// Whether something that these changes replace or remove holds something that the others change.
    fn hides(&self, other: &Self, page: &Page<'_>) -> bool {
        let away: BTreeSet<NodeId> =
            self.gone.iter().chain(self.set.keys()).chain(self.grown.keys()).copied().collect();
        if away.is_empty() {
            return false;
        }
        let touched = other.nodes();
        touched.iter().any(|node| {
            let equal = away.contains(node) && !self.agrees_on(other, *node);
            equal || page.ancestors(*node).any(|above| away.contains(&above))
        })
    }

    fn agrees_on(&self, other: &Self, node: NodeId) -> bool {
        let same_kind = (self.gone.contains(&node) && other.gone.contains(&node))
            || (self.set.contains_key(&node) && other.set.contains_key(&node))
            || (self.grown.contains_key(&node) && other.grown.contains_key(&node));
        same_kind && !other.inserted.contains_key(&node) && !other.added.contains_key(&node)
    }

    /// All nodes that something is said of.
    pub(crate) fn nodes(&self) -> BTreeSet<NodeId> {
        let mut all: BTreeSet<NodeId> = self.gone.clone();
        all.extend(self.set.keys().chain(self.grown.keys()).chain(self.renamed.keys()));
        all.extend(self.added.keys().chain(self.appended.keys()).chain(self.inserted.keys()));
        all
    }
}

fn agree<T: PartialEq>(known: Option<T>, new: &T) -> Result<(), Conflict> {
    if known.is_none_or(|known| known == *new) { Ok(()) } else { Err(AT_ODDS) }
}

fn add_new(list: &mut Vec<Json>, more: Vec<Json>) {
    for item in more {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

/// Puts a value where another may already be: mappings are joined, and so are lists.
fn merge(mine: &mut Json, value: Json) -> Result<(), Conflict> {
    match (mine, value) {
        (mine @ Json::Null, value) => *mine = value,
        (Json::Object(mine), Json::Object(entries)) => {
            for (key, value) in entries {
                merge(mine.entry(key).or_insert(Json::Null), value)?;
            }
        }
        (Json::Array(mine), Json::Array(items)) => add_new(mine, items),
        (mine, value) if *mine == value => {}
        _ => return Err(AT_ODDS),
    }
    Ok(())
}

/// A value under keys that are missing.
fn nest(steps: &[EditStep], value: Json) -> Result<Json, Conflict> {
    steps.iter().rev().try_fold(value, |inner, step| match step {
        EditStep::Key(key) => Ok(Json::Object(Map::from_iter([(key.clone(), inner)]))),
        EditStep::Index(0) => Ok(Json::Array(vec![inner])),
        EditStep::Index(_) => Err("elements before it are missing too"),
    })
}
