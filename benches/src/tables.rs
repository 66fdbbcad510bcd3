//! The tables of `docs/performance.md`, each by its name.

use crate::args::Args;
use crate::corpus::Corpus;
use crate::engine::Engine;
use crate::generate::Packing;
use crate::jobs::{Files, Job, job};
use crate::processes;
use crate::rounds::{self, Clock, Timed};
use std::fmt::Write as _;
use std::process::Command;

/// Names of all tables with what they show.
pub(crate) const NAMES: &[(&str, &str)] = &[
    ("engine", "reading and judging beside bare parsers, k10"),
    ("growth", "time per document over k1, k10 and k100"),
    ("threads", "one thread and two, k100"),
    ("memory", "peak memory over k1, k10 and k100"),
    ("start", "start-up on one file"),
    ("costs", "what the library's rules cost, each on its own, k1"),
    ("refusals", "rules of the library that quick judging does not take, by what it lacks"),
    ("lsp", "keystroke to diagnostics in an editor, a workspace of 1,000 files"),
    ("hadolint", "hadolint on Dockerfiles"),
    #[cfg(feature = "peers")]
    ("peers", "other engines on the same checks, k10 and, 25 times the checks, k1"),
    #[cfg(feature = "peers")]
    ("findings", "what each engine finds, by check, k10"),
    #[cfg(feature = "peers")]
    ("guard", "cfn-guard on files of one document, k1"),
];

/// Makes a table, in Markdown.
///
/// # Errors
///
/// A sentence, where there is no such table or something that it needs.
pub(crate) fn table(name: &str, args: &Args) -> Result<String, String> {
    match name {
        "engine" => jobs_table(args, "k10", ENGINE, Clock::Processor),
        "growth" => growth(args),
        "threads" => jobs_table(args, "k100", &["check20", "threads2"], Clock::Wall),
        "memory" => memory(args),
        "start" => processes::start(args),
        "costs" => costs(args),
        "refusals" => refusals(),
        "lsp" => crate::lsp::table(args),
        "hadolint" => processes::hadolint(args),
        #[cfg(feature = "peers")]
        "peers" => {
            let twenty = jobs_table(args, "k10", &["check20", "regorus", "rvm", "cel"], Clock::Processor)?;
            let many = jobs_table(args, "k1", &["copies500", "regorus500", "rvm500", "cel500"], Clock::Processor)?;
            Ok(twenty + &many)
        }
        #[cfg(feature = "peers")]
        "findings" => findings(args),
        #[cfg(feature = "peers")]
        "guard" => processes::guard(args),
        _ => Err(format!("there is no table `{name}` in this build: see --list")),
    }
}

const ENGINE: &[&str] = &[
    "libyaml", "granit", "read", "builtin", "judge20", "check20", "judge500", "check100", "check500", "library", "json",
];

/// What rules cost on trees that were read before.
fn costs(args: &Args) -> Result<String, String> {
    let (engine, files) = (Engine::new()?, files("k1", Packing::Mixed, args)?);
    let costs = engine.costs(files.texts())?;
    let whole: f64 = costs.iter().map(|(_, seconds, ..)| seconds).sum();
    let mut out = format!(
        "{} rules, {:.1} ms\n\n| rule | µs | findings | left to the evaluator |\n|---|---|---|---|\n",
        costs.len(),
        whole * 1e3
    );
    for (rule, seconds, found, left) in costs {
        let _ = writeln!(out, "| {rule} | {:.0} | {found} | {left} |", seconds * 1e6);
    }
    out.push('\n');
    Ok(out)
}

/// What quick judging lacks, and for how many rules of the library.
fn refusals() -> Result<String, String> {
    let (causes, rules) = Engine::new()?.refusals()?;
    let mut rows: Vec<(&String, &Vec<String>)> = causes.iter().collect();
    rows.sort_by_key(|(_, rules)| std::cmp::Reverse(rules.len()));
    let left: usize = rows.iter().map(|(_, rules)| rules.len()).sum();
    let mut out = format!("{left} of {rules} rules\n\n| lacks | rules | which |\n|---|---|---|\n");
    for (cause, rules) in rows {
        let _ = writeln!(out, "| {cause} | {} | {} |", rules.len(), rules.join(", "));
    }
    out.push('\n');
    Ok(out)
}

