//! Files of several documents: what stands before, between and behind them.

use super::writer::Writer;

impl Writer<'_> {
    /// A whole file.
    pub(super) fn file(&mut self) {
        if self.random.permille(20) {
            self.push("\u{FEFF}");
        }
        if self.random.percent(8) {
            return self.json_file();
        }
        if self.random.permille(5) {
            return self.deep();
        }
        if self.random.permille(3) {
            return self.laughs();
        }
        if self.random.permille(8) {
            return self.padded();
        }
        let documents = self.random.pick(&[1, 1, 1, 1, 2, 2, 3]);
        if self.random.percent(20) {
            self.separator();
        }
        for document in 0..documents {
            if document > 0 {
                self.separator();
            }
            self.begin_document();
            if self.wild(8) {
                self.directive();
            }
            self.root();
            if self.random.permille(15) {
                self.end_marker();
            }
        }
        self.end_of_file();
    }

    fn separator(&mut self) {
        if self.random.permille(30) {
            self.push("\u{FEFF}");
        }
        let line = if self.wild(60) {
            self.random.pick(&[
                "--- a: b",
                "--- |",
                "---a",
                "--- [",
                "----",
                "-- -",
                " ---",
                "--- \"x\"",
                "---\t#c",
                "--- !!map",
                "--- &a",
            ])
        } else {
            self.random
                .pick(&["---", "---", "---", "---", "---", "--- ", "--- # c", "---#", "---\t", "---  #", "---\n---"])
        };
        self.push(line);
        self.line_end();
    }

    fn directive(&mut self) {
        let line = self.random.pick(&[
            "%YAML 1.1",
            "%YAML 1.2",
            "%YAML 2.0",
            "%YAML 1",
            "%TAG ! !",
            "%TAG !e! tag:e,2000:",
            "%TAG !! !x",
            "%FOO bar",
            "%",
            "%YAML 1.1 # c",
            "%YAML 1.1 x",
            "%TAG !e! x\n%TAG !e! y",
            "%YAML 1.1\n%YAML 1.1",
            "%YAML  1.1",
        ]);
        self.push(line);
        self.line_end();
        let behind = self.random.pick(&["---\n", "", "--- \n", "--- # c\n", "...\n"]);
        self.push(behind);
    }

    fn end_marker(&mut self) {
        let line = self
            .random
            .pick(&["...", "... ", "... # c", "...#", "...x", "... x", " ...", "...\t", "....", "...\n...", "... ---"]);
        self.push(line);
        self.line_end();
        let behind = self.random.pick(&[
            "",
            "",
            "# c\n",
            "a: b\n",
            "%YAML 1.1\n",
            "]\n",
            "\"\n",
            "\u{FEFF}\n",
            "---\n",
            "&a\n",
            "- x\n",
            "\t\n",
        ]);
        self.push(behind);
    }

    fn end_of_file(&mut self) {
        match self.random.below(30) {
            0..=2 => {
                while self.out.ends_with(['\n', '\r']) {
                    self.out.pop();
                }
            }
            3 => self.push("---"),
            4 => self.push("--- "),
            5 => self.push("\n\n"),
            6 => self.push("  "),
            7 if self.wild(300) => {
                let tail = self
                    .random
                    .pick(&["\t", "\r", "x", "- ", "? ", "\u{FEFF}", "...", "]", "a:", "#", "\u{85}", "\u{A0}"]);
                self.push(tail);
            }
            _ => {}
        }
    }

    fn json_file(&mut self) {
        let lead = self.random.pick(&["", "", "", " ", "\n", "\t", "\r\n"]);
        self.push(lead);
        for document in 0..self.random.within(1..4) {
            if document > 0 {
                let between = self.random.pick(&[
                    "",
                    "\n",
                    " ",
                    "\n---\n",
                    "\n---\n",
                    "---\n",
                    "\n--- # c\n",
                    "\n---",
                    ",",
                    "\n\n",
                    "\r\n---\r\n",
                ]);
                self.push(between);
            }
            self.json_object(0);
        }
        match self.random.below(12) {
            0 => {
                self.push("\n---\n");
                self.begin_document();
                self.root();
            }
            1 if self.wild(500) => {
                let tail = self.random.pick(&[
                    "x",
                    "a: b\n",
                    "}",
                    "]",
                    "\n# c\n",
                    "\n---\na: b\n",
                    "\n...\n",
                    " #",
                    "null",
                    "1",
                    "\"a\"",
                    "\u{A0}",
                    "\n\u{FEFF}",
                    "-",
                ]);
                self.push(tail);
            }
            2..=7 => self.push("\n"),
            _ => {}
        }
    }

    /// What matters stands around the end of the buffers of 4096 bytes by which Kubernetes reads.
    fn padded(&mut self) {
        let buffers = self.random.within(1..3);
        let length = (4096 * buffers + self.random.below(24)).saturating_sub(16);
        match self.random.below(4) {
            0 => {
                let blank = self.random.pick(&[" ", "\n"]);
                self.push(&blank.repeat(length));
                self.json_object(0);
            }
            1 => {
                self.push("{\"a\":\"");
                self.push(&"x".repeat(length.saturating_sub(10)));
                self.push("\"}");
                let between = self.random.pick(&[
                    "",
                    " ",
                    "\n",
                    "\n---\n",
                    "\r\n---\r\n",
                    "   \n\n---\n",
                    "\n\n--- x\n",
                    "\u{A0}\n---\n",
                ]);
                self.push(between);
                if self.random.percent(50) {
                    self.json_object(0);
                }
            }
            2 => {
                self.push("# ");
                self.push(&"c".repeat(length));
                self.line_end();
            }
            _ => {
                self.push("a: \"");
                self.push(&"é".repeat(length / 2));
                let end = self.random.pick(&["\"\r\n", "\"\r", "\"\n", "\r\n \"\r\n"]);
                self.push(end);
            }
        }
        let between = self.random.pick(&["", "---\n", "\n---\n", "b: 1\n", "---\r\nb: 1\r\n"]);
        self.push(between);
        self.begin_document();
        self.root();
    }

    /// Nesting around the bounds that readers have.
    fn deep(&mut self) {
        let depth = self.random.pick(&[30, 64, 100, 150, 199, 200, 201, 254, 255, 256, 257, 500, 1000, 2000]);
        match self.random.below(5) {
            0 => {
                self.push("a: ");
                self.push(&"[".repeat(depth));
                self.push(&"]".repeat(depth));
            }
            1 => {
                self.push("a: ");
                self.push(&"{b: ".repeat(depth));
                self.push(&"}".repeat(depth));
            }
            2 => {
                self.push(&"- ".repeat(depth));
                self.push("x");
            }
            3 => {
                self.push(&"{\"a\":".repeat(depth));
                self.push("1");
                self.push(&"}".repeat(depth));
            }
            _ => {
                for level in 0..depth.min(260) {
                    self.indent(level);
                    self.push("a:");
                    self.line_end();
                }
            }
        }
        self.line_end();
    }

    /// Aliases of aliases, from what is affordable to what no reader may write out.
    fn laughs(&mut self) {
        let (levels, width) = (self.random.within(1..6), self.random.within(2..11));
        self.push("a0: &a0 [x, y, z]");
        self.line_end();
        for level in 1..=levels {
            let items = vec![format!("*a{}", level - 1); width];
            self.push(&format!("a{level}: &a{level} [{}]", items.join(", ")));
            self.line_end();
        }
    }
}
