//! Typed reading of a YAML document: every complaint has its place, and a misspelt word its nearest neighbour.

use policyc_engine::yaml::{KeyTable, Kind, Limits, NodeId, Resolved, Tree, decode, node_to_json, read};
use policyc_lang::schema::did_you_mean;
use policyc_text::{Diagnostic, FileId, Level, Span};

/// A value and where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Byte offsets in the file that says it.
    pub span: Span,
}

/// Whether a text holds a Kubernetes object, or says to: a file of that kind is a manifest, whatever it is called.
#[must_use]
pub fn is_manifest(bytes: &[u8]) -> bool {
    let Ok(text) = decode(FileId(0), bytes.to_vec()) else { return false };
    let tree = read(FileId(0), text, &KeyTable::new([]), &Limits::default());
    let mut roots = tree.documents.iter().filter_map(|document| document.root);
    roots.any(|root| tree.get_text(root, "apiVersion").is_some() && tree.get_text(root, "kind").is_some())
}

/// An entry of a mapping.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Spanned<String>,
    pub(crate) value: NodeId,
}

/// Reads values of one document and collects what is wrong with them.
pub(crate) struct Reader {
    pub(crate) tree: Tree,
    code: &'static str,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Reader {
    /// Reads a file that must hold one document at most, and gives its topmost node.
    pub(crate) fn open(file: FileId, bytes: Vec<u8>, code: &'static str) -> (Self, Option<NodeId>) {
        let (text, broken) = match decode(file, bytes) {
            Ok(text) => (text, None),
            Err(diagnostic) => ("".into(), Some(*diagnostic)),
        };
        let mut tree = read(file, text, &KeyTable::new([]), &Limits::default());
        let mut diagnostics = std::mem::take(&mut tree.diagnostics);
        diagnostics.extend(broken);
        let mut reader = Self { tree, code, diagnostics };
        for duplicate in reader.tree.duplicates.clone() {
            let name = reader.tree.key_text(duplicate.later).to_owned();
            let span = reader.key_span(duplicate.later);
            let first = reader.key_span(duplicate.earlier);
            let diagnostic = Diagnostic::error(code, file, span, format!("`{name}` stands here a second time"));
            reader.diagnostics.push(diagnostic.with_label(file, first, "the first time"));
        }
        if let Some(second) = reader.tree.documents.get(1) {
            let span = Span { start: second.span.start, end: second.span.start };
            reader.error(span, "this file holds one document, and here begins another one");
        }
        let root = reader.tree.documents.first().and_then(|document| document.root);
        (reader, root)
    }

    /// Whether nothing keeps the file from being used.
    pub(crate) fn is_ok(&self) -> bool {
        self.diagnostics.iter().all(|diagnostic| diagnostic.level != Level::Error)
    }

    pub(crate) fn error(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let at = self.diagnostics.len();
        self.diagnostics.push(Diagnostic::error(self.code, self.tree.file, span, message));
        &mut self.diagnostics[at]
    }

