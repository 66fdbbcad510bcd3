//! Views: their rows, the rows' fields, and properties; each computed once.
//!
//! What is kept does not depend on who asks first: it is computed under a budget of its own and in a frame of its own.

use super::fuel::Fuel;
use super::machine::Evaluator;
use super::origin::Origin;
use super::truth::Truth;
use super::value::{Data, EnvId, Identity, List, ObjectId, Row, RowId, Unknown, Value};
use policyc_lang::ir::{KindSetId, PropertyId, View, ViewId, ViewSource};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// What was computed once.
#[derive(Default)]
pub(crate) struct Memos<'a> {
    rows: FxHashMap<(ViewId, Identity, EnvId), Value<'a>>,
    properties: FxHashMap<(PropertyId, Identity, EnvId), Value<'a>>,
    views: FxHashMap<(ViewId, Option<u32>, EnvId), Rc<List<'a>>>,
    kinds: FxHashMap<(KindSetId, Option<u32>), Rc<List<'a>>>,
}

impl<'a> Memos<'a> {
    /// A list of all rows of a view that was computed before.
    pub(crate) fn view(&self, key: (ViewId, Option<u32>, EnvId)) -> Option<Rc<List<'a>>> {
        self.views.get(&key).cloned()
    }

    /// A list of objects of some kinds that was computed before.
    pub(crate) fn kinds(&self, key: (KindSetId, Option<u32>)) -> Option<Rc<List<'a>>> {
        self.kinds.get(&key).cloned()
    }

    /// Keeps a list of objects of some kinds.
    pub(crate) fn keep_kinds(&mut self, key: (KindSetId, Option<u32>), list: Rc<List<'a>>) {
        self.kinds.insert(key, list);
    }

    /// Keeps a list of all rows of a view.
    pub(crate) fn keep_view(&mut self, key: (ViewId, Option<u32>, EnvId), list: Rc<List<'a>>) {
        self.views.insert(key, list);
    }
}

/// Whether a view gives one row for each source rather than a list.
pub(crate) fn is_single(view: &View) -> bool {
    match view.clauses.as_slice() {
        [] => true,
        [clause] => clause.one,
        _ => false,
    }
}

impl<'a> Evaluator<'a> {
    /// Runs what is kept for others under its own budget, parameters and trace.
    pub(crate) fn aside<T>(&mut self, env: EnvId, run: impl FnOnce(&mut Self) -> T) -> T {
        let fuel = std::mem::replace(&mut self.fuel, Fuel::new(self.settings.fuel));
        let before = std::mem::replace(&mut self.env, env);
        let trace = self.trace.take();
        let out = run(self);
        self.fuel = fuel;
        self.env = before;
        self.trace = trace;
        out
    }

    /// `Expr::Rows`: the list of rows, or the single row.
    pub(crate) fn rows_value(&mut self, parent: &Value<'a>, id: ViewId) -> Value<'a> {
        match parent.data {
            Data::Absent | Data::Unknown(_) => return parent.clone(),
            _ => {}
        }
        let Some(view) = self.program.views.get(id.index()) else { return Value::absent() };
        let env = if self.plan.view_reads_params(id) { self.env } else { EnvId::ANY };
        let identity = parent.identity();
        if let Some(identity) = identity
            && let Some(rows) = self.memos.rows.get(&(id, identity, env))
        {
            return rows.clone();
        }
        if !self.is_source(parent, view) {
            return Value::absent_at(parent.origin);
        }
        let value = self.aside(env, |evaluator| evaluator.compute_rows(parent, id, view, env));
        if let Some(identity) = identity {
            self.memos.rows.insert((id, identity, env), value.clone());
        }
        value
    }

    fn is_source(&self, parent: &Value<'a>, view: &View) -> bool {
        match &view.source {
            ViewSource::Kinds(kinds) => match parent.data {
                Data::Object(id) => self.is_of_kind(id, *kinds),
                _ => true,
            },
            ViewSource::Views(views) => match parent.data {
                Data::Row(row) => views.contains(&self.rows[row.0 as usize].view),
                _ => true,
            },
            ViewSource::Objects | ViewSource::Namespaces | ViewSource::Projects => true,
        }
    }

    fn compute_rows(&mut self, parent: &Value<'a>, id: ViewId, view: &'a View, env: EnvId) -> Value<'a> {
        let caller = self.enter(view.frame.max(2), [Value::absent(), parent.clone()]);
        let condition = view.condition.map_or(Truth::True, |condition| self.truth(condition));
        let value = match condition {
            Truth::False => Value::absent_at(parent.origin),
            Truth::Unknown(unknown) => Value::new(Data::Unknown(unknown), parent.origin),
            Truth::True if view.clauses.is_empty() => {
                let row = self.new_row(id, view, None, parent.clone(), parent.clone(), env);
                Value::new(Data::Row(row), parent.origin)
            }
            Truth::True => self.rows_of_clauses(parent, id, view, env),
        };
        self.leave(caller);
        value
    }

