//! Features over small projects, one block a case.
//!
//! A block is a title after `===`; files after `--- NAME`, with the cursor at `<|>` in one of them; and after `--- ?`
//! what the feature gives.

use super::policies::Policies;
use super::policy::{Place, View, completion, definition, hover, rename, tokens};
use super::rules::Rules;
use super::{File, Files, Language, Snapshot, manifest, policy};
use policyc_text::{LineIndex, Span};
use std::fmt::Write;
use std::sync::{Arc, OnceLock};

/// Marks the cursor.
const CURSOR: &str = "<|>";

/// A project with a cursor.
struct Case {
    snapshot: Snapshot,
    file: Arc<File>,
    offset: u32,
}

impl Case {
    fn view(&self) -> View<'_> {
        View::new(&self.snapshot.policies, &self.file).unwrap()
    }
}

fn base() -> Arc<policyc_lang::check::Artefact> {
    static BASE: OnceLock<Arc<policyc_lang::check::Artefact>> = OnceLock::new();
    Arc::clone(BASE.get_or_init(|| Arc::new(policyc_stdlib::artefact().unwrap())))
}

fn case(files: &str) -> Case {
    let mut all = Files::new();
    let mut at = None;
    for file in files.split("--- ").skip(1) {
        let (name, text) = file.split_once('\n').unwrap();
        let cursor = text.find(CURSOR);
        let text = text.replacen(CURSOR, "", 1);
        let language = Language::of(name, None);
        let bytes: Arc<[u8]> = text.into_bytes().into();
        let file = Arc::new(File::new(name.into(), format!("file:///{name}").into(), Some(1), language, Ok(bytes)));
        if let Some(cursor) = cursor {
            at = Some((Arc::clone(&file), u32::try_from(cursor).unwrap()));
        }
        all.insert(name.into(), file);
    }
    let policies = Arc::new(Policies::new(base(), &all, Arc::new(|_, _| None)));
    let rules = Arc::new(Rules::new(Arc::clone(&policies.analysis().runnable)));
    let (file, offset) = at.unwrap_or_else(|| (Arc::clone(all.values().next().unwrap()), 0));
    Case { snapshot: Snapshot { files: Arc::new(all), policies, rules, places: Arc::default() }, file, offset }
}

/// Runs every block. `agrees` compares what a feature gives with what is expected.
fn check(cases: &str, feature: impl Fn(&Case) -> String, agrees: impl Fn(&str, &str) -> bool) {
    let mut wrong = String::new();
    for block in cases.split("=== ").skip(1) {
        let (title, rest) = block.split_once('\n').unwrap();
        let (files, expected) = rest.split_once("--- ?\n").unwrap();
        let actual = feature(&case(files));
        if !agrees(actual.trim_end(), expected.trim_end()) {
            let _ = write!(wrong, "=== {title}\n{files}--- ?\n{actual}\n");
        }
    }
    assert!(wrong.is_empty(), "these cases came out otherwise:\n{wrong}");
}

fn same(actual: &str, expected: &str) -> bool {
    actual == expected
}

/// A line of a file with carets under a span.
fn shown(file: &File, span: Span) -> String {
    let (text, index) = (file.text(), LineIndex::new(file.text()));
    let place = index.position(text, span.start);
    let line = index.line_text(text, place.line);
    let indent = " ".repeat(place.column as usize - 1);
    let carets = "^".repeat(span.text(text).chars().take_while(|char| *char != '\n').count().max(1));
    format!("{}:{}\n{line}\n{indent}{carets}\n", file.name, place.line)
}

fn places(found: &[Place]) -> String {
    found.iter().map(|place| shown(&place.file, place.span)).collect()
}

/// Lines that begin with `!` must not be offered; the others are what is offered first, in order, or with `…` before
/// them what is offered at all.
fn offers_agree(actual: &str, expected: &str) -> bool {
    let offered: Vec<&str> = actual.lines().collect();
    let (mut first, mut all) = (Vec::new(), true);
    for line in expected.lines() {
        match (line.strip_prefix('!'), line.strip_prefix('…')) {
            (Some(not), _) => all &= !offered.iter().any(|offer| offer.split(": ").next() == Some(not)),
            (_, Some(some)) => all &= offered.contains(&some),
            _ => first.push(line),
        }
    }
    all && offered.starts_with(&first)
}

