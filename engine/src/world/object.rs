//! Objects: which mappings of a file are Kubernetes objects, and what their heads say.

use super::nodes::{Form, WorldFile};
use crate::yaml::NodeId;
use rustc_hash::FxHashMap;

/// Lists within lists are followed this deep.
const MAX_LIST_DEPTH: u32 = 8;

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
        collect_from(file, number, root, None, MAX_LIST_DEPTH, out);
    }
}

fn collect_from(
    file: &WorldFile,
    number: u32,
    node: NodeId,
    inherited: Option<(Box<str>, Option<NodeId>)>,
    depth: u32,
    out: &mut Vec<Object>,
) {
    if file.form(node) != Form::Map {
        return;
    }
    let kind = file.get_text(node, "kind");
    let kind_text = kind.and_then(|kind| file.string(kind));
    let api_version = file.get_text(node, "apiVersion");
    let items = file.get_text(node, "items").filter(|items| file.form(*items) == Form::List);
    if let (Some(text), Some(items), true) = (kind_text, items, depth > 0)
        && let Some(of) = text.strip_suffix("List")
    {
        let passed_on = (!of.is_empty()).then(|| (Box::from(of), api_version));
        for item in file.items(items) {
            collect_from(file, number, file.target(item), passed_on.clone(), depth - 1, out);
        }
        return;
    }
    let inherited = if kind_text.is_none() { inherited } else { None };
    if kind_text.is_none_or(str::is_empty) && inherited.is_none() {
        return;
    }
    let metadata = file.get_text(node, "metadata").filter(|metadata| file.form(*metadata) == Form::Map);
    let part = |key: &str| metadata.and_then(|metadata| file.get_text(metadata, key));
    out.push(Object {
        file: number,
        node,
        api_version,
        kind,
        metadata,
        name: part("name"),
        namespace_node: part("namespace"),
        namespace: None,
        inherited,
    });
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
