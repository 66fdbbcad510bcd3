//! Simple commands: their assignments, words and redirections, and which names they set.

use policyc_text::Span;

use crate::shell::command::{Assignment, Command, Redirect};
use crate::shell::parse::{Parser, Pending, Step};
use crate::shell::word::ShellWord;
use crate::shell::{MOST_COMMANDS, MOST_WORDS};

impl<'t> Parser<'_, 't> {
    /// Makes room for a command, so that those within its words come after it.
    pub(super) fn reserve(&mut self) -> Step<usize> {
        if self.out.commands.len() >= MOST_COMMANDS || self.out.words >= MOST_WORDS {
            return Err(self.too_much("the script has too many commands to be read"));
        }
        let mut command = Command::new(self.context, self.mapped.offset(self.at));
        command.join = self.join;
        command.inside = self.inside;
        command.pipeline = u32::MAX;
        self.out.commands.push(command);
        Ok(self.out.commands.len() - 1)
    }

    /// Ends a command: its span is known now.
    pub(super) fn finish(&mut self, index: usize) {
        let Some(command) = self.out.commands.get_mut(index) else { return };
        let words = command.words.iter().map(ShellWord::span);
        let assignments = command.assignments.iter().map(|assignment| assignment.name.span.to(assignment.value.span()));
        if let Some(span) = assignments.chain(words).reduce(Span::to) {
            command.span = span;
        } else if let Some(first) = command.redirects.first() {
            command.span = first.operator.span;
        }
    }

    /// Ends what runs nothing itself but whose words may hold substitutions.
    pub(super) fn finish_bare(&mut self, index: usize) {
        self.finish(index);
        if let Some(command) = self.out.commands.get_mut(index) {
            command.words.clear();
        }
    }

    pub(super) fn simple(&mut self) -> Step {
        let index = self.reserve()?;
        self.words(index)?;
        let at = self.at;
        let Some(command) = self.out.commands.get(index) else { return Ok(()) };
        if self.starts("(")
            && command.words.len() == 1
            && command.assignments.is_empty()
            && command.redirects.is_empty()
        {
            self.at += 1;
            self.skip_blanks();
            if self.eat(")") {
                self.out.commands.truncate(index);
                return self.function_body();
            }
            self.at = at;
            return Err(self.unexpected());
        }
        if command.words.is_empty() && command.assignments.is_empty() && command.redirects.is_empty() {
            return Err(self.unexpected());
        }
        self.remember_assigned(index);
        self.finish(index);
        Ok(())
    }

    /// Keeps the names that a command sets, whose values nothing else knows.
    fn remember_assigned(&mut self, index: usize) {
        let Some(command) = self.out.commands.get(index) else { return };
        let mut names: Vec<String> =
            command.assignments.iter().map(|assignment| assignment.name.text.to_string()).collect();
        if matches!(
            command.program(),
            Some(
                "export"
                    | "read"
                    | "local"
                    | "declare"
                    | "typeset"
                    | "readonly"
                    | "unset"
                    | "getopts"
                    | "mapfile"
                    | "printf"
            )
        ) {
            let words = command.words.iter().skip(1).map(|word| word.text().split('=').next().unwrap_or_default());
            names.extend(words.filter(|name| is_name(name)).map(str::to_owned));
        }
        self.out.assigned.extend(names);
    }

    /// Assignments, words and redirections up to what ends a command.
    pub(super) fn words(&mut self, index: usize) -> Step {
        let mut test = false;
        loop {
            self.skip_blanks();
            let Some(c) = self.peek() else {
                return if test { Err(self.broken(self.at..self.at, "`]]` is missing")) } else { Ok(()) };
            };
            if test {
                if matches!(c, '\n') {
                    self.at += 1;
                    continue;
                }
                let sign = ["&&", "||", "(", ")", "<", ">"].into_iter().find(|sign| self.starts(sign));
                if let Some(sign) = sign {
                    self.push_verbatim(index, sign.len())?;
                    continue;
                }
            } else if self.redirect(index)? {
                continue;
            } else if matches!(c, '\n' | ';' | '&' | '|' | '(' | ')') {
                return Ok(());
            }
            let start = self.at;
            let command = self.out.commands.get(index);
            let is_first = command.is_some_and(|command| command.words.is_empty());
            if is_first && let Some(length) = assignment(self.rest()) {
                self.assignment(index, length)?;
                continue;
            }
            if is_first && self.reserved_here() == "[[" {
                test = true;
            } else if test && self.reserved_here() == "]]" {
                test = false;
            }
            self.word(index, test)?;
            if self.at == start {
                return Err(self.unexpected());
            }
        }
    }

    fn push_verbatim(&mut self, index: usize, length: usize) -> Step {
        let word = self.mapped.word(self.at..self.at + length);
        self.at += length;
        self.push_word(index, ShellWord { word, quoted: false, parts: Vec::new() })
    }

    fn push_word(&mut self, index: usize, word: ShellWord<'t>) -> Step {
        self.out.words += 1;
        if self.out.words > MOST_WORDS {
            return Err(self.too_much("the script has too many words to be read"));
        }
        if let Some(command) = self.out.commands.get_mut(index) {
            command.words.push(word);
        }
        Ok(())
    }

    fn assignment(&mut self, index: usize, length: usize) -> Step {
        let name = self.mapped.word(self.at..self.at + length);
        self.at += length;
        let append = self.eat("+");
        self.at += 1;
        let value = if self.starts("(") { self.array(index)? } else { self.read_word(index, false)? };
        if let Some(command) = self.out.commands.get_mut(index) {
            command.assignments.push(Assignment { name, value, append });
        }
        Ok(())
    }

    /// The value of `a=(x y)`: its words are of no use, but what is substituted in them runs.
    fn array(&mut self, index: usize) -> Step<ShellWord<'t>> {
        let start = self.at;
        self.at += 1;
        loop {
            self.skip_lines();
            if self.eat(")") {
                break;
            }
            let before = self.at;
            self.read_word(index, false)?;
            if self.at == before {
                return Err(self.unexpected());
            }
        }
        Ok(ShellWord { word: self.mapped.word(start..self.at), quoted: true, parts: Vec::new() })
    }

    /// The operator of a redirection at this place, and the number before it: their lengths.
    pub(super) fn redirect_operator(&self) -> Option<(usize, usize)> {
        let rest = self.rest();
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let after = rest.get(digits..)?;
        let found = ["<<<", "<<-", "&>>", "<<", ">>", "<&", ">&", "<>", ">|", "&>", "<", ">"]
            .into_iter()
            .find(|operator| after.starts_with(operator))?;
        let process = (found == "<" || found == ">") && after.get(1..).is_some_and(|after| after.starts_with('('));
        let numbered = digits == 0 || !found.starts_with('&');
        (!process && numbered).then_some((digits, found.len()))
    }

    pub(super) fn redirect(&mut self, index: usize) -> Step<bool> {
        let Some((digits, length)) = self.redirect_operator() else { return Ok(false) };
        let descriptor = self.rest().get(..digits).and_then(|digits| digits.parse().ok());
        self.at += digits;
        let operator = self.mapped.word(self.at..self.at + length);
        self.at += length;
        self.skip_blanks();
        let start = self.at;
        let target = self.read_word(index, false)?;
        if self.at == start {
            return Err(self.unexpected());
        }
        let heredoc = matches!(&*operator.text, "<<" | "<<-");
        let (strip_tabs, end) = (&*operator.text == "<<-", target.text().to_owned());
        let Some(command) = self.out.commands.get_mut(index) else { return Ok(true) };
        command.redirects.push(Redirect { operator, descriptor, target, body: None });
        if heredoc {
            let redirect = command.redirects.len() - 1;
            self.heredocs.push(Pending { command: index, redirect, end, strip_tabs });
        }
        Ok(true)
    }

    pub(super) fn word(&mut self, index: usize, test: bool) -> Step {
        let start = self.at;
        let word = self.read_word(index, test)?;
        if self.at == start { Ok(()) } else { self.push_word(index, word) }
    }
}

/// The length of the name of an assignment at the start of a text.
fn assignment(text: &str) -> Option<usize> {
    let length = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    let after = text.get(length..)?;
    let sign = after.starts_with('=') || after.starts_with("+=");
    (sign && is_name(text.get(..length)?)).then_some(length)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
