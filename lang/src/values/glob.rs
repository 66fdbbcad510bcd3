//! Globs over characters, matched in linear time by translation into a regular expression.
//!
//! Globs of files on disk are the business of the walker, not of this module.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use regex::Regex;

use super::regexes;
use super::{ParseError, error::shown};

/// Longest glob, in bytes.
const MAX_LENGTH: usize = 16 * 1024;

/// Deepest nesting of `{…}`.
const MAX_DEPTH: u32 = 16;

/// What the segments of a text are, which `*` does not cross.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GlobKind {
    /// Segments between `/`: paths and images.
    Path,
    /// Segments between `.`: host names, matched without regard to ASCII case.
    Host,
    /// No segments: `*` matches anything.
    Plain,
}

impl GlobKind {
    fn separator(self) -> Option<char> {
        match self {
            Self::Path => Some('/'),
            Self::Host => Some('.'),
            Self::Plain => None,
        }
    }
}

/// A compiled glob that matches whole texts.
///
/// - `*` matches any characters within a segment, `?` one of them;
/// - `**` matches any characters. As a whole segment it also matches no segment at all before or between others
///   (`**/x` matches `x`, `a/**/b` matches `a/b`), but at the end it wants something below: `a/**` matches `a/b` and
///   `a/b/c`, not `a` and not `a/`;
/// - `[a-z_]` matches one listed character, `[!a-z]` one that is not listed; never a separator;
/// - `{a,b}` matches one of the alternatives, which may be globs themselves;
/// - `\` takes the meaning from the character after it.
///
/// Everything else, also a leading `!` or `.`, stands for itself. Compared and printed as written.
#[derive(Debug, Clone)]
pub struct Glob {
    text: Box<str>,
    kind: GlobKind,
    matcher: Matcher,
}

#[derive(Debug, Clone)]
enum Matcher {
    Literal,
    /// The glob is this text and then `**`; what follows the text must not be empty.
    Below(Box<str>),
    /// Compiled when parsed; one that is read back from where it was stored, when it is first asked.
    Regex(OnceLock<Option<Regex>>),
}

impl Glob {
    /// Compiles a glob.
    ///
    /// # Errors
    /// If a bracket or brace is not closed, a class is empty or runs backwards, braces nest deeper than 16 levels,
    /// the text ends in `\`, or it is too long or too large once compiled.
    pub fn parse(text: &str, kind: GlobKind) -> Result<Self, ParseError> {
        if text.len() > MAX_LENGTH {
            return Err(ParseError::at(MAX_LENGTH, format!("a glob is longer than {MAX_LENGTH} bytes")));
        }
        let matcher = match simple(text, kind) {
            Some(matcher) => matcher,
            None => Matcher::Regex(OnceLock::from(Some(translate(text, kind)?))),
        };
        Ok(Self { text: text.into(), kind, matcher })
    }

    /// Whether the whole text matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match &self.matcher {
            Matcher::Literal if self.kind == GlobKind::Host => self.text.eq_ignore_ascii_case(text),
            Matcher::Literal => *self.text == *text,
            Matcher::Below(prefix) => text.strip_prefix(&**prefix).is_some_and(|rest| !rest.is_empty()),
            Matcher::Regex(compiled) => {
                let compiled = compiled.get_or_init(|| translate(&self.text, self.kind).ok());
                compiled.as_ref().is_some_and(|regex| regex.is_match(text))
            }
        }
    }

    /// The glob as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.text
    }

    /// What its segments are.
    #[must_use]
    pub fn kind(&self) -> GlobKind {
        self.kind
    }

    /// Whether the glob has no special characters, and so matches one text only.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        matches!(self.matcher, Matcher::Literal)
    }
}

/// The two frequent forms that need no automaton: a plain text, and a plain text with `/**` behind it.
fn simple(text: &str, kind: GlobKind) -> Option<Matcher> {
    let special = |text: &str| text.contains(['*', '?', '[', '{', '}', '\\']);
    if !special(text) {
        return Some(Matcher::Literal);
    }
    let prefix = text.strip_suffix("**")?;
    let below = kind == GlobKind::Path && prefix.ends_with('/') && !special(prefix);
    below.then(|| Matcher::Below(prefix.into()))
}

