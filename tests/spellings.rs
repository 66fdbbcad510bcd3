//! One fault in many spellings: whatever Kubernetes reads as a privileged container is found, and what it refuses is
//! never green.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
use support::Folder;

/// A pod whose container goes on with these lines, and what else stands in the file.
fn pod(security: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: c\n    image: a:1\n{security}"
    )
}

struct Judged {
    code: i32,
    /// The text that each finding of the rule underlines.
    underlined: Vec<String>,
}

fn judge(name: &str, bytes: &[u8], text: &str) -> Judged {
    let folder = Folder::new(&[]);
    folder.write(name, bytes);
    let said = folder.run(&["check", "--format", "json", "--rule", "privileged-container", name]);
    let report = said.json();
    let findings = report["findings"].as_array().unwrap();
    let underlined = findings.iter().map(|finding| {
        let offset = |end: &str| usize::try_from(finding["range"][end]["offset"].as_u64().unwrap()).unwrap();
        text.get(offset("start")..offset("end")).unwrap_or("?").to_owned()
    });
    Judged { code: said.code, underlined: underlined.collect() }
}

fn found(what: &str, name: &str, text: &str, underlined: &[&str]) {
    let judged = judge(name, text.as_bytes(), text);
    assert_eq!(judged.underlined, underlined, "{what}:\n{text}");
    assert_eq!(judged.code, 1, "{what}");
}

#[test]
fn every_spelling_of_true() {
    for word in ["true", "True", "TRUE", "yes", "Yes", "y", "Y", "on", "ON", "!!bool yes", "!!bool \"true\""] {
        let text = pod(&format!("    securityContext:\n      privileged: {word}\n"));
        let plain = word.rsplit(' ').next().unwrap();
        found(word, "a.yaml", &text, &[plain]);
    }
}

#[test]
fn keys_in_disguise() {
    for (what, security, underlined) in [
        ("quoted", "    \"securityContext\": {'privileged': true}\n", "true"),
        ("escaped", "    securityContext: {\"priv\\x69leged\": true}\n", "true"),
        ("explicit key", "    securityContext:\n      ? privileged\n      : true\n", "true"),
        ("last of two", "    securityContext: {privileged: false, privileged: true}\n", "true"),
        (
            "last of two blocks",
            "    securityContext: {privileged: false}\n    securityContext: {privileged: true}\n",
            "true",
        ),
    ] {
        found(what, "a.yaml", &pod(security), &[underlined]);
    }
    let overruled = pod("    securityContext: {privileged: true, privileged: false}\n");
    assert_eq!(judge("a.yaml", overruled.as_bytes(), &overruled).code, 0, "the last of two equal keys wins");
}

#[test]
fn merges_and_aliases() {
    let head = "x: &own {privileged: true}\n";
    found("an alias", "a.yaml", &format!("{head}{}", pod("    securityContext: *own\n")), &["*own"]);
    let merged = format!("{head}{}", pod("    securityContext:\n      <<: *own\n"));
    found("a merge key", "a.yaml", &merged, &["*own"]);
    let two = format!("{head}{}", pod("    securityContext:\n      <<: [{runAsUser: 1}, *own]\n"));
    found("a list of merges", "a.yaml", &two, &["[{runAsUser: 1}, *own]"]);
}

#[test]
fn lists_json_and_documents() {
    let inner = pod("    securityContext: {privileged: true}\n");
    let item: String = inner.lines().map(|line| format!("    {line}\n")).collect();
    found("a List", "a.yaml", &format!("apiVersion: v1\nkind: List\nitems:\n  -\n{item}"), &["true"]);
    let json = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"a:1","securityContext":{"privileged":true}}]}}"#;
    found("JSON", "a.json", json, &["true"]);
    found("JSON after JSON", "a.json", &format!("{json}\n{json}"), &["true", "true"]);
    found("the third document", "a.yaml", &format!("a: 1\n---\n# nothing\n---\n{inner}"), &["true"]);
    found("line ends of Windows", "a.yaml", &inner.replace('\n', "\r\n"), &["true"]);
    found("text after `...` is passed over, before it is not", "a.yaml", &format!("{inner}...\n"), &["true"]);
    found("an unknown tag", "a.yaml", &inner.replace("kind: Pod", "kind: !mine Pod"), &["true"]);
}

#[test]
fn encodings() {
    let text = pod("    securityContext: {privileged: true}\n");
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend(text.as_bytes());
    assert_eq!(judge("a.yaml", &marked, "").code, 1, "UTF-8 with a mark");
    for little in [true, false] {
        let unit = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        let wide: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect();
        assert_eq!(judge("a.yaml", &wide, "").code, 1, "UTF-16, little-endian: {little}");
    }
}

/// What the API server refuses is no pass: a value of another type cannot be told.
#[test]
fn a_string_is_no_boolean() {
    let text = pod("    securityContext:\n      privileged: \"true\"\n");
    let judged = judge("a.yaml", text.as_bytes(), &text);
    assert_eq!((judged.code, judged.underlined), (3, vec!["\"true\"".to_owned()]));
}

#[test]
fn containers_of_every_sort_and_owner() {
    let context = "securityContext: {privileged: true}";
    for list in ["initContainers", "ephemeralContainers"] {
        let more = format!("  {list}:\n  - {{name: x, image: a:1, {context}}}\n");
        found(list, "a.yaml", &pod(&more), &["true"]);
    }
    let spec = format!("{{containers: [{{name: c, image: a:1, {context}}}]}}");
    let template = format!("{{metadata: {{labels: {{a: b}}}}, spec: {spec}}}");
    for (api, kind, spec) in [
        ("apps/v1", "Deployment", format!("{{selector: {{}}, template: {template}}}")),
        ("apps/v1beta1", "Deployment", format!("{{template: {template}}}")),
        ("extensions/v1beta1", "DaemonSet", format!("{{template: {template}}}")),
        ("apps/v1", "StatefulSet", format!("{{template: {template}}}")),
        ("v1", "ReplicationController", format!("{{template: {template}}}")),
        ("batch/v1", "Job", format!("{{template: {template}}}")),
        ("batch/v1beta1", "CronJob", format!("{{jobTemplate: {{spec: {{template: {template}}}}}}}")),
    ] {
        let text = format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}\n");
        found(kind, "a.yaml", &text, &["true"]);
    }
}

/// Bounded work: large and hostile inputs end soon, with what is in them found.
#[test]
fn large_inputs() {
    let inner = pod("    securityContext: {privileged: true}\n");
    let many = vec![inner.as_str(); 3_000].join("---\n");
    assert_eq!(judge("a.yaml", many.as_bytes(), &many).underlined.len(), 3_000);
    let long = format!(
        "{inner}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata: {{a: \"{}\"}}\n",
        "x".repeat(50 << 20)
    );
    found("a scalar of 50 MB", "a.yaml", &long, &["true"]);
}
