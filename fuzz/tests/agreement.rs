//! Cases in which the evaluator and the reference once did not agree, with what the language says of them, and a few
//! hundred random ones.
//!
//! A case is a title after `===`, the items of a policy on the kinds of the reference, `+++`, documents, `>>>`, and a
//! line for each rule: its id, then how many checks pass, fail, cannot be told, and how many subjects are left out.

use policyc_fuzz::evaluator::{DOCUMENTS, RULES, agree, counts, explain};
use policyc_reference::choices::Choices;
use std::path::Path;

#[test]
fn known_cases_come_out_as_the_language_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions/evaluator");
    let mut wrong = String::new();
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let cases = std::fs::read_to_string(&path).unwrap();
        for case in cases.split("=== ").skip(1) {
            let (title, rest) = case.split_once('\n').unwrap();
            let (policy, rest) = rest.split_once("+++\n").unwrap();
            let (documents, expected) = rest.split_once(">>>\n").unwrap();
            let came = counts(policy, documents);
            if came.trim() != expected.trim() {
                wrong.push_str(&format!("=== {title}\n{policy}+++\n{documents}>>>\n{came}\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "these cases came out otherwise:\n{wrong}");
}

#[test]
fn random_programs_agree() {
    for seed in 0..20 {
        if let Err(case) = agree(&mut Choices::random(seed), RULES, DOCUMENTS) {
            panic!("seed {seed}\n{}", explain(*case));
        }
    }
}
