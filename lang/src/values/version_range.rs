//! Version ranges such as `>=1.19.0-0 <1.30 || ^2.1`, as Helm charts write them.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::error::shown;
use super::semver::{Release, compare_pre_releases};
use super::{ParseError, Version};

/// Longer texts are not ranges; the bounds of `github.com/Masterminds/semver` 3.5.
const MAX_LENGTH: usize = 512;
const MAX_ALTERNATIVES: usize = 32;

/// Alternatives separated by `||`, each a list of comparators that must all hold, separated by spaces or commas.
///
/// Comparators: `=` (or nothing), `!=`, `>`, `<`, `>=` (`=>`), `<=` (`=<`), `~` (`~>`), `^`, and ranges `1.2 - 1.4`;
/// versions may be cut short or end in `x`, `X` or `*`. A pre-release satisfies an alternative only if one of its
/// comparators names a pre-release; so `1.28.3-gke.100` does not satisfy `>=1.19` but does satisfy `>=1.19-0`.
/// Printed as written.
#[derive(Debug, Clone)]
pub struct VersionRange {
    text: Box<str>,
    alternatives: Vec<Vec<Comparator>>,
}

#[derive(Debug, Clone)]
struct Comparator {
    operator: Operator,
    version: Partial,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Tilde,
    Caret,
}

/// A version of which the end may be left open.
#[derive(Debug, Clone)]
struct Partial {
    version: Version,
    open: Open,
}

/// From which number on a version is left open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Patch,
    Minor,
    Everything,
}

impl VersionRange {
    /// Reads a range.
    ///
    /// Source: `NewConstraint` of `github.com/Masterminds/semver` 3.5. Where a hyphen range may stand is decided here
    /// more generously: anywhere a comparator may.
    ///
    /// # Errors
    /// If a comparator is malformed, an alternative is empty, or there are more than 512 bytes or 32 alternatives.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.len() > MAX_LENGTH {
            return Err(ParseError::at(MAX_LENGTH, format!("a version range is longer than {MAX_LENGTH} bytes")));
        }
        let mut alternatives = Vec::new();
        let mut start = 0;
        for part in text.split("||") {
            alternatives.push(comparators(text, start, start + part.len())?);
            start += part.len() + 2;
        }
        if alternatives.len() > MAX_ALTERNATIVES {
            return Err(ParseError::at(0, format!("a version range has more than {MAX_ALTERNATIVES} alternatives")));
        }
        Ok(Self { text: text.into(), alternatives })
    }

    /// Whether the version lies in the range.
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|all| {
            let pre_releases = all.iter().any(|comparator| !comparator.version.version.pre_release().is_empty());
            (pre_releases || version.pre_release().is_empty()) && all.iter().all(|comparator| comparator.holds(version))
        })
    }
}

impl Comparator {
    /// Whether a version satisfies this comparator; whether pre-releases count at all is settled before.
    fn holds(&self, version: &Version) -> bool {
        let Partial { version: bound, open } = &self.version;
        match self.operator {
            Operator::Equal if *open == Open::Nothing => version == bound,
            Operator::Equal | Operator::Tilde => tilde(version, bound, *open),
            Operator::NotEqual => not_equal(version, bound, *open),
            Operator::Greater => greater(version, bound, *open),
            Operator::Less => version < bound,
            Operator::GreaterOrEqual => version >= bound,
            Operator::LessOrEqual => less_or_equal(version, bound, *open),
            Operator::Caret => caret(version, bound, *open),
        }
    }
}

/// `~1.2.3` is from 1.2.3 to below 1.3; `~1.2` and `1.2.x` to below 1.3; `~1` to below 2; zero is open upwards.
fn tilde(version: &Version, bound: &Version, open: Open) -> bool {
    let zero = bound.release() == (Release { major: 0, minor: 0, patch: 0 });
    version >= bound
        && (zero && matches!(open, Open::Nothing | Open::Everything)
            || version.major() == bound.major() && (open == Open::Minor || version.minor() == bound.minor()))
}

fn not_equal(version: &Version, bound: &Version, open: Open) -> bool {
    match open {
        Open::Minor => version.major() != bound.major(),
        Open::Patch => {
            (version.major(), version.minor()) != (bound.major(), bound.minor())
                || compare_pre_releases(version.pre_release(), bound.pre_release()).is_ne()
        }
        // `!=*` is compared with 0.0.0, as in Masterminds.
        Open::Nothing | Open::Everything => version != bound,
    }
}

/// `>1` starts at 2 and `>1.2` at 1.3.
fn greater(version: &Version, bound: &Version, open: Open) -> bool {
    match open {
        Open::Minor => version.major() > bound.major(),
        Open::Patch => (version.major(), version.minor()) > (bound.major(), bound.minor()),
        Open::Nothing | Open::Everything => version > bound,
    }
}

