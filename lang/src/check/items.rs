//! Modules and their items: names first, then types, then bodies, so that the order of items does not matter.

use super::builtins::arguments;
use super::facts::{Environment, Fact, Root, Segment, unite};
use super::interface::{DefSignature, Entity, ModuleInterface, ParameterFact, PropertySignature};
use super::tests_of_policies::TestCase;
use super::ty::Ty;
use super::{Checker, OpenModule, Outcomes, Source, Typed, hints, next_id, tables};
use crate::ir::{Const, Def, DefId, Expr, ExprId, Module, ModuleId, Param, ParamId, Property, PropertyId, ViewId};
use crate::syntax::ast::{self, Item};
use policyc_text::{FileId, Span};

/// Modules whose names are seen without an import, and everything below them.
const IMPLICIT: &[&str] = &["std.k8s", "std.docker"];

/// Bodies that are checked when something first needs what they say.
#[derive(Default)]
pub(super) struct Pending {
    /// Function bodies with their modules.
    defs: Vec<(DefId, usize, ast::Def)>,
    /// Property bodies with their modules.
    properties: Vec<(PropertyId, usize, ast::Property)>,
    /// Functions whose bodies are being checked.
    busy_defs: Vec<DefId>,
    /// Properties whose bodies are being checked.
    busy_properties: Vec<PropertyId>,
    /// Open modules, to return to one.
    modules: Vec<(ModuleId, FileId, Vec<ModuleId>)>,
}

impl Pending {
    /// The file of an open module.
    pub(super) fn file_of(&self, module: ModuleId) -> Option<FileId> {
        self.modules.iter().find(|(id, _, _)| *id == module).map(|(_, file, _)| *file)
    }
}

/// Ids given to the items of one file, in item order.
#[derive(Default)]
struct Ids {
    params: Vec<ParamId>,
    views: Vec<ViewId>,
    tables: Vec<DefId>,
}

