//! Namespaces: declared by an object, or only mentioned by those that live in them.

use super::nodes::WorldFile;
use super::object::Object;
use super::{WorldOptions, known_scope};
use crate::yaml::NodeId;
use rustc_hash::FxHashMap;

/// What objects without a namespace share, unless the caller names one for them.
pub(super) const UNSET: &str = "(unset)";

/// A namespace.
#[derive(Clone, Debug)]
pub struct Namespace {
    /// Its name, `(unset)` for that of objects that name none.
    pub name: Box<str>,
    /// The Namespace object: its place in the world's list of objects.
    pub declared: Option<u32>,
    /// The object that mentions it first, and the node there; no node where objects name none.
    pub mentioned: Option<(u32, Option<NodeId>)>,
}

type Found = (Vec<Namespace>, FxHashMap<Box<str>, u32>);

/// Finds the namespaces and gives every object its own.
pub(super) fn assign(
    options: &WorldOptions,
    scopes: &FxHashMap<(String, String), bool>,
    files: &[WorldFile],
    objects: &mut [Object],
) -> Found {
    let mut found: Found = Default::default();
    let unset = options.default_namespace.as_deref().unwrap_or(UNSET);
    for (number, object) in (0..).zip(objects.iter_mut()) {
        let (group, kind) = (object.group(files), object.kind(files));
        if kind == "Namespace" && group.is_empty() {
            if let Some(name) = object.name(files) {
                let id = intern(&mut found, name);
                found.0[id as usize].declared.get_or_insert(number);
            }
            continue;
        }
        if !is_namespaced(options, scopes, group, kind) {
            continue;
        }
        let name = object.written_namespace(files);
        let id = intern(&mut found, name.unwrap_or(unset));
        let node = name.and(object.namespace_node);
        found.0[id as usize].mentioned.get_or_insert((number, node));
        object.namespace = Some(id);
    }
    found
}

fn is_namespaced(options: &WorldOptions, scopes: &FxHashMap<(String, String), bool>, group: &str, kind: &str) -> bool {
    if !scopes.is_empty()
        && let Some(namespaced) = scopes.get(&(group.to_owned(), kind.to_owned()))
    {
        return *namespaced;
    }
    (options.namespaced)(group, kind).unwrap_or_else(|| known_scope(kind))
}

fn intern(found: &mut Found, name: &str) -> u32 {
    if let Some(id) = found.1.get(name) {
        return *id;
    }
    let id = u32::try_from(found.0.len()).unwrap_or(u32::MAX);
    found.0.push(Namespace { name: name.into(), declared: None, mentioned: None });
    found.1.insert(name.into(), id);
    id
}
