//! Odd, broken and hostile inputs: each ends in exactly one way, and costs nothing but itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
use support::{Folder, Said};

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    image: a:1\n";

fn check(name: &str, bytes: &[u8]) -> Said {
    let folder = Folder::new(&[]);
    folder.write(name, bytes);
    folder.run(&["check", "--format", "json", name])
}

fn codes(said: &Said) -> Vec<String> {
    let report = said.json();
    let diagnostics = report["diagnostics"].as_array().unwrap();
    diagnostics.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()
}

/// judged, not applicable, failed; always as many as files.
fn statuses(said: &Said) -> (u64, u64, u64) {
    let summary = &said.json()["summary"];
    let count = |name: &str| summary[name].as_u64().unwrap();
    let all = (count("judged"), count("notApplicable"), count("failed"));
    assert_eq!(count("files"), all.0 + all.1 + all.2);
    all
}

#[test]
fn what_cannot_be_read_fails_with_a_place() {
    let deep = format!("a: {}", "[".repeat(20_000));
    let cases: &[(&str, &[u8])] = &[
        ("tabs", b"a:\n\tb: c\n"),
        ("nul", b"a: b\0\n"),
        ("binary", b"\x7fELF\x02\x01\x01\0\0\0"),
        ("latin-1", b"a: caf\xe9\n"),
        ("deep", deep.as_bytes()),
        ("self", b"a: &a [*b]\n"),
        ("template", b"kind: Pod\nname: {{ .Values.name }}\n"),
    ];
    for (what, bytes) in cases {
        let said = check("a.yaml", bytes);
        assert_eq!((said.code, statuses(&said)), (4, (0, 0, 1)), "{what}: {}", said.out);
        assert!(said.json()["diagnostics"][0]["range"]["start"]["line"].as_u64() >= Some(1), "{what}");
    }
}

