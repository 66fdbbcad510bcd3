//! `workspace/textDocumentContent`: pages of rules, and texts of the standard library.

use super::Context;
use crate::ide::library::document;
use gen_lsp_types as lsp;

pub(super) fn answer(context: &Context, params: lsp::TextDocumentContentParams) -> lsp::TextDocumentContentResult {
    let uri = params.uri.as_ref();
    let mut programs = context.view.projects.iter().map(|project| &project.rules.artefact.program);
    let text = programs.find_map(|program| document(program, uri));
    lsp::TextDocumentContentResult { text: text.unwrap_or_else(|| format!("there is no document `{uri}`\n")) }
}
