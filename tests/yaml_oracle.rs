//! What the API server would see of a text is what policyc judges: some thousand generated texts, read here and by the Go
//! library under kubectl. `cargo xtask oracle` does the same in larger numbers and shows where the two differ.
//!
//! Without Go the suite says that it did not run, and holds nothing.

#![expect(clippy::print_stderr, reason = "that a suite did not run has to be said")]

#[path = "../xtask/src/oracle/mod.rs"]
#[allow(dead_code, reason = "the command line of the maintainers' program is not used here")]
mod oracle;

use oracle::compare::Class;
use oracle::program::Oracle;
use oracle::{Job, project, run};
use std::path::Path;

const COUNT: u64 = 4000;
const SEED: u64 = 1_123;

#[test]
fn texts_are_read_as_kubernetes_reads_them() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let built = Oracle::build(&project().join("tests/oracles/yaml"), folder).unwrap_or_else(|error| panic!("{error}"));
    let Some(oracle) = built else {
        eprintln!("did not run: Go is not installed");
        return;
    };
    let job = Job { count: COUNT, seed: SEED, samples: &[], examples: 10 };
    let report = run(&oracle, &job, || Ok(())).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.total(), COUNT);
    // Texts of one kind only would prove little.
    for class in [Class::Accepted, Class::Refused] {
        assert!(report.of(class) > COUNT / 4, "{} texts: {}", report.of(class), class.title());
    }
    assert_eq!(report.verdict(), Ok(()), "\n{}", report.text());
}
