//! `policyc roadmap`: what is counted as what, and that nothing is green by mistake.

mod support;
use serde_json::Value;
use support::Folder;

const POLICY: &str = "module own\n\nrule own-team on Deployment d where d.spec.replicas == 2 {\n  title    \"Team\"\n  severity high\n  phase    3.3\n  theme    pod-privileges\n\n  require exists d.metadata.labels.team\n    else \"no team\"\n  require d.metadata.labels.team == \"a\"\n    else \"another team\"\n}\n\nrule own-sum on Deployment d {\n  title    \"Sum\"\n  severity low\n  phase    1\n  theme    own-theme\n\n  require (d.spec.minReadySeconds ?? 5) > 1\n    else \"too few\"\n}\n\nexempt own-team for Deployment d where d.metadata.name == \"exempted\" because \"it goes\" until 2999-01-31\n";

fn deployment(name: &str, replicas: u8, labels: &str, more: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  labels: {{{labels}}}\nspec:\n  replicas: {replicas}\n{more}  selector: {{matchLabels: {{a: b}}}}\n  template: {{metadata: {{labels: {{a: b}}}}, spec: {{containers: [{{name: c, image: c}}]}}}}\n"
    )
}

/// All objects of a page with this id.
fn with_id<'v>(value: &'v Value, id: &str) -> Vec<&'v Value> {
    let inner: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(fields) => Box::new(fields.values()),
        _ => Box::new(std::iter::empty()),
    };
    let mut found: Vec<&Value> = inner.flat_map(|value| with_id(value, id)).collect();
    found.extend((value["id"] == id).then_some(value));
    found
}

fn rule<'v>(page: &'v Value, id: &str) -> &'v Value {
    let found = with_id(page, id);
    assert_eq!(found.len(), 1, "{id}");
    found[0]
}

/// `pass fail undecided allowed notApplicable` of what a page says.
fn counts(of: &Value) -> String {
    let words = ["pass", "fail", "undecided", "allowed", "notApplicable"];
    words.map(|word| of["subjects"][word].to_string()).join(" ")
}

fn project() -> Folder {
    let all = [
        deployment("good", 2, "team: a", ""),
        deployment("other", 2, "team: b", ""),
        deployment("none", 2, "", ""),
        deployment("exempted", 2, "", ""),
        deployment("one", 1, "", "  minReadySeconds: many\n"),
    ]
    .concat();
    let allowed =
        deployment("allowed", 2, "", "").replace("  labels:", "  # policyc: allow own-team -- known\n  labels:");
    Folder::new(&[("own.policy", POLICY), ("app/all.yaml", &all), ("app/allowed.yaml", &allowed)])
}

const OWN: [&str; 7] = ["roadmap", "app", "-p", "own.policy", "--format", "json", "--no-config"];

#[test]
fn each_subject_counts_once_for_a_rule() {
    let folder = project();
    let said = folder.run(&OWN);
    assert_eq!(said.code, 0, "{}", said.err);
    let page = said.json();
    let own = rule(&page, "own-team");
    assert_eq!(counts(own), "1 2 0 2 1", "{own}");
    assert_eq!(own["outcome"], "fail");
    // What is no number cannot be compared: undecided, and not passed.
    let sum = rule(&page, "own-sum");
    assert_eq!(counts(sum), "5 0 1 0 0", "{sum}");
    assert_eq!(sum["outcome"], "undecided");
    let phase = rule(&page, "phase-1");
    assert_eq!(phase["state"], "undecided");
    assert_eq!(rule(&page, "own-theme")["title"], "own-theme");
}

