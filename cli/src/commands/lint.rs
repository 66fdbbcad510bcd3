//! `policyc lint`: what in policies compiles and is probably not meant.

use super::check::meaning;
use crate::args::{LintArgs, MeaningArgs};
use crate::discover::Found;
use crate::library::{Policies, standard, unknown};
use crate::{Refusal, exit, output, render};
use policyc_config::file::ConfigFile;
use policyc_engine::lint::{Context, LINTS, check, lint as known};
use policyc_lang::schema::{Schema, Types};

/// Looks through policy files.
///
/// # Errors
///
/// If a path does not exist, a file cannot be read, or `--only` names no lint.
pub(crate) fn lint(args: &LintArgs) -> Result<u8, Refusal> {
    for id in &args.only {
        if known(id).is_none() {
            return Err(unknown("lint", id, LINTS.iter().map(|lint| lint.id)));
        }
    }
    let policies = Policies::load(&args.paths, standard()?)?;
    let style = output::error_style(args.color);
    render::show_diagnostics(&policies.compiled.diagnostics, &policies.sources, style);
    if !policies.compiled.is_ok() {
        return Ok(exit::USAGE);
    }
    let said =
        MeaningArgs { world: None, namespace: None, kubernetes: args.kubernetes.clone(), as_of: args.as_of.clone() };
    let meaning = meaning(&said, &ConfigFile::default(), &Found::default())?;
    let types = meaning.kubernetes.map(|version| Types::new(Schema::nearest(version).0));
    let given = policies.sources.get(..policies.given).unwrap_or_default();
    let mut found = check(&policies.compiled, given, Context { as_of: meaning.as_of, types: types.as_ref() });
    found.retain(|diagnostic| args.only.is_empty() || args.only.iter().any(|id| id == diagnostic.code));
    render::show_diagnostics(&found, &policies.sources, style);
    if found.is_empty() {
        return Ok(exit::CLEAN);
    }
    let word = if found.len() == 1 { "remark" } else { "remarks" };
    let first = found.first().map_or("", |diagnostic| diagnostic.code);
    output::complain(&format!("{} {word}; `policyc explain {first}` says more", found.len()));
    Ok(exit::FINDINGS)
}
