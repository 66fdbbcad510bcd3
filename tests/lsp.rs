//! `policyc lsp`, driven as an editor drives it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod editor;
mod support;

use editor::{Editor, uri};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use support::Folder;

const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: web:1.2
      securityContext:
        privileged: true
";

const NO_HOST_NETWORK: &str = "module own.net
rule own-network on Pod p {
  title    \"Pods have a network of their own\"
  severity high
  forbid p.spec.hostNetwork == true else \"{p.metadata.name} shares the network of its node\"
}
";

const DOCKERFILE: &str = "# syntax=docker/dockerfile:1
ARG BASE=alpine:3.20
FROM ${BASE} AS build
SHELL [\"/bin/ash\", \"-eo\", \"pipefail\", \"-c\"]
RUN --mount=type=cache,target=/c apk add --no-cache curl=8.9 && \\
    # why
    sh -c \"if curl -k https://host.example/x | tee /x; then sudo y; fi\" \\
    && for f in a b; do echo \"${f:-$(id -u)}\"; done
COPY <<EOF <<-\"END\" /etc/
key: ${BASE}
EOF
\tother
\tEND
HEALTHCHECK --interval=5s CMD [\"/x\", \"\\u00e9\"]
FROM scratch
COPY --from=build --chown=1:1 /x /x
ONBUILD ENV A=1 B='2 3' C=\"$A\"
EXPOSE 22 80-90/udp
USER 1000:1000
ENTRYPOINT [\"/x\"]
";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Only the rules about one thing, so that what a snapshot shows does not change with the library.
fn only(folder: &Folder) -> Editor {
    Editor::open_folders(&[&folder.0], json!({}), json!({"profile": "pss-baseline"}))
}

#[test]
fn the_handshake_comes_first_and_good_bye_last() {
    let mut editor = Editor::start();
    assert_eq!(editor.ask("textDocument/hover", json!({}))["code"], -32002);
    editor.tell("textDocument/didOpen", json!({}));
    let result = editor.ask("initialize", json!({"processId": null, "rootUri": null, "capabilities": {}}));
    assert_eq!(result["serverInfo"]["name"], "policyc");
    assert_eq!(result["capabilities"]["positionEncoding"], "utf-16");
    editor.tell("initialized", json!({}));
    assert_eq!(editor.ask("initialize", json!({"capabilities": {}}))["code"], -32600);
    assert_eq!(editor.ask("no/such", json!({}))["code"], -32601);
    assert_eq!(editor.ask("textDocument/hover", json!({"textDocument": 7}))["code"], -32602);
    editor.tell("no/such", json!({}));
    editor.tell("$/no/such", json!({}));
    editor.tell("textDocument/didOpen", json!({"textDocument": 7}));
    editor.send_bytes(b"Content-Length: 2\r\n\r\n{]");
    editor.send_bytes(b"Content-Length: 4\r\n\r\nnull");
    editor.settle();
    assert_eq!(editor.said.log.len(), 3, "{:?}", editor.said.log);
    assert_eq!(editor.ask("shutdown", Value::Null), Value::Null);
    assert_eq!(editor.ask("textDocument/hover", json!({}))["code"], -32600);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.code(), 0);
}

#[test]
fn leaving_without_good_bye_is_an_error() {
    let folder = Folder::new(&[]);
    assert_eq!(Editor::open_folder(&folder.0).hang_up(), 1);
    let mut editor = Editor::open_folder(&folder.0);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.code(), 1);
    assert_eq!(Editor::start().hang_up(), 1);
    assert_eq!(Editor::open_folder(&folder.0).leave(), 0);
}

/// The server says of a folder what `policyc check` says of it.
#[test]
fn an_editor_shows_what_check_reports() {
    let root = root().join("examples");
    let args = ["check", "--as-of", "2026-11-23", "--format", "json", "-p", "policies", "."];
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_policyc")).args(args).current_dir(&root).output();
    let report: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let line = |finding: &Value| {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        let start = &finding["range"]["start"];
        format!("{}:{}:{} {} {}", text("file"), start["line"], start["column"], text("rule"), text("message"))
    };
    let reported: BTreeSet<String> = report["findings"].as_array().unwrap().iter().map(line).collect();
    let mut editor = Editor::open_folder(&root);
    editor.wait_until("every file is judged", |said| said.diagnostics.len() >= 4);
    editor.settle();
    let prefix = format!("{}/", uri(&root));
    let mut shown = BTreeSet::new();
    for (uri, diagnostics) in &editor.said.diagnostics {
        for found in diagnostics {
            let start = &found["range"]["start"];
            let (line, column) = (start["line"].as_u64().unwrap() + 1, start["character"].as_u64().unwrap() + 1);
            let message = found["message"].as_str().unwrap().split("\nhelp: ").next().unwrap();
            let file = uri.strip_prefix(&prefix).unwrap();
            shown.insert(format!("{file}:{line}:{column} {} {message}", found["code"].as_str().unwrap()));
        }
    }
    assert!(!reported.is_empty());
    assert_eq!(shown, reported);
}

#[test]
fn the_configuration_of_the_folder_holds() {
    let folder = Folder::new(&[
        ("pod.yaml", POD),
        ("team/pod.yaml", POD),
        ("policyc.yaml", "profile: pss-baseline\nrules: {privileged-container: off}\n"),
        ("team/policyc.yaml", "rules: {privileged-container: high}\n"),
    ]);
    let mut editor = Editor::open_folder(&folder.0);
    let (here, team) = (uri(&folder.0.join("pod.yaml")), uri(&folder.0.join("team/pod.yaml")));
    let has = |said: &editor::Said, uri: &str| {
        said.diagnostics.get(uri).is_some_and(|all| all.iter().any(|found| found["code"] == "privileged-container"))
    };
    editor.wait_until("the folder below is judged", |said| has(said, &team));
    editor.settle();
    assert!(!has(&editor.said, &here), "{:?}", editor.said.diagnostics);
    let config = editor.open_file(&folder.0.join("policyc.yaml"));
    editor.rewrite(&config, "profile: pss-baseline\n");
    editor.wait_until("the rule is on", |said| has(said, &here));
    editor.rewrite(&config, "rules: {privileged-contaner: off}\n");
    let told = |said: &editor::Said| {
        let all = said.diagnostics.get(&config).into_iter().flatten();
        all.into_iter().any(|found| found["message"].to_string().contains("did you mean `privileged-container`?"))
    };
    editor.wait_until("the mistake is told", told);
    assert_eq!(editor.leave(), 0);
}

/// What a folder says of severities and parameters holds for the files in it, as `policyc check` has it.
#[test]
fn folders_have_severities_and_parameters_of_their_own() {
    let policy = "module own.few
param most: number = 5
rule own-few on Pod p {
  title    \"Pods have few containers\"
  severity low
  tags     [\"own\"]
  require count(p.spec.containers) <= most else \"{p} has more than {most} containers\"
}
";
    let root_says = "profile: pss-baseline\nrules: {privileged-container: low, own-few: on}\n\
                     allowOverride: [rules.own-few.params.most, rules.privileged-container]\n";
    let folder = Folder::new(&[
        ("few.policy", policy),
        ("pod.yaml", POD),
        ("team/pod.yaml", POD),
        ("team/inner/pod.yaml", POD),
        ("policyc.yaml", root_says),
        (
            "team/policyc.yaml",
            "rules: {privileged-container: critical, own-few: {severity: high, params: {most: 0}}}\n",
        ),
        ("team/inner/policyc.yaml", "rules: {own-few: {params: {most: 5}}}\n"),
    ]);
    let report = folder.run(&["check", "--as-of", "2026-11-23", "--format", "json", "--policy", "few.policy"]).json();
    let mut reported: Vec<(String, String, i64)> = Vec::new();
    for finding in report["findings"].as_array().unwrap() {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        let severity = match finding["severity"].as_str().unwrap() {
            "critical" | "high" => 1,
            "medium" => 2,
            "low" => 3,
            _ => 4,
        };
        reported.push((text("file"), text("rule"), severity));
    }
    let own = |file: &str, rule: &str, severity| (file.to_owned(), rule.to_owned(), severity);
    assert!(reported.contains(&own("pod.yaml", "privileged-container", 3)), "{reported:?}");
    assert!(reported.contains(&own("team/pod.yaml", "privileged-container", 1)), "{reported:?}");
    assert!(reported.contains(&own("team/pod.yaml", "own-few", 1)), "{reported:?}");
    assert!(!reported.iter().any(|(file, rule, _)| file == "team/inner/pod.yaml" && rule == "own-few"), "{reported:?}");
    let mut editor = Editor::open_folder(&folder.0);
    editor.wait_until("the folder's own parameters count", |said| {
        said.diagnostics.values().flatten().any(|found| found["code"] == "own-few")
    });
    editor.settle();
    let prefix = format!("{}/", uri(&folder.0));
    let mut shown: Vec<(String, String, i64)> = Vec::new();
    for (uri, diagnostics) in &editor.said.diagnostics {
        for found in diagnostics {
            let (file, code) = (uri.strip_prefix(&prefix).unwrap(), found["code"].as_str().unwrap());
            shown.push((file.to_owned(), code.to_owned(), found["severity"].as_i64().unwrap()));
        }
    }
    reported.sort();
    shown.sort();
    assert_eq!(shown, reported);
    assert_eq!(editor.leave(), 0);
}

/// The actions that an editor is offered where something was found.
fn actions(editor: &mut Editor, uri: &str, code: &str) -> Vec<Value> {
    let found = editor.said.diagnostics[uri].iter().find(|found| found["code"] == code).unwrap().clone();
    let params = json!({
        "textDocument": {"uri": uri},
        "range": found["range"],
        "context": {"diagnostics": [found], "only": ["quickfix"]},
    });
    editor.ask("textDocument/codeAction", params).as_array().unwrap().clone()
}

#[test]
fn a_finding_is_mended_or_allowed_by_an_action() {
    let policy = NO_HOST_NETWORK
        .replace("network of its node\"\n", "network of its node\"\n    fix safe set p.spec.hostNetwork = false\n");
    let text = POD.replace("spec:\n", "spec:\n  hostNetwork: true\n");
    let folder = Folder::new(&[("net.policy", &policy), ("pod.yaml", &text), ("pod.json", "")]);
    let mut editor = Editor::open_folder(&folder.0);
    let pod = editor.open_file(&folder.0.join("pod.yaml"));
    let own = |said: &editor::Said| {
        said.diagnostics.get(&pod).into_iter().flatten().any(|found| found["code"] == "own-network")
    };
    editor.wait_until("the rule of the project judges", own);
    let offered = actions(&mut editor, &pod, "own-network");
    let titles: Vec<&str> = offered.iter().map(|action| action["title"].as_str().unwrap()).collect();
    assert_eq!(titles.len(), 2, "{titles:?}");
    assert_eq!(
        (&offered[0]["isPreferred"], titles[1]),
        (&json!(true), "allow `own-network` by a comment (write the reason)")
    );
    let fix = &offered[0]["edit"]["changes"][&pod][0];
    assert_eq!((editor.under(&text, &fix["range"]).as_str(), &fix["newText"]), ("true", &json!("false")));
    let comment = &offered[1]["edit"]["changes"][&pod][0];
    assert_eq!(comment["newText"], "  # policyc: allow own-network -- \n");
    assert_eq!(comment["range"]["start"], json!({"line": 4, "character": 0}));
    // Without a reason the comment allows nothing, and says so; with one the finding is gone.
    editor.replace(&pod, "  hostNetwork", "  # policyc: allow own-network -- \n  hostNetwork");
    let unreasoned =
        |said: &editor::Said| said.diagnostics[&pod].iter().any(|found| found["code"] == "suppress/malformed");
    editor.wait_until("a reason is asked for", unreasoned);
    assert!(own(&editor.said));
    editor.replace(&pod, "own-network -- ", "own-network -- it routes");
    editor.wait_until("the finding is allowed", |said| !own(said) && !unreasoned(said));
    // JSON has no comments, so none is offered.
    let json_text = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}, \"spec\": {\"hostNetwork\": true}}";
    let pod = uri(&folder.0.join("pod.json"));
    editor.open(&pod, "json", json_text);
    editor.wait_until("JSON is judged", |said| {
        said.diagnostics.get(&pod).into_iter().flatten().any(|found| found["code"] == "own-network")
    });
    assert_eq!(actions(&mut editor, &pod, "own-network").len(), 1);
    assert_eq!(editor.leave(), 0);
}

/// What an action mends is what the folder's configuration finds, and what nobody may allow is not offered to be.
#[test]
fn actions_obey_the_configuration() {
    let says = "profile: pss-baseline\nrules: {run-as-non-root: high, privileged-container: {suppress: false}}\n";
    let folder = Folder::new(&[("pod.yaml", POD), ("policyc.yaml", says)]);
    let mut editor = Editor::open_folder(&folder.0);
    let pod = editor.open_file(&folder.0.join("pod.yaml"));
    editor.wait_until("both are found", |said| {
        let all = said.diagnostics.get(&pod).into_iter().flatten();
        let codes: BTreeSet<&str> = all.map(|found| found["code"].as_str().unwrap()).collect();
        codes.contains("run-as-non-root") && codes.contains("privileged-container")
    });
    let titles = |editor: &mut Editor, code: &str| -> Vec<String> {
        let all = actions(editor, &pod, code);
        all.iter().map(|action| action["title"].as_str().unwrap().to_owned()).collect()
    };
    let allows = |titles: &[String]| titles.iter().any(|title| title.starts_with("allow "));
    let privileged = titles(&mut editor, "privileged-container");
    assert!(!privileged.is_empty() && !allows(&privileged), "{privileged:?}");
    let root = titles(&mut editor, "run-as-non-root");
    assert!(root.len() > 1 && allows(&root), "a rule that only the configuration switches on: {root:?}");
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_manifest_is_judged_while_it_is_typed() {
    let folder = Folder::new(&[]);
    let mut editor = only(&folder);
    let uri = uri(&folder.0.join("pod.yaml"));
    editor.open(&uri, "yaml", "");
    for at in 0..POD.len() {
        editor.edit(&uri, at, at, &POD[at..=at]);
    }
    editor.wait_for(&uri);
    editor.settle();
    insta::assert_snapshot!("typed_manifest", editor.picture(&uri));
    // Written at once it looks the same.
    let typed = editor.said.diagnostics[&uri].clone();
    editor.close(&uri);
    editor.open(&uri, "yaml", POD);
    editor.said.versions.clear();
    editor.wait_for(&uri);
    editor.settle();
    assert_eq!(editor.said.diagnostics[&uri], typed);
    // And put right, nothing is wrong.
    editor.replace(&uri, "privileged: true", "privileged: false");
    editor.wait_for(&uri);
    editor.settle();
    assert_eq!(editor.picture(&uri), "nothing is wrong\n");
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_policy_is_compiled_while_it_is_typed_and_then_judges() {
    let folder = Folder::new(&[("pod.yaml", &POD.replace("spec:\n", "spec:\n  hostNetwork: true\n"))]);
    let mut editor = Editor::open_folder(&folder.0);
    let uri = uri(&folder.0.join("net.policy"));
    editor.open(&uri, "policyc", "");
    let slip = NO_HOST_NETWORK.replace("hostNetwork", "hostNetwrk");
    for at in 0..slip.len() {
        editor.edit(&uri, at, at, &slip[at..=at]);
    }
    editor.wait_for(&uri);
    editor.settle();
    insta::assert_snapshot!("typed_policy", editor.picture(&uri));
    let own = |said: &editor::Said| said.diagnostics.values().flatten().any(|found| found["code"] == "own-network");
    assert!(!own(&editor.said), "what does not compile does not judge");
    editor.replace(&uri, "hostNetwrk", "hostNetwork");
    editor.wait_until("the new rule judges", own);
    editor.replace(&uri, "forbid", "forbidd");
    editor.settle();
    assert!(own(&editor.said), "while a policy is edited, the last one that made sense judges");
    editor.close(&uri);
    editor.wait_until("the rule is gone with its unsaved file", |said| !own(said));
    assert_eq!(editor.leave(), 0);
}

/// Findings on one file follow edits of another.
#[test]
fn findings_across_files_follow_edits() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec:\n  selector: {app: web}\n  \
                   ports: [{port: 80, targetPort: 8080}]\n";
    let workload = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  selector: \
                    {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      \
                    containers: [{name: web, image: \"web:1.2\", ports: [{containerPort: 8080}]}]\n";
    let folder = Folder::new(&[("service.yaml", service), ("workload.yaml", workload)]);
    std::fs::copy(root().join("examples/policies/services.policy"), folder.0.join("services.policy")).unwrap();
    let mut editor = Editor::open_folder(&folder.0);
    let service = editor.open_file(&folder.0.join("service.yaml"));
    let lonely = |said: &editor::Said| {
        said.diagnostics.get(&service).into_iter().flatten().any(|found| found["code"] == "service-has-backend")
    };
    editor.wait_for(&service);
    editor.settle();
    assert!(!lonely(&editor.said), "{}", editor.picture(&service));
    let workload = editor.open_file(&folder.0.join("workload.yaml"));
    editor.replace(&workload, "labels: {app: web}", "labels: {app: wob}");
    editor.wait_until("the service is found to be lonely", lonely);
    // An edit above a finding moves it at once.
    editor.edit(&service, 0, 0, "# one line more\n");
    editor.wait_for(&service);
    let found = editor.said.diagnostics[&service].iter().find(|found| found["code"] == "service-has-backend").unwrap();
    let text = format!("# one line more\n{}", std::fs::read_to_string(folder.0.join("service.yaml")).unwrap());
    insta::assert_snapshot!("across_files", editor.picture(&service));
    assert!(!editor.under(&text, &found["range"]).is_empty());
    editor.replace(&workload, "labels: {app: wob}", "labels: {app: web}");
    editor.wait_until("the service is not lonely any more", |said| !lonely(said));
    assert_eq!(editor.leave(), 0);
}

#[test]
fn files_come_go_and_change_behind_the_editors_back() {
    let folder = Folder::new(&[("pod.yaml", POD)]);
    let mut editor = only(&folder);
    let path = folder.0.join("pod.yaml");
    let pod = uri(&path);
    let is_wrong = |uri: &str| {
        let uri = uri.to_owned();
        move |said: &editor::Said| said.diagnostics.get(&uri).is_some_and(|found| !found.is_empty())
    };
    let is_right = |uri: &str| {
        let wrong = is_wrong(uri);
        move |said: &editor::Said| !wrong(said)
    };
    let changed = |editor: &mut Editor, path: &Path, kind: u32| {
        let changes = json!([{"uri": uri(path), "type": kind}]);
        editor.tell("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    };
    editor.wait_until("a file that is not open is judged", is_wrong(&pod));
    // On disk, while it is not open.
    folder.write("pod.yaml", POD.replace("true", "false").as_bytes());
    changed(&mut editor, &path, 2);
    editor.wait_until("the disk is read again", is_right(&pod));
    // Open, the editor's text counts; closed without saving, the disk's does.
    editor.open(&pod, "yaml", POD);
    editor.wait_until("the editor's text counts", is_wrong(&pod));
    folder.write("pod.yaml", POD.replace("true", "false # disk").as_bytes());
    changed(&mut editor, &path, 2);
    editor.settle();
    assert!(is_wrong(&pod)(&editor.said), "what is open is not read from the disk");
    editor.close(&pod);
    editor.wait_until("the disk's text counts", is_right(&pod));
    // Saved, both are the same.
    editor.open_file(&path);
    editor.replace(&pod, "false", "true");
    folder.write("pod.yaml", POD.as_bytes());
    editor.tell("textDocument/didSave", json!({"textDocument": {"uri": pod}}));
    editor.wait_until("it is wrong again", is_wrong(&pod));
    // Renamed: the old name is closed and gone, the new one is open and there.
    let moved = folder.0.join("moved.yaml");
    std::fs::rename(&path, &moved).unwrap();
    editor.close(&pod);
    let there = editor.open_file(&moved);
    let changes = json!([{"uri": pod, "type": 3}, {"uri": there, "type": 1}]);
    editor.tell("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    editor.wait_until("the old name is right", is_right(&pod));
    editor.wait_until("the new name is wrong", is_wrong(&there));
    editor.close(&there);
    editor.settle();
    assert!(is_wrong(&there)(&editor.said), "it is on disk");
    // New files, and files that ignore files leave out.
    folder.write(".ignore", b"ignored.yaml\n");
    folder.write("new.yaml", POD.as_bytes());
    folder.write("ignored.yaml", POD.as_bytes());
    changed(&mut editor, &folder.0.join("new.yaml"), 1);
    changed(&mut editor, &folder.0.join("ignored.yaml"), 1);
    editor.wait_until("a new file is judged", is_wrong(&uri(&folder.0.join("new.yaml"))));
    editor.settle();
    assert!(is_right(&uri(&folder.0.join("ignored.yaml")))(&editor.said));
    std::fs::remove_file(folder.0.join("new.yaml")).unwrap();
    changed(&mut editor, &folder.0.join("new.yaml"), 3);
    editor.wait_until("a file that is gone is right", is_right(&uri(&folder.0.join("new.yaml"))));
    assert_eq!(editor.leave(), 0);
}

#[test]
fn folders_come_and_go() {
    let (one, two) =
        (Folder::new(&[("pod.yaml", POD)]), Folder::new(&[("pod.yaml", POD), ("net.policy", NO_HOST_NETWORK)]));
    let mut editor = only(&one);
    let (first, second) = (uri(&one.0.join("pod.yaml")), uri(&two.0.join("pod.yaml")));
    let wrong = |said: &editor::Said, uri: &str| said.diagnostics.get(uri).is_some_and(|found| !found.is_empty());
    editor.wait_until("the first folder is judged", |said| wrong(said, &first));
    // A file of no folder is judged alone.
    editor.open(&second, "yaml", POD);
    editor.wait_until("a file of no folder is judged", |said| wrong(said, &second));
    let folder = |folder: &Folder| json!([{"uri": uri(&folder.0), "name": "w"}]);
    let event = json!({"added": folder(&two), "removed": folder(&one)});
    editor.tell("workspace/didChangeWorkspaceFolders", json!({ "event": event }));
    editor.wait_until("nothing is shown of a folder that is gone", |said| !wrong(said, &first));
    editor.settle();
    assert!(wrong(&editor.said, &second), "an open document moves to its folder");
    editor.replace(&second, "spec:\n", "spec:\n  hostNetwork: true\n");
    editor.wait_until("it is judged again", |said| said.diagnostics[&second].len() > 1);
    assert_eq!(editor.leave(), 0);
}

#[test]
fn settings_choose_the_rules() {
    let folder = Folder::new(&[]);
    let mut editor = Editor::open_folders(&[&folder.0], json!({}), json!({"manifests": {"diagnostics": false}}));
    let pod = uri(&folder.0.join("pod.yaml"));
    editor.open(&pod, "yaml", POD);
    editor.wait_for(&pod);
    editor.settle();
    assert!(editor.said.diagnostics[&pod].is_empty());
    let settings = json!({"settings": {"policyc": {"profile": "pss-baseline"}}});
    editor.tell("workspace/didChangeConfiguration", settings);
    editor.wait_until("the profile judges", |said| !said.diagnostics[&pod].is_empty());
    let rules: BTreeSet<&str> =
        editor.said.diagnostics[&pod].iter().map(|found| found["code"].as_str().unwrap()).collect();
    assert_eq!(rules, BTreeSet::from(["privileged-container"]));
    editor.tell("workspace/didChangeConfiguration", json!({"settings": {"profile": null}}));
    editor.wait_until("all recommended rules judge", |said| said.diagnostics[&pod].len() > 1);
    assert_eq!(editor.leave(), 0);
}

#[test]
fn dockerfiles_are_judged_and_templates_of_charts_are_not() {
    let dockerfile =
        "FROM alpine:3.20@sha256:0d6bb2a0a4a2a1e3f8c5e7b9d1f3a5c7e9b1d3f5a7c9e1b3d5f7a9c1e3b5d7f9\nRUN true\n";
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Release.Name }}}\n";
    let folder = Folder::new(&[
        ("Dockerfile", dockerfile),
        ("chart/Chart.yaml", "name: x\nversion: 0.1.0\n"),
        ("chart/templates/pod.yaml", template),
    ]);
    let mut editor = Editor::open_folder(&folder.0);
    let (docker, pod) =
        (uri(&folder.0.join("Dockerfile")), editor.open_file(&folder.0.join("chart/templates/pod.yaml")));
    editor.open(&docker, "dockerfile", dockerfile);
    editor.wait_for(&docker);
    editor.replace(&docker, "RUN true", "RUN curl -k https://host.example/x -o /x");
    let insecure = |said: &editor::Said| said.diagnostics[&docker].iter().any(|found| found["code"] == "tls-off-curl");
    editor.wait_until("the edited instruction is judged", insecure);
    // A finding is as bad as its rule says, leads to the rule's page, and its rule is told where it stands.
    let text = editor.text(&docker).to_owned();
    let found = editor.said.diagnostics[&docker].iter().find(|found| found["code"] == "tls-off-curl").unwrap().clone();
    assert_eq!((editor.under(&text, &found["range"]), &found["severity"]), ("-k".to_owned(), &json!(1)));
    let page = editor.ask("workspace/textDocumentContent", json!({"uri": found["codeDescription"]["href"]}));
    assert!(page["text"].as_str().unwrap().starts_with("**tls-off-curl**"), "{page}");
    let hover = editor.ask_at("textDocument/hover", &docker, text.find("-k").unwrap() + 1);
    assert_eq!(editor.under(&text, &hover["range"]), "-k");
    assert!(hover["contents"]["value"].as_str().unwrap().starts_with("**tls-off-curl**"), "{hover}");
    assert_eq!(editor.ask_at("textDocument/hover", &docker, text.len() - 1), Value::Null);
    // What explains a finding can be jumped to: here a parameter of the rule.
    editor.replace(&docker, "RUN curl", "ENV API_TOKEN=x\nRUN curl");
    editor.wait_for(&docker);
    let found = editor.said.diagnostics[&docker].iter().find(|found| found["code"] == "secret-in-arg-or-env").unwrap();
    let related = found["relatedInformation"][0]["location"]["uri"].as_str().unwrap().to_owned();
    let policy = editor.ask("workspace/textDocumentContent", json!({"uri": related}));
    assert!(policy["text"].as_str().unwrap().contains("rule secret-in-arg-or-env"), "{related}: {policy}");
    editor.wait_for(&pod);
    editor.settle();
    let told: Vec<&str> = editor.said.diagnostics[&pod].iter().map(|found| found["code"].as_str().unwrap()).collect();
    assert_eq!(told, ["yaml/template"]);
    assert_eq!(editor.said.diagnostics[&pod][0]["severity"], 3);
    assert_eq!(editor.leave(), 0);
}

/// A large file is judged document by document; what is said of it after edits is what is said of a file that is new.
#[test]
fn large_files_are_judged_where_they_are_edited() {
    let documents: Vec<String> =
        (0..300).map(|number| POD.replace("- name: web\n", &format!("- name: w{number}\n"))).collect();
    let folder = Folder::new(&[]);
    let mut editor = only(&folder);
    let (edited, fresh) = (uri(&folder.0.join("edited.yaml")), uri(&folder.0.join("fresh.yaml")));
    editor.open(&edited, "yaml", &documents.join("---\n"));
    editor.wait_for(&edited);
    assert_eq!(editor.said.diagnostics[&edited].len(), 300);
    let whole = "- name: w150\n      image: web:1.2\n      securityContext:\n        privileged: true";
    for (before, after) in [
        ("- name: w7\n", "- # longer\n      name: w7\n"),
        (whole, "- name: w150\n      image: web:1.2"),
        ("---\n", "--- # second\n"),
        ("- name: w299\n", "- name: [\n"),
        ("- name: [\n", "- name: w299\n"),
    ] {
        editor.replace(&edited, before, after);
        editor.wait_for(&edited);
    }
    editor.settle();
    let text = editor.text(&edited).to_owned();
    editor.open(&fresh, "yaml", &text);
    editor.wait_for(&fresh);
    editor.settle();
    assert_eq!(editor.said.diagnostics[&edited].len(), 299);
    let places = |uri: &str| -> Vec<Value> {
        let found = editor.said.diagnostics[uri].iter();
        found.map(|found| json!([found["range"], found["code"], found["message"]])).collect()
    };
    assert_eq!(places(&edited), places(&fresh));
    assert_eq!(editor.leave(), 0);
}

/// What counts is what was agreed on; a finding behind an emoji is where the emoji ends.
#[test]
fn positions_are_counted_as_agreed() {
    let text =
        POD.replace("metadata: {name: web}", "metadata: {annotations: {\"\u{1F600}é\": x}, name: web, unknwn: 1}");
    for (offered, agreed) in
        [(json!(["utf-16"]), "utf-16"), (json!(["utf-16", "utf-8"]), "utf-8"), (json!(["utf-32", "utf-16"]), "utf-32")]
    {
        let folder = Folder::new(&[]);
        let capabilities = json!({"general": {"positionEncodings": offered}});
        let mut editor = Editor::open_folders(&[&folder.0], capabilities, json!({}));
        let pod = uri(&folder.0.join("pod.yaml"));
        editor.open(&pod, "yaml", "");
        editor.edit(&pod, 0, 0, &text);
        editor.wait_for(&pod);
        let found = editor.said.diagnostics[&pod].iter().find(|found| found["code"] == "schema/unknown-field").unwrap();
        assert_eq!(editor.under(&text, &found["range"]), "unknwn", "{agreed}");
        let character = found["range"]["start"]["character"].as_u64().unwrap();
        let before = text.lines().nth(2).unwrap().split("unknwn").next().unwrap();
        let units = match agreed {
            "utf-8" => before.len(),
            "utf-32" => before.chars().count(),
            _ => before.encode_utf16().count(),
        };
        assert_eq!(usize::try_from(character).unwrap(), units, "{agreed}");
        // An edit behind the emoji lands where it should.
        editor.replace(&pod, "unknwn: 1", "labels: {a: b}");
        editor.wait_for(&pod);
        assert!(editor.said.diagnostics[&pod].iter().all(|found| found["code"] != "schema/unknown-field"));
        assert_eq!(editor.leave(), 0);
    }
}

#[test]
fn what_nobody_waits_for_is_cancelled() {
    let folder = Folder::new(&[("net.policy", NO_HOST_NETWORK)]);
    let mut editor = Editor::open_folder(&folder.0);
    let policy = editor.open_file(&folder.0.join("net.policy"));
    let position = json!({"line": 4, "character": 18});
    let ids: Vec<i64> = (0..30)
        .map(|_| {
            let params = json!({"textDocument": {"uri": policy}, "position": position});
            editor.request("textDocument/completion", params)
        })
        .collect();
    for id in &ids[5..] {
        editor.tell("$/cancelRequest", json!({ "id": id }));
    }
    let cancelled = ids.into_iter().filter(|id| editor.answer(*id)["code"] == -32800).count();
    assert!(cancelled > 0, "every request is answered, and some are not worked on");
    editor.tell("$/cancelRequest", json!({"id": 12345}));
    editor.tell("$/cancelRequest", json!({}));
    assert_eq!(editor.leave(), 0);
}

/// What an editor asks while somebody works on a policy and the manifests under it.
#[test]
fn questions_are_answered_in_the_protocols_form() {
    let folder = Folder::new(&[("pod.yaml", POD), ("net.policy", NO_HOST_NETWORK)]);
    let snippets = json!({"textDocument": {"completion": {"completionItem": {"snippetSupport": true}}}});
    let mut editor = Editor::open_folders(&[&folder.0], snippets, json!({}));
    let (policy, pod) = (editor.open_file(&folder.0.join("net.policy")), editor.open_file(&folder.0.join("pod.yaml")));
    editor.wait_for(&pod);
    editor.settle();
    let at = NO_HOST_NETWORK.find("hostNetwork").unwrap();
    let hover = editor.ask_at("textDocument/hover", &policy, at + 3);
    assert_eq!(editor.under(NO_HOST_NETWORK, &hover["range"]), "hostNetwork");
    assert!(hover["contents"]["value"].as_str().unwrap().contains("PodSpec.hostNetwork: bool?"), "{hover}");
    let offers = editor.ask_at("textDocument/completion", &policy, at + 4);
    let offer = offers["items"].as_array().unwrap().iter().find(|item| item["label"] == "hostNetwork").unwrap();
    assert_eq!(editor.under(NO_HOST_NETWORK, &offer["textEdit"]["range"]), "hostNetwork");
    let at = NO_HOST_NETWORK.find("{p.metadata").unwrap() + 1;
    let place = &editor.ask_at("textDocument/definition", &policy, at)[0];
    assert_eq!(
        (place["uri"].as_str(), editor.under(NO_HOST_NETWORK, &place["range"])),
        (Some(&*policy), "p".to_owned())
    );
    let places = editor.ask_at("textDocument/references", &policy, at);
    assert_eq!(places.as_array().unwrap().len(), 3, "{places}");
    let params =
        json!({"textDocument": {"uri": policy}, "position": {"line": 1, "character": 7}, "newName": "no-host"});
    let edit = editor.ask("textDocument/rename", params.clone());
    let edits = edit["changes"][&policy].as_array().unwrap();
    assert_eq!((edits.len(), editor.under(NO_HOST_NETWORK, &edits[0]["range"])), (1, "own-network".to_owned()));
    let mut wrong = params;
    wrong["newName"] = json!("No_Host");
    let refused = editor.ask("textDocument/rename", wrong);
    assert_eq!(refused["code"], -32803, "{refused}");
    let marked = editor.ask_at("textDocument/documentHighlight", &policy, at);
    assert_eq!(marked.as_array().unwrap().len(), 3);
    let symbols = editor.ask_about("textDocument/documentSymbol", &policy);
    assert_eq!(symbols[0]["name"], "own-network");
    let tokens = editor.ask_about("textDocument/semanticTokens/full", &policy);
    assert_eq!(tokens["data"].as_array().unwrap().len() % 5, 0);
    let range = json!({"start": {"line": 4, "character": 0}, "end": {"line": 5, "character": 0}});
    let params = json!({"textDocument": {"uri": policy}, "range": range});
    let part = editor.ask("textDocument/semanticTokens/range", params);
    assert_eq!(part["data"][0], 4);
    assert!(part["data"].as_array().unwrap().len() < tokens["data"].as_array().unwrap().len());
    let folds = editor.ask_about("textDocument/foldingRange", &policy);
    assert_eq!((&folds[0]["startLine"], &folds[0]["endLine"]), (&json!(1), &json!(5)));
    let untidy = json!({"textDocument": {"uri": policy}, "options": {"tabSize": 4, "insertSpaces": true}});
    let edits = editor.ask("textDocument/formatting", untidy);
    assert!(edits[0]["newText"].as_str().unwrap().contains("  title    \""), "{edits}");
    let all = editor.ask("workspace/symbol", json!({"query": "onet"}));
    assert_eq!(all.as_array().unwrap().len(), 1, "{all}");
    let hover = editor.ask_at("textDocument/hover", &pod, POD.find("privileged").unwrap() + 2);
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("SecurityContext.privileged") && text.contains("`privileged-container`"), "{text}");
    // A finding leads to the page of its rule.
    let found = editor.said.diagnostics[&pod].iter().find(|found| found["code"] == "privileged-container");
    let found = found.unwrap().clone();
    let page = editor.ask("workspace/textDocumentContent", json!({"uri": found["codeDescription"]["href"]}));
    assert!(page["text"].as_str().unwrap().starts_with("**privileged-container**"), "{page}");
    assert_eq!(found["data"]["rule"], "privileged-container");
    assert_eq!(editor.leave(), 0);
}

/// Whatever a file looks like while it is written, the server answers and lives.
#[test]
fn unfinished_files_do_no_harm() {
    let examples = root().join("examples");
    let names = [
        "policies/pods.policy",
        "policies/images.policy",
        "policies/network.policy",
        "policies/services.policy",
        "Dockerfile",
        "shop/access.yaml",
        "shop/checkout.yaml",
        "shop/ingress.yaml",
        "shop/stocktake.yaml",
        "shop/storefront.yaml",
    ];
    let folder = Folder::new(&[]);
    let mut editor = Editor::open_folder(&folder.0);
    let mut seed: u64 = 42;
    for name in names {
        let whole = match name {
            "Dockerfile" => DOCKERFILE.to_owned(),
            _ => std::fs::read_to_string(examples.join(name)).unwrap(),
        };
        let uri = uri(&folder.0.join(name.rsplit('/').next().unwrap()));
        editor.open(&uri, "", "");
        for turn in 0..100 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut end = usize::try_from(seed >> 33).unwrap() % (whole.len() + 1);
            while !whole.is_char_boundary(end) {
                end -= 1;
            }
            editor.rewrite(&uri, &whole[..end]);
            let asked =
                ["textDocument/completion", "textDocument/hover", "textDocument/definition", "textDocument/references"];
            let answer = editor.ask_at(asked[turn % asked.len()], &uri, end);
            assert!(answer.get("code").is_none(), "{name} up to byte {end}: {answer}");
            let about =
                ["textDocument/documentSymbol", "textDocument/semanticTokens/full", "textDocument/foldingRange"];
            let answer = editor.ask_about(about[turn % about.len()], &uri);
            assert!(answer.get("code").is_none(), "{name} up to byte {end}: {answer}");
        }
        editor.wait_for(&uri);
        let internal = |found: &&Value| found["code"] == "internal";
        assert_eq!(editor.said.diagnostics[&uri].iter().find(internal), None, "{name}");
        editor.close(&uri);
        assert!(editor.is_alive(), "{name}");
    }
    assert_eq!(editor.leave(), 0);
}
