//! The SARIF report: static analysis results interchange format 2.1.0 (OASIS, errata 01).
//!
//! One log with one run. What stands where is described in `docs/reports.md`. Nothing in it depends on the machine, the
//! clock or the folder that the run happened in, so that equal inputs give equal bytes.

mod artifacts;
mod fixes;
mod locations;
mod results;
mod rules;
mod run;
mod text;
mod uri;

use super::{Report, write_value};
use artifacts::Artifacts;
use std::io::{self, Write};

/// Where the format is described. Source: SARIF 2.1.0, 3.13.3.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// How the process that writes a report ends.
#[derive(Clone, Copy, Debug)]
pub struct Exit<'e> {
    /// Its exit code.
    pub code: u8,
    /// What the code means, in a few words.
    pub meaning: &'e str,
}

/// Writes a report as one SARIF log on one line, and a line end.
///
/// # Errors
///
/// Those of the writer.
pub fn write_sarif(report: &Report, exit: Exit<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    let artifacts = Artifacts::of(report);
    let log = run::Log { schema: SCHEMA, version: "2.1.0", runs: [run::Run::new(report, &artifacts, exit)] };
    write_value(&log, false, &mut out)?;
    out.flush()
}

#[cfg(test)]
mod tests;
