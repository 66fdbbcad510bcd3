//! Parameters, functions, properties, views, rules and exemptions.

use super::Generator;
use super::names::Names;
use crate::tree::{
    Check, Clause, Exemption, Expr, Form, Function, Param, Part, Property, Rule, Statement, Subject, View,
};
use crate::types::{Kind, Slot, Table, Type};
use crate::value::SEVERITIES;

/// Expressions of one item.
const BUDGET: usize = 60;
/// How deep expressions are nested.
const DEPTH: usize = 4;

impl Generator<'_, '_> {
    pub(super) fn params(&mut self) {
        for _ in 0..self.choices.below(3) {
            let types = [Type::Number, Type::Text, Type::Quantity, Type::Text.list(), Type::Number.list(), Type::Bool];
            let ty = types[self.choices.below(types.len())].clone();
            let value = self.literal(&ty);
            let name = self.fresh("p");
            self.policy.params.push(Param { name, slot: ty.present(), value });
        }
    }

    pub(super) fn functions(&mut self) {
        for _ in 0..self.choices.below(4) {
            self.budget = BUDGET / 2;
            let mut names = self.empty();
            let mut parameters = Vec::new();
            for _ in 0..=self.choices.below(2) {
                let types = [
                    Type::Number,
                    Type::Text,
                    Type::Bool,
                    Type::Quantity,
                    Type::Number.list(),
                    Type::Text.list(),
                    Type::NumberOrText,
                ];
                let ty = types[self.choices.below(types.len())].clone();
                let optional = self.choices.percent(50) || ty == Type::NumberOrText;
                let slot = Slot { ty, optional };
                let name = self.fresh("a");
                names = names.with(&name, slot.clone());
                parameters.push((name, slot));
            }
            let ty = [Type::Bool, Type::Number, Type::Text][self.choices.below(3)].clone();
            let optional = ty != Type::Bool && self.choices.percent(40);
            let body = self.value(&names, &ty, optional, DEPTH - 1);
            let name = self.fresh("f");
            self.policy.functions.push(Function { name, parameters, result: Slot { ty, optional }, body });
            self.callable = self.policy.functions.len();
        }
    }

    pub(super) fn properties(&mut self) {
        for _ in 0..self.choices.below(2) {
            self.budget = BUDGET / 2;
            let kind = Kind::ALL[self.choices.below(2)];
            let subject = self.fresh("o");
            let names = self.empty().with(&subject, Type::Kind(kind).present());
            let ty = [Type::Bool, Type::Number, Type::Text, Type::Text.list()][self.choices.below(4)].clone();
            let optional = ty != Type::Bool && self.choices.percent(50);
            let body = self.value(&names, &ty, optional, DEPTH - 1);
            let name = self.fresh("q");
            self.policy.properties.push(Property { name, kind, subject, slot: Slot { ty, optional }, body });
        }
    }

    pub(super) fn views(&mut self) {
        for place in 0..self.choices.below(2) {
            self.budget = BUDGET / 2;
            let (name, property, parent) = (self.fresh("view"), self.fresh("rows"), self.fresh("o"));
            let mut names = self.empty().with(&parent, Type::Kind(Kind::Alpha).present());
            let condition = if self.choices.percent(30) { Some(self.condition(&names, 2)) } else { None };
            let sources = self.paths(&names, &|slot| slot.ty == Type::Fields(Table::Item).list());
            let Some(source) = self.choices.pick(&sources).map(|path| path.expr.clone()) else { return };
            let mut fields: Vec<(String, Slot, Option<Expr>)> = Vec::new();
            let given = self.fresh("g");
            let clauses = (0..=self.choices.below(2))
                .map(|_| Clause {
                    source: source.clone(),
                    fields: vec![(given.clone(), self.value(&names, &Type::Number, true, 2))],
                })
                .collect();
            fields.push((given, Type::Number.maybe(), None));
            let view = View { name, property, source: Kind::Alpha, parent, condition, clauses, fields };
            self.policy.views.push(view);
            names = names.with("row", Type::Row(place).present());
            for _ in 0..=self.choices.below(2) {
                let ty = [Type::Bool, Type::Number, Type::Text][self.choices.below(3)].clone();
                let optional = ty != Type::Bool && self.choices.percent(50);
                let value = self.value(&names, &ty, optional, 3);
                let name = self.fresh("h");
                if let Some(view) = self.policy.views.last_mut() {
                    view.fields.push((name, Slot { ty, optional }, Some(value)));
                }
            }
        }
    }

