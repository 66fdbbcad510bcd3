//! One pass over the text before the grammar runs: tokens for recovery and messages, comments, what could never be a
//! token, and how deep things are nested, so that the grammar is only handed what it can read on a small stack.
//!
//! It agrees with `grammar.pest` on where strings, regexes and comments begin and end, and knows nothing else of it.

use policyc_text::Span;

use super::ast::Comment;

/// How deep brackets, interpolations and prefix words such as `if` and `any` may be nested in one another.
pub(super) const MAX_NESTING: usize = 128;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A word, dashes not included.
    Word,
    /// Digits with what touches them, dots and letters included.
    Number,
    /// `"…"`.
    Text,
    /// `"""…"""`.
    Raw,
    /// `/…/`.
    Regex,
    /// `(`, `[` or `{`.
    Open(u8),
    /// `)`, `]` or `}`.
    Close(u8),
    /// Another sign, of one or two bytes.
    Sign,
    /// What can be no token; a [`Flaw`] tells why.
    Bad,
}

/// A token with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: TokenKind,
    /// Where.
    pub(super) span: Span,
    /// How many bytes stand between the line's start and it; `None` where another token does.
    pub(super) indent: Option<u32>,
    /// The same for the first token of its line.
    pub(super) line_indent: u32,
}

/// Why something can be no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FlawKind {
    /// `"…` without its end on the line.
    OpenText,
    /// `"""…` without its end.
    OpenRaw,
    /// `/…` without its end on the line.
    OpenRegex,
    /// `//`.
    SlashComment,
    /// `'…'`.
    SingleQuotes,
    /// `&&` or `&`.
    And,
    /// `||`.
    Or,
    /// `!` that is not `!=`.
    Not,
    /// `===`, `!==`.
    TripleEqual,
    /// `;`.
    Semicolon,
    /// A word with letters beyond ASCII.
    ForeignWord,
    /// Any other character.
    Stray,
}

/// Something that can be no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// Why.
    pub(super) kind: FlawKind,
    /// Where.
    pub(super) span: Span,
}

/// What the pass found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// All tokens, in order; what stands inside of texts is part of them.
    pub(super) tokens: Vec<Token>,
    /// All comments, in order.
    pub(super) comments: Vec<Comment>,
    /// All that can be no token, in order.
    pub(super) flaws: Vec<Flaw>,
    /// Where nesting went too deep; the pass stops there.
    pub(super) too_deep: Option<Span>,
}

/// Goes over the text once.
pub(super) fn scan(text: &str) -> Scan {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: start,
        line_start: Some(start),
        frames: vec![Frame { kind: FrameKind::File, words: 0 }],
        depth: 0,
        outer_text: None,
        found: Scan::default(),
    };
    scanner.run();
    scanner.found
}

