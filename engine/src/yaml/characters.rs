//! Characters that Kubernetes' reader refuses.

use policyc_text::Span;

use super::build::Refusal;

/// Bytes that go-yaml takes from its input at once.
const BLOCK: usize = 512;

/// Whether a text has bytes that [`first_control`] may stumble over.
pub(super) fn is_suspicious(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 0x7F | 0xC2 | 0xEF))
}

/// The refusal of the first control character in a document of which Kubernetes reads the text before byte `read` only.
/// It takes its input in blocks, so a character behind that place may still stop it.
pub(super) fn first_control(text: &str, span: Span, read: usize) -> Option<Box<Refusal>> {
    let refused = |letter: &(usize, char)| {
        matches!(letter.1, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{84}'
            | '\u{86}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}')
    };
    let (at, letter) = span.text(text).char_indices().find(refused)?;
    let start = span.start as usize + at;
    if span.start as usize + at / BLOCK * BLOCK > read {
        return None;
    }
    let reason = format!("Kubernetes refuses the control character U+{:04X}", u32::from(letter));
    Some(Refusal::new(Span::new(start, start + letter.len_utf8()), reason))
}
