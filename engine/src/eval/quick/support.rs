//! What quick judging can take on: which rules hold nothing but expressions that it knows, and which conditions depend
//! on the run alone. Found once a run.

use super::gates::{Gate, Split};
use super::selectors::WalkNames;
use super::share::Shared;
use crate::eval::machine::Evaluator;
use crate::eval::origin::Origin;
use crate::eval::plan::{Plan, Settings};
use crate::eval::reach::Reached;
use crate::eval::value::Data;
use crate::world::{WorldBuilder, WorldOptions};
use policyc_lang::ir::{Builtin, Const, Expr, ExprId, Native, Program, Rule, Statement, View, ViewSource};

/// Budgets below this are the evaluator's to count.
const LEAST_FUEL: u64 = 1_000_000;
/// Levels of blocks that are looked into.
const DEEPEST: u32 = 100;

/// What holds for a whole run.
#[derive(Debug)]
pub(crate) struct Support {
    facts: Vec<Option<bool>>,
    instances: Vec<bool>,
    version: Const,
    walk_names: WalkNames,
    shared: Shared,
}

impl Support {
    /// For a plan in a run; `share`: whether to find out what rules have in common.
    pub(crate) fn new(plan: &Plan<'_>, settings: &Settings, share: bool) -> Self {
        let program = plan.program;
        let facts = facts(plan, settings);
        let known = Known::new(program, &plan.reached, &facts);
        let instances: Vec<bool> = plan
            .instances
            .iter()
            .map(|planned| {
                !planned.too_deep
                    && program.rules.get(planned.rule.index()).is_some_and(|rule| known.rule(program, &facts, rule))
            })
            .collect();
        let shared = if share { Shared::new(plan, &instances) } else { Shared::none(plan) };
        let walk_names = walk_names(plan);
        Self { instances, shared, facts, walk_names, version: Const::Semver(settings.cluster.version.clone()) }
    }

    /// Whether it was made for such a run.
    pub(crate) fn is_for(&self, settings: &Settings) -> bool {
        settings.fuel >= LEAST_FUEL && self.version == Const::Semver(settings.cluster.version.clone())
    }

    /// Conditions that come out the same whatever the document, by expression.
    pub(super) fn facts(&self) -> &[Option<bool>] {
        &self.facts
    }

    /// What the fields of nodes that are walked are called.
    pub(super) fn walk_names(&self) -> WalkNames {
        self.walk_names
    }

    /// The cluster's version.
    pub(super) fn version(&self) -> &Const {
        &self.version
    }

    /// Where values that several rules ask for are kept, by expression.
    pub(super) fn slots(&self) -> &[u32] {
        &self.shared.slots
    }

    /// How many values are kept.
    pub(super) fn kept(&self) -> usize {
        self.shared.kept
    }

    /// Whether an instance is judged with another one that says the same.
    pub(crate) fn follows(&self, instance: u32) -> bool {
        self.shared.leaders.get(instance as usize).is_some_and(|leader| *leader != instance)
    }

    /// The instances that are judged with one, itself first.
    pub(crate) fn followers(&self, instance: u32) -> &[u32] {
        self.shared.followers.get(instance as usize).map_or(&[], Vec::as_slice)
    }

    /// Which of a group's instances a subject need not be shown to, where that was found out.
    pub(crate) fn split(&self, group: u32) -> Option<&Split> {
        self.shared.splits.get(group as usize)
    }

    /// All gates.
    pub(crate) fn all_gates(&self) -> impl Iterator<Item = &Gate> {
        self.shared.splits.iter().flat_map(|split| &split.gates)
    }

    /// How many gates there are.
    pub(crate) fn gates(&self) -> usize {
        self.shared.gates
    }

    /// Whether an instance may be judged quickly.
    pub(crate) fn takes(&self, instance: u32) -> bool {
        self.instances.get(instance as usize).copied().unwrap_or_default()
    }
}

fn walk_names(plan: &Plan<'_>) -> WalkNames {
    let program = plan.program;
    let walks = |id: &ExprId| matches!(program.exprs[id.index()], Expr::Builtin(Builtin::Walk, _));
    if !plan.reached.exprs.iter().any(walks) {
        return WalkNames::default();
    }
    let name = |text: &str| plan.symbol(text);
    WalkNames { key: name("key"), path: name("path"), depth: name("depth"), value: name("value"), keys: name("keys") }
}

