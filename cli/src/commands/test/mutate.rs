//! Changed rules that no test notices.

use super::coverage::percent;
use super::{folder_of, matches, run_with};
use crate::args::TestArgs;
use crate::library::Policies;
use crate::render::escape;
use crate::{Refusal, exit, output};
use policyc_engine::check::{Mutant, mutants, with_mutant};
use policyc_lang::check::TestCase;
use policyc_text::LineIndex;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Characters of a policy's text that are shown.
const MOST: usize = 60;

/// Makes each mutant of the tested rules, runs the tests that could notice it, and names those that none does.
///
/// # Errors
///
/// If the output cannot be written.
pub(super) fn show(policies: &mut Policies, args: &TestArgs) -> Result<u8, Refusal> {
    let cases: Vec<(TestCase, PathBuf)> = policies
        .compiled
        .tests
        .iter()
        .filter(|case| matches(policies, case, args))
        .map(|case| (case.clone(), folder_of(policies, case)))
        .collect();
    let modules: BTreeSet<_> = cases.iter().map(|(case, _)| case.module).collect();
    let program = &mut policies.compiled.artefact.program;
    let all = mutants(program, &modules);
    let mut survivors: Vec<&Mutant> = Vec::new();
    let mut by_rule: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for mutant in &all {
        let (killed, count) = by_rule.entry(&mutant.rule).or_default();
        *count += 1;
        let noticed = with_mutant(program, mutant, |program| {
            let mut own = cases.iter().filter(|(case, _)| case.module == mutant.module);
            own.any(|(case, folder)| !run_with(program, folder, case).problems.is_empty())
        });
        *killed += usize::from(noticed);
        if !noticed {
            survivors.push(mutant);
        }
    }
    let program = &policies.compiled.artefact.program;
    output::print(|out| {
        for mutant in &survivors {
            let Some(module) = program.modules.get(mutant.module.index()) else { continue };
            let line = LineIndex::new(&module.text).position(&module.text, mutant.span.start).line;
            let words: Vec<&str> = mutant.span.text(&module.text).split_whitespace().collect();
            let text: String = words.join(" ").chars().take(MOST).collect();
            let (file, rule) = (escape(&module.file), escape(&mutant.rule));
            writeln!(out, "survives: {file}:{line}: {rule}: {}: `{}`", mutant.what, escape(&text))?;
        }
        for (rule, (killed, count)) in by_rule.iter().filter(|(_, (killed, count))| killed < count) {
            writeln!(out, "{}: {killed} of {count} mutants are noticed", escape(rule))?;
        }
        let killed = all.len() - survivors.len();
        writeln!(out, "{killed} of {} mutants are noticed ({} %)", all.len(), percent(killed, all.len()))
    })?;
    Ok(if survivors.is_empty() { exit::CLEAN } else { exit::FINDINGS })
}
