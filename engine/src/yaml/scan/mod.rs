//! From bytes to the words of YAML as Kubernetes reads them: where a token starts, and the text of what stands there. What
//! may follow what is [`super::parse`]'s matter.
//!
//! Source: `scannerc.go` of go-yaml v2, the library under sigs.k8s.io/yaml. It follows libyaml and so YAML 1.1.

mod block;
mod class;
mod plain;
mod properties;
mod quoted;

use memchr::memchr3;
use policyc_text::Span;

use super::build::{Built, Refusal};
use super::node::Style;
use super::parse::Source;
use class::{BLANK, END, WIDE, break_length, class};

pub(super) use properties::{Directive, RawTag};

/// Characters that may stand between the start of a key and its colon.
const KEY_REACH: usize = 1024;

/// A scalar as it stands in the text.
pub(super) struct Scalar {
    pub(super) span: Span,
    pub(super) style: Style,
    /// Its value, where that is not what stands in the span, quotes left out.
    pub(super) decoded: Option<String>,
}

/// A place in one document, and what the scanner must know of the lines before it.
pub(super) struct Scanner<'t> {
    /// The whole file.
    text: &'t str,
    /// The file up to the end of the document, so that offsets are those of the file.
    bytes: &'t [u8],
    /// The next byte.
    pub(super) at: usize,
    /// Where the line of the next byte starts.
    pub(super) line: usize,
    /// Whether a key without `?`, a dash or a `?` may come next.
    pub(super) may_start: bool,
    /// How many brackets and braces are open.
    pub(super) flow: usize,
    /// First column that belongs to the innermost block collection plus one: 0 outside of all.
    pub(super) indent: usize,
    /// The last line has no end of its own; Kubernetes adds one.
    unended: bool,
    /// Characters that may end lines, other than `\n` and `\r`, may occur.
    wide: bool,
    keep_comments: bool,
    pub(super) comments: &'t mut Vec<Span>,
}

/// A byte-order mark in UTF-8.
const MARK: &[u8] = "\u{FEFF}".as_bytes();

impl<'t> Scanner<'t> {
    /// For the document that `span` delimits, at its start.
    pub(super) fn new(source: Source<'t>, comments: &'t mut Vec<Span>) -> Self {
        let Source { text, span, keep_comments, wide } = source;
        let start = span.start as usize;
        let bytes = text.as_bytes().get(..span.end as usize).unwrap_or_default();
        // go-yaml takes one byte-order mark for the encoding's, and passes over a second one, which has a column.
        let marks = bytes.get(start..).unwrap_or_default().chunks(MARK.len()).take(2).take_while(|mark| *mark == MARK);
        let marks = marks.count();
        let at = start + marks * MARK.len();
        let unended = !matches!(bytes.last(), Some(b'\n' | b'\r'));
        Self {
            text,
            bytes,
            at,
            line: at - marks.saturating_sub(1),
            may_start: true,
            flow: 0,
            indent: 0,
            unended,
            wide,
            keep_comments,
            comments,
        }
    }

    /// The next byte, 0 at the end.
    #[inline]
    pub(super) fn next(&self) -> u8 {
        self.byte(self.at)
    }

    /// Bytes between the start of the line and the next byte. Before a token that may start a block collection these are
    /// ASCII, so the number is that of characters.
    #[inline]
    pub(super) fn column(&self) -> usize {
        self.at - self.line
    }

    /// Goes to where the next token starts, past blanks, comments and line ends.
    #[inline]
    pub(super) fn seek(&mut self) {
        loop {
            let byte = self.next();
            if byte > b'#' && byte < 0x80 {
                return;
            }
            match byte {
                b' ' => self.at += 1,
                b'\t' if self.flow > 0 || !self.may_start => self.at += 1,
                b'\n' => {
                    self.at += 1;
                    self.line = self.at;
                    self.may_start |= self.flow == 0;
                }
                b'#' => self.comment(),
                b'\r' | 0xC2 | 0xE2 if self.skip_break() => self.may_start |= self.flow == 0,
                _ => return,
            }
        }
    }

