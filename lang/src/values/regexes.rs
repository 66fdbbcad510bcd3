//! Regular expressions with a bounded program. Globs are translated by `glob` and compiled here.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use super::ParseError;
use super::error::shown;

/// Largest compiled program, in bytes (LANGUAGE 9.7).
const SIZE_LIMIT: usize = 1 << 20;

/// Deepest nesting of groups and repetitions.
const NEST_LIMIT: u32 = 64;

/// Longest source text, in bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// A compiled regular expression: the syntax of the `regex` crate, unanchored, matching in linear time.
///
/// Compared, printed and serialised as its source text.
///
/// Parsing compiles it, to say what is wrong with it. One that is read back from where it was stored, and so was parsed
/// before, is compiled when it is first asked: a program does not pay for expressions that it never uses.
#[derive(Debug, Clone)]
pub struct Pattern {
    source: Box<str>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Compiles an expression.
    ///
    /// # Errors
    /// If the expression is malformed, nested deeper than 64 levels, longer than 64 KiB, or compiles to more than
    /// 1 MiB. The offset is that of the faulty part, where the expression is a single line.
    pub fn parse(source: &str) -> Result<Self, ParseError> {
        if source.len() > MAX_LENGTH {
            return Err(ParseError::at(0, format!("the regular expression is longer than {MAX_LENGTH} bytes")));
        }
        let regex = compile(source).map_err(|error| explain(source, &error))?;
        Ok(Self { source: source.into(), compiled: OnceLock::from(Some(regex)) })
    }

    /// Whether any part of the text matches. A stored text that is no expression matches nothing.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| compile(&self.source).ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }

    /// The expression as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}

/// Compiles with the limits that hold for everything a user can write.
pub(super) fn compile(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).size_limit(SIZE_LIMIT).nest_limit(NEST_LIMIT).build()
}

fn explain(source: &str, error: &regex::Error) -> ParseError {
    match error {
        regex::Error::CompiledTooBig(_) => {
            ParseError::at(0, format!("the regular expression `{}` compiles to more than 1 MiB", shown(source)))
                .with_hint("make its repetition counts smaller")
        }
        regex::Error::Syntax(report) => explain_syntax(source, report),
        other => ParseError::at(0, format!("the regular expression `{}` is refused: {other}", shown(source))),
    }
}

/// Takes the message and the place from the report: the expression, a line of carets below it, and `error: …`.
fn explain_syntax(source: &str, report: &str) -> ParseError {
    const INDENT: usize = 4;
    let mut lines = report.lines().rev();
    let last = lines.next().unwrap_or(report);
    let reason = last.strip_prefix("error: ").unwrap_or(last);
    let column = lines.next().and_then(|line| line.find('^')).and_then(|caret| caret.checked_sub(INDENT));
    let offset = match column {
        Some(column) if !source.contains('\n') => {
            source.char_indices().nth(column).map_or(source.len(), |(offset, _)| offset)
        }
        _ => 0,
    };
    let error = ParseError::at(offset, format!("the regular expression is not valid: {reason}"));
    if reason.contains("look-around") {
        error.with_hint("say what must not match in a second condition")
    } else if reason.contains("backreferences") {
        error.with_hint("back-references are not part of this syntax, as they cannot be matched in linear time")
    } else {
        error
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source() == other.source()
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.source().hash(state);
    }
}

/// As written, without slashes.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.source())
    }
}

impl serde::Serialize for Pattern {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
    }
}

impl<'de> serde::Deserialize<'de> for Pattern {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let source = <Box<str>>::deserialize(deserializer)?;
        Ok(Self { source, compiled: OnceLock::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    #[test]
    fn matches_anywhere() {
        for (source, text, expected) in [
            ("b+", "abbc", true),
            ("^b+$", "abbc", false),
            (r"^\d{4}$", "2027", true),
            ("(?i)SECRET", "my_secret", true),
            ("é", "café", true),
            ("", "", true),
        ] {
            let pattern = Pattern::parse(source).unwrap();
            assert_eq!(pattern.is_match(text), expected, "{source} on {text}");
            round_trip(&pattern);
        }
    }

    #[test]
    fn explains() {
        for (source, offset, message) in [
            ("a(b", 1, "the regular expression is not valid: unclosed group"),
            ("é[a", 2, "the regular expression is not valid: unclosed character class"),
            ("*a", 0, "the regular expression is not valid: repetition operator missing expression"),
            (
                "(?=a)",
                0,
                "the regular expression is not valid: look-around, including look-ahead and look-behind, is not supported",
            ),
            (r"(a)\1", 3, "the regular expression is not valid: backreferences are not supported"),
            ("(a{0,1000}){0,1000}", 0, "the regular expression `(a{0,1000}){0,1000}` compiles to more than 1 MiB"),
        ] {
            let error = Pattern::parse(source).unwrap_err();
            assert_eq!((error.offset, error.message.as_str()), (offset, message), "{source}");
        }
        let deep = format!("{}{}", "(".repeat(1000), ")".repeat(1000));
        assert!(Pattern::parse(&deep).is_err());
        assert!(Pattern::parse(&"a".repeat(100_000)).is_err());
    }
}
