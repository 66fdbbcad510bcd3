//! From byte offsets of one text to lines, columns and excerpts, at a cost that does not grow with the line.

use super::{Excerpt, Place, Secrets};
use crate::finding::Range;
use policyc_text::{LineIndex, Position, Span};
use std::cell::OnceCell;
use std::sync::Arc;

/// Bytes between two counted places: what one look-up on a long line may have to read.
const BLOCK: usize = 4096;

/// Finds lines and columns in one text. A whole file on one line costs a look-up no more than a short line does.
pub struct Locator<'t> {
    file: Arc<str>,
    text: &'t str,
    lines: LineIndex,
    /// Characters before each block of [`BLOCK`] bytes; made when a long line is first asked about.
    blocks: OnceCell<Vec<u32>>,
}

impl<'t> Locator<'t> {
    /// A locator for the text of a file.
    #[must_use]
    pub fn new(file: Arc<str>, text: &'t str) -> Self {
        Self { file, text, lines: LineIndex::new(text), blocks: OnceCell::new() }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The lines of the text.
    #[must_use]
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// Line and column of both ends of a span. A byte order mark takes no column.
    #[must_use]
    pub fn range(&self, span: Span) -> Range {
        Range { span, start: self.position(span.start), end: self.position(span.end) }
    }

    /// A place without its source line.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        Place { file: Arc::clone(&self.file), range: self.range(span), excerpt: None }
    }

    /// A place with its source line, secrets masked.
    #[must_use]
    pub fn framed(&self, span: Span, secrets: &Secrets) -> Place {
        Place { excerpt: Some(Box::new(Excerpt::of(self, span, secrets))), ..self.place(span) }
    }

    fn position(&self, offset: u32) -> Position {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.lines.line(u32::try_from(offset).unwrap_or(u32::MAX));
        let start = self.lines.line_start(line).unwrap_or(0) as usize;
        let mut before = if offset - start <= BLOCK {
            characters(&self.text.as_bytes()[start..offset])
        } else {
            self.characters_before(offset) - self.characters_before(start)
        };
        if line == 1 && offset > 0 && self.text.starts_with('\u{feff}') {
            before -= 1;
        }
        Position { line, column: before + 1 }
    }

    fn characters_before(&self, offset: usize) -> u32 {
        let bytes = self.text.as_bytes();
        let blocks = self.blocks.get_or_init(|| {
            let mut sum = 0;
            bytes
                .chunks(BLOCK)
                .map(|block| {
                    let before = sum;
                    sum += characters(block);
                    before
                })
                .collect()
        });
        let block = (offset / BLOCK).min(blocks.len().saturating_sub(1));
        blocks.get(block).map_or(0, |before| before + characters(&bytes[block * BLOCK..offset]))
    }
}

/// Bytes that begin a character.
fn characters(bytes: &[u8]) -> u32 {
    let count = bytes.iter().filter(|byte| (**byte & 0b1100_0000) != 0b1000_0000).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Locator};
    use policyc_text::{LineIndex, Span};

    #[test]
    fn long_lines_and_short_ones_agree_with_the_line_index() {
        let text = format!("a: é\n{}\nlast: ü\n", "xéy".repeat(BLOCK / 2));
        let index = LineIndex::new(&text);
        let locator = Locator::new("f".into(), &text);
        for (offset, _) in text.char_indices() {
            let offset = u32::try_from(offset).unwrap();
            let range = locator.range(Span { start: offset, end: offset });
            assert_eq!(range.start, index.position(&text, offset));
        }
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let locator = Locator::new("f".into(), "\u{feff}a: b\nc: d\n");
        let column = |offset| locator.range(Span::empty_at(offset)).start.column;
        assert_eq!((column(0), column(3), column(6)), (1, 1, 4));
        assert_eq!(column(8), 1);
    }
}
