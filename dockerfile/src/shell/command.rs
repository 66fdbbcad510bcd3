//! One simple command, and what can be said of it without running it: program, sub-command, flags, operands.

use policyc_text::Span;

use crate::mapped::Word;
use crate::shell::programs;
use crate::shell::word::ShellWord;

/// A simple command.
#[derive(Clone, Debug)]
pub struct Command<'t> {
    /// Its words, the program first. Without assignments and redirections.
    pub words: Vec<ShellWord<'t>>,
    /// Assignments before the program.
    pub assignments: Vec<Assignment<'t>>,
    /// Redirections, in order.
    pub redirects: Vec<Redirect<'t>>,
    /// From its first word or assignment to its last word.
    pub span: Span,
    /// The pipeline that it is in; commands of one pipeline share the number.
    pub pipeline: u32,
    /// Its place in the pipeline, counted from 0.
    pub pipe_index: u32,
    /// What joins it to the command before.
    pub join: Join,
    /// Where it stands.
    pub context: Context,
    /// The place of the command in whose words, or by which, it is run: for substitutions, `sh -c` and `sudo`.
    pub inside: Option<usize>,
}

/// What joins a command to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// Nothing: `;`, a line end, or the start.
    None,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`
    Pipe,
}

/// Where a command stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a command can stand in any of these at once")]
pub struct Context {
    /// In the condition of an `if`, `while` or `until`.
    pub condition: bool,
    /// In a branch of an `if` or `case`: it may not run.
    pub branch: bool,
    /// In the body of a loop.
    pub looped: bool,
    /// In the body of a function.
    pub function: bool,
    /// In `(…)`, `$(…)`, backticks or `<(…)`.
    pub subshell: bool,
    /// In `$(…)`, backticks or `<(…)`.
    pub substitution: bool,
    /// In the text that another command runs: `sh -c "…"`, `sudo …`.
    pub nested: bool,
}

/// A variable that is set before a command.
#[derive(Clone, Debug)]
pub struct Assignment<'t> {
    /// Its name.
    pub name: Word<'t>,
    /// Its value.
    pub value: ShellWord<'t>,
    /// `+=`
    pub append: bool,
}

/// A redirection.
#[derive(Clone, Debug)]
pub struct Redirect<'t> {
    /// `>`, `>>`, `<`, `<<`, `&>`, …
    pub operator: Word<'t>,
    /// The number before it.
    pub descriptor: Option<u32>,
    /// The file, the descriptor, or the end of the here-document.
    pub target: ShellWord<'t>,
    /// The lines of a here-document.
    pub body: Option<Word<'t>>,
}

/// A word, or a part of one, that is a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag<'c> {
    /// With its dashes: `-y`, `--no-cache`. Letters that share a dash are split.
    pub name: String,
    /// The place of its word among the command's words.
    pub word: usize,
    /// Its value, behind a `=` or in the next word.
    pub value: Option<&'c str>,
    /// Where it stands.
    pub span: Span,
    /// Some of its word is unknown.
    pub unknown: bool,
}

impl<'t> Command<'t> {
    pub(crate) fn new(context: Context, at: u32) -> Self {
        Self {
            words: Vec::new(),
            assignments: Vec::new(),
            redirects: Vec::new(),
            span: Span { start: at, end: at },
            pipeline: 0,
            pipe_index: 0,
            join: Join::None,
            context,
            inside: None,
        }
    }

    /// The program's name without its folders; `None` where it is unknown or there is none.
    #[must_use]
    pub fn program(&self) -> Option<&str> {
        let text = self.words.first()?.literal()?;
        Some(text.rsplit('/').next().unwrap_or(text))
    }

    /// The place of the sub-command among the words: the first word that is no flag and no flag's value. Only for
    /// programs that have sub-commands.
    #[must_use]
    pub fn verb(&self) -> Option<usize> {
        let program = self.program()?;
        programs::has_verbs(program).then(|| self.operands(&[]).next()).flatten()
    }

    /// The places of the words that are neither flags nor values of flags, without the program. `value_flags` are flags
    /// that take the next word, besides those that are known of the program.
    pub fn operands(&self, value_flags: &[&str]) -> impl Iterator<Item = usize> {
        let known = self.program().map_or(&[][..], programs::value_flags);
        let mut ended = false;
        let mut skip = false;
        let mut places = Vec::new();
        for (place, word) in self.words.iter().enumerate().skip(1) {
            let text = word.text();
            if std::mem::take(&mut skip) {
                continue;
            }
            if ended || text == "-" || !text.starts_with('-') {
                places.push(place);
            } else if text == "--" {
                ended = true;
            } else {
                skip = known.contains(&text) || value_flags.contains(&text) || takes_next(text, known);
            }
        }
        places.into_iter()
    }

    /// The flags, with letters that share a dash split.
    #[must_use]
    pub fn flags(&self) -> Vec<Flag<'_>> {
        let program = self.program().unwrap_or_default();
        let known = programs::value_flags(program);
        let mut flags = Vec::new();
        let mut words = self.words.iter().enumerate().skip(1);
        while let Some((place, word)) = words.next() {
            let text = word.text();
            if text == "--" {
                break;
            }
            if text.len() < 2 || !text.starts_with('-') {
                continue;
            }
            let (name, mut value) = match text.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (text, None),
            };
            if value.is_none() && (known.contains(&name) || takes_next(name, known)) {
                value = words.next().map(|(_, word)| word.text());
            }
            let unknown = !word.parts.is_empty();
            let span = word.span();
            let letters = name.get(1..).unwrap_or_default();
            if is_bundle(name) && !programs::has_long_single_dash(program) {
                flags.extend(letters.chars().map(|c| Flag {
                    name: format!("-{c}"),
                    word: place,
                    value,
                    span,
                    unknown,
                }));
            } else {
                flags.push(Flag { name: name.to_owned(), word: place, value, span, unknown });
            }
        }
        flags
    }

    /// Whether one of the flags is there. `None` where an unknown word could be it.
    #[must_use]
    pub fn has_flag(&self, names: &[&str]) -> Option<bool> {
        if self.flags().iter().any(|flag| names.contains(&flag.name.as_str())) {
            return Some(true);
        }
        let could = |word: &ShellWord<'_>| word.parts.first().is_some_and(|part| part.range.start <= 1);
        if self.words.iter().skip(1).any(could) { None } else { Some(false) }
    }
}

/// Whether a flag is several letters behind one dash.
fn is_bundle(name: &str) -> bool {
    let letters = name.get(1..).unwrap_or_default();
    letters.len() > 1 && letters.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Whether the last of several letters behind one dash takes the next word: `-fsSLo file`.
fn takes_next(name: &str, known: &[&str]) -> bool {
    let Some(last) = name.chars().last().filter(|_| is_bundle(name)) else { return false };
    known.iter().any(|flag| flag.strip_prefix('-').is_some_and(|letter| letter.chars().eq([last])))
}
