//! Whole processes: start-up, and engines that are programs.

use crate::args::Args;
use crate::corpus::{data, project};
use crate::rounds::median;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Rounds for processes that take milliseconds.
const SHORT_ROUNDS: usize = 15;

/// A program with its arguments.
struct Process {
    title: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
}

impl Process {
    fn new(title: &'static str, program: impl Into<PathBuf>, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Self { title, program: program.into(), arguments }
    }

    /// Seconds until it ends.
    fn run(&self) -> Result<f64, String> {
        let start = Instant::now();
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().map_err(|error| format!("cannot run {}: {error}", self.program.display()))?;
        Ok(start.elapsed().as_secs_f64())
    }
}

/// Runs processes in turn; medians.
fn rounds(processes: &[Process], rounds: usize) -> Result<Vec<f64>, String> {
    let mut times = vec![Vec::new(); processes.len()];
    for process in processes {
        process.run()?;
    }
    for round in 0..rounds {
        for at in 0..processes.len() {
            let at = (round + at) % processes.len();
            times[at].push(processes[at].run()?);
        }
    }
    Ok(times.into_iter().map(median).collect())
}

fn table(processes: &[Process], medians: &[f64]) -> String {
    let mut out = String::from("| process | ms | of the first |\n|---|---|---|\n");
    let first = medians.first().copied().unwrap_or(1.0);
    for (process, seconds) in processes.iter().zip(medians) {
        let _ = writeln!(out, "| {} | {:.1} | {:.2} |", process.title, seconds * 1e3, seconds / first);
    }
    out.push('\n');
    out
}

/// Start-up: one small file, beside a program that does nothing.
///
/// # Errors
///
/// A sentence, where a program cannot be run.
pub(crate) fn start(args: &Args) -> Result<String, String> {
    let program = program(args)?;
    let file = project().join("examples").join("shop").join("stocktake.yaml").display().to_string();
    let rules = rules("twenty.policy");
    let twenty = twenty_arguments();
    let mut own: Vec<&str> = vec!["check", "--no-config", "--policy", &rules];
    own.extend(twenty.iter().map(String::as_str));
    own.push(&file);
    let processes = [
        Process::new("`true`", "true", &[]),
        Process::new("`policyc check FILE`, the recommended rules", &program, &["check", "--no-config", &file]),
        Process::new("`policyc check --policy twenty.policy FILE`, compiling 20 rules", &program, &own),
    ];
    let medians = rounds(&processes, SHORT_ROUNDS)?;
    Ok(table(&processes, &medians))
}

/// cfn-guard on the twenty checks; it reads only the first document of a file.
///
/// # Errors
///
/// A sentence, where it is not installed.
#[cfg(feature = "peers")]
pub(crate) fn guard(args: &Args) -> Result<String, String> {
    use crate::corpus::Corpus;
    use crate::generate::Packing;
    let guard = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/bin/cfn-guard");
    if !guard.is_file() {
        return Err(format!("cfn-guard is not at {}: `cargo xtask bench guard` installs it", guard.display()));
    }
    let (program, rules, guard_rules) = (program(args)?, rules("twenty.policy"), rules("twenty.guard"));
    let corpus = Corpus::named("k1", Packing::Single, args.fresh)?;
    let folder = corpus.folder.display().to_string();
    let twenty = twenty_arguments();
    let mut own: Vec<&str> = vec!["check", "--no-config", "--jobs", "1", "--format", "json", "--policy", &rules];
    own.extend(twenty.iter().map(String::as_str));
    own.push(&folder);
    let processes = [
        Process::new("`policyc check`, compiling 20 rules, JSON", &program, &own),
        Process::new("`cfn-guard validate`", &guard, &["validate", "--rules", &guard_rules, "--data", &folder]),
    ];
    let medians = rounds(&processes, args.rounds)?;
    Ok(format!("{} documents, each a file\n\n{}", corpus.made.files, table(&processes, &medians)))
}

/// hadolint on the Dockerfiles of the official image of PostgreSQL and of examples with it, all in one run. Its time has
/// that of ShellCheck in it, which it calls on what RUN runs; there is nothing of the kind in `policyc`.
///
/// # Errors
///
/// A sentence, where it is not installed or the files are not at hand.
pub(crate) fn hadolint(args: &Args) -> Result<String, String> {
    let hadolint = target().join("tools/hadolint/bin/hadolint");
    if !hadolint.is_file() {
        return Err(format!("hadolint is not at {}: `cargo xtask bench hadolint` installs it", hadolint.display()));
    }
    let folder = data().join("corpus").join("dockerfiles");
    let mut files = Vec::new();
    dockerfiles(&folder, &mut files);
    files.retain(|file| file.contains("postgres"));
    files.sort();
    if files.is_empty() {
        return Err(format!("there are no Dockerfiles at {}", folder.display()));
    }
    let with =
        |first: &[&'static str]| first.iter().copied().chain(files.iter().map(String::as_str)).collect::<Vec<_>>();
    let processes = [
        Process::new(
            "`policyc check`, the recommended rules, JSON",
            program(args)?,
            &with(&["check", "--no-config", "--format", "json"]),
        ),
        Process::new("`hadolint`, JSON", hadolint, &with(&["--no-fail", "--format", "json"])),
    ];
    let medians = rounds(&processes, args.rounds)?;
    Ok(format!("{} Dockerfiles in one run each\n\n{}", files.len(), table(&processes, &medians)))
}

/// The paths of all files of the name `Dockerfile` below a folder.
fn dockerfiles(folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => dockerfiles(&path, files),
            Ok(kind) if kind.is_file() && entry.file_name() == "Dockerfile" => files.push(path.display().to_string()),
            _ => {}
        }
    }
}

/// `--rule ID` for each of the twenty.
fn twenty_arguments() -> Vec<String> {
    let text = include_str!("../rules/twenty.policy");
    let ids = text.lines().filter_map(|line| line.strip_prefix("rule ")?.split(' ').next());
    ids.flat_map(|id| ["--rule".to_owned(), id.to_owned()]).collect()
}

fn rules(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(name).display().to_string()
}

/// The folder that the program is built in.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project().join("target"), PathBuf::from)
}

/// The program `policyc` of the release build.
///
/// # Errors
///
/// A sentence, where there is none.
pub(crate) fn program(args: &Args) -> Result<PathBuf, String> {
    let program = args.program.clone().map_or_else(|| target().join("release").join("policyc"), PathBuf::from);
    if program.is_file() {
        return Ok(program);
    }
    Err(format!("there is no program at {}: build it with `cargo build --release`", program.display()))
}
