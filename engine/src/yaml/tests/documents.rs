//! Documents against the JSON that Kubernetes makes of them. Every line was compared with sigs.k8s.io/yaml 1.6.0 behind
//! `NewYAMLOrJSONDecoder` of apimachinery 0.37.2.

use super::{shown, tree};
use crate::yaml::{KeyTable, Limits, Member, decode, holds_objects, members, read};
use policyc_text::FileId;

#[track_caller]
fn check(text: &str, want: &str) {
    assert_eq!(shown(text), want, "{text:?}");
}

#[test]
fn merges_write_at_their_place() {
    check("<<: {a: 2}\na: 1", r#"{"a":1}"#);
    check("a: 1\n<<: {a: 2}", r#"{"a":2}"#);
    check("<<: [{a: 1}, {a: 2, b: 3}]", r#"{"a":1,"b":3}"#);
    check("<<: {a: 1}\n<<: {a: 2, b: 3}", r#"{"a":2,"b":3}"#);
    check("m: &m {a: 1, b: 2}\nx:\n  <<: *m\n  b: 5", r#"{"m":{"a":1,"b":2},"x":{"a":1,"b":5}}"#);
    check("m: &m {<<: {q: 1}, r: 2}\nx: {<<: [*m, {z: 0}]}", r#"{"m":{"q":1,"r":2},"x":{"q":1,"r":2,"z":0}}"#);
    check("\"<<\": {a: 1}", "{\"\\u003c\\u003c\":{\"a\":1}}");
    check(
        "<<: 5",
        "(unreadable)\nyaml/kubernetes-refuses \"5\": Kubernetes merges only a mapping or a list of mappings",
    );
    check(
        "l: &l [1]\nx: {<<: *l}",
        "(unreadable)\nyaml/kubernetes-refuses \"*l\": Kubernetes merges only a mapping or a list of mappings",
    );
}

#[test]
fn the_last_duplicate_wins_and_is_noted() {
    check("a: 1\nb: 2\na: 3", r#"{"a":3,"b":2}"#);
    check("yes: 1\n\"true\": 2", r#"{"true":2}"#);
    let many: String = (0..100).map(|n| format!("k{n}: {n}\n")).collect();
    let tree = tree(&format!("{many}k7: again\nk7: more\na: {{x: 1, x: 2}}"));
    let spans = |node| tree.key_span(node).unwrap().text(tree.source());
    let found: Vec<(&str, &str, &str)> =
        tree.duplicates.iter().map(|it| (spans(it.earlier), tree.text(it.earlier), tree.text(it.later))).collect();
    assert_eq!(found, [("x", "1", "2"), ("k7", "7", "again"), ("k7", "again", "more")]);
    let root = tree.documents[0].root.unwrap();
    assert_eq!(tree.text(tree.get_text(root, "k7").unwrap()), "more");
    assert_eq!(tree.entries(root).count(), 101);
    assert_eq!(tree.raw_entries(root).count(), 103);
}

#[test]
fn keys_are_spelled_as_go_yaml_spells_them() {
    check("yes: 1\n1.50: 2\n0x10: 3\n~a: 4", r#"{"1.5":2,"16":3,"true":1,"~a":4}"#);
    check(
        "1e6: a\n123456789.0: b\n.nan: c\n2001-01-01: d",
        r#"{".nan":"c","1.2345679e+08":"b","1e+06":"a","2001-01-01":"d"}"#,
    );
    check("&k key: *k\n*k : d", r#"{"key":"d"}"#);
    check("? a\n: b", r#"{"a":"b"}"#);
    check("!!binary aGVsbG8=: 1", r#"{"hello":1}"#);
    let refused = [
        ("null: 1", "null", "Kubernetes refuses null as a key"),
        ("~: 1", "~", "Kubernetes refuses null as a key"),
        (": 1", ":", "no key stands before this colon"),
        ("{~: 1}", "~", "Kubernetes refuses null as a key"),
        ("{a: 1}: 1", ":", "Kubernetes refuses keys that are not scalars"),
        ("? - a\n: 1", "", "Kubernetes refuses keys that are not scalars"),
        ("a: &x [1]\n*x : 1", "*x", "Kubernetes refuses keys that are not scalars"),
        ("18446744073709551615: 1", "18446744073709551615", "Kubernetes refuses an integer past 64 bits as a key"),
    ];
    for (text, place, message) in refused {
        check(text, &format!("(unreadable)\nyaml/kubernetes-refuses {place:?}: {message}"));
    }
}

#[test]
fn documents_end_where_kubernetes_ends_them() {
    check("---\na: 1\n--- # c\nb: 2\n---\n---\n#x\n---\nc: 3", "{\"a\":1}\n{\"b\":2}\n{\"c\":3}");
    check("a: 1\r\n---\r\nb: 2\r\n", "{\"a\":1}\n{\"b\":2}");
    check("a: |\n  x", r#"{"a":"x\n"}"#);
    check("\u{FEFF}a: 1\n---\n\u{FEFF}b: 2", "{\"a\":1}\n{\"b\":2}");
    // kubectl takes one away, go-yaml two, from each document that it is given.
    check("\u{FEFF}\u{FEFF}\u{FEFF}\u{FEFF}a: 1", "{\"\u{FEFF}a\":1}");
    check("a: 1\n---\n\u{FEFF}\u{FEFF}b: 2", "{\"a\":1}\n{\"b\":2}");
    let ignored =
        "yaml/ignored-document \"b: 2\": Kubernetes passes over this document, because no `---` line stands before it";
    check("a: 1\n...\nb: 2", &format!("{{\"a\":1}}\n{ignored}"));
    let separator = "Kubernetes takes nothing but a comment behind `---`, and loses what stands before it";
    check("a: 1\n--- {b: 2}\n---\nc: 3", &format!("(unreadable)\n{{\"c\":3}}\nyaml/syntax \"{{b: 2}}\": {separator}"));
}

#[test]
fn json_streams() {
    check("{\"a\":1}{\"b\":2}\n{\"c\":3}", "{\"a\":1}\n{\"b\":2}\n{\"c\":3}");
    check("{\"a\":1}\n---\n{\"b\":yes}\n---\nc: 1", "{\"a\":1}\n{\"b\":true}\n{\"c\":1}");
    check(
        "{\n\t\"a\":\t[1, 2.0, 1e3, \"\\u00e9\\/\\ud83d\\ude00\\ud800\"]\n}",
        "{\"a\":[1,2,1000,\"é/\u{1F600}\u{FFFD}\"]}",
    );
    check("{a: 1}\n---\nb: 2", "{\"a\":1}\n{\"b\":2}");
    check("{\"a\": 01}", "{\"a\":1}");
    check(
        "{\"a\":1}{\"b\":2} oops",
        "{\"a\":1}\n{\"b\":2}\n(unreadable)\nyaml/syntax \"o\": this is not JSON, and Kubernetes stops reading here",
    );
    check(
        "{\"a\":1e400}",
        "(unreadable)\nyaml/kubernetes-refuses \"1e400\": Kubernetes refuses a number that does not fit 64 bits of floating point",
    );
}

#[test]
fn empty_documents_are_counted_and_are_no_objects() {
    for (text, empty) in [("", 0), ("\n\n", 0), ("# c\n", 1), ("---\n---\n", 0), ("null\n---\n~\n---\n# c", 3)] {
        let tree = tree(text);
        assert_eq!((tree.documents.len(), tree.empty_documents, tree.diagnostics.len()), (0, empty, 0), "{text:?}");
    }
}

#[test]
fn aliases_share_and_anchors_stay_in_their_document() {
    check("a: &x [1, {c: d}]\nb: *x", r#"{"a":[1,{"c":"d"}],"b":[1,{"c":"d"}]}"#);
    check("a: &x 1\nb: &x 2\nc: *x", r#"{"a":1,"b":2,"c":2}"#);
    check("a: &x yes\nb: *x", r#"{"a":true,"b":true}"#);
    // An anchored key is named with its value, not with its letters.
    check("&x !!binary YQ==: *x\n*x: 2", r#"{"a":2}"#);
    check("&x 1.50: *x", r#"{"1.5":1.5}"#);
    check(
        "&x .inf: *x",
        "(unreadable)\nyaml/kubernetes-refuses \".inf\": Kubernetes refuses `.inf`: JSON has no such number",
    );
    check(
        "a: &x 1\n---\nb: *x",
        "{\"a\":1}\n(unreadable)\nyaml/syntax \"*x\": this alias refers to no anchor before it",
    );
}

#[test]
fn utf16_and_carriage_returns_read_as_plain_text() {
    let units: Vec<u8> = "\u{FEFF}a: é\r\nb: 1\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let text = decode(FileId(0), units).unwrap();
    assert_eq!(shown(&text), r#"{"a":"é","b":1}"#);
    check("a: |\r\n  x\r\n  y\r\nb: \"q\r\n  r\"", r#"{"a":"x\ny\n","b":"q r"}"#);
}

#[test]
fn lists_give_their_items() {
    for (text, expected) in [
        ("{apiVersion: v1, kind: Pod}", "Pod"),
        ("{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod}]}", "Pod"),
        ("{kind: List, items: [{apiVersion: v1, kind: Pod}]}", "Pod"),
        ("{kind: list, items: [{apiVersion: v1, kind: Pod}]}", "Pod"),
        ("{kind: Foo, items: [{apiVersion: v1, kind: Pod}]}", "! Pod"),
        ("{apiVersion: v1, kind: ConfigMap, items: [{apiVersion: v1, kind: Pod}]}", "! ConfigMap Pod"),
        ("{apiVersion: v1, kind: Pod, spec: {}, items: [{apiVersion: v1, kind: A}]}", "! Pod A"),
        ("{apiVersion: v1, kind: PodList, items: [{a: 1}, {kind: ~}, {apiVersion: v1, kind: B}]}", "of-list of-list B"),
        ("{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: PodList, items: [{a: 1}]}]}", "of-list"),
        ("{apiVersion: v1, kind: List, items: [{a: 1}, ~, 1, [x], {kind: Pod}]}", "? ? ? ? ?"),
        ("{apiVersion: v1, kind: List, items: []}", ""),
        ("{kind: menu, items: [soup]}", "-"),
        ("{items: [{apiVersion: v1, kind: Pod}]}", "-"),
        ("{apiVersion: ~, kind: Pod}", "-"),
        ("{apiVersion: v1, kind: Pod, items: {}}", "Pod"),
    ] {
        let tree = tree(text);
        let root = tree.documents[0].root.unwrap();
        let mut found = Vec::new();
        members(&tree, root, &mut |member| {
            found.push(match member {
                Member::Object { lender: Some(_), .. } => "of-list".to_owned(),
                Member::Object { node, .. } => tree.text(tree.get_text(node, "kind").unwrap()).to_owned(),
                Member::Stray(_) => "?".to_owned(),
                Member::Wrapper(_) => "!".to_owned(),
            });
        });
        let expected = if holds_objects(&tree, root) { expected } else { expected.strip_prefix('-').unwrap() };
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

#[test]
fn lists_within_lists_end() {
    let deep = |levels: usize| {
        let list = "{apiVersion: v1, kind: List, items: [";
        tree(&format!("{}{{apiVersion: v1, kind: A}}{}", list.repeat(levels), "]}".repeat(levels)))
    };
    for (levels, expected) in [(8, true), (9, false)] {
        let tree = deep(levels);
        let mut found = Vec::new();
        members(&tree, tree.documents[0].root.unwrap(), &mut |member| found.push(member));
        assert_eq!(found.len(), 1);
        assert_eq!(matches!(found[0], Member::Object { .. }), expected, "{levels}");
    }
}

#[test]
fn known_keys_are_found_by_number() {
    let keys = KeyTable::new(["spec", "privileged"]);
    let text = "spec: &s {privileged: 'true', other: 1}\nalso: *s\nspec2: 1";
    let tree = read(FileId(0), text.into(), &keys, &Limits::default());
    let root = tree.documents[0].root.unwrap();
    let spec = tree.get(root, keys.sym("spec")).unwrap();
    let privileged = tree.get(spec, keys.sym("privileged")).unwrap();
    assert_eq!(tree.text(privileged), "true");
    assert_eq!(tree.get(tree.get_text(root, "also").unwrap(), keys.sym("privileged")), Some(privileged));
    assert_eq!(tree.get(root, keys.sym("also")), None, "unknown keys share a number that finds nothing");
    assert_eq!(tree.path_to(root, privileged), [root, spec, privileged]);
    assert!(tree.path_to(spec, root).is_empty());
}
