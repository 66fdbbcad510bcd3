//! Reports as logs.

use super::{Exit, write_sarif};
use crate::finding::{Outcome, Resource};
use crate::report::{
    ExemptedFinding, FileReport, FileStatus, Finding, Locator, NotApplicable, Origin, Problem, Report, RuleCard,
    RuleInfo, Secrets,
};
use policyc_lang::values::Severity;
use policyc_text::{Level, Span};
use serde_json::{Value, json};
use std::sync::Arc;

const TEXT: &str = "kind: Secret\ndata: {a: hunter2, b: größe}\n";

fn finding(outcome: Outcome, start: usize, end: usize) -> Finding {
    let locator = Locator::new("a dir/b.yaml".into(), TEXT);
    let secrets = Secrets::new(vec![Span::new(23, 30)]);
    let info = RuleInfo { id: "r".into(), phase: Some(3), theme: Some("t".into()), controls: vec!["cis:1".into()] };
    Finding {
        rule: Arc::new(info),
        outcome,
        severity: Severity::High,
        message: "`{x}` is wrong".into(),
        help: Some("do this".into()),
        place: locator.framed(Span::new(start, end), &secrets),
        resource: Some(Arc::new(Resource {
            api_version: "v1".into(),
            kind: "Secret".into(),
            namespace: None,
            name: "s".into(),
        })),
        path: "data.b".into(),
        related: vec![(locator.place(Span::new(0, 4)), "here".into())],
        fingerprint: "v1:00".into(),
        origin: None,
        remedy: crate::fix::Remedy::None,
    }
}

fn log(report: &Report) -> Value {
    let mut out = Vec::new();
    write_sarif(report, Exit { code: 1, meaning: "findings" }, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn result(finding: Finding) -> Value {
    let card = RuleCard {
        info: Arc::clone(&finding.rule),
        title: "Title".into(),
        severity: Severity::Low,
        phase: None,
        tags: vec![],
        help: Some("help".into()),
        doc: None,
    };
    let mut log = log(&Report { findings: vec![finding], rules: vec![card], ..Report::default() });
    log["runs"][0]["results"][0].take()
}

#[test]
fn a_finding_is_a_result() {
    let found = result(finding(Outcome::Fail, 35, 42));
    let location = json!({"uri": "a%20dir/b.yaml", "uriBaseId": "%SRCROOT%", "index": 0});
    assert_eq!(
        found,
        json!({
            "ruleId": "r",
            "ruleIndex": 0,
            "kind": "fail",
            "level": "error",
            "message": {"text": "`{{x}}` is wrong; do this."},
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": location,
                    "region": {
                        "startLine": 2, "startColumn": 23, "endLine": 2, "endColumn": 28, "snippet": {"text": "größe"}
                    },
                    "contextRegion": {"startLine": 2, "snippet": {"text": "data: {a: ***, b: größe}"}}
                },
                "logicalLocations": [
                    {"name": "s", "fullyQualifiedName": "v1/Secret//s", "kind": "resource"},
                    {"name": "data.b", "fullyQualifiedName": "v1/Secret//s#data.b", "kind": "property"}
                ]
            }],
            "relatedLocations": [{
                "id": 1,
                "physicalLocation": {
                    "artifactLocation": location,
                    "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 5}
                },
                "message": {"text": "here."}
            }],
            "partialFingerprints": {"policyc/v1": "v1:00"},
            "properties": {"outcome": "fail", "severity": "high", "path": "data.b"}
        })
    );
}

#[test]
fn what_cannot_be_told_is_open_and_has_no_level() {
    let found = result(finding(Outcome::Indeterminate, 35, 42));
    assert_eq!((&found["kind"], &found["level"]), (&json!("open"), &json!("none")));
    assert_eq!(found["properties"]["severity"], "high");
}

