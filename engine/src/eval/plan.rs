//! The plan: which instances judge which subjects, with which parameters; made once, shared by every thread.

use super::quick::Support;
use super::reach::Reached;
use super::value::EnvId;
use crate::dockerfile::is_dockerfile_kind;
use crate::yaml::{KeyTable, Sym as KeySym};
use policyc_lang::ir::{
    Const, DocsOf, Expr, ExprId, ParamId, Program, PropertyId, RuleId, Scope, Statement, Subject, Sym, View, ViewId,
    ViewSource,
};
use policyc_lang::schema::Schema;
use policyc_lang::values::{Date, Severity, Version};
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

/// Names that the engine itself reads of documents.
const OWN_KEYS: [&str; 14] = [
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "namespace",
    "labels",
    "data",
    "stringData",
    "items",
    "spec",
    "matchLabels",
    "matchExpressions",
    "generateName",
    "key",
];

/// An expression that needs a deeper stack than this many calls, operands included, is not run.
const MOST_DEPTH: u32 = 300;

/// Length of a text in bytes that is soon judged.
const LITTLE: usize = 32 << 10;

/// An instance that shall run.
#[derive(Clone, Debug)]
pub struct Selected {
    /// Place in [`Program::instances`].
    pub instance: u32,
    /// Values of parameters that go before those of the instance.
    pub params: Vec<(ParamId, Const)>,
    /// Severity in place of the instance's.
    pub severity: Option<Severity>,
}

/// The cluster that is judged for.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its version.
    pub version: Version,
    /// Who runs it.
    pub provider: Option<String>,
    /// Feature gates.
    pub features: Vec<(String, bool)>,
}

/// How items of a list are told apart, by the object's API version and kind and the path of the list
/// (`spec.template.spec.containers`): `Some(Some(key))`, or `Some(None)` for a list without a key. Where it gives
/// `None`, items that are mappings with a `name` are told apart by it.
pub type ListKeys = Arc<dyn Fn(&str, &str, &str) -> Option<Option<String>> + Send + Sync>;

/// What is the same for a whole run.
#[derive(Clone)]
pub struct Settings {
    /// `today()` and `now()`.
    pub as_of: Date,
    /// The cluster.
    pub cluster: Cluster,
    /// Steps for one rule on one subject, and for each value that subjects share.
    pub fuel: u64,
    /// Whether to compute fixes.
    pub fixes: bool,
    /// Whether to keep how each rule came out on each subject; quick judging is not used then.
    pub subjects: bool,
    /// How items of lists are told apart.
    pub list_keys: ListKeys,
}

impl Settings {
    /// Steps enough to walk a hundred thousand objects, and few enough that what they make fits memory.
    pub const FUEL: u64 = 5_000_000;

    /// Settings for a day and a version.
    #[must_use]
    pub fn new(as_of: Date, version: Version) -> Self {
        let cluster = Cluster { version, provider: None, features: Vec::new() };
        Self { as_of, cluster, fuel: Self::FUEL, fixes: false, subjects: false, list_keys: Arc::new(|_, _, _| None) }
    }
}

/// A selected instance.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) id: Arc<str>,
    pub(crate) rule: RuleId,
    pub(crate) severity: Severity,
    pub(crate) help: Option<Arc<str>>,
    pub(crate) env: EnvId,
    pub(crate) too_deep: bool,
    /// Places in [`Program::exemptions`].
    pub(crate) exemptions: Vec<u32>,
}

/// What rows of a view are printed by: places of fields of these names.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Look {
    pub(crate) display: Option<u32>,
    pub(crate) name: Option<u32>,
}

impl Look {
    fn of(program: &Program, view: &View) -> Self {
        let place = |name: &str| {
            let place = view.fields.iter().position(|field| program.name(field.name) == name);
            place.and_then(|place| u32::try_from(place).ok())
        };
        Self { display: place("display"), name: place("name") }
    }
}

/// Instances that judge the same subjects.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) scope: Scope,
    pub(crate) env: EnvId,
    pub(crate) instances: Vec<u32>,
}

