//! `--only`: the files that a report is cut down to.

use crate::discover::{Wanted, shown_name};
use policyc_engine::report::LeftOut;
use std::path::{Path, PathBuf};

/// Files and folders that a report is about, by the names that reports give them.
#[derive(Debug)]
pub(crate) struct Only {
    names: Vec<String>,
}

impl Only {
    /// The files of the command line; `stdin` is the name that standard input goes by.
    ///
    /// # Errors
    ///
    /// A sentence, if the working directory cannot be told.
    pub(crate) fn new(paths: &[PathBuf], stdin: &str) -> Result<Self, String> {
        let here = std::env::current_dir().map_err(|error| format!("cannot tell the working directory: {error}"))?;
        let name = |path: &PathBuf| if path == Path::new("-") { stdin.to_owned() } else { shown_name(&here, path) };
        Ok(Self { names: paths.iter().map(name).collect() })
    }

    /// Whether a file is one of them, or lies in one of them.
    pub(crate) fn concerns(&self, file: &str) -> bool {
        self.names.iter().any(|name| is_in(file, name))
    }

    /// Whether one of them lies in a folder, or the folder in one of them.
    pub(crate) fn touches(&self, folder: &str) -> bool {
        self.names.iter().any(|name| is_in(name, folder) || is_in(folder, name))
    }

    /// Those that lie in a folder, by their names there.
    pub(crate) fn inside<'o>(&'o self, folder: &'o str) -> impl Iterator<Item = &'o str> {
        self.names.iter().filter_map(move |name| below(name, folder))
    }
}

/// Whether a file is this one or lies in this folder.
fn is_in(file: &str, name: &str) -> bool {
    file == name || below(file, name).is_some()
}

/// A file's name in a folder that it lies in.
fn below<'n>(file: &'n str, folder: &str) -> Option<&'n str> {
    match folder {
        "." => (!file.starts_with("../")).then_some(file),
        _ => file.strip_prefix(folder)?.strip_prefix('/'),
    }
}

/// Those of some paths that are worth looking at: a hook names whatever is part of a change.
pub(crate) fn manifests(paths: &[PathBuf]) -> impl Iterator<Item = &PathBuf> {
    paths.iter().filter(|path| path.is_dir() || Wanted::Manifests.takes(path) || *path == Path::new("-"))
}

/// What the summary says of the rest.
pub(crate) fn note(left: LeftOut) -> String {
    let count = |number: usize, noun: &str| if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") };
    let (findings, diagnostics) = (count(left.findings, "finding"), count(left.diagnostics, "diagnostic"));
    format!("only what concerns the named files is told; {findings} and {diagnostics} elsewhere are not")
}

#[cfg(test)]
mod tests {
    use super::Only;

    #[test]
    fn files_lie_in_folders() {
        let only = Only { names: ["a/b.yaml", "charts/shop", "../up.yaml"].map(str::to_owned).to_vec() };
        for (file, concerned) in [
            ("a/b.yaml", true),
            ("a/b.yaml.old", false),
            ("a/c.yaml", false),
            ("charts/shop/templates/x.yaml", true),
            ("charts/shopping/x.yaml", false),
            ("../up.yaml", true),
        ] {
            assert_eq!(only.concerns(file), concerned, "{file}");
        }
        for (folder, touched) in
            [("a", true), ("charts/shop/charts/sub", true), ("charts", true), ("b", false), (".", true)]
        {
            assert_eq!(only.touches(folder), touched, "{folder}");
        }
        assert_eq!(only.inside("a").collect::<Vec<_>>(), ["b.yaml"]);
        assert_eq!(only.inside(".").collect::<Vec<_>>(), ["a/b.yaml", "charts/shop"]);
        let all = Only { names: vec![".".to_owned()] };
        assert!(all.concerns("a/b.yaml") && !all.concerns("../x.yaml"));
    }
}
