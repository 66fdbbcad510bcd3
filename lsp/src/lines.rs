//! From byte offsets to lines and characters, and back, in whichever unit an editor counts characters.

use policyc_text::{LineIndex, Span};
use std::sync::OnceLock;

/// Bytes between two counted places: what one look-up on a long line may have to read.
const BLOCK: usize = 4096;

/// What a character offset counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units, which every client and server knows.
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

impl Encoding {
    fn width(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    /// Units in whole characters; bytes in the middle of one count as nothing.
    fn count(self, bytes: &[u8]) -> usize {
        let starts = || bytes.iter().filter(|byte| (**byte & 0b1100_0000) != 0b1000_0000).count();
        match self {
            Self::Utf8 => bytes.len(),
            Self::Utf32 => starts(),
            // Only what takes four bytes in UTF-8 takes two units.
            Self::Utf16 => starts() + bytes.iter().filter(|byte| **byte >= 0b1111_0000).count(),
        }
    }
}

/// A place in a text as editors name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Point {
    /// 0-based line.
    pub(crate) line: u32,
    /// 0-based offset in the line, in the units of an [`Encoding`].
    pub(crate) character: u32,
}

/// A range as editors name it: half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Points {
    /// Where it begins.
    pub(crate) start: Point,
    /// Where it ends.
    pub(crate) end: Point,
}

/// The lines of one text. A whole file on one line costs a look-up no more than a short line does.
#[derive(Debug)]
pub(crate) struct Lines {
    index: LineIndex,
    ascii: bool,
    /// Units before each block of [`BLOCK`] bytes, for the two encodings that count; made for long lines only.
    utf16: OnceLock<Vec<usize>>,
    utf32: OnceLock<Vec<usize>>,
}

impl Lines {
    /// Finds the lines of a text.
    pub(crate) fn new(text: &str) -> Self {
        Self { index: LineIndex::new(text), ascii: text.is_ascii(), utf16: OnceLock::new(), utf32: OnceLock::new() }
    }

    /// Position of a byte offset in the text that the lines were made of. Past the end counts as the end, and inside a
    /// character as that character's start.
    pub(crate) fn position(&self, text: &str, offset: u32, encoding: Encoding) -> Point {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.index.line(number(offset));
        let start = self.index.line_start(line).unwrap_or(0) as usize;
        Point { line: line - 1, character: number(self.units(text, start, offset, encoding)) }
    }

    fn units(&self, text: &str, start: usize, end: usize, encoding: Encoding) -> usize {
        let bytes = text.as_bytes();
        if self.ascii || encoding == Encoding::Utf8 {
            return end - start;
        }
        if end - start <= BLOCK {
            return encoding.count(bytes.get(start..end).unwrap_or_default());
        }
        self.before(bytes, end, encoding) - self.before(bytes, start, encoding)
    }

    fn before(&self, bytes: &[u8], offset: usize, encoding: Encoding) -> usize {
        let blocks = if encoding == Encoding::Utf16 { &self.utf16 } else { &self.utf32 };
        let blocks = blocks.get_or_init(|| {
            let mut sum = 0;
            let before = |block: &[u8]| {
                let before = sum;
                sum += encoding.count(block);
                before
            };
            bytes.chunks(BLOCK).map(before).collect()
        });
        let block = (offset / BLOCK).min(blocks.len().saturating_sub(1));
        let rest = bytes.get(block * BLOCK..offset).unwrap_or_default();
        blocks.get(block).map_or(0, |before| before + encoding.count(rest))
    }

    /// Byte offset of a position. A line past the last one counts as the end of the text, a character past the end of
    /// its line as that end.
    pub(crate) fn offset(&self, text: &str, position: Point, encoding: Encoding) -> u32 {
        let line = position.line.saturating_add(1);
        let Some(start) = self.index.line_start(line) else { return number(text.len()) };
        let content = self.index.line_text(text, line);
        let wanted = position.character as usize;
        if self.ascii || encoding == Encoding::Utf8 {
            let mut inside = wanted.min(content.len());
            while !content.is_char_boundary(inside) {
                inside -= 1;
            }
            return start.saturating_add(number(inside));
        }
        let mut units = 0;
        for (at, character) in content.char_indices() {
            if units >= wanted {
                return start.saturating_add(number(at));
            }
            units += encoding.width(character);
            if units > wanted {
                // In the middle of a surrogate pair.
                return start.saturating_add(number(at));
            }
        }
        start.saturating_add(number(content.len()))
    }

    /// Both ends of a span.
    pub(crate) fn range(&self, text: &str, span: Span, encoding: Encoding) -> Points {
        Points {
            start: self.position(text, span.start, encoding),
            end: self.position(text, span.end.max(span.start), encoding),
        }
    }

    /// The span of a range; one that ends before it begins is empty.
    pub(crate) fn span(&self, text: &str, range: Points, encoding: Encoding) -> Span {
        let start = self.offset(text, range.start, encoding);
        Span { start, end: self.offset(text, range.end, encoding).max(start) }
    }
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Encoding, Lines, Point};

    #[test]
    fn every_offset_comes_back_in_every_encoding() {
        let long = format!("a: \u{1F600}é\r\n{}\nlast\r\u{1F600}", "xé\u{1F600}".repeat(BLOCK / 3));
        for text in ["", "a\nb", "é: \u{1F600}x\r\n\u{1F600}", &long] {
            let lines = Lines::new(text);
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                for (offset, character) in text.char_indices() {
                    if character == '\n' && text[..offset].ends_with('\r') {
                        continue;
                    }
                    let offset = u32::try_from(offset).unwrap();
                    let position = lines.position(text, offset, encoding);
                    assert_eq!(lines.offset(text, position, encoding), offset, "{encoding:?} {position:?}");
                }
            }
        }
    }

    #[test]
    fn characters_count_what_was_agreed_on() {
        let text = "\u{1F600}é x";
        let lines = Lines::new(text);
        for (encoding, characters) in [(Encoding::Utf8, 7), (Encoding::Utf16, 4), (Encoding::Utf32, 3)] {
            assert_eq!(lines.position(text, 7, encoding).character, characters);
        }
        let middle = Point { line: 0, character: 1 };
        assert_eq!(lines.offset(text, middle, Encoding::Utf16), 0, "inside a pair is before it");
        assert_eq!(lines.offset(text, Point { line: 9, character: 0 }, Encoding::Utf16), 8);
        assert_eq!(lines.offset(text, Point { line: 0, character: 99 }, Encoding::Utf16), 8);
    }
}
