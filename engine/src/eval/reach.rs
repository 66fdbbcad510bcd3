//! What of a program the selected rules come to: a library holds far more than one run asks for, and what is found out
//! about a program before it runs is found out of this part alone.

use policyc_lang::ir::{
    Binder, Check, DefId, DocsOf, Expr, ExprId, Program, PropertyId, RuleId, Statement, Subject, TypeTest, View,
    ViewId, ViewSource,
};

/// The part of a program that some rules can come to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reached {
    /// Expressions, operands before their users.
    pub(crate) exprs: Vec<ExprId>,
    /// Functions.
    pub(crate) defs: Vec<DefId>,
    /// Fields that policies add to types.
    pub(crate) properties: Vec<PropertyId>,
    /// Views, each as a whole.
    pub(crate) views: Vec<ViewId>,
}

impl Reached {
    /// From rules, and from exemptions by their places in the program.
    pub(crate) fn of(
        program: &Program,
        rules: impl Iterator<Item = RuleId>,
        exemptions: impl Iterator<Item = u32>,
    ) -> Self {
        let mut walk = Walk {
            program,
            exprs: vec![false; program.exprs.len()],
            defs: vec![false; program.defs.len()],
            properties: vec![false; program.properties.len()],
            views: vec![false; program.views.len()],
            open: Vec::new(),
        };
        for rule in rules.filter_map(|rule| program.rules.get(rule.index())) {
            rule.subject.iter().for_each(|subject| walk.subject(subject));
            walk.open.extend(rule.condition);
            walk.statements(&rule.body);
        }
        for exemption in exemptions.filter_map(|place| program.exemptions.get(place as usize)) {
            exemption.subject.iter().for_each(|subject| walk.subject(subject));
            walk.open.extend(exemption.condition);
        }
        walk.exhaust();
        let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let seen = |seen: &[bool]| -> Vec<u32> {
            let seen = seen.iter().enumerate().filter(|(_, seen)| **seen);
            seen.map(|(place, _)| number(place)).collect()
        };
        Self {
            exprs: seen(&walk.exprs).into_iter().map(ExprId).collect(),
            defs: seen(&walk.defs).into_iter().map(DefId).collect(),
            properties: seen(&walk.properties).into_iter().map(PropertyId).collect(),
            views: seen(&walk.views).into_iter().map(ViewId).collect(),
        }
    }
}

struct Walk<'a> {
    program: &'a Program,
    exprs: Vec<bool>,
    defs: Vec<bool>,
    properties: Vec<bool>,
    views: Vec<bool>,
    /// Expressions still to be looked at.
    open: Vec<ExprId>,
}

impl<'a> Walk<'a> {
    fn exhaust(&mut self) {
        while let Some(id) = self.open.pop() {
            let Some(seen) = self.exprs.get_mut(id.index()) else { continue };
            if std::mem::replace(seen, true) {
                continue;
            }
            let program = self.program;
            let Some(expr) = program.exprs.get(id.index()) else { continue };
            let open = &mut self.open;
            expr.operands(&mut |operand| open.push(operand));
            match expr {
                Expr::Call(def, _) if first_time(&mut self.defs, def.index()) => {
                    self.open.extend(program.defs.get(def.index()).map(|def| def.body));
                }
                Expr::Property { property, .. } if first_time(&mut self.properties, property.index()) => {
                    self.open.extend(program.properties.get(property.index()).map(|property| property.body));
                }
                Expr::Rows { view, .. }
                | Expr::RowField { view, .. }
                | Expr::Docs { of: DocsOf::View(view), .. }
                | Expr::Is(_, TypeTest::View(view)) => self.view(*view),
                _ => {}
            }
        }
    }

    fn subject(&mut self, subject: &Subject) {
        if let Subject::View(view) = subject {
            self.view(*view);
        }
    }

    // A view with those that its rows come from.
    fn view(&mut self, id: ViewId) {
        let mut views = vec![id];
        while let Some(id) = views.pop() {
            let Some(view) = self.program.views.get(id.index()) else { continue };
            if !first_time(&mut self.views, id.index()) {
                continue;
            }
            self.open.extend(exprs_of_view(view));
            if let ViewSource::Views(parents) = &view.source {
                views.extend(parents);
            }
        }
    }

    fn statements(&mut self, body: &'a [Statement]) {
        let mut bodies = vec![body];
        while let Some(body) = bodies.pop() {
            for statement in body {
                match statement {
                    Statement::Let(_, value) => self.open.push(*value),
                    Statement::For(Binder { source, condition, .. }, inner) => {
                        self.open.push(*source);
                        self.open.extend(*condition);
                        bodies.push(inner);
                    }
                    Statement::When(condition, then, otherwise) => {
                        self.open.push(*condition);
                        bodies.extend([&**then, &**otherwise]);
                    }
                    Statement::Check(check) => {
                        let check = self.program.checks.get(check.index());
                        self.open.extend(check.into_iter().flat_map(exprs_of_check));
                    }
                }
            }
        }
    }
}

fn first_time(seen: &mut [bool], place: usize) -> bool {
    seen.get_mut(place).is_some_and(|seen| !std::mem::replace(seen, true))
}

fn exprs_of_view(view: &View) -> impl Iterator<Item = ExprId> {
    let clauses = view.clauses.iter();
    let given =
        clauses.flat_map(|clause| std::iter::once(clause.source).chain(clause.fields.iter().map(|(_, id)| *id)));
    given.chain(view.condition).chain(view.fields.iter().filter_map(|field| field.value))
}

fn exprs_of_check(check: &Check) -> Vec<ExprId> {
    let mut all = vec![check.condition, check.message];
    all.extend(check.at.iter().chain(&check.see).chain(&check.help).chain(&check.severity));
    all.extend(check.fixes.iter().flat_map(|fix| &fix.edits).flat_map(|edit| edit.operands()));
    all
}
