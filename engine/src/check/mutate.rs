//! Small changes of rules that tests should notice: what none of them notices is not tested.
//!
//! A mutant is one change of the compiled program: an operator exchanged, a side of `and` or `or` left out, a `not` or a
//! `where` dropped, a check taken away. It is made in place and taken back afterwards.

use policyc_lang::ir::{
    Binder, CheckId, Comparison, Const, Expr, ExprId, ModuleId, Program, Quantifier, RuleId, Statement,
};
use policyc_text::Span;
use std::collections::BTreeSet;

/// A change that a test should notice.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Id of the rule that it concerns.
    pub rule: String,
    /// The module whose text it is a change of.
    pub module: ModuleId,
    /// What is changed, in that text.
    pub span: Span,
    /// What is done, in a few words.
    pub what: String,
    change: Change,
}

#[derive(Clone, Debug)]
enum Change {
    /// Another expression in this place.
    Expr(ExprId, Expr),
    /// The check asks for the opposite.
    Flip(CheckId),
    /// The rule's `where` goes.
    Where(RuleId),
    /// The `where` of a loop goes: the number of the binder among those of the rule.
    Loop(RuleId, usize),
    /// The check is taken away.
    Drop(RuleId, CheckId),
}

/// What a change replaced.
enum Before {
    Expr(ExprId, Expr),
    Flip(CheckId),
    Where(RuleId, Option<ExprId>),
    Body(RuleId, Vec<Statement>),
}

/// All mutants of the rules of some modules, and of the functions there that these call; in the order of the text.
#[must_use]
pub fn mutants(program: &Program, modules: &BTreeSet<ModuleId>) -> Vec<Mutant> {
    let mut found = Vec::new();
    for (number, rule) in (0..).zip(&program.rules) {
        if !modules.contains(&rule.module) {
            continue;
        }
        let mut finder =
            Finder { program, rule: &rule.id, module: rule.module, seen: BTreeSet::new(), found: Vec::new() };
        let id = RuleId(number);
        if let Some(condition) = rule.condition {
            finder.add(program.spans.get(condition.index()), "without this `where`", Change::Where(id));
            finder.walk(condition);
        }
        finder.block(id, &rule.body, &mut 0);
        found.append(&mut finder.found);
    }
    found
}

/// Runs something while a mutant is in the program.
pub fn with_mutant<R>(program: &mut Program, mutant: &Mutant, run: impl FnOnce(&Program) -> R) -> R {
    let before = apply(program, &mutant.change);
    let result = run(program);
    if let Some(before) = before {
        take_back(program, before);
    }
    result
}

fn apply(program: &mut Program, change: &Change) -> Option<Before> {
    match change {
        Change::Expr(id, expr) => {
            let place = program.exprs.get_mut(id.index())?;
            Some(Before::Expr(*id, std::mem::replace(place, expr.clone())))
        }
        Change::Flip(check) => {
            let place = program.checks.get_mut(check.index())?;
            place.forbid = !place.forbid;
            Some(Before::Flip(*check))
        }
        Change::Where(rule) => {
            let place = program.rules.get_mut(rule.index())?;
            Some(Before::Where(*rule, place.condition.take()))
        }
        Change::Loop(rule, number) => {
            let place = program.rules.get_mut(rule.index())?;
            let before = place.body.clone();
            without_condition(&mut place.body, &mut 0, *number);
            Some(Before::Body(*rule, before))
        }
        Change::Drop(rule, check) => {
            let place = program.rules.get_mut(rule.index())?;
            let before = place.body.clone();
            without_check(&mut place.body, *check);
            Some(Before::Body(*rule, before))
        }
    }
}

fn take_back(program: &mut Program, before: Before) {
    match before {
        Before::Expr(id, expr) => {
            if let Some(place) = program.exprs.get_mut(id.index()) {
                *place = expr;
            }
        }
        Before::Flip(check) => {
            if let Some(place) = program.checks.get_mut(check.index()) {
                place.forbid = !place.forbid;
            }
        }
        Before::Where(rule, condition) => {
            if let Some(place) = program.rules.get_mut(rule.index()) {
                place.condition = condition;
            }
        }
        Before::Body(rule, body) => {
            if let Some(place) = program.rules.get_mut(rule.index()) {
                place.body = body;
            }
        }
    }
}

