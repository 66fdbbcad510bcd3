//! Custom resources: judged once the definitions among the inputs are known.
//!
//! Their files are loaded a second time rather than kept, so that memory does not grow with the number of files.

use super::Input;
use super::definitions::definitions;
use super::file::{Ended, FileOutcome, Job, Opened, Told, open, told};
use super::places::{Places, Shown};
use crate::builtin::{Judge, Subject, definition_of};
use crate::report::Finding;
use policyc_lang::schema::Types;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// Judges what the definitions describe, and takes it from the objects of which nothing is known.
pub(super) fn judge(job: &Job<'_>, inputs: &[Input], outcomes: &mut [Ended]) {
    let mut types = job.types.clone();
    // Definitions are long: those of what is not there are of no use, and the others are read again when all is known.
    let wanted: FxHashSet<&str> =
        said(outcomes).flat_map(|(_, outcome)| &outcome.untyped).map(|(_, kind)| kind.as_str()).collect();
    let mut added = false;
    for (place, outcome) in said(outcomes) {
        if outcome.definitions.iter().any(|kind| wanted.contains(kind.as_str())) {
            for definition in definitions(place, job.load) {
                let parsed = serde_json::from_str(&definition);
                added |= parsed.is_ok_and(|document| types.add_crd(&document).is_ok());
            }
        }
    }
    if added {
        outcomes.par_iter_mut().enumerate().for_each(|(place, ended)| {
            if let (Some(input), Some(outcome)) = (inputs.get(place), &mut ended.more) {
                judge_file(job, &types, place, input, outcome);
            }
        });
    }
}

/// What is to be said of files besides how they ended, by their places.
fn said(outcomes: &[Ended]) -> impl Iterator<Item = (usize, &FileOutcome)> {
    outcomes.iter().enumerate().filter_map(|(place, ended)| Some((place, ended.more.as_deref()?)))
}

/// Judges what the definitions describe in one file, and takes it from the objects of which nothing is known.
pub(super) fn judge_file(job: &Job<'_>, types: &Types, place: usize, input: &Input, outcome: &mut FileOutcome) {
    let before = outcome.untyped.len();
    outcome.untyped.retain(|(api_version, kind)| !knows(types, api_version, kind));
    if outcome.untyped.len() == before {
        return;
    }
    let Opened::Read(file) = open(job, place, input) else { return };
    let (judge, mut raw) = (Judge::new(&file.tree, types, job.enabled, job.field_keys), Vec::new());
    for object in &file.objects {
        let (tree, partial) = (&*file.tree, file.partial);
        let (api_version, kind) = (object.api_version(tree), object.kind(tree));
        if !knows(job.types, api_version, kind) {
            let definition = definition_of(types, api_version, kind);
            let resource = || object.resource(tree);
            let subject = Subject { node: object.node, api_version, kind, partial, resource: &resource };
            judge.object(&subject, definition, &mut raw);
        }
    }
    // What the first look found there without types is found again.
    let known = |kind: &str, api_version: &str| knows(job.types, api_version, kind);
    let stays = |finding: &Finding| {
        let builtin = crate::builtin::Builtin::of_id(&finding.rule.id).is_some();
        !builtin || finding.resource.as_ref().is_none_or(|resource| known(&resource.kind, &resource.api_version))
    };
    outcome.findings.retain(stays);
    outcome.suppressed.retain(|(finding, _)| stays(finding));
    let lookup =
        |_| Some(Shown { name: &input.name, text: file.tree.source(), secrets: &file.secrets, tree: Some(&file.tree) });
    let places = Places::new(job.telling, &lookup);
    let Told { findings, suppressed, .. } = told(&places, raw, &|_| Some(&file.suppressions));
    outcome.findings.extend(findings);
    outcome.suppressed.extend(suppressed);
}

fn knows(types: &Types, api_version: &str, kind: &str) -> bool {
    definition_of(types, api_version, kind).is_some()
}
