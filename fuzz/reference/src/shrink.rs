//! Makes a case smaller for as long as it still shows what it shows.

use crate::tree::{Binder, Expr, Form, Part, Policy, Statement};
use crate::types::Type;
use serde_json::Value as Json;
use std::rc::Rc;

/// The smallest policy and objects that are reached by leaving parts out.
pub fn shrink(
    policy: Policy,
    objects: Vec<Json>,
    shows: &mut dyn FnMut(&Policy, &[Json]) -> bool,
) -> (Policy, Vec<Json>) {
    let (mut policy, mut objects) = (policy, objects);
    loop {
        let smaller = smaller_policy(&policy).into_iter().find(|candidate| shows(candidate, &objects));
        if let Some(smaller) = smaller {
            policy = smaller;
            continue;
        }
        let smaller = smaller_objects(&objects).into_iter().find(|candidate| shows(&policy, candidate));
        match smaller {
            Some(smaller) => objects = smaller,
            None => return (policy, objects),
        }
    }
}

/// Policies with one part less, the largest parts first.
fn smaller_policy(policy: &Policy) -> Vec<Policy> {
    let mut out = Vec::new();
    let mut without = |change: &dyn Fn(&mut Policy)| {
        let mut smaller = policy.clone();
        change(&mut smaller);
        out.push(smaller);
    };
    for place in 0..policy.exemptions.len() {
        without(&|policy| drop(policy.exemptions.remove(place)));
    }
    for place in 0..policy.rules.len() {
        if policy.rules.len() > 1 {
            without(&|policy| drop(policy.rules.remove(place)));
        }
        without(&|policy| policy.rules[place].condition = None);
        without(&|policy| policy.rules[place].ignores_unknown = false);
        for number in 0..count(&policy.rules[place].body) {
            without(&|policy| {
                remove(&mut policy.rules[place].body, &mut { number });
            });
            without(&|policy| unwrap(&mut policy.rules[place].body, number));
        }
    }
    // Views and functions are spoken of by their places, so only the last ones go.
    without(&|policy| drop(policy.views.pop()));
    without(&|policy| drop(policy.functions.pop()));
    for place in 0..policy.properties.len() {
        without(&|policy| drop(policy.properties.remove(place)));
    }
    for place in 0..policy.params.len() {
        without(&|policy| drop(policy.params.remove(place)));
    }
    for view in 0..policy.views.len() {
        without(&|policy| policy.views[view].condition = None);
        for field in 0..policy.views[view].fields.len() {
            without(&|policy| drop(policy.views[view].fields.remove(field)));
        }
        if policy.views[view].clauses.len() > 1 {
            without(&|policy| drop(policy.views[view].clauses.pop()));
        }
    }
    let mut total = 0;
    visit(&mut policy.clone(), &mut |_| total += 1);
    for place in 0..total {
        let mut simpler = Vec::new();
        at(&mut policy.clone(), place, &mut |expr| simpler = simpler_exprs(expr));
        for candidate in simpler {
            without(&|policy| at(policy, place, &mut |expr| *expr = candidate.clone()));
        }
    }
    out.retain(|smaller| smaller != policy);
    out
}

fn at(policy: &mut Policy, place: usize, then: &mut dyn FnMut(&mut Expr)) {
    let mut number = 0;
    visit(policy, &mut |expr| {
        if number == place {
            then(expr);
        }
        number += 1;
    });
}

