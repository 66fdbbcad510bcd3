//! Large and twisted files take time and memory in proportion to their size.

use std::time::{Duration, Instant};

use super::parse;
use crate::shell::scripts;

#[track_caller]
fn quick(what: &str, text: &str) {
    let start = Instant::now();
    let file = parse(text);
    let count = file.instructions.len() + file.diagnostics.len() + scripts(&file).len();
    assert!(count > 0, "{what}");
    assert!(start.elapsed() < Duration::from_secs(20), "{what} took {:?}", start.elapsed());
}

#[test]
fn work_is_bounded() {
    let many = 30_000;
    quick("instructions", &("FROM a\n".to_owned() + &"RUN x\n".repeat(many)));
    quick("continuations", &("FROM a\nRUN x".to_owned() + &" \\\n# c\n y".repeat(many)));
    quick("open here-documents", &("FROM a\n".to_owned() + &"RUN <<E\nx\n".repeat(many)));
    let different: String = (0..many).map(|number| format!("RUN <<E{number} <<F{number}\n")).collect();
    quick("different open here-documents", &("FROM a\n".to_owned() + &different));
    quick("closed here-documents", &("FROM a\n".to_owned() + &"RUN <<E\nx\nE\n".repeat(many)));
    quick("ONBUILD", &("FROM a\n".to_owned() + &"ONBUILD ".repeat(many)));
    quick("braces", &("FROM a\nRUN <<A ".to_owned() + &"${a:-".repeat(many)));
    quick("nested arrays", &("FROM a\nRUN ".to_owned() + &"[".repeat(many)));
    quick("array", &("FROM a\nRUN [\"a\"".to_owned() + &",\\\n\"\\u0061\"".repeat(many) + "]"));
    quick("quotes", &("FROM a\nENV ".to_owned() + &"'\"\\".repeat(many)));
    quick("flags", &("FROM a\nRUN ".to_owned() + &"--mount=type=ssh ".repeat(many)));
    quick("unknown", &"x\n".repeat(many));
    quick("comments", &("#x\n".repeat(many) + "FROM a"));
    quick("announcements", &("FROM a\nRUN ".to_owned() + &"<<A ".repeat(many)));
    for piece in [
        "a;",
        "a|",
        "a && ",
        "$(",
        "`",
        "\"",
        "'",
        "\"$(",
        "${x:-",
        "(",
        "{ ",
        "if a; then ",
        "case x in a) ",
        "((",
        "$((",
        "f()",
        "function f ",
        "<(",
        "a <<E ",
        "[[ ",
        "! ",
        "sudo ",
        "sh -c \"",
        "x=(",
        "\\",
        "$x",
        "$'",
        "for x in ",
        "> ",
        "\t",
        "é",
    ] {
        quick(piece, &("FROM a\nRUN ".to_owned() + &piece.repeat(many)));
        let body = "FROM a\nRUN <<POLICY\n".to_owned() + &(piece.to_owned() + "\n").repeat(many) + "POLICY\n";
        quick(piece, &body);
    }
    quick("placeholders", &("FROM ".to_owned() + &"@".repeat(many)));
}

#[test]
fn only_so_many_instructions_are_read() {
    let text = "FROM a\n".to_owned() + &"RUN x\n".repeat(100_000);
    let file = parse(&text);
    assert_eq!((file.instructions.len(), file.diagnostics.len()), (100_000, 1));
    assert_eq!(file.diagnostics[0].code, "dockerfile/limit");
    let wrong = "FROM a\n".to_owned() + &"x y\n".repeat(100_000);
    let file = parse(&wrong);
    assert!(file.diagnostics.iter().any(|one| one.code == "dockerfile/limit"), "other mistakes do not hide it");
}

#[test]
fn a_line_that_buildkit_cannot_read_is_refused() {
    let long = "FROM a\nRUN ".to_owned() + &"x".repeat(65_531) + "\n";
    assert!(parse(&long).diagnostics.is_empty());
    let longer = long.replace("RUN", "RUN ");
    assert_eq!(parse(&longer).diagnostics.len(), 1);
    let continued = "FROM a\nRUN \\\n".to_owned() + &"x".repeat(65_536);
    assert_eq!(parse(&continued).diagnostics.len(), 1);
}
