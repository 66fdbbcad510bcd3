//! Expressions to values, straight from the language's tables.

use crate::decimal::Decimal;
use crate::functions::{any_text, arithmetic, builtin, compare, equal, is, items, print};
use crate::tree::{Binder, Expr, Form, Part, Policy, Quantifier};
use crate::types::{Kind, Type};
use crate::value::{Row, SEVERITIES, Truth, Value, dynamic_fields, quantity, read};
use serde_json::Value as Json;
use std::rc::Rc;

/// A policy over documents.
pub struct World<'d> {
    /// The policy.
    pub policy: &'d Policy,
    /// Objects.
    pub objects: &'d [Json],
}

/// Variables, innermost last.
#[derive(Clone, Default)]
pub struct Scope<'d> {
    names: Vec<(String, Value<'d>)>,
}

impl<'d> Scope<'d> {
    /// With one more variable.
    #[must_use]
    pub fn with(&self, name: &str, value: Value<'d>) -> Self {
        let mut scope = self.clone();
        scope.names.push((name.to_owned(), value));
        scope
    }

    fn get(&self, name: &str) -> Option<Value<'d>> {
        self.names.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

impl<'d> World<'d> {
    /// A condition.
    #[must_use]
    pub fn truth(&self, expr: &Expr, scope: &Scope<'d>) -> Truth {
        self.eval(expr, scope).truth()
    }

    /// Objects of a kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = usize> + '_ {
        let is = move |object: &Json| object.get("kind").and_then(Json::as_str) == Some(kind.name());
        self.objects.iter().enumerate().filter(move |(_, object)| is(object)).map(|(place, _)| place)
    }

