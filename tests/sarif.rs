//! SARIF reports: what they look like, and that the format's own validator finds nothing wrong with them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::Folder;

const PODS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: wide, namespace: shop}
spec:
  hostNetwork: true
  containers:
  - name: \"ü{0}\"
    image: a:1
---
apiVersion: v1
kind: Pod
metadata: {name: strange}
spec: {hostNetwork: \"yes\", containers: [{name: c, image: a:1}]}
";

const POLICY: &str = "\
module own.t
rule no-host-network on Pod p {
  title \"No host network\"
  severity high
  help \"Take it out.\"
  forbid p.spec.hostNetwork == true else \"`{p.metadata.name}` is on the host network\"
}
exempt no-host-network for Pod p where p.metadata.name == \"old\" because \"it moves next year\" until 2027-01-31
";

const OLD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: old}\nspec: {hostNetwork: true}\n";

/// Files with every kind of thing that a report can tell.
fn everything() -> Folder {
    let folder = Folder::new(&[
        ("work/pods.yaml", PODS),
        ("work/with space #1.yaml", OLD),
        ("work/broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: [\n"),
        ("work/values.yaml", "a: 1\n"),
        ("work/secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: hunter2!, a: hunter2!}\n"),
        ("work/more.json", "{\"apiVersion\": \"example.org/v1\", \"kind\": \"Odd\", \"metadata\": {\"name\": \"o\"}}"),
        ("above.yaml", OLD),
        ("own.policy", POLICY),
    ]);
    folder.write("work/latin.yaml", b"kind: \xe9\n");
    folder
}

fn report(folder: &Folder, args: &[&str]) -> (i32, String) {
    let start = ["check", "--format", "sarif", "--as-of", "2026-11-23", "--kubernetes", "1.37", "-p", "own.policy"];
    let said = folder.run(&[&start[..], args].concat());
    assert!(said.err.is_empty(), "{}", said.err);
    (said.code, said.out)
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_sarif_report() {
    let folder = everything();
    let rules = ["--rule", "no-host-network", "--rule", "schema/type", "--rule", "yaml/duplicate-key"];
    let (code, text) = report(&folder, &[&["work", "above.yaml"], &rules[..]].concat());
    assert_eq!(code, 4);
    assert!(!text.contains("hunter2"));
    let version = env!("CARGO_PKG_VERSION");
    let pretty =
        serde_json::to_string_pretty(&parsed(&text)).unwrap().replace(&format!("\"{version}\""), "\"VERSION\"");
    insta::with_settings!({snapshot_path => "snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("sarif", pretty);
    });
}

#[test]
fn every_finding_and_diagnostic_of_the_json_report_is_there() {
    let folder = everything();
    let args = ["--profile", "all", "work", "above.yaml"];
    let log = parsed(&report(&folder, &args).1);
    let start = ["check", "--format", "json", "--as-of", "2026-11-23", "--kubernetes", "1.37", "-p", "own.policy"];
    let plain = folder.run(&[&start[..], &args].concat()).json();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    let exempted = usize::try_from(plain["summary"]["exempted"].as_u64().unwrap()).unwrap();
    let findings = plain["findings"].as_array().unwrap();
    assert_eq!((results.len(), exempted), (findings.len() + exempted, 2));
    for (result, finding) in results.iter().zip(findings) {
        let (place, range) = (&result["locations"][0]["physicalLocation"], &finding["range"]);
        let region = &place["region"];
        let is = [
            &result["ruleId"],
            &result["partialFingerprints"]["policyc/v1"],
            &region["startLine"],
            &region["endColumn"],
        ];
        assert_eq!(is, [&finding["rule"], &finding["fingerprint"], &range["start"]["line"], &range["end"]["column"]]);
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], finding["rule"]);
    }
    let told = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let codes: BTreeSet<&str> = told.iter().filter_map(|one| one["descriptor"]["id"].as_str()).collect();
    for problem in plain["diagnostics"].as_array().unwrap() {
        assert!(codes.contains(problem["code"].as_str().unwrap()), "{problem}");
    }
    assert!(codes.contains("run/untyped"), "{codes:?}");
    assert_eq!(run["invocations"][0]["executionSuccessful"], json!(false));
}

#[test]
fn equal_inputs_give_equal_bytes() {
    let (one, two) = (everything(), everything());
    let first = report(&one, &["work", "above.yaml", "--jobs", "1"]);
    assert_eq!(first, report(&one, &["above.yaml", "work", "--jobs", "2"]));
    assert_eq!(first, report(&two, &["work", "above.yaml"]));
}

/// The validator's program, where `.ci/run` has put it or `POLICYC_SARIF_MULTITOOL` says it is.
fn validator() -> Option<PathBuf> {
    let named = std::env::var_os("POLICYC_SARIF_MULTITOOL").map(PathBuf::from);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
    let installed = target.join("tools/sarif/node_modules/@microsoft/sarif-multitool/bin.js");
    named.or(Some(installed)).filter(|path| path.exists())
}

#[test]
#[expect(clippy::print_stderr, reason = "what did not run must be told")]
fn the_validator_of_the_format_finds_nothing() {
    let Some(program) = validator() else {
        eprintln!("did not run: the package @microsoft/sarif-multitool is not installed (see docs/reports.md)");
        return;
    };
    let folder = everything();
    for (name, args) in [
        ("all.sarif", &["--profile", "all", "work", "above.yaml"][..]),
        ("few.sarif", &["--rule", "schema/unknown-kind", "work/values.yaml"]),
        ("none.sarif", &["--rule", "no-host-network", "--allow-empty", "--no-config", "work/none"]),
    ] {
        std::fs::create_dir_all(folder.0.join("work/none")).unwrap();
        folder.write(name, report(&folder, args).1.as_bytes());
        for kind in ["Sarif", "Ghas"] {
            let verdict = format!("{name}.{kind}.out");
            let said = Command::new("node")
                .arg(&program)
                .args(["validate", name, "--rule-kind", kind, "--output", &verdict])
                .current_dir(&folder.0)
                .output()
                .unwrap();
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let verdict = std::fs::read_to_string(folder.0.join(&verdict));
            let verdict =
                verdict.unwrap_or_else(|error| panic!("{error}: {}{}", text(&said.stdout), text(&said.stderr)));
            let run = &parsed(&verdict)["runs"][0];
            assert_eq!(run["invocations"][0]["executionSuccessful"], json!(true), "{run}");
            let told: BTreeSet<String> = run["results"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|result| !matches!(result["level"].as_str(), Some("note" | "none")))
                .map(|result| format!("{}: {}", result["ruleId"], result["message"]))
                .collect();
            // The program has no home page to name.
            let told: Vec<&String> = told.iter().filter(|one| !one.contains("ToolnformationUri")).collect();
            assert!(told.is_empty(), "{name} {kind}: {told:#?}");
        }
    }
}
