//! From the names and bytes of files to a report.
//!
//! Each file is loaded, read and judged on its own, in parallel, and let go; only what looks across files waits. A file
//! ends in exactly one way: judged, not applicable, or failed with a diagnostic that says where. One bad document costs
//! nothing but itself: what else stands in its file is judged, although the file counts as failed.

mod charts;
mod classify;
mod custom;
mod definitions;
mod exempted;
mod file;
mod gather;
mod infos;
mod inline_test;
mod kustomize;
mod lists;
mod mend;
mod mutate;
mod objects;
mod origin;
mod outcomes;
mod places;
mod remedy;
mod rules;
mod secrets;
pub mod session;
mod setup;
mod suppress;
mod watch;

use crate::builtin::Builtin;
use crate::dockerfile::{is_dockerfile_name, is_dockerfile_template_name};
use crate::eval::Judged;
use crate::report::{FileReport, Report};
pub use crate::world::External;
pub use definitions::add_definitions;
pub use gather::read_world;
pub use inline_test::{Mark, TestRun, cover_test, run_test, uncovered};
pub use mend::{Mended, MendedFile, mend};
pub use mutate::{Mutant, mutants, with_mutant};
pub use remedy::offer_fixes;
pub use watch::{Explained, coverage, explain};

use file::{Counts, Ended, Exempted, FileOutcome, Job, ReadFile, Told};
use places::{Places, Shown};
use policyc_lang::ir::{Const, ParamId, Profile, Program};
use policyc_lang::schema::{KubernetesVersion, Schema, Types};
use policyc_lang::values::Date;
use policyc_text::FileId;
use rayon::prelude::*;
use rules::{Kept, Names, Stop};
use rustc_hash::FxHashMap;
use setup::{Neighbours, Setup};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whether a file of that name, which says nothing to YAML, is read all the same: Dockerfiles and their templates.
#[must_use]
pub fn takes_name(name: &str) -> bool {
    is_dockerfile_name(name) || is_dockerfile_template_name(name)
}

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
    /// Which places carry their source lines.
    pub frames: Frames,
    /// Objects that are made elsewhere, even where the inputs are all there is.
    pub external: Arc<[External]>,
}

/// Which findings carry source lines. They take more memory than all else that is told of a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Frames {
    /// None, nor do diagnostics.
    #[default]
    None,
    /// At least the first so many of each rule, in the order of the report, and every diagnostic.
    First(usize),
    /// All, and every diagnostic.
    All,
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
    /// Ids of rules whose findings no comment may allow.
    pub unsuppressible: BTreeSet<String>,
}

impl<'p> Selection<'p> {
    /// Built-in rules alone.
    #[must_use]
    pub fn builtins(program: &'p Program, builtins: BTreeSet<Builtin>) -> Self {
        let (rules, unsuppressible) = (BTreeSet::new(), BTreeSet::new());
        Self { program, builtins, rules, profile: None, params: Vec::new(), unsuppressible }
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
    run(&Setup::new(Cow::Borrowed(selection), meaning, inputs.len()), inputs, load, meaning, false)
}

/// As [`check`], and with [`Report::outcomes`]: how each rule came out on what it judges. Takes longer than [`check`].
#[must_use]
pub fn survey(inputs: &[Input], load: &Load<'_>, meaning: &Meaning, selection: &Selection<'_>) -> Report {
    let mut setup = Setup::new(Cow::Borrowed(selection), meaning, inputs.len());
    setup.rules.keep_subjects();
    run(&setup, inputs, load, meaning, false)
}

/// As [`check`], but findings are only counted: the report has none, and a [`Report::tally`] with what [`check`] would
/// find, by rule, with the first place of each. Where no text must be written, a run takes a fraction of the time.
#[must_use]
pub fn count(inputs: &[Input], load: &Load<'_>, meaning: &Meaning, selection: &Selection<'_>) -> Report {
    let meaning = Meaning { frames: Frames::None, ..meaning.clone() };
    run(&Setup::new(Cow::Borrowed(selection), &meaning, inputs.len()), inputs, load, &meaning, true)
}

/// Rules that are made ready once and then judge one set of files after the other, each by itself.
pub struct Prepared<'p> {
    setup: Setup<'p>,
    meaning: Meaning,
}

impl<'p> Prepared<'p> {
    /// Makes the rules of a selection ready.
    #[must_use]
    pub fn new(meaning: &Meaning, selection: &'p Selection<'p>) -> Self {
        let meaning = meaning.clone();
        Self { setup: Setup::new(Cow::Borrowed(selection), &meaning, usize::MAX), meaning }
    }

    /// As [`check`].
    #[must_use]
    pub fn check(&self, inputs: &[Input], load: &Load<'_>) -> Report {
        run(&self.setup, inputs, load, &self.meaning, false)
    }
}

