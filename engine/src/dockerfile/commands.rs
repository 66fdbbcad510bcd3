//! The commands of an instruction.

use policyc_dockerfile::Environment;
use policyc_dockerfile::shell::{Command, Join, Script, ShellKind, ShellWord};
use policyc_text::Span;

use super::words::Known;
use super::words::put;
use crate::yaml::{At, Sketch};

/// Tells the shell and the commands of an instruction.
pub(super) fn tell(sketch: &mut Sketch<'_>, script: &Script<'_>, environment: &dyn Environment, span: Span) {
    if let Some(shell) = &script.shell {
        sketch.map(At::Field("shell"), span, span);
        let mut words = shell.words.iter();
        sketch.string(At::Field("program"), words.next().map(String::as_str).unwrap_or_default(), span);
        if shell.kind == ShellKind::Posix {
            sketch.plain(At::Field("posix"), true, span);
        }
        if shell.words.len() > 1 {
            sketch.list(At::Field("options"), span);
            words.for_each(|word| sketch.string(At::Item, word, span));
            sketch.end();
        }
        sketch.end();
    }
    if script.commands.is_empty() && script.unread.is_none() {
        return;
    }
    sketch.list(At::Field("run"), span);
    if let Some(unread) = &script.unread {
        sketch.incomplete(unread.message.as_str());
    }
    for (index, one) in script.commands.iter().enumerate() {
        if !one.words.is_empty() || !one.assignments.is_empty() {
            command(sketch, script, index, one, environment);
        }
    }
    sketch.end();
}

/// A word's values: several where a variable holds blanks.
fn values(script: &Script<'_>, word: &ShellWord<'_>, environment: &dyn Environment) -> Vec<Known> {
    if let Some(text) = word.literal() {
        return vec![Known::Text(text.to_owned())];
    }
    // The JSON form is read by no shell, and its dollars mean nothing; its words have no parts.
    match word.resolved(environment, &|name| script.assigns(name)) {
        Some(texts) => texts.into_iter().map(Known::Text).collect(),
        None => vec![Known::Unknown(format!("`{}` is only known when it runs", shortened(word.text())))],
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST { text.to_owned() } else { text.chars().take(MOST).chain(['…']).collect() }
}

fn one_value(script: &Script<'_>, word: &ShellWord<'_>, environment: &dyn Environment) -> Known {
    let mut values = values(script, word, environment);
    match (values.pop(), values.is_empty()) {
        (Some(only), true) => only,
        (None, _) => Known::Text(String::new()),
        (Some(last), false) => {
            values.push(last);
            Known::Text(values.iter().filter_map(Known::text).collect::<Vec<_>>().join(" "))
        }
    }
}

fn command(
    sketch: &mut Sketch<'_>,
    script: &Script<'_>,
    index: usize,
    command: &Command<'_>,
    environment: &dyn Environment,
) {
    let first = command.words.first().map(ShellWord::span);
    let token = first.or_else(|| command.assignments.first().map(|one| one.name.span)).unwrap_or(command.span);
    sketch.map(At::Item, command.span, token);
    if let Some(word) = command.words.first() {
        let program = match one_value(script, word, environment) {
            Known::Text(text) => Known::Text(text.rsplit('/').next().unwrap_or(&text).to_owned()),
            unknown => unknown,
        };
        put(sketch, At::Field("program"), &program, word.span());
    }
    if let Some(word) = command.verb().and_then(|place| command.words.get(place)) {
        put(sketch, At::Field("verb"), &one_value(script, word, environment), word.span());
    }
    words(sketch, "words", script, command.words.iter(), environment);
    let operands: Vec<&ShellWord<'_>> = command.operands(&[]).filter_map(|place| command.words.get(place)).collect();
    words(sketch, "operands", script, operands.into_iter(), environment);
    flags(sketch, command);
    if !command.assignments.is_empty() {
        sketch.map(At::Field("env"), command.span, token);
        for one in &command.assignments {
            let value = one_value(script, &one.value, environment);
            put(sketch, At::Key(&one.name.text, one.name.span), &value, one.value.span());
        }
        sketch.end();
    }
    sketch.plain(At::Field("index"), index, token);
    sketch.plain(At::Field("pipeline_number"), command.pipeline, token);
    sketch.plain(At::Field("pipe_index"), command.pipe_index, token);
    let join = match command.join {
        Join::None => None,
        Join::And => Some("and"),
        Join::Or => Some("or"),
        Join::Pipe => Some("pipe"),
    };
    join.into_iter().for_each(|join| sketch.string(At::Field("joined_by"), join, token));
    command.inside.into_iter().for_each(|inside| sketch.plain(At::Field("inside"), inside, token));
    redirects(sketch, script, command, environment);
    context(sketch, command, token);
    sketch.end();
}

fn words<'w, 't: 'w>(
    sketch: &mut Sketch<'_>,
    field: &'static str,
    script: &Script<'_>,
    words: impl Iterator<Item = &'w ShellWord<'t>>,
    environment: &dyn Environment,
) {
    let words: Vec<&ShellWord<'_>> = words.collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
    sketch.list(At::Field(field), first.span().to(last.span()));
    for word in words {
        for value in values(script, word, environment) {
            put(sketch, At::Item, &value, word.span());
        }
    }
    sketch.end();
}

