//! How the words of a policy are to be coloured.

use super::View;
use super::names::{self, Named};
use policyc_lang::check::{Entity, Reference, Target};
use policyc_lang::syntax::{Token, TokenSort, lexis, tokens};
use policyc_text::Span;
use std::collections::BTreeMap;

/// What a word is. The order is that of [`Colour::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// A module.
    Namespace,
    /// A type or a kind.
    Type,
    /// A rule.
    Class,
    /// A view.
    Struct,
    /// A parameter of a module.
    Parameter,
    /// A variable or a constant.
    Variable,
    /// A field.
    Property,
    /// A function.
    Function,
    /// A word that makes the sentence.
    Keyword,
    /// Text.
    String,
    /// A number, a quantity, a date.
    Number,
    /// A regular expression.
    Regexp,
    /// A comment.
    Comment,
}

impl Colour {
    /// All of them with the protocol's names, in order.
    pub(crate) const ALL: [(Self, &'static str); 13] = [
        (Self::Namespace, "namespace"),
        (Self::Type, "type"),
        (Self::Class, "class"),
        (Self::Struct, "struct"),
        (Self::Parameter, "parameter"),
        (Self::Variable, "variable"),
        (Self::Property, "property"),
        (Self::Function, "function"),
        (Self::Keyword, "keyword"),
        (Self::String, "string"),
        (Self::Number, "number"),
        (Self::Regexp, "regexp"),
        (Self::Comment, "comment"),
    ];
}

/// A word with its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Coloured {
    /// Bytes of the file; may go over several lines.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) class: Colour,
    /// Whether it is declared here.
    pub(crate) declares: bool,
    /// Whether the language or its library brings it.
    pub(crate) library: bool,
}

/// The coloured words of a policy: in order, disjoint.
pub(crate) fn coloured(view: View<'_>) -> Vec<Coloured> {
    let text = view.file.text();
    let special = special(view);
    let mut out: Vec<Coloured> = Vec::new();
    let mut before = "";
    for token in tokens(text) {
        let word = token.span.text(text);
        let mut at = token.span.start;
        for (start, known) in special.range(token.span.start..token.span.end) {
            if *start < out.last().map_or(0, |last| last.span.end) {
                continue;
            }
            plain(&token, Span { start: at, end: *start }, text, before, &mut out);
            out.push(*known);
            at = known.span.end;
        }
        // An id with dashes is several tokens.
        at = at.max(out.last().map_or(0, |last| last.span.end));
        plain(&token, Span { start: at, end: token.span.end }, text, before, &mut out);
        before = word;
    }
    out
}

/// What the lexer alone knows of a token, or of a part of one.
fn plain(token: &Token, span: Span, text: &str, before: &str, out: &mut Vec<Coloured>) {
    if span.start >= span.end {
        return;
    }
    let class = match token.sort {
        TokenSort::Word if before != "." && is_keyword(span.text(text)) => Colour::Keyword,
        TokenSort::Number => Colour::Number,
        TokenSort::Text | TokenSort::Raw => Colour::String,
        TokenSort::Regex => Colour::Regexp,
        TokenSort::Comment => Colour::Comment,
        TokenSort::Word | TokenSort::Open | TokenSort::Close | TokenSort::Sign | TokenSort::Bad => return,
    };
    out.push(Coloured { span, class, declares: false, library: false });
}

fn is_keyword(word: &str) -> bool {
    let lists = [
        lexis::ITEM_KEYWORDS,
        lexis::STATEMENT_KEYWORDS,
        lexis::CLAUSE_KEYWORDS,
        lexis::METADATA_KEYS,
        lexis::TEST_KEYWORDS,
        lexis::OUTCOMES,
        lexis::EXEMPT_KEYWORDS,
        lexis::APPLICABILITIES,
        lexis::EDIT_KEYWORDS,
        lexis::OPERATOR_WORDS,
        lexis::RESERVED,
        &["from", "on", "as", "of", "with", "each", "one", "to", "before", "after", "group", "include"],
    ];
    lists.iter().any(|list| list.contains(&word))
}

/// Words that mean something, by where they begin.
fn special(view: View<'_>) -> BTreeMap<u32, Coloured> {
    let mut found = BTreeMap::new();
    for named in names::all(&view.file.parsed().file) {
        let class = match named.named {
            Named::Rule(_) => Colour::Class,
            Named::Module(_) => Colour::Namespace,
            Named::Property(_) => Colour::Property,
            Named::Metadata(_) => continue,
            Named::Item(name) => of_item(view, view.policies.module_of(&view.file.name), &name),
        };
        let coloured = Coloured { span: named.span, class, declares: named.declares, library: false };
        found.insert(named.span.start, coloured);
    }
    for reference in view.analysis().index.references.iter().filter(|reference| reference.file == view.number) {
        found.entry(reference.span.start).or_insert_with(|| of_reference(view, reference));
    }
    found
}

fn of_reference(view: View<'_>, reference: &Reference) -> Coloured {
    let span = reference.span;
    let library_module = |module: &policyc_lang::ir::ModuleId| {
        let modules = &view.analysis().compiled.artefact.program.modules;
        modules.get(module.index()).is_some_and(|module| module.name.starts_with("std."))
    };
    let (class, declares, library) = match &reference.target {
        Target::Local(_, declared) => (Colour::Variable, *declared == span, false),
        Target::Item(module, name) => (of_item(view, Some(*module), name), false, library_module(module)),
        Target::RowField(..) | Target::Property(_) | Target::SchemaField(..) => (Colour::Property, false, false),
        Target::SchemaType(_) | Target::Kind(_) => (Colour::Type, false, true),
        Target::Word(word) => {
            let called = view.file.text().get(span.end as usize..).is_some_and(|after| after.starts_with('('));
            let class = match reference.ty {
                _ if called => Colour::Function,
                None => Colour::Type,
                Some(_) if matches!(word.as_str(), "project" | "cluster") => Colour::Variable,
                Some(_) => Colour::Property,
            };
            (class, false, true)
        }
    };
    Coloured { span, class, declares, library }
}

/// The class of what a module declares.
fn of_item(view: View<'_>, module: Option<policyc_lang::ir::ModuleId>, name: &str) -> Colour {
    let interface = &view.analysis().compiled.artefact.interface;
    let entity = module.and_then(|module| interface.modules.get(module.index())?.items.get(name));
    match entity {
        Some(Entity::Param(_)) => Colour::Parameter,
        Some(Entity::Def(id)) => {
            let signature = interface.defs.get(id.index());
            let function = signature.is_some_and(|signature| signature.parameters.is_some());
            if function { Colour::Function } else { Colour::Variable }
        }
        Some(Entity::View(_)) => Colour::Struct,
        Some(Entity::Type(_) | Entity::Kind(_)) => Colour::Type,
        None => Colour::Variable,
    }
}
