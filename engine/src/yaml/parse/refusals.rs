//! Words for what cannot stand where it stands.

use policyc_text::Span;

use super::{Block, Expect, Parser};
use crate::yaml::build::Built;
use crate::yaml::scan::refuse;

const QUOTE_IT: &str = "put text that starts so in quotes";

impl<'t> Parser<'t, '_, '_> {
    /// A colon behind what cannot be a key.
    pub(super) fn late_colon<T>(&self) -> Built<T> {
        if self.scan.is_behind_bracket() {
            return refuse(self.scan.here(), "Kubernetes refuses keys that are not scalars", "write the key as a word");
        }
        let hint = "put text that holds `: ` in quotes, or indent the mapping on a line of its own";
        refuse(self.scan.here(), "a mapping cannot start behind another value", hint)
    }

    pub(super) fn cannot_start<T>(&self) -> Built<T> {
        let reason = match self.scan.next_char() {
            Some('\t') => "a tab stands where only spaces may indent".to_owned(),
            Some(sign) => format!("`{sign}` cannot start a value"),
            None => "a value is missing".to_owned(),
        };
        refuse(self.scan.here(), reason, QUOTE_IT)
    }

    /// A mark in brackets where it cannot stand.
    pub(super) fn misplaced<T>(&self) -> Built<T> {
        let (reason, hint) = match self.top.expect {
            Expect::FlowSeqNext => {
                ("`,` or `]` is missing before this", "part items with `,` and end the list with `]`")
            }
            Expect::FlowMapNext => ("`,` or `}` is missing before this", "part entries with `,` and end them with `}`"),
            _ => ("this cannot stand here", "put text that holds such marks in quotes"),
        };
        refuse(self.scan.here(), reason, hint)
    }

    /// A value where none can stand.
    pub(super) fn unexpected<T>(&self, span: Span) -> Built<T> {
        let span = if span.is_empty() { self.scan.here() } else { span };
        let (reason, hint) = match self.top.expect {
            Expect::Key | Expect::Colon if self.top.kind == Block::Map => (
                "this is indented unlike the keys of any mapping around it",
                "align it with the keys that it belongs to",
            ),
            Expect::Dash => {
                ("this is indented unlike the items of any list around it", "start it with `- `, or align it")
            }
            _ => return self.misplaced(),
        };
        refuse(span, reason, hint)
    }
}

pub(super) fn no_colon<T>(span: Span) -> Built<T> {
    refuse(span, "no `:` follows where a key stands", "write `key: value`, or indent the line under the key before it")
}

pub(super) fn closing_hint(bracket: char) -> &'static str {
    if bracket == '}' { "close it with `}`" } else { "close it with `]`" }
}
