//! What stands where: types of expressions, what names mean, and what could be written at one place.
//!
//! Recorded beside the compilation, by whoever wants to show or complete policies; a compilation that nobody looks into
//! records nothing. Nothing here changes what is compiled.

use super::access::How;
use super::interface::Entity;
use super::ty::Ty;
use super::{Artefact, Checker, Compiled, Interface, Source, builtins, type_names};
use crate::ir::{ModuleId, PropertyId, ViewId};
use crate::schema::{DefId as SchemaDef, KubernetesVersion, Types};
use crate::syntax::ast;
use policyc_text::{FileId, Span};
use std::collections::BTreeSet;

/// The name that stands where something shall be completed: a policy is compiled with it in place of the word at the
/// cursor, and [`Index::completion`] tells what could stand there.
pub const MARKER: &str = "policyc_completes_here";

/// What a compilation has seen, in the order in which it has seen it.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Expressions with their types; inner ones come before outer ones.
    pub types: Vec<TypedSpan>,
    /// Names with what they mean, declarations of variables included.
    pub references: Vec<Reference>,
    /// What could stand in place of the [`MARKER`]; `None` where nothing that is checked has it.
    pub completion: Option<Completion>,
}

/// An expression with its type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypedSpan {
    /// The file.
    pub file: FileId,
    /// The whole expression.
    pub span: Span,
    /// Its type.
    pub ty: Ty,
    /// The type that its place asks for.
    pub want: Option<Ty>,
}

/// A name with what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// The file.
    pub file: FileId,
    /// The name.
    pub span: Span,
    /// What it means.
    pub target: Target,
    /// The type of the value that it stands for, as far as is known at its place; `None` for types and functions.
    pub ty: Option<Ty>,
}

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A variable, by its declaration.
    Local(FileId, Span),
    /// A parameter, function, constant, table, type, view or kind that a module declares.
    Item(ModuleId, String),
    /// A declared field of a view, by its place.
    RowField(ViewId, u32),
    /// A field that a policy adds to a type.
    Property(PropertyId),
    /// A field of a Kubernetes type.
    SchemaField(SchemaDef, String),
    /// A part of a Kubernetes object that is no object itself.
    SchemaType(SchemaDef),
    /// A kind of objects.
    Kind(String),
    /// A word of the language: a function, a type, a part of a value.
    Word(String),
}

/// What could stand at a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Completion {
    /// Behind a dot.
    Fields(Vec<Candidate>),
    /// Where a value stands; with the words that its type allows, where these are few.
    Values(Vec<Candidate>, Vec<String>),
    /// Where a type stands.
    Types(Vec<Candidate>),
}

/// One thing that could stand at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What to write.
    pub name: String,
    /// What it is.
    pub sort: Sort,
    /// Its type, or a function's types, as messages have them; may be empty.
    pub detail: String,
    /// Whether it is always there.
    pub required: bool,
    /// Whether Kubernetes advises against it.
    pub deprecated: bool,
    /// What the name would mean.
    pub target: Target,
}

/// What a candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A field of a document or a record.
    Field,
    /// A part that the language or a policy adds: `c.image.tag`, `w.containers`.
    Property,
    /// A variable.
    Variable,
    /// A parameter of a module.
    Parameter,
    /// A function.
    Function,
    /// A constant or a table.
    Constant,
    /// A view.
    View,
    /// A kind.
    Kind,
    /// Any other type.
    Type,
    /// A word of the language.
    Word,
}

/// As [`compile`](super::compile), with what it has seen.
#[must_use]
pub fn compile_with_index(base: &Artefact, sources: &[Source], types: &Types) -> (Compiled, Index) {
    let (compiled, index) = super::compile_on_a_large_stack(base, sources, types, Some(Index::default()));
    (compiled, index.unwrap_or_default())
}

impl Index {
    /// The innermost expression at a byte offset of a file, either end included.
    #[must_use]
    pub fn type_at(&self, file: FileId, offset: u32) -> Option<&TypedSpan> {
        let around = self.types.iter().filter(|typed| typed.file == file && touches(typed.span, offset));
        around.min_by_key(|typed| typed.span.len())
    }

