//! Characters that Kubernetes' reader treats unlike YAML 1.2: control characters, which it refuses, and Unicode line
//! breaks, which end its lines. A comment that hides such a break hides what stands behind it.

use policyc_text::Span;

use super::build::{Built, Refusal};
use super::node::{NodeId, Style};
use super::split::Chunk;
use super::tree::Tree;

/// Whether a text has bytes that [`check_controls`] or [`line_breaks`] may stumble over.
pub(super) fn is_suspicious(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 0x7F | 0xC2 | 0xE2 | 0xEF))
}

/// Refuses the control characters that libyaml refuses.
///
/// # Errors
///
/// The first such character.
pub(super) fn check_controls(text: &str, span: Span) -> Built {
    let refused = |letter: &(usize, char)| {
        matches!(letter.1, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{84}'
            | '\u{86}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}')
    };
    let Some((at, letter)) = span.text(text).char_indices().find(refused) else { return Ok(()) };
    let start = span.start as usize + at;
    let reason = format!("Kubernetes refuses the control character U+{:04X}", u32::from(letter));
    Err(Refusal::new(Span::new(start, start + letter.len_utf8()), reason))
}

/// Refuses byte-order marks at the start of a line: granit drops them, libyaml reads them as part of the first word. Only
/// the first character of what Kubernetes takes for the document is a mark to both.
///
/// # Errors
///
/// The first such mark.
pub(super) fn check_marks(text: &str, chunk: Chunk) -> Built {
    let mark = '\u{FEFF}';
    let start = chunk.span.start as usize;
    let content = chunk.span.text(text);
    let misplaced = content.match_indices(mark).map(|(at, _)| at).find(|at| match at {
        0 => chunk.keeps_separator,
        _ => content[..*at].ends_with(['\n', '\r']),
    });
    match misplaced {
        Some(at) => Err(Refusal::new(
            Span::new(start + at, start + at + mark.len_utf8()),
            "Kubernetes reads this byte-order mark as part of the word behind it",
        )),
        None => Ok(()),
    }
}

/// The byte spans of Unicode line breaks.
pub(super) fn line_breaks(text: &str, span: Span) -> Vec<Span> {
    let start = span.start as usize;
    let breaks = span.text(text).char_indices().filter(|(_, letter)| is_break(*letter));
    breaks.map(|(at, letter)| Span::new(start + at, start + at + letter.len_utf8())).collect()
}

/// Allows line breaks only where both readings agree: amid a quoted value.
///
/// # Errors
///
/// The first break elsewhere.
pub(super) fn check_line_breaks(tree: &Tree, nodes: std::ops::Range<u32>, breaks: &[Span]) -> Built {
    let mut quoted = nodes
        .map(NodeId)
        .filter(|node| matches!(tree.style(*node), Style::SingleQuoted | Style::DoubleQuoted))
        .map(|node| tree.span(node))
        .peekable();
    for at in breaks {
        while quoted.next_if(|span| span.end <= at.start).is_some() {}
        if !(quoted.peek().is_some_and(|span| span.contains(*at)) && is_kept(tree.source(), *at)) {
            let letter = at.text(tree.source()).chars().next().unwrap_or_default();
            let reason = format!("Kubernetes reads U+{:04X} as the end of this line", u32::from(letter));
            return Err(Refusal::new(*at, reason));
        }
    }
    Ok(())
}

fn is_break(letter: char) -> bool {
    matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether libyaml keeps a break inside quotes as it is: it trims blanks around breaks, folds U+0085 into a space, and
/// takes dashes and dots behind a break for a document's end.
fn is_kept(text: &str, at: Span) -> bool {
    let before = text.get(..at.start as usize).and_then(|before| before.chars().next_back());
    let after = text.get(at.end as usize..).unwrap_or_default();
    let plain = |letter: Option<char>| {
        letter.is_some_and(|letter| !is_break(letter) && !matches!(letter, ' ' | '\t' | '\n' | '\r' | '\\'))
    };
    at.text(text) != "\u{85}"
        && plain(before)
        && plain(after.chars().next())
        && !after.starts_with("---")
        && !after.starts_with("...")
}
