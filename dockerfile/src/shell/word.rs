//! A word of a command: its text without quotes, and which parts of it only a running shell knows.

use std::ops::Range;

use policyc_text::Span;

use crate::lex::{Environment, Lexer};
use crate::mapped::Word;

/// A word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellWord<'t> {
    /// What it says without quotes and escapes; what only a running shell knows stands as written.
    pub word: Word<'t>,
    /// Some of it is quoted or escaped.
    pub quoted: bool,
    /// What only a running shell knows, in order.
    pub parts: Vec<Part>,
}

/// A part of a word that only a running shell knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it stands in the word's text.
    pub range: Range<usize>,
    /// Where it stands in the file.
    pub span: Span,
    /// What it is.
    pub kind: PartKind,
    /// It stands in double quotes, so that its value is not split into words.
    pub quoted: bool,
}

/// What a shell puts into a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// A variable, by its name; with whatever else stands in its braces.
    Variable(String),
    /// The output of commands.
    Substitution,
    /// A number: `$((…))`.
    Arithmetic,
}

impl ShellWord<'_> {
    /// What it says without quotes and escapes.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.word.text
    }

    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        self.word.span
    }

    /// The text where no shell is needed to know it.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        self.parts.is_empty().then_some(&*self.word.text)
    }

    /// Whether the word is one variable and nothing else.
    #[must_use]
    pub fn is_variable(&self) -> bool {
        matches!(self.parts.as_slice(), [Part { range, kind: PartKind::Variable(_), .. }] if *range == (0..self.word.text.len()))
    }

    /// The words that this one becomes where the variables of an instruction say so; `None` where they do not.
    /// `assigned` are names that the script itself sets.
    #[must_use]
    pub fn resolved(&self, environment: &dyn Environment, assigned: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
        let text = &*self.word.text;
        let lexer = Lexer::new('\\');
        let mut words = vec![String::new()];
        let mut at = 0;
        for part in &self.parts {
            let PartKind::Variable(name) = &part.kind else { return None };
            let written = text.get(part.range.clone())?;
            if assigned(name) || !is_portable(name) {
                return None;
            }
            let expanded = lexer.expand(written, environment).ok().filter(|expanded| !expanded.unknown)?;
            words.last_mut()?.push_str(text.get(at..part.range.start)?);
            at = part.range.end;
            if part.quoted {
                words.last_mut()?.push_str(&expanded.text);
            } else {
                split_into(&mut words, &expanded.text);
            }
        }
        words.last_mut()?.push_str(text.get(at..)?);
        if !self.quoted {
            words.retain(|word| !word.is_empty());
        }
        Some(words)
    }
}

/// Whether BuildKit could set a variable of that name: no parameter of the shell's own.
fn is_portable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Appends a value that the shell splits at blanks.
fn split_into(words: &mut Vec<String>, value: &str) {
    let mut fields = value.split([' ', '\t', '\n']);
    if let (Some(first), Some(last)) = (fields.next(), words.last_mut()) {
        last.push_str(first);
    }
    words.extend(fields.map(str::to_owned));
}
