//! Words without quotes, over as many lines as they go on.

use policyc_text::Span;

use super::class::{BLANK, COLON, END, FLOW, WIDE, break_length, break_text, class};
use super::{Scalar, Scanner, refuse};
use crate::yaml::build::Built;
use crate::yaml::node::Style;

impl Scanner<'_> {
    /// Reads the plain scalar at the next byte and goes to the next token behind it, or before the comment there.
    #[inline]
    pub(in crate::yaml) fn plain(&mut self) -> Built<Scalar> {
        let start = self.at;
        let end = self.plain_line();
        let stop = self.next();
        if class(stop) & (END | WIDE) == 0 || self.is_at_end() || (stop == b'\n' && self.skip_to_shallow_line()) {
            return Ok(Scalar { span: Span::new(start, end), style: Style::Plain, decoded: None });
        }
        self.plain_lines(start, end)
    }

    /// At a line feed: goes to the first word of the next line, if that is not indented enough to go on with the scalar.
    #[inline]
    fn skip_to_shallow_line(&mut self) -> bool {
        let line = self.at + 1;
        let mut at = line;
        while self.byte(at) == b' ' {
            at += 1;
        }
        let ends = self.flow == 0 && at - line < self.indent && class(self.byte(at)) & (END | WIDE | BLANK) == 0;
        if ends {
            (self.at, self.line, self.may_start) = (at, line, true);
        }
        ends
    }

    /// Goes to where a plain scalar cannot go on on this line; gives the end of its last word.
    #[inline]
    fn plain_line(&mut self) -> usize {
        let stops = END | WIDE | BLANK | COLON | if self.flow > 0 { FLOW } else { 0 };
        let mut at = self.at;
        loop {
            let found = class(self.byte(at)) & stops;
            if found == 0 {
                at += 1;
                continue;
            }
            let end = at;
            if found & BLANK != 0 {
                while class(self.byte(at)) & BLANK != 0 {
                    at += 1;
                }
                if self.byte(at) == b'#' {
                    self.at = at;
                    return end;
                }
            }
            if self.ends_word(at, stops) {
                self.at = at;
                return end;
            }
            at += 1;
        }
    }

    /// Whether the byte at `at`, no blank, cannot be part of a plain scalar.
    #[inline]
    fn ends_word(&self, at: usize, stops: u8) -> bool {
        let found = class(self.byte(at)) & stops;
        if found == 0 {
            return false;
        }
        match found & (COLON | WIDE | FLOW) {
            COLON => self.is_blank(at + 1),
            WIDE => break_length(self.bytes, at) > 0,
            _ => true,
        }
    }

    /// Goes on with a plain scalar whose first line ended.
    fn plain_lines(&mut self, start: usize, mut end: usize) -> Built<Scalar> {
        let mut decoded: Option<String> = None;
        while let Some(first) = self.break_here() {
            let mut more = String::new();
            self.fold_blanks(&mut more)?;
            let goes_on = (self.flow > 0 || self.column() >= self.indent)
                && !self.at_document_mark()
                && self.next() != b'#'
                && !self.ends_word(self.at, END | WIDE | COLON | if self.flow > 0 { FLOW } else { 0 });
            if !goes_on {
                self.may_start = true;
                break;
            }
            let text = decoded.get_or_insert_with(|| self.slice(start, end).to_owned());
            fold(text, first, &more);
            let word = self.at;
            end = self.plain_line();
            text.push_str(self.slice(word, end));
        }
        Ok(Scalar { span: Span::new(start, end), style: Style::Plain, decoded })
    }

    /// Goes behind the break at the next byte, and gives what it reads as.
    pub(super) fn break_here(&mut self) -> Option<&'static str> {
        let written = break_length(self.bytes, self.at);
        let text = self.slice(self.at, self.at + written);
        self.skip_break().then(|| break_text(text))
    }

    /// Goes past blanks and breaks at the start of a line of a plain scalar; collects the breaks.
    fn fold_blanks(&mut self, breaks: &mut String) -> Built {
        loop {
            match self.next() {
                b' ' => self.at += 1,
                b'\t' if self.column() < self.indent => {
                    let tab = Span::new(self.at, self.at + 1);
                    return refuse(tab, "a tab stands where only spaces may indent", "replace the tab with spaces");
                }
                b'\t' => self.at += 1,
                _ => match self.break_here() {
                    Some(text) => breaks.push_str(text),
                    None => return Ok(()),
                },
            }
        }
    }
}

/// Appends what line breaks between two words read as: a single line feed is a blank.
pub(super) fn fold(text: &mut String, first: &str, more: &str) {
    match first {
        "\n" if more.is_empty() => text.push(' '),
        "\n" => text.push_str(more),
        _ => {
            text.push_str(first);
            text.push_str(more);
        }
    }
}
