//! Characters that Kubernetes' reader refuses.

use policyc_text::Span;

use super::build::Refusal;

/// Bytes that go-yaml takes from its input at once.
const BLOCK: usize = 512;

/// What a text may hold besides the common characters.
#[derive(Clone, Copy)]
pub(super) struct Survey {
    /// Characters that [`first_control`] may refuse.
    pub(super) controls: bool,
    /// U+0085, U+2028 or U+2029, which end lines.
    pub(super) wide: bool,
}

/// Looks at all bytes of a text, without branches, so that many are looked at at once.
pub(super) fn survey(text: &str) -> Survey {
    const CONTROL: u8 = 1;
    const WIDE: u8 = 2;
    let look = |byte: u8| {
        let low = u8::from(byte < 0x20) & u8::from(byte != b'\t') & u8::from(byte != b'\n') & u8::from(byte != b'\r');
        let control = low | u8::from(byte == 0x7F) | u8::from(byte == 0xC2) | u8::from(byte == 0xEF);
        let wide = u8::from(byte == 0xC2) | u8::from(byte == 0xE2);
        (control * CONTROL) | (wide * WIDE)
    };
    let found = text.as_bytes().iter().fold(0, |found, byte| found | look(*byte));
    Survey { controls: found & CONTROL != 0, wide: found & WIDE != 0 }
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
