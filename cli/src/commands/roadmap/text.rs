//! The roadmap on a terminal.

use super::model::{PhaseState, Roadmap, RuleSums, State, Subjects};
use crate::render::{Style, escape};
use policyc_lang::values::Severity;
use std::io::{self, Write};

/// Signs of a bar.
const BAR: u64 = 20;
/// Files that are named.
const NAMED: usize = 10;

pub(super) fn write(roadmap: &Roadmap, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let unread = &roadmap.files.unread;
    if !unread.is_empty() {
        let number = count(unread.len() as u64, "file");
        writeln!(
            out,
            "{}",
            style.bold(&format!("{number} could not be read whole; what they hide is not in these figures:"))
        )?;
        for name in unread.iter().take(NAMED) {
            writeln!(out, "  {}", escape(name))?;
        }
        if unread.len() > NAMED {
            writeln!(out, "  and {} more", unread.len() - NAMED)?;
        }
        writeln!(out)?;
    }
    for phase in &roadmap.phases {
        write_phase(phase, style, out)?;
    }
    if !roadmap.others.is_empty() {
        writeln!(out, "{}", style.bold("outside the phases"))?;
        for other in &roadmap.others {
            writeln!(out, "  {:40} {:>7} fail {:>7} undecided", escape(&other.id), other.fail, other.undecided)?;
        }
        writeln!(out)?;
    }
    write_next(roadmap, style, out)?;
    let files = &roadmap.files;
    let judged = count(files.judged as u64, "file");
    let objects = count(files.objects as u64, "object");
    writeln!(out, "{judged} judged, {} not applicable, {objects}", files.not_applicable)?;
    for note in &roadmap.notes {
        writeln!(out, "note: {}", escape(note))?;
    }
    let run = format!("for Kubernetes {} as of {}", roadmap.kubernetes, roadmap.as_of);
    writeln!(out, "{run}; exit code {}: {}", roadmap.exit_code, roadmap.exit_reason)
}

fn write_phase(phase: &PhaseState, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let number = phase.id.replace('-', " ");
    writeln!(out, "{}", style.bold(&format!("{number}, {}: {}", escape(&phase.title), phase.state.words())))?;
    if phase.state == State::NothingToJudge {
        return writeln!(out, "  no rule applies to anything here\n");
    }
    let width = phase.themes.iter().map(|theme| theme.title.chars().count()).max().unwrap_or(0).clamp(20, 40);
    let columns = "rules that apply  pass  fail  undecided | subjects: pass  fail  undecided  allowed";
    writeln!(out, "  {}", style.dim(&format!("{:width$} {:20}  {columns}", "", "")))?;
    for theme in &phase.themes {
        let title = escape(&theme.title);
        if theme.rules.applies() == 0 {
            let why = match theme.list.len() as u64 {
                0 => "no rule runs".to_owned(),
                number => format!("nothing here for {}", count(number, "rule")),
            };
            writeln!(out, "  {}", style.dim(&format!("{title:width$} {why}")))?;
            continue;
        }
        writeln!(out, "  {title:width$} {}  {}", bar_of(theme.rules, style), figures(theme.rules, theme.subjects))?;
    }
    writeln!(out, "  {:width$} {:20}  {}\n", "all", "", figures(phase.rules, phase.subjects))
}

fn figures(rules: RuleSums, subjects: Subjects) -> String {
    let Subjects { pass, fail, undecided, allowed, .. } = subjects;
    format!(
        "{:>16} {:>5} {:>5} {:>10} | {pass:>14} {fail:>5} {undecided:>10} {allowed:>8}",
        rules.applies(),
        rules.pass,
        rules.fail,
        rules.undecided
    )
}

/// Rules that pass, cannot be told and fail, side by side.
fn bar_of(rules: RuleSums, style: Style) -> String {
    let total = rules.applies().max(1);
    let share = |number: u64| if number == 0 { 0 } else { (number * BAR / total).max(1) };
    let (fail, open) = (share(rules.fail), share(rules.undecided));
    let pass = BAR.saturating_sub(fail + open);
    let signs = |sign: &str, number: u64| sign.repeat(usize::try_from(number).unwrap_or(0));
    let (pass, open) = (signs("█", pass), signs("▒", open));
    format!("{pass}{open}{}", style.severity(Severity::High, &signs("░", fail)))
}

fn write_next(roadmap: &Roadmap, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if roadmap.next.is_empty() {
        return writeln!(out, "nothing that was judged fails\n");
    }
    writeln!(out, "{}", style.bold("what to do next"))?;
    for (number, step) in (1..).zip(&roadmap.next) {
        let title = escape(&step.title);
        let severity = match Severity::parse(step.severity) {
            Ok(severity) => style.severity(severity, step.severity),
            Err(_) => step.severity.to_owned(),
        };
        let much = format!("{} in {}", count(step.findings as u64, "finding"), count(step.objects as u64, "object"));
        writeln!(out, "  {number}. {title} ({severity}; {much}; {})", step.effort.words())?;
        let (first, command) = (escape(&step.first), style.help(&escape(&step.command)));
        writeln!(out, "     {}, first at {first}: {command}", escape(&step.rule))?;
    }
    writeln!(out)
}

fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
