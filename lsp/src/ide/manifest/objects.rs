//! The objects of a project's files.

use crate::ide::file::{File, Language};
use crate::ide::snapshot::Files;
use crate::ide::symbol::{Sort, Symbol};
use policyc_engine::world::known_scope;
use policyc_engine::yaml::{Kind, Member, NodeId, Tree, head, lent_kind, members};
use policyc_text::Span;
use std::sync::Arc;

/// The namespace of objects that name none, where nobody says.
const DEFAULT: &str = "default";

/// A Kubernetes object of a file.
#[derive(Clone, Debug)]
pub(super) struct Object {
    /// The file.
    pub(super) file: Arc<File>,
    /// The object's mapping in the file's tree.
    pub(super) node: NodeId,
    /// `Deployment`.
    pub(super) kind: String,
    /// As written; empty where there is none.
    pub(super) name: String,
    /// `None` for kinds that live in no namespace.
    pub(super) namespace: Option<String>,
}

impl Object {
    /// The name's place, or else that of the kind.
    pub(super) fn name_span(&self) -> Span {
        name_span(self.file.tree(), self.node)
    }
}

/// The objects of a file.
pub(super) fn of_file(file: &Arc<File>, default: Option<&str>) -> Vec<Object> {
    let tree = file.tree();
    let mut found = Vec::new();
    for root in tree.documents.iter().filter_map(|document| document.root) {
        members(tree, root, &mut |member| {
            if let Member::Object { node, lender } = member {
                let kind = head(tree, node, "kind").map(|kind| tree.text(kind));
                let kind = kind.or_else(|| lender.and_then(|list| lent_kind(tree, list))).unwrap_or_default();
                let part = |key: &str| text_at(tree, node, &["metadata", key]);
                let namespace = part("namespace").filter(|name| !name.is_empty());
                let namespace = namespace.or(default).unwrap_or(DEFAULT).to_owned();
                found.push(Object {
                    file: Arc::clone(file),
                    node,
                    kind: kind.to_owned(),
                    name: part("name").unwrap_or_default().to_owned(),
                    namespace: known_scope(kind).then_some(namespace),
                });
            }
        });
    }
    found
}

/// The objects of all manifests that mention a word, such as a kind.
pub(super) fn that_mention(files: &Files, word: &str, default: Option<&str>) -> Vec<Object> {
    let manifests = files.values().filter(|file| file.language == Language::Manifest && file.mentions(word));
    manifests.flat_map(|file| of_file(file, default)).collect()
}

/// The node below a mapping.
pub(super) fn node_at(tree: &Tree, map: NodeId, path: &[&str]) -> Option<NodeId> {
    path.iter().try_fold(map, |node, key| tree.get_text(tree.resolve(node), key)).map(|node| tree.resolve(node))
}

/// The text of a scalar below a mapping.
pub(super) fn text_at<'t>(tree: &'t Tree, map: NodeId, path: &[&str]) -> Option<&'t str> {
    let node = node_at(tree, map, path)?;
    (tree.kind(node) == Kind::Scalar).then(|| tree.text(node))
}

fn name_span(tree: &Tree, node: NodeId) -> Span {
    let named =
        node_at(tree, node, &["metadata", "name"]).or_else(|| node_at(tree, node, &["metadata", "generateName"]));
    tree.span(named.or_else(|| head(tree, node, "kind")).unwrap_or(node))
}

/// The objects of a file, for lists of what it holds.
pub(crate) fn symbols(file: &Arc<File>) -> Vec<Symbol> {
    let of = |object: &Object| {
        let name = if object.name.is_empty() { object.kind.clone() } else { object.name.clone() };
        let written = text_at(file.tree(), object.node, &["metadata", "namespace"]);
        let place = written.map(|namespace| format!(" in {namespace}")).unwrap_or_default();
        Symbol {
            name,
            detail: format!("{}{place}", object.kind),
            sort: Sort::Object,
            span: file.tree().span(object.node),
            name_span: object.name_span(),
            children: Vec::new(),
        }
    };
    of_file(file, None).iter().map(of).collect()
}
