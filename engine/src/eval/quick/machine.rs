//! Expressions, read from the program as they stand: each arm does what the evaluator does for the ordinary case, and
//! bails out of every other.

use super::share::UNKEPT;
use super::value::{Bail, Data, Odd, Quickly, Source, Truth, UNNAMED, Value, short};
use super::{Quick, Row};
use crate::eval::value::EnvId;
use crate::yaml::{Kind, NodeId, Resolved};
use policyc_lang::ir::{Const, Expr, ExprId, KindSetId, Native, ParamId, Shape, ShapeId, Slot, Sym, TextPart};
use policyc_lang::values::Quantity;

/// Steps of one rule on one subject; the evaluator, which counts otherwise, judges what needs more.
pub(super) const MOST_STEPS: u32 = 100_000;
/// Rows, fields and properties that wait for each other; more is a program that breaks the rules.
const DEEPEST: u32 = 100;
/// Steps of a path that are taken at once.
const LONGEST_PATH: usize = 8;
/// Longest text, in bytes, that is matched, compared or put together here.
pub(super) const LONGEST: usize = 4096;

/// A variable: its value, and the expression of its `let`.
#[derive(Clone, Copy)]
pub(super) struct Bound<'a> {
    value: Value<'a>,
    definition: Option<ExprId>,
}

/// What to return to after a call.
#[derive(Clone, Copy)]
pub(super) struct Caller {
    base: usize,
    top: usize,
}

impl<'a> Quick<'a> {
    /// Opens a frame of so many slots, the first of which are given.
    pub(super) fn enter(&mut self, slots: u32, arguments: &[Value<'a>]) -> Caller {
        let caller = Caller { base: self.base, top: self.frame.len() };
        self.frame.extend(arguments.iter().map(|value| Bound { value: *value, definition: None }));
        self.open(caller, slots)
    }

    fn open(&mut self, caller: Caller, slots: u32) -> Caller {
        self.base = caller.top;
        let wanted = (caller.top + slots as usize).max(self.frame.len());
        self.frame.resize(wanted, Bound { value: Value::absent(Source::None), definition: None });
        caller
    }

    /// Closes the frame.
    pub(super) fn leave(&mut self, caller: Caller) {
        self.frame.truncate(caller.top);
        self.base = caller.base;
    }

    /// Gives a variable its value.
    pub(super) fn bind(&mut self, slot: Slot, value: Value<'a>, definition: Option<ExprId>) {
        if let Some(bound) = self.frame.get_mut(self.base + slot.index()) {
            *bound = Bound { value, definition };
        }
    }

    /// The expression of a variable's `let`.
    pub(super) fn definition(&self, slot: Slot) -> Option<ExprId> {
        self.frame.get(self.base + slot.index()).and_then(|bound| bound.definition)
    }

    /// A variable's value.
    pub(super) fn local(&self, slot: Slot) -> Value<'a> {
        self.frame.get(self.base + slot.index()).map_or(Value::absent(Source::None), |bound| bound.value)
    }

    /// Takes a step.
    pub(super) fn step(&mut self) -> Quickly<()> {
        self.steps += 1;
        if self.steps > MOST_STEPS { Err(Bail) } else { Ok(()) }
    }

