//! The lines of a policy that labels stand on, cut around them: a line of ten million letters is told in a hundred.

use super::escape;
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use policyc_text::Span;
use std::collections::BTreeMap;

/// Characters kept before the first label of a line.
const BEFORE: usize = 60;
/// Characters kept from there on.
const AFTER: usize = 160;

/// Parts of a text, and where they were in it.
#[derive(Debug)]
pub(super) struct Window {
    name: String,
    /// The lines that are kept, each with a line end.
    text: String,
    /// Lines that follow one another.
    blocks: Vec<Block>,
    /// 0-based line and column, by offset in `text`, of each label's start.
    starts: BTreeMap<usize, (usize, usize)>,
}

#[derive(Debug)]
struct Block {
    start: usize,
    end: usize,
    /// 0-based.
    line: usize,
    lines: usize,
}

/// A line of the original.
#[derive(Clone, Copy, Debug)]
struct Line<'t> {
    /// Offset of its first byte.
    start: usize,
    text: &'t str,
    /// Offset of the first byte behind its end.
    next: usize,
    /// Offset in the line that has to be seen.
    anchor: usize,
}

impl Window {
    /// The lines of the labels with one more on either side, and the labels' places in what is kept of them. A label
    /// over several lines is taken for its first; the first label of a line decides which part of it is seen.
    pub(super) fn around(name: &str, text: &str, labels: &[Span]) -> (Self, Vec<SourceSpan>) {
        let text = text.strip_prefix('\u{feff}').map_or((0, text), |rest| (3, rest));
        let spans: Vec<(usize, usize)> = labels.iter().map(|span| fit(text.1, *span, text.0)).collect();
        let text = text.1;
        let (mut lines, mut numbers) = (BTreeMap::<usize, Line<'_>>::new(), Vec::new());
        for (start, _) in &spans {
            let line = line_at(text, *start);
            let number = text.as_bytes()[..line.start].iter().filter(|byte| **byte == b'\n').count();
            numbers.push(number);
            let known = lines.get(&number).is_some_and(|known| known.anchor != usize::MAX);
            if !known {
                lines.insert(number, line);
            }
            let context = |at| Line { anchor: usize::MAX, ..line_at(text, at) };
            if let Some(before) = line.start.checked_sub(1) {
                lines.entry(number.saturating_sub(1)).or_insert_with(|| context(before));
            }
            if line.next < text.len() {
                lines.entry(number + 1).or_insert_with(|| context(line.next));
            }
        }
        let mut window = Self { name: escape(name), text: String::new(), blocks: Vec::new(), starts: BTreeMap::new() };
        let kept: BTreeMap<usize, Kept> =
            lines.iter().map(|(number, line)| (*number, window.keep(*number, line))).collect();
        let placed = spans.iter().zip(&numbers).filter_map(|((start, end), number)| {
            let (line, kept) = (lines.get(number)?, kept.get(number)?);
            let (from, to) = (kept.place(*start - line.start), kept.place((*end).max(*start) - line.start));
            let column = line.text.get(..*start - line.start).unwrap_or_default().chars().count();
            window.starts.insert(from, (*number, column));
            Some((from..to).into())
        });
        let placed = placed.collect();
        (window, placed)
    }

    /// Adds a line, and says what of it was kept.
    fn keep(&mut self, number: usize, line: &Line<'_>) -> Kept {
        let anchor = if line.anchor == usize::MAX { 0 } else { line.anchor };
        let (head, tail) = line.text.split_at_checked(anchor).unwrap_or((line.text, ""));
        let from = head.char_indices().rev().nth(BEFORE.saturating_sub(1)).map_or(0, |(at, _)| at);
        let to = tail.char_indices().nth(AFTER).map_or(line.text.len(), |(at, _)| anchor + at);
        let begin = self.text.len();
        if from > 0 {
            self.text.push('…');
        }
        let at = self.text.len();
        self.text.push_str(&visible(line.text.get(from..to).unwrap_or_default()));
        if to < line.text.len() {
            self.text.push('…');
        }
        self.text.push('\n');
        let end = self.text.len();
        match self.blocks.last_mut().filter(|block| block.line + block.lines == number) {
            Some(block) => (block.end, block.lines) = (end, block.lines + 1),
            None => self.blocks.push(Block { start: begin, end, line: number, lines: 1 }),
        }
        Kept { from, to, at }
    }
}

/// What of a line was kept: from one of its bytes to another, and where that stands now.
struct Kept {
    from: usize,
    to: usize,
    at: usize,
}

impl Kept {
    /// The place of an offset of the line; of one that was cut off, that of the cut.
    fn place(&self, offset: usize) -> usize {
        self.at + offset.clamp(self.from, self.to) - self.from
    }
}

/// Start and end of a label: whole characters, on one line, moved by the byte order mark.
fn fit(text: &str, span: Span, mark: usize) -> (usize, usize) {
    let floor = |offset: u32| {
        let mut at = (offset as usize).saturating_sub(mark).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let line = line_at(text, floor(span.start));
    let last = line.start + line.text.len();
    (floor(span.start).min(last), floor(span.end).clamp(line.start, last))
}

/// The line around an offset, without its end.
fn line_at(text: &str, offset: usize) -> Line<'_> {
    let start = text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    let next = start + line.len() + 1;
    let line = if line.len() < rest.len() { line.strip_suffix('\r').unwrap_or(line) } else { line };
    Line { start, text: line, next, anchor: (offset - start).min(line.len()) }
}

/// The text with every control character replaced by one that is as many bytes long, so that places stay right.
fn visible(text: &str) -> String {
    let replaced = text.chars().map(|character| match (character, character.len_utf8()) {
        ('\t', _) => character,
        (_, _) if *escape(character.encode_utf8(&mut [0; 4])) == *character.encode_utf8(&mut [0; 4]) => character,
        (_, 1) => '?',
        (_, 2) => '\u{a4}',
        (_, 3) => '\u{fffd}',
        (_, _) => '\u{10fffd}',
    });
    replaced.collect()
}

impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let block = self.blocks.iter().find(|block| block.start <= start && start < block.end);
        // Labels of two blocks are not drawn as one.
        let block = block.filter(|block| end <= block.end).ok_or(MietteError::OutOfBounds)?;
        let bytes = self.text.as_bytes();
        let (span, line, column, lines) = match self.starts.get(&start) {
            // Where nothing around it is asked for, the place itself is: for the head of the frame.
            Some((line, column)) if before == 0 => (start..end, *line, *column, 1),
            _ => (block.start..block.end, block.line, 0, block.lines),
        };
        let data = bytes.get(span.clone()).ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, span.into(), line, column, lines)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Window, escape, visible};
    use policyc_text::Span;

    fn kept(text: &str, spans: &[(usize, usize)]) -> (String, Vec<String>) {
        let spans: Vec<Span> = spans.iter().map(|(start, end)| Span::new(*start, *end)).collect();
        let (window, placed) = Window::around("f", text, &spans);
        let under = placed.iter().map(|span| window.text[span.offset()..span.offset() + span.len()].to_owned());
        let under = under.collect();
        (window.text, under)
    }

    #[test]
    fn nothing_in_a_source_line_is_obeyed_and_places_stay() {
        let text = "a\u{1b}[2J\u{9b}é\u{202e}\u{e0001}\tb\rc";
        let shown = visible(text);
        assert_eq!(shown.len(), text.len());
        assert_eq!(shown, "a?[2J\u{a4}é\u{fffd}\u{10fffd}\tb?c");
        assert_eq!(escape("plain"), "plain");
    }

    #[test]
    fn labels_keep_their_text_and_a_line_on_either_side() {
        for (text, spans, window, under) in [
            ("a\nb\nc\nd\ne\n", &[(4, 5)][..], "b\nc\nd\n", &["c"][..]),
            ("a\nb\nc\nd\ne\nf\ng\n", &[(0, 1), (12, 13)], "a\nb\nf\ng\n", &["a", "g"]),
            ("one two\r\nx", &[(4, 7), (0, 3)], "one two\nx\n", &["two", "one"]),
            ("a: {\n b\n}\n", &[(3, 9)], "a: {\n b\n", &["{"]),
            ("abc", &[(3, 3), (900, 901)], "abc\n", &["", ""]),
            ("\u{feff}abc", &[(3, 4)], "abc\n", &["a"]),
            ("", &[(0, 0)], "\n", &[""]),
            ("é\n", &[(1, 2)], "é\n", &["é"]),
        ] {
            assert_eq!(kept(text, spans), (window.to_owned(), under.iter().map(|&text| text.to_owned()).collect()));
        }
    }

    #[test]
    fn endless_lines_are_cut_around_the_first_label() {
        let text =
            format!("{}\n{}needle{}\n{}", "é".repeat(5000), "ü".repeat(5000), "x".repeat(5000), "z".repeat(5000));
        let at = text.find("needle").unwrap();
        let (window, under) = kept(&text, &[(at, at + 6), (at + 3000, at + 3001), (10_001, 10_003)]);
        assert_eq!(under, ["needle", "", ""]);
        assert_eq!(window.lines().count(), 3);
        assert!(window.lines().all(|line| line.chars().count() <= 222), "{window}");
        assert!(window.contains("…üüü") && window.contains("xxx…"));
    }
}
