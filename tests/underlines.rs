//! Each rule of the standard library underlines exactly the text that it should.
//!
//! `tests/underlines/RULE.yaml` holds manifests, `RULE.dockerfile` a Dockerfile; `#~ "text"` at the end of a line says that a finding of the rule
//! starts on that line and underlines that text, several texts one after the other. A first line `# args: …` gives
//! further arguments, `# diagnostics: …` says how many mistakes the reader itself reports. Findings without a mark, and marks without a finding, are mistakes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::Folder;

/// A line and the text underlined on it.
type Underlined = BTreeSet<(u64, String)>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/underlines")
}

fn marks(text: &str) -> Underlined {
    let mut marks = Underlined::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some((_, mut rest)) = line.split_once("#~") else { continue };
        while let Some((_, opened)) = rest.split_once('"') {
            let (mark, after) = opened.split_once('"').unwrap();
            marks.insert((number, mark.to_owned()));
            rest = after;
        }
    }
    marks
}

/// The text without its marks, so that no mark can be taken for a value.
fn without_marks(text: &str) -> String {
    text.lines().map(|line| line.split_once("#~").map_or(line, |(kept, _)| kept).trim_end().to_owned() + "\n").collect()
}

fn underlined(rule: &str, name: &str, text: &str) -> Underlined {
    let manifest = without_marks(text);
    let folder = Folder::new(&[(name, &manifest)]);
    let mut args = vec!["check", "--format", "json", "--world", "closed", "--rule", rule, name];
    let extra = text.lines().next().and_then(|line| line.strip_prefix("# args:")).unwrap_or_default();
    args.extend(extra.split_whitespace());
    let said = folder.run(&args);
    assert!(said.code <= 4, "{rule}: {}{}", said.out, said.err);
    let report = said.json();
    let header = text.lines().next().and_then(|line| line.strip_prefix("# diagnostics:")).map(str::trim);
    let expected = header.map_or(0, |number| number.parse().unwrap());
    assert_eq!(report["diagnostics"].as_array().map(Vec::len), Some(expected), "{rule}: {}", report["diagnostics"]);
    let offset = |place: &serde_json::Value| usize::try_from(place["offset"].as_u64().unwrap()).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| {
            let range = &finding["range"];
            let text = manifest[offset(&range["start"])..offset(&range["end"])].to_owned();
            (range["start"]["line"].as_u64().unwrap(), text)
        })
        .collect()
}

#[test]
fn every_rule_underlines_what_it_speaks_of() {
    let mut wrong = String::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let rule = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let name =
            if path.extension().is_some_and(|extension| extension == "yaml") { "manifest.yaml" } else { "Dockerfile" };
        let (expected, actual) = (marks(&text), underlined(&rule, name, &text));
        assert!(!expected.is_empty(), "{rule}: the file has no mark");
        for (line, text) in expected.difference(&actual) {
            wrong.push_str(&format!("{rule}:{line}: no finding underlines {text:?}\n"));
        }
        for (line, text) in actual.difference(&expected) {
            wrong.push_str(&format!("{rule}:{line}: unexpectedly underlined: {text:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Every rule has its file, and rules about containers show an init container and a CronJob.
#[test]
fn no_rule_is_left_out() {
    let rules = Folder::new(&[]).run(&["rules", "--format", "json"]).json();
    let mut missing = Vec::new();
    for rule in rules["rules"].as_array().unwrap() {
        let id = rule["id"].as_str().unwrap();
        if id.contains('/') {
            continue;
        }
        let file = |extension: &str| fs::read_to_string(folder().join(format!("{id}.{extension}")));
        let Ok(text) = file("yaml").or_else(|_| file("dockerfile")) else {
            missing.push(format!("{id}: no file"));
            continue;
        };
        let kinds = rule["kinds"].as_array().unwrap();
        let judges = |kind: &str| kinds.iter().any(|known| known == kind);
        if (judges("container") || judges("workload")) && !text.contains("kind: CronJob") {
            missing.push(format!("{id}: no CronJob"));
        }
        if judges("container") && !text.contains("initContainers:") {
            missing.push(format!("{id}: no init container"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