/// An open bracket, or an open `{` inside of a text.
struct Frame {
    kind: FrameKind,
    /// How many words that nest to the right (`if`, `any`, …) stand in it one after the other.
    words: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    /// The file itself.
    File,
    Bracket(u8),
    /// `<` of `list<…>`.
    Angle,
    /// `{…}` in the text that starts at the offset.
    Hole(usize),
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Where the line began, until a token has been found on it.
    line_start: Option<usize>,
    // INVARIANT: begins with the file's own frame, which is never taken off.
    frames: Vec<Frame>,
    /// Frames, the file's own left out, and the words in them.
    depth: usize,
    /// Where the outermost text starts whose braces are open.
    outer_text: Option<usize>,
    found: Scan,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while self.found.too_deep.is_none() {
            let Some(&byte) = self.bytes.get(self.at) else { break };
            match byte {
                b'\n' | b'\r' => self.line_end(),
                b' ' | b'\t' => self.at += 1,
                b'#' => self.comment(),
                b'"' => self.quote(),
                b'/' => self.regex(),
                b'\'' => self.single_quotes(),
                b'(' | b'[' | b'{' => self.open(byte),
                b')' | b']' | b'}' => self.close(byte),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(),
                b'0'..=b'9' => self.number(),
                _ => self.sign(byte),
            }
        }
        if let (Some(start), None) = (self.outer_text, self.found.too_deep) {
            self.unclosed_text(start);
        }
    }

    /// A text does not go on on the next line, not even inside of its braces.
    fn line_end(&mut self) {
        if let Some(start) = self.outer_text {
            self.unclosed_text(start);
        }
        self.at += 1;
        self.line_start = Some(self.at);
    }

    fn comment(&mut self) {
        let start = self.at;
        self.at = self.line_rest();
        self.found.comments.push(Comment { span: Span::new(start, self.at) });
    }

    fn line_rest(&self) -> usize {
        let rest = &self.bytes[self.at..];
        self.at + rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len())
    }

    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        // What stands in a text's braces is part of the text.
        if self.outer_text.is_some() {
            return;
        }
        let indent = self.line_start.take().map(|line| Span::new(line, start).len());
        let indent = indent.map(|bytes| u32::try_from(bytes).unwrap_or(u32::MAX));
        let line_indent = indent.unwrap_or_else(|| self.found.tokens.last().map_or(0, |token| token.line_indent));
        self.found.tokens.push(Token { kind, span: Span::new(start, end), indent, line_indent });
    }

    /// Notes what can be no token. Inside of a text's braces it spoils the text.
    fn flaw(&mut self, kind: FlawKind, start: usize, end: usize) {
        self.found.flaws.push(Flaw { kind, span: Span::new(start, end) });
        self.push(TokenKind::Bad, start, end);
    }

    // Nesting

    fn enter(&mut self, kind: FrameKind, start: usize) {
        self.frames.push(Frame { kind, words: 0 });
        if let FrameKind::Hole(text_start) = kind {
            self.outer_text.get_or_insert(text_start);
        }
        self.deeper(start);
    }

    fn deeper(&mut self, start: usize) {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            self.found.too_deep = Some(Span::new(start, start + 1));
        }
    }

    fn shrink_frames(&mut self, keep: usize) {
        while self.frames.len() > keep {
            if let Some(frame) = self.frames.pop() {
                self.depth -= 1 + frame.words;
                if let FrameKind::Hole(start) = frame.kind
                    && self.outer_text == Some(start)
                {
                    self.outer_text = None;
                }
            }
        }
    }

    /// A comma, an assignment or a new statement ends what the words before it had opened.
    fn forget_words(&mut self) {
        while self.frames.last().is_some_and(|frame| frame.kind == FrameKind::Angle) {
            self.shrink_frames(self.frames.len() - 1);
        }
        if let Some(frame) = self.frames.last_mut() {
            self.depth -= frame.words;
            frame.words = 0;
        }
    }

    fn open(&mut self, byte: u8) {
        let start = self.at;
        self.push(TokenKind::Open(byte), start, start + 1);
        self.at += 1;
        self.enter(FrameKind::Bracket(byte), start);
    }

    fn close(&mut self, byte: u8) {
        let start = self.at;
        self.at += 1;
        let opener = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        // The innermost fitting bracket is closed, with all that was left open in it; a text's braces are a border.
        let mut place = None;
        for (number, frame) in self.frames.iter().enumerate().rev() {
            match frame.kind {
                FrameKind::Bracket(open) if open == opener => place = Some(number),
                FrameKind::Hole(_) if byte == b'}' => place = Some(number),
                FrameKind::Hole(_) => {}
                FrameKind::File | FrameKind::Bracket(_) | FrameKind::Angle => continue,
            }
            break;
        }
        if let Some(number) = place {
            let kind = self.frames[number].kind;
            self.shrink_frames(number);
            if let FrameKind::Hole(text_start) = kind {
                self.text_rest(text_start);
                return;
            }
        }
        self.push(TokenKind::Close(byte), start, start + 1);
    }

    // Tokens

    fn word(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        let end = start + rest.find(|char: char| !(char.is_alphanumeric() || char == '_')).unwrap_or(rest.len());
        if end == start {
            let width = rest.chars().next().map_or(1, char::len_utf8);
            self.at = start + width;
            self.flaw(FlawKind::Stray, start, start + width);
            return;
        }
        self.at = end;
        let word = &self.text[start..end];
        if !word.is_ascii() {
            self.flaw(FlawKind::ForeignWord, start, end);
            return;
        }
        self.push(TokenKind::Word, start, end);
        match word {
            "if" | "any" | "all" | "none" | "group" => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.words += 1;
                }
                self.deeper(start);
            }
            "let" | "for" | "when" | "require" | "forbid" => self.forget_words(),
            "list" | "map" => {
                let gap = self.bytes[end..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                if self.bytes.get(end + gap) == Some(&b'<') {
                    self.at = end + gap + 1;
                    self.push(TokenKind::Sign, end + gap, end + gap + 1);
                    self.enter(FrameKind::Angle, end + gap);
                }
            }
            _ => {}
        }
    }

    fn number(&mut self) {
        let start = self.at;
        while let Some(&byte) = self.bytes.get(self.at) {
            let next = self.bytes.get(self.at + 1);
            let part = byte.is_ascii_alphanumeric()
                || byte == b'_'
                || (byte == b'.' || byte == b'-' && self.at == start + 4 || byte == b'-' && self.at == start + 7)
                    && next.is_some_and(u8::is_ascii_digit);
            if !part {
                break;
            }
            self.at += 1;
        }
        self.push(TokenKind::Number, start, self.at);
    }

    fn sign(&mut self, byte: u8) {
        let start = self.at;
        let next = self.bytes.get(start + 1).copied();
        let third = self.bytes.get(start + 2).copied();
        let (flaw, width) = match (byte, next) {
            (b'=' | b'!', Some(b'=')) if third == Some(b'=') => (Some(FlawKind::TripleEqual), 3),
            (b'&', Some(b'&')) => (Some(FlawKind::And), 2),
            (b'|', Some(b'|')) => (Some(FlawKind::Or), 2),
            (b'&', _) => (Some(FlawKind::And), 1),
            (b'=' | b'!' | b'<' | b'>', Some(b'=')) | (b'?', Some(b'?')) | (b'.', Some(b'.')) => (None, 2),
            (b'!', _) => (Some(FlawKind::Not), 1),
            (b';', _) => (Some(FlawKind::Semicolon), 1),
            (b'=' | b'<' | b'>' | b'.' | b',' | b':' | b'?' | b'|' | b'+' | b'-' | b'*', _) => (None, 1),
            _ => (Some(FlawKind::Stray), 1),
        };
        self.at += width;
        if let Some(kind) = flaw {
            self.flaw(kind, start, start + width);
            return;
        }
        self.push(TokenKind::Sign, start, start + width);
        match (byte, width) {
            (b',' | b'=', 1) => self.forget_words(),
            (b'>', 1) if self.frames.last().is_some_and(|frame| frame.kind == FrameKind::Angle) => {
                self.shrink_frames(self.frames.len() - 1);
            }
            _ => {}
        }
    }

    fn quote(&mut self) {
        let start = self.at;
        if self.bytes[start..].starts_with(b"\"\"\"") {
            let end = self.text.get(start + 3..).and_then(|rest| rest.find("\"\"\""));
            self.at = end.map_or(self.bytes.len(), |end| start + 3 + end + 3);
            if end.is_some() {
                self.push(TokenKind::Raw, start, self.at);
            } else {
                self.flaw(FlawKind::OpenRaw, start, self.at);
            }
            return;
        }
        self.at += 1;
        self.text_rest(start);
    }

    /// Goes on with a text, from its start or from the end of one of its braces.
    fn text_rest(&mut self, start: usize) {
        loop {
            match self.bytes.get(self.at) {
                None | Some(b'\n' | b'\r') => {
                    self.unclosed_text(start);
                    return;
                }
                Some(b'\\') => {
                    let line_end = matches!(self.bytes.get(self.at + 1), None | Some(b'\n' | b'\r'));
                    self.at += if line_end { 1 } else { 2 };
                }
                Some(b'"') => {
                    self.at += 1;
                    self.push(TokenKind::Text, start, self.at);
                    return;
                }
                Some(b'{') => {
                    let hole = self.at;
                    self.at += 1;
                    self.enter(FrameKind::Hole(start), hole);
                    return;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// The outermost text is at fault: its end is what the reader misses.
    fn unclosed_text(&mut self, start: usize) {
        let outer = self.outer_text.unwrap_or(start);
        let keep = self.frames.iter().position(|frame| matches!(frame.kind, FrameKind::Hole(_)));
        self.shrink_frames(keep.unwrap_or(self.frames.len()));
        self.flaw(FlawKind::OpenText, outer, self.at);
    }

    fn regex(&mut self) {
        let start = self.at;
        if self.bytes.get(start + 1) == Some(&b'/') {
            self.at = self.line_rest();
            self.flaw(FlawKind::SlashComment, start, self.at);
            return;
        }
        let mut at = start + 1;
        loop {
            match self.bytes.get(at) {
                None | Some(b'\n' | b'\r') => {
                    self.at = at;
                    self.flaw(FlawKind::OpenRegex, start, at);
                    return;
                }
                Some(b'\\') if !matches!(self.bytes.get(at + 1), None | Some(b'\n' | b'\r')) => at += 2,
                Some(b'/') => break,
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        self.push(TokenKind::Regex, start, self.at);
    }

    fn single_quotes(&mut self) {
        let start = self.at;
        let line_end = self.line_rest();
        let close = self.bytes[start + 1..line_end].iter().position(|byte| *byte == b'\'');
        self.at = close.map_or(start + 1, |close| start + 1 + close + 1);
        self.flaw(FlawKind::SingleQuotes, start, self.at);
    }
}
