//! Dockerfiles in, parse trees and diagnostics out.

mod corpus;
mod dump;
mod features;
mod hostile;
mod scopes;
mod shells;

use policyc_text::{FileId, LineIndex};

use crate::{Dockerfile, read};

fn parse(text: &str) -> Dockerfile<'_> {
    read(FileId(0), text)
}

/// The diagnostics of a file, one a line: place, level, message, hint.
fn diagnostics(file: &Dockerfile<'_>) -> String {
    let index = LineIndex::new(file.source);
    let lines = file.diagnostics.iter().map(|diagnostic| {
        let at = index.position(file.source, diagnostic.location.span.start);
        let hint = diagnostic.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        let level = diagnostic.level.as_str();
        format!("{}:{} {level}: {}{hint}\n", at.line, at.column, diagnostic.message)
    });
    lines.collect()
}
