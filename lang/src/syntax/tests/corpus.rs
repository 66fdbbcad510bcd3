//! The design papers' own policies, where they lie beside the workspace: `POLICYC_CORPUS`, or else `../shared`.

use std::fs;
use std::path::PathBuf;

use policyc_text::{FileId, LineIndex};

use crate::syntax::ast::Item;
use crate::syntax::build::Builder;
use crate::syntax::{parse, recover, scan};

/// The folder with the design papers; says so where there is none.
#[expect(clippy::print_stdout, reason = "a skipped test has to tell that it was skipped")]
fn design() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let corpus = std::env::var_os("POLICYC_CORPUS").map_or_else(|| root.join("../shared"), |path| root.join(path));
    let design = corpus.join("design");
    if design.is_dir() {
        return Some(design);
    }
    println!("skipped: no folder {}; set POLICYC_CORPUS", design.display());
    None
}

fn check_reads(name: &str, text: &str) {
    let parsed = parse(FileId(0), text);
    let index = LineIndex::new(text);
    let found: Vec<String> = parsed
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let place = index.position(text, diagnostic.location.span.start);
            format!("{name}:{}:{} {}", place.line, place.column, diagnostic.message)
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");
    assert!(!parsed.file.items.is_empty(), "{name} has no items");
    let tree = format!("{:?}", parsed.file);
    assert!(!tree.contains("Bad"), "{name} has a part that was not read");
}

#[test]
fn sample_rules_parse() {
    let Some(design) = design() else { return };
    let mut files: Vec<_> =
        fs::read_dir(design.join("sample-rules")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        check_reads(&file.display().to_string(), &fs::read_to_string(&file).unwrap());
    }
}

/// The blocks between fences of a part of a paper, the indentation of none of them changed.
fn blocks(paper: &str, from: &str, to: &str) -> Vec<String> {
    let part = paper.split(from).nth(1).unwrap().split(to).next().unwrap();
    part.split("```").skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn worked_policies_parse() {
    let Some(design) = design() else { return };
    let paper = fs::read_to_string(design.join("LANGUAGE.md")).unwrap();
    let policies = blocks(&paper, "\n## 4. ", "\n## 5. ");
    assert_eq!(policies.len(), 12);
    for (number, policy) in policies.iter().enumerate() {
        check_reads(&format!("policy {}", number + 1), policy);
    }
}

#[test]
fn worked_rules_of_the_addendum_parse() {
    let Some(design) = design() else { return };
    let paper = fs::read_to_string(design.join("LANGUAGE-ADDENDUM.md")).unwrap();
    let rules = blocks(&paper, "\n## 2. ", "\n## 3. ");
    assert_eq!(rules.len(), 1);
    check_reads("addendum", &rules[0]);
}

#[test]
fn taken_apart_sample_rules_give_the_same_trees() {
    let Some(design) = design() else { return };
    for file in fs::read_dir(design.join("sample-rules")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let whole = parse(FileId(0), &text).file;
        let scan = scan::scan(&text);
        // Only the item at the offset is read line by line.
        for item in whole.items.iter().step_by(10) {
            let Item::Rule(rule) = item else { continue };
            let mut builder = Builder::new(FileId(0), &scan.tokens);
            let tree = recover::recover(&mut builder, &text, &scan, Some(rule.span.start));
            assert!(builder.diagnostics.is_empty(), "{:?}", builder.diagnostics);
            assert_eq!(tree.items, whole.items, "{}", rule.id.text);
        }
    }
}