#[test]
fn what_a_survey_finds_is_what_check_finds() {
    let folder = project();
    folder.write("app/Dockerfile", b"FROM debian\nRUN curl -k https://x | sh\nUSER root\n");
    folder.write(
        "app/kustomization.yaml",
        b"resources: [all.yaml]\npatches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: good}\n    spec: {template: {spec: {hostNetwork: true}}}\n",
    );
    let page = folder.run(&["roadmap", "app", "-p", "own.policy", "--profile", "all", "--format", "json"]).json();
    let check = folder.run(&["check", "app", "-p", "own.policy", "--profile", "all", "--format", "json"]).json();
    let (mut compared, mut failing) = (0, 0);
    for finding in check["findings"].as_array().unwrap() {
        let id = finding["rule"].as_str().unwrap();
        if !finding["phase"].is_number() || id.starts_with("pod-security-standard") {
            continue;
        }
        let rule = rule(&page, id);
        let word = if finding["outcome"] == "fail" { "fail" } else { "undecided" };
        let told = rule["subjects"][word].as_u64().unwrap() + rule["subjects"]["fail"].as_u64().unwrap();
        assert!(told > 0, "{id} has {word}: {rule}");
        compared += 1;
    }
    for phase in page["phases"].as_array().unwrap() {
        for theme in phase["themes"].as_array().unwrap() {
            for rule in theme["list"].as_array().unwrap() {
                let fails = rule["subjects"]["fail"].as_u64().unwrap();
                let found = check["findings"].as_array().unwrap().iter();
                let found =
                    found.filter(|finding| finding["rule"] == rule["id"] && finding["outcome"] == "fail").count();
                // A subject that fails has a finding, and none has two subjects.
                assert!(fails <= found as u64, "{rule}: {found}");
                failing += usize::from(fails > 0);
            }
        }
    }
    assert!(compared > 50 && failing > 20, "{compared} {failing}");
}

#[test]
fn what_was_not_read_is_shown_and_never_green() {
    let folder = Folder::new(&[
        (
            "app/ok.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: 'a:1'}]}\n",
        ),
        ("app/bad.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: <script>\n"),
    ]);
    let args = |format| ["roadmap", "app", "--rule", "privileged-container", "--format", format];
    for (format, part) in
        [("text", "app/bad.yaml"), ("json", "\"app/bad.yaml\""), ("html", "<code>app/bad.yaml</code>")]
    {
        let said = folder.run(&args(format));
        assert_eq!(said.code, 4, "{format}: {}", said.out);
        assert!(said.out.contains(part) && said.err.contains("app/bad.yaml:"), "{}{}", said.out, said.err);
    }
    let page = folder.run(&args("json")).json();
    assert_eq!(rule(&page, "privileged-container")["outcome"], "pass");
    assert_eq!(rule(&page, "phase-3")["state"], "undecided", "nobody knows what was not read");
    std::fs::remove_file(folder.0.join("app/bad.yaml")).unwrap();
    let page = folder.run(&args("json")).json();
    assert_eq!(rule(&page, "phase-3")["state"], "reached");
    assert_eq!(folder.run(&["roadmap", "nowhere"]).code, 2);
    assert_eq!(folder.run(&["roadmap", "-", "--stdin-filename", "a.yaml"]).code, 2, "an empty pipe");
}

#[test]
fn folders_with_settings_of_their_own_are_counted_by_them() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: 'a:1', securityContext: {privileged: true}}]}\n";
    let folder = Folder::new(&[
        ("policyc.yaml", "rules: {privileged-container: on}\nallowOverride: [rules.privileged-container]\n"),
        ("a/pod.yaml", pod),
        ("b/pod.yaml", pod),
        ("b/policyc.yaml", "rules: {privileged-container: off}\n"),
    ]);
    let said = folder.run(&["roadmap", ".", "--format", "json"]);
    let page = said.json();
    assert_eq!(counts(rule(&page, "privileged-container")), "0 1 0 0 0", "{}", said.err);
    assert!(
        page["notes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|note| note.as_str().unwrap().contains("loosened in b/policyc.yaml"))
    );
}

#[test]
fn the_page_is_whole_and_asks_nothing_of_a_network() {
    let folder = project();
    let said = folder.run(&["roadmap", "app", "-p", "own.policy", "--format", "html"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for part in
        ["prefers-color-scheme: dark", "@media print", "role=\"img\"", "What to do next", "<code>own-team</code>"]
    {
        assert!(said.out.contains(part), "{part}");
    }
    for part in ["<script", "http:", "https:", "src=", "@import"] {
        assert!(!said.out.contains(part), "{part}");
    }
    let mut open: Vec<&str> = Vec::new();
    for tag in said.out.split('<').skip(1) {
        let (inside, _) = tag.split_once('>').unwrap();
        let name = inside.split(' ').next().unwrap();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name.trim_end_matches('>')), "{inside}"),
            None if inside.ends_with('/') || ["!doctype", "meta", "br"].contains(&name) => {}
            None => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}
