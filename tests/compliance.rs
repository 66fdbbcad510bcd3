//! `policyc compliance`: what becomes of controls, and that nothing passes by mistake.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
use serde_json::Value;
use support::Folder;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\nspec:\n  hostPID: true\n  containers: [{name: a, image: 'a:1', securityContext: {privileged: false}}]\n";

fn control<'v>(sheet: &'v Value, id: &str) -> &'v Value {
    let controls = sheet["controls"].as_array().unwrap();
    controls.iter().find(|control| control["id"] == id).unwrap_or_else(|| panic!("{id}"))
}

#[test]
fn controls_come_out_as_their_rules() {
    let folder = Folder::new(&[("app/pod.yaml", POD)]);
    let said = folder.run(&["compliance", "pss-baseline", "app", "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let sheet = said.json();
    for (id, outcome) in [("2", "fail"), ("3", "pass"), ("1", "pass")] {
        assert_eq!(control(&sheet, id)["outcome"], outcome, "{}", control(&sheet, id));
    }
    let rules = control(&sheet, "2")["rules"].as_array().unwrap();
    let of = |id: &str| rules.iter().find(|rule| rule["id"] == id).unwrap();
    assert_eq!((&of("host-pid")["fail"], &of("host-ipc")["fail"]), (&1.into(), &0.into()));
    let sums = sheet["sums"].as_object().unwrap();
    let all: u64 = sums.values().map(|number| number.as_u64().unwrap()).sum();
    assert_eq!(all, sheet["controls"].as_array().unwrap().len() as u64);
    // Rules that are not selected are not taken for passed, nor for missing.
    let sheet = folder.run(&["compliance", "pss-baseline", "app", "--rule", "host-pid", "--format", "json"]).json();
    assert_eq!(control(&sheet, "3")["outcome"], "not-run");
    let gated = folder.run(&["compliance", "pss-baseline", "app", "--fail-on", "high"]);
    assert_eq!(gated.code, 1);
}

#[test]
fn rules_of_ones_own_are_evidence_where_they_say_so() {
    let policy = "module own\n\nrule own-users on Pod p {\n  title    \"T\"\n  severity low\n  controls [\"cis-k8s-1.12:3.1.1\"]\n\n  require exists p.metadata.labels.team\n    else \"m\"\n}\n";
    let folder = Folder::new(&[("app/pod.yaml", POD), ("own.policy", policy)]);
    let args = ["compliance", "cis-k8s-1.12", "app", "-p", "own.policy", "--format", "json"];
    let sheet = folder.run(&args).json();
    assert_eq!(control(&sheet, "3.1.1")["outcome"], "fail");
    // The older version counts the same.
    let sheet = folder.run(&["compliance", "cis-k8s-1.10", "app", "-p", "own.policy", "--format", "json"]).json();
    assert_eq!(control(&sheet, "3.1.1")["outcome"], "fail");
}

#[test]
fn what_was_not_read_lets_nothing_pass() {
    let folder = Folder::new(&[("app/pod.yaml", POD), ("app/bad.yaml", "kind: Pod\napiVersion: v1\nmetadata: {\n")]);
    for (format, part) in [
        ("text", "app/bad.yaml"),
        ("json", "\"app/bad.yaml\""),
        ("csv", "app/bad.yaml,,not read"),
        ("html", "<code>app/bad.yaml</code>"),
    ] {
        let said = folder.run(&["compliance", "pss-baseline", "app", "--format", format]);
        assert_eq!(said.code, 4, "{format}");
        assert!(said.out.contains(part), "{format}: {}", said.out);
    }
    let sheet = folder.run(&["compliance", "pss-baseline", "app", "--format", "json"]).json();
    assert_eq!(sheet["sums"]["pass"], 0);
    assert_eq!(control(&sheet, "3")["outcome"], "undecided");
    assert_eq!(control(&sheet, "2")["outcome"], "fail");
}

#[test]
fn standards_are_known_by_their_names() {
    let folder = Folder::new(&[("app/pod.yaml", POD)]);
    let said = folder.run(&["compliance", "pci-dss-4", "app"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("there is no standard `pci-dss-4`") && said.err.contains("`pci-dss-4.0`"),
        "{}",
        said.err
    );
    let page = folder.run(&["compliance", "nist-800-190", "app", "--format", "html"]);
    assert!(!page.out.contains("<script") && !page.out.contains("https:"), "it needs no network");
}
