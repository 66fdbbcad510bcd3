//! `count sum min max first last`.

use super::super::machine::Evaluator;
use super::super::value::{Data, Unknown, Value};
use policyc_lang::ir::Arithmetic;
use policyc_lang::values::Number;
use std::cmp::Ordering;

impl<'a> Evaluator<'a> {
    pub(super) fn count(&mut self, list: &Value<'a>) -> Value<'a> {
        if let Data::List(known) = &list.data
            && known.incomplete.is_none()
        {
            return Value::number(i64::try_from(known.items.len()).unwrap_or(i64::MAX), list.origin);
        }
        let (mut elements, incomplete) = match self.elements(list) {
            Ok(elements) => elements,
            Err(unknown) => return Value::new(Data::Unknown(unknown), list.origin),
        };
        if let Some(unknown) = incomplete {
            return Value::new(Data::Unknown(unknown), list.origin);
        }
        let mut count: i64 = 0;
        while elements.next_item(self).is_some() {
            if !self.fuel.step() {
                return self.out_of_fuel();
            }
            count += 1;
        }
        Value::number(count, list.origin)
    }

    // Items that are there; unknown where one of them, or whether there are more, is not known.
    fn known_items(&mut self, list: &Value<'a>) -> Result<Vec<Value<'a>>, Unknown> {
        let (items, incomplete) = self.items(list)?;
        if let Some(unknown) = incomplete.or_else(|| items.iter().find_map(|item| item.as_unknown().cloned())) {
            return Err(unknown);
        }
        Ok(items.into_iter().filter(|item| !item.is_absent()).collect())
    }

    pub(super) fn sum(&mut self, list: &Value<'a>) -> Value<'a> {
        let items = match self.known_items(list) {
            Ok(items) => items,
            Err(unknown) => return Value::new(Data::Unknown(unknown), list.origin),
        };
        let mut items = items.into_iter();
        let Some(first) = items.next() else { return Value::number(Number::ZERO, list.origin) };
        items.fold(first, |acc, item| self.arithmetic(Arithmetic::Add, &acc, &item)).with_origin(list.origin)
    }

    pub(super) fn extreme(&mut self, list: &Value<'a>, greatest: bool) -> Value<'a> {
        let items = match self.known_items(list) {
            Ok(items) => items,
            Err(unknown) => return Value::new(Data::Unknown(unknown), list.origin),
        };
        let wanted = if greatest { Ordering::Greater } else { Ordering::Less };
        let mut best: Option<Value<'a>> = None;
        for item in items {
            best = match best {
                None => Some(item),
                Some(before) => match self.order(&item, &before) {
                    Ok(order) if order == wanted => Some(item),
                    Ok(_) => Some(before),
                    Err(unknown) => return Value::new(Data::Unknown(unknown), list.origin),
                },
            };
        }
        best.unwrap_or_else(|| Value::absent_at(list.origin))
    }

    pub(super) fn end(&mut self, list: &Value<'a>, last: bool) -> Value<'a> {
        let (mut elements, incomplete) = match self.elements(list) {
            Ok(elements) => elements,
            Err(unknown) => return Value::new(Data::Unknown(unknown), list.origin),
        };
        if let Some(unknown) = incomplete {
            return Value::new(Data::Unknown(unknown), list.origin);
        }
        let mut found = elements.next_item(self);
        if last {
            while let Some(item) = elements.next_item(self) {
                if !self.fuel.step() {
                    return self.out_of_fuel();
                }
                found = Some(item);
            }
        }
        found.unwrap_or_else(|| Value::absent_at(list.origin))
    }
}
