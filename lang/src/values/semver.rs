//! Versions: semantic versions, read as leniently as Kubernetes and Helm read them. Ranges are in `version_range`.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;

use super::ParseError;
use super::error::shown;

/// Longer texts are not versions; the bound of `github.com/Masterminds/semver` 3.5.
const MAX_LENGTH: usize = 256;

/// A version such as `1.2.3`, `v1.34`, `1` or `1.28.3-gke.100+build`.
///
/// Missing parts are zero, one leading `v` and leading zeros are allowed. Order and equality are those of Semantic
/// Versioning 2.0.0, section 11: build metadata and spelling do not count. Printed as written.
#[derive(Debug, Clone)]
pub struct Version {
    text: Box<str>,
    release: Release,
    // INVARIANT: both lie within `text` on ASCII boundaries; empty if there is no such part.
    pre_release: Range<u16>,
    build: Range<u16>,
}

/// The three numbers of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Release {
    pub(super) major: u64,
    pub(super) minor: u64,
    pub(super) patch: u64,
}

impl Version {
    /// Reads a version.
    ///
    /// Source: `NewVersion` of `github.com/Masterminds/semver` 3.5, which Helm uses.
    ///
    /// # Errors
    /// If the text is not `[v]N[.N[.N]][-pre][+build]`, a number exceeds 64 bits, a numeric pre-release part has a
    /// leading zero, or the text is longer than 256 bytes.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let refuse = |offset: usize| ParseError::at(offset, format!("`{}` is not a version", shown(text)));
        if text.len() > MAX_LENGTH {
            return Err(refuse(0));
        }
        let mut rest = Scanner { text, at: usize::from(text.starts_with('v')) };
        let mut numbers = [0_u64; 3];
        for (index, number) in numbers.iter_mut().enumerate() {
            if index > 0 && !rest.eat(b'.') {
                break;
            }
            let digits = rest.take(|byte| byte.is_ascii_digit());
            *number = text[digits.clone()].parse().map_err(|_| refuse(digits.start))?;
        }
        let pre_release = if rest.eat(b'-') { rest.identifiers() } else { rest.nothing() };
        let build = if rest.eat(b'+') { rest.identifiers() } else { rest.nothing() };
        let (Some(pre_release), Some(build)) = (pre_release, build) else { return Err(refuse(rest.at)) };
        if rest.at < text.len() {
            return Err(refuse(rest.at));
        }
        if let Some(part) = text[range(&pre_release)].split('.').find(|part| has_leading_zero(part)) {
            return Err(ParseError::at(
                usize::from(pre_release.start),
                format!("the number `{part}` of a pre-release has a leading zero"),
            ));
        }
        let [major, minor, patch] = numbers;
        Ok(Self { text: text.into(), release: Release { major, minor, patch }, pre_release, build })
    }

    /// A release without pre-release and build, printed in full.
    #[must_use]
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        let text = format!("{major}.{minor}.{patch}").into();
        Self { text, release: Release { major, minor, patch }, pre_release: 0..0, build: 0..0 }
    }

    /// The first number.
    #[must_use]
    pub fn major(&self) -> u64 {
        self.release.major
    }

    /// The second number, 0 if it is not written.
    #[must_use]
    pub fn minor(&self) -> u64 {
        self.release.minor
    }

    /// The third number, 0 if it is not written.
    #[must_use]
    pub fn patch(&self) -> u64 {
        self.release.patch
    }

    /// The text after `-`, empty for a release.
    #[must_use]
    pub fn pre_release(&self) -> &str {
        &self.text[range(&self.pre_release)]
    }

    /// The text after `+`, empty if there is none.
    #[must_use]
    pub fn build(&self) -> &str {
        &self.text[range(&self.build)]
    }

    pub(super) fn release(&self) -> Release {
        self.release
    }
}

fn range(short: &Range<u16>) -> Range<usize> {
    usize::from(short.start)..usize::from(short.end)
}

