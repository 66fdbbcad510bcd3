//! Trees as short texts, for tests: one line an item, statements and lines indented.

use std::fmt::Write;

use crate::syntax::ast::{
    Binder, Check, DottedName, ExpectKind, Expr, ExprKind, File, FixKind, IsTest, Item, Metadata, RowField, Statement,
    StatementKind, Subject, TestLine, TextPart, TypeExpr, TypeExprKind,
};

/// A whole file.
pub(crate) fn dump(file: &File) -> String {
    let mut out = String::new();
    if let Some(module) = &file.module {
        line(&mut out, 0, &format!("module {}", dotted(module)));
    }
    for import in &file.imports {
        line(&mut out, 0, &format!("import {}", dotted(import)));
    }
    for item in &file.items {
        dump_item(&mut out, item);
    }
    out
}

fn line(out: &mut String, depth: usize, text: &str) {
    let _ = writeln!(out, "{}{text}", "  ".repeat(depth));
}

fn dotted(name: &DottedName) -> String {
    name.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".")
}

fn dump_item(out: &mut String, item: &Item) {
    match item {
        Item::Param(param) => {
            let (default, doc) = (clause("=", &param.default), clause("doc", &param.doc));
            line(out, 0, &format!("param {}: {}{default}{doc}", param.name.text, ty(&param.ty)));
        }
        Item::Type(item) => line(out, 0, &format!("type {} = {}", item.name.text, ty(&item.ty))),
        Item::Def(def) => {
            let parameters = def.parameters.as_ref().map_or_else(String::new, |parameters| {
                let all: Vec<_> = parameters.iter().map(|one| format!("{}: {}", one.name.text, ty(&one.ty))).collect();
                format!("({})", all.join(", "))
            });
            line(out, 0, &format!("def {}{parameters}: {} = {}", def.name.text, ty(&def.ty), expr(&def.body)));
        }
        Item::Table(table) => {
            line(out, 0, &format!("table {}: {} from {}", table.name.text, ty(&table.ty), expr(&table.source)));
        }
        Item::View(view) => {
            let base = view.base.as_ref().map_or_else(String::new, |base| format!(" of {}", ty(base)));
            let property = view.property.as_ref().map_or_else(String::new, |name| format!(" as {}", name.text));
            let (source, condition) = (ty(&view.source), clause("where", &view.condition));
            let (name, row, parent) = (&view.name.text, &view.row.text, &view.parent.text);
            line(out, 0, &format!("view {name} {row}{base} from {source} {parent}{property}{condition}"));
            for clause in &view.clauses {
                line(out, 1, &format!("{} {}", if clause.one { "one" } else { "each" }, expr(&clause.source)));
                clause.fields.iter().for_each(|field| row_field(out, 2, field));
            }
            view.fields.iter().for_each(|field| row_field(out, 1, field));
        }
        Item::Property(view) => {
            let result = view.ty.as_ref().map_or_else(String::new, |result| format!(": {}", ty(result)));
            let (name, on, subject) = (&view.name.text, ty(&view.on), &view.subject.text);
            line(out, 0, &format!("view {name} on {on} {subject}{result} = {}", expr(&view.value)));
        }
        Item::Kind(kind) => line(out, 0, &format!("kind {} = {}", kind.name.text, expr(&kind.target))),
        Item::Rule(rule) => {
            line(out, 0, &format!("rule {} on {}", rule.id.text, subject(&rule.subject)));
            metadata(out, &rule.metadata);
            statements(out, 1, &rule.body);
        }
        Item::Exempt(exempt) => {
            let rules: Vec<_> = exempt.rules.iter().map(|rule| rule.text.as_str()).collect();
            let clauses = [
                clause("because", &exempt.because),
                clause("ticket", &exempt.ticket),
                clause("by", &exempt.by),
                clause("until", &exempt.until),
            ];
            line(out, 0, &format!("exempt {} for {}{}", rules.join(", "), subject(&exempt.subject), clauses.concat()));
        }
        Item::Use(item) => {
            let alias = item.alias.as_ref().map_or_else(String::new, |alias| format!(" as {}", alias.text));
            let (with, severity) = (clause("with", &item.with), clause("severity", &item.severity));
            line(out, 0, &format!("use {}{alias}{with}{severity}", dotted(&item.rule)));
        }
        Item::Profile(profile) => {
            line(out, 0, &format!("profile {}", profile.id.text));
            metadata(out, &profile.metadata);
            let include: Vec<_> = profile.include.iter().map(|id| id.text.as_str()).collect();
            line(out, 1, &format!("include {}", include.join(", ")));
        }
        Item::Test(test) => {
            line(out, 0, &format!("test {}", expr(&test.name)));
            test.lines.iter().for_each(|one| test_line(out, one));
        }
        Item::Bad(_) => line(out, 0, "BAD"),
    }
}

