//! From a name to its declaration, and from there to every use.

use super::names::{self, Named};
use super::{Place, View};
use crate::ide::file::File;
use policyc_lang::check::Target;
use policyc_lang::ir::{ModuleId, Program, PropertyId};
use policyc_lang::syntax::ast::Item;
use policyc_text::{FileId, Span};
use std::sync::Arc;

/// What stands at a place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Symbol {
    /// Something that the checker knows.
    Target(Target),
    /// A rule, by its id.
    Rule(String),
    /// A module, by its name.
    Module(String),
}

/// The symbol at a byte offset and the span of its name.
pub(crate) fn symbol_at(view: View<'_>, offset: u32) -> Option<(Symbol, Span)> {
    if let Some(found) = view.analysis().index.reference_at(view.number, offset) {
        return Some((Symbol::Target(found.target.clone()), found.span));
    }
    let found = names::at(&view.file.parsed().file, offset)?;
    let symbol = match found.named {
        Named::Item(name) => Symbol::Target(Target::Item(view.policies.module_of(&view.file.name)?, name)),
        Named::Property(name) => Symbol::Target(Target::Property(property(view, &name, found.span)?)),
        Named::Rule(id) => Symbol::Rule(id),
        Named::Module(name) => Symbol::Module(name),
        Named::Metadata(_) => return None,
    };
    Some((symbol, found.span))
}

/// The added field that is declared at a place of the file.
fn property(view: View<'_>, name: &str, span: Span) -> Option<PropertyId> {
    let module = view.policies.module_of(&view.file.name)?;
    let items = view.file.parsed().file.items.iter();
    let same = items.filter_map(|item| if let Item::Property(found) = item { Some(&found.name) } else { None });
    let nth = same.filter(|found| found.text == name).position(|found| found.span == span)?;
    let all = (0..).zip(&view.analysis().compiled.artefact.program.properties);
    let mut own = all.filter(|(_, known)| known.module == module && known.name == name);
    own.nth(nth).map(|(number, _)| PropertyId(number))
}

/// Where what stands at a byte offset is declared.
pub(crate) fn definition(view: View<'_>, offset: u32) -> Vec<Place> {
    symbol_at(view, offset).map(|(symbol, _)| declarations(view, &symbol)).unwrap_or_default()
}

/// Where a symbol is declared.
pub(crate) fn declarations(view: View<'_>, symbol: &Symbol) -> Vec<Place> {
    match symbol {
        Symbol::Target(target) => of_target(view, target).into_iter().collect(),
        Symbol::Rule(id) => of_rule(view, id).into_iter().collect(),
        Symbol::Module(name) => of_module(view, name),
    }
}

fn program<'v>(view: View<'v>) -> &'v Program {
    &view.analysis().compiled.artefact.program
}

fn of_target(view: View<'_>, target: &Target) -> Option<Place> {
    match target {
        Target::Local(file, span) => Some(Place { file: own_file(view, *file)?, span: *span }),
        Target::Item(module, name) => {
            let file = view.policies.file_of(*module)?;
            let span = names::all(&file.parsed().file)
                .into_iter()
                .find(|found| found.declares && found.named == Named::Item(name.clone()))?
                .span;
            Some(Place { file, span })
        }
        Target::RowField(view_id, field) => {
            let known = program(view).views.get(view_id.index())?;
            let file = view.policies.file_of(known.module)?;
            let span = file.parsed().file.items.iter().find_map(|item| match item {
                Item::View(found) if found.name.text == known.name => {
                    found.fields.get(*field as usize).map(|field| field.name.span)
                }
                _ => None,
            })?;
            Some(Place { file, span })
        }
        Target::Property(id) => {
            let properties = &program(view).properties;
            let known = properties.get(id.index())?;
            let alike = |other: &&policyc_lang::ir::Property| other.module == known.module && other.name == known.name;
            let nth = properties.get(..id.index())?.iter().filter(alike).count();
            let file = view.policies.file_of(known.module)?;
            let declared = file.parsed().file.items.iter().filter_map(|item| match item {
                Item::Property(found) if found.name.text == known.name => Some(found.name.span),
                _ => None,
            });
            let span = declared.into_iter().nth(nth)?;
            Some(Place { file, span })
        }
        Target::SchemaField(..) | Target::SchemaType(_) | Target::Kind(_) | Target::Word(_) => None,
    }
}

fn own_file(view: View<'_>, number: FileId) -> Option<Arc<File>> {
    view.policies.files.get(number.0 as usize).cloned()
}

/// A rule where it is written; an instance with another name where it is made.
fn of_rule(view: View<'_>, id: &str) -> Option<Place> {
    let program = program(view);
    let instance = program.instances.iter().find(|instance| instance.id == id).map(|instance| instance.module);
    let module: ModuleId =
        instance.or_else(|| program.aggregates.iter().find(|sum| sum.id == id).map(|sum| sum.module))?;
    let file = view.policies.file_of(module)?;
    let span = names::all(&file.parsed().file)
        .into_iter()
        .find(|found| found.declares && found.named == Named::Rule(id.to_owned()))?
        .span;
    Some(Place { file, span })
}

/// The files of a module and of those below it.
fn of_module(view: View<'_>, name: &str) -> Vec<Place> {
    let below = format!("{name}.");
    let modules = (0..).zip(&program(view).modules);
    let named = modules.filter(|(_, module)| module.name == name || module.name.starts_with(&below));
    let files = named.filter_map(|(number, _)| view.policies.file_of(ModuleId(number)));
    files
        .map(|file| {
            let span = file.parsed().file.module.as_ref().map(|name| name.span).unwrap_or_default();
            Place { file, span }
        })
        .collect()
}

/// Every place that names what stands at a byte offset.
pub(crate) fn references(view: View<'_>, offset: u32, with_declaration: bool) -> Vec<Place> {
    let Some((symbol, _)) = symbol_at(view, offset) else { return Vec::new() };
    let declared = declarations(view, &symbol);
    let mut places = uses(view, &symbol);
    let is_declaration =
        |place: &Place| declared.iter().any(|known| known.file.name == place.file.name && known.span == place.span);
    places.retain(|place| !is_declaration(place));
    if with_declaration {
        places.extend(declared);
    }
    places.sort_by(|a, b| (&a.file.name, a.span).cmp(&(&b.file.name, b.span)));
    places.dedup_by(|a, b| a.file.name == b.file.name && a.span == b.span);
    places
}

fn uses(view: View<'_>, symbol: &Symbol) -> Vec<Place> {
    match symbol {
        Symbol::Target(target) => {
            let found = view.analysis().index.references.iter().filter(|found| found.target == *target);
            found.filter_map(|found| Some(Place { file: own_file(view, found.file)?, span: found.span })).collect()
        }
        Symbol::Rule(id) => named(view, &Named::Rule(id.clone())),
        Symbol::Module(name) => named(view, &Named::Module(name.clone())),
    }
}

fn named(view: View<'_>, wanted: &Named) -> Vec<Place> {
    let mut places = Vec::new();
    for file in &view.policies.files {
        let found = names::all(&file.parsed().file).into_iter().filter(|found| found.named == *wanted);
        places.extend(found.map(|found| Place { file: Arc::clone(file), span: found.span }));
        if let Named::Rule(id) = wanted {
            let marks = names::marks(file.text(), id).into_iter();
            places.extend(marks.map(|span| Place { file: Arc::clone(file), span }));
        }
    }
    places
}
