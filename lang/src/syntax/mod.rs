//! From policy text to its tree.
//!
//! [`parse`] never fails: what cannot be read becomes a `Bad` node and a diagnostic, and the rest of the file survives.
//! What names mean and whether types fit is decided elsewhere.

pub mod ast;
mod build;
mod grammar;
pub mod lexis;
mod recover;
mod scan;
mod tokens;

use pest::Parser;
use pest::error::InputLocation;
use policyc_text::{Diagnostic, FileId, Span};

use build::{Builder, CODE};
use grammar::{Parts, PolicyGrammar, Rule};
use recover::MAX_MISTAKES;
pub use tokens::{Token, TokenSort, tokens};

/// Largest file that is read, in bytes.
pub const MAX_FILE_SIZE: usize = 1024 * 1024;

/// Largest number of words, signs, literals and comments that one file may have: about 200 kB of ordinary text.
pub const MAX_TOKENS: usize = 50_000;

/// What a file was parsed into.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// The tree; what could not be read is a `Bad` node in it.
    pub file: ast::File,
    /// What is wrong, in source order; all of it errors with the code `policy/syntax`.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a policy file. It never fails: mistakes cost a statement or an item, and the rest of the tree is as it would
/// be without them.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Parsed {
    if text.len() > MAX_FILE_SIZE {
        let message = format!("the file has {} bytes, and more than {MAX_FILE_SIZE} are not read", text.len());
        return unread(file, text, Span::empty_at(0), message, "split it into several modules");
    }
    let scan = scan::scan(text);
    if let Some(place) = scan.too_deep {
        let message = format!("things are nested more than {} levels deep here", scan::MAX_NESTING);
        let mut parsed = unread(file, text, place, message, "name inner parts with `let` or `def`");
        parsed.file.comments = scan.comments;
        return parsed;
    }
    if scan.tokens.len() + scan.comments.len() > MAX_TOKENS {
        let message = format!("the file has more than {MAX_TOKENS} words, signs and comments, and is not read");
        let hint = "split it into several modules, or move data into a `table`";
        let mut parsed = unread(file, text, Span::empty_at(0), message, hint);
        parsed.file.comments = scan.comments;
        return parsed;
    }
    let mut builder = Builder::new(file, &scan.tokens);
    if scan.tokens.is_empty() {
        builder.error(Span::empty_at(0), "the file is empty", "begin with `module NAME`, then write rules");
    }
    let whole = if scan.flaws.is_empty() { whole_file(&mut builder, text) } else { Err(None) };
    let mut tree = whole.unwrap_or_else(|refused| recover::recover(&mut builder, text, &scan, refused));
    builder.report_foreign_subjects();
    let mut diagnostics = builder.diagnostics;
    diagnostics.sort_by_key(|diagnostic| diagnostic.location.span);
    if diagnostics.len() >= MAX_MISTAKES {
        diagnostics.truncate(MAX_MISTAKES);
        let message = format!("the file has {MAX_MISTAKES} mistakes or more, and the rest of it is not read");
        diagnostics.push(Diagnostic::error(CODE, file, Span::empty_at(text.len()), message));
    }
    tree.comments = scan.comments;
    Parsed { file: tree, diagnostics }
}

fn unread(file: FileId, text: &str, place: Span, message: String, hint: &str) -> Parsed {
    let tree = ast::File { items: vec![ast::Item::Bad(Span::new(0, text.len()))], ..ast::File::default() };
    Parsed { file: tree, diagnostics: vec![Diagnostic::error(CODE, file, place, message).with_hint(hint)] }
}

/// The tree of a file that the grammar takes as it is.
///
/// # Errors
///
/// The byte offset at which it was refused.
fn whole_file(builder: &mut Builder<'_>, text: &str) -> Result<ast::File, Option<u32>> {
    let mut nodes = PolicyGrammar::parse(Rule::file, text).map_err(|error| match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => u32::try_from(at).ok(),
    })?;
    let mut tree = ast::File::default();
    for node in nodes.next().into_iter().flat_map(Parts::of) {
        match node.as_rule() {
            Rule::module => tree.module = Some(builder.module(node)),
            Rule::import => tree.imports.push(builder.module(node)),
            _ => tree.items.push(builder.item(node)),
        }
    }
    Ok(tree)
}

#[cfg(test)]
pub(crate) mod tests;
