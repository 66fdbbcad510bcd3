//! Scalars beside the type of their field.

use super::Builtin;
use super::walk::{Remark, Walk};
use crate::yaml::{Entry, NodeId, Resolved, Style};
use policyc_lang::schema::{EnumId, TypeRef, did_you_mean};
use policyc_lang::values::Quantity;

/// Fields that hold file modes, which everybody writes in octal.
const MODES: [&str; 2] = ["defaultMode", "mode"];
/// Words of an enum that are listed in a hint.
const LISTED: usize = 12;

/// What a type wants, as a part of a sentence.
pub(super) fn expected(ty: TypeRef) -> &'static str {
    match ty {
        TypeRef::Bool => "a boolean",
        TypeRef::Integer => "an integer",
        TypeRef::Number => "a number",
        TypeRef::Quantity => "a quantity",
        TypeRef::IntOrString => "an integer or a string",
        TypeRef::String | TypeRef::Image | TypeRef::Enum(_) => "a string",
        TypeRef::Time | TypeRef::MicroTime => "a time as a string",
        TypeRef::Duration => "a duration as a string",
        TypeRef::Bytes => "base64 text",
        TypeRef::Object(_) | TypeRef::Map(_) => "a mapping",
        TypeRef::List { .. } => "a list",
        TypeRef::Dynamic => "any value",
    }
}

/// Checks a scalar that is there.
pub(super) fn check(walk: &mut Walk<'_, '_>, node: NodeId, ty: TypeRef) {
    let Some(value) = walk.context.tree.resolved(node) else { return };
    match (ty, value) {
        (TypeRef::Dynamic, _) | (_, Resolved::Null) => {}
        (TypeRef::Bool, Resolved::Bool(value)) => boolean_word(walk, node, value),
        (TypeRef::Integer | TypeRef::IntOrString, Resolved::Int(value)) => octal(walk, node, value),
        (TypeRef::Number | TypeRef::Quantity, Resolved::Int(_) | Resolved::Float(_)) => {}
        (TypeRef::Quantity, Resolved::String) => quantity(walk, node),
        (TypeRef::Enum(words), Resolved::String) => word(walk, node, words),
        (TypeRef::Bytes, Resolved::String) => base64(walk, node),
        (
            TypeRef::String
            | TypeRef::Image
            | TypeRef::Time
            | TypeRef::MicroTime
            | TypeRef::Duration
            | TypeRef::IntOrString,
            Resolved::String,
        ) => {}
        _ => mismatch(walk, node, ty, value),
    }
}

/// A key of a free mapping that is read as another text than the one written.
pub(super) fn check_key(walk: &mut Walk<'_, '_>, entry: Entry, read: &str) {
    let tree = walk.context.tree;
    let (Some(span), Some(Style::Plain)) = (tree.key_span(entry.value), tree.key_style(entry.value)) else { return };
    let written = span.text(tree.source());
    if written != read && !written.starts_with('*') {
        let message = format!("the key `{}` is read as `{}`", cut(written), cut(read));
        let help = Some(format!("quote it: \"{}\"", cut(written)));
        walk.report_at(span, entry.value, Remark { rule: Builtin::AmbiguousScalar, message, help });
    }
}

/// `yes`, `on`, `y` and their opposites, where a boolean belongs.
fn boolean_word(walk: &mut Walk<'_, '_>, node: NodeId, value: bool) {
    let written = walk.context.tree.text(node);
    if !written.eq_ignore_ascii_case("true") && !written.eq_ignore_ascii_case("false") {
        let message = format!("`{written}` is read as the boolean `{value}`");
        let help = Some(format!("write `{value}`"));
        walk.report(node, Remark { rule: Builtin::AmbiguousScalar, message, help });
    }
}

/// `0755`, where no file mode belongs.
fn octal(walk: &mut Walk<'_, '_>, node: NodeId, value: i64) {
    let tree = walk.context.tree;
    let written = tree.text(node).trim_start_matches(['+', '-']);
    let octal = written.len() > 1 && written.starts_with('0') && written.bytes().all(|byte| byte.is_ascii_digit());
    let decimal = written.parse::<i64>().ok();
    let mode = MODES.contains(&&*walk.field());
    if octal && !mode && tree.style(node) == Style::Plain && decimal.is_some_and(|decimal| decimal != value.abs()) {
        let message = format!("`{}` is octal, and is read as `{value}`", cut(tree.text(node)));
        let help = Some(format!("write `{value}`, or the decimal number without the zero"));
        walk.report(node, Remark { rule: Builtin::AmbiguousScalar, message, help });
    }
}