impl Checker<'_> {
    pub(super) fn check_files(&mut self, sources: &[Source], files: &[ast::File]) -> Vec<TestCase> {
        self.open_modules(sources, files);
        self.resolve_imports(files);
        let mut ids: Vec<Ids> = Vec::with_capacity(files.len());
        for (at, file) in files.iter().enumerate() {
            self.enter(at);
            ids.push(self.declare_names(file));
        }
        for (at, file) in files.iter().enumerate() {
            self.enter(at);
            self.resolve_named_types(file);
        }
        for (at, file) in files.iter().enumerate() {
            self.enter(at);
            self.declare_types(file, &ids[at], at);
        }
        for (at, file) in files.iter().enumerate() {
            self.enter(at);
            self.check_values(file, &ids[at], &sources[at]);
        }
        self.check_pending();
        for (at, file) in files.iter().enumerate() {
            self.enter(at);
            self.check_view_bodies(file, &ids[at].views);
        }
        for (at, file) in files.iter().enumerate() {
            self.enter(at);
            self.check_rules(file);
        }
        for (at, file) in files.iter().enumerate() {
            self.enter(at);
            self.check_uses(file);
        }
        for (at, file) in files.iter().enumerate() {
            self.enter(at);
            self.check_adoptions(file);
        }
        let mut tests = Vec::new();
        for (at, file) in files.iter().enumerate() {
            self.enter(at);
            tests.extend(self.check_tests(file));
        }
        tests
    }

    fn enter(&mut self, at: usize) {
        let (id, file, visible) = self.pending.modules[at].clone();
        self.module = OpenModule { id, file, visible };
        self.environment = Environment::default();
    }

    fn open_modules(&mut self, sources: &[Source], files: &[ast::File]) {
        for (source, file) in sources.iter().zip(files) {
            self.module.file = source.file;
            let id = ModuleId(next_id(self.program.modules.len()));
            let name = match &file.module {
                Some(name) => joined(name),
                None => String::new(),
            };
            if let Some(written) = &file.module {
                if self.program.modules.iter().any(|module| module.name == name) {
                    self.error(written.span, format!("the module `{name}` exists already")).hint =
                        Some("a file is a module of its own; choose another name".to_owned());
                }
                let reserved = name == "std" || name.starts_with("std.");
                if reserved && self.base.modules > 0 {
                    self.error(written.span, "names that begin with `std.` belong to the standard library").hint =
                        Some("begin the name with a word of your own".to_owned());
                }
            }
            self.program.modules.push(Module {
                name: name.clone(),
                file: source.name.clone(),
                text: source.text.clone(),
            });
            self.interface.modules.push(ModuleInterface { name, items: indexmap::IndexMap::default() });
            self.pending.modules.push((id, source.file, Vec::new()));
        }
    }

    fn resolve_imports(&mut self, files: &[ast::File]) {
        for (at, file) in files.iter().enumerate() {
            let (id, file_id, _) = self.pending.modules[at].clone();
            self.module.file = file_id;
            let mut visible = vec![id];
            for import in &file.imports {
                let name = joined(import);
                let found = self.modules_below(&name);
                if found.is_empty() && !IMPLICIT.contains(&name.as_str()) {
                    let known: Vec<String> = self.interface.modules.iter().map(|module| module.name.clone()).collect();
                    let otherwise = "give its file or folder too, with `--policy` or under `policies`";
                    let hint = hints::near(&name, known.iter().map(String::as_str), otherwise);
                    self.error(import.span, format!("there is no module `{name}`")).hint = hint;
                }
                extend_new(&mut visible, found);
            }
            for implicit in IMPLICIT {
                let found = self.modules_below(implicit);
                extend_new(&mut visible, found);
            }
            self.pending.modules[at].2 = visible;
        }
    }

    /// A module and those whose names continue its own.
    fn modules_below(&self, name: &str) -> Vec<ModuleId> {
        let below = format!("{name}.");
        (0..self.interface.modules.len())
            .filter(|at| {
                let known = &self.interface.modules[*at].name;
                known == name || known.starts_with(&below)
            })
            .map(|at| ModuleId(next_id(at)))
            .collect()
    }

    pub(super) fn declare(&mut self, name: &ast::Name, entity: Entity) {
        let module = self.module.id;
        if super::type_names::BUILT_IN.iter().any(|(word, _)| *word == name.text) || name.text == "docs" {
            self.error(name.span, format!("`{}` is a word of the language and names nothing else", name.text)).hint =
                Some("choose another name".to_owned());
        }
        if self.interface.modules[module.index()].items.contains_key(&name.text) {
            self.error(name.span, format!("`{}` is declared twice in this file", name.text)).hint =
                Some("give one of them another name".to_owned());
            return;
        }
        self.interface.modules[module.index()].items.insert(name.text.clone(), entity);
    }

    fn declare_names(&mut self, file: &ast::File) -> Ids {
        let mut ids = Ids::default();
        for item in &file.items {
            match item {
                Item::Param(param) => {
                    let id = ParamId(next_id(self.program.params.len()));
                    self.program.params.push(Param {
                        module: self.module.id,
                        name: param.name.text.clone(),
                        type_text: String::new(),
                        default: None,
                        doc: String::new(),
                        span: param.name.span,
                    });
                    self.interface.params.push(Ty::Error);
                    self.declare(&param.name, Entity::Param(id));
                    ids.params.push(id);
                }
                Item::Def(def) => {
                    let id = self.reserve_def(&def.name, def.parameters.as_ref().map_or(0, Vec::len));
                    self.pending.defs.push((id, self.pending_index(), def.clone()));
                }
                Item::Table(table) => ids.tables.push(self.reserve_def(&table.name, 0)),
                Item::View(view) => ids.views.push(self.reserve_view(view)),
                Item::Property(property) => {
                    let id = PropertyId(next_id(self.program.properties.len()));
                    self.program.properties.push(Property {
                        module: self.module.id,
                        name: property.name.text.clone(),
                        frame: 0,
                        body: ExprId(0),
                    });
                    let name = property.name.text.clone();
                    self.interface.properties.push(PropertySignature { name, on: Ty::Null, ty: Ty::Error });
                    self.pending.properties.push((id, self.pending_index(), property.clone()));
                }
                _ => {}
            }
        }
        ids
    }

    fn pending_index(&self) -> usize {
        self.module.id.index() - self.base.modules
    }

    fn reserve_def(&mut self, name: &ast::Name, parameters: usize) -> DefId {
        let id = DefId(next_id(self.program.defs.len()));
        self.program.defs.push(Def {
            module: self.module.id,
            name: name.text.clone(),
            parameters: next_id(parameters),
            frame: 0,
            body: ExprId(0),
        });
        let signature =
            DefSignature { parameters: None, result: Ty::Error, when_true: Vec::new(), when_false: Vec::new() };
        self.interface.defs.push(signature);
        self.declare(name, Entity::Def(id));
        id
    }

    /// `type` and `kind` items; a type may use the types above it in the file, and those of other modules.
    fn resolve_named_types(&mut self, file: &ast::File) {
        for item in &file.items {
            match item {
                Item::Kind(kind) => {
                    let target = super::plain_text(&kind.target).unwrap_or_default();
                    if let Some(resolved) = self.aliased_kind(&kind.name.text, &target, kind.target.span) {
                        self.declare(&kind.name, Entity::Kind(resolved));
                    }
                }
                Item::Type(item) => {
                    let ty = self.resolve_type(&item.ty);
                    self.declare(&item.name, Entity::Type(ty));
                }
                _ => {}
            }
        }
    }

    /// Types of parameters, functions, views and properties.
    fn declare_types(&mut self, file: &ast::File, ids: &Ids, at: usize) {
        let mut params = ids.params.iter();
        let mut views = ids.views.iter();
        for item in &file.items {
            match item {
                Item::Param(param) => {
                    let ty = self.resolve_type(&param.ty);
                    if let Some(id) = params.next() {
                        self.program.params[id.index()].type_text = self.name_of(&ty);
                        self.interface.params[id.index()] = ty;
                    }
                }
                Item::View(view) => {
                    if let Some(id) = views.next() {
                        self.declare_view(*id, view);
                    }
                }
                _ => {}
            }
        }
        for (id, module, def) in self.pending.defs.clone() {
            if module == at {
                let parameters = def.parameters.as_ref().map(|parameters| {
                    parameters.iter().map(|p| (p.name.text.clone(), self.resolve_type(&p.ty))).collect::<Vec<_>>()
                });
                let result = self.resolve_type(&def.ty);
                let signature = &mut self.interface.defs[id.index()];
                signature.parameters = parameters;
                signature.result = result;
            }
        }
        for (id, module, property) in self.pending.properties.clone() {
            if module == at {
                let on = self.resolve_type(&property.on);
                let ty = property.ty.as_ref().map_or(Ty::Error, |ty| self.resolve_type(ty));
                let signature = &mut self.interface.properties[id.index()];
                signature.on = on;
                signature.ty = ty;
            }
        }
    }

    /// Defaults of parameters, and tables.
    fn check_values(&mut self, file: &ast::File, ids: &Ids, source: &Source) {
        let mut params = ids.params.iter();
        let mut tables = ids.tables.iter();
        for item in &file.items {
            match item {
                Item::Param(param) => {
                    let Some(id) = params.next().copied() else { continue };
                    let ty = self.interface.params[id.index()].clone();
                    let default = match &param.default {
                        Some(default) => {
                            let checked = self.check(default, Some(&ty));
                            self.expect(&checked, &ty, default.span);
                            self.constant_value(&checked, default.span)
                        }
                        None => ty.is_optional().then_some(Const::Absent),
                    };
                    let doc = param.doc.as_ref().and_then(super::plain_text).unwrap_or_default();
                    let known = &mut self.program.params[id.index()];
                    known.default = default;
                    known.doc = doc;
                }
                Item::Table(table) => {
                    if let Some(id) = tables.next().copied() {
                        self.check_table(id, table, source);
                    }
                }
                _ => {}
            }
        }
    }

    fn check_table(&mut self, id: DefId, table: &ast::Table, source: &Source) {
        let ty = self.resolve_type(&table.ty);
        let name = super::plain_text(&table.source).unwrap_or_default();
        let value = match source.tables.iter().find(|(known, _)| *known == name) {
            Some((_, text)) => tables::read(&name, text, &ty)
                .map_err(|message| (message, "mend the file, or the type that the table has here".to_owned())),
            None => Err((format!("the file `{name}` is not there"), "its name is relative to the policy".to_owned())),
        };
        let value = match value {
            Ok(value) => value,
            Err((message, hint)) => {
                self.error(table.source.span, message).hint = Some(hint);
                Const::List(Vec::new())
            }
        };
        let body = self.emit_const(value, table.span);
        self.program.defs[id.index()].body = body;
        self.interface.defs[id.index()].result = ty;
    }

    fn check_pending(&mut self) {
        for (id, _, _) in self.pending.defs.clone() {
            self.ensure_def(id);
        }
        for (id, _, _) in self.pending.properties.clone() {
            self.property_type(id);
        }
    }

    /// Runs a check in another module's scope, with an environment of its own.
    fn within<R>(&mut self, module: usize, work: impl FnOnce(&mut Self) -> R) -> R {
        let (id, file, visible) = self.pending.modules[module].clone();
        let module = std::mem::replace(&mut self.module, OpenModule { id, file, visible });
        let environment = std::mem::take(&mut self.environment);
        let result = work(self);
        self.module = module;
        self.environment = environment;
        result
    }

    /// Checks a function's body unless that was done.
    pub(super) fn ensure_def(&mut self, id: DefId) {
        if self.pending.busy_defs.contains(&id) {
            return;
        }
        let Some(at) = self.pending.defs.iter().position(|(known, _, _)| *known == id) else { return };
        let (_, module, def) = self.pending.defs.swap_remove(at);
        self.pending.busy_defs.push(id);
        self.within(module, |checker| checker.check_def_body(id, &def));
        self.pending.busy_defs.pop();
    }

    fn check_def_body(&mut self, id: DefId, def: &ast::Def) {
        let signature = self.interface.defs[id.index()].clone();
        if let (Some(names), Some(types)) = (&def.parameters, &signature.parameters) {
            for (binding, (_, ty)) in names.iter().zip(types) {
                self.declare_variable(&binding.name, ty.clone());
            }
        }
        let body = self.check(&def.body, Some(&signature.result));
        self.expect(&body, &signature.result, def.body.span);
        let known = &mut self.program.defs[id.index()];
        known.body = body.id;
        known.frame = self.environment.frame;
        let parameters = known.parameters;
        let signature = &mut self.interface.defs[id.index()];
        signature.when_true = parameter_facts(&body.outcomes.when_true, parameters);
        signature.when_false = parameter_facts(&body.outcomes.when_false, parameters);
    }

    /// The type of a property; its body is checked where that is needed to know it.
    pub(super) fn property_type(&mut self, id: PropertyId) -> Ty {
        if self.pending.busy_properties.contains(&id) {
            return self.interface.properties[id.index()].ty.clone();
        }
        if let Some(at) = self.pending.properties.iter().position(|(known, _, _)| *known == id) {
            let (_, module, property) = self.pending.properties.swap_remove(at);
            self.pending.busy_properties.push(id);
            self.within(module, |checker| checker.check_property_body(id, &property));
            self.pending.busy_properties.pop();
        }
        self.interface.properties[id.index()].ty.clone()
    }

    fn check_property_body(&mut self, id: PropertyId, property: &ast::Property) {
        let signature = self.interface.properties[id.index()].clone();
        self.declare_variable(&property.subject, signature.on.clone());
        let want = property.ty.is_some().then_some(&signature.ty);
        let body = self.check(&property.value, want);
        if let Some(want) = want {
            self.expect(&body, want, property.value.span);
        } else {
            self.interface.properties[id.index()].ty = body.ty.clone();
        }
        let known = &mut self.program.properties[id.index()];
        known.body = body.id;
        known.frame = self.environment.frame;
    }

    /// A name that stands for a constant or a table.
    pub(super) fn check_constant(&mut self, id: DefId, name: &str, span: Span) -> Typed {
        self.ensure_def(id);
        let signature = self.interface.defs[id.index()].clone();
        if let Some(parameters) = &signature.parameters {
            let names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
            self.error(span, format!("`{name}` is a function")).hint =
                Some(format!("call it: `{name}({})`", names.join(", ")));
            return self.bad(span);
        }
        let lowered = self.emit(Expr::Call(id, Vec::new()), span);
        Typed::plain(lowered, signature.result)
    }

    pub(super) fn check_def_call(
        &mut self,
        id: DefId,
        receiver: Option<&Typed>,
        args: &[ast::Expr],
        span: Span,
    ) -> Typed {
        self.ensure_def(id);
        let signature = self.interface.defs[id.index()].clone();
        let name = self.program.defs[id.index()].name.clone();
        let parameters = signature.parameters.unwrap_or_default();
        let spread = spread(&parameters, usize::from(receiver.is_some()), args);
        let args = spread.as_deref().unwrap_or(args);
        let given = args.len() + usize::from(receiver.is_some());
        if parameters.len() != given {
            let names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!("`{name}` takes {}, not {given}", arguments(parameters.len()));
            self.error(span, message).hint = Some(format!("it is `{name}({})`", names.join(", ")));
            for arg in args {
                self.check_quietly(arg);
            }
            return self.bad(span);
        }
        let mut checked: Vec<Typed> = receiver.into_iter().cloned().collect();
        for (arg, (_, ty)) in args.iter().zip(&parameters[checked.len()..]) {
            let value = self.check(arg, Some(ty));
            self.expect(&value, ty, arg.span);
            checked.push(value);
        }
        let outcomes = Outcomes {
            when_true: argument_facts(&signature.when_true, &checked),
            when_false: argument_facts(&signature.when_false, &checked),
        };
        let lowered = self.emit(Expr::Call(id, checked.iter().map(|value| value.id).collect()), span);
        Typed { outcomes, ..Typed::plain(lowered, signature.result) }
    }
}

