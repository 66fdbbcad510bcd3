//! The policies that are shipped: their tests pass, and a slip in a path is found when they are compiled.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::Folder;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn tests_pass(folder: &str) {
    let path = root().join(folder);
    let said = Folder::new(&[]).run(&["test", path.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
}

#[test]
fn the_standard_library_passes_its_tests() {
    tests_pass("stdlib-policies");
}

/// Every profile has rules that are there, and none asks for opposite things.
#[test]
fn profiles_agree_with_themselves() {
    let listing = Folder::new(&[]).run(&["rules", "--format", "json"]).json();
    let names = |value: &serde_json::Value, key: &str| -> Vec<String> {
        value.as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_owned()).collect()
    };
    let rules = names(&listing["rules"], "id");
    let text = fs::read_to_string(root().join("stdlib-policies/profiles/opposed.json")).unwrap();
    let opposed: Vec<[String; 2]> = serde_json::from_str(&text).unwrap();
    assert!(opposed.iter().flatten().all(|rule| rules.contains(rule)), "{opposed:?}");
    let profiles = names(&listing["profiles"], "name");
    for name in ["recommended", "strict", "nsa", "cis-k8s", "kubeaudit", "trivy", "phase-1", "phase-2", "phase-3"] {
        assert!(profiles.iter().any(|known| known == name), "{name}");
    }
    let mut files: Vec<String> = fs::read_dir(root().join("stdlib-policies/profiles"))
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".yaml")?.to_owned()))
        .collect();
    files.sort();
    assert_eq!(files, profiles, "profiles and their files");
    for profile in listing["profiles"].as_array().unwrap() {
        let (name, taken) = (&profile["name"], profile["rules"].as_array().unwrap());
        assert!(!taken.is_empty(), "{name}");
        for rule in taken {
            assert!(rules.iter().any(|known| rule == known), "{name}: {rule}");
        }
        for [first, second] in &opposed {
            assert!(!(taken.iter().any(|rule| rule == first) && taken.iter().any(|rule| rule == second)), "{name}");
        }
        let said =
            Folder::new(&[("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n")])
                .run(&["check", "--profile", name.as_str().unwrap(), "a.yaml"]);
        assert!(said.code <= 1, "{name}: {}{}", said.out, said.err);
    }
}

/// Each check of the catalog is a rule, or stands in `docs/not-decidable.md` with the reason.
#[test]
#[expect(clippy::print_stderr, reason = "what did not run must be told")]
fn every_check_of_the_catalog_is_accounted_for() {
    let shared = std::env::var_os("POLICYC_CORPUS").map_or_else(|| root().join("../shared"), PathBuf::from);
    let Ok(catalog) = fs::read_to_string(shared.join("catalog/kubernetes.yaml")) else {
        eprintln!("not tested: there is no catalog at {}", shared.display());
        return;
    };
    let checks: Vec<&str> = catalog.lines().filter_map(|line| line.strip_prefix("- id: ")).map(str::trim).collect();
    assert!(checks.len() >= 410, "{}", checks.len());
    let listing = Folder::new(&[]).run(&["rules", "--format", "json"]).json();
    let rules: Vec<&str> =
        listing["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let page = fs::read_to_string(root().join("docs/not-decidable.md")).unwrap();
    let explained: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(id, reason)| {
            assert!(reason.trim_end_matches(" |").len() > 20, "{id} has no reason");
            id
        })
        .collect();
    assert!(explained.len() < 15, "{explained:?}");
    assert!(explained.iter().all(|id| checks.contains(id)), "{explained:?} are in the catalog");
    let wrong: Vec<_> = checks.iter().filter(|id| rules.contains(id) == explained.contains(id)).collect();
    assert!(wrong.is_empty(), "neither a rule nor explained, or both: {wrong:?}");
}

#[test]
fn the_examples_pass_their_tests() {
    tests_pass("examples/policies");
}

