//! A file with mistakes, taken apart by its tokens: each item, and where an item is at fault each statement or line of
//! it, is given to the grammar alone. A piece that is refused becomes a `Bad` node with a message of its own.
//!
//! Every piece is read at most three times (file, item, line), so the work stays proportional to the text.

mod body;
mod cut;
mod diagnose;
mod flaw;

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use policyc_text::Span;

use super::ast::{File, Item, Profile, Rule as RuleItem, Test};
use super::build::Builder;
use super::grammar::{Node, Parts, PolicyGrammar, Rule};
use super::lexis;
use cut::Split;

use super::scan::{Flaw, Scan, Token, TokenKind};

/// After so many mistakes the rest of the file is not read.
pub(super) const MAX_MISTAKES: usize = 100;

/// Takes a file apart; `suspect` is the byte offset at which the whole was refused, if it was tried.
pub(super) fn recover(builder: &mut Builder<'_>, text: &str, scan: &Scan, suspect: Option<u32>) -> File {
    let mut recovery = Recovery {
        builder,
        text,
        tokens: &scan.tokens,
        flaws: &scan.flaws,
        flaws_done: vec![false; scan.flaws.len()],
        unbalanced: false,
        suspect,
        file: File::default(),
    };
    recovery.file();
    recovery.remaining_flaws();
    recovery.file
}

/// A range of tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Piece {
    from: usize,
    /// One past the last.
    to: usize,
}

struct Recovery<'r, 'b, 't> {
    builder: &'r mut Builder<'b>,
    text: &'t str,
    tokens: &'t [Token],
    flaws: &'t [Flaw],
    flaws_done: Vec<bool>,
    /// Whether the brackets of the item at hand do not match up; only then is indentation looked at.
    unbalanced: bool,
    /// Where the file as a whole was refused: what stands there need not be tried as a whole again.
    suspect: Option<u32>,
    file: File,
}

