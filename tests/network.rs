//! `policyc network`: forms, choices, and what could not be read.

mod support;
use support::Folder;

const PODS: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop, labels: {app: a}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: \"b\", namespace: shop, labels: {app: b}}\n";
const DENY: &str = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: shop}\nspec: {podSelector: {matchLabels: {app: b}}}\n";

#[test]
fn files_are_taken_together() {
    let folder = Folder::new(&[("app/pods.yaml", PODS), ("app/deny.yaml", DENY)]);
    let said = folder.run(&["network", "app", "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let json = said.json();
    let verdict = |from: &str, to: &str| {
        let all = json["connections"].as_array().unwrap();
        let found = all.iter().find(|one| one["from"] == from && one["to"] == to).unwrap();
        (found["verdict"].as_str().unwrap().to_owned(), found["policies"].to_string())
    };
    assert_eq!(verdict("Pod shop/a", "Pod shop/b"), ("denied".to_owned(), "[\"NetworkPolicy shop/deny\"]".to_owned()));
    assert_eq!(verdict("Pod shop/b", "Pod shop/a"), ("allowed".to_owned(), "[]".to_owned()));
    assert_eq!(json["connections"].as_array().unwrap().len(), 6, "three ends, no pair with itself");
    assert_eq!(json["sums"]["denied"], 2);
    // The order of files does not show.
    let other = folder.run(&["network", "app/deny.yaml", "app/pods.yaml", "--format", "json"]);
    assert_eq!(other.json()["connections"], json["connections"]);
}

#[test]
fn some_may_be_chosen() {
    let folder = Folder::new(&[("app/pods.yaml", PODS), ("app/deny.yaml", DENY)]);
    let json = folder.run(&["network", "app", "--from", "outside", "--to", "shop/*", "--format", "json"]).json();
    assert_eq!(json["connections"].as_array().unwrap().len(), 2);
    let said = folder.run(&["network", "app", "--from", "m/*"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("--from means no workload") && said.err.contains("NAMESPACE/NAME"), "{}", said.err);
}

#[test]
fn what_was_not_read_is_told_in_every_form() {
    let folder = Folder::new(&[("app/pods.yaml", PODS), ("app/bad.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {\n")]);
    for (format, part) in [
        ("text", "policies in them are not known: app/bad.yaml"),
        ("json", "\"app/bad.yaml\""),
        ("svg", "1 file could not be read whole"),
        ("mermaid", "could not be read whole: app/bad.yaml"),
    ] {
        let said = folder.run(&["network", "app", "--format", format]);
        assert_eq!(said.code, 4, "{format}: {}", said.err);
        assert!(said.out.contains(part), "{format}: {}", said.out);
    }
    assert_eq!(folder.run(&["network", "nowhere"]).code, 2);
}

#[test]
fn names_are_no_markup() {
    let pods = "apiVersion: v1\nkind: Pod\nmetadata: {name: '<b>\"x', namespace: 'a\"]<i>'}\n";
    let folder = Folder::new(&[("app/pods.yaml", pods)]);
    for format in ["svg", "mermaid"] {
        let said = folder.run(&["network", "app", "--format", format]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(!said.out.contains("<b>") && !said.out.contains("<i>") && !said.out.contains("\"]<"), "{}", said.out);
    }
    let said =
        folder.run_with(&["network", "-", "--namespace", "shop"], PODS.replace(", namespace: shop", "").as_bytes());
    assert!(said.out.contains("Pod shop/a"), "{}", said.out);
}
