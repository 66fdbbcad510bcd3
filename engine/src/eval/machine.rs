//! The evaluator: its state, its frames, and the route from an expression to the code that computes it.

use super::fuel::{BUDGET, Fuel};
use super::joins::Joins;
use super::names::Names;
use super::origin::{Origin, Paths};
use super::place::Ways;
use super::plan::{Plan, Settings};
use super::rows::Memos;
use super::truth::Truth;
use super::value::{Data, EnvId, ObjectId, Rich, Row, Unknown, Value};
use super::watch::Watcher;
use crate::finding::Resource;
use crate::network::Network;
use crate::world::World;
use policyc_lang::ir::{Expr, ExprId, ParamId, Program, Slot};
use std::rc::Rc;
use std::sync::Arc;

/// Evaluates on one thread; the parts of a run share nothing but the plan and the world.
pub(crate) struct Evaluator<'a> {
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) program: &'a Program,
    pub(crate) world: &'a World,
    pub(crate) settings: &'a Settings,
    pub(crate) names: Names<'a>,
    pub(crate) paths: Paths,
    pub(crate) rows: Vec<Row<'a>>,
    pub(crate) memos: Memos<'a>,
    pub(crate) ways: Ways,
    /// The object that the last finding concerned.
    pub(crate) resource: Option<(ObjectId, Arc<Resource>)>,
    pub(crate) joins: Joins<'a>,
    pub(crate) env: EnvId,
    pub(crate) fuel: Fuel,
    /// Whether any file holds Secrets, so that values must be looked at before they are printed.
    pub(crate) secrets: bool,
    budget: Unknown,
    /// The value of a field while it is computed.
    pub(crate) own_field: Unknown,
    /// The value of a property while it is computed.
    pub(crate) own_property: Unknown,
    /// The version of the cluster, made when it is first asked for.
    pub(crate) cluster_version: Option<Rc<Rich>>,
    /// Who reaches whom, made when it is first asked for.
    pub(crate) network: Option<Rc<Network>>,
    frame: Vec<Bound<'a>>,
    base: usize,
    /// Origins that were read, while a check's reads are being collected.
    pub(crate) trace: Option<Vec<Origin>>,
    /// Who looks on while rules are judged.
    pub(crate) watcher: Option<Watcher>,
}

/// A variable: its value, and the expression of its `let`.
struct Bound<'a> {
    value: Value<'a>,
    definition: Option<ExprId>,
}

impl<'a> Bound<'a> {
    fn to(value: Value<'a>) -> Self {
        Self { value, definition: None }
    }
}

/// What to return to after a call.
#[derive(Clone, Copy)]
pub(crate) struct Caller {
    base: usize,
    top: usize,
}

impl<'a> Evaluator<'a> {
    /// An evaluator that has computed nothing yet.
    pub(crate) fn new(plan: &'a Plan<'a>, world: &'a World, settings: &'a Settings) -> Self {
        Self {
            plan,
            program: plan.program,
            world,
            settings,
            names: Names::new(&plan.program.names, plan.keys()),
            paths: Paths::default(),
            rows: Vec::new(),
            memos: Memos::default(),
            ways: Ways::default(),
            resource: None,
            joins: Joins::default(),
            env: EnvId::ANY,
            fuel: Fuel::new(settings.fuel),
            secrets: world.files().iter().any(|file| file.has_secrets()),
            budget: Unknown::new(BUDGET),
            own_field: Unknown::new("a field that depends on itself"),
            own_property: Unknown::new("a property that depends on itself"),
            cluster_version: None,
            network: None,
            frame: Vec::new(),
            base: 0,
            trace: None,
            watcher: None,
        }
    }

