//! How each instruction reads its arguments, with BuildKit's line parsers as the model. Whether the arguments make sense
//! is decided in `validate`.

use std::ops::Range;

use policyc_text::Span;

use crate::instruction::{Arguments, Flag, Instruction, Pair};
use crate::json::{self, Json};
use crate::keyword::Keyword;
use crate::mapped::{Mapped, Word};
use crate::split::{self, blank_parted, is_ascii_space, is_blank};

/// Deepest `ONBUILD ONBUILD …`, which BuildKit refuses from the second on.
const DEEPEST: usize = 8;

/// Something that BuildKit's parser refuses.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Refusal {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// An instruction from its logical line. What is refused has no arguments.
pub(crate) fn instruction<'t>(line: &Mapped<'t>, escape: char) -> (Instruction<'t>, Option<Refusal>) {
    nested(line, 0..line.text().len(), escape, 0)
}

fn nested<'t>(
    line: &Mapped<'t>,
    range: Range<usize>,
    escape: char,
    depth: usize,
) -> (Instruction<'t>, Option<Refusal>) {
    let split = split::split(line, range.clone(), escape);
    let keyword = Keyword::from_text(&split.name.text);
    let reader = Reader { line, rest: split.rest, escape, depth, name: &split.name };
    let (arguments, refusal) = match reader.arguments(keyword) {
        Ok((arguments, refusal)) => (arguments, refusal),
        Err(refusal) => (Arguments::None, Some(refusal)),
    };
    let flags = split.flags.into_iter().map(|word| flag(line.source(), word)).collect();
    let instruction = Instruction {
        keyword,
        name: split.name,
        flags,
        arguments,
        heredocs: Vec::new(),
        span: line.span(range),
        comments: Vec::new(),
        blank_lines: Vec::new(),
        stage: None,
        refused: refusal.is_some(),
    };
    (instruction, refusal)
}

fn flag<'t>(source: &'t str, word: Word<'t>) -> Flag<'t> {
    let dashes = word.text.len().min(2);
    match word.text.find('=') {
        None => Flag { name: word.part(source, dashes..word.text.len()), value: None, word },
        Some(at) => Flag {
            name: word.part(source, dashes..at.max(dashes)),
            value: Some(word.part(source, at + 1..word.text.len())),
            word,
        },
    }
}

struct Reader<'r, 't> {
    line: &'r Mapped<'t>,
    rest: Range<usize>,
    escape: char,
    depth: usize,
    name: &'r Word<'t>,
}

type Read<'t> = Result<(Arguments<'t>, Option<Refusal>), Refusal>;

