//! Telling a Dockerfile from the template of one. What a template will become is not guessed.

use policyc_text::{Diagnostic, FileId, Span};

use crate::instruction::{Arguments, Instruction};
use crate::keyword::Keyword;
use crate::lines::Lines;

/// The code of the diagnostic for a template.
pub(crate) const CODE: &str = "dockerfile/template";

/// Words behind `{{` that no program's format string begins a line with.
const STATEMENTS: [&str; 13] =
    ["if", "for", "range", "end", "else", "with", "define", "include", "block", "template", "def", "elif", "endif"];

/// The first place that only a template has: where an instruction must begin, in a `FROM`, or a statement of a template
/// language on a line of its own. Here-documents may hold templates of other files.
pub(crate) fn find(source: &str, instructions: &[Instruction<'_>]) -> Option<Span> {
    instructions.iter().find_map(|instruction| {
        let name = (instruction.keyword.is_none() && begins(&instruction.name.text)).then_some(instruction.name.span);
        name.or_else(|| base(instruction)).or_else(|| statement(source, instruction))
    })
}

/// What is said about a template.
pub(crate) fn diagnostic(file: FileId, span: Span) -> Diagnostic {
    let message = "this is the template of a Dockerfile, so it is not judged";
    Diagnostic::warning(CODE, file, span, message).with_hint("render the template and judge the result")
}

fn begins(text: &str) -> bool {
    ["{{", "{%", "{#", "<%"].iter().any(|marker| text.starts_with(marker)) || placeholder(text) == Some(0)
}

fn base(instruction: &Instruction<'_>) -> Option<Span> {
    if instruction.keyword != Some(Keyword::From) {
        return None;
    }
    let Arguments::Words(words) = &instruction.arguments else { return None };
    let marked =
        |text: &str| ["{{", "{%", "<%"].iter().any(|marker| text.contains(marker)) || placeholder(text).is_some();
    words.iter().find(|word| marked(&word.text)).map(|word| word.span)
}

fn statement(source: &str, instruction: &Instruction<'_>) -> Option<Span> {
    let end = instruction.heredocs.first().map_or(instruction.span.end, |heredoc| heredoc.body.start) as usize;
    let start = instruction.span.start as usize;
    let text = source.get(start..end)?;
    if !text.contains("{{") && !text.contains("{%") {
        return None;
    }
    let found = Lines::new(text).find(|line| is_statement(line.text(text)))?;
    Some(Span::new(start + found.start, start + found.end))
}

fn is_statement(line: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with("{%") {
        return true;
    }
    let Some(rest) = line.strip_prefix("{{") else { return false };
    let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start();
    let word = rest.find(|c: char| !c.is_ascii_alphabetic()).map_or(rest, |at| rest.get(..at).unwrap_or_default());
    STATEMENTS.contains(&word)
}

/// Where the first `@NAME@` or `%%NAME%%` begins.
fn placeholder(text: &str) -> Option<usize> {
    let named = |open: &str| {
        let mut from = 0;
        while let Some(at) = text.get(from..)?.find(open) {
            let start = from + at + open.len();
            let rest = text.get(start..)?;
            let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            if length > 0 && rest.get(length..)?.starts_with(open) {
                return Some(from + at);
            }
            from = start;
        }
        None
    };
    named("%%").or_else(|| named("@"))
}
