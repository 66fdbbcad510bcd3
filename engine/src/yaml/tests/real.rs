//! Real manifests and the YAML test suite, where they lie beside the project.

use std::path::{Path, PathBuf};

use super::{json, tree};
use crate::yaml::{Kind, NodeId, Style, Tree};

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            files.push(path);
        }
    }
}

fn corpus(name: &str) -> Vec<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let shared = std::env::var_os("POLICYC_CORPUS").map_or_else(|| "../shared".into(), PathBuf::from);
    let folder = project.join(shared).join("corpus").join(name);
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    if files.is_empty() {
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "skipped: no files under {}", folder.display());
    }
    files
}

/// The text under a span decodes to the value: spans are exact, children lie within their parents, in order.
fn check_node(tree: &Tree, node: NodeId) {
    let span = tree.span(node);
    let written = span.text(tree.source());
    assert_eq!(written.len(), span.len(), "a span must fit the text");
    match (tree.kind(node), tree.style(node)) {
        (Kind::Scalar | Kind::Null, Style::DoubleQuoted | Style::SingleQuoted) => {
            let again = super::tree(&format!("- {}", written.replace('\n', "\n ")));
            let items = again.documents[0].root.and_then(|root| again.items(root).next()).unwrap();
            assert_eq!(again.text(items), tree.text(node), "{written:?}");
        }
        (Kind::Scalar | Kind::Null, Style::Plain) => {
            let folded: Vec<&str> = written.split_whitespace().collect();
            let text: Vec<&str> = tree.text(node).split_whitespace().collect();
            assert_eq!(folded, text);
        }
        (Kind::Scalar | Kind::Null, _) => {
            let lines = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
            let content = if tree.text(node).trim().is_empty() { "" } else { written };
            assert_eq!(lines(content), lines(tree.text(node)));
        }
        (Kind::Mapping, _) => {
            for entry in tree.raw_entries(node) {
                let key = tree.key_span(entry.value).unwrap();
                assert!(span.contains(key) && span.contains(tree.span(entry.value)), "{written:?}");
                assert!(key.end <= tree.span(entry.value).start);
                check_node(tree, entry.value);
            }
        }
        (Kind::Sequence, _) => {
            for item in tree.items(node) {
                assert!(span.contains(tree.span(item)));
                check_node(tree, item);
            }
        }
        (Kind::Alias, _) => assert!(written.starts_with('*')),
    }
}

#[test]
fn spans_of_real_files_hold_their_values() {
    let mut documents = 0;
    for file in ["manifests", "charts-golden", "yaml"].into_iter().flat_map(corpus) {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let tree = tree(&text);
        for document in &tree.documents {
            assert_eq!(document.root.is_none(), json(&tree, document).is_none(), "{}", file.display());
            if let Some(root) = document.root {
                documents += 1;
                check_node(&tree, root);
            }
        }
    }
    assert!(documents == 0 || documents > 100, "{documents} documents");
}
