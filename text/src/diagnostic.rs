//! What is wrong with a text, as data. How it looks is the business of whoever shows it.

use crate::{FileId, Location, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing; changes no exit code.
    Note,
    /// Likely a mistake; changes no exit code.
    Warning,
    /// The text could not be read, or not be compiled.
    Error,
}

impl Level {
    /// The word that reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place with a few words beside the main one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What is there; lowercase, no final stop.
    pub message: String,
}

/// One mistake: where it is, what is wrong and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name, `area/name`: `yaml/syntax`, `policy/type`.
    pub code: &'static str,
    /// How bad.
    pub level: Level,
    /// What is wrong; one sentence, lowercase, no final stop.
    pub message: String,
    /// The smallest span that holds the mistake.
    pub location: Location,
    /// What to write instead.
    pub hint: Option<String>,
    /// Other places that explain it.
    pub labels: Vec<Label>,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(code: &'static str, file: FileId, span: Span, message: impl Into<String>) -> Self {
        let location = Location { file, span };
        Self { code, level: Level::Error, message: message.into(), location, hint: None, labels: Vec::new() }
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(code: &'static str, file: FileId, span: Span, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(code, file, span, message) }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds another place that explains the mistake.
    #[must_use]
    pub fn with_label(mut self, file: FileId, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { location: Location { file, span }, message: message.into() });
        self
    }
}
