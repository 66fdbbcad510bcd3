//! Edits on small texts: what comes out, and that it means what it must.

use super::{Changes, Page, Placement, edits, expected, unified};
use crate::finding::{EditPlace, EditStep, RawEdit};
use crate::yaml::{Comments, KeyTable, Kind, Limits, NodeId, Tree, read};
use policyc_text::{FileId, apply_edits};
use serde_json::Value as Json;
use std::fmt::Write;

pub(super) fn tree(text: &str) -> Tree {
    let limits = Limits { comments: Comments::Keep, ..Limits::default() };
    read(FileId(0), text.into(), &KeyTable::new([]), &limits)
}

/// The place of a path such as `spec.a[0]["b.c"]`.
fn place(tree: &Tree, path: &str) -> EditPlace {
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    let mut node = tree.documents[0].root.unwrap();
    let mut missing = Vec::new();
    for step in steps {
        let below: Option<NodeId> = match tree.kind(tree.resolve(node)) {
            _ if !missing.is_empty() => None,
            Kind::Mapping => tree.get_text(node, step),
            Kind::Sequence => tree.items(node).nth(step.parse().unwrap()),
            _ => None,
        };
        match (below, step.parse::<u64>()) {
            (Some(below), _) => node = tree.resolve(below),
            (None, Ok(index)) => missing.push(EditStep::Index(index)),
            (None, Err(_)) => missing.push(EditStep::Key(step.to_owned())),
        }
    }
    EditPlace { file: FileId(0), node: node.index() as u32, key: false, missing }
}

fn edit(tree: &Tree, line: &str) -> RawEdit {
    let (verb, rest) = line.split_once(' ').unwrap();
    let json = |text: &str| serde_json::from_str::<Json>(text).unwrap();
    match verb {
        "remove" => RawEdit::Remove(place(tree, rest)),
        "set" => {
            let (path, value) = rest.split_once(" = ").unwrap();
            RawEdit::Set(place(tree, path), json(value))
        }
        "key" => {
            let (path, value) = rest.split_once(" = ").unwrap();
            RawEdit::Replace(EditPlace { key: true, ..place(tree, path) }, json(value))
        }
        "append" => {
            let (value, path) = rest.split_once(" to ").unwrap();
            RawEdit::Append(place(tree, path), json(value))
        }
        "before" | "after" => {
            let (path, value) = rest.split_once(" = ").unwrap();
            let (place, value) = (place(tree, path), json(value));
            if verb == "before" { RawEdit::InsertBefore(place, value) } else { RawEdit::InsertAfter(place, value) }
        }
        other => panic!("{other}"),
    }
}

/// The text after the edits; what it means is held against the changes.
fn fixed(text: &str, lines: &str) -> Result<String, String> {
    let tree = tree(text);
    assert!(tree.diagnostics.is_empty(), "{text}: {:?}", tree.diagnostics);
    let page = Page::new(&tree);
    let raw: Vec<RawEdit> = lines.lines().map(|line| edit(&tree, line)).collect();
    let changes = Changes::of(&raw, &page)?;
    let mut last = String::new();
    for placement in [Placement::Last, Placement::First] {
        let made = edits(&changes, &page, placement)?;
        let new = apply_edits(text, &made).map_err(|error| format!("{error:?}"))?;
        match meaning(&tree, &changes, &new) {
            Ok(()) => return Ok(new),
            Err(problem) => last = problem,
        }
    }
    Err(last)
}

pub(super) fn meaning(old: &Tree, changes: &Changes, text: &str) -> Result<(), String> {
    let new = tree(text);
    if !new.diagnostics.is_empty() || new.documents.len() != old.documents.len() {
        return Err(format!("broken: {text:?}"));
    }
    for (old_document, new_document) in old.documents.iter().zip(&new.documents) {
        let want = expected(old, old_document.root.unwrap(), changes);
        let have = expected(&new, new_document.root.unwrap(), &Changes::default());
        if want != have {
            return Err(format!("means otherwise: {text:?}"));
        }
    }
    let comments = |tree: &Tree| {
        let mut all: Vec<String> = tree.comments.iter().map(|span| span.text(tree.source()).to_owned()).collect();
        all.sort();
        all
    };
    if comments(old) == comments(&new) { Ok(()) } else { Err(format!("other comments: {text:?}")) }
}

/// Blocks of `=== title`, the text, `+++`, the edits, `>>>`, what comes out. `¶` stands for a carriage return at the end
/// of a line, `∎` for a text that has no final line end.
fn check(cases: &str) {
    let mut wrong = String::new();
    for case in cases.split("=== ").skip(1) {
        let (title, rest) = case.split_once('\n').unwrap();
        let (text, rest) = rest.split_once("+++\n").unwrap();
        let (lines, want) = rest.split_once(">>>\n").unwrap();
        let plain = |text: &str| text.replace('¶', "\r").replace("∎\n", "");
        let have = match fixed(&plain(text), lines.trim_end()) {
            Ok(text) => text,
            Err(reason) => format!("! {reason}\n"),
        };
        let want = want.strip_suffix("\n\n").map_or_else(|| want.to_owned(), |want| format!("{want}\n"));
        if have != plain(&want) {
            writeln!(wrong, "=== {title}\n{text}+++\n{lines}>>>\n{have}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "these cases came out otherwise:\n{wrong}");
}

#[test]
fn edits_keep_everything_else() {
    check(include_str!("cases.txt"));
}

#[test]
fn unified_differences() {
    let never = |_: usize| false;
    let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\n";
    let new = old.replace("b\n", "B\n").replace("m\n", "m\nn\n");
    let want = "--- a/x\n+++ b/x\n@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n e\n@@ -11,3 +11,4 @@\n k\n l\n m\n+n\n";
    assert_eq!(unified("x", old, &new, &never), want);
    assert_eq!(unified("x", old, old, &never), "");
    let want =
        "--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n";
    assert_eq!(unified("x", "a", "b", &never), want);
    let want = "--- a/x\n+++ b/x\n@@ -2,2 +2,2 @@\n-b\n+B\n c\n";
    assert_eq!(unified("x", "a\nb\nc\nd\n", "a\nB\nc\nd\n", &|line| line == 1 || line == 4), want);
}
