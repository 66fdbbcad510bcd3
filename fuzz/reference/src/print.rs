//! Trees as policy text, with no more parentheses than the precedences ask for.

use crate::tree::{
    Arithmetic, Binder, Builtin, Check, Exemption, Expr, Form, Operator, Part, Policy, Quantifier, Rule, Statement,
    Subject, Test, View,
};

/// Precedences, loosest first.
const LOOSEST: u8 = 0;
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARISON: u8 = 4;
const COALESCE: u8 = 5;
const SUM: u8 = 7;
const PRODUCT: u8 = 8;
const PREFIX: u8 = 9;
const POSTFIX: u8 = 10;

/// A module of this name.
#[must_use]
pub fn module(policy: &Policy, name: &str) -> String {
    let views: Vec<String> = policy.views.iter().map(|view| view.name.clone()).collect();
    let named = |slot: &crate::types::Slot| slot.name(&views).unwrap_or_else(|| "?".to_owned());
    let printer = Printer { policy };
    let mut out = format!("module {name}\n");
    for param in &policy.params {
        out.push_str(&format!("param {}: {} = {}\n", param.name, named(&param.slot), printer.expr(&param.value, OR)));
    }
    for function in &policy.functions {
        let parameters: Vec<String> =
            function.parameters.iter().map(|(name, slot)| format!("{name}: {}", named(slot))).collect();
        let body = printer.expr(&function.body, LOOSEST);
        let head = format!("def {}({}): {}", function.name, parameters.join(", "), named(&function.result));
        out.push_str(&format!("{head} = {body}\n"));
    }
    if !policy.views.is_empty() {
        let fields = crate::types::Table::Item.named_fields();
        let fields: Vec<String> = fields.iter().map(|(name, slot)| format!("{name}: {}", named(slot))).collect();
        out.push_str(&format!("type item = {{{}}}\n", fields.join(", ")));
    }
    for view in &policy.views {
        out.push_str(&printer.view(view, &named));
    }
    for property in &policy.properties {
        let (kind, body) = (property.kind.name(), printer.expr(&property.body, LOOSEST));
        let ty = property.slot.name(&views).map(|name| format!(": {name}")).unwrap_or_default();
        out.push_str(&format!("view {} on {kind} {}{ty} = {body}\n", property.name, property.subject));
    }
    for rule in &policy.rules {
        out.push_str(&printer.rule(rule));
    }
    for exemption in &policy.exemptions {
        out.push_str(&printer.exemption(exemption));
    }
    out
}

struct Printer<'p> {
    policy: &'p Policy,
}

