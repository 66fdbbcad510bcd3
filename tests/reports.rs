//! What reports look like, what they never show, and that they do not depend on chance.

mod support;
use support::Folder;

const MANIFEST: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    image: a:1
    tty: \"true\"
    stdin: yes
    imagePullPolcy: Always
    env:
    - {name: A, value: 1}
";

const BUILTIN: [&str; 8] = [
    "--rule",
    "schema/type",
    "--rule",
    "schema/unknown-field",
    "--rule",
    "yaml/ambiguous-scalar",
    "--rule",
    "yaml/duplicate-key",
];

#[test]
fn the_human_report() {
    let folder = Folder::new(&[("a.yaml", MANIFEST), ("values.yaml", "a: 1\n")]);
    let args = [&["check", ".", "--as-of", "2026-11-23", "--kubernetes", "1.37"], &BUILTIN[..]].concat();
    insta::with_settings!({snapshot_path => "snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("human", folder.run(&args).out);
    });
    let full = [&args[..], &["--full"]].concat();
    assert!(folder.run(&args).out.contains("not applicable (1 not Kubernetes)"));
    assert_eq!(folder.run(&full).out.matches("schema/type").count(), 2);
    let quiet = [&args[..], &["--quiet"]].concat();
    assert_eq!(folder.run(&quiet).out.lines().count(), 4);
}

#[test]
fn whatever_is_shown_has_its_source_line() {
    let pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostNetwork: true\n  hostPID: \"x\"\n";
    let (few, many) = (pod.repeat(2), pod.repeat(9));
    let folder = Folder::new(&[("a.yaml", &few), ("b.yaml", &many)]);
    for (args, findings) in [
        (&[][..], 9),
        (&["--full"], 33),
        (&["--indeterminate", "ignore"], 6),
        (&["--indeterminate", "ignore", "--full"], 22),
    ] {
        let rules = ["--rule", "host-network", "--rule", "host-pid", "--rule", "schema/type"];
        let out = folder.run(&[&["check", "."], &rules[..], args].concat()).out;
        let frames = |sign: &str| out.lines().filter(|line| line.contains(sign)).count();
        assert_eq!((frames("╭─["), frames(" │ ")), (findings, findings), "{args:?}: {out}");
    }
}

#[test]
fn colour_only_where_it_is_wanted() {
    let folder = Folder::new(&[("a.yaml", MANIFEST)]);
    assert!(!folder.run(&["check", "a.yaml"]).out.contains('\u{1b}'));
    assert!(folder.run(&["check", "a.yaml", "--color", "always"]).out.contains("\u{1b}["));
}

