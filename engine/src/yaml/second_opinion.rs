//! Whether a document that Kubernetes refuses is YAML by the specification's version 1.2. Asked only where a document was
//! refused, and only to choose the words for it: whose file every other tool reads should learn that it is not broken.

use granit_parser::{Parser, options};
use policyc_text::Span;

/// Longest document that is read a second time, in bytes.
const LONGEST: usize = 1 << 20;

/// Whether another parser takes the document. Documents that are too long for a second reading count as broken.
pub(super) fn is_yaml(text: &str, span: Span) -> bool {
    let document = span.text(text);
    if document.len() > LONGEST {
        return false;
    }
    let mut parser = Parser::new_from_str_with_options(document, options! { emit_comments: false });
    std::iter::from_fn(|| parser.next_event()).all(|event| event.is_ok())
}
