//! Which mappings are Kubernetes objects: documents themselves, and what stands in lists. No schema here, and nowhere
//! else a rule of what a list is.

use super::node::{Kind, NodeId};
use super::scalar::Resolved;
use super::tree::Tree;

/// Lists within lists are followed this deep.
const DEEPEST: u32 = 8;

/// What stands in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// An object.
    Object {
        /// Its mapping, no alias.
        node: NodeId,
        /// The mapping of the list that it stands in and has its version and kind from, where it has none itself.
        lender: Option<NodeId>,
    },
    /// An item of a list that is no object, or lies in too many lists. May be an alias.
    Stray(NodeId),
    /// A list that is called otherwise, such as a `Pod` with `items`: kubectl passes over whatever else it says, other
    /// tools may not, so it follows as an object too, and then what it holds.
    Wrapper(NodeId),
}

/// Whether a topmost node is an object or a list of objects.
#[must_use]
pub fn holds_objects(tree: &Tree, root: NodeId) -> bool {
    is_object(tree, root) || list_items(tree, root).is_some()
}

/// The value of `apiVersion` or `kind` of a mapping, if it is a string and says something.
#[must_use]
pub fn head(tree: &Tree, map: NodeId, key: &str) -> Option<NodeId> {
    let value = tree.get_text(map, key).map(|value| tree.resolve(value))?;
    (tree.resolved(value) == Some(Resolved::String) && !tree.text(value).is_empty()).then_some(value)
}

/// What a document holds, in source order; nothing where it is neither an object nor a list.
///
/// Source: kubectl flattens every object with a list under `items`, of whatever kind and whatever else it says, and
/// lists within lists (`UnstructuredJSONScheme` and `FlattenListVisitor`); an item without version and kind takes the
/// list's version, and its kind without `List`.
pub fn members(tree: &Tree, root: NodeId, out: &mut impl FnMut(Member)) {
    match list_items(tree, root) {
        Some(items) => flatten(tree, tree.resolve(root), items, DEEPEST, out),
        None if is_object(tree, root) => out(Member::Object { node: tree.resolve(root), lender: None }),
        None => {}
    }
}

fn flatten(tree: &Tree, list: NodeId, items: NodeId, depth: u32, out: &mut impl FnMut(Member)) {
    let named = head(tree, list, "kind").map_or("", |kind| tree.text(kind)).as_bytes();
    if !named.last_chunk::<4>().is_some_and(|end| end.eq_ignore_ascii_case(b"list")) {
        out(Member::Wrapper(list));
        if is_object(tree, list) {
            out(Member::Object { node: list, lender: None });
        }
    }
    let lends = lent_kind(tree, list).is_some() && head(tree, list, "apiVersion").is_some();
    for item in tree.items(items) {
        let node = tree.resolve(item);
        let bare = || tree.kind(node) == Kind::Mapping && ["apiVersion", "kind"].iter().all(|key| no(tree, node, key));
        match list_items(tree, node) {
            Some(items) if depth > 1 => flatten(tree, node, items, depth - 1, out),
            Some(_) => out(Member::Stray(item)),
            None if is_object(tree, node) => out(Member::Object { node, lender: None }),
            None if lends && bare() => out(Member::Object { node, lender: Some(list) }),
            None => out(Member::Stray(item)),
        }
    }
}

/// The kind of items of a list that have none: `Pod` of a `PodList`.
#[must_use]
pub fn lent_kind(tree: &Tree, list: NodeId) -> Option<&str> {
    let kind = head(tree, list, "kind")?;
    tree.text(kind).strip_suffix("List").filter(|kind| !kind.is_empty())
}

/// The `items` of a list.
///
/// kubectl asks for no `apiVersion`. Without one, what is no `List` is only taken for one if it holds an object: other
/// tools have files with `kind` and `items` too.
#[must_use]
pub fn list_items(tree: &Tree, node: NodeId) -> Option<NodeId> {
    let node = tree.resolve(node);
    let items = tree.get_text(node, "items").map(|items| tree.resolve(items))?;
    let kind = head(tree, node, "kind").filter(|_| tree.kind(items) == Kind::Sequence)?;
    let is_list = head(tree, node, "apiVersion").is_some()
        || tree.text(kind).eq_ignore_ascii_case("list")
        || tree.items(items).any(|item| is_object(tree, item));
    is_list.then_some(items)
}

/// Whether a mapping names an API version and a kind.
fn is_object(tree: &Tree, node: NodeId) -> bool {
    let node = tree.resolve(node);
    head(tree, node, "apiVersion").is_some() && head(tree, node, "kind").is_some()
}

/// Whether a mapping says nothing under a key.
fn no(tree: &Tree, map: NodeId, key: &str) -> bool {
    let Some(value) = tree.get_text(map, key).map(|value| tree.resolve(value)) else { return true };
    match tree.resolved(value) {
        Some(Resolved::Null) => true,
        Some(Resolved::String) => tree.text(value).is_empty(),
        _ => false,
    }
}
