//! The JSON form of arguments. It must be told apart exactly as Go's decoder does it, since what is not valid JSON is
//! read as the shell form.

use policyc_text::Span;

use crate::mapped::{Builder, Mapped, Word};

/// What stands where an array may stand.
#[derive(Debug)]
pub(crate) enum Json<'t> {
    /// An array of strings.
    Strings(Vec<Word<'t>>),
    /// An array with something else in it: the span of the first such value.
    Mixed(Span),
    /// No array: the shell form.
    No,
}

/// Deepest nesting that Go's decoder takes.
const DEEPEST: usize = 10_000;

/// Reads a text that may be a JSON array.
pub(crate) fn array<'t>(line: &Mapped<'t>) -> Json<'t> {
    let text = line.text();
    let start = text.len() - text.trim_start().len();
    if !text.get(start..).is_some_and(|text| text.starts_with('[')) {
        return Json::No;
    }
    let mut scan = Scan { line, bytes: text.as_bytes(), at: start, words: Vec::new(), mixed: None };
    match scan.document() {
        None => Json::No,
        Some(()) => scan.mixed.map_or(Json::Strings(scan.words), Json::Mixed),
    }
}

/// What is expected next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// A value or the end of an array that has just begun.
    First,
    Key,
    /// A key or the end of an object that has just begun.
    FirstKey,
    /// A comma or the end of what is open.
    Next,
}

struct Scan<'l, 't> {
    line: &'l Mapped<'t>,
    bytes: &'l [u8],
    at: usize,
    words: Vec<Word<'t>>,
    /// The first value of the outermost array that is no string.
    mixed: Option<Span>,
}

impl<'t> Scan<'_, 't> {
    /// One array and nothing behind it. `None` where it is not valid.
    fn document(&mut self) -> Option<()> {
        let mut open = Vec::new();
        let mut expect = Expect::Value;
        loop {
            self.skip_space();
            let byte = self.peek()?;
            let at = self.at;
            match (expect, byte) {
                (Expect::Value | Expect::First, b'[' | b'{') => {
                    self.at += 1;
                    self.note_mixed(open.len(), at);
                    open.push(byte);
                    if open.len() > DEEPEST {
                        return None;
                    }
                    expect = if byte == b'[' { Expect::First } else { Expect::FirstKey };
                }
                (Expect::First | Expect::Next, b']') | (Expect::FirstKey | Expect::Next, b'}') => {
                    self.at += 1;
                    let opener = if byte == b']' { b'[' } else { b'{' };
                    if open.pop() != Some(opener) {
                        return None;
                    }
                    if open.is_empty() {
                        self.skip_space();
                        return self.peek().is_none().then_some(());
                    }
                    expect = Expect::Next;
                }
                (Expect::Next, b',') => {
                    self.at += 1;
                    expect = if open.last() == Some(&b'[') { Expect::Value } else { Expect::Key };
                }
                (Expect::Key | Expect::FirstKey, b'"') => {
                    self.string(false)?;
                    self.skip_space();
                    (self.peek()? == b':').then_some(())?;
                    self.at += 1;
                    expect = Expect::Value;
                }
                (Expect::Value | Expect::First, b'"') => {
                    let word = self.string(open.len() == 1)?;
                    self.words.extend(word);
                    expect = Expect::Next;
                }
                (Expect::Value | Expect::First, _) => {
                    self.atom()?;
                    self.note_mixed(open.len(), at);
                    expect = Expect::Next;
                }
                _ => return None,
            }
        }
    }

    fn note_mixed(&mut self, depth: usize, at: usize) {
        if depth == 1 && self.mixed.is_none() {
            self.mixed = Some(self.line.span(at..self.at));
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// A number or a literal.
    fn atom(&mut self) -> Option<()> {
        for literal in ["true", "false", "null"] {
            if self.bytes.get(self.at..)?.starts_with(literal.as_bytes()) {
                self.at += literal.len();
                return Some(());
            }
        }
        self.number()
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        match self.peek()? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        // A number that no float holds fails to decode, which is no answer about strings.
        let text = std::str::from_utf8(self.bytes.get(start..self.at)?).ok()?;
        text.parse::<f64>().ok().filter(|number| number.is_finite()).map(drop)
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// A string, decoded where it is `wanted`.
    fn string(&mut self, wanted: bool) -> Option<Option<Word<'t>>> {
        let start = self.at;
        self.at += 1;
        let mut word = wanted.then(|| Builder::new(self.line.source()));
        loop {
            let run = self.at;
            while self.peek().is_some_and(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
                self.at += 1;
            }
            if let Some(word) = &mut word {
                word.push_mapped(self.line, run..self.at);
            }
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    let escape = self.at;
                    let decoded = self.escape()?;
                    if let Some(word) = &mut word {
                        word.push(decoded.encode_utf8(&mut [0; 4]), self.line.span(escape..self.at));
                    }
                }
                _ => return None,
            }
        }
        self.at += 1;
        let span = self.line.span(start..self.at);
        Some(word.map(|word| word.finish_word(span)))
    }

    /// One escape sequence. Halves of surrogate pairs become U+FFFD.
    fn escape(&mut self) -> Option<char> {
        let letter = *self.bytes.get(self.at + 1)?;
        self.at += 2;
        Some(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\x08',
            b'f' => '\x0C',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.unit()?;
                if let Some(c) = char::from_u32(unit) {
                    return Some(c);
                }
                let low = (self.bytes.get(self.at..self.at + 2) == Some(b"\\u")).then_some(self.at + 2);
                let low = low.and_then(|at| hex(self.bytes, at)).filter(|low| (0xDC00..0xE000).contains(low));
                match low {
                    Some(low) if unit < 0xDC00 => {
                        self.at += 6;
                        char::from_u32(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))?
                    }
                    _ => '\u{FFFD}',
                }
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let unit = hex(self.bytes, self.at)?;
        self.at += 4;
        Some(unit)
    }
}

