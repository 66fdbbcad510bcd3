//! Text of strangers on a terminal: nothing of it may move the cursor, change colours or reverse the order of signs.

use std::fmt::Write;

/// A text in which every control character, direction mark and invisible sign is shown instead of obeyed.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        push(&mut out, character);
    }
    out
}

fn push(out: &mut String, character: char) {
    match character {
        '\t' => out.push_str("→   "),
        // Unicode has a picture for each of the 32 oldest controls, in their order.
        '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}')),
        '\u{7f}' => out.push('\u{2421}'),
        _ if is_unsafe(character) => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
        }
        _ => out.push(character),
    }
}

/// C1 controls, marks and overrides of direction, and signs without any width that could hide in a name.
fn is_unsafe(character: char) -> bool {
    matches!(
        character,
        '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        for (text, expected) in [
            ("plain é 漢", "plain é 漢"),
            ("\u{1b}[31mred", "␛[31mred"),
            ("a\r\nb\0", "a␍␊b␀"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("user\u{202e}nimda", "user\\u{202e}nimda"),
            ("a\tb", "a→   b"),
            ("\u{7f}\u{200b}", "␡\\u{200b}"),
        ] {
            assert_eq!(escape(text), expected);
        }
    }
}
