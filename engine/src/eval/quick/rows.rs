//! Rows of views, their fields, and properties; each computed once an object.

use super::value::{Bail, Data, Quickly, Source, Value};
use super::{Quick, Row};
use crate::eval::value::EnvId;
use policyc_lang::ir::{ExprId, PropertyId, View, ViewId, ViewSource};

/// The clause of a row whose view has none.
const NO_CLAUSE: u32 = u32::MAX;

impl<'a> Quick<'a> {
    /// `Expr::Rows`: the list of rows, or the single row.
    pub(super) fn rows_value(&mut self, parent: Value<'a>, id: ViewId) -> Quickly<Value<'a>> {
        if parent.is_absent() {
            return Ok(parent);
        }
        if parent.is_unknown() {
            return Err(Bail);
        }
        let view = self.program.views.get(id.index()).ok_or(Bail)?;
        let env = if self.plan.view_reads_params(id) { self.env } else { EnvId::ANY };
        let key = parent.identity().map(|identity| (id, identity, env));
        if let Some(key) = key
            && let Some(rows) = self.rows_of.get(&key)
        {
            return Ok(*rows);
        }
        if !self.is_source(&parent, view) {
            return Ok(Value::absent(parent.source));
        }
        let value = self.under(env, |quick| quick.compute_rows(parent, id, view))?;
        if let Some(key) = key {
            self.rows_of.insert(key, value);
        }
        Ok(value)
    }

    fn is_source(&mut self, parent: &Value<'a>, view: &View) -> bool {
        match &view.source {
            ViewSource::Kinds(kinds) => !matches!(parent.data, Data::Object) || self.is_of_kind(*kinds),
            ViewSource::Views(views) => match parent.data {
                Data::Row(row) => views.contains(&self.row(row).view),
                _ => true,
            },
            ViewSource::Objects | ViewSource::Namespaces | ViewSource::Projects => true,
        }
    }

    fn compute_rows(&mut self, parent: Value<'a>, id: ViewId, view: &'a View) -> Quickly<Value<'a>> {
        let caller = self.enter(view.frame.max(2), &[Value::absent(Source::None), parent]);
        let holds = match view.condition {
            Some(condition) => self.truth(condition)?,
            None => true,
        };
        let value = if !holds {
            Value::absent(parent.source)
        } else if view.clauses.is_empty() {
            let row = self.new_row(id, view, NO_CLAUSE, parent, parent);
            Value::new(row, parent.source)
        } else {
            self.rows_of_clauses(parent, id, view)?
        };
        self.leave(caller);
        Ok(value)
    }

