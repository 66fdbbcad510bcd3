//! Lists and maps: walking them, quantifiers, comprehensions.

use super::Quick;
use super::value::{Bail, Data, Quickly, Source, Truth, Value};
use crate::yaml::{Children, Entries, Kind, NodeId};
use policyc_lang::ir::{Binder, Builtin, Comparison, Const, Expr, ExprId, Quantifier, Shape, Sym};
use rustc_hash::FxHashMap;

/// A walk over a list or map.
pub(super) enum Walk<'a> {
    Empty,
    Items { parent: NodeId, items: Children<'a>, shape: Shape, index: i64 },
    Entries { parent: NodeId, entries: Entries<'a>, shape: Shape },
    List { start: u32, next: u32, end: u32 },
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
            Self::List { start, next, end } => {
                if next == end {
                    return Ok(None);
                }
                let item = quick.lists[*next as usize];
                let key = Value::new(Data::Int(i64::from(*next - *start)), item.source);
                *next += 1;
                Ok(Some((key, item)))
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
            Data::List(start, length) => Walk::List { start, next: start, end: start + length },
            Data::Const(Const::List(items)) => Walk::Consts { items, place: 0, source: value.source },
            // There may be more of it than is told.
            Data::Node(node, _) if self.tree.is_unknown(node) => return Err(Bail),
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
            Data::Object => self.elements(Value::new(Data::Node(self.object.node, Shape::Object), value.source))?,
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

    /// What a binder walks. Of the nodes below a value only those are made that its condition can let through.
    pub(super) fn source_of(&mut self, binder: &'a Binder) -> Quickly<Value<'a>> {
        if self.reads.is_none()
            && let Some(Expr::Builtin(Builtin::Walk, arguments)) = self.program.exprs.get(binder.source.index())
            && let ([top], Some(levels)) = (arguments.as_slice(), self.levels_wanted(binder))
        {
            let top = self.eval(*top)?;
            return self.walk(top, levels);
        }
        self.eval(binder.source)
    }

    // How deep nodes are at most that a condition like `n.depth == 1` lets through. Numbers of nodes count them all.
    fn levels_wanted(&self, binder: &Binder) -> Option<i64> {
        let exprs = &self.program.exprs;
        let constant = |id: ExprId| match exprs.get(id.index())? {
            Expr::Const(constant) => self.program.consts.get(constant.index()),
            Expr::Param(param) => self.plan.param(self.env, *param),
            _ => None,
        };
        let condition = binder.condition.filter(|_| binder.key.is_none())?;
        if constant(condition) == Some(&Const::Bool(false)) {
            return Some(0);
        }
        let Expr::Compare(Comparison::Equal, left, right) = exprs.get(condition.index())? else { return None };
        let Expr::Field { base, name, .. } = exprs.get(left.index())? else { return None };
        let of_item = matches!(exprs.get(base.index()), Some(Expr::Local(slot)) if *slot == binder.item);
        match constant(*right)? {
            Const::Number(number) if of_item && self.walk_names.depth == Some(*name) => number.as_i64(),
            _ => None,
        }
    }

    /// `any`, `all` and `none`.
    pub(super) fn quantifier(
        &mut self,
        quantifier: Quantifier,
        binder: &'a Binder,
        body: Option<ExprId>,
    ) -> Quickly<(Truth, Source)> {
        let source = self.source_of(binder)?;
        // Every quantifier is an `any`: `all` of the failures, `none` of the witnesses, both negated.
        let mut found = Truth::False;
        self.each(binder, source, |quick| {
            let holds = match body {
                Some(body) => quick.kleene(body)?,
                None => Truth::True,
            };
            found = found.or(if quantifier == Quantifier::All { holds.not() } else { holds });
            Ok(found != Truth::True)
        })?;
        Ok((if quantifier == Quantifier::Any { found } else { found.not() }, source.source))
    }

    /// `[item for … for …]`.
    pub(super) fn comprehension(&mut self, item: ExprId, binders: &'a [Binder]) -> Quickly<Value<'a>> {
        let first = binders.first().ok_or(Bail)?;
        let source = self.source_of(first)?;
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

    /// Lists joined by `+`.
    pub(super) fn concat(&mut self, left: ExprId, right: ExprId) -> Quickly<Value<'a>> {
        let (left, right) = (self.eval(left)?, self.eval(right)?);
        let made = self.fresh.len();
        for operand in [left, right] {
            let mut walk = self.elements(operand)?;
            while let Some((_, item)) = walk.next(self)? {
                self.step()?;
                self.fresh.push(item);
            }
        }
        Ok(Value::new(self.keep_list(made)?, left.source.or(right.source)))
    }

    /// `group x in xs by key`, by texts and whole numbers: records of key and items, in source order.
    pub(super) fn group(&mut self, binder: &'a Binder, by: ExprId, key: Sym, items: Sym) -> Quickly<Value<'a>> {
        let source = self.eval(binder.source)?;
        let mut groups: Vec<(Value<'a>, Vec<Value<'a>>)> = Vec::new();
        let mut places: FxHashMap<(bool, Box<str>), usize> = FxHashMap::default();
        self.each(binder, source, |quick| {
            let value = quick.eval(by)?;
            let found = match value.data {
                Data::Absent => return Ok(true),
                Data::Int(number) => (true, number.to_string().into()),
                _ => (false, quick.text(&quick.scalar_of_row(value)).ok_or(Bail)?.into()),
            };
            let item = quick.local(binder.item);
            let place = *places.entry(found).or_insert_with(|| {
                groups.push((value, Vec::new()));
                groups.len() - 1
            });
            groups[place].1.push(item);
            Ok(true)
        })?;
        let made = self.fresh.len();
        for (value, mut members) in groups {
            let first = members.first().map_or(Source::None, |member| member.source);
            let start = self.fresh.len();
            self.fresh.append(&mut members);
            let members = Value::new(self.keep_list(start)?, first);
            let record = self.keep_record(&mut vec![(key, value), (items, members)])?;
            self.fresh.push(Value::new(record, first));
        }
        Ok(Value::new(self.keep_list(made)?, source.source))
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
                let source = quick.source_of(next)?;
                quick.generate(item, inner, source)?;
            } else {
                let value = quick.eval(item)?;
                quick.fresh.push(value);
            }
            Ok(true)
        })
    }
}
