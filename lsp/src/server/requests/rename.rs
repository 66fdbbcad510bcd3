//! `textDocument/prepareRename` and `textDocument/rename`.

use super::Context;
use crate::ide::Language;
use crate::ide::policy::{View, rename};
use crate::proto::places::span;
use gen_lsp_types as lsp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn prepare(context: &Context, params: lsp::PrepareRenameParams) -> Option<lsp::Range> {
    let (file, snapshot) = context.document()?;
    let offset = context.offset(file, params.text_document_position_params.position);
    match file.language {
        Language::Policy => {
            let found = rename::prepare(View::new(&snapshot.policies, file)?, offset)?;
            Some(span(file, found, context.encoding))
        }
        Language::Manifest | Language::Dockerfile | Language::Other => None,
    }
}

/// A `WorkspaceEdit`.
pub(super) fn answer(context: &Context, params: lsp::RenameParams) -> Result<Value, String> {
    let Some((file, snapshot)) = context.document() else { return Ok(Value::Null) };
    let offset = context.offset(file, params.text_document_position_params.position);
    let view = View::new(&snapshot.policies, file).filter(|_| file.language == Language::Policy);
    let Some(view) = view else { return Ok(Value::Null) };
    let mut changes: BTreeMap<String, Vec<lsp::TextEdit>> = BTreeMap::new();
    for place in rename::rename(view, offset, &params.new_name)? {
        let range = span(&place.file, place.span, context.encoding);
        let edit = lsp::TextEdit { range, new_text: params.new_name.clone() };
        changes.entry(place.file.uri.to_string()).or_default().push(edit);
    }
    Ok(json!({ "changes": changes }))
}
