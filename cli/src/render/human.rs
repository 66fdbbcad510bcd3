//! The report for people: grouped by file, a frame a finding, a handful a rule, and a summary.

use super::Canvas;
use super::escape::escape;
use super::frame::{Marking, frame, position};
use super::summary::write_summary;
use policyc_engine::finding::Outcome;
use policyc_engine::fix::{Fix, Sign};
use policyc_engine::report::{Finding, Origin, Place, Problem, Report};
use policyc_lang::ir::Applicability;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Findings of one rule that are shown before the rest is only counted.
pub(crate) const HANDFUL: usize = 3;
/// Related places that are shown with a finding.
const RELATED: usize = 3;
/// Sets of values that are named with a finding.
const SCENARIOS: usize = 3;

/// How much to print.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Human {
    /// Colours and width.
    pub(crate) canvas: Canvas,
    /// Every finding rather than a handful a rule.
    pub(crate) full: bool,
    /// One line a finding, no frames, no summary.
    pub(crate) quiet: bool,
    /// The code that the process will end with.
    pub(crate) exit: u8,
}

/// Writes a report for people.
///
/// # Errors
///
/// Those of the writer.
pub(crate) fn write_human(report: &Report, human: Human, out: &mut dyn Write) -> io::Result<()> {
    if human.quiet {
        return write_lines(report, out);
    }
    let (shown, hidden) = choose(report, human.full);
    let mut problems = report.diagnostics.iter().peekable();
    let mut findings = shown.into_iter().peekable();
    loop {
        let next = [problems.peek().map(|p| &p.place.file), findings.peek().map(|f| &f.place.file)];
        let Some(file) = next.into_iter().flatten().min().cloned() else { break };
        writeln!(out, "{}\n", human.canvas.style.bold(&escape(&file)))?;
        while let Some(problem) = problems.next_if(|problem| problem.place.file == file) {
            out.write_all(draw_problem(human.canvas, problem).as_bytes())?;
        }
        while let Some(finding) = findings.next_if(|finding| finding.place.file == file) {
            out.write_all(draw_finding(human.canvas, finding).as_bytes())?;
        }
    }
    for (rule, count) in &hidden {
        let text = format!("and {count} more of `{}` (--full shows them)", escape(rule));
        writeln!(out, "{}", human.canvas.style.dim(&text))?;
    }
    if !hidden.is_empty() {
        writeln!(out)?;
    }
    write_summary(report, human, out)
}

/// Which findings of a report are shown to people, by their places.
pub(crate) fn shown(report: &Report, full: bool) -> Vec<bool> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut count = |id| {
        let count = seen.entry(id).or_default();
        *count += 1;
        *count
    };
    report.findings.iter().map(|finding| full || count(finding.rule.id.as_str()) <= HANDFUL).collect()
}