// Conditions over the cluster's version and constants, as the evaluator has them.
fn facts(plan: &Plan<'_>, settings: &Settings) -> Vec<Option<bool>> {
    let program = plan.program;
    // Whether an expression reads nothing but the run, and whether it reads the cluster.
    let mut of_run = vec![(false, false); program.exprs.len()];
    let mut facts = vec![None; program.exprs.len()];
    let mut set = vec![false; program.params.len()];
    plan.set_params().for_each(|param| set[param.index()] = true);
    let reads_run = |id: &ExprId| matches!(program.exprs[id.index()], Expr::Cluster | Expr::Param(_));
    if !plan.reached.exprs.iter().any(reads_run) {
        return facts;
    }
    let world = WorldBuilder::new(WorldOptions::default()).build();
    let mut evaluator = Evaluator::new(plan, &world, settings);
    for id in &plan.reached.exprs {
        let (place, expr) = (id.index(), &program.exprs[id.index()]);
        let (mut closed, mut cluster) = match expr {
            Expr::Const(_) => (true, false),
            Expr::Cluster => (true, true),
            Expr::Param(param) => (!set[param.index()], true),
            Expr::Native { part: Native::ClusterVersion, .. }
            | Expr::Field { .. }
            | Expr::Compare(..)
            | Expr::In(..)
            | Expr::Contains(..)
            | Expr::IsEmpty(_)
            | Expr::Exists(_)
            | Expr::Satisfies(..)
            | Expr::Not(_)
            | Expr::And(..)
            | Expr::Or(..) => (true, false),
            _ => (false, false),
        };
        expr.operands(&mut |operand| {
            let (of_operand, reads) = of_run.get(operand.index()).copied().unwrap_or_default();
            closed &= of_operand;
            cluster |= reads;
        });
        of_run[place] = (closed, cluster);
        let is_condition =
            !matches!(expr, Expr::Cluster | Expr::Native { .. } | Expr::Const(_) | Expr::Param(_) | Expr::Field { .. });
        if closed && cluster && is_condition {
            evaluator.fuel = super::super::fuel::Fuel::new(settings.fuel);
            let value = evaluator.eval(*id);
            facts[place] = match value.data {
                Data::Bool(holds) if matches!(value.origin, Origin::None | Origin::Param(_)) => Some(holds),
                _ => None,
            };
        }
    }
    facts
}

/// Whether quick judging knows expressions of this kind, whatever they are made of.
pub(super) fn is_known(expr: &Expr) -> bool {
    match expr {
        Expr::Const(_)
        | Expr::Param(_)
        | Expr::Local(_)
        | Expr::Field { .. }
        | Expr::Index { .. }
        | Expr::ListKey { .. }
        | Expr::Not(_)
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
        | Expr::IsEmpty(_)
        | Expr::Exists(_)
        | Expr::Coalesce(..)
        | Expr::If(..)
        | Expr::Quantifier(..)
        | Expr::Comprehension { .. }
        | Expr::Group { .. }
        | Expr::List(_)
        | Expr::Record(_)
        | Expr::Text(_)
        | Expr::Concat(..)
        | Expr::Arithmetic(..)
        | Expr::Is(..)
        | Expr::RowField { .. }
        | Expr::Rows { .. }
        | Expr::Property { .. }
        | Expr::Call(..) => true,
        Expr::Native { part, .. } => matches!(
            part,
            Native::ClusterVersion
                | Native::ObjectApiVersion
                | Native::ObjectGroup
                | Native::ObjectVersion
                | Native::ObjectKind
                | Native::RowObject
                | Native::ImageRegistry
                | Native::ImagePath
                | Native::ImageRepository
                | Native::ImageTag
                | Native::ImageDigest
                | Native::TextRaw
                | Native::SemverMajor
                | Native::SemverMinor
                | Native::SemverPatch
                | Native::PathBase
                | Native::PathAbsolute
        ),
        Expr::Builtin(builtin, arguments) => match builtin {
            Builtin::First
            | Builtin::Last
            | Builtin::Count
            | Builtin::Length
            | Builtin::Lower
            | Builtin::Upper
            | Builtin::Trim
            | Builtin::Min
            | Builtin::Max
            | Builtin::Sum
            | Builtin::Text
            | Builtin::Number
            | Builtin::Quantity
            | Builtin::Semver
            | Builtin::Duration
            | Builtin::Image
            | Builtin::Path
            | Builtin::Base64
            | Builtin::Walk
            | Builtin::Cron => arguments.len() == 1,
            Builtin::Split | Builtin::Before | Builtin::After | Builtin::Selects => arguments.len() == 2,
            Builtin::Scaled | Builtin::Grants | Builtin::Replace => arguments.len() == 3,
            _ => false,
        },
        _ => false,
    }
}

