//! The world: every object of one project, found by kind, namespace and name.
//!
//! A [`World`] is built of trees, one or many, and is read by many threads at once. A world of a single file is cheap:
//! the hash indexes that joins need are made when the first of them is asked for. Objects stand in the order of their
//! files, then of their places there, and every list that comes from here has that order.
//!
//! Nothing here evaluates policies, and nothing reads files.

mod index;
mod namespaces;
mod nodes;
mod object;
#[cfg(test)]
mod tests;

pub use namespaces::Namespace;
pub use nodes::{Form, Link, WorldFile};
pub use object::Object;

use crate::yaml::{NodeId, Tree};
use index::Index;
use policyc_lang::values::Glob;
use policyc_text::FileId;
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

/// Whether kinds live in namespaces: by group and kind; `None` where it is not known.
pub type Namespaced = Arc<dyn Fn(&str, &str) -> Option<bool> + Send + Sync>;

/// What the caller says of a world.
#[derive(Clone)]
pub struct WorldOptions {
    /// Name of the project.
    pub name: String,
    /// Whether objects that are not here may exist elsewhere.
    pub open: bool,
    /// The namespace of objects that name none.
    pub default_namespace: Option<String>,
    /// Whether kinds live in namespaces; CRDs among the inputs come before it, [`known_scope`] after it.
    pub namespaced: Namespaced,
    /// Objects that are made elsewhere, even where the world is closed.
    pub external: Arc<[External]>,
}

/// Objects that are made elsewhere.
#[derive(Clone, Debug)]
pub struct External {
    /// Their kind.
    pub kind: String,
    /// Their names.
    pub name: Glob,
    /// Their namespaces; any where none is given.
    pub namespace: Option<Glob>,
}

impl External {
    /// Whether an object may be one of these; what is not said of it may be anything.
    #[must_use]
    pub fn may_be(&self, kind: &str, name: Option<&str>, namespace: Option<&str>) -> bool {
        self.kind == kind
            && name.is_none_or(|name| self.name.matches(name))
            && self.namespace.as_ref().zip(namespace).is_none_or(|(glob, namespace)| glob.matches(namespace))
    }
}

impl Default for WorldOptions {
    fn default() -> Self {
        let namespaced: Namespaced = Arc::new(|_, _| None);
        Self { name: String::new(), open: false, default_namespace: None, namespaced, external: [].into() }
    }
}

/// Collects files; their order is the order of everything.
pub struct WorldBuilder {
    options: WorldOptions,
    files: Vec<WorldFile>,
    objects: Vec<Object>,
}

/// Every object of one project.
pub struct World {
    options: WorldOptions,
    files: Vec<WorldFile>,
    objects: Vec<Object>,
    namespaces: Vec<Namespace>,
    namespace_names: FxHashMap<Box<str>, u32>,
    index: OnceLock<Index>,
}

impl WorldBuilder {
    /// A world without files.
    #[must_use]
    pub fn new(options: WorldOptions) -> Self {
        Self { options, files: Vec::new(), objects: Vec::new() }
    }

    /// Adds a file and the objects in it. `partial`: its objects are patches, so that nothing is concluded from what
    /// they leave out.
    pub fn add(&mut self, id: FileId, name: impl Into<Arc<str>>, tree: Arc<Tree>, partial: bool) {
        let file = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(WorldFile::new(id, name.into(), tree, partial));
        if let Some(last) = self.files.last() {
            object::collect(last, file, &mut self.objects);
        }
    }

    /// Finishes the world.
    #[must_use]
    pub fn build(self) -> World {
        let Self { options, mut files, mut objects } = self;
        let scopes = object::crd_scopes(&files, &objects);
        let (namespaces, namespace_names) = namespaces::assign(&options, &scopes, &files, &mut objects);
        nodes::note_secrets(&mut files, &objects);
        World { options, files, objects, namespaces, namespace_names, index: OnceLock::new() }
    }
}

impl World {
    /// A world of one file.
    #[must_use]
    pub fn of_file(options: WorldOptions, id: FileId, name: impl Into<Arc<str>>, tree: Arc<Tree>) -> Self {
        let mut builder = WorldBuilder::new(options);
        builder.add(id, name, tree, false);
        builder.build()
    }