/// Which instances judge which subjects.
pub struct Plan<'a> {
    pub(crate) program: &'a Program,
    /// What of the program the instances can come to.
    pub(crate) reached: Reached,
    pub(crate) instances: Vec<Planned>,
    pub(crate) groups: Vec<Group<'a>>,
    keys: KeyTable,
    key_syms: Vec<KeySym>,
    envs: Vec<FxHashMap<ParamId, Const>>,
    view_params: Vec<bool>,
    property_params: Vec<bool>,
    looks: Vec<Look>,
    by_kind: FxHashMap<&'a str, Vec<u32>>,
    every_object: Vec<u32>,
    shared: Vec<u32>,
    /// Whether hardly anything is judged.
    little: bool,
    /// What can be judged quickly; found out by the first run.
    support: OnceLock<Support>,
}

impl<'a> Plan<'a> {
    /// Plans a run.
    #[must_use]
    pub fn new(program: &'a Program, selection: &[Selected]) -> Self {
        // The names of all fields too, so that whoever holds documents against their types compares numbers.
        let names = program.names.iter().map(String::as_str);
        let keys = KeyTable::new(names.chain(OWN_KEYS).chain(Schema::all_names().iter().copied()));
        let key_syms = program.names.iter().map(|name| keys.sym(name)).collect();
        let instances = selection.iter().filter_map(|selected| program.instances.get(selected.instance as usize));
        let rules = instances.map(|instance| instance.rule);
        let exemptions = 0..u32::try_from(program.exemptions.len()).unwrap_or(u32::MAX);
        let reached = Reached::of(program, rules, exemptions);
        let traits = Traits::new(program, &reached);
        let mut looks = vec![Look::default(); program.views.len()];
        for view in &reached.views {
            looks[view.index()] = Look::of(program, program.view(*view));
        }
        let mut plan = Self {
            program,
            instances: Vec::new(),
            groups: Vec::new(),
            keys,
            key_syms,
            envs: vec![FxHashMap::default()],
            view_params: traits.views.iter().map(|view| view.params).collect(),
            property_params: traits.properties.iter().map(|unit| unit.params).collect(),
            looks,
            reached,
            by_kind: FxHashMap::default(),
            every_object: Vec::new(),
            shared: Vec::new(),
            little: false,
            support: OnceLock::new(),
        };
        for selected in selection {
            plan.add(selected, &traits);
        }
        plan.route();
        plan
    }

    /// The number of one of the program's names.
    pub(crate) fn symbol(&self, text: &str) -> Option<Sym> {
        super::names::symbol(&self.program.names, &self.keys, text)
    }

    /// Every instance of a program, as it stands there.
    #[must_use]
    pub fn all(program: &'a Program) -> Self {
        let every = (0..).zip(&program.instances);
        let selection: Vec<_> =
            every.map(|(instance, _)| Selected { instance, params: Vec::new(), severity: None }).collect();
        Self::new(program, &selection)
    }

