//! `textDocument/references`.

use super::Context;
use crate::ide::Language;
use crate::ide::policy::{View, definition};
use crate::proto::places::location;
use gen_lsp_types as lsp;

pub(super) fn answer(context: &Context, params: lsp::ReferenceParams) -> Option<Vec<lsp::Location>> {
    let (file, snapshot) = context.document()?;
    let offset = context.offset(file, params.text_document_position_params.position);
    match file.language {
        Language::Policy => {
            let view = View::new(&snapshot.policies, file)?;
            let places = definition::references(view, offset, params.context.include_declaration);
            Some(places.iter().map(|place| location(place, context.encoding)).collect())
        }
        Language::Manifest | Language::Dockerfile | Language::Other => None,
    }
}