    /// What the caller said.
    #[must_use]
    pub fn options(&self) -> &WorldOptions {
        &self.options
    }

    /// The files, in the caller's order.
    #[must_use]
    pub fn files(&self) -> &[WorldFile] {
        &self.files
    }

    /// The objects, in the order of files and places.
    #[must_use]
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// The namespaces, in the order of their first mention.
    #[must_use]
    pub fn namespaces(&self) -> &[Namespace] {
        &self.namespaces
    }

    /// The namespace of a name: its place in [`World::namespaces`].
    #[must_use]
    pub fn namespace_named(&self, name: &str) -> Option<u32> {
        self.namespace_names.get(name).copied()
    }

    /// An object's file.
    #[must_use]
    pub fn file_of(&self, object: &Object) -> &WorldFile {
        &self.files[object.file as usize]
    }

    /// The object that a node of a file lies in: its place in [`World::objects`].
    #[must_use]
    pub fn object_at(&self, file: u32, node: NodeId) -> Option<u32> {
        let after = self.objects.partition_point(|object| (object.file, object.node) <= (file, node));
        let place = after.checked_sub(1)?;
        let object = &self.objects[place];
        let holds = object.file == file && self.files[file as usize].is_below(node, object.node);
        holds.then(|| u32::try_from(place).unwrap_or(u32::MAX))
    }

    /// Whether an object is a patch, so that nothing is concluded from what it leaves out.
    #[must_use]
    pub fn is_partial(&self, object: &Object) -> bool {
        self.file_of(object).partial
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.files, &self.objects))
    }

    /// Objects of a kind, whatever their group: places in [`World::objects`], ascending.
    pub fn of_kind(&self, kind: &str) -> &[u32] {
        self.index().of_kind(kind)
    }

    /// Objects of a kind in a namespace (a place in [`World::namespaces`]; `None` for those that have none).
    pub fn of_kind_in(&self, kind: &str, namespace: Option<u32>) -> &[u32] {
        self.index().of_kind_in(kind, namespace)
    }

    /// Objects in a namespace, of any kind.
    pub fn in_namespace(&self, namespace: Option<u32>) -> &[u32] {
        self.index().in_namespace(namespace)
    }

    /// Objects of a kind and name in a namespace.
    pub fn named<'w>(&'w self, kind: &str, namespace: Option<u32>, name: &'w str) -> impl Iterator<Item = u32> + 'w {
        let candidates = self.index().named(kind, namespace, name);
        candidates.iter().copied().filter(move |id| self.objects[*id as usize].name(&self.files) == Some(name))
    }
}

/// Whether a kind lives in namespaces, for kinds of Kubernetes 1.37 and of common operators that do not.
#[must_use]
pub fn known_scope(kind: &str) -> bool {
    !matches!(
        kind,
        "Namespace"
            | "Node"
            | "PersistentVolume"
            | "ClusterRole"
            | "ClusterRoleBinding"
            | "CustomResourceDefinition"
            | "StorageClass"
            | "CSIDriver"
            | "CSINode"
            | "VolumeAttachment"
            | "VolumeAttributesClass"
            | "PriorityClass"
            | "RuntimeClass"
            | "IngressClass"
            | "GatewayClass"
            | "PodSecurityPolicy"
            | "MutatingWebhookConfiguration"
            | "ValidatingWebhookConfiguration"
            | "ValidatingAdmissionPolicy"
            | "ValidatingAdmissionPolicyBinding"
            | "MutatingAdmissionPolicy"
            | "MutatingAdmissionPolicyBinding"
            | "APIService"
            | "CertificateSigningRequest"
            | "ClusterTrustBundle"
            | "FlowSchema"
            | "PriorityLevelConfiguration"
            | "ClusterIssuer"
            | "ClusterPolicy"
            | "ClusterSecretStore"
            | "ClusterExternalSecret"
            | "DeviceClass"
            | "ResourceSlice"
            | "IPAddress"
            | "ServiceCIDR"
            | "StorageVersionMigration"
            | "CiliumClusterwideNetworkPolicy"
            | "AdminNetworkPolicy"
            | "BaselineAdminNetworkPolicy"
            | "SecurityContextConstraints"
    )
}
