//! The Kubernetes objects of a document: what reports call them, and where they are named.

use crate::finding::Resource;
use crate::report::limit::{NAME, capped};
use crate::yaml::{Kind, Member, NodeId, Tree, head, lent_kind, members};
use policyc_text::Span;

/// The objects in a document, and what else stands in its lists, in source order.
pub(super) fn collect(tree: &Tree, root: NodeId, out: &mut Vec<(NodeId, Resource)>, others: &mut Vec<Member>) {
    members(tree, root, &mut |member| match member {
        Member::Object { node, lender } => out.push((node, resource(tree, node, lender))),
        other => others.push(other),
    });
}

/// The head of an object. An item of a `PodList` may leave version and kind to its list.
fn resource(tree: &Tree, node: NodeId, lender: Option<NodeId>) -> Resource {
    let text = |map: NodeId, key: &str| {
        let value = tree.get_text(map, key).map(|value| tree.resolve(value))?;
        (tree.kind(value) == Kind::Scalar)
            .then(|| capped(tree.text(value), NAME).into_owned())
            .filter(|text| !text.is_empty())
    };
    let api_version = head(tree, lender.unwrap_or(node), "apiVersion").map(|node| tree.text(node));
    let kind = match lender {
        Some(list) => lent_kind(tree, list),
        None => head(tree, node, "kind").map(|node| tree.text(node)),
    };
    let metadata = tree.get_text(node, "metadata").map(|metadata| tree.resolve(metadata));
    let part = |key: &str| metadata.and_then(|metadata| text(metadata, key));
    let generated = || part("generateName").map(|name| format!("{name}*"));
    Resource {
        api_version: capped(api_version.unwrap_or_default(), NAME).into_owned(),
        kind: capped(kind.unwrap_or_default(), NAME).into_owned(),
        namespace: part("namespace"),
        name: part("name").or_else(generated).unwrap_or_default(),
    }
}

/// Where an object's name stands, or else its kind.
pub(super) fn name_span(tree: &Tree, node: NodeId) -> Span {
    let name = |metadata| tree.get_text(metadata, "name").or_else(|| tree.get_text(metadata, "generateName"));
    let named = tree.get_text(node, "metadata").and_then(name).or_else(|| tree.get_text(node, "kind"));
    tree.span(named.unwrap_or(node))
}
