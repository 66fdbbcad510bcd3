//! Documents that the server itself has: texts of the standard library, and a page for each rule.

use super::file::{File, Language};
use policyc_engine::builtin::Builtin;
use policyc_lang::ir::{Aggregate, Instance, Program, Rule};
use std::fmt::Write;
use std::sync::Arc;

/// Scheme of their URIs.
pub(crate) const SCHEME: &str = "policyc";

/// Where the page of a rule is.
pub(crate) fn page_uri(rule: &str) -> String {
    format!("{SCHEME}:/rules/{rule}.md")
}

/// A policy of the standard library.
pub(crate) fn file(name: &str, text: &str) -> Arc<File> {
    let uri = format!("{SCHEME}:/{name}");
    Arc::new(File::new(name.into(), uri.into(), None, Language::Policy, Ok(text.as_bytes().into())))
}

/// The text of such a document; `None` where there is none.
pub(crate) fn document(program: &Program, uri: &str) -> Option<String> {
    let path = uri.strip_prefix(SCHEME)?.strip_prefix(':')?.trim_start_matches('/');
    if let Some(rule) = path.strip_prefix("rules/").and_then(|path| path.strip_suffix(".md")) {
        return page(program, rule);
    }
    program.modules.iter().find(|module| module.file == path).map(|module| module.text.clone())
}

/// The page of a rule, as Markdown.
pub(crate) fn page(program: &Program, id: &str) -> Option<String> {
    let instance = program.instances.iter().find(|instance| instance.id == id);
    if let Some((instance, rule)) =
        instance.and_then(|instance| Some((instance, program.rules.get(instance.rule.index())?)))
    {
        return Some(rule_page(program, instance, rule));
    }
    let sum = program.aggregates.iter().find(|sum| sum.id == id);
    sum.map(aggregate_page).or_else(|| Builtin::of_id(id).map(builtin_page))
}

fn head(page: &mut String, id: &str, title: &str, facts: &[(&str, String)]) {
    let _ = writeln!(page, "**{id}**: {title}\n");
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(page, "- {name}: {value}");
    }
}

fn paragraph(page: &mut String, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        let _ = writeln!(page, "\n{}", text.trim());
    }
}

fn rule_page(program: &Program, instance: &Instance, rule: &Rule) -> String {
    let mut page = String::new();
    let facts = [
        ("severity", instance.severity.unwrap_or(rule.severity).as_str().to_owned()),
        ("judges", rule.subject_names.join(", ")),
        ("theme", rule.theme.clone().unwrap_or_default()),
        ("controls", rule.controls.join(", ")),
    ];
    head(&mut page, &instance.id, &rule.title, &facts);
    paragraph(&mut page, rule.doc.as_deref());
    paragraph(&mut page, rule.help.as_deref());
    for param in rule.params.iter().filter_map(|id| program.params.get(id.index())) {
        let _ = writeln!(page, "\n`{}: {}` {}", param.name, param.type_text, param.doc.trim());
    }
    page
}

fn aggregate_page(sum: &Aggregate) -> String {
    let mut page = String::new();
    let facts = [
        ("severity", sum.severity.as_str().to_owned()),
        ("controls", sum.controls.join(", ")),
        ("sums up", sum.include.join(", ")),
    ];
    head(&mut page, &sum.id, &sum.title, &facts);
    paragraph(&mut page, sum.help.as_deref());
    page
}

fn builtin_page(rule: Builtin) -> String {
    let mut page = String::new();
    let facts = [("severity", rule.severity().as_str().to_owned()), ("judges", "every object".to_owned())];
    head(&mut page, rule.id(), rule.title(), &facts);
    paragraph(&mut page, Some(rule.doc()));
    page
}
