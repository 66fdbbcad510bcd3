//! JSON in which no character acts on a terminal, or on the order in which a reader sees the others.

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use std::io::{self, Write};

/// Writes a value as JSON, on one line or indented, and a line end. JSON itself escapes the 32 oldest controls alone;
/// here DEL, the C1 controls and the marks that turn the direction of writing are written as `\u009b` is, too.
///
/// # Errors
///
/// Those of the writer.
pub fn write_value(value: &impl Serialize, pretty: bool, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
    if pretty {
        value.serialize(&mut Serializer::with_formatter(&mut *out, Safe(PrettyFormatter::new())))?;
    } else {
        value.serialize(&mut Serializer::with_formatter(&mut *out, Safe(CompactFormatter)))?;
    }
    out.write_all(b"\n")
}

/// Whether a character must not be written as itself.
fn is_unsafe(character: char) -> bool {
    matches!(
        character,
        '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
    )
}

/// A formatter whose texts are written safely.
struct Safe<F>(F);

/// Methods that only lay the output out.
macro_rules! as_inner {
    ($($name:ident($($flag:ident)?);)*) => {
        $(
            fn $name<W: ?Sized + Write>(&mut self, out: &mut W $(, $flag: bool)?) -> io::Result<()> {
                self.0.$name(out $(, $flag)?)
            }
        )*
    };
}

impl<F: Formatter> Formatter for Safe<F> {
    as_inner! {
        begin_array();
        end_array();
        begin_array_value(first);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut written = 0;
        // All of these but one are longer than a byte, and most texts have nothing of the kind.
        if fragment.is_ascii() && memchr::memchr(0x7f, fragment.as_bytes()).is_none() {
            return out.write_all(fragment.as_bytes());
        }
        for (at, character) in fragment.char_indices().filter(|(_, character)| is_unsafe(*character)) {
            out.write_all(&fragment.as_bytes()[written..at])?;
            write!(out, "\\u{:04x}", u32::from(character))?;
            written = at + character.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[written..])
    }
}

#[cfg(test)]
mod tests {
    use super::write_value;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left_and_the_value_is_the_same() {
        let text = "a\u{1b}\u{7f}b\u{9b}é\u{200e}\u{200f}\u{202e}漢\u{2066}\u{2069}\u{61c}\u{85}\"z";
        for pretty in [false, true] {
            let value = serde_json::json!({ text: [text, {"k": [1, text]}], "empty": [] });
            let mut out = Vec::new();
            write_value(&value, pretty, &mut out).unwrap();
            let out = String::from_utf8(out).unwrap();
            assert!(
                out.contains("a\\u001b\\u007fb\\u009bé\\u200e\\u200f\\u202e漢\\u2066\\u2069\\u061c\\u0085\\\"z"),
                "{out}"
            );
            assert!(!out.chars().any(super::is_unsafe));
            assert_eq!(serde_json::from_str::<serde_json::Value>(&out).unwrap(), value);
            let plain = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            assert_eq!(out.lines().count(), plain.unwrap().lines().count());
        }
    }
}
