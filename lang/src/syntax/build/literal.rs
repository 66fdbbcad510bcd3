//! Literals: texts with their escapes and braces, raw texts without their indentation, regexes.

use policyc_text::Span;

use super::Builder;
use super::chain::Operand;
use crate::syntax::ast::{Expr, ExprKind, TextPart};
use crate::syntax::grammar::{Node, Parts, Rule};

impl Builder<'_> {
    /// A literal as an expression.
    pub(super) fn literal(&mut self, node: Node<'_>) -> Expr {
        self.literal_operand(node).expr
    }

    /// A literal as an operand.
    pub(super) fn literal_operand(&mut self, node: Node<'_>) -> Operand {
        let span = self.span(&node);
        let text = node.as_str();
        let kind = match node.as_rule() {
            Rule::text => return self.text(node),
            Rule::raw => ExprKind::Raw(dedent(text.get(3..text.len().saturating_sub(3)).unwrap_or_default())),
            Rule::regex => ExprKind::Regex(regex_source(text)),
            Rule::numeric => numeric(text.to_owned()),
            Rule::bool => ExprKind::Bool(text == "true"),
            Rule::name | Rule::meta_word => ExprKind::Name(text.to_owned()),
            _ => ExprKind::Bad,
        };
        Operand::leaf(kind, span)
    }

    fn text(&mut self, node: Node<'_>) -> Operand {
        let span = self.span(&node);
        let mut parts: Vec<TextPart> = Vec::new();
        let mut depth = 0;
        for part in Parts::of(node) {
            match part.as_rule() {
                Rule::plain => add_plain(&mut parts, part.as_str()),
                Rule::escape => {
                    let escape = self.escape(&part);
                    add_plain(&mut parts, escape.encode_utf8(&mut [0; 4]));
                }
                _ => {
                    let Some(inner) = Parts::of(part).next() else { continue };
                    let operand = self.operand(inner);
                    depth = depth.max(operand.depth);
                    parts.push(TextPart::Expr(operand.expr));
                }
            }
        }
        self.nest(ExprKind::Text(parts), span, depth)
    }

    fn escape(&mut self, node: &Node<'_>) -> char {
        match node.as_str().chars().nth(1) {
            Some('n') => '\n',
            Some('t') => '\t',
            Some(known @ ('{' | '}' | '"' | '\\')) => known,
            other => {
                let known = other.unwrap_or('\\');
                let message = format!("`{}` means nothing in a text", node.as_str());
                self.error(self.span(node), message, "a backslash is written `\\\\`; `\"\"\"` texts take all as it is");
                known
            }
        }
    }
}

fn numeric(text: String) -> ExprKind {
    if text.contains('-') {
        ExprKind::Date(text)
    } else if text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        ExprKind::Quantity(text)
    } else {
        ExprKind::Number(text)
    }
}

fn add_plain(parts: &mut Vec<TextPart>, text: &str) {
    if let Some(TextPart::Plain(known)) = parts.last_mut() {
        known.push_str(text);
    } else {
        parts.push(TextPart::Plain(text.to_owned()));
    }
}

/// What stands between the slashes; `\/` is a slash, other escapes are the regex's own.
fn regex_source(literal: &str) -> String {
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            out.push(char);
            continue;
        }
        match chars.next() {
            Some('/') => out.push('/'),
            Some(escaped) => out.extend(['\\', escaped]),
            None => out.push('\\'),
        }
    }
    out
}

/// A raw text without the indentation that all of its lines share. The line break after the opening quotes goes, and
/// so do the blanks before the closing ones; lines of blanks alone become empty.
fn dedent(raw: &str) -> String {
    let opened = raw.strip_prefix("\r\n").or_else(|| raw.strip_prefix('\n'));
    let body = opened.unwrap_or(raw);
    // Text that begins beside the opening quotes stands at no indentation of its own.
    let skip = usize::from(opened.is_none());
    let common = body.split('\n').skip(skip).filter(|line| !line.trim().is_empty()).fold(None, common_indent);
    let common = common.unwrap_or_default();
    let mut out = String::with_capacity(body.len());
    let mut lines = body.split('\n').enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        let last = lines.peek().is_none();
        if number < skip {
            out.push_str(line);
        } else if line.trim().is_empty() {
            out.push_str(if line.ends_with('\r') && !last { "\r" } else { "" });
        } else {
            out.push_str(line.strip_prefix(common).unwrap_or(line));
        }
        if !last {
            out.push('\n');
        }
    }
    out
}

fn common_indent<'t>(known: Option<&'t str>, line: &'t str) -> Option<&'t str> {
    let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let Some(known) = known else { return Some(indent) };
    let shared = known.bytes().zip(indent.bytes()).take_while(|(left, right)| left == right).count();
    known.get(..shared)
}

impl Operand {
    /// An operand without parts.
    pub(super) fn leaf(kind: ExprKind, span: Span) -> Self {
        Self { expr: Expr { kind, span }, whole: span, depth: 1, compares: false }
    }
}

#[cfg(test)]
mod tests {
    use super::{dedent, regex_source};

    #[test]
    fn raw_texts_lose_their_shared_indentation() {
        for (raw, text) in [
            ("", ""),
            ("plain", "plain"),
            ("\n  a\n    b\n  ", "a\n  b\n"),
            ("\n\ta\n\t\tb\n", "a\n\tb\n"),
            ("\n  a\n\n  b", "a\n\nb"),
            ("\r\n  a\r\n  b\r\n  ", "a\r\nb\r\n"),
            ("a\n  b", "a\nb"),
            ("\n  a\n\tb\n", "  a\n\tb\n"),
        ] {
            assert_eq!(dedent(raw), text, "{raw:?}");
        }
    }

    #[test]
    fn only_the_slash_is_unescaped_in_regexes() {
        assert_eq!(regex_source(r"/a\/b\\\d/"), r"a/b\\\d");
    }
}
