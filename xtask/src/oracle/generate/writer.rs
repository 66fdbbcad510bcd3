//! The text that grows, and what every part of the generator needs of it.

use super::super::random::Random;
use super::words::LINE_ENDS;

/// A text in the making.
pub(super) struct Writer<'r> {
    pub(super) random: &'r mut Random,
    pub(super) out: String,
    /// Names of the anchors of this document so far.
    pub(super) anchors: Vec<&'static str>,
    /// How many more nodes the document may have.
    pub(super) budget: usize,
    wild: bool,
    line_end: &'static str,
}

impl<'r> Writer<'r> {
    /// A wild writer now and then writes what is, or might be, refused.
    pub(super) fn new(random: &'r mut Random, wild: bool) -> Self {
        let line_end = if wild { random.pick(LINE_ENDS) } else { random.pick(&["\n", "\n", "\n", "\r\n"]) };
        Self { random, out: String::new(), anchors: Vec::new(), budget: 24, wild, line_end }
    }

    /// Whether a wild thing happens that happens so many times in a thousand.
    pub(super) fn wild(&mut self, permille: usize) -> bool {
        self.wild && self.random.permille(permille)
    }

    pub(super) fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(super) fn line_end(&mut self) {
        let end = if self.wild(5) { self.random.pick(LINE_ENDS) } else { self.line_end };
        self.push(end);
    }

    pub(super) fn indent(&mut self, columns: usize) {
        if self.wild(3) {
            return self.push("\t");
        }
        for _ in 0..columns {
            self.out.push(' ');
        }
    }

    /// Empty lines and comments between the lines of a block.
    pub(super) fn noise(&mut self, indent: usize) {
        while self.random.percent(8) {
            match self.random.below(4) {
                0 => {}
                1 => {
                    let blanks = self.random.pick(&["", " ", "   ", "\t", "  \t "]);
                    self.push(blanks);
                }
                _ => {
                    let columns = if self.random.percent(60) { indent } else { self.random.below(8) };
                    self.indent(columns);
                    self.comment();
                }
            }
            self.line_end();
        }
    }

    /// A comment behind something on its line, or nothing.
    pub(super) fn trailing_comment(&mut self) {
        if self.random.percent(6) {
            let blank = self.random.pick(&[" ", "  ", "\t", " \t"]);
            self.push(blank);
            self.comment();
        } else if self.random.percent(4) {
            let blank = self.random.pick(&[" ", "  ", "\t"]);
            self.push(blank);
        }
    }

    fn comment(&mut self) {
        let comment = self.random.pick(&[
            "# c",
            "#",
            "#c",
            "# a: b",
            "# - x",
            "# \"",
            "# é",
            "## c ##",
            "# {{ x }}",
            "# ---",
            "#\t",
            "# 'it's",
            "# *a &b !c",
        ]);
        self.push(comment);
        if self.wild(10) {
            let hidden = self.random.pick(&["\u{85}", "\u{2028}", "\u{2029}", "\u{7F}", "\u{FEFF}", "\r"]);
            self.push(hidden);
            self.push("x: y");
        }
    }

    /// Starts a new document: its anchors are its own.
    pub(super) fn begin_document(&mut self) {
        self.anchors.clear();
        self.budget = self.random.within(3..24);
    }

    /// Takes one node from what the document may have.
    pub(super) fn spend(&mut self) -> bool {
        let some = self.budget > 0;
        self.budget = self.budget.saturating_sub(1);
        some
    }
}
