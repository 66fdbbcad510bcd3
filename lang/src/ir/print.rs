//! The intermediate representation as text, for people: `policyc compile --emit ir`.
//!
//! Each expression is printed once, where it is used, in prefix form; names stand in place of numbers. The text is for
//! reading only and is never parsed.

use super::{Binder, Const, DocsOf, Expr, ExprId, Program, Shape, ShapeId, Statement, Subject, TextPart, ViewSource};
use std::fmt::Write;

/// Depth beyond which an expression is shown as `…`.
const MAX_DEPTH: usize = 64;

impl Program {
    /// Prints what the modules from `first` on define: parameters, functions, views, properties and rules.
    #[must_use]
    pub fn print(&self, first: super::ModuleId) -> String {
        let mut printer = Printer { program: self, out: String::new() };
        let new = |module: super::ModuleId| module >= first;
        printer.line(0, &format!("ir {}", self.version));
        for param in self.params.iter().filter(|param| new(param.module)) {
            let default = param.default.as_ref().map_or_else(String::new, |value| format!(" = {}", constant(value)));
            printer.line(0, &format!("param {}: {}{default}", param.name, param.type_text));
        }
        for def in self.defs.iter().filter(|def| new(def.module)) {
            let body = printer.expr(def.body, 0);
            printer.line(0, &format!("def {}/{} = {body}", def.name, def.parameters));
        }
        for property in self.properties.iter().filter(|property| new(property.module)) {
            let body = printer.expr(property.body, 0);
            printer.line(0, &format!("property {} = {body}", property.name));
        }
        for view in self.views.iter().filter(|view| new(view.module)) {
            printer.view(view);
        }
        for (at, rule) in self.rules.iter().enumerate().filter(|(_, rule)| new(rule.module)) {
            printer.rule(at, rule);
        }
        printer.out
    }
}

