//! `policyc test`: run the tests that stand in policy files.

use crate::args::TestArgs;
use crate::discover::{self, Source};
use crate::library::{Policies, is_beside, standard};
use crate::render::{Style, escape};
use crate::{Refusal, exit, output, render};
use policyc_engine::check::{TestRun, run_test, uncovered};
use policyc_lang::check::TestCase;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

/// Runs the tests of policy files.
///
/// # Errors
///
/// If a file cannot be read or does not compile, or the output cannot be written.
pub(crate) fn test(args: &TestArgs) -> Result<u8, Refusal> {
    let policies = Policies::load(&args.paths, standard()?)?;
    render::show_diagnostics(&policies.compiled.diagnostics, &policies.sources, output::error_style(args.color));
    if !policies.compiled.is_ok() {
        return Ok(exit::USAGE);
    }
    let runs: Vec<TestRun> = policies.compiled.tests.iter().map(|case| run(&policies, case)).collect();
    let style = output::style(args.color);
    let failed = runs.iter().filter(|run| !run.problems.is_empty()).count();
    output::print(|out| {
        for (case, run) in policies.compiled.tests.iter().zip(&runs) {
            write_run(&policies, case, run, args.quiet, style, out)?;
        }
        for (file, name) in repeated(&policies) {
            writeln!(out, "warning: {}: more than one test is called `{}`", escape(file), escape(name))?;
        }
        for (rule, missing) in uncovered(&policies.compiled, &runs) {
            writeln!(out, "warning: no test shows that `{}` {missing}", escape(&rule))?;
        }
        if !args.quiet || failed > 0 {
            let word = if runs.len() == 1 { "test" } else { "tests" };
            writeln!(out, "{} {word}, {failed} failed", runs.len())?;
        }
        Ok(())
    })?;
    Ok(if failed > 0 { exit::FINDINGS } else { exit::CLEAN })
}

/// Names that more than one test of a file has, each once: whoever reads of a failure must know which test is meant.
fn repeated(policies: &Policies) -> BTreeSet<(&str, &str)> {
    let mut seen = BTreeSet::new();
    let cases = policies.compiled.tests.iter();
    let again = cases.filter(|case| !seen.insert((case.file, case.name.as_str())));
    again.map(|case| (file_name(policies, case), case.name.as_str())).collect()
}

fn file_name<'p>(policies: &'p Policies, case: &TestCase) -> &'p str {
    policies.sources.iter().find(|source| source.file == case.file).map_or("", |source| &source.name)
}

/// Runs one test; its fixtures may name files beside the policy.
fn run(policies: &Policies, case: &TestCase) -> TestRun {
    let number = policies.sources.iter().position(|source| source.file == case.file);
    let path = number.and_then(|number| policies.paths.get(number));
    let folder = path.and_then(|path| path.parent()).unwrap_or(Path::new(""));
    let read = |name: &str| {
        if !is_beside(Path::new(name)) {
            return Err("it does not lie beside the policy".to_owned());
        }
        discover::read(&Source::File(folder.join(name)))
    };
    run_test(&policies.compiled.artefact.program, case, &read)
}

fn write_run(
    policies: &Policies,
    case: &TestCase,
    run: &TestRun,
    quiet: bool,
    style: Style,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let name = format!("{}: {}", file_name(policies, case), case.name);
    if run.problems.is_empty() {
        return if quiet { Ok(()) } else { writeln!(out, "ok    {}", escape(&name)) };
    }
    writeln!(out, "{}  {}", style.bold("FAIL"), escape(&name))?;
    for problem in &run.problems {
        writeln!(out, "      {}", escape(problem))?;
    }
    Ok(())
}
