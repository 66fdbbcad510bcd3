//! Large files in parts: where one document ends and the next begins, and what was said of each.

use super::{Part, Verdict};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// Files of so many bytes are judged document by document.
const LARGE: usize = 32 << 10;

/// Documents of an earlier text of a file with what was said of them.
#[derive(Debug, Default)]
pub(super) struct Known {
    bytes: Arc<[u8]>,
    parts: Vec<(Range<usize>, Arc<Part>)>,
}

impl Known {
    /// The parts of a text.
    pub(super) fn new(bytes: Arc<[u8]>, spans: Vec<Range<usize>>, verdict: &Verdict) -> Self {
        let parts = spans.into_iter().zip(verdict.parts.iter().map(|(_, part)| Arc::clone(part))).collect();
        Self { bytes, parts }
    }

    /// What was said, by what it was said of.
    pub(super) fn by_text(&self) -> FxHashMap<&[u8], &Arc<Part>> {
        let text = |span: &Range<usize>| self.bytes.get(span.clone());
        self.parts.iter().filter_map(|(span, part)| Some((text(span)?, part))).collect()
    }
}

/// The documents of a large YAML file. `None` where the file is small, is no YAML by its name, is no UTF-8, or has
/// something about a line with `---` that only the reader of whole files knows how to take.
pub(super) fn split(name: &str, bytes: &[u8]) -> Option<Vec<Range<usize>>> {
    let yaml = [".yaml", ".yml"].iter().any(|ending| name.ends_with(ending));
    if !yaml || bytes.len() < LARGE || std::str::from_utf8(bytes).is_err() || bytes.starts_with(b"\xEF\xBB\xBF") {
        return None;
    }
    let mut parts = Vec::new();
    let mut begin = 0;
    let first = bytes.starts_with(b"---").then_some(0);
    let later = memchr::memmem::find_iter(bytes, b"\n---").map(|at| at + 1);
    for line in first.into_iter().chain(later) {
        let rest = bytes.get(line + 3..)?;
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let behind = rest.get(..length)?.trim_ascii();
        let empty = begin == line && line > 0;
        if empty || !(behind.is_empty() || behind.starts_with(b"#")) {
            return None;
        }
        if line > begin {
            parts.push(begin..line);
        }
        begin = (line + 3 + length + 1).min(bytes.len());
    }
    parts.push(begin..bytes.len());
    (parts.len() > 1).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::{LARGE, split};

    fn check(text: &str, expected: Option<&[&str]>) {
        // A comment in front makes it large enough.
        let padding = format!("#{}\n", " ".repeat(LARGE));
        let whole = format!("{padding}{text}");
        let found = split("a.yaml", whole.as_bytes());
        let found: Option<Vec<&str>> =
            found.map(|parts| parts.into_iter().map(|part| whole[part].trim_start_matches(&padding)).collect());
        assert_eq!(found.as_deref(), expected, "{text:?}");
    }

    #[test]
    fn documents_end_where_the_reader_ends_them() {
        check("a: b\n", None);
        check("a: b\n---\nc: d\n", Some(&["a: b\n", "c: d\n"]));
        check("a: b\r\n---\r\nc: d", Some(&["a: b\r\n", "c: d"]));
        check("a: b\n--- # c\nc: d\n---", Some(&["a: b\n", "c: d\n", ""]));
        check("a: b\n--- x\nc: d\n", None);
        check("a: b\n---\n---\nc: d\n", None);
        assert_eq!(split("a.yaml", b"a: b\n---\nc: d\n"), None, "it is small");
        let large = "---\na: b\n".repeat(LARGE);
        assert_eq!(split("a.yaml", large.as_bytes()).map(|parts| parts.len()), Some(LARGE));
        assert_eq!(split("a.json", large.as_bytes()), None);
    }
}
