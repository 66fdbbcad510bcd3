//! `policyc rules`: which rules and profiles there are.

use crate::args::{Color, ListFormat, RulesArgs};
use crate::library::Library;
use crate::render::escape;
use crate::{Refusal, exit, output};
use policyc_engine::builtin::Builtin;
use policyc_engine::report::write_value;
use policyc_lang::ir::{Instance, Param, Profile, Program, Rule};
use serde::Serialize;
use std::io::Write;

/// A rule as programs read it.
#[derive(Serialize)]
struct RuleLine<'p> {
    id: &'p str,
    title: &'p str,
    severity: &'static str,
    phase: Option<u8>,
    theme: Option<&'p str>,
    controls: &'p [String],
    kinds: Vec<&'p str>,
    params: Vec<ParamLine<'p>>,
}

#[derive(Serialize)]
struct ParamLine<'p> {
    name: &'p str,
    #[serde(rename = "type")]
    ty: &'p str,
    required: bool,
    doc: &'p str,
}

#[derive(Serialize)]
struct ProfileLine<'p> {
    name: &'p str,
    title: &'p str,
    rules: &'p [String],
}

#[derive(Serialize)]
struct Listing<'p> {
    rules: Vec<RuleLine<'p>>,
    profiles: Vec<ProfileLine<'p>>,
}

/// Lists rules and profiles.
///
/// # Errors
///
/// If a policy does not compile, or the output cannot be written.
pub(crate) fn rules(args: &RulesArgs) -> Result<u8, Refusal> {
    let library = Library::load(&args.policies, Color::Auto)?;
    let listing = listing(library.program());
    output::print(|out| match args.format {
        ListFormat::Json => write_value(&listing, true, out),
        ListFormat::Human => write_table(&listing, out),
    })?;
    Ok(exit::CLEAN)
}

/// All rules by id, and all profiles by name.
fn listing(program: &Program) -> Listing<'_> {
    let own = program.instances.iter().filter_map(|instance| {
        let rule = program.rules.get(instance.rule.index())?;
        Some(rule_line(program, instance, rule))
    });
    let sums = program.aggregates.iter().map(|sum| RuleLine {
        id: &sum.id,
        title: &sum.title,
        severity: sum.severity.as_str(),
        phase: sum.phase.map(|phase| phase.whole),
        theme: sum.theme.as_deref(),
        controls: &sum.controls,
        kinds: Vec::new(),
        params: Vec::new(),
    });
    let builtin = Builtin::ALL.into_iter().map(|rule| RuleLine {
        id: rule.id(),
        title: rule.title(),
        severity: rule.severity().as_str(),
        phase: None,
        theme: None,
        controls: &[],
        kinds: vec!["object"],
        params: Vec::new(),
    });
    let mut rules: Vec<RuleLine<'_>> = own.chain(sums).chain(builtin).collect();
    rules.sort_by_key(|rule| rule.id);
    let profiles = program.profiles.iter();
    let mut profiles: Vec<ProfileLine<'_>> =
        profiles.map(|Profile { name, title, rules, .. }| ProfileLine { name, title, rules }).collect();
    profiles.sort_by_key(|profile| profile.name);
    Listing { rules, profiles }
}

fn rule_line<'p>(program: &'p Program, instance: &'p Instance, rule: &'p Rule) -> RuleLine<'p> {
    let params = rule.params.iter().filter_map(|id| program.params.get(id.index()));
    let param = |Param { name, type_text, default, doc, .. }: &'p Param| ParamLine {
        name,
        ty: type_text,
        required: default.is_none(),
        doc,
    };
    RuleLine {
        id: &instance.id,
        title: &rule.title,
        severity: instance.severity.unwrap_or(rule.severity).as_str(),
        phase: rule.phase.map(|phase| phase.whole),
        theme: rule.theme.as_deref(),
        controls: &rule.controls,
        kinds: rule.subject_names.iter().map(String::as_str).collect(),
        params: params.map(param).collect(),
    }
}

fn write_table(listing: &Listing<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let width = listing.rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in &listing.rules {
        writeln!(out, "{:width$}  {:8}  {}", escape(rule.id), rule.severity, escape(rule.title))?;
    }
    for profile in &listing.profiles {
        let name = escape(profile.name);
        writeln!(out, "\nprofile {name}: {} ({} rules)", escape(profile.title), profile.rules.len())?;
    }
    Ok(())
}
