//! What a Dockerfile holds, as data.

use policyc_text::{Diagnostic, FileId, Span};

use crate::directive::Directive;
use crate::keyword::Keyword;
use crate::mapped::Word;
use crate::stage::Stage;

/// One Dockerfile, read. Positions are byte offsets in its text.
#[derive(Clone, Debug)]
pub struct Dockerfile<'t> {
    /// The file that diagnostics belong to.
    pub file: FileId,
    /// The file's text, with its byte-order mark if it had one.
    pub source: &'t str,
    /// The parser directives at the top.
    pub directives: Vec<Directive<'t>>,
    /// The character that continues lines and escapes: `\` or `` ` ``.
    pub escape: char,
    /// Comments outside here-documents, with their `#`, without line ends, in source order. Parser directives are none.
    pub comments: Vec<Span>,
    /// The instructions in source order, also those that BuildKit refuses.
    pub instructions: Vec<Instruction<'t>>,
    /// The build stages.
    pub stages: Vec<Stage<'t>>,
    /// What BuildKit refuses, and what else could not be judged, in source order.
    pub diagnostics: Vec<Diagnostic>,
}

/// One instruction.
#[derive(Clone, Debug)]
pub struct Instruction<'t> {
    /// What it does; `None` where there is no such instruction.
    pub keyword: Option<Keyword>,
    /// The keyword as written.
    pub name: Word<'t>,
    /// The words before the arguments that begin with `--`, without quotes and escapes.
    pub flags: Vec<Flag<'t>>,
    /// The arguments.
    pub arguments: Arguments<'t>,
    /// Here-documents that begin on its line.
    pub heredocs: Vec<Heredoc<'t>>,
    /// From the keyword to the end of the last line, here-documents included, without the line end.
    pub span: Span,
    /// Comments directly above it and between its lines, with their `#`.
    pub comments: Vec<Span>,
    /// Blank lines within it, which a coming version of BuildKit refuses.
    pub blank_lines: Vec<Span>,
    /// The number of the stage that it is in, counted from 0; `None` before the first `FROM`.
    pub stage: Option<u32>,
    /// Whether BuildKit refuses it.
    pub refused: bool,
}

/// A flag before the arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag<'t> {
    /// All of it: `--from=build`.
    pub word: Word<'t>,
    /// The name without its dashes.
    pub name: Word<'t>,
    /// What follows the `=`.
    pub value: Option<Word<'t>>,
}

/// How an instruction's arguments are read, which its keyword decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arguments<'t> {
    /// There are none, or the keyword is unknown.
    None,
    /// Words parted by blanks: `ADD`, `COPY`, `EXPOSE`, `FROM`, `VOLUME`.
    Words(Vec<Word<'t>>),
    /// An array of strings, where one is allowed.
    Json(Vec<Word<'t>>),
    /// All the text: the shell form of `RUN`, `CMD`, `ENTRYPOINT`; `USER`, `WORKDIR`, `STOPSIGNAL`, `MAINTAINER`.
    Text(Word<'t>),
    /// Names with values: `ARG`, `ENV`, `LABEL`. Quotes and escapes are kept.
    Pairs(Vec<Pair<'t>>),
    /// `HEALTHCHECK`: what kind of check, and its command.
    Check(Word<'t>, Box<Arguments<'t>>),
    /// `ONBUILD`: the instruction that a later build runs.
    Trigger(Box<Instruction<'t>>),
}

/// A name with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair<'t> {
    /// What stands before the `=`.
    pub name: Word<'t>,
    /// What stands behind it; `None` for an `ARG` without default.
    pub value: Option<Word<'t>>,
    /// Name and value are parted by a blank: `ENV name value`.
    pub legacy: bool,
}

/// A here-document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc<'t> {
    /// What ends it.
    pub name: String,
    /// The word that announces it: `<<-"EOF"`.
    pub word: Word<'t>,
    /// The number before the `<<`; 0 where there is none.
    pub descriptor: u64,
    /// Variables in it are expanded: no part of the name is quoted.
    pub expand: bool,
    /// Tabs at the start of its lines do not count: `<<-`.
    pub strip_tabs: bool,
    /// Its lines with their line ends.
    pub body: Span,
    /// The line that ends it, without its line end.
    pub end: Span,
}

impl PartialEq for Instruction<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.span == other.span && self.keyword == other.keyword
    }
}

impl Eq for Instruction<'_> {}

impl<'t> Instruction<'t> {
    /// The first flag with a name, which is written without dashes.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<&Flag<'t>> {
        self.flags.iter().find(|flag| flag.name.text == name)
    }

    /// The instruction itself, or what an `ONBUILD` triggers.
    #[must_use]
    pub fn innermost(&self) -> &Self {
        let mut at = self;
        while let Arguments::Trigger(trigger) = &at.arguments {
            at = trigger;
        }
        at
    }

    /// The words of the arguments, however they are written; names and values of pairs are none.
    #[must_use]
    pub fn words(&self) -> &[Word<'t>] {
        self.arguments.words()
    }
}

impl<'t> Arguments<'t> {
    /// The words, however they are written; names and values of pairs are none.
    #[must_use]
    pub fn words(&self) -> &[Word<'t>] {
        match self {
            Self::Words(words) | Self::Json(words) => words,
            Self::Text(word) => std::slice::from_ref(word),
            Self::Check(_, command) => command.words(),
            Self::None | Self::Pairs(_) | Self::Trigger(_) => &[],
        }
    }

    /// Whether they are an array.
    #[must_use]
    pub fn is_json(&self) -> bool {
        match self {
            Self::Json(_) => true,
            Self::Check(_, command) => command.is_json(),
            _ => false,
        }
    }
}
