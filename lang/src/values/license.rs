//! Licence expressions of SPDX, such as `(MIT OR Apache-2.0) AND BSD-3-Clause`.

use std::fmt;

use super::ParseError;
use super::error::shown;

const MAX_LENGTH: usize = 16 * 1024;
const MAX_DEPTH: u32 = 32;

/// Most alternatives of one expression: `(a OR b) AND (c OR d) AND …` doubles them with every term.
const MAX_ALTERNATIVES: usize = 256;

/// Most licences in all alternatives together.
const MAX_LICENCES: usize = 8192;

/// A licence expression. Compared and printed as written.
#[derive(Debug, Clone)]
pub struct License {
    text: Box<str>,
    alternatives: Vec<Vec<String>>,
}

impl License {
    /// Reads an expression; whether its licences are on the SPDX list is not looked up.
    ///
    /// Source: SPDX 3.0, annex B. The operators `AND`, `OR` and `WITH` are all upper or all lower case.
    ///
    /// # Errors
    /// If the text is not an expression (`Apache License 2.0` is a name, not one), is nested deeper than 32 levels, or
    /// has more than 256 alternatives.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.len() > MAX_LENGTH {
            return Err(ParseError::at(MAX_LENGTH, format!("a licence expression is longer than {MAX_LENGTH} bytes")));
        }
        let mut parser = Parser { text, at: 0 };
        let alternatives = parser.any(0)?;
        if parser.token().is_some() {
            return Err(parser.refuse("an operator is missing"));
        }
        Ok(Self { text: text.into(), alternatives })
    }

    /// The ways to comply: of each alternative, all licences must be kept. An exception stays with its licence, as
    /// `GPL-2.0-only WITH Classpath-exception-2.0`. In the order of the text; never empty.
    #[must_use]
    pub fn alternatives(&self) -> &[Vec<String>] {
        &self.alternatives
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    fn refuse(&self, why: &str) -> ParseError {
        ParseError::at(self.at, format!("`{}` is not a licence expression: {why}", shown(self.text)))
            .with_hint("write SPDX identifiers with AND, OR, WITH and parentheses")
    }

    /// The next token, which is a parenthesis or a word; not taken yet. Blanks before it are.
    fn token(&mut self) -> Option<&'t str> {
        let rest = self.text[self.at..].trim_start_matches([' ', '\t', '\n', '\r']);
        self.at = self.text.len() - rest.len();
        if rest.starts_with(['(', ')']) {
            return Some(&rest[..1]);
        }
        let end = rest.find([' ', '\t', '\n', '\r', '(', ')']).unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    }

    fn eat(&mut self, upper: &str, lower: &str) -> bool {
        let found = self.token().is_some_and(|token| token == upper || token == lower);
        self.at += if found { upper.len() } else { 0 };
        found
    }

    fn any(&mut self, depth: u32) -> Result<Vec<Vec<String>>, ParseError> {
        let mut all = self.all(depth)?;
        while self.eat("OR", "or") {
            all.extend(self.all(depth)?);
            self.bounded(&all)?;
        }
        Ok(all)
    }

    fn all(&mut self, depth: u32) -> Result<Vec<Vec<String>>, ParseError> {
        let mut left = self.one(depth)?;
        while self.eat("AND", "and") {
            let right = self.one(depth)?;
            if left.len() * right.len() > MAX_ALTERNATIVES {
                return Err(self.refuse("it has too many alternatives"));
            }
            left = left.iter().flat_map(|a| right.iter().map(|b| united(a, b))).collect();
            self.bounded(&left)?;
        }
        Ok(left)
    }

    fn bounded(&self, all: &[Vec<String>]) -> Result<(), ParseError> {
        let fine = all.len() <= MAX_ALTERNATIVES && all.iter().map(Vec::len).sum::<usize>() <= MAX_LICENCES;
        if fine { Ok(()) } else { Err(self.refuse("it has too many alternatives")) }
    }

    fn one(&mut self, depth: u32) -> Result<Vec<Vec<String>>, ParseError> {
        if self.eat("(", "(") {
            if depth == MAX_DEPTH {
                return Err(self.refuse("it is nested too deeply"));
            }
            let inner = self.any(depth + 1)?;
            return if self.eat(")", ")") { Ok(inner) } else { Err(self.refuse("a `)` is missing")) };
        }
        let mut licence = self.identifier(true)?.to_owned();
        if self.eat("WITH", "with") {
            licence.push_str(" WITH ");
            licence.push_str(self.identifier(false)?);
        }
        Ok(vec![vec![licence]])
    }

    fn identifier(&mut self, may_be_later: bool) -> Result<&'t str, ParseError> {
        let Some(word) = self.token() else { return Err(self.refuse("a licence is missing")) };
        let name = if may_be_later { word.strip_suffix('+').unwrap_or(word) } else { word };
        let is_operator = matches!(name, "AND" | "OR" | "WITH" | "and" | "or" | "with");
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte));
        if is_operator || name.is_empty() || !plain {
            return Err(self.refuse("a licence is missing"));
        }
        self.at += word.len();
        Ok(word)
    }
}