#[test]
fn regions_hold_what_is_known_of_them() {
    let place = |start, end| result(finding(Outcome::Fail, start, end))["locations"][0]["physicalLocation"].take();
    assert_eq!(place(0, 0).get("region"), None);
    let secret = place(23, 30);
    assert_eq!(secret["region"]["snippet"]["text"], "***");
    let several = place(6, 20);
    assert_eq!((several["region"].get("snippet"), several.get("contextRegion")), (None, None));
    assert_eq!((&several["region"]["endLine"], &several["region"]["endColumn"]), (&json!(2), &json!(8)));
    let whole = place(0, 12);
    assert_eq!((&whole["region"]["snippet"]["text"], whole.get("contextRegion")), (&json!("kind: Secret"), None));
}

#[test]
fn rules_say_what_they_are() {
    let of = |severity, theme: Option<&str>| {
        let info = RuleInfo {
            id: "no-root".into(),
            phase: Some(3),
            theme: theme.map(str::to_owned),
            controls: vec!["cis:1".into(), "x".into()],
        };
        let phase = Some(policyc_lang::ir::Phase { whole: 3, part: 3 });
        let card = RuleCard {
            info: Arc::new(info),
            title: "Not root".into(),
            severity,
            phase,
            tags: vec!["x".into()],
            help: Some("Say so. Do.".into()),
            doc: None,
        };
        let mut log = log(&Report { rules: vec![card], ..Report::default() });
        log["runs"][0]["tool"]["driver"]["rules"][0].take()
    };
    assert_eq!(
        of(Severity::Critical, Some("pod-privileges")),
        json!({
            "id": "no-root",
            "name": "NoRoot",
            "shortDescription": {"text": "Not root."},
            "fullDescription": {"text": "Say so. Do."},
            "help": {
                "text": "Say so. Do.",
                "markdown": "**Not root.**\n\nSay so. Do.\n\nrule `no-root`; severity critical; theme pod-privileges; \
                             controls `cis:1`, `x`.\n"
            },
            "defaultConfiguration": {"level": "error"},
            "properties": {
                "tags": ["security", "pod-privileges", "phase-3.3", "x", "cis:1"],
                "security-severity": "9.5",
                "severity": "critical",
                "phase": "3.3",
                "theme": "pod-privileges",
                "controls": ["cis:1", "x"]
            }
        })
    );
    for (severity, theme, security, level) in [
        (Severity::High, Some("access-control"), true, "error"),
        (Severity::Medium, Some("reliability"), false, "warning"),
        (Severity::Low, None, false, "note"),
        (Severity::Info, None, false, "note"),
    ] {
        let rule = of(severity, theme);
        assert_eq!(rule["properties"]["tags"].as_array().unwrap().contains(&json!("security")), security);
        assert_eq!(rule["defaultConfiguration"]["level"], level);
        assert_eq!(rule["properties"].get("security-severity").is_some(), severity != Severity::Info);
    }
}

