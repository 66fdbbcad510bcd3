//! Text in quotes: escapes, and lines that fold into one.

use policyc_text::Span;

use super::class::{BLANK, END, QUOTE, WIDE, break_length, class};
use super::plain::fold;
use super::{Scalar, Scanner, refuse};
use crate::yaml::build::Built;
use crate::yaml::node::Style;

impl Scanner<'_> {
    /// Reads the quoted scalar at the next byte and goes behind its closing quote.
    #[inline]
    pub(in crate::yaml) fn quoted(&mut self, quote: u8) -> Built<Scalar> {
        let style = if quote == b'\'' { Style::SingleQuoted } else { Style::DoubleQuoted };
        let start = self.at;
        let mut at = start + 1;
        loop {
            let byte = self.byte(at);
            if class(byte) & (QUOTE | END | WIDE) == 0 {
                at += 1;
            } else if byte == quote {
                let doubled = quote == b'\'' && self.byte(at + 1) == b'\'';
                if doubled {
                    break;
                }
                self.at = at + 1;
                return Ok(Scalar { span: Span::new(start, at + 1), style, decoded: None });
            } else if class(byte) & END != 0
                || (byte == b'\\' && quote == b'"')
                || (class(byte) & WIDE != 0 && break_length(self.bytes, at) > 0)
            {
                break;
            } else {
                at += 1;
            }
        }
        self.at = start + 1;
        let decoded = Some(self.decode(quote, start)?);
        Ok(Scalar { span: Span::new(start, self.at), style, decoded })
    }

    /// The text up to the closing quote, decoded; goes behind that quote.
    fn decode(&mut self, quote: u8, start: usize) -> Built<String> {
        let mut out = String::new();
        loop {
            let opening = Span::new(start, start + 1);
            if self.at_document_mark() {
                return refuse(
                    opening,
                    "a document ends before the quote that opens here is closed",
                    "close the quote",
                );
            }
            if self.is_at_end() {
                return refuse(opening, "the quote that opens here is never closed", "close the quote");
            }
            let mut folds = self.decode_word(quote, &mut out)?;
            if self.next() == quote {
                self.at += 1;
                return Ok(out);
            }
            let blanks = self.at;
            let (mut first, mut more) = ("", String::new());
            loop {
                if class(self.next()) & BLANK != 0 {
                    self.at += 1;
                    continue;
                }
                match self.break_here() {
                    Some(text) if folds => more.push_str(text),
                    Some(text) => (first, folds) = (text, true),
                    None => break,
                }
            }
            if folds {
                fold(&mut out, first, &more);
            } else {
                out.push_str(self.slice(blanks, self.at));
            }
        }
    }

    /// Decodes up to a blank, a break or the closing quote. Says whether an escaped line break ended it, which it goes
    /// behind.
    fn decode_word(&mut self, quote: u8, out: &mut String) -> Built<bool> {
        let mut plain = self.at;
        loop {
            let byte = self.next();
            let ends = match class(byte) & (END | WIDE | BLANK | QUOTE) {
                0 => false,
                QUOTE if byte == quote && quote == b'\'' && self.byte(self.at + 1) == b'\'' => {
                    out.push_str(self.slice(plain, self.at + 1));
                    self.at += 2;
                    plain = self.at;
                    continue;
                }
                QUOTE if byte == b'\\' && quote == b'"' => {
                    out.push_str(self.slice(plain, self.at));
                    let escape = self.at;
                    self.at += 1;
                    if self.skip_break() {
                        return Ok(true);
                    }
                    self.at = escape;
                    out.push(self.escape()?);
                    plain = self.at;
                    continue;
                }
                QUOTE => byte == quote,
                WIDE => break_length(self.bytes, self.at) > 0,
                _ => true,
            };
            if ends {
                out.push_str(self.slice(plain, self.at));
                return Ok(false);
            }
            self.at += 1;
        }
    }

    /// Decodes the escape at the next byte.
    fn escape(&mut self) -> Built<char> {
        let start = self.at;
        self.at += 1;
        let length = match self.next() {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            letter => {
                let Some(plain) = short_escape(letter) else { return self.bad_escape(start, 0) };
                self.at += 1;
                return Ok(plain);
            }
        };
        let digits = self.bytes.get(self.at + 1..self.at + 1 + length).unwrap_or_default();
        let count = digits.iter().take_while(|digit| digit.is_ascii_hexdigit()).count();
        let code = digits
            .iter()
            .fold(0_u64, |code, digit| code << 4 | u64::from(char::from(*digit).to_digit(16).unwrap_or_default()));
        match u32::try_from(code).ok().and_then(char::from_u32) {
            Some(letter) if count == length => {
                self.at += 1 + length;
                Ok(letter)
            }
            _ => self.bad_escape(start, count),
        }
    }

    fn bad_escape<T>(&self, start: usize, digits: usize) -> Built<T> {
        let letter = self.next_char().filter(|letter| !letter.is_control()).map_or(0, char::len_utf8);
        let span = Span::new(start, start + 1 + letter + digits);
        let reason = format!("Kubernetes does not know the escape `{}`", span.text(self.text));
        let hint = if digits > 0 {
            "write the character itself, or its code as `\\x..`, `\\u....` or `\\U........`"
        } else {
            "write `\\\\` for a backslash, or put the text in single quotes"
        };
        refuse(span, reason, hint)
    }
}

/// What a backslash and one more byte stand for.
fn short_escape(letter: u8) -> Option<char> {
    Some(match letter {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{B}',
        b'f' => '\u{C}',
        b'r' => '\r',
        b'e' => '\u{1B}',
        b' ' | b'"' | b'\'' | b'\\' => char::from(letter),
        b'N' => '\u{85}',
        b'_' => '\u{A0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
