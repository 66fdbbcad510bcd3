//! One small file for each thing a Dockerfile can hold.

use std::fmt::Write;

use super::dump::dump;
use super::{diagnostics, parse};
use crate::Arguments;

/// The tree and the diagnostics of a file.
#[track_caller]
fn check(text: &str, expected: &str) {
    let file = parse(text);
    let got = dump(&file) + &diagnostics(&file);
    assert_eq!(got.trim_end(), expected.trim_end(), "{text}");
}

/// Each word as `text=what the file has there`.
#[track_caller]
fn spans(text: &str, expected: &str) {
    let file = parse(text);
    let mut got = String::new();
    for instruction in &file.instructions {
        let inner = instruction.innermost();
        let flags = inner.flags.iter().map(|flag| flag.value.as_ref().unwrap_or(&flag.word));
        let pairs = match &inner.arguments {
            Arguments::Pairs(pairs) => pairs.as_slice(),
            _ => &[],
        };
        let pairs = pairs.iter().flat_map(|pair| std::iter::once(&pair.name).chain(&pair.value));
        for word in std::iter::once(&inner.name).chain(flags).chain(pairs).chain(inner.words()) {
            let _ = writeln!(got, "{}={:?}", word.text, word.span.text(text));
        }
        for heredoc in &inner.heredocs {
            let _ = writeln!(got, "{}={:?}", heredoc.name, heredoc.body.text(text));
        }
    }
    assert_eq!(got.trim_end(), expected.trim_end(), "{text}");
}

#[test]
fn continuations_comments_and_blank_lines_are_taken_out() {
    check("FROM a\nRUN x \\\n  # note\n\n  y\\\n", "(from \"a\")\n(run \"x   y\")");
    let file = parse("FROM a\n# above\nRUN x \\\n  # note\n\n  y\n");
    let run = &file.instructions[1];
    let comments: Vec<&str> = run.comments.iter().map(|span| span.text(file.source)).collect();
    assert_eq!(comments, ["# above", "# note"]);
    assert_eq!(run.blank_lines.len(), 1);
    assert_eq!(file.comments.len(), 2);
    assert_eq!(run.span.text(file.source), "RUN x \\\n  # note\n\n  y");
}

#[test]
fn words_know_their_places() {
    spans(
        "FROM --platform=linux/amd64 a\\\nb AS c\nENV x=\"1 \\\n2\" y=3\nCOPY [\"a\\u0062\", \"/\"]\n",
        "FROM=\"FROM\"\nlinux/amd64=\"linux/amd64\"\nab=\"a\\\\\\nb\"\nAS=\"AS\"\nc=\"c\"\n\
         ENV=\"ENV\"\nx=\"x\"\n\"1 2\"=\"\\\"1 \\\\\\n2\\\"\"\ny=\"y\"\n3=\"3\"\n\
         COPY=\"COPY\"\nab=\"\\\"a\\\\u0062\\\"\"\n/=\"\\\"/\\\"\"",
    );
    spans("\u{FEFF}FROM a\r\nUSER b\r\n", "FROM=\"FROM\"\na=\"a\"\nUSER=\"USER\"\nb=\"b\"");
    spans("ONBUILD RUN --mount=type=ssh x", "RUN=\"RUN\"\ntype=ssh=\"type=ssh\"\nx=\"x\"");
}

#[test]
fn parser_directives() {
    check(
        "# syntax=docker/dockerfile:1\n# Escape=`\n# check=skip=all\nFROM a\nRUN c:\\x `\n y\n",
        "(from \"a\")\n(run \"c:\\\\x  y\")",
    );
    check("#\n# escape=`\nFROM a\nRUN x `\n", "(from \"a\")\n(run \"x `\")");
    check(
        "# escape=x\n# syntax=a\n# syntax=b\nFROM a",
        "(from \"a\")\n1:10 error: `x` cannot be the escape character (it is `\\` or `` ` ``)\n\
         3:1 error: the parser directive `syntax` stands here a second time (keep one of them)",
    );
}

#[test]
fn heredocs() {
    spans(
        "FROM a\nCOPY <<A <<-\"B C\" /x/\n1\nA\n\t2\n\tB C\nRUN python3 <<EOF && ls\n# no comment\nEOF\nUSER b\n",
        "FROM=\"FROM\"\na=\"a\"\nCOPY=\"COPY\"\n<<A=\"<<A\"\n<<-\"B=\"<<-\\\"B\"\nC\"=\"C\\\"\"\n/x/=\"/x/\"\n\
         A=\"1\\n\"\nB C=\"\\t2\\n\"\n\
         RUN=\"RUN\"\npython3 <<EOF && ls=\"python3 <<EOF && ls\"\nEOF=\"# no comment\\n\"\nUSER=\"USER\"\nb=\"b\"",
    );
    check("FROM a\nCMD x <<EOF\nRUN [\"x\", \"<<E\"]\n", "(from \"a\")\n(cmd \"x <<EOF\")\n(run \"x\" \"<<E\")");
    check("FROM a\nONBUILD RUN <<E\nx\nE\n", "(from \"a\")\n(onbuild (run \"<<E\"))");
    let open = "FROM a\nRUN <<EOF\napt-get update\nEO\nUSER b\n";
    check(
        open,
        "(from \"a\")\n(run \"<<EOF\")\n(user \"b\")\n\
         2:5 error: no line `EOF` ends this here-document (write `EOF` alone on a line)",
    );
}