    /// Whether a blank, a line break or the end stands at `at`.
    #[inline]
    pub(super) fn is_blank(&self, at: usize) -> bool {
        let class = class(self.byte(at));
        class & (BLANK | END) != 0 || (class & WIDE != 0 && break_length(self.bytes, at) > 0)
    }

    /// Whether the next token is the colon behind a key that started at `start` on this line.
    #[inline]
    pub(super) fn colon_follows(&mut self) -> bool {
        let mut at = self.at;
        while class(self.byte(at)) & BLANK != 0 {
            at += 1;
        }
        if self.byte(at) != b':' || (self.flow == 0 && !self.is_blank(at + 1)) {
            return false;
        }
        self.at = at;
        true
    }

    /// Whether a key that starts at `start`, on the line of the next byte, may still have its colon there.
    #[inline]
    pub(super) fn within_reach(&self, start: usize) -> bool {
        start >= self.line
            && (self.at - start <= KEY_REACH
                || self.text.get(start..self.at).is_some_and(|key| key.chars().count() <= KEY_REACH))
    }

    /// Whether `---` or `...` stands alone at the start of the line at hand.
    #[inline]
    pub(super) fn at_document_mark(&self) -> bool {
        self.at == self.line
            && matches!(self.next(), b'-' | b'.')
            && matches!(self.bytes.get(self.at..self.at + 3), Some(b"---" | b"..."))
            && self.is_blank(self.at + 3)
    }

    /// Whether the last thing before the next byte is a closing bracket or brace.
    pub(super) fn is_behind_bracket(&self) -> bool {
        self.slice(self.line, self.at).trim_end().ends_with([']', '}'])
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.next() == 0
    }

    /// Where the document ends.
    pub(super) fn end(&self) -> usize {
        self.bytes.len()
    }

    /// The whole character at the next byte, for messages.
    pub(super) fn next_char(&self) -> Option<char> {
        self.text.get(self.at..self.end()).and_then(|rest| rest.chars().next())
    }

    /// The span of the next character; without length before a line break and at the end.
    pub(super) fn here(&self) -> Span {
        let shown = self.next_char().filter(|next| !matches!(next, '\n' | '\r'));
        Span::new(self.at, self.at + shown.map_or(0, char::len_utf8))
    }

    /// The document from byte `at` on.
    pub(super) fn rest(&self, at: usize) -> &'t str {
        self.slice(at, self.end())
    }

    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Goes behind the line break at the next byte; says whether there is one.
    #[inline]
    fn skip_break(&mut self) -> bool {
        let length = break_length(self.bytes, self.at);
        if length > 0 {
            self.at += length;
            self.line = self.at;
        }
        length > 0
    }

    fn comment(&mut self) {
        let start = self.at;
        self.at = self.line_end(start);
        if self.keep_comments {
            let written = self.text.get(start..self.at).unwrap_or_default().trim_end();
            self.comments.push(Span::new(start, start + written.len()));
        }
    }

    /// Where the line of byte `at` ends, its break not included.
    #[inline]
    fn line_end(&self, mut at: usize) -> usize {
        if !self.wide {
            let rest = self.bytes.get(at..).unwrap_or_default();
            return memchr3(b'\n', b'\r', 0, rest).map_or(self.bytes.len(), |length| at + length);
        }
        loop {
            let class = class(self.byte(at));
            if class & END != 0 || (class & WIDE != 0 && break_length(self.bytes, at) > 0) {
                return at;
            }
            at += 1;
        }
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }
}

/// A refusal of what is no YAML to Kubernetes.
pub(super) fn refuse<T>(span: Span, reason: impl Into<String>, hint: &'static str) -> Built<T> {
    Err(Refusal::syntax(span, reason, hint))
}
