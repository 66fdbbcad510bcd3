//! Where one document ends and the next begins, by Kubernetes' rule and not by YAML's. No parsing here.
//!
//! Source: `YAMLReader` in k8s.io/apimachinery `pkg/util/yaml/decoder.go`. A line that starts with `---` separates,
//! whatever the YAML around it says, and only blanks or a comment may follow on it. Only the first YAML document between
//! two such lines counts.

use memchr::memmem;
use policyc_text::Span;

/// The text between two separator lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Without separator lines.
    pub(super) span: Span,
    /// Where Kubernetes' parser starts: at the separator line before it where nothing stands before that.
    pub(super) start: u32,
    /// What follows `---` on the line that ends it. Kubernetes refuses such a line, and loses what stands before it.
    pub(super) junk: Option<Span>,
}

/// The documents of `text` from byte `start` on. Lazy, since a file of separators would otherwise cost many times its
/// size.
pub(super) fn split(text: &str, start: usize) -> impl Iterator<Item = Chunk> + '_ {
    let rest = text.get(start..).unwrap_or_default();
    let first = rest.starts_with("---").then_some(start);
    let later = memmem::find_iter(rest.as_bytes(), b"\n---").map(move |at| start + at + 1);
    let mut separators = first.into_iter().chain(later);
    // Where the document at hand starts, and where its parser does.
    let mut open = Some((start, start));
    std::iter::from_fn(move || {
        loop {
            let (content, begin) = open.take()?;
            let chunk = |end: usize, junk| Chunk {
                span: Span::new(content, end.max(content)),
                start: Span::empty_at(begin).start,
                junk,
            };
            let Some(line) = separators.next() else { return Some(chunk(text.len(), None)) };
            let end = memchr::memchr(b'\n', &text.as_bytes()[line..]).map_or(text.len(), |at| line + at + 1);
            let junk = junk(text, line + 3, end);
            // A separator line ends a document only if that has a line, be it a separator line of its own.
            let ends = begin != line;
            open = Some((end, if ends || junk.is_some() { end } else { line }));
            if ends || junk.is_some() {
                return Some(chunk(line, junk));
            }
        }
    })
}

/// What stands on a separator line besides blanks and a comment.
fn junk(text: &str, start: usize, end: usize) -> Option<Span> {
    let after = text.get(start..end)?;
    let trimmed = after.trim();
    if trimmed.is_empty() || trimmed.starts_with('#') {
        return None;
    }
    let skipped = after.len() - after.trim_start().len();
    Some(Span::new(start + skipped, start + skipped + trimmed.len()))
}

#[cfg(test)]
mod tests {
    use super::split;

    fn check(text: &str, want: &[&str]) {
        let got: Vec<String> = split(text, 0)
            .map(|chunk| match chunk.junk {
                Some(span) => format!("{}!{}", chunk.span.text(text), span.text(text)),
                None => chunk.span.text(text).to_owned(),
            })
            .collect();
        assert_eq!(got, want, "{text:?}");
    }

    #[test]
    fn lines_that_start_with_three_dashes_separate() {
        check("", &[""]);
        check("a", &["a"]);
        check("---\na", &["a"]);
        check("a\n---\nb\n", &["a\n", "b\n"]);
        check("a\r\n---\r\nb", &["a\r\n", "b"]);
        check("a\n---  \t\nb", &["a\n", "b"]);
        check("a\n--- # c\nb", &["a\n", "b"]);
        check("a\n---#c\nb", &["a\n", "b"]);
        check("---\n---\n---\na", &["", "a"]);
        check("a\n---", &["a\n", ""]);
        check(" ---\na", &[" ---\na"]);
        check("a: |\n  ---\n", &["a: |\n  ---\n"]);
        check("a\n...\nb", &["a\n...\nb"]);
        check("# c\n---\na", &["# c\n", "a"]);
    }

    #[test]
    fn what_follows_the_dashes_is_named() {
        check("a\n--- b\nc", &["a\n!b", "c"]);
        check("a\n---b\nc", &["a\n!b", "c"]);
        check("a\n-----BEGIN\nc", &["a\n!--BEGIN", "c"]);
        check("--- b\n---\nc", &["!b", "c"]);
    }
}
