//! The line that a finding stands on, cut around the place, secrets masked.

use super::{Locator, Secrets};
use policyc_text::Span;

/// Bytes kept on either side of the place, and of the place itself; more than any terminal shows.
const KEPT: u32 = 400;

/// One source line around a place. Control characters are still in it; whoever prints it escapes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line up to the place.
    pub before: String,
    /// The place, as far as it lies on this line.
    pub marked: String,
    /// The rest of the line.
    pub after: String,
    /// Whether the line begins before `before`.
    pub cut_before: bool,
    /// Whether the line goes on after `after`, or the place after `marked`.
    pub cut_after: bool,
}

impl Excerpt {
    pub(super) fn of(locator: &Locator<'_>, span: Span, secrets: &Secrets) -> Self {
        let text = locator.text();
        let line = line_around(locator, span.start);
        let start = floor(text, span.start.clamp(line.start, line.end));
        let end = floor(text, span.end.clamp(start, line.end));
        let from = floor(text, start.saturating_sub(KEPT).max(line.start));
        let mark = floor(text, end.min(start.saturating_add(KEPT)));
        let to = if mark < end { mark } else { floor(text, end.saturating_add(KEPT).min(line.end)) };
        let show = |start, end| secrets.masked(text, Span { start, end });
        Self {
            before: show(from, start),
            marked: show(start, mark),
            after: show(mark, to),
            cut_before: from > line.start,
            cut_after: to < line.end || span.end > line.end,
        }
    }
}

/// The line that holds an offset, without its line end and without a byte order mark.
fn line_around(locator: &Locator<'_>, offset: u32) -> Span {
    let (text, lines) = (locator.text(), locator.lines());
    let line = lines.line(offset);
    let start = lines.line_start(line).unwrap_or(0);
    let end = lines.line_start(line + 1).unwrap_or_else(|| u32::try_from(text.len()).unwrap_or(u32::MAX));
    let body = Span { start, end }.text(text).trim_end_matches(['\n', '\r']);
    let mark = if start == 0 && body.starts_with('\u{feff}') { 3 } else { 0 };
    Span::new(start as usize + mark, start as usize + body.len())
}

/// The nearest start of a character at or before an offset.
fn floor(text: &str, offset: u32) -> u32 {
    let mut at = (offset as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Excerpt, KEPT};
    use crate::report::{Locator, Secrets};
    use policyc_text::Span;

    fn excerpt(text: &str, start: usize, end: usize) -> Excerpt {
        Excerpt::of(&Locator::new("f".into(), text), Span::new(start, end), &Secrets::default())
    }

    #[test]
    fn the_line_is_split_at_the_place() {
        let Excerpt { before, marked, after, cut_before, cut_after } = excerpt("a: 1\r\nb: two # c\r\n", 9, 12);
        assert_eq!((&*before, &*marked, &*after), ("b: ", "two", " # c"));
        assert!(!cut_before && !cut_after);
    }

    #[test]
    fn places_over_several_lines_show_the_first() {
        let found = excerpt("a: |\n  x\n  y\n", 3, 12);
        assert_eq!((&*found.marked, found.cut_after), ("|", true));
    }

    #[test]
    fn endless_lines_are_cut_on_both_sides() {
        let text = format!("{}é{}", "ü".repeat(5000), "x".repeat(5000));
        let found = excerpt(&text, 10_000, 10_002);
        assert_eq!(found.marked, "é");
        assert!(found.cut_before && found.cut_after);
        assert!(found.before.len() <= KEPT as usize && found.after.len() <= KEPT as usize);
    }

    #[test]
    fn the_end_of_the_text_has_an_empty_line() {
        let found = excerpt("a\n", 2, 2);
        assert_eq!((&*found.before, &*found.marked, &*found.after), ("", "", ""));
    }
}
