//! One file at one moment: its text and what is made of it when first asked for.

use crate::lines::Lines;
use policyc_engine::check::session::Content;
use policyc_engine::check::takes_name;
use policyc_engine::yaml::{KeyTable, Limits, Tree, decode, read};
use policyc_lang::syntax::{Parsed, parse};
use policyc_text::FileId;
use std::sync::{Arc, OnceLock};

/// What a file is written in. Each language has its own features; a new one begins here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// A policy.
    Policy,
    /// YAML or JSON that may hold Kubernetes objects.
    Manifest,
    /// A Dockerfile.
    Dockerfile,
    /// Something that only the editor knows of.
    Other,
}

impl Language {
    /// By the file's name, or else by what the editor calls its language.
    pub(crate) fn of(name: &str, called: Option<&str>) -> Self {
        let file = name.rsplit('/').next().unwrap_or(name);
        let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
        let is = |words: &[&str]| words.iter().any(|word| extension.eq_ignore_ascii_case(word));
        match called {
            _ if is(&["policy"]) => Self::Policy,
            _ if is(&["yaml", "yml", "json"]) || file == "Kustomization" => Self::Manifest,
            _ if takes_name(file) => Self::Dockerfile,
            Some("policyc") => Self::Policy,
            Some("yaml" | "json" | "kubernetes") => Self::Manifest,
            _ => Self::Other,
        }
    }

    /// Whether rules judge such files.
    pub(crate) fn is_judged(self) -> bool {
        matches!(self, Self::Manifest | Self::Dockerfile)
    }
}

/// A file's bytes and what was made of them. Nothing of it changes; an edit makes another one.
#[derive(Debug)]
pub(crate) struct File {
    /// Its name in its project, with `/`.
    pub(crate) name: Arc<str>,
    /// As the editor knows it.
    pub(crate) uri: Arc<str>,
    /// The editor's number of the text, where the file is open.
    pub(crate) version: Option<i32>,
    /// What it is written in.
    pub(crate) language: Language,
    /// Its bytes.
    pub(crate) content: Content,
    text: OnceLock<Arc<str>>,
    lines: OnceLock<Lines>,
    tree: OnceLock<Tree>,
    parsed: OnceLock<Parsed>,
}

impl File {
    /// A file that nothing is known of yet.
    pub(crate) fn new(
        name: Arc<str>,
        uri: Arc<str>,
        version: Option<i32>,
        language: Language,
        content: Content,
    ) -> Self {
        Self {
            name,
            uri,
            version,
            language,
            content,
            text: OnceLock::new(),
            lines: OnceLock::new(),
            tree: OnceLock::new(),
            parsed: OnceLock::new(),
        }
    }

    /// Whether an editor has it open.
    pub(crate) fn is_open(&self) -> bool {
        self.version.is_some()
    }

    /// The text that spans speak of; empty where the bytes are no text.
    pub(crate) fn text(&self) -> &Arc<str> {
        self.text.get_or_init(|| {
            let Ok(bytes) = &self.content else { return Arc::from("") };
            match std::str::from_utf8(bytes) {
                Ok(text) => Arc::from(text),
                Err(_) => decode(FileId(0), bytes.to_vec()).unwrap_or_else(|_| Arc::from("")),
            }
        })
    }

    /// The lines of the text.
    pub(crate) fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::new(self.text()))
    }

    /// The text as YAML; keys have no numbers, and are looked up by their text.
    pub(crate) fn tree(&self) -> &Tree {
        self.tree.get_or_init(|| read(FileId(0), Arc::clone(self.text()), &KeyTable::new([]), &Limits::default()))
    }

    /// The text as a policy.
    pub(crate) fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| parse(FileId(0), self.text()))
    }

    /// Whether the text has a word in it.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        self.content.as_ref().is_ok_and(|bytes| memchr::memmem::find(bytes, word.as_bytes()).is_some())
    }
}
