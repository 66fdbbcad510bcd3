//! Configuration files: they are not read, and whoever wrote one is told.

use super::{Found, Source, read, shown_name};
use policyc_engine::report::{Locator, Problem};
use policyc_text::{Level, Span};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a configuration file is called.
pub(crate) const NAME: &str = "policyc.yaml";

/// Warnings about configuration files among the inputs, and in or above the paths up to the root of their repository.
/// Those among the inputs are no inputs any more, unless they were named or hold what may be Kubernetes objects.
pub(crate) fn unread(paths: &[PathBuf], found: &mut Found) -> Vec<Problem> {
    let Ok(here) = std::env::current_dir() else { return Vec::new() };
    let mut names: BTreeSet<String> = paths.iter().flat_map(|path| around(&here, path)).collect();
    let inside = found.sources.iter().filter(|(name, _)| name.rsplit('/').next() == Some(NAME));
    names.extend(inside.map(|(name, _)| name.clone()));
    let named: BTreeSet<String> = paths.iter().map(|path| shown_name(&here, path)).collect();
    names.retain(|name| {
        let source = found.sources.get(name);
        let input = named.contains(name) || source.is_some_and(may_be_kubernetes);
        if !input {
            found.sources.remove(name);
        }
        !input
    });
    names.into_iter().map(warning).collect()
}

/// Configuration files in the folder of a path and above it. Without a repository, only the folder itself and those
/// up to the working directory are looked at.
fn around(here: &Path, path: &Path) -> Vec<String> {
    let Ok(path) = here.join(path).canonicalize() else { return Vec::new() };
    let folder = if path.is_dir() { Some(&*path) } else { path.parent() };
    let above: Vec<&Path> = folder.into_iter().flat_map(Path::ancestors).collect();
    let here = here.canonicalize().unwrap_or_else(|_| here.to_owned());
    let end = above.iter().position(|folder| folder.join(".git").exists());
    let end = end.or_else(|| above.iter().position(|folder| *folder == here)).unwrap_or(0);
    let files = above.iter().take(end + 1).map(|folder| folder.join(NAME)).filter(|file| file.is_file());
    files.map(|file| shown_name(&here, &file)).collect()
}

/// Whether kubectl could find an object in a file.
fn may_be_kubernetes(source: &Source) -> bool {
    let Ok(bytes) = read(source) else { return true };
    let says = |word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
    says(b"kind") && says(b"apiVersion")
}

fn warning(name: String) -> Problem {
    Problem {
        code: "config/not-read",
        level: Level::Warning,
        message: "configuration files are not read, and nothing that this one says holds".to_owned(),
        help: Some("say it with flags, and pass `--no-config`".to_owned()),
        place: Locator::new(name.into(), "").place(Span::empty_at(0)),
        related: Vec::new(),
    }
}