#[test]
fn what_could_not_be_read_is_told() {
    let problem = |code, level, name: &str| Problem {
        code,
        level,
        message: "it is broken".into(),
        help: Some("mend it".into()),
        place: Locator::new(name.into(), "").place(Span::empty_at(0)),
        related: vec![],
    };
    let file = |name: &str, status| FileReport { name: name.into(), status };
    let run = |diagnostics: Vec<Problem>| {
        let files = vec![
            file("-", FileStatus::Judged),
            file("x.json", FileStatus::Failed),
            file("y.yml", FileStatus::NotApplicable(NotApplicable::Empty)),
        ];
        let notes = vec!["something else".to_owned()];
        let mut report = Report { diagnostics, files, notes, ..Report::default() };
        report.summary.open_world = 2;
        log(&report)["runs"][0].take()
    };
    let failed = run(vec![problem("b/c", Level::Error, "x.json"), problem("a/b", Level::Warning, "gone.yaml")]);
    let invocation = &failed["invocations"][0];
    assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&json!(false), &json!(1)));
    let told = invocation["toolExecutionNotifications"].as_array().unwrap();
    let codes: Vec<(&Value, &Value)> = told.iter().map(|one| (&one["descriptor"]["id"], &one["level"])).collect();
    let kinds = [("b/c", "error"), ("a/b", "warning"), ("run/note", "note"), ("run/open-world", "note")];
    let expected = kinds.map(|(code, level)| (json!(code), json!(level)));
    assert_eq!(codes, expected.iter().map(|(code, level)| (code, level)).collect::<Vec<_>>());
    assert_eq!(told[0]["message"]["text"], "it is broken; mend it.");
    let uri = |place: &Value| place["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert_eq!(uri(&told[0]["locations"][0]), "x.json");
    let artifacts: Vec<(&Value, &Value)> = failed["artifacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (&file["location"]["uri"], &file["properties"]["status"]))
        .collect();
    let expected = [
        ("-", json!("judged")),
        ("gone.yaml", Value::Null),
        ("x.json", json!("failed")),
        ("y.yml", json!("notApplicable")),
    ];
    assert_eq!(artifacts.len(), expected.len());
    for ((uri, status), (name, word)) in artifacts.iter().zip(&expected) {
        assert_eq!((uri.as_str(), *status), (Some(*name), word));
    }
    assert_eq!(run(vec![])["invocations"][0]["executionSuccessful"], json!(true));
}

#[test]
fn exempted_findings_are_suppressed_results() {
    let exempted = ExemptedFinding {
        finding: finding(Outcome::Fail, 35, 42),
        because: "later".into(),
        until: "2027-01-31".into(),
        number: 0,
    };
    let report =
        Report { findings: vec![finding(Outcome::Fail, 0, 4)], exempted_findings: vec![exempted], ..Report::default() };
    let results = log(&report)["runs"][0]["results"].take();
    assert_eq!(results[0]["suppressions"], json!([]));
    let expected = json!([{
        "kind": "external", "status": "accepted", "justification": "later", "properties": {"until": "2027-01-31"}
    }]);
    assert_eq!(results[1]["suppressions"], expected);
}

#[test]
fn the_standard_library_lies_in_the_program() {
    let mut found = finding(Outcome::Fail, 0, 4);
    found.related[0].0 = Locator::new("std/a.policy".into(), "x").place(Span::new(0, 1));
    let run = log(&Report { findings: vec![found], ..Report::default() })["runs"][0].take();
    let related = &run["results"][0]["relatedLocations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(related, &json!({"uri": "std/a.policy", "uriBaseId": "%POLICYC%", "index": 1}));
    assert_eq!(run["artifacts"][1]["roles"], json!(["policy"]));
    assert!(run["originalUriBaseIds"]["%POLICYC%"]["description"].is_object());
}

#[test]
fn what_was_rendered_stands_in_its_template() {
    let mut found = finding(Outcome::Fail, 35, 42);
    let origin = Origin::of_file("c/templates/x y.yaml".into());
    found.origin = Some(Arc::new(origin.clone()));
    let given = result(found.clone());
    assert_eq!(given["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20dir/b.yaml");
    assert_eq!(given["properties"]["origin"], json!({"file": "c/templates/x y.yaml"}));
    found.origin = Some(Arc::new(Origin { scenarios: vec!["default values".into(), "ci/a.yaml".into()], ..origin }));
    let made = result(found);
    let template = json!({"artifactLocation": {"uri": "c/templates/x%20y.yaml", "uriBaseId": "%SRCROOT%"}});
    assert_eq!(made["locations"][0]["physicalLocation"], template);
    assert_eq!(made["locations"][0]["logicalLocations"][0]["name"], "s");
    let related = &made["relatedLocations"];
    assert_eq!(related[0]["message"]["text"], "as rendered with default values, ci/a.yaml.");
    assert_eq!(related[0]["physicalLocation"]["region"]["startLine"], 2);
    assert_eq!((&related[1]["id"], &related[1]["message"]["text"]), (&json!(2), &json!("here.")));
}

#[test]
fn many_findings_are_written_in_one_pass() {
    let report = Report { findings: vec![finding(Outcome::Fail, 0, 4); 20_000], ..Report::default() };
    assert_eq!(log(&report)["runs"][0]["results"].as_array().map(Vec::len), Some(20_000));
}
