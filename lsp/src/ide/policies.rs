//! The policies of a project together, and what compiling them gives. Done once for each state, by whoever asks first.

use super::file::File;
use super::library;
use super::snapshot::Files;
use policyc_engine::check::{Input, add_definitions};
use policyc_lang::check::{Artefact, Compiled, Index, Source, UNTYPED_KIND, compile, compile_with_index};
use policyc_lang::ir::ModuleId;
use policyc_lang::schema::{Schema, Types};
use policyc_lang::syntax::ast::{Expr, ExprKind, Item, TextPart};
use policyc_text::{Diagnostic, FileId, Level};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// Gives the text of a table by the policy's name and its own; `None` where it cannot be read.
pub(crate) type Tables = dyn Fn(&str, &str) -> Option<String> + Send + Sync;

/// The policies of a project at one moment.
pub(crate) struct Policies {
    /// The standard library.
    pub(crate) base: Arc<Artefact>,
    /// The policies, by name.
    pub(crate) files: Vec<Arc<File>>,
    /// Manifests that may hold definitions of custom resources.
    definitions: Vec<Arc<File>>,
    tables: Arc<Tables>,
    analysis: OnceLock<Analysis>,
}

/// What compiling gave.
pub(crate) struct Analysis {
    /// The types that the policies were checked with.
    pub(crate) types: Types,
    /// What stands where in the files.
    pub(crate) index: Index,
    /// Everything together; of use for names even where something is wrong.
    pub(crate) compiled: Compiled,
    /// Rules that can run: all, or those of the files that have no mistake.
    pub(crate) runnable: Arc<Artefact>,
    /// Whether every file is among them.
    pub(crate) complete: bool,
    /// Names of the compiled sources by their numbers: first the files, then what else of the library was compiled.
    pub(crate) names: Vec<String>,
}

impl Policies {
    /// The policies among the files of a project.
    pub(crate) fn new(base: Arc<Artefact>, files: &Files, tables: Arc<Tables>) -> Self {
        use super::file::Language;
        let policies = files.values().filter(|file| file.language == Language::Policy).cloned().collect();
        let defines = |file: &&Arc<File>| file.language == Language::Manifest && file.mentions(DEFINITION);
        Self {
            base,
            files: policies,
            definitions: files.values().filter(defines).cloned().collect(),
            tables,
            analysis: OnceLock::new(),
        }
    }

    /// What compiling them gives.
    pub(crate) fn analysis(&self) -> &Analysis {
        self.analysis.get_or_init(|| self.analyse())
    }

    /// The number of a file in diagnostics.
    pub(crate) fn number(&self, name: &str) -> Option<FileId> {
        let place = self.files.iter().position(|file| &*file.name == name)?;
        u32::try_from(place).ok().map(FileId)
    }

    /// Mistakes in one file, by place.
    pub(crate) fn diagnostics(&self, name: &str) -> Vec<&Diagnostic> {
        let Some(number) = self.number(name) else { return Vec::new() };
        self.analysis().compiled.diagnostics.iter().filter(|found| found.location.file == number).collect()
    }

    /// What the policies look like with another text of one file: what stands where then.
    pub(crate) fn with_text(&self, name: &str, text: String) -> Index {
        let Some(number) = self.number(name) else { return Index::default() };
        let (base, mut sources) = self.sources();
        if let Some(source) = sources.iter_mut().find(|source| source.file == number) {
            source.text = text;
        }
        compile_with_index(&base, &sources, &self.analysis().types).1
    }

    /// How many modules come before those of the project: the standard library's, where it is not among the files.
    pub(crate) fn library_modules(&self) -> usize {
        if self.rewrites_library(&self.named()) { 0 } else { self.base.program.modules.len() }
    }

    /// The file of a module: one of the project's, or else a text of the standard library.
    pub(crate) fn file_of(&self, module: ModuleId) -> Option<Arc<File>> {
        let module = self.analysis().compiled.artefact.program.modules.get(module.index())?;
        let own = self.files.iter().find(|file| *file.name == *module.file);
        Some(own.cloned().unwrap_or_else(|| library::file(&module.file, &module.text)))
    }

    /// The module of a file.
    pub(crate) fn module_of(&self, name: &str) -> Option<ModuleId> {
        let modules = &self.analysis().compiled.artefact.program.modules;
        let place = modules.iter().rposition(|module| module.file == name)?;
        u32::try_from(place).ok().map(ModuleId)
    }

