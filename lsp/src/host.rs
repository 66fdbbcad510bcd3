//! What the server asks of whoever starts it: the disk and the clock, which it does not touch itself.

use policyc_lang::check::Artefact;
use policyc_lang::values::Date;
use std::path::{Path, PathBuf};

/// The world around the server. Called from several threads, never from the one that answers the editor.
pub trait Host: Send + Sync {
    /// Every policy and every file that may be a manifest below a folder, as absolute paths.
    fn files(&self, folder: &Path) -> Vec<PathBuf>;

    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// A part of a sentence: why it cannot be read.
    fn read(&self, path: &Path) -> Result<Vec<u8>, String>;

    /// The current day in UTC.
    fn today(&self) -> Date;

    /// The compiled standard library.
    ///
    /// # Errors
    ///
    /// Only where the program was built wrongly.
    fn library(&self) -> Result<Artefact, String>;
}