    /// The name at a byte offset of a file, either end included.
    #[must_use]
    pub fn reference_at(&self, file: FileId, offset: u32) -> Option<&Reference> {
        let around = self.references.iter().filter(|found| found.file == file && touches(found.span, offset));
        around.min_by_key(|found| found.span.len())
    }
}

fn touches(span: Span, offset: u32) -> bool {
    span.start <= offset && offset <= span.end
}

/// How a type is called in messages.
#[must_use]
pub fn type_text(ty: &Ty, interface: &Interface, types: &Types) -> String {
    let text = |ty: &Ty| type_text(ty, interface, types);
    match ty {
        Ty::View(id) => interface.views.get(id.index()).map_or_else(|| ty.to_string(), |view| view.name.clone()),
        Ty::Object(defs) => defs.first().map_or_else(|| ty.to_string(), |def| types.definition_name(*def).to_owned()),
        Ty::Optional(inner) => format!("{}?", text(inner)),
        Ty::List(element, _) => format!("list<{}>", text(element)),
        Ty::Map(element) => format!("map<{}>", text(element)),
        Ty::Union(members) => members.iter().map(text).collect::<Vec<_>>().join(" | "),
        Ty::Record(fields) => {
            let parts: Vec<_> = fields.iter().map(|(name, ty)| format!("{name}: {}", text(ty))).collect();
            format!("{{{}}}", parts.join(", "))
        }
        other => other.to_string(),
    }
}

/// The parameters and the result of a built-in function, `split(text, text): list<string>`; `None` for other names.
#[must_use]
pub fn builtin_text(name: &str) -> Option<String> {
    builtins::signature_text(name)
}

/// The versions of Kubernetes that have a field: the first, where its type began without it, and the first without it.
#[must_use]
pub fn field_versions(
    types: &Types,
    definition: SchemaDef,
    name: &str,
) -> (Option<KubernetesVersion>, Option<KubernetesVersion>) {
    types.field_of_any_version(definition, name).map_or((None, None), |field| (field.since, field.removed_in))
}

