//! File system paths, compared by their normalised segments. Nothing here looks at a disk.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::ParseError;

/// A path, of Unix or of Windows. Printed as written; compared after normalisation: `//`, `.` and `..` are resolved
/// by the text alone, without regard to links, and a slash at the end does not count.
///
/// A path that begins with a drive (`C:`) or with two backslashes is of Windows: `\` separates too, and case does not
/// count. Anywhere else a backslash is a character like others.
#[derive(Debug, Clone)]
pub struct FsPath {
    text: Box<str>,
    root: Root,
    // INVARIANT: `segments` are neither empty nor `.` nor `..`; in lower case for Windows.
    segments: Vec<Box<str>>,
}

/// What the segments start from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Root {
    /// `/`.
    Slash,
    /// A drive, in lower case, as in `c:\`.
    Drive(char),
    /// `\\`, as in `\\server\share` and `\\.\pipe\docker_engine`.
    Network,
    /// The working directory, after so many steps upwards.
    Relative { ups: usize },
    /// The working directory of a drive, as in `c:file`, after so many steps upwards.
    DriveRelative { drive: char, ups: usize },
}

impl FsPath {
    /// Reads a path. Any text is one, the empty text being the working directory, but for NUL characters.
    ///
    /// # Errors
    /// If the text contains a NUL character, which no system allows.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if let Some(offset) = text.find('\0') {
            return Err(ParseError::at(offset, "a path contains a nul character"));
        }
        let (mut root, rest) = split_root(text);
        let windows = !matches!(root, Root::Slash | Root::Relative { .. });
        let mut segments: Vec<Box<str>> = Vec::new();
        for segment in rest.split(|char| char == '/' || windows && char == '\\') {
            match segment {
                // Also the machine itself in `\\.\pipe`, so that this equals `\\pipe`.
                "" | "." => {}
                ".." => {
                    if segments.pop().is_none() {
                        root.up();
                    }
                }
                _ if windows => segments.push(segment.to_lowercase().into()),
                _ => segments.push(segment.into()),
            }
        }
        Ok(Self { text: text.into(), root, segments })
    }

    /// Whether this path is the other or lies below it: `/etc/x` and `/etc` are within `/etc`, `/etcx` is not.
    ///
    /// A relative path is never within an absolute one, nor the reverse, as the working directory is not known.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        match (self.root.ups(), other.root.ups()) {
            (None, None) => self.root == other.root && self.segments.starts_with(&other.segments),
            (Some(ups), Some(other_ups)) => {
                if self.root.drive() != other.root.drive() {
                    return false;
                }
                // A step less upwards ends somewhere below; where exactly is only known for the bare `..`.
                if other.segments.is_empty() {
                    return ups <= other_ups;
                }
                ups == other_ups && self.segments.starts_with(&other.segments)
            }
            _ => false,
        }
    }

    /// The last segment, as written; empty for a root and for the working directory. `..` that are left count as one.
    #[must_use]
    pub fn base(&self) -> &str {
        let Some(last) = self.segments.last() else {
            return if self.root.ups().is_some_and(|ups| ups > 0) { ".." } else { "" };
        };
        if self.is_windows() {
            // The segments are in lower case, so the spelling is taken from the text.
            let written = self.text.rsplit(['/', '\\', ':']).find(|segment| segment.to_lowercase() == **last);
            return written.unwrap_or(last);
        }
        last
    }

    /// Whether the path starts from a root.
    #[must_use]
    pub fn is_absolute(&self) -> bool {
        self.root.ups().is_none()
    }

    /// The path in normal form, with slashes between its segments; `.` for the working directory.
    #[must_use]
    pub fn normalized(&self) -> String {
        let prefix = match &self.root {
            Root::Slash => "/".to_owned(),
            Root::Drive(drive) => format!("{drive}:/"),
            Root::Network => r"\\".to_owned(),
            Root::Relative { ups } => "../".repeat(*ups),
            Root::DriveRelative { drive, ups } => format!("{drive}:{}", "../".repeat(*ups)),
        };
        let joined = format!("{prefix}{}", self.segments.join("/"));
        match joined.strip_suffix('/') {
            _ if joined.is_empty() => ".".to_owned(),
            // Without the dot, a first segment such as `c:` would be read as a root.
            _ if split_root(&joined).0.drive().is_some() && self.root.drive().is_none() => format!("./{joined}"),
            _ if joined.starts_with(r"\\") && self.root != Root::Network => format!("./{joined}"),
            Some(trimmed) if !self.is_absolute() => trimmed.to_owned(),
            _ => joined,
        }
    }

    fn is_windows(&self) -> bool {
        !matches!(self.root, Root::Slash | Root::Relative { .. })
    }
}

impl Root {
    fn ups(&self) -> Option<usize> {
        match self {
            Self::Relative { ups } | Self::DriveRelative { ups, .. } => Some(*ups),
            Self::Slash | Self::Drive(_) | Self::Network => None,
        }
    }

