//! Words of instructions as BuildKit expands them: quotes and escapes come off, variables are put in. This is the
//! builder's own small language, not the shell's.

use std::borrow::Cow;
use std::ops::Range;

use crate::pattern;

/// What is known of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'v> {
    /// It has this value.
    Set(Cow<'v, str>),
    /// It has none.
    Unset,
    /// A base image, a build argument or the builder decides.
    Unknown,
}

/// Where variables get their values.
pub trait Environment {
    /// What is known of a variable.
    fn get(&self, name: &str) -> Value<'_>;
}

/// No variable is set.
#[derive(Clone, Copy, Debug)]
pub struct Empty;

impl Environment for Empty {
    fn get(&self, _name: &str) -> Value<'_> {
        Value::Unset
    }
}

/// How words are read.
#[derive(Clone, Copy, Debug)]
pub struct Lexer {
    /// The escape character.
    pub escape: char,
    /// Quotes stay in the result.
    pub raw_quotes: bool,
    /// Escape characters stay in the result.
    pub raw_escapes: bool,
    /// Quotes mean nothing, as in here-documents.
    pub skip_quotes: bool,
    /// A variable without value stays as it is written.
    pub skip_unset: bool,
}

/// A word with its variables put in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// The value, which means nothing where it is unknown.
    pub text: String,
    /// The variables that were asked for, by their place in the word.
    pub variables: Vec<Use>,
    /// The value hangs on something unknown.
    pub unknown: bool,
    /// Something was quoted or escaped.
    pub quoted: bool,
}

/// One variable in a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Its name.
    pub name: String,
    /// From the `$` to the end of its name or of its braces, as byte offsets in the word.
    pub range: Range<usize>,
    /// It has a value.
    pub set: bool,
    /// Nothing says whether it has a value.
    pub unknown: bool,
    /// What stands behind the name in braces decides what an unset variable means: `-`, `+` or `?`.
    pub guarded: bool,
}

/// A word of a split text and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    /// Byte offsets in the split text.
    pub(crate) range: Range<usize>,
}

/// Longest value of one word, in bytes; beyond it the value counts as unknown.
const LONGEST: usize = 1 << 16;
/// Deepest nesting of `${a:-${b:-…}}`.
const DEEPEST: usize = 64;

impl Lexer {
    /// BuildKit's own setting.
    #[must_use]
    pub fn new(escape: char) -> Self {
        Self { escape, raw_quotes: false, raw_escapes: false, skip_quotes: false, skip_unset: false }
    }

    /// Expands one word.
    ///
    /// # Errors
    ///
    /// What BuildKit refuses: open quotes and braces, unknown modifiers, a variable that must be set and is not. The
    /// text is a message.
    pub fn expand(&self, word: &str, environment: &dyn Environment) -> Result<Expanded, String> {
        let mut run = Run::new(self, word, environment, LONGEST);
        let text = run.stop_on(None, self.raw_escapes, false, 0)?;
        let (variables, unknown, quoted) = (run.variables, run.unknown, run.quoted);
        Ok(Expanded { text, variables, unknown, quoted })
    }

    /// Splits a text into words at blanks that are not quoted, after variables were put in, and gives those that hold
    /// `wanted`.
    pub(crate) fn words(&self, text: &str, wanted: &str) -> Result<Vec<Piece>, String> {
        let mut run = Run::new(self, text, &Empty, usize::MAX);
        run.wanted = Some(wanted);
        run.stop_on(None, self.raw_escapes, false, 0)?;
        Ok(run.words)
    }
}

struct Run<'r> {
    lexer: &'r Lexer,
    text: &'r str,
    at: usize,
    environment: &'r dyn Environment,
    raw_escapes: bool,
    longest: usize,
    /// Words are asked for, and of these only such that hold this text.
    wanted: Option<&'r str>,
    /// The word being put together. Like BuildKit's, it is shared with the words inside of braces.
    word: String,
    word_start: usize,
    in_word: bool,
    words: Vec<Piece>,
    variables: Vec<Use>,
    unknown: bool,
    quoted: bool,
}