/// `<=1` ends before 2 and `<=1.2` before 1.3.
fn less_or_equal(version: &Version, bound: &Version, open: Open) -> bool {
    match open {
        Open::Nothing => version <= bound,
        Open::Minor => version.major() <= bound.major(),
        Open::Patch | Open::Everything => (version.major(), version.minor()) <= (bound.major(), bound.minor()),
    }
}

/// `^1.2.3` is from 1.2.3 to below 2, `^0.2.3` to below 0.3, `^0.0.3` only that one; `^0` is 0 and `^0.0` is 0.0.
fn caret(version: &Version, bound: &Version, open: Open) -> bool {
    if version < bound || version.major() != bound.major() {
        return false;
    }
    if bound.major() > 0 || open == Open::Minor {
        return true;
    }
    if version.minor() != bound.minor() {
        return false;
    }
    bound.minor() > 0 || open == Open::Patch || version.patch() == bound.patch()
}

/// The comparators of one alternative, which stands at `start..end` of the text.
fn comparators(text: &str, start: usize, end: usize) -> Result<Vec<Comparator>, ParseError> {
    let mut reader = Reader { text, at: start, end };
    let mut found = Vec::new();
    let mut separated = true;
    loop {
        separated |= reader.skip_blanks();
        if reader.at == end && !found.is_empty() {
            return Ok(found);
        }
        if !separated {
            return Err(reader.refuse("there is no space or comma between two comparators"));
        }
        let operator = reader.operator();
        let blanks_after_operator = reader.skip_blanks();
        let version = reader.partial()?;
        separated = reader.skip_blanks();
        match reader.hyphen() {
            true if separated && operator.is_none() && !blanks_after_operator => {
                reader.skip_blanks();
                found.push(Comparator { operator: Operator::GreaterOrEqual, version });
                found.push(Comparator { operator: Operator::LessOrEqual, version: reader.partial()? });
                separated = reader.skip_blanks();
            }
            true => return Err(reader.refuse("a `-` range has versions without operators on both sides")),
            false => found.push(Comparator { operator: operator.unwrap_or(Operator::Equal), version }),
        }
        if reader.eat(",") {
            separated = true;
            reader.skip_blanks();
            if reader.at == end {
                return Err(reader.refuse("there is no comparator after the comma"));
            }
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    end: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..self.end]
    }

    fn refuse(&self, message: &str) -> ParseError {
        ParseError::at(self.at, message)
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn skip_blanks(&mut self) -> bool {
        let blanks =
            self.rest().bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')).count();
        self.at += blanks;
        blanks > 0
    }

    /// A hyphen that stands alone, so no part of a version.
    fn hyphen(&mut self) -> bool {
        let alone = self.rest().starts_with('-') && self.rest()[1..].starts_with([' ', '\t', '\n', '\x0c', '\r']);
        self.at += usize::from(alone);
        alone
    }

    fn operator(&mut self) -> Option<Operator> {
        const OPERATORS: [(&str, Operator); 11] = [
            ("!=", Operator::NotEqual),
            (">=", Operator::GreaterOrEqual),
            ("=>", Operator::GreaterOrEqual),
            ("<=", Operator::LessOrEqual),
            ("=<", Operator::LessOrEqual),
            ("~>", Operator::Tilde),
            ("=", Operator::Equal),
            (">", Operator::Greater),
            ("<", Operator::Less),
            ("~", Operator::Tilde),
            ("^", Operator::Caret),
        ];
        OPERATORS.into_iter().find(|(token, _)| self.eat(token)).map(|(_, operator)| operator)
    }

    /// A version that may be cut short or have `x` or `*` for its numbers.
    fn partial(&mut self) -> Result<Partial, ParseError> {
        let start = self.at;
        let length = self
            .rest()
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b'*'))
            .count();
        let written = &self.text[start..start + length];
        if written.is_empty() {
            let found = self.rest().chars().next().map_or("nothing".to_owned(), |char| format!("`{char}`"));
            return Err(self.refuse(&format!("there is {found} where a version was expected")));
        }
        self.at += length;
        let refuse =
            |offset: usize| ParseError::at(start + offset, format!("`{}` is not a version of a range", shown(written)));
        let body = written.strip_prefix('v').unwrap_or(written);
        let numbers_end = body.find(['-', '+']).unwrap_or(body.len());
        let (numbers, rest) = body.split_at(numbers_end);
        let mut kept = String::new();
        let mut open = None;
        let mut count = 0;
        for number in numbers.split('.') {
            count += 1;
            let wildcard = matches!(number, "x" | "X" | "*");
            if count > 3 || !wildcard && (number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit())) {
                return Err(refuse(0));
            }
            if wildcard && open.is_none() {
                open = Some(count - 1);
            }
            if open.is_none() {
                kept.push_str(if count > 1 { "." } else { "" });
                kept.push_str(number);
            }
        }
        let open = match open.unwrap_or(count) {
            0 => Open::Everything,
            1 => Open::Minor,
            2 => Open::Patch,
            _ => Open::Nothing,
        };
        let kept = if open == Open::Everything { "0" } else { &kept };
        let version = Version::parse(&format!("{kept}{rest}")).map_err(|_| refuse(0))?;
        Ok(Partial { version, open })
    }
}