#[test]
fn nothing_of_an_input_reaches_the_terminal_unescaped() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"a\\u001b[31m\\u202e\"}\ndata: {\"k\\u001b]0;x\\u0007\": 1}\n";
    let folder = Folder::new(&[("a.yaml", text)]);
    let said = folder.run(&["check", "a.yaml", "--full"]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(!said.out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", said.out);
}

#[test]
fn secrets_are_in_no_report() {
    let text = "\
apiVersion: v1
kind: Secret
metadata:
  name: s
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{\"stringData\":{\"a\":\"hunter2\"}}'
type: Opaque
stringData: {a: 4242424242, b: hunter2, b: hunter2, c: {x: hunter2}} # hunter2
data:
  d: hunter2!
  e: hunter2 # hunter2
  e: hunter2
";
    let inline = "patches:\n- patch: |\n    apiVersion: v1\n    kind: Secret\n    metadata: {name: s}\n    data: {z: hunter2!}\n";
    let folder = Folder::new(&[
        ("a.yaml", text),
        ("b.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  a: hunter2: x\n"),
        ("k/kustomization.yaml", inline),
    ]);
    for args in [&["check", ".", "--full"][..], &["check", ".", "--quiet"], &["check", ".", "--format", "json"]] {
        let said = folder.run(args);
        for secret in ["hunter2", "4242424242"] {
            assert!(!said.out.contains(secret) && !said.err.contains(secret), "{args:?}: {}{}", said.out, said.err);
        }
        assert!(said.out.contains("schema/type") && said.out.contains("yaml/duplicate-key"), "{}", said.out);
    }
}

#[test]
fn every_value_of_a_secret_is_one_however_its_field_is_spelt() {
    let text = "\
apiVersion: v1
kind: secret
metadata:
  name: s
  labels: {app: hunter2}
  annotations: {kubectl.kubernetes.io/last-applied-configuration: hunter2, x: [hunter2]} # hunter2
  finalizers: hunter2
type: Opaque
Data: {a: hunter2}
stringdata:
  b: hunter2 # hunter2
immutable: hunter2
";
    let policy = "\
module own.t
rule tells on object o {
  title \"It tells\"
  severity low
  forbid exists o.metadata.name
    else \"{o.metadata.labels[\"app\"]} {o.metadata.annotations[\"kubectl.kubernetes.io/last-applied-configuration\"]}\"
    at o.metadata.labels[\"app\"]
}
";
    let folder =
        Folder::new(&[("a.yaml", text), ("b.yaml", &text.replace("secret", "Secret")), ("own.policy", policy)]);
    for args in [&["--full"][..], &["--quiet"], &["--format", "json"]] {
        let said = folder.run(&[&["check", ".", "-p", "own.policy"], args].concat());
        assert!(!said.out.contains("hunter2") && said.err.is_empty(), "{args:?}: {}{}", said.out, said.err);
        assert!(said.out.contains("*** ***") && said.out.contains("schema/unknown-field"), "{}", said.out);
    }
}

#[test]
fn names_of_any_length_make_no_long_report() {
    let name = "a".repeat(300_000);
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, labels: {{b: {name}}}}}\nspec:\n  hostNetwork: {name}\n  \
         containers:\n  - name: {name}\n    image: {name}\n    securityContext: {{privileged: true}}\n    \
         ? {name}\n    : x\n    ? {name}\n    : x\n"
    );
    let folder = Folder::new(&[("a.yaml", &text)]);
    for args in [&["--full"][..], &["--quiet"], &["--format", "json"]] {
        let said = folder.run(&[&["check", "a.yaml"], args].concat());
        assert_eq!(said.code, 1, "{}", said.err);
        assert!(said.out.len() < 150_000 && said.out.contains("privileged-container"), "{}", said.out.len());
    }
    for finding in folder.run(&["check", "a.yaml", "--format", "json"]).json()["findings"].as_array().unwrap() {
        let letters = |field: &str| finding[field].as_str().unwrap().chars().count();
        assert!(letters("message") <= 1_500 && letters("path") <= 2_001, "{finding}");
        assert_eq!(finding["resource"]["name"].as_str().unwrap().chars().count(), 1_001);
    }
}

#[test]
fn policies_of_any_length_are_shown_in_part() {
    let (name, hidden) = ("a".repeat(66_000), "x".repeat(500_000));
    let long = format!("module a\nparam {name}: string = 1\n");
    let wide = format!("module a\n# {hidden}\nparam b: string = 1 # {hidden}\n");
    let folder = Folder::new(&[("long.policy", &long), ("wide.policy", &wide)]);
    folder.write("latin.policy", b"module a\n# caf\xe9\n");
    for (file, place) in [("long.policy", "[long.policy:2:66018]"), ("wide.policy", "[wide.policy:3:19]")] {
        for args in [&["compile", file][..], &["test", file], &["check", "-p", file]] {
            let said = folder.run(args);
            assert_eq!((said.code, said.out.as_str()), (2, ""), "{args:?}");
            assert!(said.err.contains(place) && said.err.len() < 5_000, "{args:?}: {}", said.err);
        }
    }
    let said = folder.run(&["compile", "latin.policy"]);
    assert!(said.code == 2 && said.err.contains("byte `0xE9` at line 2, column 6"), "{}", said.err);
}

#[test]
fn json_is_safe_to_print() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: \"a\\u009b\u{202e}\\u2066é\"}\nspec: {hostNetwork: true}\n";
    let said = Folder::new(&[("a.yaml", text)]).run(&["check", "a.yaml", "--format", "json"]);
    assert!(said.out.contains("a\\u009b\\u202e\\u2066é"), "{}", said.out);
    assert!(!said.out.contains(['\u{9b}', '\u{202e}', '\u{2066}']));
    assert_eq!(said.json()["findings"][0]["resource"]["name"], "a\u{9b}\u{202e}\u{2066}é");
}

