//! What is to be known of stages before their instructions are told: which build on which, and which reach the image.

use policyc_dockerfile::{Arguments, Dockerfile, Instruction, Keyword, Origin, stage_meant};

/// Longest line of ancestors that is told.
pub(super) const LONGEST_LINE: usize = 64;

/// One stage.
#[derive(Clone, Debug, Default)]
pub(super) struct StageFacts {
    /// The stage itself and those that it builds on, nearest first; at most [`LONGEST_LINE`].
    pub(super) lineage: Vec<u32>,
    /// Stages that build on it, or copy or mount from it, ascending.
    pub(super) users: Vec<u32>,
    /// Something of it gets into the last stage.
    pub(super) reaches_final: bool,
}

/// The stages of a file.
pub(super) fn stages(file: &Dockerfile<'_>) -> Vec<StageFacts> {
    let mut facts = vec![StageFacts::default(); file.stages.len()];
    for stage in &file.stages {
        let mut used: Vec<u32> = Vec::new();
        if let Origin::Stage(base) = stage.origin {
            used.push(base);
        }
        let body = file.instructions.get(stage.from..stage.end).unwrap_or_default();
        for instruction in body {
            sources(file, instruction, &mut used);
        }
        used.sort_unstable();
        used.dedup();
        for source in used.into_iter().filter(|source| *source != stage.index) {
            if let Some(fact) = facts.get_mut(source as usize) {
                fact.users.push(stage.index);
            }
        }
    }
    lineages(file, &mut facts);
    reach(&mut facts);
    facts
}

/// The stages that an instruction copies or mounts from.
fn sources(file: &Dockerfile<'_>, instruction: &Instruction<'_>, used: &mut Vec<u32>) {
    match instruction.keyword {
        Some(Keyword::Copy | Keyword::Add) => {
            let from = instruction.flag("from").and_then(|flag| flag.value.as_ref());
            used.extend(from.and_then(|from| stage_meant(&file.stages, &from.text)));
        }
        Some(Keyword::Run) => {
            for flag in instruction.flags.iter().filter(|flag| flag.name.text == "mount") {
                let value = flag.value.as_ref().map(|value| &*value.text).unwrap_or_default();
                let from = value.split(',').find_map(|field| field.strip_prefix("from="));
                used.extend(from.and_then(|from| stage_meant(&file.stages, from)));
            }
        }
        _ => {}
    }
}

fn lineages(file: &Dockerfile<'_>, facts: &mut [StageFacts]) {
    for stage in &file.stages {
        let mut lineage = vec![stage.index];
        if let Origin::Stage(base) = stage.origin {
            // A base stands earlier, so its line is known.
            let above = facts.get(base as usize).map(|fact| fact.lineage.as_slice()).unwrap_or_default();
            lineage.extend(above.iter().take(LONGEST_LINE - 1));
        }
        if let Some(fact) = facts.get_mut(stage.index as usize) {
            fact.lineage = lineage;
        }
    }
}

fn reach(facts: &mut [StageFacts]) {
    let mut used_by: Vec<Vec<usize>> = vec![Vec::new(); facts.len()];
    for (place, fact) in facts.iter().enumerate() {
        for user in &fact.users {
            if let Some(sources) = used_by.get_mut(*user as usize) {
                sources.push(place);
            }
        }
    }
    let mut open: Vec<usize> = facts.len().checked_sub(1).into_iter().collect();
    while let Some(place) = open.pop() {
        let Some(fact) = facts.get_mut(place).filter(|fact| !fact.reaches_final) else { continue };
        fact.reaches_final = true;
        open.extend(used_by.get(place).into_iter().flatten());
    }
}

/// The kind of an `ONBUILD`'s trigger, or the instruction's own.
pub(super) fn keyword(instruction: &Instruction<'_>) -> Option<Keyword> {
    match &instruction.arguments {
        Arguments::Trigger(trigger) => trigger.keyword,
        _ => instruction.keyword,
    }
}
