//! `cargo xtask oracle`: its arguments, and what it prints.

use super::program::Oracle;
use super::{Job, corpus, project, run};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

const USAGE: &str = "usage: cargo xtask oracle [--count N] [--seed S] [--corpus FOLDER] [--no-corpus]";
/// Examples of each class.
const EXAMPLES: usize = 20;

struct Arguments {
    count: u64,
    seed: u64,
    corpus: Option<PathBuf>,
}

/// Compares generated texts and the corpus; gives the last line to print.
///
/// # Errors
///
/// A sentence: what is read otherwise, or why nothing could be compared.
pub(crate) fn command(arguments: &[String]) -> Result<String, String> {
    let arguments = parse(arguments)?;
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project().join("target"), PathBuf::from);
    let Some(oracle) = Oracle::build(&project().join("tests/oracles/yaml"), &folder)? else {
        return Ok("did not run: Go is not installed".to_owned());
    };
    let samples = arguments.corpus.as_deref().map(corpus::samples).unwrap_or_default();
    if let Some(folder) = &arguments.corpus {
        print(&format!("{} texts of {}\n", samples.len(), folder.display()))?;
    }
    let start = Instant::now();
    let job = Job { count: arguments.count, seed: arguments.seed, samples: &samples, examples: EXAMPLES };
    let report = run(&oracle, &job, || print(&format!("compared in {:.1} s\n", start.elapsed().as_secs_f64())))?;
    print(&report.text())?;
    report.verdict()?;
    Ok(format!("{} texts are read as Kubernetes reads them", report.total()))
}

fn parse(arguments: &[String]) -> Result<Arguments, String> {
    let usual = project().join("../shared/corpus");
    let mut parsed = Arguments { count: 100_000, seed: 1, corpus: usual.is_dir().then_some(usual) };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| USAGE.to_owned());
        let number = |text: &String| text.parse::<u64>().map_err(|_| USAGE.to_owned());
        match argument.as_str() {
            "--count" => parsed.count = number(value()?)?,
            "--seed" => parsed.seed = number(value()?)?,
            "--corpus" => parsed.corpus = Some(PathBuf::from(value()?)),
            "--no-corpus" => parsed.corpus = None,
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(parsed)
}

fn print(text: &str) -> Result<(), String> {
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())
}
