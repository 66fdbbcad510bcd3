//! `for`, quantifiers, comprehensions and `group`: names that stand for elements.

use super::facts::Fact;
use super::ty::Ty;
use super::{Checker, Outcomes, Typed};
use crate::ir::{self, Expr};
use crate::syntax::ast::{self, ExprKind};
use policyc_text::Span;

impl Checker<'_> {
    /// Declares the names of a binder and learns what its `where` tells. The caller marks and resets the environment.
    pub(super) fn bind(&mut self, binder: &ast::Binder) -> (ir::Binder, Typed) {
        let source = match &binder.source.kind {
            ExprKind::Group { binder: inner, by } => self.check_group(inner, by, binder.source.span),
            _ => self.check(&binder.source, None),
        };
        let item = self.element_of(&source, binder);
        let key = binder.key.as_ref().map(|key| {
            let ty = if matches!(source.ty.inner(), Ty::List(..)) { Ty::Number } else { Ty::String };
            self.declare_variable(key, ty)
        });
        let slot = self.declare_variable(&binder.item, item);
        let condition = binder.condition.as_ref().map(|condition| {
            let condition = self.check_condition(condition);
            self.environment.learn(condition.outcomes.when_true, None);
            condition.id
        });
        (ir::Binder { key, item: slot, source: source.id, condition }, source)
    }

    fn element_of(&mut self, source: &Typed, binder: &ast::Binder) -> Ty {
        let ty = source.ty.inner();
        if matches!(ty, Ty::Map(_) | Ty::Record(_)) && binder.key.is_none() {
            let name = &binder.item.text;
            self.error(binder.item.span, "a map has keys and values, so two names are needed").hint =
                Some(format!("write `key, {name} in …`"));
        }
        if let Some(element) = ty.element() {
            return element;
        }
        let ty = self.name_of(ty);
        self.error(binder.source.span, format!("a value of type `{ty}` has no elements to go through")).hint =
            Some("lists and maps have elements; `split(…)` makes a list of a text".to_owned());
        Ty::Error
    }

    pub(super) fn check_quantifier(
        &mut self,
        kind: ast::Quantifier,
        binder: &ast::Binder,
        condition: Option<&ast::Expr>,
        span: Span,
    ) -> Typed {
        let mark = self.environment.mark();
        let (lowered, source) = self.bind(binder);
        let condition = condition.map(|condition| self.check_condition(condition).id);
        self.environment.reset(mark);
        let quantifier = match kind {
            ast::Quantifier::Any => ir::Quantifier::Any,
            ast::Quantifier::All => ir::Quantifier::All,
            ast::Quantifier::None => ir::Quantifier::None,
        };
        if kind != ast::Quantifier::Any && condition.is_none() && lowered.condition.is_none() {
            self.error(span, "this says nothing of the elements").hint =
                Some("add what each of them must be: `all x in … : …`".to_owned());
        }
        let id = self.emit(Expr::Quantifier(quantifier, Box::new(lowered), condition), span);
        let outcomes = match (kind, source.path) {
            (ast::Quantifier::Any, Some(path)) => Outcomes::holds(Fact::Present(path)),
            _ => Outcomes::default(),
        };
        Typed::condition(id, outcomes)
    }

    pub(super) fn check_comprehension(
        &mut self,
        item: &ast::Expr,
        binders: &[ast::Binder],
        want: Option<&Ty>,
        span: Span,
    ) -> Typed {
        let mark = self.environment.mark();
        let mut lowered = Vec::with_capacity(binders.len());
        for binder in binders {
            let (binder, _) = self.bind(binder);
            lowered.push(binder);
        }
        let want = match want.map(Ty::inner) {
            Some(Ty::List(element, _)) => Some((**element).clone()),
            _ => None,
        };
        let item = self.check(item, want.as_ref());
        self.environment.reset(mark);
        let id = self.emit(Expr::Comprehension { item: item.id, binders: lowered }, span);
        Typed::plain(id, item.ty.list())
    }

    pub(super) fn check_group(&mut self, binder: &ast::Binder, by: &ast::Expr, span: Span) -> Typed {
        let mark = self.environment.mark();
        let (lowered, source) = self.bind(binder);
        let by = self.check(by, None);
        self.environment.reset(mark);
        let items = source.ty.element().unwrap_or(Ty::Error).list();
        let (key, items_name) = (self.sym("key"), self.sym("items"));
        let id = self.emit(Expr::Group { binder: Box::new(lowered), by: by.id, key, items: items_name }, span);
        // Elements without a key are left out, so the key is there.
        let row = Ty::Record(vec![("key".to_owned(), by.ty.required()), ("items".to_owned(), items)]);
        Typed::plain(id, row.list())
    }
}
