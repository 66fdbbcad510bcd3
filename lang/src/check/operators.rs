//! Operators between two values: which types they take, how literals fit to the other side, what they tell.

use super::facts::Fact;
use super::ty::Ty;
use super::{Checker, Outcomes, Typed, hints};
use crate::ir::{Arithmetic, Comparison, Const, Expr, ExprId, GlobScope};
use crate::syntax::ast::{self, BinaryOp, ExprKind};
use crate::values::IntRange;
use policyc_text::Span;

impl Checker<'_> {
    pub(super) fn check_binary(
        &mut self,
        op: BinaryOp,
        left: &ast::Expr,
        right: &ast::Expr,
        want: Option<&Ty>,
        span: Span,
    ) -> Typed {
        match op {
            BinaryOp::And | BinaryOp::Or => self.check_connective(op, left, right, span),
            BinaryOp::Equal => self.check_comparison(Comparison::Equal, left, right, span),
            BinaryOp::NotEqual => self.check_comparison(Comparison::NotEqual, left, right, span),
            BinaryOp::Less => self.check_comparison(Comparison::Less, left, right, span),
            BinaryOp::LessEqual => self.check_comparison(Comparison::LessEqual, left, right, span),
            BinaryOp::Greater => self.check_comparison(Comparison::Greater, left, right, span),
            BinaryOp::GreaterEqual => self.check_comparison(Comparison::GreaterEqual, left, right, span),
            BinaryOp::In | BinaryOp::NotIn => self.check_in(op == BinaryOp::NotIn, left, right, span),
            BinaryOp::Contains => self.check_contains(left, right, span),
            BinaryOp::Matches => self.check_pattern(op, &Ty::Regex, left, right, span),
            BinaryOp::Like => self.check_pattern(op, &Ty::Glob, left, right, span),
            BinaryOp::StartsWith | BinaryOp::EndsWith => self.check_pattern(op, &Ty::String, left, right, span),
            BinaryOp::Within => self.check_within(left, right, span),
            BinaryOp::Overlaps => self.check_overlaps(left, right, span),
            BinaryOp::Satisfies => self.check_satisfies(left, right, span),
            BinaryOp::Coalesce => self.check_coalesce(left, right, want, span),
            BinaryOp::Range => self.check_range(left, right, span),
            BinaryOp::Add => self.check_arithmetic(Arithmetic::Add, left, right, want, span),
            BinaryOp::Subtract => self.check_arithmetic(Arithmetic::Subtract, left, right, want, span),
            BinaryOp::Multiply => self.check_arithmetic(Arithmetic::Multiply, left, right, want, span),
        }
    }

    fn check_connective(&mut self, op: BinaryOp, left: &ast::Expr, right: &ast::Expr, span: Span) -> Typed {
        let left = self.check_condition(left);
        let mark = self.environment.mark();
        let seen = if op == BinaryOp::And { &left.outcomes.when_true } else { &left.outcomes.when_false };
        self.environment.learn(seen.clone(), None);
        let right = self.check_condition(right);
        self.environment.reset(mark);
        let (expr, outcomes) = match op {
            BinaryOp::And => (Expr::And(left.id, right.id), left.outcomes.and(right.outcomes)),
            _ => (Expr::Or(left.id, right.id), left.outcomes.or(right.outcomes)),
        };
        let id = self.emit(expr, span);
        Typed::condition(id, outcomes)
    }

    /// Both sides of an operator; a literal is checked last, against the other side's type.
    fn check_pair(&mut self, left: &ast::Expr, right: &ast::Expr) -> (Typed, Typed) {
        if fits_itself(left) && !fits_itself(right) {
            let right = self.check(right, None);
            let left = self.check(left, Some(right.ty.inner()));
            return (left, right);
        }
        let left = self.check(left, None);
        let right = self.check(right, Some(left.ty.inner()));
        (left, right)
    }

    fn check_comparison(&mut self, op: Comparison, left: &ast::Expr, right: &ast::Expr, span: Span) -> Typed {
        let (a, b) = self.check_pair(left, right);
        let equality = matches!(op, Comparison::Equal | Comparison::NotEqual);
        if !equality {
            for (side, typed) in [(left, &a), (right, &b)] {
                if !typed.ty.inner().is_ordered() {
                    let ty = self.name_of(typed.ty.inner());
                    self.error(side.span, format!("values of type `{ty}` have no order")).hint =
                        Some("numbers, quantities, durations, dates, versions and severities have one".to_owned());
                    return self.bad(span);
                }
                self.require_present(typed, side.span, "compared in order");
            }
        }
        if !comparable(a.ty.inner(), b.ty.inner()) {
            let (left, right) = (self.name_of(a.ty.inner()), self.name_of(b.ty.inner()));
            let hint = hints::conversion(a.ty.inner(), b.ty.inner()).or_else(|| hints::looks(&a.ty));
            self.error(span, format!("a value of type `{left}` is never compared with one of type `{right}`")).hint =
                hint;
            return self.bad(span);
        }
        if let ExprKind::Bool(_) = &left.kind {
            self.warn(span, "write the value on the left and the literal on the right").hint =
                Some("turn the sides round".to_owned());
        }
        let id = self.emit(Expr::Compare(op, a.id, b.id), span);
        let outcomes = match op {
            Comparison::Equal => present_where_true([&a, &b]),
            Comparison::NotEqual => present_where_true([&a, &b]).swap(),
            _ => Outcomes::default(),
        };
        Typed::condition(id, outcomes)
    }

    /// Ordering and arithmetic say what happens without a value, or do not compile.
    fn require_present(&mut self, value: &Typed, span: Span, what: &str) {
        if !value.ty.is_optional() {
            self.environment.rely(&value.owes);
            return;
        }
        self.error(span, format!("this may be absent, and an absent value cannot be {what}")).hint =
            Some("ask `exists …` first, or say what counts instead with `?? …`".to_owned());
    }

    fn check_in(&mut self, negated: bool, left: &ast::Expr, right: &ast::Expr, span: Span) -> Typed {
        let (value, list) = if fits_itself(left) {
            let list = self.check(right, None);
            // What is in a map are its keys.
            let element = match list.ty.inner() {
                Ty::Map(_) => Ty::String,
                _ => list.ty.element().unwrap_or(Ty::Error),
            };
            (self.check(left, Some(element.inner())), list)
        } else {
            let value = self.check(left, None);
            let want = value.ty.inner().clone().list();
            (value, self.check(right, Some(&want)))
        };
        let fits = match list.ty.inner() {
            Ty::List(element, _) if *element.inner() == Ty::Range => is_number(value.ty.inner()),
            Ty::List(element, _) => comparable(value.ty.inner(), element.inner()),
            Ty::Range => is_number(value.ty.inner()),
            Ty::Map(_) => value.ty.is_text(),
            Ty::Dynamic | Ty::Error => true,
            _ => false,
        };
        if !fits {
            let hint = match value.ty.is_text() && list.ty.is_text() {
                true => "a part of a text is asked for with `contains`",
                false => "`in` asks for an element of a list, a number of a range or a key of a map",
            };
            let (value, list) = (self.name_of(value.ty.inner()), self.name_of(list.ty.inner()));
            self.error(span, format!("a value of type `{value}` is never in one of type `{list}`")).hint =
                Some(hint.to_owned());
            return self.bad(span);
        }
        let in_ranges = matches!(list.ty.inner(), Ty::List(element, _) if *element.inner() == Ty::Range);
        let expr = if in_ranges { Expr::Within(value.id, list.id) } else { Expr::In(value.id, list.id) };
        let id = self.emit(expr, span);
        let outcomes = present_where_true([&value]);
        if !negated {
            return Typed::condition(id, outcomes);
        }
        let id = self.emit(Expr::Not(id), span);
        Typed::condition(id, outcomes.swap())
    }

    fn check_contains(&mut self, left: &ast::Expr, right: &ast::Expr, span: Span) -> Typed {
        let list = self.check(left, None);
        let want = match list.ty.inner() {
            Ty::List(element, _) => element.inner().clone(),
            _ => Ty::String,
        };
        let value = self.check(right, Some(&want));
        let fits = match list.ty.inner() {
            Ty::List(element, _) => comparable(element.inner(), value.ty.inner()),
            Ty::Map(_) | Ty::Record(_) | Ty::Object(_) => value.ty.is_text(),
            Ty::Dynamic | Ty::Error => true,
            text if text.is_text() => value.ty.is_text(),
            _ => false,
        };
        if !fits {
            let (list, value) = (self.name_of(list.ty.inner()), self.name_of(value.ty.inner()));
            let hint = "a list contains elements, a map keys, a text a part of it".to_owned();
            self.error(span, format!("a value of type `{list}` never contains one of type `{value}`")).hint =
                Some(hint);
            return self.bad(span);
        }
        let id = self.emit(Expr::Contains(list.id, value.id), span);
        Typed::condition(id, present_where_true([&list]))
    }

    /// `matches`, `like`, `starts with`, `ends with`: text on the left, one pattern or a list of them on the right.
    fn check_pattern(&mut self, op: BinaryOp, pattern: &Ty, left: &ast::Expr, right: &ast::Expr, span: Span) -> Typed {
        let value = self.check(left, None);
        let want = if matches!(right.kind, ExprKind::List(_)) { pattern.clone().list() } else { pattern.clone() };
        let patterns = self.check(right, Some(&want));
        if !value.ty.is_text() {
            let ty = self.name_of(value.ty.inner());
            let hint = "name a field of it that is text, or go through it: `any x in … : …`".to_owned();
            self.error(left.span, format!("`{}` needs text on its left, and this is of type `{ty}`", word(op))).hint =
                Some(hint);
            return self.bad(span);
        }
        let one = match patterns.ty.inner() {
            Ty::List(element, _) => element.inner().clone(),
            other => other.clone(),
        };
        let fits = match op {
            BinaryOp::Matches => matches!(one, Ty::Regex | Ty::Error | Ty::Dynamic),
            BinaryOp::Like => matches!(one, Ty::Glob) || one.is_text(),
            _ => one.is_text(),
        };
        if !fits {
            let ty = self.name_of(&one);
            let hint = match op {
                BinaryOp::Matches => Some("write the pattern as `/…/`, or declare the parameter as `regex`".to_owned()),
                _ => Some("write one text, or a list of texts: `[\"a\", \"b\"]`".to_owned()),
            };
            self.error(
                right.span,
                format!("`{}` needs {} on its right, and this is of type `{ty}`", word(op), needs(op)),
            )
            .hint = hint;
            return self.bad(span);
        }
        let (a, b) = (value.id, patterns.id);
        let expr = match op {
            BinaryOp::Matches => Expr::Matches(a, b),
            BinaryOp::Like => Expr::Like(a, b, glob_scope(value.ty.inner())),
            BinaryOp::StartsWith => Expr::StartsWith(a, b),
            _ => Expr::EndsWith(a, b),
        };
        let id = self.emit(expr, span);
        Typed::condition(id, present_where_true([&value]))
    }

    fn check_within(&mut self, left: &ast::Expr, right: &ast::Expr, span: Span) -> Typed {
        let (value, outer) = if fits_itself(left) && !fits_itself(right) {
            let outer = self.check(right, None);
            let want = match outer.ty.inner() {
                Ty::Cidr => Ty::Ip,
                _ => Ty::Path,
            };
            (self.check(left, Some(&want)), outer)
        } else {
            let value = self.check(left, None);
            let one = match value.ty.inner() {
                Ty::Ip | Ty::Cidr => Ty::Cidr,
                Ty::Number | Ty::Range => Ty::Range,
                _ => Ty::Path,
            };
            let want = if matches!(right.kind, ExprKind::List(_)) { one.list() } else { one };
            (value, self.check(right, Some(&want)))
        };
        let one = match outer.ty.inner() {
            Ty::List(element, _) => element.inner().clone(),
            other => other.clone(),
        };
        let fits = match (value.ty.inner(), &one) {
            (Ty::Error | Ty::Dynamic, _) | (_, Ty::Error | Ty::Dynamic) => true,
            (Ty::Ip | Ty::Cidr, Ty::Cidr) | (Ty::Number | Ty::Range, Ty::Range) => true,
            (value, outer) => value.is_text() && outer.is_text(),
        };
        if !fits {
            let (value, outer) = (self.name_of(value.ty.inner()), self.name_of(&one));
            self.error(span, format!("a value of type `{value}` is never within one of type `{outer}`")).hint =
                Some("an address lies within a cidr, a number within a range, a path within a path".to_owned());
            return self.bad(span);
        }
        let id = self.emit(Expr::Within(value.id, outer.id), span);
        Typed::condition(id, present_where_true([&value]))
    }

    fn check_overlaps(&mut self, left: &ast::Expr, right: &ast::Expr, span: Span) -> Typed {
        let (a, b) = self.check_pair(left, right);
        let one = |ty: &Ty| ty.element().unwrap_or_else(|| ty.inner().clone());
        let (left_ty, right_ty) = (a.ty.inner().clone(), one(&b.ty));
        let fits = matches!(
            (&left_ty, &right_ty),
            (Ty::Range, Ty::Range) | (Ty::Cidr, Ty::Cidr) | (Ty::Error | Ty::Dynamic, _) | (_, Ty::Error | Ty::Dynamic)
        );
        if !fits {
            let (left, right) = (self.name_of(&left_ty), self.name_of(&right_ty));
            self.error(span, format!("`overlaps` compares two ranges or two cidrs, not `{left}` and `{right}`")).hint =
                Some("ask with `in` whether one value lies in a range, with `within` for an address".to_owned());
            return self.bad(span);
        }
        let id = self.emit(Expr::Overlaps(a.id, b.id), span);
        Typed::condition(id, present_where_true([&a]))
    }

    fn check_satisfies(&mut self, left: &ast::Expr, right: &ast::Expr, span: Span) -> Typed {
        let version = self.check(left, Some(&Ty::Semver));
        let range = self.check(right, Some(&Ty::VersionRange));
        if !matches!(version.ty.inner(), Ty::Semver | Ty::Error | Ty::Dynamic) {
            let ty = self.name_of(version.ty.inner());
            self.error(left.span, format!("`satisfies` needs a version on its left, and this is of type `{ty}`"))
                .hint = Some("make one of it with `semver(…)`".to_owned());
        }
        if !matches!(range.ty.inner(), Ty::VersionRange | Ty::Error | Ty::Dynamic) {
            let ty = self.name_of(range.ty.inner());
            self.error(
                right.span,
                format!("`satisfies` needs a range of versions on its right, and this is of type `{ty}`"),
            )
            .hint = hints::looks(&Ty::VersionRange);
        }
        let id = self.emit(Expr::Satisfies(version.id, range.id), span);
        Typed::condition(id, present_where_true([&version]))
    }

    fn check_coalesce(&mut self, left: &ast::Expr, right: &ast::Expr, want: Option<&Ty>, span: Span) -> Typed {
        let value = self.check(left, want);
        let inner = value.ty.inner().clone();
        let default = self.check(right, Some(&inner));
        let ty = inner.clone().join(default.ty.clone());
        if fits_itself(right) && !comparable(&inner, default.ty.inner()) {
            let (value, other) = (self.name_of(&inner), self.name_of(default.ty.inner()));
            self.error(
                right.span,
                format!("the value is of type `{value}` and what stands in for it of type `{other}`"),
            )
            .hint = hints::looks(&inner);
        }
        let id = self.emit(Expr::Coalesce(value.id, default.id), span);
        Typed::plain(id, ty)
    }

    fn check_range(&mut self, left: &ast::Expr, right: &ast::Expr, span: Span) -> Typed {
        let (a, b) = (self.check(left, Some(&Ty::Number)), self.check(right, Some(&Ty::Number)));
        for (side, typed) in [(left, &a), (right, &b)] {
            self.expect(typed, &Ty::Number, side.span);
        }
        if let (Some(Const::Number(start)), Some(Const::Number(end))) = (self.constant(a.id), self.constant(b.id)) {
            return match (start.as_i64(), end.as_i64()) {
                (Some(start), Some(end)) if let Some(range) = IntRange::new(start, end) => {
                    let id = self.emit_const(Const::Range(range), span);
                    Typed::plain(id, Ty::Range)
                }
                _ => {
                    self.error(span, "a range goes from a whole number up to one that is not smaller").hint =
                        Some("write the smaller number first, as in `1..1023`".to_owned());
                    self.bad(span)
                }
            };
        }
        let id = self.emit(Expr::Range(a.id, b.id), span);
        Typed::plain(id, Ty::Range)
    }

    fn check_arithmetic(
        &mut self,
        op: Arithmetic,
        left: &ast::Expr,
        right: &ast::Expr,
        want: Option<&Ty>,
        span: Span,
    ) -> Typed {
        let (a, b) = self.arithmetic_sides(op, left, right, want);
        if op == Arithmetic::Add
            && let (Ty::List(x, _), Ty::List(y, _)) = (a.ty.inner(), b.ty.inner())
        {
            let element = (**x).clone().join((**y).clone());
            let id = self.emit(Expr::Concat(a.id, b.id), span);
            return Typed::plain(id, element.list());
        }
        let Some(ty) = arithmetic_type(op, a.ty.inner(), b.ty.inner()) else {
            let (left, right) = (self.name_of(a.ty.inner()), self.name_of(b.ty.inner()));
            let texts = op == Arithmetic::Add && (a.ty.is_text() || b.ty.is_text());
            let hint = match texts {
                true => "put texts together in one: `\"{a}{b}\"`",
                false => "amounts add up with their like and take a factor; a date takes a duration, such as `\"3d\"`",
            };
            self.error(span, format!("`{}` does not take `{left}` and `{right}`", symbol(op))).hint =
                Some(hint.to_owned());
            return self.bad(span);
        };
        for (side, typed) in [(left, &a), (right, &b)] {
            self.require_present(typed, side.span, "calculated with");
        }
        let id = self.emit(Expr::Arithmetic(op, a.id, b.id), span);
        Typed::plain(id, ty)
    }

    fn arithmetic_sides(
        &mut self,
        op: Arithmetic,
        left: &ast::Expr,
        right: &ast::Expr,
        want: Option<&Ty>,
    ) -> (Typed, Typed) {
        if op == Arithmetic::Multiply {
            return (self.check(left, None), self.check(right, None));
        }
        if matches!(want.map(Ty::inner), Some(Ty::List(..))) {
            return (self.check(left, want), self.check(right, want));
        }
        let left = self.check(left, None);
        let want = match left.ty.inner() {
            Ty::Date => None,
            other => Some(other.clone()),
        };
        let right = self.check(right, want.as_ref());
        (left, right)
    }

    /// A constant's value, where an expression is one.
    pub(super) fn constant(&self, id: ExprId) -> Option<&Const> {
        match self.program.exprs.get(id.index())? {
            Expr::Const(id) => self.program.consts.get(id.index()),
            _ => None,
        }
    }
}

