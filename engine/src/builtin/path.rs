//! The path of a place, as reports show it.

use crate::report::limit::{NAME, capped};
use std::fmt::Write;

/// A path that grows and shrinks with a walk: `spec.containers[name=web].image`, `metadata.labels["a.b/c"]`.
#[derive(Clone, Debug, Default)]
pub(super) struct PathText {
    text: String,
}

impl PathText {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Adds a key; gives the length to cut back to.
    pub(super) fn push_key(&mut self, key: &str) -> usize {
        let (length, key) = (self.text.len(), &*capped(key, NAME));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !key.is_empty() && key.bytes().all(plain) {
            if !self.text.is_empty() {
                self.text.push('.');
            }
            self.text.push_str(key);
        } else {
            let _ = write!(self.text, "[{key:?}]");
        }
        length
    }

    /// Adds a 0-based place in a list; gives the length to cut back to.
    pub(super) fn push_index(&mut self, place: usize) -> usize {
        let length = self.text.len();
        let _ = write!(self.text, "[{place}]");
        length
    }

    /// Adds a text; gives the length to cut back to.
    pub(super) fn push_text(&mut self, text: &str) -> usize {
        let length = self.text.len();
        self.text.push_str(text);
        length
    }

    pub(super) fn cut(&mut self, length: usize) {
        self.text.truncate(length);
    }
}