struct Printer<'p> {
    program: &'p Program,
    out: String,
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{:1$}{text}", "", depth * 2);
    }

    fn view(&mut self, view: &super::View) {
        let source = match &view.source {
            ViewSource::Kinds(set) => self.kinds(*set),
            ViewSource::Objects => "object".to_owned(),
            ViewSource::Views(views) => {
                views.iter().map(|id| self.program.view(*id).name.clone()).collect::<Vec<_>>().join(" | ")
            }
            ViewSource::Namespaces => "namespace".to_owned(),
            ViewSource::Projects => "project".to_owned(),
        };
        self.line(0, &format!("view {} from {source}", view.name));
        if let Some(condition) = view.condition {
            let condition = self.expr(condition, 0);
            self.line(1, &format!("where {condition}"));
        }
        for clause in &view.clauses {
            let word = if clause.one { "one" } else { "each" };
            let source = self.expr(clause.source, 0);
            self.line(1, &format!("{word} {source}"));
            for (field, value) in &clause.fields {
                let name = self.program.name(view.fields[*field as usize].name).to_owned();
                let value = self.expr(*value, 0);
                self.line(2, &format!("{name} = {value}"));
            }
        }
        for field in &view.fields {
            if let Some(value) = field.value {
                let value = self.expr(value, 0);
                let name = self.program.name(field.name).to_owned();
                self.line(1, &format!("{name} = {value}"));
            }
        }
    }

    fn rule(&mut self, at: usize, rule: &super::Rule) {
        let subject: Vec<String> = rule.subject.iter().map(|subject| self.subject(subject)).collect();
        let scope = format!("{:?}", rule.scope).to_lowercase();
        self.line(0, &format!("rule {at} {} on {} scope={scope} frame={}", rule.id, subject.join(" | "), rule.frame));
        if let Some(condition) = rule.condition {
            let condition = self.expr(condition, 0);
            self.line(1, &format!("where {condition}"));
        }
        self.statements(&rule.body, 1);
    }

    fn subject(&self, subject: &Subject) -> String {
        match subject {
            Subject::Kinds(set) => self.kinds(*set),
            Subject::Objects => "object".to_owned(),
            Subject::View(view) => self.program.view(*view).name.clone(),
            Subject::Namespaces => "namespace".to_owned(),
            Subject::Projects => "project".to_owned(),
        }
    }

    fn kinds(&self, set: super::KindSetId) -> String {
        let kinds = self.program.kind_sets[set.index()].kinds.iter().map(|kind| match &kind.groups {
            Some(groups) => format!("{}@[{}]", kind.kind, groups.join(",")),
            None => format!("{}@*", kind.kind),
        });
        kinds.collect::<Vec<_>>().join(" | ")
    }

    fn statements(&mut self, statements: &[Statement], depth: usize) {
        for statement in statements {
            match statement {
                Statement::Let(slot, value) => {
                    let value = self.expr(*value, 0);
                    self.line(depth, &format!("${} = {value}", slot.0));
                }
                Statement::For(binder, body) => {
                    let binder = self.binder(binder, 0);
                    self.line(depth, &format!("for {binder}"));
                    self.statements(body, depth + 1);
                }
                Statement::When(condition, then, otherwise) => {
                    let condition = self.expr(*condition, 0);
                    self.line(depth, &format!("when {condition}"));
                    self.statements(then, depth + 1);
                    if !otherwise.is_empty() {
                        self.line(depth, "else");
                        self.statements(otherwise, depth + 1);
                    }
                }
                Statement::Check(id) => self.check(id.index(), depth),
            }
        }
    }

    fn check(&mut self, at: usize, depth: usize) {
        let check = &self.program.checks[at];
        let word = if check.forbid { "forbid" } else { "require" };
        let relies: Vec<String> = check.relies_on.iter().map(|id| format!("#{}", id.0)).collect();
        let relies = if relies.is_empty() { String::new() } else { format!(" relies on {}", relies.join(" ")) };
        let condition = self.expr(check.condition, 0);
        self.line(depth, &format!("{word} #{at} {condition}{relies}"));
        let message = self.expr(check.message, 0);
        self.line(depth + 1, &format!("message {message}"));
        let extras = [("at", check.at), ("help", check.help), ("severity", check.severity)];
        for (word, extra) in extras {
            if let Some(extra) = extra {
                let extra = self.expr(extra, 0);
                self.line(depth + 1, &format!("{word} {extra}"));
            }
        }
        for see in &check.see {
            let see = self.expr(*see, 0);
            self.line(depth + 1, &format!("see {see}"));
        }
    }

    fn binder(&self, binder: &Binder, depth: usize) -> String {
        let key = binder.key.map(|key| format!("${}, ", key.0)).unwrap_or_default();
        let condition = binder.condition.map(|c| format!(" where {}", self.expr(c, depth))).unwrap_or_default();
        format!("{key}${} in {}{condition}", binder.item.0, self.expr(binder.source, depth))
    }

    fn call(&self, word: &str, operands: &[ExprId], depth: usize) -> String {
        let operands: Vec<String> = operands.iter().map(|operand| self.expr(*operand, depth)).collect();
        format!("({word} {})", operands.join(" "))
    }

    fn shape(&self, id: ShapeId) -> String {
        match self.program.shapes[id.index()] {
            Shape::List(element) => format!("[{}]", self.shape(element)),
            Shape::Map(element) => format!("{{{}}}", self.shape(element)),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    fn expr(&self, id: ExprId, depth: usize) -> String {
        if depth > MAX_DEPTH {
            return "…".to_owned();
        }
        let depth = depth + 1;
        let program = self.program;
        let Some(expr) = program.exprs.get(id.index()) else { return "…".to_owned() };
        match expr {
            Expr::Const(id) => constant(&program.consts[id.index()]),
            Expr::Param(id) => format!("param:{}", program.params[id.index()].name),
            Expr::Local(slot) => format!("${}", slot.0),
            Expr::Cluster => "cluster".to_owned(),
            Expr::Project => "project".to_owned(),
            Expr::Field { base, name, shape } => {
                format!("{}.{}:{}", self.expr(*base, depth), program.name(*name), self.shape(*shape))
            }
            Expr::Index { base, index, .. } => format!("{}[{}]", self.expr(*base, depth), self.expr(*index, depth)),
            Expr::ListKey { base, key, value, .. } => {
                format!("{}[{}={}]", self.expr(*base, depth), program.name(*key), self.expr(*value, depth))
            }
            Expr::RowField { base, view, field } => {
                let view = program.view(*view);
                format!("{}.{}!{}", self.expr(*base, depth), view.name, program.name(view.fields[*field as usize].name))
            }
            Expr::Property { base, property } => {
                format!("{}+{}", self.expr(*base, depth), program.properties[property.index()].name)
            }
            Expr::Rows { parent, view } => format!("(rows {} {})", program.view(*view).name, self.expr(*parent, depth)),
            Expr::Native { base, part } => format!("{}#{part:?}", self.expr(*base, depth)),
            Expr::Docs { of, namespace } => {
                let of = match of {
                    DocsOf::Kinds(set) => self.kinds(*set),
                    DocsOf::Objects => "object".to_owned(),
                    DocsOf::View(view) => program.view(*view).name.clone(),
                    DocsOf::Namespaces => "namespace".to_owned(),
                };
                let within = namespace.map(|ns| format!(" in {}", self.expr(ns, depth))).unwrap_or_default();
                format!("(docs {of}{within})")
            }
            Expr::If(condition, then, otherwise) => self.call("if", &[*condition, *then, *otherwise], depth),
            Expr::Quantifier(kind, binder, condition) => {
                let condition = condition.map(|c| format!(": {}", self.expr(c, depth))).unwrap_or_default();
                format!("({} {}{condition})", format!("{kind:?}").to_lowercase(), self.binder(binder, depth))
            }
            Expr::Comprehension { item, binders } => {
                let binders: Vec<String> = binders.iter().map(|b| format!("for {}", self.binder(b, depth))).collect();
                format!("[{} {}]", self.expr(*item, depth), binders.join(" "))
            }
            Expr::Group { binder, by, .. } => {
                format!("(group {} by {})", self.binder(binder, depth), self.expr(*by, depth))
            }
            Expr::Record(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(name, value)| format!("{}: {}", program.name(*name), self.expr(*value, depth)))
                    .collect();
                format!("{{{}}}", fields.join(", "))
            }
            Expr::Text(parts) => {
                let parts: Vec<String> = parts
                    .iter()
                    .map(|part| match part {
                        TextPart::Plain(text) => format!("{text:?}"),
                        TextPart::Value(value) => self.expr(*value, depth),
                    })
                    .collect();
                format!("(text {})", parts.join(" "))
            }
            Expr::Call(def, args) => self.call(&program.def(*def).name, args, depth),
            Expr::Builtin(function, args) => self.call(&format!("{function:?}").to_lowercase(), args, depth),
            other => {
                let mut operands = Vec::new();
                other.operands(&mut |operand| operands.push(operand));
                self.call(&word(other), &operands, depth)
            }
        }
    }
}

