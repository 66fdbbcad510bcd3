//! What is timed.

use granit_parser::{Event, Parser};
use policyc_engine::yaml::{self, KeyTable, Limits};
use policyc_lang::schema::Schema;
use policyc_text::FileId;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A job over all files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// The YAML parser's events, nothing built.
    Events,
    /// Our reader: arena, spans, interned keys.
    Read,
}

/// All jobs; the first is what the others are measured by.
pub(super) const JOBS: &[Job] = &[Job::Events, Job::Read];

impl Job {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Events => "granit-parser events",
            Self::Read => "policyc: read to trees",
        }
    }
}

/// What jobs share.
pub(super) struct Setup<'f> {
    files: &'f [Arc<str>],
    keys: KeyTable,
    limits: Limits,
}

impl<'f> Setup<'f> {
    pub(super) fn new(files: &'f [Arc<str>]) -> Result<Self, String> {
        let keys = KeyTable::new(Schema::all_names().iter().copied());
        Ok(Self { files, keys, limits: Limits::default() })
    }
}

/// All files of a folder, in order of their names.
pub(super) fn load(folder: &Path) -> io::Result<Vec<Arc<str>>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).map(Arc::from)).collect()
}

/// Runs a job once.
pub(super) fn run(job: Job, setup: &Setup<'_>) -> Duration {
    let start = Instant::now();
    let counted = match job {
        Job::Events => setup.files.iter().map(|text| events(text)).sum::<usize>(),
        Job::Read => setup.files.iter().map(|text| read(text, setup)).sum::<usize>(),
    };
    let taken = start.elapsed();
    std::hint::black_box(counted);
    taken
}

fn events(text: &str) -> usize {
    let mut count = 0;
    for event in Parser::new_from_str(text) {
        match event {
            Ok((Event::StreamEnd, _)) | Err(_) => break,
            Ok(_) => count += 1,
        }
    }
    count
}

fn read(text: &Arc<str>, setup: &Setup<'_>) -> usize {
    yaml::read(FileId(0), Arc::clone(text), &setup.keys, &setup.limits).node_count()
}
