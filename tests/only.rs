//! `--only`: judged with the whole tree, told for the named files alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::json;
use support::{Folder, Said};

const POLICY: &str = "\
module own.t
rule has-config on Pod p {
  title \"The configuration is there\"
  severity high
  for c in p.spec.containers {
    for e in c.envFrom where exists e.configMapRef.name {
      require any m in docs(ConfigMap): m.metadata.name == e.configMapRef.name
        else \"there is no ConfigMap `{e.configMapRef.name}`\"
    }
  }
}
rule no-host-network on Pod p {
  title \"No host network\"
  severity high
  forbid p.spec.hostNetwork == true else \"`{p.metadata.name}` is on the host network\"
}
exempt no-host-network for Pod p where p.metadata.name like \"old-*\" because \"later\" until 2027-01-31
";

fn pod(name: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  hostNetwork: true\n  containers:\n  - name: c\n    \
         image: a:1\n    envFrom: [{{configMapRef: {{name: settings}}}}]\n"
    )
}

fn tree() -> Folder {
    let policy_free = [("web", "deploy/web.yaml"), ("api", "deploy/api.yaml"), ("old-one", "deploy/old.yaml")];
    let folder = Folder::new(&[
        ("deploy/settings.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"),
        ("deploy/broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: [\n"),
        (".git/pod.yaml", &pod("hidden")),
        ("README.md", "apiVersion: v1\nkind: Pod [\n"),
        ("own.policy", POLICY),
    ]);
    policy_free.iter().for_each(|(name, file)| folder.write(file, pod(name).as_bytes()));
    folder
}

fn check(folder: &Folder, args: &[&str]) -> Said {
    let start =
        ["check", "--only", "-p", "own.policy", "--rule", "has-config", "--rule", "no-host-network", "--format"];
    folder.run(&[&start[..], &["json", "--as-of", "2026-11-23"], args].concat())
}

fn messages(said: &Said) -> Vec<String> {
    let report = said.json();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn only_the_named_files_are_told_and_all_is_evidence() {
    let folder = tree();
    let said = check(&folder, &["deploy/web.yaml"]);
    assert_eq!((said.code, messages(&said)), (1, vec!["`web` is on the host network".to_owned()]));
    let report = said.json();
    assert_eq!(report["summary"]["files"], 5, "{}", report["summary"]);
    let note = "only what concerns the named files is told; 1 finding and 1 diagnostic elsewhere are not";
    assert_eq!((&report["diagnostics"], &report["notes"]), (&json!([]), &json!([note])));
    assert_eq!((&report["summary"]["exempted"], &report["exempted"]), (&json!(0), &json!([])));
    let said = check(&folder, &["deploy/old.yaml"]);
    assert_eq!((said.code, said.json()["summary"]["exempted"].as_u64()), (0, Some(1)));
}

#[test]
fn without_the_tree_the_evidence_is_missing() {
    let folder = tree();
    folder.write("alone/web.yaml", pod("web").as_bytes());
    let said = check(&folder, &["alone/web.yaml", "--tree", "alone"]);
    assert_eq!(messages(&said), ["there is no ConfigMap `settings`", "`web` is on the host network"]);
}

#[test]
fn what_is_broken_elsewhere_is_told_where_it_is_named() {
    let folder = tree();
    assert_eq!(check(&folder, &["deploy/api.yaml", "deploy/broken.yaml"]).code, 4);
    assert_eq!(check(&folder, &["deploy/settings.yaml"]).code, 0);
    assert_eq!(messages(&check(&folder, &["deploy"])).len(), 2);
}

#[test]
fn whatever_a_hook_names_is_considered() {
    let folder = tree();
    // What git keeps is not part of the tree; a file of it that is named is.
    assert_eq!(messages(&check(&folder, &[".git/pod.yaml"])), ["`hidden` is on the host network"]);
    let said = check(&folder, &["README.md"]);
    assert_eq!((said.code, said.json()["diagnostics"].clone()), (0, json!([])));
    let said = check(&folder, &["gone.yaml"]);
    assert!(said.code == 2 && said.err.contains("there is no file or folder `gone.yaml`"), "{}", said.err);
    let said = folder.run(&["check", "--tree", "deploy"]);
    assert!(said.code == 2 && said.err.contains("--only"), "{}", said.err);
}

#[test]
fn an_unsaved_file_takes_the_place_of_the_one_on_disk() {
    let folder = tree();
    let args = ["check", "--only", "-p", "own.policy", "--rule", "no-host-network", "--format", "json"];
    let text = pod("web").replace("true", "false");
    let named = [&args[..], &["-", "--stdin-filename", "deploy/web.yaml"]].concat();
    let said = folder.run_with(&named, text.as_bytes());
    assert_eq!((said.code, messages(&said).len()), (0, 0), "{}{}", said.out, said.err);
}

#[cfg(unix)]
#[test]
fn values_concern_what_is_rendered_with_them() {
    use std::os::unix::fs::PermissionsExt;
    let helm = "#!/bin/sh
echo x >>\"${0%/helm}/asked\"
echo '---
# Source: c/templates/a.yaml
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {hostNetwork: true}'
case \"$*\" in *ci/b.yaml) echo '---
# Source: c/templates/b.yaml
apiVersion: v1
kind: Pod
metadata: {name: b}
spec: {hostNetwork: true}' ;; esac
";
    let template = "a: {{ 1 }}\n";
    let folder = Folder::new(&[
        ("bin/helm", helm),
        ("c/Chart.yaml", "name: c\n"),
        ("c/values.yaml", "a: 1\n"),
        ("c/ci/b.yaml", "b: 1\n"),
        ("c/templates/a.yaml", template),
        ("c/templates/b.yaml", template),
        ("c/templates/_help.yaml", template),
        ("d.yaml", "a: 1\n"),
    ]);
    std::fs::set_permissions(folder.0.join("bin/helm"), std::fs::Permissions::from_mode(0o755)).unwrap();
    for (file, found, renderings) in [
        ("c/templates/a.yaml", &["a"][..], 2),
        ("c/templates/b.yaml", &["b"], 2),
        ("c/templates/_help.yaml", &["a", "b"], 2),
        ("c/values.yaml", &["a", "b"], 2),
        ("c/ci/b.yaml", &["a", "b"], 2),
        ("d.yaml", &[], 0),
    ] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_policyc"))
            .args(["check", "--only", "--format", "json", "--rule", "host-network", file])
            .current_dir(&folder.0)
            .env("PATH", folder.0.join("bin"))
            .output()
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut names: Vec<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|found| found["resource"]["name"].as_str())
            .collect();
        names.sort_unstable();
        assert_eq!(names, found, "{file}: {report}");
        let asked = std::fs::read_to_string(folder.0.join("bin/asked")).unwrap_or_default();
        assert_eq!(asked.lines().count(), renderings, "{file}");
        let _ = std::fs::remove_file(folder.0.join("bin/asked"));
    }
}