impl<'t> Reader<'_, 't> {
    fn arguments(&self, keyword: Option<Keyword>) -> Read<'t> {
        if self.rest.is_empty() {
            return Ok((Arguments::None, None));
        }
        let arguments = match keyword {
            None => Arguments::None,
            Some(Keyword::Cmd | Keyword::Entrypoint | Keyword::Run | Keyword::Shell) => {
                self.command(self.rest.clone())?
            }
            Some(Keyword::Add | Keyword::Copy | Keyword::Volume) => self.list()?,
            Some(Keyword::Expose | Keyword::From) => Arguments::Words(blank_parted(self.line, self.rest.clone())),
            Some(Keyword::Maintainer | Keyword::Stopsignal | Keyword::User | Keyword::Workdir) => self.text(),
            Some(Keyword::Arg) => self.names(),
            Some(keyword @ (Keyword::Env | Keyword::Label)) => self.pairs(keyword)?,
            Some(Keyword::Healthcheck) => self.check()?,
            Some(Keyword::Onbuild) => return self.trigger(),
        };
        Ok((arguments, None))
    }

    fn text(&self) -> Arguments<'t> {
        Arguments::Text(self.line.word(self.rest.clone()))
    }

    fn json(&self, range: Range<usize>) -> Result<Option<Arguments<'t>>, Refusal> {
        // Most arguments are no array, and making a part of the line is not free.
        let text = self.line.text().get(range.clone()).unwrap_or_default();
        if !text.trim_start().starts_with('[') {
            return Ok(None);
        }
        match json::array(&self.line.part(range)) {
            Json::Strings(words) => Ok(Some(Arguments::Json(words))),
            Json::No => Ok(None),
            Json::Mixed(span) => {
                Err(Refusal::new(span, "an array of arguments holds strings only")
                    .hint("put the value in double quotes"))
            }
        }
    }

    fn command(&self, range: Range<usize>) -> Result<Arguments<'t>, Refusal> {
        if range.is_empty() {
            return Ok(Arguments::None);
        }
        let json = self.json(range.clone())?;
        Ok(json.unwrap_or_else(|| Arguments::Text(self.line.word(range))))
    }

    fn list(&self) -> Result<Arguments<'t>, Refusal> {
        let json = self.json(self.rest.clone())?;
        Ok(json.unwrap_or_else(|| Arguments::Words(blank_parted(self.line, self.rest.clone()))))
    }

    fn names(&self) -> Arguments<'t> {
        let words = split::words(self.line, self.rest.clone(), self.escape);
        let source = self.line.source();
        Arguments::Pairs(words.into_iter().map(|word| pair(source, &word).unwrap_or_else(|| lone(word))).collect())
    }

    fn pairs(&self, keyword: Keyword) -> Result<Arguments<'t>, Refusal> {
        let words = split::words(self.line, self.rest.clone(), self.escape);
        let Some(first) = words.first() else { return Ok(Arguments::None) };
        if !first.text.contains('=') {
            return self.legacy(keyword);
        }
        let source = self.line.source();
        let pairs = words.iter().map(|word| pair(source, word).ok_or(word)).collect::<Result<Vec<_>, _>>();
        pairs.map(Arguments::Pairs).map_err(|word| {
            Refusal::new(word.span, format!("`{}` has no `=`", word.text))
                .hint("write `name=value`, values with blanks in quotes")
        })
    }

    /// `ENV name value`: the rest of the line is the value.
    fn legacy(&self, keyword: Keyword) -> Result<Arguments<'t>, Refusal> {
        let text = self.line.text().get(self.rest.clone()).unwrap_or_default();
        let Some(length) = text.find(is_blank) else {
            let message = format!("{} needs a name and a value", keyword.as_str());
            return Err(Refusal::new(self.line.span(self.rest.clone()), message).hint("write `name=value`"));
        };
        let value = text.get(length..).unwrap_or_default().trim_start_matches(is_blank).len();
        let name = self.line.word(self.rest.start..self.rest.start + length);
        let value = self.line.word(self.rest.end - value..self.rest.end);
        Ok(Arguments::Pairs(vec![Pair { name, value: Some(value), legacy: true }]))
    }

    fn check(&self) -> Result<Arguments<'t>, Refusal> {
        let text = self.line.text().get(self.rest.clone()).unwrap_or_default();
        let length = text.find(is_ascii_space).unwrap_or(text.len());
        let after = text.get(length..).unwrap_or_default().trim_start_matches(is_ascii_space).len();
        let command = self.command(self.rest.end - after..self.rest.end)?;
        Ok(Arguments::Check(self.line.word(self.rest.start..self.rest.start + length), Box::new(command)))
    }

    fn trigger(&self) -> Read<'t> {
        if self.depth >= DEEPEST {
            return Err(Refusal::new(self.name.span, "ONBUILD cannot trigger another ONBUILD"));
        }
        let (trigger, refusal) = nested(self.line, self.rest.clone(), self.escape, self.depth + 1);
        Ok((Arguments::Trigger(Box::new(trigger)), refusal))
    }
}

fn pair<'t>(source: &'t str, word: &Word<'t>) -> Option<Pair<'t>> {
    let at = word.text.find('=')?;
    let value = word.part(source, at + 1..word.text.len());
    Some(Pair { name: word.part(source, 0..at), value: Some(value), legacy: false })
}

fn lone(word: Word<'_>) -> Pair<'_> {
    Pair { name: word, value: None, legacy: false }
}