fn hex(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 4)?;
    digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::{Json, array};
    use crate::mapped::Mapped;

    fn check(text: &str, expected: &str) {
        let line = Mapped::slice_of(text, 0..text.len());
        let got = match array(&line) {
            Json::No => "no".to_owned(),
            Json::Mixed(span) => format!("mixed {}", span.text(text)),
            Json::Strings(words) => {
                let words: Vec<String> =
                    words.iter().map(|word| format!("{:?}={}", word.text, word.span.text(text))).collect();
                words.join(" ")
            }
        };
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn arrays_are_told_apart_as_go_does() {
        check(r#"["a", "b\n\u00e9"]"#, r#""a"="a" "b\né"="b\n\u00e9""#);
        check("  [ ]  ", "");
        check(r#"["\ud83d\ude00\ud83d"]"#, "\"😀\u{FFFD}\"=\"\\ud83d\\ude00\\ud83d\"");
        check(r#"["a", 1]"#, "mixed 1");
        check(r#"["a", ["b"]]"#, "mixed [");
        check(r#"[null]"#, "mixed null");
        check(r#"[{"a": [1, {}], "b": true}]"#, "mixed {");
        for no in [
            "a",
            "['a']",
            r#"["a"] x"#,
            r#"["a",]"#,
            r#"["a""#,
            r#"["a"#,
            "[01]",
            "[1e999]",
            "[1.]",
            "[-]",
            r#"["\x"]"#,
            "[\"\t\"]",
            r#"[{"a" 1}]"#,
            "[}",
            "[,]",
            r#"["a" "b"]"#,
            "[tru]",
        ] {
            check(no, "no");
        }
        check(&"[".repeat(20_000), "no");
        check(&format!("{}{}", "[".repeat(10_001), "]".repeat(10_001)), "no");
        check(&format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)), "mixed [");
    }
}