    /// The program that was planned.
    #[must_use]
    pub fn program(&self) -> &'a Program {
        self.program
    }

    /// The keys that documents must be read with.
    #[must_use]
    pub fn keys(&self) -> &KeyTable {
        &self.keys
    }

    /// Ids of the instances, in the order of the selection; counts are given in the same order.
    pub fn instance_ids(&self) -> impl Iterator<Item = &Arc<str>> {
        self.instances.iter().map(|planned| &planned.id)
    }

    /// Whether any instance reads so much of the world.
    #[must_use]
    pub fn has_scope(&self, scope: Scope) -> bool {
        self.groups.iter().any(|group| group.scope == scope)
    }

    fn add(&mut self, selected: &Selected, traits: &Traits) {
        let program = self.program;
        let Some(instance) = program.instances.get(selected.instance as usize) else { return };
        let Some(rule) = program.rules.get(instance.rule.index()) else { return };
        let mut params: FxHashMap<ParamId, Const> = instance.params.iter().cloned().collect();
        params.extend(selected.params.iter().cloned());
        params.retain(|param, _| rule.params.contains(param));
        let env = match self.envs.iter().position(|known| *known == params) {
            Some(place) => place,
            None => {
                self.envs.push(params);
                self.envs.len() - 1
            }
        };
        let env = EnvId(u32::try_from(env).unwrap_or(0));
        let number = u32::try_from(self.instances.len()).unwrap_or(u32::MAX);
        let covers = |ids: &Vec<String>| ids.iter().any(|id| *id == instance.id || *id == rule.id);
        let exemptions = (0..).zip(&program.exemptions).filter(|(_, exemption)| covers(&exemption.rules));
        self.instances.push(Planned {
            id: instance.id.as_str().into(),
            rule: instance.rule,
            severity: selected.severity.or(instance.severity).unwrap_or(rule.severity),
            help: rule.help.as_deref().map(Arc::from),
            env,
            too_deep: traits.rule_depth(program, instance.rule) > MOST_DEPTH,
            exemptions: exemptions.map(|(place, _)| place).collect(),
        });
        for subject in &rule.subject {
            let reads = matches!(subject, Subject::View(view) if self.view_reads_params(*view));
            let env = if reads { env } else { EnvId::ANY };
            let same =
                |group: &&mut Group<'_>| group.subject == subject && group.scope == rule.scope && group.env == env;
            match self.groups.iter_mut().find(same) {
                Some(group) => group.instances.push(number),
                None => self.groups.push(Group { subject, scope: rule.scope, env, instances: vec![number] }),
            }
        }
    }

    // Which groups an object of a kind must be shown to.
    fn route(&mut self) {
        let program = self.program;
        for (number, group) in (0u32..).zip(&self.groups) {
            let mut kinds: Vec<&'a str> = Vec::new();
            let reach = match group.subject {
                Subject::Kinds(set) => {
                    push_kinds(program, *set, &mut kinds);
                    Reach::Kinds
                }
                Subject::Objects => Reach::Objects,
                Subject::View(view) => reach(program, *view, &mut kinds, MOST_DEPTH),
                Subject::Namespaces | Subject::Projects => Reach::Shared,
            };
            match reach {
                Reach::Objects => self.every_object.push(number),
                Reach::Shared => self.shared.push(number),
                Reach::Kinds => {}
                Reach::Both => {
                    self.shared.push(number);
                }
            }
            if !matches!(reach, Reach::Objects) {
                kinds.sort_unstable();
                kinds.dedup();
                for kind in kinds {
                    self.by_kind.entry(kind).or_default().push(number);
                }
            }
        }
    }

    /// The groups that may judge an object of a kind, or what comes from it.
    pub(crate) fn groups_of_kind(&self, kind: &str) -> impl Iterator<Item = &Group<'a>> {
        self.numbered_groups_of_kind(kind).map(|(_, group)| group)
    }

    /// As [`Plan::groups_of_kind`], with their numbers.
    pub(crate) fn numbered_groups_of_kind(&self, kind: &str) -> impl Iterator<Item = (u32, &Group<'a>)> {
        let of_kind = self.by_kind.get(kind).map_or(&[][..], Vec::as_slice);
        // A Dockerfile is no object of a cluster, so rules about any object do not mean it.
        let every = if is_dockerfile_kind(kind) { &[][..] } else { self.every_object.as_slice() };
        of_kind.iter().chain(every).map(|number| (*number, &self.groups[*number as usize]))
    }

    /// For a run over hardly any input: finding out what rules have in common would take longer than judging.
    #[must_use]
    pub fn for_little(self) -> Self {
        Self { little: true, ..self }
    }

    /// What can be judged quickly under some settings; `None` where the evaluator must judge everything. `bytes`: the
    /// length of the first text that is judged.
    pub(crate) fn support(&self, settings: &Settings, bytes: usize) -> Option<&Support> {
        let make = || Support::new(self, settings, !self.little || bytes > LITTLE || cfg!(debug_assertions));
        Some(self.support.get_or_init(make)).filter(|support| support.is_for(settings))
    }

    /// The groups that judge namespaces, projects, or what comes from them.
    pub(crate) fn shared_groups(&self) -> impl Iterator<Item = &Group<'a>> {
        self.shared.iter().map(|number| &self.groups[*number as usize])
    }

    /// How documents know a name of the program.
    pub(crate) fn key_of(&self, sym: Sym) -> KeySym {
        self.key_syms.get(sym.index()).copied().unwrap_or(KeySym::OTHER)
    }

    /// A parameter's value.
    pub(crate) fn param(&self, env: EnvId, param: ParamId) -> Option<&Const> {
        let given = self.envs.get(env.0 as usize).and_then(|params| params.get(&param));
        given.or_else(|| self.program.params.get(param.index()).and_then(|param| param.default.as_ref()))
    }

    /// Parameters that some instance sets.
    pub(crate) fn set_params(&self) -> impl Iterator<Item = ParamId> {
        self.envs.iter().flat_map(|params| params.keys().copied())
    }

    /// The instances that an instance of [`super::Spotted`] stands for: itself and those that say the same.
    #[must_use]
    pub fn stands_for(&self, instance: u32) -> &[u32] {
        self.support.get().map_or(&[], |support| support.followers(instance))
    }

    /// Whether a view's rows depend on parameters.
    pub(crate) fn view_reads_params(&self, view: ViewId) -> bool {
        self.view_params.get(view.index()).copied().unwrap_or(true)
    }

    /// What a view's rows are printed by.
    pub(crate) fn look_of(&self, view: ViewId) -> Look {
        self.looks.get(view.index()).copied().unwrap_or_default()
    }

    /// Whether a property depends on parameters.
    pub(crate) fn property_reads_params(&self, property: PropertyId) -> bool {
        self.property_params.get(property.index()).copied().unwrap_or(true)
    }
}