fn quantity(walk: &mut Walk<'_, '_>, node: NodeId) {
    let text = walk.context.tree.text(node);
    if let Err(problem) = Quantity::parse(text) {
        let told = if walk.secret { "the value is not a quantity".to_owned() } else { problem.message };
        walk.report(
            node,
            Remark { rule: Builtin::Type, message: format!("`{}`: {told}", walk.field()), help: problem.hint },
        );
    }
}

fn word(walk: &mut Walk<'_, '_>, node: NodeId, words: EnumId) {
    let types = walk.context.types;
    let text = walk.context.tree.text(node);
    // An empty word is the same as none: the default is filled in.
    if text.is_empty() || types.words(words).any(|word| word == text) {
        return;
    }
    let all: Vec<&str> = types.words(words).collect();
    let help = match did_you_mean(text, all.iter().copied()) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if all.len() <= LISTED => Some(format!("write one of {}", list(&all))),
        None => None,
    };
    let message = format!("`{}` has no value `{}`", walk.field(), cut(text));
    walk.report(node, Remark { rule: Builtin::Type, message, help });
}

/// Go's standard base64: padded, line ends allowed.
fn base64(walk: &mut Walk<'_, '_>, node: NodeId) {
    let bytes = walk.context.tree.text(node).bytes().filter(|byte| !matches!(byte, b'\r' | b'\n'));
    let (mut length, mut padding, mut good) = (0_usize, 0_usize, true);
    for byte in bytes {
        length += 1;
        match byte {
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => good &= padding == 0,
            _ => good = false,
        }
    }
    if !good || padding > 2 || length % 4 != 0 {
        let message = format!("`{}` must be base64 text, and is not", walk.field());
        let help = walk.secret.then(|| "plain text belongs under `stringData`".to_owned());
        walk.report(node, Remark { rule: Builtin::Type, message, help });
    }
}

fn mismatch(walk: &mut Walk<'_, '_>, node: NodeId, ty: TypeRef, value: Resolved) {
    let tree = walk.context.tree;
    let text = tree.text(node);
    let found = match value {
        Resolved::Null => "null",
        Resolved::Bool(_) => "a boolean",
        Resolved::Int(_) => "an integer",
        Resolved::Float(_) => "a number that is no 64-bit integer",
        Resolved::String => "a string",
    };
    let wants_text = !matches!(ty, TypeRef::Bool | TypeRef::Integer | TypeRef::Number);
    let quoted = matches!(tree.style(node), Style::SingleQuoted | Style::DoubleQuoted);
    let told = if walk.secret { "the value".to_owned() } else { format!("`{}`", cut(text)) };
    let message = format!("`{}` must be {}, and {told} is {found}", walk.field(), expected(ty));
    let help = match ty {
        _ if matches!(value, Resolved::Bool(_) | Resolved::Int(_) | Resolved::Float(_)) && wants_text => {
            Some(if walk.secret { "quote it".to_owned() } else { format!("quote it: \"{}\"", cut(text)) })
        }
        TypeRef::Bool if matches!(text, "true" | "false") && quoted => Some("leave out the quotes".to_owned()),
        TypeRef::Integer | TypeRef::Number if quoted && text.parse::<i64>().is_ok() => {
            Some("leave out the quotes".to_owned())
        }
        TypeRef::Bool => Some("write `true` or `false`".to_owned()),
        _ => None,
    };
    // A mapping or a list was wanted: no quotes make one of a scalar.
    let help = help.filter(|_| !matches!(ty, TypeRef::Object(_) | TypeRef::Map(_) | TypeRef::List { .. }));
    walk.report(node, Remark { rule: Builtin::Type, message, help });
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// A text as it may stand in a message.
fn cut(text: &str) -> String {
    const LIMIT: usize = 60;
    match text.char_indices().nth(LIMIT) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
