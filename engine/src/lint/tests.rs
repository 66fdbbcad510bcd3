//! A policy for each lint that it speaks of, and one that none speaks of.

use super::{Context, LINTS, check};
use policyc_lang::check::{Artefact, Source, compile};
use policyc_lang::schema::{Schema, Types};
use policyc_lang::values::Date;
use policyc_text::FileId;
use std::collections::BTreeSet;

/// A library for the modules to stand on.
const LIBRARY: &str = r#"module std.lib

def helps(x: number): number = x

rule library on Pod p {
  title    "t"
  severity low
  controls ["cis-k8s-1.12:5.7.3"]

  require p.spec.hostIPC != true
    else "{p} is wrong"
}
"#;

/// The lints of a module, each with the text that it is about.
fn lints(text: &str) -> Vec<String> {
    let source = Source { file: FileId(0), name: "a.policy".to_owned(), text: text.to_owned(), tables: Vec::new() };
    let types = Types::new(Schema::newest());
    let library =
        Source { file: FileId(1), name: "lib.policy".to_owned(), text: LIBRARY.to_owned(), tables: Vec::new() };
    let sources = [source, library];
    let compiled = compile(&Artefact::default(), &sources, &types);
    assert!(compiled.is_ok(), "{:?}", compiled.diagnostics);
    let context = Context { as_of: Date::from_civil(2027, 1, 1).unwrap(), types: Some(&types) };
    let found = check(&compiled, &sources[..1], context);
    found.iter().map(|found| format!("{} {}", found.code, found.location.span.text(text))).collect()
}

/// A rule with this body that nothing else is to be said of.
fn rule(body: &str) -> String {
    format!(
        "module a\n\nrule r on Pod p {{\n  title    \"t\"\n  severity low\n  tags     [\"x\"]\n\n{body}}}\n\ntest \"t\" {{\n  given yaml \"\"\"\n    a: 1 #~ r\n    \"\"\"\n}}\n"
    )
}

const GOOD: &str = "  require p.spec.hostPID != true\n    else \"{p} is wrong\"\n";

#[test]
fn each_lint_finds_its_mistake_and_only_that() {
    let with = |head: &str| rule(GOOD).replacen("rule r", &format!("{head}\n\nrule r"), 1);
    let cases: Vec<(&str, String, &str)> = vec![
        (
            "lint/vacuous-all",
            rule("  require all f in p.metadata.finalizers: f == \"a\"\n    else \"{p}\"\n"),
            "all f in p.metadata.finalizers: f == \"a\"",
        ),
        (
            "lint/never-true",
            rule(
                "  require p.spec.hostPID == true and p.spec.nodeName == \"a\" and p.spec.nodeName == \"b\"\n    else \"{p}\"\n",
            ),
            "p.spec.nodeName == \"b\"",
        ),
        ("lint/untested-rule", rule(GOOD).replace(" #~ r", ""), "r"),
        ("lint/unanchored-regex", rule("  require p.spec.nodeName matches /a/\n    else \"{p}\"\n"), "/a/"),
        (
            "lint/image-as-text",
            rule(
                "  for c in p.spec.initContainers {\n    forbid c.image starts with \"a\"\n      else \"{c.name}\"\n  }\n",
            ),
            "c.image starts with \"a\"",
        ),
        (
            "lint/main-containers-only",
            rule("  for c in p.spec.containers {\n    forbid c.tty == true\n      else \"{c.name}\"\n  }\n"),
            "p.spec.containers",
        ),
        (
            "lint/plain-message",
            rule("  for v in p.spec.volumes {\n    forbid exists v.hostPath\n      else \"bad\"\n  }\n"),
            "\"bad\"",
        ),
        ("lint/message-is-title", rule(&GOOD.replace("{p} is wrong", "T")), "\"T\""),
        ("lint/safe-removal", rule(&format!("{GOOD}    fix safe remove p.spec.hostPID\n")), "p.spec.hostPID"),
        (
            "lint/fix-keeps-failing",
            rule("  forbid p.spec.hostPID == true\n    else \"{p}\"\n    fix unsafe set p.spec.hostPID = true\n"),
            "true",
        ),
        (
            "lint/unknown-control",
            rule(GOOD).replace("tags     [\"x\"]", "controls [\"cis-k8s-1.2:5.7.3\"]"),
            "\"cis-k8s-1.2:5.7.3\"",
        ),
        ("lint/no-control", rule(GOOD).replace("  tags     [\"x\"]\n", ""), "r"),
        (
            "lint/exempt-expired",
            rule(GOOD)
                + "\nexempt r for Pod p\n  where p.metadata.name == \"a\"\n  because \"b\"\n  until 2026-12-31\n",
            "exempt r for Pod p",
        ),
        (
            "lint/exempt-all",
            rule(GOOD) + "\nexempt r for Pod p\n  because \"b\"\n  until 2027-12-31\n",
            "exempt r for Pod p",
        ),
        (
            "lint/loops-over-project",
            rule(
                "  for a in docs(Pod) {\n    for b in docs(Service) {\n      require a.metadata.name != b.metadata.name\n        else \"{a}\"\n    }\n  }\n",
            ),
            "docs(Service)",
        ),
        ("lint/format", rule(GOOD).replace("  title    ", "  title "), "title \"t\""),
        ("lint/require-not", rule("  require not (p.spec.hostPID == true)\n    else \"{p}\"\n"), "require"),
        ("lint/kind-gone", rule(GOOD).replace("on Pod p", "on PodSecurityPolicy p"), "r"),
        ("lint/unused-param", with("param spare: number = 1"), "spare"),
        ("lint/unused-def", with("def f(x: number): number = x"), "f"),
        ("lint/unused-let", rule(&format!("  let spare = p.spec.hostPID\n{GOOD}")), "spare"),
        ("lint/unused-import", with("import std.lib"), "std.lib"),
    ];
    assert_eq!(lints(&rule(GOOD)), [""; 0]);
    let moved = "    fix safe {\n      set p.spec.serviceAccountName = p.spec.serviceAccount\n      remove p.spec.serviceAccount\n    }\n";
    assert_eq!(lints(&rule(&format!("{GOOD}{moved}"))), [""; 0], "what is moved is not lost");
    for (id, text, place) in &cases {
        assert_eq!(lints(text), [format!("{id} {place}")], "{text}");
    }
    let covered: BTreeSet<&str> = cases.iter().map(|(id, ..)| *id).collect();
    assert_eq!(covered, LINTS.iter().map(|lint| lint.id).collect());
}
