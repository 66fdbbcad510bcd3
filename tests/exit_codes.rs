//! Exit codes and refusals of the command line.

mod support;
use support::Folder;

const CLEAN: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n";
const TYPE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: 1}\n";
const BROKEN: &str = "a: [\n";

#[test]
fn codes_follow_what_was_found() {
    let folder = Folder::new(&[
        ("clean/a.yaml", CLEAN),
        ("type/a.yaml", TYPE),
        ("broken/a.yaml", BROKEN),
        ("both/a.yaml", TYPE),
        ("both/b.yaml", BROKEN),
        ("other/values.yaml", "a: 1\n"),
        ("none/a.txt", "x"),
        ("README.md", "# Title: [x\n"),
    ]);
    let cases: &[(&[&str], i32)] = &[
        (&["check", "clean"], 0),
        (&["check", "type"], 1),
        (&["check", "type", "--fail-on", "high"], 0),
        (&["check", "broken"], 4),
        (&["check", "both"], 4),
        (&["check", "other"], 0),
        (&["check", "README.md"], 0),
        (&["check", "none"], 2),
        (&["check", "none", "--allow-empty"], 0),
        (&["check", "missing"], 2),
        (&["check", "clean", "--rule", "schema/tpye"], 2),
        (&["check", "clean", "--profile", "pss-baselin"], 2),
        (&["check", "clean", "--param", "nonsense"], 2),
        (&["check", "clean", "--param", "privileged-container.x=1"], 2),
        (&["check", "clean", "--as-of", "2026-02-30"], 2),
        (&["check", "clean", "--kubernetes", "latest"], 2),
        (&["check", "clean", "--jobs", "0"], 2),
        (&["check", "clean", "--fail-on", "urgent"], 2),
        (&["explain", "schema/type"], 0),
        (&["explain", "privileged-contaner"], 2),
        (&["rules"], 0),
    ];
    for (args, code) in cases {
        let said = folder.run(args);
        assert_eq!(said.code, *code, "{args:?}: {}{}", said.out, said.err);
    }
}

#[test]
fn an_unreadable_file_is_a_failed_one() {
    let folder = Folder::new(&[("a.yaml/x", "")]);
    folder.write("b.yaml", &[0xff, 0xfe, 0x00]);
    let said = folder.run(&["check", ".", "--format", "json"]);
    assert_eq!((said.code, &said.json()["summary"]["failed"]), (4, &serde_json::json!(1)), "{}", said.out);
}

#[test]
fn refusals_name_what_was_meant() {
    let folder = Folder::new(&[("a.yaml", CLEAN)]);
    for (args, hint) in [
        (["check", "--rule", "schema/tpye"], "did you mean `schema/type`?"),
        (["check", "--profile", "pss-baselin"], "did you mean `pss-baseline`?"),
    ] {
        let said = folder.run(&args);
        assert!(said.err.contains(hint) && said.out.is_empty(), "{}{}", said.out, said.err);
    }
}

#[test]
fn policies_that_do_not_compile_are_shown_and_end_the_run() {
    let folder = Folder::new(&[
        ("a.yaml", CLEAN),
        (
            "p.policy",
            "module p\nrule r on Pod x {\n  title \"t\"\n  severity low\n  require x.sepc == 1 else \"m\"\n}\n",
        ),
    ]);
    let said = folder.run(&["check", "-p", "p.policy", "a.yaml"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("sepc") && said.err.contains("spec"), "{}", said.err);
}

#[test]
fn nothing_on_standard_input_is_bad_usage() {
    let folder = Folder::new(&[]);
    for input in ["", " \n\n"] {
        let said = folder.run_with(&["check", "-"], input.as_bytes());
        assert_eq!(said.code, 2, "{}", said.out);
        assert!(said.err.contains("nothing on standard input"), "{}", said.err);
        assert_eq!(folder.run_with(&["check", "-", "--allow-empty"], input.as_bytes()).code, 0);
    }
}
