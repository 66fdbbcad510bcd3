//! Which parts of an instruction a shell reads, and what they hold.

use std::rc::Rc;

use policyc_text::Span;

use crate::instruction::{Arguments, Dockerfile, Heredoc, Instruction};
use crate::keyword::Keyword;
use crate::mapped::{Builder, Mapped, Word};
use crate::shell::command::{Command, Context};
use crate::shell::word::ShellWord;
use crate::shell::{Broken, Output, nested, parse, programs};
use crate::stage::Origin;

/// The shell that reads the shell form of instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its words: `/bin/sh`, `-c`.
    pub words: Vec<String>,
    /// What it understands.
    pub kind: ShellKind,
    /// The place of the `SHELL` instruction that sets it.
    pub instruction: Option<usize>,
}

/// What a shell understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShellKind {
    /// The language that is read here.
    Posix,
    /// PowerShell.
    PowerShell,
    /// The command line of Windows.
    Cmd,
    /// Something else.
    Other,
}

/// What one instruction runs.
#[derive(Clone, Debug)]
pub struct Script<'t> {
    /// The place of the instruction among the file's.
    pub instruction: usize,
    /// The shell that reads it; `None` for the JSON form, which no shell reads.
    pub shell: Option<Rc<Program>>,
    /// Its commands in source order.
    pub commands: Vec<Command<'t>>,
    /// Names that the script itself sets, in order.
    pub assigned: Vec<String>,
    /// Why it is not known what it runs: a text that breaks off, a language that is not read here.
    pub unread: Option<Broken>,
}

impl Script<'_> {
    /// Whether the script itself sets a variable.
    #[must_use]
    pub fn assigns(&self, name: &str) -> bool {
        self.assigned.binary_search_by(|own| own.as_str().cmp(name)).is_ok()
    }
}

impl Program {
    fn standard(windows: bool) -> Self {
        let words: &[&str] = if windows { &["cmd", "/S", "/C"] } else { &["/bin/sh", "-c"] };
        Self::new(words.iter().map(|word| (*word).to_owned()).collect(), None)
    }

    fn new(words: Vec<String>, instruction: Option<usize>) -> Self {
        let kind = kind(&words);
        Self { words, kind, instruction }
    }
}

fn kind(words: &[String]) -> ShellKind {
    let first = words.first().map(String::as_str).unwrap_or_default();
    let name = first.rsplit(['/', '\\']).next().unwrap_or(first).to_ascii_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    match name {
        "powershell" | "pwsh" => ShellKind::PowerShell,
        "cmd" => ShellKind::Cmd,
        name if programs::is_shell(name) => ShellKind::Posix,
        name if programs::is_wrapper(name) => kind(words.get(1..).unwrap_or_default()),
        "busybox" => kind(words.get(1..).unwrap_or_default()),
        _ => ShellKind::Other,
    }
}

/// What the instructions of a file run, in source order: `RUN`, `CMD`, `ENTRYPOINT`, `HEALTHCHECK`, also as triggers.
#[must_use]
pub fn scripts<'t>(file: &Dockerfile<'t>) -> Vec<Script<'t>> {
    let mut found = Vec::new();
    let mut ends: Vec<Rc<Program>> = Vec::new();
    let mut shell = Rc::new(Program::standard(false));
    for (place, instruction) in file.instructions.iter().enumerate() {
        if instruction.keyword == Some(Keyword::From) {
            shell = first_shell(file, instruction, &ends);
        }
        let inner = instruction.innermost();
        if inner.keyword == Some(Keyword::Shell) && !inner.refused && instruction.keyword == Some(Keyword::Shell) {
            let words = inner.words().iter().map(|word| word.text.to_string()).collect();
            shell = Rc::new(Program::new(words, Some(place)));
        }
        if let Some(stage) = instruction.stage {
            ends.truncate(stage as usize);
            ends.push(Rc::clone(&shell));
        }
        found.extend(script(file, place, inner, instruction, &shell));
    }
    found
}

fn first_shell(file: &Dockerfile<'_>, from: &Instruction<'_>, ends: &[Rc<Program>]) -> Rc<Program> {
    let stage = from.stage.and_then(|stage| file.stages.get(stage as usize));
    let windows = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("mcr.microsoft.com/windows") || text.contains("nanoserver") || text.contains("windowsservercore")
    };
    match stage.map(|stage| &stage.origin) {
        Some(Origin::Stage(index)) => match ends.get(*index as usize) {
            Some(shell) => Rc::clone(shell),
            None => Rc::new(Program::standard(false)),
        },
        Some(Origin::Image(image)) => Rc::new(Program::standard(windows(image) || for_windows(from))),
        _ => Rc::new(Program::standard(for_windows(from))),
    }
}

