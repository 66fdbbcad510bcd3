//! Lists and maps: walking them, quantifiers, comprehensions.

use super::Quick;
use super::value::{Bail, Data, Quickly, Source, Value};
use crate::yaml::{Children, Entries, Kind, NodeId};
use policyc_lang::ir::{Binder, Const, ExprId, Quantifier, Shape};

/// A walk over a list or map.
pub(super) enum Walk<'a> {
    Empty,
    Items { parent: NodeId, items: Children<'a>, shape: Shape, index: i64 },
    Entries { parent: NodeId, entries: Entries<'a>, shape: Shape },
    List { next: u32, end: u32 },
    Consts { items: &'a [Const], place: usize, source: Source },
}

impl<'a> Walk<'a> {
    /// The next key (or 0-based index) and item.
    pub(super) fn next(&mut self, quick: &Quick<'a>) -> Quickly<Option<(Value<'a>, Value<'a>)>> {
        match self {
            Self::Empty => Ok(None),
            Self::Items { parent, items, shape, index } => {
                let Some(node) = items.next() else { return Ok(None) };
                let item = quick.child(*parent, node, *shape)?;
                let key = Value::new(Data::Int(*index), item.source);
                *index += 1;
                Ok(Some((key, item)))
            }
            Self::Entries { parent, entries, shape } => {
                let Some(entry) = entries.next() else { return Ok(None) };
                let item = quick.child(*parent, entry.value, *shape)?;
                let key = Data::Str(quick.tree.key_text(entry.value));
                Ok(Some((Value::new(key, Source::Key(entry.value)), item)))
            }
            Self::List { next, end } => {
                if next == end {
                    return Ok(None);
                }
                let item = quick.lists[*next as usize];
                *next += 1;
                // Its place in the list is no number of the document; nobody asks here.
                Ok(Some((Value::new(Data::Null, item.source), item)))
            }
            Self::Consts { items, place, source } => {
                let Some(item) = items.get(*place) else { return Ok(None) };
                let key = Value::new(Data::Int(i64::try_from(*place).map_err(|_| Bail)?), *source);
                *place += 1;
                Ok(Some((key, Value::constant(item, *source))))
            }
        }
    }
}

impl<'a> Quick<'a> {
    /// A walk over a list or map; absent counts as empty.
    pub(super) fn elements(&self, value: Value<'a>) -> Quickly<Walk<'a>> {
        Ok(match value.data {
            Data::Absent | Data::Null => Walk::Empty,
            Data::List(start, length) => Walk::List { next: start, end: start + length },
            Data::Const(Const::List(items)) => Walk::Consts { items, place: 0, source: value.source },
            Data::Node(node, shape) => {
                let shape = match shape {
                    Shape::List(item) | Shape::Map(item) => self.shape(item),
                    _ => Shape::Dynamic,
                };
                match self.tree.kind(node) {
                    Kind::Mapping => Walk::Entries { parent: node, entries: self.tree.entries(node), shape },
                    _ => Walk::Items { parent: node, items: self.tree.items(node), shape, index: 0 },
                }
            }
            Data::Row(row) => {
                let own = self.row(row).own;
                if matches!(own.data, Data::Row(_)) {
                    return Err(Bail);
                }
                self.elements(own)?
            }
            _ => return Err(Bail),
        })
    }

    /// Walks a binder's source: binds each element that its condition lets through. `each` says whether to go on.
    pub(super) fn each(
        &mut self,
        binder: &'a Binder,
        source: Value<'a>,
        mut each: impl FnMut(&mut Self) -> Quickly<bool>,
    ) -> Quickly<()> {
        if binder.key.is_some() && matches!(source.data, Data::List(..)) {
            return Err(Bail);
        }
        let mut walk = self.elements(source)?;
        while let Some((key, item)) = walk.next(self)? {
            self.step()?;
            if let Some(slot) = binder.key {
                self.bind(slot, key, None);
            }
            self.bind(binder.item, item, None);
            let counts = match binder.condition {
                Some(condition) => self.truth(condition)?,
                None => true,
            };
            if counts && !each(self)? {
                break;
            }
        }
        Ok(())
    }

    /// `any`, `all` and `none`.
    pub(super) fn quantifier(
        &mut self,
        quantifier: Quantifier,
        binder: &'a Binder,
        body: Option<ExprId>,
    ) -> Quickly<(bool, Source)> {
        let source = self.eval(binder.source)?;
        let mut found = false;
        self.each(binder, source, |quick| {
            let holds = match body {
                Some(body) => quick.truth(body)?,
                None => true,
            };
            found = holds != (quantifier == Quantifier::All);
            Ok(!found)
        })?;
        Ok((found == (quantifier == Quantifier::Any), source.source))
    }

    /// `[item for … for …]`.
    pub(super) fn comprehension(&mut self, item: ExprId, binders: &'a [Binder]) -> Quickly<Value<'a>> {
        let first = binders.first().ok_or(Bail)?;
        let source = self.eval(first.source)?;
        let made = self.fresh.len();
        self.generate(item, binders, source)?;
        Ok(Value::new(self.keep_list(made)?, source.source))
    }

    /// Makes a list of all fresh values from a place on.
    pub(super) fn keep_list(&mut self, made: usize) -> Quickly<Data<'a>> {
        let start = u32::try_from(self.lists.len()).map_err(|_| Bail)?;
        let length = u32::try_from(self.fresh.len() - made).map_err(|_| Bail)?;
        self.lists.extend(self.fresh.drain(made..));
        Ok(Data::List(start, length))
    }

    /// `[a, b]`.
    pub(super) fn list(&mut self, items: &'a [ExprId]) -> Quickly<Value<'a>> {
        let made = self.fresh.len();
        let mut source = Source::None;
        for item in items {
            let value = self.eval(*item)?;
            source = source.or(value.source);
            self.fresh.push(value);
        }
        Ok(Value::new(self.keep_list(made)?, source))
    }

    fn generate(&mut self, item: ExprId, binders: &'a [Binder], source: Value<'a>) -> Quickly<()> {
        let Some((binder, inner)) = binders.split_first() else { return Err(Bail) };
        self.each(binder, source, |quick| {
            if let Some(next) = inner.first() {
                let source = quick.eval(next.source)?;
                quick.generate(item, inner, source)?;
            } else {
                let value = quick.eval(item)?;
                quick.fresh.push(value);
            }
            Ok(true)
        })
    }
}
