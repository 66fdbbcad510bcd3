//! Which value a word has at its instruction.

use std::fmt::Write;

use super::parse;
use crate::{Arguments, Keyword, Lexer, Origin, walk};

/// The expanded words of each USER, LABEL and FROM.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let file = parse(text);
    let lexer = Lexer::new(file.escape);
    let mut got = Vec::new();
    walk(&file, |_, instruction, environment, _| {
        if !matches!(instruction.keyword, Some(Keyword::User | Keyword::From)) {
            return;
        }
        let Some(word) = instruction.words().first() else { return };
        got.push(match lexer.expand(&word.text, environment) {
            Ok(expanded) if expanded.unknown => "?".to_owned(),
            Ok(expanded) => expanded.text,
            Err(error) => format!("error: {error}"),
        });
    });
    assert_eq!(got, expected, "{text}");
}

#[test]
fn variables_have_scopes() {
    check("ARG V=1\nFROM a:$V\nUSER $V\n", &["a:1", "?"]);
    check("ARG V=1\nFROM a:$V\nARG V\nUSER $V\n", &["a:1", "1"]);
    check("ARG V=1\nFROM scratch\nUSER x$V\n", &["scratch", "x"]);
    check("ARG V\nFROM a:${V:-2}\n", &["?"]);
    check("FROM --platform=$BUILDPLATFORM a\nARG TARGETARCH\nUSER $TARGETARCH", &["a", "?"]);
    check("FROM scratch AS b\nENV x=1\nFROM b\nUSER $x\nENV x=2 y=$x\nUSER $x$y", &["scratch", "b", "1", "21"]);
    check("FROM scratch\nENV a='1 2' b=\"$a\"\nUSER $a-$b", &["scratch", "1 2-"]);
    check("FROM scratch\nARG u=1 v=$u\nUSER $v", &["scratch", "1"]);
    check("FROM scratch\nENV x $y\nUSER ${x?no}", &["scratch", ""]);
    check("FROM scratch\nUSER ${x?no}", &["scratch", "error: `x` must have a value: no"]);
}

#[test]
fn every_substitution() {
    for (word, expected) in [
        ("$x", "a.b.c"),
        ("${x}", "a.b.c"),
        ("'$x'", "$x"),
        ("\"$x\"", "a.b.c"),
        (r"\$x", "$x"),
        ("$xy", ""),
        ("${u:-w}", "w"),
        ("${e:-w}", "w"),
        ("${e-w}", ""),
        ("${u-w}", "w"),
        ("${x:+w}", "w"),
        ("${e:+w}", ""),
        ("${e+w}", "w"),
        ("${u+w}", ""),
        ("${x#*.}", "b.c"),
        ("${x##*.}", "c"),
        ("${x%.*}", "a.b"),
        ("${x%%.*}", "a"),
        ("${x/./-}", "a-b.c"),
        ("${x//./-}", "a-b-c"),
        ("${u:-${x}}", "a.b.c"),
        ("${x", "error: `}` is missing"),
        ("${}", "error: the substitution has no name"),
        ("${x^^}", "error: `^` is no substitution that BuildKit knows"),
        ("${x:=w}", "error: `:=` is no substitution that BuildKit knows"),
    ] {
        let text = format!("FROM scratch\nENV x=a.b.c e=\nUSER {word}\n");
        check(&text, &["scratch", expected]);
    }
}

#[test]
fn values_cannot_grow_without_bound() {
    let mut text = String::from("FROM scratch\nENV x=0123456789\n");
    for _ in 0..64 {
        text.push_str("ENV x=$x$x$x$x$x$x$x$x\n");
    }
    text.push_str("USER $x");
    check(&text, &["scratch", "?"]);
    let mut stages = String::from("FROM scratch AS s0\n");
    for stage in 1..5000 {
        let _ = writeln!(stages, "FROM s{} AS s{stage}\nLABEL a=$x", stage - 1);
    }
    let file = parse(&stages);
    assert_eq!(file.stages.last().map(|stage| &stage.origin), Some(&Origin::Stage(4998)));
    let mut instructions = 0;
    walk(&file, |_, instruction, environment, _| {
        instructions += 1;
        if let Arguments::Pairs(pairs) = &instruction.arguments {
            let value = pairs[0].value.as_ref().unwrap();
            assert!(Lexer::new('\\').expand(&value.text, environment).is_ok());
        }
    });
    assert_eq!(instructions, file.instructions.len());
}
