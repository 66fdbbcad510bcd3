//! Making fixes: round after round, each over what the one before left, until nothing changes.
//!
//! Nothing is written here: the new texts are given back.

use super::remedy::{Bench, Done};
use super::setup::{Neighbours, Setup};
use super::{Input, Load, Meaning, Selection, run};
use crate::fix::unified;
use crate::report::{Report, Secrets};
use policyc_lang::ir::Applicability;
use policyc_text::{LineIndex, Span};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rounds after which mending stops, whatever is left.
pub(super) const ROUNDS: u32 = 10;

/// What mending gives.
#[derive(Clone, Debug, Default)]
pub struct Mended {
    /// The files that are to be written, in the order of the inputs.
    pub files: Vec<MendedFile>,
    /// What is found in the new texts, with the fixes that are left.
    pub report: Report,
    /// How many findings are gone.
    pub fixed: usize,
    /// How many rounds it took.
    pub rounds: u32,
}

/// A file with fixes.
#[derive(Clone, Debug)]
pub struct MendedFile {
    /// Its place among the inputs.
    pub input: usize,
    /// Its text as it was judged.
    pub before: Arc<str>,
    /// Its text with the fixes.
    pub after: String,
    /// What of the text before must not be shown.
    pub secrets: Secrets,
}

impl MendedFile {
    /// What changes, as a unified difference; secrets do not stand beside it.
    #[must_use]
    pub fn difference(&self, name: &str) -> String {
        let lines = LineIndex::new(&self.before);
        let start = |line: usize| u32::try_from(line).ok().and_then(|line| lines.line_start(line));
        let hidden = |line: usize| {
            let from = start(line).unwrap_or_default();
            let to = start(line + 1).unwrap_or(u32::MAX);
            self.secrets.touch(Span { start: from, end: to })
        };
        unified(name, &self.before, &self.after, &hidden)
    }
}

/// Makes the fixes that are at least as sure as `least`, in files that `may` names. What is left is judged and told as
/// [`check`](super::check) does it.
#[must_use]
pub fn mend(
    inputs: &[Input],
    load: &Load<'_>,
    meaning: &Meaning,
    selection: &Selection<'_>,
    least: Applicability,
    may: &(dyn Fn(&str) -> bool + Sync),
) -> Mended {
    let mut texts: BTreeMap<usize, MendedFile> = BTreeMap::new();
    let mut mended = Mended::default();
    let mut first = None;
    let setup = Setup::new(Cow::Borrowed(selection), meaning, inputs.len());
    loop {
        let texts_now = &texts;
        let edited = |place: usize| match texts_now.get(&place) {
            Some(file) => Ok(file.after.clone().into_bytes()),
            None => load(place),
        };
        let mut report = run(&setup, inputs, &edited, meaning, false);
        let before = *first.get_or_insert(report.findings.len());
        mended.fixed = before.saturating_sub(report.findings.len());
        let neighbours = Neighbours::find(inputs, &edited);
        let job = setup.job(&neighbours, &edited, false);
        let findings = &report.findings;
        let wanted = |place: usize| findings.get(place).is_some_and(|finding| may(&finding.place.file));
        let last = mended.rounds == ROUNDS;
        let bench = Bench::new(&job, inputs, selection.program);
        let candidates = bench.candidates(findings, &wanted);
        let done = bench.work(findings, &candidates, (!last).then_some(least));
        let mut news = Vec::new();
        for Done { input, remedies, mended, secrets } in done {
            for (place, remedy) in remedies {
                if let Some(finding) = report.findings.get_mut(place) {
                    finding.remedy = remedy;
                }
            }
            let changed = mended.filter(|(before, after)| **before != **after);
            news.extend(changed.map(|(before, after)| MendedFile { input, before, after, secrets }));
        }
        mended.report = report;
        if news.is_empty() {
            break;
        }
        mended.rounds += 1;
        for file in news {
            let after = file.after.clone();
            texts.entry(file.input).or_insert(file).after = after;
        }
    }
    mended.files = texts.into_values().filter(|file| *file.before != *file.after).collect();
    mended
}