fn translate(text: &str, kind: GlobKind) -> Result<Regex, ParseError> {
    let mut translator = Translator { text, kind, at: 0, regex: String::with_capacity(text.len() * 2 + 16) };
    translator.regex.push_str(if kind == GlobKind::Host { r"\A(?si:" } else { r"\A(?s:" });
    let mut open = Vec::new();
    let mut segment_start = true;
    while let Some(char) = translator.next() {
        let start = translator.at - char.len_utf8();
        let starts_segment = segment_start;
        segment_start = false;
        match char {
            '*' => segment_start = translator.star(starts_segment),
            '?' => translator.any_char(),
            '[' => translator.class(start)?,
            '{' => {
                if open.len() >= MAX_DEPTH as usize {
                    return Err(ParseError::at(start, format!("`{{` is nested deeper than {MAX_DEPTH} levels")));
                }
                open.push((start, starts_segment));
                translator.regex.push_str("(?:");
                segment_start = starts_segment;
            }
            ',' if !open.is_empty() => {
                translator.regex.push('|');
                segment_start = open.last().is_some_and(|(_, group_starts_segment)| *group_starts_segment);
            }
            '}' => {
                if open.pop().is_none() {
                    return Err(ParseError::at(start, "`}` without `{`").with_hint(r"write `\}` for a brace"));
                }
                translator.regex.push(')');
            }
            '\\' => {
                let escaped = translator.next().ok_or_else(|| {
                    ParseError::at(start, "nothing follows the `\\`").with_hint("write `\\\\` for a backslash")
                })?;
                translator.literal(escaped);
            }
            _ => {
                translator.literal(char);
                segment_start = kind.separator() == Some(char);
            }
        }
    }
    if let Some((start, _)) = open.pop() {
        return Err(ParseError::at(start, "unclosed `{`").with_hint(r"write `\{` for a brace"));
    }
    translator.regex.push_str(r")\z");
    regexes::compile(&translator.regex)
        .map_err(|_| ParseError::at(0, format!("the glob `{}` is too large once compiled", shown(text))))
}

struct Translator<'t> {
    text: &'t str,
    kind: GlobKind,
    at: usize,
    regex: String,
}

impl Translator<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    fn literal(&mut self, char: char) {
        self.regex.push_str(&regex::escape(char.encode_utf8(&mut [0; 4])));
    }

    fn any_char(&mut self) {
        self.regex.push_str(match self.kind {
            GlobKind::Path => "[^/]",
            GlobKind::Host => r"[^.]",
            GlobKind::Plain => ".",
        });
    }

    /// One star was read; reads the others. Says whether what follows starts a segment.
    fn star(&mut self, starts_segment: bool) -> bool {
        let mut stars = 1;
        while self.peek() == Some('*') {
            self.at += 1;
            stars += 1;
        }
        let Some(separator) = self.kind.separator() else {
            self.regex.push_str(".*");
            return false;
        };
        if stars == 1 {
            self.any_char();
            self.regex.push('*');
            return false;
        }
        match self.peek() {
            Some(next) if starts_segment && next == separator => {
                self.at += 1;
                self.regex.push_str("(?:.*");
                self.literal(separator);
                self.regex.push_str(")?");
                true
            }
            // A whole last segment; `**` alone matches every text but the empty one.
            None | Some(',' | '}') if starts_segment => {
                self.regex.push_str(".+");
                false
            }
            _ => {
                self.regex.push_str(".*");
                false
            }
        }
    }

    /// The `[` at `start` was read.
    fn class(&mut self, start: usize) -> Result<(), ParseError> {
        let unclosed = || ParseError::at(start, "unclosed `[`").with_hint(r"write `\[` for a bracket");
        let mut negated = false;
        match self.peek() {
            Some('!') => {
                negated = true;
                self.at += 1;
            }
            Some('^') => {
                return Err(ParseError::at(self.at, "a class does not begin with `^`").with_hint("write `[!` instead"));
            }
            _ => {}
        }
        let mut members = String::new();
        let first = self.at;
        loop {
            let at = self.at;
            let low = match self.next().ok_or_else(unclosed)? {
                // A bracket in first place is a member, as in a shell.
                ']' if at > first => break,
                '\\' => self.next().ok_or_else(unclosed)?,
                char => char,
            };
            let range = self.text[self.at..].starts_with('-') && !self.text[self.at..].starts_with("-]");
            let high = if range {
                self.at += 1;
                match self.next().ok_or_else(unclosed)? {
                    '\\' => self.next().ok_or_else(unclosed)?,
                    char => char,
                }
            } else {
                low
            };
            if high < low {
                return Err(ParseError::at(at, format!("the range `{low}-{high}` runs backwards")));
            }
            // As code points, so that nothing in it is special to the regular expression.
            members.push_str(&format!(r"\x{{{:x}}}-\x{{{:x}}}", u32::from(low), u32::from(high)));
        }
        let negation = if negated { "^" } else { "" };
        match self.kind.separator() {
            None => self.regex.push_str(&format!("[{negation}{members}]")),
            Some(separator) => self.regex.push_str(&format!(r"[[{negation}{members}]--[{separator}]]")),
        }
        Ok(())
    }
}

