//! `policyc check --fix` and `--diff`: what is written, what is not, and what is said of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use support::Folder;

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: p} # a pod
spec:
  containers:
    - name: a
      image: a:1
      securityContext:
        privileged: true # for now
";

const RULE: [&str; 3] = ["check", "--rule", "privileged-container"];

fn args<'a>(more: &[&'a str]) -> Vec<&'a str> {
    RULE.into_iter().chain(more.iter().copied()).collect()
}

fn text(folder: &Folder, name: &str) -> String {
    String::from_utf8(std::fs::read(folder.0.join(name)).unwrap()).unwrap()
}

#[test]
fn only_what_was_asked_for_is_made() {
    let folder = Folder::new(&[("p.yaml", POD)]);
    let said = folder.run(&args(&["--fix", "."]));
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert_eq!(text(&folder, "p.yaml"), POD);
    assert!(said.out.contains("1 more have fixes that may change behaviour (--fix=unsafe makes them)"), "{}", said.out);
    let said = folder.run(&args(&["--fix=unsafe", "."]));
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(text(&folder, "p.yaml"), POD.replace("true", "false"));
    assert!(said.out.contains("note: 1 finding fixed in 1 file"), "{}", said.out);
    let said = folder.run(&args(&["--fix=unsafe", "."]));
    assert_eq!(said.code, 0);
    assert_eq!(text(&folder, "p.yaml"), POD.replace("true", "false"));
}

#[test]
fn a_difference_writes_nothing_and_stands_alone() {
    let folder = Folder::new(&[("p.yaml", POD)]);
    let said = folder.run(&args(&["--fix=unsafe", "--diff", "p.yaml"]));
    let want = "--- a/p.yaml\n+++ b/p.yaml\n@@ -6,4 +6,4 @@\n     - name: a\n       image: a:1\n       securityContext:\n\
                -        privileged: true # for now\n+        privileged: false # for now\n";
    assert_eq!((said.code, said.out.as_str()), (1, want), "{}", said.err);
    assert!(said.err.contains("1 finding would be fixed in 1 file; nothing was written"), "{}", said.err);
    assert_eq!(text(&folder, "p.yaml"), POD);
}

#[test]
fn line_ends_and_the_end_of_the_file_stay() {
    let crlf = POD.replace('\n', "\r\n");
    let folder = Folder::new(&[("crlf.yaml", &crlf), ("open.yaml", POD.trim_end())]);
    let said = folder.run(&["check", "--rule", "run-as-non-root", "--fix=unsafe", "."]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let added = "  securityContext:\n    runAsNonRoot: true\n";
    assert_eq!(text(&folder, "crlf.yaml"), format!("{POD}{added}").replace('\n', "\r\n"));
    assert_eq!(text(&folder, "open.yaml"), format!("{POD}{added}").trim_end());
}

#[test]
fn several_fixes_of_one_place_go_together() {
    let folder = Folder::new(&[("p.yaml", POD)]);
    let rules =
        ["privilege-escalation-allowed", "capabilities-drop-all", "read-only-root-filesystem", "memory-limit-set"];
    let mut all = vec!["check", "--fix=unsafe", "."];
    rules.iter().for_each(|rule| all.extend(["--rule", rule]));
    let said = folder.run(&all);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let want = POD.to_owned()
        + "        capabilities:\n          drop:\n            - ALL\n        allowPrivilegeEscalation: false\n        \
           readOnlyRootFilesystem: true\n      resources:\n        limits:\n          memory: 512Mi\n";
    assert_eq!(text(&folder, "p.yaml"), want);
}

#[test]
fn standard_input_is_not_written() {
    let folder = Folder::new(&[]);
    let said = folder.run_with(&args(&["--fix=unsafe", "-"]), POD.as_bytes());
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(said.out.contains("standard input was judged, and is not edited"), "{}", said.out);
}

#[test]
fn kustomizations_are_not_written() {
    let name = "kustomization.yaml";
    let folder = Folder::new(&[(name, POD)]);
    let said = folder.run(&args(&["--fix=unsafe", "."]));
    assert_eq!(text(&folder, name), POD, "{}", said.out);
}

#[test]
fn shared_values_make_a_fix_unsafe_and_change_together() {
    let shared = "\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - {name: a, image: \"a:1\", securityContext: &s {privileged: true}}
    - {name: b, image: \"b:1\", securityContext: *s}
";
    let folder = Folder::new(&[("p.yaml", shared)]);
    let said = folder.run(&args(&["--fix=unsafe", "."]));
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(text(&folder, "p.yaml"), shared.replace("true", "false"));
}

#[test]
fn reports_carry_the_edits() {
    let folder = Folder::new(&[("p.yaml", POD)]);
    let report = folder.run(&args(&["--format", "json", "p.yaml"])).json();
    let fix = &report["findings"][0]["fix"];
    assert_eq!(fix["applicability"], "unsafe");
    assert_eq!(fix["title"], "set `securityContext.privileged` to `false`");
    let edit = &fix["edits"][0];
    assert_eq!((&edit["file"], &edit["newText"]), (&"p.yaml".into(), &"false".into()));
    let offset = |end: &str| usize::try_from(edit["range"][end]["offset"].as_u64().unwrap()).unwrap();
    assert_eq!(&POD[offset("start")..offset("end")], "true");
    assert_eq!(edit["range"]["start"]["line"], 9);
    let sarif = folder.run(&args(&["--format", "sarif", "p.yaml"])).json();
    let change = &sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "p.yaml");
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "false");
    assert_eq!(change["replacements"][0]["deletedRegion"]["startLine"], 9);
    let said = folder.run(&args(&["p.yaml"]));
    for line in ["fix: set `securityContext.privileged` to `false`", "9 -         privileged: true # for now"] {
        assert!(said.out.contains(line), "{}", said.out);
    }
}

#[test]
fn secrets_do_not_stand_in_differences() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  password: hunter2\n---\n";
    let folder = Folder::new(&[(
        "p.yaml",
        &format!("{secret}{}", POD.replace("metadata: {name: p} # a pod\n", "metadata: {name: p}\n")),
    )]);
    let said = folder.run(&args(&["--fix=unsafe", "--diff", "."]));
    assert!(said.out.contains("+        privileged: false") && !said.out.contains("hunter2"), "{}", said.out);
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new(&[("real/p.yaml", POD), ("locked/q.yaml", POD)]);
    let real = folder.0.join("real/p.yaml");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real/p.yaml", folder.0.join("link.yaml")).unwrap();
    let locked = folder.0.join("locked/q.yaml");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o444)).unwrap();
    let said = folder.run(&args(&["--fix=unsafe", "link.yaml", "locked/q.yaml"]));
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(said.out.contains("was not written: it is read-only"), "{}", said.out);
    assert!(std::fs::symlink_metadata(folder.0.join("link.yaml")).unwrap().is_symlink());
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(text(&folder, "real/p.yaml"), POD.replace("true", "false"));
    assert_eq!(text(&folder, "locked/q.yaml"), POD);
    let left: Vec<String> = std::fs::read_dir(folder.0.join("real"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(left, ["p.yaml"]);
}

#[test]
fn dockerfiles_are_fixed_word_by_word() {
    let before = "FROM debian:12\n# tools\nRUN apt-get update && \\\n    apt-get install -y curl\nUSER app\n";
    let folder = Folder::new(&[("Dockerfile", before)]);
    let said = folder.run(&["check", "--rule", "recommends-apt", "--fix", "."]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let after = before.replace("install -y", "install --no-install-recommends -y");
    assert_eq!(text(&folder, "Dockerfile"), after);
}
