//! `textDocument/documentHighlight`.

use super::Context;
use crate::ide::Language;
use crate::ide::policy::{View, definition};
use crate::proto::places::span;
use gen_lsp_types as lsp;

pub(super) fn answer(context: &Context, params: lsp::DocumentHighlightParams) -> Option<Vec<lsp::DocumentHighlight>> {
    let (file, snapshot) = context.document()?;
    let offset = context.offset(file, params.text_document_position_params.position);
    match file.language {
        Language::Policy => {
            let places = definition::references(View::new(&snapshot.policies, file)?, offset, true);
            let own = places.iter().filter(|place| place.file.name == file.name);
            let of = |range| lsp::DocumentHighlight { range, kind: None };
            Some(own.map(|place| of(span(file, place.span, context.encoding))).collect())
        }
        Language::Manifest | Language::Dockerfile | Language::Other => None,
    }
}