/// Which expressions are known all the way down.
struct Known {
    exprs: Vec<bool>,
    defs: Vec<bool>,
    properties: Vec<bool>,
    views: Vec<(bool, Vec<bool>)>,
}

impl Known {
    // What calls itself is no program; everything settles after a few rounds.
    fn new(program: &Program, reached: &Reached, facts: &[Option<bool>]) -> Self {
        let mut known = Self {
            exprs: vec![false; program.exprs.len()],
            defs: vec![true; program.defs.len()],
            properties: vec![true; program.properties.len()],
            views: program.views.iter().map(|view| (true, vec![true; view.fields.len()])).collect(),
        };
        loop {
            for id in &reached.exprs {
                let place = id.index();
                known.exprs[place] = known.expr(&program.exprs[place], facts, facts[place]);
            }
            let mut settled = true;
            for id in &reached.defs {
                let body = known.has(program.def(*id).body);
                settled &= std::mem::replace(&mut known.defs[id.index()], body) == body;
            }
            for id in &reached.properties {
                let body = known.has(program.properties[id.index()].body);
                settled &= std::mem::replace(&mut known.properties[id.index()], body) == body;
            }
            for id in &reached.views {
                let view = known.view(program.view(*id));
                settled &= known.views[id.index()] == view;
                known.views[id.index()] = view;
            }
            if settled {
                return known;
            }
        }
    }

    fn has(&self, id: ExprId) -> bool {
        self.exprs.get(id.index()).copied().unwrap_or_default()
    }

    fn view(&self, view: &View) -> (bool, Vec<bool>) {
        let root = matches!(view.source, ViewSource::Namespaces | ViewSource::Projects);
        let rows = view.clauses.iter().map(|clause| clause.source).chain(view.condition).all(|id| self.has(id));
        let field = |place: usize| {
            let values = view.clauses.iter().flat_map(|clause| &clause.fields);
            let given = values.filter(|(field, _)| *field as usize == place).map(|(_, value)| *value);
            given.chain(view.fields.get(place).and_then(|field| field.value)).all(|id| self.has(id))
        };
        (rows && !root, (0..view.fields.len()).map(field).collect())
    }

    fn expr(&self, expr: &Expr, facts: &[Option<bool>], fact: Option<bool>) -> bool {
        if fact.is_some() {
            return true;
        }
        // Of a branch that depends on the run alone only one counts.
        if let Expr::If(condition, then, otherwise) = expr
            && let Some(holds) = facts.get(condition.index()).copied().flatten()
        {
            return self.has(if holds { *then } else { *otherwise });
        }
        let own = match expr {
            Expr::Native { part: Native::ClusterVersion, .. } => return true,
            Expr::RowField { view, field, .. } => {
                let fields = self.views.get(view.index()).map(|(_, fields)| fields.as_slice()).unwrap_or_default();
                fields.get(*field as usize).copied().unwrap_or_default()
            }
            Expr::Rows { view, .. } => self.views.get(view.index()).is_some_and(|(rows, _)| *rows),
            Expr::Property { property, .. } => self.properties.get(property.index()).copied().unwrap_or_default(),
            Expr::Call(def, _) => self.defs.get(def.index()).copied().unwrap_or_default(),
            _ => is_known(expr),
        };
        if !own {
            return false;
        }
        let mut all = true;
        expr.operands(&mut |operand| all &= self.has(operand));
        all
    }

    fn rule(&self, program: &Program, facts: &[Option<bool>], rule: &Rule) -> bool {
        rule.condition.is_none_or(|condition| self.has(condition)) && self.block(program, facts, &rule.body, DEEPEST)
    }

    fn block(&self, program: &Program, facts: &[Option<bool>], body: &[Statement], levels: u32) -> bool {
        levels > 0
            && body.iter().all(|statement| match statement {
                Statement::Let(_, value) => self.has(*value),
                Statement::For(binder, body) => {
                    self.has(binder.source)
                        && binder.condition.is_none_or(|condition| self.has(condition))
                        && self.block(program, facts, body, levels - 1)
                }
                Statement::When(condition, then, otherwise) => match facts.get(condition.index()).copied().flatten() {
                    // Of a branch that depends on the run alone only one counts.
                    Some(holds) => self.block(program, facts, if holds { then } else { otherwise }, levels - 1),
                    None => {
                        self.has(*condition)
                            && self.block(program, facts, then, levels - 1)
                            && self.block(program, facts, otherwise, levels - 1)
                    }
                },
                Statement::Check(check) => program.checks.get(check.index()).is_some_and(|check| {
                    self.has(check.condition) && check.at.iter().chain(&check.severity).all(|expr| self.has(*expr))
                }),
            })
    }
}
