//! Packages of policies: what they hold now, and what `policyc.lock` says that they held.

use super::Configuration;
use crate::args::{Color, ConfigArgs};
use crate::discover::{self, Source};
use crate::{Refusal, exit, output, render};
use policyc_config::LOCK_NAME;
use policyc_config::lock::{self, Locked};
use policyc_lang::check::Source as Text;
use policyc_text::FileId;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Files of a package that are read.
const MOST_FILES: usize = 10_000;
/// Bytes of a package that are read.
const MOST_BYTES: usize = 256 << 20;

/// The files and folders that the configuration takes policies from.
///
/// # Errors
///
/// Paths that do not exist, and packages that are not what the lock file says.
pub(crate) fn policies(config: &Configuration, color: Color) -> Result<Vec<PathBuf>, Refusal> {
    let root = config.root();
    let mut paths = Vec::new();
    for path in &root.policies {
        let whole = config.folder().join(&path.value);
        if !whole.exists() {
            let shown = config.shown(&path.value);
            return Err(Refusal::new(format!("the configuration names the policies `{shown}`, which are not there")));
        }
        paths.push(whole);
    }
    if root.packages.is_empty() {
        return Ok(paths);
    }
    let locked = read_lock(config, color)?;
    for (name, path) in &root.packages {
        let name = &name.value;
        let again = || Some("look at what it holds, then run `policyc lock`");
        let Some(known) = locked.get(name).filter(|known| known.path == path.value) else {
            let message = format!("the package `{name}` is not in {}", config.shown(LOCK_NAME));
            return Err(Refusal::new(message).with_hint(again()));
        };
        let folder = config.folder().join(&path.value);
        if hash_of(config, name, &folder)? != known.hash {
            let message = format!("the package `{name}` is not what it was when {} was made", config.shown(LOCK_NAME));
            return Err(Refusal::new(message).with_hint(again()));
        }
        paths.push(folder);
    }
    Ok(paths)
}

fn read_lock(config: &Configuration, color: Color) -> Result<BTreeMap<String, Locked>, Refusal> {
    let (path, shown) = (config.folder().join(LOCK_NAME), config.shown(LOCK_NAME));
    if !path.exists() {
        let hint = Some("look at what the packages hold, then run `policyc lock`");
        return Err(Refusal::new(format!("the packages are not pinned: there is no `{shown}`")).with_hint(hint));
    }
    let bytes = discover::read(&Source::File(path))
        .map_err(|reason| Refusal::new(format!("cannot read `{shown}`: {reason}")))?;
    let (locked, text, wrong) = lock::read(FileId(0), bytes);
    if wrong.is_empty() {
        return Ok(locked);
    }
    let text = Text { file: FileId(0), name: shown, text: text.to_string(), tables: Vec::new() };
    render::show_diagnostics(&wrong, &[text], output::error_style(color));
    Err(Refusal::new("the lock file cannot be used").with_hint(Some("run `policyc lock`")))
}

/// The hash of everything in a package.
fn hash_of(config: &Configuration, name: &str, folder: &Path) -> Result<String, Refusal> {
    let refuse = |what: String| Refusal::new(format!("the package `{name}` cannot be used: {what}"));
    if !folder.is_dir() {
        return Err(refuse(format!("there is no folder `{}`", discover::shown_name(config.folder(), folder))));
    }
    let mut files = BTreeMap::new();
    let mut bytes = 0usize;
    let mut open = vec![folder.to_owned()];
    while let Some(inside) = open.pop() {
        let entries = fs::read_dir(&inside).map_err(|error| refuse(error.to_string()))?;
        for entry in entries {
            let entry = entry.map_err(|error| refuse(error.to_string()))?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(|error| refuse(error.to_string()))?);
            if kind.is_dir() {
                open.push(path);
                continue;
            }
            let shown = discover::shown_name(folder, &path);
            if !kind.is_file() {
                return Err(refuse(format!("`{shown}` is a link or no regular file")));
            }
            let read = discover::read(&Source::File(path)).map_err(refuse)?;
            bytes = bytes.saturating_add(read.len());
            files.insert(shown, read);
            if files.len() > MOST_FILES || bytes > MOST_BYTES {
                return Err(refuse(format!(
                    "it has more than {MOST_FILES} files, or more than {} MiB",
                    MOST_BYTES >> 20
                )));
            }
        }
    }
    Ok(lock::hash(&files))
}

/// `policyc lock`: writes down what the packages hold.
///
/// # Errors
///
/// A configuration that cannot be used, packages that are not there, and a file that cannot be written.
pub(crate) fn write_lock(args: &ConfigArgs, color: Color) -> Result<u8, Refusal> {
    let config = Configuration::find(args, &[PathBuf::from(".")], color)?;
    if config.is_empty() {
        let hint = Some("packages are named in policyc.yaml, under `packages`");
        return Err(Refusal::new("there is no configuration to lock").with_hint(hint));
    }
    let mut packages = BTreeMap::new();
    for (name, path) in &config.root().packages {
        let hash = hash_of(&config, &name.value, &config.folder().join(&path.value))?;
        packages.insert(name.value.clone(), Locked { path: path.value.clone(), hash });
    }
    let shown = config.shown(LOCK_NAME);
    fs::write(config.folder().join(LOCK_NAME), lock::write(&packages))
        .map_err(|error| Refusal::new(format!("cannot write `{shown}`: {error}")))?;
    output::print(|out| {
        for (name, Locked { hash, .. }) in &packages {
            writeln!(out, "{name} {hash}")?;
        }
        writeln!(out, "wrote {}", render::escape(&shown))
    })?;
    Ok(exit::CLEAN)
}
