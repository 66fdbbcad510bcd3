//! Scalars in every style.

use super::words::{BAD_ESCAPES, BAD_VALUES, ESCAPES, PIECES, TAGS, VALUES, WORDS};
use super::writer::Writer;

impl Writer<'_> {
    /// A scalar that may stand on the line of its key. Its further lines are indented deeper than `indent`.
    pub(super) fn scalar(&mut self, indent: usize, flow: bool) {
        match self.random.below(100) {
            0..=54 => self.plain(indent, flow),
            55..=71 => self.double_quoted(indent),
            72..=83 => self.single_quoted(indent),
            84..=99 if !flow => self.block_scalar(indent),
            _ => self.plain(indent, flow),
        }
    }

    /// An anchor, a tag, both in either order, or most often nothing; ends with a blank where there is something.
    pub(super) fn properties(&mut self) {
        if !self.random.percent(7) {
            return;
        }
        let blank = if self.random.percent(97) { " " } else { "\t" };
        match self.random.below(10) {
            0..=3 => self.anchor(),
            4..=7 => self.tag(),
            8 => {
                self.anchor();
                self.push(blank);
                self.tag();
            }
            _ => {
                self.tag();
                self.push(blank);
                self.anchor();
            }
        }
        self.push(blank);
    }

    fn anchor(&mut self) {
        let names = ["a", "b", "c", "x-1", "a_b", "long-name"];
        let name = if self.wild(50) {
            self.random.pick(&["é", "", "a.b", "a/b", "a:b", "a,b"])
        } else {
            self.random.pick(&names)
        };
        self.push("&");
        self.push(name);
        self.anchors.push(name);
    }

    fn tag(&mut self) {
        let tag =
            if self.wild(30) { self.random.pick(TAGS) } else { self.random.pick(&["!!str", "!", "!foo", "!!str"]) };
        self.push(tag);
    }

    /// An alias to an anchor that was written, where there is one. Whether it is finished is another matter.
    pub(super) fn alias(&mut self) -> bool {
        if self.anchors.is_empty() {
            return false;
        }
        let name = self.random.pick(&self.anchors.clone());
        self.push("*");
        self.push(name);
        true
    }

    pub(super) fn plain(&mut self, indent: usize, flow: bool) {
        if self.wild(15) {
            let value = self.random.pick(BAD_VALUES);
            return self.push(value);
        }
        match self.random.below(100) {
            0..=44 => {
                let word = self.random.pick(WORDS);
                self.push(word);
            }
            45..=79 => {
                let value = self.random.pick(VALUES);
                let closes = flow && value.contains(['[', ']', '{', '}', ',']);
                self.push(if closes { "v" } else { value });
            }
            80..=92 => self.number_soup(),
            _ => {
                for line in 0..self.random.within(1..4) {
                    if line > 0 {
                        self.fold(indent);
                    }
                    let word = self.random.pick(&["one", "two words", "3", "a:b", "x#y", "-", "y", "é", "a \t b"]);
                    self.push(if line == 0 && word == "-" { "-x" } else { word });
                }
            }
        }
    }

    fn number_soup(&mut self) {
        let first = self.random.pick(&["1", "0", "-", "+", ".", "9", "0x", "0b", "0o", "-0"]);
        self.push(first);
        for _ in 0..self.random.within(1..7) {
            let letter = self.random.pick(&[
                "0", "1", "7", "8", "9", "5", "2", ".", "e", "E", "-", "+", "_", "x", "b", "o", "a", "f", "p", "00",
                "e1", "_1",
            ]);
            self.push(letter);
        }
    }

    /// A line break within a scalar, perhaps with empty lines behind it.
    fn fold(&mut self, indent: usize) {
        let trail = if self.random.percent(15) { self.random.pick(&[" ", "  ", "\t", " \t"]) } else { "" };
        self.push(trail);
        self.line_end();
        while self.random.percent(12) {
            let blanks = self.random.pick(&["", "", " ", "   ", "\t", "  \t"]);
            self.push(blanks);
            self.line_end();
        }
        let deeper = if self.wild(30) { self.random.below(3) } else { self.random.within(1..4) };
        let less = usize::from(self.wild(10));
        self.indent((indent + deeper).saturating_sub(less));
        if self.wild(20) {
            self.push("\t");
        }
    }

    pub(super) fn double_quoted(&mut self, indent: usize) {
        self.push("\"");
        for _ in 0..self.random.below(5) {
            match self.random.below(20) {
                0..=10 => self.piece(&["\"", "\\"]),
                11..=15 => {
                    let escape = if self.wild(60) { self.random.pick(BAD_ESCAPES) } else { self.random.pick(ESCAPES) };
                    self.push("\\");
                    self.push(escape);
                }
                16 => {
                    self.push("\\");
                    self.fold(indent);
                }
                17 if self.wild(200) => {
                    let hidden = self.random.pick(&["\u{85}", "\u{2028}", "\u{2029}", "\u{7F}", "\r", "\u{1}"]);
                    self.push(hidden);
                }
                _ => self.fold(indent),
            }
        }
        if !self.wild(8) {
            self.push("\"");
        }
    }

    pub(super) fn single_quoted(&mut self, indent: usize) {
        self.push("'");
        for _ in 0..self.random.below(5) {
            match self.random.below(10) {
                0..=5 => self.piece(&["'"]),
                6..=7 => self.push("''"),
                _ => self.fold(indent),
            }
        }
        if !self.wild(8) {
            self.push("'");
        }
    }

    fn piece(&mut self, without: &[&str]) {
        let piece = self.random.pick(PIECES);
        self.push(if without.iter().any(|bad| piece.contains(bad)) { "x" } else { piece });
    }

    /// `|` or `>` with its header and lines; ends without a line end where the last line has none.
    fn block_scalar(&mut self, indent: usize) {
        let sign = self.random.pick(&["|", ">"]);
        self.push(sign);
        let deeper = self.random.within(1..5);
        let chomp = self.random.pick(&["", "", "-", "+"]);
        let mut digit = String::new();
        if self.random.percent(25) {
            digit = deeper.to_string();
        }
        if self.wild(40) {
            digit = self.random.pick(&["0", "9", "1", "2", "10", "x"]).to_owned();
        }
        if self.random.percent(50) {
            self.push(&digit);
            self.push(chomp);
        } else {
            self.push(chomp);
            self.push(&digit);
        }
        let mut tail = self.random.pick(&["", "", "", "", "", " ", " # c", "  # c #", " #", "\t"]);
        if self.wild(30) {
            tail = self.random.pick(&["#c", " x", "-", "\t# c", ":", "|"]);
        }
        self.push(tail);
        self.block_lines(indent + deeper);
    }

    fn block_lines(&mut self, indent: usize) {
        for _ in 0..self.random.below(5) {
            self.line_end();
            match self.random.below(20) {
                0..=2 => {
                    let blanks = self.random.below(indent + 3);
                    let any = self.wild(300);
                    self.indent(if any { blanks } else { blanks.min(indent) });
                }
                3 => {
                    self.indent(indent);
                    let tail = self.random.pick(&["\t", " \t", "\tx", "  ", " "]);
                    self.push(tail);
                }
                4..=6 => {
                    let more = self.random.within(1..4);
                    self.indent(indent + more);
                    self.piece(&[]);
                }
                7 if self.wild(100) => {
                    let less = self.random.within(1..3);
                    self.indent(indent.saturating_sub(less));
                    self.piece(&[]);
                }
                _ => {
                    self.indent(indent);
                    let start = self.random.pick(&[
                        "a",
                        "# not a comment",
                        "- x",
                        "b: c",
                        "--- x",
                        "... x",
                        "%",
                        "x  ",
                        "\"",
                        "é",
                    ]);
                    self.push(start);
                    self.piece(&[]);
                }
            }
        }
    }
}
