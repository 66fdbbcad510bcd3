//! The rules that judge at a moment, and which of them read which fields.

use policyc_lang::check::Artefact;
use policyc_lang::ir::{Expr, ExprId, Program, RuleId, Statement, Subject, Sym, ViewId, ViewSource};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// Fields that nearly every rule reads, by which nothing is said.
const COMMON: &[&str] = &["apiVersion", "kind", "metadata", "name", "namespace", "spec", "template", "labels"];

/// Rules of one moment.
pub(crate) struct Rules {
    /// What runs.
    pub(crate) artefact: Arc<Artefact>,
    readers: OnceLock<Readers>,
}

/// Which instances read which fields.
struct Readers {
    /// By the field's name and, where it is known, that of the field above it.
    by_field: BTreeMap<(Option<String>, String), BTreeSet<usize>>,
    /// The kinds that an instance judges; `None` where it judges every kind.
    kinds: Vec<Option<BTreeSet<String>>>,
}

impl Rules {
    /// Rules that nothing is known of yet.
    pub(crate) fn new(artefact: Arc<Artefact>) -> Self {
        Self { artefact, readers: OnceLock::new() }
    }

    /// Ids of the rules that read a field of objects of a kind, sorted. `parent` is the name of the field above it.
    pub(crate) fn readers(&self, kind: &str, parent: Option<&str>, name: &str) -> Vec<&str> {
        let program = &self.artefact.program;
        let readers = self.readers.get_or_init(|| Readers::new(program));
        let exact = readers.by_field.get(&(parent.map(ToOwned::to_owned), name.to_owned()));
        let loose = readers.by_field.get(&(None, name.to_owned())).filter(|_| !COMMON.contains(&name));
        let found: BTreeSet<usize> = exact.into_iter().chain(loose).flatten().copied().collect();
        let judges = |place: &usize| match readers.kinds.get(*place) {
            Some(Some(kinds)) => kinds.contains(kind),
            _ => true,
        };
        let instances = found.into_iter().filter(judges).filter_map(|place| program.instances.get(place));
        let ids: BTreeSet<&str> = instances.map(|instance| instance.id.as_str()).collect();
        ids.into_iter().collect()
    }
}

impl Readers {
    fn new(program: &Program) -> Self {
        let reads: Vec<BTreeSet<(Option<Sym>, Sym)>> =
            (0..).map(RuleId).take(program.rules.len()).map(|rule| reads_of(program, rule)).collect();
        let mut by_field: BTreeMap<(Option<String>, String), BTreeSet<usize>> = BTreeMap::new();
        let mut kinds = Vec::with_capacity(program.instances.len());
        for (place, instance) in program.instances.iter().enumerate() {
            for (parent, name) in reads.get(instance.rule.index()).into_iter().flatten() {
                let key = (parent.map(|parent| program.name(parent).to_owned()), program.name(*name).to_owned());
                by_field.entry(key).or_default().insert(place);
            }
            kinds.push(program.rules.get(instance.rule.index()).and_then(|rule| kinds_of(program, &rule.subject)));
        }
        Self { by_field, kinds }
    }
}

/// The kinds of some subjects; `None` where they may be of any kind.
fn kinds_of(program: &Program, subjects: &[Subject]) -> Option<BTreeSet<String>> {
    let mut kinds = BTreeSet::new();
    for subject in subjects {
        match subject {
            Subject::Kinds(set) => add_kinds(program, *set, &mut kinds),
            Subject::View(view) => of_view(program, *view, &mut kinds, 32)?,
            Subject::Objects | Subject::Namespaces | Subject::Projects => return None,
        }
    }
    Some(kinds)
}

fn of_view(program: &Program, view: ViewId, kinds: &mut BTreeSet<String>, depth: u32) -> Option<()> {
    match &program.views.get(view.index()).filter(|_| depth > 0)?.source {
        ViewSource::Kinds(set) => add_kinds(program, *set, kinds),
        ViewSource::Views(parents) => {
            for parent in parents {
                of_view(program, *parent, kinds, depth - 1)?;
            }
        }
        ViewSource::Objects | ViewSource::Namespaces | ViewSource::Projects => return None,
    }
    Some(())
}

