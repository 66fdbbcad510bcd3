//! Symbols and folds in the protocol's form.

use super::places::span;
use crate::ide::File;
use crate::ide::policy::{Fold, FoldSort};
use crate::ide::symbol::{Sort, Symbol};
use crate::lines::Encoding;
use gen_lsp_types as lsp;

/// Symbols within symbols.
pub(crate) fn nested(file: &File, symbols: &[Symbol], encoding: Encoding) -> Vec<lsp::DocumentSymbol> {
    let of = |symbol: &Symbol| {
        let detail = (!symbol.detail.is_empty()).then(|| symbol.detail.clone());
        let range = span(file, symbol.span.to(symbol.name_span), encoding);
        let name_range = span(file, symbol.name_span, encoding);
        let children = Some(nested(file, &symbol.children, encoding));
        lsp::DocumentSymbol::new(
            shown(&symbol.name),
            detail,
            kind(symbol.sort),
            None,
            None,
            range,
            name_range,
            children,
        )
    };
    symbols.iter().map(of).collect()
}

/// Symbols one after the other.
pub(crate) fn flat(file: &File, symbols: &[Symbol], encoding: Encoding) -> Vec<lsp::SymbolInformation> {
    let of = |symbol: &Symbol| {
        let container = (!symbol.detail.is_empty()).then(|| symbol.detail.clone());
        let base = lsp::BaseSymbolInformation::new(shown(&symbol.name), kind(symbol.sort), None, container);
        let range = span(file, symbol.name_span, encoding);
        lsp::SymbolInformation::new(None, lsp::Location { uri: (*file.uri).into(), range }, base)
    };
    symbols.iter().map(of).collect()
}

/// Editors take no symbol without a name.
fn shown(name: &str) -> String {
    if name.trim().is_empty() { "?".to_owned() } else { name.to_owned() }
}

fn kind(sort: Sort) -> lsp::SymbolKind {
    match sort {
        Sort::Rule => lsp::SymbolKind::Class,
        Sort::Parameter => lsp::SymbolKind::Property,
        Sort::Function => lsp::SymbolKind::Function,
        Sort::Constant => lsp::SymbolKind::Constant,
        Sort::View => lsp::SymbolKind::Interface,
        Sort::Field => lsp::SymbolKind::Field,
        Sort::Type => lsp::SymbolKind::Struct,
        Sort::Event => lsp::SymbolKind::Event,
        Sort::Object => lsp::SymbolKind::Object,
    }
}

/// Folds.
pub(crate) fn folds(folds: &[Fold]) -> Vec<lsp::FoldingRange> {
    let of = |fold: &Fold| lsp::FoldingRange {
        start_line: fold.start,
        end_line: fold.end,
        kind: match fold.sort {
            FoldSort::Block => None,
            FoldSort::Comment => Some(lsp::FoldingRangeKind::Comment),
            FoldSort::Imports => Some(lsp::FoldingRangeKind::Imports),
        },
        ..Default::default()
    };
    folds.iter().map(of).collect()
}
