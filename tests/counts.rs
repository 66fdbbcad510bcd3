//! `--format summary`: what is counted is what would be told.

mod support;
use std::collections::BTreeMap;
use support::Folder;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostNetwork: true\n  containers:\n";

fn folder() -> Folder {
    let containers: String = (0..3).map(|n| format!("  - name: c{n}\n    image: nginx\n")).collect();
    let alias = "  - &c\n    name: a\n    image: nginx:1\n    securityContext: {privileged: true}\n  - *c\n";
    let merge = "  - &d {name: a, image: x}\n  - {<<: *d, name: b}\n";
    let unknown = "  - name: a\n    image: \"$IMAGE\"\n    securityContext: {privileged: \"yes\"}\n";
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template:\n    spec:\n      \
                 containers:\n      - name: a\n        securityContext: {privileged: true}\n";
    let list = "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: x}\n  spec: {containers: [{name: y}]}\n";
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: \"not base64\", a: b}\n";
    Folder::new(&[
        ("a.yaml", &format!("{POD}{containers}---\n{POD}{alias}")),
        ("b.yaml", &format!("{POD}{merge}---\n{POD}{unknown}")),
        ("c.yaml", &format!("{POD}{containers}").replace('\n', "\r\n")),
        ("d.yaml", &format!("\u{feff}{POD}{containers}")),
        ("k/kustomization.yaml", "resources: [r.yaml]\npatches: [{path: patch.yaml}]\n"),
        ("k/r.yaml", list),
        ("k/patch.yaml", patch),
        ("s.yaml", secret),
        ("broken.yaml", "a: [\n"),
    ])
}

#[test]
fn counts_and_first_places_are_those_of_the_findings() {
    let folder = folder();
    for selection in [&[][..], &["--profile", "all"], &["--profile", "pss-restricted"]] {
        let with = |more: &[&str]| folder.run(&[&["check", "."], selection, more].concat());
        let (told, counted) = (with(&["--format", "json"]), with(&["--format", "summary", "--quiet"]));
        let mut expected: BTreeMap<String, (usize, String)> = BTreeMap::new();
        let json = told.json();
        for finding in json["findings"].as_array().unwrap() {
            let start = &finding["range"]["start"];
            let place = format!("{}:{}:{}", finding["file"].as_str().unwrap(), start["line"], start["column"]);
            expected.entry(finding["rule"].as_str().unwrap().to_owned()).or_insert((0, place)).0 += 1;
        }
        assert!(!expected.is_empty());
        let lines: Vec<&str> = counted.out.lines().filter(|line| line.contains(", first at ")).collect();
        let found: BTreeMap<String, (usize, String)> = lines
            .iter()
            .map(|line| {
                let (head, place) = line.split_once(", first at ").unwrap();
                let words: Vec<&str> = head.split_whitespace().collect();
                (words[2].to_owned(), (words[0].parse().unwrap(), place.to_owned()))
            })
            .collect();
        assert_eq!(found, expected, "{selection:?}");
        assert_eq!(counted.code, told.code);
    }
}

#[test]
fn the_exit_code_asks_for_the_worst() {
    let folder = Folder::new(&[("a.yaml", &format!("{POD}  - {{name: a, image: nginx:1}}\n"))]);
    for (least, code) in [("low", 1), ("high", 1), ("critical", 0)] {
        let said =
            folder.run(&["check", "a.yaml", "--rule", "host-network", "--format", "summary", "--fail-on", least]);
        assert_eq!(said.code, code, "{}", said.out);
        assert!(said.out.contains("1 high     host-network, first at a.yaml:5:16"), "{}", said.out);
    }
}
