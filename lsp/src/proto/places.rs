//! Places and hovers in the protocol's form.

use super::position::range;
use crate::ide::File;
use crate::ide::policy::Place;
use crate::ide::policy::hover::Hover;
use crate::lines::Encoding;
use gen_lsp_types as lsp;
use policyc_text::Span;

/// A place.
pub(crate) fn location(place: &Place, encoding: Encoding) -> lsp::Location {
    lsp::Location { uri: (*place.file.uri).into(), range: span(&place.file, place.span, encoding) }
}

/// Bytes of a file as a range.
pub(crate) fn span(file: &File, span: Span, encoding: Encoding) -> lsp::Range {
    range(file.lines().range(file.text(), span, encoding))
}

/// A hover.
pub(crate) fn hover(file: &File, found: Hover, encoding: Encoding) -> lsp::Hover {
    let contents = lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: found.text };
    lsp::Hover { contents: lsp::Contents::MarkupContent(contents), range: Some(span(file, found.span, encoding)) }
}