impl<'r> Run<'r> {
    fn new(lexer: &'r Lexer, text: &'r str, environment: &'r dyn Environment, longest: usize) -> Self {
        Self {
            lexer,
            text,
            at: 0,
            environment,
            raw_escapes: lexer.raw_escapes,
            longest,
            wanted: None,
            word: String::new(),
            word_start: 0,
            in_word: false,
            words: Vec::new(),
            variables: Vec::new(),
            unknown: false,
            quoted: false,
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..).and_then(|rest| rest.chars().next())
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn add_raw(&mut self, text: &str, start: usize) {
        if self.word.is_empty() {
            self.word_start = start;
        }
        self.word.push_str(text);
        self.in_word = true;
    }

    fn add(&mut self, text: &str, start: usize, depth: usize) {
        for c in text.chars() {
            if !c.is_whitespace() {
                self.add_raw(c.encode_utf8(&mut [0; 4]), start);
            } else if self.in_word && !self.word.is_empty() {
                self.flush(start, depth);
                self.in_word = false;
            }
        }
    }

    /// Ends the word. The words of a text inside of braces are of no use to anyone.
    fn flush(&mut self, end: usize, depth: usize) {
        let text = std::mem::take(&mut self.word);
        if depth == 0 && !text.is_empty() && self.wanted.is_some_and(|wanted| text.contains(wanted)) {
            self.words.push(Piece { text, range: self.word_start..end });
        }
    }

    /// Reads up to a character or to the end.
    fn stop_on(&mut self, stop: Option<char>, raw: bool, pattern: bool, depth: usize) -> Result<String, String> {
        if depth > DEEPEST {
            return Err("substitutions are nested too deeply".to_owned());
        }
        let before = std::mem::replace(&mut self.raw_escapes, raw);
        let outer_in_word = std::mem::take(&mut self.in_word);
        let result = self.run(stop, pattern, depth);
        self.raw_escapes = before;
        self.in_word = outer_in_word;
        result
    }

    fn run(&mut self, stop: Option<char>, pattern: bool, depth: usize) -> Result<String, String> {
        let mut result = String::new();
        self.word.clear();
        while let Some(c) = self.peek() {
            let start = self.at;
            if Some(c) == stop {
                self.next();
                self.flush(start, depth);
                return Ok(result);
            }
            match c {
                '$' => {
                    let text = self.dollar(depth)?;
                    result.push_str(&text);
                    self.add(&text, start, depth);
                }
                '<' => {
                    let text = self.possible_heredoc();
                    result.push_str(&text);
                    self.add_raw(&text, start);
                }
                '\'' | '"' if !self.lexer.skip_quotes => {
                    self.quoted = true;
                    let quoted = if c == '"' { self.double(pattern, depth) } else { self.single(pattern) };
                    let text = quoted?;
                    result.push_str(&text);
                    self.add_raw(&text, start);
                }
                _ => {
                    self.next();
                    if c == self.lexer.escape {
                        self.quoted = true;
                        if self.raw_escapes {
                            self.add_raw(c.encode_utf8(&mut [0; 4]), start);
                            result.push(c);
                        }
                        let Some(escaped) = self.next() else { break };
                        self.add_raw(escaped.encode_utf8(&mut [0; 4]), start);
                        result.push(escaped);
                    } else {
                        self.add(c.encode_utf8(&mut [0; 4]), start, depth);
                        result.push(c);
                    }
                }
            }
            if result.len() > self.longest {
                self.unknown = true;
                result.clear();
            }
        }
        match stop {
            Some(stop) => Err(format!("`{stop}` is missing")),
            None => {
                self.flush(self.at, depth);
                Ok(result)
            }
        }
    }

    fn single(&mut self, pattern: bool) -> Result<String, String> {
        let mut result = String::new();
        let quote = self.next();
        result.extend(quote.filter(|_| self.lexer.raw_quotes));
        loop {
            let c = self.next().ok_or_else(|| "a single quote is not closed".to_owned())?;
            if c == '\'' {
                result.extend(quote.filter(|_| self.lexer.raw_quotes));
                return Ok(result);
            }
            if pattern && c == self.lexer.escape {
                result.push(c);
            }
            result.push(c);
        }
    }

    fn double(&mut self, pattern: bool, depth: usize) -> Result<String, String> {
        let mut result = String::new();
        let quote = self.next();
        result.extend(quote.filter(|_| self.lexer.raw_quotes));
        loop {
            match self.peek().ok_or_else(|| "a double quote is not closed".to_owned())? {
                '"' => {
                    self.next();
                    result.extend(quote.filter(|_| self.lexer.raw_quotes));
                    return Ok(result);
                }
                '$' => result.push_str(&self.dollar(depth)?),
                c => {
                    self.next();
                    if c != self.lexer.escape {
                        result.push(c);
                        continue;
                    }
                    match self.peek() {
                        None => {}
                        Some(escaped) if escaped == '"' || escaped == '$' || escaped == self.lexer.escape => {
                            if self.raw_escapes {
                                result.push(c);
                            }
                            self.next();
                            result.push(escaped);
                        }
                        Some(_) => {
                            if self.raw_escapes && (!self.lexer.raw_quotes || pattern) {
                                result.push(c);
                            }
                            result.push(c);
                        }
                    }
                }
            }
        }
    }

    fn dollar(&mut self, depth: usize) -> Result<String, String> {
        let start = self.at;
        self.next();
        if self.peek() == Some('{') {
            self.next();
            return self.braces(start, depth);
        }
        let name = self.name();
        if name.is_empty() {
            return Ok("$".to_owned());
        }
        let value = self.look_up(&name, start, false);
        Ok(self.plain(value, || format!("${name}")))
    }

    /// The value of a variable that stands for itself.
    fn plain(&mut self, value: Value<'r>, written: impl Fn() -> String) -> String {
        match value {
            Value::Set(value) => value.into_owned(),
            Value::Unset if self.lexer.skip_unset => written(),
            Value::Unset => String::new(),
            Value::Unknown => {
                self.unknown = true;
                String::new()
            }
        }
    }

    fn look_up(&mut self, name: &str, start: usize, guarded: bool) -> Value<'r> {
        let value = self.environment.get(name);
        if self.wanted.is_some() {
            return value;
        }
        let (set, unknown) = (matches!(value, Value::Set(_)), value == Value::Unknown);
        self.variables.push(Use { name: name.to_owned(), range: start..self.at, set, unknown, guarded });
        value
    }

