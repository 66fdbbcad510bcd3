//! Who reaches whom, as a matrix: senders down, receivers across.

use super::model::{Connection, Picture};
use crate::render::page::html;
use policyc_engine::network::{End, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Side of a cell.
const CELL: usize = 22;
/// Width of a sign of a label, about.
const SIGN: usize = 7;
/// Signs of a label.
const LABEL: usize = 48;

const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#1b1f24}.cell{stroke:#fff}.allowed{fill:#d9822b}\
.ports{fill:#2f7fc1}.addresses{fill:#7d5fb2}.undecided{fill:#e8c547}.denied{fill:#e4e8ec}.self{fill:none}.back{fill:#fff}\
.sign{font-weight:600;fill:#fff;text-anchor:middle}.dark{fill:#1b1f24}.warn{fill:#b3261e;font-weight:600}\
@media (prefers-color-scheme:dark){text{fill:#e6e8eb}.back{fill:#15181c}.cell{stroke:#15181c}.denied{fill:#2a3037}\
.sign{fill:#fff}.dark{fill:#1b1f24}.warn{fill:#f0736a}}";

/// Words and signs of the verdicts: colour is not all that tells them apart.
const KEY: [(Verdict, &str, &str); 5] = [
    (Verdict::Allowed, "A", "allowed on all ports"),
    (Verdict::Ports, "P", "allowed on some ports"),
    (Verdict::Addresses, "B", "allowed for some addresses"),
    (Verdict::Undecided, "?", "cannot be told"),
    (Verdict::Denied, "", "denied"),
];

pub(super) fn picture(picture: &Picture) -> String {
    let (from, to) = picture.ends();
    let label = |end: End| cut(picture.title(end));
    let longest = |ends: &[End]| ends.iter().map(|end| label(*end).chars().count()).max().unwrap_or(0) * SIGN;
    let warning = if picture.unread.is_empty() { 0 } else { CELL };
    let (left, top) = (longest(&from) + 16, longest(&to) + 16 + warning);
    let (wide, high) = (to.len() * CELL, from.len() * CELL);
    let width = (left + wide + 24).max(420);
    let height = top + high + KEY.len() * CELL + 24;
    let sums = picture.sums;
    let what = format!(
        "who can reach whom: of {} connections {} are allowed, {} on some ports, {} for some addresses, {} cannot be told, {} \
         are denied",
        picture.connections.len(),
        sums.allowed,
        sums.ports,
        sums.addresses,
        sums.undecided,
        sums.denied
    );
    let what = html(&what);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{what}\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\">\n<title>{what}</title>\n<style>{STYLE}</style>\n<rect class=\"back\" \
         width=\"{width}\" height=\"{height}\"/>\n"
    );
    if warning > 0 {
        let number = picture.unread.len();
        let files = if number == 1 { "1 file".to_owned() } else { format!("{number} files") };
        let _ = writeln!(out, "<text class=\"warn\" x=\"8\" y=\"16\">{files} could not be read whole</text>");
    }
    let columns: BTreeMap<usize, usize> =
        (0..).zip(&to).map(|(column, end)| (super::model::order(*end), column)).collect();
    for (column, end) in to.iter().enumerate() {
        let (x, y) = (left + column * CELL + CELL / 2 + 4, top - 6);
        let _ = writeln!(out, "<text transform=\"translate({x} {y}) rotate(-90)\">{}</text>", html(&label(*end)));
    }
    let rows: BTreeMap<usize, usize> = (0..).zip(&from).map(|(row, end)| (super::model::order(*end), row)).collect();
    for (row, end) in from.iter().enumerate() {
        let y = top + row * CELL + CELL - 7;
        let _ = writeln!(out, "<text x=\"{}\" y=\"{y}\" text-anchor=\"end\">{}</text>", left - 6, html(&label(*end)));
    }
    for one in &picture.connections {
        let (Some(row), Some(column)) =
            (rows.get(&super::model::order(one.ends.0)), columns.get(&super::model::order(one.ends.1)))
        else {
            continue;
        };
        cell(one, left + column * CELL, top + row * CELL, &mut out);
    }
    for (number, (verdict, sign, words)) in KEY.iter().enumerate() {
        let y = top + high + 16 + number * CELL;
        square(*verdict, sign, 8, y, "", &mut out);
        let _ = writeln!(out, "<text x=\"{}\" y=\"{}\">{words}</text>", 8 + CELL + 8, y + CELL - 7);
    }
    out + "</svg>\n"
}

fn cell(one: &Connection, x: usize, y: usize, out: &mut String) {
    let sign = KEY.iter().find(|(verdict, ..)| *verdict == one.word).map_or("", |(_, sign, _)| sign);
    let title = format!("{} to {}: {}", one.from, one.to, one.words());
    square(one.word, sign, x, y, &title, out);
}

fn square(verdict: Verdict, sign: &str, x: usize, y: usize, title: &str, out: &mut String) {
    let class = verdict.as_str();
    let title = if title.is_empty() { String::new() } else { format!("<title>{}</title>", html(title)) };
    let _ =
        write!(out, "<g>{title}<rect class=\"cell {class}\" x=\"{x}\" y=\"{y}\" width=\"{CELL}\" height=\"{CELL}\"/>");
    if !sign.is_empty() {
        let dark = if verdict == Verdict::Undecided { " dark" } else { "" };
        let _ = write!(out, "<text class=\"sign{dark}\" x=\"{}\" y=\"{}\">{sign}</text>", x + CELL / 2, y + CELL - 7);
    }
    out.push_str("</g>\n");
}

fn cut(title: &str) -> String {
    match title.chars().count() > LABEL {
        true => title.chars().take(LABEL - 1).chain(['…']).collect(),
        false => title.to_owned(),
    }
}
