//! Running cargo.

use std::path::PathBuf;
use std::process::Command;

/// Runs cargo, whose output goes where this program's goes.
///
/// # Errors
///
/// A sentence, where it cannot be run or fails.
pub(super) fn cargo(arguments: &[&str]) -> Result<(), String> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program).args(arguments).status();
    let status = status.map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`cargo {}` failed", arguments.join(" "))) }
}

/// The folder that cargo builds in, `usual` where nothing says otherwise.
pub(super) fn target(usual: &str) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from(usual), PathBuf::from)
}
