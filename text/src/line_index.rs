//! From byte offsets to lines and columns, built only when something has to be shown.

/// A place as people and reports name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column, counted in Unicode scalar values.
    pub column: u32,
}

/// The starts of a text's lines. A line ends at `\n`, `\r\n` or a lone `\r`, as in YAML.
#[derive(Clone, Debug)]
pub struct LineIndex {
    // INVARIANT: ascending, begins with 0.
    starts: Vec<u32>,
}

impl LineIndex {
    /// Finds the lines of a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                continue;
            }
            starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
        }
        Self { starts }
    }

    /// Number of lines; at least 1. A final line end opens one more, empty line.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    /// The 1-based line that a byte offset lies in.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX)
    }

    /// Line and column of a byte offset in the text that the index was made of. An offset past the end counts as the
    /// end, and one inside a character as that character's start.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let offset = (offset as usize).min(text.len());
        let line = self.line(u32::try_from(offset).unwrap_or(u32::MAX));
        let start = self.starts[line as usize - 1] as usize;
        let before = &text.as_bytes()[start..offset];
        let continuation = |byte: &&u8| (**byte & 0b1100_0000) == 0b1000_0000;
        let mut scalars = before.len() - before.iter().filter(continuation).count();
        if !text.is_char_boundary(offset) {
            scalars -= 1;
        }
        Position { line, column: u32::try_from(scalars + 1).unwrap_or(u32::MAX) }
    }

    /// The byte offset at which a 1-based line starts; `None` where there is no such line.
    #[must_use]
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.starts.get((line as usize).checked_sub(1)?).copied()
    }

    /// The text of a 1-based line without its line end; empty where there is no such line.
    #[must_use]
    pub fn line_text<'t>(&self, text: &'t str, line: u32) -> &'t str {
        let Some(start) = self.line_start(line) else { return "" };
        let end = self.line_start(line + 1).map_or(text.len(), |next| next as usize);
        text.get(start as usize..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }
}

#[cfg(test)]
mod tests {
    use super::{LineIndex, Position};

    fn at(text: &str, offset: u32) -> (u32, u32) {
        let Position { line, column } = LineIndex::new(text).position(text, offset);
        (line, column)
    }

    #[test]
    fn columns_count_scalars_and_lines_end_three_ways() {
        assert_eq!(at("", 0), (1, 1));
        assert_eq!(at("a\nb", 1), (1, 2));
        assert_eq!(at("a\nb", 2), (2, 1));
        assert_eq!(at("a\r\nb", 3), (2, 1));
        assert_eq!(at("a\rb", 2), (2, 1));
        assert_eq!(at("é: x", 2), (1, 2), "the byte after a two-byte character is column 2");
        assert_eq!(at("é: x", 1), (1, 1), "inside a character is that character");
        assert_eq!(at("ab", 99), (1, 3));
    }

    #[test]
    fn line_text_leaves_out_the_line_end() {
        let text = "one\r\ntwo\n";
        let index = LineIndex::new(text);
        assert_eq!(index.line_count(), 3);
        assert_eq!(index.line_text(text, 1), "one");
        assert_eq!(index.line_text(text, 2), "two");
        assert_eq!(index.line_text(text, 3), "");
        assert_eq!(index.line_text(text, 4), "");
    }
}
