//! `policyc compliance`: what of a standard the inputs meet, control by control.

mod csv;
mod html;
mod model;
mod text;

use super::survey::Survey;
use crate::args::{ComplianceArgs, SelectionArgs, SheetFormat};
use crate::library::{guides, unknown};
use crate::{Refusal, exit, output};
use model::{Sheet, rules_of};
use policyc_engine::report::write_value;
use policyc_lang::ir::Program;
use policyc_stdlib::guides::Framework;
use std::collections::BTreeSet;

/// What lists the standards in place of one.
const LIST: &str = "list";

/// Judges the inputs and shows what became of each control.
///
/// # Errors
///
/// As `policyc check`, and a standard that nobody knows.
pub(crate) fn compliance(args: &ComplianceArgs) -> Result<u8, Refusal> {
    let frameworks = guides()?.frameworks;
    if args.framework == LIST {
        return list(&frameworks);
    }
    let known = frameworks.iter().map(|framework| framework.id.as_str()).chain([LIST]);
    let framework = frameworks.iter().find(|framework| framework.id == args.framework);
    let framework = framework.ok_or_else(|| unknown("standard", &args.framework, known))?;
    let selection = &args.survey.selection;
    let survey = Survey::make(&args.survey, &|program| chosen(selection, framework, program))?;
    let sheet = Sheet::new(&survey, framework);
    survey.complain();
    output::print(|out| match args.format {
        SheetFormat::Text => text::write(&sheet, output::style(args.survey.color), out),
        SheetFormat::Json => write_value(&sheet, true, out),
        SheetFormat::Csv => csv::write(&sheet, out),
        SheetFormat::Html => out.write_all(html::page(&sheet).as_bytes()),
    })?;
    Ok(survey.code)
}

/// The rules of the standard, where the arguments name none themselves.
fn chosen(args: &SelectionArgs, framework: &Framework, program: &Program) -> Option<SelectionArgs> {
    if !args.rules.is_empty() || args.profile.is_some() {
        return None;
    }
    let of_controls = framework.controls.iter().flat_map(|control| rules_of(framework, control, program));
    let rules: BTreeSet<&str> = of_controls.collect();
    Some(SelectionArgs { rules: rules.into_iter().map(str::to_owned).collect(), ..args.clone() })
}

fn list(frameworks: &[Framework]) -> Result<u8, Refusal> {
    let width = frameworks.iter().map(|framework| framework.id.len()).max().unwrap_or(0);
    output::print(|out| {
        frameworks.iter().try_for_each(|Framework { id, title, version, controls, .. }| {
            writeln!(out, "{id:width$}  {title}, {version} ({} controls)", controls.len())
        })
    })?;
    Ok(exit::CLEAN)
}
