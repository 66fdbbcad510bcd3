//! What kustomizations say about other files: which of them are patches, and nothing but patches.
//!
//! Source: the fields `patches`, `patchesStrategicMerge` and `patchesJson6902` of `kustomize.config.k8s.io/v1beta1`.
//! What `resources` of any of them names is whole, whoever else takes it for a patch; bases, generators and the rest say
//! nothing about whether an object is whole.

use super::classify::DocumentKind;
use super::{Input, Load, classify};
use crate::yaml::{KeyTable, Kind, Limits, NodeId, Style, Tree, decode, read};
use policyc_text::{FileId, Span};
use std::collections::BTreeSet;

/// Files that kustomizations refer to as patches, by their names.
#[derive(Debug, Default)]
pub(super) struct Kustomizations {
    patches: BTreeSet<String>,
    resources: BTreeSet<String>,
}

impl Kustomizations {
    /// Reads every kustomization among the inputs. What cannot be read is told when the file is judged.
    pub(super) fn find(inputs: &[Input], load: &Load<'_>) -> Self {
        let mut found = Self::default();
        for (place, input) in inputs.iter().enumerate() {
            if classify::named(&input.name) != classify::Named::Kustomization {
                continue;
            }
            let file = FileId(u32::try_from(place).unwrap_or(u32::MAX));
            let Some(text) = load(place).ok().and_then(|bytes| decode(file, bytes).ok()) else { continue };
            found.add(&input.name, &read(file, text, &KeyTable::new([]), &Limits::default()));
        }
        found
    }

    fn add(&mut self, name: &str, tree: &Tree) {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        for patch in patches(tree) {
            if let Patch::File(path) = patch {
                self.patches.extend(beside(folder, path));
            }
        }
        for path in resources(tree) {
            self.resources.extend(beside(folder, path));
        }
    }

    /// Whether a file is a patch and no resource.
    pub(super) fn has_patch(&self, name: &str) -> bool {
        !self.patches.is_empty() && self.patches.contains(name) && !self.resources.contains(name)
    }
}

/// A patch of a kustomization.
enum Patch<'t> {
    File(&'t str),
    Inline(NodeId),
}

/// The documents of a file that are kustomizations; other tools use the same file name.
fn roots(tree: &Tree) -> impl Iterator<Item = NodeId> {
    let roots = tree.documents.iter().filter_map(|document| document.root);
    roots.filter(|root| classify::document(tree, *root, classify::Named::Kustomization) == DocumentKind::Kustomization)
}

/// Files that a kustomization takes as they are.
fn resources(tree: &Tree) -> impl Iterator<Item = &str> {
    let lists = roots(tree).filter_map(|root| tree.get_text(root, "resources"));
    lists.flat_map(|list| tree.items(list)).map(|item| tree.text(item))
}

/// Where something of what is built comes from, if that is no file here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// A repository or a page.
    Remote,
    /// A Helm chart.
    Chart,
    /// What a program makes.
    Program,
}

impl Elsewhere {
    /// What is wrong with it.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Remote => "what this takes from elsewhere is not judged",
            Self::Chart => "what this chart renders to is not judged",
            Self::Program => "what this program makes or changes is not judged",
        }
    }
}

/// What kustomizations take from elsewhere, in the order of the text.
///
/// Source: the fields of `kustomize.config.k8s.io/v1beta1`, and what `api/internal/git` there takes for a repository.
pub(super) fn elsewhere(tree: &Tree) -> Vec<(Span, Elsewhere)> {
    let mut found = Vec::new();
    for root in roots(tree) {
        let items = |key: &str| {
            let list = tree.get_text(root, key);
            list.into_iter().flat_map(|list| tree.items(list)).map(|item| tree.resolve(item))
        };
        let add = |found: &mut Vec<_>, node: NodeId, what| found.push((tree.span(node), what));
        for key in ["resources", "bases", "components", "crds", "patchesStrategicMerge"] {
            items(key)
                .filter(|item| is_remote(tree.text(*item)))
                .for_each(|item| add(&mut found, item, Elsewhere::Remote));
        }
        for path in items("patches").chain(items("patchesJson6902")).filter_map(|item| tree.get_text(item, "path")) {
            if is_remote(tree.text(path)) {
                add(&mut found, tree.resolve(path), Elsewhere::Remote);
            }
        }
        for chart in items("helmCharts").chain(items("helmChartInflationGenerator")) {
            let name = tree.get_text(chart, "name").or_else(|| tree.get_text(chart, "chartName"));
            add(&mut found, name.map_or(chart, |name| tree.resolve(name)), Elsewhere::Chart);
        }
        for key in ["generators", "transformers"] {
            items(key).for_each(|item| add(&mut found, item, Elsewhere::Program));
        }
    }
    found.sort_by_key(|(span, _)| *span);
    found
}

/// Whether a path is that of a repository or a page.
fn is_remote(path: &str) -> bool {
    let hosted = ["git::", "git@", "gh:", "github.com/", "github.com:"].iter().any(|start| path.starts_with(start));
    let versioned = ["?ref=", "&ref=", "?version=", "&version="].iter().any(|query| path.contains(query));
    !path.contains('\n') && (hosted || versioned || path.contains("://"))
}

