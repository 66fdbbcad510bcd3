//! Text that remembers where in the file each of its bytes comes from: what a line is after continuations, quotes or
//! escapes were taken out of it. No grammar here.

use std::borrow::Cow;
use std::ops::Range;

use policyc_text::Span;

/// A run of text that comes from one run of the file. It reaches up to the next piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    /// First byte in the text.
    out: u32,
    /// First byte in the file.
    start: u32,
    /// One past the last byte in the file. As long as the text where nothing was decoded.
    end: u32,
}

/// A text and where its bytes come from.
#[derive(Clone, Debug)]
pub struct Mapped<'t> {
    source: &'t str,
    text: Cow<'t, str>,
    // INVARIANT: ascending by `out`; empty where the text is a slice of the file that begins at `start`.
    pieces: Vec<Piece>,
    start: u32,
}

/// A word of an instruction or of a command: what it says, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    /// What the word says, without continuations and, where the grammar takes them away, without quotes and escapes.
    pub text: Cow<'t, str>,
    /// Where it stands, quotes included.
    pub span: Span,
    // INVARIANT: as in `Mapped`.
    pieces: Box<[Piece]>,
    start: u32,
}

impl<'t> Word<'t> {
    /// A word without text at a byte offset.
    #[must_use]
    pub fn empty_at(offset: u32) -> Self {
        let span = Span { start: offset, end: offset };
        Self { text: Cow::Borrowed(""), span, pieces: Box::default(), start: offset }
    }

    /// The word's text with its origin, for reading it with another grammar. `source` is the file's text.
    #[must_use]
    pub fn mapped(&self, source: &'t str) -> Mapped<'t> {
        Mapped { source, text: self.text.clone(), pieces: self.pieces.to_vec(), start: self.start }
    }

    /// The part of the word under a range of byte offsets in its text. `source` is the file's text.
    #[must_use]
    pub fn part(&self, source: &'t str, range: Range<usize>) -> Self {
        slice(source, &self.text, &self.pieces, self.start, range)
    }

    /// The same word with a span that takes in what stands around it.
    pub(crate) fn within(mut self, span: Span) -> Self {
        self.span = span;
        self
    }
}

impl<'t> Mapped<'t> {
    /// The slice of a file under a range of byte offsets.
    #[must_use]
    pub fn slice_of(source: &'t str, range: Range<usize>) -> Self {
        let start = u32::try_from(range.start).unwrap_or(u32::MAX);
        let text = Cow::Borrowed(source.get(range).unwrap_or_default());
        Self { source, text, pieces: Vec::new(), start }
    }

    /// What the text says.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file that the text comes from.
    #[must_use]
    pub fn source(&self) -> &'t str {
        self.source
    }

    /// Where a byte of the text stands in the file; the end of the text is the end of what it comes from.
    #[must_use]
    pub fn offset(&self, at: usize) -> u32 {
        offset(&self.pieces, self.start, at)
    }

    /// Where a range of the text stands in the file, with whatever was taken out between its ends.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        span(&self.pieces, self.start, range)
    }

    /// A range of the text as a word.
    #[must_use]
    pub fn word(&self, range: Range<usize>) -> Word<'t> {
        slice(self.source, &self.text, &self.pieces, self.start, range)
    }

    /// A range of the text with its origin.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        self.word(range).mapped(self.source)
    }
}

fn piece_at(pieces: &[Piece], at: usize) -> Option<(usize, Piece)> {
    let index = pieces.partition_point(|piece| piece.out as usize <= at).checked_sub(1)?;
    pieces.get(index).map(|piece| (index, *piece))
}

fn offset(pieces: &[Piece], start: u32, at: usize) -> u32 {
    let (base, within) = match piece_at(pieces, at) {
        None => (start, at),
        Some((_, piece)) => (piece.start, at - piece.out as usize),
    };
    base.saturating_add(u32::try_from(within).unwrap_or(u32::MAX))
}

fn span(pieces: &[Piece], start: u32, range: Range<usize>) -> Span {
    let first = offset(pieces, start, range.start);
    if range.is_empty() {
        return Span { start: first, end: first };
    }
    let end = match piece_at(pieces, range.end - 1) {
        None => offset(pieces, start, range.end),
        Some((index, piece)) => {
            let until = pieces.get(index + 1).map_or(usize::MAX, |next| next.out as usize);
            if range.end == until { piece.end } else { piece.start + within_u32(range.end - piece.out as usize) }
        }
    };
    Span { start: first, end: end.max(first) }
}