    fn rows_of_clauses(&mut self, parent: &Value<'a>, id: ViewId, view: &'a View, env: EnvId) -> Value<'a> {
        let mut items = Vec::new();
        let mut incomplete: Option<Unknown> = None;
        let mut origin = Origin::None;
        for (number, clause) in (0..).zip(&view.clauses) {
            let source = self.eval(clause.source);
            origin = origin.or(source.origin);
            let unknown = if clause.one {
                match &source.data {
                    Data::Unknown(unknown) => Some(unknown.clone()),
                    _ => {
                        let origin = source.origin;
                        let row = self.new_row(id, view, Some(number), parent.clone(), source, env);
                        items.push(Value::new(Data::Row(row), origin));
                        None
                    }
                }
            } else {
                match self.items(&source) {
                    Ok((sources, incomplete)) => {
                        for own in sources {
                            let origin = own.origin;
                            let row = self.new_row(id, view, Some(number), parent.clone(), own, env);
                            items.push(Value::new(Data::Row(row), origin));
                        }
                        incomplete
                    }
                    Err(unknown) => Some(unknown),
                }
            };
            incomplete = incomplete.or(unknown);
        }
        if is_single(view) {
            return match (items.pop(), incomplete) {
                (Some(row), _) => row,
                (None, Some(unknown)) => Value::new(Data::Unknown(unknown), origin),
                (None, None) => Value::absent_at(origin),
            };
        }
        match incomplete {
            Some(unknown) if items.is_empty() => Value::new(Data::Unknown(unknown), origin.or(parent.origin)),
            incomplete => Self::list_value(items, incomplete, origin.or(parent.origin)),
        }
    }

    fn new_row(
        &mut self,
        id: ViewId,
        view: &View,
        clause: Option<u32>,
        parent: Value<'a>,
        own: Value<'a>,
        env: EnvId,
    ) -> RowId {
        let row = RowId(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        let fields = vec![None; view.fields.len()];
        self.rows.push(Row { view: id, clause, parent, own, fields, env });
        row
    }

    /// `Expr::RowField`: computed when it is first read.
    pub(crate) fn row_field(&mut self, base: &Value<'a>, view: ViewId, field: u32) -> Value<'a> {
        let row = match base.data {
            Data::Absent | Data::Unknown(_) => return base.clone(),
            Data::Row(row) => row,
            _ => return Value::absent_at(base.origin),
        };
        let known = &self.rows[row.0 as usize];
        if known.view != view {
            return self.row_field_by_name(base, row, view, field);
        }
        if let Some(Some(value)) = known.fields.get(field as usize) {
            return value.clone();
        }
        let env = known.env;
        // A field that reads itself would not end; the checker refuses it, and here it counts as not known.
        self.keep_field(row, field, Value::new(Data::Unknown(self.own_field.clone()), base.origin));
        let value = self.aside(env, |evaluator| evaluator.compute_field(row, view, field));
        self.keep_field(row, field, value.clone());
        value
    }

    fn keep_field(&mut self, row: RowId, field: u32, value: Value<'a>) {
        if let Some(kept) = self.rows[row.0 as usize].fields.get_mut(field as usize) {
            *kept = Some(value);
        }
    }

    fn row_field_by_name(&mut self, base: &Value<'a>, row: RowId, view: ViewId, field: u32) -> Value<'a> {
        let name = self.program.view(view).fields.get(field as usize).map(|field| field.name);
        let actual = self.rows[row.0 as usize].view;
        let fields = &self.program.view(actual).fields;
        match (name, fields.iter().position(|field| Some(field.name) == name)) {
            (_, Some(place)) => self.row_field(base, actual, u32::try_from(place).unwrap_or(u32::MAX)),
            (Some(name), None) => {
                let text = self.program.name(name);
                self.entry(base, text)
            }
            (None, None) => Value::absent_at(base.origin),
        }
    }

    /// The expression that gives a row's field.
    pub(crate) fn field_expr(&self, row: RowId, field: u32) -> Option<policyc_lang::ir::ExprId> {
        let row = &self.rows[row.0 as usize];
        let view = self.program.view(row.view);
        let clause = row.clause.and_then(|clause| view.clauses.get(clause as usize));
        let given = clause.and_then(|clause| clause.fields.iter().find(|(place, _)| *place == field));
        given.map(|(_, value)| *value).or_else(|| view.fields.get(field as usize).and_then(|field| field.value))
    }

    /// Runs something in the frame of a row's fields.
    pub(crate) fn in_row<T>(&mut self, row: RowId, run: impl FnOnce(&mut Self) -> T) -> T {
        let known = &self.rows[row.0 as usize];
        let own = known.own.origin.or(known.parent.origin);
        let parent = known.parent.clone();
        let frame = self.program.view(known.view).frame.max(2);
        let caller = self.enter(frame, [Value::new(Data::Row(row), own), parent]);
        let out = run(self);
        self.leave(caller);
        out
    }

    fn compute_field(&mut self, row: RowId, view: ViewId, field: u32) -> Value<'a> {
        match self.field_expr(row, field) {
            Some(expr) => self.in_row(row, |evaluator| evaluator.eval(expr)),
            None => {
                // Declared, but given by no clause and without a value: the row's own key of that name.
                let own = self.rows[row.0 as usize].own.clone();
                match self.program.view(view).fields.get(field as usize) {
                    Some(field) => {
                        let text = self.program.name(field.name);
                        self.entry(&own, text)
                    }
                    None => Value::absent_at(own.origin),
                }
            }
        }
    }

    /// `Expr::Property`.
    pub(crate) fn property(&mut self, base: &Value<'a>, id: PropertyId) -> Value<'a> {
        if let Data::Absent | Data::Unknown(_) = base.data {
            return base.clone();
        }
        let Some(property) = self.program.properties.get(id.index()) else { return Value::absent() };
        let env = if self.plan.property_reads_params(id) { self.env } else { EnvId::ANY };
        let key = base.identity().map(|identity| (id, identity, env));
        if let Some(key) = key
            && let Some(value) = self.memos.properties.get(&key)
        {
            return value.clone();
        }
        let compute = |evaluator: &mut Self| {
            let caller = evaluator.enter(property.frame.max(1), [base.clone()]);
            let value = evaluator.eval(property.body);
            evaluator.leave(caller);
            value
        };
        let Some(key) = key else { return compute(self) };
        let own = Value::new(Data::Unknown(self.own_property.clone()), base.origin);
        self.memos.properties.insert(key, own);
        let value = self.aside(env, compute);
        self.memos.properties.insert(key, value.clone());
        value
    }

    /// Calls back for each row of a view that comes from an object, directly or through other views.
    pub(crate) fn rows_from_object(&mut self, view: ViewId, object: ObjectId, out: &mut Vec<Value<'a>>) {
        let program = self.program;
        match &program.view(view).source {
            ViewSource::Kinds(kinds) if !self.is_of_kind(object, *kinds) => {}
            ViewSource::Kinds(_) | ViewSource::Objects => {
                let parent = self.object_value(object);
                self.push_rows(&parent, view, out);
            }
            ViewSource::Views(views) => {
                for source in views {
                    let mut parents = Vec::new();
                    self.rows_from_object(*source, object, &mut parents);
                    for parent in parents {
                        self.push_rows(&parent, view, out);
                    }
                }
            }
            ViewSource::Namespaces | ViewSource::Projects => {}
        }
    }

    /// Adds the rows of a view that come from a value; what is not known is added as it is.
    pub(crate) fn push_rows(&mut self, parent: &Value<'a>, view: ViewId, out: &mut Vec<Value<'a>>) {
        let rows = self.rows_value(parent, view);
        match &rows.data {
            Data::Absent => {}
            Data::List(list) => {
                out.extend(list.items.iter().cloned());
                if let Some(unknown) = &list.incomplete {
                    out.push(Value::new(Data::Unknown(unknown.clone()), rows.origin));
                }
            }
            _ => out.push(rows),
        }
    }
}
