//! One file with its module, and ways through its expressions.

use super::Context;
use policyc_lang::check::{Compiled, Source};
use policyc_lang::ir::{Const, Expr, ExprId, ModuleId, Program, Rule, Statement, TextPart};
use policyc_text::Span;
use std::collections::BTreeSet;

pub(super) struct Scan<'s> {
    pub(super) compiled: &'s Compiled,
    pub(super) program: &'s Program,
    pub(super) source: &'s Source,
    pub(super) module: ModuleId,
    pub(super) context: Context<'s>,
}

impl<'s> Scan<'s> {
    pub(super) fn rules(&self) -> impl Iterator<Item = &'s Rule> {
        let module = self.module;
        self.program.rules.iter().filter(move |rule| rule.module == module)
    }

    pub(super) fn expr(&self, id: ExprId) -> Option<&'s Expr> {
        self.program.exprs.get(id.index())
    }

    pub(super) fn span(&self, id: ExprId) -> Span {
        self.program.spans.get(id.index()).copied().unwrap_or_default()
    }

    /// The text of an expression, blanks made single.
    pub(super) fn text(&self, id: ExprId) -> String {
        self.span(id).text(&self.source.text).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(super) fn constant(&self, id: ExprId) -> Option<&'s Const> {
        match self.expr(id)? {
            Expr::Const(constant) => self.program.consts.get(constant.index()),
            _ => None,
        }
    }

    /// A text without computed parts.
    pub(super) fn plain(&self, id: ExprId) -> Option<String> {
        if let Some(Const::String(text)) = self.constant(id) {
            return Some(text.clone());
        }
        let Some(Expr::Text(parts)) = self.expr(id) else { return None };
        parts.iter().map(|part| if let TextPart::Plain(text) = part { Some(text.as_str()) } else { None }).collect()
    }

    /// An expression and all that it is made of.
    pub(super) fn within(&self, first: ExprId) -> Vec<ExprId> {
        let (mut open, mut seen, mut found) = (vec![first], BTreeSet::new(), Vec::new());
        while let Some(id) = open.pop() {
            if let Some(expr) = self.expr(id)
                && seen.insert(id.index())
            {
                found.push(id);
                expr.operands(&mut |operand| open.push(operand));
            }
        }
        found
    }

    /// All expressions of a rule's conditions and statements.
    pub(super) fn of_rule(&self, rule: &Rule) -> Vec<ExprId> {
        let mut roots: Vec<ExprId> = rule.condition.into_iter().collect();
        self.roots(&rule.body, &mut roots);
        roots.into_iter().flat_map(|root| self.within(root)).collect()
    }

    fn roots(&self, body: &[Statement], out: &mut Vec<ExprId>) {
        for statement in body {
            match statement {
                Statement::Let(_, value) => out.push(*value),
                Statement::For(binder, inner) => {
                    out.push(binder.source);
                    out.extend(binder.condition);
                    self.roots(inner, out);
                }
                Statement::When(condition, then, otherwise) => {
                    out.push(*condition);
                    self.roots(then, out);
                    self.roots(otherwise, out);
                }
                Statement::Check(id) => out.extend(self.program.checks.get(id.index()).map(|check| check.condition)),
            }
        }
    }
}

/// How often a name stands in a text as a word of its own.
pub(super) fn words_like(text: &str, name: &str) -> usize {
    let part = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '_');
    text.match_indices(name)
        .filter(|(at, _)| !part(text[..*at].chars().next_back()) && !part(text[at + name.len()..].chars().next()))
        .count()
}
