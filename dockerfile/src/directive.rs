//! Parser directives: the `# name=value` lines at the very top of a Dockerfile.

use policyc_text::Span;

use crate::mapped::{Mapped, Word};

/// A parser directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive<'t> {
    /// `syntax`, `escape` or `check`, as written.
    pub name: Word<'t>,
    /// What follows the `=`.
    pub value: Word<'t>,
    /// The whole comment.
    pub span: Span,
}

impl Directive<'_> {
    /// Whether the directive has a name, which is written in any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.text.eq_ignore_ascii_case(name)
    }
}

const KNOWN: [&str; 3] = ["syntax", "escape", "check"];

/// Reads a comment, which begins with its `#`, as a directive.
pub(crate) fn directive<'t>(source: &'t str, span: Span) -> Option<Directive<'t>> {
    let comment = Mapped::slice_of(source, span.start as usize..span.end as usize);
    let text = comment.text();
    let start = text.len() - text.strip_prefix('#')?.trim_start().len();
    let rest = text.get(start..)?;
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let name = rest.get(..length)?;
    if !KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return None;
    }
    let value = rest.get(length..)?.trim_start_matches(regex_space).strip_prefix('=')?;
    let value = value.trim_start_matches(regex_space).trim_end_matches(regex_space);
    if value.is_empty() {
        return None;
    }
    let from = text.trim_end_matches(regex_space).len() - value.len();
    Some(Directive { name: comment.word(start..start + length), value: comment.word(from..from + value.len()), span })
}

/// White space as the `\s` of BuildKit's expressions has it.
pub(crate) fn regex_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\x0C' | '\r' | ' ')
}
