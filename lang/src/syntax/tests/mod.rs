//! Policies in, trees and messages out.

mod corpus;
pub(crate) mod dump;
mod hostile;
mod messages;
mod recovery;
mod trees;

use policyc_text::{FileId, LineIndex};

use super::parse;

/// The messages of a policy, one a line: `line:column message / hint`.
fn messages(text: &str) -> String {
    let index = LineIndex::new(text);
    let mut out = String::new();
    for diagnostic in parse(FileId(0), text).diagnostics {
        assert_eq!(diagnostic.code, "policy/syntax");
        let place = index.position(text, diagnostic.location.span.start);
        let hint = diagnostic.hint.unwrap_or_default();
        out.push_str(&format!("{}:{} {} / {hint}\n", place.line, place.column, diagnostic.message));
    }
    out
}
