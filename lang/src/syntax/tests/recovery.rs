//! What survives a mistake, and what no mistake may do.

use policyc_text::{FileId, LineIndex};

use super::dump::dump;
use super::trees::CASES;
use crate::syntax::ast::Item;
use crate::syntax::build::Builder;
use crate::syntax::{parse, recover, scan};

fn policies() -> impl Iterator<Item = &'static str> {
    CASES.split("\n===\n").filter_map(|case| case.split_once("\n---\n")).map(|(text, _)| text)
}

/// The tree after mistakes, and how many were reported.
fn check(text: &str, mistakes: usize, tree: &str) {
    let parsed = parse(FileId(0), text);
    let found: Vec<_> = parsed.diagnostics.iter().map(|diagnostic| &diagnostic.message).collect();
    assert_eq!(found.len(), mistakes, "{text}\n{found:#?}");
    assert_eq!(dump(&parsed.file).trim_end(), tree, "{text}");
}

#[test]
fn a_mistake_costs_one_statement() {
    let text = r#"module m
rule r on workload w {
  title "t"
  let a =
  for x in w.xs {
    require x ==
    let b = 2
  }
  requre a
  when a { let = } else { forbid c else "m" }
}
rule s on workload w {
  let d = (1
  let e = 1
}"#;
    let tree = r#"module m
rule r on workload w
  title: "t"
  BAD
  for x in w.xs
    BAD
    let b = 2
  BAD
  when a
    BAD
  else
    forbid c else "m"
rule s on workload w
  BAD
  let e = 1"#;
    check(text, 5, tree);
}

#[test]
fn a_mistake_in_one_item_leaves_the_others() {
    for broken in [
        "rule",
        "rule X on",
        "}",
        "foo bar",
        "param x",
        "\"text\"",
        "rule b on c d { let x = ( }",
        "test \"t\" { given }",
    ] {
        for policy in policies() {
            let whole = parse(FileId(0), policy);
            let text = format!("{policy}\n{broken}\nrule last on workload w {{ }}\n");
            let parsed = parse(FileId(0), &text);
            assert!(!parsed.diagnostics.is_empty(), "{broken}");
            let count = whole.file.items.len();
            assert_eq!(parsed.file.items[..count], whole.file.items[..], "{broken}");
            let Some(Item::Rule(last)) = parsed.file.items.last() else { panic!("{broken} took the last rule along") };
            assert_eq!(last.id.text, "last");
        }
    }
}

#[test]
fn taken_apart_a_good_policy_gives_the_same_tree() {
    for policy in policies() {
        let whole = parse(FileId(0), policy).file;
        let scan = scan::scan(policy);
        for at in (0..policy.len()).step_by(60) {
            let mut builder = Builder::new(FileId(0), &scan.tokens);
            let mut tree = recover::recover(&mut builder, policy, &scan, u32::try_from(at).ok());
            tree.comments.clone_from(&whole.comments);
            assert!(builder.diagnostics.is_empty(), "{:?}\n{policy}", builder.diagnostics);
            assert_eq!(tree, whole, "taken apart at {at}: {}", &policy[at..]);
        }
    }
}

#[test]
fn an_empty_file_says_so() {
    for text in ["", "\n", "# only a comment\n", "\u{feff}"] {
        assert_eq!(super::messages(text), "1:1 the file is empty / begin with `module NAME`, then write rules\n");
    }
    assert_eq!(super::messages("module m"), "", "a module may be empty");
}

/// A fixed sequence that looks random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }
}

#[test]
fn no_change_to_a_policy_is_too_much() {
    const PIECES: &[&str] = &[
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "\"\"\"",
        "/",
        "#",
        "\n",
        "=",
        "==",
        "??",
        ".",
        "é",
        "'",
        "&&",
        "if ",
        "any x in ",
        " else ",
        " for ",
        "rule ",
        "when ",
        "let ",
        "require ",
        "\\",
        "\u{feff}",
        "\r",
        ";",
        "1",
        "-",
        " not ",
        "list<",
        "test ",
    ];
    let mut dice = Dice(1);
    let policies: Vec<_> = policies().collect();
    for _ in 0..400 {
        let mut text = policies[dice.roll(policies.len())].to_owned();
        for _ in 0..=dice.roll(4) {
            let mut from = dice.roll(text.len());
            while !text.is_char_boundary(from) {
                from -= 1;
            }
            let mut to = (from + dice.roll(3) * dice.roll(20)).min(text.len());
            while !text.is_char_boundary(to) {
                to += 1;
            }
            text.replace_range(from..to, PIECES[dice.roll(PIECES.len())]);
        }
        let parsed = parse(FileId(0), &text);
        let index = LineIndex::new(&text);
        for diagnostic in &parsed.diagnostics {
            let span = diagnostic.location.span;
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{text}\n{diagnostic:?}");
            let place = index.position(&text, span.start);
            assert!(!diagnostic.message.is_empty() && place.line > 0);
            assert!(!diagnostic.message.contains("kw_"), "{diagnostic:?}");
        }
        let bad = format!("{:?}", parsed.file).contains("Bad");
        assert!(!bad || !parsed.diagnostics.is_empty(), "a part is not read, and nobody is told:\n{text}");
    }
}
