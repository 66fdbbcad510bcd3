//! What a request sees: one moment of one project.

use super::file::File;
use super::policies::Policies;
use super::rules::Rules;
use policyc_engine::yaml::head;
use policyc_lang::schema::{KubernetesVersion, Schema, Types};
use policyc_text::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The files of a project by their names.
pub(crate) type Files = BTreeMap<Arc<str>, Arc<File>>;

/// One moment of one project.
#[derive(Clone)]
pub(crate) struct Snapshot {
    /// Every file, as it is in the editor or else on disk.
    pub(crate) files: Arc<Files>,
    /// The policies among them.
    pub(crate) policies: Arc<Policies>,
    /// The rules that judge at this moment: those of the last policies that compiled.
    pub(crate) rules: Arc<Rules>,
    /// What was found in Dockerfiles that an editor has open, by their names; it may be of an earlier state.
    pub(crate) places: Arc<BTreeMap<Arc<str>, Places>>,
}

/// What was found in a file.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The state that was judged.
    pub(crate) file: Arc<File>,
    /// Where, and by which rule, in the order of places.
    pub(crate) rules: Arc<[(Span, Arc<str>)]>,
}

impl Snapshot {
    /// Types of a Kubernetes version, or else of the newest, with the custom resources that manifests define where the
    /// kind at hand is none of Kubernetes itself.
    pub(crate) fn types(&self, version: Option<KubernetesVersion>, file: &File) -> Types {
        let schema = version.map_or_else(Schema::newest, |version| Schema::nearest(version).0);
        let mut types = Types::new(schema);
        let tree = file.tree();
        let roots = tree.documents.iter().filter_map(|document| document.root);
        let unknown = |root| {
            let text = |key| head(tree, root, key).map_or("", |node| tree.text(node));
            let api_version = text("apiVersion");
            let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
            types.kind(group, version, text("kind")).is_none()
        };
        if roots.into_iter().any(unknown) {
            self.policies.define(&mut types);
        }
        types
    }
}
