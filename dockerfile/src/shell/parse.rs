//! The grammar of the shell, as far as commands and their words need it: POSIX with what Bash adds and Dockerfiles use.
//!
//! One pass over the text. Nesting is limited, so that no text can exhaust the stack.

use std::ops::Range;

use policyc_text::Span;

use crate::mapped::{Builder, Mapped};
use crate::shell::command::{Assignment, Command, Context, Join, Redirect};
use crate::shell::word::{Part, PartKind, ShellWord};
use crate::shell::{Broken, DEEPEST, MOST_COMMANDS, MOST_WORDS, Output};

type Step<T = ()> = Result<T, Broken>;

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
struct Pending {
    command: usize,
    redirect: usize,
    end: String,
    strip_tabs: bool,
}

struct Parser<'p, 't> {
    mapped: &'p Mapped<'t>,
    text: &'p str,
    at: usize,
    depth: usize,
    context: Context,
    inside: Option<usize>,
    heredocs: Vec<Pending>,
    /// What joins the next command to the one before.
    join: Join,
    out: &'p mut Output<'t>,
}

/// Words that mean something only where a command may begin.
const RESERVED: [&str; 10] = ["then", "else", "elif", "fi", "do", "done", "esac", "in", "}", "]]"];

impl<'p, 't> Parser<'p, 't> {
    fn rest(&self) -> &'p str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn starts(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.starts(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn broken(&self, range: Range<usize>, message: impl Into<String>) -> Broken {
        Broken { span: self.mapped.span(range), message: message.into() }
    }

    fn unexpected(&self) -> Broken {
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
    fn skip_blanks(&mut self) {
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
    fn skip_lines(&mut self) {
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

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        if self.depth >= DEEPEST {
            return Err(self.broken(self.at..self.at, "the commands are nested too deeply to be read"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn within<T>(&mut self, change: impl FnOnce(&mut Context), read: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        let before = self.context;
        change(&mut self.context);
        let result = self.deeper(read);
        self.context = before;
        result
    }

    /// The word at this place if a reserved one could stand here: letters, or one of the signs.
    fn reserved_here(&self) -> &'p str {
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
    fn list(&mut self, terminators: &[&str]) -> Step {
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

    fn function_body(&mut self) -> Step {
        self.skip_lines();
        self.within(|context| context.function = true, Self::command)
    }

    /// Makes room for a command, so that those within its words come after it.
    fn reserve(&mut self) -> Step<usize> {
        if self.out.commands.len() >= MOST_COMMANDS || self.out.words >= MOST_WORDS {
            return Err(self.broken(self.at..self.at, "the script has too many commands to be read"));
        }
        let mut command = Command::new(self.context, self.mapped.offset(self.at));
        command.join = self.join;
        command.inside = self.inside;
        command.pipeline = u32::MAX;
        self.out.commands.push(command);
        Ok(self.out.commands.len() - 1)
    }

    /// Ends a command: its span is known now.
    fn finish(&mut self, index: usize) {
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
    fn finish_bare(&mut self, index: usize) {
        self.finish(index);
        if let Some(command) = self.out.commands.get_mut(index) {
            command.words.clear();
        }
    }

    fn simple(&mut self) -> Step {
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
    fn words(&mut self, index: usize) -> Step {
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
            return Err(self.broken(self.at..self.at, "the script has too many words to be read"));
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
    fn redirect_operator(&self) -> Option<(usize, usize)> {
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

    fn redirect(&mut self, index: usize) -> Step<bool> {
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

    fn word(&mut self, index: usize, test: bool) -> Step {
        let start = self.at;
        let word = self.read_word(index, test)?;
        if self.at == start { Ok(()) } else { self.push_word(index, word) }
    }

    /// A word up to a blank or an operator. In tests, patterns may hold operators.
    fn read_word(&mut self, index: usize, test: bool) -> Step<ShellWord<'t>> {
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

/// A word while it is put together.
struct Made<'t> {
    builder: Builder<'t>,
    quoted: bool,
    parts: Vec<Part>,
    /// Bytes in the builder.
    length: usize,
}

/// The length of `((…))` from its first parenthesis; `None` where it is not closed by two.
fn arithmetic(text: &str) -> Option<usize> {
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