/// Texts in the place of a last parameter that is a list of texts: they are its elements.
fn spread(parameters: &[(String, Ty)], before: usize, args: &[ast::Expr]) -> Option<Vec<ast::Expr>> {
    let (_, Ty::List(element, _)) = parameters.last()? else { return None };
    let fixed = parameters.len().checked_sub(before + 1)?;
    let rest = args.get(fixed..).filter(|rest| !rest.is_empty())?;
    let texts = rest.iter().all(|arg| super::plain_text(arg).is_some());
    if **element != Ty::String || !texts {
        return None;
    }
    let span = rest.first()?.span.to(rest.last()?.span);
    let mut spread = args.get(..fixed)?.to_vec();
    spread.push(ast::Expr { kind: ast::ExprKind::List(rest.to_vec()), span });
    Some(spread)
}

/// The facts of a body that speak of its parameters only.
fn parameter_facts(facts: &[Fact], parameters: u32) -> Vec<ParameterFact> {
    let mut found: Vec<ParameterFact> = Vec::new();
    for fact in facts {
        let Fact::Present(path) = fact else { continue };
        let Root::Local(slot) = path.root else { continue };
        if slot >= parameters {
            continue;
        }
        let below: Option<Vec<String>> = path
            .segments
            .iter()
            .map(|segment| match segment {
                Segment::Field(name) => Some(name.clone()),
                Segment::Variable(_) => None,
            })
            .collect();
        if let Some(below) = below {
            let fact = ParameterFact { parameter: slot, below };
            if !found.contains(&fact) {
                found.push(fact);
            }
        }
    }
    found
}

fn argument_facts(facts: &[ParameterFact], args: &[Typed]) -> Vec<Fact> {
    let facts = facts.iter().filter_map(|fact| {
        let path = args.get(fact.parameter as usize)?.path.clone()?;
        Some(Fact::Present(fact.below.iter().fold(path, |path, name| path.field(name))))
    });
    unite(Vec::new(), facts)
}

pub(super) fn joined(name: &ast::DottedName) -> String {
    name.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".")
}

fn extend_new(visible: &mut Vec<ModuleId>, found: Vec<ModuleId>) {
    for id in found {
        if !visible.contains(&id) {
            visible.push(id);
        }
    }
}
