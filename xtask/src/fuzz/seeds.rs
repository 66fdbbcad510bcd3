//! Where the targets begin: the committed seeds, what once broke something, and pieces of real files that are at hand.
//! Real files are cut into the build folder and never into the project.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Most pieces of real files.
const MOST: usize = 3_000;

/// Folders with seeds for a target.
pub(super) fn prepare(root: &Path, work: &Path, target: &str, longest: usize) -> io::Result<Vec<PathBuf>> {
    let own = ["seeds", "regressions"].map(|folder| root.join("fuzz").join(folder).join(target));
    let mut folders: Vec<PathBuf> = own.into_iter().filter(|folder| folder.is_dir()).collect();
    let pieces = work.join("pieces").join(target);
    fs::create_dir_all(&pieces)?;
    for (number, piece) in pieces_for(root, target, longest).into_iter().take(MOST).enumerate() {
        fs::write(pieces.join(format!("{number:04}")), piece)?;
    }
    folders.push(pieces);
    Ok(folders)
}

fn pieces_for(root: &Path, target: &str, longest: usize) -> Vec<Vec<u8>> {
    let corpus = std::env::var_os("POLICYC_CORPUS").map_or_else(|| root.join("../shared"), PathBuf::from);
    let corpus = corpus.join("corpus");
    match target {
        "yaml" => cut(&files(&corpus, &["yaml", "yml", "json"]), longest, |at| at.starts_with(b"---")),
        "policy" => cut(&files(&root.join("stdlib-policies"), &["policy"]), longest, |at| {
            [&b"rule "[..], b"test ", b"def ", b"view ", b"param "].iter().any(|word| at.starts_with(word))
        }),
        "dockerfile" => cut(&named(&corpus.join("dockerfiles"), &|name| name.contains("Dockerfile")), longest, |at| {
            at.starts_with(b"FROM ")
        }),
        "check" => {
            let manifests: Vec<PathBuf> = ["manifests", "pss", "labelled"]
                .iter()
                .flat_map(|folder| files(&corpus.join(folder), &["yaml", "yml", "json"]))
                .collect();
            let pieces = cut(&manifests, longest, |at| at.starts_with(b"---"));
            (0..=u8::MAX).cycle().zip(pieces).map(|(how, piece)| [vec![how], piece].concat()).collect()
        }
        _ => Vec::new(),
    }
}

/// All files below a folder with one of these endings, in order of their names; none where there is no such folder.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    named(folder, &|name| name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending)))
}

fn named(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(named(&path, wanted));
        } else if path.file_name().is_some_and(|name| wanted(&name.to_string_lossy())) {
            found.push(path);
        }
    }
    found
}

/// Files as pieces of whole lines, none longer than asked for; a new one begins where a line says so.
fn cut(files: &[PathBuf], longest: usize, begins: impl Fn(&[u8]) -> bool) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    // Spread over all files where there are more than pieces are wanted.
    for path in files.iter().step_by(files.len().div_ceil(MOST).max(1)) {
        let Ok(bytes) = fs::read(path) else { continue };
        let mut piece = Vec::new();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if piece.len() + line.len() > longest || (begins(line) && !piece.is_empty()) {
                pieces.push(std::mem::take(&mut piece));
            }
            if line.len() <= longest {
                piece.extend_from_slice(line);
            }
        }
        pieces.push(piece);
    }
    pieces.retain(|piece| piece.len() > 8);
    pieces
}
