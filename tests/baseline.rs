//! `policyc baseline write`, and what `policyc check` makes of what is known.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use support::{Folder, Said};

fn pod(name: &str, more: &str) -> String {
    let container = "- {name: web, image: \"web:1.2\", securityContext: {privileged: true}}";
    format!("{more}apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n  {container}\n")
}

const RULE: [&str; 4] = ["--as-of", "2026-11-23", "--rule", "privileged-container"];

fn check(folder: &Folder, more: &[&str]) -> Said {
    folder.run(&[&["check", "--format", "json"], &RULE[..], more].concat())
}

fn write(folder: &Folder) -> Said {
    folder.run(&[&["baseline", "write"], &RULE[..]].concat())
}

fn counts(said: &Said) -> (i32, u64, u64) {
    let summary = &said.json()["summary"];
    (said.code, summary["fail"].as_u64().unwrap(), summary["baselined"].as_u64().unwrap())
}

#[test]
fn what_is_known_is_counted_and_what_is_new_fails() {
    let folder = Folder::new(&[("a.yaml", &pod("a", ""))]);
    assert_eq!(counts(&check(&folder, &[])), (1, 1, 0));
    let said = write(&folder);
    assert_eq!((said.code, said.out.as_str()), (0, "wrote .policyc-baseline: 1 finding\n"), "{}", said.err);
    let text = std::fs::read_to_string(folder.0.join(".policyc-baseline")).unwrap();
    assert!(text.ends_with(" 1 privileged-container Pod a spec.containers[name=web].securityContext.privileged\n"));
    let said = check(&folder, &[]);
    assert_eq!(counts(&said), (0, 0, 1));
    let report = said.json();
    assert_eq!((&report["baseline"], &report["baselined"][0]["file"]), (&"2026-11-23".into(), &"a.yaml".into()));
    // Moving down, or to another file, is no news.
    folder.write("a.yaml", b"");
    folder.write("b/b.yaml", pod("a", "# one\n# two\n").as_bytes());
    assert_eq!(counts(&check(&folder, &[])), (0, 0, 1));
    // One more of the same is.
    folder.write("c/c.yaml", pod("a", "").as_bytes());
    assert_eq!(counts(&check(&folder, &[])), (1, 1, 1));
    folder.write("c/c.yaml", pod("c", "").as_bytes());
    assert_eq!(counts(&check(&folder, &[])), (1, 1, 1));
    assert_eq!(counts(&check(&folder, &["--no-config"])), (1, 2, 0));
    // Written anew all is known, in the order of the rules and objects.
    assert_eq!(write(&folder).out, "wrote .policyc-baseline: 2 findings, and 1 before\n");
    assert_eq!(counts(&check(&folder, &[])), (0, 0, 2));
}

#[test]
fn every_form_tells_what_is_known() {
    let folder = Folder::new(&[("a.yaml", &pod("a", ""))]);
    write(&folder);
    let run = |format: &str| folder.run(&[&["check", "--format", format], &RULE[..]].concat());
    let note = "of 1 finding known since 2026-11-23 (.policyc-baseline) 1 was found";
    for format in ["human", "summary"] {
        let said = run(format);
        assert!(said.out.contains("no findings; 1 in the baseline") && said.out.contains(note), "{}", said.out);
    }
    let log: serde_json::Value = serde_json::from_str(&run("sarif").out).unwrap();
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["suppressions"][0]["justification"], "known in the baseline of 2026-11-23");
    // What is mended stays in the file until that is written anew, and shows.
    folder.write("a.yaml", pod("a", "").replace("true", "false").as_bytes());
    let said = run("human");
    assert!(said.out.contains("of 1 finding known since 2026-11-23 (.policyc-baseline) 0 were found"), "{}", said.out);
}

#[test]
fn what_cannot_be_known_is_not() {
    let folder = Folder::new(&[("a.yaml", &pod("a", ""))]);
    write(&folder);
    // A rule that nobody may suppress.
    folder.write("policyc.yaml", b"rules: {privileged-container: {suppress: false}}\n");
    assert_eq!(counts(&check(&folder, &[])), (1, 1, 0));
    // An input that nobody could read.
    folder.write("policyc.yaml", b"{}\n");
    folder.write("broken.yaml", b"a: [\n");
    let said = write(&folder);
    assert_eq!(said.code, 2, "{}", said.out);
    assert!(said.err.contains("`broken.yaml` could not be read whole"), "{}", said.err);
    assert_eq!(check(&folder, &[]).code, 4, "a known finding hides no file that is broken");
    std::fs::remove_file(folder.0.join("broken.yaml")).unwrap();
    // A file that is none.
    folder.write(".policyc-baseline", b"# policyc baseline of 2026-11-23\n<<<<<<< ours\n");
    let said = check(&folder, &[]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains(".policyc-baseline:2: `<<<<<<<` is no fingerprint of a finding"), "{}", said.err);
    let said = check(&folder, &["--baseline", "gone"]);
    assert!(said.code == 2 && said.err.contains("cannot read the baseline `gone`"), "{}", said.err);
    let said = folder.run(&["baseline", "write", "--fix"]);
    assert!(said.code == 2 && said.err.contains("neither mends nor reports"), "{}", said.err);
}