fn metadata(out: &mut String, all: &[Metadata]) {
    for one in all {
        line(out, 1, &format!("{}: {}", one.key.text, expr(&one.value)));
    }
}

fn row_field(out: &mut String, depth: usize, field: &RowField) {
    let declared = field.ty.as_ref().map_or_else(String::new, |declared| format!(": {}", ty(declared)));
    let (value, doc) = (clause("=", &field.value), clause("doc", &field.doc));
    line(out, depth, &format!("{}{declared}{value}{doc}", field.name.text));
}

fn test_line(out: &mut String, one: &TestLine) {
    let text = match one {
        TestLine::Param(name, value) => format!("param {} = {}", dotted(name), expr(value)),
        TestLine::Setting(name, value) => format!("set {} {}", name.text, expr(value)),
        TestLine::Given(given) => {
            format!("given {}{}{}", given.kind.text, clause("file", &given.file), clause("text", &given.text))
        }
        TestLine::Expect(expect) => {
            let outcome = match &expect.outcome {
                ExpectKind::Passes => "passes".to_owned(),
                ExpectKind::Fails(at) => format!("fails{}", clause("at", at)),
                ExpectKind::Indeterminate(at) => format!("indeterminate{}", clause("at", at)),
                ExpectKind::Skips => "skips".to_owned(),
                ExpectKind::Fix(text) => format!("fix {}", expr(text)),
            };
            format!("expect {} {outcome}", expect.rule.text)
        }
        TestLine::Bad(_) => "BAD".to_owned(),
    };
    line(out, 1, &text);
}

fn subject(subject: &Subject) -> String {
    format!("{} {}{}", ty(&subject.ty), subject.name.text, clause("where", &subject.condition))
}

fn clause(word: &str, value: &Option<Expr>) -> String {
    value.as_ref().map_or_else(String::new, |value| format!(" {word} {}", expr(value)))
}

fn statements(out: &mut String, depth: usize, all: &[Statement]) {
    for statement in all {
        match &statement.kind {
            StatementKind::Let { name, value } => line(out, depth, &format!("let {} = {}", name.text, expr(value))),
            StatementKind::For { binder: source, body } => {
                line(out, depth, &format!("for {}", binder(source)));
                statements(out, depth + 1, body);
            }
            StatementKind::When { condition, then, otherwise } => {
                line(out, depth, &format!("when {}", expr(condition)));
                statements(out, depth + 1, then);
                if !otherwise.is_empty() {
                    line(out, depth, "else");
                    statements(out, depth + 1, otherwise);
                }
            }
            StatementKind::Check(check) => self::check(out, depth, check),
            StatementKind::Bad => line(out, depth, "BAD"),
        }
    }
}

fn check(out: &mut String, depth: usize, check: &Check) {
    let word = if check.forbid { "forbid" } else { "require" };
    let mut text =
        format!("{word} {}{}{}", expr(&check.condition), clause("else", &check.message), clause("at", &check.at));
    for see in &check.see {
        let _ = write!(text, " see {}", expr(see));
    }
    let _ = write!(text, "{}{}", clause("help", &check.help), clause("severity", &check.severity));
    line(out, depth, &text);
    for fix in &check.fixes {
        let edits: Vec<_> = fix.edits.iter().map(|edit| fix_edit(&edit.kind)).collect();
        line(out, depth + 1, &format!("fix {} {}", fix.applicability.text, edits.join("; ")));
    }
}

fn fix_edit(edit: &FixKind) -> String {
    match edit {
        FixKind::Set(place, value) => format!("set {} = {}", expr(place), expr(value)),
        FixKind::Remove(place) => format!("remove {}", expr(place)),
        FixKind::Append(value, place) => format!("append {} to {}", expr(value), expr(place)),
        FixKind::Replace(place, value) => format!("replace {} with {}", expr(place), expr(value)),
        FixKind::InsertBefore(value, place) => format!("insert {} before {}", expr(value), expr(place)),
        FixKind::InsertAfter(value, place) => format!("insert {} after {}", expr(value), expr(place)),
        FixKind::Create(template, name) => format!("create {} {}", template.text, expr(name)),
    }
}

