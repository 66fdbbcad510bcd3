//! `.dockerignore` files: their patterns, and which paths of a build context they leave out.

use policyc_text::Span;

use crate::lines::Lines;

/// A `.dockerignore` file, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ignore {
    /// Its patterns in source order; the last one that matches a path decides.
    pub patterns: Vec<IgnorePattern>,
}

/// One pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnorePattern {
    /// The pattern, cleaned, without `!`.
    pub text: String,
    /// It takes paths back in: `!pattern`.
    pub negated: bool,
    /// Where it stands.
    pub span: Span,
}

/// Longest path times pattern that is matched, in characters.
const WORK: usize = 1 << 22;

impl Ignore {
    /// Reads a file's text.
    #[must_use]
    pub fn read(source: &str) -> Self {
        let patterns = Lines::new(source).filter_map(|line| {
            let text = line.text(source);
            if text.starts_with('#') {
                return None;
            }
            let trimmed = text.trim();
            let start = line.end - text.trim_start().len();
            let span = Span::new(start, start + trimmed.len());
            let negated = trimmed.starts_with('!');
            let pattern = trimmed.strip_prefix('!').unwrap_or(trimmed).trim();
            (!pattern.is_empty()).then(|| IgnorePattern { text: clean(pattern), negated, span })
        });
        Self { patterns: patterns.collect() }
    }

    /// Whether a path of the context, written with `/` and without one in front, is left out. `None` where a pattern is
    /// broken or too long to match.
    #[must_use]
    pub fn ignores(&self, path: &str) -> Option<bool> {
        let path = path.trim_start_matches("./").trim_matches('/');
        let mut ignored = false;
        for pattern in &self.patterns {
            if pattern.negated == ignored && parents(path).any(|part| matches(&pattern.text, part) == Some(true)) {
                ignored = !pattern.negated;
            } else {
                matches(&pattern.text, path)?;
            }
        }
        Some(ignored)
    }
}

/// A path and the folders that it lies in, longest first.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rfind('/').and_then(|at| path.get(..at)))
}

/// A path without `.`, `..`, doubled and outer slashes, as Go cleans it.
fn clean(pattern: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in pattern.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if pattern.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Char(char),
    /// `?`
    One,
    /// `*`
    Many,
    /// `**`
    Deep,
    /// `**/` before it has taken anything: it may take nothing.
    Folders,
    /// `**/` that has taken something, and so ends in a slash.
    Inside,
    /// `[a-z]`
    Set(Vec<(char, char)>, bool),
}

fn compile(pattern: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let part = match c {
            '*' if chars.peek() == Some(&'*') => {
                while chars.next_if_eq(&'*').is_some() {}
                if chars.next_if_eq(&'/').is_none() {
                    Part::Deep
                } else {
                    parts.push(Part::Folders);
                    Part::Inside
                }
            }
            '*' => Part::Many,
            '?' => Part::One,
            '\\' => Part::Char(chars.next()?),
            '[' => set(&mut chars)?,
            c => Part::Char(c),
        };
        parts.push(part);
    }
    Some(parts)
}

fn set(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Part> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let mut low = chars.next()?;
        if low == ']' && !ranges.is_empty() {
            return Some(Part::Set(ranges, negated));
        }
        if low == '\\' {
            low = chars.next()?;
        }
        let mut high = low;
        if chars.peek() == Some(&'-') {
            chars.next();
            high = chars.next().filter(|high| *high != ']')?;
            if high == '\\' {
                high = chars.next()?;
            }
        }
        ranges.push((low, high));
    }
}

/// Whether a pattern matches the whole of a path. `None` where the pattern is broken or too much work.
fn matches(pattern: &str, path: &str) -> Option<bool> {
    if pattern.len().saturating_mul(path.len()) > WORK {
        return None;
    }
    let parts = compile(pattern)?;
    let mut open = vec![false; parts.len() + 1];
    open[0] = true;
    close(&parts, &mut open);
    for c in path.chars() {
        let mut next = vec![false; parts.len() + 1];
        for (index, part) in parts.iter().enumerate().filter(|(index, _)| open[*index]) {
            match part {
                Part::Char(wanted) => next[index + 1] |= *wanted == c,
                Part::One => next[index + 1] |= c != '/',
                Part::Many => next[index] |= c != '/',
                Part::Deep => next[index] = true,
                Part::Folders => {
                    next[index + 1] = true;
                    next[index + 2] |= c == '/';
                }
                Part::Inside => {
                    next[index] = true;
                    next[index + 1] |= c == '/';
                }
                Part::Set(ranges, negated) => {
                    let within = ranges.iter().any(|(low, high)| (*low..=*high).contains(&c));
                    next[index + 1] |= within != *negated && c != '/';
                }
            }
        }
        close(&parts, &mut next);
        open = next;
    }
    open.last().copied()
}

/// Passes over what may match nothing.
fn close(parts: &[Part], open: &mut [bool]) {
    for (index, part) in parts.iter().enumerate() {
        match part {
            _ if !open[index] => {}
            Part::Many | Part::Deep => open[index + 1] = true,
            Part::Folders => open[index + 2] = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ignore;

    #[test]
    fn the_last_match_decides() {
        let ignore = Ignore::read("# c\n\n *.md \n!README.md\n/build/\n**/node_modules\nsrc/**/*.tmp\n[a-c]?.x\n");
        assert_eq!(ignore.patterns.len(), 6);
        for (path, ignored) in [
            ("a.md", true),
            ("README.md", false),
            ("x/a.md", false),
            ("build", true),
            ("build/x/y", true),
            ("node_modules/x", true),
            ("a/b/node_modules", true),
            ("src/a.tmp", true),
            ("src/a/b.tmp", true),
            ("src/a/b.tmq", false),
            ("bz.x", true),
            ("dz.x", false),
        ] {
            assert_eq!(ignore.ignores(path), Some(ignored), "{path}");
        }
        assert_eq!(Ignore::read("[").ignores("a"), None);
        assert_eq!(Ignore::read("*\n!a").ignores("a/b"), Some(false));
    }
}
