//! Texts and what they become; and over all policies of the project, that laying out keeps the meaning and is done after
//! one time, whatever the blanks were before.

use super::format;
use crate::syntax::tests::dump::dump;
use crate::syntax::{Token, TokenSort, parse, tokens};
use policyc_text::FileId;
use std::path::{Path, PathBuf};

fn tree(text: &str) -> String {
    let parsed = parse(FileId(0), text);
    assert_eq!(parsed.diagnostics, [], "{text}");
    dump(&parsed.file)
}

fn policies() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<PathBuf> = ["stdlib-policies", "examples", "benches/rules"].map(|name| root.join(name)).into();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "policy") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 100);
    found
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// The same tokens and comments with other blanks and line ends between them. What means something stays: that nothing
/// stands between two tokens, an empty line, and whether a comment has its own line.
fn scrambled(text: &str, dice: &mut Dice) -> String {
    let mut out = String::new();
    let mut last: Option<Token> = None;
    for token in tokens(text) {
        let start = token.span.start as usize;
        let gap = &text[last.map_or(0, |last| last.span.end as usize)..start];
        let breaks = gap.matches('\n').count();
        let comment = |token: Option<Token>| token.is_some_and(|token| token.sort == TokenSort::Comment);
        let tight = gap.is_empty() && !last.is_some_and(|last| matches!(last.span.text(text), "," | "[" | "{"));
        if !tight {
            let blanks = [" ", "  ", "\t", "      "][dice.throw(4)];
            let must = breaks > 0 && (comment(last) || comment(Some(token)));
            let wish =
                breaks.min(2).max(usize::from(dice.throw(3) == 0)) * usize::from(dice.throw(2) == 0 || breaks > 1);
            let wish = if must { breaks.min(2) } else { wish };
            let wish = if comment(Some(token)) && breaks == 0 { 0 } else { wish };
            let wish = if breaks < 2 { wish.min(1) } else { wish };
            if last.is_some() || comment(Some(token)) {
                out.push_str(&" ".repeat(dice.throw(2)));
                out.push_str(&"\n".repeat(wish));
                out.push_str(blanks);
            }
        }
        out.push_str(token.span.text(text));
        last = Some(token);
    }
    out + ["", "\n", "\n\n"][dice.throw(3)]
}

/// The first line in which two texts differ.
fn difference<'t>(left: &'t str, right: &'t str) -> Option<(&'t str, &'t str)> {
    if left == right {
        return None;
    }
    let lines = left.lines().chain(std::iter::once("")).zip(right.lines().chain(std::iter::once("")));
    lines.into_iter().find(|(left, right)| left != right).or(Some((left, right)))
}

#[test]
fn meaning_is_kept_and_no_blank_counts() {
    let mut dice = Dice(7);
    for (path, text) in policies() {
        let (name, once) = (path.display(), format(&text));
        assert_eq!(tree(&text), tree(&once), "{name}");
        assert_eq!(difference(&once, &format(&once)), None, "{name}");
        assert_eq!(difference(&once, &format(&scrambled(&once, &mut dice))), None, "{name}");
        assert!(once.ends_with('\n') && !once.ends_with("\n\n"), "{name}");
        assert!(once.lines().all(|line| !line.ends_with(' ') || text.contains(line)), "{name}");
    }
}

/// Cases in `format/cases.txt`: `=== name`, a text, `---`, what becomes of it; without `---` it stays as it is.
#[test]
fn cases() {
    let all = include_str!("cases.txt");
    let mut count = 0;
    for case in all.split("=== ").skip(1) {
        let (name, body) = case.split_once('\n').unwrap();
        let (before, after) = body.split_once("---\n").unwrap_or((body, body));
        let (after, got) = (after.trim_end(), format(before));
        assert_eq!(got.trim_end(), after, "{name}");
        assert_eq!(format(&got), got, "{name}");
        count += 1;
    }
    assert!(count >= 10);
}
