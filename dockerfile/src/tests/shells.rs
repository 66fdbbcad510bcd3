//! The commands of instructions.

use std::fmt::Write;

use super::parse;
use crate::shell::{Command, Join, Script, scripts};

fn shown(script: &Script<'_>, source: &str) -> String {
    let mut out = String::new();
    for command in &script.commands {
        if command.words.is_empty() && command.assignments.is_empty() {
            continue;
        }
        out.push_str(&one(command, source));
        out.push('\n');
    }
    if let Some(unread) = &script.unread {
        let _ = writeln!(out, "unread: {} @{:?}", unread.message, unread.span.text(source));
    }
    out
}

fn one(command: &Command<'_>, source: &str) -> String {
    let mut out = match command.join {
        Join::None => String::new(),
        Join::And => "&& ".to_owned(),
        Join::Or => "|| ".to_owned(),
        Join::Pipe => "| ".to_owned(),
    };
    for assignment in &command.assignments {
        let _ = write!(out, "{}={} ", assignment.name.text, assignment.value.text());
    }
    let words: Vec<String> = command
        .words
        .iter()
        .map(|word| {
            let span = word.span().text(source);
            let mark = if word.parts.is_empty() { "" } else { "?" };
            if span == word.text() { format!("{span}{mark}") } else { format!("{}{mark}={span:?}", word.text()) }
        })
        .collect();
    out.push_str(&words.join(" "));
    for redirect in &command.redirects {
        let _ = write!(out, " {}{}", redirect.operator.text, redirect.target.text());
        if let Some(body) = &redirect.body {
            let _ = write!(out, "{:?}", body.text);
        }
    }
    let context = command.context;
    for (flag, name) in [
        (context.condition, "condition"),
        (context.branch, "branch"),
        (context.looped, "loop"),
        (context.function, "function"),
        (context.subshell && !context.substitution, "subshell"),
        (context.substitution, "substitution"),
        (context.nested, "nested"),
    ] {
        if flag {
            let _ = write!(out, " [{name}]");
        }
    }
    out
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let text = format!("FROM a\n{text}");
    let file = parse(&text);
    let got: String = scripts(&file).iter().map(|script| shown(script, &text)).collect();
    assert_eq!(got.trim_end(), expected.trim_end(), "{text}");
}

#[test]
fn lists_pipes_and_quotes() {
    check(
        "RUN apt-get update \\\n  && A=1 apt-get install -y 'a b' \"c\"d\\ e || true; x | y > z 2>&1",
        "apt-get update\n&& A=1 apt-get install -y a b=\"'a b'\" cd e=\"\\\"c\\\"d\\\\ e\"\n|| true\nx\n| y >z >&1",
    );
    check("RUN a # b && c", "a");
    check("RUN a \\\n # b\n && c", "a\n&& c");
    check("RUN a=b c$d \"${e:-$(f)}\"", "a=b c$d? ${e:-$(f)}?=\"\\\"${e:-$(f)}\\\"\"\nf [substitution]");
    check(
        "RUN x $'a\\nb' $((1+2)) `y \\`z\\``",
        "x a\nb=\"$'a\\\\nb'\" $((1+2))? `y \\`z\\``?\ny `z`?=\"`z\\\\`\" [substitution]\nz [substitution]",
    );
}

#[test]
fn compounds() {
    check(
        "RUN if [ a ]; then b; elif c; then d; else e; fi > f",
        "[ a ] [condition]\nb [branch]\nc [condition]\nd [branch]\ne [branch]",
    );
    check(
        "RUN for x in $(l); do y $x; done && (z; w) && { v; }",
        "l [substitution]\ny $x? [loop]\n&& z [subshell]\nw [subshell]\n&& v",
    );
    check("RUN case $x in a|b) c ;; *) d;; esac", "c [branch]\nd [branch]");
    check(
        "RUN f() { a; }; function g { b; }; while read l; do m; done < n",
        "a [function]\nb [function]\nread l [condition]\nm [loop]",
    );
    check("RUN [[ a && ( b || c ) ]] && ! d", "[[ a && ( b || c ) ]]\n&& d");
    check("RUN a=(b $(c)) d", "a=(b $(c)) d\nc [substitution]");
}

