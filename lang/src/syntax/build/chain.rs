//! Chains of operators: the grammar hands them over flat, and precedence is settled here with two stacks, so that no
//! chain is too long for the call stack.

use policyc_text::Span;

use super::{Builder, MAX_DEPTH};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, IsTest};
use crate::syntax::grammar::{Node, Parts, Rule};

/// A finished expression on its way into a larger one.
pub(super) struct Operand {
    /// The expression.
    pub(super) expr: Expr,
    /// Its span, with parentheses around it.
    pub(super) whole: Span,
    /// Height of its tree.
    pub(super) depth: usize,
    /// Whether it is a comparison without parentheses.
    pub(super) compares: bool,
}

/// Binding strengths, loosest first (LANGUAGE-ADDENDUM 1.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Not,
    Compare,
    Coalesce,
    Range,
    Add,
    Multiply,
    Prefix,
}

#[derive(Clone, Copy)]
enum Prefix {
    Not,
    Exists,
    Negate,
}

#[derive(Clone, Copy)]
enum Pending {
    Binary(BinaryOp, Span),
    Prefix(Prefix, Span),
}

impl Pending {
    fn level(self) -> Level {
        match self {
            Self::Binary(op, _) => level(op),
            Self::Prefix(Prefix::Not, _) => Level::Not,
            Self::Prefix(Prefix::Exists | Prefix::Negate, _) => Level::Prefix,
        }
    }

    fn span(self) -> Span {
        match self {
            Self::Binary(_, span) | Self::Prefix(_, span) => span,
        }
    }
}

fn level(op: BinaryOp) -> Level {
    match op {
        BinaryOp::Or => Level::Or,
        BinaryOp::And => Level::And,
        BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterEqual
        | BinaryOp::In
        | BinaryOp::NotIn
        | BinaryOp::Contains
        | BinaryOp::Matches
        | BinaryOp::Like
        | BinaryOp::Within
        | BinaryOp::Overlaps
        | BinaryOp::Satisfies
        | BinaryOp::StartsWith
        | BinaryOp::EndsWith => Level::Compare,
        BinaryOp::Coalesce => Level::Coalesce,
        BinaryOp::Range => Level::Range,
        BinaryOp::Add | BinaryOp::Subtract => Level::Add,
        BinaryOp::Multiply => Level::Multiply,
    }
}

fn binary_op(text: &str) -> BinaryOp {
    match text {
        "or" => BinaryOp::Or,
        "and" => BinaryOp::And,
        "==" => BinaryOp::Equal,
        "!=" => BinaryOp::NotEqual,
        "<" => BinaryOp::Less,
        "<=" => BinaryOp::LessEqual,
        ">" => BinaryOp::Greater,
        ">=" => BinaryOp::GreaterEqual,
        "in" => BinaryOp::In,
        "contains" => BinaryOp::Contains,
        "matches" => BinaryOp::Matches,
        "like" => BinaryOp::Like,
        "within" => BinaryOp::Within,
        "overlaps" => BinaryOp::Overlaps,
        "satisfies" => BinaryOp::Satisfies,
        "??" => BinaryOp::Coalesce,
        ".." => BinaryOp::Range,
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Subtract,
        "*" => BinaryOp::Multiply,
        // What is left has a gap in it: `not in`, `starts with`, `ends with`.
        words if words.starts_with('n') => BinaryOp::NotIn,
        words if words.starts_with('s') => BinaryOp::StartsWith,
        _ => BinaryOp::EndsWith,
    }
}

/// The two stacks of one chain.
struct Stacks {
    operands: Vec<Operand>,
    pending: Vec<Pending>,
    /// Whether this chain was already reported as too long.
    too_long: bool,
}

