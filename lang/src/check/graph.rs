//! What calls what: recursion is refused, and rules learn which parameters and how much of the world they read.

use super::Checker;
use crate::ir::{Builtin, DefId, DocsOf, Expr, ExprId, Native, ParamId, Program, PropertyId, Scope, Statement, ViewId};
use policyc_text::Span;
use rustc_hash::FxHashSet;

/// Something that has a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Body {
    Def(DefId),
    Property(PropertyId),
    /// A field of a view.
    Field(ViewId, u32),
    /// The rows of a view: its condition and clauses.
    Rows(ViewId),
}

impl Checker<'_> {
    /// Refuses bodies that need themselves.
    pub(super) fn check_recursion(&mut self) {
        let mut done: FxHashSet<Body> = FxHashSet::default();
        for body in all_bodies(&self.program) {
            let mut path = Vec::new();
            if let Some(cycle) = find_cycle(&self.program, body, &mut path, &mut done) {
                self.report_cycle(&cycle);
            }
        }
    }

    fn report_cycle(&mut self, cycle: &[Body]) {
        let Some(first) = cycle.first() else { return };
        let names: Vec<String> = cycle.iter().map(|body| format!("`{}`", name_of(&self.program, *body))).collect();
        let (module, span) = place_of(&self.program, *first);
        let Some(file) = self.file_of(module) else { return };
        let message = match names.split_first() {
            Some((first, [])) => format!("{first} needs itself"),
            Some((first, rest)) => format!("{first} needs itself, through {}", rest.join(", ")),
            None => return,
        };
        let mut diagnostic = policyc_text::Diagnostic::error("policy/recursion", file, span, message);
        diagnostic.hint = Some("the language has no recursion; break the circle".to_owned());
        self.diagnostics.push(diagnostic);
    }

    /// The file of a module that is compiled now; none for one of the base.
    fn file_of(&self, module: crate::ir::ModuleId) -> Option<policyc_text::FileId> {
        self.pending.file_of(module)
    }

    /// Which parameters and how much of the world each new rule reads.
    pub(super) fn finish_rules(&mut self) {
        if self.diagnostics.iter().any(|diagnostic| diagnostic.code == "policy/recursion") {
            return;
        }
        for at in self.base.rules..self.program.rules.len() {
            let mut reader =
                Reader { program: &self.program, params: Vec::new(), world: false, seen: FxHashSet::default() };
            reader.rule(at);
            let (mut params, world) = (reader.params, reader.world);
            params.sort();
            params.dedup();
            let rule = &mut self.program.rules[at];
            rule.params = params;
            rule.scope = if world { Scope::World } else { Scope::Document };
        }
    }
}

fn all_bodies(program: &Program) -> Vec<Body> {
    let id = super::next_id;
    let mut bodies: Vec<Body> = Vec::new();
    bodies.extend((0..program.defs.len()).map(|at| Body::Def(DefId(id(at)))));
    bodies.extend((0..program.properties.len()).map(|at| Body::Property(PropertyId(id(at)))));
    for (at, view) in program.views.iter().enumerate() {
        bodies.push(Body::Rows(ViewId(id(at))));
        bodies.extend((0..view.fields.len()).map(|field| Body::Field(ViewId(id(at)), id(field))));
    }
    bodies
}

fn name_of(program: &Program, body: Body) -> String {
    match body {
        Body::Def(def) => program.defs[def.index()].name.clone(),
        Body::Property(property) => program.properties[property.index()].name.clone(),
        Body::Rows(view) => program.views[view.index()].name.clone(),
        Body::Field(view, field) => {
            let view = &program.views[view.index()];
            format!("{}.{}", view.name, program.name(view.fields[field as usize].name))
        }
    }
}

fn place_of(program: &Program, body: Body) -> (crate::ir::ModuleId, Span) {
    let module = match body {
        Body::Def(def) => program.defs[def.index()].module,
        Body::Property(property) => program.properties[property.index()].module,
        Body::Rows(view) | Body::Field(view, _) => program.views[view.index()].module,
    };
    let span = roots(program, body).first().and_then(|root| program.spans.get(root.index())).copied();
    (module, span.unwrap_or_default())
}

/// The expressions that a body starts from.
fn roots(program: &Program, body: Body) -> Vec<ExprId> {
    match body {
        Body::Def(def) => vec![program.defs[def.index()].body],
        Body::Property(property) => vec![program.properties[property.index()].body],
        Body::Rows(view) => {
            let view = &program.views[view.index()];
            view.condition.into_iter().chain(view.clauses.iter().map(|clause| clause.source)).collect()
        }
        Body::Field(view, field) => {
            let view = &program.views[view.index()];
            let given = view.clauses.iter().flat_map(|clause| &clause.fields);
            let given = given.filter(|(known, _)| *known == field).map(|(_, value)| *value);
            view.fields[field as usize].value.into_iter().chain(given).collect()
        }
    }
}

