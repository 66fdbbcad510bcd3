//! Dockerfiles as the program meets them: in folders, on standard input, broken, as templates, in odd encodings.

mod support;

use std::collections::BTreeSet;
use std::process::Command;
use support::{Folder, Said};

const ARGS: [&str; 5] = ["--format", "json", "--rule", "sudo-in-run", "--rule"];

fn check(folder: &Folder, args: &[&str], input: &[u8]) -> Said {
    let all: Vec<&str> = ["check"].iter().chain(args).chain(&ARGS).chain(&["base-image-tag-latest"]).copied().collect();
    folder.run_with(&all, input)
}

/// File, line, column and rule of each finding.
fn findings(said: &Said) -> Vec<String> {
    let findings = said.json()["findings"].as_array().cloned().unwrap_or_default();
    let shown = findings.iter().map(|finding| {
        let start = &finding["range"]["start"];
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        format!("{}:{}:{} {}", text(&finding["file"]), start["line"], start["column"], text(&finding["rule"]))
    });
    shown.collect()
}

fn codes(said: &Said) -> Vec<String> {
    let diagnostics = said.json()["diagnostics"].as_array().cloned().unwrap_or_default();
    diagnostics.iter().map(|one| one["code"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn folders_are_searched_for_dockerfiles() {
    let text = "FROM a:1\nRUN x && \\\n    sudo y\n";
    let folder = Folder::new(&[
        ("Dockerfile", text),
        ("a/Containerfile", text),
        ("b/api.Dockerfile", text),
        ("b/Dockerfile.prod", text),
        ("b/Dockerfile.md", text),
        ("b/notes.txt", text),
    ]);
    let said = check(&folder, &["."], b"");
    assert_eq!(said.code, 1);
    assert_eq!(
        findings(&said),
        [
            "Dockerfile:3:5 sudo-in-run",
            "a/Containerfile:3:5 sudo-in-run",
            "b/Dockerfile.prod:3:5 sudo-in-run",
            "b/api.Dockerfile:3:5 sudo-in-run",
        ]
    );
}

#[test]
fn standard_input_may_be_a_dockerfile() {
    let folder = Folder::new(&[]);
    let args = ["-", "--stdin-filename", "x/Dockerfile"];
    let said = check(&folder, &args, b"FROM a:latest\n");
    assert_eq!(findings(&said), ["x/Dockerfile:1:6 base-image-tag-latest"]);
    let said = check(&folder, &args, b"\xEF\xBB\xBFFROM a:latest\r\nRUN sudo x\r\n");
    assert_eq!(findings(&said), ["x/Dockerfile:1:6 base-image-tag-latest", "x/Dockerfile:2:5 sudo-in-run"]);
    let wide: Vec<u8> = "\u{FEFF}FROM a:latest\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(findings(&check(&folder, &args, &wide)), ["x/Dockerfile:1:6 base-image-tag-latest"]);
    assert_eq!(check(&folder, &args, b"FROM a\xFF\n").code, 4);
}

#[test]
fn a_mistake_costs_one_instruction() {
    let folder = Folder::new(&[("Dockerfile", "FROM a:latest\nRNU x\nRUN sudo y\n")]);
    let said = check(&folder, &["Dockerfile"], b"");
    assert_eq!((said.code, codes(&said)), (4, vec!["dockerfile/syntax".to_owned()]));
    assert_eq!(findings(&said).len(), 2);
}

#[test]
fn fragments_and_templates_are_told_of() {
    let folder = Folder::new(&[
        ("part/Dockerfile", "RUN sudo x\n"),
        ("template/Dockerfile.template", "FROM {{ .base }}\nRUN sudo x\n"),
    ]);
    let said = check(&folder, &["part"], b"");
    assert_eq!((said.code, codes(&said)), (1, vec!["dockerfile/no-from".to_owned()]));
    assert_eq!(findings(&said), ["part/Dockerfile:1:5 sudo-in-run"]);
    let said = check(&folder, &["template"], b"");
    assert_eq!((said.code, codes(&said), findings(&said)), (0, vec!["dockerfile/template".to_owned()], Vec::new()));
}

/// A finding says which instruction of which stage it is about; it stays the same finding when lines move.
#[test]
fn places_are_told_in_the_words_of_dockerfiles() {
    let text = "FROM a:latest AS build\nRUN sudo x && sudo x\nFROM build\nONBUILD RUN sudo x\n";
    let told = |text: &str| -> Vec<(String, String)> {
        let folder = Folder::new(&[("Dockerfile", text)]);
        let said = check(&folder, &["Dockerfile"], b"");
        let others = ["human", "sarif"]
            .map(|form| folder.run(&["check", "--format", form, "--rule", "sudo-in-run", "Dockerfile"]).out);
        let found = said.json()["findings"].as_array().cloned().unwrap_or_default();
        let of = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
        for path in found.iter().filter(|one| one["rule"] == "sudo-in-run").map(|one| of(one, "path")) {
            others.iter().for_each(|out| assert!(out.contains(&path), "{path}: {out}"));
        }
        found.iter().map(|one| (of(one, "path"), of(one, "fingerprint"))).collect()
    };
    let before = told(text);
    let paths: Vec<&str> = before.iter().map(|(path, _)| path.as_str()).collect();
    let expected = [
        "stage build, FROM on line 1",
        "stage build, RUN on line 2",
        "stage build, RUN on line 2",
        "stage 1, ONBUILD RUN on line 4",
    ];
    assert_eq!(paths, expected);
    let prints = |all: &[(String, String)]| -> Vec<String> { all.iter().map(|(_, print)| print.clone()).collect() };
    let different: BTreeSet<String> = prints(&before).into_iter().collect();
    assert_eq!(different.len(), before.len(), "equal faults of one stage are told apart");
    let after = told(&format!("# moved\n\n{}", text.replacen("RUN", "ENV A=1\nRUN", 1)));
    assert_eq!(after[1].0, "stage build, RUN on line 5");
    assert_eq!(prints(&after), prints(&before));
}

/// Files that nobody writes end within a minute of processor time, unoptimised, and a gigabyte of address space, which
/// all memory is a part of.
#[cfg(target_os = "linux")]
#[test]
fn huge_files_end() {
    let step = format!("apt-get install -y {} && \\\n ", "x".repeat(76));
    for (what, text, code, rule) in [
        ("a million instructions", format!("FROM a:1\n{}", "RUN sudo x\n".repeat(1_000_000)), 4, "sudo-in-run"),
        ("a RUN of 10 MB", format!("FROM a:1\nRUN {}sudo y\n", step.repeat(100_000)), 1, "sudo-in-run"),
        (
            "a RUN of many commands",
            format!("FROM a:1\nRUN {}sudo y\n", "a;\\\n".repeat(300_000)),
            4,
            "dockerfile/limit",
        ),
        ("sudo behind sudo", format!("FROM a:1\nRUN {} y\n", "env ".repeat(1_000)), 4, "dockerfile/limit"),
        ("a RUN of 10 MB on one line", format!("FROM a:1\nRUN {}", "x".repeat(10_000_000)), 4, "dockerfile/syntax"),
    ] {
        let folder = Folder::new(&[("Dockerfile", &text)]);
        let program = env!("CARGO_BIN_EXE_policyc");
        let line = format!(
            "ulimit -v 1048576; ulimit -t 60; exec '{program}' check --format summary --jobs 1 --rule sudo-in-run Dockerfile"
        );
        let output = Command::new("sh").args(["-c", &line]).current_dir(&folder.0).output().expect("a shell is there");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{what}: {said}");
        assert!(said.contains(rule), "{what}: {said}");
    }
}

#[test]
fn what_is_not_known_is_not_guessed() {
    let policy = "module own.x\nrule tag on instruction i where i.keyword == \"FROM\" {\n  title \"x\"\n  severity low\n  \
                  forbid i.image.tag == \"latest\" else \"latest\" at i.image\n}\n";
    let folder = Folder::new(&[("own.policy", policy), ("Dockerfile", "ARG T\nFROM a:$T\n")]);
    let said = folder.run(&["check", "--format", "json", "--policy", "own.policy", "--rule", "tag", "Dockerfile"]);
    assert_eq!((said.code, findings(&said)), (3, vec!["Dockerfile:2:6 tag".to_owned()]), "{}{}", said.out, said.err);
}