/// The findings to show, and how many of each rule are not.
fn choose(report: &Report, full: bool) -> (Vec<&Finding>, BTreeMap<&str, usize>) {
    if full {
        return (report.findings.iter().collect(), BTreeMap::new());
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut shown = Vec::new();
    for finding in &report.findings {
        let count = seen.entry(&finding.rule.id).or_default();
        *count += 1;
        if *count <= HANDFUL {
            shown.push(finding);
        }
    }
    let hidden = seen.into_iter().filter(|(_, count)| *count > HANDFUL).map(|(id, count)| (id, count - HANDFUL));
    (shown, hidden.collect())
}

fn draw_finding(canvas: Canvas, finding: &Finding) -> String {
    let style = canvas.style;
    let paint = |text: &str| style.severity(finding.severity, text);
    let untold = if finding.outcome == Outcome::Indeterminate { " (cannot be told)" } else { "" };
    let mut out = format!(
        "{} {}{untold}: {}\n",
        paint(finding.severity.as_str()),
        style.bold(&escape(&finding.rule.id)),
        escape(&finding.message)
    );
    // What is said of the same place again stands beside its underline.
    let (same, related): (Vec<_>, Vec<_>) =
        finding.related.iter().partition(|(place, _)| is_same(place, &finding.place));
    let label = same.first().map_or(&finding.path, |(_, message)| message);
    out.push_str(&frame(canvas, &finding.place, &Marking { label, paint: &paint }));
    push_related(&mut out, canvas, &related);
    push_origin(&mut out, canvas, finding.origin.as_deref());
    push_help(&mut out, canvas, finding.help.as_deref());
    push_fix(&mut out, canvas, finding.remedy.fix());
    out.push('\n');
    out
}

/// What would mend it, with the lines that go and come.
fn push_fix(out: &mut String, canvas: Canvas, fix: Option<&Fix>) {
    let Some(fix) = fix else { return };
    let how = match fix.applicability {
        Applicability::Safe => "--fix makes it",
        Applicability::Unsafe => "may change behaviour; --fix=unsafe makes it",
        Applicability::Hint => "a hint; never made",
    };
    out.push_str(&format!("    {} {} ({how})\n", canvas.style.help("fix:"), escape(&fix.title)));
    let width = fix.preview.iter().map(|line| line.number.to_string().len()).max().unwrap_or_default();
    for line in &fix.preview {
        let sign = if line.sign == Sign::Old { '-' } else { '+' };
        let text = format!("{:>width$} {sign} {}", line.number, escape(line.text.trim_end()));
        let text: String = text.chars().take(canvas.width.saturating_sub(6).max(20)).collect();
        out.push_str(&format!("      {}\n", canvas.style.change(line.sign, &text)));
    }
}

fn draw_problem(canvas: Canvas, problem: &Problem) -> String {
    let style = canvas.style;
    let paint = |text: &str| style.level(problem.level, text);
    let mut out =
        format!("{} {}: {}\n", paint(problem.level.as_str()), style.bold(problem.code), escape(&problem.message));
    out.push_str(&frame(canvas, &problem.place, &Marking { label: "", paint: &paint }));
    push_related(&mut out, canvas, &problem.related.iter().collect::<Vec<_>>());
    push_help(&mut out, canvas, problem.help.as_deref());
    out.push('\n');
    out
}

fn is_same(one: &Place, other: &Place) -> bool {
    one.file == other.file && one.range == other.range
}

fn push_related(out: &mut String, canvas: Canvas, related: &[&(Place, String)]) {
    let paint = |text: &str| canvas.style.dim(text);
    for (place, message) in related.iter().take(RELATED) {
        out.push_str(&frame(canvas, place, &Marking { label: message, paint: &paint }));
    }
    if let Some(more) = related.len().checked_sub(RELATED).filter(|more| *more > 0) {
        out.push_str(&format!("    {}\n", paint(&format!("and {more} more places"))));
    }
}

/// The template behind a rendered line, and the values that it was rendered with.
fn push_origin(out: &mut String, canvas: Canvas, origin: Option<&Origin>) {
    let Some(origin) = origin else { return };
    out.push_str(&format!("    {} {}\n", canvas.style.help("from:"), escape(&origin_text(origin))));
}

/// `chart/templates/x.yaml with default values, ci/a.yaml and 2 more`.
fn origin_text(origin: &Origin) -> String {
    let (shown, rest) = origin.scenarios.split_at(origin.scenarios.len().min(SCENARIOS));
    if shown.is_empty() {
        return origin.file.to_string();
    }
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    format!("{} with {}{more}", origin.file, shown.join(", "))
}

fn push_help(out: &mut String, canvas: Canvas, help: Option<&str>) {
    for (number, line) in help.unwrap_or_default().lines().enumerate() {
        let head = if number == 0 { "help:" } else { "     " };
        out.push_str(&format!("    {} {}\n", canvas.style.help(head), escape(line.trim())));
    }
}

/// One line a diagnostic.
pub(super) fn write_problems(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for Problem { code, level, message, place, .. } in &report.diagnostics {
        writeln!(out, "{}: {} {code}: {}", position(place), level.as_str(), escape(message))?;
    }
    Ok(())
}

/// One line a finding, for hooks and searches.
fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_problems(report, out)?;
    for finding in &report.findings {
        let Finding { rule, severity, message, place, .. } = finding;
        let origin = finding.origin.as_deref().map(|origin| format!(" (from {})", escape(&origin_text(origin))));
        let origin = origin.unwrap_or_default();
        writeln!(out, "{}: {severity} {}: {}{origin}", position(place), escape(&rule.id), escape(message))?;
    }
    Ok(())
}
