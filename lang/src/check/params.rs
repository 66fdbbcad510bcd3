//! Values of parameters: defaults from policies, settings from JSON.

use super::ty::Ty;
use super::{Checker, Typed, literals};
use crate::ir::{Arithmetic, Builtin, Const, Expr, ExprId};
use crate::schema::did_you_mean;
use crate::values::{Duration, IntRange, Number, Quantity};
use policyc_text::Span;

/// Nanoseconds of a day.
const NANOS_PER_DAY: i128 = 86_400 * 1_000_000_000;

impl Checker<'_> {
    /// The value of an expression that reads nothing; says so where it reads something.
    pub(super) fn constant_value(&mut self, checked: &Typed, span: Span) -> Option<Const> {
        if checked.ty == Ty::Error {
            return None;
        }
        let value = self.fold(checked.id);
        if value.is_none() {
            self.error(span, "this value must be known when the policy is compiled").hint =
                Some("write a literal, or a list or record of literals".to_owned());
        }
        value
    }

    fn fold(&self, id: ExprId) -> Option<Const> {
        Some(match self.program.exprs.get(id.index())? {
            Expr::Const(id) => self.program.consts.get(id.index())?.clone(),
            Expr::List(items) => Const::List(items.iter().map(|item| self.fold(*item)).collect::<Option<_>>()?),
            Expr::Record(fields) => Const::Record(
                fields
                    .iter()
                    .map(|(name, value)| Some((self.program.name(*name).to_owned(), self.fold(*value)?)))
                    .collect::<Option<_>>()?,
            ),
            Expr::Concat(a, b) => match (self.fold(*a)?, self.fold(*b)?) {
                (Const::List(mut a), Const::List(b)) => {
                    a.extend(b);
                    Const::List(a)
                }
                _ => return None,
            },
            Expr::Negate(inner) => match self.fold(*inner)? {
                Const::Number(number) => Const::Number(number.checked_neg()?),
                Const::Quantity(quantity) => Const::Quantity(quantity.checked_neg()?),
                _ => return None,
            },
            Expr::Arithmetic(op, a, b) => match (op, self.fold(*a)?, self.fold(*b)?) {
                (Arithmetic::Add, Const::Number(a), Const::Number(b)) => Const::Number(a.checked_add(b)?),
                (Arithmetic::Subtract, Const::Number(a), Const::Number(b)) => Const::Number(a.checked_sub(b)?),
                (Arithmetic::Multiply, Const::Number(a), Const::Number(b)) => Const::Number(a.checked_mul(b)?),
                _ => return None,
            },
            Expr::Builtin(Builtin::Days, args) => match self.fold(*args.first()?)? {
                Const::Number(days) => Const::Duration(Duration::from_nanos(NANOS_PER_DAY).checked_mul(days)?),
                _ => return None,
            },
            _ => return None,
        })
    }
}

/// A parameter's value from JSON, as `--param` and configuration give it.
///
/// # Errors
///
/// A sentence that says what does not fit the type.
pub fn value_from_json(ty: &Ty, json: &serde_json::Value) -> Result<Const, String> {
    use serde_json::Value;
    match (ty, json) {
        (Ty::Optional(_), Value::Null) => Ok(Const::Absent),
        (Ty::Optional(inner), json) => value_from_json(inner, json),
        (Ty::Bool, Value::Bool(value)) => Ok(Const::Bool(*value)),
        (Ty::Number, Value::Number(number)) => number_of(number).map(Const::Number),
        (Ty::Quantity, Value::Number(number)) => {
            let number = number_of(number)?;
            Quantity::from_number(number).map(Const::Quantity).ok_or_else(|| format!("`{number}` is no quantity"))
        }
        (Ty::Range, Value::String(text)) => match IntRange::parse(text) {
            Ok(range) => Ok(Const::Range(range)),
            Err(error) => Err(error.message),
        },
        (Ty::Range, Value::Object(fields)) => range_of(fields),
        (Ty::Range, Value::Number(number)) => {
            let bound = number.as_i64().ok_or_else(|| format!("`{number}` is not a whole number"))?;
            IntRange::new(bound, bound).map(Const::Range).ok_or_else(|| "the range is empty".to_owned())
        }
        (Ty::List(element, _), Value::Array(items)) => {
            items.iter().map(|item| value_from_json(element, item)).collect::<Result<_, _>>().map(Const::List)
        }
        (Ty::Map(element), Value::Object(fields)) => fields
            .iter()
            .map(|(name, value)| Ok((name.clone(), value_from_json(element, value)?)))
            .collect::<Result<_, _>>()
            .map(Const::Record),
        (Ty::Record(wanted), Value::Object(fields)) => record_from_json(wanted, fields),
        (Ty::Union(members), json) => members
            .iter()
            .find_map(|member| value_from_json(member, json).ok())
            .ok_or_else(|| format!("`{json}` does not fit `{ty}`")),
        (Ty::Dynamic, json) => Ok(dynamic(json)),
        (Ty::Number | Ty::Bool | Ty::Null | Ty::List(..) | Ty::Map(_) | Ty::Record(_), _) => {
            Err(format!("`{ty}` is expected, not `{json}`"))
        }
        (ty, Value::String(text)) => {
            literals::literal_of(text, ty).map(|(value, _)| value).map_err(|error| error.message)
        }
        (ty, json) => Err(format!("`{ty}` is expected, not `{json}`")),
    }
}

fn number_of(number: &serde_json::Number) -> Result<Number, String> {
    let text = number.to_string();
    Number::parse(&text)
        .ok()
        .or_else(|| number.as_f64().and_then(Number::from_f64))
        .ok_or_else(|| format!("`{text}` is too large a number"))
}

fn range_of(fields: &serde_json::Map<String, serde_json::Value>) -> Result<Const, String> {
    let bound = |name: &str| fields.get(name).and_then(serde_json::Value::as_i64);
    match (bound("min"), bound("max")) {
        (Some(min), Some(max)) if fields.len() == 2 => {
            IntRange::new(min, max).map(Const::Range).ok_or_else(|| "the range is empty".to_owned())
        }
        _ => Err("a range is written as \"1..1023\" or as {\"min\": 1, \"max\": 1023}".to_owned()),
    }
}

fn record_from_json(
    wanted: &[(String, Ty)],
    fields: &serde_json::Map<String, serde_json::Value>,
) -> Result<Const, String> {
    for name in fields.keys() {
        if !wanted.iter().any(|(known, _)| known == name) {
            let near = did_you_mean(name, wanted.iter().map(|(known, _)| known.as_str()));
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(format!("there is no field `{name}`{hint}"));
        }
    }
    let mut values = Vec::with_capacity(wanted.len());
    for (name, ty) in wanted {
        match fields.get(name) {
            Some(value) => values.push((name.clone(), value_from_json(ty, value)?)),
            None if ty.is_optional() => {}
            None => return Err(format!("the field `{name}` is missing")),
        }
    }
    Ok(Const::Record(values))
}

fn dynamic(json: &serde_json::Value) -> Const {
    use serde_json::Value;
    match json {
        Value::Null => Const::Absent,
        Value::Bool(value) => Const::Bool(*value),
        Value::Number(number) => number_of(number).map_or(Const::Absent, Const::Number),
        Value::String(text) => Const::String(text.clone()),
        Value::Array(items) => Const::List(items.iter().map(dynamic).collect()),
        Value::Object(fields) => {
            Const::Record(fields.iter().map(|(name, value)| (name.clone(), dynamic(value))).collect())
        }
    }
}