impl<'t> Recovery<'_, '_, 't> {
    fn file(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            let piece = self.item_piece(at);
            at = piece.to.max(at + 1);
            if self.exhausted() {
                let rest = self.span(Piece { from: piece.from, to: self.tokens.len() });
                self.file.items.push(Item::Bad(rest));
                return;
            }
            self.file_piece(piece);
        }
    }

    fn exhausted(&self) -> bool {
        self.builder.diagnostics.len() >= MAX_MISTAKES
    }

    fn file_piece(&mut self, piece: Piece) {
        match self.word(piece.from) {
            "module" => self.module(piece),
            "import" => self.import(piece),
            word if lexis::ITEM_KEYWORDS.contains(&word) => {
                let item = self.item(piece);
                self.file.items.push(item);
            }
            _ => {
                self.no_item(piece);
                let span = self.span(piece);
                self.file.items.push(Item::Bad(span));
            }
        }
    }

    fn module(&mut self, piece: Piece) {
        let Some(node) = self.parsed(Rule::module_only, piece) else { return };
        let module = self.builder.module(node);
        if piece.from == 0 {
            self.file.module = Some(module);
        } else {
            let place = self.tokens[piece.from].span;
            self.builder.error(
                place,
                "`module` does not begin the file",
                "a file is one module, named by its first line",
            );
        }
    }

    fn import(&mut self, piece: Piece) {
        let Some(node) = self.parsed(Rule::import_only, piece) else { return };
        let import = self.builder.module(node);
        self.file.imports.push(import);
        if !self.file.items.is_empty() {
            let place = self.tokens[piece.from].span;
            self.builder.error(place, "`import` stands after an item", "move it up, below the `module` line");
        }
    }

    fn item(&mut self, piece: Piece) -> Item {
        let suspect = self.suspect.is_some_and(|at| self.span(piece).contains(Span { start: at, end: at + 1 }));
        if !suspect
            && !self.has_flaw(piece)
            && let Ok(node) = self.try_parse(Rule::item_only, piece)
        {
            return self.builder.item(node);
        }
        self.unbalanced = self.unclosed(piece).is_some();
        match self.word(piece.from) {
            "rule" => self.rule(piece),
            "test" => self.test(piece),
            "profile" => self.profile(piece),
            "view" if self.word(piece.from + 2) != "on" => self.view(piece),
            _ => {
                // Only a flaw at the end, which gets reported, can have been in the way before.
                match self.parsed(Rule::item_only, piece) {
                    Some(node) => self.builder.item(node),
                    None => Item::Bad(self.span(piece)),
                }
            }
        }
    }

    fn rule(&mut self, piece: Piece) -> Item {
        let split = self.split_block(piece, |this, at| this.starts_rule_line(at));
        let head = self.head(Rule::rule_head_only, split).map(|node| self.builder.rule_head(node));
        let (metadata, statements) = self.rule_body(split.body);
        let span = self.span(piece);
        match head {
            Some((id, subject)) => Item::Rule(RuleItem { id, subject, metadata, body: statements, span }),
            None => Item::Bad(span),
        }
    }

    fn test(&mut self, piece: Piece) -> Item {
        let split = self.split_block(piece, |this, at| lexis::TEST_KEYWORDS.contains(&this.word(at)));
        let name = self.head(Rule::test_head_only, split).map(|node| self.builder.test_head(node));
        let lines = self.test_body(split.body);
        let span = self.span(piece);
        name.map_or(Item::Bad(span), |name| Item::Test(Test { name, lines, span }))
    }

    fn profile(&mut self, piece: Piece) -> Item {
        let starts = |this: &Self, at| this.word(at) == "include" || lexis::METADATA_KEYS.contains(&this.word(at));
        let split = self.split_block(piece, starts);
        let id = self.head(Rule::profile_head_only, split).map(|node| self.builder.profile_head(node));
        let body = self.profile_body(split.body);
        let span = self.span(piece);
        let item = |id| Item::Profile(Profile { id, metadata: body.metadata, include: body.include, span });
        id.map_or(Item::Bad(span), item)
    }

    fn view(&mut self, piece: Piece) -> Item {
        let starts = |this: &Self, at| this.starts_row_clause(at) || this.starts_field(at);
        let split = self.split_block(piece, starts);
        let view = self.head(Rule::view_head_only, split).map(|node| self.builder.view_head(node));
        let (clauses, fields) = self.view_body(split.body);
        let span = self.span(piece);
        let Some(mut view) = view else { return Item::Bad(span) };
        (view.clauses, view.fields, view.span) = (clauses, fields, span);
        Item::View(view)
    }

    // Reading pieces

    /// What stands before a block, read by the grammar. Says so where the block has no `{`.
    fn head(&mut self, rule: Rule, split: Split) -> Option<Node<'t>> {
        let node = self.parsed(rule, split.head)?;
        if !split.braced {
            self.no_block(split.head);
        }
        // Messages may have been about other pieces since.
        self.builder.base = self.span(split.head).start as usize;
        Some(node)
    }

    /// A piece read by the grammar, or else a message.
    fn parsed(&mut self, rule: Rule, piece: Piece) -> Option<Node<'t>> {
        let piece = self.without_trailing_flaws(piece);
        if piece.from >= piece.to {
            return None;
        }
        if self.report_flaw(piece) {
            return None;
        }
        match self.try_parse(rule, piece) {
            Ok(node) => Some(node),
            Err(refusal) => {
                self.diagnose(piece, &refusal);
                None
            }
        }
    }

    fn try_parse(&mut self, rule: Rule, piece: Piece) -> Result<Node<'t>, Refusal> {
        let span = self.span(piece);
        let text: &'t str = span.text(self.text);
        self.builder.base = span.start as usize;
        let refused = |at: usize, expected| Refusal { at: span.start + u32::try_from(at).unwrap_or(0), expected };
        match PolicyGrammar::parse(rule, text) {
            Ok(mut nodes) => {
                let node = nodes.next().and_then(|outer| Parts::of(outer).next());
                node.ok_or_else(|| refused(0, Vec::new()))
            }
            Err(error) => {
                let at = match error.location {
                    InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
                };
                let expected = match error.variant {
                    ErrorVariant::ParsingError { positives, .. } => positives,
                    ErrorVariant::CustomError { .. } => Vec::new(),
                };
                Err(refused(at, expected))
            }
        }
    }

    // Looking at tokens

    fn span(&self, piece: Piece) -> Span {
        let last = piece.to.max(piece.from + 1) - 1;
        match (self.tokens.get(piece.from), self.tokens.get(last)) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::empty_at(self.text.trim_end().len()),
        }
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The text of a token.
    fn token_text(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |token| token.span.text(self.text))
    }

    /// The text of a token that is a word; else nothing.
    fn word(&self, at: usize) -> &'t str {
        if self.kind(at) == Some(TokenKind::Word) { self.token_text(at) } else { "" }
    }

    /// The text of a token that is a sign; else nothing.
    fn sign(&self, at: usize) -> &'t str {
        if self.kind(at) == Some(TokenKind::Sign) { self.token_text(at) } else { "" }
    }

    fn begins_line(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.indent.is_some())
    }

    /// How far the line that a token stands in is indented, in bytes.
    fn line_indent(&self, at: usize) -> u32 {
        self.tokens.get(at).map_or(0, |token| token.line_indent)
    }
}

/// Where and for want of what the grammar refused a piece.
struct Refusal {
    /// Byte offset in the file.
    at: u32,
    /// What could have stood there.
    expected: Vec<Rule>,
}
