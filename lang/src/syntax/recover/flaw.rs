//! Messages for what can be no token.

use super::{Piece, Recovery};
use crate::syntax::scan::{Flaw, FlawKind};

impl Recovery<'_, '_, '_> {
    /// The numbers of the flaws in a piece.
    fn flaws_in(&self, piece: Piece) -> std::ops::Range<usize> {
        let span = self.span(piece);
        let from = self.flaws.partition_point(|flaw| flaw.span.end <= span.start);
        let to = self.flaws.partition_point(|flaw| flaw.span.start < span.end);
        from..to.max(from)
    }

    pub(super) fn has_flaw(&self, piece: Piece) -> bool {
        !self.flaws_in(piece).is_empty()
    }

    /// Reports the first flaw of a piece, if it has any. The others are likely to come of the same mistake.
    pub(super) fn report_flaw(&mut self, piece: Piece) -> bool {
        let range = self.flaws_in(piece);
        let Some(&flaw) = self.flaws.get(range.start).filter(|_| !range.is_empty()) else { return false };
        if !self.flaws_done[range.start] {
            self.explain_flaw(flaw);
        }
        self.flaws_done[range].fill(true);
        true
    }

    /// Reports semicolons and foreign comments at the end of a piece, and leaves them out of it.
    pub(super) fn without_trailing_flaws(&mut self, mut piece: Piece) -> Piece {
        while piece.to > piece.from {
            let last = Piece { from: piece.to - 1, to: piece.to };
            let range = self.flaws_in(last);
            let Some(&flaw) = self.flaws.get(range.start).filter(|_| !range.is_empty()) else { break };
            if !matches!(flaw.kind, FlawKind::Semicolon | FlawKind::SlashComment) {
                break;
            }
            self.report_flaw(last);
            piece.to -= 1;
        }
        piece
    }

    /// Reports the flaws that no piece had to do with.
    pub(super) fn remaining_flaws(&mut self) {
        for number in 0..self.flaws.len() {
            if self.exhausted() {
                return;
            }
            if !self.flaws_done[number] {
                self.explain_flaw(self.flaws[number]);
            }
        }
    }

    fn explain_flaw(&mut self, flaw: Flaw) {
        let text = flaw.span.text(self.text);
        let first_line = flaw.span.text(self.text).lines().next().unwrap_or_default();
        let (message, hint) = match flaw.kind {
            FlawKind::OpenText => (
                "the text is not closed on its line".to_owned(),
                "end it with `\"`; texts of several lines stand in `\"\"\"`".to_owned(),
            ),
            FlawKind::OpenRaw => (
                "the text in `\"\"\"` is never closed".to_owned(),
                "end it with `\"\"\"` on a line of its own".to_owned(),
            ),
            FlawKind::OpenRegex => {
                ("the regex is not closed on its line".to_owned(), "end it with `/`; there is no division".to_owned())
            }
            FlawKind::SlashComment => ("`//` begins no comment".to_owned(), "comments begin with `#`".to_owned()),
            FlawKind::SingleQuotes => ("texts stand in double quotes".to_owned(), double_quoted(first_line)),
            FlawKind::And => (format!("there is no `{text}`"), "write `and`".to_owned()),
            FlawKind::Or => (format!("there is no `{text}`"), "write `or`".to_owned()),
            FlawKind::Not => ("there is no `!`".to_owned(), "write `not`".to_owned()),
            FlawKind::TripleEqual => (format!("there is no `{text}`"), "write `==` or `!=`".to_owned()),
            FlawKind::Semicolon => ("there is no `;`".to_owned(), "statements need nothing between them".to_owned()),
            FlawKind::ForeignWord => (
                format!("`{text}` has letters that no name has"),
                "names are made of the letters `a` to `z` and `A` to `Z`, digits and `_`".to_owned(),
            ),
            FlawKind::Stray => (
                format!("`{}` has no meaning here", text.escape_debug()),
                "leave it out, or put it into a text".to_owned(),
            ),
        };
        self.builder.error(flaw.span, message, hint);
    }
}

fn double_quoted(text: &str) -> String {
    match text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(inner) => format!("write `\"{inner}\"`"),
        None => "write `\"…\"`".to_owned(),
    }
}
