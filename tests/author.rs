//! The tools of those who write policies, driven as programs.

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
    for line in ["--- a.policy", "@@ -1,11 +1,12 @@", "- title \"Containers", "+  title    \"Containers", "     for c"]
    {
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
        (20, vec!["not applicable: Job `once`", "w.kind = Job", "p.yaml:18:7", "false"]),
    ] {
        let said = folder.run(&["explain", "own-a", &format!("p.yaml:{line}"), "-p", "own.policy"]);
        assert_eq!(said.code, 0, "{}", said.err);
        for text in expected {
            assert!(said.out.contains(text), "line {line} without `{text}`:\n{}", said.out);
        }
        assert!(said.out.lines().count() < 25, "{}", said.out);
    }
    let said = folder.run(&["explain", "own-a", "p.yaml", "-p", "own.policy"]);
    assert!(said.out.contains("Pod `web`") && said.out.contains("Job `once`"), "{}", said.out);
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
            "Job `once`: once  p.yaml:19:18\nPod `web`: web  p.yaml:3:18\n",
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
