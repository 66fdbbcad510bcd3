//! Values as text: plain where go-yaml reads it back as the same string, quoted otherwise.

use super::style::Habits;
use crate::yaml::{Resolved, Style, resolve_plain};
use serde_json::Value as Json;

/// How values within brackets and braces are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FlowStyle {
    /// Keys and strings have double quotes.
    pub(crate) json: bool,
    /// What stands between a key and its value.
    pub(crate) colon: &'static str,
    /// What stands between two elements.
    pub(crate) comma: &'static str,
}

impl FlowStyle {
    pub(crate) const YAML: Self = Self { json: false, colon: ": ", comma: ", " };

    /// A value on one line.
    pub(crate) fn value(&self, value: &Json, out: &mut String) {
        match value {
            Json::Array(items) => {
                out.push('[');
                for (number, item) in items.iter().enumerate() {
                    out.push_str(if number > 0 { self.comma } else { "" });
                    self.value(item, out);
                }
                out.push(']');
            }
            Json::Object(entries) => {
                out.push('{');
                for (number, (key, value)) in entries.iter().enumerate() {
                    out.push_str(if number > 0 { self.comma } else { "" });
                    self.entry(key, value, out);
                }
                out.push('}');
            }
            Json::String(text) if self.json => out.push_str(&quoted(text)),
            scalar => out.push_str(&scalar_text(scalar, None, true)),
        }
    }

    /// A key and its value on one line.
    pub(crate) fn entry(&self, key: &str, value: &Json, out: &mut String) {
        out.push_str(&self.key(key));
        out.push_str(self.colon);
        self.value(value, out);
    }

    pub(crate) fn key(&self, key: &str) -> String {
        if self.json { quoted(key) } else { string_text(key, None, true) }
    }

    /// A value over several lines, as tools write JSON; `indent` is where the line stands that it begins on.
    pub(crate) fn pretty(&self, value: &Json, indent: usize, habits: &Habits, out: &mut String) {
        let (open, close, empty) = match value {
            Json::Array(items) => ('[', ']', items.is_empty()),
            Json::Object(entries) => ('{', '}', entries.is_empty()),
            _ => return self.value(value, out),
        };
        if empty {
            return self.value(value, out);
        }
        out.push(open);
        let inner = indent + habits.step;
        let mut first = true;
        let mut line = |out: &mut String| {
            out.push_str(if first { "" } else { self.comma.trim_end() });
            first = false;
            break_line(out, inner, habits);
        };
        match value {
            Json::Array(items) => {
                for item in items {
                    line(out);
                    self.pretty(item, inner, habits, out);
                }
            }
            Json::Object(entries) => {
                for (key, value) in entries {
                    line(out);
                    out.push_str(&self.key(key));
                    out.push_str(self.colon);
                    self.pretty(value, inner, habits, out);
                }
            }
            _ => {}
        }
        break_line(out, indent, habits);
        out.push(close);
    }
}

/// Ends a line and indents the next.
pub(crate) fn break_line(out: &mut String, indent: usize, habits: &Habits) {
    out.push_str(habits.newline);
    out.extend(std::iter::repeat_n(' ', indent));
}

/// A key that stands at `indent` with its value in block style.
pub(crate) fn block_entry(key: &str, value: &Json, indent: usize, habits: &Habits, out: &mut String) {
    out.push_str(&string_text(key, None, false));
    out.push(':');
    block_value(value, indent, habits, out);
}

/// A mapping as a document of its own, without its last line end.
pub(crate) fn block_document(value: &Json, habits: &Habits, out: &mut String) {
    block_entries(value, 0, habits, out);
}

/// What stands behind the colon of a key at `indent`.
pub(crate) fn block_value(value: &Json, indent: usize, habits: &Habits, out: &mut String) {
    match value {
        Json::Object(entries) if !entries.is_empty() => {
            let inner = indent + habits.step;
            break_line(out, inner, habits);
            block_entries(value, inner, habits, out);
        }
        Json::Array(items) if !items.is_empty() => {
            let dash = indent + habits.dash;
            for item in items {
                break_line(out, dash, habits);
                block_item(item, dash, 1, habits, out);
            }
        }
        other => {
            out.push(' ');
            FlowStyle::YAML.value_in_block(other, out);
        }
    }
}

/// A dash at `indent` with its item behind so many blanks.
pub(crate) fn block_item(item: &Json, indent: usize, gap: usize, habits: &Habits, out: &mut String) {
    out.push('-');
    out.extend(std::iter::repeat_n(' ', gap));
    let inner = indent + 1 + gap;
    match item {
        Json::Object(entries) if !entries.is_empty() => block_entries(item, inner, habits, out),
        Json::Array(items) if !items.is_empty() => {
            for (number, item) in items.iter().enumerate() {
                if number > 0 {
                    break_line(out, inner, habits);
                }
                block_item(item, inner, 1, habits, out);
            }
        }
        other => FlowStyle::YAML.value_in_block(other, out),
    }
}

/// The entries of a mapping, the first of which begins where the text ends.
fn block_entries(value: &Json, indent: usize, habits: &Habits, out: &mut String) {
    let Json::Object(entries) = value else { return };
    for (number, (key, value)) in entries.iter().enumerate() {
        if number > 0 {
            break_line(out, indent, habits);
        }
        block_entry(key, value, indent, habits, out);
    }
}

impl FlowStyle {
    /// As [`FlowStyle::value`], where the line is no part of brackets.
    fn value_in_block(&self, value: &Json, out: &mut String) {
        match value {
            Json::Array(_) | Json::Object(_) => self.value(value, out),
            scalar => out.push_str(&scalar_text(scalar, None, false)),
        }
    }
}

/// A scalar; a text keeps the quotes of what it replaces.
pub(crate) fn scalar_text(value: &Json, like: Option<Style>, flow: bool) -> String {
    match value {
        Json::String(text) => string_text(text, like, flow),
        Json::Null => "null".to_owned(),
        other => other.to_string(),
    }
}

/// A text, plain where it may be.
pub(crate) fn string_text(text: &str, like: Option<Style>, flow: bool) -> String {
    let simple = text.chars().all(|letter| !letter.is_control() && is_printable(letter));
    match like {
        Some(Style::SingleQuoted) if simple => format!("'{}'", text.replace('\'', "''")),
        Some(Style::SingleQuoted | Style::DoubleQuoted) => quoted(text),
        _ if is_plain(text, flow) => text.to_owned(),
        _ => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            letter if letter.is_control() || !is_printable(letter) => {
                out.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// Whether YAML takes a letter as it is; marks of order and ends of lines are left out.
fn is_printable(letter: char) -> bool {
    !matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Whether a text can stand without quotes and is read as itself.
fn is_plain(text: &str, flow: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let starts = first.is_alphanumeric() || matches!(first, '/' | '.' | '_' | '$' | '(' | '+' | '<' | '^');
    let inside = |letter: char| match letter {
        ',' | '[' | ']' | '{' | '}' => !flow,
        letter => !letter.is_control() && is_printable(letter) && letter != '\u{A0}',
    };
    starts
        && text.chars().all(inside)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text != "<<"
        && !text.starts_with("...")
        && resolve_plain(text) == Resolved::String
}