    fn drive(&self) -> Option<char> {
        match self {
            Self::Drive(drive) | Self::DriveRelative { drive, .. } => Some(*drive),
            Self::Slash | Self::Network | Self::Relative { .. } => None,
        }
    }

    /// Goes one step upwards; above a root is the root.
    fn up(&mut self) {
        if let Self::Relative { ups } | Self::DriveRelative { ups, .. } = self {
            *ups += 1;
        }
    }
}

fn split_root(text: &str) -> (Root, &str) {
    if let Some(rest) = text.strip_prefix(r"\\") {
        return (Root::Network, rest);
    }
    let mut chars = text.chars();
    if let (Some(drive), Some(':')) = (chars.next(), chars.next())
        && drive.is_ascii_alphabetic()
    {
        let (drive, rest) = (drive.to_ascii_lowercase(), chars.as_str());
        return match rest.strip_prefix(['/', '\\']) {
            Some(rest) => (Root::Drive(drive), rest),
            None => (Root::DriveRelative { drive, ups: 0 }, rest),
        };
    }
    match text.strip_prefix('/') {
        Some(rest) => (Root::Slash, rest),
        None => (Root::Relative { ups: 0 }, text),
    }
}

impl PartialEq for FsPath {
    fn eq(&self, other: &Self) -> bool {
        (&self.root, &self.segments) == (&other.root, &other.segments)
    }
}

impl Eq for FsPath {}

impl Hash for FsPath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.root, &self.segments).hash(state);
    }
}

/// As written.
impl fmt::Display for FsPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

super::serde_as_text!(FsPath);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    fn path(text: &str) -> FsPath {
        FsPath::parse(text).unwrap()
    }

    #[test]
    fn normalizes() {
        for (text, normal, base, absolute) in [
            ("/", "/", "", true),
            ("", ".", "", false),
            (".", ".", "", false),
            ("/etc/passwd", "/etc/passwd", "passwd", true),
            ("//etc//./passwd/", "/etc/passwd", "passwd", true),
            ("/etc/../..", "/", "", true),
            ("/../etc", "/etc", "etc", true),
            ("a/../b", "b", "b", false),
            ("../a", "../a", "a", false),
            ("a/../..", "..", "..", false),
            ("a/../../../b", "../../b", "b", false),
            (r"a\b", r"a\b", r"a\b", false),
            ("/a:b", "/a:b", "a:b", true),
            (r"C:\Windows\..\Temp\File.TXT", "c:/temp/file.txt", "File.TXT", true),
            ("c:/", "c:/", "", true),
            ("C:foo", "c:foo", "foo", false),
            (r"\\.\pipe\docker_engine", r"\\pipe/docker_engine", "docker_engine", true),
            ("é/ü", "é/ü", "ü", false),
            ("...", "...", "...", false),
            ("./c:/x", "./c:/x", "x", false),
            (r".//\\x", r"./\\x", r"\\x", false),
        ] {
            let read = path(text);
            assert_eq!((read.normalized().as_str(), read.base()), (normal, base), "{text}");
            assert_eq!(read.is_absolute(), absolute, "{text}");
            assert_eq!(read.to_string(), text);
            round_trip(&read);
        }
        assert!(FsPath::parse("a\0b").is_err());
    }

    #[test]
    fn within() {
        for (inner, outer, expected) in [
            ("/etc", "/", true),
            ("/", "/", true),
            ("/etc", "/etc", true),
            ("/etc/", "/etc", true),
            ("/etc/ssl/x", "/etc", true),
            ("/etcx", "/etc", false),
            ("/", "/etc", false),
            ("/etc/../root", "/etc", false),
            ("/var/../etc/x", "/etc", true),
            ("//etc/x", "/etc/.", true),
            ("/ETC", "/etc", false),
            ("etc", "/", false),
            ("/etc", ".", false),
            ("a/b", ".", true),
            ("a/b", "a", true),
            ("../a", ".", false),
            ("a", "..", true),
            ("../a", "..", true),
            ("../../a", "..", false),
            ("../a/b", "../a", true),
            ("a/b", "../a", false),
            (r"C:\Windows\System32", "c:/windows", true),
            (r"C:\WindowsX", "c:/windows", false),
            (r"C:\x", r"D:\", false),
            (r"C:\x", "/", false),
            (r"\\.\pipe\docker_engine", r"\\.\pipe", true),
        ] {
            assert_eq!(path(inner).is_within(&path(outer)), expected, "{inner} within {outer}");
        }
    }

    #[test]
    fn equals_by_segments() {
        for (a, b, equal) in
            [("/a/", "//a", true), ("/a", "/b/../a", true), ("/a", "a", false), (r"C:\A", "c:/a", true)]
        {
            assert_eq!(path(a) == path(b), equal, "{a} and {b}");
        }
    }
}
