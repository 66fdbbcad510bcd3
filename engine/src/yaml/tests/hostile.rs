//! Broken and hostile files: a diagnostic at the right place, the other documents read, and all of it soon.

use std::time::{Duration, Instant};

use super::{diagnostics, json, shown, tree};
use crate::yaml::{KeyTable, Limits, Tree, read};
use policyc_text::FileId;

#[track_caller]
fn check(text: &str, want: &str) {
    assert_eq!(shown(text), want, "{text:?}");
}

/// Reads within a generous bound, which an unoptimised build on a busy machine keeps and quadratic work does not.
#[track_caller]
fn soon(text: &str) -> Tree {
    let start = Instant::now();
    let tree = tree(text);
    assert!(start.elapsed() < Duration::from_secs(60), "took {:?}", start.elapsed());
    tree
}

#[test]
fn a_broken_document_costs_no_other() {
    let text = "a: 1\n---\nb: [1\nc: 2\n---\nd: 3\n";
    check(text, "{\"a\":1}\n(unreadable)\n{\"d\":3}\nyaml/syntax \":\": no key stands before this colon");
    let tree = tree(text);
    let index: Vec<u32> = tree.documents.iter().map(|document| document.index).collect();
    assert_eq!(index, [1, 2, 3]);
}

#[test]
fn syntax_that_nobody_takes() {
    for text in
        ["a:\n\tb: 1\n", "a: b: c\n", "a: 'x\n", "a: @x\n", "a: *none\n", "- a\nb: 1\n", "%YAML 1.1\n---\na: 1\n"]
    {
        let tree = tree(&format!("{text}---\nok: 1\n"));
        assert_eq!(diagnostics(&tree).len(), 1, "{text:?}");
        assert!(diagnostics(&tree)[0].starts_with("yaml/syntax"), "{text:?}: {:?}", diagnostics(&tree));
        let last = tree.documents.last().unwrap();
        assert_eq!(json(&tree, last).as_deref(), Some("{\"ok\":1}"), "{text:?}");
    }
}

#[test]
fn templates_are_told_to_be_rendered() {
    for text in [
        "kind: Pod\nmetadata:\n  name: {{ .Values.name }}\n",
        "{{- if .Values.on }}\nkind: Pod\n{{- end }}\n",
        "kind: Pod\nspec:\n  {{- toYaml .Values.spec | nindent 2 }}\n",
        "name: {{placeholder}}\nlist:\n{{ more }}\n",
    ] {
        let tree = tree(text);
        assert_eq!(tree.diagnostics.len(), 1, "{text:?}");
        assert_eq!(tree.diagnostics[0].code, "yaml/template", "{text:?}");
        let hint = tree.diagnostics[0].hint.as_deref();
        assert_eq!(hint, Some("render it first: helm template CHART | policyc check -"), "{text:?}");
        assert!(tree.documents.iter().all(|document| document.root.is_none()), "{text:?}");
    }
    check("name: \"{{ .Values.name }}\"", "{\"name\":\"{{ .Values.name }}\"}");
}

#[test]
fn hidden_line_breaks_end_lines_and_controls_are_refused() {
    for letter in ["\u{2028}", "\u{2029}", "\u{85}"] {
        let kept = if letter == "\u{85}" {
            " ".to_owned()
        } else {
            format!("\\u{:04x}", u32::from(letter.chars().next().unwrap()))
        };
        check(&format!("a: 1 # c{letter}privileged: true"), "{\"a\":1,\"privileged\":true}");
        check(&format!("a: x{letter} b"), &format!("{{\"a\":\"x{kept}b\"}}"));
        check(&format!("a: 'x {letter} b'"), &format!("{{\"a\":\"x{kept}b\"}}"));
        let kept = if letter == "\u{85}" { "\\n" } else { &kept };
        check(&format!("a: |\n  x{letter}  y"), &format!("{{\"a\":\"x{kept}y\\n\"}}"));
        check(&format!("a: |\n  x{letter}b: 1"), &format!("{{\"a\":\"x{kept}\",\"b\":1}}"));
    }
    check(
        "a: x\u{7}\n---\nb: 1",
        "(unreadable)\n{\"b\":1}\nyaml/kubernetes-refuses \"\\u{7}\": Kubernetes refuses the control character U+0007",
    );
    check(
        "a: 'x\u{9b}'",
        "(unreadable)\nyaml/kubernetes-refuses \"\\u{9b}\": Kubernetes refuses the control character U+009B",
    );
}

