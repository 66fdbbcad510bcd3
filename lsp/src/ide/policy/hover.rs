//! What stands under the cursor: its type, and what is known of it.

use super::definition::{Symbol, symbol_at};
use super::names::{self, Named};
use super::{View, words};
use crate::ide::library::page;
use crate::ide::policies::plain;
use crate::ide::schema;
use policyc_lang::check::{Entity, Target, Ty, builtin_text, type_text};
use policyc_lang::ir::ModuleId;
use policyc_lang::syntax::ast::{Expr, Item};
use policyc_lang::syntax::{TokenSort, tokens};
use policyc_text::Span;
use std::fmt::Write;

/// Markdown, and what it is about.
pub(crate) struct Hover {
    /// The text.
    pub(crate) text: String,
    /// Bytes of the file.
    pub(crate) span: Span,
}

/// What is known of what stands at a byte offset.
pub(crate) fn hover(view: View<'_>, offset: u32) -> Option<Hover> {
    if let Some(found) = names::at(&view.file.parsed().file, offset)
        && let Named::Metadata(key) = &found.named
    {
        return Some(Hover { text: words::metadata(key)?.to_owned(), span: found.span });
    }
    if let Some((symbol, span)) = symbol_at(view, offset) {
        let text = match &symbol {
            Symbol::Target(target) => of_target(view, target, offset)?,
            Symbol::Rule(id) => page(&view.analysis().compiled.artefact.program, id)?,
            Symbol::Module(name) => code(&format!("module {name}")),
        };
        return Some(Hover { text, span });
    }
    keyword(view, offset).or_else(|| expression(view, offset))
}

fn keyword(view: View<'_>, offset: u32) -> Option<Hover> {
    let text = view.file.text();
    let inside = |span: Span| span.start <= offset && offset < span.end;
    let token = tokens(text).into_iter().find(|token| inside(token.span))?;
    let known = (token.sort == TokenSort::Word).then(|| words::keyword(token.span.text(text)))??;
    Some(Hover { text: known.to_owned(), span: token.span })
}

/// The type of the innermost expression; nothing outside of expressions.
fn expression(view: View<'_>, offset: u32) -> Option<Hover> {
    let typed = view.analysis().index.type_at(view.number, offset)?;
    (typed.ty != Ty::Error).then(|| Hover { text: code(&text(view, &typed.ty)), span: typed.span })
}

fn text(view: View<'_>, ty: &Ty) -> String {
    let analysis = view.analysis();
    type_text(ty, &analysis.compiled.artefact.interface, &analysis.types)
}

/// The type of a name at a place, as far as is known there.
fn type_here(view: View<'_>, offset: u32) -> Option<String> {
    let found = view.analysis().index.reference_at(view.number, offset)?;
    found.ty.as_ref().map(|ty| text(view, ty))
}

fn of_target(view: View<'_>, target: &Target, offset: u32) -> Option<String> {
    let here = type_here(view, offset);
    Some(match target {
        Target::Local(_, _) => {
            let name = view.analysis().index.reference_at(view.number, offset)?.span.text(view.file.text());
            code(&format!("{name}: {}", here?))
        }
        Target::Item(module, name) => item(view, *module, name)?,
        Target::RowField(id, field) => {
            let signature = view.analysis().compiled.artefact.interface.views.get(id.index())?;
            let (name, ty) = signature.fields.get(*field as usize)?;
            let declared = format!("{}.{name}: {}", signature.name, text(view, ty));
            with_doc(code(&declared), row_doc(view, target).as_deref())
        }
        Target::Property(id) => {
            let signature = view.analysis().compiled.artefact.interface.properties.get(id.index())?;
            code(&format!("{}.{}: {}", text(view, &signature.on), signature.name, text(view, &signature.ty)))
        }
        Target::SchemaField(definition, name) => {
            schema::field(&view.analysis().types, *definition, name, here.as_deref())?
        }
        Target::SchemaType(definition) => schema::definition(&view.analysis().types, *definition),
        Target::Kind(kind) => schema::kinds(&view.analysis().types, kind)?,
        Target::Word(word) => match (builtin_text(word).filter(|_| is_called(view, offset)), here) {
            (_, Some(ty)) => code(&format!("{word}: {ty}")),
            (Some(signature), None) => code(&signature),
            (None, None) => code(word),
        },
    })
}

/// Whether the name at a place is that of a function that is called there.
fn is_called(view: View<'_>, offset: u32) -> bool {
    let after = view.file.text().get(offset as usize..).unwrap_or_default();
    after.trim_start_matches(|char: char| char.is_ascii_alphanumeric() || char == '_').starts_with('(')
}

/// What a module declares, with its text for people.
fn item(view: View<'_>, module: ModuleId, name: &str) -> Option<String> {
    let interface = &view.analysis().compiled.artefact.interface;
    let entity = interface.modules.get(module.index())?.items.get(name)?;
    let declared = match entity {
        Entity::Param(id) => format!("param {name}: {}", text(view, interface.params.get(id.index())?)),
        Entity::Def(id) => {
            let signature = interface.defs.get(id.index())?;
            let parameters = signature.parameters.as_ref().map(|parameters| {
                let parts: Vec<String> =
                    parameters.iter().map(|(name, ty)| format!("{name}: {}", text(view, ty))).collect();
                format!("({})", parts.join(", "))
            });
            format!("def {name}{}: {}", parameters.unwrap_or_default(), text(view, &signature.result))
        }
        Entity::Type(ty) => format!("type {name} = {}", text(view, ty)),
        Entity::Kind(kind) => format!("kind {name} = {}", kind.name),
        Entity::View(id) => {
            let signature = interface.views.get(id.index())?;
            let mut out = format!("view {name} from {}", text(view, &signature.source));
            for (field, ty) in &signature.fields {
                let _ = write!(out, "\n  {field}: {}", text(view, ty));
            }
            out
        }
    };
    let file = view.policies.file_of(module)?;
    let doc = file.parsed().file.items.iter().find_map(|item| match item {
        Item::Param(param) if param.name.text == name => param.doc.as_ref().and_then(plain),
        _ => None,
    });
    let comment = doc.or_else(|| comment_above(&file, name));
    Some(with_doc(code(&declared), comment.as_deref()))
}

/// The comment right above a declaration.
fn comment_above(file: &crate::ide::File, name: &str) -> Option<String> {
    let named = names::all(&file.parsed().file)
        .into_iter()
        .find(|found| found.declares && found.named == Named::Item(name.to_owned()))?;
    let before = file.text().get(..named.span.start as usize)?;
    let mut lines = before.lines().rev();
    lines.next();
    let mut found: Vec<&str> =
        lines.take_while(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim()).collect();
    found.reverse();
    (!found.is_empty()).then(|| found.join("\n"))
}

fn row_doc(view: View<'_>, target: &Target) -> Option<String> {
    let Target::RowField(id, field) = target else { return None };
    let known = view.analysis().compiled.artefact.program.views.get(id.index())?;
    let file = view.policies.file_of(known.module)?;
    let doc: Option<&Expr> = file.parsed().file.items.iter().find_map(|item| match item {
        Item::View(found) if found.name.text == known.name => found.fields.get(*field as usize)?.doc.as_ref(),
        _ => None,
    });
    doc.and_then(plain)
}

/// Text as a block of code.
pub(crate) fn code(text: &str) -> String {
    format!("```policyc\n{text}\n```")
}

fn with_doc(code: String, doc: Option<&str>) -> String {
    match doc {
        Some(doc) if !doc.is_empty() => format!("{code}\n\n{doc}"),
        _ => code,
    }
}