fn has_leading_zero(part: &str) -> bool {
    part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit())
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl Scanner<'_> {
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn take(&mut self, accept: impl Fn(u8) -> bool) -> Range<usize> {
        let start = self.at;
        self.at += self.text.as_bytes()[start..].iter().take_while(|byte| accept(**byte)).count();
        start..self.at
    }

    /// Dot-separated identifiers, none of them empty.
    fn identifiers(&mut self) -> Option<Range<u16>> {
        let found = self.take(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
        if self.text[found.clone()].split('.').any(str::is_empty) {
            return None;
        }
        Some(u16::try_from(found.start).ok()?..u16::try_from(found.end).ok()?)
    }

    fn nothing(&self) -> Option<Range<u16>> {
        let at = u16::try_from(self.at).ok()?;
        Some(at..at)
    }
}

/// The order of two pre-releases, where an empty one is a release and so the greater.
pub(super) fn compare_pre_releases(a: &str, b: &str) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => {
            let identifiers = |text| str::split(text, '.').map(identifier_key);
            identifiers(a).cmp(identifiers(b))
        }
    }
}

/// Numbers come before words; among them the longer number is the greater, since none has leading zeros.
fn identifier_key(part: &str) -> (bool, usize, &str) {
    if part.bytes().all(|byte| byte.is_ascii_digit()) { (false, part.len(), part) } else { (true, 0, part) }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.release.cmp(&other.release).then_with(|| compare_pre_releases(self.pre_release(), other.pre_release()))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.release.hash(state);
        self.pre_release().hash(state);
    }
}

/// As written.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

super::serde_as_text!(Version);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn reads_parts() {
        for (text, parts) in [
            ("1.2.3", "1 2 3 [] []"),
            ("v1.34", "1 34 0 [] []"),
            ("1", "1 0 0 [] []"),
            ("01.02", "1 2 0 [] []"),
            ("1-rc.1", "1 0 0 [rc.1] []"),
            ("1.28.3-gke.100", "1 28 3 [gke.100] []"),
            ("v1.30.2+k3s1", "1 30 2 [] [k3s1]"),
            ("1.2.3--0-.a+0.01-", "1 2 3 [-0-.a] [0.01-]"),
            ("18446744073709551615.0.0", "18446744073709551615 0 0 [] []"),
        ] {
            let read = version(text);
            let shown = format!(
                "{} {} {} [{}] [{}]",
                read.major(),
                read.minor(),
                read.patch(),
                read.pre_release(),
                read.build()
            );
            assert_eq!(shown, parts, "{text}");
            assert_eq!(read.to_string(), text);
            round_trip(&read);
        }
    }

    #[test]
    fn refuses() {
        let long = "1".repeat(300);
        for text in [
            "",
            "v",
            "V1",
            "vv1",
            "latest",
            "1.",
            ".1",
            "1.2.3.4",
            "1.2.3-",
            "1.2.3+",
            "1.2.3-a..b",
            "1.2.3-01",
            " 1",
            "1 ",
            "1.x",
            "1.2.3-é",
            "18446744073709551616",
            "1-a+b+c",
            "1.2.3-a_b",
            long.as_str(),
        ] {
            assert!(Version::parse(text).is_err(), "{text}");
        }
        assert_eq!(Version::parse("1.2.x").unwrap_err(), ParseError::at(4, "`1.2.x` is not a version"));
    }

    #[test]
    fn is_ordered() {
        let rising = [
            "0.0.1",
            "1.0.0-0",
            "1.0.0-99999999999999999999",
            "1.0.0-100000000000000000000",
            "1.0.0--1",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1",
            "1.0.1",
            "v1.9",
            "1.10.0",
            "2.0.0",
        ];
        for (i, a) in rising.iter().enumerate() {
            for (j, b) in rising.iter().enumerate() {
                assert_eq!(version(a).cmp(&version(b)), i.cmp(&j), "{a} against {b}");
            }
        }
        assert_eq!(version("v1.2+a"), version("1.2.0+b"));
        assert_eq!(version("1.2.3"), Version::new(1, 2, 3));
    }
}
