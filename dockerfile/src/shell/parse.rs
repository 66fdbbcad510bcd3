//! The grammar of the shell, as far as commands and their words need it: POSIX with what Bash adds and Dockerfiles use.
//!
//! One pass over the text. Nesting is limited, so that no text can exhaust the stack.

use std::ops::Range;

use crate::mapped::Mapped;
use crate::shell::command::{Context, Join};
use crate::shell::{Broken, DEEPEST, Output};

pub(super) type Step<T = ()> = Result<T, Broken>;

/// Reads a script and appends its commands. What was read before a mistake stays.
pub(crate) fn script<'t>(
    text: &Mapped<'t>,
    context: Context,
    inside: Option<usize>,
    depth: usize,
    out: &mut Output<'t>,
) -> Step {
    let mut parser = Parser {
        mapped: text,
        text: text.text(),
        at: 0,
        depth,
        context,
        inside,
        heredocs: Vec::new(),
        join: Join::None,
        out,
    };
    parser.list(&[])?;
    if parser.at < parser.text.len() {
        return Err(parser.unexpected());
    }
    Ok(())
}

/// A here-document whose lines begin behind the next line end.
pub(super) struct Pending {
    pub(super) command: usize,
    pub(super) redirect: usize,
    pub(super) end: String,
    pub(super) strip_tabs: bool,
}

pub(super) struct Parser<'p, 't> {
    pub(super) mapped: &'p Mapped<'t>,
    text: &'p str,
    pub(super) at: usize,
    pub(super) depth: usize,
    pub(super) context: Context,
    pub(super) inside: Option<usize>,
    pub(super) heredocs: Vec<Pending>,
    /// What joins the next command to the one before.
    pub(super) join: Join,
    pub(super) out: &'p mut Output<'t>,
}

/// Words that mean something only where a command may begin.
const RESERVED: [&str; 10] = ["then", "else", "elif", "fi", "do", "done", "esac", "in", "}", "]]"];

