//! `cargo xtask bench`: what reading and judging cost, beside the YAML parser's bare events on the same bytes.
//!
//! All runs are in one process, alternate, and use one thread; the table gives medians and ratios. Ratios are what to
//! trust: absolute times belong to the machine of the day.

mod generate;
mod jobs;

use generate::{Random, generate};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Seed of the reference corpus.
const SEED: u64 = 20_261_123;
/// Alternating rounds.
const ROUNDS: usize = 7;

/// Runs the benchmark and returns its table.
///
/// # Errors
///
/// A sentence, where there is no corpus or it cannot be written.
pub(crate) fn run(arguments: &[String]) -> Result<String, String> {
    let documents = match arguments {
        [] => 10_000,
        [count] => count.parse::<usize>().map_err(|_| "usage: cargo xtask bench [DOCUMENTS]".to_owned())?,
        _ => return Err("usage: cargo xtask bench [DOCUMENTS]".to_owned()),
    };
    let corpus = PathBuf::from(std::env::var("POLICYC_CORPUS").unwrap_or_else(|_| "../shared".to_owned()));
    let target = Path::new("target").join("bench").join(documents.to_string());
    let written = generate(&corpus, &target, documents, SEED).map_err(|error| error.to_string())?;
    let files = jobs::load(&target).map_err(|error| error.to_string())?;
    let mut out = String::new();
    let megabytes = written.bytes as f64 / 1e6;
    let _ =
        writeln!(out, "{documents} documents, {} files, {megabytes:.1} MB, {ROUNDS} alternating rounds", written.files);
    let library = policyc_stdlib::artefact().map_err(|error| error.to_string())?;
    let setup = jobs::Setup::new(&files, &library)?;
    let (twenty, library) = setup.findings();
    let _ = writeln!(out, "20 checks: {twenty} findings; library of {} rules: {library} findings", setup.rules());
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); jobs::JOBS.len()];
    let mut random = Random::new(SEED);
    for _ in 0..ROUNDS {
        let first = random.below(jobs::JOBS.len());
        for at in 0..jobs::JOBS.len() {
            let at = (first + at) % jobs::JOBS.len();
            times[at].push(jobs::run(jobs::JOBS[at], &setup));
        }
    }
    let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
    let _ = writeln!(out, "{:<44}{:>10}{:>10}{:>12}", "job", "seconds", "MB/s", "of events");
    for (job, seconds) in jobs::JOBS.iter().zip(&medians) {
        let (speed, ratio) = (megabytes / seconds, seconds / medians[0]);
        let _ = writeln!(out, "{:<44}{seconds:>10.4}{speed:>10.0}{ratio:>12.2}", job.title());
    }
    Ok(out)
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64)
}