/// The files of a corpus.
///
/// # Errors
///
/// A sentence, where it cannot be made.
pub(crate) fn files(name: &str, packing: Packing, args: &Args) -> Result<Files, String> {
    Files::new(Corpus::named(name, packing, args.fresh)?)
}

/// Jobs in turn over a corpus.
///
/// # Errors
///
/// A sentence, where one cannot be made ready.
fn timed(args: &Args, engine: &Engine, files: &Files, names: &[&str], clock: Clock) -> Result<Vec<Timed>, String> {
    let jobs: Vec<Job<'_>> = names.iter().map(|name| job(name, engine, files)).collect::<Result<_, _>>()?;
    Ok(rounds::run(&jobs, args.rounds, clock))
}

/// The table of jobs in turn over a corpus.
///
/// # Errors
///
/// A sentence, where one cannot be made ready.
pub(crate) fn jobs_table(args: &Args, corpus: &str, names: &[&str], clock: Clock) -> Result<String, String> {
    let (engine, files) = (Engine::new()?, files(corpus, Packing::Mixed, args)?);
    Ok(rounds::table(&files.corpus, &timed(args, &engine, &files, names, clock)?))
}

/// Microseconds per document by size of the corpus. Sizes differ a little in bytes per document, hence the ratio to
/// libyaml on the same bytes.
fn growth(args: &Args) -> Result<String, String> {
    let engine = Engine::new()?;
    let mut out = String::from(
        "| corpus | files | MB | read, µs a document | check20, µs a document | read of libyaml | check20 of libyaml |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for corpus in ["k1", "k10", "k100"] {
        let files = files(corpus, Packing::Mixed, args)?;
        let made = files.corpus.made;
        let timed = timed(args, &engine, &files, &["libyaml", "read", "check20"], Clock::Processor)?;
        let each = |at: usize| timed.get(at).map_or(0.0, |timed| timed.seconds * 1e6 / made.documents as f64);
        let ratio = |at: usize| timed.get(at).map_or(0.0, |timed| timed.ratio);
        let _ = writeln!(
            out,
            "| {corpus} | {} | {:.1} | {:.1} | {:.1} | {:.2} | {:.2} |",
            made.files,
            made.bytes as f64 / 1e6,
            each(1),
            each(2),
            ratio(1),
            ratio(2)
        );
    }
    out.push('\n');
    Ok(out)
}

/// Peak memory of a process of its own that loads files when their turn comes.
fn memory(args: &Args) -> Result<String, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut out = String::from("| corpus | MB of files | peak MB | findings |\n|---|---|---|---|\n");
    for name in ["k1", "k10", "k100"] {
        let corpus = Corpus::named(name, Packing::Mixed, args.fresh)?;
        let child = Command::new(&program).args(["--once", "disk20", "--peak", name]).output();
        let child = child.map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&child.stdout).into_owned();
        let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.trim().parse::<f64>().ok());
        let (Some(findings), Some(peak)) = (value("disk20:"), value("peak kB:")) else {
            return Err(format!("the measured process failed: {}", String::from_utf8_lossy(&child.stderr).trim()));
        };
        let _ = writeln!(out, "| {name} | {:.1} | {:.1} | {findings} |", corpus.made.bytes as f64 / 1e6, peak / 1e3);
    }
    out.push('\n');
    Ok(out)
}

/// The most memory that this process has had, in kB; known on Linux.
pub(crate) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// What engines find, check by check.
#[cfg(feature = "peers")]
fn findings(args: &Args) -> Result<String, String> {
    use std::collections::BTreeSet;
    let (engine, files) = (Engine::new()?, files("k10", Packing::Mixed, args)?);
    let names = ["regorus", "rvm", "cel"];
    let ours = engine.counts(files.texts())?;
    let theirs = names.iter().map(|name| crate::peers::counts(name, files.texts())).collect::<Result<Vec<_>, _>>()?;
    let checks: BTreeSet<&String> = ours.keys().chain(theirs.iter().flat_map(|counts| counts.keys())).collect();
    let mut out = String::from("| check | policyc | regorus | regorus VM | cel |\n|---|---|---|---|---|\n");
    for check in checks {
        let count = |counts: &std::collections::BTreeMap<String, usize>| counts.get(check).copied().unwrap_or_default();
        let _ = write!(out, "| {check} | {} |", count(&ours));
        for counts in &theirs {
            let _ = write!(out, " {} |", count(counts));
        }
        out.push('\n');
    }
    out.push('\n');
    Ok(out)
}
