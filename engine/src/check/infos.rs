//! What reports repeat about each rule.

use super::Selection;
use super::rules::severity_of;
use crate::builtin::Builtin;
use crate::report::{RuleCard, RuleInfo};
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

/// What is to be said of the rules of a selection, sorted by id.
pub(super) fn cards(selection: &Selection<'_>, infos: &BTreeMap<String, Arc<RuleInfo>>) -> Vec<RuleCard> {
    let program = selection.program;
    let builtins = selection.builtins.iter().filter_map(|rule| {
        let info = Arc::clone(infos.get(rule.id())?);
        let (title, doc) = (rule.title().to_owned(), Some(rule.doc().to_owned()));
        let severity = severity_of(selection, rule.id()).unwrap_or(rule.severity());
        Some(RuleCard { info, title, severity, phase: None, tags: Vec::new(), help: None, doc })
    });
    let instances = program.instances.iter().filter_map(|instance| {
        let (info, rule) = (infos.get(&instance.id)?, program.rules.get(instance.rule.index())?);
        let severity = severity_of(selection, &instance.id).or(instance.severity).unwrap_or(rule.severity);
        Some(RuleCard {
            info: Arc::clone(info),
            title: rule.title.clone(),
            severity,
            phase: rule.phase,
            tags: rule.tags.clone(),
            help: rule.help.clone(),
            doc: rule.doc.clone(),
        })
    });
    let sums = program.aggregates.iter().filter_map(|sum| {
        Some(RuleCard {
            info: Arc::clone(infos.get(&sum.id)?),
            title: sum.title.clone(),
            severity: severity_of(selection, &sum.id).unwrap_or(sum.severity),
            phase: sum.phase,
            tags: Vec::new(),
            help: sum.help.clone(),
            doc: None,
        })
    });
    let of_program = instances.chain(sums).filter(|card| selection.rules.contains(&card.info.id));
    let mut cards: Vec<RuleCard> = builtins.chain(of_program).collect();
    cards.sort_by(|a, b| a.info.id.cmp(&b.info.id));
    cards
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