fn ty(written: &TypeExpr) -> String {
    match &written.kind {
        TypeExprKind::Name(name) => name.clone(),
        TypeExprKind::List(item) => format!("list<{}>", ty(item)),
        TypeExprKind::Map(item) => format!("map<{}>", ty(item)),
        TypeExprKind::Record(fields) => {
            let all: Vec<_> = fields.iter().map(|field| format!("{}: {}", field.name.text, ty(&field.ty))).collect();
            format!("{{{}}}", all.join(", "))
        }
        TypeExprKind::Literal(text) => format!("{text:?}"),
        TypeExprKind::Union(members) => format!("({})", members.iter().map(ty).collect::<Vec<_>>().join(" | ")),
        TypeExprKind::Optional(inner) => format!("{}?", ty(inner)),
        TypeExprKind::Bad => "BAD".to_owned(),
    }
}

fn binder(binder: &Binder) -> String {
    let key = binder.key.as_ref().map_or_else(String::new, |key| format!("{}, ", key.text));
    let condition = binder.condition.as_ref().map_or_else(String::new, |held| format!(" where {}", expr(held)));
    format!("{key}{} in {}{condition}", binder.item.text, expr(&binder.source))
}

fn list(items: &[Expr]) -> String {
    items.iter().map(expr).collect::<Vec<_>>().join(", ")
}

/// An expression with parentheses around all that has parts.
pub(super) fn expr(written: &Expr) -> String {
    match &written.kind {
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Number(text) | ExprKind::Name(text) => text.clone(),
        ExprKind::Quantity(text) => format!("{text}!"),
        ExprKind::Date(text) => format!("date:{text}"),
        ExprKind::Text(parts) => {
            let mut out = String::from("\"");
            for part in parts {
                match part {
                    TextPart::Plain(text) => out.push_str(&text.escape_debug().to_string()),
                    TextPart::Expr(inner) => {
                        let _ = write!(out, "${{{}}}", expr(inner));
                    }
                }
            }
            out + "\""
        }
        ExprKind::Raw(text) => format!("raw:{text:?}"),
        ExprKind::Regex(text) => format!("regex:{text:?}"),
        ExprKind::List(items) => format!("[{}]", list(items)),
        ExprKind::Record(fields) => {
            let all: Vec<_> = fields.iter().map(|(key, value)| format!("{}: {}", key.text, expr(value))).collect();
            format!("{{{}}}", all.join(", "))
        }
        ExprKind::Comprehension { item, binders } => {
            let all: Vec<_> = binders.iter().map(|one| format!(" for {}", binder(one))).collect();
            format!("[{}{}]", expr(item), all.concat())
        }
        ExprKind::Group { binder: source, by } => format!("(group {} by {})", binder(source), expr(by)),
        ExprKind::Field(of, field) => format!("{}.{}", expr(of), field.text),
        ExprKind::Index(of, index) => format!("{}[{}]", expr(of), expr(index)),
        ExprKind::Call(of, arguments) => format!("{}({})", expr(of), list(arguments)),
        ExprKind::Not(value) => format!("(not {})", expr(value)),
        ExprKind::Negate(value) => format!("(- {})", expr(value)),
        ExprKind::Exists(value) => format!("(exists {})", expr(value)),
        ExprKind::Binary(op, left, right) => format!("({op:?} {} {})", expr(left), expr(right)),
        ExprKind::Is { value, negated, test } => {
            let test = match test {
                IsTest::Empty => "empty".to_owned(),
                IsTest::Null => "null".to_owned(),
                IsTest::Absent => "absent".to_owned(),
                IsTest::Type(named) => ty(named),
            };
            format!("(is{} {} {test})", if *negated { "-not" } else { "" }, expr(value))
        }
        ExprKind::If(condition, then, otherwise) => {
            format!("(if {} {} {})", expr(condition), expr(then), expr(otherwise))
        }
        ExprKind::Quantifier { kind, binder: source, condition } => {
            let held = condition.as_ref().map_or_else(String::new, |held| format!(": {}", expr(held)));
            format!("({kind:?} {}{held})", binder(source))
        }
        ExprKind::Bad => "BAD".to_owned(),
    }
}
