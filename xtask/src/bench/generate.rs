//! The reference corpus for timings: real manifests, sampled and varied with a fixed seed.
//!
//! Documents come from the corpus folder, are drawn at random, get names and numbers of their own and are written one to
//! twelve a file. The same seed gives the same bytes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders of the corpus that documents are drawn from.
const SOURCES: &[&str] = &["corpus/manifests", "corpus/pss", "corpus/labelled"];

/// A small generator of numbers (splitmix64), so that no version of a library changes the corpus.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 for a bound of 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        match u64::try_from(bound) {
            Ok(bound) if bound > 0 => usize::try_from(self.next() % bound).unwrap_or(0),
            _ => 0,
        }
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Written {
    pub(super) files: usize,
    pub(super) bytes: usize,
}

/// Writes `documents` documents below `target`, which is emptied first.
pub(super) fn generate(corpus: &Path, target: &Path, documents: usize, seed: u64) -> io::Result<Written> {
    let samples = samples(corpus)?;
    if samples.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("no manifests below {}", corpus.display())));
    }
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    fs::create_dir_all(target)?;
    let mut random = Random::new(seed);
    let mut written = Written::default();
    let mut left = documents;
    while left > 0 {
        let count = (1 + random.below(12)).min(if random.below(2) == 0 { 1 } else { 12 }).min(left);
        let mut text = String::new();
        for at in 0..count {
            if at > 0 {
                text.push_str("---\n");
            }
            text.push_str(&varied(&samples[random.below(samples.len())], &mut random));
        }
        fs::write(target.join(format!("{:05}.yaml", written.files)), &text)?;
        written.files += 1;
        written.bytes += text.len();
        left -= count;
    }
    Ok(written)
}

/// The documents of all source files, in order of their paths.
fn samples(corpus: &Path) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    for source in SOURCES {
        collect(&corpus.join(source), &mut paths)?;
    }
    let mut samples = Vec::new();
    for path in paths {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if text.contains("{{") || text.contains('\r') {
            continue;
        }
        for document in format!("\n{text}").split("\n---") {
            let document = document.trim_start_matches([' ', '\n']);
            let is_object = document.lines().any(|line| line.starts_with("apiVersion:"))
                && document.lines().any(|line| line.starts_with("kind:"));
            if is_object && document.len() < 16_384 {
                samples.push(format!("{}\n", document.trim_end()));
            }
        }
    }
    Ok(samples)
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    let mut entries = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            into.push(path);
        }
    }
    Ok(())
}

/// The document with another name, and other counts of replicas.
fn varied(document: &str, random: &mut Random) -> String {
    let number = random.below(100_000);
    let mut out = String::with_capacity(document.len() + 16);
    let mut named = false;
    for line in document.lines() {
        let bare = line.trim_end();
        if !named && bare.starts_with("  name:") && !bare.ends_with([':', '"', '\'', '}']) && !bare.contains('#') {
            out.push_str(&format!("{bare}-{number}"));
            named = true;
        } else if let Some((head, count)) = bare.split_once("replicas: ")
            && count.parse::<u32>().is_ok()
        {
            out.push_str(&format!("{head}replicas: {}", 1 + number % 7));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}