fn within_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn slice<'t>(source: &'t str, text: &str, pieces: &[Piece], start: u32, range: Range<usize>) -> Word<'t> {
    let span = span(pieces, start, range.clone());
    let text = text.get(range.clone()).unwrap_or_default();
    if span.text(source) == text {
        return Word { text: Cow::Borrowed(span.text(source)), span, pieces: Box::default(), start: span.start };
    }
    let from = piece_at(pieces, range.start).map_or(0, |(index, _)| index);
    let upto = pieces.partition_point(|piece| (piece.out as usize) < range.end);
    let base = within_u32(range.start);
    let moved = pieces.get(from..upto).unwrap_or_default().iter().map(|piece| {
        let cut = base.saturating_sub(piece.out);
        Piece { out: piece.out.saturating_sub(base), start: piece.start + cut, end: piece.end }
    });
    let mut pieces: Vec<Piece> = moved.collect();
    if let Some(last) = pieces.last_mut() {
        last.end = span.end;
    }
    Word { text: Cow::Owned(text.to_owned()), span, pieces: pieces.into_boxed_slice(), start: span.start }
}

/// Puts a mapped text together from slices of a file and from decoded characters.
#[derive(Debug)]
pub(crate) struct Builder<'t> {
    source: &'t str,
    text: String,
    pieces: Vec<Piece>,
}

impl<'t> Builder<'t> {
    pub(crate) fn new(source: &'t str) -> Self {
        Self { source, text: String::new(), pieces: Vec::new() }
    }

    /// Appends a slice of the file as it is.
    pub(crate) fn push_source(&mut self, range: Range<usize>) {
        let span = Span::new(range.start, range.end);
        self.push(span.text(self.source), span);
    }

    /// Appends text that stands for a span of the file.
    pub(crate) fn push(&mut self, text: &str, span: Span) {
        if text.is_empty() {
            return;
        }
        let out = within_u32(self.text.len());
        self.text.push_str(text);
        let verbatim = span.len() == text.len();
        if let Some(last) = self.pieces.last_mut() {
            let last_verbatim = last.end - last.start == out - last.out;
            if verbatim && last_verbatim && last.end == span.start {
                last.end = span.end;
                return;
            }
        }
        self.pieces.push(Piece { out, start: span.start, end: span.end });
    }

    /// Appends a part of another mapped text.
    pub(crate) fn push_mapped(&mut self, from: &Mapped<'t>, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            let until = match piece_at(&from.pieces, at) {
                None => range.end,
                Some((index, _)) => {
                    from.pieces.get(index + 1).map_or(range.end, |next| range.end.min(next.out as usize))
                }
            };
            self.push(from.text.get(at..until).unwrap_or_default(), from.span(at..until));
            at = until;
        }
    }

    /// The text so far as a word that stands under `span`.
    pub(crate) fn finish_word(self, span: Span) -> Word<'t> {
        self.finish(span.start).whole_word().within(span)
    }

    /// The text so far; `at` is its place where it is empty.
    pub(crate) fn finish(self, at: u32) -> Mapped<'t> {
        let start = self.pieces.first().map_or(at, |piece| piece.start);
        if let [only] = self.pieces.as_slice() {
            let span = Span { start: only.start, end: only.end };
            if span.text(self.source) == self.text {
                let text = Cow::Borrowed(span.text(self.source));
                return Mapped { source: self.source, text, pieces: Vec::new(), start };
            }
        }
        Mapped { source: self.source, text: Cow::Owned(self.text), pieces: self.pieces, start }
    }
}

impl<'t> Mapped<'t> {
    /// The whole text as a word.
    #[must_use]
    pub fn whole_word(&self) -> Word<'t> {
        let end = self.text.len();
        self.word(0..end)
    }
}

#[cfg(test)]
mod tests {
    use super::Builder;
    use policyc_text::Span;

    #[test]
    fn a_word_across_a_cut_spans_the_cut() {
        let source = "ab\\\ncd ef";
        let mut line = Builder::new(source);
        line.push_source(0..2);
        line.push_source(4..9);
        let line = line.finish(0);
        assert_eq!(line.text(), "abcd ef");
        let word = line.word(0..4);
        assert_eq!((&*word.text, word.span), ("abcd", Span::new(0, 6)));
        assert_eq!(word.part(source, 1..3).span, Span::new(1, 5));
        assert_eq!(word.part(source, 0..2).span, Span::new(0, 2), "what ends before the cut does not reach over it");
        assert_eq!(word.part(source, 2..4).span, Span::new(4, 6));
        assert_eq!(line.word(5..7).span, Span::new(7, 9));
        assert_eq!(line.word(3..6).mapped(source).offset(1), 6);
    }

    #[test]
    fn decoded_text_stands_for_what_was_decoded() {
        let source = r#""a\nb""#;
        let mut word = Builder::new(source);
        word.push_source(1..2);
        word.push("\n", Span::new(2, 4));
        word.push_source(4..5);
        let word = word.finish_word(Span::new(0, 6));
        assert_eq!((&*word.text, word.span), ("a\nb", Span::new(0, 6)));
        assert_eq!(word.part(source, 1..2).span, Span::new(2, 4));
        assert_eq!(word.part(source, 2..3).span, Span::new(4, 5));
    }
}
