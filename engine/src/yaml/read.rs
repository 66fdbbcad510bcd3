//! From a text to its documents. Never fails: what cannot be read is a diagnostic, and costs no other document.

use std::sync::Arc;

use memchr::memmem;
use policyc_text::{Diagnostic, FileId, Span};

use super::build::{Builder, Built, Refusal};
use super::characters::{Survey, first_control, survey};
use super::json_front::{self, Stop};
use super::keys::KeyTable;
use super::limits::{Comments, Limits};
use super::node::{Kind, NodeId};
use super::overlay::{check_aliases, overlay};
use super::parse::{self, Outcome, Source};
use super::second_opinion::is_yaml;
use super::split::{Chunk, split};
use super::tree::{Document, Tree};

const RENDER_FIRST: &str = "render it first: helm template CHART | policyc check -";

/// How far kubectl looks into a file to see whether it starts as JSON does, in bytes.
const LOOK_AHEAD: usize = 4096;

/// Reads a file of YAML or JSON documents as Kubernetes reads it.
#[must_use]
pub fn read(file: FileId, text: Arc<str>, keys: &KeyTable, limits: &Limits) -> Tree {
    let mut reader = Reader {
        tree: Tree::empty(file, Arc::clone(&text)),
        keys,
        limits,
        keep_comments: keeps_comments(&text, limits),
        survey: survey(&text),
        index: 0,
    };
    if text.len() > limits.file_bytes.min(u32::MAX as usize - 1) {
        let span = Span::empty_at(0);
        let reason = format!("the file is larger than {} bytes", limits.file_bytes);
        reader.tree.diagnostics.push(Diagnostic::error("input/too-large", file, span, reason));
        return reader.tree;
    }
    let start = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    if let Some(start) = reader.json_stream(&text, start) {
        reader.yaml_stream(&text, start);
    }
    reader.tree
}

fn keeps_comments(text: &str, limits: &Limits) -> bool {
    match limits.comments {
        Comments::Drop => false,
        Comments::WhereAddressed => memmem::find(text.as_bytes(), b"policyc:").is_some(),
        Comments::Keep => true,
    }
}

struct Reader<'r> {
    tree: Tree,
    keys: &'r KeyTable,
    limits: &'r Limits,
    keep_comments: bool,
    survey: Survey,
    index: u32,
}

