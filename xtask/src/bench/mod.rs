//! `cargo xtask bench`: builds the program, what it is compared with, and the benchmarks, and prints their tables.
//!
//! What is timed lives in `benches`, which is no part of this workspace.

mod cargo;
mod instructions;

use cargo::{cargo, target};
pub(crate) use instructions::instructions;
use std::path::Path;

/// The benchmarks.
const MANIFEST: &str = "benches/Cargo.toml";
/// Where programs to compare with are installed.
const PEERS: &str = "benches/target/peers";
/// The version of cfn-guard to compare with.
const GUARD: &str = "=3.2.1";

/// Prints the tables of these names; all where none is named.
///
/// # Errors
///
/// A sentence, where something cannot be built or run.
pub(crate) fn run(tables: &[String]) -> Result<String, String> {
    const ALL: &str = "engine,growth,threads,memory,start,lsp,peers,findings,guard";
    let tables = if tables.is_empty() { ALL.to_owned() } else { tables.join(",") };
    cargo(&["build", "--release", "--locked", "--package", "policyc"])?;
    if tables.split(',').any(|table| table == "guard") && !Path::new(PEERS).join("bin/cfn-guard").is_file() {
        cargo(&["install", "--locked", "--version", GUARD, "--root", PEERS, "cfn-guard"])?;
    }
    let program = target("target").join("release").join("policyc").display().to_string();
    let build = ["run", "--release", "--locked", "--features", "peers", "--manifest-path", MANIFEST, "--"];
    cargo(&[&build[..], &["--program", &program, "--table", &tables]].concat())?;
    Ok(String::new())
}
