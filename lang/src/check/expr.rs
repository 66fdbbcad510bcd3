//! Expressions: routes each form to its room, and checks what a place expects.

use super::facts::{Fact, Root, StablePath, unite};
use super::interface::Entity;
use super::ty::Ty;
use super::{Checker, Outcomes, Typed, hints};
use crate::ir::{Const, Expr, TextPart, TypeTest};
use crate::schema::did_you_mean;
use crate::syntax::ast::{self, ExprKind, IsTest};
use crate::values::Severity;
use policyc_text::Span;

/// Most parts of a record's type: records of records double with each level, and types are copied.
const LARGEST_TYPE: usize = 2_000;

impl Checker<'_> {
    /// Checks and lowers an expression; `want` is what the place expects, for literals to fit themselves to.
    pub(super) fn check(&mut self, expr: &ast::Expr, want: Option<&Ty>) -> Typed {
        let checked = self.check_form(expr, want);
        self.note_type(expr.span, &checked.ty, want);
        checked
    }

    fn check_form(&mut self, expr: &ast::Expr, want: Option<&Ty>) -> Typed {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Bool(value) => {
                let id = self.emit_const(Const::Bool(*value), span);
                Typed::plain(id, Ty::Bool)
            }
            ExprKind::Number(text) => self.check_number(text, want, span),
            ExprKind::Quantity(text) => self.check_quantity(text, want, span),
            ExprKind::Date(text) => self.check_date(text, span),
            ExprKind::Raw(text) => self.check_text_literal(text, want, span),
            ExprKind::Regex(source) => self.check_regex(source, span),
            ExprKind::Text(parts) => match super::plain_text(expr) {
                Some(text) => self.check_text_literal(&text, want, span),
                None => self.check_template(parts, want, span),
            },
            ExprKind::Name(name) => self.check_name(name, want, span),
            ExprKind::List(items) => self.check_list(items, want, span),
            ExprKind::Record(fields) => self.check_record(fields, want, span),
            ExprKind::Comprehension { item, binders } => self.check_comprehension(item, binders, want, span),
            ExprKind::Group { binder, by } => self.check_group(binder, by, span),
            ExprKind::Field(base, name) => self.check_field(base, name, span),
            ExprKind::Index(base, index) => self.check_index(base, index, span),
            ExprKind::Call(callee, args) => self.check_call(callee, args, span),
            ExprKind::Not(inner) => self.check_not(inner, span),
            ExprKind::Negate(inner) => self.check_negate(inner, want, span),
            ExprKind::Exists(inner) => self.check_exists(inner, span),
            ExprKind::Binary(op, left, right) => self.check_binary(*op, left, right, want, span),
            ExprKind::Is { value, negated, test } => self.check_is(value, *negated, test, span),
            ExprKind::If(condition, then, otherwise) => self.check_if(condition, then, otherwise, want, span),
            ExprKind::Quantifier { kind, binder, condition } => {
                self.check_quantifier(*kind, binder, condition.as_deref(), span)
            }
            ExprKind::Bad => self.bad(span),
        }
    }

    /// Checks an expression only for the mistakes within it, after its place turned out wrong.
    pub(super) fn check_quietly(&mut self, expr: &ast::Expr) {
        self.check(expr, None);
    }

    /// A condition: must be true or false.
    pub(super) fn check_condition(&mut self, expr: &ast::Expr) -> Typed {
        let checked = self.check(expr, Some(&Ty::Bool));
        self.environment.rely(&checked.owes);
        match &checked.ty {
            Ty::Bool | Ty::Error | Ty::Dynamic => checked,
            Ty::Optional(inner) if **inner == Ty::Bool => {
                self.error(expr.span, "this may be absent, so it is not a condition yet").hint =
                    Some("compare it: `… == true`".to_owned());
                checked
            }
            other => {
                let other = self.name_of(other);
                self.error(expr.span, format!("a condition is true or false, and this is of type `{other}`")).hint =
                    Some("compare it, or ask `exists …` or `… is not empty`".to_owned());
                checked
            }
        }
    }

    /// Says so where a value does not fit its place.
    pub(super) fn expect(&mut self, value: &Typed, want: &Ty, span: Span) {
        if want.accepts(&value.ty) {
            if !want.is_optional() {
                self.environment.rely(&value.owes);
            }
            return;
        }
        let (have, wanted) = (self.name_of(&value.ty), self.name_of(want));
        if value.ty.is_optional() && want.accepts(value.ty.inner()) {
            self.error(span, format!("`{wanted}` is expected here, and this may be absent")).hint =
                Some("give a value for that case with `?? …`, or ask `exists …` first".to_owned());
            return;
        }
        let hint = hints::made(want, &value.ty);
        let wanted = if value.ty.is_optional() { wanted } else { self.name_of(want.inner()) };
        self.error(span, format!("`{wanted}` is expected here, and this is of type `{have}`")).hint = hint;
    }

    fn check_template(&mut self, parts: &[ast::TextPart], want: Option<&Ty>, span: Span) -> Typed {
        let mut lowered = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                ast::TextPart::Plain(plain) => lowered.push(TextPart::Plain(plain.clone())),
                ast::TextPart::Expr(inner) => {
                    let checked = self.check(inner, None);
                    lowered.push(TextPart::Value(checked.id));
                }
            }
        }
        if let Some(want) = want
            && !want.inner().is_text()
            && !matches!(want.inner(), Ty::Union(_))
        {
            let want = self.name_of(want.inner());
            self.error(span, format!("`{want}` is expected here, and a text with `{{…}}` parts is a string")).hint =
                Some("write it without parts; `\\{` is a brace that is meant as such".to_owned());
        }
        let id = self.emit(Expr::Text(lowered), span);
        Typed::plain(id, Ty::String)
    }

    fn check_name(&mut self, name: &str, want: Option<&Ty>, span: Span) -> Typed {
        if self.is_marker(name) {
            self.complete_value(want);
            return self.bad(span);
        }
        if let Some(variable) = self.environment.lookup(name).cloned() {
            let id = self.emit(Expr::Local(variable.slot), span);
            let path = variable.alias.unwrap_or_else(|| StablePath::local(variable.slot));
            let (ty, owes) = self.environment.narrow(&path, variable.ty);
            self.note_local(span, variable.span, &ty);
            return Typed { path: Some(path), owes, ..Typed::plain(id, ty) };
        }
        match self.lookup_entity(name) {
            Some(Entity::Param(param)) => {
                let id = self.emit(Expr::Param(param), span);
                let path = StablePath::param(param);
                let declared = self.interface.params[param.index()].clone();
                let (ty, owes) = self.environment.narrow(&path, declared);
                self.note_item(span, name, Some(&ty));
                return Typed { path: Some(path), owes, ..Typed::plain(id, ty) };
            }
            Some(Entity::Def(def)) => {
                let constant = self.check_constant(def, name, span);
                self.note_item(span, name, Some(&constant.ty));
                return constant;
            }
            _ => {}
        }
        match name {
            "project" => {
                self.note_word(span, name, Some(&Ty::Project));
                let id = self.emit(Expr::Project, span);
                let path = Some(StablePath::root(Root::Project));
                return Typed { path, ..Typed::plain(id, Ty::Project) };
            }
            "cluster" => {
                self.note_word(span, name, Some(&Ty::Cluster));
                let id = self.emit(Expr::Cluster, span);
                let path = Some(StablePath::root(Root::Cluster));
                return Typed { path, ..Typed::plain(id, Ty::Cluster) };
            }
            _ => {}
        }
        if let Ok(severity) = Severity::parse(name) {
            let as_text = want.is_some_and(|want| matches!(want.inner(), Ty::String));
            let value = if as_text { Const::String(name.to_owned()) } else { Const::Severity(severity) };
            let id = self.emit_const(value, span);
            return Typed::plain(id, if as_text { Ty::String } else { Ty::Severity });
        }
        self.unknown_name(name, want, span)
    }

    fn unknown_name(&mut self, name: &str, want: Option<&Ty>, span: Span) -> Typed {
        let quoted = match want.map(Ty::inner) {
            Some(Ty::Enum(words)) => words.iter().any(|word| word == name),
            _ => false,
        };
        let mut known: Vec<String> = self.environment.variables.iter().map(|variable| variable.name.clone()).collect();
        for module in &self.module.visible {
            let items = &self.interface.modules[module.index()].items;
            known.extend(
                items
                    .iter()
                    .filter(|(_, e)| matches!(e, Entity::Param(_) | Entity::Def(_)))
                    .map(|(name, _)| name.clone()),
            );
        }
        known.extend(["project".to_owned(), "cluster".to_owned()]);
        let near = did_you_mean(name, known.iter().map(String::as_str)).map(ToOwned::to_owned);
        let is_kind = !self.types.kinds_named(name).is_empty();
        let hint = if quoted {
            Some(format!("write it in quotes: `\"{name}\"`"))
        } else if let Some(near) = near {
            Some(format!("did you mean `{near}`?"))
        } else if is_kind {
            Some(format!("`{name}` is a kind; list its objects with `docs({name})`"))
        } else {
            Some(format!("declare it with `let`, `param` or `def`, or put it in quotes: `\"{name}\"`"))
        };
        self.error(span, format!("there is nothing called `{name}` here")).hint = hint;
        self.bad(span)
    }

    fn check_not(&mut self, inner: &ast::Expr, span: Span) -> Typed {
        let checked = self.check_condition(inner);
        let id = self.emit(Expr::Not(checked.id), span);
        Typed::condition(id, checked.outcomes.swap())
    }

    fn check_exists(&mut self, inner: &ast::Expr, span: Span) -> Typed {
        let checked = self.check(inner, None);
        let id = self.emit(Expr::Exists(checked.id), span);
        let outcomes = match checked.path {
            Some(path) => Outcomes::holds(Fact::Present(path)),
            None => Outcomes::default(),
        };
        Typed::condition(id, outcomes)
    }

    fn check_is(&mut self, value: &ast::Expr, negated: bool, test: &IsTest, span: Span) -> Typed {
        let checked = self.check(value, None);
        let (id, outcomes) = match test {
            IsTest::Empty => {
                if !can_be_empty(checked.ty.inner()) {
                    let ty = self.name_of(checked.ty.inner());
                    self.error(value.span, format!("a value of type `{ty}` is never empty")).hint =
                        Some("ask `exists …` or `… is absent`".to_owned());
                }
                let outcomes = match checked.path {
                    Some(path) => Outcomes::holds(Fact::Present(path)).swap(),
                    None => Outcomes::default(),
                };
                (self.emit(Expr::IsEmpty(checked.id), span), outcomes)
            }
            IsTest::Absent => {
                let outcomes = match checked.path {
                    Some(path) => Outcomes::holds(Fact::Present(path)).swap(),
                    None => Outcomes::default(),
                };
                (self.emit(Expr::Is(checked.id, TypeTest::Absent), span), outcomes)
            }
            IsTest::Null => {
                if !matches!(checked.ty.inner(), Ty::Dynamic | Ty::Error) {
                    self.error(span, "Kubernetes drops a null in a typed field, so it is never null here").hint =
                        Some("ask `… is absent`, or `not exists …`".to_owned());
                }
                (self.emit(Expr::Is(checked.id, TypeTest::Null), span), Outcomes::default())
            }
            IsTest::Type(written) => self.check_is_type(&checked, written, span),
        };
        if !negated {
            return Typed::condition(id, outcomes);
        }
        let id = self.emit(Expr::Not(id), span);
        Typed::condition(id, outcomes.swap())
    }

    fn check_is_type(&mut self, checked: &Typed, written: &ast::TypeExpr, span: Span) -> (crate::ir::ExprId, Outcomes) {
        let (test, ty) = match &written.kind {
            ast::TypeExprKind::Name(name) if name == "list" => (Some(TypeTest::List), Ty::Dynamic.list()),
            ast::TypeExprKind::Name(name) if name == "map" => (Some(TypeTest::Map), Ty::Dynamic.map()),
            _ => {
                let ty = self.resolve_type(written);
                let test = match &ty {
                    Ty::Bool => Some(TypeTest::Bool),
                    Ty::Number => Some(TypeTest::Number),
                    Ty::String => Some(TypeTest::String),
                    Ty::Null => Some(TypeTest::Null),
                    Ty::Kind(kind) => Some(TypeTest::Kinds(kind.set)),
                    Ty::View(view) => Some(TypeTest::View(*view)),
                    _ => None,
                };
                (test, ty)
            }
        };
        let Some(test) = test else {
            if ty != Ty::Error {
                let ty = self.name_of(&ty);
                self.error(written.span, format!("`is` cannot ask for `{ty}`")).hint =
                    Some("it asks for bool, number, string, list, map, a kind or a view".to_owned());
            }
            return (self.bad(span).id, Outcomes::default());
        };
        if !could_be(checked.ty.inner(), &ty) {
            let (have, never) = (self.name_of(checked.ty.inner()), self.name_of(&ty));
            self.error(span, format!("a value of type `{have}` is never `{never}`")).hint = Some(
                "its type is known already; leave the test out, or ask whether it is there: `exists …`".to_owned(),
            );
        }
        let outcomes = match &checked.path {
            Some(path) => Outcomes {
                when_true: vec![Fact::Is(path.clone(), ty.clone())],
                when_false: vec![Fact::IsNot(path.clone(), ty)],
            },
            None => Outcomes::default(),
        };
        (self.emit(Expr::Is(checked.id, test), span), outcomes)
    }

    fn check_if(
        &mut self,
        condition: &ast::Expr,
        then: &ast::Expr,
        otherwise: &ast::Expr,
        want: Option<&Ty>,
        span: Span,
    ) -> Typed {
        let condition = self.check_condition(condition);
        let mark = self.environment.mark();
        self.environment.learn(condition.outcomes.when_true.clone(), None);
        let then = self.check(then, want);
        self.environment.reset(mark);
        self.environment.learn(condition.outcomes.when_false.clone(), None);
        let otherwise = self.check(otherwise, want);
        self.environment.reset(mark);
        let ty = then.ty.clone().join(otherwise.ty.clone());
        let id = self.emit(Expr::If(condition.id, then.id, otherwise.id), span);
        let outcomes = if ty == Ty::Bool {
            if_outcomes(condition.outcomes, then.outcomes, otherwise.outcomes)
        } else {
            Outcomes::default()
        };
        Typed { outcomes, ..Typed::plain(id, ty) }
    }

    fn check_list(&mut self, items: &[ast::Expr], want: Option<&Ty>, span: Span) -> Typed {
        let element_want = match want.map(Ty::inner) {
            Some(Ty::List(element, _)) => Some((**element).clone()),
            Some(Ty::Union(members)) => members.iter().find_map(Ty::element),
            _ => None,
        };
        let mut element: Option<Ty> = None;
        let mut ids = Vec::with_capacity(items.len());
        for item in items {
            let checked = match (&element_want, &element) {
                (Some(want), _) => {
                    let checked = self.check(item, Some(want));
                    self.expect(&checked, want, item.span);
                    checked
                }
                (None, Some(before)) => {
                    let before = before.clone();
                    self.check(item, Some(&before))
                }
                (None, None) => self.check(item, None),
            };
            ids.push(checked.id);
            element = Some(match element {
                Some(before) => before.join(checked.ty),
                None => checked.ty,
            });
        }
        let element = element_want.or(element).unwrap_or(Ty::Error);
        let id = self.emit(Expr::List(ids), span);
        Typed::plain(id, element.list())
    }

    fn check_record(&mut self, fields: &[(ast::Name, ast::Expr)], want: Option<&Ty>, span: Span) -> Typed {
        let wanted: Option<Vec<(String, Ty)>> = match want.map(Ty::inner) {
            Some(Ty::Record(wanted)) => Some(wanted.clone()),
            Some(object @ (Ty::Object(_) | Ty::Kind(_))) => Some(self.object_fields(object)),
            _ => None,
        };
        let map_element = match want.map(Ty::inner) {
            Some(Ty::Map(element)) => Some((**element).clone()),
            _ => None,
        };
        let mut lowered = Vec::with_capacity(fields.len());
        let mut types: Vec<(String, Ty)> = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            if types.iter().any(|(known, _)| *known == name.text) {
                self.error(name.span, format!("the field `{}` is given twice", name.text)).hint =
                    Some("leave one of them out".to_owned());
            }
            let field_want = map_element.clone().or_else(|| {
                wanted
                    .as_ref()
                    .and_then(|wanted| wanted.iter().find(|(known, _)| *known == name.text))
                    .map(|(_, ty)| ty.clone())
            });
            if let (Some(wanted), None) = (&wanted, &field_want) {
                let known = wanted.iter().map(|(known, _)| known.as_str());
                let near = hints::near(&name.text, known, "leave it out");
                self.error(name.span, format!("there is no field `{}` here", name.text)).hint = near;
            }
            let checked = self.check(value, field_want.as_ref());
            if let Some(field_want) = &field_want {
                self.expect(&checked, field_want, value.span);
            }
            let sym = self.sym(&name.text);
            lowered.push((sym, checked.id));
            types.push((name.text.clone(), field_want.unwrap_or(checked.ty)));
        }
        if let (Some(wanted), Some(Ty::Record(_))) = (&wanted, want.map(Ty::inner)) {
            for (name, ty) in wanted {
                if !ty.is_optional() && !types.iter().any(|(known, _)| known == name) {
                    self.error(span, format!("the field `{name}` is missing here")).hint =
                        Some(format!("add `{name}: …`"));
                }
            }
        }
        let id = self.emit(Expr::Record(lowered), span);
        let ty = match (want.map(Ty::inner), map_element) {
            (_, Some(element)) => element.map(),
            (Some(want @ (Ty::Record(_) | Ty::Object(_) | Ty::Kind(_))), None) => want.clone(),
            _ => Ty::Record(types),
        };
        if ty.size(LARGEST_TYPE) > LARGEST_TYPE {
            self.error(span, format!("this record holds more than {LARGEST_TYPE} values within values")).hint =
                Some("name the parts apart, or give fewer of them".to_owned());
            return self.bad(span);
        }
        Typed::plain(id, ty)
    }

    fn object_fields(&self, object: &Ty) -> Vec<(String, Ty)> {
        let defs = match object {
            Ty::Object(defs) => defs.as_slice(),
            Ty::Kind(kind) => kind.defs.as_slice(),
            _ => &[],
        };
        defs.first()
            .map(|def| {
                self.types
                    .fields(*def)
                    .map(|field| (field.name.to_owned(), self.schema_type(field.ty).optional()))
                    .collect()
            })
            .unwrap_or_default()
    }
}

