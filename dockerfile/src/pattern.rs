//! The patterns of `${name#pattern}`, `${name%pattern}` and `${name/pattern/text}`: `*`, `?` and escaped characters.

use std::ops::Range;

/// Most steps of matching for one substitution; beyond it the result is unknown.
const WORK: usize = 4_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Char(char),
    /// `?`: one character that is no line end.
    Any,
    /// `*`: as many of those as there are.
    Star,
}

type Substituted = Result<Option<String>, String>;

/// The value without the start that matches. `None` where that is too much work.
///
/// # Errors
///
/// An escape sequence that BuildKit refuses.
pub(crate) fn trim_prefix(pattern: &str, value: &str, longest: bool) -> Substituted {
    let parts = parse(pattern)?;
    let chars: Vec<char> = value.chars().collect();
    Ok(trim(&parts, &chars, longest).map(|rest| rest.iter().collect()))
}

/// The value without the end that matches.
pub(crate) fn trim_suffix(pattern: &str, value: &str, longest: bool) -> Substituted {
    let mut parts = parse(pattern)?;
    parts.reverse();
    let chars: Vec<char> = value.chars().rev().collect();
    Ok(trim(&parts, &chars, longest).map(|rest| rest.iter().rev().collect()))
}

/// The value with what matches replaced: the first match, or all of them.
pub(crate) fn replace(pattern: &str, value: &str, replacement: &str, all: bool) -> Substituted {
    let parts = parse(pattern)?;
    let chars: Vec<char> = value.chars().collect();
    if (chars.len() + 1).saturating_mul(chars.len() + 1).saturating_mul(parts.len() + 1) > WORK {
        return Ok(None);
    }
    let mut out = String::new();
    let mut at = 0;
    let mut copied = 0;
    let mut last_end = None;
    while at <= chars.len() {
        let Some(end) = reach(&parts, &chars, at, true) else {
            at += 1;
            continue;
        };
        // As in Go, an empty match right behind a match is none.
        let counts = end > at || last_end != Some(at);
        if counts {
            out.extend(chars.get(copied..at).unwrap_or_default());
            let found: String = chars.get(at..end).unwrap_or_default().iter().collect();
            if !all {
                out.push_str(replacement);
                out.extend(chars.get(end..).unwrap_or_default());
                return Ok(Some(out));
            }
            out.push_str(&template(replacement, &found));
            copied = end;
            last_end = Some(end);
        }
        at = if end > at { end } else { at + 1 };
    }
    out.extend(chars.get(copied..).unwrap_or_default());
    Ok(Some(out))
}

/// `$0` is what matched, other names are nothing, `$$` is a dollar sign: BuildKit hands the text to Go as a template.
fn template(replacement: &str, found: &str) -> String {
    let mut out = String::new();
    let mut rest = replacement;
    while let Some(at) = rest.find('$') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        match template_name(rest) {
            None => out.push('$'),
            Some((name, used)) => {
                if rest.get(name).is_some_and(|name| name == "0") {
                    out.push_str(found);
                }
                rest = rest.get(used..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// A name behind a dollar sign, with or without braces, and how much it takes.
fn template_name(rest: &str) -> Option<(Range<usize>, usize)> {
    let start = usize::from(rest.starts_with('{'));
    let body = rest.get(start..)?;
    let length = body.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(body.len());
    if length == 0 {
        return None;
    }
    let end = start + length;
    match start {
        0 => Some((0..end, end)),
        _ => rest.get(end..)?.starts_with('}').then_some((start..end, end + 1)),
    }
}

fn parse(pattern: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        parts.push(match c {
            '*' => Part::Star,
            '?' => Part::Any,
            '\\' => match chars.next() {
                Some(escaped @ ('}' | '/' | '*' | '?' | '\\')) => Part::Char(escaped),
                Some(other) => return Err(format!("`\\{other}` is no escape in a pattern")),
                None => return Err("the pattern ends in an escape character".to_owned()),
            },
            c => Part::Char(c),
        });
    }
    Ok(parts)
}

fn trim<'c>(parts: &[Part], chars: &'c [char], longest: bool) -> Option<&'c [char]> {
    if (parts.len() + 1).saturating_mul(chars.len() + 1) > WORK {
        return None;
    }
    chars.get(reach(parts, chars, 0, longest).unwrap_or(0)..)
}

/// The end of the shortest or longest match that begins at `from`.
fn reach(parts: &[Part], chars: &[char], from: usize, longest: bool) -> Option<usize> {
    // The parts that may come next, as flags; the last one is the end of the pattern.
    let mut open = vec![false; parts.len() + 1];
    open[0] = true;
    let mut best = None;
    let mut at = from;
    loop {
        let mut any = false;
        for index in 0..parts.len() {
            any |= open[index];
            if open[index] && parts[index] == Part::Star {
                open[index + 1] = true;
            }
        }
        if open[parts.len()] {
            best = Some(at);
            if !longest {
                return best;
            }
        }
        let Some(c) = chars.get(at).filter(|_| any) else { return best };
        let mut next = vec![false; parts.len() + 1];
        for (index, part) in parts.iter().enumerate().filter(|(index, _)| open[*index]) {
            match part {
                Part::Star => next[index] |= *c != '\n',
                Part::Any => next[index + 1] |= *c != '\n',
                Part::Char(wanted) => next[index + 1] |= wanted == c,
            }
        }
        open = next;
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{replace, trim_prefix, trim_suffix};

    #[test]
    fn patterns() {
        let ok = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(trim_prefix("*/", "a/b/c", false), ok("b/c"));
        assert_eq!(trim_prefix("*/", "a/b/c", true), ok("c"));
        assert_eq!(trim_suffix("/*", "a/b/c", false), ok("a/b"));
        assert_eq!(trim_suffix("/*", "a/b/c", true), ok("a"));
        assert_eq!(trim_suffix(r"\*c", "ab*c", false), ok("ab"));
        assert_eq!(trim_prefix("x", "a", true), ok("a"));
        assert_eq!(replace("o", "foo boo", "0", false), ok("f0o boo"));
        assert_eq!(replace("o", "foo boo", "0", true), ok("f00 b00"));
        assert_eq!(replace("*", "abc", "x", true), ok("x"));
        assert_eq!(replace("", "ab", "-", true), ok("-a-b-"));
        assert_eq!(replace("b", "abc", "[$0$1]", true), ok("a[b]c"));
        assert!(trim_prefix(r"\a", "a", true).is_err());
        assert_eq!(replace("*a*a*a*b", &"a".repeat(100_000), "", true), Ok(None), "bounded work");
    }
}
