//! From JSON text to the builder, by the grammar of Go's `encoding/json`. Kubernetes reads a file that starts with `{`
//! this way first, and only falls back to YAML where that fails.

use policyc_text::Span;

use super::build::{Builder, Built, Refusal, ScalarEvent};
use super::go_number::parse_yaml_float;
use super::node::{Kind, Style};

/// Why a text is not JSON, or cannot be used.
pub(super) enum Stop {
    /// Not JSON; it may still be YAML.
    NotJson,
    /// JSON that Kubernetes or the limits refuse.
    Refused(Box<Refusal>),
}

impl From<Box<Refusal>> for Stop {
    fn from(refusal: Box<Refusal>) -> Self {
        Self::Refused(refusal)
    }
}

type Parsed<T = ()> = Result<T, Stop>;

/// Where JSON's blanks end, from byte `at` on.
pub(super) fn skip_blanks(text: &str, at: usize) -> usize {
    let blanks = text.as_bytes()[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    at + blanks.count()
}

/// Reads one value that starts at byte `start` into the builder; gives the byte behind it and, where Kubernetes takes the
/// value for JSON but cannot use it, why.
pub(super) fn read(text: &str, start: usize, builder: &mut Builder<'_>) -> Parsed<(usize, Option<Box<Refusal>>)> {
    let mut front = Front { text, at: start, builder, refusal: None };
    front.value()?;
    Ok((front.at, front.refusal))
}

struct Front<'t, 'f, 'b> {
    text: &'t str,
    at: usize,
    builder: &'f mut Builder<'b>,
    /// A number that does not fit. Go looks at numbers only once the whole value is known to be JSON.
    refusal: Option<Box<Refusal>>,
}

impl Front<'_, '_, '_> {
    /// The recursion is bounded by the limit on depth, which the builder keeps.
    fn value(&mut self) -> Parsed {
        match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => self.string(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(Stop::NotJson),
        }
    }

    fn object(&mut self) -> Parsed {
        self.open(Kind::Mapping)?;
        if !self.take_close(b'}') {
            loop {
                self.blanks();
                if self.peek() != Some(b'"') {
                    return Err(Stop::NotJson);
                }
                self.string()?;
                self.blanks();
                self.expect(b':')?;
                self.blanks();
                self.value()?;
                if self.take_close(b'}') {
                    break;
                }
                self.expect(b',')?;
            }
        }
        self.close();
        Ok(())
    }

    fn array(&mut self) -> Parsed {
        self.open(Kind::Sequence)?;
        if !self.take_close(b']') {
            loop {
                self.blanks();
                self.value()?;
                if self.take_close(b']') {
                    break;
                }
                self.expect(b',')?;
            }
        }
        self.close();
        Ok(())
    }

    fn open(&mut self, kind: Kind) -> Built {
        let span = Span::new(self.at, self.at + 1);
        self.at += 1;
        self.builder.open(kind, Style::Flow, span, 0)
    }

    fn close(&mut self) {
        self.builder.close(Some(Span::empty_at(self.at).start));
    }

    fn string(&mut self) -> Parsed {
        let start = self.at;
        let rest = &self.text.as_bytes()[start + 1..];
        let mut length = 0;
        let mut escaped = false;
        loop {
            match rest.get(length) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    length += 2;
                }
                None | Some(..0x20) => return Err(Stop::NotJson),
                Some(_) => length += 1,
            }
        }
        let inner = self.text.get(start + 1..start + 1 + length).ok_or(Stop::NotJson)?;
        self.at = start + length + 2;
        let decoded = if escaped { Some(unescape(inner).ok_or(Stop::NotJson)?) } else { None };
        self.scalar(start, Style::DoubleQuoted, decoded)
    }

    fn word(&mut self, word: &'static str) -> Parsed {
        if !self.text[self.at..].starts_with(word) {
            return Err(Stop::NotJson);
        }
        let start = self.at;
        self.at += word.len();
        self.scalar(start, Style::Plain, None)
    }

    fn number(&mut self) -> Parsed {
        let start = self.at;
        self.skip(b'-');
        if !self.skip(b'0') && self.digits() == 0 {
            return Err(Stop::NotJson);
        }
        let mut real = false;
        if self.skip(b'.') {
            real = true;
            if self.digits() == 0 {
                return Err(Stop::NotJson);
            }
        }
        if self.skip(b'e') || self.skip(b'E') {
            real = true;
            let _sign = self.skip(b'+') || self.skip(b'-');
            if self.digits() == 0 {
                return Err(Stop::NotJson);
            }
        }
        let text = &self.text[start..self.at];
        if (real || text.len() > 300) && parse_yaml_float(text).is_none() {
            let span = Span::new(start, self.at);
            let reason = "Kubernetes refuses a number that does not fit 64 bits of floating point";
            self.refusal.get_or_insert_with(|| Refusal::new(span, reason));
        }
        self.scalar(start, Style::Plain, None)
    }

    fn scalar(&mut self, start: usize, style: Style, decoded: Option<String>) -> Parsed {
        let span = Span::new(start, self.at);
        Ok(self.builder.scalar(ScalarEvent { span, style, decoded, tag: None, anchor: 0 })?)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        self.at = skip_blanks(self.text, self.at);
    }

    fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn digits(&mut self) -> usize {
        let count = self.text.as_bytes()[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        count
    }

    fn take_close(&mut self, bracket: u8) -> bool {
        self.blanks();
        self.skip(bracket)
    }

    fn expect(&mut self, byte: u8) -> Parsed {
        if self.skip(byte) { Ok(()) } else { Err(Stop::NotJson) }
    }
}

/// Decodes escapes; half of a surrogate pair becomes U+FFFD, as in Go.
fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(rest.get(..at)?);
        let escape = *rest.as_bytes().get(at + 1)?;
        rest = rest.get(at + 2..)?;
        match escape {
            b'"' | b'\\' | b'/' => out.push(char::from(escape)),
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{C}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'u' => {
                let first = unit(rest)?;
                rest = rest.get(4..)?;
                let pair = rest.strip_prefix("\\u").and_then(|low| Some((unit(low)?, low.get(4..)?)));
                match (char::from_u32(first), pair) {
                    (Some(plain), _) => out.push(plain),
                    (None, Some((low, after))) if first < 0xDC00 && (0xDC00..0xE000).contains(&low) => {
                        out.push(char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (low - 0xDC00))?);
                        rest = after;
                    }
                    (None, _) => out.push('\u{FFFD}'),
                }
            }
            _ => return None,
        }
    }
    out.push_str(rest);
    Some(out)
}

/// Four hexadecimal digits.
fn unit(text: &str) -> Option<u32> {
    let digits = text.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}