    /// An expression.
    #[must_use]
    pub fn eval(&self, expr: &Expr, scope: &Scope<'d>) -> Value<'d> {
        match &*expr.form {
            Form::Bool(value) => Value::Bool(*value),
            Form::Number(text) => {
                let number = Decimal::parse(text).map_or(Value::Unknown, Value::Number);
                // A number stands for an amount where one is expected.
                match (number, &expr.slot.ty) {
                    (Value::Number(number), Type::Quantity) => Value::Quantity(number),
                    (number, _) => number,
                }
            }
            Form::Quantity(text) => quantity(text).map_or(Value::Unknown, Value::Quantity),
            Form::Text(text) => Value::Text(text.clone()),
            Form::Severity(word) => Value::Severity(SEVERITIES.iter().position(|known| known == word).unwrap_or(0)),
            Form::Name(name) => self.name(name, scope),
            Form::List(parts) => Value::list(parts.iter().map(|part| self.eval(part, scope)).collect(), true),
            Form::Record(fields) => {
                Value::map(fields.iter().map(|(name, value)| (name.clone(), self.eval(value, scope))).collect())
            }
            Form::Comprehension(item, binders) => {
                let (mut out, mut complete) = (Vec::new(), true);
                self.generate(item, binders, scope, &mut out, &mut complete);
                Value::list(out, complete)
            }
            Form::Group(binder, by) => self.group(binder, by, scope),
            Form::Field(base, name) => self.field(&self.eval(base, scope), name, &expr.slot.ty),
            Form::Index(base, index) => self.index(&self.eval(base, scope), &self.eval(index, scope)),
            Form::Documents(kind) => Value::list(self.of_kind(*kind).map(Value::Object).collect(), true),
            Form::Call(function, arguments, _) => self.call(*function, arguments, scope),
            Form::Builtin(function, arguments) => {
                let arguments: Vec<Value<'d>> = arguments.iter().map(|argument| self.eval(argument, scope)).collect();
                builtin(*function, &arguments)
            }
            Form::Coalesce(first, second) => match self.eval(first, scope) {
                Value::Absent => self.eval(second, scope),
                value => value,
            },
            Form::Arithmetic(operator, one, other) => {
                arithmetic(*operator, &self.eval(one, scope), &self.eval(other, scope))
            }
            Form::Negate(operand) => match self.eval(operand, scope) {
                Value::Number(number) => number.negated().map_or(Value::Unknown, Value::Number),
                Value::Quantity(amount) => amount.negated().map_or(Value::Unknown, Value::Quantity),
                _ => Value::Unknown,
            },
            Form::Join(one, other) => join(&self.eval(one, scope), &self.eval(other, scope)),
            Form::If(condition, then, otherwise) => match self.truth(condition, scope) {
                Truth::True => self.eval(then, scope),
                Truth::False => self.eval(otherwise, scope),
                Truth::Unknown => Value::Unknown,
            },
            Form::Template(parts) => self.template(parts, scope),
            _ => self.condition(expr, scope).value(),
        }
    }

    fn condition(&self, expr: &Expr, scope: &Scope<'d>) -> Truth {
        match &*expr.form {
            Form::Not(operand) => self.truth(operand, scope).negated(),
            Form::And(one, other) => self.truth(one, scope).and(self.truth(other, scope)),
            Form::Or(one, other) => self.truth(one, scope).or(self.truth(other, scope)),
            Form::Exists(operand) => match self.eval(operand, scope) {
                Value::Unknown => Truth::Unknown,
                value => (!value.is_absent()).into(),
            },
            Form::Operator(operator, one, other) => {
                compare(*operator, &self.eval(one, scope), &self.eval(other, scope))
            }
            Form::InRange(value, from, to) => match self.eval(value, scope) {
                Value::Absent => Truth::False,
                // The ends belong to it, and so do fractions between them.
                Value::Number(number) => {
                    let (from, to) = (Decimal::whole((*from).into()), Decimal::whole((*to).into()));
                    match (number.order(from), number.order(to)) {
                        (Some(low), Some(high)) => (low.is_ge() && high.is_le()).into(),
                        _ => Truth::Unknown,
                    }
                }
                Value::Unknown => Truth::Unknown,
                _ => Truth::False,
            },
            Form::Matches(value, regex) => {
                let value = self.eval(value, scope);
                any_text(&value, &Value::Text(String::new()), &|text, _| regex.matches(text))
            }
            Form::Like(value, globs) => {
                let value = self.eval(value, scope);
                any_text(&value, &Value::Text(String::new()), &|text, _| globs.iter().any(|glob| glob.matches(text)))
            }
            Form::Is(value, negated, test) => {
                let truth = is(&self.eval(value, scope), *test);
                if *negated { truth.negated() } else { truth }
            }
            Form::Quantified(quantifier, binder, body) => self.quantified(*quantifier, binder, body.as_ref(), scope),
            _ => Truth::Unknown,
        }
    }

    fn name(&self, name: &str, scope: &Scope<'d>) -> Value<'d> {
        if let Some(value) = scope.get(name) {
            return value;
        }
        match self.policy.params.iter().find(|param| param.name == name) {
            Some(param) => self.eval(&param.value, &Scope::default()),
            None => Value::Absent,
        }
    }

    fn call(&self, function: usize, arguments: &[Expr], scope: &Scope<'d>) -> Value<'d> {
        let Some(function) = self.policy.functions.get(function) else { return Value::Unknown };
        let mut frame = Scope::default();
        for ((name, _), argument) in function.parameters.iter().zip(arguments) {
            frame = frame.with(name, self.eval(argument, scope));
        }
        self.eval(&function.body, &frame)
    }

    fn template(&self, parts: &[Part], scope: &Scope<'d>) -> Value<'d> {
        let mut out = String::new();
        for part in parts {
            match part {
                Part::Plain(text) => out.push_str(text),
                Part::Value(value) => {
                    let value = self.eval(value, scope);
                    if value.is_vague() {
                        return Value::Unknown;
                    }
                    out.push_str(&print(&value));
                }
            }
        }
        Value::Text(out)
    }

    /// What a message says: here what cannot be told is said to be so.
    #[must_use]
    pub fn message(&self, parts: &[Part], scope: &Scope<'d>) -> String {
        let mut out = String::new();
        for part in parts {
            match part {
                Part::Plain(text) => out.push_str(text),
                Part::Value(value) => out.push_str(&self.shown(value, scope)),
            }
        }
        out
    }

    fn shown(&self, expr: &Expr, scope: &Scope<'d>) -> String {
        match &*expr.form {
            Form::Template(parts) => self.message(parts, scope),
            Form::If(condition, then, otherwise) => match self.truth(condition, scope) {
                Truth::True => self.shown(then, scope),
                Truth::False => self.shown(otherwise, scope),
                Truth::Unknown => print(&Value::Unknown),
            },
            _ => print(&self.eval(expr, scope)),
        }
    }

    /// `base.name`: absent where the base is, unknown where it is; else what stands there, as a type.
    fn field(&self, base: &Value<'d>, name: &str, ty: &Type) -> Value<'d> {
        match base {
            Value::Unknown => Value::Unknown,
            Value::Node(node) => node.get(name).map_or(Value::Absent, |json| read(json, ty)),
            Value::Map(fields, _) => {
                fields.iter().find(|(key, _)| key == name).map_or(Value::Absent, |(_, value)| value.clone())
            }
            Value::Object(object) => self.field_of_object(*object, name, ty),
            Value::Row(row) => self.field_of_row(row, name, ty),
            _ => Value::Absent,
        }
    }

    fn field_of_object(&self, object: usize, name: &str, ty: &Type) -> Value<'d> {
        let policy = self.policy;
        if let Some(property) = policy.properties.iter().find(|property| property.name == name) {
            return self.eval(&property.body, &Scope::default().with(&property.subject, Value::Object(object)));
        }
        if let Some(view) = policy.views.iter().position(|view| view.property == name) {
            return self.rows(view, object);
        }
        let json = self.objects.get(object).and_then(|object| object.get(name));
        json.map_or(Value::Absent, |json| read(json, ty))
    }

    /// The rows of a view that come from an object.
    #[must_use]
    pub fn rows(&self, place: usize, object: usize) -> Value<'d> {
        let Some(view) = self.policy.views.get(place) else { return Value::Unknown };
        let scope = Scope::default().with(&view.parent, Value::Object(object));
        match view.condition.as_ref().map_or(Truth::True, |condition| self.truth(condition, &scope)) {
            Truth::True => {}
            Truth::False => return Value::Absent,
            Truth::Unknown => return Value::Unknown,
        }
        let (mut rows, mut complete) = (Vec::new(), true);
        for (clause, source) in view.clauses.iter().enumerate() {
            let Some((items, whole)) = items(&self.eval(&source.source, &scope)) else {
                complete = false;
                continue;
            };
            complete &= whole;
            for (_, own) in items {
                rows.push(Value::Row(Rc::new(Row { view: place, clause, own, parent: Value::Object(object) })));
            }
        }
        if rows.is_empty() && !complete { Value::Unknown } else { Value::list(rows, complete) }
    }

    fn field_of_row(&self, row: &Rc<Row<'d>>, name: &str, ty: &Type) -> Value<'d> {
        let Some(view) = self.policy.views.get(row.view) else { return Value::Unknown };
        let scope = Scope::default().with(&view.parent, row.parent.clone()).with("row", Value::Row(row.clone()));
        let given =
            view.clauses.get(row.clause).and_then(|clause| clause.fields.iter().find(|(field, _)| field == name));
        if let Some((_, value)) = given {
            return self.eval(value, &scope);
        }
        match view.fields.iter().find(|(field, ..)| field == name) {
            Some((_, _, Some(value))) => self.eval(value, &scope),
            Some((_, _, None)) => Value::Unknown,
            // Not declared: the row's own field of that name.
            None => self.field(&row.own, name, ty),
        }
    }

    /// `base[index]`: a list by number, a map or a keyed list by text.
    fn index(&self, base: &Value<'d>, index: &Value<'d>) -> Value<'d> {
        match (base, index) {
            (Value::Unknown, _) | (_, Value::Unknown) => Value::Unknown,
            (Value::Absent, _) | (_, Value::Absent) => Value::Absent,
            (Value::List(items, complete, _), Value::Number(number)) => {
                let Some(place) = number.to_whole().and_then(|number| usize::try_from(number).ok()) else {
                    return Value::Absent;
                };
                // What is missing from an incomplete list may stand before any element.
                if !complete { Value::Unknown } else { items.get(place).cloned().unwrap_or(Value::Absent) }
            }
            (Value::List(items, complete, _), key @ Value::Text(_)) => self.keyed(items, *complete, key),
            (Value::Map(fields, _), Value::Text(key)) => {
                fields.iter().find(|(known, _)| known == key).map_or(Value::Absent, |(_, value)| value.clone())
            }
            (Value::Node(node), Value::Text(key)) => {
                let found = dynamic_fields(node).into_iter().find(|(known, _)| known == key);
                found.map_or(Value::Absent, |(_, value)| value)
            }
            _ => Value::Absent,
        }
    }

    /// The first element of that name; where one before it might have it, or none has and there may be more, it cannot
    /// be told.
    fn keyed(&self, items: &[Value<'d>], complete: bool, key: &Value<'d>) -> Value<'d> {
        let mut doubt = !complete;
        for item in items {
            match equal(&self.field(item, "name", &Type::Dynamic), key) {
                Truth::True => return item.clone(),
                Truth::False => {}
                Truth::Unknown => doubt = true,
            }
        }
        if doubt { Value::Unknown } else { Value::Absent }
    }

    /// The elements of a binder that its condition lets through, each with its scope and whether it is sure to belong;
    /// `None` where it cannot be told which there are.
    pub fn each(&self, binder: &Binder, scope: &Scope<'d>) -> (Vec<(Scope<'d>, Value<'d>, Truth)>, bool) {
        let Some((elements, complete)) = items(&self.eval(&binder.source, scope)) else { return (Vec::new(), false) };
        let mut out = Vec::new();
        for (key, item) in elements {
            let mut inner = scope.clone();
            if let Some(name) = &binder.key {
                inner = inner.with(name, key);
            }
            inner = inner.with(&binder.item, item.clone());
            let belongs = binder.condition.as_ref().map_or(Truth::True, |condition| self.truth(condition, &inner));
            if belongs != Truth::False {
                out.push((inner, item, belongs));
            }
        }
        (out, complete)
    }

    fn quantified(&self, quantifier: Quantifier, binder: &Binder, body: Option<&Expr>, scope: &Scope<'d>) -> Truth {
        let (elements, complete) = self.each(binder, scope);
        let holds = |inner: &Scope<'d>| body.map_or(Truth::True, |body| self.truth(body, inner));
        let rest = if complete { Truth::False } else { Truth::Unknown };
        // Some element belongs and fulfils: for `all`, that it does not.
        let some = elements.iter().fold(rest, |acc, (inner, _, belongs)| {
            let holds = holds(inner);
            acc.or(belongs.and(if quantifier == Quantifier::All { holds.negated() } else { holds }))
        });
        if quantifier == Quantifier::Any { some } else { some.negated() }
    }

    fn generate(
        &self,
        item: &Expr,
        binders: &[Binder],
        scope: &Scope<'d>,
        out: &mut Vec<Value<'d>>,
        complete: &mut bool,
    ) {
        let Some((binder, rest)) = binders.split_first() else {
            out.push(self.eval(item, scope));
            return;
        };
        let (elements, whole) = self.each(binder, scope);
        *complete &= whole;
        for (inner, _, belongs) in elements {
            match belongs {
                Truth::True => self.generate(item, rest, &inner, out, complete),
                // It may or may not belong.
                _ => *complete = false,
            }
        }
    }

    /// Records of `key` and `items`, in the order of the first element with the key.
    fn group(&self, binder: &Binder, by: &Expr, scope: &Scope<'d>) -> Value<'d> {
        if items(&self.eval(&binder.source, scope)).is_none() {
            return Value::Unknown;
        }
        let (elements, mut complete) = self.each(binder, scope);
        let mut groups: Vec<(Value<'d>, Vec<Value<'d>>)> = Vec::new();
        for (inner, item, belongs) in elements {
            let key = self.eval(by, &inner);
            if belongs != Truth::True || key.is_unknown() {
                complete = false;
            } else if !key.is_absent() {
                match groups.iter_mut().find(|(known, _)| equal(known, &key) == Truth::True) {
                    Some((_, members)) => members.push(item),
                    None => groups.push((key, vec![item])),
                }
            }
        }
        let record = |(key, members): (Value<'d>, Vec<Value<'d>>)| {
            Value::map(vec![("key".to_owned(), key), ("items".to_owned(), Value::list(members, complete))])
        };
        Value::list(groups.into_iter().map(record).collect(), complete)
    }
}

fn join<'d>(one: &Value<'d>, other: &Value<'d>) -> Value<'d> {
    let (mut all, mut complete) = (Vec::new(), true);
    for operand in [one, other] {
        match items(operand) {
            Some((items, whole)) => {
                all.extend(items.into_iter().map(|(_, item)| item));
                complete &= whole;
            }
            None => complete = false,
        }
    }
    Value::list(all, complete)
}