/// One path of each example, misspelt, and what the compiler suggests.
#[test]
fn a_slip_in_a_path_is_a_compile_error_with_the_right_name() {
    for (file, right, wrong, name) in [
        ("pods", "c.securityContext.privileged ==", "c.securityContext.privilegd ==", "privileged"),
        ("images", "c.image.repository like", "c.image.repositry like", "repository"),
        ("pinning", "exists c.image.digest or", "exists c.image.diggest or", "digest"),
        ("resources", "c.resources.limits.memory", "c.resource.limits.memory", "resources"),
        ("network", "np.spec.podSelector is", "np.spec.podSelecter is", "podSelector"),
        ("rbac", "p.resourceNames is", "p.resourcesNames is", "resourceNames"),
        ("services", "p.targetPort is string", "p.targetport is string", "targetPort"),
    ] {
        let text = fs::read_to_string(root().join(format!("examples/policies/{file}.policy"))).unwrap();
        assert!(text.contains(right), "{file}");
        let folder = Folder::new(&[("slip.policy", &text.replacen(right, wrong, 1))]);
        let said = folder.run(&["compile", "slip.policy"]);
        assert_eq!(said.code, 2, "{file}: {}{}", said.out, said.err);
        let shown = format!("{}{}", said.out, said.err);
        assert!(shown.contains(&format!("did you mean `{name}`?")), "{file}: {shown}");
    }
}

/// A definition among the inputs types the policies that speak of its kind.
#[test]
fn custom_resources_are_typed_by_their_definitions() {
    let definition = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.acme.example}
spec:
  group: acme.example
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {colour: {type: string}}}}}}
";
    let policy = |field: &str| {
        format!(
            "module own.w\nrule blue on Widget w {{\n  title \"x\"\n  severity low\n  require w.spec.{field} == \"blue\" else \"not blue\"\n}}\n"
        )
    };
    let widget = "apiVersion: acme.example/v1\nkind: Widget\nmetadata: {name: w}\nspec: {colour: red}\n";
    let folder = Folder::new(&[
        ("in/crd.yaml", definition),
        ("in/w.yaml", widget),
        ("right.policy", &policy("colour")),
        ("wrong.policy", &policy("color")),
    ]);
    let said = folder.run(&["check", "-p", "wrong.policy", "in"]);
    assert_eq!(said.code, 2, "{}", said.out);
    assert!(said.err.contains("did you mean `colour`?"), "{}", said.err);
    let said = folder.run(&["check", "-p", "right.policy", "--rule", "blue", "in"]);
    assert_eq!((said.code, said.err.as_str()), (1, ""), "{}", said.out);
    let said = folder.run(&["check", "-p", "wrong.policy", "--rule", "blue", "in/w.yaml"]);
    assert_eq!(said.code, 1, "without the definition the path is not checked");
    assert!(said.err.contains("no schema is known for the kind `Widget`"), "{}", said.err);
}

#[test]
fn the_intermediate_representation_is_printed() {
    let path = root().join("examples/policies/images.policy");
    let said = Folder::new(&[]).run(&["compile", "--emit", "ir", path.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("param repositories: list<glob>"), "{}", said.out);
    assert!(said.out.contains("require #"), "{}", said.out);
    let said = Folder::new(&[]).run(&["compile", "--emit", "ir-json", path.to_str().unwrap()]);
    assert_eq!(said.json()["version"], 1);
}

#[test]
fn hostile_policies_end_in_a_diagnostic() {
    let rule = |condition: &str| {
        format!(
            "module own.t\nrule r on Pod p {{\n  title \"x\"\n  severity low\n  require {condition} else \"y\"\n}}\n"
        )
    };
    for (what, text) in [
        ("brackets", rule(&"(".repeat(20_000))),
        ("a chain", rule(&vec!["p.spec.hostPID == true"; 100_000].join(" or "))),
        ("negations", rule(&"not ".repeat(100_000))),
        ("an empty file", String::new()),
        ("one open text", rule("\"")),
    ] {
        let folder = Folder::new(&[("a.policy", &text)]);
        let said = folder.run(&["compile", "a.policy"]);
        assert!(said.code == 2 && !said.err.is_empty(), "{what}: {} {}", said.code, said.err);
    }
}