impl Printer<'_> {
    fn view(&self, view: &View, named: &dyn Fn(&crate::types::Slot) -> String) -> String {
        let View { name, property, source, parent, .. } = view;
        let condition = self.guard(view.condition.as_ref());
        let mut out = format!("view {name} row of item from {} {parent} as {property}{condition} {{\n", source.name());
        for clause in &view.clauses {
            let fields = clause.fields.iter().map(|(name, value)| format!("{name} = {}", self.expr(value, LOOSEST)));
            let fields: Vec<String> = fields.collect();
            let source = self.expr(&clause.source, COALESCE);
            out.push_str(&format!("  each {source} {{ {} }}\n", fields.join("\n    ")));
        }
        for (name, slot, value) in &view.fields {
            let value = value.as_ref().map(|value| format!(" = {}", self.expr(value, LOOSEST))).unwrap_or_default();
            out.push_str(&format!("  {name}: {}{value}\n", named(slot)));
        }
        out.push_str("}\n");
        out
    }

    fn rule(&self, rule: &Rule) -> String {
        let subject = match rule.subject {
            Subject::Kind(kind) => kind.name(),
            Subject::Rows(view) => self.policy.views.get(view).map_or("?", |view| view.name.as_str()),
        };
        let condition = self.guard(rule.condition.as_ref());
        let unknown = if rule.ignores_unknown { " unknown ignore" } else { "" };
        let head = format!("title \"{}\" severity {}{unknown}", rule.title, rule.severity);
        let mut out = format!("rule {} on {subject} {}{condition} {{\n  {head}\n", rule.id, rule.name);
        self.statements(&rule.body, 1, &mut out);
        out.push_str("}\n");
        out
    }

    fn exemption(&self, exemption: &Exemption) -> String {
        let Exemption { rule, kind, name, condition, ended } = exemption;
        let condition = self.guard(condition.as_ref());
        let year = if *ended { 2020 } else { 2030 };
        format!("exempt {rule} for {} {name}{condition} because \"it is\" until {year}-06-30\n", kind.name())
    }

    fn guard(&self, condition: Option<&Expr>) -> String {
        condition.map(|condition| format!(" where {}", self.expr(condition, OR))).unwrap_or_default()
    }

    fn statements(&self, body: &[Statement], depth: usize, out: &mut String) {
        let margin = "  ".repeat(depth);
        for statement in body {
            match statement {
                Statement::Let(name, value) => {
                    out.push_str(&format!("{margin}let {name} = {}\n", self.expr(value, LOOSEST)));
                }
                Statement::For(binder, body) => {
                    out.push_str(&format!("{margin}for {} {{\n", self.binder(binder)));
                    self.statements(body, depth + 1, out);
                    out.push_str(&format!("{margin}}}\n"));
                }
                Statement::When(condition, then, otherwise) => {
                    out.push_str(&format!("{margin}when {} {{\n", self.expr(condition, LOOSEST)));
                    self.statements(then, depth + 1, out);
                    if !otherwise.is_empty() {
                        out.push_str(&format!("{margin}}} else {{\n"));
                        self.statements(otherwise, depth + 1, out);
                    }
                    out.push_str(&format!("{margin}}}\n"));
                }
                Statement::Check(check) => out.push_str(&format!("{margin}{}\n", self.check(check))),
            }
        }
    }

    fn check(&self, check: &Check) -> String {
        let word = if check.forbid { "forbid" } else { "require" };
        // A check may not begin with `if`.
        let condition = match *check.condition.form {
            Form::If(..) => self.expr(&check.condition, OR),
            _ => self.expr(&check.condition, LOOSEST),
        };
        let severity = check.severity.as_ref().map(|severity| format!(" severity {}", self.expr(severity, LOOSEST)));
        format!("{word} {condition} else {}{}", self.text(&check.message), severity.unwrap_or_default())
    }

    fn text(&self, parts: &[Part]) -> String {
        let parts = parts.iter().map(|part| match part {
            Part::Plain(text) => escaped(text),
            Part::Value(value) => format!("{{{}}}", self.expr(value, LOOSEST)),
        });
        format!("\"{}\"", parts.collect::<String>())
    }

    fn binder(&self, binder: &Binder) -> String {
        let key = binder.key.as_ref().map(|key| format!("{key}, ")).unwrap_or_default();
        let source = match &*binder.source.form {
            Form::Group(inner, by) => format!("group {} by {}", self.binder(inner), self.expr(by, OR)),
            _ => self.expr(&binder.source, COALESCE),
        };
        format!("{key}{} in {source}{}", binder.item, self.guard(binder.condition.as_ref()))
    }

    fn list(&self, items: &[Expr]) -> String {
        items.iter().map(|item| self.expr(item, OR)).collect::<Vec<_>>().join(", ")
    }

    /// An expression in a place that takes this precedence or a tighter one.
    fn expr(&self, expr: &Expr, place: u8) -> String {
        let (text, own) = self.bare(expr);
        if own < place { format!("({text})") } else { text }
    }

    fn bare(&self, expr: &Expr) -> (String, u8) {
        let left = |expr: &Expr, at: u8| self.expr(expr, at);
        match &*expr.form {
            Form::Bool(value) => (value.to_string(), POSTFIX),
            Form::Number(text) | Form::Quantity(text) => (text.clone(), POSTFIX),
            Form::Text(text) => (format!("\"{}\"", escaped(text)), POSTFIX),
            Form::Severity(word) => ((*word).to_owned(), POSTFIX),
            Form::Name(name) => (name.clone(), POSTFIX),
            Form::List(items) => (format!("[{}]", self.list(items)), POSTFIX),
            Form::Record(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|(name, value)| format!("{name}: {}", self.expr(value, OR))).collect();
                (format!("{{{}}}", fields.join(", ")), POSTFIX)
            }
            Form::Comprehension(item, binders) => {
                let binders: Vec<String> =
                    binders.iter().map(|binder| format!(" for {}", self.binder(binder))).collect();
                (format!("[{}{}]", self.expr(item, OR), binders.concat()), POSTFIX)
            }
            Form::Group(..) => ("?".to_owned(), LOOSEST),
            Form::Field(base, name) => (format!("{}.{name}", left(base, POSTFIX)), POSTFIX),
            Form::Index(base, index) => (format!("{}[{}]", left(base, POSTFIX), self.expr(index, LOOSEST)), POSTFIX),
            Form::Documents(kind) => (format!("docs({})", kind.name()), POSTFIX),
            Form::Call(function, arguments, method) => (self.call(*function, arguments, *method), POSTFIX),
            Form::Builtin(builtin, arguments) => (format!("{}({})", word(*builtin), self.list(arguments)), POSTFIX),
            Form::Not(operand) => (format!("not {}", self.expr(operand, NOT)), NOT),
            Form::And(first, second) => (format!("{} and {}", left(first, AND), self.expr(second, NOT)), AND),
            Form::Or(first, second) => (format!("{} or {}", left(first, OR), self.expr(second, AND)), OR),
            Form::Exists(operand) => (format!("exists {}", self.expr(operand, POSTFIX)), PREFIX),
            Form::Negate(operand) => (format!("-{}", self.expr(operand, POSTFIX)), PREFIX),
            Form::Operator(operator, first, second) => {
                let (first, second) = (left(first, COALESCE), self.expr(second, COALESCE));
                (format!("{first} {} {second}", sign(*operator)), COMPARISON)
            }
            Form::InRange(value, from, to) => (format!("{} in {from}..{to}", left(value, COALESCE)), COMPARISON),
            Form::Matches(value, regex) => {
                (format!("{} matches /{}/", left(value, COALESCE), regex.print()), COMPARISON)
            }
            Form::Like(value, globs) => {
                let printed: Vec<String> = globs.iter().map(|glob| format!("\"{}\"", glob.print())).collect();
                let printed =
                    if let [one] = printed.as_slice() { one.clone() } else { format!("[{}]", printed.join(", ")) };
                (format!("{} like {printed}", left(value, COALESCE)), COMPARISON)
            }
            Form::Is(value, negated, test) => {
                let not = if *negated { "not " } else { "" };
                (format!("{} is {not}{}", left(value, COALESCE), asked(*test)), COMPARISON)
            }
            Form::Coalesce(first, second) => {
                (format!("{} ?? {}", left(first, COALESCE + 1), self.expr(second, COALESCE)), COALESCE)
            }
            Form::Arithmetic(Arithmetic::Multiply, first, second) => {
                (format!("{} * {}", left(first, PRODUCT), self.expr(second, PREFIX)), PRODUCT)
            }
            Form::Arithmetic(operator, first, second) => {
                let sign = if *operator == Arithmetic::Add { "+" } else { "-" };
                (format!("{} {sign} {}", left(first, SUM), self.expr(second, PRODUCT)), SUM)
            }
            Form::Join(first, second) => (format!("{} + {}", left(first, SUM), self.expr(second, PRODUCT)), SUM),
            Form::If(condition, then, otherwise) => {
                let (condition, then) = (self.expr(condition, OR), self.expr(then, OR));
                (format!("if {condition} then {then} else {}", self.expr(otherwise, LOOSEST)), LOOSEST)
            }
            Form::Quantified(quantifier, binder, body) => {
                let word = match quantifier {
                    Quantifier::Any => "any",
                    Quantifier::All => "all",
                    Quantifier::None => "none",
                };
                let body = body.as_ref().map(|body| format!(": {}", self.expr(body, LOOSEST))).unwrap_or_default();
                (format!("{word} {}{body}", self.binder(binder)), LOOSEST)
            }
            Form::Template(parts) => (self.text(parts), POSTFIX),
        }
    }

    fn call(&self, function: usize, arguments: &[Expr], method: bool) -> String {
        let name = self.policy.functions.get(function).map_or("?", |function| function.name.as_str());
        match (arguments.split_first(), method) {
            (Some((first, rest)), true) => format!("{}.{name}({})", self.expr(first, POSTFIX), self.list(rest)),
            _ => format!("{name}({})", self.list(arguments)),
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('{', "\\{").replace('\n', "\\n").replace('\t', "\\t")
}

fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterEqual => ">=",
        Operator::In => "in",
        Operator::NotIn => "not in",
        Operator::Contains => "contains",
        Operator::StartsWith => "starts with",
        Operator::EndsWith => "ends with",
    }
}

fn asked(test: Test) -> &'static str {
    match test {
        Test::Empty => "empty",
        Test::Absent => "absent",
        Test::Null => "null",
        Test::Text => "string",
        Test::Number => "number",
        Test::Bool => "bool",
        Test::List => "list",
        Test::Map => "map",
    }
}

fn word(builtin: Builtin) -> &'static str {
    match builtin {
        Builtin::Length => "length",
        Builtin::Lower => "lower",
        Builtin::Upper => "upper",
        Builtin::Trim => "trim",
        Builtin::Split => "split",
        Builtin::Text => "text",
        Builtin::Number => "number",
        Builtin::Quantity => "quantity",
        Builtin::Count => "count",
        Builtin::Sum => "sum",
        Builtin::Min => "min",
        Builtin::Max => "max",
        Builtin::First => "first",
        Builtin::Last => "last",
    }
}
