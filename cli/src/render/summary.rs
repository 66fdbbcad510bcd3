//! The last lines for people: what was found, what was judged, and what was not and why.

use super::escape::escape;
use super::frame::position;
use super::human::Human;
use crate::exit;
use policyc_engine::report::{ExemptedGroup, FileStatus, NotApplicable, PassedOver, Report};
use policyc_lang::values::Severity;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Partial objects that are named.
const NAMED: usize = 5;
/// Groups of exempted findings that are named.
const EXEMPTED: usize = 20;

pub(super) fn write_summary(report: &Report, human: Human, out: &mut dyn Write) -> io::Result<()> {
    let style = human.canvas.style;
    writeln!(out, "{}", style.bold(&findings_line(report)))?;
    let more = [objects_line(report), partial_line(report), open_world_line(report)];
    for line in std::iter::once(files_line(report)).chain(more.into_iter().flatten()) {
        writeln!(out, "{line}")?;
    }
    for ExemptedGroup { rule, because, until, count } in report.exempted.iter().take(EXEMPTED) {
        let line = format!("{count} exempted: {rule}, because {because}, until {until}");
        writeln!(out, "{}", escape(&line))?;
    }
    if let Some(more) = report.exempted.get(EXEMPTED..).filter(|more| !more.is_empty()) {
        writeln!(out, "{} exempted for other reasons", more.iter().map(|group| group.count).sum::<usize>())?;
    }
    for text in
        report.exceptions_text().iter().chain(&report.passed_over.iter().map(PassedOver::text).collect::<Vec<_>>())
    {
        writeln!(out, "{}", escape(text))?;
    }
    for loosened in report.loosened.iter().take(EXEMPTED) {
        let line = format!("loosened at {}: {}", position(&loosened.place), loosened.text());
        writeln!(out, "{}", escape(&line))?;
    }
    if let Some(more) = report.loosened.len().checked_sub(EXEMPTED).filter(|more| *more > 0) {
        writeln!(out, "loosened by {more} more settings")?;
    }
    for note in &report.notes {
        writeln!(out, "note: {}", escape(note))?;
    }
    let run =
        format!("{} for Kubernetes {} as of {}", count(report.summary.rules, "rule"), report.kubernetes, report.as_of);
    writeln!(out, "{run}; exit code {}: {}", human.exit, exit::reason(human.exit))
}

fn findings_line(report: &Report) -> String {
    let summary = &report.summary;
    let total = summary.fail + summary.indeterminate;
    let mut severities = Severity::ALL.into_iter().rev().filter(|severity| summary.by_severity.get(*severity) > 0);
    let each = severities.by_ref().map(|severity| format!("{} {severity}", summary.by_severity.get(severity)));
    let mut line = match total {
        0 => "no findings".to_owned(),
        _ => format!("{}: {}", count(total, "finding"), each.collect::<Vec<_>>().join(", ")),
    };
    if summary.indeterminate > 0 {
        line.push_str(&format!("; {} of them cannot be told", summary.indeterminate));
    }
    for (number, word) in
        [(summary.suppressed, "suppressed"), (summary.baselined, "in the baseline"), (summary.exempted, "exempted")]
    {
        if number > 0 {
            line.push_str(&format!("; {number} {word}"));
        }
    }
    line
}

fn files_line(report: &Report) -> String {
    let summary = &report.summary;
    let mut why: BTreeMap<NotApplicable, usize> = BTreeMap::new();
    for file in &report.files {
        if let FileStatus::NotApplicable(kind) = file.status {
            *why.entry(kind).or_default() += 1;
        }
    }
    let why: Vec<String> = why.into_iter().map(|(kind, number)| format!("{number} {}", kind.as_str())).collect();
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
    let failed = match summary.failed {
        0 => String::new(),
        number => format!(", {number} not read whole"),
    };
    format!(
        "{}: {} judged, {} not applicable{why}{failed}",
        count(summary.files, "file"),
        summary.judged,
        summary.not_applicable
    )
}

fn objects_line(report: &Report) -> Option<String> {
    let summary = &report.summary;
    let untyped = match summary.untyped {
        0 => String::new(),
        number => format!(", {number} of kinds that nobody described: their fields were not checked"),
    };
    (summary.resources > 0).then(|| format!("{}{untyped}", count(summary.resources, "object")))
}

fn partial_line(report: &Report) -> Option<String> {
    if report.partial.is_empty() {
        return None;
    }
    let mut names: Vec<String> = report
        .partial
        .iter()
        .take(NAMED)
        .map(|(file, resource)| escape(&format!("{}/{} in {file}", resource.kind, resource.name)))
        .collect();
    if report.partial.len() > NAMED {
        names.push(format!("and {} more", report.partial.len() - NAMED));
    }
    let number = count(report.partial.len(), "partial object");
    Some(format!("{number} (patches of a kustomization; absence was not judged): {}", names.join(", ")))
}

fn open_world_line(report: &Report) -> Option<String> {
    let number = report.summary.open_world;
    let need = if number == 1 { "needs" } else { "need" };
    (number > 0).then(|| {
        format!(
            "{} {need} the rest of the project (--world closed takes these files as all of it)",
            count(number, "check")
        )
    })
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
