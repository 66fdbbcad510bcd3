//! From the names and bytes of files to a report.
//!
//! Each file is loaded, read and judged on its own, in parallel, and let go; only what looks across files waits. A file
//! ends in exactly one way: judged, not applicable, or failed with a diagnostic that says where. One bad document costs
//! nothing but itself: what else stands in its file is judged, although the file counts as failed.

mod charts;
mod classify;
mod custom;
mod file;
mod infos;
mod inline_test;
mod kustomize;
mod objects;
mod places;
mod secrets;

use crate::builtin::Builtin;
use crate::report::{FileReport, Report};
use crate::yaml::KeyTable;
use charts::Charts;
pub use inline_test::{TestRun, run_test, uncovered};

use file::{FileOutcome, Job};
use kustomize::Kustomizations;
use places::Telling;
use policyc_lang::ir::{Const, ParamId, Profile, Program};
use policyc_lang::schema::{KubernetesVersion, Schema, Types};
use policyc_lang::values::Date;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A file to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name, with `/`; what a file is called decides little, what it holds the rest.
    pub name: Arc<str>,
}

/// Gives the bytes of an input by its place in the list, or a part of a sentence that says why it cannot. May be asked
/// twice for one input.
pub type Load<'l> = dyn Fn(usize) -> Result<Vec<u8>, String> + Sync + 'l;

/// What the caller says about the run.
#[derive(Clone, Debug)]
pub struct Meaning {
    /// The day to take for today.
    pub as_of: Date,
    /// The version to judge for; the newest known where nobody says.
    pub kubernetes: Option<KubernetesVersion>,
    /// Whether objects that are not among the inputs may exist elsewhere.
    pub open: bool,
    /// The namespace of objects that name none.
    pub namespace: Option<String>,
    /// Whether places carry their source lines.
    pub frames: bool,
}

/// Which rules run, and with what.
#[derive(Clone, Debug)]
pub struct Selection<'p> {
    /// The compiled policies.
    pub program: &'p Program,
    /// Built-in rules.
    pub builtins: BTreeSet<Builtin>,
    /// Ids of instances and aggregates of the program.
    pub rules: BTreeSet<String>,
    /// The profile whose parameters and severities hold.
    pub profile: Option<&'p Profile>,
    /// Values of parameters by the id of the instance that they are for; the last of several counts.
    pub params: Vec<(String, ParamId, Const)>,
}

impl<'p> Selection<'p> {
    /// Built-in rules alone.
    #[must_use]
    pub fn builtins(program: &'p Program, builtins: BTreeSet<Builtin>) -> Self {
        Self { program, builtins, rules: BTreeSet::new(), profile: None, params: Vec::new() }
    }

    /// How many rules run.
    #[must_use]
    pub fn len(&self) -> usize {
        self.builtins.len() + self.rules.len()
    }

    /// Whether no rule runs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Judges files. The report does not depend on the order of the inputs, nor on the number of threads of the pool that
/// this is called in.
#[must_use]
pub fn check(inputs: &[Input], load: &Load<'_>, meaning: &Meaning, selection: &Selection<'_>) -> Report {
    let (types, notes) = types_for(meaning.kubernetes);
    let kustomizations = Kustomizations::find(inputs, load);
    let charts = Charts::find(inputs);
    let (infos, keys) = (infos::of(selection), KeyTable::new([]));
    let job = Job {
        load,
        types: &types,
        enabled: &selection.builtins,
        telling: Telling { infos: &infos, modules: &selection.program.modules, frames: meaning.frames },
        keys: &keys,
        kustomizations: &kustomizations,
        charts: &charts,
    };
    let mut outcomes: Vec<FileOutcome> =
        inputs.par_iter().enumerate().map(|(place, input)| file::judge(&job, place, input)).collect();
    custom::judge(&job, inputs, &mut outcomes);
    let version = meaning.kubernetes.unwrap_or_else(|| types.schema().version());
    let mut report =
        Report { as_of: meaning.as_of.to_string(), kubernetes: version.to_string(), notes, ..Report::default() };
    report.summary.rules = selection.len();
    for (input, outcome) in inputs.iter().zip(outcomes) {
        gather(&mut report, &input.name, outcome);
    }
    report.summary.count(&report.files, &report.findings);
    report.sort();
    report
}

fn gather(report: &mut Report, name: &Arc<str>, outcome: FileOutcome) {
    report.files.push(FileReport { name: Arc::clone(name), status: outcome.status });
    report.findings.extend(outcome.findings);
    report.diagnostics.extend(outcome.diagnostics);
    report.summary.resources += outcome.objects;
    report.summary.partial += outcome.partial.len();
    report.summary.untyped += outcome.untyped.len();
    report.partial.extend(outcome.partial.into_iter().map(|resource| (Arc::clone(name), resource)));
}

/// The types of the nearest version that has tables, and a note where it is another one.
fn types_for(version: Option<KubernetesVersion>) -> (Types, Vec<String>) {
    let Some(version) = version else { return (Types::new(Schema::newest()), Vec::new()) };
    let (schema, exact) = Schema::nearest(version);
    let note = format!("types are those of Kubernetes {}, the nearest known to {version}", schema.version());
    (Types::new(schema), if exact { Vec::new() } else { vec![note] })
}
