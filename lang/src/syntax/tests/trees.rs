//! Every construct, and the tree that it gives. `trees.txt` holds the cases: a text, `---`, its tree, `===`.

use policyc_text::FileId;

use super::dump::dump;
use crate::syntax::ast::{Item, StatementKind};
use crate::syntax::parse;

/// The policies that hold every construct at least once.
pub(super) const CASES: &str = include_str!("trees.txt");

#[test]
fn every_construct_has_its_tree() {
    let mut wrong = String::new();
    for case in CASES.split("\n===\n").filter(|case| !case.trim().is_empty()) {
        let (text, expected) = case.split_once("\n---\n").unwrap_or((case, ""));
        let text = text.trim_start_matches('\n');
        let parsed = parse(FileId(0), text);
        assert!(parsed.diagnostics.is_empty(), "{text}\n{:?}", parsed.diagnostics);
        let found = dump(&parsed.file);
        if found.trim_end() != expected.trim_end() {
            wrong.push_str(&format!("{text}\n---\n{found}===\n"));
        }
    }
    assert!(wrong.is_empty(), "cases that give another tree now:\n{wrong}");
}

#[test]
fn spans_hold_what_they_name_and_no_more() {
    let text = "module m\nrule r on workload w { # head\n  require (w.a) == 1 # why\n    else \"m\" at w.a\n  # end\n}\n# over\n";
    let file = parse(FileId(0), text).file;
    let Item::Rule(rule) = &file.items[0] else { panic!("no rule") };
    assert!(rule.span.text(text).starts_with("rule r") && rule.span.text(text).ends_with("# end\n}"));
    let statement = &rule.body[0];
    assert_eq!(statement.span.text(text), "require (w.a) == 1 # why\n    else \"m\" at w.a");
    let StatementKind::Check(check) = &statement.kind else { panic!("no check") };
    assert_eq!(check.condition.span.text(text), "(w.a) == 1");
    let crate::syntax::ast::ExprKind::Binary(_, left, _) = &check.condition.kind else { panic!("no comparison") };
    assert_eq!(left.span.text(text), "w.a", "without the parentheses around it");
    let comments: Vec<_> = file.comments.iter().map(|comment| comment.span.text(text)).collect();
    assert_eq!(comments, ["# head", "# why", "# end", "# over"]);
}

#[test]
fn comments_are_none_inside_of_literals() {
    let text = "module m # one\r\nparam x: list<string> = [\"# no\", \"\"\"# no\"\"\", \"{\"# no\"}\"] # two\r\nparam y: regex = /# no/#three";
    let parsed = parse(FileId(0), text);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let comments: Vec<_> = parsed.file.comments.iter().map(|comment| comment.span.text(text)).collect();
    assert_eq!(comments, ["# one", "# two", "#three"]);
}

#[test]
fn tabs_line_ends_and_byte_order_marks_change_nothing() {
    let text = "module m\nimport a.b\nrule r on workload w {\n  title \"t\"\n  require w.a else \"m\"\n}\n";
    let plain = dump(&parse(FileId(0), text).file);
    for other in
        [text.replace('\n', "\r\n"), text.replace("  ", "\t"), format!("\u{feff}{text}"), text.replace('\n', " ")]
    {
        let parsed = parse(FileId(0), &other);
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
        assert_eq!(dump(&parsed.file), plain);
    }
}