/// The licences of both, each once.
fn united(a: &[String], b: &[String]) -> Vec<String> {
    let new = b.iter().filter(|licence| !a.contains(licence));
    a.iter().chain(new).cloned().collect()
}

impl PartialEq for License {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for License {}

impl std::hash::Hash for License {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// As written.
impl fmt::Display for License {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

super::serde_as_text!(License);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    #[test]
    fn gives_alternatives() {
        for (text, alternatives) in [
            ("MIT", "MIT"),
            ("MIT OR Apache-2.0", "MIT | Apache-2.0"),
            ("MIT AND Apache-2.0", "MIT, Apache-2.0"),
            ("A OR B AND C", "A | B, C"),
            ("(A OR B) AND C", "A, C | B, C"),
            ("(A OR B) AND (C OR D)", "A, C | A, D | B, C | B, D"),
            ("(A or B)and(A)", "A | B, A"),
            (
                "GPL-2.0-only WITH Classpath-exception-2.0 OR GPL-2.0+",
                "GPL-2.0-only WITH Classpath-exception-2.0 | GPL-2.0+",
            ),
            ("LicenseRef-acme", "LicenseRef-acme"),
            ("DocumentRef-x:LicenseRef-y", "DocumentRef-x:LicenseRef-y"),
            ("((MIT))", "MIT"),
        ] {
            let read = License::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let shown: Vec<String> = read.alternatives().iter().map(|all| all.join(", ")).collect();
            assert_eq!(shown.join(" | "), alternatives, "{text}");
            assert_eq!(read.to_string(), text);
            round_trip(&read);
        }
    }

    #[test]
    fn refuses() {
        for (text, offset, why) in [
            ("", 0, "a licence is missing"),
            ("Apache License 2.0", 7, "an operator is missing"),
            ("MIT OR", 6, "a licence is missing"),
            ("MIT AND OR A", 8, "a licence is missing"),
            ("(MIT", 4, "a `)` is missing"),
            ("MIT)", 3, "an operator is missing"),
            ("MIT/Apache-2.0", 0, "a licence is missing"),
            ("A WITH B+", 7, "a licence is missing"),
            ("é", 0, "a licence is missing"),
        ] {
            let error = License::parse(text).unwrap_err();
            assert!(error.message.ends_with(why), "{text}: {}", error.message);
            assert_eq!(error.offset, offset, "{text}");
        }
        let doubling = vec!["(A OR B)"; 40].join(" AND ");
        let deep = "(".repeat(5000);
        let wide = vec!["A"; 300].join(" OR ");
        for text in [doubling, deep, wide, "x".repeat(20_000)] {
            assert!(License::parse(&text).is_err());
        }
    }
}
