//! Lists and maps of every origin: walking them, quantifiers, comprehensions, groups.

use super::machine::Evaluator;
use super::names::Name;
use super::origin::{Origin, Place, Step};
use super::truth::Truth;
use super::value::{Data, List, Unknown, Value};
use crate::world::Form;
use crate::yaml::{Children, Entries};
use policyc_lang::ir::{Binder, Const, ExprId, Quantifier, Shape, Sym};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::rc::Rc;

/// A walk over a list or map; borrows nothing from the evaluator.
pub(crate) enum Elements<'a> {
    /// Nothing.
    Empty,
    /// Items of a sequence of a document.
    Items { parent: Place, items: Children<'a>, shape: Shape, index: i64 },
    /// Entries of a mapping of a document.
    Entries { parent: Place, entries: Entries<'a>, shape: Shape },
    /// A computed list.
    List(Rc<List<'a>>, usize),
    /// Elements of a computed list.
    Picked(Rc<List<'a>>, std::vec::IntoIter<u32>),
    /// A computed record.
    Record(Rc<Vec<(Name, Value<'a>)>>, usize),
    /// A list of the program.
    ConstList(&'a [Const], usize, Origin),
    /// A record of the program.
    ConstRecord(&'a [(String, Const)], usize, Origin),
}

impl<'a> Elements<'a> {
    /// The next item.
    pub(crate) fn next_item(&mut self, evaluator: &mut Evaluator<'a>) -> Option<Value<'a>> {
        self.advance(evaluator, false).map(|(_, item)| item)
    }

    /// The next key (or 0-based index) and item.
    pub(crate) fn next_entry(&mut self, evaluator: &mut Evaluator<'a>) -> Option<(Value<'a>, Value<'a>)> {
        self.advance(evaluator, true)
    }

    fn advance(&mut self, evaluator: &mut Evaluator<'a>, keyed: bool) -> Option<(Value<'a>, Value<'a>)> {
        match self {
            Self::Empty => None,
            Self::Items { parent, items, shape, index } => {
                let node = items.next()?;
                let item = evaluator.child(*parent, node, *shape);
                let key = if keyed { Value::number(*index, item.origin) } else { Value::absent() };
                *index += 1;
                Some((key, item))
            }
            Self::Entries { parent, entries, shape } => {
                let node = entries.next()?.value;
                let item = evaluator.child(*parent, node, *shape);
                if !keyed {
                    return Some((Value::absent(), item));
                }
                let text = evaluator.world.files()[parent.file as usize].key_text(node);
                let place = Place { node, ..*parent };
                Some((Value::new(Data::Str(text), Origin::Key(place)), item))
            }
            Self::List(list, place) => {
                let item = list.items.get(*place)?.clone();
                let key = Value::number(i64::try_from(*place).unwrap_or(i64::MAX), item.origin);
                *place += 1;
                Some((key, item))
            }
            Self::Picked(list, places) => {
                let place = places.next()?;
                let item = list.items.get(place as usize)?.clone();
                Some((Value::number(i64::from(place), item.origin), item))
            }
            Self::Record(fields, place) => {
                let (name, item) = fields.get(*place)?.clone();
                *place += 1;
                let key = if keyed { Value::text(evaluator.names.text(name), item.origin) } else { Value::absent() };
                Some((key, item))
            }
            Self::ConstList(items, place, origin) => {
                let item = items.get(*place)?;
                let key = Value::number(i64::try_from(*place).unwrap_or(i64::MAX), *origin);
                *place += 1;
                Some((key, Value::constant(item, *origin)))
            }
            Self::ConstRecord(fields, place, origin) => {
                let (name, item) = fields.get(*place)?;
                *place += 1;
                Some((Value::new(Data::Str(name), *origin), Value::constant(item, *origin)))
            }
        }
    }
}

impl<'a> Evaluator<'a> {
    /// Whether a value is a list.
    pub(crate) fn is_list(&self, value: &Value<'a>) -> bool {
        match &value.data {
            Data::List(_) | Data::ConstList(_) => true,
            Data::Node(file, node, _) => self.world.files()[*file as usize].form(*node) == Form::List,
            Data::Row(row) => self.is_list(&self.rows[row.0 as usize].own),
            _ => false,
        }
    }

    /// Whether a value is a mapping or a record.
    pub(crate) fn is_map(&self, value: &Value<'a>) -> bool {
        match &value.data {
            Data::Record(_) | Data::ConstRecord(_) | Data::Object(_) => true,
            Data::Node(file, node, _) => self.world.files()[*file as usize].form(*node) == Form::Map,
            Data::Row(row) => self.is_map(&self.rows[row.0 as usize].own),
            _ => false,
        }
    }

    /// A walk over a list or map, and why it may miss some; absent counts as empty.
    pub(crate) fn elements(&self, value: &Value<'a>) -> Result<(Elements<'a>, Option<Unknown>), Unknown> {
        let complete = |elements| Ok((elements, None));
        match &value.data {
            Data::Absent | Data::Null => complete(Elements::Empty),
            Data::Unknown(unknown) => Err(unknown.clone()),
            Data::List(list) => Ok((Elements::List(list.clone(), 0), list.incomplete.clone())),
            Data::Record(fields) => complete(Elements::Record(fields.clone(), 0)),
            Data::ConstList(items) => complete(Elements::ConstList(items, 0, value.origin)),
            Data::ConstRecord(fields) => complete(Elements::ConstRecord(fields, 0, value.origin)),
            Data::Node(file, node, shape) => {
                let tree = &self.world.files()[*file as usize];
                let map = tree.form(*node) == Form::Map;
                let shape = match shape {
                    Shape::List(item) | Shape::Map(item) => self.shape(*item),
                    _ => Shape::Dynamic,
                };
                let alias = value.origin.place().and_then(|place| place.alias);
                let parent = Place { file: *file, node: *node, alias };
                let elements = if map {
                    Elements::Entries { parent, entries: tree.entries(*node), shape }
                } else {
                    Elements::Items { parent, items: tree.items(*node), shape, index: 0 }
                };
                Ok((elements, tree.tree().unknown(*node).map(Unknown::new)))
            }
            Data::Object(_) => {
                let own = self.node_of_object(value);
                self.elements(&own)
            }
            Data::Row(row) => {
                let own = self.rows[row.0 as usize].own.clone();
                self.elements(&own)
            }
            _ => Err(Unknown::new("only a list or a map has elements")),
        }
    }

    /// The entries of a map or record with their keys; the last of equal keys.
    pub(crate) fn entries(&mut self, value: &Value<'a>) -> Vec<(Cow<'a, str>, Value<'a>)> {
        let mut out = Vec::new();
        if let Ok((mut elements, _)) = self.elements(value) {
            while let Some((key, item)) = elements.next_entry(self) {
                if !self.fuel.step() {
                    break;
                }
                let key = match key.data {
                    Data::Str(text) => Cow::Borrowed(text),
                    other => Cow::Owned(Value::plain(other).as_str().unwrap_or_default().to_owned()),
                };
                out.push((key, item));
            }
        }
        out
    }

    /// The items of a list.
    pub(crate) fn items(&mut self, value: &Value<'a>) -> Result<(Vec<Value<'a>>, Option<Unknown>), Unknown> {
        let (mut elements, incomplete) = self.elements(value)?;
        let mut out = Vec::new();
        while let Some(item) = elements.next_item(self) {
            if !self.fuel.step() {
                return Err(Unknown::new(super::fuel::BUDGET));
            }
            out.push(item);
        }
        Ok((out, incomplete))
    }

    /// Walks a binder's source: binds each element that its condition lets through. `each` says whether to go on, and
    /// is also told of a condition that is not known. Gives why there may be more elements.
    pub(crate) fn each(
        &mut self,
        binder: &'a Binder,
        source: &Value<'a>,
        each: impl FnMut(&mut Self, Option<Unknown>) -> bool,
    ) -> Result<Option<Unknown>, Unknown> {
        self.each_that(binder, None, source, each)
    }

    /// As [`Evaluator::each`], for a walk to which elements do not matter that a further condition does not hold for.
    fn each_that(
        &mut self,
        binder: &'a Binder,
        also: Option<ExprId>,
        source: &Value<'a>,
        mut each: impl FnMut(&mut Self, Option<Unknown>) -> bool,
    ) -> Result<Option<Unknown>, Unknown> {
        let (mut elements, incomplete) = self.elements(source)?;
        if let Data::List(list) = &source.data
            && let Some(places) = self.candidates(binder, also, list)
        {
            elements = Elements::Picked(list.clone(), places.into_iter());
        }
        loop {
            let item = match binder.key {
                Some(slot) => match elements.next_entry(self) {
                    Some((key, item)) => {
                        self.bind(slot, key);
                        item
                    }
                    None => return Ok(incomplete),
                },
                None => match elements.next_item(self) {
                    Some(item) => item,
                    None => return Ok(incomplete),
                },
            };
            if !self.fuel.step() {
                return Err(Unknown::new(super::fuel::BUDGET));
            }
            self.bind(binder.item, item);
            let condition = binder.condition.map_or(Truth::True, |condition| self.truth(condition));
            let goes_on = match condition {
                Truth::False => true,
                Truth::True => each(self, None),
                Truth::Unknown(unknown) => each(self, Some(unknown)),
            };
            if !goes_on {
                return Ok(incomplete);
            }
        }
    }

    /// `any`, `all` and `none`.
    pub(crate) fn quantifier(
        &mut self,
        quantifier: Quantifier,
        binder: &'a Binder,
        body: Option<ExprId>,
    ) -> (Truth, Origin) {
        let source = self.eval(binder.source);
        // Every quantifier is an `any`: `all` of the failures, `none` of the witnesses, both negated.
        let negated = quantifier != Quantifier::Any;
        let mut acc = Truth::False;
        // An element for which the body does not hold changes nothing for `any` and `none`.
        let also = body.filter(|_| quantifier != Quantifier::All);
        let walked = self.each_that(binder, also, &source, |evaluator, unknown| {
            let truth = body.map_or(Truth::True, |body| evaluator.truth(body));
            let truth = if quantifier == Quantifier::All { truth.not() } else { truth };
            let counts = unknown.map_or(Truth::True, Truth::Unknown);
            acc = std::mem::replace(&mut acc, Truth::False).or(truth.and(counts));
            acc != Truth::True
        });
        let rest = match walked {
            Ok(None) => Truth::False,
            Ok(Some(unknown)) | Err(unknown) => Truth::Unknown(unknown),
        };
        let truth = acc.or(rest);
        (if negated { truth.not() } else { truth }, source.origin)
    }

    /// `[item for … for …]`.
    pub(crate) fn comprehension(&mut self, item: ExprId, binders: &'a [Binder]) -> Value<'a> {
        let mut list = List { items: Vec::new(), incomplete: None };
        let Some(first) = binders.first() else { return Value::list(Vec::new(), Origin::None) };
        let source = self.eval(first.source);
        let origin = source.origin;
        self.generate(item, binders, source, &mut list);
        if self.fuel.is_empty() {
            return self.out_of_fuel();
        }
        if list.items.is_empty()
            && let Some(unknown) = &list.incomplete
        {
            return Value::new(
                Data::List(Rc::new(List { items: Vec::new(), incomplete: Some(unknown.clone()) })),
                origin,
            );
        }
        Value::new(Data::List(Rc::new(list)), origin)
    }

    fn generate(&mut self, item: ExprId, binders: &'a [Binder], source: Value<'a>, list: &mut List<'a>) {
        let Some((binder, inner)) = binders.split_first() else { return };
        let mut doubt = None;
        let walked = self.each(binder, &source, |evaluator, unknown| {
            if let Some(unknown) = unknown {
                // It may or may not belong to the list.
                doubt.get_or_insert(unknown);
            } else if let Some(next) = inner.first() {
                let source = evaluator.eval(next.source);
                evaluator.generate(item, inner, source, list);
            } else {
                let value = evaluator.eval(item);
                list.items.push(value);
            }
            true
        });
        let unknown = match walked {
            Ok(incomplete) => incomplete.or(doubt),
            Err(unknown) => Some(unknown),
        };
        if let Some(unknown) = unknown {
            list.incomplete = Some(match list.incomplete.take() {
                Some(before) => Unknown::and(&before, &unknown).clone(),
                None => unknown,
            });
        }
    }

    /// `group x in xs by key`: records of key and items, in source order.
    pub(crate) fn group(&mut self, binder: &'a Binder, by: ExprId, key: Sym, items: Sym) -> Value<'a> {
        let source = self.eval(binder.source);
        let mut groups: Vec<(Value<'a>, Vec<Value<'a>>)> = Vec::new();
        let mut places: FxHashMap<String, usize> = FxHashMap::default();
        let mut doubt = None;
        let walked = self.each(binder, &source, |evaluator, unknown| {
            let value = evaluator.eval(by);
            let unknown = unknown.or_else(|| value.as_unknown().cloned());
            if let Some(unknown) = unknown {
                doubt.get_or_insert(unknown);
            } else if !value.is_absent() {
                let mut text = String::new();
                evaluator.canonical(&value, &mut text);
                let item = evaluator.local(binder.item);
                let place = *places.entry(text).or_insert_with(|| {
                    groups.push((value, Vec::new()));
                    groups.len() - 1
                });
                groups[place].1.push(item);
            }
            true
        });
        let incomplete = match walked {
            Ok(incomplete) => incomplete.or(doubt),
            Err(unknown) => return Value::new(Data::Unknown(unknown), source.origin),
        };
        let records = groups.into_iter().map(|(value, members)| {
            let origin = members.first().map_or(Origin::None, |member| member.origin);
            let members = Data::List(Rc::new(List { items: members, incomplete: incomplete.clone() }));
            let fields = vec![(key.into(), value), (items.into(), Value::new(members, origin))];
            Value::new(Data::Record(Rc::new(fields)), origin)
        });
        let items = records.collect();
        Value::new(Data::List(Rc::new(List { items, incomplete })), source.origin)
    }

    /// Lists joined by `+`; an operand that is not known leaves the list incomplete.
    pub(crate) fn concat(&mut self, left: ExprId, right: ExprId) -> Value<'a> {
        let (left, right) = (self.eval(left), self.eval(right));
        let mut list = List { items: Vec::new(), incomplete: None };
        for operand in [&left, &right] {
            let unknown = match self.items(operand) {
                Ok((items, incomplete)) => {
                    list.items.extend(items);
                    incomplete
                }
                Err(unknown) => Some(unknown),
            };
            list.incomplete = list.incomplete.or(unknown);
        }
        let origin = self.derived(left.origin, right.origin);
        Value::new(Data::List(Rc::new(list)), origin)
    }

    /// The step to an element of a computed list or map.
    pub(crate) fn step_of(&mut self, index: &Value<'a>) -> Option<Step> {
        if let Some(number) = index.as_number() {
            return number.as_i64().and_then(|number| u32::try_from(number).ok()).map(Step::Index);
        }
        self.key_text(index).map(|key| Step::Key(self.names.intern(&key)))
    }
}
