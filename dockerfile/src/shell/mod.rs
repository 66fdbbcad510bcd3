//! The shell inside of Dockerfiles: from a text to its simple commands, however deep they stand in lists, conditions,
//! functions, substitutions and `sh -c "…"`.
//!
//! Nothing is run and no file is looked at. A text that cannot be read to its end says so, and what follows from it is
//! unknown; it is never taken for harmless.

mod command;
mod lex;
mod nested;
mod parse;
mod programs;
mod simple;
mod view;
mod word;

pub use command::{Assignment, Command, Context, Flag, Join, Redirect};
pub use view::{Program, Script, ShellKind, scripts};
pub use word::{Part, PartKind, ShellWord};

use policyc_text::Span;

/// Deepest nesting of compounds and substitutions.
const DEEPEST: usize = 48;
/// Most commands, and most words, of one script.
const MOST_COMMANDS: usize = 200_000;
const MOST_WORDS: usize = 1_000_000;

/// Where and why a script could not be read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Where.
    pub span: Span,
    /// What is wrong; a message.
    pub message: String,
    /// Whether a limit of this reader is what is wrong, and not the text.
    pub limit: bool,
}

/// What a script holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output<'t> {
    pub(crate) commands: Vec<Command<'t>>,
    pub(crate) words: usize,
    pub(crate) pipelines: u32,
    /// Names that the script itself sets.
    pub(crate) assigned: std::collections::BTreeSet<String>,
}
