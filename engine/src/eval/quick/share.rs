//! What rules have in common: equal expressions of one subject are computed once, and of rules that say the same one is
//! judged for all. Rule sets overlap: a company's own rules ask much of what the library's do.
//!
//! Found once a run. Two expressions are equal if they are made of equal parts; functions are looked through, and a
//! parameter that nobody sets stands for its default.

use super::gates::Split;
use crate::eval::plan::{Plan, Planned};
use policyc_lang::ir::{
    Binder, Check, CheckId, Const, DocsOf, Expr, ExprId, ParamId, Program, Scope, Statement, Subject, TextPart,
    TypeTest,
};
use rustc_hash::{FxHashMap, FxHasher};
use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};
use std::mem::Discriminant;

/// An expression whose value is not kept.
pub(super) const UNKEPT: u32 = u32::MAX;
/// Levels of blocks that are compared.
const DEEPEST: u32 = 100;
/// Slots that are told apart; a frame with more shares nothing.
const MOST_SLOTS: u32 = 64;

/// What rules have in common.
#[derive(Debug)]
pub(super) struct Shared {
    /// By expression: where its value is kept as long as the subject is judged, or [`UNKEPT`].
    pub(super) slots: Vec<u32>,
    /// How many values are kept.
    pub(super) kept: usize,
    /// By instance: those that say the same and are judged with it; itself if there are none before it.
    pub(super) leaders: Vec<u32>,
    /// By instance: itself, and those that it is judged for.
    pub(super) followers: Vec<Vec<u32>>,
    /// By group: which of its instances a subject need not be shown to.
    pub(super) splits: Vec<Split>,
    /// How many gates there are.
    pub(super) gates: usize,
}

impl Shared {
    /// Where nothing is shared.
    pub(super) fn none(plan: &Plan<'_>) -> Self {
        Self {
            slots: Vec::new(),
            kept: 0,
            leaders: (0..).take(plan.instances.len()).collect(),
            followers: (0..).take(plan.instances.len()).map(|instance| vec![instance]).collect(),
            splits: Vec::new(),
            gates: 0,
        }
    }

    /// Of the instances that are judged quickly.
    pub(super) fn new(plan: &Plan<'_>, takes: &[bool]) -> Self {
        if plan.instances.len() < 2 {
            return Self::none(plan);
        }
        let numbers = Numbers::new(plan);
        let mut shared = Self { slots: numbers.slots(plan, takes), ..Self::none(plan) };
        shared.kept = shared.slots.iter().filter(|slot| **slot != UNKEPT).max().map_or(0, |most| *most as usize + 1);
        let mut known: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
        for (number, planned) in (0u32..).zip(&plan.instances) {
            if !takes.get(number as usize).copied().unwrap_or_default() {
                continue;
            }
            let Some(key) = numbers.rule(plan, planned) else { continue };
            let leader = *known.entry(key).or_insert(number);
            if leader != number {
                shared.leaders[number as usize] = leader;
                shared.followers[leader as usize].push(number);
            }
        }
        for group in &plan.groups {
            let leads = |instance: &&u32| shared.leaders.get(**instance as usize) == Some(*instance);
            let split = Split::new(plan, &numbers, takes, group.instances.iter().filter(leads), shared.gates);
            shared.gates += split.gates.len();
            shared.splits.push(split);
        }
        shared
    }
}

/// What is known of an expression.
#[derive(Clone, Copy, Default)]
pub(super) struct Known {
    /// Equal expressions have equal numbers; 0 for what was not looked at.
    pub(super) number: u32,
    /// Slots of its frame that it reads.
    pub(super) reads: u64,
    /// Whether it reads a parameter that some instance sets.
    pub(super) set: bool,
}

pub(super) struct Numbers<'p> {
    program: &'p Program,
    known: Vec<Known>,
    /// Parameters that some instance sets.
    set: Vec<bool>,
}

/// Numbers for what is made of numbers.
#[derive(Default)]
struct Table<'p> {
    keys: FxHashMap<(Discriminant<Expr>, Vec<u32>), u32>,
    consts: FxHashMap<u64, Vec<(&'p Const, u32)>>,
    texts: FxHashMap<&'p str, u32>,
    next: u32,
}

impl<'p> Table<'p> {
    fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn of_const(&mut self, value: &'p Const) -> u32 {
        let mut hasher = FxHasher::default();
        hash_const(value, &mut hasher);
        let hash = hasher.finish();
        if let Some((_, number)) = self.consts.get(&hash).and_then(|all| all.iter().find(|(known, _)| *known == value))
        {
            return *number;
        }
        let number = self.fresh();
        self.consts.entry(hash).or_default().push((value, number));
        number
    }