fn without_condition(body: &mut [Statement], at: &mut usize, number: usize) {
    for statement in body {
        match statement {
            Statement::For(binder, inner) => {
                if *at == number {
                    binder.condition = None;
                }
                *at += 1;
                without_condition(inner, at, number);
            }
            Statement::When(_, then, otherwise) => {
                without_condition(then, at, number);
                without_condition(otherwise, at, number);
            }
            Statement::Let(..) | Statement::Check(_) => {}
        }
    }
}

fn without_check(body: &mut Vec<Statement>, check: CheckId) {
    body.retain(|statement| !matches!(statement, Statement::Check(id) if *id == check));
    for statement in body {
        match statement {
            Statement::For(_, inner) => without_check(inner, check),
            Statement::When(_, then, otherwise) => {
                without_check(then, check);
                without_check(otherwise, check);
            }
            Statement::Let(..) | Statement::Check(_) => {}
        }
    }
}

struct Finder<'p> {
    program: &'p Program,
    rule: &'p str,
    module: ModuleId,
    seen: BTreeSet<usize>,
    found: Vec<Mutant>,
}

impl Finder<'_> {
    fn add(&mut self, span: Option<&Span>, what: impl Into<String>, change: Change) {
        let (rule, span, what) = (self.rule.to_owned(), span.copied().unwrap_or_default(), what.into());
        self.found.push(Mutant { rule, module: self.module, span, what, change });
    }

    fn block(&mut self, rule: RuleId, body: &[Statement], loops: &mut usize) {
        for statement in body {
            match statement {
                Statement::Let(_, value) => self.walk(*value),
                Statement::For(binder, inner) => {
                    if let Some(condition) = binder.condition {
                        let span = self.program.spans.get(condition.index());
                        self.add(span, "without this `where`", Change::Loop(rule, *loops));
                    }
                    *loops += 1;
                    self.binder(binder);
                    self.block(rule, inner, loops);
                }
                Statement::When(condition, then, otherwise) => {
                    self.walk(*condition);
                    self.block(rule, then, loops);
                    self.block(rule, otherwise, loops);
                }
                Statement::Check(id) => {
                    let Some(check) = self.program.checks.get(id.index()) else { continue };
                    self.add(Some(&check.span), "without this check", Change::Drop(rule, *id));
                    self.add(Some(&check.span), "this check the other way round", Change::Flip(*id));
                    self.walk(check.condition);
                }
            }
        }
    }

    fn binder(&mut self, binder: &Binder) {
        self.walk(binder.source);
        binder.condition.iter().for_each(|condition| self.walk(*condition));
    }

    fn walk(&mut self, first: ExprId) {
        let mut open = vec![first];
        while let Some(id) = open.pop() {
            let program = self.program;
            let Some(expr) = program.exprs.get(id.index()) else { continue };
            if !self.seen.insert(id.index()) {
                continue;
            }
            let span = program.spans.get(id.index());
            for (what, other) in changed(expr, program) {
                self.add(span, what, Change::Expr(id, other));
            }
            expr.operands(&mut |operand| open.push(operand));
            if let Expr::Call(def, _) = expr {
                let def = program.def(*def);
                // What other modules define is tested there.
                if def.module == self.module {
                    open.push(def.body);
                }
            }
        }
    }
}

/// What an expression may be changed to.
fn changed(expr: &Expr, program: &Program) -> Vec<(&'static str, Expr)> {
    let same = |id: &ExprId| program.exprs.get(id.index()).cloned();
    match expr {
        Expr::And(left, right) | Expr::Or(left, right) => {
            let sides = [("without its right side", same(left)), ("without its left side", same(right))];
            sides.into_iter().filter_map(|(what, side)| Some((what, side?))).collect()
        }
        Expr::Not(inner) => same(inner).map(|inner| ("without `not`", inner)).into_iter().collect(),
        Expr::Compare(comparison, left, right) => {
            others(*comparison).iter().map(|(what, other)| (*what, Expr::Compare(*other, *left, *right))).collect()
        }
        Expr::Quantifier(quantifier, binder, condition) => {
            let (what, other) = match quantifier {
                Quantifier::Any => ("`all` for `any`", Quantifier::All),
                Quantifier::All => ("`any` for `all`", Quantifier::Any),
                Quantifier::None => ("`any` for `none`", Quantifier::Any),
            };
            let mut found = vec![(what, Expr::Quantifier(other, binder.clone(), *condition))];
            if binder.condition.is_some() {
                let open = Box::new(Binder { condition: None, ..(**binder).clone() });
                found.push(("without its `where`", Expr::Quantifier(*quantifier, open, *condition)));
            }
            found
        }
        Expr::Coalesce(left, _) => same(left).map(|left| ("without its default", left)).into_iter().collect(),
        Expr::Comprehension { item, binders } if binders.iter().any(|binder| binder.condition.is_some()) => {
            let binders = binders.iter().map(|binder| Binder { condition: None, ..binder.clone() }).collect();
            vec![("without its `where`", Expr::Comprehension { item: *item, binders })]
        }
        Expr::If(_, then, otherwise) => {
            let sides = [("always its first value", same(then)), ("always its second value", same(otherwise))];
            sides.into_iter().filter_map(|(what, side)| Some((what, side?))).collect()
        }
        Expr::Const(id) if matches!(program.consts.get(id.index()), Some(Const::Bool(_))) => Vec::new(),
        _ => Vec::new(),
    }
}

