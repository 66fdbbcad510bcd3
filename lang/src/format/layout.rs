//! The tokens of a file, taken one after the other while the tree says what stands between them. Comments come along
//! with the gap that they stand in, so nothing is lost and nothing changes its order.

use super::doc::{Doc, GroupId};
use crate::syntax::{Token, TokenSort};
use policyc_text::Span;

/// What stands before a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing.
    #[default]
    None,
    /// A blank.
    Space,
    /// A blank or a line break.
    Line,
    /// Nothing or a line break.
    Soft,
    /// A line break.
    Hard,
    /// A line break, and an empty line where the author has one.
    Lines,
    /// An empty line.
    Blank,
    /// A blank where the group was broken, else a line break.
    After(GroupId),
}

impl Gap {
    /// Whether empty lines of the author are kept.
    fn keeps_lines(self) -> bool {
        matches!(self, Self::Lines | Self::Blank)
    }
}

/// That the tree and the tokens do not go together: the piece is left as it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Misfit;

/// A layout in the making.
pub(super) struct Layout<'t> {
    pub(super) text: &'t str,
    tokens: Vec<Token>,
    comments: Vec<Token>,
    /// The next token.
    at: usize,
    /// The next comment.
    comment: usize,
    /// End of the last token or comment that was written, a byte offset.
    end: u32,
    gap: Gap,
    /// Whether a comment was written last, so that a line must end.
    after_comment: bool,
    // INVARIANT: never empty; the first is the whole file's.
    stack: Vec<Vec<Doc<'t>>>,
    groups: usize,
    /// Where something is wrong.
    pub(super) wrong: Vec<Span>,
    /// Columns by which the operators of a chain that is too long for a line are indented.
    pub(super) chain: usize,
}

/// Where a layout was, to return to it.
pub(super) struct Mark {
    at: usize,
    comment: usize,
    end: u32,
    gap: Gap,
    after_comment: bool,
    depth: usize,
    length: usize,
}

impl<'t> Layout<'t> {
    pub(super) fn new(text: &'t str, all: &[Token]) -> Self {
        let (comments, tokens) = all.iter().partition(|token| token.sort == TokenSort::Comment);
        let (stack, chain) = (vec![Vec::new()], 2);
        let (gap, after_comment) = (Gap::None, false);
        let wrong = Vec::new();
        Self { text, tokens, comments, at: 0, comment: 0, end: 0, gap, after_comment, stack, groups: 0, wrong, chain }
    }

    pub(super) fn finish(mut self) -> (Vec<Doc<'t>>, usize) {
        (std::mem::take(&mut self.stack[0]), self.groups)
    }

    pub(super) fn mark(&self) -> Mark {
        let length = self.stack.last().map_or(0, Vec::len);
        let Self { at, comment, end, gap, after_comment, .. } = *self;
        Mark { at, comment, end, gap, after_comment, depth: self.stack.len(), length }
    }

    /// Forgets what was written since the mark.
    pub(super) fn return_to(&mut self, mark: &Mark) {
        (self.at, self.comment, self.end) = (mark.at, mark.comment, mark.end);
        (self.gap, self.after_comment) = (mark.gap, mark.after_comment);
        self.stack.truncate(mark.depth);
        if let Some(docs) = self.stack.last_mut() {
            docs.truncate(mark.length);
        }
    }

    // Looking ahead

    /// The next token's span; at the end of the file an empty one.
    pub(super) fn next_span(&self) -> Span {
        self.tokens.get(self.at).map_or_else(|| Span::empty_at(self.text.len()), |token| token.span)
    }