    pub(super) fn rule(&mut self, number: usize) {
        self.budget = BUDGET;
        let subject = match self.choices.below(6) {
            0 | 1 if !self.policy.views.is_empty() => Subject::Rows(0),
            2 => Subject::Kind(Kind::Beta),
            _ => Subject::Kind(Kind::Alpha),
        };
        let ty = match subject {
            Subject::Kind(kind) => Type::Kind(kind),
            Subject::Rows(view) => Type::Row(view),
        };
        let name = self.fresh("s");
        let mut names = self.empty().with(&name, ty.present());
        let mut condition = None;
        if self.choices.percent(35) {
            match self.guard(&names, 2) {
                Some((guard, fact)) if self.choices.percent(50) => {
                    names = names.knowing(&fact);
                    condition = Some(guard);
                }
                _ => condition = Some(self.condition(&names, 2)),
            }
        }
        let several = self.choices.percent(30);
        let body = self.block(&names, 2, several);
        let id = format!("rule-{number}");
        let (title, severity) = (format!("rule number {number}"), SEVERITIES[self.choices.below(SEVERITIES.len())]);
        let ignores_unknown = self.choices.percent(10);
        if self.choices.percent(12) {
            self.exempt(&id);
        }
        self.policy.rules.push(Rule { id, title, subject, name, condition, severity, ignores_unknown, body });
    }

    fn exempt(&mut self, rule: &str) {
        let kind = Kind::ALL[self.choices.below(2)];
        let name = self.fresh("o");
        let names = self.empty().with(&name, Type::Kind(kind).present());
        let condition = if self.choices.percent(70) { Some(self.condition(&names, 2)) } else { None };
        let (rule, ended) = (rule.to_owned(), self.choices.percent(20));
        self.policy.exemptions.push(Exemption { rule, kind, name, condition, ended });
    }

    /// Statements; `several`: checks may follow each other in a block, so that one may keep another silent.
    fn block(&mut self, names: &Names, depth: usize, several: bool) -> Vec<Statement> {
        let mut names = names.clone();
        let mut body = Vec::new();
        for _ in 0..self.choices.below(3) {
            let name = self.fresh("l");
            let types = [Type::Number, Type::Text, Type::Number.list(), Type::Text.list(), Type::Bool];
            let paths = self.paths(&names, &|slot| !matches!(slot.ty, Type::Row(_)));
            let value = match self.choices.pick(&paths) {
                Some(path) if self.choices.percent(50) => path.expr.clone(),
                _ => {
                    let ty = types[self.choices.below(types.len())].clone();
                    let optional = ty != Type::Bool;
                    self.value(&names, &ty, optional, 3)
                }
            };
            names = names.with(&name, value.slot.clone());
            body.push(Statement::Let(name, value));
        }
        let count = if several { 1 + self.choices.below(3) } else { 1 };
        for _ in 0..count {
            match self.choices.below(if depth == 0 { 1 } else { 4 }) {
                1 => {
                    let (binder, inner) = self.binder(&names, 2);
                    let inner = self.block(&inner, depth - 1, several);
                    body.push(Statement::For(binder, inner));
                }
                2 => body.push(self.when(&names, depth, several)),
                _ => {
                    let (check, fact) = self.check(&names);
                    body.push(Statement::Check(check));
                    if let Some(fact) = fact {
                        names = names.knowing(&fact);
                    }
                }
            }
        }
        body
    }

    fn when(&mut self, names: &Names, depth: usize, several: bool) -> Statement {
        let (condition, then_names) = match self.guard(names, 2) {
            Some((guard, fact)) if self.choices.percent(60) => (guard, names.knowing(&fact)),
            _ => (self.condition(names, 3), names.clone()),
        };
        let then = self.block(&then_names, depth - 1, several);
        let otherwise = if self.choices.percent(40) { self.block(names, depth - 1, several) } else { Vec::new() };
        Statement::When(condition, then, otherwise)
    }

    fn severity(&self, word: &'static str) -> Expr {
        Expr::new(Form::Severity(word), Type::Severity.present())
    }

    /// A check, and the path that is there where it passes.
    fn check(&mut self, names: &Names) -> (Check, Option<String>) {
        let forbid = self.choices.percent(40);
        let known = if forbid { self.gap(names) } else { self.guard(names, 2) };
        let (condition, fact) = match known {
            Some((condition, fact)) if self.choices.percent(25) => (condition, Some(fact)),
            _ => (self.condition(names, DEPTH), None),
        };
        let mut message = vec![Part::Plain(format!("{} {} ", self.fresh("c"), self.word()))];
        message.extend(self.parts(names, 2));
        let severity = match self.choices.below(8) {
            0 => {
                let condition = self.condition(names, 2);
                let (high, info) = (self.severity("high"), self.severity("info"));
                Some(Expr::new(Form::If(condition, high, info), Type::Severity.present()))
            }
            1 => Some(self.severity("critical")),
            _ => None,
        };
        (Check { forbid, condition, message, severity }, fact)
    }
}
