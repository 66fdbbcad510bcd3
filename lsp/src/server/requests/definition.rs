//! `textDocument/definition`.

use super::Context;
use crate::ide::policy::{View, definition};
use crate::ide::{Language, manifest};
use crate::proto::places::location;
use gen_lsp_types as lsp;

pub(super) fn answer(context: &Context, params: lsp::DefinitionParams) -> Option<Vec<lsp::Location>> {
    let (file, snapshot) = context.document()?;
    let offset = context.offset(file, params.text_document_position_params.position);
    let settings = &context.view.settings;
    let places = match file.language {
        Language::Policy => definition::definition(View::new(&snapshot.policies, file)?, offset),
        Language::Manifest if settings.manifests.definition => {
            manifest::definition::definition(&snapshot.files, file, settings.namespace.as_deref(), offset)
        }
        Language::Manifest | Language::Dockerfile | Language::Other => Vec::new(),
    };
    Some(places.iter().map(|place| location(place, context.encoding)).collect())
}