fn find_cycle(program: &Program, body: Body, path: &mut Vec<Body>, done: &mut FxHashSet<Body>) -> Option<Vec<Body>> {
    if let Some(at) = path.iter().position(|known| *known == body) {
        return Some(path[at..].to_vec());
    }
    if !done.insert(body) {
        return None;
    }
    path.push(body);
    let mut needed = Vec::new();
    for root in roots(program, body) {
        visit(program, root, &mut |expr| needed.extend(body_of(program, expr)));
    }
    for next in needed {
        // A body on the path was entered before it was done, so it is looked for there first.
        if let Some(at) = path.iter().position(|known| *known == next) {
            return Some(path[at..].to_vec());
        }
        if let Some(cycle) = find_cycle(program, next, path, done) {
            return Some(cycle);
        }
    }
    path.pop();
    None
}

/// The bodies that an expression runs.
fn body_of(program: &Program, expr: &Expr) -> Vec<Body> {
    match expr {
        Expr::Call(def, _) => vec![Body::Def(*def)],
        Expr::Property { property, .. } => vec![Body::Property(*property)],
        Expr::RowField { view, field, .. } => vec![Body::Field(*view, *field)],
        Expr::Rows { view, .. } => vec![Body::Rows(*view)],
        Expr::Docs { of: DocsOf::View(view), .. } => rows_from(program, *view),
        _ => Vec::new(),
    }
}

/// The rows of a view and of the views that they come from.
fn rows_from(program: &Program, view: ViewId) -> Vec<Body> {
    let mut bodies = vec![Body::Rows(view)];
    let mut at = 0;
    while let Some(Body::Rows(view)) = bodies.get(at).copied() {
        if let crate::ir::ViewSource::Views(sources) = &program.views[view.index()].source {
            bodies.extend(
                sources
                    .iter()
                    .map(|source| Body::Rows(*source))
                    .filter(|next| !bodies.contains(next))
                    .collect::<Vec<_>>(),
            );
        }
        at += 1;
    }
    bodies
}

/// Calls back for an expression and all below it.
fn visit(program: &Program, root: ExprId, see: &mut impl FnMut(&Expr)) {
    let mut stack = vec![root];
    while let Some(id) = stack.pop() {
        let Some(expr) = program.exprs.get(id.index()) else { continue };
        see(expr);
        expr.operands(&mut |operand| stack.push(operand));
    }
}

struct Reader<'p> {
    program: &'p Program,
    params: Vec<ParamId>,
    world: bool,
    seen: FxHashSet<Body>,
}

impl Reader<'_> {
    fn rule(&mut self, at: usize) {
        let rule = &self.program.rules[at];
        for subject in &rule.subject {
            match subject {
                crate::ir::Subject::View(view) => {
                    for body in rows_from(self.program, *view) {
                        self.body(body);
                    }
                }
                crate::ir::Subject::Namespaces | crate::ir::Subject::Projects => self.world = true,
                crate::ir::Subject::Kinds(_) | crate::ir::Subject::Objects => {}
            }
        }
        if let Some(condition) = rule.condition {
            self.expr(condition);
        }
        self.statements(&rule.body);
    }

    fn statements(&mut self, statements: &[Statement]) {
        for statement in statements {
            match statement {
                Statement::Let(_, value) => self.expr(*value),
                Statement::For(binder, body) => {
                    self.expr(binder.source);
                    if let Some(condition) = binder.condition {
                        self.expr(condition);
                    }
                    self.statements(body);
                }
                Statement::When(condition, then, otherwise) => {
                    self.expr(*condition);
                    self.statements(then);
                    self.statements(otherwise);
                }
                Statement::Check(check) => {
                    let check = &self.program.checks[check.index()];
                    self.expr(check.condition);
                    self.expr(check.message);
                    for extra in check.at.iter().chain(&check.see).chain(&check.help).chain(&check.severity) {
                        self.expr(*extra);
                    }
                    for edit in check.fixes.iter().flat_map(|fix| &fix.edits) {
                        for operand in edit.operands() {
                            self.expr(operand);
                        }
                    }
                }
            }
        }
    }

    fn expr(&mut self, root: ExprId) {
        let program = self.program;
        let mut bodies = Vec::new();
        visit(program, root, &mut |expr| {
            match expr {
                Expr::Param(param) => self.params.push(*param),
                Expr::Docs { .. } | Expr::Find { .. } | Expr::NamespaceNamed(_) | Expr::Project => self.world = true,
                Expr::Native { part: Native::NamespaceDeclared | Native::NamespaceObject, .. } => self.world = true,
                Expr::Builtin(Builtin::Reaches, _) => self.world = true,
                _ => {}
            }
            bodies.extend(body_of(program, expr));
        });
        for body in bodies {
            self.body(body);
        }
    }

    fn body(&mut self, body: Body) {
        if self.seen.insert(body) {
            for root in roots(self.program, body) {
                self.expr(root);
            }
        }
    }
}
