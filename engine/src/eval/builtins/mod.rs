//! Built-in functions, one family a file. They lift: absent in, absent out (false for a truth value), unknown in,
//! unknown out, but for those that say otherwise.

mod grants;
mod lists;
mod parse;
mod reaches;
mod selects;
mod walk;

use super::arithmetic::MOST_TEXT;
pub(super) use grants::wanted_resource;
pub(super) use parse::base64;

use super::machine::Evaluator;
use super::origin::Origin;
use super::value::{Data, Value};
use policyc_lang::ir::Builtin;
use policyc_lang::values::{Duration, IntOrText, Number, Rounding, entropy, scaled};
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    /// A call of a built-in function.
    pub(crate) fn builtin(&mut self, builtin: Builtin, arguments: &[Value<'a>]) -> Value<'a> {
        let origin = arguments.iter().fold(Origin::None, |origin, argument| self.derived(origin, argument.origin));
        let absent = Value::absent();
        let first = arguments.first().unwrap_or(&absent);
        let second = arguments.get(1).unwrap_or(&absent);
        let third = arguments.get(2).unwrap_or(&absent);
        match builtin {
            Builtin::Today => return Value::plain(Data::Date(self.settings.as_of.day())),
            Builtin::Now => return Value::plain(Data::Date(self.settings.as_of)),
            Builtin::Count => return self.count(first),
            Builtin::Sum => return self.sum(first),
            Builtin::Min | Builtin::Max => return self.extreme(first, builtin == Builtin::Max),
            Builtin::First | Builtin::Last => return self.end(first, builtin == Builtin::Last),
            Builtin::Selects => return self.selects(first, second).into_value(origin),
            Builtin::Grants => return self.grants(first, second, third).into_value(origin),
            Builtin::Reaches => return self.reaches(first, second, third).into_value(origin),
            Builtin::Closest => return self.closest(first, second),
            Builtin::Walk => return self.walk(first),
            Builtin::Text => {
                if let Some(unknown) = self.unknown_within(first) {
                    return Value::new(Data::Unknown(unknown), origin);
                }
                let mut text = String::new();
                self.print(first, &mut text);
                return Value::text(text, origin);
            }
            _ => {}
        }
        for argument in arguments {
            if let Data::Unknown(_) = argument.data {
                return argument.clone();
            }
        }
        if let Some(argument) = arguments.iter().find(|argument| argument.is_absent()) {
            return argument.clone();
        }
        let first = &self.scalar_of_row(first.clone());
        match builtin {
            Builtin::Origin => self.origin_record(first),
            Builtin::Days => {
                let days = first.as_number().and_then(|number| Duration::DAY.checked_mul(number));
                days.map_or_else(
                    || Value::unknown("a number of days that is too large", origin),
                    |days| Value::new(Data::Duration(days), origin),
                )
            }
            Builtin::Scaled => self.scaled(first, second, third, origin),
            Builtin::Replace => self.replace(first, second, third, origin),
            Builtin::Length
            | Builtin::Lower
            | Builtin::Upper
            | Builtin::Trim
            | Builtin::Split
            | Builtin::Before
            | Builtin::After
            | Builtin::Entropy => {
                if !self.fuel.take(first.as_str().map_or(0, str::len) as u64 / 64) {
                    return self.out_of_fuel();
                }
                of_text(builtin, first, second, origin)
            }
            _ => self.parse(builtin, first, origin),
        }
    }

    // What comes out may be longer than what goes in, so that it is paid for first.
    fn replace(&mut self, text: &Value<'a>, what: &Value<'a>, by: &Value<'a>, origin: Origin) -> Value<'a> {
        let (Some(text), Some(what), Some(by)) = (text.as_str(), what.as_str(), by.as_str()) else {
            return Value::unknown("a text function of what is not a text", origin);
        };
        let found = if what.is_empty() { 0 } else { text.matches(what).count() };
        let longest = text.len().saturating_add(found.saturating_mul(by.len()));
        if longest > MOST_TEXT {
            return Value::unknown("a text that is too long", origin);
        }
        if !self.fuel.take(longest as u64 / 16) {
            return self.out_of_fuel();
        }
        Value::text(if found == 0 { text.to_owned() } else { text.replace(what, by) }, origin)
    }

    fn scaled(&self, value: &Value<'a>, total: &Value<'a>, rounding: &Value<'a>, origin: Origin) -> Value<'a> {
        let rounding = rounding.as_str().and_then(Rounding::parse);
        let total = total.as_number().and_then(Number::as_i64);
        let value = match value.as_number() {
            Some(number) => number.as_i64().map(IntOrText::Int),
            None => value.as_str().map(IntOrText::Text),
        };
        match (value, total, rounding) {
            (Some(value), Some(total), Some(rounding)) => match scaled(value, total, rounding) {
                Some(number) => Value::number(number, origin),
                None => Value::unknown("neither a number nor a percentage", origin),
            },
            _ => Value::unknown("neither a number nor a percentage", origin),
        }
    }

    // `{kind, file}` of where a value comes from.
    fn origin_record(&mut self, value: &Value<'a>) -> Value<'a> {
        let object = self.object_of(value);
        let kind = match object {
            Some(id) => Value::plain(Data::Str(self.object(id).kind(self.world.files()))),
            None => Value::absent(),
        };
        let file = match value.origin.place() {
            Some(place) => Value::plain(Data::Str(&self.world.files()[place.file as usize].name)),
            None => Value::absent(),
        };
        let fields = vec![(self.names.intern("kind"), kind), (self.names.intern("file"), file)];
        Value::new(Data::Record(Rc::new(fields)), value.origin)
    }
}

fn of_text<'a>(builtin: Builtin, first: &Value<'a>, second: &Value<'a>, origin: Origin) -> Value<'a> {
    let Some(text) = first.as_str() else {
        return Value::unknown("a text function of what is not a text", origin);
    };
    match builtin {
        Builtin::Length => Value::number(i64::try_from(text.chars().count()).unwrap_or(i64::MAX), origin),
        Builtin::Lower => Value::text(text.to_ascii_lowercase(), origin),
        Builtin::Upper => Value::text(text.to_ascii_uppercase(), origin),
        Builtin::Trim => match first.data {
            Data::Str(text) => Value::new(Data::Str(text.trim()), origin),
            _ => Value::text(text.trim(), origin),
        },
        Builtin::Entropy => match Number::from_f64(entropy(text)) {
            Some(number) => Value::number(number, origin),
            None => Value::unknown("entropy that is not a number", origin),
        },
        Builtin::Before | Builtin::After => {
            let separator = second.as_str().unwrap_or_default();
            let part = match (text.find(separator), builtin) {
                (Some(at), Builtin::Before) => 0..at,
                (Some(at), _) => at + separator.len()..text.len(),
                (None, Builtin::Before) => return first.clone(),
                (None, _) => return Value::absent_at(origin),
            };
            match first.data {
                Data::Str(text) => Value::new(Data::Str(&text[part]), origin),
                _ => Value::text(&text[part], origin),
            }
        }
        _ => {
            let separator = second.as_str().unwrap_or_default();
            if separator.is_empty() {
                return Value::list(vec![first.clone()], origin);
            }
            let parts: Vec<_> = match first.data {
                Data::Str(text) => text.split(separator).map(|part| Value::new(Data::Str(part), origin)).collect(),
                _ => text.split(separator).map(|part| Value::text(part, origin)).collect(),
            };
            Value::list(parts, origin)
        }
    }
}
