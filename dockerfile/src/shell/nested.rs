//! Commands that other commands run: what follows `sudo`, `sh -c "…"`, a script on the standard input of a shell.

use crate::mapped::Word;
use crate::shell::command::{Command, Context, Join};
use crate::shell::word::ShellWord;
use crate::shell::{Broken, MOST_COMMANDS, Output, parse, programs};

/// Deepest nesting of shells in shells.
const DEEPEST: usize = 8;

/// Adds the commands that the script's commands run, and puts all in source order.
pub(crate) fn expand<'t>(source: &'t str, out: &mut Output<'t>) -> Option<Broken> {
    let mut broken = None;
    let mut levels = vec![0; out.commands.len()];
    let mut at = 0;
    while at < out.commands.len() {
        let level = levels.get(at).copied().unwrap_or(DEEPEST);
        let more = if level >= DEEPEST {
            limit(out, at, "the commands run each other too deeply to be read")
        } else if out.commands.len() >= MOST_COMMANDS {
            limit(out, at, "the script has too many commands to be read")
        } else {
            run(source, at, out)
        };
        broken = broken.or(more);
        levels.resize(out.commands.len(), level + 1);
        at += 1;
    }
    sort(out);
    broken
}

/// Says that what a command runs is not looked at, where it runs others.
fn limit(out: &Output<'_>, at: usize, message: &str) -> Option<Broken> {
    let command = out.commands.get(at)?;
    let program = command.program()?;
    let runs =
        programs::is_wrapper(program) || programs::is_shell(program) || matches!(program, "su" | "runuser" | "eval");
    let span = command.words.first()?.span();
    (runs && command.words.len() > 1).then(|| Broken { span, message: message.to_owned(), limit: true })
}

fn run<'t>(source: &'t str, at: usize, out: &mut Output<'t>) -> Option<Broken> {
    let command = out.commands.get(at)?;
    let program = command.program()?;
    if programs::is_wrapper(program) {
        let wrapped = wrapped(command, at)?;
        out.commands.push(wrapped);
        return None;
    }
    let context = Context { nested: true, ..command.context };
    let text = if programs::is_shell(program) {
        flag_value(command, 'c').or_else(|| standard_input(command))
    } else if program == "su" || program == "runuser" {
        flag_value(command, 'c')
    } else if program == "eval" && command.words.len() == 2 {
        command.words.get(1).and_then(literal)
    } else {
        None
    }?;
    let text = text.mapped(source);
    parse::script(&text, context, Some(at), 0, out).err()
}

fn literal<'t>(word: &ShellWord<'t>) -> Option<Word<'t>> {
    // A script with variables in it can be read all the same: they stand in it as they are written.
    Some(word.word.clone())
}

/// The word behind `-c`, which may share its dash with other letters.
fn flag_value<'t>(command: &Command<'t>, letter: char) -> Option<Word<'t>> {
    let is_flag = |text: &str| {
        let letters = text.strip_prefix('-').filter(|letters| !letters.starts_with('-'));
        letters.is_some_and(|letters| letters.contains(letter)) || text == "--command"
    };
    let place = command.words.iter().skip(1).position(|word| is_flag(word.text()))? + 1;
    let rest = command.words.get(place + 1..)?;
    // Flags may stand between `-c` and the script: `bash -c -e "…"`.
    rest.iter().find(|word| !word.text().starts_with(['-', '+'])).and_then(literal)
}

/// A here-document that a shell without a script reads.
fn standard_input<'t>(command: &Command<'t>) -> Option<Word<'t>> {
    let scripted = command.words.iter().skip(1).any(|word| !word.text().starts_with(['-', '+']) && word.text() != "-");
    let body = command.redirects.iter().rev().find_map(|redirect| redirect.body.clone());
    body.filter(|_| !scripted)
}

/// The command behind a program that runs the rest of its words.
fn wrapped<'t>(command: &Command<'t>, at: usize) -> Option<Command<'t>> {
    let program = command.program()?;
    let known = programs::value_flags(program);
    let mut operands = programs::wrapper_operands(program);
    let mut words = command.words.iter().enumerate().skip(1);
    let start = loop {
        let (place, word) = words.next()?;
        let text = word.text();
        if text == "--" {
            break words.next()?.0;
        }
        let is_assignment = matches!(program, "env" | "sudo" | "doas") && text.contains('=');
        if text.starts_with('-') {
            if known.contains(&text) {
                words.next();
            }
        } else if is_assignment {
        } else if operands > 0 {
            operands -= 1;
        } else {
            break place;
        }
    };
    let rest = command.words.get(start..)?;
    let span = rest.first()?.span().to(rest.last()?.span());
    Some(Command {
        words: rest.to_vec(),
        assignments: command.assignments.clone(),
        redirects: command.redirects.clone(),
        span,
        pipeline: command.pipeline,
        pipe_index: command.pipe_index,
        join: Join::None,
        context: Context { nested: true, ..command.context },
        inside: Some(at),
    })
}

/// Puts commands in source order, and keeps what points at them right.
fn sort(out: &mut Output<'_>) {
    let mut order: Vec<usize> = (0..out.commands.len()).collect();
    order.sort_by_key(|place| out.commands.get(*place).map(|command| (command.span.start, *place)));
    let mut moved = vec![0; order.len()];
    for (new, old) in order.iter().enumerate() {
        if let Some(place) = moved.get_mut(*old) {
            *place = new;
        }
    }
    let mut slots: Vec<Option<Command<'_>>> = std::mem::take(&mut out.commands).into_iter().map(Some).collect();
    for old in order {
        if let Some(mut command) = slots.get_mut(old).and_then(Option::take) {
            command.inside = command.inside.and_then(|place| moved.get(place).copied());
            out.commands.push(command);
        }
    }
}
