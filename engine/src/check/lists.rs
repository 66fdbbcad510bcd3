//! What is said of lists besides the objects in them.

use crate::yaml::{Kind, Limits, Member, NodeId, Tree, head};
use policyc_text::{Diagnostic, Span};

/// The code for what should be an object and is none.
pub(super) const NOT_AN_OBJECT: &str = "input/not-an-object";

/// Diagnostics for what stands in the lists of a file and is no object; as many as a file may have, then their number.
pub(super) fn diagnose(tree: &Tree, others: &[Member]) -> Vec<Diagnostic> {
    let most = Limits::default().diagnostics;
    let mut diagnostics: Vec<Diagnostic> =
        others.iter().take(most).filter_map(|other| describe(tree, *other)).collect();
    if let Some((Member::Stray(item), more)) = others.get(most).zip(others.len().checked_sub(most)) {
        let message = format!("{more} more items of lists are no Kubernetes objects, and are not judged");
        diagnostics.push(Diagnostic::warning(NOT_AN_OBJECT, tree.file, beginning(tree, *item), message));
    }
    diagnostics
}

fn describe(tree: &Tree, other: Member) -> Option<Diagnostic> {
    match other {
        Member::Object { .. } => None,
        Member::Stray(item) => {
            let node = tree.resolve(item);
            let missing = ["apiVersion", "kind"].into_iter().find(|key| head(tree, node, key).is_none());
            let message = match (tree.kind(node), missing) {
                (Kind::Mapping, Some(key)) => {
                    format!("this item of a list has no `{key}`, so it is no Kubernetes object and is not judged")
                }
                (Kind::Mapping, None) => "this item lies in too many lists, and is not judged".to_owned(),
                _ => "this item of a list is no Kubernetes object, and is not judged".to_owned(),
            };
            Some(Diagnostic::warning(NOT_AN_OBJECT, tree.file, beginning(tree, item), message))
        }
        Member::Wrapper(list) => {
            let kind = head(tree, list, "kind")?;
            let message = format!("kubectl applies the `items` of this `{}`, and nothing else of it", tree.text(kind));
            let hint = "write `kind: List`, and what is no item in a document of its own";
            Some(Diagnostic::warning("input/list-kind", tree.file, tree.span(kind), message).with_hint(hint))
        }
    }
}

/// A scalar as a whole, of a collection where it starts.
fn beginning(tree: &Tree, node: NodeId) -> Span {
    let span = tree.span(node);
    if tree.kind(node) == Kind::Scalar { span } else { Span { end: span.start, ..span } }
}