impl PartialEq for VersionRange {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for VersionRange {}

impl Hash for VersionRange {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// As written.
impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

super::serde_as_text!(VersionRange);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    #[test]
    fn contains() {
        for (range, inside, outside) in [
            (">=1.19.0-0", "1.28.3-gke.100 1.19.0 1.19.0-0 2.0.0-rc.1", "1.18.9"),
            (">=1.19-0", "1.28.3-gke.100 1.19.0", "1.18.9-eks.1"),
            (">=1.19", "1.19.0 v1.30", "1.28.3-gke.100 1.18.9"),
            (">=1.0.0", "1.0.0", "1.0.0-rc.1 2.0.0-rc.1"),
            ("<1.19.15 || >=1.20.0 <1.20.11", "1.19.14 1.20.0 1.20.10", "1.19.15 1.20.11 1.21.0"),
            (">=9.2.0, <9.2.4", "9.2.0 9.2.3+x", "9.2.4"),
            ("1.2.3", "1.2.3 v1.2.3", "1.2.4 1.2.3-rc"),
            ("=1.2.3-rc", "1.2.3-rc", "1.2.3"),
            ("1.2.x", "1.2.0 1.2.9", "1.3.0 1.2.1-rc"),
            ("1.2", "1.2.9", "1.3.0"),
            ("1", "1.2.9", "2.0.0"),
            ("*", "0.0.0 9.9.9", "1.0.0-rc"),
            (">=0-0", "1.0.0-rc 3.0.0", ""),
            ("!=1.2", "1.3.0", "1.2.7"),
            ("!=1.x", "2.0.0", "1.2.7"),
            ("!=1.2.3", "1.2.4", "1.2.3"),
            (">1", "2.0.0", "1.9.9"),
            (">1.2", "1.3.0", "1.2.9"),
            ("<=1", "1.9.9 0.1.0", "2.0.0"),
            ("<=1.2", "1.2.9", "1.3.0"),
            ("~1.2.3", "1.2.3 1.2.9", "1.3.0 1.2.2"),
            ("~>1", "1.9.0", "2.0.0"),
            ("~0.0.0", "7.0.0", ""),
            ("^1.2.3", "1.9.9", "2.0.0 1.2.2"),
            ("^0.2.3", "0.2.9", "0.3.0"),
            ("^0.0.3", "0.0.3", "0.0.4"),
            ("^0.0", "0.0.9", "0.1.0"),
            ("^0", "0.9.0", "1.0.0"),
            ("1.2 - 1.4.5", "1.2.0 1.4.5", "1.4.6 1.1.9"),
            ("1.2 - 1.4 || 3", "1.4.9 3.1.0", "1.5.0"),
            ("1.0.0 - 2.0.0, !=1.5.0", "1.4.0", "1.5.0"),
            ("=> 1.0 =< 2.0", "1.0.0 2.0.9", "2.1.0"),
        ] {
            let read = VersionRange::parse(range).unwrap_or_else(|error| panic!("{range}: {error}"));
            for version in inside.split_whitespace() {
                assert!(read.contains(&Version::parse(version).unwrap()), "{version} satisfies {range}");
            }
            for version in outside.split_whitespace() {
                assert!(!read.contains(&Version::parse(version).unwrap()), "{version} does not satisfy {range}");
            }
            assert_eq!(read.to_string(), range);
            round_trip(&read);
        }
    }

    #[test]
    fn refuses() {
        let many = vec!["1"; 33].join("||");
        let long = " ".repeat(600);
        for (text, offset, message) in [
            ("", 0, "there is nothing where a version was expected"),
            ("1 || ", 5, "there is nothing where a version was expected"),
            (">=", 2, "there is nothing where a version was expected"),
            (">=1<2", 3, "there is no space or comma between two comparators"),
            (">=1,", 4, "there is no comparator after the comma"),
            (",1", 0, "there is `,` where a version was expected"),
            ("1.2.3.4", 0, "`1.2.3.4` is not a version of a range"),
            (">=1.y", 2, "`1.y` is not a version of a range"),
            (">=1 - 2", 5, "a `-` range has versions without operators on both sides"),
            ("==1", 1, "there is `=` where a version was expected"),
            ("1.2.3-01", 0, "`1.2.3-01` is not a version of a range"),
            ("latest", 0, "`latest` is not a version of a range"),
            (many.as_str(), 0, "a version range has more than 32 alternatives"),
            (long.as_str(), 512, "a version range is longer than 512 bytes"),
        ] {
            assert_eq!(VersionRange::parse(text).unwrap_err(), ParseError::at(offset, message), "{text}");
        }
    }
}
