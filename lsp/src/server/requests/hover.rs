//! `textDocument/hover`.

use super::Context;
use crate::ide::policy::{View, hover};
use crate::ide::{Language, dockerfile, manifest};
use crate::proto::places;
use gen_lsp_types as lsp;
use std::sync::Arc;

pub(super) fn answer(context: &Context, params: lsp::HoverParams) -> Option<lsp::Hover> {
    let (file, snapshot) = context.document()?;
    let offset = context.offset(file, params.text_document_position_params.position);
    let settings = &context.view.settings;
    let found = match file.language {
        Language::Policy => hover::hover(View::new(&snapshot.policies, file)?, offset),
        Language::Manifest if settings.manifests.hover => {
            let types = snapshot.types(settings.version(), file);
            manifest::hover::hover(file, &types, &snapshot.rules, offset)
        }
        Language::Dockerfile => {
            let found = snapshot.places.get(&file.name).filter(|found| Arc::ptr_eq(&found.file, file))?;
            dockerfile::hover(found, &snapshot.rules, offset)
        }
        Language::Manifest | Language::Other => None,
    };
    found.map(|found| places::hover(file, found, context.encoding))
}