/// What may stand in the place of an expression: a plain value, a part of it of the same type, itself with less in it.
fn simpler_exprs(expr: &Expr) -> Vec<Expr> {
    let mut out = Vec::new();
    let slot = expr.slot.clone();
    let plain = |form: Form| Expr::new(form, slot.clone());
    match slot.ty {
        Type::Bool => out.extend([plain(Form::Bool(true)), plain(Form::Bool(false))]),
        Type::Number => out.push(plain(Form::Number("1".to_owned()))),
        Type::Text => out.push(plain(Form::Text("a".to_owned()))),
        _ => {}
    }
    out.retain(|plain| !matches!(&*expr.form, Form::Bool(_) | Form::Number(_) | Form::Text(_)) && plain != expr);
    let mut parts = expr.clone();
    children(&mut parts, &mut |child| {
        if child.slot.ty == slot.ty {
            out.push(child.clone());
        }
    });
    let mut with = |form: Form| out.push(Expr::new(form, slot.clone()));
    match &*expr.form {
        Form::List(items) => {
            for place in 0..items.len() {
                let mut items = items.clone();
                items.remove(place);
                with(Form::List(items));
            }
        }
        Form::Template(parts) => {
            for place in 0..parts.len() {
                let mut parts = parts.clone();
                parts.remove(place);
                with(Form::Template(parts));
            }
        }
        Form::Like(value, globs) => {
            for place in 0..globs.len().min(if globs.len() > 1 { usize::MAX } else { 0 }) {
                let mut globs = globs.clone();
                globs.remove(place);
                with(Form::Like(value.clone(), globs));
            }
        }
        Form::Quantified(quantifier, binder, body) => {
            with(Form::Quantified(*quantifier, without_condition(binder), body.clone()));
            with(Form::Quantified(*quantifier, binder.clone(), None));
        }
        Form::Group(binder, by) => with(Form::Group(without_condition(binder), by.clone())),
        Form::Comprehension(item, binders) => {
            for place in 0..binders.len() {
                let mut simpler = binders.clone();
                simpler[place].condition = None;
                with(Form::Comprehension(item.clone(), simpler));
                let mut fewer = binders.clone();
                fewer.remove(place);
                if !fewer.is_empty() {
                    with(Form::Comprehension(item.clone(), fewer));
                }
            }
        }
        _ => {}
    }
    out.retain(|candidate| candidate != expr);
    out
}

fn without_condition(binder: &Binder) -> Box<Binder> {
    Box::new(Binder { condition: None, key: None, ..binder.clone() })
}

/// All expressions of a policy, those around others first.
fn visit(policy: &mut Policy, see: &mut dyn FnMut(&mut Expr)) {
    for function in &mut policy.functions {
        visit_expr(&mut function.body, see);
    }
    for property in &mut policy.properties {
        visit_expr(&mut property.body, see);
    }
    for view in &mut policy.views {
        view.condition.iter_mut().for_each(|condition| visit_expr(condition, see));
        for clause in &mut view.clauses {
            visit_expr(&mut clause.source, see);
            clause.fields.iter_mut().for_each(|(_, value)| visit_expr(value, see));
        }
        view.fields.iter_mut().filter_map(|(_, _, value)| value.as_mut()).for_each(|value| visit_expr(value, see));
    }
    for rule in &mut policy.rules {
        rule.condition.iter_mut().for_each(|condition| visit_expr(condition, see));
        visit_statements(&mut rule.body, see);
    }
    for exemption in &mut policy.exemptions {
        exemption.condition.iter_mut().for_each(|condition| visit_expr(condition, see));
    }
}

fn visit_statements(body: &mut [Statement], see: &mut dyn FnMut(&mut Expr)) {
    for statement in body {
        match statement {
            Statement::Let(_, value) => visit_expr(value, see),
            Statement::For(binder, body) => {
                visit_binder(binder, see);
                visit_statements(body, see);
            }
            Statement::When(condition, then, otherwise) => {
                visit_expr(condition, see);
                visit_statements(then, see);
                visit_statements(otherwise, see);
            }
            Statement::Check(check) => {
                visit_expr(&mut check.condition, see);
                for part in &mut check.message {
                    if let Part::Value(value) = part {
                        visit_expr(value, see);
                    }
                }
                check.severity.iter_mut().for_each(|severity| visit_expr(severity, see));
            }
        }
    }
}

fn visit_expr(expr: &mut Expr, see: &mut dyn FnMut(&mut Expr)) {
    see(expr);
    children(expr, &mut |child| visit_expr(child, see));
}

fn visit_binder(binder: &mut Binder, see: &mut dyn FnMut(&mut Expr)) {
    visit_expr(&mut binder.source, see);
    binder.condition.iter_mut().for_each(|condition| visit_expr(condition, see));
}