#[test]
fn completion_knows_types_and_words() {
    let feature = |case: &Case| {
        let found = completion::complete(case.view(), case.offset);
        let lines = found.offers.iter().map(|offer| match offer.detail.as_str() {
            "" => offer.label.clone(),
            detail => format!("{}: {detail}", offer.label),
        });
        let mut lines: Vec<String> = lines.collect();
        let word = found.replace.text(case.file.text());
        if !word.is_empty() {
            lines.insert(0, format!("[{word}]"));
        }
        lines.join("\n")
    };
    check(include_str!("completion.txt"), feature, offers_agree);
}

#[test]
fn hover_says_what_stands_under_the_cursor() {
    let feature = |case: &Case| {
        let found = match case.file.language {
            Language::Manifest => {
                let types = case.snapshot.types(None, &case.file);
                manifest::hover::hover(&case.file, &types, &case.snapshot.rules, case.offset)
            }
            _ => hover::hover(case.view(), case.offset),
        };
        found.map_or_else(|| "nothing".to_owned(), |found| shown(&case.file, found.span) + &found.text)
    };
    // What the library's rules say may change; that they are named is enough.
    let agrees = |actual: &str, expected: &str| match expected.strip_suffix("\n…") {
        Some(beginning) => actual.starts_with(beginning),
        None => actual == expected,
    };
    check(include_str!("hover.txt"), feature, agrees);
}

#[test]
fn definitions_are_found() {
    let feature = |case: &Case| {
        let found = match case.file.language {
            Language::Manifest => manifest::definition::definition(&case.snapshot.files, &case.file, None, case.offset),
            _ => definition::definition(case.view(), case.offset),
        };
        if found.is_empty() { "nothing".to_owned() } else { places(&found) }
    };
    check(include_str!("definition.txt"), feature, same);
}

#[test]
fn references_are_found() {
    let feature = |case: &Case| places(&definition::references(case.view(), case.offset, true));
    check(include_str!("references.txt"), feature, same);
}

#[test]
fn names_change_wherever_they_stand() {
    // What is a name for one is none for the other.
    let feature = |case: &Case| {
        let (name, id) = ("new_name", "new-name");
        let renamed = rename::rename(case.view(), case.offset, name);
        let other = rename::rename(case.view(), case.offset, id);
        assert!(renamed.is_err() || other.is_err());
        renamed.or(other).map_or_else(|reason| reason.replace("`new-name` is no name", ""), |found| places(&found))
    };
    check(include_str!("rename.txt"), feature, same);
}

#[test]
fn symbols_are_listed() {
    let feature = |case: &Case| {
        let symbols = match case.file.language {
            Language::Manifest => manifest::symbols(&case.file),
            _ => policy::symbols(&case.file.parsed().file),
        };
        let mut out = String::new();
        for symbol in &symbols {
            let name = symbol.name_span.text(case.file.text());
            let _ = writeln!(out, "{:?} {} ({}) at {name}", symbol.sort, symbol.name, symbol.detail);
            for child in &symbol.children {
                let _ = writeln!(out, "  {:?} {}", child.sort, child.name);
            }
        }
        out
    };
    check(include_str!("symbols.txt"), feature, same);
}

#[test]
fn words_are_coloured() {
    let feature = |case: &Case| {
        let mut out = String::new();
        let mut end = 0;
        for token in tokens::coloured(case.view()) {
            assert!(token.span.start >= end, "tokens overlap at {}", token.span.start);
            end = token.span.end;
            let declares = if token.declares { " declared" } else { "" };
            let library = if token.library { " library" } else { "" };
            let _ = writeln!(out, "{} {:?}{declares}{library}", token.span.text(case.file.text()), token.class);
        }
        out
    };
    check(include_str!("tokens.txt"), feature, same);
}
