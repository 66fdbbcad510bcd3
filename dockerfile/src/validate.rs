//! What BuildKit refuses in an instruction that it could parse: flags and arguments that make no sense.

use policyc_text::{Diagnostic, FileId, Span};

use crate::arguments::Refusal;
use crate::flags;
use crate::heredoc;
use crate::instruction::{Arguments, Instruction};
use crate::keyword::{self, Keyword};
use crate::mapped::Word;
use crate::read::MOST_DIAGNOSTICS;

/// Looks at all instructions of a file. What is wrong is marked and reported.
pub(crate) fn file(instructions: &mut [Instruction<'_>], source: &str, file: FileId, out: &mut Vec<Diagnostic>) {
    let refused = |refusal: Refusal| {
        let mut diagnostic = Diagnostic::error("dockerfile/syntax", file, refusal.span, refusal.message);
        diagnostic.hint = refusal.hint;
        diagnostic
    };
    if instructions.is_empty() {
        let message = "the file has no instructions";
        out.push(Diagnostic::error("dockerfile/empty", file, Span::empty_at(source.len()), message));
        return;
    }
    let has_stage = instructions.iter().any(|instruction| instruction.keyword == Some(Keyword::From));
    if !has_stage {
        out.extend(instructions.first().map(|first| {
            let message = "no `FROM` begins a stage, so this is taken for a part of a Dockerfile";
            Diagnostic::warning("dockerfile/no-from", file, first.name.span, message)
                .with_hint("begin with `FROM image`, or with `FROM scratch`")
        }));
    }
    let mut in_stage = !has_stage;
    for instruction in instructions {
        in_stage |= instruction.keyword == Some(Keyword::From);
        if instruction.refused {
            continue;
        }
        if out.len() >= MOST_DIAGNOSTICS && instruction.keyword.is_none() {
            // Finding what was meant is slow, and nobody will see it.
            instruction.refused = true;
            continue;
        }
        if let Err(refusal) = check(instruction, source) {
            instruction.refused = true;
            out.push(refused(refusal));
        } else if !in_stage && instruction.keyword != Some(Keyword::Arg) {
            instruction.refused = true;
            let message = format!("`{}` stands before the first `FROM`", instruction.name.text);
            out.push(refused(Refusal::new(instruction.name.span, message).hint("only `ARG` may stand there")));
        } else if let Arguments::Trigger(trigger) = &instruction.arguments
            && let Err(refusal) = check(trigger, source)
        {
            let refusal = refused(refusal);
            out.push(Diagnostic { level: policyc_text::Level::Warning, ..refusal });
        }
    }
}

type Check = Result<(), Refusal>;

fn check(instruction: &Instruction<'_>, source: &str) -> Check {
    let Some(keyword) = instruction.keyword else { return Err(unknown(instruction)) };
    let words = instruction.words();
    match keyword {
        Keyword::Add | Keyword::Copy => copied(instruction, keyword, source),
        Keyword::From => {
            stage(instruction)?;
            flags::check(instruction, keyword)
        }
        Keyword::Healthcheck => health(instruction),
        Keyword::Onbuild => onbuild(instruction),
        Keyword::Arg => {
            let Arguments::Pairs(pairs) = &instruction.arguments else { return Err(needs(instruction, "a name")) };
            match pairs.iter().find(|pair| pair.name.text.is_empty() && pair.value.is_some()) {
                Some(pair) => Err(Refusal::new(pair.name.span, "a variable has no name")),
                None => Ok(()),
            }
        }
        Keyword::Env | Keyword::Label => {
            flags::check(instruction, keyword)?;
            let Arguments::Pairs(pairs) = &instruction.arguments else {
                return Err(needs(instruction, "a name and a value"));
            };
            match pairs.iter().find(|pair| pair.name.text.is_empty()) {
                Some(pair) => {
                    Err(Refusal::new(pair.name.span, format!("{} has a value without name", keyword.as_str())))
                }
                None => Ok(()),
            }
        }
        Keyword::Stopsignal => one(instruction, "a signal"),
        Keyword::Maintainer => one(instruction, "a name").and_then(|()| flags::check(instruction, keyword)),
        Keyword::User => one(instruction, "a user").and_then(|()| flags::check(instruction, keyword)),
        Keyword::Workdir => one(instruction, "a path").and_then(|()| flags::check(instruction, keyword)),
        Keyword::Expose => one(instruction, "a port").and_then(|()| flags::check(instruction, keyword)),
        Keyword::Volume => {
            one(instruction, "a path")?;
            flags::check(instruction, keyword)?;
            match words.iter().find(|word| word.text.trim().is_empty()) {
                Some(word) => Err(Refusal::new(word.span, "a volume has no path")),
                None => Ok(()),
            }
        }
        Keyword::Shell => {
            flags::check(instruction, keyword)?;
            one(instruction, "the words of a shell in an array")?;
            match &instruction.arguments {
                Arguments::Text(text) => {
                    Err(Refusal::new(text.span, "SHELL takes an array").hint("write it as `[\"/bin/bash\", \"-c\"]`"))
                }
                _ => Ok(()),
            }
        }
        Keyword::Cmd | Keyword::Entrypoint | Keyword::Run => flags::check(instruction, keyword),
    }
}

fn unknown(instruction: &Instruction<'_>) -> Refusal {
    let name = &instruction.name;
    let shown: String = name.text.chars().take(40).collect();
    let refusal = Refusal::new(name.span, format!("`{shown}` is no instruction"));
    match keyword::meant(&name.text) {
        Some(meant) => refusal.hint(format!("did you mean `{meant}`?")),
        None if is_shell(&name.text) => refusal.hint("end the line before with `\\` to go on with its command"),
        None => refusal,
    }
}

/// What begins a shell command rather than an instruction: the continuation before it was forgotten.
fn is_shell(name: &str) -> bool {
    matches!(name, "&&" | "||" | "|" | ";" | "apt-get" | "apk" | "yum" | "cd" | "mkdir" | "rm" | "echo" | "pip" | "npm")
}

fn needs(instruction: &Instruction<'_>, what: &str) -> Refusal {
    let keyword = instruction.keyword.map_or("", Keyword::as_str);
    Refusal::new(instruction.name.span, format!("{keyword} needs {what}"))
}

fn one(instruction: &Instruction<'_>, what: &str) -> Check {
    if instruction.words().is_empty() { Err(needs(instruction, what)) } else { Ok(()) }
}

fn copied(instruction: &Instruction<'_>, keyword: Keyword, source: &str) -> Check {
    let [.., _, target] = instruction.words() else {
        return Err(needs(instruction, "a source and a target"));
    };
    flags::check(instruction, keyword)?;
    let _ = source;
    if heredoc::announced(&target.text).is_some() {
        let message = format!("{} cannot take a here-document as its target", keyword.as_str());
        return Err(Refusal::new(target.span, message));
    }
    Ok(())
}

fn stage(instruction: &Instruction<'_>) -> Check {
    match instruction.words() {
        [] => Err(needs(instruction, "an image or a stage")),
        [_] => Ok(()),
        [_, by, name] if by.text.eq_ignore_ascii_case("as") => stage_name(name),
        [_, by, ..] => Err(Refusal::new(by.span, "FROM takes an image, and a name after `AS`")),
    }
}

fn stage_name(name: &Word<'_>) -> Check {
    let lower = name.text.to_lowercase();
    let letter = lower.starts_with(|c: char| c.is_ascii_lowercase());
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if letter && lower.chars().all(valid) {
        return Ok(());
    }
    let message = format!("`{}` cannot be the name of a stage", name.text);
    Err(Refusal::new(name.span, message).hint("begin with a letter; then letters, digits, `-`, `_` and `.`"))
}

fn health(instruction: &Instruction<'_>) -> Check {
    let Arguments::Check(kind, command) = &instruction.arguments else {
        return Err(needs(instruction, "`NONE` or `CMD` and a command"));
    };
    match kind.text.to_uppercase().as_str() {
        "NONE" => match &**command {
            Arguments::None => Ok(()),
            other if other.words().is_empty() => Ok(()),
            other => Err(Refusal::new(
                other.words().first().map_or(kind.span, |word| word.span),
                "HEALTHCHECK NONE takes no arguments",
            )),
        },
        "CMD" => {
            flags::check(instruction, Keyword::Healthcheck)?;
            if command.words().is_empty() {
                return Err(Refusal::new(kind.span, "HEALTHCHECK CMD needs a command"));
            }
            Ok(())
        }
        _ => {
            let message = format!("`{}` is no kind of health check", kind.text);
            Err(Refusal::new(kind.span, message).hint("write `CMD` and a command, or `NONE`"))
        }
    }
}

fn onbuild(instruction: &Instruction<'_>) -> Check {
    let Arguments::Trigger(trigger) = &instruction.arguments else {
        return Err(needs(instruction, "an instruction"));
    };
    flags::check(instruction, Keyword::Onbuild)?;
    match trigger.keyword {
        Some(inner @ (Keyword::Onbuild | Keyword::Maintainer | Keyword::From)) => {
            Err(Refusal::new(trigger.name.span, format!("ONBUILD cannot trigger {}", inner.as_str())))
        }
        _ => Ok(()),
    }
}
