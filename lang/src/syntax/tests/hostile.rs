//! Texts that are made to hurt: each gives a tree or a message, quickly and on a small stack.

use std::time::{Duration, Instant};

use policyc_text::FileId;

use crate::syntax::{MAX_FILE_SIZE, Parsed, parse};

/// Each takes less than a second in a debug build on an ordinary machine; this leaves room for slower ones.
const LIMIT: Duration = Duration::from_secs(3);

/// The time that this thread has spent on a processor, so that a busy machine changes nothing; where the system does
/// not tell, the time since `start`.
fn spent(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// Parses on a stack of 2 MB, and drops the tree there too.
fn on_small_stack(text: String) -> (Duration, usize, Vec<String>) {
    let work = move || {
        let start = Instant::now();
        let before = spent(start);
        let Parsed { file, diagnostics } = parse(FileId(0), &text);
        let taken = spent(start).saturating_sub(before);
        let items = file.items.len();
        drop(file.clone());
        drop(file);
        (taken, items, diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect())
    };
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work).unwrap().join().unwrap()
}

fn in_rule(statements: &str) -> String {
    format!("module m\nrule r on workload w {{\n  title \"t\"\n{statements}\n}}\n")
}

fn chain(operand: &str, operator: &str, count: usize) -> String {
    in_rule(&format!("require {} else \"m\"", vec![operand; count].join(operator)))
}

#[test]
fn hostile_texts_are_refused_quickly() {
    let times = |text: &str, count: usize| text.repeat(count);
    for (name, text, message) in [
        ("open parentheses", in_rule(&times("(", 20_000)), "nested"),
        ("a let of open parentheses", in_rule(&format!("let x = {}", times("(", 20_000))), "nested"),
        ("a megabyte of brackets", times("[", 1_000_000), "nested"),
        ("too many `or`s", chain("a", " or ", 100_000), "words, signs"),
        ("too many `not`s", in_rule(&format!("require {} a else \"m\"", times("not ", 100_000))), "words, signs"),
        ("too many fields", in_rule(&format!("let x = a{}", times(".b", 100_000))), "words, signs"),
        ("too many comments", in_rule(&times("#\n", 500_000)), "comments"),
        ("too many statements", in_rule(&times("let x = 1\n", 100_000)), "words, signs"),
        ("many `or`s", chain("a", " or ", 20_000), "too long"),
        ("many `??`s", chain("a", " ?? ", 20_000), "too long"),
        ("many comparisons", chain("a", " == ", 20_000), "too long"),
        ("many `not`s", in_rule(&format!("require {} a else \"m\"", times("not ", 40_000))), "too long"),
        ("many minus signs", in_rule(&format!("require {} a else \"m\"", times("-", 40_000))), "too long"),
        ("many fields", in_rule(&format!("let x = a{}", times(".b", 20_000))), "too long"),
        ("many indexes", in_rule(&format!("let x = a{}", times("[0]", 12_000))), "too long"),
        ("many fields in a text", in_rule(&format!("let x = \"{{a{}}}\"", times(".b", 20_000))), "too long"),
        ("a late mistake", in_rule(&format!("{}let y = = 2", times("let x = 1\n", 12_000))), "does not fit"),
        ("nested interpolation", in_rule(&format!("let x = {}", times("\"{", 100_000))), "nested"),
        ("many `if`s", in_rule(&format!("let x = {}", times("if ", 100_000))), "nested"),
        ("many `any`s", in_rule(&format!("require {} x", times("any x in y: ", 50_000))), "nested"),
        ("nested lists of types", format!("param x: {}", times("list<", 100_000)), "nested"),
        ("nested blocks", in_rule(&times("when a {", 50_000)), "nested"),
        ("closing braces", times("}", 1_000_000), "words, signs"),
        ("closing braces on lines", times("}\n", 40_000), "closes nothing"),
        ("names of nothing", times("rule\n", 40_000), "mistakes"),
        ("statements of nothing", in_rule(&times("let\n", 40_000)), "mistakes"),
        ("stray letters", times("é ", 40_000), "letters"),
        ("quotes", times("\"\n", 40_000), "not closed"),
        ("single quotes", times("' '\n", 40_000), "double quotes"),
        ("many blocks and a mistake", in_rule(&format!("{}let x = {{", times("when a {} ", 12_000))), "never closed"),
        ("quotes in a rule", in_rule(&times("let x = \"\n", 12_000)), "mistakes"),
        ("too much", times(" ", MAX_FILE_SIZE + 1), "not read"),
        (
            "open raw text",
            format!("module m\ntest \"t\" {{ given yaml \"\"\"{}", times("x\n", 400_000)),
            "never closed",
        ),
        ("open regex", in_rule(&format!("let x = /{}", times("x", 1_000_000))), "regex"),
        ("braces of records", in_rule(&times("{ x: ", 120)), "never closed"),
    ] {
        let (taken, _, messages) = on_small_stack(text);
        assert!(messages.iter().any(|found| found.contains(message)), "{name}: {:?}", messages.first());
        assert!(messages.len() <= 101, "{name}: {} messages", messages.len());
        assert!(taken < LIMIT, "{name} takes {taken:?}");
    }
}

#[test]
fn large_and_harmless_texts_are_read() {
    let times = |text: &str, count: usize| text.repeat(count);
    for (name, text) in [
        ("one long text", in_rule(&format!("let x = \"{}\"", times("a", 1_000_000)))),
        ("one long raw text", in_rule(&format!("let x = \"\"\"{}\"\"\"", times("a\n", 500_000)))),
        ("many statements", in_rule(&times("let x = 1\n", 12_000))),
        ("a long list", format!("module m\nparam x: list<number> = [{}]", times("1, ", 20_000))),
        ("a long union", format!("module m\ntype t = string{}", times(" | a", 20_000))),
        ("blanks", in_rule(&times(" \n", 500_000))),
        ("comments", in_rule(&times("# why\n", 40_000))),
        ("many rules", format!("module m\n{}", times("rule r on workload w { title \"t\" }\n", 5_000))),
        ("120 parentheses", in_rule(&format!("let x = {}1{}", times("(", 120), times(")", 120)))),
        ("120 lists", in_rule(&format!("let x = {}1{}", times("[", 120), times("]", 120)))),
        ("120 records", in_rule(&format!("let x = {}1{}", times("{a: ", 120), times("}", 120)))),
        ("120 calls", in_rule(&format!("let x = {}1{}", times("f(", 120), times(")", 120)))),
        ("60 texts", in_rule(&format!("let x = {}1{}", times("\"{", 60), times("}\"", 60)))),
        ("120 `if`s", in_rule(&format!("let x = {}1", times("if a then b else ", 120)))),
        ("120 quantifiers", in_rule(&format!("require {}a else \"m\"", times("any x in y: ", 120)))),
        (
            "60 bracketed quantifiers",
            in_rule(&format!("require {}a{} else \"m\"", times("(any x in y: ", 60), times(")", 60))),
        ),
        ("120 blocks", in_rule(&format!("{}{}", times("when a {", 120), times("}", 120)))),
        ("120 types", format!("module m\nparam x: {}a{}", times("list<", 120), times(">", 120))),
        ("200 operators", chain("a", " or ", 200)),
    ] {
        let (taken, items, messages) = on_small_stack(text);
        assert!(messages.is_empty(), "{name}: {messages:?}");
        assert!(items >= 1, "{name} has no items");
        assert!(taken < LIMIT, "{name} takes {taken:?}");
    }
}
