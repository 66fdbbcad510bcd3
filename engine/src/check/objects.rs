//! The Kubernetes objects of a document: itself, or the items of a list.

use crate::finding::Resource;
use crate::report::limit::{NAME, capped};
use crate::yaml::{Kind, NodeId, Tree};
use policyc_text::Span;

/// Lists within lists are followed this deep.
const DEEPEST: u32 = 8;

/// Whether a mapping names an API version and a kind.
pub(super) fn is_object(tree: &Tree, node: NodeId) -> bool {
    let given = |key: &str| {
        let node = tree.get_text(node, key).map(|node| tree.resolve(node));
        node.is_some_and(|node| tree.kind(node) == Kind::Scalar && !tree.text(node).is_empty())
    };
    given("apiVersion") && given("kind")
}

/// The objects in a document, in source order.
///
/// Source: kubectl flattens every object with a list under `items`, of whatever kind (`FlattenListVisitor`).
pub(super) fn collect(tree: &Tree, root: NodeId, out: &mut Vec<(NodeId, Resource)>) {
    collect_from(tree, root, None, DEEPEST, out);
}

fn collect_from(tree: &Tree, node: NodeId, list: Option<&Resource>, depth: u32, out: &mut Vec<(NodeId, Resource)>) {
    let node = tree.resolve(node);
    if tree.kind(node) != Kind::Mapping {
        return;
    }
    let Some(resource) = resource(tree, node, list) else { return };
    let items = tree.get_text(node, "items").map(|items| tree.resolve(items));
    let items = items.filter(|items| tree.kind(*items) == Kind::Sequence);
    match items {
        Some(items) if depth > 0 => {
            for item in tree.items(items) {
                collect_from(tree, item, Some(&resource), depth - 1, out);
            }
        }
        _ => out.push((node, resource)),
    }
}

/// The head of an object. An item of a `PodList` may leave version and kind to its list.
fn resource(tree: &Tree, node: NodeId, list: Option<&Resource>) -> Option<Resource> {
    let text = |map: NodeId, key: &str| {
        let value = tree.get_text(map, key).map(|value| tree.resolve(value))?;
        (tree.kind(value) == Kind::Scalar)
            .then(|| capped(tree.text(value), NAME).into_owned())
            .filter(|text| !text.is_empty())
    };
    let of_list = list.and_then(|list| Some((list, list.kind.strip_suffix("List").filter(|kind| !kind.is_empty())?)));
    let (api_version, kind) = match (text(node, "apiVersion"), text(node, "kind"), of_list) {
        (Some(version), Some(kind), _) => (version, kind),
        (None, None, Some((list, kind))) => (list.api_version.clone(), kind.to_owned()),
        _ => return None,
    };
    let metadata = tree.get_text(node, "metadata").map(|metadata| tree.resolve(metadata));
    let part = |key: &str| metadata.and_then(|metadata| text(metadata, key));
    let generated = || part("generateName").map(|name| format!("{name}*"));
    let name = part("name").or_else(generated).unwrap_or_default();
    Some(Resource { api_version, kind, namespace: part("namespace"), name })
}

/// Where an object's name stands, or else its kind.
pub(super) fn name_span(tree: &Tree, node: NodeId) -> Span {
    let name = |metadata| tree.get_text(metadata, "name").or_else(|| tree.get_text(metadata, "generateName"));
    let named = tree.get_text(node, "metadata").and_then(name).or_else(|| tree.get_text(node, "kind"));
    tree.span(named.unwrap_or(node))
}