/// The expressions directly below one.
fn children(expr: &mut Expr, see: &mut dyn FnMut(&mut Expr)) {
    let of_binder = |binder: &mut Binder, see: &mut dyn FnMut(&mut Expr)| {
        see(&mut binder.source);
        binder.condition.iter_mut().for_each(&mut *see);
    };
    match Rc::make_mut(&mut expr.form) {
        Form::Bool(_)
        | Form::Number(_)
        | Form::Quantity(_)
        | Form::Text(_)
        | Form::Severity(_)
        | Form::Name(_)
        | Form::Documents(_) => {}
        Form::List(items) | Form::Call(_, items, _) | Form::Builtin(_, items) => items.iter_mut().for_each(see),
        Form::Record(fields) => fields.iter_mut().for_each(|(_, value)| see(value)),
        Form::Comprehension(item, binders) => {
            binders.iter_mut().for_each(|binder| of_binder(binder, see));
            see(item);
        }
        Form::Group(binder, by) => {
            of_binder(binder, see);
            see(by);
        }
        Form::Quantified(_, binder, body) => {
            of_binder(binder, see);
            body.iter_mut().for_each(see);
        }
        Form::Field(base, _)
        | Form::Not(base)
        | Form::Exists(base)
        | Form::Negate(base)
        | Form::InRange(base, ..)
        | Form::Matches(base, _)
        | Form::Like(base, _)
        | Form::Is(base, ..) => see(base),
        Form::Index(one, other)
        | Form::And(one, other)
        | Form::Or(one, other)
        | Form::Operator(_, one, other)
        | Form::Coalesce(one, other)
        | Form::Arithmetic(_, one, other)
        | Form::Join(one, other) => {
            see(one);
            see(other);
        }
        Form::If(condition, then, otherwise) => [condition, then, otherwise].into_iter().for_each(see),
        Form::Template(parts) => {
            for part in parts {
                if let Part::Value(value) = part {
                    see(value);
                }
            }
        }
    }
}

/// Statements, those within others too.
fn count(body: &[Statement]) -> usize {
    let below = |statement: &Statement| match statement {
        Statement::For(_, body) => count(body),
        Statement::When(_, then, otherwise) => count(then) + count(otherwise),
        Statement::Let(..) | Statement::Check(_) => 0,
    };
    body.iter().map(|statement| 1 + below(statement)).sum()
}

/// Takes out the statement of a number.
fn remove(body: &mut Vec<Statement>, number: &mut usize) -> bool {
    let mut place = 0;
    while place < body.len() {
        if *number == 0 {
            body.remove(place);
            return true;
        }
        *number -= 1;
        let removed = match &mut body[place] {
            Statement::For(_, body) => remove(body, number),
            Statement::When(_, then, otherwise) => remove(then, number) || remove(otherwise, number),
            Statement::Let(..) | Statement::Check(_) => false,
        };
        if removed {
            return true;
        }
        place += 1;
    }
    false
}

/// Puts what is within the outermost statement of a number in its place.
fn unwrap(body: &mut Vec<Statement>, number: usize) {
    let Some(statement) = body.get(number).cloned() else { return };
    let inner = match statement {
        Statement::For(_, inner) => inner,
        Statement::When(_, then, otherwise) => [then, otherwise].concat(),
        Statement::Let(..) | Statement::Check(_) => return,
    };
    body.splice(number..=number, inner);
}

/// Objects with one less, or one value less in one of them.
fn smaller_objects(objects: &[Json]) -> Vec<Vec<Json>> {
    let mut out = Vec::new();
    for place in 0..objects.len() {
        if objects.len() > 1 {
            let mut fewer = objects.to_vec();
            fewer.remove(place);
            out.push(fewer);
        }
        for path in paths(&objects[place]) {
            let mut smaller = objects.to_vec();
            if take_out(&mut smaller[place], &path) {
                out.push(smaller);
            }
        }
    }
    out
}

fn paths(json: &Json) -> Vec<Vec<String>> {
    let children: Vec<(String, &Json)> = match json {
        Json::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Json::Array(items) => items.iter().enumerate().map(|(place, item)| (place.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    let mut out = Vec::new();
    for (key, child) in children {
        out.push(vec![key.clone()]);
        out.extend(paths(child).into_iter().map(|path| [vec![key.clone()], path].concat()));
    }
    out
}

fn take_out(json: &mut Json, path: &[String]) -> bool {
    let Some((first, rest)) = path.split_first() else { return false };
    match json {
        // What says which object it is stays.
        Json::Object(_) if rest.is_empty() && matches!(first.as_str(), "apiVersion" | "kind" | "metadata") => false,
        Json::Object(fields) if rest.is_empty() => fields.shift_remove(first).is_some(),
        Json::Object(fields) => fields.get_mut(first).is_some_and(|child| take_out(child, rest)),
        Json::Array(items) => match first.parse::<usize>() {
            Ok(place) if rest.is_empty() && place < items.len() => {
                items.remove(place);
                true
            }
            Ok(place) => items.get_mut(place).is_some_and(|child| take_out(child, rest)),
            Err(_) => false,
        },
        _ => false,
    }
}