fn for_windows(from: &Instruction<'_>) -> bool {
    let platform = from.flag("platform").and_then(|flag| flag.value.as_ref());
    platform.is_some_and(|platform| platform.text.to_ascii_lowercase().starts_with("windows"))
}

fn script<'t>(
    file: &Dockerfile<'t>,
    place: usize,
    inner: &Instruction<'t>,
    outer: &Instruction<'t>,
    shell: &Rc<Program>,
) -> Option<Script<'t>> {
    let arguments = match (inner.keyword, &inner.arguments) {
        (Some(Keyword::Run | Keyword::Cmd | Keyword::Entrypoint), arguments) => arguments,
        (Some(Keyword::Healthcheck), Arguments::Check(_, command)) => command,
        _ => return None,
    };
    let mut out = Output::default();
    let (shell, mut unread) = match arguments {
        Arguments::Json(words) => {
            exec(words, &mut out);
            (None, None)
        }
        Arguments::Text(text) => {
            (Some(Rc::clone(shell)), text_form(file.source, text, &outer.heredocs, shell, &mut out))
        }
        _ => return None,
    };
    let nested = nested::expand(file.source, &mut out);
    unread = unread.or(nested);
    let assigned = out.assigned.into_iter().collect();
    Some(Script { instruction: place, shell, commands: out.commands, assigned, unread })
}

/// The JSON form: one command, whose words no shell looks at.
fn exec<'t>(words: &[Word<'t>], out: &mut Output<'t>) {
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
    let mut command = Command::new(Context::default(), first.span.start);
    command.span = first.span.to(last.span);
    command.words =
        words.iter().map(|word| ShellWord { word: word.clone(), quoted: true, parts: Vec::new() }).collect();
    out.pipelines = 1;
    out.commands.push(command);
}

fn text_form<'t>(
    source: &'t str,
    text: &Word<'t>,
    heredocs: &[Heredoc<'t>],
    shell: &Program,
    out: &mut Output<'t>,
) -> Option<Broken> {
    let other = |span: Span, message: String| Some(Broken { span, message, limit: false });
    if let Some(only) = heredocs.first().filter(|only| only.word.span == text.span) {
        let body = body(source, only);
        let named = interpreter(body.text());
        return match named {
            Some(name) if !programs::is_shell(name) => {
                other(only.word.span, format!("the here-document is run by `{name}`, whose language is not read"))
            }
            None if shell.kind != ShellKind::Posix => other(only.word.span, unread_shell(shell)),
            _ => parse::script(&body, Context::default(), None, 0, out).err(),
        };
    }
    if shell.kind != ShellKind::Posix {
        return other(text.span, unread_shell(shell));
    }
    let mapped = text.mapped(source);
    let (Some(first), Some(last)) = (heredocs.first(), heredocs.last()) else {
        return parse::script(&mapped, Context::default(), None, 0, out).err();
    };
    let mut whole = Builder::new(source);
    whole.push_mapped(&mapped, 0..mapped.text().len());
    let line_end = (first.body.start as usize).saturating_sub(1);
    whole.push_source(line_end..last.end.end as usize);
    let whole = whole.finish(text.span.start);
    parse::script(&whole, Context::default(), None, 0, out).err()
}

fn unread_shell(shell: &Program) -> String {
    let name = shell.words.first().map(String::as_str).unwrap_or_default();
    format!("the shell is `{name}`, whose language is not read")
}

/// The lines of a here-document as the shell gets them.
fn body<'t>(source: &'t str, heredoc: &Heredoc<'t>) -> Mapped<'t> {
    let range = heredoc.body.start as usize..heredoc.body.end as usize;
    if !heredoc.strip_tabs {
        return Mapped::slice_of(source, range);
    }
    let mut builder = Builder::new(source);
    let mut at = range.start;
    for line in source.get(range.clone()).unwrap_or_default().split_inclusive('\n') {
        let tabs = line.len() - line.trim_start_matches('\t').len();
        builder.push_source(at + tabs..at + line.len());
        at += line.len();
    }
    builder.finish(heredoc.body.start)
}

/// The program that the first line of a script names.
fn interpreter(text: &str) -> Option<&str> {
    let line = text.strip_prefix("#!")?.lines().next()?;
    let mut words = line.split_whitespace();
    let name = |path: &'_ str| path.rsplit('/').next().map(str::len).unwrap_or_default();
    let first = words.next()?;
    let program = first.get(first.len() - name(first)..)?;
    match program {
        "env" => words.find(|word| !word.starts_with('-')),
        program => Some(program),
    }
}
