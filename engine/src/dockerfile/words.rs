//! Words of instructions with their variables put in, as far as the file tells them.

use policyc_dockerfile::{Environment, Expanded, Lexer, Word};
use policyc_text::Span;

use crate::yaml::{At, Sketch};

/// A word's value.
#[derive(Clone, Debug)]
pub(super) enum Known {
    /// It is known.
    Text(String),
    /// Why it is not.
    Unknown(String),
}

impl Known {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Unknown(_) => None,
        }
    }
}

/// Expands a word as the builder does.
pub(super) fn expand(lexer: &Lexer, word: &Word<'_>, environment: &dyn Environment) -> (Known, Expanded) {
    match lexer.expand(&word.text, environment) {
        Ok(expanded) if expanded.unknown => {
            let names = expanded.variables.iter().filter(|one| one.unknown).map(|one| format!("`{}`", one.name));
            let first = names.into_iter().next().unwrap_or_else(|| "a variable".to_owned());
            (Known::Unknown(format!("{first} has no value in this file")), expanded)
        }
        Ok(expanded) => (Known::Text(expanded.text.clone()), expanded),
        Err(message) => (Known::Unknown(message), Expanded::default()),
    }
}

/// Puts a word into the tree.
pub(super) fn put(sketch: &mut Sketch<'_>, at: At<'_>, known: &Known, span: Span) {
    match known {
        Known::Text(text) => sketch.string(at, text, span),
        Known::Unknown(reason) => sketch.unknown(at, reason.as_str(), span),
    }
}
