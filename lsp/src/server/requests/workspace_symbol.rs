//! `workspace/symbol`.

use super::Context;
use crate::ide::symbol::Symbol;
use crate::ide::{Language, manifest, policy};
use crate::proto::symbols::flat;
use gen_lsp_types as lsp;

/// Most symbols that are given.
const MOST: usize = 500;

pub(super) fn answer(context: &Context, params: lsp::WorkspaceSymbolParams) -> Vec<lsp::SymbolInformation> {
    let query = params.query.to_lowercase();
    let mut found = Vec::new();
    let files = context.view.projects.iter().flat_map(|project| project.files.values());
    for file in files {
        if context.is_cancelled() || found.len() >= MOST {
            break;
        }
        let mut symbols: Vec<Symbol> = match file.language {
            Language::Policy => policy::symbols(&file.parsed().file),
            Language::Manifest if context.view.settings.manifests.symbols && may_hold(file, &params.query) => {
                manifest::symbols(file)
            }
            Language::Manifest | Language::Dockerfile | Language::Other => Vec::new(),
        };
        symbols.retain(|symbol| matches(&query, &symbol.name.to_lowercase()));
        found.extend(flat(file, &symbols, context.encoding));
    }
    found.truncate(MOST);
    found
}

/// Whether reading a manifest could give a name: its bytes have the first letter of the query at all.
fn may_hold(file: &crate::ide::File, query: &str) -> bool {
    let Some(first) = query.chars().next() else { return true };
    let text = file.text();
    text.contains(first.to_ascii_lowercase()) || text.contains(first.to_ascii_uppercase())
}

/// Whether the letters of a query stand in a name in their order.
fn matches(query: &str, name: &str) -> bool {
    let mut letters = name.chars();
    query.chars().all(|wanted| letters.any(|letter| letter == wanted))
}
