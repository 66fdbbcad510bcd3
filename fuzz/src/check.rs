//! The whole engine: files of any bytes, judged with rules of the library, give a report that is sound and the same
//! again.

use crate::spans::{fits, message_is_sound};
use policyc_engine::builtin::Builtin;
use policyc_engine::check::{Frames, Input, Load, Meaning, Prepared, Selection, check};
use policyc_engine::report::{Place, Report, write_json};
use policyc_engine::yaml::decode;
use policyc_lang::check::Artefact;
use policyc_lang::values::Date;
use policyc_text::{FileId, LineIndex};
use rayon::ThreadPool;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Begins a line that names the next file.
const MARK: &[u8] = b"%%%";

/// Most files that an input is cut into.
const MOST_FILES: usize = 8;

/// How many parts the library's rules are dealt into, of which most inputs meet one.
const PARTS: u8 = 15;

/// Judges the files that an input is cut into. The first byte chooses how: its lower half the options, its upper half
/// the part of the rules, or all of them.
pub fn run(data: &[u8]) {
    let part = data.first().map_or(0, |how| how >> 4);
    judged(data, (part < PARTS).then_some(part), false);
}

/// Judges the files that an input is cut into with all rules, the second time with rules that are made ready for it
/// alone. The lower half of the first byte chooses the options.
pub fn run_with_all_rules(data: &[u8]) {
    judged(data, None, true);
}

fn judged(data: &[u8], part: Option<u8>, anew: bool) {
    let Some((how, rest)) = data.split_first() else { return };
    let Some(library) = library() else { return };
    let files = files(rest);
    let first = report(&files, false, |inputs, load| ready(library, part, how & 15).check(inputs, load));
    sound(&first, &files);
    let json = json(&first);
    if let Err(error) = serde_json::from_slice::<Value>(&json) {
        panic!("{error}: {}", String::from_utf8_lossy(&json));
    }
    if part.is_some() && files.len() == 1 {
        return;
    }
    let second = report(&files, true, |inputs, load| match anew {
        true => check(inputs, load, &meaning(how & 15), &selection(library, part)),
        false => ready(library, part, how & 15).check(inputs, load),
    });
    let second = self::json(&second);
    assert!(
        json == second,
        "two runs differ:\n{}\n{}",
        String::from_utf8_lossy(&json),
        String::from_utf8_lossy(&second)
    );
}

/// The meaning that four bits stand for.
fn meaning(how: u8) -> Meaning {
    Meaning {
        as_of: Date::from_civil(2026, 11, 23).unwrap_or_else(|| unreachable!("the day is in the calendar")),
        kubernetes: if how & 8 == 0 { None } else { "1.34".parse().ok() },
        open: how & 1 == 0,
        namespace: (how & 2 != 0).then(|| "shop".to_owned()),
        external: [].into(),
        frames: if how & 4 == 0 { Frames::None } else { Frames::All },
    }
}

/// Rules that are made ready once in a process: that takes longer than judging a small input.
fn ready(library: &'static Artefact, part: Option<u8>, how: u8) -> &'static Prepared<'static> {
    thread_local! {
        static READY: RefCell<BTreeMap<(Option<u8>, u8), &'static Prepared<'static>>> = const { RefCell::new(BTreeMap::new()) };
    }
    let make = || {
        let selection: &'static Selection<'static> = Box::leak(Box::new(selection(library, part)));
        &*Box::leak(Box::new(Prepared::new(&meaning(how), selection)))
    };
    READY.with_borrow_mut(|all| *all.entry((part, how)).or_insert_with(make))
}

/// Cuts an input at lines that begin with [`MARK`]; what follows is the next file's name.
fn files(data: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let (mut name, mut bytes) = ("a.yaml".to_owned(), Vec::new());
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(MARK) {
            Some(next) if files.len() + 1 < MOST_FILES => {
                files.insert(name, std::mem::take(&mut bytes));
                let next = String::from_utf8_lossy(next.trim_ascii());
                name = if next.is_empty() { format!("{}.yaml", files.len()) } else { next.into_owned() };
            }
            _ => bytes.extend_from_slice(line),
        }
    }
    files.insert(name, bytes);
    files
}

fn library() -> Option<&'static Artefact> {
    static LIBRARY: OnceLock<Option<Artefact>> = OnceLock::new();
    LIBRARY.get_or_init(|| policyc_stdlib::artefact().ok()).as_ref()
}

/// The rules of a part, or all; the built-in ones always.
fn selection(library: &Artefact, part: Option<u8>) -> Selection<'_> {
    let program = &library.program;
    let mut selection = Selection::builtins(program, Builtin::ALL.into_iter().collect());
    let instances = program.instances.iter().map(|instance| &instance.id);
    let rules = instances.chain(program.aggregates.iter().map(|sum| &sum.id)).enumerate();
    let wanted = |number: usize| part.is_none_or(|part| number % usize::from(PARTS) == usize::from(part));
    selection.rules.extend(rules.filter(|(number, _)| wanted(*number)).map(|(_, id)| id.clone()));
    selection
}

/// A pool of this thread alone: handing work to others would cost more than most inputs do.
fn alone() -> &'static ThreadPool {
    static POOL: OnceLock<ThreadPool> = OnceLock::new();
    POOL.get_or_init(|| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
        pool.unwrap_or_else(|error| panic!("no pool: {error}"))
    })
}

fn report(
    files: &BTreeMap<String, Vec<u8>>,
    backwards: bool,
    judge: impl FnOnce(&[Input], &Load<'_>) -> Report + Send,
) -> Report {
    let mut named: Vec<(&String, &Vec<u8>)> = files.iter().collect();
    if backwards {
        named.reverse();
    }
    let inputs: Vec<Input> = named.iter().map(|(name, _)| Input { name: name.as_str().into() }).collect();
    let load =
        |place: usize| named.get(place).map(|(_, bytes)| (*bytes).clone()).ok_or_else(|| "it is gone".to_owned());
    alone().install(|| judge(&inputs, &load))
}

fn json(report: &Report) -> Vec<u8> {
    let mut out = Vec::new();
    if let Err(error) = write_json(report, &mut out) {
        panic!("the report cannot be written: {error}");
    }
    out
}

fn sound(report: &Report, files: &BTreeMap<String, Vec<u8>>) {
    let decoded = files.iter().map(|(name, bytes)| (name.as_str(), decode(FileId(0), bytes.clone()).ok()));
    let texts: BTreeMap<&str, (Arc<str>, LineIndex)> = decoded
        .filter_map(|(name, text)| text.map(|text| (name, (Arc::clone(&text), LineIndex::new(&text)))))
        .collect();
    assert_eq!(report.files.len(), files.len(), "each file ends in one way");
    for finding in &report.findings {
        message_is_sound(&finding.message);
        place(&finding.place, &texts, &finding.message);
        assert!(!finding.fingerprint.is_empty());
        finding.related.iter().for_each(|(related, words)| place(related, &texts, words));
    }
    for problem in &report.diagnostics {
        message_is_sound(&problem.message);
        if problem.code != "input/encoding" && problem.code != "input/binary" {
            place(&problem.place, &texts, &problem.message);
        }
    }
}

/// A place in an input lies in it, and its lines and columns are those of its bytes. Places in policies are left out.
fn place(place: &Place, texts: &BTreeMap<&str, (Arc<str>, LineIndex)>, what: &str) {
    let Some((text, index)) = texts.get(&*place.file) else { return };
    let range = place.range;
    fits(range.span, text, what);
    assert_eq!(range.start, index.position(text, range.span.start), "{what}");
    assert_eq!(range.end, index.position(text, range.span.end), "{what}");
}
