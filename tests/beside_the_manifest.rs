//! An attacker who may write beside a manifest, and nowhere else: whatever they put there, each finding of the manifest
//! is still reported, or the report counts what keeps it out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
use serde_json::Value;
use support::{Folder, Said};

const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: p, namespace: shop}
spec:
  hostNetwork: true
  containers:
  - name: web
    image: nginx:latest
    securityContext:
      privileged: true
";

/// The rules that find something in the manifest alone, which everything below is measured by.
const WATCHED: [&str; 2] = ["privileged-container", "image-tag-latest"];

fn check(folder: &Folder, args: &[&str]) -> Said {
    let mut all = vec!["check", "--format", "json", "--as-of", "2026-11-23"];
    all.extend(args);
    folder.run(&all)
}

fn ids(report: &Value, file: &str) -> Vec<String> {
    let all = report["findings"].as_array().unwrap().iter();
    let here = all.filter(|finding| {
        let origin = finding["origin"]["file"].as_str().unwrap_or_default();
        finding["file"] == file || origin.ends_with(file) || file.ends_with(origin) && !origin.is_empty()
    });
    let mut ids: Vec<String> = here.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// What a run says when the attacker adds files to `team/`, as if by a commit to that folder alone.
fn attack(files: &[(&str, &str)], args: &[&str]) -> (Said, Vec<String>) {
    let folder = Folder::new(&[(".git/HEAD", ""), ("README.md", ""), ("team/pod.yaml", POD)]);
    let clean = ids(&check(&folder, &["."]).json(), "team/pod.yaml");
    assert!(WATCHED.iter().any(|rule| clean.iter().any(|id| id == rule)), "{clean:?}");
    for (name, text) in files {
        folder.write(&format!("team/{name}"), text.as_bytes());
    }
    (check(&folder, args), clean)
}

/// The run is refused, or says everything that it said before, or says with numbers what is missing.
fn nothing_vanishes(files: &[(&str, &str)], how: &dyn Fn(&Value) -> bool) {
    for args in [&["."][..], &["team"], &["team/pod.yaml"], &["--only", "team/pod.yaml"]] {
        let (said, clean) = attack(files, args);
        if said.code == 2 {
            assert!(said.err.contains("team/"), "{files:?} {args:?}: {}", said.err);
            continue;
        }
        let report = said.json();
        let still = ids(&report, "team/pod.yaml");
        let whole = clean.iter().all(|id| still.contains(id));
        assert!(whole || how(&report), "{files:?} {args:?}: {still:?} of {clean:?}: {}", said.out);
    }
}

fn never(_: &Value) -> bool {
    false
}

#[test]
fn a_configuration_beside_it_loosens_nothing() {
    for text in [
        "rules: {'*': off}\n",
        "rules: {privileged-container: off}\n",
        "rules: {privileged-container: info}\n",
        "rules: {privileged-container: {suppress: true}}\nfailOn: critical\n",
        "inputs: {exclude: ['*']}\n",
        "inputs: {include: [nothing]}\n",
        "profile: pss-baseline\n",
        "profile: all\n",
        "policies: ['.']\n",
        "world: open\n",
        "projects: ['.']\n",
        "external: [{kind: '*', name: '*'}]\n",
        "allowOverride: ['rules.*']\nrules: {'*': off}\n",
        "packages: {a: .}\n",
        "",
    ] {
        nothing_vanishes(&[("policyc.yaml", text)], &never);
        // A repository of their own makes it no root.
        nothing_vanishes(&[("policyc.yaml", text), (".git/HEAD", "")], &never);
    }
}

#[test]
fn a_root_of_one_s_own_needs_the_root() {
    let folder = Folder::new(&[
        (".git/HEAD", ""),
        ("policyc.yaml", "rules: {privileged-container: {enabled: true, suppress: false}}\n"),
        ("team/pod.yaml", POD),
        ("team/.git/HEAD", ""),
        ("team/policyc.yaml", "rules: {privileged-container: {suppress: true}}\n"),
    ]);
    for args in [&["."][..], &["team"], &["team/pod.yaml"]] {
        let said = check(&folder, args);
        assert!(said.code == 2 && said.err.contains("team/policyc.yaml"), "{args:?}: {}{}", said.out, said.err);
    }
}

#[test]
fn names_that_begin_with_a_dot_hide_nothing() {
    let folder = Folder::new(&[
        (".git/HEAD", ""),
        (".git/pod.yaml", POD),
        (".pod.yaml", POD),
        (".hidden/pod.yaml", POD),
        ("team/.ignored.yaml", POD),
        ("team/.gitignore", ".ignored.yaml"),
    ]);
    let report = check(&folder, &["."]).json();
    for name in [".pod.yaml", ".hidden/pod.yaml"] {
        assert!(ids(&report, name).contains(&"privileged-container".to_owned()), "{name}: {report}");
    }
    assert!(report["passedOver"].to_string().contains("team/.ignored.yaml"), "{report}");
    assert_eq!(report["summary"]["files"], 2, "{}", report["summary"]);
}

#[test]
fn ignore_files_are_counted() {
    let counted = |report: &Value| {
        let groups = report["passedOver"].as_array().unwrap();
        let named = groups.iter().any(|group| group["names"].to_string().contains("team/pod.yaml"));
        named && report["summary"]["passedOver"].as_u64() >= Some(1)
    };
    for name in [".gitignore", ".ignore"] {
        for text in ["*\n", "pod.yaml\n", "*.yaml\n"] {
            nothing_vanishes(&[(name, text), ("other.json", "{}")], &counted);
        }
    }
    nothing_vanishes(&[(".policycignore", "*\n"), (".helmignore", "*\n"), (".dockerignore", "*\n")], &never);
}

#[test]
fn comments_without_a_reason_allow_nothing() {
    for comment in
        ["allow privileged-container", "allow-file privileged-container -- ", "allow * -- x", "ignore", "off"]
    {
        let folder = Folder::new(&[("team/pod.yaml", &format!("# policyc: {comment}\n{POD}"))]);
        let said = check(&folder, &["."]);
        assert!(
            ids(&said.json(), "team/pod.yaml").contains(&"privileged-container".to_owned()),
            "{comment}: {}",
            said.out
        );
        assert!(!said.json()["diagnostics"].as_array().unwrap().is_empty(), "{comment}");
    }
    let folder =
        Folder::new(&[("team/pod.yaml", &format!("# policyc: allow-file privileged-container -- why not\n{POD}"))]);
    let report = check(&folder, &["."]).json();
    assert_eq!(report["summary"]["suppressed"], 1, "with a reason it is counted: {report}");
}

#[test]
fn patches_and_kustomizations_are_counted() {
    let partial = |report: &Value| {
        report["summary"]["partial"].as_u64() >= Some(1)
            && report["partialObjects"].to_string().contains("team/pod.yaml")
    };
    for text in [
        "patches: [{path: pod.yaml}]\n",
        "patchesStrategicMerge: [pod.yaml]\n",
        "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\npatchesJson6902: [{path: pod.yaml, target: {kind: Pod}}]\n",
        "patches: [{path: ../team/pod.yaml}]\n",
    ] {
        nothing_vanishes(&[("kustomization.yaml", text)], &partial);
    }
    nothing_vanishes(&[("kustomization.yaml", "resources: [pod.yaml]\npatches: [{path: pod.yaml}]\n")], &never);
    nothing_vanishes(
        &[(
            "kustomization.yaml",
            "resources: [pod.yaml]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: Pod\n    metadata: {name: p, namespace: shop}\n    spec: {hostNetwork: false}\n",
        )],
        &never,
    );
}

#[test]
fn other_objects_and_kinds_change_nothing() {
    for (name, text) in [
        (
            "crd.yaml",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: pods.}\nspec:\n  group: ''\n  scope: Namespaced\n  names: {kind: Pod, plural: pods}\n  versions:\n  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}\n",
        ),
        ("pod2.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {containers: []}\n"),
        ("list.yaml", "apiVersion: v1\nkind: List\nitems: []\n"),
        ("exempt.policy", "module x\nexempt privileged-container for Pod p because \"x\" until 2099-01-01\n"),
        ("x.profile.yaml", "name: recommended\nrules: []\n"),
        ("policyc.lock", "version: 1\npackages: {}\n"),
        (".policyc-baseline", "v1:0\n"),
        ("ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, annotations: {policyc: allow}}\n"),
        ("broken.yaml", "a: [\n"),
        ("policyc.yml", "rules: {'*': off}\n"),
        (".policyc.yaml", "rules: {'*': off}\n"),
    ] {
        nothing_vanishes(&[(name, text)], &never);
    }
}

