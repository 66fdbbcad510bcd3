//! `textDocument/documentSymbol`.

use super::Context;
use crate::ide::{Language, manifest, policy};
use crate::proto::symbols::{flat, nested};
use gen_lsp_types as lsp;

pub(super) fn answer(context: &Context, _: lsp::DocumentSymbolParams) -> Option<lsp::DocumentSymbolResponse> {
    let (file, _) = context.document()?;
    let symbols = match file.language {
        Language::Policy => policy::symbols(&file.parsed().file),
        Language::Manifest if context.view.settings.manifests.symbols => manifest::symbols(file),
        Language::Manifest | Language::Dockerfile | Language::Other => return None,
    };
    Some(match context.client.nested_symbols {
        true => lsp::DocumentSymbolResponse::DocumentSymbolList(nested(file, &symbols, context.encoding)),
        false => lsp::DocumentSymbolResponse::SymbolInformationList(flat(file, &symbols, context.encoding)),
    })
}
