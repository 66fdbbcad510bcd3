//! Where pieces end: by keywords, brackets and the starts of lines.

use super::{Piece, Recovery};
use crate::syntax::lexis;
use crate::syntax::scan::TokenKind;

/// Words that may go on with an item or a statement on its next line.
const CONTINUATIONS: &[&str] = &[
    "else", "then", "where", "by", "at", "see", "help", "severity", "fix", "set", "remove", "append", "replace",
    "insert", "create", "to", "with", "before", "after", "doc", "because", "ticket", "until", "as", "of", "from", "on",
    "if", "exists", "any", "all", "none", "true", "false", "safe", "unsafe", "hint",
];

/// Something with a block.
#[derive(Clone, Copy)]
pub(super) struct Split {
    /// What stands before the block.
    pub(super) head: Piece,
    /// What stands between the braces.
    pub(super) body: Piece,
    /// Whether there is a `{` at all.
    pub(super) braced: bool,
}

impl Recovery<'_, '_, '_> {
    /// From a token to where its item ends.
    pub(super) fn item_piece(&self, from: usize) -> Piece {
        if let Some(TokenKind::Close(_)) = self.kind(from) {
            let closers = self.tokens[from..].iter().take_while(|token| matches!(token.kind, TokenKind::Close(_)));
            return Piece { from, to: from + closers.count() };
        }
        let known = lexis::ITEM_KEYWORDS.contains(&self.word(from));
        let has_block = matches!(self.word(from), "rule" | "test" | "profile")
            || self.word(from) == "view" && self.word(from + 2) != "on";
        let indent = self.line_indent(from);
        let mut open: Vec<(u8, bool)> = Vec::new();
        let mut at = from;
        while at < self.tokens.len() {
            if at > from && self.starts_item(at, open.is_empty(), indent) {
                break;
            }
            match self.kind(at) {
                Some(TokenKind::Open(bracket)) => open.push((bracket, open.is_empty() && self.opens_block(at))),
                Some(TokenKind::Close(bracket)) => {
                    let closed = close(&mut open, bracket);
                    let Some((_, block)) = closed else {
                        if known && bracket == b'}' {
                            // A block that was never opened ends here all the same.
                            at += usize::from(has_block);
                            break;
                        }
                        at += 1;
                        continue;
                    };
                    if block && has_block && open.is_empty() {
                        at += 1;
                        break;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        Piece { from, to: at }
    }

    /// Whether an item begins at a token. Inside of brackets only what looks very much like one does.
    fn starts_item(&self, at: usize, outside: bool, indent: u32) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        let word = self.word(at);
        let literal = matches!(token.kind, TokenKind::Text | TokenKind::Raw | TokenKind::Number | TokenKind::Regex);
        if outside && literal && token.indent == Some(0) && !self.wants_value(at) {
            return true;
        }
        let after_block = self.kind(at - 1) == Some(TokenKind::Close(b'}'));
        if word.is_empty() || (token.indent.is_none() && !after_block) {
            return false;
        }
        let keyword = lexis::ITEM_KEYWORDS.contains(&word);
        let named = match self.kind(at + 1) {
            Some(TokenKind::Word) => true,
            Some(TokenKind::Text | TokenKind::Raw) => word == "test",
            _ => false,
        };
        if outside {
            let other =
                token.indent == Some(0) && !CONTINUATIONS.contains(&word) && !lexis::OPERATOR_WORDS.contains(&word);
            return keyword && (named || token.indent == Some(0)) || other;
        }
        keyword && named && token.indent.is_some_and(|own| own <= indent)
    }

    /// Whether a `{` opens a block rather than a record: a record stands where a value has to.
    pub(super) fn opens_block(&self, at: usize) -> bool {
        if self.kind(at) != Some(TokenKind::Open(b'{')) {
            return false;
        }
        let record = self.kind(at + 1) == Some(TokenKind::Close(b'}'))
            || matches!(self.kind(at + 1), Some(TokenKind::Word | TokenKind::Text)) && self.sign(at + 2) == ":";
        !(record && self.wants_value(at))
    }

    /// Whether the token before stands where a value has to follow.
    pub(super) fn wants_value(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return true };
        match self.kind(before) {
            Some(TokenKind::Sign) => self.sign(before) != "?",
            Some(TokenKind::Open(_)) => true,
            Some(TokenKind::Word) if before.checked_sub(1).is_some_and(|dot| self.sign(dot) == ".") => false,
            Some(TokenKind::Word) => {
                let word = self.word(before);
                lexis::OPERATOR_WORDS.contains(&word)
                    || lexis::STATEMENT_KEYWORDS.contains(&word)
                    || matches!(word, "where" | "by" | "if" | "then" | "else" | "with" | "exists" | "at" | "see" | "to")
            }
            _ => false,
        }
    }

    /// An item, or a part of one, with a block.
    pub(super) fn split_block(&self, piece: Piece, starts_line: impl Fn(&Self, usize) -> bool) -> Split {
        let mut open = Vec::new();
        let mut at = piece.from;
        while at < piece.to {
            if open.is_empty() && self.opens_block(at) {
                let head = Piece { from: piece.from, to: at };
                return Split { head, body: self.inside(at, piece.to), braced: true };
            }
            if at > piece.from && self.begins_line(at) && starts_line(self, at) {
                break;
            }
            match self.kind(at) {
                Some(TokenKind::Open(bracket)) => open.push((bracket, false)),
                Some(TokenKind::Close(bracket)) => {
                    close(&mut open, bracket);
                }
                _ => {}
            }
            at += 1;
        }
        let head = Piece { from: piece.from, to: at };
        let last = piece.to - 1;
        let body_end = if self.kind(last) == Some(TokenKind::Close(b'}')) { last } else { piece.to };
        Split { head, body: Piece { from: at, to: body_end.max(at) }, braced: false }
    }

    /// What stands between a `{` and its `}`.
    fn inside(&self, brace: usize, end: usize) -> Piece {
        let mut open = Vec::new();
        for at in brace..end {
            match self.kind(at) {
                Some(TokenKind::Open(bracket)) => open.push((bracket, false)),
                Some(TokenKind::Close(bracket)) => {
                    close(&mut open, bracket);
                    if open.is_empty() {
                        return Piece { from: brace + 1, to: at };
                    }
                }
                _ => {}
            }
        }
        Piece { from: brace + 1, to: end }
    }

    /// The first bracket of a piece that nothing closes, if any.
    pub(super) fn unclosed(&self, piece: Piece) -> Option<usize> {
        let mut open: Vec<(u8, usize)> = Vec::new();
        for at in piece.from..piece.to {
            match self.kind(at) {
                Some(TokenKind::Open(bracket)) => open.push((bracket, at)),
                Some(TokenKind::Close(bracket)) => match open.pop() {
                    Some((opener, _)) if opener == opener_of(bracket) => {}
                    Some((_, at)) => return Some(at),
                    None => {}
                },
                _ => {}
            }
        }
        open.first().map(|(_, at)| *at)
    }

    /// From the first token of a statement, or of a line that looks like one, to its end. A block belongs to it.
    pub(super) fn statement_end(&self, from: usize, end: usize) -> usize {
        let mut open: Vec<(u8, bool)> = Vec::new();
        let mut at = from + 1;
        while at < end {
            if self.cuts_statement(from, at, &open) {
                break;
            }
            if leaves_block(&mut open, self.kind(at)) {
                break;
            }
            at += 1;
        }
        at
    }

    /// Whether a token begins another statement than that which begins at `from`.
    fn cuts_statement(&self, from: usize, at: usize, open: &[(u8, bool)]) -> bool {
        let word = self.word(at);
        let begins_line = self.begins_line(at);
        let after_dot = self.sign(at - 1) == "." && !begins_line;
        let names = at == from + 1 && matches!(self.word(from), "let" | "for") && !begins_line;
        if word.is_empty() || after_dot || names || self.sign(at + 1) == ":" {
            return false;
        }
        if lexis::STATEMENT_KEYWORDS.contains(&word) {
            let in_list = word == "for" && open.last().is_some_and(|(bracket, _)| *bracket == b'[');
            let in_block = open.last().is_some_and(|(bracket, _)| *bracket == b'{');
            return !in_list && !in_block && (open.is_empty() || begins_line);
        }
        if !begins_line || !open.is_empty() || self.wants_value(at) {
            return false;
        }
        let check = self.is_check(from);
        if check && (CONTINUATIONS.contains(&word) || lexis::nearest(word, check_words()).is_some()) {
            // A misspelt statement is a statement.
            return !CONTINUATIONS.contains(&word) && lexis::nearest(word, statement_words()).is_some();
        }
        !CONTINUATIONS.contains(&word) && !lexis::OPERATOR_WORDS.contains(&word)
    }

    fn is_check(&self, at: usize) -> bool {
        let word = self.word(at);
        let near = lexis::nearest(word, ["require", "forbid"]);
        matches!(word, "require" | "forbid") || near.is_some()
    }

    /// From the first token of a line of a head, a test or a view to its end.
    pub(super) fn line_end(&self, from: usize, end: usize, starts: impl Fn(&Self, usize) -> bool) -> usize {
        let mut open: Vec<(u8, bool)> = Vec::new();
        let mut at = from + 1;
        while at < end {
            let new_line = self.begins_line(at) && self.kind(at) == Some(TokenKind::Word);
            let joined = self.sign(at - 1) == "." || self.sign(at - 1) == "-" || self.sign(at + 1) == "-";
            if open.is_empty() && !joined && !self.wants_value(at) && (new_line || at > from + 1 && starts(self, at)) {
                break;
            }
            // A list that is never closed does not take the next lines along.
            let in_list = open.last().is_some_and(|(bracket, _)| *bracket != b'{');
            if in_list && new_line && !joined && self.sign(at + 1) != ":" && self.word(at) != "for" && starts(self, at)
            {
                break;
            }
            if leaves_block(&mut open, self.kind(at)) {
                break;
            }
            at += 1;
        }
        at
    }

    /// Whether a line of a rule begins at a token: metadata or a statement.
    pub(super) fn starts_rule_line(&self, at: usize) -> bool {
        let word = self.word(at);
        lexis::STATEMENT_KEYWORDS.contains(&word) || lexis::METADATA_KEYS.contains(&word)
    }

    /// Whether `each …` or `one …` begins at a token.
    pub(super) fn starts_row_clause(&self, at: usize) -> bool {
        matches!(self.word(at), "each" | "one") && !matches!(self.sign(at + 1), ":" | "=")
    }

    /// Whether a view's field begins at a token.
    pub(super) fn starts_field(&self, at: usize) -> bool {
        !self.word(at).is_empty() && matches!(self.sign(at + 1), ":" | "=")
    }
}

/// The opening bracket of a closing one.
pub(super) fn opener_of(close: u8) -> u8 {
    match close {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    }
}

/// Closes the innermost bracket that fits, with all that is open in it.
fn close(open: &mut Vec<(u8, bool)>, bracket: u8) -> Option<(u8, bool)> {
    let place = open.iter().rposition(|(opener, _)| *opener == opener_of(bracket))?;
    let closed = open.get(place).copied();
    open.truncate(place);
    closed
}

/// Follows a token's bracket; true where it closes a block that was open before.
fn leaves_block(open: &mut Vec<(u8, bool)>, kind: Option<TokenKind>) -> bool {
    match kind {
        Some(TokenKind::Open(bracket)) => {
            open.push((bracket, false));
            false
        }
        Some(TokenKind::Close(bracket)) => close(open, bracket).is_none() && bracket == b'}',
        _ => false,
    }
}

/// Words that a check may go on with.
fn check_words() -> impl Iterator<Item = &'static str> {
    lexis::CLAUSE_KEYWORDS.iter().copied().chain(["else"])
}

/// Words that a statement or a line of a head may begin with, those of clauses left out.
fn statement_words() -> impl Iterator<Item = &'static str> {
    let keys = lexis::METADATA_KEYS.iter().filter(|key| !lexis::CLAUSE_KEYWORDS.contains(key));
    lexis::STATEMENT_KEYWORDS.iter().chain(keys).copied()
}