#[test]
fn alias_bombs_and_self_references() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    let mut merges = "a0: &a0 {k: 1}\n".to_owned();
    for level in 1..10 {
        let below = level - 1;
        let links = format!("*a{below}, ").repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{links}]\n"));
        merges.push_str(&format!("a{level}: &a{level} {{<<: [{links}]}}\n"));
    }
    for text in [bomb, merges] {
        let tree = soon(&text);
        assert_eq!(tree.diagnostics[0].code, "yaml/alias-expansion");
        assert!(tree.documents[0].root.is_none());
    }
    for text in ["a: &x [*x]", "a: &x {b: {c: *x}}", "a: &x {<<: *x}"] {
        check(text, "(unreadable)\nyaml/alias-expansion \"*x\": this alias stands inside of what it refers to");
    }
    let chain: String = (1..5000).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect();
    let tree = soon(&format!("a0: &a0 1\n{chain}"));
    assert_eq!(tree.diagnostics[0].code, "yaml/alias-expansion");
}

#[test]
fn deep_nesting_is_a_diagnostic() {
    for text in ["[".repeat(20_000), "{\"a\":".repeat(20_000), "{a: ".repeat(20_000), "- ".repeat(20_000)] {
        let tree = soon(&text);
        assert_eq!(tree.diagnostics.len(), 1);
        assert!(matches!(tree.diagnostics[0].code, "yaml/limit" | "yaml/syntax"), "{:?}", tree.diagnostics[0]);
    }
}

#[test]
fn big_files() {
    let scalar = format!("a: {}\n", "x".repeat(50_000_000));
    let big = soon(&scalar);
    assert_eq!(big.text(big.get_text(big.documents[0].root.unwrap(), "a").unwrap()).len(), 50_000_000);
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    image: nginx:1.25\n    securityContext: {privileged: yes}\n---\n";
    let pods = soon(&pod.repeat(30_000));
    assert_eq!((pods.documents.len(), pods.diagnostics.len()), (30_000, 0));
    let list = format!("kind: List\nitems:\n{}", "- {kind: Pod, a: 1, b: 2}\n".repeat(30_000));
    assert!(soon(&list).diagnostics.is_empty());
    let keys: String = (0..100_000).map(|n| format!("k{n}: 1\n")).collect();
    assert!(soon(&keys).duplicates.is_empty());
    let comments = format!("a:\n{}  b: 1\n", "  # c\n".repeat(50_000));
    assert_eq!(soon(&comments).comments.len(), 50_000);
}

#[test]
fn merges_within_merges_stay_within_bounds() {
    let keys: String = (0..10_000).map(|n| format!("k{n}: 1, ")).collect();
    let text = format!("{}{{{keys}}}{}", "{<<: ".repeat(150), "}".repeat(150));
    let limits = Limits { expanded_nodes: 1_000_000, ..Limits::default() };
    let tree = read(FileId(0), text.into(), &KeyTable::new([]), &limits);
    assert_eq!(tree.diagnostics[0].code, "yaml/alias-expansion");
}

#[test]
fn floods_stop_at_the_limits() {
    let limits = Limits { diagnostics: 3, nodes: 50, file_bytes: 1000, ..Limits::default() };
    let codes = |text: &str| -> Vec<&str> {
        let tree = read(FileId(0), text.into(), &KeyTable::new([]), &limits);
        assert!(tree.node_count() <= 50);
        tree.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
    };
    assert_eq!(codes(&"[\n---\n".repeat(20)), ["yaml/syntax", "yaml/syntax", "yaml/syntax", "yaml/limit"]);
    assert_eq!(codes(&format!("a: [{}]", "1, ".repeat(60))), ["yaml/limit"]);
    assert_eq!(codes(&"x".repeat(1001)), ["input/too-large"]);
    assert!(soon(&"---\n".repeat(300_000)).documents.is_empty());
}
