//! Mappings and sequences by indentation.

use super::words::{BAD_KEYS, KEYS, ODD_KEYS};
use super::writer::Writer;

/// Deepest nesting of what is written node by node.
const DEEPEST: usize = 6;

impl Writer<'_> {
    /// The content of a document, from the start of a line to behind a line end.
    pub(super) fn root(&mut self) {
        self.noise(0);
        let indent = if self.random.percent(6) { self.random.within(1..4) } else { 0 };
        match self.random.below(40) {
            0 => self.sequence_lines(indent, 0),
            1 => {
                self.indent(indent);
                self.properties();
                self.scalar(0, false);
                self.trailing_comment();
                self.line_end();
            }
            2..=3 => {
                self.indent(indent);
                self.properties();
                self.flow(0, 0);
                self.trailing_comment();
                self.line_end();
            }
            4 => {
                self.properties();
                self.line_end();
                self.mapping_lines(indent, 0);
            }
            5..=14 => {
                self.indent(indent);
                self.push("apiVersion: v1");
                self.line_end();
                self.indent(indent);
                self.push("kind: ConfigMap");
                self.line_end();
                self.mapping_lines(indent, 0);
            }
            _ => self.mapping_lines(indent, 0),
        }
        self.noise(0);
    }

    fn mapping_lines(&mut self, indent: usize, depth: usize) {
        for _ in 0..self.random.within(1..6) {
            self.noise(indent);
            let off = self.wild(6);
            self.indent(indent + usize::from(off));
            self.entry(indent, depth);
        }
    }

    /// A mapping whose first key stands behind a dash on the same line.
    fn mapping_inline(&mut self, indent: usize, depth: usize) {
        self.entry(indent, depth);
        for _ in 0..self.random.below(3) {
            self.noise(indent);
            self.indent(indent);
            self.entry(indent, depth);
        }
    }

    fn sequence_lines(&mut self, indent: usize, depth: usize) {
        for _ in 0..self.random.within(1..5) {
            self.noise(indent);
            self.indent(indent);
            self.item(indent, depth);
        }
    }

    /// A dash and its value, up to behind the line end.
    fn item(&mut self, indent: usize, depth: usize) {
        self.push("-");
        if self.wild(10) {
            let odd = self.random.pick(&["\t", "\t ", "", "  \t"]);
            self.push(odd);
        }
        let blanks = self.random.pick(&[1, 1, 1, 1, 2, 3]);
        let inner = indent + 1 + blanks;
        match self.random.below(10) {
            0..=2 if depth < DEEPEST && self.spend() => {
                self.indent(blanks);
                self.mapping_inline(inner, depth + 1);
            }
            3 if depth < DEEPEST && self.spend() => {
                self.indent(blanks);
                self.item(inner, depth + 1);
            }
            _ => self.value(indent, depth, false),
        }
    }

    fn entry(&mut self, indent: usize, depth: usize) {
        if self.random.percent(3) {
            return self.merge(indent, depth);
        }
        if self.random.percent(3) {
            return self.explicit(indent, depth);
        }
        self.key();
        let before = self.random.permille(30);
        self.push(if before { " :" } else { ":" });
        if self.wild(6) {
            let odd = self.random.pick(&["x", "\t", ":", "#", " :", "\u{A0}"]);
            self.push(odd);
        }
        self.value(indent, depth, true);
    }

    pub(super) fn key(&mut self) {
        if self.random.permille(25) {
            self.properties();
        }
        if self.random.permille(2) {
            return self.long_key();
        }
        if self.wild(12) {
            let key = self.random.pick(BAD_KEYS);
            return self.push(key);
        }
        if self.random.percent(2) && self.alias() {
            return self.push(" ");
        }
        match self.random.below(20) {
            0..=14 => {
                let key = self.random.pick(KEYS);
                self.push(key);
            }
            15..=18 => {
                let key = self.random.pick(ODD_KEYS);
                self.push(key);
            }
            _ if self.random.percent(50) => self.push("\"quoted key\""),
            _ => self.push("'it''s'"),
        }
    }

    /// A key around the 1024 characters within which libyaml looks for its colon.
    fn long_key(&mut self) {
        let length = self.random.within(1015..1035);
        let letter = self.random.pick(&["k", "é", "\u{1F600}"]);
        let quote = self.random.pick(&["", "\"", "'"]);
        self.push(quote);
        for _ in 0..length {
            self.push(letter);
        }
        self.push(quote);
    }

    fn merge(&mut self, indent: usize, depth: usize) {
        let key = self.random.pick(&["<<", "<<", "<<", "!!merge <<", "\"<<\"", "!!str <<"]);
        self.push(key);
        self.push(": ");
        match self.random.below(6) {
            0..=1 if self.alias() => {}
            2 => {
                self.push("[");
                let some = self.alias();
                self.push(if some { ", {a: 1}]" } else { "{a: 1, b: 2}, {b: 3}]" });
            }
            3 if self.wild(300) => {
                let bad = self.random.pick(&["1", "a", "~", "[1]", "[[]]", "", "[{a: 1}, 2]", "\"a\"", "*zz", "[*zz]"]);
                self.push(bad);
            }
            4 if depth < DEEPEST && self.spend() => {
                self.line_end();
                return self.mapping_lines(indent + 2, depth + 1);
            }
            _ => self.push("{a: 1, name: merged, <<: {b: 2}}"),
        }
        self.trailing_comment();
        self.line_end();
    }

    /// `? key` and `: value`, the value sometimes left out.
    fn explicit(&mut self, indent: usize, depth: usize) {
        self.push("?");
        if self.wild(80) {
            self.value(indent, depth, true);
        } else {
            let blank = self.random.pick(&[" ", "  ", " ", "\t"]);
            self.push(blank);
            self.key();
            self.trailing_comment();
            self.line_end();
        }
        if self.random.percent(85) {
            self.noise(indent);
            self.indent(indent);
            self.push(":");
            self.value(indent, depth, true);
        }
    }

    /// What stands behind a colon or a dash, up to behind the line end. `in_mapping` lets a sequence stay at `indent`.
    fn value(&mut self, indent: usize, depth: usize, in_mapping: bool) {
        let nests = depth < DEEPEST && self.spend();
        let blank = if self.wild(10) { self.random.pick(&["\t", " \t", "", "\t\t"]) } else { " " };
        match self.random.below(100) {
            0..=2 => self.trailing_comment(),
            3..=5 => {
                self.push(blank);
                if !self.alias() {
                    self.push("~");
                }
                self.trailing_comment();
            }
            6..=17 if nests => {
                self.push(blank);
                self.properties();
                self.flow(indent + 1, depth + 1);
                self.trailing_comment();
            }
            18..=37 if nests => return self.nested(indent, depth, in_mapping),
            38 if self.random.percent(30) => {
                // The value stands alone on the next line.
                self.trailing_comment();
                self.line_end();
                self.indent(indent + 1);
                self.properties();
                self.scalar(indent, false);
            }
            _ => {
                self.push(blank);
                self.properties();
                self.scalar(indent, false);
                self.trailing_comment();
            }
        }
        self.line_end();
    }

    fn nested(&mut self, indent: usize, depth: usize, in_mapping: bool) {
        if self.random.percent(12) {
            self.push(" ");
            self.properties();
        }
        self.trailing_comment();
        self.line_end();
        let deeper = self.random.pick(&[2, 2, 2, 2, 4, 1, 3, 8]);
        if self.random.percent(45) {
            let same = in_mapping && self.random.percent(50);
            self.sequence_lines(if same { indent } else { indent + deeper }, depth + 1);
        } else {
            self.mapping_lines(indent + deeper, depth + 1);
        }
    }
}
