//! What a file is, by its name and what it holds.

use crate::dockerfile::{is_dockerfile_name, is_dockerfile_template_name};
use crate::report::NotApplicable;
use crate::yaml::{Kind, NodeId, Tree, head, holds_objects, list_items};

/// The API group of kustomize's own files.
const KUSTOMIZE: &str = "kustomize.config.k8s.io/";

/// What a name says about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// YAML or JSON.
    Manifest,
    /// What kustomize begins with.
    Kustomization,
    /// A Dockerfile, or a template of one.
    Dockerfile,
    /// Something else, which only an explicit wish brings here.
    Other,
}

/// What a file's name says.
pub(super) fn named(name: &str) -> Named {
    let file = name.rsplit('/').next().unwrap_or(name);
    if matches!(file, "kustomization.yaml" | "kustomization.yml" | "Kustomization") {
        return Named::Kustomization;
    }
    if is_dockerfile_name(file) || is_dockerfile_template_name(file) {
        return Named::Dockerfile;
    }
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    let known = ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known));
    if known || file == "-" { Named::Manifest } else { Named::Other }
}

/// Whether a text could hold Kubernetes objects at all: what has another extension is only read as YAML if so.
pub(super) fn mentions_objects(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"apiVersion").is_some() && memchr::memmem::find(bytes, b"kind").is_some()
}

/// What the topmost node of a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DocumentKind {
    /// A Kubernetes object or a list of them.
    Object,
    /// A kustomization.
    Kustomization,
    /// It says half of what an object must say: the missing field is given.
    Half(&'static str),
    /// Anything else.
    Other,
}

/// What a document is.
pub(super) fn document(tree: &Tree, root: NodeId, named: Named) -> DocumentKind {
    let root = tree.resolve(root);
    if tree.kind(root) != Kind::Mapping {
        return DocumentKind::Other;
    }
    let text = |key: &str| head(tree, root, key).map(|node| tree.text(node));
    match (text("apiVersion"), text("kind")) {
        _ if list_items(tree, root).is_some() => DocumentKind::Object,
        (Some(version), None | Some("Kustomization" | "Component")) if version.starts_with(KUSTOMIZE) => {
            DocumentKind::Kustomization
        }
        (None, None | Some("Kustomization" | "Component")) if named == Named::Kustomization => {
            DocumentKind::Kustomization
        }
        _ if holds_objects(tree, root) => DocumentKind::Object,
        (None, Some(_)) if tree.get_text(root, "metadata").is_some() => DocumentKind::Half("apiVersion"),
        (Some(_), None) if tree.get_text(root, "metadata").is_some() => DocumentKind::Half("kind"),
        _ => DocumentKind::Other,
    }
}

/// Whether an object of an API version is one of a cluster, and not what kustomize reads.
pub(super) fn is_plain(api_version: &str) -> bool {
    !api_version.starts_with(KUSTOMIZE)
}

/// Why no rule applies to a file without objects.
pub(super) fn not_applicable(kinds: &[DocumentKind], json_patch: bool) -> NotApplicable {
    if kinds.is_empty() {
        NotApplicable::Empty
    } else if kinds.contains(&DocumentKind::Kustomization) {
        NotApplicable::Kustomization
    } else if json_patch {
        NotApplicable::JsonPatch
    } else {
        NotApplicable::NotKubernetes
    }
}