    fn of_text(&mut self, text: &'p str) -> u32 {
        if let Some(number) = self.texts.get(text) {
            return *number;
        }
        let number = self.fresh();
        self.texts.insert(text, number);
        number
    }
}

fn hash_const(value: &Const, hasher: &mut FxHasher) {
    std::mem::discriminant(value).hash(hasher);
    match value {
        Const::Bool(value) => value.hash(hasher),
        Const::Number(number) => number.as_i64().hash(hasher),
        Const::String(text) => text.hash(hasher),
        Const::List(items) => {
            items.len().hash(hasher);
            items.iter().for_each(|item| hash_const(item, hasher));
        }
        Const::Record(fields) => fields.iter().for_each(|(name, _)| name.hash(hasher)),
        _ => {}
    }
}

impl<'p> Numbers<'p> {
    fn new(plan: &Plan<'p>) -> Self {
        let program = plan.program;
        let mut set = vec![false; program.params.len()];
        plan.set_params().for_each(|param| set[param.index()] = true);
        let mut numbers = Self { program, known: vec![Known::default(); program.exprs.len()], set };
        let mut table = Table::default();
        for id in &plan.reached.exprs {
            let known = numbers.number(plan, *id, &mut table);
            numbers.known[id.index()] = known;
        }
        numbers
    }

    /// What is known of an expression.
    pub(super) fn of(&self, id: ExprId) -> Known {
        self.known.get(id.index()).copied().unwrap_or_default()
    }

    fn number(&self, plan: &Plan<'p>, id: ExprId, table: &mut Table<'p>) -> Known {
        let program = self.program;
        let expr = &program.exprs[id.index()];
        let mut known = Known::default();
        expr.operands(&mut |operand| {
            let operand = self.of(operand);
            known.reads |= operand.reads;
            known.set |= operand.set;
        });
        match expr {
            Expr::Const(constant) => {
                known.number = match program.consts.get(constant.index()) {
                    Some(constant) => table.of_const(constant),
                    None => table.fresh(),
                };
                return known;
            }
            Expr::Param(param) => {
                let default = program.params.get(param.index()).and_then(|param| param.default.as_ref());
                known.set = self.is_set(*param);
                known.number = match default.filter(|_| !known.set) {
                    Some(default) => table.of_const(default),
                    None => return Known { number: self.keyed(table, expr, &[param.0]), ..known },
                };
                return known;
            }
            Expr::Local(slot) => known.reads = if slot.0 < MOST_SLOTS { 1 << slot.0 } else { u64::MAX },
            Expr::Quantifier(_, binder, _) => known.reads &= !bound(binder),
            Expr::Comprehension { binders, .. } => {
                known.reads &= !binders.iter().fold(0, |slots, binder| slots | bound(binder));
            }
            Expr::Group { .. } => known.reads = u64::MAX,
            _ => {}
        }
        // What binds a variable reads of its source what stands in that slot before; such programs are not made, but
        // nothing here must rely on it.
        if let Expr::Quantifier(_, binder, _) = expr {
            known.reads |= self.of(binder.source).reads;
        }
        if let Expr::Comprehension { binders, .. } = expr {
            known.reads |= binders.first().map_or(0, |binder| self.of(binder.source).reads);
        }
        known.number = match self.parts(plan, expr, &mut known, table) {
            Some(parts) => self.keyed(table, expr, &parts),
            None => table.fresh(),
        };
        known
    }