impl PartialEq for Glob {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, &self.text) == (other.kind, &other.text)
    }
}

impl Eq for Glob {}

impl Hash for Glob {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
        self.text.hash(state);
    }
}

/// As written.
impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A glob is serialised as a letter for its kind (`p`, `h` or `n`) and its text, since the text alone does not tell.
impl serde::Serialize for Glob {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = match self.kind {
            GlobKind::Path => 'p',
            GlobKind::Host => 'h',
            GlobKind::Plain => 'n',
        };
        serializer.collect_str(&format_args!("{kind}{}", self.text))
    }
}

impl<'de> serde::Deserialize<'de> for Glob {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let kinds = [('p', GlobKind::Path), ('h', GlobKind::Host), ('n', GlobKind::Plain)];
        let found = kinds.into_iter().find_map(|(letter, kind)| Some((kind, text.strip_prefix(letter)?)));
        let (kind, source) = found.ok_or_else(|| serde::de::Error::custom("a glob without its kind"))?;
        let matcher = simple(source, kind).unwrap_or_else(|| Matcher::Regex(OnceLock::new()));
        Ok(Self { text: source.into(), kind, matcher })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    #[test]
    fn matches() {
        use GlobKind::{Host, Path, Plain};
        for (kind, glob, inside, outside) in [
            (Path, "nginx", "nginx", "Nginx nginx2 anginx"),
            (Path, "gcr.io/*", "gcr.io/a gcr.io/", "gcr.io gcr.io/a/b gcrxio/a"),
            (Path, "ghcr.io/acme/**", "ghcr.io/acme/a ghcr.io/acme/a/b", "ghcr.io/acme ghcr.io/acme/ ghcr.io/acmex/a"),
            (Path, "ghcr.io.evil/**", "ghcr.io.evil/a", "ghcr.io/a"),
            (Path, "{ghcr.io/acme/**,quay.io/x}", "ghcr.io/acme/a quay.io/x", "ghcr.io/acme/ ghcr.io/acme quay.io/y"),
            (Path, "**/x", "x a/x a/b/x /x", "ax a/ax x/a"),
            (Path, "a/**/b", "a/b a/x/b a/x/y/b", "ab a/xb a//"),
            (Path, "a/**/*", "a/b a/b/c", "a b/a"),
            (Path, "**", "a a/b /", ""),
            (Path, "a**", "a ab a/b", "b"),
            (Path, "*:latest", "nginx:latest", "a/nginx:latest nginx:latest2"),
            (Path, "**:latest", "nginx:latest a/b:latest", "nginx:1"),
            (Path, "/etc/?.conf", "/etc/a.conf /etc/é.conf", "/etc/.conf /etc/ab.conf /etc//.conf"),
            (Path, "[a-c]x", "ax cx", "dx -x x"),
            (Path, "[!a-c]x", "dx -x éx", "ax /x x"),
            (Path, "[+--]x", "+x ,x -x", "/x .x"),
            (Path, "[*-9]x", "*x 0x .x", "/x :x"),
            (Path, "[]a]x", "]x ax", "bx"),
            (Path, "[!]a]x", "bx", "]x ax"),
            (Path, "[a-]x", "ax -x", "bx"),
            (Path, r"[\]^&&~~]x", "]x ^x &x ~x", "ax"),
            (Path, r"\*\{a\}", "*{a}", "b{a} *a"),
            (Path, "a{b,c{d,e},}f", "abf acdf acef af", "acf abcf"),
            (Path, "{**/,}x", "x a/x a/b/x", "ax"),
            (Path, "a,b]", "a,b]", "a"),
            (Path, "!x", "!x", "x y"),
            (Path, "a.b+(c)$", "a.b+(c)$", "aXb+(c)$"),
            (Host, "*.example.com", "a.example.com A.EXAMPLE.com", "example.com a.b.example.com"),
            (Host, "**.example.com", "example.com a.example.com a.b.example.com", "xexample.com"),
            (Host, "example.com", "EXAMPLE.com", "example.org"),
            (Host, "10.0.?.*", "10.0.1.17", "10.0.11.1 10.0..1"),
            (Plain, "*", "a a/b a.b", ""),
            (Plain, "a*c", "ac a/.c", "acd"),
            (Plain, "a**c", "ac a/.c", "acd"),
            (Plain, "CVE-202[0-3]-*", "CVE-2021-1", "CVE-2024-1"),
        ] {
            let compiled = Glob::parse(glob, kind).unwrap_or_else(|error| panic!("{glob}: {error}"));
            for text in inside.split_whitespace() {
                assert!(compiled.matches(text), "{glob} matches {text}");
            }
            for text in outside.split_whitespace() {
                assert!(!compiled.matches(text), "{glob} does not match {text}");
            }
            round_trip(&compiled);
        }
        assert!(Glob::parse("", Path).unwrap().matches(""));
        assert!(!Glob::parse("**", Path).unwrap().matches(""));
        assert!(Glob::parse("*", Plain).unwrap().matches("a\nb"));
    }

