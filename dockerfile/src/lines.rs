//! From a file to its lines, and from lines to the logical line of one instruction: continuations, comments and blank
//! lines inside it are taken out, and every byte that stays knows its place. No instruction is read here.

use std::ops::Range;

use policyc_text::Span;

use crate::mapped::{Builder, Mapped};

/// One line of the file, as byte offsets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// First byte; behind the byte-order mark in a file that has one.
    pub(crate) start: usize,
    /// One past the last byte before the line end. All `\r` and `\n` at the end belong to the line end.
    pub(crate) end: usize,
    /// First byte of the next line.
    pub(crate) next: usize,
}

impl Line {
    pub(crate) fn text<'t>(&self, source: &'t str) -> &'t str {
        source.get(self.start..self.end).unwrap_or_default()
    }

    /// With its line end.
    pub(crate) fn whole<'t>(&self, source: &'t str) -> &'t str {
        source.get(self.start..self.next).unwrap_or_default()
    }
}

/// The lines of a file, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Lines<'t> {
    source: &'t str,
    at: usize,
}

impl<'t> Lines<'t> {
    pub(crate) fn new(source: &'t str) -> Self {
        let at = if source.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        Self { source, at }
    }

    /// Where the next line starts.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Goes on at a byte offset, which is the start of a line.
    pub(crate) fn seek(&mut self, at: usize) {
        self.at = at;
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let rest = self.source.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = memchr_newline(rest).map_or(rest.len(), |at| at + 1);
        let start = self.at;
        self.at += length;
        let text = rest.get(..length).unwrap_or_default();
        let end = start + text.trim_end_matches(['\r', '\n']).len();
        Some(Line { start, end, next: self.at })
    }
}

fn memchr_newline(text: &str) -> Option<usize> {
    text.as_bytes().iter().position(|byte| *byte == b'\n')
}

/// Whether a line is a comment: white space and `#`.
pub(crate) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// The part of a line before the escape character that continues it: at the end, before blanks, and not itself escaped.
pub(crate) fn continued(line: &str, escape: char) -> Option<&str> {
    let before = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!before.ends_with(escape)).then_some(before)
}

/// The logical line of one instruction.
#[derive(Debug)]
pub(crate) struct Logical<'t> {
    pub(crate) text: Mapped<'t>,
    /// From its first character to the end of its last line, without the line end.
    pub(crate) span: Span,
    /// Comments between its lines, with their `#`.
    pub(crate) comments: Vec<Span>,
    /// Blank lines between its lines.
    pub(crate) blank_lines: Vec<Span>,
}

/// Puts the logical line together that begins with `first`, which is no comment. `None` where it is a blank line.
pub(crate) fn join<'t>(source: &'t str, lines: &mut Lines<'t>, first: Line, escape: char) -> Option<Logical<'t>> {
    let text = first.text(source);
    let start = first.end - text.trim_start().len();
    let mut part = start..first.end;
    let mut more = shorten(source, &mut part, escape);
    if part.is_empty() && !more {
        return None;
    }
    let mut builder = Builder::new(source);
    builder.push_source(part);
    let mut span = Span::new(start, first.end);
    let (mut comments, mut blank_lines) = (Vec::new(), Vec::new());
    while more {
        let Some(line) = lines.next() else { break };
        let text = line.text(source);
        if is_comment(text) {
            comments.push(comment_span(source, line));
            continue;
        }
        if text.trim_start().is_empty() {
            blank_lines.push(Span::new(line.start, line.end));
            continue;
        }
        let mut part = line.start..line.end;
        more = shorten(source, &mut part, escape);
        builder.push_source(part);
        span.end = Span::new(0, line.end).end;
    }
    Some(Logical { text: builder.finish(span.start), span, comments, blank_lines })
}

/// Cuts off the continuation; whether there was one.
fn shorten(source: &str, part: &mut Range<usize>, escape: char) -> bool {
    let text = source.get(part.clone()).unwrap_or_default();
    let Some(before) = continued(text, escape) else { return false };
    part.end = part.start + before.len();
    true
}

/// A comment from its `#` to the end of its line.
pub(crate) fn comment_span(source: &str, line: Line) -> Span {
    let text = line.text(source);
    Span::new(line.end - text.trim_start().len(), line.start + text.trim_end().len())
}