    /// A word that nobody knows.
    pub(crate) fn unknown<'k>(
        &mut self,
        span: Span,
        message: String,
        name: &str,
        known: impl Iterator<Item = &'k str>,
    ) {
        let known: Vec<&str> = known.collect();
        let near = did_you_mean(name, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        let few = || (1..=12).contains(&known.len()).then(|| format!("known are `{}`", known.join("`, `")));
        self.error(span, message).hint = near.or_else(few);
    }

    fn key_span(&self, node: NodeId) -> Span {
        self.tree.key_span(node).unwrap_or_else(|| self.tree.span(node))
    }

    /// Where a value stands; of a collection only its first line.
    pub(crate) fn span(&self, node: NodeId) -> Span {
        let span = self.tree.span(node);
        let text = span.text(self.tree.source());
        let line = text.find(['\n', '\r']).unwrap_or(text.len());
        Span::new(span.start as usize, span.start as usize + line)
    }

    fn is_nothing(&self, node: NodeId) -> bool {
        self.tree.kind(self.tree.resolve(node)) == Kind::Null
    }

    /// The entries of a mapping; nothing counts as an empty one.
    pub(crate) fn entries(&mut self, node: NodeId, what: &str) -> Vec<Entry> {
        if self.is_nothing(node) {
            return Vec::new();
        }
        if self.tree.kind(self.tree.resolve(node)) != Kind::Mapping {
            self.error(self.span(node), format!("{what} is a mapping"));
            return Vec::new();
        }
        let tree = &self.tree;
        let entry = |value: NodeId| Entry {
            key: Spanned { value: tree.key_text(value).to_owned(), span: self.key_span(value) },
            value,
        };
        tree.entries(node).map(|found| entry(found.value)).collect()
    }

    /// The entries of a mapping whose keys are known; says so where one is not.
    pub(crate) fn fields(&mut self, node: NodeId, what: &str, known: &[&str]) -> Vec<Entry> {
        let (good, bad): (Vec<Entry>, Vec<Entry>) =
            self.entries(node, what).into_iter().partition(|entry| known.contains(&entry.key.value.as_str()));
        for Entry { key, .. } in bad {
            let message = format!("there is no key `{}` in {what}", key.value);
            self.unknown(key.span, message, &key.value, known.iter().copied());
        }
        good
    }

    /// A text that is not empty; numbers are taken as they are written.
    pub(crate) fn text(&mut self, node: NodeId, what: &str) -> Option<Spanned<String>> {
        let span = self.span(node);
        match self.tree.resolved(node) {
            Some(Resolved::String | Resolved::Int(_) | Resolved::Float(_)) if !self.tree.text(node).is_empty() => {
                Some(Spanned { value: self.tree.text(node).to_owned(), span })
            }
            Some(Resolved::Bool(_)) => {
                self.error(span, format!("{what} is a text, and this is a boolean")).hint = Some("quote it".to_owned());
                None
            }
            _ => {
                self.error(span, format!("{what} is a text"));
                None
            }
        }
    }

    pub(crate) fn boolean(&mut self, node: NodeId, what: &str) -> Option<Spanned<bool>> {
        let span = self.span(node);
        match self.tree.resolved(node) {
            Some(Resolved::Bool(value)) => Some(Spanned { value, span }),
            _ => {
                self.error(span, format!("{what} is `true` or `false`"));
                None
            }
        }
    }

    /// The items of a list; nothing counts as an empty one.
    pub(crate) fn items(&mut self, node: NodeId, what: &str) -> Vec<NodeId> {
        if self.is_nothing(node) {
            return Vec::new();
        }
        if self.tree.kind(self.tree.resolve(node)) != Kind::Sequence {
            self.error(self.span(node), format!("{what} is a list"));
            return Vec::new();
        }
        self.tree.items(node).collect()
    }

    pub(crate) fn texts(&mut self, node: NodeId, what: &str) -> Vec<Spanned<String>> {
        let items = self.items(node, what);
        let item = format!("an item of {what}");
        items.into_iter().filter_map(|node| self.text(node, &item)).collect()
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(&mut self, node: NodeId, what: &str, words: &[(&str, T)]) -> Option<Spanned<T>> {
        let Spanned { value, span } = self.text(node, what)?;
        let found = words.iter().find(|(word, _)| *word == value).map(|(_, found)| Spanned { value: *found, span });
        if found.is_none() {
            self.unknown(span, format!("`{value}` is no value of {what}"), &value, words.iter().map(|(word, _)| *word));
        }
        found
    }

    /// A value of any form.
    pub(crate) fn json(&mut self, node: NodeId) -> Option<serde_json::Value> {
        let mut text = String::new();
        let value = node_to_json(&self.tree, node, &mut text).ok().and_then(|()| serde_json::from_str(&text).ok());
        if value.is_none() {
            self.error(self.span(node), "this value has no form in JSON");
        }
        value
    }
}
