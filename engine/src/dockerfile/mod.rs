//! Dockerfiles as trees that policies can read: one document of the kind `Dockerfile`, typed in
//! `policyc_lang::schema`. What a base image or a build argument decides is marked as unknown.
//!
//! No Dockerfile is parsed here, and nothing is judged.

mod commands;
mod facts;
mod file;
mod instruction;
mod steps;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use policyc_lang::schema::DOCKERFILE;
use policyc_text::{Diagnostic, FileId, Span};

use crate::yaml::{KeyTable, Tree};

pub(crate) use policyc_dockerfile::{is_dockerfile_name, is_dockerfile_template_name};
pub(crate) use steps::Steps;

/// The `apiVersion` of the document.
pub(crate) const API_VERSION: &str = "docker.policyc/v1";
/// Most nodes of one file's tree.
const MOST_NODES: usize = 8_000_000;

/// Reads a Dockerfile as a tree. Spans are byte offsets in the text.
pub(crate) fn read(file: FileId, name: &str, text: Arc<str>, keys: &KeyTable) -> Tree {
    file::tree(file, name, text, keys)
}

/// The instructions of a Dockerfile as they are written.
pub(crate) fn instructions(file: FileId, source: &str) -> Vec<String> {
    let read = policyc_dockerfile::read(file, source);
    read.instructions.iter().map(|instruction| instruction.span.text(source).to_owned()).collect()
}

/// Whether a kind is that of a Dockerfile's tree.
pub(crate) fn is_dockerfile_kind(kind: &str) -> bool {
    kind == DOCKERFILE
}

fn too_large(file: FileId) -> Diagnostic {
    let message = format!("the file has more than {MOST_NODES} parts, and is not judged");
    Diagnostic::error("dockerfile/limit", file, Span::default(), message)
}