#[test]
fn a_broken_document_costs_only_itself() {
    let text = format!("{POD}    tty: \"x\"\n---\na: [\n---\n{POD}    stdin: \"y\"\n");
    let said = check("a.yaml", text.as_bytes());
    let report = said.json();
    assert_eq!((said.code, statuses(&said)), (4, (0, 0, 1)));
    assert_eq!(report["summary"]["resources"], 2);
    let types = report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == "schema/type");
    let lines: Vec<u64> = types.map(|finding| finding["range"]["start"]["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [8, 19]);
}

#[test]
fn what_is_no_object_is_counted() {
    for (name, text) in [
        ("empty.yaml", ""),
        ("comment.yaml", "# nothing\n"),
        ("values.yaml", "replicas: 3\n"),
        ("compose.yaml", "services: {web: {image: nginx}}\n"),
        ("package.json", "{\"name\": \"x\"}\n"),
        ("kustomization.yaml", "resources: [a.yaml]\n"),
        ("notes.md", "# Notes: [\n"),
    ] {
        let said = check(name, text.as_bytes());
        assert_eq!((said.code, statuses(&said)), (0, (0, 1, 0)), "{name}: {}", said.out);
    }
}

#[test]
fn templates_say_how_to_render_them() {
    let folder = Folder::new(&[
        ("chart/Chart.yaml", "apiVersion: v2\nname: c\n"),
        ("chart/templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"{{ .Release.Name }}\"}\n"),
    ]);
    let said = folder.run(&["check", "chart", "--no-helm", "--format", "json"]);
    assert_eq!((said.code, codes(&said)), (4, vec!["yaml/template".to_owned()]));
    assert!(said.out.contains("helm template"));
}

#[test]
fn aliases_cost_no_more_than_their_text() {
    let mut bomb =
        String::from("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    let said = check("a.yaml", bomb.as_bytes());
    assert!(matches!(said.code, 1 | 4), "{}{}", said.out, said.err);
}

#[cfg(unix)]
#[test]
fn links_are_followed_once_and_loops_end() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new(&[("in/a.yaml", POD), ("out/b.yaml", POD)]);
    symlink(&folder.0, folder.0.join("in/loop")).unwrap();
    symlink(folder.0.join("in"), folder.0.join("in/self")).unwrap();
    symlink("a.yaml", folder.0.join("in/same.yaml")).unwrap();
    symlink(folder.0.join("out/b.yaml"), folder.0.join("in/other.yaml")).unwrap();
    symlink("nowhere", folder.0.join("in/gone.yaml")).unwrap();
    let said = folder.run(&["check", "in", "--format", "json", "--rule", "schema/type"]);
    assert_eq!((said.code, statuses(&said)), (4, (2, 0, 1)), "{}{}", said.out, said.err);
}

#[test]
fn values_that_kubernetes_reads_otherwise_are_found() {
    let pod = |context: &str| format!("{POD}    securityContext: {context}\n");
    for (context, expected) in [
        ("{privileged: \"true\"}", vec![("schema/type", "\"true\"")]),
        ("{privileged: yes}", vec![("yaml/ambiguous-scalar", "yes")]),
        ("{privileged: Y}", vec![("yaml/ambiguous-scalar", "Y")]),
        ("{privileged: true, privileged: false}", vec![("yaml/duplicate-key", "privileged")]),
        ("{privilegd: true}", vec![("schema/unknown-field", "privilegd")]),
        ("{privileged: true}", vec![]),
    ] {
        let text = pod(context);
        let folder = Folder::new(&[("a.yaml", &text)]);
        let mut args = vec!["check", "a.yaml", "--format", "json"];
        for rule in ["schema/type", "schema/unknown-field", "yaml/ambiguous-scalar", "yaml/duplicate-key"] {
            args.extend(["--rule", rule]);
        }
        let report = folder.run(&args).json();
        let findings = report["findings"].as_array().unwrap().iter();
        let under = |finding: &serde_json::Value| {
            let offset = |end: &str| usize::try_from(finding["range"][end]["offset"].as_u64().unwrap()).unwrap();
            (finding["rule"].as_str().unwrap().to_owned(), text[offset("start")..offset("end")].to_owned())
        };
        let found: Vec<(String, String)> = findings.map(under).collect();
        let expected: Vec<(String, String)> =
            expected.into_iter().map(|(rule, text)| (rule.to_owned(), text.to_owned())).collect();
        assert_eq!(found, expected, "{context}");
    }
}

#[test]
fn what_a_kustomization_takes_from_elsewhere_is_told() {
    let folder = Folder::new(&[("k/kustomization.yaml", "resources:\n- github.com/x/y//deploy?ref=v1\n- ../base\n")]);
    let said = folder.run(&["check", "k"]);
    assert!(said.out.contains("what this takes from elsewhere is not judged"), "{}{}", said.out, said.err);
    let report = folder.run(&["check", "k", "--format", "json"]).json();
    let told: Vec<_> = report["diagnostics"].as_array().into_iter().flatten().collect();
    assert_eq!(told.len(), 1, "{report}");
    assert_eq!((&told[0]["code"], &told[0]["range"]["start"]["line"]), (&"input/elsewhere".into(), &2.into()));
}

#[test]
fn patches_of_a_kustomization_are_partial() {
    let folder = Folder::new(&[
        ("k/kustomization.yaml", "patches:\n- path: patch.yaml\n- path: ops.yaml\n"),
        ("k/patch.yaml", POD),
        ("k/ops.yaml", "- {op: remove, path: /spec}\n"),
    ]);
    let said = folder.run(&["check", "k", "--format", "json"]);
    assert_eq!(statuses(&said), (1, 2, 0));
    assert_eq!(said.json()["summary"]["partial"], 1);
}

#[test]
fn standard_input_has_the_name_that_is_given() {
    let folder = Folder::new(&[]);
    let text = format!("{POD}    tty: 1\n");
    let said = folder.run_with(
        &["check", "-", "--stdin-filename", "x.yaml", "--format", "json", "--rule", "schema/type"],
        text.as_bytes(),
    );
    assert_eq!(said.code, 1);
    assert_eq!(said.json()["findings"][0]["file"], "x.yaml");
    let said = folder.run_with(&["check", "-", "--stdin-filename", "x.txt", "--format", "json"], b"FROM x\n");
    assert_eq!((said.code, statuses(&said)), (0, (0, 1, 0)));
}

/// Where the findings of one rule start: line and text of the help.
fn found(text: &str, rule: &str) -> Vec<(u64, String)> {
    let folder = Folder::new(&[("a.yaml", text)]);
    let report = folder.run(&["check", "a.yaml", "--format", "json", "--rule", rule]).json();
    let findings = report["findings"].as_array().unwrap().iter();
    let line = |finding: &serde_json::Value| finding["range"]["start"]["line"].as_u64().unwrap();
    findings.map(|finding| (line(finding), finding["help"].as_str().unwrap_or_default().to_owned())).collect()
}

#[test]
fn items_are_judged_whatever_the_list_is_called() {
    let pod = "- apiVersion: v1\n  kind: Pod\n  metadata: {name: p}\n  spec:\n    containers:\n    - name: c\n      \
               image: a:1\n      securityContext: {privileged: true}\n";
    for head in [
        "apiVersion: v1\nkind: List",
        "apiVersion: v1\nkind: ConfigMap",
        "apiVersion: v1\nkind: Pod",
        "apiVersion: v1\nkind: list",
        "apiVersion: example.org/v1\nkind: Foo",
        "kind: List\n",
        "kind: Foo\n",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization",
    ] {
        let lines: Vec<u64> = found(&format!("{head}\nitems:\n{pod}"), "privileged-container")
            .into_iter()
            .map(|(line, _)| line)
            .collect();
        assert_eq!(lines, [11], "{head}");
    }
}

#[test]
fn what_is_no_object_where_one_belongs_is_told() {
    let places = |text: &str| -> Vec<(String, u64)> {
        let said = check("a.yaml", text.as_bytes());
        let report = said.json();
        let diagnostics = report["diagnostics"].as_array().unwrap().iter();
        let place = |problem: &serde_json::Value| {
            assert_eq!(problem["severity"], "warning");
            (problem["code"].as_str().unwrap().to_owned(), problem["range"]["start"]["line"].as_u64().unwrap())
        };
        diagnostics.map(place).collect()
    };
    let stray = |line| ("input/not-an-object".to_owned(), line);
    let list = "apiVersion: v1\nkind: List\nitems:\n- ~\n- 1\n- kind: Pod\n- {apiVersion: v1}\n";
    assert_eq!(places(list), [4, 5, 6, 7].map(stray));
    assert_eq!(places(&POD.replace("apiVersion: v1", "apiVersion: ~")), [stray(1)]);
    assert_eq!(places(&format!("{POD}items: []\n")), [("input/list-kind".to_owned(), 2)]);
    assert_eq!(places("a: 1\n...\n%YAML 1.1\n---\nb: 2\n"), []);
    let many = format!("apiVersion: v1\nkind: List\nitems:\n{}", "- 1\n".repeat(50_000));
    assert!(places(&many).len() < 5_000);
}

#[test]
fn a_resource_is_whole_even_if_it_is_a_patch_elsewhere() {
    for (resources, partial) in [("", 1), ("resources: [a.yaml]\n", 0), ("resources: [../k/a.yaml]\n", 0)] {
        let folder = Folder::new(&[
            ("k/kustomization.yaml", &format!("{resources}patches: [{{path: a.yaml}}]\n")),
            ("k/a.yaml", POD),
        ]);
        let said = folder.run(&["check", "k", "--format", "json"]);
        assert_eq!(said.json()["summary"]["partial"], partial, "{resources}");
    }
}

#[test]
fn kinds_that_kubernetes_does_not_have_are_found() {
    for (api_version, kind, line, help) in [
        ("v1", "pod", 2, "did you mean `Pod`?"),
        ("v1", "Deployment", 1, "`Deployment` is a kind of `apps/v1`"),
        ("apps", "Deployment", 1, "`Deployment` is a kind of `apps/v1`"),
        ("Apps/v1", "Deployment", 1, "`Deployment` is a kind of `apps/v1`"),
        ("V1", "Pod", 1, "`Pod` is a kind of `v1`"),
        ("apps/v1", "Deploymnet", 2, "did you mean `Deployment`?"),
        ("networking.k8s.io/v1", "NetworkPolice", 2, "did you mean `NetworkPolicy`?"),
    ] {
        let text = format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n");
        assert_eq!(found(&text, "schema/unknown-kind"), [(line, help.to_owned())], "{api_version} {kind}");
    }
    for (api_version, kind) in [
        ("v1", "Pod"),
        ("v1", "Config"),
        ("v1", "PodList"),
        ("extensions/v1beta1", "Deployment"),
        ("example.org/v1", "pod"),
        ("x.x-k8s.io/v1", "Pod"),
        ("skaffold/v4beta6", "Config"),
        ("v1alpha1", "Thing"),
    ] {
        let text = format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n");
        assert_eq!(found(&text, "schema/unknown-kind"), [], "{api_version} {kind}");
    }
}

#[test]
fn a_configuration_file_is_told_of_and_no_input() {
    let folder = Folder::new(&[(".git/HEAD", ""), ("policyc.yaml", "rules: {}\n"), ("in/a.yaml", POD)]);
    let note = serde_json::json!(["configured by policyc.yaml"]);
    for (args, notes) in [
        (&["check", "in", "--format", "json"][..], &note),
        (&["check", ".", "--format", "json"], &note),
        (&["check", "in/a.yaml", "--format", "json"], &note),
        (&["check", "in", "--format", "json", "--no-config"], &serde_json::json!([])),
        (&["check", "policyc.yaml", "--format", "json"], &note),
    ] {
        let report = folder.run(args).json();
        assert_eq!((&report["notes"], &report["summary"]["files"]), (notes, &serde_json::json!(1)), "{args:?}");
    }
    // A manifest is one whatever it is called.
    folder.write("in/policyc.yaml", POD.as_bytes());
    assert_eq!(folder.run(&["check", "in", "--format", "json"]).json()["summary"]["judged"], 2);
}

#[test]
fn json_with_a_comment_before_it_fails() {
    for (text, code) in
        [("// c\n{\"apiVersion\": \"v1\"}\n", 4), ("// c\n{\n  \"a\": 1\n}\n", 4), ("// c\n", 4), ("\"a\"\n", 0)]
    {
        let said = check("a.json", text.as_bytes());
        assert_eq!(said.code, code, "{text}: {}", said.out);
    }
}