fn run(setup: &Setup<'_>, inputs: &[Input], load: &Load<'_>, meaning: &Meaning, counting: bool) -> Report {
    let neighbours = Neighbours::find(inputs, load);
    let job = setup.job(&neighbours, load, counting);
    let Setup { version, notes, infos, rules, .. } = setup;
    let selection = &*setup.selection;
    let (mut outcomes, counts) = judge_all(&job, inputs);
    custom::judge(&job, inputs, &mut outcomes);
    let mut report = Report { as_of: meaning.as_of.to_string(), kubernetes: version.to_string(), ..Report::default() };
    report.notes.clone_from(notes);
    report.summary.rules = selection.len();
    report.rules = infos::cards(selection, infos);
    let Counts { by_instance, others, mut judged, .. } = counts;
    let mut exempted = Exempted::new();
    let kept = kept(inputs, &mut outcomes);
    let kept: Vec<(&Arc<str>, &ReadFile)> = kept.iter().map(|(name, file)| (*name, &**file)).collect();
    let across =
        if rules.need_world() { together(&job, &kept, &mut judged, &|| false) } else { None }.unwrap_or_default();
    let Told { findings, exempted: covered, suppressed: allowed, subjects } = across;
    let ids = rules.ids();
    subjects.iter().for_each(|(file, counts)| outcomes::tell(&mut report, &ids, file, counts));
    exempted.extend(covered);
    let (mut suppressed, mut comments) = (allowed, BTreeMap::new());
    let mut names = Names::new();
    for (place, (input, ended)) in inputs.iter().zip(outcomes).enumerate() {
        let Some(mut outcome) = end(&mut report, &input.name, ended) else { continue };
        suppressed.append(&mut outcome.suppressed);
        if !outcome.suppressions.is_empty() {
            comments.insert(file::id(place), Arc::clone(&outcome.suppressions));
        }
        let named = std::mem::take(&mut outcome.names).into_iter();
        names.extend(named.map(|(resource, place)| ((Arc::clone(&input.name), Some(Arc::new(resource))), place)));
        exempted.append(&mut outcome.exempted);
        outcomes::tell(&mut report, &ids, &input.name, &outcome.subjects);
        gather(&mut report, &input.name, *outcome);
    }
    report.findings.extend(findings);
    exempted::tell(&mut report, selection, meaning, exempted);
    exempted::tell_comments(&mut report, selection, &comments, suppressed);
    report.summary.exempted = report.exempted.iter().map(|group| group.count).sum();
    report.summary.open_world = usize::try_from(judged.open_world).unwrap_or(usize::MAX);
    report.rule_counts = rules.counts(&judged.counts);
    report.sort();
    rules.sum_up(&mut report.findings, infos, &names);
    if counting {
        let mut tally = others;
        for (info, counted) in rules.infos(infos).into_iter().zip(by_instance) {
            info.into_iter().for_each(|info| tally.merge(info, counted.clone()));
        }
        tally.add_findings(&std::mem::take(&mut report.findings));
        report.summary.count_tally(&report.files, &tally);
        report.tally = Some(tally);
    } else {
        report.summary.count(&report.files, &report.findings);
    }
    report.sort();
    report
}

/// Judges each file on its own. Counts are summed up on the way, so that no file leaves more behind than it must.
fn judge_all(job: &Job<'_>, inputs: &[Input]) -> (Vec<Ended>, Counts) {
    let parts = inputs.par_iter().enumerate().fold(
        || (Vec::new(), Counts::default()),
        |(mut outcomes, mut counts): (Vec<Ended>, Counts), (place, input)| {
            let mut outcome = file::judge(job, place, input, &mut counts);
            counts.judged.merge(std::mem::take(&mut outcome.judged));
            outcomes.push(Ended::of(outcome));
            (outcomes, counts)
        },
    );
    // Parts come in the order of the inputs.
    parts.reduce(Default::default, |(mut outcomes, mut counts), (more, others)| {
        outcomes.extend(more);
        counts.merge(others);
        (outcomes, counts)
    })
}

/// Counts a file, and gives the rest of what came of it, where there is any.
fn end(report: &mut Report, name: &Arc<str>, ended: Ended) -> Option<Box<FileOutcome>> {
    report.files.push(FileReport { name: Arc::clone(name), status: ended.status });
    report.summary.resources += ended.objects;
    ended.more
}

/// What is kept of files for rules that look across them, in the order of the names, so that the order of the inputs does
/// not show.
fn kept<'i>(inputs: &'i [Input], outcomes: &mut [Ended]) -> Vec<(&'i Arc<str>, Box<ReadFile>)> {
    let take = |ended: &mut Ended| ended.more.as_mut()?.kept.take();
    let read = inputs.iter().zip(outcomes).filter_map(|(input, ended)| Some((&input.name, take(ended)?)));
    let mut kept: Vec<(&Arc<str>, Box<ReadFile>)> = read.collect();
    kept.sort_by_key(|(name, _)| *name);
    kept
}

/// Rules that look across files, which come in the order of their names. `None` where they were told to stop.
fn together(job: &Job<'_>, kept: &[(&Arc<str>, &ReadFile)], judged: &mut Judged, stop: &Stop<'_>) -> Option<Told> {
    let files = kept.iter().map(|(name, file)| Kept {
        file: file.tree.file,
        name,
        tree: Arc::clone(&file.tree),
        partial: file.partial,
    });
    let mut found = job.rules.world(files, stop)?;
    let by_file: FxHashMap<FileId, &(&Arc<str>, &ReadFile)> =
        kept.iter().map(|entry| (entry.1.tree.file, entry)).collect();
    let lookup = |file: FileId| {
        let (name, file) = by_file.get(&file)?;
        Some(Shown { name, text: file.tree.source(), secrets: &file.secrets, tree: Some(&file.tree) })
    };
    let raw = std::mem::take(&mut found.findings);
    let mut subjects = std::mem::take(&mut found.subjects);
    judged.merge(found);
    let comments = |file: FileId| by_file.get(&file).map(|(_, file)| &file.suppressions);
    outcomes::settle(&mut subjects, &raw, &|finding| file::comment(finding, &comments).is_some());
    let name = |file: FileId| by_file.get(&file).map(|(name, _)| Arc::clone(name));
    let subjects = outcomes::by_file(&subjects, &name);
    Some(Told { subjects, ..file::told(&Places::new(job.telling, &lookup), raw, &comments) })
}

fn gather(report: &mut Report, name: &Arc<str>, outcome: FileOutcome) {
    report.findings.extend(outcome.findings);
    report.diagnostics.extend(outcome.diagnostics);
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
