//! Objects: which mappings of a file are Kubernetes objects, and what their heads say.

use super::nodes::{Form, WorldFile};
use crate::yaml::{Member, NodeId, head, lent_kind, members};
use rustc_hash::FxHashMap;

/// A Kubernetes object, or what looks like one.
#[derive(Clone, Debug)]
pub struct Object {
    /// Place in the world's list of files.
    pub file: u32,
    /// The object's mapping.
    pub node: NodeId,
    /// The value of `apiVersion`.
    pub api_version: Option<NodeId>,
    /// The value of `kind`; items of a `PodList` may have none.
    pub kind: Option<NodeId>,
    /// The value of `metadata`.
    pub metadata: Option<NodeId>,
    /// The value of `metadata.name`.
    pub name: Option<NodeId>,
    /// The value of `metadata.namespace`.
    pub namespace_node: Option<NodeId>,
    /// Place in the world's list of namespaces; `None` where the kind has none.
    pub namespace: Option<u32>,
    // Of the list that an item without its own stands in: `Pod` and the node of `v1`.
    inherited: Option<(Box<str>, Option<NodeId>)>,
}

impl Object {
    /// `Deployment`.
    #[must_use]
    pub fn kind<'f>(&'f self, files: &'f [WorldFile]) -> &'f str {
        let own = self.kind.and_then(|node| files[self.file as usize].string(node));
        own.or_else(|| self.inherited.as_ref().map(|(kind, _)| &**kind)).unwrap_or_default()
    }

    /// `apps/v1`, as written; empty where there is none.
    #[must_use]
    pub fn api_version<'f>(&self, files: &'f [WorldFile]) -> &'f str {
        self.api_version_node().and_then(|node| files[self.file as usize].string(node)).unwrap_or_default()
    }

    /// The node of the API version; that of the list where the item has none.
    #[must_use]
    pub fn api_version_node(&self) -> Option<NodeId> {
        self.api_version.or_else(|| self.inherited.as_ref().and_then(|(_, version)| *version))
    }

    /// `apps`; empty for the core group.
    #[must_use]
    pub fn group<'f>(&self, files: &'f [WorldFile]) -> &'f str {
        self.api_version(files).rsplit_once('/').map_or("", |(group, _)| group)
    }

    /// `v1`.
    #[must_use]
    pub fn version<'f>(&self, files: &'f [WorldFile]) -> &'f str {
        let text = self.api_version(files);
        text.rsplit_once('/').map_or(text, |(_, version)| version)
    }

    /// `metadata.name`.
    #[must_use]
    pub fn name<'f>(&self, files: &'f [WorldFile]) -> Option<&'f str> {
        self.name.and_then(|node| files[self.file as usize].string(node))
    }

    /// The namespace as written.
    #[must_use]
    pub fn written_namespace<'f>(&self, files: &'f [WorldFile]) -> Option<&'f str> {
        self.namespace_node.and_then(|node| files[self.file as usize].string(node)).filter(|text| !text.is_empty())
    }
}

/// Finds the objects of a file.
pub(super) fn collect(file: &WorldFile, number: u32, out: &mut Vec<Object>) {
    for root in file.roots() {
        members(file.tree(), root, &mut |member| {
            if let Member::Object { node, lender } = member {
                out.push(object(file, number, node, lender));
            }
        });
    }
}

fn object(file: &WorldFile, number: u32, node: NodeId, lender: Option<NodeId>) -> Object {
    let tree = file.tree();
    let lent = |list| Some((Box::from(lent_kind(tree, list)?), head(tree, list, "apiVersion")));
    let metadata = file.get_text(node, "metadata").filter(|metadata| file.form(*metadata) == Form::Map);
    let part = |key: &str| metadata.and_then(|metadata| file.get_text(metadata, key));
    Object {
        file: number,
        node,
        api_version: head(tree, node, "apiVersion"),
        kind: head(tree, node, "kind"),
        metadata,
        name: part("name"),
        namespace_node: part("namespace"),
        namespace: None,
        inherited: lender.and_then(lent),
    }
}

/// Scopes of the kinds that CRDs among the objects declare, by group and kind.
pub(super) fn crd_scopes(files: &[WorldFile], objects: &[Object]) -> FxHashMap<(String, String), bool> {
    let mut scopes = FxHashMap::default();
    for object in objects {
        if object.kind(files) != "CustomResourceDefinition" {
            continue;
        }
        let file = &files[object.file as usize];
        let Some(spec) = file.get_text(object.node, "spec") else { continue };
        let text = |map: NodeId, key: &str| file.get_text(map, key).and_then(|node| file.string(node));
        let names = file.get_text(spec, "names");
        let (group, kind) = (text(spec, "group"), names.and_then(|names| text(names, "kind")));
        if let (Some(group), Some(kind), Some(scope)) = (group, kind, text(spec, "scope")) {
            scopes.insert((group.to_owned(), kind.to_owned()), scope != "Cluster");
        }
    }
    scopes
}
