//! Rules on subjects: statements, checks, outcomes.

use crate::evaluate::{Scope, World};
use crate::functions::ANYTHING;
use crate::tree::{Check, Rule, Statement, Subject};
use crate::value::{SEVERITIES, Truth, Value};

/// How the checks of a rule came out on one object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Held.
    pub pass: u64,
    /// Did not hold.
    pub fail: u64,
    /// Cannot be told.
    pub indeterminate: u64,
    /// Subjects that the rule's condition leaves out.
    pub not_applicable: u64,
}

/// A check that did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it cannot be told.
    pub indeterminate: bool,
    /// Rank of its severity; `None` where it cannot be told.
    pub severity: Option<usize>,
    /// Message, in which [`ANYTHING`] stands for words that are another's own.
    pub message: String,
    /// Whether an earlier check of its block, or of one around it, did not pass either, and so may keep it silent.
    pub may_be_silent: bool,
    /// Whether an exemption holds.
    pub exempted: bool,
}

/// What becomes of a rule on an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How its checks came out.
    pub counts: Counts,
    /// What it reports.
    pub findings: Vec<Finding>,
}

/// Judges an object, or the rows that come from it, with a rule.
#[must_use]
pub fn judge<'d>(world: &World<'d>, rule: &'d Rule, object: usize) -> Outcome {
    let mut judge = Judge { world, rule, outcome: Outcome::default(), around: vec![object] };
    match rule.subject {
        Subject::Kind(kind) => {
            if world.of_kind(kind).any(|known| known == object) {
                judge.subject(Value::Object(object));
            }
        }
        Subject::Rows(view) => {
            let source = world.policy.views.get(view).map(|view| view.source);
            if source.is_some_and(|kind| world.of_kind(kind).any(|known| known == object)) {
                match world.rows(view, object) {
                    Value::Absent => {}
                    Value::List(rows, complete, _) => {
                        rows.into_iter().for_each(|row| judge.subject(row));
                        if !complete {
                            judge.subject(Value::Unknown);
                        }
                    }
                    other => judge.subject(other),
                }
            }
        }
    }
    judge.outcome
}

struct Judge<'w, 'd> {
    world: &'w World<'d>,
    rule: &'d Rule,
    outcome: Outcome,
    /// The object, and those that the loops around the current statement go through.
    around: Vec<usize>,
}

impl<'d> Judge<'_, 'd> {
    /// Whether an exemption holds for the object, or for the element of a loop. What cannot be told exempts nothing.
    fn is_exempted(&self) -> bool {
        let world = self.world;
        let mut own = world.policy.exemptions.iter().filter(|one| one.rule == self.rule.id && !one.ended);
        own.any(|exemption| {
            self.around.iter().any(|object| {
                let scope = Scope::default().with(&exemption.name, Value::Object(*object));
                world.of_kind(exemption.kind).any(|known| known == *object)
                    && exemption
                        .condition
                        .as_ref()
                        .is_none_or(|condition| world.truth(condition, &scope) == Truth::True)
            })
        })
    }

    fn subject(&mut self, subject: Value<'d>) {
        if subject.is_unknown() {
            return self.undecided();
        }
        let scope = Scope::default().with(&self.rule.name, subject);
        let rule = self.rule;
        match rule.condition.as_ref().map_or(Truth::True, |condition| self.world.truth(condition, &scope)) {
            Truth::False => self.outcome.counts.not_applicable += 1,
            Truth::True => self.block(&rule.body, scope, false, false),
            Truth::Unknown => self.block(&rule.body, scope, true, false),
        }
    }

    /// Runs a block: whether a condition around it is in doubt, and whether a check around it did not pass.
    fn block(&mut self, body: &'d [Statement], scope: Scope<'d>, doubted: bool, failed: bool) {
        let (mut scope, mut failed) = (scope, failed);
        for statement in body {
            match statement {
                Statement::Let(name, value) => {
                    let value = self.world.eval(value, &scope);
                    scope = scope.with(name, value);
                }
                Statement::For(binder, body) => {
                    let (elements, complete) = self.world.each(binder, &scope);
                    for (inner, item, belongs) in elements {
                        let outer = self.around.len();
                        self.around.extend(object_of(&item));
                        self.block(body, inner, doubted || belongs == Truth::Unknown, failed);
                        self.around.truncate(outer);
                    }
                    if !complete {
                        self.undecided();
                        failed = true;
                    }
                }
                Statement::When(condition, then, otherwise) => match self.world.truth(condition, &scope) {
                    Truth::True => self.block(then, scope.clone(), doubted, failed),
                    Truth::False => self.block(otherwise, scope.clone(), doubted, failed),
                    Truth::Unknown => {
                        self.block(then, scope.clone(), true, failed);
                        self.block(otherwise, scope.clone(), true, failed);
                    }
                },
                Statement::Check(check) => failed |= self.check(check, &scope, doubted, failed),
            }
        }
    }

    /// Judges a check; says whether it did not pass.
    fn check(&mut self, check: &'d Check, scope: &Scope<'d>, doubted: bool, failed: bool) -> bool {
        let truth = self.world.truth(&check.condition, scope);
        let holds = if check.forbid { truth.negated() } else { truth };
        let indeterminate = match holds {
            Truth::True => {
                self.outcome.counts.pass += 1;
                return false;
            }
            Truth::False => doubted,
            Truth::Unknown => true,
        };
        if indeterminate {
            self.outcome.counts.indeterminate += 1;
        } else {
            self.outcome.counts.fail += 1;
        }
        let severity = match &check.severity {
            None => rank(self.rule.severity),
            Some(severity) => match self.world.eval(severity, scope) {
                Value::Severity(rank) => Some(rank),
                _ => None,
            },
        };
        let message = self.world.message(&check.message, scope);
        self.report(indeterminate, severity, message, failed);
        true
    }

    /// What concerns no single check: a loop over what cannot be told, a subject that cannot be told.
    fn undecided(&mut self) {
        self.outcome.counts.indeterminate += 1;
        self.report(true, rank(self.rule.severity), self.rule.title.clone(), false);
    }

    fn report(&mut self, indeterminate: bool, severity: Option<usize>, message: String, may_be_silent: bool) {
        if indeterminate && self.rule.ignores_unknown {
            return;
        }
        let message = if indeterminate { format!("cannot tell whether {message}: {ANYTHING}") } else { message };
        let exempted = self.is_exempted();
        self.outcome.findings.push(Finding { indeterminate, severity, message, may_be_silent, exempted });
    }
}

/// The object that a value is, or whose row it is.
fn object_of(value: &Value<'_>) -> Option<usize> {
    match value {
        Value::Object(object) => Some(*object),
        Value::Row(row) => object_of(&row.parent),
        _ => None,
    }
}

fn rank(word: &str) -> Option<usize> {
    SEVERITIES.iter().position(|known| *known == word)
}
