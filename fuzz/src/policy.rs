//! The compiler: whatever the text, it ends with a tree, diagnostics that point into the text, and a program that can be
//! printed and run.

use crate::spans::{diagnostic_fits, fits};
use policyc_engine::eval::{Plan, Settings, judge, subjects};
use policyc_engine::world::{World, WorldOptions};
use policyc_engine::yaml::{self, Limits};
use policyc_lang::check::{Artefact, Source, compile};
use policyc_lang::ir::{ModuleId, Program, Scope};
use policyc_lang::schema::{Schema, Types};
use policyc_lang::syntax::{MAX_FILE_SIZE, ast, parse};
use policyc_lang::values::{Date, Version};
use policyc_text::{FileId, Span};
use std::sync::{Arc, OnceLock};

/// Steps that a rule may take; few, since what is searched for here is not slowness.
const FUEL: u64 = 20_000;

/// What compiled policies are tried on.
const DOCUMENTS: &str = include_str!("../seeds/documents.yaml");

/// Compiles bytes as a policy file. The file stands on top of nothing, so that the library's size does not count.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.len() > MAX_FILE_SIZE {
        return;
    }
    let parsed = parse(FileId(0), text);
    for diagnostic in &parsed.diagnostics {
        diagnostic_fits(diagnostic, text);
    }
    assert_eq!(parsed, parse(FileId(0), text), "two readings differ");
    items(&parsed.file, text);
    let source = Source { file: FileId(0), name: "own.policy".to_owned(), text: text.to_owned(), tables: Vec::new() };
    let compiled = compile(base(), std::slice::from_ref(&source), types());
    for diagnostic in &compiled.diagnostics {
        diagnostic_fits(diagnostic, text);
    }
    assert!(parsed.diagnostics.is_empty() || !compiled.is_ok(), "a file that does not parse compiles");
    let program = &compiled.artefact.program;
    assert_eq!(program.exprs.len(), program.spans.len());
    program.spans.iter().for_each(|span| fits(*span, text, "an expression"));
    if compiled.is_ok() {
        let _ = program.print(ModuleId(0));
        judged(program);
    }
}

fn base() -> &'static Artefact {
    static BASE: OnceLock<Artefact> = OnceLock::new();
    BASE.get_or_init(Artefact::default)
}

pub(crate) fn types() -> &'static Types {
    static TYPES: OnceLock<Types> = OnceLock::new();
    TYPES.get_or_init(|| Types::new(Schema::newest()))
}

/// Items, comments and imports stand in their order and apart.
fn items(file: &ast::File, text: &str) {
    let mut end = 0;
    for item in &file.items {
        let span = item_span(item);
        fits(span, text, "an item");
        assert!(span.start >= end, "items overlap");
        end = span.end;
    }
    for comment in &file.comments {
        fits(comment.span, text, "a comment");
        assert!(comment.span.text(text).starts_with('#'), "{:?} is no comment", comment.span.text(text));
    }
}

fn item_span(item: &ast::Item) -> Span {
    match item {
        ast::Item::Param(item) => item.span,
        ast::Item::Type(item) => item.span,
        ast::Item::Def(item) => item.span,
        ast::Item::Table(item) => item.span,
        ast::Item::View(item) => item.span,
        ast::Item::Property(item) => item.span,
        ast::Item::Kind(item) => item.span,
        ast::Item::Rule(item) => item.span,
        ast::Item::Exempt(item) => item.span,
        ast::Item::Use(item) => item.span,
        ast::Item::Profile(item) => item.span,
        ast::Item::Test(item) => item.span,
        ast::Item::Bad(span) => *span,
    }
}

/// Runs a program on a few documents: what compiles must run, and its findings must point into the documents.
fn judged(program: &Program) {
    let plan = Plan::all(program);
    let (Some(today), Ok(version)) = (Date::from_civil(2026, 12, 31), Version::parse("1.34.0")) else { return };
    let settings = Settings { fuel: FUEL, fixes: true, ..Settings::new(today, version) };
    let tree = Arc::new(yaml::read(FileId(0), DOCUMENTS.into(), plan.keys(), &Limits::default()));
    let world = World::of_file(WorldOptions::default(), FileId(0), "documents.yaml", tree);
    for scope in [Scope::Document, Scope::World] {
        let found = judge(&plan, &world, scope, 0..subjects(&world), &settings);
        for finding in &found.findings {
            fits(finding.primary.span, DOCUMENTS, &finding.message);
        }
    }
}