    fn rows_of_clauses(&mut self, parent: Value<'a>, id: ViewId, view: &'a View) -> Quickly<Value<'a>> {
        let start = self.fresh.len();
        let mut origin = Source::None;
        for (number, clause) in (0..).zip(&view.clauses) {
            let source = self.eval(clause.source)?;
            origin = origin.or(source.source);
            if clause.one {
                let row = self.new_row(id, view, number, parent, source);
                self.fresh.push(Value::new(row, source.source));
                continue;
            }
            let mut walk = self.elements(source)?;
            while let Some((_, own)) = walk.next(self)? {
                self.step()?;
                let row = self.new_row(id, view, number, parent, own);
                self.fresh.push(Value::new(row, own.source));
            }
        }
        if crate::eval::rows::is_single(view) {
            let row = if self.fresh.len() > start { self.fresh.pop() } else { None };
            self.fresh.truncate(start);
            return Ok(row.unwrap_or(Value::absent(origin)));
        }
        Ok(Value::new(self.keep_list(start)?, origin.or(parent.source)))
    }

    fn new_row(&mut self, id: ViewId, view: &View, clause: u32, parent: Value<'a>, own: Value<'a>) -> Data<'a> {
        let row = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let first_field = self.fields.len();
        self.fields.resize(first_field + view.fields.len(), None);
        self.rows.push(Row { view: id, clause, parent, own, first_field, env: self.env });
        Data::Row(row)
    }

    /// `Expr::RowField`: computed when it is first read.
    pub(super) fn row_field(&mut self, base: Value<'a>, view: ViewId, field: u32) -> Quickly<Value<'a>> {
        let row = match base.data {
            Data::Absent => return Ok(base),
            Data::Row(row) => row,
            Data::Unknown => return Err(Bail),
            _ => return Ok(Value::absent(base.source)),
        };
        let known = self.row(row);
        if known.view != view {
            return self.row_field_by_name(base, known.view, view, field);
        }
        let place = known.first_field + field as usize;
        if let Some(Some(value)) = self.fields.get(place) {
            return Ok(*value);
        }
        let env = known.env;
        let value = self.under(env, |quick| quick.compute_field(row, field))?;
        if let Some(kept) = self.fields.get_mut(place) {
            *kept = Some(value);
        }
        Ok(value)
    }

    // The row is one of another view, as it may be where a view is made from several.
    fn row_field_by_name(&mut self, base: Value<'a>, actual: ViewId, view: ViewId, field: u32) -> Quickly<Value<'a>> {
        let name = self.program.view(view).fields.get(field as usize).ok_or(Bail)?.name;
        match self.program.view(actual).fields.iter().position(|field| field.name == name) {
            Some(place) => self.row_field(base, actual, u32::try_from(place).map_err(|_| Bail)?),
            None => self.entry(base, self.program.name(name)),
        }
    }

    /// The expression that gives a row's field.
    pub(super) fn field_expr(&self, row: u32, field: u32) -> Option<ExprId> {
        let row = self.row(row);
        let view = self.program.view(row.view);
        let clause = view.clauses.get(row.clause as usize);
        let given = clause.and_then(|clause| clause.fields.iter().find(|(place, _)| *place == field));
        given.map(|(_, value)| *value).or_else(|| view.fields.get(field as usize).and_then(|field| field.value))
    }

    /// Runs something in the frame of a row's fields.
    pub(super) fn in_row<T>(&mut self, row: u32, run: impl FnOnce(&mut Self) -> Quickly<T>) -> Quickly<T> {
        let known = self.row(row);
        let (own, parent) = (known.own.source.or(known.parent.source), known.parent);
        let frame = self.program.view(known.view).frame.max(2);
        let caller = self.enter(frame, &[Value::new(Data::Row(row), own), parent]);
        let out = run(self)?;
        self.leave(caller);
        Ok(out)
    }

    fn compute_field(&mut self, row: u32, field: u32) -> Quickly<Value<'a>> {
        match self.field_expr(row, field) {
            Some(expr) => self.in_row(row, |quick| quick.eval(expr)),
            None => {
                let known = self.row(row);
                let (own, view) = (known.own, self.program.view(known.view));
                match view.fields.get(field as usize) {
                    Some(field) => self.entry(own, self.program.name(field.name)),
                    None => Ok(Value::absent(own.source)),
                }
            }
        }
    }

    /// `Expr::Property`.
    pub(super) fn property(&mut self, base: Value<'a>, id: PropertyId) -> Quickly<Value<'a>> {
        if base.is_unknown() {
            return Err(Bail);
        }
        let property = self.program.properties.get(id.index()).ok_or(Bail)?;
        let env = if self.plan.property_reads_params(id) { self.env } else { EnvId::ANY };
        let key = base.identity().map(|identity| (id, identity, env));
        if let Some(key) = key
            && let Some(value) = self.properties.get(&key)
        {
            return Ok(*value);
        }
        let compute = |quick: &mut Self| {
            let caller = quick.enter(property.frame.max(1), &[base]);
            let value = quick.eval(property.body)?;
            quick.leave(caller);
            Ok(value)
        };
        let Some(key) = key else { return compute(self) };
        let value = self.under(env, compute)?;
        self.properties.insert(key, value);
        Ok(value)
    }

    /// Adds the rows of a view that come from the object, directly or through other views.
    pub(super) fn rows_from_object(&mut self, view: ViewId, out: &mut Vec<Value<'a>>) -> Quickly<()> {
        match &self.program.view(view).source {
            ViewSource::Kinds(kinds) if !self.is_of_kind(*kinds) => Ok(()),
            ViewSource::Kinds(_) | ViewSource::Objects => {
                let parent = Value::new(Data::Object, Source::Node(self.object.node));
                self.push_rows(parent, view, out)
            }
            ViewSource::Views(views) => {
                for source in views {
                    let mut parents = Vec::new();
                    self.rows_from_object(*source, &mut parents)?;
                    for parent in parents {
                        self.push_rows(parent, view, out)?;
                    }
                }
                Ok(())
            }
            ViewSource::Namespaces | ViewSource::Projects => Ok(()),
        }
    }

    fn push_rows(&mut self, parent: Value<'a>, view: ViewId, out: &mut Vec<Value<'a>>) -> Quickly<()> {
        let rows = self.rows_value(parent, view)?;
        match rows.data {
            Data::Absent => {}
            Data::List(start, length) => {
                let (start, end) = (start as usize, (start + length) as usize);
                out.extend_from_slice(self.lists.get(start..end).ok_or(Bail)?);
            }
            _ => out.push(rows),
        }
        Ok(())
    }
}