#[test]
fn exempted_findings_are_told_with_their_reasons() {
    let policy = "\
module own.t
rule no-host-network on Pod p {
  title \"No host network\"
  severity high
  forbid p.spec.hostNetwork == true else \"it is on the host network\"
}
exempt no-host-network for Pod p where p.metadata.name like \"old-*\" because \"it moves next year\" until 2027-01-31
";
    let pod =
        |name: &str| format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{hostNetwork: true}}\n");
    let (one, two, new) = (pod("old-one"), pod("old-two"), pod("new"));
    let folder = Folder::new(&[("own.policy", policy), ("1.yaml", &one), ("2.yaml", &two), ("3.yaml", &new)]);
    let check = |files: &[&str], args: &[&str]| {
        let start = ["check", "-p", "own.policy", "--rule", "no-host-network", "--as-of", "2026-11-23"];
        folder.run(&[&start[..], files, args].concat())
    };
    let reason = "2 exempted: no-host-network, because it moves next year, until 2027-01-31\n";
    let said = check(&["1.yaml", "2.yaml", "3.yaml"], &[]);
    assert!(said.out.contains(reason) && said.out.contains("1 finding: 1 high; 2 exempted\n"), "{}", said.out);
    let said = check(&["1.yaml", "2.yaml"], &[]);
    assert!(said.code == 0 && said.out.starts_with("no findings; 2 exempted\n"), "{}", said.out);
    let report = check(&["."], &["--format", "json"]).json();
    let group = serde_json::json!({
        "rule": "no-host-network", "because": "it moves next year", "until": "2027-01-31", "count": 2
    });
    assert_eq!((&report["summary"]["exempted"], &report["exempted"]), (&2.into(), &serde_json::json!([group])));
}

#[test]
fn tests_say_what_is_wrong_with_themselves() {
    let policy = "\
module own.t
rule named on Pod p { title \"Named\" severity low require exists p.metadata.name else \"it has no name\" }
test \"same\" { given yaml \"\" expect named passes }
test \"same\" { given yaml \"\" expect named passes }
";
    let said = Folder::new(&[("own.policy", policy)]).run(&["test", "own.policy"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("fixture 1 is empty") && !said.out.contains("it is gone"), "{}", said.out);
    assert_eq!(said.out.matches("warning: own.policy: more than one test is called `same`\n").count(), 1);
}

#[test]
fn names_that_mean_nothing_are_refused() {
    let folder = Folder::new(&[("a.yaml", MANIFEST)]);
    let long = "a".repeat(64);
    for (args, needle) in [
        (&["a.yaml", "--stdin-filename", "x.yaml"][..], "needs standard input"),
        (&["-", "--stdin-filename", ""], "is empty"),
        (&["a.yaml", "--namespace", "Bad Name"], "cannot be the name of a namespace"),
        (&["a.yaml", "--namespace", ""], "cannot be the name of a namespace"),
        (&["a.yaml", "--namespace=-a"], "cannot be the name of a namespace"),
        (&["a.yaml", "--namespace", &long], "cannot be the name of a namespace"),
    ] {
        let said = folder.run(&[&["check"], args].concat());
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{args:?}");
        assert!(said.err.contains(needle), "{args:?}: {}", said.err);
    }
    let said =
        folder.run_with(&["check", "-", "--stdin-filename", "x.yaml", "--namespace", "shop-1"], MANIFEST.as_bytes());
    assert!(said.code == 1 && said.out.starts_with("x.yaml"), "{}{}", said.out, said.err);
}

#[test]
fn chance_does_not_show() {
    let mut files: Vec<(String, String)> = Vec::new();
    for number in 0..120 {
        files.push((
            format!("d{}/f{number}.yaml", number % 7),
            MANIFEST.replace("name: p", &format!("name: p{number}")),
        ));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = Folder::new(&files);
    let run = |args: &[&str]| folder.run(&[&["check", "--format", "json", "--as-of", "2026-11-23"], args].concat()).out;
    let first = run(&["--jobs", "1", "d0", "d1", "d2", "d3", "d4", "d5", "d6"]);
    assert_eq!(first, run(&["--jobs", "2", "d0", "d1", "d2", "d3", "d4", "d5", "d6"]));
    assert_eq!(first, run(&["--jobs", "2", "d6", "d3", "d5", "d1", "d0", "d4", "d2", "d0"]));
    assert_eq!(first, run(&["."]));
}

#[test]
fn rules_are_listed_for_programs() {
    let folder = Folder::new(&[]);
    let listing = folder.run(&["rules", "--format", "json"]).json();
    let ids: Vec<&str> = listing["rules"].as_array().unwrap().iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert!(ids.is_sorted() && ids.contains(&"schema/type") && ids.contains(&"privileged-container"));
    for field in ["id", "title", "severity", "phase", "theme", "controls", "kinds", "params"] {
        assert!(listing["rules"][0].get(field).is_some(), "{field}");
    }
    assert!(listing["profiles"].as_array().unwrap().iter().any(|profile| profile["name"] == "pss-baseline"));
}
