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

#[test]
fn rules_may_ask_who_reaches_whom() {
    let policy = "module own

rule db-is-closed on Deployment d where d.metadata.name == \"db\" {
  title    \"The database is reached by few\"
  severity high

  for w in d.namespace.workloads where w.name == \"job\" {
    forbid reaches(w, d, \"TCP 5432\")
      else \"{w} reaches {d}\"
  }
  forbid reaches(\"outside\", d, \"any\")
    else \"everyone reaches {d}\"
}

test \"without policies all do\" {
  given yaml \"\"\"
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: db, namespace: shop} #~ db-is-closed
    spec: {selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: c}]}}}
    \"\"\"
}

test \"with them few do\" {
  given yaml \"\"\"
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: db, namespace: shop}
    spec: {selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: c}]}}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: job, namespace: shop, labels: {app: job}}
    spec: {containers: [{name: c, image: c}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: db, namespace: shop}
    spec:
      podSelector: {matchLabels: {app: db}}
      ingress: [{from: [{podSelector: {matchLabels: {app: job}}}], ports: [{port: 9187}]}]
    \"\"\"
  expect db-is-closed passes
}
";
    let folder = Folder::new(&[("own.policy", policy)]);
    let said = folder.run(&["test", "own.policy"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    // A file on its own may have policies beside it: nothing is said, but that it was not.
    let db = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: db, namespace: shop}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: c}]}}}\n";
    folder.write("db.yaml", db.as_bytes());
    let check = |world: &str| {
        let args =
            ["check", "db.yaml", "-p", "own.policy", "--rule", "db-is-closed", "--world", world, "--format", "json"];
        let json = folder.run(&args).json();
        (json["findings"].as_array().unwrap().len(), json["summary"]["openWorld"].as_u64())
    };
    assert_eq!(check("closed").0, 1);
    assert_eq!(check("open").0, 0);
}
