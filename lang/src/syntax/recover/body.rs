//! What stands between braces, statement by statement and line by line.

use policyc_text::Span;

use super::{Piece, Recovery};
use crate::syntax::ast::{Expr, ExprKind, Metadata, RowClause, RowField, Statement, StatementKind, TestLine};
use crate::syntax::build::ProfileBody;
use crate::syntax::grammar::Rule;
use crate::syntax::lexis;
use crate::syntax::scan::{FlawKind, TokenKind};

impl Recovery<'_, '_, '_> {
    /// Metadata and statements of a rule.
    pub(super) fn rule_body(&mut self, body: Piece) -> (Vec<Metadata>, Vec<Statement>) {
        let mut metadata = Vec::new();
        let mut statements = Vec::new();
        let mut at = body.from;
        while at < body.to {
            at = self.statements(&mut statements, &mut metadata, at, body.to, None);
            if self.kind(at) == Some(TokenKind::Close(b'}')) && at < body.to {
                // Where an inner block has no end, what closes the rule still stands in its body.
                if at + 1 < body.to {
                    self.stray_close(at);
                }
                at += 1;
            }
        }
        self.report_unclosed_block(body);
        (metadata, statements)
    }

    /// The `{` before a body that goes on to the end of its item without a `}`.
    fn report_unclosed_block(&mut self, body: Piece) {
        let closed = self.kind(body.to) == Some(TokenKind::Close(b'}'));
        if let Some(brace) = body.from.checked_sub(1)
            && !closed
            && self.unbalanced
            && self.kind(brace) == Some(TokenKind::Open(b'{'))
        {
            self.never_closed(brace);
        }
    }

    /// Reports a bracket that nothing closes; one such mistake explains the others of an item.
    pub(super) fn never_closed(&mut self, at: usize) {
        let swallowed = self.flaws.iter().any(|flaw| flaw.kind == FlawKind::OpenRaw);
        if !std::mem::replace(&mut self.unbalanced, false) || swallowed {
            return;
        }
        let bracket = self.token_text(at);
        let close = match bracket {
            "(" => ")",
            "[" => "]",
            _ => "}",
        };
        let span = self.tokens[at].span;
        self.builder.error(
            span,
            format!("this `{bracket}` is never closed"),
            format!("add the `{close}` that is missing"),
        );
    }

    pub(super) fn stray_close(&mut self, at: usize) {
        let bracket = self.token_text(at);
        let span = self.tokens[at].span;
        self.builder.error(
            span,
            format!("this `{bracket}` closes nothing"),
            "leave it out, or open what it should close",
        );
    }

    /// Statements up to the `}` of their block, which is not read. `indent` is that of the line which opened the block.
    fn statements(
        &mut self,
        out: &mut Vec<Statement>,
        metadata: &mut Vec<Metadata>,
        mut at: usize,
        end: usize,
        indent: Option<u32>,
    ) -> usize {
        while at < end && !self.exhausted() {
            match (self.kind(at), self.word(at)) {
                (Some(TokenKind::Close(b'}')), _) => return at,
                (Some(TokenKind::Close(_)), _) => {
                    self.stray_close(at);
                    at += 1;
                }
                (_, "for" | "when") => {
                    let (statement, next) = self.block_statement(at, end);
                    out.push(statement);
                    at = next;
                }
                (_, "let" | "require" | "forbid") => {
                    let piece = Piece { from: at, to: self.statement_end(at, end) };
                    let node = self.parsed(Rule::statement_only, piece);
                    let statement = node.map(|node| self.builder.statement(node));
                    out.push(statement.unwrap_or_else(|| self.bad_statement(piece)));
                    at = piece.to;
                }
                _ => at = self.other_line(out, metadata, at, end, indent.is_none()),
            }
        }
        if at < end { end } else { at }
    }

    fn bad_statement(&self, piece: Piece) -> Statement {
        Statement { kind: StatementKind::Bad, span: self.span(piece) }
    }

    /// A line of the head, or what is neither that nor a statement.
    fn other_line(
        &mut self,
        out: &mut Vec<Statement>,
        metadata: &mut Vec<Metadata>,
        at: usize,
        end: usize,
        head: bool,
    ) -> usize {
        let word = self.word(at);
        let to = if lexis::METADATA_KEYS.contains(&word) {
            self.line_end(at, end, Self::starts_rule_line)
        } else {
            self.statement_end(at, end)
        };
        let piece = Piece { from: at, to };
        let known = lexis::METADATA_KEYS.contains(&word) && head;
        if known {
            if let Some(node) = self.parsed(Rule::metadata_only, piece) {
                metadata.push(self.builder.metadata(node, !out.is_empty()));
            }
        } else {
            if !self.report_flaw(piece) {
                self.no_statement(piece);
            }
            out.push(self.bad_statement(piece));
        }
        to
    }

    /// `for …` or `when …` with the blocks that belong to it.
    fn block_statement(&mut self, from: usize, end: usize) -> (Statement, usize) {
        let is_for = self.word(from) == "for";
        let head = Piece { from, to: self.head_end(from, end) };
        let brace = head.to;
        let has_block = brace < end && self.kind(brace) == Some(TokenKind::Open(b'{'));
        let rule = if is_for { Rule::for_head_only } else { Rule::when_head_only };
        let node = self.parsed(rule, head);
        let read = node.is_some();
        if !has_block {
            if read {
                self.no_block(head);
            }
            return (self.bad_statement(head), head.to);
        }
        let (body, mut at) = self.nested_block(brace, end);
        if is_for {
            let kind = match node {
                Some(node) => {
                    let binder = self.in_piece(head, |builder| builder.for_head(&mut super::Parts::of(node)));
                    StatementKind::For { binder, body }
                }
                None => StatementKind::Bad,
            };
            return (Statement { kind, span: self.span(Piece { from, to: at }) }, at);
        }
        let mut otherwise = Vec::new();
        let mut whole = read;
        if at < end && matches!(self.word(at), "else" | "elif" | "elseif" | "elsif") {
            let chained = self.word(at) != "else" || matches!(self.word(at + 1), "if" | "when");
            if chained {
                whole = false;
                at = self.chained_else(at, end);
            } else if self.kind(at + 1) == Some(TokenKind::Open(b'{')) {
                (otherwise, at) = self.nested_block(at + 1, end);
            } else {
                whole = false;
                self.no_block(Piece { from: at, to: at + 1 });
                at += 1;
            }
        }
        let kind = match node.filter(|_| whole) {
            Some(node) => {
                let condition = self.in_piece(head, |builder| builder.when_head(&mut super::Parts::of(node)));
                StatementKind::When { condition, then: body, otherwise }
            }
            None => StatementKind::Bad,
        };
        (Statement { kind, span: self.span(Piece { from, to: at }) }, at)
    }

    /// Builds with offsets relative to a piece, whatever was read since.
    fn in_piece<T>(&mut self, piece: Piece, build: impl FnOnce(&mut crate::syntax::build::Builder<'_>) -> T) -> T {
        self.builder.base = self.span(piece).start as usize;
        build(self.builder)
    }

    /// `else if …` and the like: what is in their blocks is still read for its mistakes.
    fn chained_else(&mut self, mut at: usize, end: usize) -> usize {
        let words = if self.word(at) == "else" { 2 } else { 1 };
        let piece = Piece { from: at, to: at + words };
        let text = self.span(piece).text(self.text).to_owned();
        let hint = "write `else { when … { … } }`";
        let span = self.span(piece);
        self.builder.error(span, format!("there is no `{text}`"), hint);
        while at < end && matches!(self.word(at), "else" | "elif" | "elseif" | "elsif") {
            let brace = self.head_end(at + 1, end);
            if brace >= end || self.kind(brace) != Some(TokenKind::Open(b'{')) {
                return brace.max(at + 1);
            }
            (_, at) = self.nested_block(brace, end);
        }
        at
    }

    /// From a `for` or `when` to its `{`, or to where the next statement begins.
    fn head_end(&self, from: usize, end: usize) -> usize {
        let stop = self.statement_end(from, end);
        let mut depth = 0_usize;
        for at in from..stop {
            match self.kind(at) {
                Some(TokenKind::Open(_)) if depth == 0 && self.opens_block(at) => return at,
                Some(TokenKind::Open(_)) => depth += 1,
                Some(TokenKind::Close(_)) => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        stop
    }

    /// The statements of a block, and the token after its `}`.
    fn nested_block(&mut self, brace: usize, end: usize) -> (Vec<Statement>, usize) {
        let mut body = Vec::new();
        let mut stray = Vec::new();
        let indent = self.line_indent(brace);
        let at = self.statements(&mut body, &mut stray, brace + 1, end, Some(indent));
        let closes = at < end && self.kind(at) == Some(TokenKind::Close(b'}'));
        // A `}` that stands further out than the block's own line closes an outer block.
        let outer = closes && self.unbalanced && self.tokens[at].indent.is_some_and(|own| own < indent);
        if !closes || outer {
            self.never_closed(brace);
            return (body, at);
        }
        (body, at + 1)
    }

    pub(super) fn no_block(&mut self, head: Piece) {
        let word = self.word(head.from);
        let end = Span::empty_at(self.span(head).end as usize);
        self.builder.error(end, format!("the `{word}` has no `{{`"), "what it holds stands between `{` and `}`");
    }

    // Tests, profiles, views

    /// The lines of a test.
    pub(super) fn test_body(&mut self, body: Piece) -> Vec<TestLine> {
        let mut lines = Vec::new();
        let starts = |this: &Self, at: usize| {
            let before = this.word(at - 1);
            lexis::TEST_KEYWORDS.contains(&this.word(at)) && !matches!(before, "expect" | "given" | "param" | "fix")
        };
        self.lines(body, starts, |this, piece| {
            let word = this.word(piece.from);
            let line = if lexis::TEST_KEYWORDS.contains(&word) {
                this.parsed(Rule::test_line_only, piece).map(|node| this.builder.test_line(node))
            } else {
                this.unknown_line(piece, "a test", lexis::TEST_KEYWORDS);
                None
            };
            lines.push(line.unwrap_or_else(|| TestLine::Bad(this.span(piece))));
        });
        lines
    }

    /// The lines of a profile.
    pub(super) fn profile_body(&mut self, body: Piece) -> ProfileBody {
        let mut out = ProfileBody::default();
        let starts =
            |this: &Self, at: usize| this.word(at) == "include" || lexis::METADATA_KEYS.contains(&this.word(at));
        self.lines(body, starts, |this, piece| {
            let word = this.word(piece.from);
            let rule = if word == "include" { Rule::include_only } else { Rule::metadata_only };
            if word != "include" && !lexis::METADATA_KEYS.contains(&word) {
                this.unknown_line(piece, "a profile", &["include", "title", "severity", "controls", "tags", "doc"]);
            } else if let Some(node) = this.parsed(rule, piece) {
                this.builder.profile_line(&mut out, node);
            }
        });
        out
    }

    /// The clauses and fields of a view.
    pub(super) fn view_body(&mut self, body: Piece) -> (Vec<RowClause>, Vec<RowField>) {
        let (mut clauses, mut fields) = (Vec::new(), Vec::new());
        let starts = |this: &Self, at: usize| this.starts_row_clause(at) || this.starts_field(at);
        self.lines(body, starts, |this, piece| {
            if this.starts_row_clause(piece.from) {
                clauses.push(this.row_clause(piece));
            } else if let Some(node) = this.parsed(Rule::row_field_only, piece) {
                fields.push(this.builder.row_field(node));
            }
        });
        (clauses, fields)
    }

    fn row_clause(&mut self, piece: Piece) -> RowClause {
        let split = self.split_block(piece, Self::starts_field);
        let span = self.span(piece);
        let source = Expr { kind: ExprKind::Bad, span: self.span(split.head) };
        let one = self.word(piece.from) == "one";
        let read = self.head(Rule::row_head_only, split).map(|node| self.builder.row_head(node));
        let mut clause = read.unwrap_or(RowClause { one, source, fields: Vec::new(), span });
        clause.span = span;
        let mut fields = Vec::new();
        self.lines(split.body, Self::starts_field, |this, piece| {
            if let Some(node) = this.parsed(Rule::row_field_only, piece) {
                fields.push(this.builder.row_field(node));
            }
        });
        clause.fields = fields;
        clause
    }

    /// Hands out a body line by line.
    fn lines(&mut self, body: Piece, starts: impl Fn(&Self, usize) -> bool, mut line: impl FnMut(&mut Self, Piece)) {
        let mut at = body.from;
        while at < body.to && !self.exhausted() {
            if let Some(TokenKind::Close(_)) = self.kind(at) {
                self.stray_close(at);
                at += 1;
                continue;
            }
            let piece = Piece { from: at, to: self.line_end(at, body.to, &starts) };
            line(self, piece);
            at = piece.to;
        }
        self.report_unclosed_block(body);
    }
}
