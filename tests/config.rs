//! `policyc.yaml`: what it sets, what it may not set, and what is said where it makes no sense.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
use serde_json::{Value, json};
use support::{Folder, Said};

const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: p, namespace: shop}
spec:
  containers:
  - name: web
    image: nginx:1.27
    securityContext:
      privileged: true
";

const RULE: &str = "module acme
param most: number = 3
  doc \"Most containers.\"
rule no-host-network on Pod p {
  title \"t\"
  severity high
  forbid p.spec.hostNetwork == true else \"host network\"
}
rule few-containers on Pod p {
  title \"t\"
  severity medium
  require count(p.spec.containers) <= most else \"too many\"
}
";

/// Ids of the rules that found something, sorted, each once.
fn rules(said: &Said) -> Vec<String> {
    let report = said.json();
    let all = report["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap().to_owned());
    all.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

fn check(folder: &Folder, args: &[&str]) -> Said {
    let mut all = vec!["check", "--format", "json", "--as-of", "2026-11-23"];
    all.extend(args);
    folder.run(&all)
}

fn found(said: &Said, rule: &str) -> Option<Value> {
    said.json()["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == rule).cloned()
}

#[test]
fn switches_severities_and_parameters() {
    let folder = Folder::new(&[("in/a.yaml", POD), ("p/a.policy", RULE)]);
    let with = |config: &str| {
        folder.write("policyc.yaml", format!("policies: [p]\n{config}").as_bytes());
        check(&folder, &["in"])
    };
    let plain = with("");
    assert!(found(&plain, "privileged-container").is_some(), "{}", plain.out);
    assert!(found(&plain, "few-containers").is_none());
    assert_eq!(plain.json()["summary"]["loosened"], 0);
    let off = with("rules: {privileged-container: off}\n");
    assert!(found(&off, "privileged-container").is_none());
    assert_eq!(
        (&off.json()["summary"]["loosened"], &off.json()["loosened"][0]["setting"]),
        (&json!(1), &json!("rules.privileged-container")),
        "{}",
        off.out
    );
    let low = with("rules: {privileged-container: low}\n");
    assert_eq!(found(&low, "privileged-container").unwrap()["severity"], "low");
    assert_eq!(low.json()["loosened"][0]["effect"], "low in place of critical", "{}", low.out);
    assert!(found(&with("rules: {few-containers: {params: {most: 0}}}\n"), "few-containers").is_some());
    let globs = with("rules: {'*': off, privileged-container: on}\n");
    assert_eq!(rules(&globs), ["privileged-container"]);
    let profile = with("profile: pss-restricted\nrules: {few-containers: {params: {most: 0}}}\n");
    assert!(found(&profile, "few-containers").is_some() && found(&profile, "seccomp-profile-required").is_some());
    let named = with("rules: {host-users: medium}\n");
    assert_eq!(found(&named, "host-users").unwrap()["severity"], "medium", "a rule that runs where it is named");
    folder.write("in/c.yaml", b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: 1}\n");
    assert_eq!(found(&with("rules: {schema/type: critical}\n"), "schema/type").unwrap()["severity"], "critical");
}

#[test]
fn the_command_line_wins() {
    let folder = Folder::new(&[("in/a.yaml", POD), ("p/a.policy", RULE)]);
    let config = "policies: [p]\nkubernetes: '1.30'\nprofile: pss-baseline\nfailOn: critical\nworld: open\n\
                  rules: {few-containers: {params: {most: 0}}, no-host-network: off}\n";
    folder.write("policyc.yaml", config.as_bytes());
    let version = |args: &[&str]| check(&folder, args).json()["kubernetes"].clone();
    assert_eq!((version(&["in"]), version(&["in", "--kubernetes", "1.34"])), (json!("1.30"), json!("1.34")));
    assert_eq!(version(&["in", "--no-config"]), json!("1.37"));
    assert_eq!(rules(&check(&folder, &["in", "--rule", "few-containers"])), ["few-containers"]);
    let none = check(&folder, &["in", "--rule", "few-containers", "--param", "few-containers.most=3"]);
    assert_eq!(rules(&none), [] as [&str; 0]);
    let restricted = check(&folder, &["in", "--profile", "pss-restricted"]);
    assert!(found(&restricted, "seccomp-profile-required").is_some());
    folder.write("policyc.yaml", b"failOn: critical\nprofile: pss-baseline\nrules: {privileged-container: high}\n");
    assert_eq!(check(&folder, &["in"]).code, 0);
    assert_eq!(check(&folder, &["in", "--fail-on", "low"]).code, 1);
    assert_eq!(check(&folder, &["in", "--no-config"]).code, 1);
}

#[test]
fn mistakes_end_the_run_at_their_place() {
    let folder = Folder::new(&[("in/a.yaml", POD)]);
    for (config, words) in [
        ("rules:\n  privileged-contaner: off\n", &["policyc.yaml:2:3", "did you mean `privileged-container`?"][..]),
        ("rules: {privileged-container: {params: {x: 1}}}\n", &["policyc.yaml:1:41", "has no parameter `x`"]),
        ("rules: {'nothing-*': off}\n", &["policyc.yaml:1:9", "no rule is like `nothing-*`"]),
        ("profile: pss-baselin\n", &["policyc.yaml:1:10", "did you mean `pss-baseline`?"]),
        ("faleOn: low\n", &["policyc.yaml:1:1", "did you mean `failOn`?"]),
        ("allowOverride: [rules.nothing]\n", &["policyc.yaml:1:17", "there is no rule `nothing`"]),
        ("allowOverride: [everything]\n", &["policyc.yaml:1:17", "nothing that may be loosened"]),
        ("policies: [nowhere]\n", &["`nowhere`, which are not there"]),
        ("a: [\n", &["policyc.yaml:"]),
    ] {
        folder.write("policyc.yaml", config.as_bytes());
        let said = check(&folder, &["in"]);
        assert!(said.code == 2 && said.out.is_empty(), "{config}: {}{}", said.out, said.err);
        assert!(words.iter().all(|word| said.err.contains(word)), "{config}: {}", said.err);
        assert_eq!(check(&folder, &["in", "--no-config"]).code, 1);
    }
}

#[test]
fn parameters_have_the_types_of_their_rules() {
    let folder = Folder::new(&[("in/a.yaml", POD), ("p/a.policy", RULE)]);
    folder.write("policyc.yaml", b"policies: [p]\nrules:\n  few-containers:\n    params: {most: many}\n");
    let said = check(&folder, &["in"]);
    assert!(said.code == 2 && said.err.contains("policyc.yaml:4:20") && said.err.contains("number"), "{}", said.err);
}

#[test]
fn it_is_found_upwards_to_the_root_of_the_repository() {
    let folder = Folder::new(&[
        ("policyc.yaml", "rules: {privileged-container: off}\n"),
        ("repo/.git/HEAD", ""),
        ("repo/a/b/pod.yaml", POD),
    ]);
    let repo = Folder(folder.0.join("repo/a"));
    assert!(found(&check(&repo, &["b"]), "privileged-container").is_some(), "nothing beyond the repository");
    folder.write("repo/policyc.yaml", b"rules: {privileged-container: off}\n");
    assert!(found(&check(&repo, &["b"]), "privileged-container").is_none());
    assert!(found(&check(&repo, &["b/pod.yaml"]), "privileged-container").is_none());
    let elsewhere = check(&folder, &["repo/a/b"]);
    assert!(elsewhere.json()["notes"].to_string().contains("configured by policyc.yaml"), "{}", elsewhere.out);
    folder.write("other.yaml", b"rules: {privileged-container: high}\n");
    let named = check(&repo, &["b", "--config", "../../other.yaml"]);
    assert_eq!(found(&named, "privileged-container").unwrap()["severity"], "high");
    std::mem::forget(repo);
}

#[test]
fn files_below_tighten_freely() {
    let folder = Folder::new(&[
        (
            "policyc.yaml",
            "failOn: critical\nrules: {privileged-container: medium, few-containers: off}\npolicies: [p]\n",
        ),
        ("p/a.policy", RULE),
        (
            "team/policyc.yaml",
            "failOn: low\nprofile: pss-restricted\nrules: {privileged-container: high, few-containers: {params: {most: 0}}}\n",
        ),
        ("team/a.yaml", POD),
        ("other/a.yaml", POD),
    ]);
    let said = check(&folder, &["team", "other"]);
    let report = said.json();
    let of = |file: &str, rule: &str| {
        let findings = report["findings"].as_array().unwrap().iter();
        let mut here = findings.filter(|finding| finding["file"] == file && finding["rule"] == rule);
        here.next().map(|finding| finding["severity"].as_str().unwrap().to_owned())
    };
    assert_eq!(of("team/a.yaml", "privileged-container").as_deref(), Some("high"));
    assert_eq!(of("other/a.yaml", "privileged-container").as_deref(), Some("medium"));
    assert_eq!(of("team/a.yaml", "few-containers").as_deref(), Some("medium"), "{}", said.out);
    assert_eq!(of("other/a.yaml", "few-containers"), None);
    assert!(of("team/a.yaml", "seccomp-profile-required").is_some(), "{}", said.out);
    assert_eq!(of("other/a.yaml", "seccomp-profile-required"), None, "{}", said.out);
    assert_eq!((check(&folder, &["team"]).code, check(&folder, &["other"]).code), (1, 0));
    let summary = folder.run(&["check", "--format", "summary", "team", "other"]);
    assert!(summary.out.contains("few-containers"), "{}", summary.out);
}

#[test]
fn files_below_loosen_what_the_root_allows_and_it_is_counted() {
    let folder = Folder::new(&[("team/a.yaml", POD), ("other/a.yaml", POD)]);
    for (nested, allow, setting) in [
        ("rules: {privileged-container: off}\n", "rules.privileged-container", "rules.privileged-container"),
        ("rules: {privileged-container: low}\n", "rules.privileged-*", "rules.privileged-container"),
        ("rules: {'privileged-*': off}\n", "rules.*", "rules.privileged-container"),
        ("failOn: critical\n", "failOn", "failOn"),
        ("inputs: {exclude: ['*.yaml']}\n", "inputs.exclude", "inputs.exclude"),
    ] {
        folder.write("team/policyc.yaml", nested.as_bytes());
        folder.write("policyc.yaml", b"failOn: low\n");
        let refused = check(&folder, &["."]);
        assert!(refused.code == 2 && refused.err.contains("team/policyc.yaml:1:"), "{nested}: {}", refused.err);
        assert!(refused.err.contains(&format!("add `{setting}` to `allowOverride`")), "{}", refused.err);
        folder.write("policyc.yaml", format!("allowOverride: [{allow}]\n").as_bytes());
        let said = check(&folder, &["."]);
        let report = said.json();
        let loosened = report["loosened"].as_array().unwrap();
        let here = loosened.iter().find(|one| one["setting"] == setting && one["file"] == "team/policyc.yaml");
        assert!(here.is_some() && report["summary"]["loosened"].as_u64() >= Some(1), "{nested}: {}", said.out);
        let others = report["findings"].as_array().unwrap().iter().filter(|finding| finding["file"] == "other/a.yaml");
        assert!(others.into_iter().any(|finding| finding["rule"] == "privileged-container"), "{nested}: {}", said.out);
    }
    folder.write("team/policyc.yaml", b"rules: {privileged-container: off}\n");
    folder.write("policyc.yaml", b"allowOverride: [rules.privileged-container]\n");
    let report = check(&folder, &["."]).json();
    assert_eq!(report["loosened"][0]["findings"], 1);
    let human = folder.run(&["check", "."]);
    assert!(human.out.contains("loosened at team/policyc.yaml:1:"), "{}", human.out);
    assert!(human.out.contains("`rules.privileged-container`: off (1 finding)"), "{}", human.out);
    let sarif: Value = serde_json::from_str(&folder.run(&["check", ".", "--format", "sarif"]).out).unwrap();
    let told = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(told.contains("config/loosened") && told.contains("team/policyc.yaml"), "{told}");
}

#[test]
fn parameters_below_are_looser_until_the_root_says_otherwise() {
    let folder = Folder::new(&[("p/a.policy", RULE), ("team/a.yaml", POD), ("b.yaml", POD)]);
    let root = "policies: [p]\nrules: {few-containers: {params: {most: 0}}}\n";
    folder.write("policyc.yaml", root.as_bytes());
    folder.write("team/policyc.yaml", b"rules: {few-containers: {params: {most: 5}}}\n");
    let refused = check(&folder, &["."]);
    assert!(refused.code == 2 && refused.err.contains("rules.few-containers.params.most"), "{}", refused.err);
    folder.write("policyc.yaml", format!("{root}allowOverride: [rules.few-containers.params.most]\n").as_bytes());
    let said = check(&folder, &["."]);
    let findings = said.json()["findings"].as_array().unwrap().clone();
    let files: Vec<&str> = findings
        .iter()
        .filter(|finding| finding["rule"] == "few-containers")
        .map(|finding| finding["file"].as_str().unwrap())
        .collect();
    assert_eq!(files, ["b.yaml"], "{}", said.out);
    assert_eq!(said.json()["loosened"][0]["findings"], 1, "{}", said.out);
}

#[test]
fn inputs_are_left_out_and_counted() {
    let folder = Folder::new(&[("a.yaml", POD), ("vendor/b.yaml", POD), ("c/d.yaml", POD)]);
    for (config, files, left) in [
        ("inputs: {exclude: [vendor]}\n", 2, 1),
        ("inputs: {exclude: ['**/*.yaml']}\n", 0, 3),
        ("inputs: {include: [c]}\n", 1, 2),
        ("inputs: {include: ['*/*.yaml'], exclude: [c/d.yaml]}\n", 1, 2),
    ] {
        folder.write("policyc.yaml", config.as_bytes());
        let said = check(&folder, &[".", "--allow-empty"]);
        let report = said.json();
        let sum: u64 = report["loosened"].as_array().unwrap().iter().filter_map(|one| one["files"].as_u64()).sum();
        assert_eq!((&report["summary"]["files"], sum), (&json!(files), left), "{config}: {}", said.out);
    }
    folder.write("policyc.yaml", b"inputs: {exclude: [vendor]}\n");
    assert_eq!(check(&folder, &["vendor/b.yaml"]).json()["summary"]["files"], 1, "what is named is judged");
}

#[test]
fn worlds_projects_and_what_is_made_elsewhere() {
    let service = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: s, namespace: n}\n";
    let policy = "module acme
rule has-config on ServiceAccount s {
  title \"t\"
  severity low
  require exists s.namespace.find(\"ConfigMap\", \"c\") else \"none\"
}
";
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: n}\n";
    let folder = Folder::new(&[("p/a.policy", policy), ("dev/s.yaml", service), ("prod/c.yaml", config)]);
    let run = |text: &str| {
        folder.write("policyc.yaml", format!("policies: [p]\n{text}").as_bytes());
        let said = check(&folder, &[".", "--rule", "has-config"]);
        let report = said.json();
        (report["summary"]["fail"].as_u64().unwrap(), report["summary"]["openWorld"].as_u64().unwrap())
    };
    assert_eq!(run(""), (0, 0));
    assert_eq!(run("projects: [dev, prod]\n"), (1, 0));
    assert_eq!(run("projects: [dev]\nworld: open\n"), (0, 1));
    assert_eq!(run("projects: [dev]\nexternal: [{kind: ConfigMap, name: 'c*'}]\n"), (0, 1));
    assert_eq!(run("projects: [dev]\nexternal: [{kind: ConfigMap, name: c, namespace: 'n?'}]\n"), (1, 0));
    assert_eq!(run("projects: [dev]\nexternal: [{kind: Secret, name: '*'}]\n"), (1, 0));
}

#[test]
fn every_exemption_has_an_end() {
    let network = POD.replace("spec:\n", "spec:\n  hostNetwork: true\n");
    let folder = Folder::new(&[("in/a.yaml", &network), ("policyc.yaml", "policies: [p]\nprofile: pss-baseline\n")]);
    let with = |exempt: &str| {
        folder.write("p/a.policy", format!("{RULE}\n{exempt}\n").as_bytes());
        check(&folder, &["in"])
    };
    let head = "exempt no-host-network for Pod p where p.metadata.name ==";
    let used = with(&format!("{head} \"p\" because \"it routes\" until 2027-01-01"));
    let one = &used.json()["exemptions"][0];
    assert_eq!(
        (&one["status"], &one["count"], &one["file"]),
        (&json!("used"), &json!(1), &json!("p/a.policy")),
        "{one}"
    );
    assert!(found(&used, "no-host-network").is_none());
    let unused = with(&format!("{head} \"q\" because \"it routes\" until 2027-01-01"));
    let codes = |said: &Said| {
        let report = said.json();
        let all = report["diagnostics"].as_array().unwrap().iter();
        all.map(|one| format!("{} {}", one["severity"].as_str().unwrap(), one["code"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!((codes(&unused), unused.code), (vec!["warning exempt/unused".to_owned()], 1));
    let expired = with(&format!("{head} \"p\" because \"it routes\" until 2026-11-22"));
    assert_eq!((codes(&expired), expired.code), (vec!["error exempt/expired".to_owned()], 2), "{}", expired.err);
    assert!(found(&expired, "no-host-network").is_some());
    for malformed in [format!("{head} \"p\" until 2027-01-01"), format!("{head} \"p\" because \"x\"")] {
        let said = with(&malformed);
        assert!(said.code == 2 && said.out.is_empty() && said.err.contains("an exemption needs"), "{}", said.err);
    }
    let human = {
        with(&format!("{head} \"q\" because \"x\" until 2027-01-01\n{head} \"p\" because \"y\" until 2027-01-01"));
        folder.run(&["check", "in", "--as-of", "2026-11-23"])
    };
    assert!(human.out.contains("exemptions: 1 used, 1 unused"), "{}", human.out);
    let asked = check(&folder, &["in", "--rule", "privileged-container"]);
    assert_eq!(codes(&asked), [] as [&str; 0], "its rule did not run");
}

#[test]
fn comments_allow_with_a_reason_and_are_counted() {
    let folder = Folder::new(&[]);
    let with = |comment: &str| {
        folder.write("in/a.yaml", POD.replace("privileged: true", &format!("privileged: true {comment}")).as_bytes());
        check(&folder, &["in"])
    };
    let allowed = with("# policyc: allow privileged-container -- it loads a module until 2027-06-30");
    assert!(found(&allowed, "privileged-container").is_none(), "{}", allowed.out);
    let report = allowed.json();
    let one = &report["suppressed"][0];
    assert_eq!(report["summary"]["suppressed"], 1);
    assert_eq!(
        (&one["rule"], &one["because"], &one["until"]),
        (&json!("privileged-container"), &json!("it loads a module"), &json!("2027-06-30"))
    );
    let human = folder.run(&["check", "in"]);
    assert!(
        human.out.contains("1 suppressed") && human.out.contains("findings that comments allow: 1"),
        "{}",
        human.out
    );
    let sarif: Value = serde_json::from_str(&folder.run(&["check", "in", "--format", "sarif"]).out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let here = results.iter().find(|result| result["ruleId"] == "privileged-container").unwrap();
    assert_eq!(here["suppressions"][0]["kind"], "inSource", "{here}");
    let summary = folder.run(&["check", "in", "--format", "summary"]);
    assert!(!summary.out.contains("privileged-container"), "{}", summary.out);
    for (comment, code, exit) in [
        ("# policyc: allow privileged-container", "suppress/malformed", 4),
        ("# policyc: allow privileged-container -- x until 2026-01-01", "suppress/expired", 4),
        ("# policyc: allow host-ipc -- x", "suppress/unused", 1),
        ("# policyc: allow privileged-contaner -- x", "suppress/unknown-rule", 1),
    ] {
        let said = with(comment);
        assert!(found(&said, "privileged-container").is_some(), "{comment}: {}", said.out);
        assert_eq!(
            (&said.json()["diagnostics"][0]["code"], said.code),
            (&json!(code), exit),
            "{comment}: {}",
            said.out
        );
    }
    folder.write("policyc.yaml", b"rules: {privileged-container: {suppress: false}}\n");
    let said = with("# policyc: allow privileged-container -- it loads a module");
    assert!(found(&said, "privileged-container").is_some());
    assert_eq!((&said.json()["diagnostics"][0]["code"], said.code), (&json!("suppress/not-allowed"), 4));
}

#[test]
fn comments_in_dockerfiles() {
    let folder = Folder::new(&[]);
    let text = |comment: &str| format!("FROM debian:12\n{comment}RUN sudo ls\nUSER 1000\n");
    let run = |comment: &str| {
        folder.write("Dockerfile", text(comment).as_bytes());
        check(&folder, &["Dockerfile", "--profile", "all"])
    };
    let before = run("");
    let on_line_2 = |said: &Said| {
        let report = said.json();
        let all = report["findings"].as_array().unwrap().iter();
        let ids = all.filter(|finding| finding["range"]["start"]["line"].as_u64() > Some(1));
        ids.filter(|finding| finding["message"].to_string().contains("sudo"))
            .map(|finding| finding["rule"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let ids = on_line_2(&before);
    let id = ids.first().unwrap_or_else(|| panic!("a rule is about sudo: {}", before.out));
    let after = run(&format!("# policyc: allow {id} -- the image is for tests\n"));
    assert!(!on_line_2(&after).contains(id), "{}", after.out);
    assert_eq!(after.json()["summary"]["suppressed"], 1, "{}", after.out);
}

#[test]
fn packages_are_pinned() {
    let folder = Folder::new(&[
        ("in/a.yaml", POD),
        ("vendor/acme/a.policy", RULE),
        ("policyc.yaml", "packages: {acme: vendor/acme}\nrules: {few-containers: {params: {most: 0}}}\n"),
    ]);
    let unpinned = check(&folder, &["in"]);
    assert!(unpinned.code == 2 && unpinned.err.contains("run `policyc lock`"), "{}", unpinned.err);
    let locked = folder.run(&["lock"]);
    assert!(locked.code == 0 && locked.out.contains("acme sha256:"), "{}{}", locked.out, locked.err);
    let lock = std::fs::read_to_string(folder.0.join("policyc.lock")).unwrap();
    let said = check(&folder, &["in"]);
    assert!(found(&said, "few-containers").is_some(), "{}{}", said.out, said.err);
    for (name, text) in [("vendor/acme/b.csv", "x"), ("vendor/acme/a.policy", &format!("{RULE}\n# more\n")[..])] {
        folder.write(name, text.as_bytes());
        let changed = check(&folder, &["in"]);
        assert!(changed.code == 2 && changed.err.contains("is not what it was"), "{}", changed.err);
        assert!(changed.err.contains("run `policyc lock`") && changed.out.is_empty(), "{}", changed.err);
        assert_eq!(folder.run(&["lock"]).code, 0);
        assert!(std::fs::read_to_string(folder.0.join("policyc.lock")).unwrap() != lock);
        assert_ne!(check(&folder, &["in"]).code, 2);
    }
    folder.write("policyc.lock", b"version: 1\npackages: {acme: {path: vendor/acme}}\n");
    let broken = check(&folder, &["in"]);
    assert!(broken.code == 2 && broken.err.contains("policyc.lock:2:12"), "{}", broken.err);
    folder.write("policyc.yaml", b"packages: {other: vendor/acme}\n");
    assert!(check(&folder, &["in"]).code == 2);
}

#[test]
fn profiles_of_one_s_own() {
    let folder = Folder::new(&[
        ("in/a.yaml", POD),
        ("p/a.policy", RULE),
        (
            "p/base.profile.yaml",
            "name: base\nrules: [few-containers, no-host-network]\nparams: {few-containers: {most: 0}}\n",
        ),
        (
            "p/harder.profile.yaml",
            "name: harder\ntitle: More\nextends: [base, pss-baseline]\nwithout: [no-host-network]\nseverities: {few-containers: critical}\n",
        ),
        ("policyc.yaml", "policies: [p]\n"),
    ]);
    assert_eq!(rules(&check(&folder, &["in", "--profile", "base"])), ["few-containers"]);
    let harder = check(&folder, &["in", "--profile", "harder"]);
    assert_eq!(rules(&harder), ["few-containers", "privileged-container"]);
    assert_eq!(found(&harder, "few-containers").unwrap()["severity"], "critical");
    folder.write("policyc.yaml", b"policies: [p]\nprofile: harder\n");
    assert!(rules(&check(&folder, &["in"])).contains(&"few-containers".to_owned()));
    let listed = folder.run(&["rules"]);
    assert!(listed.out.contains("profile harder: More"), "{}", listed.out);
    for (text, words) in [
        ("name: x\nrules: [few-container]\n", "did you mean `few-containers`?"),
        ("name: x\nextends: [bas]\n", "did you mean `base`?"),
        ("name: x\nextends: [x]\n", "extends itself"),
        ("name: base\n", "there is a profile `base` already"),
        ("rules: []\n", "a profile has a `name`"),
        ("name: x\nparams: {few-containers: {most: a}}\n", "x.profile.yaml:2:33"),
        ("name: x\nparams: {few-containers: {mst: 1}}\n", "did you mean `most`?"),
        ("name: x\nrule: [a]\n", "did you mean `rules`?"),
    ] {
        folder.write("p/x.profile.yaml", text.as_bytes());
        let said = check(&folder, &["in"]);
        assert!(said.code == 2 && said.err.contains(words), "{text}: {}", said.err);
    }
}

#[test]
fn the_schema_knows_rules_parameters_and_profiles() {
    let folder = Folder::new(&[("p/a.policy", RULE), ("policyc.yaml", "policies: [p]\n")]);
    let said = folder.run(&["config", "schema"]);
    let schema = said.json();
    let rule = &schema["properties"]["rules"]["properties"]["few-containers"];
    let most = &rule["anyOf"][1]["properties"]["params"]["properties"]["most"];
    assert_eq!(most, &json!({"type": "number", "description": "number: Most containers."}), "{rule}");
    let profiles = &schema["properties"]["profile"]["enum"];
    assert!(profiles.as_array().unwrap().contains(&json!("pss-restricted")), "{profiles}");
    assert_eq!(schema["additionalProperties"], false);
    assert!(schema["properties"]["rules"]["properties"]["schema/type"].is_object());
}

#[test]
fn it_is_explained_line_by_line() {
    let folder = Folder::new(&[
        (
            "policyc.yaml",
            "kubernetes: '1.34'\nprofile: pss-baseline\nfailOn: high\nrules:\n  host-ipc: off\n  privileged-container: medium\n",
        ),
        ("team/policyc.yaml", "failOn: low\nrules: {privileged-container: high}\n"),
        ("team/a.yaml", POD),
    ]);
    let lines = |file: &str| {
        let said = folder.run(&["config", "explain", file]);
        assert_eq!(said.code, 0, "{}", said.err);
        let words = said.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        words.collect::<Vec<_>>()
    };
    let team = lines("team/a.yaml");
    for line in [
        "kubernetes 1.34 policyc.yaml:1:13",
        "profile pss-baseline policyc.yaml:2:10",
        "failOn low team/policyc.yaml:1:9",
        "rules.privileged-container.severity high team/policyc.yaml:2:31",
    ] {
        assert!(team.iter().any(|told| told == line), "{line}: {team:#?}");
    }
    let other = lines("other/new.yaml");
    assert!(other.iter().any(|told| told == "failOn high policyc.yaml:3:9"), "{other:#?}");
    assert!(
        other.iter().any(|told| told == "rules.privileged-container.severity medium policyc.yaml:6:25"),
        "{other:#?}"
    );
    let checked = folder.run(&["config", "check"]);
    assert_eq!(
        (checked.code, checked.out.as_str()),
        (0, "ok    policyc.yaml\nok    team/policyc.yaml\n"),
        "{}",
        checked.err
    );
    folder.write("team/policyc.yaml", b"failOn: critical\n");
    assert_eq!(folder.run(&["config", "check"]).code, 2);
}