    /// The value of what ran out of steps.
    pub(crate) fn out_of_fuel(&self) -> Value<'a> {
        Value::plain(Data::Unknown(self.budget.clone()))
    }

    /// Opens a frame of so many slots, the first of which are given.
    pub(crate) fn enter(&mut self, slots: u32, arguments: impl IntoIterator<Item = Value<'a>>) -> Caller {
        let caller = Caller { base: self.base, top: self.frame.len() };
        self.frame.extend(arguments.into_iter().map(Bound::to));
        self.open(caller, slots)
    }

    // As `enter`, with arguments that are computed in the frame of the caller.
    fn enter_with(&mut self, slots: u32, arguments: &[ExprId]) -> Caller {
        let caller = Caller { base: self.base, top: self.frame.len() };
        for argument in arguments {
            let value = self.eval(*argument);
            self.frame.push(Bound::to(value));
        }
        self.open(caller, slots)
    }

    fn open(&mut self, caller: Caller, slots: u32) -> Caller {
        self.base = caller.top;
        let wanted = (self.base + slots as usize).max(self.frame.len());
        self.frame.resize_with(wanted, || Bound::to(Value::absent()));
        caller
    }

    /// Closes the frame.
    pub(crate) fn leave(&mut self, caller: Caller) {
        self.frame.truncate(caller.top);
        self.base = caller.base;
    }

    /// Gives a variable its value.
    pub(crate) fn bind(&mut self, slot: Slot, value: Value<'a>) {
        if let Some(bound) = self.frame.get_mut(self.base + slot.index()) {
            *bound = Bound::to(value);
        }
    }

    /// Gives a variable the value of an expression.
    pub(crate) fn bind_let(&mut self, slot: Slot, value: Value<'a>, definition: ExprId) {
        if let Some(bound) = self.frame.get_mut(self.base + slot.index()) {
            *bound = Bound { value, definition: Some(definition) };
        }
    }

    /// The expression of a variable's `let`.
    pub(crate) fn definition(&self, slot: Slot) -> Option<ExprId> {
        self.frame.get(self.base + slot.index()).and_then(|bound| bound.definition)
    }

    /// A variable's value where it stands.
    pub(crate) fn local_ref(&self, slot: Slot) -> Option<&Value<'a>> {
        self.frame.get(self.base + slot.index()).map(|bound| &bound.value)
    }

    /// A variable's value.
    pub(crate) fn local(&self, slot: Slot) -> Value<'a> {
        self.frame.get(self.base + slot.index()).map_or_else(Value::absent, |bound| bound.value.clone())
    }

    /// A parameter's value in the running instance.
    pub(crate) fn param(&self, param: ParamId) -> Value<'a> {
        match self.plan.param(self.env, param) {
            Some(value) => Value::constant(value, Origin::Param(param)),
            None => Value::absent_at(Origin::Param(param)),
        }
    }

    /// The value of an expression in the current frame.
    pub(crate) fn eval(&mut self, id: ExprId) -> Value<'a> {
        if !self.fuel.step() {
            return self.out_of_fuel();
        }
        let program = self.program;
        let Some(expr) = program.exprs.get(id.index()) else { return Value::absent() };
        let value = match expr {
            Expr::Const(constant) => match program.consts.get(constant.index()) {
                Some(constant) => Value::constant(constant, Origin::None),
                None => Value::absent(),
            },
            Expr::Param(param) => self.param(*param),
            Expr::Local(slot) => self.local(*slot),
            Expr::Cluster => Value::plain(Data::Cluster),
            Expr::Project => Value::plain(Data::Project),
            Expr::Field { base, name, shape } => self.field_of(*base, *name, *shape).into_value(),
            Expr::RowField { base, view, field } => {
                let base = self.eval_base(*base);
                self.row_field(&base, *view, *field)
            }
            Expr::Property { base, property } => {
                let base = self.eval(*base);
                self.property(&base, *property)
            }
            Expr::Rows { parent, view } => {
                let parent = self.eval(*parent);
                self.rows_value(&parent, *view)
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
            | Expr::Overlaps(..)
            | Expr::Satisfies(..)
            | Expr::StartsWith(..)
            | Expr::EndsWith(..)
            | Expr::Is(..)
            | Expr::IsEmpty(_)
            | Expr::Exists(_)
            | Expr::Quantifier(..) => {
                let (truth, origin) = self.condition(expr);
                truth.into_value(origin)
            }
            other => self.eval_rarer(other),
        };
        self.note_read(value.origin);
        value
    }

    // Variables are what parts are asked of most; for them there is no need of another level.
    #[inline]
    fn eval_base(&mut self, id: ExprId) -> Value<'a> {
        let Some(Expr::Local(slot)) = self.program.exprs.get(id.index()) else { return self.eval(id) };
        if !self.fuel.step() {
            return self.out_of_fuel();
        }
        let value = self.local(*slot);
        self.note_read(value.origin);
        value
    }

    #[inline]
    pub(crate) fn note_read(&mut self, origin: Origin) {
        if let Some(trace) = &mut self.trace
            && origin.is_input()
        {
            trace.push(origin);
        }
    }

    // Apart from `eval`, whose frame every level of an expression pays for.
    #[inline(never)]
    fn eval_rarer(&mut self, expr: &'a Expr) -> Value<'a> {
        match expr {
            Expr::Index { base, index, shape } => self.index_of(*base, *index, *shape),
            Expr::ListKey { base, key, value, shape } => self.list_key(*base, *key, *value, *shape),
            Expr::Native { base, part } => {
                let base = self.eval(*base);
                self.native(&base, *part)
            }
            Expr::Docs { of, namespace } => self.docs(*of, *namespace),
            Expr::Find { kinds, kind_name, name, namespace } => self.find(*kinds, *kind_name, *name, *namespace),
            Expr::NamespaceNamed(name) => self.namespace_named(*name),
            Expr::Coalesce(first, second) => self.coalesce(*first, *second),
            Expr::Arithmetic(operator, left, right) => {
                let (left, right) = (self.eval(*left), self.eval(*right));
                self.arithmetic(*operator, &left, &right)
            }
            Expr::Negate(operand) => {
                let operand = self.eval(*operand);
                self.negate(&operand)
            }
            Expr::Range(start, end) => self.range(*start, *end),
            Expr::Concat(left, right) => self.concat(*left, *right),
            Expr::If(condition, then, otherwise) => self.choose(*condition, *then, *otherwise),
            Expr::Comprehension { item, binders } => self.comprehension(*item, binders),
            Expr::Group { binder, by, key, items } => self.group(binder, *by, *key, *items),
            Expr::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.eval(*item)).collect();
                let origin = items.iter().fold(Origin::None, |origin, item| self.derived(origin, item.origin));
                Value::list(items, origin)
            }
            Expr::Record(fields) => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).into(), self.eval(*value))).collect();
                let origin = fields.iter().fold(Origin::None, |origin, (_, value)| self.derived(origin, value.origin));
                Value::new(Data::Record(Rc::new(fields)), origin)
            }
            Expr::Text(parts) => self.text(parts),
            Expr::Call(def, arguments) => {
                let def = self.program.def(*def);
                let caller = self.enter_with(def.frame, arguments);
                let value = self.eval(def.body);
                self.leave(caller);
                value
            }
            Expr::Builtin(builtin, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(|argument| self.eval(*argument)).collect();
                self.builtin(*builtin, &arguments)
            }
            _ => Value::absent(),
        }
    }

    /// What a condition comes to; absent counts as false.
    pub(crate) fn truth(&mut self, id: ExprId) -> Truth {
        Truth::of(&self.eval(id))
    }

    fn coalesce(&mut self, first: ExprId, second: ExprId) -> Value<'a> {
        let first = self.eval(first);
        if !first.is_absent() {
            return first;
        }
        let second = self.eval(second);
        if second.is_absent() || !second.origin.is_input() {
            // Blame goes to what is missing, not to the policy's own default.
            let origin = first.origin.or(second.origin);
            return second.with_origin(origin);
        }
        second
    }

    fn choose(&mut self, condition: ExprId, then: ExprId, otherwise: ExprId) -> Value<'a> {
        let condition = self.eval(condition);
        match Truth::of(&condition) {
            Truth::True => self.eval(then),
            Truth::False => self.eval(otherwise),
            Truth::Unknown(unknown) => Value::new(Data::Unknown(unknown), condition.origin),
        }
    }

    /// The origin of what is made of two values: the first that the input gave, but that of a secret before others, so
    /// that it stays one.
    pub(crate) fn derived(&self, first: Origin, second: Origin) -> Origin {
        if self.secrets && self.is_secret(second) {
            return second;
        }
        first.or(second)
    }
}
