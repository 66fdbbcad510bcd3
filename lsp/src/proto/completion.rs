//! Offers in the protocol's form.

use super::places::span;
use crate::ide::File;
use crate::ide::policy::completion::{Offer, OfferSort, Offers};
use crate::lines::Encoding;
use gen_lsp_types as lsp;
use policyc_lang::check::Sort;

/// Offers. `snippets`: whether the editor knows texts with places to fill in.
pub(crate) fn items(file: &File, offers: Offers, snippets: bool, encoding: Encoding) -> lsp::CompletionList {
    let range = span(file, offers.replace, encoding);
    let items = offers.offers.into_iter().map(|offer| item(offer, range, snippets)).collect();
    lsp::CompletionList { is_incomplete: false, item_defaults: None, apply_kind: None, items }
}

fn item(offer: Offer, range: lsp::Range, snippets: bool) -> lsp::CompletionItem {
    let snippet = offer.snippet.filter(|_| snippets);
    let format = snippet.is_some().then_some(lsp::InsertTextFormat::Snippet);
    let new_text = snippet.unwrap_or_else(|| offer.label.clone());
    let filled = |text: String| (!text.is_empty()).then_some(text);
    let documentation = filled(offer.doc)
        .map(|value| lsp::Documentation::MarkupContent(lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value }));
    lsp::CompletionItem {
        kind: Some(kind(offer.sort)),
        tags: offer.deprecated.then(|| vec![lsp::CompletionItemTag::Deprecated]),
        detail: filled(offer.detail),
        documentation,
        sort_text: Some(format!("{}{}", offer.rank, offer.label)),
        insert_text_format: format,
        text_edit: Some(lsp::CompletionItemTextEdit::TextEdit(lsp::TextEdit { range, new_text })),
        label: offer.label,
        ..Default::default()
    }
}

fn kind(sort: OfferSort) -> lsp::CompletionItemKind {
    use lsp::CompletionItemKind as Kind;
    match sort {
        OfferSort::Keyword => Kind::Keyword,
        OfferSort::Value => Kind::EnumMember,
        OfferSort::Rule => Kind::Reference,
        OfferSort::Module => Kind::Module,
        OfferSort::Known(sort) => match sort {
            Sort::Field => Kind::Field,
            Sort::Property => Kind::Property,
            Sort::Variable => Kind::Variable,
            Sort::Parameter | Sort::Constant => Kind::Constant,
            Sort::Function => Kind::Function,
            Sort::View => Kind::Interface,
            Sort::Kind => Kind::Class,
            Sort::Type => Kind::Struct,
            Sort::Word => Kind::Keyword,
        },
    }
}