fn others(comparison: Comparison) -> &'static [(&'static str, Comparison)] {
    match comparison {
        Comparison::Equal => &[("`!=` for `==`", Comparison::NotEqual)],
        Comparison::NotEqual => &[("`==` for `!=`", Comparison::Equal)],
        Comparison::Less => &[("`<=` for `<`", Comparison::LessEqual), ("`>` for `<`", Comparison::Greater)],
        Comparison::LessEqual => &[("`<` for `<=`", Comparison::Less), ("`>=` for `<=`", Comparison::GreaterEqual)],
        Comparison::Greater => &[("`>=` for `>`", Comparison::GreaterEqual), ("`<` for `>`", Comparison::Less)],
        Comparison::GreaterEqual => &[("`>` for `>=`", Comparison::Greater), ("`<=` for `>=`", Comparison::LessEqual)],
    }
}

#[cfg(test)]
mod tests {
    use super::{mutants, with_mutant};
    use policyc_lang::check::{Artefact, Source, compile};
    use policyc_lang::schema::{Schema, Types};
    use policyc_text::FileId;
    use std::collections::BTreeSet;

    #[test]
    fn mutants_are_made_and_taken_back() {
        let text = "module a\ndef f(x: number): bool = x < 3\nrule r on Pod p where p.metadata.name != \"x\" {\n  title \"t\"\n  severity low\n  for c in p.spec.containers where c.name == \"a\" {\n    require c.image == \"b\" and not f(1) else \"m\"\n  }\n}\n";
        let source = Source { file: FileId(0), name: "a".to_owned(), text: text.to_owned(), tables: Vec::new() };
        let compiled = compile(&Artefact::default(), &[source], &Types::new(Schema::newest()));
        assert!(compiled.is_ok(), "{:?}", compiled.diagnostics);
        let mut program = compiled.artefact.program;
        let module = program.rules[0].module;
        let found = mutants(&program, &BTreeSet::from([module]));
        let mut told: Vec<String> =
            found.iter().map(|mutant| format!("{}: {}", mutant.span.text(text), mutant.what)).collect();
        told.sort();
        let check = "require c.image == \"b\" and not f(1) else \"m\"";
        let mut expected = vec![
            format!("{check}: this check the other way round"),
            format!("{check}: without this check"),
            "c.image == \"b\" and not f(1): without its left side".to_owned(),
            "c.image == \"b\" and not f(1): without its right side".to_owned(),
            "c.image == \"b\": `!=` for `==`".to_owned(),
            "c.name == \"a\": `!=` for `==`".to_owned(),
            "c.name == \"a\": without this `where`".to_owned(),
            "not f(1): without `not`".to_owned(),
            "p.metadata.name != \"x\": `==` for `!=`".to_owned(),
            "p.metadata.name != \"x\": without this `where`".to_owned(),
            "x < 3: `<=` for `<`".to_owned(),
            "x < 3: `>` for `<`".to_owned(),
        ];
        expected.sort();
        assert_eq!(told, expected);
        let before = format!("{:?} {:?} {:?}", program.exprs, program.rules, program.checks);
        for mutant in &found {
            let mutated = with_mutant(&mut program, mutant, |program| {
                format!("{:?} {:?} {:?}", program.exprs, program.rules, program.checks)
            });
            assert_ne!(mutated, before, "{}", mutant.what);
            assert_eq!(format!("{:?} {:?} {:?}", program.exprs, program.rules, program.checks), before);
        }
    }
}
