//! Who reaches whom, as a table.

use super::model::Picture;
use crate::render::{Style, escape};
use policyc_engine::network::Verdict;
use policyc_lang::values::Severity;
use std::io::{self, Write};

/// Names that are listed.
const NAMED: usize = 10;

pub(super) fn write(picture: &Picture, all: bool, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if !picture.unread.is_empty() {
        let unread = names(&picture.unread);
        let line = format!("could not be read whole, so that policies in them are not known: {unread}");
        writeln!(out, "{}\n", style.bold(&escape(&line)))?;
    }
    let shown: Vec<_> = picture.connections.iter().filter(|one| all || one.word != Verdict::Denied).collect();
    let width = |of: fn(&super::model::Connection) -> &str| {
        shown.iter().map(|one| escape(of(one)).chars().count()).max().unwrap_or(0).clamp(4, 50)
    };
    let (from, to) = (width(|one| &one.from), width(|one| &one.to));
    if !shown.is_empty() {
        writeln!(out, "{}", style.bold(&format!("{:from$}  {:to$}  allowed", "from", "to")))?;
    }
    for one in &shown {
        let words = escape(&one.words());
        let words = match one.word {
            Verdict::Undecided => style.severity(Severity::Medium, &words),
            Verdict::Denied => style.dim(&words),
            Verdict::Allowed | Verdict::Ports | Verdict::Addresses => words,
        };
        writeln!(out, "{:from$}  {:to$}  {words}", escape(&one.from), escape(&one.to))?;
        for reason in &one.reasons {
            writeln!(out, "{:from$}  {:to$}  {}", "", "", style.dim(&format!("since {}", escape(reason))))?;
        }
    }
    let sums = picture.sums;
    writeln!(
        out,
        "\n{} workloads, {} policies; {} connections allowed, {} on some ports, {} for some addresses, {} undecided, {} denied",
        picture.workloads.len(),
        picture.policies,
        sums.allowed,
        sums.ports,
        sums.addresses,
        sums.undecided,
        sums.denied
    )?;
    let open = |of: fn(&super::model::Node) -> &Vec<String>| -> Vec<String> {
        picture.workloads.iter().filter(|node| of(node).is_empty()).map(|node| node.title.clone()).collect()
    };
    for (what, titles) in [("receive", open(|node| &node.ingress)), ("send", open(|node| &node.egress))] {
        if !titles.is_empty() {
            writeln!(out, "no policy limits what these {what}: {}", escape(&names(&titles)))?;
        }
    }
    if !all && sums.denied > 0 {
        writeln!(out, "note: --all tells what is denied, too")?;
    }
    for note in &picture.notes {
        writeln!(out, "note: {}", escape(note))?;
    }
    writeln!(out, "exit code {}: {}", picture.exit_code, picture.exit_reason)
}

fn names(all: &[String]) -> String {
    let mut shown: Vec<String> = all.iter().take(NAMED).cloned().collect();
    shown.extend(all.len().checked_sub(NAMED).filter(|more| *more > 0).map(|more| format!("and {more} more")));
    shown.join(", ")
}
