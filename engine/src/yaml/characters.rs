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

const CONTROL: u8 = 1;
const WIDE: u8 = 2;
/// Bytes that are looked at at once.
const LANES: usize = 16;

/// Looks at all bytes of a text.
pub(super) fn survey(text: &str) -> Survey {
    let (whole, rest) = text.as_bytes().as_chunks::<LANES>();
    let mut last = [b' '; LANES];
    last[..rest.len()].copy_from_slice(rest);
    let mut found = [0; LANES];
    for chunk in whole.iter().chain([&last]) {
        for (found, byte) in found.iter_mut().zip(chunk) {
            *found |= look(*byte);
        }
    }
    let found = found.iter().fold(0, |all, found| all | found);
    Survey { controls: found & CONTROL != 0, wide: found & WIDE != 0 }
}

/// What a byte may be the start of. Without branches, so that many bytes are looked at at once.
#[inline]
fn look(byte: u8) -> u8 {
    let low = u8::from(byte < 0x20) & u8::from(byte != b'\t') & u8::from(byte != b'\n') & u8::from(byte != b'\r');
    let control = low | u8::from(byte == 0x7F) | u8::from(byte == 0xC2) | u8::from(byte == 0xEF);
    let wide = u8::from(byte == 0xC2) | u8::from(byte == 0xE2);
    (control * CONTROL) | (wide * WIDE)
}

/// The refusal of the first control character in a document of which Kubernetes reads the text before byte `read` only.
/// It takes its input in blocks, so a character behind that place may still stop it.
pub(super) fn first_control(text: &str, span: Span, read: usize) -> Option<Box<Refusal>> {
    let document = span.text(text);
    let (at, letter) = document
        .as_bytes()
        .chunks(LANES)
        .enumerate()
        .filter(|(_, chunk)| chunk.iter().fold(0, |found, byte| found | look(*byte)) & CONTROL != 0)
        .flat_map(|(number, chunk)| (number * LANES..).take(chunk.len()))
        .filter_map(|at| Some((at, document.get(at..)?.chars().next()?)))
        .find(|(_, letter)| is_refused(*letter))?;
    if span.start as usize + at / BLOCK * BLOCK > read {
        return None;
    }
    let start = span.start as usize + at;
    let reason = format!("Kubernetes refuses the control character U+{:04X}", u32::from(letter));
    Some(Refusal::new(Span::new(start, start + letter.len_utf8()), reason))
}

fn is_refused(letter: char) -> bool {
    matches!(letter, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{84}'
        | '\u{86}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}')
}
