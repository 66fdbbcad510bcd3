//! Changes of a text as clients send them.

use super::position::to_points;
use crate::lines::{Encoding, Lines};
use gen_lsp_types as lsp;
use lsp::TextDocumentContentChangeEvent as Change;

/// A text after changes, each of which speaks of the text that the one before it left.
pub(crate) fn apply(text: &str, changes: Vec<Change>, encoding: Encoding) -> String {
    let mut text = text.to_owned();
    for change in changes {
        match change {
            Change::TextDocumentContentChangePartial(part) => {
                let span = Lines::new(&text).span(&text, to_points(part.range), encoding);
                text.replace_range(span.start as usize..span.end as usize, &part.text);
            }
            Change::TextDocumentContentChangeWholeDocument(whole) => text = whole.text,
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::apply;
    use crate::lines::Encoding;

    fn check(text: &str, changes: &str, expected: &str) {
        let changes = serde_json::from_str(changes).unwrap();
        assert_eq!(apply(text, changes, Encoding::Utf16), expected);
    }

    #[test]
    fn each_change_speaks_of_what_the_last_one_left() {
        check(
            "a: \u{1F600}b\r\nc\n",
            r#"[{"range":{"start":{"line":0,"character":5},"end":{"line":0,"character":6}},"text":"x\ny"},
                {"range":{"start":{"line":1,"character":0},"end":{"line":2,"character":1}},"text":"z"}]"#,
            "a: \u{1F600}x\nz\n",
        );
        check("abc", r#"[{"text":"whole"}]"#, "whole");
        check(
            "abc",
            r#"[{"range":{"start":{"line":9,"character":9},"end":{"line":0,"character":0}},"text":"d"}]"#,
            "abcd",
        );
    }
}
