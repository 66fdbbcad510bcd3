//! Policies in, mistakes out: one block a case.
//!
//! A block is a title after `===`, the text of a policy, and after `---` the mistakes that are expected, one a line:
//! `line:column level message / hint`.

use super::{Artefact, Source, compile};
use crate::schema::{Schema, Types};
use policyc_text::{FileId, LineIndex};

/// What every case may use, in place of the standard library.
const PRELUDE: &str = include_str!("prelude.policy");

fn source(file: u32, name: &str, text: &str) -> Source {
    let tables = vec![("apis.csv".to_owned(), "name,since\na,1.2\n".to_owned())];
    Source { file: FileId(file), name: name.to_owned(), text: text.to_owned(), tables }
}

fn prelude(types: &Types) -> Artefact {
    let compiled = compile(&Artefact::default(), &[source(0, "prelude.policy", PRELUDE)], types);
    assert_eq!(compiled.diagnostics, Vec::new());
    compiled.artefact
}

fn mistakes(base: &Artefact, types: &Types, text: &str) -> String {
    let index = LineIndex::new(text);
    let compiled = compile(base, &[source(0, "case.policy", text)], types);
    let mut out = String::new();
    for diagnostic in compiled.diagnostics {
        let place = index.position(text, diagnostic.location.span.start);
        let hint = diagnostic.hint.map(|hint| format!(" / {hint}")).unwrap_or_default();
        let level = diagnostic.level.as_str();
        out.push_str(&format!("{}:{} {level} {}{hint}\n", place.line, place.column, diagnostic.message));
    }
    out
}

fn check(cases: &str) {
    let types = Types::new(Schema::newest());
    let base = prelude(&types);
    let mut wrong = String::new();
    for case in cases.split("=== ").skip(1) {
        let (title, rest) = case.split_once('\n').unwrap();
        let (text, expected) = rest.split_once("---\n").unwrap();
        let actual = mistakes(&base, &types, text);
        if actual.trim() != expected.trim() {
            wrong.push_str(&format!("=== {title}\n{text}---\n{actual}\n"));
        }
    }
    assert!(wrong.is_empty(), "these cases came out otherwise:\n{wrong}");
}

#[test]
fn names_and_paths() {
    check(include_str!("names.txt"));
}

#[test]
fn narrowing() {
    check(include_str!("narrowing.txt"));
}

#[test]
fn operators_and_literals() {
    check(include_str!("operators.txt"));
}

#[test]
fn items() {
    check(include_str!("items.txt"));
}

/// Every message names its place, what is wrong, and what to write instead.
#[test]
fn every_message_says_what_would_help() {
    let cases = include_str!("messages.txt");
    check(cases);
    assert!(cases.matches("=== ").count() >= 60);
    let told =
        |line: &&str| line.split_once(' ').is_some_and(|(place, _)| place.contains(':') && line.contains(" error "));
    let all = [cases, include_str!("items.txt"), include_str!("names.txt"), include_str!("operators.txt")];
    let bare: Vec<&str> =
        all.iter().flat_map(|text| text.lines()).filter(told).filter(|line| !line.contains(" / ")).collect();
    assert!(bare.is_empty(), "nothing is said of what to write instead: {bare:#?}");
}

/// A rule's conditions know which earlier checks they rely on, so that one mistake gives one finding.
#[test]
fn facts_name_their_checks() {
    let types = Types::new(Schema::newest());
    let text = r#"module own.t
rule r on Pod p {
  title "x"
  severity low
  for c in p.spec.containers {
    require exists c.resources.limits.memory else "none"
    require c.resources.limits.memory <= 1Gi else "too much"
    require c.name != "x" else "named x"
  }
}
"#;
    let compiled = compile(&Artefact::default(), &[source(0, "t.policy", text)], &types);
    assert_eq!(compiled.diagnostics, Vec::new());
    let relies: Vec<Vec<u32>> =
        compiled.artefact.program.checks.iter().map(|check| check.relies_on.iter().map(|id| id.0).collect()).collect();
    assert_eq!(relies, vec![vec![], vec![0], vec![]]);
}

/// The library's form on disk is read back as it was.
#[test]
fn artefacts_survive_being_stored() {
    let types = Types::new(Schema::newest());
    let base = prelude(&types);
    let bytes = postcard::to_stdvec(&base).unwrap();
    let again: Artefact = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(postcard::to_stdvec(&again).unwrap(), bytes);
}

/// What an author can write must neither overflow the stack nor take long.
#[test]
fn hostile_policies_come_to_an_end() {
    let types = Types::new(Schema::newest());
    let rule = |condition: &str| {
        format!("module own.t\nrule r on Pod p {{\n title \"x\"\n severity low\n require {condition} else \"y\"\n}}\n")
    };
    let ors = vec!["p.spec.hostPID == true"; 20_000].join(" or ");
    let defs: String = (0..5_000).map(|n| format!("def f{n}(x: number): number = f{}(x)\n", n + 1)).collect();
    let defs = format!("module own.t\n{defs}def f5000(x: number): number = x\n");
    let doubling: String =
        (1..40).map(|n| format!("def g{n}(x: string): bool = g{}(x) and g{}(x)\n", n - 1, n - 1)).collect();
    let doubling = format!("module own.t\ndef g0(x: string): bool = x == \"a\"\n{doubling}");
    let records: String = (1..40).map(|n| format!("  let r{n} = {{a: r{}, b: r{}}}\n", n - 1, n - 1)).collect();
    let records = rule("true").replace("  severity low\n", &format!("  severity low\n  let r0 = 1\n{records}"));
    for text in [records, doubling, rule(&ors), rule(&"(".repeat(20_000)), rule(&"not ".repeat(20_000)), defs] {
        let compiled = compile(&Artefact::default(), &[source(0, "t.policy", &text)], &types);
        assert!(compiled.diagnostics.len() < 10_000);
    }
}