impl<'p, 't> Parser<'p, 't> {
    pub(super) fn rest(&self) -> &'p str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn starts(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.starts(text);
        if found {
            self.at += text.len();
        }
        found
    }

    pub(super) fn broken(&self, range: Range<usize>, message: impl Into<String>) -> Broken {
        Broken { span: self.mapped.span(range), message: message.into(), limit: false }
    }

    pub(super) fn too_much(&self, message: &str) -> Broken {
        Broken { limit: true, ..self.broken(self.at..self.at, message) }
    }

    pub(super) fn unexpected(&self) -> Broken {
        match self.peek() {
            None => self.broken(self.at..self.at, "the command ends too early"),
            Some('\n') => self.broken(self.at..self.at + 1, "the line ends too early"),
            Some(_) => {
                let word = self.reserved_here();
                let length = if word.is_empty() { self.peek().map_or(0, char::len_utf8) } else { word.len() };
                let shown = self.rest().get(..length).unwrap_or_default();
                self.broken(self.at..self.at + length, format!("`{shown}` does not fit here"))
            }
        }
    }

    /// Blanks, continued lines and comments.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\r']);
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("\\\n") {
                self.at += 2;
            } else if trimmed.starts_with("\\\r\n") {
                self.at += 3;
            } else if trimmed.starts_with('#') {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else {
                return;
            }
        }
    }

    /// Blanks and line ends, with the here-documents that begin behind them.
    pub(super) fn skip_lines(&mut self) {
        loop {
            self.skip_blanks();
            if !self.newline() {
                return;
            }
        }
    }

    fn newline(&mut self) -> bool {
        if !self.eat("\n") {
            return false;
        }
        for pending in std::mem::take(&mut self.heredocs) {
            self.heredoc_body(&pending);
        }
        true
    }

    fn heredoc_body(&mut self, pending: &Pending) {
        let start = self.at;
        let mut end = self.text.len();
        while self.at < self.text.len() {
            let line_start = self.at;
            let rest = self.rest();
            let length = rest.find('\n').unwrap_or(rest.len());
            self.at += (length + 1).min(rest.len());
            let line = rest.get(..length).unwrap_or_default().trim_end_matches('\r');
            let line = if pending.strip_tabs { line.trim_start_matches('\t') } else { line };
            if line == pending.end {
                end = line_start;
                break;
            }
        }
        let body = self.mapped.word(start..end);
        let command = self.out.commands.get_mut(pending.command);
        if let Some(redirect) = command.and_then(|command| command.redirects.get_mut(pending.redirect)) {
            redirect.body = Some(body);
        }
    }

    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        if self.depth >= DEEPEST {
            return Err(self.too_much("the commands are nested too deeply to be read"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    pub(super) fn within<T>(
        &mut self,
        change: impl FnOnce(&mut Context),
        read: impl FnOnce(&mut Self) -> Step<T>,
    ) -> Step<T> {
        let before = self.context;
        change(&mut self.context);
        let result = self.deeper(read);
        self.context = before;
        result
    }

    /// The word at this place if a reserved one could stand here: letters, or one of the signs.
    pub(super) fn reserved_here(&self) -> &'p str {
        let rest = self.rest();
        let length = rest.find(|c: char| {
            c.is_whitespace() || matches!(c, ';' | '&' | '|' | '<' | '>' | '(' | ')' | '\'' | '"' | '\\' | '$' | '`')
        });
        rest.get(..length.unwrap_or(rest.len())).unwrap_or_default()
    }

    fn at_terminator(&self, terminators: &[&str]) -> bool {
        if self.at >= self.text.len() || self.starts(")") || self.starts(";;") || self.starts(";&") {
            return true;
        }
        let word = self.reserved_here();
        terminators.contains(&word)
    }

    /// Commands up to a word or sign that ends them, which is not read.
    pub(super) fn list(&mut self, terminators: &[&str]) -> Step {
        loop {
            self.skip_lines();
            if self.at_terminator(terminators) {
                return Ok(());
            }
            self.and_or()?;
            self.skip_blanks();
            self.join = Join::None;
            if self.at_terminator(terminators) || self.starts("\n") {
                continue;
            }
            if self.starts("&&") || self.starts("||") || !(self.eat(";") || self.eat("&")) {
                return Err(self.unexpected());
            }
        }
    }

    fn and_or(&mut self) -> Step {
        loop {
            self.pipeline()?;
            self.skip_blanks();
            self.join = if self.eat("&&") {
                Join::And
            } else if self.eat("||") {
                Join::Or
            } else {
                return Ok(());
            };
            self.skip_lines();
        }
    }

    fn pipeline(&mut self) -> Step {
        while self.reserved_here() == "!" {
            self.at += 1;
            self.skip_blanks();
        }
        let number = self.out.pipelines;
        self.out.pipelines += 1;
        let mut place = 0;
        loop {
            let first = self.out.commands.len();
            self.command()?;
            // What stands inside of the command has a pipeline of its own, made later.
            let last = self.out.commands.len();
            for command in self.out.commands.get_mut(first..last).unwrap_or_default() {
                if command.pipeline == u32::MAX {
                    command.pipeline = number;
                    command.pipe_index = place;
                }
            }
            place += 1;
            self.skip_blanks();
            if self.starts("||") || !(self.eat("|&") || self.eat("|")) {
                return Ok(());
            }
            self.join = Join::Pipe;
            self.skip_lines();
        }
    }

    fn command(&mut self) -> Step {
        if self.starts("((")
            && let Some(length) = arithmetic(self.rest())
        {
            self.at += length;
            return self.redirects_of_compound();
        }
        if self.starts("(") {
            self.at += 1;
            self.compound(|context| context.subshell = true, &[], ")")?;
            return self.redirects_of_compound();
        }
        match self.reserved_here() {
            "{" => {
                self.at += 1;
                self.compound(|_| {}, &["}"], "}")?;
                self.redirects_of_compound()
            }
            "if" => {
                self.at += 2;
                self.deeper(Self::if_clause)?;
                self.redirects_of_compound()
            }
            word @ ("while" | "until") => {
                self.at += word.len();
                self.within(|context| context.condition = true, |this| this.list(&["do"]))?;
                self.expect("do")?;
                self.compound(|context| context.looped = true, &["done"], "done")?;
                self.redirects_of_compound()
            }
            word @ ("for" | "select") => {
                self.at += word.len();
                self.for_clause()?;
                self.redirects_of_compound()
            }
            "case" => {
                self.at += 4;
                self.deeper(Self::case_clause)?;
                self.redirects_of_compound()
            }
            "function" => {
                self.at += "function".len();
                self.skip_blanks();
                self.at += self.reserved_here().len();
                self.skip_blanks();
                if self.eat("(") {
                    self.skip_blanks();
                    self.expect(")")?;
                }
                self.function_body()
            }
            word if RESERVED.contains(&word) => Err(self.unexpected()),
            _ => self.simple(),
        }
    }

    fn compound(&mut self, change: impl FnOnce(&mut Context), terminators: &[&str], closer: &str) -> Step {
        self.within(change, |this| this.list(terminators))?;
        self.expect(closer)
    }

    fn expect(&mut self, word: &str) -> Step {
        self.skip_lines();
        if self.reserved_here() == word || (word == ")" && self.starts(word)) {
            self.at += word.len();
            return Ok(());
        }
        if self.at >= self.text.len() {
            return Err(self.broken(self.at..self.at, format!("`{word}` is missing")));
        }
        Err(self.unexpected())
    }

    fn redirects_of_compound(&mut self) -> Step {
        self.skip_blanks();
        if self.redirect_operator().is_none() {
            return Ok(());
        }
        let index = self.reserve()?;
        while self.redirect(index)? {
            self.skip_blanks();
        }
        self.finish(index);
        Ok(())
    }

    fn if_clause(&mut self) -> Step {
        loop {
            self.within(|context| context.condition = true, |this| this.list(&["then"]))?;
            self.expect("then")?;
            self.within(|context| context.branch = true, |this| this.list(&["elif", "else", "fi"]))?;
            match self.reserved_here() {
                "elif" => self.at += 4,
                "else" => {
                    self.at += 4;
                    self.within(|context| context.branch = true, |this| this.list(&["fi"]))?;
                    return self.expect("fi");
                }
                _ => return self.expect("fi"),
            }
        }
    }

    fn for_clause(&mut self) -> Step {
        self.skip_blanks();
        if self.starts("((") {
            self.at += arithmetic(self.rest()).ok_or_else(|| self.unexpected())?;
        } else {
            let name = self.reserved_here();
            self.at += name.len();
            self.out.assigned.insert(name.to_owned());
            self.skip_lines();
            if self.reserved_here() == "in" {
                self.at += 2;
                // The words of the list run nothing, but what is substituted in them does.
                let index = self.reserve()?;
                self.words(index)?;
                self.finish_bare(index);
            }
        }
        self.skip_lines();
        if self.eat(";") {
            self.skip_lines();
        }
        if self.reserved_here() == "{" {
            self.at += 1;
            return self.compound(|context| context.looped = true, &["}"], "}");
        }
        self.expect("do")?;
        self.compound(|context| context.looped = true, &["done"], "done")
    }

    fn case_clause(&mut self) -> Step {
        self.skip_blanks();
        let index = self.reserve()?;
        self.word(index, false)?;
        self.finish_bare(index);
        self.expect("in")?;
        loop {
            self.skip_lines();
            if self.reserved_here() == "esac" {
                self.at += 4;
                return Ok(());
            }
            self.eat("(");
            let index = self.reserve()?;
            loop {
                self.skip_blanks();
                self.word(index, false)?;
                self.skip_blanks();
                if !self.eat("|") {
                    break;
                }
            }
            self.finish_bare(index);
            if !self.eat(")") {
                return Err(self.unexpected());
            }
            self.within(|context| context.branch = true, |this| this.list(&["esac"]))?;
            let _ = self.eat(";;&") || self.eat(";;") || self.eat(";&");
        }
    }

    pub(super) fn function_body(&mut self) -> Step {
        self.skip_lines();
        self.within(|context| context.function = true, Self::command)
    }
}

/// The length of `((…))` from its first parenthesis; `None` where it is not closed by two.
pub(super) fn arithmetic(text: &str) -> Option<usize> {
    let text = text.strip_prefix('(').map(|_| text)?;
    let mut depth = 0_usize;
    let mut last = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 1 {
                    last = at;
                }
                if depth == 0 {
                    return (last + 1 == at).then_some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
