//! Policies and documents in, findings out: one block a case.
//!
//! A block is a title after `===`, the items of a policy, `+++` with options, documents, `>>>`, and what is expected:
//! for each finding `line:column-column rule outcome severity path | message`, its related places below it, and a last
//! line of counts where something else than findings came of it. Options: `open`, `partial`, `namespace=x`, `fixes`.

use super::{Judged, Plan, Settings, judge, sort, subjects};
use crate::finding::{Outcome, RawFinding, RelatedPlace};
use crate::world::{World, WorldBuilder, WorldOptions};
use crate::yaml;
use policyc_lang::check::{Artefact, Source, compile};
use policyc_lang::ir::Scope;
use policyc_lang::schema::{Schema, Types};
use policyc_lang::values::{Date, Version};
use policyc_text::{FileId, LineIndex, Span};
use std::fmt::Write;
use std::sync::{Arc, OnceLock};

mod speed;

const PRELUDE: &str = include_str!("prelude.policy");

fn source(name: &str, text: &str) -> Source {
    Source { file: FileId(0), name: name.to_owned(), text: text.to_owned(), tables: Vec::new() }
}

fn types() -> &'static Types {
    static TYPES: OnceLock<Types> = OnceLock::new();
    TYPES.get_or_init(|| Types::new(Schema::newest()))
}

fn base() -> &'static Artefact {
    static BASE: OnceLock<Artefact> = OnceLock::new();
    BASE.get_or_init(|| {
        let compiled = compile(&Artefact::default(), &[source("prelude.policy", PRELUDE)], types());
        assert_eq!(compiled.diagnostics, Vec::new());
        compiled.artefact
    })
}

fn program(text: &str) -> Artefact {
    let text = format!("module own.t\n{text}");
    let compiled = compile(base(), &[source("case.policy", &text)], types());
    let mistakes: Vec<_> = compiled
        .diagnostics
        .iter()
        .map(|mistake| format!("{} at `{}`", mistake.message, mistake.location.span.text(&text)))
        .collect();
    assert!(compiled.is_ok(), "{text}\n{mistakes:#?}");
    compiled.artefact
}

fn settings() -> Settings {
    Settings::new(Date::parse("2026-12-31").unwrap(), Version::parse("1.34.0").unwrap())
}

fn world(plan: &Plan<'_>, text: &str, options: &str) -> World {
    let namespace = options.split_whitespace().find_map(|option| option.strip_prefix("namespace="));
    let mut builder = WorldBuilder::new(WorldOptions {
        name: "project".to_owned(),
        open: options.contains("open"),
        default_namespace: namespace.map(str::to_owned),
        ..WorldOptions::default()
    });
    let tree = yaml::read(FileId(0), text.into(), plan.keys(), &yaml::Limits::default());
    assert_eq!(tree.diagnostics, Vec::new());
    builder.add(FileId(0), "case.yaml", Arc::new(tree), options.contains("partial"));
    builder.build()
}

/// Both phases, cut into parts of so many subjects.
fn run(plan: &Plan<'_>, world: &World, settings: &Settings, part: usize) -> Judged {
    let mut judged = Judged::default();
    for scope in [Scope::Document, Scope::World] {
        for start in (0..subjects(world)).step_by(part) {
            judged.merge(judge(plan, world, scope, start..start + part, settings));
        }
    }
    sort(&mut judged.findings, |file| file.0);
    judged
}

fn place(index: &LineIndex, text: &str, span: Span) -> String {
    let (start, end) = (index.position(text, span.start), index.position(text, span.end));
    if start.line == end.line {
        format!("{}:{}-{}", start.line, start.column, end.column)
    } else {
        format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column)
    }
}

fn show(finding: &RawFinding, text: &str, out: &mut String) {
    let index = LineIndex::new(text);
    let outcome = if finding.outcome == Outcome::Fail { "fail" } else { "indeterminate" };
    let at = place(&index, text, finding.primary.span);
    let RawFinding { rule, severity, path, message, .. } = finding;
    writeln!(out, "{at} {rule} {outcome} {severity} {path} | {message}").unwrap();
    for (related, label) in &finding.related {
        match related {
            RelatedPlace::Document(location) => {
                writeln!(out, "  {} {label}", place(&index, text, location.span)).unwrap();
            }
            RelatedPlace::Policy(..) => writeln!(out, "  policy {label}").unwrap(),
        }
    }
    if let Some(help) = &finding.help {
        writeln!(out, "  help {help}").unwrap();
    }
    if finding.exempted.is_some() {
        writeln!(out, "  exempted").unwrap();
    }
    for fix in &finding.fixes {
        writeln!(out, "  fix {:?} {:?}", fix.applicability, fix.edits).unwrap();
    }
}

fn outcome(policy: &str, text: &str, options: &str) -> String {
    let artefact = program(policy);
    let plan = Plan::all(&artefact.program);
    let world = world(&plan, text, options);
    let settings = Settings { fixes: options.contains("fixes"), ..settings() };
    let judged = run(&plan, &world, &settings, usize::MAX);
    assert_eq!(judged, run(&plan, &world, &settings, 1), "the parts of a run must not show");
    let mut out = String::new();
    for finding in &judged.findings {
        show(finding, text, &mut out);
    }
    if options.contains("counts") {
        let ids: Vec<_> = plan.instance_ids().collect();
        for (id, counts) in ids.iter().zip(&judged.counts) {
            let super::Counts { pass, fail, indeterminate, not_applicable } = counts;
            writeln!(out, "{id} pass {pass} fail {fail} indeterminate {indeterminate} n/a {not_applicable}").unwrap();
        }
    }
    if judged.open_world > 0 || judged.partial_dropped > 0 {
        writeln!(out, "open {} partial {}", judged.open_world, judged.partial_dropped).unwrap();
    }
    out
}

fn check(cases: &str) {
    let mut wrong = String::new();
    for case in cases.split("=== ").skip(1) {
        let (title, rest) = case.split_once('\n').unwrap();
        let (policy, rest) = rest.split_once("+++").unwrap();
        let (options, rest) = rest.split_once('\n').unwrap();
        let (text, expected) = rest.split_once(">>>\n").unwrap();
        let actual = outcome(policy, text, options);
        if actual.trim() != expected.trim() {
            writeln!(wrong, "=== {title}\n{policy}+++{options}\n{text}>>>\n{actual}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "these cases came out otherwise:\n{wrong}");
}

#[test]
fn absent_null_and_unknown() {
    check(include_str!("outcomes.txt"));
}

#[test]
fn blame() {
    check(include_str!("blame.txt"));
}
