//! The program `policyc`; all of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    policyc::main()
}
