//! Which files a run considers: those that are named, and those under named folders that could be manifests.
//!
//! What a file is, its content tells; here only names and links count. Folders are walked whole, hidden files
//! and folders too, since kubectl takes them as well; what ignore files leave out is told. Links are followed, each real file being taken once.

mod name;
mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

pub(crate) use name::{normal, shown_name};
use policyc_engine::check::takes_name;

/// Bytes that are read of one file at most: what a span can hold, and more than any manifest.
const LARGEST: u64 = 1 << 30;

/// One file to consider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file on disk.
    File(PathBuf),
    /// Standard input, already read.
    Text(Vec<u8>),
    /// Something that cannot be read, and why.
    Broken(String),
}

impl Source {
    /// Where a file is.
    pub(crate) fn path(self) -> Option<PathBuf> {
        if let Self::File(path) = self { Some(path) } else { None }
    }
}

/// What a search gave.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Files by their names for people, in the order of these names.
    pub(crate) sources: BTreeMap<String, Source>,
    /// Whether a folder was among the paths; a folder is a closed world.
    pub(crate) folder: bool,
    /// What ignore files leave out of folders: files that would be considered, and whole folders with `/` behind their
    /// names; sorted.
    pub(crate) ignored: Vec<String>,
}

/// Which files of a folder are considered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    /// `.yaml`, `.yml`, `.json`, files named `Kustomization`, and Dockerfiles.
    Manifests,
    /// `.policy`.
    Policies,
    /// Profiles, by the ending of their names.
    Profiles,
}

impl Wanted {
    /// Whether a file of a folder is one of these, by its name.
    pub(crate) fn takes(self, path: &Path) -> bool {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let is = |words: &[&str]| words.iter().any(|word| extension.eq_ignore_ascii_case(word));
        match self {
            Self::Manifests => {
                let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
                is(&["yaml", "yml", "json"]) || name == "Kustomization" || takes_name(&name)
            }
            Self::Policies => is(&["policy"]),
            Self::Profiles => {
                path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(policyc_config::profile::ENDING))
            }
        }
    }
}

/// Finds the files of these paths.
///
/// # Errors
///
/// A sentence, if a path does not exist.
pub(crate) fn discover(paths: &[PathBuf], wanted: Wanted) -> Result<Found, String> {
    let here = std::env::current_dir().map_err(|error| format!("cannot tell the working directory: {error}"))?;
    let mut found = Found::default();
    let mut walk = walk::Walk::new(wanted);
    for path in paths {
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => {
                found.folder = true;
                walk.folder(path);
            }
            Ok(_) => walk.file(path.clone()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(format!("there is no file or folder `{}`", path.display()));
            }
            Err(error) => walk.broken(path.clone(), &error),
        }
    }
    let (files, ignored) = walk.finish();
    let name = |(path, folder): (PathBuf, bool)| shown_name(&here, &path) + if folder { "/" } else { "" };
    found.ignored = ignored.into_iter().map(name).collect();
    found.ignored.sort();
    for (path, source) in files {
        found.sources.insert(shown_name(&here, &path), source);
    }
    Ok(found)
}

/// The bytes of a source.
///
/// # Errors
///
/// A part of a sentence: why it cannot be read.
pub(crate) fn read(source: &Source) -> Result<Vec<u8>, String> {
    match source {
        Source::Text(bytes) => Ok(bytes.clone()),
        Source::Broken(reason) => Err(reason.clone()),
        Source::File(path) => read_file(path).map_err(|error| reason(&error)),
    }
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let meta = fs::metadata(path)?;
    if !meta.is_file() {
        // Pipes, sockets and devices may never end.
        return Err(io::Error::other("it is no regular file"));
    }
    if meta.len() > LARGEST {
        return Err(io::Error::other("it is larger than 1 GiB"));
    }
    fs::read(path)
}

/// Why a file cannot be read, without the number that the system gives.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotFound => "it is gone".to_owned(),
        _ => error.to_string(),
    }
}
