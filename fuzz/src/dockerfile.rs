//! The reader of Dockerfiles and of the shell in them: every word points at its bytes, whatever they are.

use crate::spans::{diagnostic_fits, fits};
use policyc_dockerfile::shell::{Command, Script, scripts};
use policyc_dockerfile::{
    Arguments, Dockerfile, Empty, Environment, Flag, Ignore, Instruction, Lexer, Pair, Word, read, walk,
};
use policyc_text::{FileId, Span};

/// Most words of a file whose every letter is looked at, so that long files stay quick.
const MOST_LETTERS: usize = 4_000;

/// Reads bytes as a Dockerfile, and as a list of what to ignore.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let file = read(FileId(0), text);
    sound(&file, text);
    let read_again = read(FileId(0), text);
    assert_eq!(format!("{:?}", file.diagnostics), format!("{:?}", read_again.diagnostics), "two readings differ");
    assert_eq!(file.instructions, read_again.instructions, "two readings differ");
    let all = scripts(&file);
    all.iter().for_each(|script| script_is_sound(script, &file, text));
    assert_eq!(format!("{all:?}"), format!("{:?}", scripts(&file)), "two readings differ");
    let lexer = Lexer::new(file.escape);
    walk(&file, |place, instruction, environment, _| {
        assert!(file.instructions.get(place) == Some(instruction), "an instruction has another's place");
        for word in instruction.words() {
            expanded(&lexer, word, environment);
            expanded(&lexer, word, &Empty);
        }
    });
    let ignore = Ignore::read(text);
    for path in ["a", "a/b", "src/main.rs", ".git/config"] {
        let _ = ignore.ignores(path);
    }
}

fn expanded(lexer: &Lexer, word: &Word<'_>, environment: &dyn Environment) {
    let Ok(expanded) = lexer.expand(&word.text, environment) else { return };
    for used in &expanded.variables {
        assert!(word.text.get(used.range.clone()).is_some(), "`{}` stands at {:?} of {word:?}", used.name, used.range);
    }
}

fn sound(file: &Dockerfile<'_>, text: &str) {
    assert_eq!(file.source, text);
    file.diagnostics.iter().for_each(|diagnostic| diagnostic_fits(diagnostic, text));
    for directive in &file.directives {
        fits(directive.span, text, "a directive");
        word_is_sound(&directive.name, text);
        word_is_sound(&directive.value, text);
    }
    for comment in &file.comments {
        fits(*comment, text, "a comment");
        assert!(comment.text(text).starts_with('#'), "{:?} is no comment", comment.text(text));
    }
    let mut end = 0;
    for instruction in &file.instructions {
        assert!(instruction.span.start >= end, "instructions overlap");
        end = instruction.span.end;
        instruction_is_sound(instruction, text);
        assert!(instruction.stage.is_none_or(|stage| (stage as usize) < file.stages.len()), "there is no such stage");
    }
    for stage in &file.stages {
        assert!(stage.from < stage.end && stage.end <= file.instructions.len(), "{stage:?} has other instructions");
        stage.name.iter().chain(&stage.base).for_each(|word| word_is_sound(word, text));
    }
}

fn instruction_is_sound(instruction: &Instruction<'_>, text: &str) {
    fits(instruction.span, text, "an instruction");
    let inside = |word: &Word<'_>| {
        word_is_sound(word, text);
        assert!(instruction.span.contains(word.span), "{word:?} stands outside of {:?}", instruction.span);
    };
    inside(&instruction.name);
    for Flag { word, name, value } in &instruction.flags {
        [word, name].into_iter().chain(value).for_each(inside);
    }
    arguments_are_sound(&instruction.arguments, instruction.span, text);
    for heredoc in &instruction.heredocs {
        inside(&heredoc.word);
        fits(heredoc.body, text, "the lines of a here-document");
        fits(heredoc.end, text, "the end of a here-document");
    }
    instruction.comments.iter().chain(&instruction.blank_lines).for_each(|span| fits(*span, text, "a line"));
}

fn arguments_are_sound(arguments: &Arguments<'_>, around: Span, text: &str) {
    let inside = |word: &Word<'_>| {
        word_is_sound(word, text);
        assert!(around.contains(word.span), "{word:?} stands outside of {around:?}");
    };
    match arguments {
        Arguments::None => {}
        Arguments::Words(words) | Arguments::Json(words) => words.iter().for_each(inside),
        Arguments::Text(word) => inside(word),
        Arguments::Pairs(pairs) => {
            for Pair { name, value, .. } in pairs {
                inside(name);
                value.iter().for_each(inside);
            }
        }
        Arguments::Check(kind, command) => {
            inside(kind);
            arguments_are_sound(command, around, text);
        }
        Arguments::Trigger(trigger) => {
            assert!(around.contains(trigger.span), "a trigger stands outside of its `ONBUILD`");
            instruction_is_sound(trigger, text);
        }
    }
}

fn script_is_sound(script: &Script<'_>, file: &Dockerfile<'_>, text: &str) {
    assert!(script.instruction < file.instructions.len(), "a script has no instruction");
    if let Some(broken) = &script.unread {
        fits(broken.span, text, &broken.message);
    }
    for command in &script.commands {
        command_is_sound(command, script, text);
    }
}

fn command_is_sound(command: &Command<'_>, script: &Script<'_>, text: &str) {
    fits(command.span, text, "a command");
    assert!(command.inside.is_none_or(|other| other < script.commands.len()), "a command stands in none");
    let values = command.assignments.iter().map(|assignment| &assignment.value);
    let targets = command.redirects.iter().map(|redirect| &redirect.target);
    for word in command.words.iter().chain(values).chain(targets) {
        word_is_sound(&word.word, text);
        for part in &word.parts {
            fits(part.span, text, "a part of a word");
            assert!(word.text().get(part.range.clone()).is_some(), "{part:?} is no part of {word:?}");
        }
    }
    let _ = (command.program(), command.verb(), command.has_flag(&["-y"]));
    for flag in command.flags() {
        fits(flag.span, text, &flag.name);
        assert!(flag.word < command.words.len(), "{flag:?} is no word");
    }
    assert!(command.operands(&["-o"]).all(|place| place < command.words.len()), "an operand is no word");
}

/// A word, and each of its letters, stands in the text; letters stand in their order.
fn word_is_sound(word: &Word<'_>, text: &str) {
    fits(word.span, text, &word.text);
    if word.text.len() > MOST_LETTERS {
        return;
    }
    let mut last = 0;
    for (at, letter) in word.text.char_indices() {
        let part = word.part(text, at..at + letter.len_utf8());
        fits(part.span, text, "a letter");
        assert!(part.text.starts_with(letter), "{part:?} is not {letter:?}");
        assert!(part.span.start >= last, "the letters of {word:?} stand in another order");
        last = part.span.start;
    }
}
