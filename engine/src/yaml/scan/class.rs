//! What a byte may do in Kubernetes' YAML, as one table. No state here.
//!
//! Source: `yamlprivateh.go` of go-yaml v2. Its line breaks are those of YAML 1.1, so U+0085, U+2028 and U+2029 end lines.

/// `\n`, `\r`, and nothing more of the text.
pub(super) const END: u8 = 1;
/// First byte of a character that may end a line: U+0085, U+2028, U+2029.
pub(super) const WIDE: u8 = 1 << 1;
/// A space or a tab.
pub(super) const BLANK: u8 = 1 << 2;
/// `:`
pub(super) const COLON: u8 = 1 << 3;
/// What ends a word in brackets: `,`, `?`, `[`, `]`, `{`, `}`.
pub(super) const FLOW: u8 = 1 << 4;
/// A letter, a digit, `-` or `_`.
pub(super) const NAME: u8 = 1 << 5;
/// What a tag may hold besides [`NAME`].
pub(super) const URI: u8 = 1 << 6;
/// What ends a run of plain text in quotes: `'`, `"`, `\`.
pub(super) const QUOTE: u8 = 1 << 7;

static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the loop ends at 255")]
        let letter = byte as u8;
        table[byte] = match letter {
            0 | b'\n' | b'\r' => END,
            0xC2 | 0xE2 => WIDE,
            b' ' | b'\t' => BLANK,
            b':' => COLON | URI,
            b',' | b'?' | b'[' | b']' => FLOW | URI,
            b'{' | b'}' => FLOW,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => NAME,
            b'\'' => QUOTE | URI,
            b'"' | b'\\' => QUOTE,
            b';' | b'/' | b'@' | b'&' | b'=' | b'+' | b'$' | b'.' | b'!' | b'~' | b'*' | b'(' | b')' | b'%' => URI,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// The classes of a byte.
#[inline]
pub(super) fn class(byte: u8) -> u8 {
    CLASS[byte as usize]
}

/// Length of the line break at `at`, 0 where there is none. `\r\r\n` is one break: the line reader in front of the parser
/// turns `\r\n` into `\n`.
#[inline]
pub(super) fn break_length(bytes: &[u8], at: usize) -> usize {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    match byte(at) {
        b'\n' => 1,
        b'\r' => match (byte(at + 1), byte(at + 2)) {
            (b'\n', _) => 2,
            (b'\r', b'\n') => 3,
            _ => 1,
        },
        0xC2 if byte(at + 1) == 0x85 => 2,
        0xE2 if byte(at + 1) == 0x80 && matches!(byte(at + 2), 0xA8 | 0xA9) => 3,
        _ => 0,
    }
}

/// What a break reads as in a value: U+2028 and U+2029 stay, all others are a line feed.
pub(super) fn break_text(written: &str) -> &'static str {
    match written {
        "\u{2028}" => "\u{2028}",
        "\u{2029}" => "\u{2029}",
        _ => "\n",
    }
}
