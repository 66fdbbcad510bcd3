//! Findings that are known: where they are written down, `policyc baseline write`, and what a run makes of them.

use super::check::{Then, judge_and};
use crate::args::{BaselineCommand, CheckArgs, Format};
use crate::discover::shown_name;
use crate::replace::replace;
use crate::{Refusal, exit, output};
use policyc_engine::report::{Baseline, FileStatus, Report};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The file's name where nobody names another.
const NAME: &str = ".policyc-baseline";

/// Known findings, and the file that they stand in.
pub(super) struct Known {
    /// As reports name it.
    file: String,
    baseline: Baseline,
}

/// `policyc baseline …`.
///
/// # Errors
///
/// Those of `policyc check`, and a file that cannot be written.
pub(crate) fn baseline(command: &BaselineCommand) -> Result<u8, Refusal> {
    let BaselineCommand::Write(args) = command;
    if args.fix.is_some() || args.diff || args.only || args.output.format != Format::Human {
        let message = "`baseline write` writes down all that is found, and neither mends nor reports";
        return Err(Refusal::new(message).with_hint(Some("leave `--fix`, `--diff`, `--only` and `--format` out")));
    }
    judge_and(args, Then::WriteBaseline)
}

/// Reads the findings that are known: those that the arguments name, or those beside the configuration.
///
/// # Errors
///
/// A file that is named and not there, or that cannot be read.
pub(super) fn find(args: &CheckArgs, folder: &Path) -> Result<Option<Known>, Refusal> {
    let named = args.baseline.is_some();
    if !named && args.policies.config.no_config {
        return Ok(None);
    }
    let (path, file) = place(args, folder);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound && !named => return Ok(None),
        Err(error) => return Err(Refusal::new(format!("cannot read the baseline `{file}`: {error}"))),
    };
    match Baseline::read(&text) {
        Ok(baseline) => Ok(Some(Known { file, baseline })),
        Err(bad) => {
            let hint = "mend the line, or write the file anew with `policyc baseline write`";
            Err(Refusal::new(format!("{file}:{}: {}", bad.line, bad.message)).with_hint(Some(hint)))
        }
    }
}

fn place(args: &CheckArgs, folder: &Path) -> (PathBuf, String) {
    let path = args.baseline.clone().unwrap_or_else(|| folder.join(NAME));
    let here = std::env::current_dir().unwrap_or_default();
    let file = shown_name(&here, &here.join(&path));
    (path, file)
}

impl Known {
    /// Takes what is known out of the findings, and says how much that is.
    pub(super) fn take_from(&self, report: &mut Report, unsuppressible: &BTreeSet<String>) {
        let again = report.take_known(&self.baseline, unsuppressible);
        let Known { file, baseline } = self;
        let (known, were) = (findings(baseline.count()), if again == 1 { "was" } else { "were" });
        report.notes.push(format!("of {known} known since {} ({file}) {again} {were} found", baseline.day));
    }
}

fn findings(number: usize) -> String {
    if number == 1 { "1 finding".to_owned() } else { format!("{number} findings") }
}

/// Writes down what was found.
///
/// # Errors
///
/// Inputs that could not be read, of which nothing is known, and a file that cannot be written.
pub(super) fn write(args: &CheckArgs, folder: &Path, report: &Report) -> Result<u8, Refusal> {
    if let Some(failed) = report.files.iter().find(|file| file.status == FileStatus::Failed) {
        let message = format!("`{}` could not be read whole, so what is in it is not known", failed.name);
        return Err(Refusal::new(message).with_hint(Some("`policyc check` says why; mend it, or leave it out")));
    }
    let (path, file) = place(args, folder);
    let text = report.baseline_text();
    let before = std::fs::read_to_string(&path);
    let written = match &before {
        Ok(before) => replace(&path, before.as_bytes(), text.as_bytes()),
        Err(_) => std::fs::write(&path, &text).map_err(|error| error.to_string()),
    };
    written.map_err(|error| Refusal::new(format!("cannot write `{file}`: {error}")))?;
    let then = before.ok().and_then(|before| Baseline::read(&before).ok()).map(|known| known.count());
    let now = report.findings.len();
    let then = then.map(|then| format!(", and {then} before")).unwrap_or_default();
    output::print(|out| writeln!(out, "wrote {file}: {}{then}", findings(now)))?;
    Ok(exit::CLEAN)
}