fn add_kinds(program: &Program, set: policyc_lang::ir::KindSetId, kinds: &mut BTreeSet<String>) {
    let set = program.kind_sets.get(set.index());
    kinds.extend(set.into_iter().flat_map(|set| set.kinds.iter().map(|kind| kind.kind.clone())));
}

/// The fields that decide what a rule says.
fn reads_of(program: &Program, rule: RuleId) -> BTreeSet<(Option<Sym>, Sym)> {
    let mut walk = Walk { program, seen: BTreeSet::new(), todo: Vec::new(), reads: BTreeSet::new() };
    if let Some(rule) = program.rules.get(rule.index()) {
        walk.todo.extend(rule.condition);
        for subject in &rule.subject {
            if let Subject::View(view) = subject {
                walk.rows(*view);
            }
        }
        walk.statements(&rule.body);
        walk.run();
    }
    walk.reads
}

struct Walk<'p> {
    program: &'p Program,
    seen: BTreeSet<ExprId>,
    todo: Vec<ExprId>,
    reads: BTreeSet<(Option<Sym>, Sym)>,
}

impl Walk<'_> {
    fn statements(&mut self, body: &[Statement]) {
        for statement in body {
            match statement {
                // A name's value counts where the name is used in a check; which one that is nobody asks here.
                Statement::Let(_, value) => self.todo.push(*value),
                Statement::For(binder, body) => {
                    self.todo.push(binder.source);
                    self.todo.extend(binder.condition);
                    self.statements(body);
                }
                Statement::When(condition, then, otherwise) => {
                    self.todo.push(*condition);
                    self.statements(then);
                    self.statements(otherwise);
                }
                Statement::Check(check) => {
                    self.todo.extend(self.program.checks.get(check.index()).map(|check| check.condition));
                }
            }
        }
    }

    fn run(&mut self) {
        while let Some(id) = self.todo.pop() {
            if !self.seen.insert(id) {
                continue;
            }
            let Some(expr) = self.program.exprs.get(id.index()) else { continue };
            expr.operands(&mut |operand| self.todo.push(operand));
            match expr {
                Expr::Field { base, name, .. } => {
                    let parent = self.parent(*base);
                    self.reads.insert((parent, *name));
                }
                Expr::Call(def, _) => self.todo.extend(self.program.defs.get(def.index()).map(|def| def.body)),
                Expr::Property { property, .. } => {
                    self.todo.extend(self.program.properties.get(property.index()).map(|property| property.body));
                }
                Expr::Rows { view, .. } => self.rows(*view),
                Expr::RowField { view, field, .. } => self.row_field(*view, *field),
                _ => {}
            }
        }
    }

    /// The name of the field that a value was read from, through indexes.
    fn parent(&self, mut base: ExprId) -> Option<Sym> {
        loop {
            match self.program.exprs.get(base.index())? {
                Expr::Field { name, .. } => return Some(*name),
                Expr::Index { base: inner, .. } | Expr::ListKey { base: inner, .. } | Expr::Coalesce(inner, _) => {
                    base = *inner;
                }
                _ => return None,
            }
        }
    }

    fn rows(&mut self, view: ViewId) {
        if let Some(view) = self.program.views.get(view.index()) {
            self.todo.extend(view.condition);
            self.todo.extend(view.clauses.iter().map(|clause| clause.source));
        }
    }

    fn row_field(&mut self, view: ViewId, field: u32) {
        let Some(view) = self.program.views.get(view.index()) else { return };
        self.todo.extend(view.fields.get(field as usize).and_then(|known| known.value));
        let given = view.clauses.iter().flat_map(|clause| &clause.fields);
        self.todo.extend(given.filter(|(known, _)| *known == field).map(|(_, value)| *value));
    }
}
