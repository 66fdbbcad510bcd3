//! From trees to a [`Program`]: names are resolved, types are checked, expressions are lowered.
//!
//! One pass does it all, since types decide what is lowered and nothing needs the typed tree afterwards. A mistake
//! gives a diagnostic and the type [`Ty::Error`], which fits everywhere, so that one mistake gives one message.

mod access;
mod binders;
mod builtins;
mod expr;
mod facts;
mod graph;
mod hints;
mod index;
mod interface;
mod items;
mod literals;
mod operators;
mod params;
mod rules;
mod tables;
mod tests_of_policies;
mod ty;
mod type_names;
mod views;

pub use index::{
    Candidate, Completion, Index, MARKER, Reference, Sort, Target, TypedSpan, allowed_words, builtin_text,
    compile_with_index, field_versions, type_text,
};
pub use interface::{DefSignature, Entity, Interface, ModuleInterface, PropertySignature, ViewSignature};
pub use params::value_from_json;
pub use tests_of_policies::{Expectation, ExpectedOutcome, Fixture, TestCase};
pub use ty::{KindTy, Ty};
pub use type_names::UNTYPED_KIND;

use crate::ir::{Const, ConstId, Expr, ExprId, IR_VERSION, ModuleId, Program, Shape, ShapeId, Sym};
use crate::schema::Types;
use crate::syntax::ast;
use facts::{Environment, Outcomes, StablePath};
use policyc_text::{Diagnostic, FileId, Span};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// A compiled set of policies with what others need to import them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Artefact {
    /// What runs.
    pub program: Program,
    /// What imports see.
    pub interface: Interface,
}

/// A policy file to compile.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file's number, for diagnostics.
    pub file: FileId,
    /// The file's name, for reports.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Texts of the files that `table` items may name, by the name that they use.
    pub tables: Vec<(String, String)>,
}

/// What compiling gives.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// The base and the new modules together; of use only where no diagnostic is an error.
    pub artefact: Artefact,
    /// The inline tests of the new modules.
    pub tests: Vec<TestCase>,
    /// Mistakes, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Compiled {
    /// Whether the artefact may be run.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        !self.diagnostics.iter().any(|diagnostic| diagnostic.level == policyc_text::Level::Error)
    }
}

/// Stack of the thread that compiles, in bytes: expressions are as deep as their authors make them, within the
/// parser's bounds.
const STACK: usize = 256 << 20;

/// Compiles policy files on top of an earlier artefact, such as the standard library's.
#[must_use]
pub fn compile(base: &Artefact, sources: &[Source], types: &Types) -> Compiled {
    compile_on_a_large_stack(base, sources, types, None).0
}

fn compile_on_a_large_stack(
    base: &Artefact,
    sources: &[Source],
    types: &Types,
    index: Option<Index>,
) -> (Compiled, Option<Index>) {
    std::thread::scope(|scope| {
        let work = || compile_here(base, sources, types, index.clone());
        match std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => compile_here(base, sources, types, index.clone()),
        }
    })
}

fn compile_here(base: &Artefact, sources: &[Source], types: &Types, index: Option<Index>) -> (Compiled, Option<Index>) {
    let mut checker = Checker { index, ..Checker::new(base.clone(), types) };
    let mut parsed = Vec::with_capacity(sources.len());
    for source in sources {
        let result = crate::syntax::parse(source.file, &source.text);
        checker.diagnostics.extend(result.diagnostics);
        parsed.push(result.file);
    }
    let tests = checker.check_files(sources, &parsed);
    checker.check_recursion();
    checker.finish_rules();
    let mut diagnostics = checker.diagnostics;
    diagnostics.sort_by(|a, b| (a.location, a.code, &a.message).cmp(&(b.location, b.code, &b.message)));
    diagnostics.dedup();
    let artefact = Artefact { program: checker.program, interface: checker.interface };
    (Compiled { artefact, tests, diagnostics }, checker.index)
}

/// An expression that was checked and lowered.
#[derive(Clone, Debug)]
struct Typed {
    id: ExprId,
    ty: Ty,
    path: Option<StablePath>,
    outcomes: Outcomes,
    /// Checks that the type owes its narrowness to.
    owes: Vec<crate::ir::CheckId>,
}

impl Typed {
    fn plain(id: ExprId, ty: Ty) -> Self {
        Self { id, ty, path: None, outcomes: Outcomes::default(), owes: Vec::new() }
    }

    fn condition(id: ExprId, outcomes: Outcomes) -> Self {
        Self { outcomes, ..Self::plain(id, Ty::Bool) }
    }
}

/// A module that is being compiled.
struct OpenModule {
    id: ModuleId,
    file: FileId,
    /// Modules whose names are seen, this one first, then imports, then what is imported implicitly.
    visible: Vec<ModuleId>,
}

struct Checker<'t> {
    types: &'t Types,
    program: Program,
    interface: Interface,
    names: FxHashMap<String, Sym>,
    shapes: FxHashMap<Shape, ShapeId>,
    diagnostics: Vec<Diagnostic>,
    module: OpenModule,
    environment: Environment,
    /// Bodies of defs and properties that are to be checked when first needed.
    pending: items::Pending,
    /// Number of everything in the base; what is beyond belongs to the modules at hand.
    base: BaseSizes,
    /// What was seen, where somebody asks.
    index: Option<Index>,
}