fn if_outcomes(condition: Outcomes, then: Outcomes, otherwise: Outcomes) -> Outcomes {
    let taken = |branch: Outcomes, facts: &[Fact]| Outcomes {
        when_true: unite(branch.when_true, facts.iter().cloned()),
        when_false: unite(branch.when_false, facts.iter().cloned()),
    };
    let then = taken(then, &condition.when_true);
    let otherwise = taken(otherwise, &condition.when_false);
    // Either branch may have been taken, so only what both say is known.
    Outcomes {
        when_true: Outcomes { when_true: then.when_true, when_false: Vec::new() }
            .or(Outcomes { when_true: otherwise.when_true, when_false: Vec::new() })
            .when_true,
        when_false: Outcomes { when_true: then.when_false, when_false: Vec::new() }
            .or(Outcomes { when_true: otherwise.when_false, when_false: Vec::new() })
            .when_true,
    }
}

fn can_be_empty(ty: &Ty) -> bool {
    match ty {
        Ty::Union(members) => members.iter().any(can_be_empty),
        Ty::List(..) | Ty::Map(_) | Ty::Record(_) | Ty::Object(_) | Ty::Kind(_) | Ty::AnyObject | Ty::View(_) => true,
        other => other.is_text(),
    }
}

fn could_be(have: &Ty, asked: &Ty) -> bool {
    match have {
        Ty::Error | Ty::Dynamic | Ty::AnyObject => true,
        Ty::Union(members) => members.iter().any(|member| could_be(member, asked)),
        Ty::Enum(_) => matches!(asked, Ty::String),
        Ty::Record(_) | Ty::Object(_) | Ty::Map(_) => matches!(asked, Ty::Map(_)),
        Ty::List(..) => matches!(asked, Ty::List(..)),
        other => other == asked || asked.accepts(other),
    }
}