/// All patches that a kustomization names.
fn patches(tree: &Tree) -> Vec<Patch<'_>> {
    let mut found = Vec::new();
    for root in roots(tree) {
        let items = |key: &str| {
            let list = tree.get_text(root, key);
            list.into_iter().flat_map(|list| tree.items(list)).map(|item| tree.resolve(item))
        };
        for item in items("patches").chain(items("patchesJson6902")) {
            if let Some(path) = tree.get_text(item, "path") {
                found.push(Patch::File(tree.text(path)));
            }
            if let Some(patch) = tree.get_text(item, "patch") {
                found.push(Patch::Inline(tree.resolve(patch)));
            }
        }
        for item in items("patchesStrategicMerge") {
            // Kustomize tries the text as a file first; no file name holds a line end.
            let inline = tree.text(item).contains('\n');
            found.push(if inline { Patch::Inline(item) } else { Patch::File(tree.text(item)) });
        }
    }
    found
}

/// The lines of patches that stand in a kustomization itself, as byte ranges that begin at the start of a line. Only
/// those under `|` keep their lines; others are given by their spans in the second list.
pub(super) fn inline_patches(tree: &Tree) -> (Vec<Span>, Vec<Span>) {
    let (mut lines, mut others) = (Vec::new(), Vec::new());
    for patch in patches(tree) {
        let Patch::Inline(node) = patch else { continue };
        let span = tree.span(node);
        if tree.kind(node) == Kind::Scalar && tree.style(node) == Style::Literal {
            let before = tree.source().get(..span.start as usize).unwrap_or_default();
            let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
            lines.push(Span::new(start, span.end as usize));
        } else {
            others.push(span);
        }
    }
    (lines, others)
}

/// The name of a path in a folder, `..` followed; `None` for URLs and absolute paths.
fn beside(folder: &str, path: &str) -> Option<String> {
    if path.is_empty() || path.starts_with('/') || path.contains("://") {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{Elsewhere, Input, Kustomizations, beside, elsewhere};
    use crate::yaml::{KeyTable, Limits, read};
    use policyc_text::FileId;

    #[test]
    fn paths_are_followed_from_the_folder() {
        for (folder, path, expected) in [
            ("", "a.yaml", "a.yaml"),
            ("x/y", "./a.yaml", "x/y/a.yaml"),
            ("x/y", "../a.yaml", "x/a.yaml"),
            ("x", "../../a.yaml", "../a.yaml"),
            ("../x", "../a.yaml", "../a.yaml"),
        ] {
            assert_eq!(beside(folder, path).as_deref(), Some(expected), "{folder} and {path}");
        }
        assert_eq!(beside("x", "https://host/a.yaml"), None);
    }

    #[test]
    fn every_way_to_name_a_patch_counts() {
        let text = "patches:\n- path: a.yaml\n- patch: |\n    kind: X\npatchesStrategicMerge: [b.yaml]\n\
                    patchesJson6902: [{path: c.yaml}]\nresources: [d.yaml]\n";
        let inputs = [Input { name: "k/kustomization.yaml".into() }];
        let found = Kustomizations::find(&inputs, &|_| Ok(text.as_bytes().to_vec()));
        for (name, expected) in
            [("k/a.yaml", true), ("k/b.yaml", true), ("k/c.yaml", true), ("k/d.yaml", false), ("a.yaml", false)]
        {
            assert_eq!(found.has_patch(name), expected, "{name}");
        }
    }

    #[test]
    fn what_comes_from_elsewhere_is_known() {
        let text = "resources: [a.yaml, ../base, 'https://host/a.yaml', 'github.com/x/y//z?ref=v1', \"git@h:x/y\"]\n\
                    bases: ['host/x//y?ref=main']\npatches: [{path: a.yaml}, {path: 'http://h/p.yaml'}]\n\
                    patchesStrategicMerge: [\"kind: X\\nurl: 'https://a'\"]\nhelmCharts: [{name: web, repo: 'https://c'}]\n\
                    generators: [g.yaml]\ncomponents: [../c]\n";
        let tree = read(FileId(0), text.into(), &KeyTable::new([]), &Limits::default());
        let found = elsewhere(&tree).into_iter().map(|(span, what)| (span.text(text), what));
        assert_eq!(
            found.collect::<Vec<_>>(),
            [
                ("'https://host/a.yaml'", Elsewhere::Remote),
                ("'github.com/x/y//z?ref=v1'", Elsewhere::Remote),
                ("\"git@h:x/y\"", Elsewhere::Remote),
                ("'host/x//y?ref=main'", Elsewhere::Remote),
                ("'http://h/p.yaml'", Elsewhere::Remote),
                ("web", Elsewhere::Chart),
                ("g.yaml", Elsewhere::Program),
            ]
        );
    }

    #[test]
    fn only_kustomizations_name_patches_and_resources_are_none() {
        let patch = "patches: [{path: a.yaml}]\n";
        for (head, expected) in [
            ("", true),
            ("kind: Kustomization\n", true),
            ("kind: Component\n", true),
            ("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", true),
            ("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n", true),
            ("kind: ConfigMap\n", false),
            ("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: ConfigMap\n", false),
            ("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n", false),
            ("resources: [a.yaml]\n", false),
            ("resources: [./a.yaml]\n", false),
            ("resources: [b.yaml]\n", true),
        ] {
            let inputs = [Input { name: "k/kustomization.yaml".into() }];
            let found = Kustomizations::find(&inputs, &|_| Ok(format!("{head}{patch}").into_bytes()));
            assert_eq!(found.has_patch("k/a.yaml"), expected, "{head}");
        }
        let inputs = ["k/kustomization.yaml", "l/kustomization.yaml"].map(|name| Input { name: name.into() });
        let texts = ["patches: [{path: ../a.yaml}]\n", "resources: [../a.yaml]\n"];
        let found = Kustomizations::find(&inputs, &|place| Ok(texts[place].as_bytes().to_vec()));
        assert!(!found.has_patch("a.yaml"));
    }
}