fn flags(sketch: &mut Sketch<'_>, command: &Command<'_>) {
    let flags = command.flags();
    // A variable that is not quoted may hold flags.
    let hidden = command
        .words
        .iter()
        .skip(1)
        .find(|word| word.parts.first().is_some_and(|part| !part.quoted && part.range.start == 0));
    if flags.is_empty() && hidden.is_none() {
        return;
    }
    sketch.list(At::Field("flags"), command.span);
    if let Some(word) = hidden {
        sketch.incomplete(format!("`{}` may hold flags", shortened(word.text())));
    }
    for flag in flags {
        sketch.map(At::Item, flag.span, flag.span);
        sketch.string(At::Field("name"), &flag.name, flag.span);
        let word = command.words.get(flag.word).map(ShellWord::text).unwrap_or_default();
        sketch.string(At::Field("word"), word, flag.span);
        match flag.value {
            Some(_) if flag.unknown => {
                sketch.unknown(At::Field("value"), "its value is only known when it runs", flag.span);
            }
            Some(value) => sketch.string(At::Field("value"), value, flag.span),
            None => {}
        }
        sketch.end();
    }
    sketch.end();
}

fn redirects(sketch: &mut Sketch<'_>, script: &Script<'_>, command: &Command<'_>, environment: &dyn Environment) {
    let (Some(first), Some(last)) = (command.redirects.first(), command.redirects.last()) else { return };
    sketch.list(At::Field("redirects"), first.operator.span.to(last.target.span()));
    for redirect in &command.redirects {
        let (op, target) = (redirect.operator.span, redirect.target.span());
        sketch.map(At::Item, op.to(target), op);
        sketch.string(At::Field("op"), &redirect.operator.text, op);
        put(sketch, At::Field("target"), &one_value(script, &redirect.target, environment), target);
        sketch.end();
    }
    sketch.end();
    if let Some(body) = command.redirects.iter().rev().find_map(|redirect| redirect.body.as_ref()) {
        sketch.string(At::Field("stdin"), &body.text, body.span);
    }
}

fn context(sketch: &mut Sketch<'_>, command: &Command<'_>, token: Span) {
    let context = command.context;
    let all = [
        ("condition", context.condition),
        ("branch", context.branch),
        ("looped", context.looped),
        ("function", context.function),
        ("subshell", context.subshell),
        ("substitution", context.substitution),
        ("nested", context.nested),
    ];
    if all.iter().all(|(_, holds)| !holds) {
        return;
    }
    sketch.map(At::Field("context"), token, token);
    for (name, _) in all.into_iter().filter(|(_, holds)| *holds) {
        sketch.plain(At::Field(name), true, token);
    }
    sketch.end();
}
