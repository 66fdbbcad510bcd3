//! Which documents are Kubernetes objects, and which objects a list document holds. No schema here.

use super::node::{Kind, NodeId};
use super::scalar::Resolved;
use super::tree::{Document, Tree};

/// Whether a document is a mapping with strings under `apiVersion` and `kind`.
#[must_use]
pub fn looks_like_kubernetes(tree: &Tree, document: &Document) -> bool {
    document.root.is_some_and(|root| is_object(tree, root))
}

/// The objects of a document: what stands under `items` where the document is a list, the document itself otherwise.
///
/// Source: kubectl flattens every object with a list under `items`, of whatever kind, and lists within lists
/// (`UnstructuredJSONScheme` and `FlattenListVisitor`); an item without a kind takes the list's kind without `List`.
#[must_use]
pub fn objects(tree: &Tree, document: &Document) -> Vec<NodeId> {
    let mut found = Vec::new();
    if let Some(root) = document.root {
        flatten(tree, root, &mut found);
    }
    found
}

/// The recursion follows nesting, which [`super::Limits::depth`] bounds.
fn flatten(tree: &Tree, node: NodeId, found: &mut Vec<NodeId>) {
    match tree.get_text(node, "items").filter(|items| tree.kind(tree.resolve(*items)) == Kind::Sequence) {
        Some(items) if is_object(tree, node) => tree.items(items).for_each(|item| flatten(tree, item, found)),
        _ => found.push(node),
    }
}

fn is_object(tree: &Tree, node: NodeId) -> bool {
    let is_string = |key| tree.get_text(node, key).is_some_and(|value| tree.resolved(value) == Some(Resolved::String));
    is_string("apiVersion") && is_string("kind")
}
