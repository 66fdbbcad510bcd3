//! Exact arithmetic; what overflows is not known.

use super::machine::Evaluator;
use super::value::{Data, Unknown, Value};
use policyc_lang::ir::{Arithmetic, ExprId};
use policyc_lang::values::{IntRange, Quantity};

/// Longest text that `+` and `replace` make, in bytes.
pub(super) const MOST_TEXT: usize = 1 << 20;

impl<'a> Evaluator<'a> {
    /// `+ - *`.
    pub(crate) fn arithmetic(&self, operator: Arithmetic, left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
        let origin = self.derived(left.origin, right.origin);
        Value::new(self.compute(operator, left, right), origin)
    }

    fn compute(&self, operator: Arithmetic, left: &Value<'a>, right: &Value<'a>) -> Data<'a> {
        if let Some(unknown) = left.as_unknown().or(right.as_unknown()) {
            return Data::Unknown(unknown.clone());
        }
        for operand in [left, right] {
            if operand.is_absent() {
                return Data::Unknown(self.not_set(operand));
            }
        }
        use Arithmetic::{Add, Multiply, Subtract};
        let result = match (operator, &left.data, &right.data) {
            (Add, Data::Number(left), Data::Number(right)) => left.checked_add(*right).map(Data::Number),
            (Subtract, Data::Number(left), Data::Number(right)) => left.checked_sub(*right).map(Data::Number),
            (Multiply, Data::Number(left), Data::Number(right)) => left.checked_mul(*right).map(Data::Number),
            (Multiply, Data::Quantity(amount), Data::Number(factor))
            | (Multiply, Data::Number(factor), Data::Quantity(amount)) => {
                amount.checked_mul(*factor).map(Data::Quantity)
            }
            (_, Data::Quantity(_), _) | (_, _, Data::Quantity(_)) => match (as_quantity(left), as_quantity(right)) {
                (Some(left), Some(right)) if operator == Add => left.checked_add(right).map(Data::Quantity),
                (Some(left), Some(right)) if operator == Subtract => left.checked_sub(right).map(Data::Quantity),
                _ => return untyped(),
            },
            (Add, Data::Duration(left), Data::Duration(right)) => left.checked_add(*right).map(Data::Duration),
            (Subtract, Data::Duration(left), Data::Duration(right)) => left.checked_sub(*right).map(Data::Duration),
            (Multiply, Data::Duration(span), Data::Number(factor))
            | (Multiply, Data::Number(factor), Data::Duration(span)) => span.checked_mul(*factor).map(Data::Duration),
            (Add, Data::Date(date), Data::Duration(span)) | (Add, Data::Duration(span), Data::Date(date)) => {
                date.checked_add(*span).map(Data::Date)
            }
            (Subtract, Data::Date(date), Data::Duration(span)) => date.checked_sub(*span).map(Data::Date),
            (Subtract, Data::Date(left), Data::Date(right)) => Some(Data::Duration(left.since(*right))),
            (Add, _, _) => match (left.as_str(), right.as_str()) {
                (Some(left), Some(right)) if left.len() + right.len() > MOST_TEXT => None,
                (Some(left), Some(right)) => Some(Data::Owned(format!("{left}{right}").into())),
                _ => return untyped(),
            },
            _ => return untyped(),
        };
        result.unwrap_or_else(overflow)
    }

    /// `-e`.
    pub(crate) fn negate(&self, operand: &Value<'a>) -> Value<'a> {
        let data = match &operand.data {
            Data::Unknown(unknown) => Data::Unknown(unknown.clone()),
            Data::Absent => Data::Unknown(self.not_set(operand)),
            Data::Number(number) => number.checked_neg().map_or_else(overflow, Data::Number),
            Data::Quantity(amount) => amount.checked_neg().map_or_else(overflow, Data::Quantity),
            Data::Duration(span) => span.checked_neg().map_or_else(overflow, Data::Duration),
            _ => untyped(),
        };
        Value::new(data, operand.origin)
    }

    /// `a..b`.
    pub(crate) fn range(&mut self, start: ExprId, end: ExprId) -> Value<'a> {
        let (start, end) = (self.eval(start), self.eval(end));
        let origin = self.derived(start.origin, end.origin);
        if let Some(unknown) = start.as_unknown().or(end.as_unknown()) {
            return Value::new(Data::Unknown(unknown.clone()), origin);
        }
        if start.is_absent() || end.is_absent() {
            return Value::absent_at(origin);
        }
        let bound = |value: &Value<'a>| value.as_number().and_then(|number| number.as_i64());
        match (bound(&start), bound(&end)) {
            (Some(start), Some(end)) => match IntRange::new(start, end) {
                Some(range) => Value::new(Data::Range(range), origin),
                None => Value::unknown(format!("the range {start}..{end} is backwards"), origin),
            },
            _ => Value::unknown("a range has integers at its ends", origin),
        }
    }
}

fn as_quantity(value: &Value<'_>) -> Option<Quantity> {
    match &value.data {
        Data::Quantity(amount) => Some(*amount),
        Data::Number(number) => Quantity::from_number(*number),
        _ => None,
    }
}

fn overflow<'a>() -> Data<'a> {
    Data::Unknown(Unknown::new("a number too large to compute with"))
}

fn untyped<'a>() -> Data<'a> {
    Data::Unknown(Unknown::new("values of these types cannot be computed with"))
}
