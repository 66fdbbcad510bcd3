//! `test` items: fixtures with the findings that are expected of them.

use super::facts::Environment;
use super::ty::Ty;
use super::{Checker, hints};
use crate::ir::{Const, ModuleId, ParamId};
use crate::syntax::ast::{self, ExpectKind, ExprKind, Item, TestLine};
use crate::values::Date;
use policyc_text::{FileId, Span};

/// A test of policies, ready to run.
#[derive(Clone, Debug, PartialEq)]
pub struct TestCase {
    /// The file that it stands in.
    pub file: FileId,
    /// The module that it stands in.
    pub module: ModuleId,
    /// What it shows.
    pub name: String,
    /// Parameters that differ.
    pub params: Vec<(ParamId, Const)>,
    /// `kubernetes "1.24"`.
    pub kubernetes: Option<String>,
    /// `world open`; closed unless said.
    pub open_world: bool,
    /// `as_of`; 2026-12-31 unless said.
    pub as_of: Option<Date>,
    /// `namespace "x"`.
    pub namespace: Option<String>,
    /// Inputs.
    pub fixtures: Vec<Fixture>,
    /// What is expected beside the marks in the fixtures.
    pub expectations: Vec<Expectation>,
    /// The whole test in its file.
    pub span: Span,
}

/// An input of a test.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixture {
    /// `yaml`, `dockerfile` and so on.
    pub kind: String,
    /// The name that it goes by; the name of a file beside the policy where `text` is `None`.
    pub file: Option<String>,
    /// The text, its common indentation removed.
    pub text: Option<String>,
    /// The `given` line in the policy's file.
    pub span: Span,
}

/// What a rule is expected to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// The rule.
    pub rule: String,
    /// What of it.
    pub outcome: ExpectedOutcome,
    /// The `expect` line in the policy's file.
    pub span: Span,
}

/// What is expected of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpectedOutcome {
    /// No finding.
    Passes,
    /// A failing finding, at a path where one is given.
    Fails(Option<String>),
    /// An indeterminate finding, at a path where one is given.
    Indeterminate(Option<String>),
    /// No subject that the rule applies to.
    Skips,
    /// The first fixture's text after the rule's fixes.
    Fix(String),
}

impl Checker<'_> {
    pub(super) fn check_tests(&mut self, file: &ast::File) -> Vec<TestCase> {
        file.items
            .iter()
            .filter_map(|item| if let Item::Test(test) = item { Some(self.check_test(test)) } else { None })
            .collect()
    }

    fn check_test(&mut self, test: &ast::Test) -> TestCase {
        self.environment = Environment::default();
        let mut case = TestCase {
            file: self.module.file,
            module: self.module.id,
            name: super::plain_text(&test.name).unwrap_or_default(),
            params: Vec::new(),
            kubernetes: None,
            open_world: false,
            as_of: Date::from_civil(2026, 12, 31),
            namespace: None,
            fixtures: Vec::new(),
            expectations: Vec::new(),
            span: test.span,
        };
        for line in &test.lines {
            match line {
                TestLine::Param(name, value) => self.test_param(&mut case, name, value),
                TestLine::Setting(name, value) => self.test_setting(&mut case, name, value),
                TestLine::Given(given) => case.fixtures.push(Fixture {
                    kind: given.kind.text.clone(),
                    file: given.file.as_ref().and_then(super::plain_text),
                    text: given.text.as_ref().and_then(super::plain_text),
                    span: given.span,
                }),
                TestLine::Expect(expect) => {
                    if self.require_rule(&expect.rule.text, expect.rule.span) {
                        let rule = expect.rule.text.clone();
                        let outcome = outcome_of(&expect.outcome);
                        case.expectations.push(Expectation { rule, outcome, span: expect.span });
                    }
                }
                TestLine::Bad(_) => {}
            }
        }
        if case.fixtures.is_empty() && !test.lines.iter().any(|line| matches!(line, TestLine::Bad(_))) {
            self.error(test.span, "this test gives nothing to judge").hint =
                Some("add `given yaml \"\"\"…\"\"\"`".to_owned());
        }
        case
    }

    fn test_param(&mut self, case: &mut TestCase, name: &ast::DottedName, value: &ast::Expr) {
        let (module, param) = match name.parts.as_slice() {
            [only] => (self.module.id, only),
            [rule, param] => {
                let found = self.program.instances.iter().find(|instance| instance.id == rule.text);
                let Some(rule) = found.map(|instance| instance.rule) else {
                    self.require_rule(&rule.text, rule.span);
                    return;
                };
                (self.program.rules[rule.index()].module, param)
            }
            _ => {
                self.error(name.span, "this names no parameter").hint =
                    Some("write `param name = value` or `param rule.name = value`".to_owned());
                return;
            }
        };
        let Some(id) = self.param_of(module, &param.text) else {
            let known = self.params_of(module);
            let hint = hints::near(&param.text, known.iter().map(String::as_str), "write `param rule.name = value`");
            self.error(param.span, format!("there is no parameter `{}`", param.text)).hint = hint;
            return;
        };
        let ty = self.interface.params[id.index()].clone();
        let checked = self.check(value, Some(&ty));
        self.expect(&checked, &ty, value.span);
        if let Some(value) = self.constant_value(&checked, value.span) {
            case.params.push((id, value));
        }
    }

    fn test_setting(&mut self, case: &mut TestCase, name: &ast::Name, value: &ast::Expr) {
        match name.text.as_str() {
            "kubernetes" => case.kubernetes = super::plain_text(value),
            "namespace" => case.namespace = super::plain_text(value),
            "world" => match &value.kind {
                ExprKind::Name(word) if word == "open" => case.open_world = true,
                ExprKind::Name(word) if word == "closed" => case.open_world = false,
                _ => {
                    self.error(value.span, "the world is `open` or `closed`").hint =
                        Some("write `world open` where other objects may exist elsewhere".to_owned());
                }
            },
            "as_of" => {
                let checked = self.check(value, Some(&Ty::Date));
                match self.constant(checked.id) {
                    Some(Const::Date(date)) => case.as_of = Some(*date),
                    _ => {
                        self.error(value.span, "a date is expected here").hint =
                            Some("write `as_of 2027-01-01`".to_owned());
                    }
                }
            }
            // The parser reports settings that it does not know.
            _ => {}
        }
    }
}

fn outcome_of(kind: &ExpectKind) -> ExpectedOutcome {
    let text = |path: &Option<ast::Expr>| path.as_ref().and_then(super::plain_text);
    match kind {
        ExpectKind::Passes => ExpectedOutcome::Passes,
        ExpectKind::Fails(path) => ExpectedOutcome::Fails(text(path)),
        ExpectKind::Indeterminate(path) => ExpectedOutcome::Indeterminate(text(path)),
        ExpectKind::Skips => ExpectedOutcome::Skips,
        ExpectKind::Fix(fixed) => ExpectedOutcome::Fix(super::plain_text(fixed).unwrap_or_default()),
    }
}