    #[test]
    fn explains() {
        for (glob, offset, message) in [
            ("é[ab", 2, "unclosed `[`"),
            ("[]", 0, "unclosed `[`"),
            ("[!", 0, "unclosed `[`"),
            (r"[a\", 0, "unclosed `[`"),
            ("a{b,{c}", 1, "unclosed `{`"),
            ("a}", 1, "`}` without `{`"),
            (r"a\", 1, r"nothing follows the `\`"),
            ("[z-a]", 1, "the range `z-a` runs backwards"),
            ("[^a]", 1, "a class does not begin with `^`"),
        ] {
            for kind in [GlobKind::Path, GlobKind::Host, GlobKind::Plain] {
                let error = Glob::parse(glob, kind).unwrap_err();
                assert_eq!((error.offset, error.message.as_str()), (offset, message), "{glob}");
            }
        }
    }

    #[test]
    fn is_bounded() {
        let text = "a".repeat(20_000);
        assert!(!Glob::parse(&"*a".repeat(30), GlobKind::Path).unwrap().matches(&format!("{text}b")));
        let huge = Glob::parse(&"[!a-z]*é".repeat(1500), GlobKind::Plain).unwrap_err();
        assert!(huge.message.ends_with("is too large once compiled"), "{}", huge.message);
        assert!(Glob::parse(&"{a,".repeat(17), GlobKind::Path).unwrap_err().message.starts_with("`{` is nested"));
        assert!(Glob::parse(&"a".repeat(20_000), GlobKind::Path).is_err());
    }
}
