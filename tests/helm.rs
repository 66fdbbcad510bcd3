//! Rendered charts: findings name the template, and charts are rendered where helm is at hand.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use support::{Folder, Said};

/// What a stand-in for helm writes; `$values` is the file of values, if there is one.
const HELM: &str = "#!/bin/sh
for arg in \"$@\"; do values=\"$arg\"; done
case \"$values\" in *.yaml) ;; *) values= ;; esac
echo \"$@\" >>\"${0%/bin/helm}/asked\"
env | /usr/bin/env sort >\"${0%/bin/helm}/variables\"
case \"$values\" in
*/broken.yaml) echo 'WARN: odd' >&2; echo \"Error: execution error at ($3/templates/pod.yaml:1:3): no
  image\" >&2; exit 1 ;;
esac
echo '---
# Source: shop/templates/pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: release-name-shop, namespace: release-namespace}
spec:
  hostNetwork: true'
case \"$values\" in */wide.yaml) echo '  hostPID: true' ;; esac
echo '---
# Source: shop/charts/cache/templates/pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: cache}
spec: {hostIPC: true}'
";

const RULES: [&str; 6] = ["--rule", "host-network", "--rule", "host-pid", "--rule", "host-ipc"];

fn chart() -> Folder {
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Release.Name }}}\n";
    let folder = Folder::new(&[
        ("charts/shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("charts/shop/values.yaml", "a: 1\n"),
        ("charts/shop/ci/wide.yaml", "b: 1\n"),
        ("charts/shop/templates/pod.yaml", template),
        ("charts/shop/charts/cache/Chart.yaml", "apiVersion: v2\nname: cache\nversion: 1.0.0\n"),
        ("charts/shop/charts/cache/templates/pod.yaml", template),
        ("plain.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: plain}\nspec: {hostPID: true}\n"),
        ("bin/helm", HELM),
    ]);
    std::fs::set_permissions(folder.0.join("bin/helm"), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Runs `check` with a PATH on which the stand-in comes first, or on which there is nothing.
fn check(folder: &Folder, helm: bool, args: &[&str]) -> Said {
    let path = if helm { folder.0.join("bin") } else { folder.0.join("none") };
    let output = Command::new(env!("CARGO_BIN_EXE_policyc"))
        .arg("check")
        .args(RULES)
        .args(args)
        .current_dir(&folder.0)
        .env("PATH", format!("{}:/nonexistent", path.display()))
        .env("SECRET_OF_THE_CALLER", "hunter2")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// `message: origin [scenarios]` of each finding.
fn told(said: &Said) -> Vec<String> {
    let report = said.json();
    let findings = report["findings"].as_array().unwrap().iter();
    let line = |finding: &Value| {
        let origin = &finding["origin"];
        format!("{}: {} {}", finding["message"].as_str().unwrap(), origin["file"], origin["scenarios"])
    };
    findings.map(line).collect()
}

#[test]
fn charts_are_rendered_with_each_set_of_values() {
    let folder = chart();
    let said = check(&folder, true, &[".", "--format", "json"]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    let (both, wide) = (r#"["default values","ci/wide.yaml"]"#, r#"["ci/wide.yaml"]"#);
    let (pod, cache) = ("charts/shop/templates/pod.yaml", "charts/shop/charts/cache/templates/pod.yaml");
    assert_eq!(
        told(&said),
        [
            format!(
                "the pod of Pod release-namespace/release-name-shop shares the processes of its node: \"{pod}\" {wide}"
            ),
            format!(
                "the pod of Pod release-namespace/release-name-shop shares the network of its node: \"{pod}\" {both}"
            ),
            format!("the pod of Pod cache shares the inter-process communication of its node: \"{cache}\" {both}"),
            "the pod of Pod plain shares the processes of its node: null null".to_owned(),
        ]
    );
    let report = said.json();
    assert_eq!(report["findings"][0]["file"], "charts/shop (ci/wide.yaml)");
    assert_eq!(report["findings"][0]["range"]["start"]["line"], 8);
    let summary = &report["summary"];
    let counts = ["files", "judged", "notApplicable", "failed", "fail"].map(|name| summary[name].as_u64().unwrap());
    assert_eq!(counts, [9, 3, 6, 0, 4], "{summary}");
    let asked = std::fs::read_to_string(folder.0.join("asked")).unwrap();
    let lines: Vec<&str> = asked.lines().collect();
    let shop = folder.0.canonicalize().unwrap().join("charts/shop");
    let common = format!(
        "template release-name {} --namespace release-namespace --include-crds --kube-version 1.37",
        shop.display()
    );
    let wide = format!("{common} --values {}/ci/wide.yaml", shop.display());
    assert!(lines.len() == 2 && lines.contains(&&*common) && lines.contains(&&*wide), "{asked}");
    let variables = std::fs::read_to_string(folder.0.join("variables")).unwrap();
    assert!(variables.contains("HELM_PLUGINS=") && !variables.contains("hunter2"), "{variables}");
}

#[test]
fn people_and_viewers_are_told_the_template_too() {
    let folder = chart();
    let said = check(&folder, true, &["charts", "--full"]);
    let from = "    from: charts/shop/templates/pod.yaml with default values, ci/wide.yaml\n";
    assert!(said.out.contains(from) && said.out.contains("charts/shop (default values):7:16"), "{}", said.out);
    let note = "note: charts were rendered by helm, as release `release-name` in namespace `release-namespace`\n";
    assert!(said.out.contains(note) && said.out.contains("2 templates of rendered charts"), "{}", said.out);
    let said = check(&folder, true, &["charts", "--quiet"]);
    assert!(said.out.contains("(from charts/shop/templates/pod.yaml with ci/wide.yaml)\n"), "{}", said.out);
    let log = check(&folder, true, &["charts", "--format", "sarif"]).json();
    let result = &log["runs"][0]["results"][0];
    let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!((uri, &result["relatedLocations"][0]["id"]), (&json!("charts/shop/templates/pod.yaml"), &json!(1)));
}

#[test]
fn a_namespace_is_that_of_the_release() {
    let folder = chart();
    let said =
        check(&folder, true, &["charts/shop", "--namespace", "demo", "--kubernetes", "1.30", "--format", "json"]);
    assert_eq!(said.code, 1);
    let asked = std::fs::read_to_string(folder.0.join("asked")).unwrap();
    assert!(asked.contains("--namespace demo --include-crds --kube-version 1.30"), "{asked}");
}

#[test]
fn what_cannot_be_rendered_is_not_passed_over() {
    let folder = chart();
    folder.write("charts/shop/ci/broken.yaml", b"b: 1\n");
    let said = check(&folder, true, &[".", "--format", "json"]);
    assert_eq!(said.code, 4);
    let report = said.json();
    let problem = &report["diagnostics"][0];
    assert_eq!((&problem["code"], &problem["severity"]), (&json!("helm/render"), &json!("error")));
    assert_eq!(problem["file"], "charts/shop/ci/broken.yaml");
    let message = "the chart is not judged with ci/broken.yaml: execution error at (templates/pod.yaml:1:3): no image";
    assert_eq!((&problem["message"], told(&said).len()), (&json!(message), 4));
}

#[test]
fn a_chart_that_asks_for_values_is_judged_with_those_of_its_checks() {
    let folder = chart();
    let script = HELM.replace(
        "case \"$values\" in\n*/broken",
        "case \"$values\" in\n'') echo Error: no image >&2; exit 1 ;;\n*/broken",
    );
    folder.write("bin/helm", script.as_bytes());
    let report = check(&folder, true, &["charts", "--format", "json"]).json();
    let problem = &report["diagnostics"][0];
    assert_eq!((&problem["severity"], &problem["file"]), (&json!("warning"), &json!("charts/shop/Chart.yaml")));
    assert_eq!(report["summary"]["fail"], 3);
    std::fs::remove_dir_all(folder.0.join("charts/shop/ci")).unwrap();
    let said = check(&folder, true, &["charts", "--format", "json"]);
    let codes: Vec<Value> =
        said.json()["diagnostics"].as_array().unwrap().iter().map(|problem| problem["code"].clone()).collect();
    assert_eq!((said.code, codes), (4, vec![json!("helm/render"), json!("yaml/template"), json!("yaml/template")]));
}

#[test]
fn libraries_have_nothing_to_render() {
    let folder = chart();
    folder.write("bin/helm", b"#!/bin/sh\necho 'Error: library charts are not installable' >&2\nexit 1\n");
    let said = check(&folder, true, &["charts"]);
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(
        said.out.contains("note: the chart `charts/shop` is a library, which has nothing to render\n"),
        "{}",
        said.out
    );
}

#[test]
fn without_helm_charts_are_not_judged_and_the_summary_says_what_to_do() {
    let folder = chart();
    for (helm, args, why) in [
        (false, &["charts"][..], "there is no helm on the PATH"),
        (true, &["charts", "--no-helm"], "--no-helm forbids it"),
    ] {
        let said = check(&folder, helm, args);
        let note = format!(
            "note: the chart `charts/shop` was not rendered, since {why}: render it with `helm template charts/shop | policyc check -`\n"
        );
        assert!(said.code == 4 && said.out.contains(&note), "{}", said.out);
        assert!(!folder.0.join("asked").exists());
    }
}

#[test]
fn a_program_in_the_tree_is_never_started() {
    let folder = chart();
    let output = Command::new(env!("CARGO_BIN_EXE_policyc"))
        .args(["check", "."])
        .current_dir(folder.0.join("bin"))
        .env("PATH", "bin:.:")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    folder.write("bin/Chart.yaml", b"name: x\n");
    folder.write("bin/templates/a.yaml", b"a: {{ 1 }}\n");
    let output = Command::new(env!("CARGO_BIN_EXE_policyc"))
        .args(["check", "."])
        .current_dir(folder.0.join("bin"))
        .env("PATH", "bin:.:")
        .output()
        .unwrap();
    assert!(output.status.code() == Some(4) && !folder.0.join("asked").exists());
}

#[test]
fn rendered_text_names_its_templates() {
    let text = "---\n# Source: shop/templates/pod.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true}\n---\n\
                apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {hostPID: true}\n";
    let folder = Folder::new(&[("rendered.yaml", text)]);
    for said in [
        folder.run(&["check", "--rule", "host-pid", "--format", "json", "rendered.yaml"]),
        folder.run_with(&["check", "--rule", "host-pid", "--format", "json", "-"], text.as_bytes()),
    ] {
        let report = said.json();
        let origin = json!({"file": "shop/templates/pod.yaml", "range": null, "scenarios": []});
        assert_eq!((&report["findings"][0]["origin"], &report["findings"][1]["origin"]), (&origin, &Value::Null));
        assert_eq!(report["findings"][1]["resource"]["name"], "b");
    }
    let said = folder.run(&["check", "--rule", "host-pid", "rendered.yaml"]);
    assert_eq!(said.out.matches("    from: shop/templates/pod.yaml\n").count(), 1, "{}", said.out);
}

#[test]
fn what_kustomize_builds_names_its_objects() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: shop\nspec:\n  hostPID: true\n---\n\
                apiVersion: v1\nkind: Pod\nmetadata:\n  name: b\nspec:\n  hostPID: true\n";
    let folder = Folder::new(&[]);
    let report = folder.run_with(&["check", "--rule", "host-pid", "--format", "json", "-"], text.as_bytes()).json();
    let named = |place: usize| {
        let finding = &report["findings"][place];
        (finding["resource"]["namespace"].clone(), finding["resource"]["name"].clone(), finding["origin"].clone())
    };
    assert_eq!(named(0), (json!("shop"), json!("a"), Value::Null));
    assert_eq!(named(1), (Value::Null, json!("b"), Value::Null));
}

#[test]
fn the_folder_is_found_from_anywhere() {
    let folder = chart();
    let output = Command::new(env!("CARGO_BIN_EXE_policyc"))
        .args(["check", "--format", "json", "--rule", "host-ipc"])
        .current_dir(folder.0.join("charts/shop"))
        .env("PATH", folder.0.join("bin"))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(finding["origin"]["file"], "charts/cache/templates/pod.yaml");
    assert!(Path::new(finding["file"].as_str().unwrap()).starts_with(". (default values)"), "{finding}");
}