/// The word for an expression that is told by its operands alone.
fn word(expr: &Expr) -> String {
    match expr {
        Expr::Compare(op, ..) => format!("{op:?}").to_lowercase(),
        Expr::Arithmetic(op, ..) => format!("{op:?}").to_lowercase(),
        Expr::Is(_, test) => format!("is {test:?}"),
        other => {
            let debug = format!("{other:?}");
            let end = debug.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(debug.len());
            debug[..end].to_lowercase()
        }
    }
}

fn constant(value: &Const) -> String {
    match value {
        Const::Absent => "absent".to_owned(),
        Const::Bool(value) => value.to_string(),
        Const::Number(value) => value.to_string(),
        Const::String(value) => format!("{value:?}"),
        Const::List(items) => format!("[{}]", items.iter().map(constant).collect::<Vec<_>>().join(", ")),
        Const::Record(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}: {}", constant(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Const::Quantity(value) => value.to_string(),
        Const::Duration(value) => value.to_string(),
        Const::Date(value) => value.to_string(),
        Const::Severity(value) => value.as_str().to_owned(),
        Const::Semver(value) => format!("v\"{value}\""),
        Const::VersionRange(value) => format!("range\"{value}\""),
        Const::Glob(value) => format!("glob\"{value}\""),
        Const::Regex(value) => format!("/{value}/"),
        Const::Ip(value) => value.to_string(),
        Const::Cidr(value) => value.to_string(),
        Const::Range(value) => value.to_string(),
    }
}