    /// The value of an expression in the current frame.
    pub(super) fn eval(&mut self, id: ExprId) -> Quickly<Value<'a>> {
        let slot = self.slots.get(id.index()).copied().unwrap_or(UNKEPT) as usize;
        if self.reads.is_some() {
            return self.traced(id);
        }
        let Some((subject, value)) = self.kept.get(slot) else { return self.compute(id) };
        if *subject == self.subject {
            return Ok(*value);
        }
        let value = self.compute(id)?;
        self.kept[slot] = (self.subject, value);
        Ok(value)
    }

    #[inline(never)]
    fn traced(&mut self, id: ExprId) -> Quickly<Value<'a>> {
        let value = self.compute(id)?;
        if let Some(reads) = &mut self.reads
            && value.source.is_input()
        {
            reads.push(value.source);
        }
        Ok(value)
    }

    fn compute(&mut self, id: ExprId) -> Quickly<Value<'a>> {
        self.step()?;
        let program = self.program;
        let expr = program.exprs.get(id.index()).ok_or(Bail)?;
        match expr {
            Expr::Local(slot) => Ok(self.local(*slot)),
            Expr::Field { base, name, shape } => self.path(*base, *name, *shape),
            Expr::Const(constant) => {
                let constant = program.consts.get(constant.index()).ok_or(Bail)?;
                Ok(Value::constant(constant, Source::None))
            }
            Expr::Param(param) => Ok(self.param(*param)),
            Expr::RowField { base, view, field } => {
                let base = self.eval(*base)?;
                self.row_field(base, *view, *field)
            }
            Expr::Property { base, property } => {
                let base = self.eval(*base)?;
                self.property(base, *property)
            }
            Expr::Rows { parent, view } => {
                let parent = self.eval(*parent)?;
                self.rows_value(parent, *view)
            }
            Expr::Not(_)
            | Expr::And(..)
            | Expr::Or(..)
            | Expr::Compare(..)
            | Expr::In(..)
            | Expr::Contains(..)
            | Expr::Matches(..)
            | Expr::Like(..)
            | Expr::Within(..)
            | Expr::Satisfies(..)
            | Expr::StartsWith(..)
            | Expr::EndsWith(..)
            | Expr::Is(..)
            | Expr::IsEmpty(_)
            | Expr::Exists(_)
            | Expr::Quantifier(..) => {
                let (truth, source) = self.condition(id, expr)?;
                Ok(Value::of(truth, source))
            }
            _ => self.rarer(expr),
        }
    }

    // Apart from `eval`, whose frame every level of an expression pays for.
    #[inline(never)]
    fn rarer(&mut self, expr: &'a Expr) -> Quickly<Value<'a>> {
        match expr {
            Expr::Index { base, index, shape } => {
                let base = self.eval(*base)?;
                let index = self.eval(*index)?;
                self.element(base, index, self.shape(*shape))
            }
            Expr::ListKey { base, key, value, shape } => {
                let base = self.eval(*base)?;
                let wanted = self.eval(*value)?;
                self.list_key(base, *key, wanted, self.shape(*shape))
            }
            Expr::Native { part: Native::ClusterVersion, .. } => {
                Ok(Value::new(Data::Const(self.version), Source::None))
            }
            Expr::Native { base, part } => {
                let base = self.eval(*base)?;
                self.native(base, *part)
            }
            Expr::Coalesce(first, second) => {
                let first = self.eval(*first)?;
                if !first.is_absent() {
                    return Ok(first);
                }
                let second = self.eval(*second)?;
                if second.is_absent() || !second.source.is_input() {
                    return Ok(Value::new(second.data, first.source.or(second.source)));
                }
                Ok(second)
            }
            Expr::If(condition, then, otherwise) => {
                let holds = self.truth(*condition)?;
                self.eval(if holds { *then } else { *otherwise })
            }
            Expr::Call(def, arguments) => {
                let def = self.program.def(*def);
                let caller = Caller { base: self.base, top: self.frame.len() };
                for argument in arguments {
                    let value = self.eval(*argument)?;
                    self.frame.push(Bound { value, definition: None });
                }
                let caller = self.open(caller, def.frame);
                let value = self.eval(def.body)?;
                self.leave(caller);
                Ok(value)
            }
            Expr::Builtin(builtin, arguments) => self.builtin(*builtin, arguments),
            Expr::Text(parts) => self.put_together(parts),
            Expr::Comprehension { item, binders } => self.comprehension(*item, binders),
            Expr::List(items) => self.list(items),
            Expr::Record(fields) => {
                let mut values = Vec::with_capacity(fields.len());
                let mut source = Source::None;
                for (name, value) in fields {
                    let value = self.eval(*value)?;
                    source = source.or(value.source);
                    values.push((*name, value));
                }
                Ok(Value::new(self.keep_record(&mut values)?, source))
            }
            Expr::Concat(left, right) => self.concat(*left, *right),
            Expr::Group { binder, by, key, items } => self.group(binder, *by, *key, *items),
            Expr::Arithmetic(operator, left, right) => self.arithmetic(*operator, *left, *right),
            _ => Err(Bail),
        }
    }

    /// Makes a record of some fields.
    pub(super) fn keep_record(&mut self, fields: &mut Vec<(Sym, Value<'a>)>) -> Quickly<Data<'a>> {
        let start = u32::try_from(self.records.len()).map_err(|_| Bail)?;
        let length = u32::try_from(fields.len()).map_err(|_| Bail)?;
        self.records.append(fields);
        Ok(Data::Record(start, length))
    }

    /// What a condition comes to that must be known; absent counts as false.
    pub(super) fn truth(&mut self, id: ExprId) -> Quickly<bool> {
        self.kleene(id)?.known()
    }

    /// What a condition comes to; absent counts as false.
    pub(super) fn kleene(&mut self, id: ExprId) -> Quickly<Truth> {
        if let Some(known) = self.facts.get(id.index()).copied().flatten() {
            return Ok(known.into());
        }
        // No value need be made of what is a condition and not kept.
        if self.reads.is_none()
            && self.slots.get(id.index()).is_none_or(|slot| *slot == UNKEPT)
            && let Some(
                expr @ (Expr::Not(_)
                | Expr::And(..)
                | Expr::Or(..)
                | Expr::Compare(..)
                | Expr::In(..)
                | Expr::Contains(..)
                | Expr::Is(..)
                | Expr::IsEmpty(_)
                | Expr::Exists(_)
                | Expr::Quantifier(..)),
            ) = self.program.exprs.get(id.index())
        {
            self.step()?;
            return Ok(self.condition(id, expr)?.0);
        }
        self.eval(id)?.truth()
    }

    /// A parameter's value in the running instance.
    fn param(&self, param: ParamId) -> Value<'a> {
        let plan = self.plan;
        plan.param(self.env, param).map_or(Value::absent(Source::None), |value| Value::constant(value, Source::None))
    }

    /// A shape of the program.
    pub(super) fn shape(&self, id: ShapeId) -> Shape {
        self.program.shapes.get(id.index()).copied().unwrap_or(Shape::Dynamic)
    }

    /// The text of a string.
    pub(super) fn text<'v>(&'v self, value: &Value<'a>) -> Option<&'v str>
    where
        'a: 'v,
    {
        match value.data {
            Data::Str(text) => Some(text),
            Data::Text(place) => self.texts.get(place as usize).map(|text| &**text),
            _ => None,
        }
    }

    /// What is rarely computed.
    pub(super) fn odd(&self, value: &Value<'a>) -> Option<&Odd> {
        match value.data {
            Data::Odd(place) => self.odds.get(place as usize),
            _ => None,
        }
    }

    /// Keeps what is rarely computed.
    pub(super) fn keep_odd(&mut self, odd: Odd) -> Data<'a> {
        let place = u32::try_from(self.odds.len()).unwrap_or(u32::MAX);
        self.odds.push(odd);
        Data::Odd(place)
    }

    /// Keeps a computed text.
    pub(super) fn keep_text(&mut self, text: String) -> Data<'a> {
        let place = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.into_boxed_str());
        Data::Text(place)
    }

    /// `base.name`, where the base may be such a step, too: a path is walked from its start without making a value at
    /// every step.
    fn path(&mut self, base: ExprId, name: Sym, shape: ShapeId) -> Quickly<Value<'a>> {
        let exprs = &self.program.exprs;
        let mut steps = [(name, shape); LONGEST_PATH];
        let (mut start, mut length) = (base, 1);
        while length < LONGEST_PATH
            && self.slots.get(start.index()).is_none_or(|slot| *slot == UNKEPT)
            && self.reads.is_none()
            && let Some(Expr::Field { base, name, shape }) = exprs.get(start.index())
        {
            steps[length] = (*name, *shape);
            length += 1;
            start = *base;
        }
        let mut value = self.eval(start)?;
        self.steps += u32::try_from(length).unwrap_or_default();
        let mut left = steps.get(..length).unwrap_or_default();
        while let [inner @ .., (name, shape)] = left {
            left = inner;
            let map = match value.data {
                Data::Node(node, _) => node,
                Data::Object => self.object.node,
                _ => {
                    value = self.field(value, *name, self.shape(*shape))?;
                    continue;
                }
            };
            match self.tree.get(map, self.plan.key_of(*name)) {
                Some(node) => value = self.child(map, node, self.shape(*shape))?,
                // What is missing below what is missing is told by the first step.
                None => return Ok(Value::absent(Source::Missing(map, short(*name)))),
            }
        }
        Ok(value)
    }

    /// `base.name`.
    pub(super) fn field(&mut self, base: Value<'a>, name: Sym, shape: Shape) -> Quickly<Value<'a>> {
        let map = match base.data {
            Data::Node(node, _) => node,
            Data::Object => self.object.node,
            Data::Absent => return Ok(Value::absent(base.source.missing(short(name)))),
            Data::Row(row) => {
                let own = self.rows[row as usize].own;
                if matches!(own.data, Data::Row(_)) {
                    return Err(Bail);
                }
                return self.field(own, name, shape);
            }
            Data::Const(Const::Record(fields)) => {
                let text = self.program.name(name);
                let found = fields.iter().find(|(field, _)| field == text);
                return Ok(found.map_or(Value::absent(base.source), |(_, value)| Value::constant(value, base.source)));
            }
            Data::Record(start, length) => {
                let fields = self.records.get(start as usize..(start + length) as usize).ok_or(Bail)?;
                let found = fields.iter().find(|(field, _)| *field == name).ok_or(Bail)?;
                return if matches!(found.1.data, Data::Unmade) { Err(Bail) } else { Ok(found.1) };
            }
            Data::List(..) | Data::Text(_) | Data::Const(_) | Data::Odd(_) | Data::Unknown | Data::Unmade => {
                return Err(Bail);
            }
            _ => return Ok(Value::absent(base.source)),
        };
        match self.tree.get(map, self.plan.key_of(name)) {
            Some(node) => self.child(map, node, shape),
            None => Ok(Value::absent(Source::Missing(map, short(name)))),
        }
    }

    /// A node below another as a value.
    pub(super) fn child(&self, parent: NodeId, node: NodeId, shape: Shape) -> Quickly<Value<'a>> {
        // What was merged stands before its mapping.
        if node < parent {
            return Err(Bail);
        }
        self.node_value(node, shape)
    }

    /// A node as a value of a shape.
    pub(super) fn node_value(&self, node: NodeId, shape: Shape) -> Quickly<Value<'a>> {
        let source = Source::Node(node);
        match (self.tree.kind(node), shape) {
            (Kind::Mapping, Shape::Dynamic | Shape::Object | Shape::Map(_))
            | (Kind::Sequence, Shape::Dynamic | Shape::List(_)) => Ok(Value::new(Data::Node(node, shape), source)),
            (Kind::Scalar | Kind::Null, _) => self.scalar_value(node, shape),
            _ => Err(Bail),
        }
    }

    fn scalar_value(&self, node: NodeId, shape: Shape) -> Quickly<Value<'a>> {
        let tree = self.tree;
        if tree.is_unknown(node) {
            return Ok(Value::new(Data::Unknown, Source::Node(node)));
        }
        let data = match (shape, tree.resolved(node).unwrap_or(Resolved::Null)) {
            (Shape::Dynamic, Resolved::Null) => Data::Null,
            (_, Resolved::Null) => return Ok(Value::absent(Source::Null(node))),
            (Shape::Dynamic | Shape::Bool, Resolved::Bool(value)) => Data::Bool(value),
            (Shape::Dynamic | Shape::Number | Shape::IntOrString, Resolved::Int(value)) => Data::Int(value),
            (Shape::Dynamic | Shape::String | Shape::IntOrString, Resolved::String) => Data::Str(tree.text(node)),
            (Shape::Quantity, Resolved::Int(_)) => Data::Amount(node),
            (Shape::Quantity, Resolved::Float(_) | Resolved::String) => {
                Quantity::parse(tree.text(node)).map_err(|_| Bail)?;
                Data::Amount(node)
            }
            (Shape::Image, Resolved::String) if !tree.text(node).contains('$') => Data::Str(tree.text(node)),
            _ => return Err(Bail),
        };
        Ok(Value::new(data, Source::Node(node)))
    }

    fn element(&mut self, base: Value<'a>, index: Value<'a>, shape: Shape) -> Quickly<Value<'a>> {
        let absent = match base.data {
            Data::List(..) => base.source,
            _ => base.source.missing(UNNAMED),
        };
        if let Data::Int(place) = index.data {
            if base.is_absent() {
                return Ok(Value::absent(absent));
            }
            let mut walk = self.elements(base)?;
            let mut left = usize::try_from(place).map_err(|_| Bail)?;
            while let Some((_, item)) = walk.next(self)? {
                self.step()?;
                if left == 0 {
                    return self.reshaped(base, item, shape);
                }
                left -= 1;
            }
            return Ok(Value::absent(absent));
        }
        let Data::Str(key) = index.data else { return Err(Bail) };
        if base.is_absent() {
            return Ok(Value::absent(absent));
        }
        let found = self.entry(base, key)?;
        if found.is_absent() && !matches!(found.source, Source::Null(_)) {
            return Ok(Value::absent(absent));
        }
        self.reshaped(base, found, shape)
    }

    /// The value of a key of a map; absent where there is none.
    pub(super) fn entry(&mut self, map: Value<'a>, key: &str) -> Quickly<Value<'a>> {
        match map.data {
            Data::Node(node, shape) => {
                let shape = if let Shape::Map(item) = shape { self.shape(item) } else { Shape::Dynamic };
                match self.tree.get_text(node, key).filter(|_| self.tree.kind(node) == Kind::Mapping) {
                    Some(child) => self.child(node, child, shape),
                    None => Ok(Value::absent(map.source)),
                }
            }
            Data::Const(Const::Record(fields)) => {
                let found = fields.iter().find(|(name, _)| name == key);
                Ok(found.map_or(Value::absent(map.source), |(_, value)| Value::constant(value, map.source)))
            }
            Data::Object => self.entry(Value::new(Data::Node(self.object.node, Shape::Object), map.source), key),
            Data::Row(row) => {
                let own = self.rows[row as usize].own;
                if matches!(own.data, Data::Row(_)) { Err(Bail) } else { self.entry(own, key) }
            }
            Data::Record(start, length) => {
                let fields = self.records.get(start as usize..(start + length) as usize).ok_or(Bail)?;
                let found = fields.iter().find(|(name, _)| self.program.name(*name) == key);
                let value = found.map_or(Value::absent(map.source), |(_, value)| *value);
                if matches!(value.data, Data::Unmade) { Err(Bail) } else { Ok(value) }
            }
            Data::Unknown | Data::Unmade => Err(Bail),
            _ => Ok(Value::absent(map.source)),
        }
    }

    // A more exact shape may stand at the access. Only what stands in a document can be read again: a computed list
    // holds parts of texts, which carry the place of the whole.
    fn reshaped(&self, base: Value<'a>, value: Value<'a>, shape: Shape) -> Quickly<Value<'a>> {
        if !matches!(base.data, Data::Node(..)) {
            return Ok(value);
        }
        match (value.data, value.source) {
            // A part of the node's text, as `split` gives it, is no other form of the node.
            (Data::Str(text), Source::Node(node)) if self.tree.text(node) != text => Ok(value),
            (Data::Null | Data::Bool(_) | Data::Int(_) | Data::Str(_), Source::Node(node))
                if shape != Shape::Dynamic =>
            {
                self.node_value(node, shape)
            }
            (Data::Node(own, _), Source::Node(node)) if shape != Shape::Dynamic && own == node => {
                self.node_value(node, shape)
            }
            _ => Ok(value),
        }
    }

    fn list_key(&mut self, base: Value<'a>, key: Sym, wanted: Value<'a>, shape: Shape) -> Quickly<Value<'a>> {
        let mut walk = self.elements(base)?;
        while let Some((_, item)) = walk.next(self)? {
            self.step()?;
            let field = self.field(item, key, Shape::Dynamic)?;
            if self.equal(&field, &wanted)?.known()? {
                return self.reshaped(base, item, shape);
            }
        }
        Ok(Value::absent(if self.text(&wanted).is_some() { base.source.missing(UNNAMED) } else { base.source }))
    }

    /// Whether the object that a value is, or stands in, is of one of the kinds.
    pub(super) fn is_of_kind(&mut self, kinds: KindSetId) -> bool {
        if let Some(known) = self.of_kinds.get(kinds.index()).copied().flatten() {
            return known;
        }
        let object = &self.object;
        let is = self.program.kind_sets.get(kinds.index()).is_some_and(|set| {
            set.kinds.iter().any(|name| {
                name.kind == object.kind
                    && name.groups.as_ref().is_none_or(|groups| groups.iter().any(|one| one == object.group()))
            })
        });
        if let Some(known) = self.of_kinds.get_mut(kinds.index()) {
            *known = Some(is);
        }
        is
    }

    /// Whether a value is the object, or stands in it.
    pub(super) fn has_object(&self, value: &Value<'a>) -> bool {
        matches!(value.data, Data::Object | Data::Row(_) | Data::Node(..)) || value.source.is_input()
    }

    /// A row of a view over scalars counts as its scalar.
    pub(super) fn scalar_of_row(&self, value: Value<'a>) -> Value<'a> {
        let Data::Row(row) = value.data else { return value };
        let own = self.rows[row as usize].own;
        match own.data {
            Data::Absent | Data::Node(..) | Data::Object | Data::Row(_) => value,
            _ => own,
        }
    }

    // A text with texts in it; how other values are printed the evaluator knows.
    fn put_together(&mut self, parts: &'a [TextPart]) -> Quickly<Value<'a>> {
        let mut out = String::new();
        let mut source = Source::None;
        for part in parts {
            match part {
                TextPart::Plain(text) => out.push_str(text),
                TextPart::Value(expr) => {
                    let value = self.eval(*expr)?;
                    source = source.or(value.source);
                    match value.data {
                        Data::Int(number) => out.push_str(&number.to_string()),
                        Data::Bool(holds) => out.push_str(if holds { "true" } else { "false" }),
                        _ => out.push_str(self.text(&value).ok_or(Bail)?),
                    }
                }
            }
            if out.len() > LONGEST {
                return Err(Bail);
            }
        }
        Ok(Value::new(self.keep_text(out), source))
    }

    /// Whether two texts are short enough to be matched here.
    pub(super) fn are_short(texts: &[&str]) -> Quickly<()> {
        if texts.iter().all(|text| text.len() <= LONGEST) { Ok(()) } else { Err(Bail) }
    }

    /// A row of this object.
    pub(super) fn row(&self, row: u32) -> &Row<'a> {
        &self.rows[row as usize]
    }

    /// Runs something under other parameters.
    pub(super) fn under<T>(&mut self, env: EnvId, run: impl FnOnce(&mut Self) -> Quickly<T>) -> Quickly<T> {
        if self.depth >= DEEPEST {
            return Err(Bail);
        }
        self.depth += 1;
        let before = std::mem::replace(&mut self.env, env);
        let reads = self.reads.take();
        let out = run(self)?;
        self.env = before;
        self.reads = reads;
        self.depth -= 1;
        Ok(out)
    }
}
