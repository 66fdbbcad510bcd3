//! Dockerfiles in, trees out.

use policyc_text::FileId;

use super::read;
use crate::yaml::{KeyTable, to_json};

fn json(text: &str) -> serde_json::Value {
    let tree = read(FileId(0), "Dockerfile", text.into(), &KeyTable::new([]));
    let mut out = String::new();
    to_json(&tree, &tree.documents[0], &mut out).unwrap();
    serde_json::from_str(&out).unwrap()
}

#[track_caller]
fn check(text: &str, pointer: &str, expected: serde_json::Value) {
    let tree = json(text);
    assert_eq!(tree.pointer(pointer).unwrap_or(&serde_json::Value::Null), &expected, "{pointer} of {text}: {tree:#}");
}

#[test]
fn stages_and_what_is_in_force() {
    let text =
        "ARG V=1\nFROM a:$V AS b\nUSER x:y\nENV k=v\nFROM b\nLABEL l=\"$k w\"\nWORKDIR /a\nWORKDIR b\nCMD [\"c\"]\n";
    check(text, "/body/0/pairs/0/value", "1".into());
    check(text, "/parts/0/name", "b".into());
    check(text, "/parts/0/base_image", "a:1".into());
    check(text, "/parts/1/base_image", "a:1".into());
    check(text, "/parts/1/base_index", 0.into());
    check(text, "/parts/1/lineage", serde_json::json!([1, 0]));
    check(text, "/parts/0/users", serde_json::json!([1]));
    check(text, "/parts/0/reach_mark", true.into());
    check(text, "/parts/1/effective/user/name", "x".into());
    check(text, "/parts/1/effective/labels/l", "v w".into());
    check(text, "/parts/1/effective/workdir", "/a/b".into());
    check(text, "/parts/1/effective/cmd", serde_json::json!(["c"]));
    check(text, "/parts/1/effective/env/k", "v".into());
}

#[test]
fn instructions_and_commands() {
    let text = "FROM a\nRUN --mount=type=cache,dst=/x A=1 apt-get -y install b | c\nCOPY --from=d --chown=e f g /h/\n\
                EXPOSE 22 80-90/udp\nONBUILD RUN sudo z\n";
    check(text, "/parts/0/body/1/mounts/0", serde_json::json!({"type": "cache", "target": "/x"}));
    check(text, "/parts/0/body/1/run/0/verb", "install".into());
    check(text, "/parts/0/body/1/run/0/env", serde_json::json!({"A": "1"}));
    check(text, "/parts/0/body/1/run/1/pipe_index", 1.into());
    check(text, "/parts/0/body/2/copy_from", serde_json::json!({"text": "d", "image": "d"}));
    check(text, "/parts/0/body/2/sources", serde_json::json!(["f", "g"]));
    check(text, "/parts/0/body/2/flags/chown", "e".into());
    check(text, "/parts/0/body/3/ports/1/high", 90.into());
    check(text, "/parts/0/body/4/onbuild", true.into());
    check(text, "/parts/0/body/4/run/1/program", "z".into());
}

#[test]
fn a_fragment_is_one_stage() {
    check("RUN x\nUSER y\n", "/fragment", true.into());
    check("RUN x\nUSER y\n", "/parts/0/effective/user/name", "y".into());
    check("RUN x\nUSER y\n", "/parts/0/body/0/run/0/program", "x".into());
}
