//! From a file's bytes to text. What cannot be text is a diagnostic, and never a guess.
//!
//! kubectl reads UTF-8 and, by their byte-order marks, UTF-16. It replaces broken bytes silently; here they are an error.

use std::sync::Arc;

use policyc_text::{Diagnostic, FileId, LineIndex, Span};

/// Decodes a file. Spans refer to the decoded text; a UTF-8 byte-order mark stays in it, so that offsets of a UTF-8 file
/// are those of its bytes.
///
/// # Errors
///
/// `input/encoding` at the first byte that is not UTF-8 (the span is a byte range of `bytes`), `input/binary` where the
/// bytes are no text at all.
pub fn decode(file: FileId, bytes: Vec<u8>) -> Result<Arc<str>, Box<Diagnostic>> {
    match bytes.as_slice() {
        [0xFF, 0xFE, units @ ..] => return utf16(file, units, u16::from_le_bytes),
        [0xFE, 0xFF, units @ ..] => return utf16(file, units, u16::from_be_bytes),
        _ => {}
    }
    if let Some(at) = memchr::memchr(0, &bytes) {
        let message = "the file holds a NUL byte, so it is not text";
        return Err(Box::new(Diagnostic::error("input/binary", file, Span::new(at, at + 1), message)));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(error) => Err(Box::new(not_utf8(file, error.as_bytes(), error.utf8_error().valid_up_to()))),
    }
}

fn not_utf8(file: FileId, bytes: &[u8], at: usize) -> Diagnostic {
    let valid = bytes.get(..at).and_then(|before| std::str::from_utf8(before).ok()).unwrap_or_default();
    let position = LineIndex::new(valid).position(valid, u32::try_from(at).unwrap_or(u32::MAX));
    let byte = bytes.get(at).copied().unwrap_or_default();
    let (line, column) = (position.line, position.column);
    let message = format!("byte `0x{byte:02X}` at line {line}, column {column} is not UTF-8");
    Diagnostic::error("input/encoding", file, Span::new(at, at + 1), message).with_hint("save the file as UTF-8")
}

fn utf16(file: FileId, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Arc<str>, Box<Diagnostic>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    let end = bytes.len() + 2;
    match text {
        Ok(text) if rest.is_empty() => match memchr::memchr(0, text.as_bytes()) {
            None => Ok(text.into()),
            Some(_) => Err(Box::new(Diagnostic::error(
                "input/binary",
                file,
                Span::new(0, 2),
                "the file holds a NUL character, so it is not text",
            ))),
        },
        Ok(_) => Err(Box::new(broken_utf16(file, end - 1))),
        Err(_) => {
            let units = pairs.iter().map(|pair| unit(*pair));
            let good = char::decode_utf16(units).map_while(Result::ok).map(char::len_utf16).sum::<usize>();
            Err(Box::new(broken_utf16(file, 2 + 2 * good)))
        }
    }
}

fn broken_utf16(file: FileId, at: usize) -> Diagnostic {
    let message = format!("the bytes at offset {at} are not UTF-16, which the file's byte-order mark promises");
    Diagnostic::error("input/encoding", file, Span::new(at, at + 1), message).with_hint("save the file as UTF-8")
}

#[cfg(test)]
mod tests {
    use super::decode;
    use policyc_text::FileId;

    fn check(bytes: &[u8], want: &str) {
        let got = match decode(FileId(0), bytes.to_vec()) {
            Ok(text) => text.to_string(),
            Err(diagnostic) => {
                let span = diagnostic.location.span;
                format!("{} {}..{} {}", diagnostic.code, span.start, span.end, diagnostic.message)
            }
        };
        assert_eq!(got, want, "{bytes:?}");
    }

    #[test]
    fn encodings() {
        check(b"", "");
        check("é: ü".as_bytes(), "é: ü");
        check(b"\xEF\xBB\xBFa", "\u{FEFF}a");
        check(b"\xFF\xFEa\0:\0", "a:");
        check(b"\xFE\xFF\0a\xD8\x3D\xDE\x00", "a\u{1F600}");
        check(b"a: 1\nb: caf\xE9\n", "input/encoding 11..12 byte `0xE9` at line 2, column 7 is not UTF-8");
        check(b"a\0b", "input/binary 1..2 the file holds a NUL byte, so it is not text");
        check(b"\x89PNG\r\n\x1a\n\0\0", "input/binary 8..9 the file holds a NUL byte, so it is not text");
        check(
            b"\xFF\xFEa\0\x00",
            "input/encoding 4..5 the bytes at offset 4 are not UTF-16, which the file's byte-order mark promises",
        );
        check(
            b"\xFF\xFEa\0\x00\xD8b\0",
            "input/encoding 4..5 the bytes at offset 4 are not UTF-16, which the file's byte-order mark promises",
        );
        check(b"\xFF\xFEa\0\0\0", "input/binary 0..2 the file holds a NUL character, so it is not text");
    }
}
