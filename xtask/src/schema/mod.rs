//! `cargo xtask schema`: from the OpenAPI documents and Go sources of many Kubernetes versions to one set of tables.
//!
//! Reads the sources through the module cache of `go`, writes `lang/src/schema/tables.rs` and the notice beside it.
//! The same versions give the same bytes.

mod emit;
mod gosource;
mod merge;
mod model;
mod modules;
#[path = "../../../lang/src/schema/overlay.rs"]
mod overlay;
mod refine;
mod swagger;

use std::path::Path;

/// The Kubernetes releases whose documents are read, ascending: one patch release of every minor version.
const RELEASES: &[&str] = &[
    "1.15.12", "1.16.15", "1.17.17", "1.18.20", "1.19.16", "1.20.15", "1.21.14", "1.22.17", "1.23.17", "1.24.17",
    "1.25.16", "1.26.15", "1.27.16", "1.28.15", "1.29.6", "1.30.14", "1.31.14", "1.32.13", "1.33.13", "1.34.4",
    "1.35.4", "1.36.3", "1.37.2",
];

/// The release whose Go sources give the configuration files, with the number of the modules beside it.
const CONFIGURATION_RELEASE: &str = "0.37.2";

/// Generates everything and says what was written.
///
/// # Errors
///
/// When a module cannot be had, a document does not read, or a table overflows its index type.
pub(crate) fn run() -> Result<String, String> {
    let mut versions = Vec::new();
    for release in RELEASES {
        let document = modules::source("k8s.io/kubernetes", release)?.join("api/openapi-spec/swagger.json");
        versions.push(swagger::read(&document)?);
    }
    let configuration = gosource::read_all(CONFIGURATION_RELEASE)?;
    let mut union = merge::merge(versions, configuration)?;
    merge::switch_off(&mut union, RELEASES);
    refine::refine(&mut union)?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lang/src/schema");
    let tables = emit::tables(&union, RELEASES)?;
    write(&folder.join("tables.rs"), &tables)?;
    write(&folder.join("NOTICE.md"), &emit::notice(RELEASES, CONFIGURATION_RELEASE))?;
    Ok(format!(
        "{} definitions, {} kinds, {} bytes of tables",
        union.definitions.len(),
        union.kinds.len(),
        tables.len()
    ))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}
