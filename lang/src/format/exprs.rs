//! How expressions and types are laid out.

use super::layout::{Gap, Layout, Misfit};
use crate::syntax::ast::{BinaryOp, Binder, Binding, Expr, ExprKind, IsTest, TypeExpr, TypeExprKind};

type Done = Result<(), Misfit>;

impl Layout<'_> {
    /// An expression, with the parentheses around it.
    pub(super) fn expr(&mut self, expr: &Expr) -> Done {
        let mut open = 0_usize;
        while self.next_text() == "(" && self.next_span().start < expr.span.start {
            self.token();
            open += 1;
        }
        self.bare(expr)?;
        for _ in 0..open {
            self.dangling();
            self.expect(")")?;
        }
        Ok(())
    }

    fn bare(&mut self, expr: &Expr) -> Done {
        match &expr.kind {
            ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Quantity(_)
            | ExprKind::Date(_)
            | ExprKind::Text(_)
            | ExprKind::Raw(_)
            | ExprKind::Regex(_)
            | ExprKind::Name(_) => self.verbatim(expr.span),
            ExprKind::List(items) => {
                let fill = items.iter().all(is_short);
                self.bracketed(false, fill, items, |layout, item| layout.expr(item))
            }
            ExprKind::Record(fields) => self.bracketed(true, false, fields, |layout, (key, value)| {
                layout.verbatim(key.span)?;
                layout.expect(":")?;
                layout.space().expr(value)
            }),
            ExprKind::Comprehension { item, binders } => self.comprehension(item, binders),
            ExprKind::Group { binder, by } => {
                self.expect("group")?;
                self.space().binder(binder)?;
                self.indent(2, |layout| {
                    layout.moved(|layout| {
                        layout.expect("by")?;
                        layout.space().expr(by)
                    })
                })
            }
            ExprKind::Field(..) | ExprKind::Index(..) | ExprKind::Call(..) => self.path(expr),
            ExprKind::Not(inner) | ExprKind::Exists(inner) => {
                self.token();
                self.space().expr(inner)
            }
            ExprKind::Negate(inner) => {
                self.token();
                self.expr(inner)
            }
            ExprKind::Binary(op, ..) => self.binary(*op, expr),
            ExprKind::Is { value, negated, test } => self.is(value, *negated, test),
            ExprKind::If(..) => self.group(|layout| layout.branches(expr)),
            ExprKind::Quantifier { binder, condition, .. } => self.quantifier(binder, condition.as_deref()),
            ExprKind::Bad => Err(Misfit),
        }
    }

    /// Brackets around things with commas between them. `fill` puts as many on a line as fit.
    pub(super) fn bracketed<T>(
        &mut self,
        padded: bool,
        fill: bool,
        items: &[T],
        mut write: impl FnMut(&mut Self, &T) -> Done,
    ) -> Done {
        let edge = if padded { Gap::Line } else { Gap::Soft };
        self.group(|layout| {
            layout.token();
            layout.indent(2, |layout| {
                for (number, item) in items.iter().enumerate() {
                    let last = number + 1 == items.len();
                    let mut piece = |layout: &mut Self| {
                        write(layout, item)?;
                        if last { Ok(()) } else { layout.expect(",") }
                    };
                    match (number, fill) {
                        (0, _) => piece(layout.gap(edge))?,
                        (_, true) => layout.moved(piece)?,
                        (_, false) => piece(layout.gap(Gap::Line))?,
                    }
                    if last {
                        layout.trailing_comma();
                    }
                }
                layout.dangling();
                Ok(())
            })?;
            layout.gap(if items.is_empty() { Gap::None } else { edge }).token();
            Ok(())
        })
    }

    fn comprehension(&mut self, item: &Expr, binders: &[Binder]) -> Done {
        self.group(|layout| {
            layout.expect("[")?;
            layout.indent(2, |layout| {
                layout.expr(item)?;
                for binder in binders {
                    layout.moved(|layout| {
                        layout.expect("for")?;
                        layout.space().binder_head(binder)
                    })?;
                    layout.binder_condition(binder)?;
                }
                layout.dangling();
                Ok(())
            })?;
            layout.expect("]")
        })
    }

    /// `x in e where c`.
    pub(super) fn binder(&mut self, binder: &Binder) -> Done {
        self.binder_head(binder)?;
        self.indent(2, |layout| layout.binder_condition(binder))
    }

    fn binder_head(&mut self, binder: &Binder) -> Done {
        if let Some(key) = &binder.key {
            self.verbatim(key.span)?;
            self.expect(",")?;
            self.space();
        }
        self.verbatim(binder.item.span)?;
        self.space().expect("in")?;
        self.space().expr(&binder.source)
    }

    fn binder_condition(&mut self, binder: &Binder) -> Done {
        let Some(condition) = binder.condition.as_deref() else { return Ok(()) };
        self.moved(|layout| {
            layout.expect("where")?;
            layout.space().expr(condition)
        })
    }

    fn quantifier(&mut self, binder: &Binder, condition: Option<&Expr>) -> Done {
        let chain = self.chain;
        self.group(|layout| {
            layout.token();
            layout.space().binder(binder)?;
            let Some(condition) = condition else { return Ok(()) };
            layout.expect(":")?;
            layout.indent(chain, |layout| layout.gap(Gap::Line).expr(condition))
        })
    }

    /// `a.b["c"](d)`. It is as long as the author likes, so it is walked and not descended.
    fn path(&mut self, expr: &Expr) -> Done {
        let mut steps = Vec::new();
        let mut base = expr;
        while base.span.start == expr.span.start {
            let inner = match &base.kind {
                ExprKind::Field(inner, _) | ExprKind::Index(inner, _) | ExprKind::Call(inner, _) => inner,
                _ => break,
            };
            steps.push(base);
            base = inner;
        }
        self.expr(base)?;
        for step in steps.into_iter().rev() {
            match &step.kind {
                ExprKind::Field(_, name) => {
                    self.expect(".")?;
                    self.verbatim(name.span)?;
                }
                ExprKind::Index(_, index) => {
                    self.expect("[")?;
                    self.expr(index)?;
                    self.dangling();
                    self.expect("]")?;
                }
                ExprKind::Call(_, arguments) => {
                    self.bracketed(false, false, arguments, |layout, argument| layout.expr(argument))?;
                }
                _ => return Err(Misfit),
            }
        }
        Ok(())
    }

    /// `a and b and c`: operators that bind alike, with a line each where one line is too short.
    fn binary(&mut self, op: BinaryOp, expr: &Expr) -> Done {
        let mut links: Vec<(BinaryOp, &Expr)> = Vec::new();
        let mut first = expr;
        while let ExprKind::Binary(found, left, right) = &first.kind {
            if !alike(op, *found) || first.span.start != expr.span.start {
                break;
            }
            links.push((*found, right));
            first = left;
        }
        links.reverse();
        let gap = match op {
            BinaryOp::Or | BinaryOp::And | BinaryOp::Coalesce | BinaryOp::Add | BinaryOp::Subtract => Gap::Line,
            BinaryOp::Range => Gap::None,
            _ => Gap::Space,
        };
        let by = if matches!(op, BinaryOp::Add | BinaryOp::Subtract) { 0 } else { self.chain };
        self.group(|layout| {
            layout.expr(first)?;
            layout.indent(by, |layout| links.into_iter().try_for_each(|(op, right)| layout.link(gap, op, right)))
        })
    }

    /// An operator with its right side; `??` binds to the right, so more of them may hang on that.
    fn link(&mut self, gap: Gap, op: BinaryOp, right: &Expr) -> Done {
        let mut right = right;
        loop {
            self.gap(gap).token();
            if matches!(op, BinaryOp::NotIn | BinaryOp::StartsWith | BinaryOp::EndsWith) {
                self.space().token();
            }
            self.gap(if gap == Gap::None { Gap::None } else { Gap::Space });
            let bare = self.next_span().start >= right.span.start;
            let ExprKind::Binary(BinaryOp::Coalesce, left, more) = &right.kind else { break };
            if op != BinaryOp::Coalesce || !bare {
                break;
            }
            self.expr(left)?;
            right = more;
        }
        self.expr(right)
    }

    fn is(&mut self, value: &Expr, negated: bool, test: &IsTest) -> Done {
        self.expr(value)?;
        self.space().expect("is")?;
        if negated {
            self.space().expect("not")?;
        }
        match test {
            IsTest::Empty | IsTest::Null | IsTest::Absent => {
                self.space().token();
                Ok(())
            }
            IsTest::Type(ty) => self.space().ty(ty),
        }
    }

    fn branches(&mut self, expr: &Expr) -> Done {
        let mut expr = expr;
        while let ExprKind::If(condition, then, otherwise) = &expr.kind {
            self.expect("if")?;
            self.space().expr(condition)?;
            self.indent(2, |layout| {
                layout.moved(|layout| {
                    layout.expect("then")?;
                    layout.space().expr(then)
                })
            })?;
            self.gap(Gap::Line).expect("else")?;
            self.space();
            if self.next_text() != "if" {
                return self.expr(otherwise);
            }
            expr = otherwise;
        }
        Err(Misfit)
    }

    // Types

    /// A type, with the parentheses around it.
    pub(super) fn ty(&mut self, ty: &TypeExpr) -> Done {
        let whole = match &ty.kind {
            TypeExprKind::Optional(inner) => {
                self.ty(inner)?;
                return self.expect("?");
            }
            TypeExprKind::Union(parts) => parts.last().is_none_or(|last| {
                let closing = self.closing();
                closing.is_some_and(|closing| closing >= last.span.end)
            }),
            _ => true,
        };
        if whole && self.next_text() == "(" {
            self.token();
            self.ty(ty)?;
            self.dangling();
            return self.expect(")");
        }
        match &ty.kind {
            TypeExprKind::Name(_) | TypeExprKind::Literal(_) => {
                self.token();
                Ok(())
            }
            TypeExprKind::List(inner) | TypeExprKind::Map(inner) => {
                self.token();
                self.expect("<")?;
                self.ty(inner)?;
                self.expect(">")
            }
            TypeExprKind::Record(fields) => self.bracketed(true, false, fields, |layout, field| layout.binding(field)),
            TypeExprKind::Union(parts) => self.union(parts),
            TypeExprKind::Optional(_) | TypeExprKind::Bad => Err(Misfit),
        }
    }

    fn union(&mut self, parts: &[TypeExpr]) -> Done {
        for (number, part) in parts.iter().enumerate() {
            if number == 0 {
                self.ty(part)?;
                continue;
            }
            self.indent(2, |layout| {
                layout.moved(|layout| {
                    layout.expect("|")?;
                    layout.space().ty(part)
                })
            })?;
        }
        Ok(())
    }

    /// `name: type`.
    pub(super) fn binding(&mut self, binding: &Binding) -> Done {
        self.verbatim(binding.name.span)?;
        self.expect(":")?;
        self.space().ty(&binding.ty)
    }
}

fn alike(left: BinaryOp, right: BinaryOp) -> bool {
    let sum = |op| matches!(op, BinaryOp::Add | BinaryOp::Subtract);
    left == right || sum(left) && sum(right)
}

/// What many of fit on a line: words, texts and numbers.
fn is_short(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Quantity(_)
        | ExprKind::Date(_)
        | ExprKind::Text(_)
        | ExprKind::Name(_) => true,
        ExprKind::Binary(BinaryOp::Range, left, right) => is_short(left) && is_short(right),
        ExprKind::Negate(inner) => is_short(inner),
        _ => false,
    }
}
