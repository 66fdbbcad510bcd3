//! What a compiled library knows of its rules, as configurations and command lines ask for it.

use policyc_engine::builtin::Builtin;
use policyc_lang::check::{Artefact, Ty};
use policyc_lang::ir::{Aggregate, Instance, Param, ParamId, Profile, Program};
use policyc_lang::values::Severity;
use std::collections::BTreeSet;

/// The profile that runs where none is named.
pub const RECOMMENDED: &str = "recommended";

/// The name that stands for every rule that repeats no other.
pub const EVERYTHING: &str = "all";

/// Ids of all rules.
#[must_use]
pub fn rule_ids(program: &Program) -> BTreeSet<&str> {
    let mut ids: BTreeSet<&str> = program.instances.iter().map(|instance| instance.id.as_str()).collect();
    ids.extend(program.aggregates.iter().map(|sum| sum.id.as_str()));
    ids.extend(Builtin::ALL.map(Builtin::id));
    ids
}

/// What runs beside the rules of a profile: the rules about documents themselves, and those that are not the standard
/// library's.
pub fn always(program: &Program) -> impl Iterator<Item = &str> {
    let own = program.instances.iter().filter(|instance| {
        let module = program.modules.get(instance.module.index());
        module.is_some_and(|module| !module.name.starts_with("std."))
    });
    Builtin::ALL.map(Builtin::id).into_iter().chain(own.map(|instance| instance.id.as_str()))
}

/// Whether a rule repeats others, and so runs only where it is named: an aggregate, or an instance made for one.
#[must_use]
pub fn only_by_name(program: &Program, id: &str) -> bool {
    let own = |instance: &Instance| program.rules.get(instance.rule.index()).is_some_and(|rule| rule.id == id);
    let copy = program.instances.iter().any(|instance| instance.id == id && !own(instance));
    let summed = |sum: &Aggregate| sum.include.iter().any(|included| included == id);
    program.aggregates.iter().any(|sum| sum.id == id || (copy && summed(sum)))
}

/// A profile by its name.
#[must_use]
pub fn profile<'p>(program: &'p Program, name: &str) -> Option<&'p Profile> {
    program.profiles.iter().find(|profile| profile.name == name)
}

/// The parameters that a rule reads, with their types.
pub fn params<'a>(artefact: &'a Artefact, id: &str) -> Vec<(ParamId, &'a Param, &'a Ty)> {
    let program = &artefact.program;
    let instance = program.instances.iter().find(|instance| instance.id == id);
    let rule = instance.and_then(|instance| program.rules.get(instance.rule.index()));
    let ids = rule.map(|rule| rule.params.as_slice()).unwrap_or_default();
    let known = |id: &ParamId| Some((*id, program.params.get(id.index())?, artefact.interface.params.get(id.index())?));
    ids.iter().filter_map(known).collect()
}

/// How bad the findings of a rule are where nobody says.
#[must_use]
pub fn severity(program: &Program, id: &str) -> Option<Severity> {
    let instance = program.instances.iter().find(|instance| instance.id == id);
    let of_instance = instance.and_then(|instance| {
        let rule = program.rules.get(instance.rule.index())?;
        Some(instance.severity.unwrap_or(rule.severity))
    });
    let sum = || program.aggregates.iter().find(|sum| sum.id == id).map(|sum| sum.severity);
    of_instance.or_else(sum).or_else(|| Builtin::of_id(id).map(Builtin::severity))
}
