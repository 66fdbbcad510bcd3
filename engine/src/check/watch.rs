//! Files under the eyes of whoever asks why: what a rule makes of a line, and how the checks come out.

use super::file::{self, Opened, ReadFile};
use super::rules::Kept;
use super::setup::{Neighbours, Setup};
use super::{Input, Load, Meaning, Selection};
use crate::eval::{self, CheckCounts, Explanation, Plan, Settings, Target};
use crate::finding::Range;
use crate::report::Locator;
use crate::world::World;
use policyc_lang::ir::CheckId;
use policyc_text::{FileId, Location, Span};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a rule makes of a file, or of a line of it.
#[derive(Debug)]
pub struct Explained {
    /// By subject.
    pub explanations: Vec<Explanation>,
    files: BTreeMap<FileId, (Arc<str>, Arc<crate::yaml::Tree>)>,
}

impl Explained {
    /// The name of a location's file, and its lines and columns there.
    #[must_use]
    pub fn place(&self, location: Location) -> Option<(&Arc<str>, Range)> {
        let (name, tree) = self.files.get(&location.file)?;
        Some((name, Locator::new(Arc::clone(name), tree.source()).range(location.span)))
    }
}

/// What the selected rules make of a file (a place in the inputs), or of a 1-based line of it. `None` where the file has
/// no such line, or nothing that rules could judge.
#[must_use]
pub fn explain(
    inputs: &[Input],
    load: &Load<'_>,
    meaning: &Meaning,
    selection: &Selection<'_>,
    (input, line): (usize, Option<u32>),
) -> Option<Explained> {
    with_world(inputs, load, meaning, selection, |plan, settings, world, kept| {
        let file = FileId(u32::try_from(input).ok()?);
        let (name, read) = kept.iter().find(|(_, read)| read.tree.file == file)?;
        let span = match line {
            Some(line) => Some(line_span(name, read.tree.source(), line)?),
            None => None,
        };
        let explanations = eval::explain(plan, world, settings, Target { file, span });
        let files = kept.iter().map(|(name, read)| (read.tree.file, ((*name).clone(), Arc::clone(&read.tree))));
        Some(Explained { explanations, files: files.collect() })
    })
}

/// How the checks of the selected rules come out, and to how many subjects each of the rules applies.
#[must_use]
pub fn coverage(
    inputs: &[Input],
    load: &Load<'_>,
    meaning: &Meaning,
    selection: &Selection<'_>,
) -> (BTreeMap<CheckId, CheckCounts>, BTreeMap<String, u64>) {
    with_world(inputs, load, meaning, selection, |plan, settings, world, _| eval::cover(plan, world, settings))
}

/// What stands on a line, blanks at its ends left out.
fn line_span(name: &Arc<str>, text: &str, line: u32) -> Option<Span> {
    let locator = Locator::new(Arc::clone(name), text);
    let start = locator.lines().line_start(line)? as usize;
    let whole = locator.lines().line_text(text, line);
    let blank = whole.len() - whole.trim_start().len();
    Some(Span::new(start + blank, start + whole.trim_end().len().max(blank)))
}

fn with_world<R>(
    inputs: &[Input],
    load: &Load<'_>,
    meaning: &Meaning,
    selection: &Selection<'_>,
    then: impl FnOnce(&Plan<'_>, &Settings, &World, &[(&Arc<str>, Box<ReadFile>)]) -> R,
) -> R {
    let setup = Setup::new(Cow::Borrowed(selection), meaning, inputs.len());
    let neighbours = Neighbours::find(inputs, load);
    let job = setup.job(&neighbours, load, false);
    let mut kept: Vec<(&Arc<str>, Box<ReadFile>)> = Vec::new();
    for (place, input) in inputs.iter().enumerate() {
        if let Opened::Read(read) = file::open(&job, place, input)
            && !read.objects.is_empty()
        {
            kept.push((&input.name, read));
        }
    }
    kept.sort_by_key(|(name, _)| *name);
    let world = setup.rules.world_of(kept.iter().map(|(name, read)| Kept {
        file: read.tree.file,
        name,
        tree: Arc::clone(&read.tree),
        partial: read.partial,
    }));
    let (plan, settings) = setup.rules.planned();
    then(plan, settings, &world, &kept)
}