    fn analyse(&self) -> Analysis {
        let mut types = Types::new(Schema::newest());
        if self.files.is_empty() {
            let artefact = (*self.base).clone();
            let compiled = Compiled { artefact, ..Compiled::default() };
            return Analysis {
                types,
                index: Index::default(),
                compiled,
                runnable: Arc::clone(&self.base),
                complete: true,
                names: Vec::new(),
            };
        }
        let (base, sources) = self.sources();
        let (mut compiled, mut index) = compile_with_index(&base, &sources, &types);
        let untyped = compiled.diagnostics.iter().any(|diagnostic| diagnostic.code == UNTYPED_KIND);
        if untyped && !self.definitions.is_empty() {
            self.define(&mut types);
            (compiled, index) = compile_with_index(&base, &sources, &types);
        }
        let own = self.files.len();
        compiled.tests.retain(|case| (case.file.0 as usize) < own);
        let complete = compiled.is_ok();
        let runnable = if complete { compiled.artefact.clone() } else { sound(&base, &sources, &types, &compiled) };
        let names = sources.into_iter().map(|source| source.name).collect();
        Analysis { types, index, compiled, runnable: Arc::new(runnable), complete, names }
    }

    /// What is compiled, and on top of what. Files of the standard library itself are compiled on top of nothing, since
    /// they would take names that are taken, together with those of its files that are not given.
    fn sources(&self) -> (Arc<Artefact>, Vec<Source>) {
        let mut sources: Vec<Source> = (0..)
            .zip(&self.files)
            .map(|(number, file)| Source {
                file: FileId(number),
                name: file.name.to_string(),
                text: file.text().to_string(),
                tables: self.tables_of(file),
            })
            .collect();
        let named = self.named();
        if !self.rewrites_library(&named) {
            return (Arc::clone(&self.base), sources);
        }
        let known = &self.base.program.modules;
        for module in known.iter().filter(|module| !named.contains(&module.name)) {
            let file = FileId(u32::try_from(sources.len()).unwrap_or(u32::MAX));
            let (name, text) = (module.file.clone(), module.text.clone());
            sources.push(Source { file, name, text, tables: Vec::new() });
        }
        (Arc::new(Artefact::default()), sources)
    }

    /// The modules that the project's files are.
    fn named(&self) -> BTreeSet<String> {
        self.files.iter().filter_map(|file| module_of(file)).collect()
    }

    /// Whether modules of the standard library are among these.
    fn rewrites_library(&self, named: &BTreeSet<String>) -> bool {
        self.base.program.modules.iter().any(|module| named.contains(&module.name))
    }

    fn tables_of(&self, file: &File) -> Vec<(String, String)> {
        let items = file.parsed().file.items.iter();
        let named = items.filter_map(|item| if let Item::Table(table) = item { plain(&table.source) } else { None });
        named.filter_map(|name| Some((name.clone(), (self.tables)(&file.name, &name)?))).collect()
    }

    /// Adds the kinds that definitions among the manifests declare.
    pub(crate) fn define(&self, types: &mut Types) {
        let inputs: Vec<Input> = self.definitions.iter().map(|file| Input { name: Arc::clone(&file.name) }).collect();
        let load = |place: usize| match self.definitions.get(place).map(|file| &file.content) {
            Some(Ok(bytes)) => Ok(bytes.to_vec()),
            _ => Err(String::new()),
        };
        add_definitions(types, &inputs, &load);
    }
}

/// What a file with definitions of custom resources has in it.
pub(crate) const DEFINITION: &str = "CustomResourceDefinition";

/// The rules of the files that have no mistake, as far as they do without the others.
fn sound(base: &Artefact, sources: &[Source], types: &Types, compiled: &Compiled) -> Artefact {
    let mut kept: Vec<Source> = sources.to_vec();
    let mut diagnostics = compiled.diagnostics.clone();
    // Each round leaves out at least one file; what a chain of imports breaks further down is not worth more rounds.
    for _ in 0..4 {
        let wrong: BTreeSet<FileId> = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.level == Level::Error)
            .map(|diagnostic| diagnostic.location.file)
            .collect();
        kept.retain(|source| !wrong.contains(&source.file));
        let compiled = compile(base, &kept, types);
        if compiled.is_ok() {
            return compiled.artefact;
        }
        diagnostics = compiled.diagnostics;
    }
    base.clone()
}

fn module_of(file: &File) -> Option<String> {
    let module = file.parsed().file.module.as_ref()?;
    Some(module.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("."))
}

/// The text of a literal without parts.
pub(crate) fn plain(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Raw(text) => Some(text.clone()),
        ExprKind::Text(parts) => match parts.as_slice() {
            [] => Some(String::new()),
            [TextPart::Plain(text)] => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}