    // The number of an expression of a kind, with such parts beside its operands.
    fn keyed(&self, table: &mut Table<'p>, expr: &Expr, parts: &[u32]) -> u32 {
        let mut key = Vec::with_capacity(parts.len() + 4);
        key.push(u32::try_from(parts.len()).unwrap_or(u32::MAX));
        key.extend(parts);
        expr.operands(&mut |operand| key.push(self.of(operand).number));
        match table.keys.entry((std::mem::discriminant(expr), key)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                table.next += 1;
                *new.insert(table.next)
            }
        }
    }

    // What an expression says besides its operands; `None` for what is like nothing else.
    fn parts(&self, plan: &Plan<'p>, expr: &'p Expr, known: &mut Known, table: &mut Table<'p>) -> Option<Vec<u32>> {
        Some(match expr {
            Expr::Local(slot) => vec![slot.0],
            Expr::Cluster | Expr::Project => Vec::new(),
            Expr::Field { name, shape, .. } => vec![name.0, shape.0],
            Expr::Index { shape, .. } => vec![shape.0],
            Expr::ListKey { key, shape, .. } => vec![key.0, shape.0],
            Expr::RowField { view, field, .. } => {
                known.set |= plan.view_reads_params(*view);
                vec![view.0, *field]
            }
            Expr::Rows { view, .. } | Expr::Docs { of: DocsOf::View(view), .. } => {
                known.set |= plan.view_reads_params(*view);
                vec![view.0]
            }
            Expr::Property { property, .. } => {
                let body = self.of(self.program.properties.get(property.index())?.body);
                known.set |= plan.property_reads_params(*property);
                vec![Some(body.number).filter(|number| *number > 0)?]
            }
            Expr::Call(def, _) => {
                let body = self.of(self.program.defs.get(def.index())?.body);
                known.set |= body.set;
                vec![Some(body.number).filter(|number| *number > 0)?]
            }
            Expr::Native { part, .. } => vec![*part as u32],
            Expr::Compare(comparison, ..) => vec![*comparison as u32],
            Expr::Like(_, _, scope) => vec![*scope as u32],
            Expr::Arithmetic(operation, ..) => vec![*operation as u32],
            Expr::Is(_, TypeTest::Kinds(kinds)) => vec![0, kinds.0],
            Expr::Is(_, TypeTest::View(view)) => vec![1, view.0],
            Expr::Is(_, TypeTest::Bool) => vec![2],
            Expr::Is(_, TypeTest::Number) => vec![3],
            Expr::Is(_, TypeTest::String) => vec![4],
            Expr::Is(_, TypeTest::List) => vec![5],
            Expr::Is(_, TypeTest::Map) => vec![6],
            Expr::Is(_, TypeTest::Null) => vec![7],
            Expr::Is(_, TypeTest::Absent) => vec![8],
            Expr::Quantifier(quantifier, binder, body) => {
                let mut parts = vec![*quantifier as u32, u32::from(body.is_some())];
                parts.extend(slots_of(binder));
                parts
            }
            Expr::Comprehension { binders, .. } => binders.iter().flat_map(slots_of).collect(),
            Expr::Record(fields) => fields.iter().map(|(name, _)| name.0).collect(),
            Expr::Text(parts) => {
                let number = |part: &'p TextPart, table: &mut Table<'p>| match part {
                    TextPart::Plain(text) => table.of_text(text),
                    TextPart::Value(_) => 0,
                };
                parts.iter().map(|part| number(part, table)).collect()
            }
            Expr::Builtin(builtin, arguments) => vec![*builtin as u32, u32::try_from(arguments.len()).ok()?],
            Expr::List(items) => vec![u32::try_from(items.len()).ok()?],
            Expr::Not(_)
            | Expr::And(..)
            | Expr::Or(..)
            | Expr::In(..)
            | Expr::Contains(..)
            | Expr::Matches(..)
            | Expr::Within(..)
            | Expr::Overlaps(..)
            | Expr::Satisfies(..)
            | Expr::StartsWith(..)
            | Expr::EndsWith(..)
            | Expr::IsEmpty(_)
            | Expr::Exists(_)
            | Expr::Coalesce(..)
            | Expr::Negate(_)
            | Expr::Range(..)
            | Expr::Concat(..)
            | Expr::If(..)
            | Expr::NamespaceNamed(_) => Vec::new(),
            // What reads other documents, and what is given in other words than its operands.
            Expr::Const(_) | Expr::Param(_) | Expr::Docs { .. } | Expr::Find { .. } | Expr::Group { .. } => {
                return None;
            }
        })
    }

    fn is_set(&self, param: ParamId) -> bool {
        self.set.get(param.index()).copied().unwrap_or(true)
    }

    // Which values are kept: those of what reads nothing but the subject and stands in rules more than once.
    fn slots(&self, plan: &Plan<'_>, takes: &[bool]) -> Vec<u32> {
        let mut in_rules = Vec::new();
        let mut seen = vec![false; self.known.len()];
        for (planned, taken) in plan.instances.iter().zip(takes) {
            if let Some(rule) = self.program.rules.get(planned.rule.index()).filter(|_| *taken) {
                let mut open: Vec<ExprId> = rule.condition.into_iter().collect();
                exprs_of(self.program, &rule.body, &mut open, DEEPEST);
                while let Some(id) = open.pop() {
                    if seen.get_mut(id.index()).is_none_or(|seen| std::mem::replace(seen, true)) {
                        continue;
                    }
                    in_rules.push(id);
                    self.program.exprs[id.index()].operands(&mut |operand| open.push(operand));
                }
            }
        }
        let keeps = |id: &&ExprId| {
            let known = self.of(**id);
            let cheap = matches!(self.program.exprs[id.index()], Expr::Local(_) | Expr::Const(_) | Expr::Param(_));
            !cheap && known.reads & !1 == 0 && !known.set && known.number > 0
        };
        let mut uses: FxHashMap<u32, u32> = FxHashMap::default();
        for id in in_rules.iter().filter(keeps) {
            *uses.entry(self.of(*id).number).or_default() += 1;
        }
        let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
        let mut slots = vec![UNKEPT; self.known.len()];
        for id in
            in_rules.iter().filter(keeps).filter(|id| uses.get(&self.of(**id).number).is_some_and(|uses| *uses > 1))
        {
            let next = u32::try_from(numbers.len()).unwrap_or(UNKEPT);
            slots[id.index()] = *numbers.entry(self.of(*id).number).or_insert(next);
        }
        slots
    }

    // What an instance says, as far as it is judged quickly; `None` for what is like no other.
    fn rule(&self, plan: &Plan<'_>, planned: &Planned) -> Option<Vec<u32>> {
        let rule = self.program.rules.get(planned.rule.index()).filter(|_| planned.exemptions.is_empty())?;
        let mut key = vec![planned.severity as u32, u32::from(rule.scope == Scope::Document), rule.unknown as u32];
        let mut set = false;
        for subject in &rule.subject {
            key.extend(match subject {
                Subject::Kinds(kinds) => [0, kinds.0],
                Subject::Objects => [1, 0],
                Subject::View(view) => {
                    set |= plan.view_reads_params(*view);
                    [2, view.0]
                }
                Subject::Namespaces | Subject::Projects => return None,
            });
        }
        self.push(rule.condition, &mut key, &mut set);
        let mut checks = Vec::new();
        self.statements(&rule.body, &mut key, &mut set, &mut checks, DEEPEST)?;
        if set {
            key.push(planned.env.0);
        }
        Some(key)
    }

    fn push(&self, id: Option<ExprId>, key: &mut Vec<u32>, set: &mut bool) {
        let known = id.map_or_else(Known::default, |id| self.of(id));
        *set |= known.set;
        key.push(known.number);
    }

    fn statements(
        &self,
        body: &[Statement],
        key: &mut Vec<u32>,
        set: &mut bool,
        checks: &mut Vec<CheckId>,
        levels: u32,
    ) -> Option<()> {
        let levels = levels.checked_sub(1)?;
        key.push(u32::try_from(body.len()).ok()?);
        for statement in body {
            match statement {
                Statement::Let(slot, value) => {
                    key.extend([0, slot.0]);
                    self.push(Some(*value), key, set);
                }
                Statement::For(binder, body) => {
                    key.push(1);
                    key.extend(slots_of(binder));
                    self.push(Some(binder.source), key, set);
                    self.push(binder.condition, key, set);
                    self.statements(body, key, set, checks, levels)?;
                }
                Statement::When(condition, then, otherwise) => {
                    key.push(2);
                    self.push(Some(*condition), key, set);
                    self.statements(then, key, set, checks, levels)?;
                    self.statements(otherwise, key, set, checks, levels)?;
                }
                Statement::Check(id) => {
                    let check = self.program.checks.get(id.index())?;
                    checks.push(*id);
                    key.extend([3, u32::from(check.forbid)]);
                    self.push(Some(check.condition), key, set);
                    self.push(check.at, key, set);
                    self.push(check.severity, key, set);
                    for earlier in &check.relies_on {
                        key.push(u32::try_from(checks.iter().position(|known| known == earlier)?).ok()?);
                    }
                    key.push(u32::MAX);
                }
            }
        }
        Some(())
    }
}

