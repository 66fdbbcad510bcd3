//! Writing a file anew: whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Names that are tried for the new file before it is put in its place.
const NAMES: u32 = 16;

/// Puts another text in the place of a file's. Links are followed, permissions stay, and nobody ever sees a part of the
/// text.
///
/// # Errors
///
/// A part of a sentence: the file is no longer `before`, or cannot be written.
pub(crate) fn replace(path: &Path, before: &[u8], after: &[u8]) -> Result<(), String> {
    let real = fs::canonicalize(path).map_err(|error| error.to_string())?;
    unchanged(&real, before)?;
    let meta = fs::metadata(&real).map_err(|error| error.to_string())?;
    if meta.permissions().readonly() {
        return Err("it is read-only".to_owned());
    }
    if has_other_names(&meta) {
        return Err("it has several names (hard links), of which the others would keep the old text".to_owned());
    }
    let (new, file) = beside(&real).map_err(|error| format!("no file can be made beside it: {error}"))?;
    let written = fill(file, after, &meta)
        .map_err(|error| error.to_string())
        .and_then(|()| unchanged(&real, before))
        .and_then(|()| fs::rename(&new, &real).map_err(|error| error.to_string()));
    if written.is_err() {
        // What cannot be removed either can only be left.
        let _ = fs::remove_file(&new);
    }
    written
}

fn unchanged(path: &Path, before: &[u8]) -> Result<(), String> {
    match fs::read(path) {
        Ok(now) if now == before => Ok(()),
        Ok(now) if now.starts_with(&[0xFE, 0xFF]) || now.starts_with(&[0xFF, 0xFE]) || now.contains(&0) => {
            Err("it is not UTF-8".to_owned())
        }
        Ok(_) => Err("it changed since it was read".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A new file in the same folder.
fn beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().ok_or_else(|| io::Error::other("it has no name"))?;
    let mut last = io::Error::other("all names are taken");
    for number in 0..NAMES {
        let mut other = OsString::from(".");
        other.push(name);
        other.push(format!(".policyc-{}-{number}", std::process::id()));
        let other = path.with_file_name(other);
        match OpenOptions::new().write(true).create_new(true).open(&other) {
            Ok(file) => return Ok((other, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

fn fill(mut file: File, text: &[u8], like: &fs::Metadata) -> io::Result<()> {
    file.write_all(text)?;
    keep_owner(&file, like)?;
    file.set_permissions(like.permissions())?;
    file.sync_all()
}

#[cfg(unix)]
fn has_other_names(meta: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(meta) > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn keep_owner(file: &File, like: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (like.uid(), like.gid()) {
        return Ok(());
    }
    fchown(file, Some(like.uid()), Some(like.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}
