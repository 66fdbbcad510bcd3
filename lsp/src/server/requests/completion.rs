//! `textDocument/completion`.

use super::Context;
use crate::ide::Language;
use crate::ide::policy::{View, completion};
use crate::proto;
use gen_lsp_types as lsp;

pub(super) fn answer(context: &Context, params: lsp::CompletionParams) -> Option<lsp::CompletionList> {
    let (file, snapshot) = context.document()?;
    let offset = context.offset(file, params.text_document_position_params.position);
    match file.language {
        Language::Policy => {
            let offers = completion::complete(View::new(&snapshot.policies, file)?, offset);
            Some(proto::completion::items(file, offers, context.client.snippets, context.encoding))
        }
        Language::Manifest | Language::Dockerfile | Language::Other => None,
    }
}
