//! The one style of policy files: `policyc fmt` and the editor's formatting.
//!
//! The tokens of a file are written again in their order, with other blanks and line ends between them, so a text means
//! what it meant before. Kept are comments, with a line of their own or behind what they stand behind, and one empty
//! line where the author has some between statements, fields or short items. What is wrong stays as it is.
//!
//! Nothing is decided here but layout: no operator is exchanged, no parenthesis removed.

mod doc;
mod exprs;
mod items;
mod layout;
mod rules;

use crate::syntax::ast::{File, Item};
use crate::syntax::{MAX_FILE_SIZE, MAX_TOKENS, Token, TokenSort, parse, tokens};
use doc::Printer;
use layout::{Gap, Layout};
use policyc_text::{FileId, Span};

/// The text in the language's style. A text that cannot be read at all comes back unchanged.
#[must_use]
pub fn format(text: &str) -> String {
    if text.len() > MAX_FILE_SIZE {
        return text.to_owned();
    }
    let found = tokens(text);
    if found.is_empty() || found.len() > MAX_TOKENS {
        return text.to_owned();
    }
    let parsed = parse(FileId(0), text);
    if matches!(parsed.file.items.as_slice(), [Item::Bad(span)] if span.len() >= text.len()) {
        return text.to_owned();
    }
    let mut layout = Layout::new(text, &found);
    layout.wrong = parsed.diagnostics.iter().map(|diagnostic| diagnostic.location.span).collect();
    layout.file(&parsed.file);
    let (docs, groups) = layout.finish();
    let newline = if text.find('\n').is_some_and(|at| text[..at].ends_with('\r')) { "\r\n" } else { "\n" };
    let mut out = Printer::new(newline, groups).print(&docs);
    out.push_str(newline);
    // The layout follows the tree; should the two ever disagree, an unformatted file is the lesser evil.
    if words(&out, &tokens(&out)).eq(words(text, &found)) { out } else { text.to_owned() }
}

/// The tokens without the commas, of which the last one of a list comes and goes.
fn words<'t>(text: &'t str, tokens: &'t [Token]) -> impl Iterator<Item = (TokenSort, &'t str)> {
    let all = tokens.iter().map(move |token| (token.sort, token.span.text(text).trim_end()));
    all.filter(|(sort, text)| *sort != TokenSort::Sign || *text != ",")
}

/// A part of a file that gets lines of its own.
#[derive(Clone, Copy)]
enum Part<'f> {
    Module,
    Import,
    Item(&'f Item),
}

impl Part<'_> {
    /// What may stand close to others of its kind: imports, and short items.
    fn short_kind(self) -> Option<u8> {
        match self {
            Self::Import => Some(0),
            Self::Item(item) => matches!(
                item,
                Item::Param(_)
                    | Item::Type(_)
                    | Item::Def(_)
                    | Item::Table(_)
                    | Item::Property(_)
                    | Item::Kind(_)
                    | Item::Use(_)
                    | Item::Bad(_)
            )
            .then_some(1),
            Self::Module => None,
        }
    }
}

impl Layout<'_> {
    fn file(&mut self, file: &File) {
        let module = file.module.iter().map(|name| (name.span, Part::Module));
        let imports = file.imports.iter().map(|name| (name.span, Part::Import));
        let items = file.items.iter().map(|item| (span_of(item), Part::Item(item)));
        let mut parts: Vec<(Span, Part<'_>)> = module.chain(imports).chain(items).collect();
        parts.sort_by_key(|(span, _)| *span);
        let mut close = None;
        for (number, (span, part)) in parts.iter().enumerate() {
            // The tree has the names of modules and imports alone; their keyword stands before them.
            let keyword =
                matches!(part, Part::Module | Part::Import) && matches!(self.next_text(), "module" | "import");
            if !keyword {
                self.stray(span.start);
            }
            let kind = part.short_kind();
            let apart = number > 0 && (kind.is_none() || kind != close);
            let gap = if apart { Gap::Blank } else { Gap::Lines };
            close = kind;
            let mark = self.mark();
            let written = match part {
                Part::Module => self.gap(gap).named("module", *span),
                Part::Import => self.gap(gap).named("import", *span),
                Part::Item(item) => self.gap(gap).item(item),
            };
            if written.is_err() {
                self.return_to(&mark);
                let start = self.next_span().start;
                let _ = self.gap(gap).verbatim(Span { start, end: span.end.max(start) });
            }
        }
        self.stray(u32::MAX);
        self.dangling();
    }

    /// Mistakes that touch a span.
    fn wrong_in(&self, span: Span) -> impl Iterator<Item = Span> {
        self.wrong.iter().copied().filter(move |wrong| wrong.start <= span.end && span.start <= wrong.end)
    }

    fn is_wrong(&self, span: Span) -> bool {
        self.wrong_in(span).next().is_some()
    }

    /// Leaves tokens before an offset, which no part of the tree knows, as they are.
    fn stray(&mut self, before: u32) {
        let start = self.next_span().start;
        if start >= before || self.next_span().is_empty() {
            return;
        }
        let end = self.last_end(before);
        let _ = self.gap(Gap::Lines).verbatim(Span { start, end });
    }
}

fn span_of(item: &Item) -> Span {
    match item {
        Item::Param(item) => item.span,
        Item::Type(item) => item.span,
        Item::Def(item) => item.span,
        Item::Table(item) => item.span,
        Item::View(item) => item.span,
        Item::Property(item) => item.span,
        Item::Kind(item) => item.span,
        Item::Rule(item) => item.span,
        Item::Exempt(item) => item.span,
        Item::Use(item) => item.span,
        Item::Profile(item) => item.span,
        Item::Test(item) => item.span,
        Item::Bad(span) => *span,
    }
}

#[cfg(test)]
mod tests;
