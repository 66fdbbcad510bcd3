//! Built-in functions and arithmetic.

use super::Quick;
use super::machine::LONGEST;
use super::value::{Bail, Data, Odd, Quickly, Value};
use crate::eval::builtins::base64;
use policyc_lang::ir::{Arithmetic, Builtin, Const, ExprId};
use policyc_lang::values::{Cron, Duration, FsPath, ImageText, IntOrText, Number, Quantity, Rounding, Version, scaled};
use std::cmp::Ordering;

impl<'a> Quick<'a> {
    /// A call of a built-in function.
    pub(super) fn builtin(&mut self, builtin: Builtin, arguments: &'a [ExprId]) -> Quickly<Value<'a>> {
        let [first] = arguments else { return self.builtin_of_several(builtin, arguments) };
        let first = self.eval(*first)?;
        match builtin {
            Builtin::First => {
                let mut walk = self.elements(first)?;
                return Ok(walk.next(self)?.map_or(Value::absent(first.source), |(_, item)| item));
            }
            Builtin::Last => {
                let mut walk = self.elements(first)?;
                let mut last = Value::absent(first.source);
                while let Some((_, item)) = walk.next(self)? {
                    self.step()?;
                    last = item;
                }
                return Ok(last);
            }
            Builtin::Count => {
                let mut walk = self.elements(first)?;
                let mut count = 0;
                while walk.next(self)?.is_some() {
                    self.step()?;
                    count += 1;
                }
                return Ok(Value::new(Data::Int(count), first.source));
            }
            Builtin::Min | Builtin::Max => return self.extreme(first, builtin == Builtin::Max),
            Builtin::Sum => return self.sum(first),
            Builtin::Text => return self.text_of(first),
            Builtin::Walk => return self.walk(first, i64::MAX),
            _ => {}
        }
        if first.is_absent() {
            return Ok(first);
        }
        let first = self.scalar_of_row(first);
        if let Some(typed) = self.typed(builtin, first)? {
            return Ok(typed);
        }
        let text = self.text(&first).filter(|text| text.len() <= LONGEST).ok_or(Bail)?;
        let computed = match builtin {
            Builtin::Length => {
                let length = i64::try_from(text.chars().count()).map_err(|_| Bail)?;
                return Ok(Value::new(Data::Int(length), first.source));
            }
            Builtin::Trim => match first.data {
                Data::Str(text) => return Ok(Value::new(Data::Str(text.trim()), first.source)),
                _ => text.trim().to_owned(),
            },
            Builtin::Lower if !text.bytes().any(|byte| byte.is_ascii_uppercase()) => return Ok(first),
            Builtin::Upper if !text.bytes().any(|byte| byte.is_ascii_lowercase()) => return Ok(first),
            Builtin::Lower => text.to_ascii_lowercase(),
            Builtin::Upper => text.to_ascii_uppercase(),
            _ => return self.parse(builtin, first),
        };
        Ok(Value::new(self.keep_text(computed), first.source))
    }

    // What has the form already, or is a number that has it.
    fn typed(&mut self, builtin: Builtin, value: Value<'a>) -> Quickly<Option<Value<'a>>> {
        let as_it_is = match builtin {
            Builtin::Number => matches!(value.data, Data::Int(_) | Data::Const(Const::Number(_))),
            Builtin::Quantity if matches!(value.data, Data::Int(_)) => {
                let amount = self.amount(&value)?;
                return Ok(Some(Value::new(self.keep_odd(Odd::Quantity(amount)), value.source)));
            }
            Builtin::Quantity => self.is_amount(&value),
            Builtin::Semver => self.is_version(&value),
            _ => false,
        };
        Ok(as_it_is.then_some(value))
    }

    // From a text to a value with a form; a text without that form gives absent.
    fn parse(&mut self, builtin: Builtin, value: Value<'a>) -> Quickly<Value<'a>> {
        let text = self.text(&value).ok_or(Bail)?;
        let itself = |good: bool| Ok(if good { value } else { Value::absent(value.source) });
        let odd = match builtin {
            Builtin::Quantity => Quantity::parse(text).ok().map(Odd::Quantity),
            Builtin::Semver => Version::parse(text).ok().map(Odd::Version),
            Builtin::Duration => Duration::parse(text).ok().map(Odd::Duration),
            Builtin::Number => match Number::parse(text).map(Number::as_i64) {
                Ok(Some(number)) => return Ok(Value::new(Data::Int(number), value.source)),
                Ok(None) => return Err(Bail),
                Err(_) => None,
            },
            Builtin::Image => match ImageText::parse(text) {
                Ok(ImageText::Unknown) => return Err(Bail),
                known => return itself(known.is_ok()),
            },
            Builtin::Base64 => {
                let Some(decoded) = base64(text) else { return Ok(Value::absent(value.source)) };
                return Ok(Value::new(self.keep_text(decoded), value.source));
            }
            Builtin::Path => return itself(FsPath::parse(text).is_ok()),
            Builtin::Cron => return itself(Cron::parse(text).is_ok()),
            _ => return Err(Bail),
        };
        Ok(match odd {
            Some(odd) => Value::new(self.keep_odd(odd), value.source),
            None => Value::absent(value.source),
        })
    }

    // How other values than texts and whole numbers are printed the evaluator knows.
    fn text_of(&mut self, value: Value<'a>) -> Quickly<Value<'a>> {
        let computed = match value.data {
            Data::Str(_) | Data::Text(_) => return Ok(value),
            Data::Int(number) => number.to_string(),
            Data::Bool(holds) => holds.to_string(),
            _ => return Err(Bail),
        };
        Ok(Value::new(self.keep_text(computed), value.source))
    }

    // The items that are there, of which none may be unknown.
    fn extreme(&mut self, list: Value<'a>, greatest: bool) -> Quickly<Value<'a>> {
        let wanted = if greatest { Ordering::Greater } else { Ordering::Less };
        let mut best: Option<Value<'a>> = None;
        let mut walk = self.elements(list)?;
        while let Some((_, item)) = walk.next(self)? {
            self.step()?;
            if item.is_unknown() {
                return Err(Bail);
            }
            if item.is_absent() {
                continue;
            }
            best = match best {
                Some(before) if self.order(&item, &before)? != wanted => Some(before),
                _ => Some(item),
            };
        }
        Ok(best.unwrap_or(Value::absent(list.source)))
    }

    // Of whole numbers and amounts.
    fn sum(&mut self, list: Value<'a>) -> Quickly<Value<'a>> {
        let mut sum: Option<Value<'a>> = None;
        let mut walk = self.elements(list)?;
        while let Some((_, item)) = walk.next(self)? {
            self.step()?;
            if !item.is_absent() {
                sum = Some(match sum {
                    Some(before) => Value::new(self.compute_with(Arithmetic::Add, &before, &item)?, list.source),
                    None => item,
                });
            }
        }
        if sum.is_some_and(|sum| sum.is_unknown()) {
            return Err(Bail);
        }
        Ok(Value::new(sum.map_or(Data::Int(0), |sum| sum.data), list.source))
    }

    /// `+ - *`; what is too large, and what is not there, the evaluator knows.
    pub(super) fn arithmetic(&mut self, operator: Arithmetic, left: ExprId, right: ExprId) -> Quickly<Value<'a>> {
        let (left, right) = (self.eval(left)?, self.eval(right)?);
        Ok(Value::new(self.compute_with(operator, &left, &right)?, left.source.or(right.source)))
    }

    fn compute_with(&mut self, operator: Arithmetic, left: &Value<'a>, right: &Value<'a>) -> Quickly<Data<'a>> {
        use Arithmetic::{Add, Multiply, Subtract};
        if let (Data::Int(one), Data::Int(other)) = (left.data, right.data) {
            let number = match operator {
                Add => one.checked_add(other),
                Subtract => one.checked_sub(other),
                Multiply => one.checked_mul(other),
            };
            return Ok(Data::Int(number.ok_or(Bail)?));
        }
        if let (Some(one), Some(other), Add) = (self.text(left), self.text(right), operator) {
            Self::are_short(&[one, other])?;
            let text = [one, other].concat();
            return Ok(self.keep_text(text));
        }
        if !self.is_amount(left) && !self.is_amount(right) {
            return Err(Bail);
        }
        let amount = match operator {
            Multiply => match (self.number(left), self.number(right)) {
                (None, Some(factor)) => self.amount(left)?.checked_mul(factor),
                (Some(factor), None) => self.amount(right)?.checked_mul(factor),
                _ => return Err(Bail),
            },
            Add => self.amount(left)?.checked_add(self.amount(right)?),
            Subtract => self.amount(left)?.checked_sub(self.amount(right)?),
        };
        Ok(self.keep_odd(Odd::Quantity(amount.ok_or(Bail)?)))
    }

    fn builtin_of_several(&mut self, builtin: Builtin, arguments: &'a [ExprId]) -> Quickly<Value<'a>> {
        match (builtin, arguments) {
            (Builtin::Split, [text, separator]) => {
                let (text, separator) = (self.eval(*text)?, self.eval(*separator)?);
                self.split(text, separator)
            }
            (Builtin::Before | Builtin::After, [text, mark]) => {
                let (text, mark) = (self.eval(*text)?, self.eval(*mark)?);
                self.part(builtin, text, mark)
            }
            (Builtin::Replace, [text, what, by]) => {
                let (text, what, by) = (self.eval(*text)?, self.eval(*what)?, self.eval(*by)?);
                self.replace(text, what, by)
            }
            (Builtin::Selects, [selector, labels]) => {
                let (selector, labels) = (self.eval(*selector)?, self.eval(*labels)?);
                let selects = self.selects(selector, labels)?;
                Ok(Value::bool(selects, selector.source.or(labels.source)))
            }
            (Builtin::Grants, [rule, verb, resource]) => {
                let (rule, verb, resource) = (self.eval(*rule)?, self.eval(*verb)?, self.eval(*resource)?);
                let grants = self.grants(rule, verb, resource)?;
                Ok(Value::bool(grants, rule.source.or(verb.source).or(resource.source)))
            }
            (Builtin::Scaled, [value, total, rounding]) => {
                let (value, total, rounding) = (self.eval(*value)?, self.eval(*total)?, self.eval(*rounding)?);
                self.scaled(value, total, rounding)
            }
            _ => Err(Bail),
        }
    }

    fn scaled(&mut self, value: Value<'a>, total: Value<'a>, rounding: Value<'a>) -> Quickly<Value<'a>> {
        let source = value.source.or(total.source).or(rounding.source);
        if [value, total, rounding].iter().any(Value::is_unknown) {
            return Err(Bail);
        }
        if let Some(absent) = [value, total, rounding].into_iter().find(Value::is_absent) {
            return Ok(absent);
        }
        let value = self.scalar_of_row(value);
        let part = match value.data {
            Data::Int(number) => IntOrText::Int(number),
            _ => IntOrText::Text(self.text(&value).ok_or(Bail)?),
        };
        let (Data::Int(total), Some(rounding)) = (total.data, self.text(&rounding).and_then(Rounding::parse)) else {
            return Err(Bail);
        };
        Ok(Value::new(Data::Int(scaled(part, total, rounding).ok_or(Bail)?), source))
    }

    // What stands before or after the first mark.
    fn part(&mut self, builtin: Builtin, text: Value<'a>, mark: Value<'a>) -> Quickly<Value<'a>> {
        if let Some(absent) = [&text, &mark].into_iter().find(|value| value.is_absent()) {
            return Ok(*absent);
        }
        let source = text.source.or(mark.source);
        let text = self.scalar_of_row(text);
        let (Data::Str(whole), Data::Str(mark)) = (text.data, mark.data) else { return Err(Bail) };
        Self::are_short(&[whole])?;
        match (builtin, whole.split_once(mark)) {
            (Builtin::Before, Some((part, _))) | (Builtin::After, Some((_, part))) => {
                Ok(Value::new(Data::Str(part), source))
            }
            (Builtin::Before, None) => Ok(text),
            _ => Ok(Value::absent(source)),
        }
    }

    // `replace(text, what, by)`; most texts have nothing to replace.
    fn replace(&mut self, text: Value<'a>, what: Value<'a>, by: Value<'a>) -> Quickly<Value<'a>> {
        if let Some(absent) = [&text, &what, &by].into_iter().find(|value| value.is_absent()) {
            return Ok(*absent);
        }
        let source = text.source.or(what.source).or(by.source);
        let text = self.scalar_of_row(text);
        let (Data::Str(whole), Data::Str(what), Data::Str(by)) = (text.data, what.data, by.data) else {
            return Err(Bail);
        };
        Self::are_short(&[whole, what, by])?;
        if what.is_empty() || !whole.contains(what) {
            return Ok(Value::new(text.data, source));
        }
        let replaced = whole.replace(what, by);
        Self::are_short(&[&replaced])?;
        Ok(Value::new(self.keep_text(replaced), source))
    }

    fn split(&mut self, first: Value<'a>, second: Value<'a>) -> Quickly<Value<'a>> {
        if first.is_absent() || second.is_absent() {
            return Ok(if first.is_absent() { first } else { second });
        }
        let source = first.source.or(second.source);
        let first = self.scalar_of_row(first);
        let (Data::Str(text), Data::Str(separator)) = (first.data, second.data) else { return Err(Bail) };
        Self::are_short(&[text])?;
        let start = u32::try_from(self.lists.len()).map_err(|_| Bail)?;
        if separator.is_empty() {
            self.lists.push(first);
        } else {
            self.lists.extend(text.split(separator).map(|part| Value::new(Data::Str(part), source)));
        }
        let length = self.lists.len() - start as usize;
        self.steps = self.steps.saturating_add(u32::try_from(length).unwrap_or(u32::MAX));
        Ok(Value::new(Data::List(start, u32::try_from(length).map_err(|_| Bail)?), source))
    }
}
