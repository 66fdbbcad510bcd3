//! Which templates of a chart the renderings hold. A file beside a manifest can make it a template of a chart that never
//! renders it; so what stands in no rendering is judged as it is, or told of.

use super::Rendering;
use super::charts::Chart;
use crate::discover::{self, Found, Source};
use std::collections::BTreeSet;

/// What helm writes above each document.
const MARK: &str = "# Source: ";

/// What the renderings of a chart hold.
pub(super) struct Written {
    /// Documents, without the blanks around them.
    documents: BTreeSet<String>,
    /// Templates that they name, without the name of the chart.
    sources: BTreeSet<String>,
}

/// What becomes of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It is judged as it is rendered.
    Rendered,
    /// It asks for nothing to be put in, and what it says stands in no rendering.
    Manifest,
    /// It gives nothing.
    Silent,
}

impl Written {
    pub(super) fn of(renderings: &[Rendering]) -> Self {
        let mut written = Self { documents: BTreeSet::new(), sources: BTreeSet::new() };
        for rendering in renderings {
            if let Source::Text(bytes) = &rendering.source {
                written.add(&String::from_utf8_lossy(bytes));
            }
        }
        written
    }

    fn add(&mut self, text: &str) {
        let names = text.lines().filter_map(|line| line.strip_prefix(MARK)?.trim().split_once('/'));
        self.sources.extend(names.map(|(_, inside)| inside.to_owned()));
        for document in documents(text) {
            let content = match document.strip_prefix(MARK) {
                Some(rest) => rest.split_once('\n').map_or("", |(_, content)| content),
                None => document,
            };
            self.documents.insert(plain(content));
        }
    }

    /// What becomes of a template of a chart that was rendered, or is a library.
    pub(super) fn role(&self, found: &Found, chart: &Chart, template: &str) -> Role {
        let bytes = found.sources.get(template).and_then(|source| discover::read(source).ok()).unwrap_or_default();
        let folder = format!("{}/", chart.folder);
        let inside = if chart.folder == "." { Some(template) } else { template.strip_prefix(&folder) };
        self.role_of(inside.unwrap_or(template), &String::from_utf8_lossy(&bytes))
    }

    fn role_of(&self, inside: &str, text: &str) -> Role {
        let holds_objects = text.contains("apiVersion") && text.contains("kind");
        if text.contains("{{") {
            let silent = holds_objects && !self.sources.contains(inside);
            return if silent { Role::Silent } else { Role::Rendered };
        }
        let stands = |document: &str| self.documents.contains(&plain(document));
        match !holds_objects || documents(text).all(stands) {
            true => Role::Rendered,
            false => Role::Manifest,
        }
    }
}

/// The documents of a text that hold anything but comments.
fn documents(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split("\n---").map(|part| part.strip_prefix("---").unwrap_or(part).trim());
    parts.filter(|part| part.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')))
}

/// A document with line ends of one kind.
fn plain(document: &str) -> String {
    document.trim().replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::{Role, Written};
    use std::collections::BTreeSet;

    #[test]
    fn only_what_stands_in_a_rendering_is_rendered() {
        let mut written = Written { documents: BTreeSet::new(), sources: BTreeSet::new() };
        written.add(
            "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: A\n---\n# Source: c/templates/t.yaml\nx: 1\n",
        );
        for (name, text, expected) in [
            ("templates/a.yaml", "apiVersion: v1\r\nkind: A\r\n", Role::Rendered),
            ("templates/a.yaml", "# only\n---\napiVersion: v1\nkind: A\n", Role::Rendered),
            ("templates/a.yaml", "apiVersion: v1\nkind: B\n", Role::Manifest),
            ("templates/a.yaml", "apiVersion: v1\nkind: A\n---\napiVersion: v1\nkind: B\n", Role::Manifest),
            ("templates/t.yaml", "apiVersion: v1\nkind: {{ .x }}\n", Role::Rendered),
            ("templates/u.yaml", "apiVersion: v1\nkind: {{ .x }}\n", Role::Silent),
            ("templates/u.yaml", "{{ define \"x\" }}\n", Role::Rendered),
            ("templates/notes.yaml", "a: 1\n", Role::Rendered),
        ] {
            assert_eq!(written.role_of(name, text), expected, "{name}: {text}");
        }
    }
}
