//! Which rules run in an editor: those that `policyc check` runs without being told, or those of a profile.

use policyc_engine::builtin::Builtin;
use policyc_engine::check::Selection;
use policyc_lang::ir::{Aggregate, Instance, Program};
use std::collections::BTreeSet;

/// The profile that runs where none is named.
const RECOMMENDED: &str = "recommended";

/// The name that stands for every rule.
const EVERYTHING: &str = "all";

/// The rules of a profile, or else of the recommended one with the rules about documents themselves and the project's
/// own. A profile that nobody knows counts as none named.
pub(crate) fn select<'p>(program: &'p Program, profile: Option<&str>) -> Selection<'p> {
    let named = |name: &str| program.profiles.iter().find(|profile| profile.name == name);
    let chosen = profile.and_then(named);
    let all = profile == Some(EVERYTHING);
    let used = if all { None } else { chosen.or_else(|| named(RECOMMENDED)) };
    let rules: BTreeSet<String> = match used {
        Some(used) if chosen.is_some() => used.rules.iter().cloned().collect(),
        Some(used) => used.rules.iter().cloned().chain(own(program)).collect(),
        None => everything(program),
    };
    let known = |id: &String| {
        program.instances.iter().any(|instance| instance.id == *id)
            || program.aggregates.iter().any(|sum| sum.id == *id)
    };
    let builtins = Builtin::ALL
        .into_iter()
        .filter(|rule| chosen.is_none_or(|profile| profile.rules.iter().any(|id| id == rule.id())));
    Selection {
        program,
        builtins: builtins.collect(),
        rules: rules.into_iter().filter(known).collect(),
        profile: used,
        params: Vec::new(),
        unsuppressible: BTreeSet::new(),
    }
}

/// Rules that are not the standard library's.
fn own(program: &Program) -> impl Iterator<Item = String> {
    let own = program.instances.iter().filter(|instance| {
        let module = program.modules.get(instance.module.index());
        module.is_some_and(|module| !module.name.starts_with("std."))
    });
    own.map(|instance| instance.id.clone())
}

/// Every rule that repeats no other: neither aggregates nor instances that were made for one.
fn everything(program: &Program) -> BTreeSet<String> {
    let summed = |id: &str| program.aggregates.iter().any(|sum: &Aggregate| sum.include.iter().any(|part| part == id));
    let copy = |instance: &Instance| program.rules.get(instance.rule.index()).is_none_or(|rule| rule.id != instance.id);
    let kept = program.instances.iter().filter(|instance| !(copy(instance) && summed(&instance.id)));
    kept.map(|instance| instance.id.clone()).collect()
}