impl Checker<'_> {
    /// Whether a word is the one to complete, and nobody has said yet what could stand there.
    pub(super) fn is_marker(&self, word: &str) -> bool {
        word == MARKER && self.index.as_ref().is_some_and(|index| index.completion.is_none())
    }

    /// Notes the type of an expression.
    pub(super) fn note_type(&mut self, span: Span, ty: &Ty, want: Option<&Ty>) {
        let file = self.module.file;
        if let Some(index) = &mut self.index {
            index.types.push(TypedSpan { file, span, ty: ty.clone(), want: want.cloned() });
        }
    }

    /// Notes what a name means.
    pub(super) fn note(&mut self, span: Span, target: Target, ty: Option<&Ty>) {
        let file = self.module.file;
        if let Some(index) = &mut self.index {
            index.references.push(Reference { file, span, target, ty: ty.cloned() });
        }
    }

    /// Notes a word of the language.
    pub(super) fn note_word(&mut self, span: Span, word: &str, ty: Option<&Ty>) {
        if self.index.is_some() {
            self.note(span, Target::Word(word.to_owned()), ty);
        }
    }

    /// Notes the use of a variable.
    pub(super) fn note_local(&mut self, span: Span, declaration: Span, ty: &Ty) {
        self.note(span, Target::Local(self.module.file, declaration), Some(ty));
    }

    /// Notes the use of what a module declares.
    pub(super) fn note_item(&mut self, span: Span, name: &str, ty: Option<&Ty>) {
        if self.index.is_some()
            && let Some((module, _)) = self.lookup_with_module(name)
        {
            self.note(span, Target::Item(module, name.to_owned()), ty);
        }
    }

    /// Notes the use of a field of a value.
    pub(super) fn note_field(&mut self, span: Span, base: &Ty, how: How, name: &str, ty: &Ty) {
        if self.index.is_some() {
            let target = self.field_target(base, how, name);
            self.note(span, target, Some(ty));
        }
    }

    /// Notes what a type name stands for.
    pub(super) fn note_type_name(&mut self, span: Span, name: &str, ty: &Ty) {
        if self.index.is_none() {
            return;
        }
        let target = match (self.lookup_with_module(name), ty) {
            (Some((module, _)), _) => Target::Item(module, name.to_owned()),
            (None, Ty::Kind(kind)) => Target::Kind(kind.name.clone()),
            (None, Ty::Object(defs)) if !defs.is_empty() => Target::SchemaType(defs[0]),
            _ => Target::Word(name.to_owned()),
        };
        self.note(span, target, None);
    }

    fn field_target(&self, base: &Ty, how: How, name: &str) -> Target {
        match how {
            How::Row(view, field) => Target::RowField(view, field),
            How::Property(property) => Target::Property(property),
            How::Rows(view) => self.view_target(view),
            How::Key => self.schema_owner(base, name).map_or_else(
                || Target::Word(name.to_owned()),
                |definition| Target::SchemaField(definition, name.to_owned()),
            ),
            How::Native(_) => Target::Word(name.to_owned()),
        }
    }

    fn view_target(&self, view: ViewId) -> Target {
        let view = &self.program.views[view.index()];
        Target::Item(view.module, view.name.clone())
    }

    /// The Kubernetes type that a field of a value belongs to.
    fn schema_owner(&self, base: &Ty, name: &str) -> Option<SchemaDef> {
        let of =
            |defs: &[SchemaDef]| defs.iter().copied().find(|def| self.types.field_of_any_version(*def, name).is_some());
        match base {
            Ty::Optional(inner) => self.schema_owner(inner, name),
            Ty::Object(defs) => of(defs),
            Ty::Kind(kind) => of(&kind.defs),
            Ty::View(view) => {
                let base = self.interface.views.get(view.index())?.base.as_ref()?;
                self.schema_owner(base, name)
            }
            Ty::Union(members) => members.iter().find_map(|member| self.schema_owner(member, name)),
            _ => None,
        }
    }

    fn complete(&mut self, completion: Completion) {
        if let Some(index) = &mut self.index {
            index.completion = Some(completion);
        }
    }

    fn text(&self, ty: &Ty) -> String {
        type_text(ty, &self.interface, self.types)
    }

    /// What could stand behind a dot.
    pub(super) fn complete_field(&mut self, base: &Ty) {
        let base = base.inner().clone();
        let mut names = self.field_names(&base);
        if base == Ty::AnyObject {
            names.push("metadata".to_owned());
        }
        let mut candidates: Vec<Candidate> =
            names.iter().filter_map(|name| self.field_candidate(&base, name)).collect();
        candidates.extend(self.methods(&base));
        self.complete(Completion::Fields(candidates));
    }

    fn field_candidate(&mut self, base: &Ty, name: &str) -> Option<Candidate> {
        let (how, ty) = self.find_field(base, name)?;
        let target = self.field_target(base, how, name);
        let known = match &target {
            Target::SchemaField(definition, name) => self.types.field_of_any_version(*definition, name),
            _ => None,
        };
        let deprecated = known.is_some_and(|field| field.deprecated);
        let sort = if how == How::Key { Sort::Field } else { Sort::Property };
        let required = !ty.is_optional() && ty != Ty::Dynamic;
        Some(Candidate { name: name.to_owned(), sort, detail: self.text(&ty), required, deprecated, target })
    }

    /// Functions that can be called on a value.
    fn methods(&self, base: &Ty) -> Vec<Candidate> {
        let native: &[&str] = match base {
            Ty::Namespace => &["docs", "find", "resolve"],
            Ty::Project => &["docs", "find", "namespace"],
            _ => &[],
        };
        let mut found: Vec<Candidate> = native
            .iter()
            .map(|name| candidate(name, Sort::Function, String::new(), Target::Word((*name).to_owned())))
            .collect();
        let mut seen = BTreeSet::new();
        for module in &self.module.visible {
            for (name, entity) in &self.interface.modules[module.index()].items {
                if let Entity::Def(id) = entity
                    && self.takes_first(*id, base)
                    && seen.insert(name)
                {
                    let target = Target::Item(*module, name.clone());
                    found.push(candidate(name, Sort::Function, self.signature(*id), target));
                }
            }
        }
        found
    }

    /// `(a: T): U` of a function, `U` of a constant.
    fn signature(&self, id: crate::ir::DefId) -> String {
        let Some(signature) = self.interface.defs.get(id.index()) else { return String::new() };
        let result = self.text(&signature.result);
        match &signature.parameters {
            None => result,
            Some(parameters) => {
                let parts: Vec<String> =
                    parameters.iter().map(|(name, ty)| format!("{name}: {}", self.text(ty))).collect();
                format!("({}): {result}", parts.join(", "))
            }
        }
    }

    /// What could stand where a value stands.
    pub(super) fn complete_value(&mut self, want: Option<&Ty>) {
        let file = self.module.file;
        let mut candidates = Vec::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for variable in self.environment.variables.iter().rev() {
            if seen.insert(variable.name.clone()) {
                let target = Target::Local(file, variable.span);
                candidates.push(candidate(&variable.name, Sort::Variable, self.text(&variable.ty), target));
            }
        }
        for module in &self.module.visible {
            for (name, entity) in &self.interface.modules[module.index()].items {
                let (sort, detail) = match entity {
                    Entity::Param(id) => (Sort::Parameter, self.text(&self.interface.params[id.index()])),
                    Entity::Def(id) => {
                        let is_function = self.interface.defs[id.index()].parameters.is_some();
                        (if is_function { Sort::Function } else { Sort::Constant }, self.signature(*id))
                    }
                    _ => continue,
                };
                if seen.insert(name.clone()) {
                    candidates.push(candidate(name, sort, detail, Target::Item(*module, name.clone())));
                }
            }
        }
        for name in builtins::names() {
            let whole = builtin_text(name).unwrap_or_default();
            let detail = whole.strip_prefix(name).unwrap_or_default().to_owned();
            candidates.push(candidate(name, Sort::Function, detail, Target::Word(name.to_owned())));
        }
        for (name, sort) in [("docs", Sort::Function), ("project", Sort::Variable), ("cluster", Sort::Variable)] {
            candidates.push(candidate(name, sort, String::new(), Target::Word(name.to_owned())));
        }
        let words = match want.map(Ty::inner) {
            Some(ty) => allowed_words(ty),
            None => Vec::new(),
        };
        self.complete(Completion::Values(candidates, words));
    }

    /// What could stand where a type stands.
    pub(super) fn complete_type(&mut self) {
        let mut candidates = Vec::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for module in &self.module.visible {
            for (name, entity) in &self.interface.modules[module.index()].items {
                let sort = match entity {
                    Entity::View(_) => Sort::View,
                    Entity::Kind(_) => Sort::Kind,
                    Entity::Type(_) => Sort::Type,
                    Entity::Param(_) | Entity::Def(_) => continue,
                };
                if seen.insert(name.clone()) {
                    candidates.push(candidate(name, sort, String::new(), Target::Item(*module, name.clone())));
                }
            }
        }
        for word in type_names::BUILT_IN.iter().map(|(word, _)| *word).chain(["labels", "port"]) {
            candidates.push(candidate(word, Sort::Type, String::new(), Target::Word(word.to_owned())));
        }
        for kind in self.types.kinds().filter(|kind| kind.served && kind.resource.is_some()) {
            if seen.insert(kind.kind.to_owned()) {
                let target = Target::Kind(kind.kind.to_owned());
                candidates.push(candidate(kind.kind, Sort::Kind, kind.api_version(), target));
            }
        }
        self.complete(Completion::Types(candidates));
    }

    /// Declares a variable and notes where.
    pub(super) fn declare_variable(&mut self, name: &ast::Name, ty: Ty) -> crate::ir::Slot {
        self.note_local(name.span, name.span, &ty);
        self.environment.declare(&name.text, ty, name.span)
    }
}

/// The words that a type allows, where these are few.
#[must_use]
pub fn allowed_words(ty: &Ty) -> Vec<String> {
    match ty {
        Ty::Optional(inner) => allowed_words(inner),
        Ty::Enum(words) => words.clone(),
        Ty::Union(members) => members.iter().flat_map(allowed_words).collect(),
        _ => Vec::new(),
    }
}

fn candidate(name: &str, sort: Sort, detail: String, target: Target) -> Candidate {
    Candidate { name: name.to_owned(), sort, detail, required: false, deprecated: false, target }
}
