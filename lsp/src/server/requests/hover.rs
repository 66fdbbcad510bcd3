//! `textDocument/hover`.

use super::Context;
use crate::ide::policy::{View, hover};
use crate::ide::{Language, manifest};
use crate::proto::places;
use gen_lsp_types as lsp;

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
        Language::Manifest | Language::Dockerfile | Language::Other => None,
    };
    found.map(|found| places::hover(file, found, context.encoding))
}
