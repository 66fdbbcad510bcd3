//! What the README says works as written: its links lead somewhere, its commands and flags exist, its policy and its
//! configuration do what it says of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
use std::collections::BTreeSet;
use std::path::Path;
use support::Folder;

const README: &str = include_str!("../README.md");

/// The block of the README that begins with these words.
fn block(start: &str) -> String {
    let blocks = README.split("```").skip(1).step_by(2).filter_map(|block| Some(block.split_once('\n')?.1));
    let mut found = blocks.filter(|block| block.starts_with(start));
    found.next().unwrap_or_else(|| panic!("the README has no block that begins with `{start}`")).to_owned()
}

/// What stands between backticks outside of blocks.
fn code() -> Vec<String> {
    let text: String = README.split("```").step_by(2).collect();
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn links_lead_to_files() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut pages: Vec<_> = ["README.md", "SECURITY.md", "CHANGELOG.md"].iter().map(|name| root.join(name)).collect();
    for folder in ["docs", "docs/decisions"] {
        let entries = std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(entries.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    let mut links = 0;
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap();
            if !target.is_empty() && !target.contains("://") && !target.contains([' ', '\n', '{', '"']) {
                assert!(page.parent().unwrap().join(target).exists(), "{} links to {target}", page.display());
                links += 1;
            }
        }
    }
    assert!(links > 20, "only {links} links were found");
}

#[test]
fn commands_and_flags_exist() {
    let folder = Folder::new(&[]);
    let commands = commands();
    let mut help = String::new();
    for command in &commands {
        let said = folder.run(&[command, "--help"]);
        assert_eq!(said.code, 0, "`policyc {command}` is no command: {}", said.err);
        help.push_str(&said.out);
    }
    let code = code();
    let words = code.iter().flat_map(|text| text.split([' ', ',', '=']));
    let flags: BTreeSet<&str> = words.filter(|word| word.starts_with("--")).collect();
    assert!(flags.len() > 10, "{flags:?}");
    for flag in flags {
        assert!(help.contains(flag), "no command has the flag `{flag}`");
    }
    // The table leaves no command out.
    let all = folder.run(&["help"]).out;
    let listed = all.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let listed: BTreeSet<&str> = listed.filter_map(|line| line.split_whitespace().next()).collect();
    let told: BTreeSet<&str> = commands.into_iter().chain(["help"]).collect();
    assert_eq!(listed, told, "the table of commands and `policyc help`");
}

/// The commands in the README's table. Those of one line begin with `policyc` once.
fn commands() -> Vec<&'static str> {
    let rows = README.lines().filter_map(|line| line.strip_prefix("| `policyc ")?.split(" | ").next());
    let mut commands: Vec<&str> = Vec::new();
    for row in rows {
        let first = row.split([' ', '`']).next().unwrap();
        commands.push(first);
        // `explain` and `schema` behind `config check` are its own.
        let more = row.split('`').skip(2).step_by(2).filter_map(|part| part.split(' ').next());
        if first != "config" {
            commands.extend(more.filter(|word| !word.is_empty()));
        }
    }
    commands.sort_unstable();
    commands.dedup();
    commands
}

#[test]
fn the_policy_passes_its_tests_and_judges() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: a, image: nginx:1}\n";
    let folder = Folder::new(&[("acme.policy", &block("module acme.images")), ("manifests/pod.yaml", pod)]);
    let tested = folder.run(&["test", "acme.policy"]);
    assert_eq!(tested.code, 0, "{}{}", tested.out, tested.err);
    let judged = folder.run(&["check", "-p", "acme.policy", "--rule", "approved-registry", "manifests"]);
    assert_eq!(judged.code, 1, "{}{}", judged.out, judged.err);
    assert!(
        judged.out.contains("image nginx:1 of container a of Pod p comes from docker.io/library/nginx"),
        "{}",
        judged.out
    );
}

#[test]
fn the_configuration_is_read() {
    let folder = Folder::new(&[
        (".git/HEAD", ""),
        ("policyc.yaml", &block("kubernetes:")),
        ("policies/acme.policy", &block("module acme.images")),
    ]);
    let said = folder.run(&["config", "check"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
}

#[test]
fn the_example_has_findings() {
    let shop = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("examples/shop");
    let said = Folder::new(&[]).run(&["check", "--no-config", &shop.to_string_lossy()]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
}
