//! `policyc test`: run the tests that stand in policy files.

mod coverage;
mod junit;
mod marks;
mod mutate;

use crate::args::TestArgs;
use crate::discover::{self, Source};
use crate::library::{Policies, is_beside, standard};
use crate::render::{Style, escape};
use crate::{Refusal, exit, output, render};
use policyc_engine::check::{TestRun, run_test, uncovered};
use policyc_lang::check::TestCase;
use policyc_lang::ir::Program;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

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
    let wanted: Vec<&TestCase> = policies.compiled.tests.iter().filter(|case| matches(&policies, case, args)).collect();
    if wanted.is_empty() && !args.filter.is_empty() {
        return Err(Refusal::new("no test contains the text of `--filter`"));
    }
    let mut runs: Vec<(&TestCase, TestRun)> = wanted.into_iter().map(|case| (case, run(&policies, case))).collect();
    if args.update {
        marks::update(&policies, &runs)?;
        // Marks are written for the findings alone; what else was wrong is still wrong.
        for (case, run) in &mut runs {
            let known = |problem: &String| !marks::is_about_marks(problem);
            if run.expected != run.found {
                run.problems.retain(known);
            }
            run.expected.clone_from(&run.found);
            let _ = case;
        }
    }
    let style = output::style(args.color);
    let failed = runs.iter().filter(|(_, run)| !run.problems.is_empty()).count();
    output::print(|out| {
        for (case, run) in &runs {
            write_run(&policies, case, run, args.quiet, style, out)?;
        }
        for (file, name) in repeated(&policies) {
            writeln!(out, "warning: {}: more than one test is called `{}`", escape(file), escape(name))?;
        }
        if args.filter.is_empty() {
            let all: Vec<TestRun> = runs.iter().map(|(_, run)| run.clone()).collect();
            for (rule, missing) in uncovered(&policies.compiled, &all) {
                writeln!(out, "warning: no test shows that `{}` {missing}", escape(&rule))?;
            }
        }
        if !args.quiet || failed > 0 {
            let word = if runs.len() == 1 { "test" } else { "tests" };
            writeln!(out, "{} {word}, {failed} failed", runs.len())?;
        }
        Ok(())
    })?;
    if let Some(file) = &args.junit {
        junit::write(file, &policies, &runs)?;
    }
    let enough = !args.coverage || coverage::show(&policies, &runs, args.min)?;
    if failed > 0 || !enough {
        return Ok(exit::FINDINGS);
    }
    if args.mutate {
        return mutate::show(&policies, args);
    }
    Ok(exit::CLEAN)
}

/// Whether a test is asked for.
fn matches(policies: &Policies, case: &TestCase, args: &TestArgs) -> bool {
    let rules = policies.compiled.artefact.program.rules.iter().filter(|rule| rule.module == case.module);
    let texts: Vec<&str> =
        [case.name.as_str(), file_name(policies, case)].into_iter().chain(rules.map(|rule| rule.id.as_str())).collect();
    args.filter.is_empty() || args.filter.iter().any(|wanted| texts.iter().any(|text| text.contains(wanted)))
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
    run_with(&policies.compiled.artefact.program, &folder_of(policies, case), case)
}

fn folder_of(policies: &Policies, case: &TestCase) -> PathBuf {
    let number = policies.sources.iter().position(|source| source.file == case.file);
    let path = number.and_then(|number| policies.paths.get(number));
    path.and_then(|path| path.parent()).unwrap_or(Path::new("")).to_owned()
}

fn run_with(program: &Program, folder: &Path, case: &TestCase) -> TestRun {
    let read = |name: &str| {
        if !is_beside(Path::new(name)) {
            return Err("it does not lie beside the policy".to_owned());
        }
        discover::read(&Source::File(folder.join(name)))
    };
    run_test(program, case, &read)
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
    marks::write_beside(run, style, out)
}
