//! Rules, exemptions, uses and profiles.

use super::facts::Environment;
use super::ty::Ty;
use super::{Checker, Typed, hints, next_id};
use crate::ir::{
    Aggregate, Applicability, Check, CheckId, Const, Edit, Exemption, ExprId, Fix, Instance, ParamId, Phase, Rule,
    RuleId, Scope, Statement, Subject, UnknownPolicy,
};
use crate::syntax::ast::{self, ExprKind, Item, StatementKind};
use crate::values::Severity;
use policyc_text::Span;

/// Templates that `create` knows.
const TEMPLATES: &[&str] = &["networkpolicy_default_deny"];

/// What to do about an id that is taken.
const UNIQUE: &str = "ids are unique over everything that is loaded; choose another";

/// The head of a rule or profile, read.
#[derive(Default)]
struct Head {
    title: Option<String>,
    severity: Option<Severity>,
    phase: Option<Phase>,
    theme: Option<String>,
    controls: Vec<String>,
    tags: Vec<String>,
    since: Option<String>,
    help: Option<String>,
    doc: Option<String>,
    unknown: Option<UnknownPolicy>,
}

impl Checker<'_> {
    pub(super) fn check_rules(&mut self, file: &ast::File) {
        for item in &file.items {
            match item {
                Item::Rule(rule) => self.check_rule(rule),
                Item::Profile(profile) => self.check_profile(profile),
                _ => {}
            }
        }
    }

    fn check_rule(&mut self, rule: &ast::Rule) {
        self.environment = Environment::default();
        // A line that could not be read may be the one that is missing.
        let whole = !rule.body.iter().any(|statement| matches!(statement.kind, StatementKind::Bad));
        let head = self.read_head(&rule.metadata, &rule.id, whole);
        let id = RuleId(next_id(self.program.rules.len()));
        let taken = self.id_is_taken(&rule.id.text);
        if taken {
            self.error(rule.id.span, format!("the rule id `{}` is taken", rule.id.text)).hint = Some(UNIQUE.to_owned());
        }
        let (subject, subject_names) = self.check_subject(&rule.subject);
        let condition = self.check_subject_condition(&rule.subject);
        self.program.rules.push(Rule {
            module: self.module.id,
            id: rule.id.text.clone(),
            title: head.title.unwrap_or_default(),
            severity: head.severity.unwrap_or(Severity::Medium),
            phase: head.phase,
            theme: head.theme,
            controls: head.controls,
            tags: head.tags,
            since: head.since,
            help: head.help,
            doc: head.doc,
            unknown: head.unknown.unwrap_or(UnknownPolicy::Report),
            subject,
            subject_names,
            condition,
            body: Vec::new(),
            frame: 0,
            params: Vec::new(),
            scope: Scope::Document,
            span: rule.span,
            id_span: rule.id.span,
        });
        let body = self.check_statements(&rule.body, id);
        if !self.has_check(&body) && !rule.body.iter().any(|statement| statement.kind == StatementKind::Bad) {
            self.error(rule.id.span, format!("the rule `{}` checks nothing", rule.id.text)).hint =
                Some("add a `require … else \"…\"` or a `forbid … else \"…\"`".to_owned());
        }
        let frame = self.environment.frame;
        let known = &mut self.program.rules[id.index()];
        known.body = body;
        known.frame = frame;
        if !taken {
            self.program.instances.push(Instance {
                id: rule.id.text.clone(),
                rule: id,
                module: self.module.id,
                params: Vec::new(),
                severity: None,
            });
        }
    }

    fn id_is_taken(&self, id: &str) -> bool {
        self.program.instances.iter().any(|instance| instance.id == id)
            || self.program.aggregates.iter().any(|aggregate| aggregate.id == id)
    }

    fn has_check(&self, statements: &[Statement]) -> bool {
        statements.iter().any(|statement| match statement {
            Statement::Let(..) => false,
            Statement::Check(_) => true,
            Statement::For(_, body) => self.has_check(body),
            Statement::When(_, then, otherwise) => self.has_check(then) || self.has_check(otherwise),
        })
    }

    /// Declares the subject's name in slot 0.
    fn check_subject(&mut self, subject: &ast::Subject) -> (Vec<Subject>, Vec<String>) {
        let ty = self.resolve_type(&subject.ty);
        let members = match &ty {
            Ty::Union(members) => members.clone(),
            other => vec![other.clone()],
        };
        let mut subjects = Vec::with_capacity(members.len());
        let mut names = Vec::with_capacity(members.len());
        for member in &members {
            names.push(self.name_of(member));
            match member {
                Ty::Kind(kind) => subjects.push(Subject::Kinds(kind.set)),
                Ty::AnyObject => subjects.push(Subject::Objects),
                Ty::View(view) => subjects.push(Subject::View(*view)),
                Ty::Namespace => subjects.push(Subject::Namespaces),
                Ty::Project => subjects.push(Subject::Projects),
                Ty::Error => {}
                other => {
                    let other = self.name_of(other);
                    self.error(subject.ty.span, format!("a rule judges kinds or views, not `{other}`")).hint =
                        Some("write `on Deployment d`, `on workload w` or `on container c`".to_owned());
                }
            }
        }
        self.declare_variable(&subject.name, ty);
        (subjects, names)
    }

    fn check_subject_condition(&mut self, subject: &ast::Subject) -> Option<ExprId> {
        let condition = subject.condition.as_ref()?;
        let condition = self.check_condition(condition);
        self.environment.learn(condition.outcomes.when_true, None);
        Some(condition.id)
    }

    fn check_statements(&mut self, statements: &[ast::Statement], rule: RuleId) -> Vec<Statement> {
        statements.iter().filter_map(|statement| self.check_statement(statement, rule)).collect()
    }

    fn check_block(&mut self, statements: &[ast::Statement], rule: RuleId) -> Vec<Statement> {
        let mark = self.environment.mark();
        let lowered = self.check_statements(statements, rule);
        self.environment.reset(mark);
        lowered
    }

    fn check_statement(&mut self, statement: &ast::Statement, rule: RuleId) -> Option<Statement> {
        match &statement.kind {
            StatementKind::Let { name, value } => Some(self.check_let(name, value)),
            StatementKind::For { binder, body } => {
                let mark = self.environment.mark();
                let (binder, _) = self.bind(binder);
                let body = self.check_statements(body, rule);
                self.environment.reset(mark);
                Some(Statement::For(binder, body))
            }
            StatementKind::When { condition, then, otherwise } => {
                let condition = self.check_condition(condition);
                let mark = self.environment.mark();
                self.environment.learn(condition.outcomes.when_true, None);
                let then = self.check_block(then, rule);
                self.environment.reset(mark);
                self.environment.learn(condition.outcomes.when_false, None);
                let otherwise = self.check_block(otherwise, rule);
                self.environment.reset(mark);
                Some(Statement::When(condition.id, then, otherwise))
            }
            StatementKind::Check(check) => Some(self.check_check(check, statement.span, rule)),
            StatementKind::Bad => None,
        }
    }

    fn check_let(&mut self, name: &ast::Name, value: &ast::Expr) -> Statement {
        let checked = self.check(value, None);
        if let Some(before) = self.environment.lookup(&name.text) {
            let before = before.span;
            let file = self.module.file;
            let diagnostic = self.error(name.span, format!("`{}` is taken here", name.text));
            *diagnostic = diagnostic.clone().with_label(file, before, "by this");
            diagnostic.hint = Some("a name has one meaning in its block; choose another".to_owned());
        }
        // A path's `let` is another name for the path, so what is known of either holds for both. Its declared type is
        // kept, since what a guard around it tells ends with the guard's block.
        let slot = self.declare_variable(name, checked.ty.clone());
        if let (Some(path), Some(variable)) = (checked.path, self.environment.variables.last_mut()) {
            variable.alias = Some(path);
        }
        Statement::Let(slot, checked.id)
    }

    fn check_check(&mut self, check: &ast::Check, span: Span, rule: RuleId) -> Statement {
        let id = CheckId(next_id(self.program.checks.len()));
        self.environment.used.clear();
        let condition = self.check_condition(&check.condition);
        let relies_on = std::mem::take(&mut self.environment.used);
        // Where the check fails, what its condition tells of that case may be used by its message and places.
        let failing = if check.forbid { &condition.outcomes.when_true } else { &condition.outcomes.when_false };
        let mark = self.environment.mark();
        self.environment.learn(failing.clone(), None);
        let message = self.check_message(check, span);
        let at = check.at.as_ref().map(|at| self.check_place(at));
        let see = check.see.iter().map(|see| self.check_place(see)).collect();
        let help = check.help.as_ref().map(|help| {
            let checked = self.check(help, Some(&Ty::String));
            self.expect(&checked, &Ty::String, help.span);
            checked.id
        });
        let severity = check.severity.as_ref().map(|severity| {
            let checked = self.check(severity, Some(&Ty::Severity));
            self.expect(&checked, &Ty::Severity, severity.span);
            checked.id
        });
        let fixes = check.fixes.iter().map(|fix| self.check_fix(fix)).collect();
        self.environment.reset(mark);
        self.environment.used.clear();
        self.program.checks.push(Check {
            rule,
            forbid: check.forbid,
            condition: condition.id,
            message,
            at,
            see,
            help,
            severity,
            fixes,
            relies_on,
            span,
        });
        let passing = if check.forbid { condition.outcomes.when_false } else { condition.outcomes.when_true };
        self.environment.learn(passing, Some(id));
        Statement::Check(id)
    }

    /// What `at` and `see` take: something that stands somewhere.
    fn check_place(&mut self, place: &ast::Expr) -> ExprId {
        let literal = matches!(
            place.kind,
            ExprKind::Bool(_)
                | ExprKind::Number(_)
                | ExprKind::Quantity(_)
                | ExprKind::Date(_)
                | ExprKind::Text(_)
                | ExprKind::Raw(_)
                | ExprKind::Regex(_)
        );
        if literal {
            self.error(place.span, "a literal stands in no document, so it is no place").hint =
                Some("name a field, a row, a parameter or a list of these".to_owned());
        }
        self.check(place, None).id
    }

    fn check_message(&mut self, check: &ast::Check, span: Span) -> ExprId {
        match &check.message {
            Some(message) => {
                let checked = self.check(message, Some(&Ty::String));
                self.expect(&checked, &Ty::String, message.span);
                checked.id
            }
            None => self.emit_const(Const::String(String::new()), span),
        }
    }

    fn check_fix(&mut self, fix: &ast::Fix) -> Fix {
        let applicability = match fix.applicability.text.as_str() {
            "safe" => Applicability::Safe,
            "unsafe" => Applicability::Unsafe,
            "hint" => Applicability::Hint,
            other => {
                let message = format!("`{other}` does not say how sure a fix is");
                self.error(fix.applicability.span, message).hint = Some("write `safe`, `unsafe` or `hint`".to_owned());
                Applicability::Hint
            }
        };
        Fix { applicability, edits: fix.edits.iter().filter_map(|edit| self.check_edit(edit)).collect() }
    }

    fn check_edit(&mut self, edit: &ast::FixEdit) -> Option<Edit> {
        use ast::FixKind;
        Some(match &edit.kind {
            FixKind::Set(target, value) => {
                let (target, ty) = self.check_target(target);
                Edit::Set(target, self.check_edit_value(value, &ty).id)
            }
            FixKind::Replace(target, value) => {
                let (target, ty) = self.check_target(target);
                Edit::Replace(target, self.check_edit_value(value, &ty).id)
            }
            FixKind::Remove(target) => Edit::Remove(self.check_target(target).0),
            FixKind::Append(value, target) => {
                let (id, ty) = self.check_target(target);
                let element = match &ty {
                    Ty::List(element, _) => (**element).clone(),
                    Ty::Error | Ty::Dynamic | Ty::View(_) => Ty::Error,
                    other => {
                        let other = self.name_of(other);
                        self.error(target.span, format!("`append` needs a list, and this is of type `{other}`")).hint =
                            Some("write `set … = …` for a single value".to_owned());
                        Ty::Error
                    }
                };
                Edit::Append(self.check_edit_value(value, &element).id, id)
            }
            FixKind::InsertBefore(value, target) => {
                let (target, _) = self.check_target(target);
                Edit::InsertBefore(self.check_edit_value(value, &Ty::Error).id, target)
            }
            FixKind::InsertAfter(value, target) => {
                let (target, _) = self.check_target(target);
                Edit::InsertAfter(self.check_edit_value(value, &Ty::Error).id, target)
            }
            FixKind::Create(template, name) => {
                if !TEMPLATES.contains(&template.text.as_str()) {
                    let near = hints::near(&template.text, TEMPLATES.iter().copied(), "leave the fix out");
                    self.error(template.span, format!("there is no template `{}`", template.text)).hint = near;
                    return None;
                }
                Edit::Create(template.text.clone(), self.check(name, Some(&Ty::String)).id)
            }
        })
    }

    /// A place in a document, with the type that it has when it is there.
    fn check_target(&mut self, target: &ast::Expr) -> (ExprId, Ty) {
        let checked = self.check(target, None);
        (checked.id, checked.ty.required())
    }

    fn check_edit_value(&mut self, value: &ast::Expr, ty: &Ty) -> Typed {
        let want = (*ty != Ty::Error).then_some(ty);
        let checked = self.check(value, want);
        if let Some(want) = want
            && !super::operators::comparable(want, checked.ty.inner())
        {
            let hint = hints::made(want, &checked.ty);
            let (have, wanted) = (self.name_of(checked.ty.inner()), self.name_of(want));
            self.error(value.span, format!("the place takes `{wanted}`, and this is of type `{have}`")).hint = hint;
        }
        checked
    }

    fn read_head(&mut self, metadata: &[ast::Metadata], id: &ast::Name, whole: bool) -> Head {
        let mut head = Head::default();
        let mut seen: Vec<&str> = Vec::new();
        for line in metadata {
            if seen.contains(&line.key.text.as_str()) {
                self.error(line.key.span, format!("`{}` is given twice", line.key.text)).hint =
                    Some("leave one of them out".to_owned());
            }
            seen.push(&line.key.text);
            self.read_metadata(&mut head, line);
        }
        for (key, missing) in [("title", head.title.is_none()), ("severity", head.severity.is_none())] {
            if missing && whole && !seen.contains(&key) {
                let example = if key == "title" { "title \"…\"" } else { "severity high" };
                self.error(id.span, format!("`{}` has no {key}", id.text)).hint = Some(format!("add `{example}`"));
            }
        }
        head
    }

    fn read_metadata(&mut self, head: &mut Head, line: &ast::Metadata) {
        match line.key.text.as_str() {
            "title" => head.title = self.text_of(&line.value),
            "severity" => head.severity = self.severity_of(&line.value),
            "phase" => head.phase = self.phase_of(&line.value),
            "theme" => head.theme = self.word_of(&line.value),
            "controls" => head.controls = self.controls_of(&line.value),
            "tags" => head.tags = self.words_of(&line.value),
            "since" => head.since = self.text_of(&line.value),
            "help" => head.help = self.text_of(&line.value),
            "doc" => head.doc = self.text_of(&line.value),
            "unknown" => {
                head.unknown = match self.word_of(&line.value).as_deref() {
                    Some("report") => Some(UnknownPolicy::Report),
                    Some("ignore") => Some(UnknownPolicy::Ignore),
                    _ => {
                        self.error(line.value.span, "`unknown` is `report` or `ignore`").hint =
                            Some("write `unknown ignore` to be told nothing of what cannot be told".to_owned());
                        None
                    }
                };
            }
            // The parser reports keys that it does not know.
            _ => {}
        }
    }

    fn text_of(&mut self, value: &ast::Expr) -> Option<String> {
        // Of what is no text at all the parser has said so.
        match &value.kind {
            ExprKind::Text(_) | ExprKind::Raw(_) => self.plain_text_of(value),
            _ => None,
        }
    }

    fn plain_text_of(&mut self, value: &ast::Expr) -> Option<String> {
        let text = super::plain_text(value);
        if text.is_none() {
            self.error(value.span, "a text without `{…}` parts is expected here").hint =
                Some("write it in double quotes; `\\{` is a brace that is meant as such".to_owned());
        }
        text
    }

    fn word_of(&mut self, value: &ast::Expr) -> Option<String> {
        match &value.kind {
            ExprKind::Name(word) => Some(word.clone()),
            // `pod-privileges` reads as a subtraction of names.
            ExprKind::Binary(ast::BinaryOp::Subtract, left, right) => {
                Some(format!("{}-{}", self.word_of(left)?, self.word_of(right)?))
            }
            _ => self.plain_text_of(value),
        }
    }

    fn severity_of(&mut self, value: &ast::Expr) -> Option<Severity> {
        let word = self.word_of(value)?;
        match Severity::parse(&word) {
            Ok(severity) => Some(severity),
            Err(error) => {
                self.error(value.span, error.message).hint =
                    Some("it is one of `critical`, `high`, `medium`, `low`, `info`".to_owned());
                None
            }
        }
    }

    fn phase_of(&mut self, value: &ast::Expr) -> Option<Phase> {
        if let ExprKind::Number(text) = &value.kind {
            let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
            if let (Ok(whole), Ok(part)) = (whole.parse::<u8>(), part.parse::<u8>())
                && ((1..=2).contains(&whole) && part == 0 || whole == 3 && part <= 6)
            {
                return Some(Phase { whole, part });
            }
        }
        self.error(value.span, "this is no phase of the roadmap").hint =
            Some("a phase is `1`, `2`, `3` or `3.1` to `3.6`".to_owned());
        None
    }

    fn words_of(&mut self, value: &ast::Expr) -> Vec<String> {
        match &value.kind {
            ExprKind::List(items) => items.iter().filter_map(|item| self.word_of(item)).collect(),
            _ => {
                self.error(value.span, "a list of texts is expected here").hint =
                    Some("put it in brackets: `[\"…\"]`".to_owned());
                Vec::new()
            }
        }
    }

    fn controls_of(&mut self, value: &ast::Expr) -> Vec<String> {
        let controls = self.words_of(value);
        for control in &controls {
            if !control.split_once(':').is_some_and(|(framework, number)| !framework.is_empty() && !number.is_empty()) {
                self.error(value.span, format!("the control `{control}` names no framework")).hint =
                    Some("write `\"framework:number\"`, as in `\"cis-k8s-1.12:5.7.3\"`".to_owned());
            }
        }
        controls
    }

    fn check_profile(&mut self, profile: &ast::Profile) {
        let head = self.read_head(&profile.metadata, &profile.id, true);
        if self.id_is_taken(&profile.id.text) {
            self.error(profile.id.span, format!("the rule id `{}` is taken", profile.id.text)).hint =
                Some(UNIQUE.to_owned());
            return;
        }
        self.program.aggregates.push(Aggregate {
            module: self.module.id,
            id: profile.id.text.clone(),
            title: head.title.unwrap_or_default(),
            severity: head.severity.unwrap_or(Severity::Medium),
            phase: head.phase,
            theme: head.theme,
            controls: head.controls,
            help: head.help,
            include: profile.include.iter().map(|name| name.text.clone()).collect(),
            span: profile.span,
        });
    }

    /// Uses make rules of rules, so they come after all rules.
    pub(super) fn check_uses(&mut self, file: &ast::File) {
        for item in &file.items {
            if let Item::Use(adopted) = item {
                self.check_use(adopted);
            }
        }
    }

    /// Exemptions, and what profiles include: they name rules, so they come after all that make some.
    pub(super) fn check_adoptions(&mut self, file: &ast::File) {
        for item in &file.items {
            match item {
                Item::Exempt(exempt) => self.check_exempt(exempt),
                Item::Profile(profile) => {
                    for name in &profile.include {
                        self.require_rule(&name.text, name.span);
                    }
                }
                _ => {}
            }
        }
    }

    /// Says so where no rule has an id.
    pub(super) fn require_rule(&mut self, id: &str, span: Span) -> bool {
        if self.id_is_taken(id) {
            return true;
        }
        let known: Vec<String> = self.program.instances.iter().map(|instance| instance.id.clone()).collect();
        let near = hints::near(id, known.iter().map(String::as_str), "`policyc rules` lists them all");
        self.error(span, format!("there is no rule `{id}`")).hint = near;
        false
    }

    fn check_use(&mut self, adopted: &ast::Use) {
        let Some(last) = adopted.rule.parts.last() else { return };
        let Some(at) = self.program.instances.iter().position(|instance| instance.id == last.text) else {
            self.require_rule(&last.text, last.span);
            return;
        };
        let rule = self.program.instances[at].rule;
        if adopted.rule.parts.len() > 1 {
            let module: Vec<&str> =
                adopted.rule.parts[..adopted.rule.parts.len() - 1].iter().map(|part| part.text.as_str()).collect();
            let module = module.join(".");
            let actual = &self.program.modules[self.program.rules[rule.index()].module.index()].name;
            if *actual != module {
                let actual = actual.clone();
                self.error(adopted.rule.span, format!("the rule `{}` is not in `{module}`", last.text)).hint =
                    Some(format!("it is in `{actual}`"));
            }
        }
        let params = adopted.with.as_ref().map(|with| self.check_with(rule, with)).unwrap_or_default();
        let severity = adopted.severity.as_ref().and_then(|severity| self.severity_of(severity));
        match &adopted.alias {
            Some(alias) => {
                if self.id_is_taken(&alias.text) {
                    self.error(alias.span, format!("the rule id `{}` is taken", alias.text)).hint =
                        Some(UNIQUE.to_owned());
                    return;
                }
                let module = self.module.id;
                self.program.instances.push(Instance { id: alias.text.clone(), rule, module, params, severity });
            }
            None => {
                let instance = &mut self.program.instances[at];
                instance.params.extend(params);
                instance.severity = severity.or(instance.severity);
            }
        }
    }

    fn check_with(&mut self, rule: RuleId, with: &ast::Expr) -> Vec<(ParamId, Const)> {
        let ExprKind::Record(fields) = &with.kind else {
            self.error(with.span, "`with` takes a record of parameters").hint =
                Some("write `with { name: value }`".to_owned());
            return Vec::new();
        };
        let module = self.program.rules[rule.index()].module;
        let mut values = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            let Some(param) = self.param_of(module, &name.text) else {
                let known: Vec<String> = self.params_of(module);
                let near = hints::near(&name.text, known.iter().map(String::as_str), "leave it out");
                self.error(name.span, format!("the rule has no parameter `{}`", name.text)).hint = near;
                continue;
            };
            let ty = self.interface.params[param.index()].clone();
            let checked = self.check(value, Some(&ty));
            self.expect(&checked, &ty, value.span);
            if let Some(value) = self.constant_value(&checked, value.span) {
                values.push((param, value));
            }
        }
        values
    }

    pub(super) fn param_of(&self, module: crate::ir::ModuleId, name: &str) -> Option<ParamId> {
        let at = self.program.params.iter().position(|param| param.module == module && param.name == name)?;
        Some(ParamId(next_id(at)))
    }

    pub(super) fn params_of(&self, module: crate::ir::ModuleId) -> Vec<String> {
        self.program.params.iter().filter(|param| param.module == module).map(|param| param.name.clone()).collect()
    }

    fn check_exempt(&mut self, exempt: &ast::Exempt) {
        self.environment = Environment::default();
        for name in &exempt.rules {
            self.require_rule(&name.text, name.span);
        }
        let (subject, _) = self.check_subject(&exempt.subject);
        let condition = self.check_subject_condition(&exempt.subject);
        let because = exempt.because.as_ref().and_then(|text| self.text_of(text));
        if because.is_none() && exempt.because.is_none() {
            self.error(exempt.span, "an exemption needs a reason").hint = Some("add `because \"…\"`".to_owned());
        }
        let until = match &exempt.until {
            Some(until) => {
                let checked = self.check(until, Some(&Ty::Date));
                match self.constant(checked.id) {
                    Some(Const::Date(date)) => Some(*date),
                    _ => {
                        self.error(until.span, "a date is expected here").hint =
                            Some("write `until 2027-06-30`".to_owned());
                        None
                    }
                }
            }
            None => {
                self.error(exempt.span, "an exemption needs an end").hint = Some("add `until 2027-06-30`".to_owned());
                None
            }
        };
        let ticket = exempt.ticket.as_ref().and_then(|text| self.text_of(text));
        let by = exempt.by.as_ref().and_then(|text| self.text_of(text));
        let frame = self.environment.frame;
        let (Some(because), Some(until)) = (because, until) else { return };
        self.program.exemptions.push(Exemption {
            module: self.module.id,
            rules: exempt.rules.iter().map(|name| name.text.clone()).collect(),
            subject,
            condition,
            frame,
            because,
            ticket,
            by,
            until,
            span: exempt.span,
        });
    }
}
