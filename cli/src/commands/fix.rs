//! `policyc check --fix`: which files may be written, what is said of it.

use crate::args::Which;
use crate::discover::Source;
use crate::replace::replace;
use policyc_engine::check::{Input, Load, Meaning, Mended, MendedFile, Selection, mend};
use policyc_engine::fix::Remedy;
use policyc_engine::report::Report;
use policyc_lang::ir::Applicability;
use std::collections::BTreeMap;

/// Reasons that are told.
const REASONS: usize = 5;

/// What mending is asked to do.
pub(super) struct Wish<'w> {
    pub(super) which: Which,
    /// Nothing is written.
    pub(super) dry: bool,
    /// Whether a file is one that the run is about.
    pub(super) concerns: &'w (dyn Fn(&str) -> bool + Sync),
    /// Whether charts were rendered, whose files are not edited.
    pub(super) charts: bool,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Fixed {
    /// Sentences for the summary.
    pub(super) notes: Vec<String>,
    /// What would change, where nothing was to be written.
    pub(super) difference: String,
}

/// Makes fixes in files on disk.
pub(super) fn fix(
    wish: &Wish<'_>,
    (inputs, sources): (&[Input], &[&Source]),
    load: &Load<'_>,
    meaning: &Meaning,
    selection: &Selection<'_>,
) -> Fixed {
    let on_disk: BTreeMap<&str, &Source> =
        inputs.iter().zip(sources).map(|(input, source)| (&*input.name, *source)).collect();
    let may = |name: &str| matches!(on_disk.get(name), Some(Source::File(_))) && (wish.concerns)(name);
    let least = match wish.which {
        Which::Safe => Applicability::Safe,
        Which::Unsafe => Applicability::Unsafe,
    };
    let mended = mend(inputs, load, meaning, selection, least, &may);
    let mut fixed = Fixed::default();
    let mut written = 0;
    for file in &mended.files {
        let (Some(input), Some(Source::File(path))) = (inputs.get(file.input), sources.get(file.input)) else {
            continue;
        };
        if wish.dry {
            fixed.difference.push_str(&file.difference(&input.name));
            continue;
        }
        let MendedFile { before, after, .. } = file;
        match replace(path, before.as_bytes(), after.as_bytes()) {
            Ok(()) => written += 1,
            Err(reason) => fixed.notes.push(format!("`{}` was not written: {reason}", input.name)),
        }
    }
    let all = written == mended.files.len() || wish.dry;
    fixed.notes.insert(0, told(wish, &mended, written, all));
    fixed.notes.extend(left(&mended.report, wish.which));
    if sources.iter().any(|source| matches!(source, Source::Text(_))) {
        fixed.notes.push("standard input was judged, and is not edited".to_owned());
    }
    if wish.charts {
        fixed.notes.push("what charts render to was judged, and is not edited".to_owned());
    }
    fixed
}

fn told(wish: &Wish<'_>, mended: &Mended, written: usize, all: bool) -> String {
    let files = |number: usize| if number == 1 { "1 file".to_owned() } else { format!("{number} files") };
    let findings = if mended.fixed == 1 { "1 finding".to_owned() } else { format!("{} findings", mended.fixed) };
    match (mended.files.len(), wish.dry) {
        (0, _) => "nothing was fixed: no finding has a fix of this kind".to_owned(),
        (number, true) => format!("{findings} would be fixed in {}; nothing was written", files(number)),
        (_, false) if all => format!("{findings} fixed in {}", files(written)),
        (number, false) => format!("{} of {} with fixes written", written, files(number)),
    }
}

/// Why findings with fixes are left.
fn left(report: &Report, which: Which) -> Vec<String> {
    let (mut sure, mut hints) = (0_usize, 0_usize);
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        match &finding.remedy {
            Remedy::None => {}
            Remedy::Offered(fix) if fix.applicability == Applicability::Hint => hints += 1,
            Remedy::Offered(_) => sure += 1,
            Remedy::Withheld(reason) => *reasons.entry(reason).or_default() += 1,
        }
    }
    let mut notes = Vec::new();
    if sure > 0 && which == Which::Safe {
        notes.push(format!("{sure} more have fixes that may change behaviour (--fix=unsafe makes them)"));
    } else if sure > 0 {
        notes.push(format!("{sure} more have fixes that could not be made together with others"));
    }
    if hints > 0 {
        notes.push(format!("{hints} more have fixes that are only hints"));
    }
    let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
    let rest: usize = reasons.iter().skip(REASONS).map(|(_, count)| count).sum();
    notes.extend(reasons.iter().take(REASONS).map(|(reason, count)| format!("{count} not fixed: {reason}")));
    if rest > 0 {
        notes.push(format!("{rest} not fixed for other reasons"));
    }
    notes
}