    fn braces(&mut self, start: usize, depth: usize) -> Result<String, String> {
        match self.peek() {
            None => return Err("`}` is missing".to_owned()),
            Some('{' | '}' | ':') => return Err("the substitution has no name".to_owned()),
            Some(_) => {}
        }
        let name = self.name();
        match self.next() {
            Some('}') => {
                let value = self.look_up(&name, start, false);
                Ok(self.plain(value, || format!("${{{name}}}")))
            }
            Some(':') => match self.next() {
                Some(modifier @ ('+' | '-' | '?')) => self.modified(&name, modifier, true, start, depth),
                other => Err(unsupported(&[Some(':'), other])),
            },
            Some(modifier @ ('+' | '-' | '?' | '#' | '%')) => self.modified(&name, modifier, false, start, depth),
            Some('/') => self.replaced(&name, start, depth),
            other => Err(unsupported(&[other])),
        }
    }

    /// `${name-word}` and its like.
    fn modified(
        &mut self,
        name: &str,
        modifier: char,
        empty_is_unset: bool,
        start: usize,
        depth: usize,
    ) -> Result<String, String> {
        let pattern = matches!(modifier, '#' | '%');
        let unknown_before = self.unknown;
        let word = self.stop_on(Some('}'), pattern, pattern, depth + 1).map_err(|error| self.missing(error, "}"))?;
        let word_unknown = std::mem::replace(&mut self.unknown, unknown_before);
        let value = self.look_up(name, start, !pattern);
        if value == Value::Unset && self.lexer.skip_unset {
            let colon = if empty_is_unset { ":" } else { "" };
            return Ok(format!("${{{name}{colon}{modifier}{word}}}"));
        }
        let value = match value {
            Value::Unknown => {
                self.unknown = true;
                return Ok(String::new());
            }
            Value::Set(value) if empty_is_unset && value.is_empty() => None,
            Value::Set(value) => Some(value.into_owned()),
            Value::Unset => None,
        };
        match (modifier, value) {
            ('-', Some(value)) | ('?', Some(value)) => Ok(value),
            ('-', None) | ('+', Some(_)) => {
                self.unknown |= word_unknown;
                Ok(word)
            }
            ('+', None) => Ok(String::new()),
            ('?', None) if word.is_empty() => Err(format!("`{name}` must have a value")),
            ('?', None) => Err(format!("`{name}` must have a value: {word}")),
            (_, value) => {
                self.unknown |= word_unknown;
                let longest = word.starts_with(modifier);
                let pattern = word.strip_prefix(modifier).unwrap_or(&word);
                let value = value.unwrap_or_default();
                let trimmed = if modifier == '#' {
                    pattern::trim_prefix(pattern, &value, longest)
                } else {
                    pattern::trim_suffix(pattern, &value, longest)
                };
                self.settle(trimmed)
            }
        }
    }

