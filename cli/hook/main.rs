//! `policyc` under the name that pre-commit installs it by: its builds take the package at the root of the repository.

use std::process::ExitCode;

fn main() -> ExitCode {
    policyc::main()
}
