//! How often each check holds and fails in the tests.

use crate::library::Policies;
use crate::render::escape;
use crate::{Refusal, output};
use policyc_engine::check::{TestRun, cover_test};
use policyc_engine::eval::CheckCounts;
use policyc_lang::check::TestCase;
use policyc_lang::ir::CheckId;
use policyc_text::LineIndex;
use std::collections::{BTreeMap, BTreeSet};

/// Characters of a check that are shown.
const MOST: usize = 70;

/// Shows the checks of the tested modules; whether tests show at least so many per cent of their outcomes.
///
/// # Errors
///
/// If the output cannot be written.
pub(super) fn show(policies: &Policies, runs: &[(&TestCase, TestRun)], min: Option<u8>) -> Result<bool, Refusal> {
    let program = &policies.compiled.artefact.program;
    let mut counts: BTreeMap<CheckId, CheckCounts> = BTreeMap::new();
    for (case, run) in runs {
        for (check, more) in cover_test(program, case, run) {
            let sum = counts.entry(check).or_default();
            sum.pass += more.pass;
            sum.fail += more.fail;
            sum.indeterminate += more.indeterminate;
        }
    }
    let modules: BTreeSet<_> = runs.iter().map(|(case, _)| case.module).collect();
    let (mut seen, mut all) = (0_usize, 0_usize);
    output::print(|out| {
        for (number, check) in (0..).zip(&program.checks) {
            let Some(rule) = program.rules.get(check.rule.index()).filter(|rule| modules.contains(&rule.module)) else {
                continue;
            };
            let CheckCounts { pass, fail, indeterminate } = counts.get(&CheckId(number)).copied().unwrap_or_default();
            seen += usize::from(pass > 0) + usize::from(fail > 0);
            all += 2;
            let Some(module) = program.modules.get(rule.module.index()) else { continue };
            let line = LineIndex::new(&module.text).position(&module.text, check.span.start).line;
            let words: Vec<&str> = check.span.text(&module.text).split_whitespace().collect();
            let text: String = words.join(" ").chars().take(MOST).collect();
            let lacks = if pass == 0 || fail == 0 { "!" } else { " " };
            let (file, text) = (escape(&module.file), escape(&text));
            writeln!(
                out,
                "{lacks} pass {pass:3}  fail {fail:3}  cannot be told {indeterminate:3}  {file}:{line}: {text}"
            )?;
        }
        writeln!(out, "{seen} of {all} outcomes of checks are shown by tests ({} %)", percent(seen, all))
    })?;
    Ok(min.is_none_or(|min| percent(seen, all) >= usize::from(min)))
}

/// Whole per cent, rounded down; nothing is all there is of nothing.
pub(super) fn percent(part: usize, whole: usize) -> usize {
    (part * 100).checked_div(whole).unwrap_or(100)
}
