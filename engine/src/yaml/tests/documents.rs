//! Documents against the JSON that Kubernetes makes of them.

use super::tree;
use crate::yaml::to_json;

/// One line a document: its JSON, or `!code start..end message`.
fn shown(text: &str) -> String {
    let tree = tree(text);
    let mut lines = Vec::new();
    for document in &tree.documents {
        let mut json = String::new();
        if to_json(&tree, document, &mut json).is_ok() {
            lines.push(json);
        }
    }
    for diagnostic in &tree.diagnostics {
        let span = diagnostic.location.span;
        lines.push(format!("!{} {}..{} {}", diagnostic.code, span.start, span.end, diagnostic.message));
    }
    lines.join("\n")
}

#[track_caller]
fn check(text: &str, want: &str) {
    assert_eq!(shown(text), want, "{text:?}");
}

#[test]
fn happy_path() {
    check(
        "apiVersion: v1\nkind: Pod\nspec:\n  list:\n  - a\n  - 'b'\n",
        r#"{"apiVersion":"v1","kind":"Pod","spec":{"list":["a","b"]}}"#,
    );
}
