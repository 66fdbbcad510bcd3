//! One source line with its place underlined, cut to the width of the terminal.

use super::escape::escape;
use super::style::Style;
use policyc_engine::report::{Excerpt, Place};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns kept free between the place and either edge, where a line is cut.
const AROUND: usize = 12;

/// How frames are drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Canvas {
    /// Colours.
    pub(crate) style: Style,
    /// Columns of the terminal.
    pub(crate) width: usize,
}

/// What stands beside the underline, and how it is coloured.
pub(crate) struct Marking<'m> {
    /// Text beside the underline; may be empty.
    pub(crate) label: &'m str,
    /// Colours the underline.
    pub(crate) paint: &'m dyn Fn(&str) -> String,
}

/// `file:line:column`, escaped.
pub(crate) fn position(place: &Place) -> String {
    format!("{}:{}:{}", escape(&place.file), place.range.start.line, place.range.start.column)
}

/// The lines of a frame, each with its line end; without a source line only the place.
pub(crate) fn frame(canvas: Canvas, place: &Place, marking: &Marking<'_>) -> String {
    let dim = |text: &str| canvas.style.dim(text);
    let number = place.range.start.line.to_string();
    let margin = " ".repeat(number.len().max(3));
    let mut out = format!("{margin} {}{}{}\n", dim("╭─["), position(place), dim("]"));
    if let Some(excerpt) = &place.excerpt {
        let Cut { line, from, length } = cut(excerpt, canvas.width.saturating_sub(margin.len() + 3));
        let number = format!("{number:>width$}", width = margin.len());
        out.push_str(&format!("{} {} {}\n", dim(&number), dim("│"), line));
        let underline = (marking.paint)(&"─".repeat(length));
        out.push_str(&format!("{margin} {} {}{underline}", dim("·"), " ".repeat(from)));
        push_label(&mut out, canvas, &margin, from + length, marking.label);
    } else if !marking.label.is_empty() {
        out.push_str(&format!("{margin} {} {}\n", dim("·"), escape(marking.label)));
    }
    out.push_str(&format!("{margin} {}\n", dim("╰─")));
    out
}

/// The label behind the underline, or below it where there is no room.
fn push_label(out: &mut String, canvas: Canvas, margin: &str, used: usize, label: &str) {
    let label = escape(label);
    if label.is_empty() {
        out.push('\n');
    } else if margin.len() + 4 + used + label.width() <= canvas.width {
        out.push_str(&format!(" {label}\n"));
    } else {
        let fold = format!("{margin} {} {}", canvas.style.dim("·"), canvas.style.dim("╰ "));
        out.push_str(&format!("\n{fold}{label}\n"));
    }
}

/// A line as it is printed, and the columns of the underline in it.
struct Cut {
    line: String,
    from: usize,
    length: usize,
}

/// Fits a line into a number of columns: the place stays in sight, the rest goes.
fn cut(excerpt: &Excerpt, width: usize) -> Cut {
    let width = width.max(3 * AROUND);
    let (before, marked, after) = (escape(&excerpt.before), escape(&excerpt.marked), escape(&excerpt.after));
    let marked = Fitted::head(&marked, width - 2 * AROUND, false);
    let whole = before.width() + marked.width + after.trim_end().width();
    let room = width - marked.width;
    let left = if whole <= width && !excerpt.cut_before {
        Fitted::tail(&before, before.width(), false)
    } else {
        Fitted::tail(&before, room.saturating_sub(after.width().min(room / 2)), excerpt.cut_before)
    };
    let right = Fitted::head(after.trim_end(), room.saturating_sub(left.width), excerpt.cut_after && !marked.cut);
    // An empty place, such as one behind the last byte, is underlined by one column.
    let (from, length) = (left.width, marked.width.max(1));
    Cut { line: format!("{}{}{}", left.text, marked.text, right.text).trim_end().to_owned(), from, length }
}

/// A part of a line within a number of columns, with `…` where something is missing.
struct Fitted {
    text: String,
    width: usize,
    cut: bool,
}

impl Fitted {
    fn head(text: &str, room: usize, already_cut: bool) -> Self {
        let cut = text.width() > room;
        let room_for_mark = already_cut && text.width() < room;
        if !(cut || room_for_mark) {
            return Self { text: text.to_owned(), width: text.width(), cut };
        }
        let mut kept = take(text.chars(), room.saturating_sub(1)).into_iter().collect::<String>();
        kept.push('…');
        Self { width: kept.width(), text: kept, cut: true }
    }

    fn tail(text: &str, room: usize, already_cut: bool) -> Self {
        let cut = text.width() > room;
        if !cut && !already_cut {
            return Self { text: text.to_owned(), width: text.width(), cut };
        }
        let mut kept = take(text.chars().rev(), room.saturating_sub(1));
        kept.push('…');
        let text: String = kept.into_iter().rev().collect();
        Self { width: text.width(), text, cut: true }
    }
}

/// As many characters as fit into a number of columns.
fn take(text: impl Iterator<Item = char>, room: usize) -> Vec<char> {
    let mut used = 0;
    text.take_while(|character| {
        used += character.width().unwrap_or(0);
        used <= room
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::{Canvas, Marking, Style, frame};
    use policyc_engine::report::{Locator, Secrets};
    use policyc_text::Span;

    fn drawn(text: &str, needle: &str, width: usize) -> String {
        let start = text.find(needle).unwrap();
        let span = Span::new(start, start + needle.len());
        let place = Locator::new("a.yaml".into(), text).framed(span, &Secrets::default());
        let marking = Marking { label: "here", paint: &str::to_owned };
        frame(Canvas { style: Style::default(), width }, &place, &marking)
    }

    #[test]
    fn the_underline_stands_under_the_place() {
        assert_eq!(
            drawn("a: 1\n漢字: yes # c\n", "yes", 80),
            "    ╭─[a.yaml:2:5]\n  2 │ 漢字: yes # c\n    ·       ─── here\n    ╰─\n"
        );
    }

    #[test]
    fn tabs_and_controls_are_seen_and_do_not_move_the_underline() {
        assert_eq!(
            drawn("\ta: \u{1b}[0mx", "x", 80),
            "    ╭─[a.yaml:1:9]\n  1 │ →   a: ␛[0mx\n    ·            ─ here\n    ╰─\n"
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}needle{}", "a".repeat(300), "b".repeat(300));
        let shown = drawn(&text, "needle", 60);
        for line in shown.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 60, "{line}");
        }
        assert!(shown.contains("aneedleb"));
        let marks = shown.lines().nth(2).unwrap().find('─').unwrap();
        let line = shown.lines().nth(1).unwrap();
        assert_eq!(line.chars().position(|c| c == 'n'), shown.lines().nth(2).unwrap().chars().position(|c| c == '─'));
        assert!(marks > 0);
    }

    #[test]
    fn a_place_longer_than_the_line_is_cut_too() {
        let text = "x".repeat(500);
        for line in drawn(&text, &text, 60).lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 60, "{line}");
        }
    }
}
