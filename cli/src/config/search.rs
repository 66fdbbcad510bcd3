//! Where configuration files are. The one at the root is the topmost from the working directory up to the root of its
//! repository, so that nobody who may only write below decides what holds; every other one lies between it and an input.

use crate::Refusal;
use crate::discover::normal;
use policyc_config::NAME;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where the search for the root's configuration ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Root {
    /// The file, if there is one.
    pub(super) file: Option<PathBuf>,
    /// The topmost folder that was looked at.
    pub(super) top: PathBuf,
}

/// Looks for the configuration at the root.
///
/// # Errors
///
/// If paths have different ones.
pub(super) fn root(here: &Path, paths: &[PathBuf]) -> Result<Root, Refusal> {
    let mut roots: Vec<Root> = Vec::new();
    for path in paths {
        let root = root_of(here, path);
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    let with_file: Vec<&Root> = roots.iter().filter(|root| root.file.is_some()).collect();
    match with_file.as_slice() {
        [] => Ok(roots.into_iter().next().unwrap_or_else(|| root_of(here, here))),
        [one] if roots.len() == 1 => Ok((*one).clone()),
        _ => {
            let hint = "judge them one by one, or name the configuration that holds with `--config FILE`";
            Err(Refusal::new("the paths have different configurations").with_hint(Some(hint)))
        }
    }
}

fn root_of(here: &Path, path: &Path) -> Root {
    let whole = normal(&here.join(path));
    let inside = whole.starts_with(here) || path == Path::new("-");
    let base = match whole.is_dir() {
        _ if inside => here,
        true => &whole,
        false => whole.parent().unwrap_or(here),
    };
    let repository = base.ancestors().position(|folder| folder.join(".git").exists());
    let searched: Vec<&Path> = base.ancestors().take(repository.unwrap_or(0) + 1).collect();
    let top = searched.last().copied().unwrap_or(base).to_owned();
    // Beside a single file elsewhere whoever wrote the file may have written this one too.
    let trusted = |folder: &Path| inside || whole.is_dir() || (repository.is_some() && folder == top);
    let with_file = searched.iter().rev().find(|folder| folder.join(NAME).is_file() && trusted(folder));
    Root { file: with_file.map(|folder| folder.join(NAME)), top }
}

/// Configuration files in the folders between the topmost one, which is left out, and the inputs, sorted.
pub(super) fn nested<'n>(here: &Path, top: &Path, names: impl Iterator<Item = &'n str>) -> BTreeSet<PathBuf> {
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut found = BTreeSet::new();
    for name in names {
        let path = normal(&here.join(name));
        for folder in path.ancestors().skip(1).take_while(|folder| *folder != top) {
            if !seen.insert(folder.to_owned()) {
                break;
            }
            // Above what lies elsewhere nothing is looked for.
            let elsewhere = !folder.starts_with(top);
            let file = folder.join(NAME);
            if file.is_file() {
                found.insert(file);
            }
            if elsewhere {
                break;
            }
        }
    }
    found
}
