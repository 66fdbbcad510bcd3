//! JSON values as people and programs write them, and nearly so.

use super::writer::Writer;

const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "1.0",
    "1.50",
    "-0.0",
    "1e3",
    "1E+3",
    "1e-7",
    "1e21",
    "123456789012345678",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "0.1",
    "5e-324",
    "1e308",
    "12345678901234567890.5",
    "100000000000000000000",
];

const STRINGS: &[&str] = &[
    "",
    "a",
    "name",
    "kind",
    "v1",
    "a b",
    "\\n",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud800",
    "\\udc00x",
    "\\/",
    "\\\"",
    "\\\\",
    "é",
    "\u{1F600}",
    "<&>",
    "\u{2028}",
    "\\u2028",
    "\\b\\f\\t\\r",
    "\u{7F}",
    "\\u0000",
    "yes",
    "1",
    "---",
    "a: b",
    "# c",
    "\u{FEFF}",
];

const ODDITIES: &[&str] = &[
    "01",
    "+1",
    ".5",
    "1.",
    "1e400",
    "-",
    "NaN",
    "yes",
    "True",
    "'a'",
    "a",
    "\"\\x41\"",
    "\"\\a\"",
    "\"\t\"",
    "\"a\nb\"",
    "\"\u{1}\"",
    "// c\n1",
    "/* c */ 1",
    "# c\n1",
    "",
    "1,",
    "*a",
    "&a 1",
    "!!str 1",
    "0x1F",
    "1_000",
    "~",
    "{a: 1}",
    "[,]",
    "\"a",
    "\\",
];

impl Writer<'_> {
    /// A JSON object, from brace to brace.
    pub(super) fn json_object(&mut self, depth: usize) {
        self.push("{");
        let entries = self.random.below(4);
        for entry in 0..entries {
            self.json_gap();
            self.json_string();
            self.json_gap();
            self.push(":");
            self.json_gap();
            self.json_value(depth + 1);
            self.json_gap();
            if entry + 1 < entries || self.wild(30) {
                self.push(",");
            }
        }
        self.json_gap();
        if !self.wild(15) {
            self.push("}");
        }
    }

    fn json_array(&mut self, depth: usize) {
        self.push("[");
        let items = self.random.below(4);
        for item in 0..items {
            self.json_gap();
            self.json_value(depth + 1);
            self.json_gap();
            if item + 1 < items || self.wild(30) {
                self.push(",");
            }
        }
        self.push("]");
    }

    fn json_value(&mut self, depth: usize) {
        if self.wild(20) {
            let odd = self.random.pick(ODDITIES);
            return self.push(odd);
        }
        match self.random.below(10) {
            0..=1 if depth < 6 => self.json_object(depth),
            2 if depth < 6 => self.json_array(depth),
            3..=5 => {
                let number = self.random.pick(NUMBERS);
                self.push(number);
            }
            6 => {
                let word = self.random.pick(&["true", "false", "null"]);
                self.push(word);
            }
            _ => self.json_string(),
        }
    }

    fn json_string(&mut self) {
        let text = self.random.pick(STRINGS);
        self.push("\"");
        self.push(text);
        self.push("\"");
    }

    fn json_gap(&mut self) {
        let gap = match self.random.below(30) {
            0..=6 => " ",
            7..=8 => "\n  ",
            9 => "\t",
            10 => "\r\n",
            11 if self.wild(60) => {
                self.random.pick(&["\u{A0}", "\u{85}", "\u{B}", "\u{C}", "\u{FEFF}", "\u{2028}", "#"])
            }
            _ => "",
        };
        self.push(gap);
    }
}
