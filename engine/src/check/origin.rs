//! Which file a document was rendered from, by the comment that Helm puts at its head.
//!
//! Source: `helm template` writes `---`, a line `# Source: CHART/templates/FILE` and the document. Files below `crds/` are
//! written whole, so that only the first of their documents has the line.

use crate::report::Origin;
use crate::report::limit::{PATH, capped};
use memchr::memmem;
use std::sync::Arc;

/// How the line begins.
const MARK: &str = "# Source: ";

/// The documents of a text that say where they come from.
#[derive(Default)]
pub(super) struct Origins {
    /// Where each document begins, ascending, and what it comes from.
    documents: Vec<(usize, Option<Arc<Origin>>)>,
}

impl Origins {
    /// Looks at the first lines of every document; nothing is remembered of a text that has no such line.
    pub(super) fn of(text: &str) -> Self {
        if memmem::find(text.as_bytes(), MARK.as_bytes()).is_none() {
            return Self::default();
        }
        let mut documents: Vec<(usize, Option<Arc<Origin>>)> = Vec::new();
        let later = memmem::find_iter(text.as_bytes(), b"\n---").map(|at| at + 1);
        for start in std::iter::once(0).chain(later) {
            let whole =
                || documents.last().and_then(|(_, before)| before.clone()).filter(|before| is_whole(&before.file));
            let origin = match source(&text[start..]) {
                Some(file) => Some(Arc::new(Origin::of_file(capped(file, PATH).as_ref().into()))),
                None => whole(),
            };
            documents.push((start, origin));
        }
        Self { documents }
    }

    /// What the document at a byte comes from.
    pub(super) fn at(&self, offset: u32) -> Option<Arc<Origin>> {
        let after = self.documents.partition_point(|(start, _)| *start <= offset as usize);
        self.documents.get(after.checked_sub(1)?)?.1.clone()
    }
}

/// The file that the first lines of a document name: those before anything but comments and blanks.
fn source(document: &str) -> Option<&str> {
    let lines = document.lines().enumerate();
    let head = lines.take_while(|(number, line)| {
        let line = line.trim();
        line.is_empty() || line.starts_with('#') || (*number == 0 && line.starts_with("---"))
    });
    head.filter_map(|(_, line)| line.strip_prefix(MARK)).map(str::trim).find(|file| is_template(file))
}

/// Whether a name is one that Helm gives: other manifests have comments of this form that name a web page.
fn is_template(file: &str) -> bool {
    let mut parts = file.split('/');
    let chart = parts.next().unwrap_or_default();
    let inside: Vec<&str> = parts.collect();
    let (name, folders) = inside.split_last().unwrap_or((&"", &[]));
    let odd = |part: &str| part.is_empty() || part == "." || part == "..";
    !chart.contains(':')
        && !odd(chart)
        && !odd(name)
        && folders.iter().any(|folder| matches!(*folder, "templates" | "crds"))
        && !folders.iter().any(|folder| odd(folder))
}

/// Whether a file is written as it stands, with all its documents.
fn is_whole(file: &str) -> bool {
    file.split('/').rev().skip(1).any(|folder| folder == "crds") && !file.contains("/templates/")
}

#[cfg(test)]
mod tests {
    use super::Origins;

    fn check(text: &str, want: &[Option<&str>]) {
        let origins = Origins::of(text);
        let offsets = text.match_indices("a: ").map(|(at, _)| u32::try_from(at).unwrap());
        let got: Vec<Option<String>> = offsets.map(|at| origins.at(at).map(|origin| origin.file.to_string())).collect();
        assert_eq!(got, want.iter().map(|file| file.map(str::to_owned)).collect::<Vec<_>>(), "{text:?}");
    }

    #[test]
    fn a_comment_at_the_head_names_the_template() {
        let (one, two) = (Some("c/templates/x.yaml"), Some("c/charts/d/templates/deep/y.yaml"));
        check("---\n# Source: c/templates/x.yaml\na: 1\n", &[one]);
        check("# Source: c/templates/x.yaml\na: 1\n", &[one]);
        check("---\r\n# Source: c/templates/x.yaml\r\na: 1\r\n", &[one]);
        check("---\n# hello\n\n# Source: c/templates/x.yaml\na: 1\n", &[one]);
        check(
            "---\n# Source: c/templates/x.yaml\na: 1\n---\na: 2\n---\n# Source: c/charts/d/templates/deep/y.yaml\na: 3\n",
            &[one, None, two],
        );
        check("---\n# Source: c/templates/x.yaml\n---\n# Source: c/charts/d/templates/deep/y.yaml\na: 3\n", &[two]);
    }

    #[test]
    fn definitions_are_written_whole() {
        let crds = Some("c/crds/x.yaml");
        check("---\n# Source: c/crds/x.yaml\na: 1\n---\na: 2\n---\n\na: 3\n", &[crds, crds, crds]);
        check("---\n# Source: c/templates/crds/x.yaml\na: 1\n---\na: 2\n", &[Some("c/templates/crds/x.yaml"), None]);
    }

    #[test]
    fn other_comments_name_nothing() {
        for name in
            ["https://example.org/c/templates/x.yaml", "the manual", "/templates/x", "c/x.yaml", "c/../templates/x", ""]
        {
            check(&format!("# Source: {name}\na: 1\n"), &[None]);
        }
        check("a: 1\n# Source: c/templates/x.yaml\nb: 1\n", &[None]);
        check("  # Source: c/templates/x.yaml\na: 1\n", &[None]);
        check("a: 1\n", &[None]);
    }
}
