//! Words of the shell: quotes, escapes, and what only a running shell knows of them. Commands within words are handed
//! back to the grammar.

use crate::mapped::Builder;
use crate::shell::command::{Context, Join};
use crate::shell::parse::{Parser, Step, arithmetic, script};
use crate::shell::word::{Part, PartKind, ShellWord};

/// A word while it is put together.
struct Made<'t> {
    builder: Builder<'t>,
    quoted: bool,
    parts: Vec<Part>,
    /// Bytes in the builder.
    length: usize,
}

impl<'t> Parser<'_, 't> {
    /// A word up to a blank or an operator. In tests, patterns may hold operators.
    pub(super) fn read_word(&mut self, index: usize, test: bool) -> Step<ShellWord<'t>> {
        let start = self.at;
        let mut made =
            Made { builder: Builder::new(self.mapped.source()), quoted: false, parts: Vec::new(), length: 0 };
        loop {
            let rest = self.rest();
            let plain = rest.find(|c: char| {
                c.is_whitespace()
                    || matches!(c, ';' | '&' | '|' | '<' | '>' | '(' | ')' | '\'' | '"' | '\\' | '$' | '`')
            });
            let plain = plain.unwrap_or(rest.len());
            self.take(&mut made, plain);
            let Some(c) = self.peek() else { break };
            match c {
                '\\' => self.escape(&mut made),
                '\'' => self.single(&mut made)?,
                '"' => self.double(&mut made, index)?,
                '$' => self.dollar(&mut made, index, false)?,
                '`' => self.backticks(&mut made, index, false)?,
                '<' | '>' if self.rest().get(1..).is_some_and(|rest| rest.starts_with('(')) => {
                    let from = self.at;
                    self.at += 1;
                    self.substitution(&mut made, index, from, false)?;
                }
                '(' if test && self.at > start => self.take(&mut made, 1),
                ')' | '|' if test && self.at > start && !self.starts("||") => self.take(&mut made, 1),
                _ if c.is_whitespace() && !matches!(c, ' ' | '\t' | '\n' | '\r') => self.take(&mut made, c.len_utf8()),
                _ => break,
            }
        }
        let span = self.mapped.span(start..self.at);
        let Made { builder, quoted, parts, .. } = made;
        Ok(ShellWord { word: builder.finish_word(span), quoted, parts })
    }

    /// Appends what stands here as it is.
    fn take(&mut self, made: &mut Made<'t>, length: usize) {
        made.builder.push_mapped(self.mapped, self.at..self.at + length);
        made.length += length;
        self.at += length;
    }

    fn escape(&mut self, made: &mut Made<'t>) {
        self.at += 1;
        let Some(c) = self.peek() else {
            // A lone escape character at the end stands for itself.
            self.at -= 1;
            self.take(made, 1);
            return;
        };
        if c == '\n' {
            self.at += 1;
        } else if self.starts("\r\n") {
            self.at += 2;
        } else {
            made.quoted = true;
            self.take(made, c.len_utf8());
        }
    }

    fn single(&mut self, made: &mut Made<'t>) -> Step {
        let start = self.at;
        self.at += 1;
        made.quoted = true;
        let Some(length) = self.rest().find('\'') else {
            return Err(self.broken(start..start + 1, "the single quote is not closed"));
        };
        self.take(made, length);
        self.at += 1;
        Ok(())
    }

    fn double(&mut self, made: &mut Made<'t>, index: usize) -> Step {
        let start = self.at;
        self.at += 1;
        made.quoted = true;
        loop {
            let rest = self.rest();
            let plain = rest.find(['"', '\\', '$', '`']).unwrap_or(rest.len());
            self.take(made, plain);
            match self.peek() {
                None => return Err(self.broken(start..start + 1, "the double quote is not closed")),
                Some('"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some('$') => self.dollar(made, index, true)?,
                Some('`') => self.backticks(made, index, true)?,
                Some(_) => match self.rest().chars().nth(1) {
                    Some('\n') => self.at += 2,
                    Some('$' | '`' | '"' | '\\') => {
                        self.at += 1;
                        self.take(made, 1);
                    }
                    _ => self.take(made, 1),
                },
            }
        }
    }

    fn dollar(&mut self, made: &mut Made<'t>, index: usize, quoted: bool) -> Step {
        let from = self.at;
        let rest = self.rest().get(1..).unwrap_or_default();
        match rest.chars().next() {
            Some('(') => {
                if rest.starts_with("((")
                    && let Some(length) = arithmetic(rest)
                {
                    self.part(made, length + 1, PartKind::Arithmetic, quoted);
                    return Ok(());
                }
                self.at += 1;
                self.substitution(made, index, from, quoted)
            }
            Some('{') => self.braces(made, index, quoted),
            Some('\'') if !quoted => self.ansi(made),
            Some('"') if !quoted => {
                self.at += 1;
                self.double(made, index)
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                let name = rest.get(..length).unwrap_or_default().to_owned();
                self.part(made, length + 1, PartKind::Variable(name), quoted);
                Ok(())
            }
            Some(c) if c.is_ascii_digit() || matches!(c, '@' | '*' | '#' | '?' | '-' | '$' | '!') => {
                self.part(made, 2, PartKind::Variable(c.to_string()), quoted);
                Ok(())
            }
            _ => {
                self.take(made, 1);
                Ok(())
            }
        }
    }

    /// Appends a part that only a running shell knows, as it is written.
    fn part(&mut self, made: &mut Made<'t>, length: usize, kind: PartKind, quoted: bool) {
        let span = self.mapped.span(self.at..self.at + length);
        let range = made.length..made.length + length;
        self.take(made, length);
        made.parts.push(Part { range, span, kind, quoted });
    }

    /// As `part`, for what was read from `from` up to here.
    fn part_from(&mut self, made: &mut Made<'t>, from: usize, kind: PartKind, quoted: bool) {
        let length = self.at - from;
        self.at = from;
        self.part(made, length, kind, quoted);
    }

    /// `$(…)` or `<(…)`, from before the parenthesis. The commands in it are read.
    fn substitution(&mut self, made: &mut Made<'t>, index: usize, from: usize, quoted: bool) -> Step {
        self.at += 1;
        let change = |context: &mut Context| {
            context.subshell = true;
            context.substitution = true;
        };
        let join = std::mem::replace(&mut self.join, Join::None);
        let before = (self.inside.replace(index), join, std::mem::take(&mut self.heredocs));
        let result = self.within(change, |this| this.list(&[]));
        (self.inside, self.join, self.heredocs) = before;
        result?;
        if !self.eat(")") {
            return Err(self.broken(from..from + 1, "`)` is missing"));
        }
        self.part_from(made, from, PartKind::Substitution, quoted);
        Ok(())
    }

    fn backticks(&mut self, made: &mut Made<'t>, index: usize, quoted: bool) -> Step {
        let from = self.at;
        self.at += 1;
        let mut inner = Builder::new(self.mapped.source());
        loop {
            let rest = self.rest();
            let plain = rest.find(['`', '\\']).unwrap_or(rest.len());
            inner.push_mapped(self.mapped, self.at..self.at + plain);
            self.at += plain;
            match self.peek() {
                None => return Err(self.broken(from..from + 1, "the backtick is not closed")),
                Some('`') => break,
                Some(_) => {
                    let escaped = self.rest().chars().nth(1);
                    let drop = matches!(escaped, Some('`' | '\\' | '$')) || (quoted && escaped == Some('"'));
                    let keep = usize::from(drop);
                    let length = 1 + escaped.map_or(0, char::len_utf8);
                    inner.push_mapped(self.mapped, self.at + keep..self.at + length);
                    self.at += length;
                }
            }
        }
        self.at += 1;
        let inner = inner.finish(self.mapped.offset(from));
        let mut context = self.context;
        context.subshell = true;
        context.substitution = true;
        self.deeper(|this| script(&inner, context, Some(index), this.depth, this.out))?;
        self.part_from(made, from, PartKind::Substitution, quoted);
        Ok(())
    }

    /// `${…}`: the name counts, and the commands that are substituted in the rest.
    fn braces(&mut self, made: &mut Made<'t>, index: usize, quoted: bool) -> Step {
        let from = self.at;
        self.at += 2;
        let rest = self.rest();
        let signs = rest.find(|c| !matches!(c, '#' | '!')).unwrap_or(0);
        let after = rest.get(signs..).unwrap_or_default();
        let length = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
        let name = match length {
            0 => rest.chars().next().map(String::from).unwrap_or_default(),
            _ => after.get(..length).unwrap_or_default().to_owned(),
        };
        self.at += if length == 0 { name.len().min(usize::from(name != "}")) } else { signs + length };
        self.deeper(|this| this.brace_word(from, index, quoted))?;
        self.part_from(made, from, PartKind::Variable(name), quoted);
        Ok(())
    }

    fn brace_word(&mut self, from: usize, index: usize, quoted: bool) -> Step {
        let mut unused =
            Made { builder: Builder::new(self.mapped.source()), quoted: false, parts: Vec::new(), length: 0 };
        loop {
            let rest = self.rest();
            self.at += rest.find(['}', '\\', '\'', '"', '$', '`']).unwrap_or(rest.len());
            match self.peek() {
                None => return Err(self.broken(from..from + 2, "`}` is missing")),
                Some('}') => {
                    self.at += 1;
                    return Ok(());
                }
                Some('\\') => {
                    let escaped = self.rest().chars().nth(1);
                    self.at += 1 + escaped.map_or(0, char::len_utf8);
                }
                Some('\'') if quoted => self.at += 1,
                Some('\'') => self.single(&mut unused)?,
                Some('"') => self.double(&mut unused, index)?,
                Some('$') => self.dollar(&mut unused, index, quoted)?,
                Some(_) => self.backticks(&mut unused, index, quoted)?,
            }
        }
    }

    /// `$'…'`.
    fn ansi(&mut self, made: &mut Made<'t>) -> Step {
        let start = self.at;
        self.at += 2;
        made.quoted = true;
        loop {
            let rest = self.rest();
            let plain = rest.find(['\'', '\\']).unwrap_or(rest.len());
            self.take(made, plain);
            match self.peek() {
                None => return Err(self.broken(start..start + 2, "the single quote is not closed")),
                Some('\'') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(_) => {
                    let Some(c) = self.rest().chars().nth(1) else {
                        return Err(self.broken(start..start + 2, "the single quote is not closed"));
                    };
                    let decoded = match c {
                        'n' => "\n",
                        't' => "\t",
                        'r' => "\r",
                        'e' | 'E' => "\x1B",
                        _ => "",
                    };
                    let span = self.mapped.span(self.at..self.at + 1 + c.len_utf8());
                    if decoded.is_empty() {
                        self.at += 1;
                        self.take(made, c.len_utf8());
                    } else {
                        made.builder.push(decoded, span);
                        made.length += decoded.len();
                        self.at += 2;
                    }
                }
            }
        }
    }
}
