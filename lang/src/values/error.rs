//! Why a text is not a value of its type. Positions are relative to the text; the caller adds the place of the literal.

use std::fmt;

/// A text that could not be read as the value that was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// One sentence, lowercase, without a final stop.
    pub message: String,
    /// What would help, if there is something to say.
    pub hint: Option<String>,
    /// Byte offset in the text, 0-based; at most the length of the text.
    pub offset: usize,
}

impl ParseError {
    /// An error at a byte offset of the text.
    pub fn at(offset: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, offset }
    }

    /// The same error with advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseError {}

/// A text as it may stand in a message: cut after 60 characters, so that a long input does not become a long message.
pub(super) fn shown(text: &str) -> String {
    const LIMIT: usize = 60;
    match text.char_indices().nth(LIMIT) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