impl Builder<'_> {
    /// A chain of operators and operands.
    pub(super) fn chain(&mut self, node: Node<'_>) -> Operand {
        let span = self.span(&node);
        let mut stacks = Stacks { operands: Vec::new(), pending: Vec::new(), too_long: false };
        for part in Parts::of(node) {
            match part.as_rule() {
                Rule::prefix => self.push_prefix(&mut stacks, &part),
                Rule::operator | Rule::tight_operator => self.push_operator(&mut stacks, &part),
                Rule::is_test => self.push_is(&mut stacks, part),
                _ => {
                    let operand = self.postfixed(part);
                    stacks.operands.push(operand);
                }
            }
        }
        while let Some(pending) = stacks.pending.pop() {
            self.reduce(&mut stacks, pending);
        }
        stacks.operands.pop().unwrap_or_else(|| Operand::leaf(ExprKind::Bad, span))
    }

    fn push_prefix(&mut self, stacks: &mut Stacks, node: &Node<'_>) {
        let span = self.span(node);
        let prefix = match node.as_str() {
            "not" => Prefix::Not,
            "exists" => Prefix::Exists,
            _ => Prefix::Negate,
        };
        if let (Prefix::Not, Some(before)) = (prefix, stacks.pending.last())
            && before.level() > Level::Not
        {
            self.error(span, "`not` binds looser than what stands before it", "put `not …` in parentheses");
        }
        stacks.pending.push(Pending::Prefix(prefix, span));
    }

    fn push_operator(&mut self, stacks: &mut Stacks, node: &Node<'_>) {
        let op = binary_op(node.as_str());
        let right = op == BinaryOp::Coalesce;
        while let Some(&top) = stacks.pending.last() {
            if top.level() < level(op) || (right && top.level() == level(op)) {
                break;
            }
            stacks.pending.pop();
            self.reduce(stacks, top);
        }
        stacks.pending.push(Pending::Binary(op, self.span(node)));
    }

    fn push_is(&mut self, stacks: &mut Stacks, node: Node<'_>) {
        while let Some(&top) = stacks.pending.last() {
            if top.level() < Level::Compare {
                break;
            }
            stacks.pending.pop();
            self.reduce(stacks, top);
        }
        let Some(value) = stacks.operands.pop() else { return };
        let start = self.span(&node).start;
        let mut parts = Parts::of(node);
        let negated = parts.next_of(Rule::negated).is_some();
        let (test, end) = match parts.next_of(Rule::nothing_test) {
            Some(word) => {
                let test = match word.as_str() {
                    "empty" => IsTest::Empty,
                    "null" => IsTest::Null,
                    _ => IsTest::Absent,
                };
                (test, self.span(&word).end)
            }
            None => {
                let ty = self.ty(&mut parts);
                let end = ty.span.end;
                (IsTest::Type(ty), end)
            }
        };
        if value.compares {
            self.chained(Span { start, end: start + 2 }, "is");
        }
        let span = Span { start: value.whole.start, end: end.max(start) };
        let kind = ExprKind::Is { value: Box::new(value.expr), negated, test };
        let mut operand = self.nest_once(stacks, kind, span, value.depth);
        operand.compares = true;
        stacks.operands.push(operand);
    }

    /// Applies an operator to the topmost operands.
    fn reduce(&mut self, stacks: &mut Stacks, pending: Pending) {
        let Some(right) = stacks.operands.pop() else { return };
        match pending {
            Pending::Prefix(prefix, span) => {
                let span = span.to(right.whole);
                let value = Box::new(right.expr);
                let kind = match prefix {
                    Prefix::Not => ExprKind::Not(value),
                    Prefix::Exists => ExprKind::Exists(value),
                    Prefix::Negate => ExprKind::Negate(value),
                };
                let operand = self.nest_once(stacks, kind, span, right.depth);
                stacks.operands.push(operand);
            }
            Pending::Binary(op, place) => {
                let Some(left) = stacks.operands.pop() else { return };
                let compares = level(op) == Level::Compare;
                if compares && (left.compares || right.compares) {
                    self.chained(pending.span(), op_text(op));
                }
                let span = left.whole.to(right.whole).to(place);
                let depth = left.depth.max(right.depth);
                let kind = ExprKind::Binary(op, Box::new(left.expr), Box::new(right.expr));
                let mut operand = self.nest_once(stacks, kind, span, depth);
                operand.compares = compares;
                stacks.operands.push(operand);
            }
        }
    }

    fn chained(&mut self, span: Span, op: &str) {
        let message = format!("`{op}` cannot go on with the result of another comparison");
        self.error(span, message, "compare twice, `a < b and b < c`, or use parentheses");
    }

    /// Like [`Builder::nest`], reporting once for one chain.
    fn nest_once(&mut self, stacks: &mut Stacks, kind: ExprKind, span: Span, depth: usize) -> Operand {
        if depth < MAX_DEPTH {
            return nested(kind, span, depth);
        }
        if !stacks.too_long {
            stacks.too_long = true;
            self.too_long(span);
        }
        Operand::leaf(ExprKind::Bad, span)
    }

    /// An expression one higher than its highest part, unless that goes too far.
    pub(super) fn nest(&mut self, kind: ExprKind, span: Span, depth: usize) -> Operand {
        if depth < MAX_DEPTH {
            return nested(kind, span, depth);
        }
        self.too_long(span);
        Operand::leaf(ExprKind::Bad, span)
    }

    fn too_long(&mut self, span: Span) {
        let message = format!("the expression is too long: more than {MAX_DEPTH} steps depend on each other");
        self.error(span, message, "name parts of it with `let`, or compare with a list by `in` or `any`");
    }
}

fn nested(kind: ExprKind, span: Span, depth: usize) -> Operand {
    Operand { expr: Expr { kind, span }, whole: span, depth: depth + 1, compares: false }
}

fn op_text(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "or",
        BinaryOp::And => "and",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::In => "in",
        BinaryOp::NotIn => "not in",
        BinaryOp::Contains => "contains",
        BinaryOp::Matches => "matches",
        BinaryOp::Like => "like",
        BinaryOp::Within => "within",
        BinaryOp::Overlaps => "overlaps",
        BinaryOp::Satisfies => "satisfies",
        BinaryOp::StartsWith => "starts with",
        BinaryOp::EndsWith => "ends with",
        BinaryOp::Coalesce => "??",
        BinaryOp::Range => "..",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
    }
}
