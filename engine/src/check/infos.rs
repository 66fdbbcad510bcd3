//! What reports repeat about each rule.

use super::Selection;
use crate::builtin::Builtin;
use crate::report::RuleInfo;
use policyc_lang::ir::{Phase, Program};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Facts of all rules of a selection, by id; for aggregates also those of the rules that they sum up.
pub(super) fn of(selection: &Selection<'_>) -> BTreeMap<String, Arc<RuleInfo>> {
    let builtin = |rule: &Builtin| RuleInfo { id: rule.id().to_owned(), ..RuleInfo::default() };
    let builtins = selection.builtins.iter().map(builtin);
    let all = builtins.chain(of_program(selection.program));
    all.map(|info| (info.id.clone(), Arc::new(info))).collect()
}

fn of_program(program: &Program) -> impl Iterator<Item = RuleInfo> {
    let instances = program.instances.iter().filter_map(|instance| {
        let rule = program.rules.get(instance.rule.index())?;
        Some(info(&instance.id, rule.phase, rule.theme.as_ref(), &rule.controls))
    });
    let sums = program.aggregates.iter().map(|sum| info(&sum.id, sum.phase, sum.theme.as_ref(), &sum.controls));
    instances.chain(sums)
}

fn info(id: &str, phase: Option<Phase>, theme: Option<&String>, controls: &[String]) -> RuleInfo {
    RuleInfo {
        id: id.to_owned(),
        phase: phase.map(|phase| phase.whole),
        theme: theme.cloned(),
        controls: controls.to_vec(),
    }
}