#[test]
fn a_chart_around_it_takes_nothing_away() {
    let told = |report: &Value| {
        let text = report["passedOver"].to_string();
        text.contains("team/templates/pod.yaml") || report["diagnostics"].to_string().contains("helm/render")
    };
    for chart in [
        "apiVersion: v2\nname: team\nversion: 0.1.0\n",
        "apiVersion: v2\nname: team\nversion: 0.1.0\ntype: library\n",
        "not a chart",
    ] {
        for ignore in ["", "*\n", "templates/pod.yaml\n"] {
            let folder = Folder::new(&[
                (".git/HEAD", ""),
                ("team/templates/pod.yaml", POD),
                ("team/Chart.yaml", chart),
                ("team/.helmignore", ignore),
            ]);
            for args in [&["."][..], &["team"], &[".", "--no-helm"]] {
                let said = check(&folder, args);
                let report = said.json();
                let found = ids(&report, "team/templates/pod.yaml");
                let found = found.contains(&"privileged-container".to_owned());
                assert!(found || told(&report), "{chart:?} {ignore:?} {args:?}: {}", said.out);
            }
        }
    }
}

#[test]
fn links_take_nothing_away() {
    #[cfg(unix)]
    {
        let folder = Folder::new(&[(".git/HEAD", ""), ("team/pod.yaml", POD)]);
        std::os::unix::fs::symlink(folder.0.join("team"), folder.0.join("team/loop")).unwrap();
        std::os::unix::fs::symlink("pod.yaml", folder.0.join("team/also.yaml")).unwrap();
        std::os::unix::fs::symlink("/dev/null", folder.0.join("team/policyc.yaml")).unwrap();
        let said = check(&folder, &["."]);
        assert!(ids(&said.json(), "team/pod.yaml").contains(&"privileged-container".to_owned()), "{}", said.out);
    }
}
