//! Collections in brackets and braces.

use super::words::BAD_VALUES;
use super::writer::Writer;

/// Deepest nesting of brackets that is written node by node.
const DEEPEST: usize = 8;

impl Writer<'_> {
    /// A flow collection; its further lines are indented to `indent` at least.
    pub(super) fn flow(&mut self, indent: usize, depth: usize) {
        if self.random.percent(50) {
            self.flow_sequence(indent, depth);
        } else {
            self.flow_mapping(indent, depth);
        }
    }

    fn flow_sequence(&mut self, indent: usize, depth: usize) {
        self.push("[");
        let items = self.random.below(5);
        for item in 0..items {
            self.gap(indent);
            match self.random.below(14) {
                0 => self.flow_pair(indent, depth),
                1 => {
                    self.push("? ");
                    self.flow_pair(indent, depth);
                }
                _ => self.flow_value(indent, depth),
            }
            self.gap(indent);
            self.separate(item + 1 == items);
        }
        self.gap(indent);
        if !self.wild(6) {
            self.push("]");
        }
    }

    fn flow_mapping(&mut self, indent: usize, depth: usize) {
        self.push("{");
        let entries = self.random.below(5);
        for entry in 0..entries {
            self.gap(indent);
            match self.random.below(16) {
                0 => {
                    let blank = self.random.pick(&[" ", "\n ", "\t"]);
                    self.push("?");
                    self.push(blank);
                    self.flow_pair(indent, depth);
                }
                1 => self.flow_key(),
                2 => self.push("<<: {a: 1}"),
                _ => self.flow_pair(indent, depth),
            }
            self.gap(indent);
            self.separate(entry + 1 == entries);
        }
        self.gap(indent);
        if !self.wild(6) {
            self.push("}");
        }
    }

    fn flow_pair(&mut self, indent: usize, depth: usize) {
        self.flow_key();
        let colon = if self.wild(60) {
            self.random.pick(&[":", ":\t", "\n: ", " : ", ":\n ", "::", " :x", ": : "])
        } else {
            self.random.pick(&[": ", ": ", ": ", " : ", ":  "])
        };
        self.push(colon);
        if self.random.percent(95) {
            self.flow_value(indent, depth);
        }
    }

    fn flow_key(&mut self) {
        match self.random.below(12) {
            0..=6 => {
                let key = self.random.pick(&["a", "b", "c", "name", "kind", "x y", "1", "yes", "a:b", "é", "http://a"]);
                self.push(key);
            }
            7..=9 => {
                let key = self.random.pick(&["\"a\"", "'b'", "\"a b\"", "\"\\u0061\"", "\"1\"", "''"]);
                self.push(key);
            }
            10 => {
                self.properties();
                self.push("k");
            }
            _ if self.wild(200) => {
                let key =
                    self.random.pick(&["", "[a]", "{}", "~", "*zz", "- a", "a\n b", "a#", "#", "null", "? a", "|"]);
                self.push(key);
            }
            _ => self.push("d"),
        }
    }

    fn flow_value(&mut self, indent: usize, depth: usize) {
        if depth < DEEPEST && self.random.percent(20) && self.spend() {
            self.properties();
            return self.flow(indent, depth + 1);
        }
        if self.wild(10) {
            let bad = self.random.pick(BAD_VALUES);
            return self.push(bad);
        }
        if self.random.percent(3) && self.alias() {
            return;
        }
        self.properties();
        self.scalar(indent, true);
    }

    /// A comma, or what else stands there.
    fn separate(&mut self, last: bool) {
        if self.wild(8) {
            let odd = self.random.pick(&["", ",,", " ,", ";", ",#", ", #c\n", ",-", ", - "]);
            return self.push(odd);
        }
        let trailing = last && !self.random.percent(10);
        let comma = if trailing { "" } else { self.random.pick(&[",", ", ", ", ", ",  "]) };
        self.push(comma);
    }

    /// Blanks, line ends and comments between the parts.
    fn gap(&mut self, indent: usize) {
        match self.random.below(40) {
            0..=5 => self.push(" "),
            6 => self.push("  "),
            7 => self.push("\t"),
            8..=10 => {
                self.line_end();
                let columns = if self.wild(100) { self.random.below(3) } else { indent + 1 };
                self.indent(columns);
            }
            11 => {
                self.push(" # in flow, a: [b");
                self.line_end();
                self.indent(indent + 1);
            }
            12 if self.wild(100) => {
                let odd =
                    self.random.pick(&["\n\t", "\n", "\n---\n", "\n...\n", "\u{2028}", "\u{FEFF}", "#c\n ", "\n\n  "]);
                self.push(odd);
            }
            _ => {}
        }
    }
}
