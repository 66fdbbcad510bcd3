//! Block scalars, `|` and `>`: their header, how far their lines are indented, and what their line breaks read as.

use policyc_text::Span;

use super::class::{BLANK, class};
use super::{Scalar, Scanner, refuse};
use crate::yaml::build::Built;
use crate::yaml::node::Style;

/// What happens to the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

/// Indentation of the lines; 0 while the first line with text has not been found.
type Indent = usize;

impl Scanner<'_> {
    /// Reads the block scalar at the next byte and goes to the first byte behind it that is no indentation.
    pub(in crate::yaml) fn block_scalar(&mut self) -> Built<Scalar> {
        let style = if self.next() == b'|' { Style::Literal } else { Style::Folded };
        let header = self.at;
        let (chomp, increment) = self.block_header(header)?;
        let mut indent: Indent = increment.map_or(0, |more| self.indent.saturating_sub(1) + more);
        let begin = self.at;
        let mut out = String::new();
        let mut first = "";
        let mut more = String::new();
        let mut indented_before = false;
        let mut content: Option<(usize, usize)> = None;
        self.block_breaks(&mut indent, &mut more)?;
        while self.column() == indent && !self.is_at_end() {
            let indented = class(self.next()) & BLANK != 0;
            if style == Style::Folded && !indented_before && !indented && first == "\n" {
                if more.is_empty() {
                    out.push(' ');
                }
            } else {
                out.push_str(first);
            }
            out.push_str(&more);
            more.clear();
            indented_before = indented;
            let start = self.at;
            self.at = self.line_end(start);
            out.push_str(self.slice(start, self.at));
            content = Some((content.map_or(start, |(start, _)| start), self.at));
            first = self.block_break().unwrap_or_default();
            self.block_breaks(&mut indent, &mut more)?;
        }
        if chomp != Chomp::Strip {
            out.push_str(first);
        }
        if chomp == Chomp::Keep {
            out.push_str(&more);
        }
        let (start, end) = content.unwrap_or((begin, begin));
        let written = self.slice(start, end).trim_end();
        let decoded = (written != out).then_some(out);
        Ok(Scalar { span: Span::new(start, start + written.len()), style, decoded })
    }

    /// Reads `|` or `>` with what belongs to it up to the end of the line, and goes behind that.
    fn block_header(&mut self, start: usize) -> Built<(Chomp, Option<usize>)> {
        self.at += 1;
        let mut chomp = self.chomp();
        let increment = self.increment()?;
        if chomp.is_none() && increment.is_some() {
            chomp = self.chomp();
        }
        while class(self.next()) & BLANK != 0 {
            self.at += 1;
        }
        if self.next() == b'#' {
            self.comment();
        }
        if self.block_break().is_none() && !self.is_at_end() {
            let sign = Span::new(start, start + 1);
            let reason = format!("text stands on the line of this `{}`", sign.text(self.text));
            return refuse(sign, reason, "start the text on the next line, indented; or put all of it in quotes");
        }
        Ok((chomp.unwrap_or(Chomp::Clip), increment))
    }

    fn chomp(&mut self) -> Option<Chomp> {
        let chomp = match self.next() {
            b'+' => Chomp::Keep,
            b'-' => Chomp::Strip,
            _ => return None,
        };
        self.at += 1;
        Some(chomp)
    }

    fn increment(&mut self) -> Built<Option<usize>> {
        let digit = self.next();
        if !digit.is_ascii_digit() {
            return Ok(None);
        }
        if digit == b'0' {
            return refuse(self.here(), "a text cannot be indented by 0", "write a digit from 1 to 9, or leave it out");
        }
        self.at += 1;
        Ok(Some(usize::from(digit - b'0')))
    }

    /// Goes behind the break at the next byte, or behind the one that Kubernetes adds at the end.
    fn block_break(&mut self) -> Option<&'static str> {
        if self.at == self.end() && self.unended {
            self.unended = false;
            self.line = self.at;
            return Some("\n");
        }
        self.break_here()
    }

    /// Goes past empty lines and the indentation of the next line, and collects the breaks; finds the indentation.
    fn block_breaks(&mut self, indent: &mut Indent, breaks: &mut String) -> Built {
        let mut widest = 0;
        loop {
            let inside = |at: &Self| *indent == 0 || at.column() < *indent;
            while inside(self) && self.next() == b' ' {
                self.at += 1;
            }
            widest = widest.max(self.column());
            if inside(self) && self.next() == b'\t' {
                let reason = "a tab stands where only spaces may indent";
                return refuse(self.here(), reason, "replace the tab with spaces");
            }
            match self.block_break() {
                Some(text) => breaks.push_str(text),
                None => break,
            }
        }
        if *indent == 0 {
            *indent = widest.max(self.indent).max(1);
        }
        Ok(())
    }
}
