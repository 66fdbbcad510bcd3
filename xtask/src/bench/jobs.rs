//! What is timed.

use granit_parser::{Event, Parser};
use policyc_engine::eval::{Plan, Settings, judge, subjects};
use policyc_engine::world::{World, WorldOptions};
use policyc_engine::yaml::{self, Limits};
use policyc_lang::check::Artefact;
use policyc_lang::ir::Scope;
use policyc_lang::values::{Date, Version};
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
    /// Reading, then the document-local rules of the library.
    Judge,
}

/// All jobs; the first is what the others are measured by.
pub(super) const JOBS: &[Job] = &[Job::Events, Job::Read, Job::Judge];

impl Job {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Events => "granit-parser events",
            Self::Read => "policyc: read to trees",
            Self::Judge => "policyc: read and judge, document rules",
        }
    }
}

/// What jobs share.
pub(super) struct Setup<'f> {
    files: &'f [Arc<str>],
    plan: Plan<'f>,
    settings: Settings,
    limits: Limits,
}

impl<'f> Setup<'f> {
    pub(super) fn new(files: &'f [Arc<str>], library: &'f Artefact) -> Result<Self, String> {
        let plan = Plan::all(&library.program);
        let day = Date::from_civil(2026, 11, 23).ok_or("the day is not valid")?;
        Ok(Self { files, plan, settings: Settings::new(day, Version::new(1, 37, 0)), limits: Limits::default() })
    }

    /// Number of document-local rules.
    pub(super) fn rules(&self) -> usize {
        self.plan.program().rules.iter().filter(|rule| rule.scope == Scope::Document).count()
    }
}

impl Setup<'_> {
    /// Number of findings of one run.
    pub(super) fn findings(&self) -> usize {
        self.files.iter().map(|text| check(text, self)).sum()
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
        Job::Read => setup.files.iter().map(|text| read(text, setup).node_count()).sum::<usize>(),
        Job::Judge => setup.files.iter().map(|text| check(text, setup)).sum::<usize>(),
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

fn read(text: &Arc<str>, setup: &Setup<'_>) -> yaml::Tree {
    yaml::read(FileId(0), Arc::clone(text), setup.plan.keys(), &setup.limits)
}

fn check(text: &Arc<str>, setup: &Setup<'_>) -> usize {
    let world = World::of_file(WorldOptions::default(), FileId(0), "file.yaml", Arc::new(read(text, setup)));
    judge(&setup.plan, &world, Scope::Document, 0..subjects(&world), &setup.settings).findings.len()
}