    /// `${name/pattern/replacement}` and `${name//pattern/replacement}`.
    fn replaced(&mut self, name: &str, start: usize, depth: usize) -> Result<String, String> {
        let all = self.peek() == Some('/');
        if all {
            self.next();
        }
        let pattern = self.stop_on(Some('/'), true, true, depth + 1).map_err(|error| self.missing(error, "/"))?;
        let replacement = self.stop_on(Some('}'), true, false, depth + 1).map_err(|error| self.missing(error, "}"))?;
        let value = self.look_up(name, start, false);
        match value {
            Value::Unset if self.lexer.skip_unset => Ok(format!("${{{name}/{pattern}/{replacement}}}")),
            Value::Unknown => {
                self.unknown = true;
                Ok(String::new())
            }
            Value::Unset => self.settle(pattern::replace(&pattern, "", &replacement, all)),
            Value::Set(value) => {
                let replaced = pattern::replace(&pattern, &value, &replacement, all);
                self.settle(replaced)
            }
        }
    }

    /// A result that may have been too much work, which makes it unknown.
    fn settle(&mut self, result: Result<Option<String>, String>) -> Result<String, String> {
        let text = result?;
        self.unknown |= text.is_none();
        Ok(text.unwrap_or_default())
    }

    fn missing(&self, error: String, closer: &str) -> String {
        if self.peek().is_none() { format!("`{closer}` is missing") } else { error }
    }

    /// A name, a number or a special parameter; empty where there is none.
    fn name(&mut self) -> String {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_digit = |c: char| c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric());
        let length = match rest.chars().next() {
            None => 0,
            Some(c) if is_digit(c) => rest.find(|c| !is_digit(c)).unwrap_or(rest.len()),
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
            Some(_) => rest.find(|c: char| !c.is_alphabetic() && !is_digit(c) && c != '_').unwrap_or(rest.len()),
        };
        self.at += length;
        rest.get(..length).unwrap_or_default().to_owned()
    }

    fn possible_heredoc(&mut self) -> String {
        self.next();
        if self.peek() != Some('<') {
            return "<".to_owned();
        }
        let start = self.at;
        self.next();
        while matches!(self.peek(), Some('\t' | '\r' | ' ')) {
            self.next();
        }
        format!("<{}", self.text.get(start..self.at).unwrap_or_default())
    }
}

fn unsupported(modifier: &[Option<char>]) -> String {
    let modifier: String = modifier.iter().flatten().collect();
    if modifier.is_empty() || modifier == ":" {
        "`}` is missing".to_owned()
    } else {
        format!("`{modifier}` is no substitution that BuildKit knows")
    }
}
