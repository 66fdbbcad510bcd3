//! Files read and not judged: what became of each, and the world of the objects in them.

use super::file::{Counts, Ended, Opened, judge_read, open};
use super::setup::{Neighbours, Setup};
use super::{Input, Load, Meaning, Selection, end, kept};
use crate::report::Report;
use crate::world::World;
use policyc_lang::ir::Program;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Reads files. The report has files, diagnostics and counts of objects, and no findings.
#[must_use]
pub fn read_world(inputs: &[Input], load: &Load<'_>, meaning: &Meaning, program: &Program) -> (Report, World) {
    let selection = Selection::builtins(program, BTreeSet::new());
    let setup = Setup::new(Cow::Owned(selection), meaning, inputs.len());
    let neighbours = Neighbours::find(inputs, load);
    let job = setup.job(&neighbours, load, false);
    let read = |(place, input): (usize, &Input)| match open(&job, place, input) {
        Opened::Done(outcome) => Ended::of(*outcome),
        Opened::Read(file) => {
            let mut outcome = judge_read(&job, input, &file, &mut Counts::default());
            outcome.kept = (!file.objects.is_empty()).then_some(file);
            Ended::of(outcome)
        }
    };
    let mut outcomes: Vec<Ended> = inputs.par_iter().enumerate().map(read).collect();
    let world = {
        let kept = kept(inputs, &mut outcomes);
        setup.rules.world_of(kept.iter().map(|(name, file)| super::rules::Kept {
            file: file.tree.file,
            name,
            tree: std::sync::Arc::clone(&file.tree),
            partial: file.partial,
        }))
    };
    let mut report =
        Report { as_of: meaning.as_of.to_string(), kubernetes: setup.version.to_string(), ..Report::default() };
    report.notes.clone_from(&setup.notes);
    for (input, ended) in inputs.iter().zip(outcomes) {
        if let Some(outcome) = end(&mut report, &input.name, ended) {
            super::gather(&mut report, &input.name, *outcome);
        }
    }
    report.settle();
    (report, world)
}
