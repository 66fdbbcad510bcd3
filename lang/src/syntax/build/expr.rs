//! Expressions other than chains of operators.

use policyc_text::Span;

use super::Builder;
use super::chain::Operand;
use crate::syntax::ast::{Binder, Expr, ExprKind, Name, Quantifier};
use crate::syntax::grammar::{Node, Parts, Rule};

/// Whether a rule is an expression.
fn is_expr(rule: Rule) -> bool {
    matches!(rule, Rule::if_expr | Rule::quantifier | Rule::group | Rule::chain | Rule::coalesced)
}

impl Builder<'_> {
    /// The expression in the next part.
    pub(super) fn expr(&mut self, parts: &mut Parts<'_>) -> Expr {
        self.next_operand(parts).expr
    }

    /// The expression in the next part, where there is one.
    pub(super) fn expr_if_any(&mut self, parts: &mut Parts<'_>) -> Option<Expr> {
        parts.next_of_any(is_expr).map(|node| self.operand(node).expr)
    }

    /// The expression in the condition that the next part may be.
    pub(super) fn condition(&mut self, parts: &mut Parts<'_>) -> Option<Expr> {
        self.condition_operand(parts).map(|operand| operand.expr)
    }

    fn condition_operand(&mut self, parts: &mut Parts<'_>) -> Option<Operand> {
        let node = parts.next_of_any(|rule| matches!(rule, Rule::r#where | Rule::quantifier_where))?;
        Some(self.next_operand(&mut Parts::of(node)))
    }

    fn next_operand(&mut self, parts: &mut Parts<'_>) -> Operand {
        match parts.next_of_any(is_expr) {
            Some(node) => self.operand(node),
            None => Operand::leaf(ExprKind::Bad, Span::empty_at(self.base)),
        }
    }

    /// Any expression.
    pub(super) fn operand(&mut self, node: Node<'_>) -> Operand {
        match node.as_rule() {
            Rule::if_expr => self.if_expr(node),
            Rule::quantifier => self.quantifier(node),
            Rule::group => self.group(node),
            _ => self.chain(node),
        }
    }

    fn if_expr(&mut self, node: Node<'_>) -> Operand {
        let start = self.span(&node);
        let mut parts = Parts::of(node);
        let condition = self.next_operand(&mut parts);
        let then = self.next_operand(&mut parts);
        let otherwise = self.next_operand(&mut parts);
        let span = Span { start: start.start, end: otherwise.whole.end };
        let depth = condition.depth.max(then.depth).max(otherwise.depth);
        let kind = ExprKind::If(Box::new(condition.expr), Box::new(then.expr), Box::new(otherwise.expr));
        self.nest(kind, span, depth)
    }

    fn quantifier(&mut self, node: Node<'_>) -> Operand {
        let start = self.span(&node).start;
        let mut parts = Parts::of(node);
        let kind = match parts.next_of(Rule::quantifier_kw).map(|word| word.as_str()) {
            Some("any") => Quantifier::Any,
            Some("all") => Quantifier::All,
            _ => Quantifier::None,
        };
        let mut source = self.binder(&mut parts);
        let held = parts.next_of(Rule::quantifier_condition);
        let held = held.map(|node| self.next_operand(&mut Parts::of(node)));
        if let Some(held) = &held {
            source.end = held.whole.end;
            source.depth = source.depth.max(held.depth);
        }
        let condition = held.map(|held| Box::new(held.expr));
        let kind = ExprKind::Quantifier { kind, binder: Box::new(source.binder), condition };
        self.nest(kind, Span { start, end: source.end }, source.depth)
    }

    fn group(&mut self, node: Node<'_>) -> Operand {
        let start = self.span(&node).start;
        let mut parts = Parts::of(node);
        let source = self.binder(&mut parts);
        let by = self.next_operand(&mut parts);
        let span = Span { start, end: by.whole.end };
        let depth = source.depth.max(by.depth);
        self.nest(ExprKind::Group { binder: Box::new(source.binder), by: Box::new(by.expr) }, span, depth)
    }

    /// `x in e`, then the condition that may follow it.
    pub(super) fn binder(&mut self, parts: &mut Parts<'_>) -> Bound {
        let (mut key, mut item) = (None, Name { text: String::new(), span: Span::empty_at(self.base) });
        let mut source = Operand::leaf(ExprKind::Bad, item.span);
        if let Some(node) = parts.next_of(Rule::binder) {
            let mut inner = Parts::of(node);
            item = self.variable(&mut inner);
            if let Some(second) = inner.next_of(Rule::name) {
                let second = self.name_of(&second);
                self.note_variable(&second);
                key = Some(std::mem::replace(&mut item, second));
            }
            source = self.next_operand(&mut inner);
        }
        let condition = self.condition_operand(parts);
        let end = condition.as_ref().map_or(source.whole.end, |condition| condition.whole.end);
        let depth = condition.as_ref().map_or(0, |condition| condition.depth).max(source.depth);
        let condition = condition.map(|condition| Box::new(condition.expr));
        Bound { binder: Binder { key, item, source: source.expr, condition }, end, depth }
    }

    /// A value with calls, indexes and fields behind it.
    pub(super) fn postfixed(&mut self, node: Node<'_>) -> Operand {
        let mut parts = Parts::of(node);
        let Some(primary) = parts.next() else {
            return Operand::leaf(ExprKind::Bad, Span::empty_at(self.base));
        };
        let mut value = self.primary(primary);
        for part in parts {
            value = self.postfix(value, part);
            if matches!(value.expr.kind, ExprKind::Bad) {
                break;
            }
        }
        value
    }

    fn postfix(&mut self, value: Operand, node: Node<'_>) -> Operand {
        let span = value.whole.to(self.span(&node));
        let of = Box::new(value.expr);
        match node.as_rule() {
            Rule::member => {
                let field = self.name(&mut Parts::of(node));
                self.note_foreign(&of);
                self.nest(ExprKind::Field(of, field), span, value.depth)
            }
            Rule::index => {
                let index = self.next_operand(&mut Parts::of(node));
                let depth = value.depth.max(index.depth);
                self.nest(ExprKind::Index(of, Box::new(index.expr)), span, depth)
            }
            _ => {
                let (arguments, depth) = self.operands(Parts::of(node));
                self.nest(ExprKind::Call(of, arguments), span, depth.max(value.depth))
            }
        }
    }

    fn note_foreign(&mut self, value: &Expr) {
        if let ExprKind::Name(name) = &value.kind
            && super::FOREIGN_SUBJECTS.contains(&name.as_str())
        {
            self.foreign.push(Name { text: name.clone(), span: value.span });
        }
    }

    /// All that follows as expressions, and the greatest depth among them.
    fn operands(&mut self, parts: Parts<'_>) -> (Vec<Expr>, usize) {
        let mut depth = 0;
        let mut out = Vec::new();
        for node in parts {
            let operand = self.operand(node);
            depth = depth.max(operand.depth);
            out.push(operand.expr);
        }
        (out, depth)
    }

    fn primary(&mut self, node: Node<'_>) -> Operand {
        let span = self.span(&node);
        match node.as_rule() {
            Rule::paren => {
                let inner = self.next_operand(&mut Parts::of(node));
                Operand { whole: span, compares: false, ..inner }
            }
            Rule::list => self.list(node),
            Rule::record => self.record(node),
            _ => self.literal_operand(node),
        }
    }

    /// `[a, b]` or `[e for …]`.
    pub(super) fn list(&mut self, node: Node<'_>) -> Operand {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let Some(first) = parts.next_of_any(is_expr) else { return Operand::leaf(ExprKind::List(Vec::new()), span) };
        let first = self.operand(first);
        let mut depth = first.depth;
        let mut binders = Vec::new();
        while let Some(node) = parts.next_of(Rule::comprehension) {
            let source = self.binder(&mut Parts::of(node));
            depth = depth.max(source.depth);
            binders.push(source.binder);
        }
        if !binders.is_empty() {
            return self.nest(ExprKind::Comprehension { item: Box::new(first.expr), binders }, span, depth);
        }
        let mut items = vec![first.expr];
        let (rest, rest_depth) = self.operands(parts);
        items.extend(rest);
        self.nest(ExprKind::List(items), span, depth.max(rest_depth))
    }

    /// `{a: x}`.
    pub(super) fn record(&mut self, node: Node<'_>) -> Operand {
        let span = self.span(&node);
        let mut depth = 0;
        let mut fields = Vec::new();
        for field in Parts::of(node) {
            let mut parts = Parts::of(field);
            let key = self.record_key(&mut parts);
            let value = self.next_operand(&mut parts);
            depth = depth.max(value.depth);
            fields.push((key, value.expr));
        }
        self.nest(ExprKind::Record(fields), span, depth)
    }

    /// A key may be a text, for maps whose keys are no words; it is then held without its quotes.
    fn record_key(&mut self, parts: &mut Parts<'_>) -> Name {
        let Some(node) = parts.next_of(Rule::text) else { return self.name(parts) };
        let span = self.span(&node);
        let text = self.plain_text(node).unwrap_or_default();
        Name { text, span }
    }
}

/// A binder, where it ends, and the height of what stands in it.
pub(super) struct Bound {
    /// The binder.
    pub(super) binder: Binder,
    /// Byte offset at which it ends.
    pub(super) end: u32,
    depth: usize,
}