/// How much the base artefact holds.
#[derive(Clone, Copy, Debug, Default)]
struct BaseSizes {
    modules: usize,
    rules: usize,
}

impl<'t> Checker<'t> {
    fn new(base: Artefact, types: &'t Types) -> Self {
        let Artefact { mut program, interface } = base;
        program.version = IR_VERSION;
        if program.names.is_empty() {
            program.names.push(String::new());
        }
        let sym = |index: usize| Sym(u32::try_from(index).unwrap_or(u32::MAX));
        let names = program.names.iter().enumerate().map(|(index, name)| (name.clone(), sym(index))).collect();
        let shape = |index: usize| ShapeId(u32::try_from(index).unwrap_or(u32::MAX));
        let shapes = program.shapes.iter().enumerate().map(|(index, known)| (*known, shape(index))).collect();
        let base = BaseSizes { modules: program.modules.len(), rules: program.rules.len() };
        Self {
            types,
            program,
            interface,
            names,
            shapes,
            diagnostics: Vec::new(),
            module: OpenModule { id: ModuleId(0), file: FileId(0), visible: Vec::new() },
            environment: Environment::default(),
            pending: items::Pending::default(),
            base,
            index: None,
        }
    }

    fn error(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.report(Diagnostic::error("policy/type", self.module.file, span, message))
    }

    fn warn(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.report(Diagnostic::warning("policy/type", self.module.file, span, message))
    }

    fn report(&mut self, diagnostic: Diagnostic) -> &mut Diagnostic {
        let at = self.diagnostics.len();
        self.diagnostics.push(diagnostic);
        &mut self.diagnostics[at]
    }

    fn sym(&mut self, name: &str) -> Sym {
        if let Some(sym) = self.names.get(name) {
            return *sym;
        }
        let sym = Sym(next_id(self.program.names.len()));
        self.program.names.push(name.to_owned());
        self.names.insert(name.to_owned(), sym);
        sym
    }

    fn emit(&mut self, expr: Expr, span: Span) -> ExprId {
        let id = ExprId(next_id(self.program.exprs.len()));
        self.program.exprs.push(expr);
        self.program.spans.push(span);
        id
    }

    fn emit_const(&mut self, value: Const, span: Span) -> ExprId {
        let id = ConstId(next_id(self.program.consts.len()));
        self.program.consts.push(value);
        self.emit(Expr::Const(id), span)
    }

    /// What a mistake is lowered to.
    fn bad(&mut self, span: Span) -> Typed {
        let id = self.emit_const(Const::Absent, span);
        Typed::plain(id, Ty::Error)
    }

    fn shape(&mut self, shape: Shape) -> ShapeId {
        if let Some(id) = self.shapes.get(&shape) {
            return *id;
        }
        let id = ShapeId(next_id(self.program.shapes.len()));
        self.program.shapes.push(shape);
        self.shapes.insert(shape, id);
        id
    }

    /// How a node becomes a value of a type.
    fn shape_of(&mut self, ty: &Ty) -> ShapeId {
        let shape = match ty.inner() {
            Ty::Bool => Shape::Bool,
            Ty::Number => Shape::Number,
            Ty::String | Ty::Enum(_) | Ty::Path => Shape::String,
            Ty::Quantity => Shape::Quantity,
            Ty::Image => Shape::Image,
            Ty::Object(_) | Ty::Kind(_) | Ty::AnyObject | Ty::Record(_) => Shape::Object,
            Ty::List(element, _) => {
                let element = self.shape_of(element);
                Shape::List(element)
            }
            Ty::Map(element) => {
                let element = self.shape_of(element);
                Shape::Map(element)
            }
            Ty::Union(members)
                if members.iter().all(|member| matches!(member, Ty::Number | Ty::String | Ty::Enum(_))) =>
            {
                Shape::IntOrString
            }
            Ty::Union(members) => {
                let shapes: Vec<ShapeId> = members.iter().map(|member| self.shape_of(member)).collect();
                match shapes.split_first() {
                    Some((first, rest)) if rest.iter().all(|other| other == first) => return *first,
                    _ => Shape::Dynamic,
                }
            }
            _ => Shape::Dynamic,
        };
        self.shape(shape)
    }

    fn name_of(&self, ty: &Ty) -> String {
        type_text(ty, &self.interface, self.types)
    }
}

fn next_id(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The first words of a text expression without parts, or a raw one.
fn plain_text(expr: &ast::Expr) -> Option<String> {
    match &expr.kind {
        ast::ExprKind::Raw(text) => Some(text.clone()),
        ast::ExprKind::Text(parts) => parts.iter().try_fold(String::new(), |mut text, part| match part {
            ast::TextPart::Plain(plain) => {
                text.push_str(plain);
                Some(text)
            }
            ast::TextPart::Expr(_) => None,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
