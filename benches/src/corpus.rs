//! Corpora by name: `k1`, `k10` and `k100` are a thousand to a hundred thousand documents made of real manifests, `own`
//! is made of the project's own files and so the same everywhere.

use crate::generate::{Made, Packing, generate};
use crate::samples::Samples;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Changes whenever the generator does, so that no corpus of an older one is used.
const VERSION: u32 = 2;
/// Documents of the corpus `own`.
const OWN: usize = 200;

/// A corpus on disk.
#[derive(Clone, Debug)]
pub(crate) struct Corpus {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) made: Made,
}

impl Corpus {
    /// The corpus of a name, made first where it is not there yet or `fresh` asks for it.
    ///
    /// # Errors
    ///
    /// A sentence, for an unknown name and where it cannot be made.
    pub(crate) fn named(name: &str, packing: Packing, fresh: bool) -> Result<Self, String> {
        let documents = documents(name)
            .ok_or_else(|| format!("there is no corpus `{name}`: name `own`, or `k` with a number of thousands"))?;
        let suffix = if packing == Packing::Single { "-single" } else { "" };
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join("corpus");
        let corpus =
            Self { name: name.to_owned(), folder: base.join(format!("{name}{suffix}")), made: Made::default() };
        let stamp = base.join(format!("{name}{suffix}.made"));
        if let Some(made) = read_stamp(&stamp).filter(|_| !fresh && corpus.folder.is_dir()) {
            return Ok(Self { made, ..corpus });
        }
        let failed = |error: io::Error| format!("cannot make the corpus `{name}`: {error}");
        let samples = if name == "own" { Samples::own(&project()) } else { Samples::load(&data(), &project()) };
        let made = generate(&samples.map_err(failed)?, &corpus.folder, documents, packing).map_err(failed)?;
        fs::write(&stamp, format!("{} {} {} {}\n{}\n", VERSION, made.documents, made.files, made.bytes, origin()))
            .map_err(failed)?;
        Ok(Self { made, ..corpus })
    }

    /// Its files, in order of their names.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read.
    pub(crate) fn paths(&self) -> io::Result<Vec<PathBuf>> {
        let mut paths =
            fs::read_dir(&self.folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
        paths.sort();
        Ok(paths)
    }
}

fn documents(name: &str) -> Option<usize> {
    if name == "own" {
        return Some(OWN);
    }
    name.strip_prefix('k')?.parse::<usize>().ok().filter(|thousands| *thousands > 0)?.checked_mul(1000)
}

/// What was made, where the same generator made it of the same data.
fn read_stamp(stamp: &Path) -> Option<Made> {
    let text = fs::read_to_string(stamp).ok()?;
    let (numbers, rest) = text.split_once('\n')?;
    let numbers: Vec<usize> = numbers.split(' ').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    let [version, documents, files, bytes] = numbers[..] else { return None };
    (version == usize::try_from(VERSION).ok()? && rest.trim_end() == origin()).then_some(Made {
        documents,
        files,
        bytes,
    })
}

/// The project's folder.
pub(crate) fn project() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// The folder with the real manifests: `POLICYC_CORPUS`, or `shared` beside the project.
pub(crate) fn data() -> PathBuf {
    let named = std::env::var_os("POLICYC_CORPUS").map(|folder| project().join(folder));
    named.unwrap_or_else(|| project().join("..").join("shared"))
}

fn origin() -> String {
    data().display().to_string()
}
