//! The documents that corpora are made of: real manifests, or the project's own files where those are not at hand.

use crate::libyaml;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders of real manifests below the data folder.
const REAL: [&str; 3] = ["corpus/manifests", "corpus/pss", "corpus/labelled"];
/// Folders of the project with manifests of its own.
const OWN: [&str; 2] = ["examples", "tests/underlines"];
/// Kinds that hold a pod spec.
const PODS: [&str; 8] =
    ["Pod", "Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Job", "ReplicationController", "CronJob"];

/// Documents, each with its last line end and without separators.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    /// Those with a pod spec.
    pub(crate) pods: Vec<String>,
    /// All others.
    pub(crate) others: Vec<String>,
}

impl Samples {
    /// Real manifests below `data` if it has any, else those of the project.
    ///
    /// # Errors
    ///
    /// If a folder cannot be read, or holds no manifest.
    pub(crate) fn load(data: &Path, project: &Path) -> io::Result<Self> {
        let real = Self::below(data, &REAL)?;
        if real.is_complete() { Ok(real) } else { Self::own(project) }
    }

    /// The project's own manifests.
    ///
    /// # Errors
    ///
    /// As [`Samples::load`].
    pub(crate) fn own(project: &Path) -> io::Result<Self> {
        let own = Self::below(project, &OWN)?;
        if own.is_complete() {
            return Ok(own);
        }
        Err(io::Error::new(io::ErrorKind::NotFound, format!("no manifests below {}", project.display())))
    }

    fn is_complete(&self) -> bool {
        !self.pods.is_empty() && !self.others.is_empty()
    }

    /// The documents of all files, in order of their paths.
    fn below(root: &Path, folders: &[&str]) -> io::Result<Self> {
        let mut paths = Vec::new();
        for folder in folders {
            collect(&root.join(folder), &mut paths)?;
        }
        let mut samples = Self::default();
        for path in paths {
            if let Ok(text) = fs::read_to_string(&path) {
                split(&text).into_iter().for_each(|document| samples.add(document));
            }
        }
        Ok(samples)
    }

    /// Takes a document that is an object and that every reader can read: templates and broken files are left out.
    fn add(&mut self, document: String) {
        let value = |key: &str| {
            let line = document.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
            Some(line.split(" #").next()?.trim().trim_matches(['"', '\'']).to_owned())
        };
        let Some(kind) = value("kind") else { return };
        if value("apiVersion").is_none() || is_template(&document) || libyaml::events(&document).is_err() {
            return;
        }
        if PODS.contains(&kind.as_str()) { self.pods.push(document) } else { self.others.push(document) }
    }
}

/// Whether a value is left to be filled in. `{{` in the middle of a text is fine.
fn is_template(document: &str) -> bool {
    document.lines().any(|line| {
        let value = line.trim_start().trim_start_matches("- ");
        value.starts_with("{{") || value.split_once(": ").is_some_and(|(_, value)| value.trim_start().starts_with("{{"))
    })
}

/// Cuts a stream at its separators.
fn split(text: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") || line.trim_end() == "..." {
            documents.push(String::new());
        } else if let Some(document) = documents.last_mut() {
            document.push_str(line);
        }
    }
    for document in documents.iter_mut().filter(|document| !document.is_empty() && !document.ends_with('\n')) {
        document.push('\n');
    }
    documents
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    let mut entries = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        // Hidden folders hold the fixtures of test runners, hundreds that hardly differ.
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if path.is_dir() && !hidden {
            collect(&path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            into.push(path);
        }
    }
    Ok(())
}
