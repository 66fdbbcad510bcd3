//! `textDocument/semanticTokens/full` and `/range`.

use super::Context;
use crate::ide::Language;
use crate::ide::policy::{View, tokens};
use crate::proto;
use crate::proto::position::to_points;
use gen_lsp_types as lsp;
use policyc_text::Span;

pub(super) fn full(context: &Context, _: lsp::SemanticTokensParams) -> Option<lsp::SemanticTokens> {
    answer(context, None)
}

pub(super) fn range(context: &Context, params: lsp::SemanticTokensRangeParams) -> Option<lsp::SemanticTokens> {
    let (file, _) = context.document()?;
    answer(context, Some(file.lines().span(file.text(), to_points(params.range), context.encoding)))
}

fn answer(context: &Context, only: Option<Span>) -> Option<lsp::SemanticTokens> {
    let (file, snapshot) = context.document()?;
    match file.language {
        Language::Policy => {
            let coloured = tokens::coloured(View::new(&snapshot.policies, file)?);
            Some(proto::tokens::tokens(file, &coloured, only, context.encoding))
        }
        Language::Manifest | Language::Dockerfile | Language::Other => None,
    }
}