#[test]
fn json_falls_back_to_the_shell_form() {
    check(
        "FROM a\nCMD ['a']\nRUN [\"a\",]\nENTRYPOINT [\"a\"] b\nVOLUME [ \"/a\" ]\nCMD []",
        "(from \"a\")\n(cmd \"['a']\")\n(run \"[\\\"a\\\",]\")\n(entrypoint \"[\\\"a\\\"] b\")\n(volume \"/a\")\n(cmd)",
    );
    check(
        "FROM a\nCMD [\"a\", 1]\nUSER b",
        "(from \"a\")\n(cmd)\n(user \"b\")\n\
         2:11 error: an array of arguments holds strings only (put the value in double quotes)",
    );
}

#[test]
fn pairs() {
    check(
        "FROM a\nENV a b c\nENV a=b c='d e'\nLABEL x=y\nARG a b=c d=\n",
        "(from \"a\")\n(env \"a\" \"b c\" \"\")\n(env \"a\" \"b\" \"=\" \"c\" \"'d e'\" \"=\")\n(label \"x\" \"y\" \"=\")\n\
         (arg \"a\" \"b=c\" \"d=\")",
    );
    check(
        "FROM a\nENV a\nENV a=b c\nENV =a\nENV\nARG =a",
        "(from \"a\")\n(env)\n(env)\n(env \"\" \"a\" \"=\")\n(env)\n(arg \"=a\")\n\
         2:5 error: ENV needs a name and a value (write `name=value`)\n\
         3:9 error: `c` has no `=` (write `name=value`, values with blanks in quotes)\n\
         4:5 error: ENV has a value without name\n\
         5:1 error: ENV needs a name and a value\n\
         6:5 error: a variable has no name",
    );
}

#[test]
fn mistakes_cost_one_instruction() {
    check(
        "FROM a\nRNU x\nCOPY --form=b c d\nCOPY x\nHEALTHCHECK --interval=5 CMD x\nRUN --network=hots x\n\
         RUN --mount=type=cach,target=/a x\nRUN --mount=typo=cache x\nFROM a as 1\nONBUILD FROM b\nSHELL x\nUSER b",
        "(from \"a\")\n(rnu \"\")\n(copy [\"--form=b\"] \"c\" \"d\")\n(copy \"x\")\n\
         (healthcheck [\"--interval=5\"] \"CMD\" \"x\")\n(run [\"--network=hots\"] \"x\")\n\
         (run [\"--mount=type=cach,target=/a\"] \"x\")\n(run [\"--mount=typo=cache\"] \"x\")\n(from \"a\" \"as\" \"1\")\n\
         (onbuild (from \"b\"))\n(shell \"x\")\n(user \"b\")\n\
         2:1 error: `RNU` is no instruction (did you mean `RUN`?)\n\
         3:6 error: COPY has no flag `--form` (did you mean `--from`?)\n\
         4:1 error: COPY needs a source and a target\n\
         5:24 error: `5` is no duration of a millisecond or more (write a number and a unit, for instance `30s`)\n\
         6:15 error: `hots` is no network mode (write `default`, `none` or `host`)\n\
         7:13 error: `cach` is no type of a mount (did you mean `cache`?)\n\
         8:13 error: a mount has no option `typo` (did you mean `type`?)\n\
         9:11 error: `1` cannot be the name of a stage (begin with a letter; then letters, digits, `-`, `_` and `.`)\n\
         10:9 error: ONBUILD cannot trigger FROM\n\
         11:7 error: SHELL takes an array (write it as `[\"/bin/bash\", \"-c\"]`)",
    );
}

#[test]
fn stages_and_fragments() {
    let file = parse("ARG v\nFROM a AS b\nRUN x\nFROM b\nUSER c\n");
    let of: Vec<Option<u32>> = file.instructions.iter().map(|instruction| instruction.stage).collect();
    assert_eq!(of, [None, Some(0), Some(0), Some(1), Some(1)]);
    let name = file.stages[0].name.as_ref().map(|name| &*name.text);
    assert_eq!((file.stages.len(), name, file.stages[0].end), (2, Some("b"), 3));
    check(
        "RUN x\n",
        "(run \"x\")\n1:1 warning: no `FROM` begins a stage, so this is taken for a part of a Dockerfile \
         (begin with `FROM image`, or with `FROM scratch`)",
    );
    check(
        "RUN x\nFROM a\n",
        "(run \"x\")\n(from \"a\")\n1:1 error: `RUN` stands before the first `FROM` (only `ARG` may stand there)",
    );
    check("# only\n", "2:1 error: the file has no instructions");
}

#[test]
fn templates_are_reported() {
    let warning =
        "warning: this is the template of a Dockerfile, so it is not judged (render the template and judge the result)";
    for (text, place) in [
        ("{{ .x }}\nFROM a", "1:1"),
        ("FROM {{ .base }}\n", "1:6"),
        ("FROM %%BASE%%\n", "1:6"),
        ("FROM a:@VERSION@\n", "1:6"),
        ("{% if x %}\nFROM a\n", "1:1"),
        ("FROM a\nRUN x; \\\n{{ if y then ( -}}\n y\n", "3:1"),
    ] {
        check(text, &format!("{place} {warning}"));
    }
    for text in [
        "FROM a@sha256:00\n",
        "FROM a\nRUN go list -f '{{ .Dir }}' \\\n '{{.Dir}}'\n",
        "FROM a\nRUN sed 's/@X@/y/'\n",
        "FROM a\nCOPY <<E /x\n{% if x %}\nE\n",
    ] {
        assert_eq!(diagnostics(&parse(text)), "", "{text}");
    }
}
