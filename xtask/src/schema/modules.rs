//! Sources of Go modules, through the ordinary client and its cache.

use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// The folder with the source of `module` at `version` (without its `v`), downloaded when it is not there.
///
/// # Errors
///
/// When `go` is not installed or cannot get the module.
pub(crate) fn source(module: &str, version: &str) -> Result<PathBuf, String> {
    let wanted = format!("{module}@v{version}");
    let output = Command::new("go")
        .args(["mod", "download", "-json", &wanted])
        .current_dir(std::env::temp_dir())
        .output()
        .map_err(|error| format!("cannot run `go`: {error}"))?;
    let answer: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("`go mod download` gave no answer for `{wanted}`: {error}"))?;
    match answer.get("Dir").and_then(Value::as_str) {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => Err(format!("cannot get `{wanted}`: {}", answer.get("Error").unwrap_or(&Value::Null))),
    }
}