#[test]
fn heredocs_and_nested_shells() {
    check("RUN <<EOF\nset -e\na && b\nEOF", "set -e\na\n&& b");
    check("RUN <<-EOF\n\ta \\\n\t\tb\n\tEOF", "a b");
    check("RUN cat <<A > /x && y\n1\nA", "cat <<A\"1\\n\" >/x\n&& y");
    check("RUN bash <<A\nx\nA", "bash <<A\"x\\n\"\nx [nested]");
    check(
        "RUN <<A\n#!/usr/bin/env python3\nimport x\nA",
        "unread: the here-document is run by `python3`, whose language is not read @\"<<A\"",
    );
    check(
        "RUN [\"sh\", \"-ec\", \"a \\\"b\\\" && c\"]",
        "sh=\"\\\"sh\\\"\" -ec=\"\\\"-ec\\\"\" a \"b\" && c=\"\\\"a \\\\\\\"b\\\\\\\" && c\\\"\"\na b=\"\\\\\\\"b\\\\\\\"\" [nested]\n&& c [nested]",
    );
    check("RUN sudo -u x apt-get install y", "sudo -u x apt-get install y\napt-get install y [nested]");
    check("CMD exec env A=1 nginx", "exec env A=1 nginx\nenv A=1 nginx [nested]\nnginx [nested]");
    check("ONBUILD RUN a\nHEALTHCHECK CMD b || c", "a\nb\n|| c");
}

#[test]
fn what_cannot_be_read_is_said() {
    check("RUN a && (b", "a\n&& b [subshell]\nunread: `)` is missing @\"\"");
    check("RUN a 'b", "a\nunread: the single quote is not closed @\"'\"");
    check("RUN a; fi", "a\nunread: `fi` does not fit here @\"fi\"");
    check("RUN a &&", "a\nunread: the command ends too early @\"\"");
    check(
        "SHELL [\"powershell\", \"-Command\"]\nRUN Get-Item x",
        "unread: the shell is `powershell`, whose language is not read @\"Get-Item x\"",
    );
    check(
        "SHELL [\"/bin/bash\", \"-c\"]\nRUN a\nFROM b\nSHELL [\"cmd\"]\nRUN c\nCMD [\"d\"]",
        "a\nunread: the shell is `cmd`, whose language is not read @\"c\"\nd=\"\\\"d\\\"\"",
    );
}

#[test]
fn verbs_and_flags() {
    let text =
        "FROM a\nRUN apt-get -o A=b -yq --no-install-recommends install curl -- -x\nRUN curl -fsSLo out https://x\n";
    let file = parse(text);
    let scripts = scripts(&file);
    let apt = &scripts[0].commands[0];
    assert_eq!(apt.verb().map(|place| apt.words[place].text()), Some("install"));
    let flags: Vec<String> = apt.flags().into_iter().map(|flag| flag.name).collect();
    assert_eq!(flags, ["-o", "-y", "-q", "--no-install-recommends"]);
    let operands: Vec<&str> = apt.operands(&[]).map(|place| apt.words[place].text()).collect();
    assert_eq!(operands, ["install", "curl", "-x"]);
    assert_eq!(apt.has_flag(&["-y"]), Some(true));
    assert_eq!(apt.has_flag(&["--fix"]), Some(false));
    let curl = &scripts[1].commands[0];
    let operands: Vec<&str> = curl.operands(&[]).map(|place| curl.words[place].text()).collect();
    assert_eq!((operands, curl.verb()), (vec!["https://x"], None));
    assert_eq!(curl.flags().iter().find(|flag| flag.name == "-o").and_then(|flag| flag.value), Some("out"));
}