enum Reach {
    Kinds,
    Objects,
    Shared,
    Both,
}

fn push_kinds<'a>(program: &'a Program, set: policyc_lang::ir::KindSetId, out: &mut Vec<&'a str>) {
    if let Some(set) = program.kind_sets.get(set.index()) {
        out.extend(set.kinds.iter().map(|kind| kind.kind.as_str()));
    }
}

// From what the rows of a view come in the end.
fn reach<'a>(program: &'a Program, view: ViewId, kinds: &mut Vec<&'a str>, depth: u32) -> Reach {
    let Some(view) = program.views.get(view.index()).filter(|_| depth > 0) else { return Reach::Kinds };
    match &view.source {
        ViewSource::Kinds(set) => {
            push_kinds(program, *set, kinds);
            Reach::Kinds
        }
        ViewSource::Objects => Reach::Objects,
        ViewSource::Namespaces | ViewSource::Projects => Reach::Shared,
        ViewSource::Views(views) => {
            views.iter().fold(Reach::Kinds, |acc, view| match (acc, reach(program, *view, kinds, depth - 1)) {
                (Reach::Objects, _) | (_, Reach::Objects) => Reach::Objects,
                (Reach::Kinds, Reach::Kinds) => Reach::Kinds,
                (Reach::Shared, Reach::Shared) if kinds.is_empty() => Reach::Shared,
                _ => Reach::Both,
            })
        }
    }
}

/// What is known of expressions before they run: how deep a stack they need, and whether they read parameters.
#[derive(Default)]
struct Traits {
    exprs: Vec<Unit>,
    defs: Vec<Unit>,
    properties: Vec<Unit>,
    views: Vec<ViewUnits>,
}

#[derive(Clone, Copy, Default, PartialEq)]
struct Unit {
    depth: u32,
    params: bool,
}

/// A row and each of its fields are computed apart, and views may well refer to each other's rows.
#[derive(Clone, Default, PartialEq)]
struct ViewUnits {
    rows: Unit,
    fields: Vec<Unit>,
    /// Whether anything of a row reads parameters.
    params: bool,
}

impl Unit {
    fn join(self, other: Self) -> Self {
        Self { depth: self.depth.max(other.depth), params: self.params || other.params }
    }
}

impl Traits {
    // Nothing calls itself, so a few rounds settle everything; a depth past the limit stops growing, so programs that
    // break the rule end too.
    fn new(program: &Program, reached: &Reached) -> Self {
        let mut traits = Self {
            exprs: vec![Unit::default(); program.exprs.len()],
            defs: vec![Unit::default(); program.defs.len()],
            properties: vec![Unit::default(); program.properties.len()],
            views: vec![ViewUnits::default(); program.views.len()],
        };
        loop {
            traits.of_exprs(program, reached);
            let mut settled = true;
            for id in &reached.defs {
                let unit = traits.of(program.def(*id).body);
                settled &= std::mem::replace(&mut traits.defs[id.index()], unit) == unit;
            }
            for id in &reached.properties {
                let unit = traits.of(program.properties[id.index()].body);
                settled &= std::mem::replace(&mut traits.properties[id.index()], unit) == unit;
            }
            for id in &reached.views {
                let units = traits.of_view(program.view(*id));
                settled &= traits.views[id.index()] == units;
                traits.views[id.index()] = units;
            }
            if settled {
                return traits;
            }
        }
    }

