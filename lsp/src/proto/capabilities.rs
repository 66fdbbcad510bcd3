//! What the server says it can do.

use super::position::kind;
use super::tokens;
use crate::ide::library::SCHEME;
use crate::lines::Encoding;
use gen_lsp_types as lsp;

/// Files that the server wants to hear about, as globs.
pub(crate) const WATCHED: [&str; 5] = [
    "**/*.policy",
    "**/*.{yaml,yml,json}",
    "**/Kustomization",
    "**/*{Dockerfile,dockerfile,Containerfile,containerfile}",
    "**/{Dockerfile,Containerfile}.*",
];

/// The server's capabilities.
pub(crate) fn capabilities(encoding: Encoding) -> lsp::ServerCapabilities {
    lsp::ServerCapabilities {
        position_encoding: Some(kind(encoding)),
        text_document_sync: Some(lsp::TextDocumentSync::Options(lsp::TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(lsp::TextDocumentSyncKind::Incremental),
            save: Some(lsp::Save::SaveOptions(lsp::SaveOptions { include_text: Some(false) })),
            ..Default::default()
        })),
        completion_provider: Some(lsp::CompletionOptions {
            trigger_characters: Some(vec![".".to_owned(), "\"".to_owned(), "{".to_owned()]),
            ..Default::default()
        }),
        hover_provider: Some(lsp::HoverProvider::Bool(true)),
        definition_provider: Some(lsp::DefinitionProvider::Bool(true)),
        references_provider: Some(lsp::ReferencesProvider::Bool(true)),
        document_highlight_provider: Some(lsp::DocumentHighlightProvider::Bool(true)),
        rename_provider: Some(lsp::RenameProvider::RenameOptions(lsp::RenameOptions {
            prepare_provider: Some(true),
            ..Default::default()
        })),
        code_action_provider: Some(lsp::CodeActionProvider::CodeActionOptions(lsp::CodeActionOptions {
            code_action_kinds: Some(vec![lsp::CodeActionKind::QuickFix, lsp::CodeActionKind::SourceFixAll]),
            ..Default::default()
        })),
        document_symbol_provider: Some(lsp::DocumentSymbolProvider::Bool(true)),
        workspace_symbol_provider: Some(lsp::WorkspaceSymbolProvider::Bool(true)),
        document_formatting_provider: Some(lsp::DocumentFormattingProvider::Bool(true)),
        folding_range_provider: Some(lsp::FoldingRangeProvider::Bool(true)),
        semantic_tokens_provider: Some(lsp::SemanticTokensProvider::SemanticTokensOptions(
            lsp::SemanticTokensOptions {
                legend: tokens::legend(),
                range: Some(lsp::SemanticTokensOptionsRange::Bool(true)),
                full: Some(lsp::Full::Bool(true)),
                ..Default::default()
            },
        )),
        workspace: Some(lsp::WorkspaceOptions {
            workspace_folders: Some(lsp::WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(lsp::ChangeNotifications::Bool(true)),
            }),
            file_operations: Some(lsp::FileOperationOptions {
                did_create: Some(operations()),
                did_rename: Some(operations()),
                did_delete: Some(operations()),
                ..Default::default()
            }),
            text_document_content: Some(lsp::TextDocumentContent::Options(lsp::TextDocumentContentOptions {
                schemes: vec![SCHEME.to_owned()],
            })),
        }),
        ..Default::default()
    }
}

/// Operations on files of this machine: those that count by their names, and folders with whatever they hold.
fn operations() -> lsp::FileOperationRegistrationOptions {
    let filter = |glob: &str| lsp::FileOperationFilter {
        scheme: Some("file".to_owned()),
        pattern: lsp::FileOperationPattern { glob: glob.to_owned(), matches: None, options: None },
    };
    lsp::FileOperationRegistrationOptions { filters: vec![filter("**/*")] }
}