/// Whether a value can be a number, to lie in a range.
fn is_number(ty: &Ty) -> bool {
    matches!(ty, Ty::Number | Ty::Error | Ty::Dynamic) || *ty == Ty::int_or_string()
}

/// Whether a literal takes its type from the other side.
fn fits_itself(expr: &ast::Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Text(_) | ExprKind::Raw(_) | ExprKind::Number(_) | ExprKind::List(_) | ExprKind::Record(_)
    ) || matches!(&expr.kind, ExprKind::Name(name) if crate::values::Severity::parse(name).is_ok())
}

fn present_where_true<const N: usize>(values: [&Typed; N]) -> Outcomes {
    let when_true = values.iter().filter_map(|value| value.path.clone()).map(Fact::Present).collect();
    Outcomes { when_true, when_false: Vec::new() }
}

/// Whether two values can be equal at all.
pub(super) fn comparable(a: &Ty, b: &Ty) -> bool {
    match (a, b) {
        (Ty::Error | Ty::Dynamic, _) | (_, Ty::Error | Ty::Dynamic) => true,
        (Ty::Union(members), other) | (other, Ty::Union(members)) => {
            members.iter().any(|member| comparable(member.inner(), other.inner()))
        }
        (Ty::Optional(a), b) => comparable(a, b),
        (a, Ty::Optional(b)) => comparable(a, b),
        (Ty::Enum(a), Ty::Enum(b)) => a.iter().any(|word| b.contains(word)),
        (Ty::List(a, _), Ty::List(b, _)) | (Ty::Map(a), Ty::Map(b)) => comparable(a.inner(), b.inner()),
        (a, b) if a.is_text() && b.is_text() => true,
        (Ty::AnyObject, Ty::Kind(_) | Ty::Object(_)) | (Ty::Kind(_) | Ty::Object(_), Ty::AnyObject) => true,
        (Ty::Record(_) | Ty::Map(_), Ty::Record(_) | Ty::Map(_)) => true,
        (Ty::Object(_), Ty::Record(_)) | (Ty::Record(_), Ty::Object(_)) => true,
        (a, b) => a.accepts(b) || b.accepts(a),
    }
}

