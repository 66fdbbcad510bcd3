//! Dockerfiles as the program meets them: in folders, on standard input, broken, as templates, in odd encodings.

mod support;

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

#[test]
fn what_is_not_known_is_not_guessed() {
    let policy = "module own.x\nrule tag on instruction i where i.keyword == \"FROM\" {\n  title \"x\"\n  severity low\n  \
                  forbid i.image.tag == \"latest\" else \"latest\" at i.image\n}\n";
    let folder = Folder::new(&[("own.policy", policy), ("Dockerfile", "ARG T\nFROM a:$T\n")]);
    let said = folder.run(&["check", "--format", "json", "--policy", "own.policy", "--rule", "tag", "Dockerfile"]);
    assert_eq!((said.code, findings(&said)), (3, vec!["Dockerfile:2:6 tag".to_owned()]), "{}{}", said.out, said.err);
}
