//! `policyc explain`: the page of a rule, and what a rule makes of a line.

mod phase;
mod verdict;

use crate::args::{Color, ExplainArgs};
use crate::library::{Library, guides, unknown};
use crate::render::escape;
use crate::{Refusal, exit, output};
use policyc_engine::builtin::Builtin;
use policyc_engine::lint::{LINTS, Lint, lint};
use policyc_lang::ir::{Aggregate, Instance, Program, Rule};
use std::fmt::Write;
pub(super) use verdict::{Inputs, Page as Verdicts, judged};

/// Shows what a rule asks for, or how it judges what stands at a place.
///
/// # Errors
///
/// If there is no such rule, a policy does not compile, or the output cannot be written.
pub(crate) fn explain(args: &ExplainArgs) -> Result<u8, Refusal> {
    if let Some(place) = &args.place {
        return verdict::at(args, place);
    }
    if let Some(lint) = lint(&args.rule) {
        output::print(|out| out.write_all(lint_page(lint).as_bytes()))?;
        return Ok(exit::CLEAN);
    }
    let library = Library::load(&args.policies, Color::Auto)?;
    let guides = guides()?;
    if let Some(phase) = guides.phases.iter().find(|phase| phase.id == args.rule) {
        output::print(|out| out.write_all(phase::page(phase, library.program()).as_bytes()))?;
        return Ok(exit::CLEAN);
    }
    let (program, id) = (library.program(), args.rule.as_str());
    let instance = program.instances.iter().find(|instance| instance.id == id);
    let rule = instance.and_then(|instance| Some((instance, program.rules.get(instance.rule.index())?)));
    let sum = program.aggregates.iter().find(|sum| sum.id == id);
    let page = match (rule, sum, Builtin::of_id(id)) {
        (Some((instance, rule)), _, _) => rule_page(program, instance, rule),
        (None, Some(sum), _) => aggregate_page(sum),
        (None, None, Some(rule)) => builtin_page(rule),
        (None, None, None) => {
            let lints = LINTS.iter().map(|lint| lint.id).filter(|_| id.starts_with("lint/"));
            let phases = guides.phases.iter().map(|phase| phase.id.as_str());
            return Err(unknown("rule", id, library.rule_ids().into_iter().chain(lints).chain(phases)));
        }
    };
    output::print(|out| out.write_all(page.as_bytes()))?;
    Ok(exit::CLEAN)
}

/// A page line by line; texts of policies are escaped.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(&escape(text));
        self.0.push('\n');
    }

    fn entry(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            let _ = writeln!(self.0, "{name:10} {}", escape(text));
        }
    }

    fn paragraph(&mut self, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.0.push('\n');
            text.lines().for_each(|line| self.line(line));
        }
    }
}

fn rule_page(program: &Program, instance: &Instance, rule: &Rule) -> String {
    let mut page = Page::default();
    page.line(&format!("{}: {}", instance.id, rule.title));
    page.0.push('\n');
    page.entry("severity", instance.severity.unwrap_or(rule.severity).as_str());
    page.entry("judges", &rule.subject_names.join(", "));
    page.entry("theme", rule.theme.as_deref().unwrap_or_default());
    page.entry("controls", &rule.controls.join(", "));
    page.entry("since", rule.since.as_deref().unwrap_or_default());
    page.paragraph(rule.doc.as_deref());
    page.paragraph(rule.help.as_deref());
    for param in rule.params.iter().filter_map(|id| program.params.get(id.index())) {
        page.paragraph(Some(&format!("--param {}.{}: {}", instance.id, param.name, param.type_text)));
        param.doc.lines().for_each(|line| page.line(&format!("    {line}")));
    }
    if let Some(module) = program.modules.get(rule.module.index()) {
        page.paragraph(Some(&format!("{}:", module.file)));
        page.paragraph(Some(rule.span.text(&module.text)));
    }
    page.0
}

fn aggregate_page(sum: &Aggregate) -> String {
    let mut page = Page::default();
    page.line(&format!("{}: {}", sum.id, sum.title));
    page.0.push('\n');
    page.entry("severity", sum.severity.as_str());
    page.entry("theme", sum.theme.as_deref().unwrap_or_default());
    page.entry("controls", &sum.controls.join(", "));
    page.entry("sums up", &sum.include.join(", "));
    page.paragraph(sum.help.as_deref());
    page.0
}

fn lint_page(lint: &Lint) -> String {
    let mut page = Page::default();
    page.line(&format!("{}: {}", lint.id, lint.title));
    page.0.push('\n');
    page.entry("category", lint.category);
    page.entry("judges", "policies");
    page.paragraph(Some(lint.doc));
    page.0
}

fn builtin_page(rule: Builtin) -> String {
    let mut page = Page::default();
    page.line(&format!("{}: {}", rule.id(), rule.title()));
    page.0.push('\n');
    page.entry("severity", rule.severity().as_str());
    page.entry("judges", "every object");
    page.paragraph(Some(rule.doc()));
    page.0
}
