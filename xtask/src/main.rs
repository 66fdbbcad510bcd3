//! Commands for the maintainers: `cargo xtask schema` generates the Kubernetes types of `lang`, `cargo xtask bench` times
//! reading and judging, `cargo xtask instructions` holds what they cost, `cargo xtask oracle` compares the YAML reader with
//! that of Kubernetes, `cargo xtask fuzz` searches for inputs that break something.
//!
//! Nothing here is part of what users run.

mod bench;
mod fuzz;
mod oracle;
mod schema;

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let outcome = match arguments.next().as_deref() {
        Some("schema") => schema::run(),
        Some("bench") => bench::run(&arguments.collect::<Vec<_>>()),
        Some("instructions") => bench::instructions(&arguments.collect::<Vec<_>>()),
        Some("fuzz") => fuzz::run(&arguments.collect::<Vec<_>>()),
        Some("oracle") => oracle::command::command(&arguments.collect::<Vec<_>>()),
        _ => {
            let usage = "usage: cargo xtask schema | bench [TABLE …] | instructions [--accept] | fuzz [TARGET …] | \
                         oracle [--count N] [--seed S]";
            Err(usage.to_owned())
        }
    };
    match outcome {
        Ok(report) => say(&report, ExitCode::SUCCESS),
        Err(problem) => say(&format!("error: {problem}"), ExitCode::FAILURE),
    }
}

fn say(text: &str, code: ExitCode) -> ExitCode {
    match writeln!(std::io::stderr(), "{text}") {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE,
    }
}