    fn of(&self, id: ExprId) -> Unit {
        self.exprs.get(id.index()).copied().unwrap_or_default()
    }

    fn of_view(&self, view: &View) -> ViewUnits {
        let of = |id: ExprId| self.of(id);
        let sources = view.clauses.iter().map(|clause| clause.source);
        let mut rows = sources.chain(view.condition).map(of).fold(Unit::default(), Unit::join);
        if let ViewSource::Views(parents) = &view.source {
            for parent in parents {
                rows.params |= self.views.get(parent.index()).is_some_and(|parent| parent.params);
            }
        }
        let given = |place: usize| {
            let values = view.clauses.iter().flat_map(|clause| &clause.fields);
            values.filter(move |(field, _)| *field as usize == place).map(|(_, value)| *value)
        };
        let fields: Vec<Unit> = view
            .fields
            .iter()
            .enumerate()
            .map(|(place, field)| given(place).chain(field.value).map(of).fold(Unit::default(), Unit::join))
            .collect();
        let params = rows.params || fields.iter().any(|field| field.params);
        ViewUnits { rows, fields, params }
    }

    // Operands stand before their users, so one pass is enough.
    fn of_exprs(&mut self, program: &Program, reached: &Reached) {
        let known = |list: &[Unit], place: usize| list.get(place).copied().unwrap_or_default();
        for id in &reached.exprs {
            let expr = &program.exprs[id.index()];
            let mut unit = Unit::default();
            expr.operands(&mut |operand| {
                unit = unit.join(known(&self.exprs, operand.index()));
            });
            unit = unit.join(match expr {
                Expr::Call(def, _) => known(&self.defs, def.index()),
                Expr::Property { property, .. } => known(&self.properties, property.index()),
                Expr::Rows { view, .. } | Expr::Docs { of: DocsOf::View(view), .. } => self
                    .views
                    .get(view.index())
                    .map_or_else(Unit::default, |view| Unit { params: view.params, ..view.rows }),
                Expr::RowField { view, field, .. } => {
                    self.views.get(view.index()).map_or_else(Unit::default, |view| known(&view.fields, *field as usize))
                }
                Expr::Param(_) => Unit { depth: 0, params: true },
                _ => Unit::default(),
            });
            // Long chains of one connective are walked in a loop.
            let chained = super::logic::is_chained(&program.exprs, expr);
            unit.depth = (unit.depth + u32::from(!chained)).min(MOST_DEPTH + 1);
            self.exprs[id.index()] = unit;
        }
    }

    fn rule_depth(&self, program: &Program, rule: RuleId) -> u32 {
        let Some(rule) = program.rules.get(rule.index()) else { return 0 };
        let of = |id: ExprId| self.exprs.get(id.index()).map_or(0, |unit| unit.depth);
        let own = rule.condition.map_or(0, of);
        own.max(statements_depth(program, &rule.body, &of, 0))
    }
}

fn statements_depth(program: &Program, body: &[Statement], of: &dyn Fn(ExprId) -> u32, level: u32) -> u32 {
    if level > MOST_DEPTH {
        return level;
    }
    let deepest = body.iter().map(|statement| match statement {
        Statement::Let(_, value) => of(*value),
        Statement::For(binder, body) => {
            let own = of(binder.source).max(binder.condition.map_or(0, of));
            own.max(statements_depth(program, body, of, level + 1))
        }
        Statement::When(condition, then, otherwise) => of(*condition)
            .max(statements_depth(program, then, of, level + 1))
            .max(statements_depth(program, otherwise, of, level + 1)),
        Statement::Check(check) => program.checks.get(check.index()).map_or(0, |check| {
            let rest = check.at.iter().chain(&check.see).chain(&check.help).chain(&check.severity);
            rest.map(|expr| of(*expr)).fold(of(check.condition).max(of(check.message)), u32::max)
        }),
    });
    1 + deepest.max().unwrap_or(0)
}