impl Reader<'_> {
    /// Reads JSON values from byte `start` on, if the text starts as JSON does. Gives where YAML goes on, if it does.
    ///
    /// Source: `YAMLOrJSONDecoder.Decode`: behind one value or none, what is not JSON is tried as YAML.
    fn json_stream(&mut self, text: &str, start: usize) -> Option<usize> {
        let rest = &text[start..];
        let blanks = rest.len() - rest.trim_start().len();
        if blanks >= LOOK_AHEAD || !rest[blanks..].starts_with('{') {
            return Some(start);
        }
        let mut end = start;
        let mut count = 0;
        loop {
            let begin = json_front::skip_blanks(text, end);
            if begin == text.len() {
                return None;
            }
            let mut builder = Builder::new(&mut self.tree, text, self.keys, self.limits);
            match json_front::read(text, begin, &mut builder) {
                Ok((stop, refusal)) => {
                    let built = match refusal {
                        None => finish(builder, self.limits),
                        Some(refusal) => {
                            builder.discard();
                            Err(refusal)
                        }
                    };
                    self.record(built, Span::new(begin, stop));
                    end = stop;
                    count += 1;
                }
                Err(Stop::NotJson) if count > 1 => {
                    builder.discard();
                    let refusal = Refusal {
                        span: Span::new(begin, begin + text[begin..].chars().next().map_or(0, char::len_utf8)),
                        reason: "this is not JSON, and Kubernetes stops reading here".to_owned(),
                        code: "yaml/syntax",
                        hint: None,
                    };
                    self.record(Err(Box::new(refusal)), Span::new(begin, text.len()));
                    return None;
                }
                Err(Stop::NotJson) => {
                    builder.discard();
                    let yaml = behind_line_end(text, end);
                    if yaml.is_none() {
                        let hint = "mend the JSON, or write the YAML in a file of its own";
                        let refusal = Refusal::syntax(Span::new(begin, text.len()), "this is not JSON", hint);
                        self.record(Err(refusal), Span::new(begin, text.len()));
                    }
                    return yaml;
                }
                Err(Stop::Refused(refusal)) => {
                    builder.discard();
                    self.record(Err(refusal), Span::new(begin, text.len()));
                    return None;
                }
            }
            if self.is_full() {
                return None;
            }
        }
    }

    fn yaml_stream(&mut self, text: &str, start: usize) {
        for chunk in split(text, start) {
            self.chunk(text, chunk);
            if self.is_full() {
                return;
            }
        }
    }

    fn chunk(&mut self, text: &str, chunk: Chunk) {
        if let Some(span) = chunk.junk {
            let message = "Kubernetes takes nothing but a comment behind `---`, and loses what stands before it";
            let refusal = Refusal::syntax(span, message, "put what follows `---` on a line of its own");
            return self.record(Err(refusal), chunk.span);
        }
        let marks = text.get(chunk.start as usize..chunk.span.start as usize).unwrap_or_default();
        let is_blank = |text: &str| text.trim_matches([' ', '\t', '\n', '\r']).is_empty();
        if chunk.span.text(text).trim_matches([' ', '\n', '\r']).is_empty() && is_blank(marks.trim_start_matches("---"))
        {
            return;
        }
        let read_from = Span { start: chunk.start, end: chunk.span.end };
        let source = Source { text, span: read_from, keep_comments: self.keep_comments, wide: self.survey.wide };
        let mut comments = std::mem::take(&mut self.tree.comments);
        let mut builder = Builder::new(&mut self.tree, text, self.keys, self.limits);
        let (mut outcome, read) = parse::read(source, &mut builder, &mut comments);
        if self.survey.controls
            && let Some(refusal) = first_control(text, read_from, read)
        {
            outcome = Outcome::Broken(refusal);
        }
        let built = match outcome {
            Outcome::Built { ignored } => finish(builder, self.limits).map(|root| (root, ignored)),
            Outcome::Broken(refusal) => {
                builder.discard();
                Err(refusal)
            }
            Outcome::Empty => Ok((None, None)),
        };
        self.tree.comments = comments;
        if let Ok((_, Some(at))) = built {
            self.warn_ignored(Span::new(at as usize, chunk.span.end as usize));
        }
        let built = built.map(|(root, _)| root).map_err(|mut refusal| {
            if refusal.code == "yaml/syntax" && is_yaml(text, chunk.span) {
                refusal.code = "yaml/kubernetes-refuses";
            }
            refusal
        });
        // A separator line may hold the start of its document all the same: `---#` is a scalar where nothing stands before.
        let root = built.as_ref().ok().copied().flatten().map(|root| self.tree.span(root).start);
        let start = root.map_or(chunk.span.start, |root| root.min(chunk.span.start));
        self.record(built, Span { start, end: chunk.span.end });
    }

    /// Adds a document, or what stands in its way.
    fn record(&mut self, built: Built<Option<NodeId>>, span: Span) {
        match built {
            Ok(None) => {
                self.tree.empty_documents += 1;
                return;
            }
            Ok(root) => self.tree.documents.push(Document { root, span, index: self.index + 1 }),
            Err(refusal) => {
                let diagnostic = self.diagnose(*refusal, span);
                self.tree.diagnostics.push(diagnostic);
                self.tree.documents.push(Document { root: None, span, index: self.index + 1 });
            }
        }
        self.index += 1;
    }

    fn diagnose(&self, refusal: Refusal, document: Span) -> Diagnostic {
        let Refusal { span, reason, code, hint } = refusal;
        let file = self.tree.file;
        let unreadable = matches!(code, "yaml/syntax" | "yaml/kubernetes-refuses");
        if unreadable && document.text(&self.tree.text).contains("{{") {
            let message = format!("this looks like a template that has not been rendered: {reason}");
            return Diagnostic::error("yaml/template", file, span, message).with_hint(RENDER_FIRST);
        }
        let diagnostic = Diagnostic::error(code, file, span, reason);
        match hint {
            Some(hint) => diagnostic.with_hint(hint),
            None => diagnostic,
        }
    }

    fn warn_ignored(&mut self, span: Span) {
        let message = "Kubernetes passes over this document, because no `---` line stands before it";
        let diagnostic = Diagnostic::warning("yaml/ignored-document", self.tree.file, span, message);
        self.tree.diagnostics.push(diagnostic.with_hint("start it with a line `---`"));
    }

    /// Whether the file has had its share of diagnostics; says so, once.
    fn is_full(&mut self) -> bool {
        let full = self.tree.diagnostics.len() >= self.limits.diagnostics;
        if full {
            let message = format!("reading stops here, after {} diagnostics for this file", self.limits.diagnostics);
            let end = self.tree.documents.last().map_or(0, |document| document.span.end as usize);
            let span = Span::empty_at(end);
            self.tree.diagnostics.push(Diagnostic::error("yaml/limit", self.tree.file, span, message));
        }
        full
    }
}

/// Checks a document whose nodes are all there; gives its root, or nothing where it is null.
fn finish(builder: Builder<'_>, limits: &Limits) -> Built<Option<NodeId>> {
    let root = builder.root();
    let null = root.is_none_or(|root| builder.tree().kind(root) == Kind::Null);
    if null {
        builder.discard();
        return Ok(None);
    }
    builder.complete(|tree, maps, uses_aliases| {
        if let (true, Some(root)) = (uses_aliases, root) {
            check_aliases(tree, root, limits)?;
        }
        overlay(tree, maps, limits)
    })?;
    Ok(root)
}

/// Skips blanks from byte `at` on, up to and with the first line end. Nothing where fewer than four bytes are left to
/// look at: there Kubernetes gives up.
///
/// Source: `YAMLOrJSONDecoder.consumeWhitespace`.
fn behind_line_end(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let rest = text.get(at..).filter(|rest| rest.len() >= 4)?;
        let letter = rest.chars().next().filter(|letter| *letter != '\u{FFFD}')?;
        if !letter.is_whitespace() {
            return Some(at);
        }
        at += letter.len_utf8();
        if letter == '\n' {
            return Some(at);
        }
    }
}
