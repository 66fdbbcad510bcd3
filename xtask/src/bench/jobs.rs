//! What is timed.

use granit_parser::{Event, Parser};
use policyc_engine::eval::{Plan, Selected, Settings, judge, subjects};
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

/// The checks that other engines are compared on, without the one that reads other documents (ServiceAccounts).
const TWENTY: [&str; 19] = [
    "privileged-container",
    "host-network",
    "host-pid",
    "host-ipc",
    "privilege-escalation-allowed",
    "run-as-non-root",
    "run-as-user-root",
    "read-only-root-filesystem",
    "capabilities-drop-all",
    "capability-dangerous-added",
    "image-tag-latest",
    "cpu-limit-set",
    "cpu-request-set",
    "memory-limit-set",
    "memory-request-set",
    "liveness-probe-set",
    "readiness-probe-set",
    "host-path-volume",
    "seccomp-profile-required",
];

/// A job over all files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// The YAML parser's events, nothing built.
    Events,
    /// Our reader: arena, spans, interned keys.
    Read,
    /// Reading, then the twenty checks that peers are compared on.
    Twenty,
    /// Reading, then the document-local rules of the whole library.
    Library,
}

/// All jobs; the first is what the others are measured by.
pub(super) const JOBS: &[Job] = &[Job::Events, Job::Read, Job::Twenty, Job::Library];

impl Job {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Events => "granit-parser events",
            Self::Read => "policyc: read to trees",
            Self::Twenty => "policyc: read and judge, 20 checks",
            Self::Library => "policyc: read and judge, whole library",
        }
    }
}

/// What jobs share.
pub(super) struct Setup<'f> {
    files: &'f [Arc<str>],
    library: Plan<'f>,
    twenty: Plan<'f>,
    settings: Settings,
    limits: Limits,
}

impl<'f> Setup<'f> {
    pub(super) fn new(files: &'f [Arc<str>], library: &'f Artefact) -> Result<Self, String> {
        let program = &library.program;
        let twenty: Vec<Selected> = (0..)
            .zip(&program.instances)
            .filter(|(_, instance)| TWENTY.contains(&instance.id.as_str()))
            .map(|(instance, _)| Selected { instance, params: Vec::new(), severity: None })
            .collect();
        if twenty.len() != TWENTY.len() {
            return Err("the library lacks some of the twenty checks".to_owned());
        }
        let day = Date::from_civil(2026, 11, 23).ok_or("the day is not valid")?;
        Ok(Self {
            files,
            library: Plan::all(program),
            twenty: Plan::new(program, &twenty),
            settings: Settings::new(day, Version::new(1, 37, 0)),
            limits: Limits::default(),
        })
    }

    /// Number of document-local rules in the library.
    pub(super) fn rules(&self) -> usize {
        self.library.program().rules.iter().filter(|rule| rule.scope == Scope::Document).count()
    }

    /// Number of findings of one run: with the twenty checks, with the library.
    pub(super) fn findings(&self) -> (usize, usize) {
        let count = |plan| self.files.iter().map(|text| check(text, self, plan)).sum();
        (count(&self.twenty), count(&self.library))
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
        Job::Read => setup.files.iter().map(|text| read(text, setup, &setup.library).node_count()).sum::<usize>(),
        Job::Twenty => setup.files.iter().map(|text| check(text, setup, &setup.twenty)).sum::<usize>(),
        Job::Library => setup.files.iter().map(|text| check(text, setup, &setup.library)).sum::<usize>(),
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

fn read(text: &Arc<str>, setup: &Setup<'_>, plan: &Plan<'_>) -> yaml::Tree {
    yaml::read(FileId(0), Arc::clone(text), plan.keys(), &setup.limits)
}

fn check(text: &Arc<str>, setup: &Setup<'_>, plan: &Plan<'_>) -> usize {
    let tree = Arc::new(read(text, setup, plan));
    let world = World::of_file(WorldOptions::default(), FileId(0), "file.yaml", tree);
    judge(plan, &world, Scope::Document, 0..subjects(&world), &setup.settings).findings.len()
}
