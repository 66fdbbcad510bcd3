//! The tools of those who write policies, driven as programs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use support::Folder;

const POLICY: &str = "module own.a\n\nrule own-a on workload w where w.kind != \"Job\" {\n  title    \"Containers are not privileged\"\n  severity high\n\n  for c in w.containers {\n    forbid c.securityContext.privileged == true\n      else \"container `{c.name}` is privileged\"\n  }\n}\n";

const PODS: &str = "apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: good
      image: web:1
    - name: bad
      image: web:1
      securityContext:
        privileged: true
    - name: odd
      image: web:1
      securityContext:
        privileged: \"yes\"
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  template:
    spec:
      containers: [{name: job, image: \"web:1\"}]
";

#[test]
fn fmt_rewrites_checks_and_shows() {
    let untidy = POLICY.replace("  title    ", " title ").replace(" == true\n      else", "==true else");
    let folder = Folder::new(&[("a.policy", &untidy), ("b.policy", POLICY)]);
    let said = folder.run(&["fmt", "--check"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (1, "a.policy\n", ""));
    let said = folder.run(&["fmt", "--diff"]);
    assert_eq!(said.code, 1, "{}", said.err);
    for line in ["a.policy", "@@ -1,10 +1,11 @@", "- title \"Containers", "+  title    \"Containers", "     for c"] {
        assert!(said.out.contains(line) || line.starts_with(' '), "{line}: {}", said.out);
    }
    assert_eq!(std::fs::read_to_string(folder.0.join("a.policy")).unwrap(), untidy, "nothing was written");
    let said = folder.run_with(&["fmt", "-"], untidy.as_bytes());
    assert_eq!((said.code, said.out.as_str()), (0, POLICY), "{}", said.err);
    let said = folder.run(&["fmt"]);
    assert_eq!((said.code, said.out.as_str()), (0, "a.policy\n"), "{}", said.err);
    assert_eq!(std::fs::read_to_string(folder.0.join("a.policy")).unwrap(), POLICY);
    let said = folder.run(&["fmt", "--check"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", ""));
}

#[test]
fn fmt_leaves_what_is_wrong() {
    let wrong = POLICY.replace("forbid c.securityContext.privileged == true", "forbid  c  ===  1");
    let folder = Folder::new(&[("a.policy", &wrong)]);
    let said = folder.run_with(&["fmt", "-"], wrong.as_bytes());
    assert_eq!(said.code, 0);
    assert!(said.out.contains("forbid  c  ===  1") && said.err.contains("has a mistake"), "{}{}", said.out, said.err);
    for (args, message) in [
        (vec!["fmt", "gone.policy"], "there is no file or folder"),
        (vec!["fmt", "-", "a.policy"], "cannot be laid out together"),
    ] {
        let said = folder.run(&args);
        assert_eq!(said.code, 2);
        assert!(said.err.contains(message), "{}", said.err);
    }
}

#[test]
fn explain_tells_each_outcome_with_values_and_places() {
    let folder = Folder::new(&[("p.yaml", PODS), ("own.policy", POLICY)]);
    for (line, expected) in [
        (11, vec!["fail: ", "c.securityContext.privileged = true", "p.yaml:11:21", "good", "where", "w.kind"]),
        (7, vec!["pass", "c.securityContext.privileged = (not set)"]),
        (15, vec!["indeterminate", "cannot be told"]),
        (20, vec!["not applicable: Job once", "w.kind = Job", "p.yaml:18:7", "false"]),
    ] {
        let said = folder.run(&["explain", "own-a", &format!("p.yaml:{line}"), "-p", "own.policy"]);
        assert_eq!(said.code, 0, "{}", said.err);
        for text in expected {
            assert!(said.out.contains(text), "line {line} without `{text}`:\n{}", said.out);
        }
        assert!(said.out.lines().count() < 25, "{}", said.out);
    }
    let said = folder.run(&["explain", "own-a", "p.yaml", "-p", "own.policy"]);
    assert!(said.out.contains("Pod web") && said.out.contains("Job once"), "{}", said.out);
    for (args, message) in [
        (["explain", "schema/type", "p.yaml:3"], "has no conditions of its own"),
        (["explain", "privileged-containr", "p.yaml:3"], "did you mean `privileged-container`"),
        (["explain", "privileged-container", "p.yaml:300"], "has no line 300"),
        (["explain", "privileged-container", "gone.yaml:3"], "there is no file"),
    ] {
        let said = folder.run(&args);
        assert_eq!(said.code, 2, "{}", said.out);
        assert!(said.err.contains(message), "{}", said.err);
    }
}

#[test]
fn secrets_stay_masked_when_rules_are_explained() {
    let policy = "module own.s\n\nrule own-s on Secret s {\n  title    \"t\"\n  severity low\n\n  require s.stringData[\"a\"] == \"x\"\n    else \"m\"\n}\n";
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter2}\n";
    let folder = Folder::new(&[("s.yaml", secret), ("own.policy", policy)]);
    let said = folder.run(&["explain", "own-s", "s.yaml:4", "-p", "own.policy"]);
    assert!(said.out.contains("fail") && !said.out.contains("hunter2"), "{}", said.out);
    let said = folder.run(&["eval", "it.stringData[\"a\"]", "--on", "s.yaml"]);
    assert!(said.code == 0 && !said.out.contains("hunter2"), "{}{}", said.out, said.err);
}

#[test]
fn eval_computes_for_objects_and_views() {
    let folder = Folder::new(&[("p.yaml", PODS), ("Dockerfile", "FROM debian:12\nUSER app\n")]);
    for (args, expected) in [
        (
            vec!["eval", "it.metadata.name", "--on", "p.yaml"],
            "Job once: once  p.yaml:19:18\nPod web: web  p.yaml:3:18\n",
        ),
        (vec!["eval", "it.name", "--on", "p.yaml:9", "--as", "container"], "bad  p.yaml:8:13"),
        (vec!["eval", "count(it.containers)", "--on", "p.yaml:3", "--as", "workload"], ": 3"),
        (vec!["eval", "it.final.effective.user.name", "--on", "Dockerfile"], "app"),
    ] {
        let said = folder.run(&args);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.contains(expected), "{args:?}: {}", said.out);
    }
    let said = folder.run(&["eval", "it.nam", "--on", "p.yaml", "--as", "workload"]);
    assert!(said.code == 2 && said.err.contains("did you mean `name`"), "{}", said.err);
    let said = folder.run(&["eval", "it.name", "--on", "p.yaml", "--as", "nothing"]);
    assert_eq!(said.code, 2, "{}", said.err);
}

/// The policy with a test whose marks are these.
fn tested(first: &str, second: &str) -> String {
    format!(
        "{POLICY}\ntest \"one of two\" {{\n  given yaml \"\"\"\n    apiVersion: v1\n    kind: Pod\n    metadata: {{name: web}}\n    spec:\n      containers:\n        - {{name: a, image: \"web:1\", securityContext: {{privileged: true}}}}{first}\n        - {{name: b, image: \"web:1\"}}{second}\n    ---\n    apiVersion: batch/v1\n    kind: Job\n    metadata: {{name: once}}\n    spec: {{template: {{spec: {{containers: [{{name: j, image: \"web:1\", securityContext: {{privileged: true}}}}]}}}}}}\n    \"\"\"\n}}\n"
    )
}

#[test]
fn wrong_marks_are_shown_beside_the_right_ones_and_can_be_updated() {
    let folder = Folder::new(&[("a.policy", &tested("", " #~ own-a"))]);
    let said = folder.run(&["test", "a.policy"]);
    assert_eq!(said.code, 1, "{}", said.err);
    for text in ["expected nothing", "found    `own-a`", "expected `own-a`", "found    nothing", "│     - {name: b"] {
        assert!(said.out.contains(text), "{text}: {}", said.out);
    }
    let said = folder.run(&["test", "a.policy", "--update"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(std::fs::read_to_string(folder.0.join("a.policy")).unwrap(), tested(" #~ own-a", ""));
    let said = folder.run(&["test", "a.policy", "--junit", "out.xml", "--filter", "one of"]);
    assert_eq!(said.code, 0, "{}", said.out);
    let xml = std::fs::read_to_string(folder.0.join("out.xml")).unwrap();
    assert!(xml.contains("<testsuite name=\"a.policy\" tests=\"1\" failures=\"0\">"), "{xml}");
    assert_eq!(folder.run(&["test", "a.policy", "--filter", "nothing like it"]).code, 2);
}

#[test]
fn coverage_counts_outcomes_and_mutants_must_be_noticed() {
    let folder = Folder::new(&[("a.policy", &tested(" #~ own-a", ""))]);
    let said = folder.run(&["test", "a.policy", "--coverage", "--min", "100"]);
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.out.contains("pass   1  fail   1  cannot be told   0  a.policy:8: forbid"), "{}", said.out);
    assert!(said.out.contains("2 of 2 outcomes"), "{}", said.out);
    let said = folder.run(&["test", "a.policy", "--mutate"]);
    assert!(said.code == 0 && said.out.contains("(100 %)"), "{}", said.out);
    let weak = tested(" #~ own-a", "").replace("kind: Job", "kind: CronJob");
    folder.write(
        "a.policy",
        weak.replace(
            "containers: [{name: j, image: \"web:1\", securityContext: {privileged: true}}]",
            "containers: []",
        )
        .as_bytes(),
    );
    let said = folder.run(&["test", "a.policy", "--mutate"]);
    assert!(said.code == 1 && said.out.contains("own-a: without this `where`: `w.kind != \"Job\"`"), "{}", said.out);
    let one = tested(" #~ own-a", "").replace("        - {name: b, image: \"web:1\"}\n", "");
    folder.write("a.policy", one.as_bytes());
    let said = folder.run(&["test", "a.policy", "--coverage", "--min", "60"]);
    assert!(said.code == 1 && said.out.contains("1 of 2 outcomes"), "{}", said.out);
}

#[test]
fn passing_nothing_is_no_pass() {
    let nothing = format!(
        "{POLICY}\ntest \"t\" {{\n  given yaml \"\"\"\n    apiVersion: v1\n    kind: Service\n    metadata: {{name: s}}\n    \"\"\"\n  expect own-a passes\n}}\n"
    );
    let folder = Folder::new(&[("a.policy", &nothing)]);
    let said = folder.run(&["test", "a.policy"]);
    assert!(said.code == 1 && said.out.contains("there is nothing that it judges"), "{}", said.out);
    folder.write("a.policy", nothing.replace("passes", "skips").as_bytes());
    assert_eq!(folder.run(&["test", "a.policy"]).code, 0);
}

#[test]
fn lint_names_what_is_not_meant_and_explains_it() {
    let folder = Folder::new(&[("a.policy", POLICY)]);
    let said = folder.run(&["lint"]);
    assert_eq!(said.code, 1, "{}", said.err);
    for id in ["lint/untested-rule", "lint/no-control"] {
        assert!(said.err.contains(id), "{id}: {}", said.err);
        let page = folder.run(&["explain", id]);
        assert!(page.code == 0 && page.out.starts_with(id), "{}", page.err);
    }
    assert_eq!(folder.run(&["lint", "--only", "lint/format"]).code, 0);
    let said = folder.run(&["lint", "--only", "lint/formt"]);
    assert!(said.code == 2 && said.err.contains("did you mean `lint/format`"), "{}", said.err);
}

#[test]
fn a_project_begins_with_what_passes_its_own_tests() {
    let folder = Folder::new(&[(
        "web.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: w, image: \"web:1\"}]}\n",
    )]);
    let said = folder.run(&["init"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for (on, id) in [("workload", "own-x"), ("container", "own-y"), ("Service", "own-z"), ("dockerfile", "own-d")] {
        let said = folder.run(&["new", "rule", id, "--on", on]);
        assert_eq!(said.code, 0, "{}", said.err);
    }
    for id in ["privileged-container", "image-tag-missing"] {
        let said = folder.run(&["eject", id]);
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let said = folder.run(&["test", "policies"]);
    assert!(said.code == 0 && !said.out.contains("warning"), "{}{}", said.out, said.err);
    let said = folder.run(&["fmt", "--check", "policies"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
    let said = folder.run(&["check", "-p", "policies", "--rule", "own-owner-label", "."]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    let again = folder.run(&["init"]);
    assert!(again.code == 0 && !again.out.contains("wrote"), "{}", again.out);
    for (args, message) in [
        (vec!["new", "rule", "own-x", "--on", "workload"], "there is a file"),
        (vec!["new", "rule", "Own_X", "--on", "workload"], "cannot be the id of a rule"),
        (vec!["new", "rule", "own-q", "--on", "workloads"], "did you mean `workload`"),
        (vec!["new", "rule", "host-pid", "--on", "workload"], "there is a rule `host-pid` already"),
        (vec!["eject", "host-pidd"], "did you mean `host-pid`"),
        (vec!["eject", "pod-security-standard-baseline"], "is made of other rules"),
    ] {
        let said = folder.run(&args);
        assert!(said.code == 2 && said.err.contains(message), "{args:?}: {}", said.err);
    }
}

#[test]
fn pages_are_written_for_all_rules() {
    let folder = Folder::new(&[]);
    let said = folder.run(&["doc", "--to", "md"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let page = std::fs::read_to_string(folder.0.join("md/privileged-container.md")).unwrap();
    assert!(page.contains("# privileged-container") && page.contains("# found here"), "{page}");
    let said = folder.run(&["doc", "--to", "site", "--format", "html"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let html = std::fs::read_to_string(folder.0.join("site/index.html")).unwrap();
    assert!(html.matches("<article ").count() > 100 && html.contains("<mark>"));
}

/// A block of a page: the words after its backquotes, and its text.
fn blocks(page: &str) -> Vec<(Vec<String>, String)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let text = std::fs::read_to_string(path).unwrap();
    let parts: Vec<&str> = text.split("```").collect();
    let of = |part: &&str| {
        let (head, body) = part.split_once('\n').unwrap();
        (head.split(' ').map(str::to_owned).collect(), body.to_owned())
    };
    assert_eq!(parts.len() % 2, 1, "every block has an end");
    parts.iter().skip(1).step_by(2).map(of).collect()
}

#[test]
fn examples_of_the_reference_hold() {
    let all = blocks("language.md");
    assert!(all.len() >= 6);
    for (words, text) in all {
        let folder = Folder::new(&[("a.policy", &text)]);
        let said = folder.run(&["compile", "a.policy"]);
        if words.len() > 1 {
            assert_eq!((words[1].as_str(), said.code), ("wrong", 2), "{text}");
            continue;
        }
        assert_eq!(said.code, 0, "{}{text}", said.err);
        let said = folder.run(&["test", "a.policy"]);
        assert!(said.code == 0 && !said.out.starts_with("0 tests"), "{}{}{text}", said.out, said.err);
        assert_eq!(folder.run(&["lint", "a.policy", "--only", "lint/format"]).err, "");
    }
}

#[test]
fn the_tutorial_happens_as_it_says() {
    let folder = Folder::new(&[]);
    let mut commands = 0;
    for (words, text) in blocks("tutorial.md") {
        if words[0] == "sh" {
            continue;
        }
        if words[0] != "console" {
            folder.write(&words[1], text.as_bytes());
            continue;
        }
        for step in text.split("$ policyc ").skip(1) {
            let (command, expected) = step.split_once('\n').unwrap();
            let said = folder.run(&command.split(' ').collect::<Vec<_>>());
            let all = format!("{}{}", said.out, said.err);
            for line in expected.lines() {
                assert!(all.contains(line), "`policyc {command}` does not say `{line}`:\n{all}");
            }
            if expected.is_empty() {
                assert_eq!(said.code, 0, "`policyc {command}`: {all}");
            }
            commands += 1;
        }
    }
    assert!(commands >= 8);
}
