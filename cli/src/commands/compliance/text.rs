//! Controls on a terminal.

use super::model::{ControlState, Outcome, Sheet};
use crate::render::{Style, escape};
use policyc_lang::values::Severity;
use std::io::{self, Write};

/// Files that are named.
const NAMED: usize = 10;

pub(super) fn write(sheet: &Sheet, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let about = &sheet.framework;
    writeln!(out, "{}", style.bold(&format!("{}, {}", about.title, about.version)))?;
    writeln!(out, "{}\n{}\n", about.source, about.note)?;
    if !sheet.unread.is_empty() {
        let number = sheet.unread.len();
        let files = if number == 1 { "1 file".to_owned() } else { format!("{number} files") };
        writeln!(
            out,
            "{}",
            style.bold(&format!("{files} could not be read whole; nothing passes before they are read:"))
        )?;
        for name in sheet.unread.iter().take(NAMED) {
            writeln!(out, "  {}", escape(name))?;
        }
        if number > NAMED {
            writeln!(out, "  and {} more", number - NAMED)?;
        }
        writeln!(out)?;
    }
    let width = sheet.controls.iter().map(|control| control.id.len()).max().unwrap_or(0);
    for control in &sheet.controls {
        write_control(control, width, style, out)?;
    }
    let sums = sheet.sums;
    writeln!(
        out,
        "\n{} controls: {} pass, {} fail, {} undecided, {} with nothing here, {} not run, {} not covered by any rule",
        sheet.controls.len(),
        sums.pass,
        sums.fail,
        sums.undecided,
        sums.not_applicable,
        sums.not_run,
        sums.not_covered
    )?;
    for note in &sheet.notes {
        writeln!(out, "note: {}", escape(note))?;
    }
    let run = format!("for Kubernetes {} as of {}", sheet.kubernetes, sheet.as_of);
    writeln!(out, "{run}; exit code {}: {}", sheet.exit_code, sheet.exit_reason)
}

fn write_control(control: &ControlState, width: usize, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let word = format!("{:12}", control.outcome.words());
    let word = match control.outcome {
        Outcome::Fail => style.severity(Severity::High, &word),
        Outcome::Undecided => style.severity(Severity::Medium, &word),
        Outcome::Pass => style.help(&word),
        Outcome::NotApplicable | Outcome::NotRun | Outcome::NotCovered => style.dim(&word),
    };
    writeln!(out, "{:width$}  {word}  {}", escape(&control.id), control.title)?;
    let indent = width + 16;
    for rule in control.rules.iter().filter(|rule| rule.fail + rule.undecided > 0) {
        let undecided = if rule.undecided > 0 { format!(", {} undecided", rule.undecided) } else { String::new() };
        let allowed = if rule.allowed > 0 { format!(", {} allowed", rule.allowed) } else { String::new() };
        let figures = format!("{} fail, {} pass{undecided}{allowed}", rule.fail, rule.pass);
        writeln!(out, "{:indent$}{}: {figures}", "", escape(&rule.id))?;
    }
    if matches!(control.outcome, Outcome::NotCovered) && !control.left.is_empty() {
        writeln!(out, "{:indent$}{}", "", style.dim(&control.left))?;
    }
    Ok(())
}
