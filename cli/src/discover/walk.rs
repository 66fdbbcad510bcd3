//! Walking folders, with links.

use super::{Source, Wanted, reason};
use ignore::WalkBuilder;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};

/// What git keeps of a repository: no file of it, and no repository can hold a folder of this name.
const GIT: &str = ".git";

/// Collects files; links wait until everything else is known.
pub(super) struct Walk {
    wanted: Wanted,
    /// Files, with the reason for those that cannot be looked at.
    files: BTreeMap<PathBuf, Option<String>>,
    /// Real paths of files that were found in folders or named.
    real: BTreeSet<PathBuf>,
    /// Real paths of folders that were walked.
    walked: BTreeSet<PathBuf>,
    links: VecDeque<PathBuf>,
    /// What ignore files leave out: files that are wanted, and whole folders (`true`).
    ignored: BTreeSet<(PathBuf, bool)>,
}

impl Walk {
    pub(super) fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            files: BTreeMap::new(),
            real: BTreeSet::new(),
            walked: BTreeSet::new(),
            links: VecDeque::new(),
            ignored: BTreeSet::new(),
        }
    }

    /// A file that was named.
    pub(super) fn file(&mut self, path: PathBuf) {
        if let Ok(real) = path.canonicalize() {
            self.real.insert(real);
        }
        self.files.insert(path, None);
    }

    /// Something that cannot be looked at.
    pub(super) fn broken(&mut self, path: PathBuf, error: &io::Error) {
        self.files.insert(path, Some(reason(error)));
    }

    /// Everything under a folder.
    pub(super) fn folder(&mut self, root: &Path) {
        let real_root = match root.canonicalize() {
            Ok(real) => real,
            Err(error) => return self.broken(root.to_owned(), &error),
        };
        if !self.walked.insert(real_root.clone()) {
            return;
        }
        let (mut seen, mut folders) = (BTreeSet::new(), vec![root.to_owned()]);
        let outside = |entry: &ignore::DirEntry| entry.file_name() != GIT;
        for entry in WalkBuilder::new(root).hidden(false).follow_links(false).filter_entry(outside).build() {
            match entry {
                Ok(entry) => {
                    if entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir()) {
                        folders.push(entry.path().to_owned());
                    }
                    self.entry(root, &real_root, &entry);
                    seen.insert(entry.into_path());
                }
                Err(error) => self.complaint(root, &error),
            }
        }
        folders.iter().for_each(|folder| self.look_for_ignored(folder, &seen));
    }

    /// What a folder holds and the walk did not come to: ignore files leave it out.
    fn look_for_ignored(&mut self, folder: &Path, seen: &BTreeSet<PathBuf>) {
        // A folder that cannot be read has been complained of.
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_name() == GIT || seen.contains(&path) || self.files.contains_key(&path) {
                continue;
            }
            let is_folder = path.is_dir();
            if is_folder || self.wanted.takes(&path) {
                self.ignored.insert((path, is_folder));
            }
        }
    }

    fn entry(&mut self, root: &Path, real_root: &Path, entry: &ignore::DirEntry) {
        let (path, kind) = (entry.path(), entry.file_type());
        if entry.depth() == 0 {
            return;
        }
        let real = || path.strip_prefix(root).map_or_else(|_| path.to_owned(), |rest| real_root.join(rest));
        if kind.is_some_and(|kind| kind.is_symlink()) {
            self.links.push_back(path.to_owned());
        } else if kind.is_some_and(|kind| kind.is_dir()) {
            self.walked.insert(real());
        } else if self.wanted.takes(path) {
            self.real.insert(real());
            self.files.insert(path.to_owned(), None);
        }
    }

    /// A folder that cannot be entered is reported by its name; faults of ignore files lose nothing.
    fn complaint(&mut self, root: &Path, error: &ignore::Error) {
        if let (Some(io), false) = (error.io_error(), error.is_partial()) {
            let path = path_of(error).unwrap_or(root);
            self.files.insert(path.to_owned(), Some(reason(io)));
        }
    }

    /// All files, and what ignore files leave out. A link to what was found anyway, or back to a folder that holds it, adds nothing.
    pub(super) fn finish(mut self) -> (impl Iterator<Item = (PathBuf, Source)>, Vec<(PathBuf, bool)>) {
        while let Some(link) = self.links.pop_front() {
            let Ok(real) = link.canonicalize() else {
                // A link to nothing is nothing to judge, unless it says to be a manifest.
                if self.wanted.takes(&link) && !is_lock(&link) {
                    self.files.insert(link, Some("it is a link to nothing".to_owned()));
                }
                continue;
            };
            if real.is_dir() {
                let loops = link.parent().and_then(|parent| parent.canonicalize().ok());
                if !loops.is_some_and(|parent| parent.starts_with(&real)) && !self.walked.contains(&real) {
                    self.folder(&link);
                }
            } else if (self.wanted.takes(&link) || self.wanted.takes(&real)) && self.real.insert(real) {
                self.files.insert(link, None);
            }
        }
        let ignored = self.ignored.into_iter().filter(|(path, _)| !self.files.contains_key(path)).collect();
        let files = self.files.into_iter().map(|(path, broken)| match broken {
            None => (path.clone(), Source::File(path)),
            Some(reason) => (path, Source::Broken(reason)),
        });
        (files, ignored)
    }
}

/// Whether a link to nothing says only that somebody edits a file, as Emacs does it.
fn is_lock(link: &Path) -> bool {
    link.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".#"))
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}