fn arithmetic_type(op: Arithmetic, a: &Ty, b: &Ty) -> Option<Ty> {
    use Arithmetic::{Add, Multiply, Subtract};
    Some(match (op, a, b) {
        (_, Ty::Error | Ty::Dynamic, other) | (_, other, Ty::Error | Ty::Dynamic) => other.clone(),
        (_, Ty::Number, Ty::Number) => Ty::Number,
        (Add | Subtract, Ty::Quantity, Ty::Quantity) => Ty::Quantity,
        (Multiply, Ty::Quantity, Ty::Number) | (Multiply, Ty::Number, Ty::Quantity) => Ty::Quantity,
        (Add | Subtract, Ty::Duration, Ty::Duration) => Ty::Duration,
        (Multiply, Ty::Duration, Ty::Number) | (Multiply, Ty::Number, Ty::Duration) => Ty::Duration,
        (Subtract, Ty::Date, Ty::Date) => Ty::Duration,
        (Add | Subtract, Ty::Date, Ty::Duration) => Ty::Date,
        _ => return None,
    })
}

fn glob_scope(ty: &Ty) -> GlobScope {
    match ty {
        Ty::Image | Ty::Path => GlobScope::Path,
        _ => GlobScope::Plain,
    }
}

fn word(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Matches => "matches",
        BinaryOp::Like => "like",
        BinaryOp::StartsWith => "starts with",
        _ => "ends with",
    }
}

fn needs(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Matches => "a regular expression",
        BinaryOp::Like => "a glob",
        _ => "text",
    }
}

fn symbol(op: Arithmetic) -> &'static str {
    match op {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
    }
}
