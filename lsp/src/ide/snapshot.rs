//! What a request sees: one moment of one project.

use super::file::File;
use super::policies::Policies;
use policyc_lang::check::Artefact;
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
    pub(crate) rules: Arc<Artefact>,
}
