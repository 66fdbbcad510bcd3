//! `textDocument/foldingRange`.

use super::Context;
use crate::ide::{Language, policy};
use crate::proto::symbols::folds;
use gen_lsp_types as lsp;

pub(super) fn answer(context: &Context, _: lsp::FoldingRangeParams) -> Option<Vec<lsp::FoldingRange>> {
    let (file, _) = context.document()?;
    match file.language {
        Language::Policy => Some(folds(&policy::folds(file.text()))),
        // Editors fold by indentation where nobody says otherwise.
        Language::Manifest | Language::Dockerfile | Language::Other => None,
    }
}
