//! The parse tree as BuildKit's own tests print it.

use std::fmt::Write;

use crate::{Arguments, Dockerfile, Instruction, Pair};

/// All instructions, one a line.
pub(super) fn dump(file: &Dockerfile<'_>) -> String {
    file.instructions.iter().map(|instruction| format!("({})\n", node(instruction))).collect()
}

fn node(instruction: &Instruction<'_>) -> String {
    let mut out = instruction.name.text.to_lowercase();
    if !instruction.flags.is_empty() {
        let flags: Vec<String> = instruction.flags.iter().map(|flag| quote(&flag.word.text)).collect();
        let _ = write!(out, " [{}]", flags.join(" "));
    }
    if instruction.keyword.is_none() {
        out.push_str(" \"\"");
    }
    match &instruction.arguments {
        Arguments::Trigger(trigger) => {
            let _ = write!(out, " ({})", node(trigger));
        }
        Arguments::Pairs(pairs) => pairs.iter().for_each(|pair| push_pair(&mut out, pair, instruction)),
        Arguments::Check(kind, command) => {
            let _ = write!(out, " {}", quote(&kind.text));
            push_words(&mut out, command);
        }
        other => push_words(&mut out, other),
    }
    out.trim().to_owned()
}

fn push_words(out: &mut String, arguments: &Arguments<'_>) {
    for word in arguments.words() {
        let _ = write!(out, " {}", quote(&word.text));
    }
}

fn push_pair(out: &mut String, pair: &Pair<'_>, instruction: &Instruction<'_>) {
    let value = pair.value.as_ref().map(|value| &*value.text);
    let _ = match value {
        _ if instruction.keyword == Some(crate::Keyword::Arg) => {
            let whole = value.map_or_else(|| pair.name.text.to_string(), |value| format!("{}={value}", pair.name.text));
            write!(out, " {}", quote(&whole))
        }
        value => {
            let equals = if pair.legacy { "" } else { "=" };
            write!(out, " {} {} {}", quote(&pair.name.text), quote(value.unwrap_or_default()), quote(equals))
        }
    };
}

/// A string as Go quotes it.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0C' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0B' => out.push_str("\\v"),
            c if (c as u32) < 0x20 || c as u32 == 0x7F => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c if c != ' ' && (c.is_whitespace() || c.is_control() || c == '\u{FEFF}') => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