    pub(super) fn next_text(&self) -> &'t str {
        self.next_span().text(self.text)
    }

    /// Offset of the bracket that closes the next token.
    pub(super) fn closing(&self) -> Option<u32> {
        let mut depth = 0_usize;
        for token in self.tokens.get(self.at..)? {
            match token.sort {
                TokenSort::Open => depth += 1,
                TokenSort::Close if depth == 1 => return Some(token.span.start),
                TokenSort::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        None
    }

    // Writing

    pub(super) fn push(&mut self, doc: Doc<'t>) {
        if let Some(docs) = self.stack.last_mut() {
            docs.push(doc);
        }
    }

    /// What stands before the next token.
    pub(super) fn gap(&mut self, gap: Gap) -> &mut Self {
        self.gap = gap;
        self
    }

    pub(super) fn space(&mut self) -> &mut Self {
        self.gap(Gap::Space)
    }

    /// Writes the gap before the next token, with its comments.
    fn flush(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        let next = self.next_span().start;
        let own_line = self.comments_before(next, gap);
        let ended = std::mem::take(&mut self.after_comment);
        let blank = gap.keeps_lines() && self.end > 0 && self.empty_line(self.end, next);
        let doc = match gap {
            _ if blank => Doc::Blank,
            Gap::Blank if !own_line => Doc::Blank,
            _ if ended => Doc::Hard,
            Gap::None => return,
            Gap::Space => Doc::Text(" "),
            Gap::Line => Doc::Line,
            Gap::Soft => Doc::Soft,
            Gap::Hard | Gap::Lines | Gap::Blank => Doc::Hard,
            Gap::After(group) => Doc::BlankIfBroken(group),
        };
        self.push(doc);
    }

    /// Writes the comments that stand before an offset, and says whether one has a line of its own.
    fn comments_before(&mut self, next: u32, gap: Gap) -> bool {
        let mut own_line = false;
        while let Some(span) = self.comments.get(self.comment).map(|comment| comment.span) {
            if span.start >= next {
                break;
            }
            let beside = self.end > 0 && !self.after_comment && self.breaks(self.end, span.start) == 0;
            let doc = if beside {
                Doc::Text(" ")
            } else if self.empty_line(self.end, span.start) && gap.keeps_lines() || gap == Gap::Blank && !own_line {
                Doc::Blank
            } else {
                Doc::Hard
            };
            own_line |= !beside;
            self.push(doc);
            self.push(Doc::Text(span.text(self.text).trim_end()));
            (self.end, self.after_comment) = (span.end, true);
            self.comment += 1;
        }
        own_line
    }

    /// Writes comments that stand before the next token, inside of the block that this token closes.
    pub(super) fn dangling(&mut self) {
        let next = self.next_span().start;
        self.comments_before(next, Gap::Lines);
    }

    fn breaks(&self, from: u32, to: u32) -> usize {
        let between = Span { start: from, end: to.max(from) }.text(self.text);
        between.bytes().filter(|byte| *byte == b'\n').count()
    }

    fn empty_line(&self, from: u32, to: u32) -> bool {
        self.breaks(from, to) > 1
    }

    /// Writes the next token.
    pub(super) fn token(&mut self) -> &mut Self {
        self.flush();
        if let Some(token) = self.tokens.get(self.at).copied() {
            self.push(Doc::Text(token.span.text(self.text)));
            self.end = token.span.end;
            self.at += 1;
        }
        self
    }

    /// Writes the next token, which is known.
    pub(super) fn expect(&mut self, text: &str) -> Result<(), Misfit> {
        if self.next_text() != text {
            return Err(Misfit);
        }
        self.token();
        Ok(())
    }

    /// A comma behind the last of several things, where they have lines of their own.
    pub(super) fn trailing_comma(&mut self) {
        self.push(Doc::Comma);
        if self.next_text() == "," {
            self.at += 1;
        }
    }

    /// Where the last token before an offset ends.
    pub(super) fn last_end(&self, before: u32) -> u32 {
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        rest.iter().take_while(|token| token.span.start < before).last().map_or(self.end, |token| token.span.end)
    }

    /// Writes all tokens of a span as they stand there.
    pub(super) fn verbatim(&mut self, span: Span) -> Result<(), Misfit> {
        if self.next_span().start != span.start {
            return Err(Misfit);
        }
        self.flush();
        self.push(Doc::Text(span.text(self.text)));
        self.pass(span.end);
        Ok(())
    }

    /// Passes over what ends before an offset, and takes it as written.
    fn pass(&mut self, end: u32) {
        while self.tokens.get(self.at).is_some_and(|token| token.span.start < end) {
            self.at += 1;
        }
        while self.comments.get(self.comment).is_some_and(|comment| comment.span.start < end) {
            self.comment += 1;
        }
        self.end = end;
    }

    // Nesting

    fn nested(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), Misfit>,
        make: impl FnOnce(Vec<Doc<'t>>) -> Doc<'t>,
    ) -> Result<(), Misfit> {
        self.stack.push(Vec::new());
        let result = write(self);
        let docs = self.stack.pop().unwrap_or_default();
        self.push(make(docs));
        result
    }

    /// On one line if it fits. The gap before it stays outside.
    pub(super) fn group(&mut self, write: impl FnOnce(&mut Self) -> Result<(), Misfit>) -> Result<(), Misfit> {
        self.flush();
        self.nested(write, |docs| Doc::Group(None, docs))
    }

    /// The same, with a number by which what follows can ask whether it was broken.
    pub(super) fn known_group(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), Misfit>,
    ) -> Result<GroupId, Misfit> {
        self.flush();
        let id = GroupId(self.groups);
        self.groups += 1;
        self.nested(write, |docs| Doc::Group(Some(id), docs))?;
        Ok(id)
    }

    /// Moved to the next line as a whole if it does not fit: its gap is a line break in a group of its own.
    pub(super) fn moved(&mut self, write: impl FnOnce(&mut Self) -> Result<(), Misfit>) -> Result<(), Misfit> {
        self.gap = Gap::None;
        self.nested(
            |layout| {
                layout.gap(Gap::Line);
                write(layout)
            },
            |docs| Doc::Group(None, docs),
        )
    }

    /// Further to the right. The gap before it goes inside.
    pub(super) fn indent(
        &mut self,
        by: usize,
        write: impl FnOnce(&mut Self) -> Result<(), Misfit>,
    ) -> Result<(), Misfit> {
        self.nested(write, |docs| Doc::Indent(by, docs))
    }
}
