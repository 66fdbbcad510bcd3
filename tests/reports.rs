//! What reports look like, what they never show, and that they do not depend on chance.

mod support;
use support::Folder;

const MANIFEST: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    image: a:1
    tty: \"true\"
    stdin: yes
    imagePullPolcy: Always
    env:
    - {name: A, value: 1}
";

const BUILTIN: [&str; 8] = [
    "--rule",
    "schema/type",
    "--rule",
    "schema/unknown-field",
    "--rule",
    "yaml/ambiguous-scalar",
    "--rule",
    "yaml/duplicate-key",
];

#[test]
fn the_human_report() {
    let folder = Folder::new(&[("a.yaml", MANIFEST), ("values.yaml", "a: 1\n")]);
    let args = [&["check", ".", "--as-of", "2026-11-23", "--kubernetes", "1.37"], &BUILTIN[..]].concat();
    insta::with_settings!({snapshot_path => "snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("human", folder.run(&args).out);
    });
    let full = [&args[..], &["--full"]].concat();
    assert!(folder.run(&args).out.contains("not applicable (1 not Kubernetes)"));
    assert_eq!(folder.run(&full).out.matches("schema/type").count(), 2);
    let quiet = [&args[..], &["--quiet"]].concat();
    assert_eq!(folder.run(&quiet).out.lines().count(), 4);
}

#[test]
fn colour_only_where_it_is_wanted() {
    let folder = Folder::new(&[("a.yaml", MANIFEST)]);
    assert!(!folder.run(&["check", "a.yaml"]).out.contains('\u{1b}'));
    assert!(folder.run(&["check", "a.yaml", "--color", "always"]).out.contains("\u{1b}["));
}

#[test]
fn nothing_of_an_input_reaches_the_terminal_unescaped() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"a\\u001b[31m\\u202e\"}\ndata: {\"k\\u001b]0;x\\u0007\": 1}\n";
    let folder = Folder::new(&[("a.yaml", text)]);
    let said = folder.run(&["check", "a.yaml", "--full"]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(!said.out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", said.out);
}

#[test]
fn secrets_are_in_no_report() {
    let text = "\
apiVersion: v1
kind: Secret
metadata:
  name: s
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{\"stringData\":{\"a\":\"hunter2\"}}'
type: Opaque
stringData: {a: 4242424242, b: hunter2, b: hunter2, c: {x: hunter2}} # hunter2
data:
  d: hunter2!
  e: hunter2 # hunter2
  e: hunter2
";
    let inline = "patches:\n- patch: |\n    apiVersion: v1\n    kind: Secret\n    metadata: {name: s}\n    data: {z: hunter2!}\n";
    let folder = Folder::new(&[
        ("a.yaml", text),
        ("b.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  a: hunter2: x\n"),
        ("k/kustomization.yaml", inline),
    ]);
    for args in [&["check", ".", "--full"][..], &["check", ".", "--quiet"], &["check", ".", "--format", "json"]] {
        let said = folder.run(args);
        for secret in ["hunter2", "4242424242"] {
            assert!(!said.out.contains(secret) && !said.err.contains(secret), "{args:?}: {}{}", said.out, said.err);
        }
        assert!(said.out.contains("schema/type") && said.out.contains("yaml/duplicate-key"), "{}", said.out);
    }
}

#[test]
fn chance_does_not_show() {
    let mut files: Vec<(String, String)> = Vec::new();
    for number in 0..120 {
        files.push((
            format!("d{}/f{number}.yaml", number % 7),
            MANIFEST.replace("name: p", &format!("name: p{number}")),
        ));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = Folder::new(&files);
    let run = |args: &[&str]| folder.run(&[&["check", "--format", "json", "--as-of", "2026-11-23"], args].concat()).out;
    let first = run(&["--jobs", "1", "d0", "d1", "d2", "d3", "d4", "d5", "d6"]);
    assert_eq!(first, run(&["--jobs", "2", "d0", "d1", "d2", "d3", "d4", "d5", "d6"]));
    assert_eq!(first, run(&["--jobs", "2", "d6", "d3", "d5", "d1", "d0", "d4", "d2", "d0"]));
    assert_eq!(first, run(&["."]));
}

#[test]
fn rules_are_listed_for_programs() {
    let folder = Folder::new(&[]);
    let listing = folder.run(&["rules", "--format", "json"]).json();
    let ids: Vec<&str> = listing["rules"].as_array().unwrap().iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert!(ids.is_sorted() && ids.contains(&"schema/type") && ids.contains(&"privileged-container"));
    for field in ["id", "title", "severity", "phase", "theme", "controls", "kinds", "params"] {
        assert!(listing["rules"][0].get(field).is_some(), "{field}");
    }
    assert!(listing["profiles"].as_array().unwrap().iter().any(|profile| profile["name"] == "pss-baseline"));
}