// Slots that a binder gives values.
fn bound(binder: &Binder) -> u64 {
    let slot = |slot: u32| if slot < MOST_SLOTS { 1 << slot } else { 0 };
    slot(binder.item.0) | binder.key.map_or(0, |key| slot(key.0))
}

fn slots_of(binder: &Binder) -> [u32; 3] {
    [binder.item.0, binder.key.map_or(u32::MAX, |key| key.0), u32::from(binder.condition.is_some())]
}

// What statements compute, as far as it is judged quickly.
fn exprs_of(program: &Program, body: &[Statement], out: &mut Vec<ExprId>, levels: u32) {
    let Some(levels) = levels.checked_sub(1) else { return };
    for statement in body {
        match statement {
            Statement::Let(_, value) => out.push(*value),
            Statement::For(binder, body) => {
                out.push(binder.source);
                out.extend(binder.condition);
                exprs_of(program, body, out, levels);
            }
            Statement::When(condition, then, otherwise) => {
                out.push(*condition);
                exprs_of(program, then, out, levels);
                exprs_of(program, otherwise, out, levels);
            }
            Statement::Check(id) => {
                if let Some(Check { condition, at, severity, .. }) = program.checks.get(id.index()) {
                    out.push(*condition);
                    out.extend(at.iter().chain(severity));
                }
            }
        }
    }
}
