//! That work grows with the input and not faster, counted in the steps that it takes.

use super::super::{Plan, Settings, judge, subjects};
use super::{program, settings, world};
use crate::finding::Outcome;
use policyc_lang::ir::Scope;
use std::fmt::Write;

const JOIN: &str = r#"
rule budgeted on workload w {
  title "t"
  severity low
  let twins = [d for d in w.namespace.docs(PodDisruptionBudget) where d.metadata.name == w.name]
  require twins is not empty else "no budget"
  require exists w.namespace.find(ServiceAccount, w.name ?? "x") else "no account"
}
"#;

fn pods(count: usize) -> String {
    let mut out = String::new();
    for number in 0..count {
        let namespace = number / 10;
        write!(out, "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{number}, namespace: n{namespace}}}\n")
            .unwrap();
        write!(out, "spec: {{containers: []}}\n---\napiVersion: v1\nkind: ServiceAccount\n").unwrap();
        writeln!(out, "metadata: {{name: p{number}, namespace: n{namespace}}}").unwrap();
        write!(out, "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n").unwrap();
        write!(out, "metadata: {{name: p{number}, namespace: n{namespace}}}\nspec: {{}}\n").unwrap();
    }
    out
}

/// The smallest budget with which nothing is left undecided.
fn steps_needed(count: usize) -> u64 {
    let artefact = program(JOIN);
    let plan = Plan::all(&artefact.program);
    let world = world(&plan, &pods(count), "");
    let decided = |fuel: u64| {
        let settings = Settings { fuel, ..settings() };
        let judged = judge(&plan, &world, Scope::World, 0..subjects(&world), &settings);
        assert!(judged.findings.iter().all(|finding| finding.outcome == Outcome::Indeterminate), "{judged:?}");
        judged.findings.is_empty()
    };
    let (mut too_few, mut enough) = (0, 1 << 16);
    assert!(decided(enough), "a join within a namespace of ten is cheap");
    while too_few + 1 < enough {
        let middle = (too_few + enough) / 2;
        if decided(middle) { enough = middle } else { too_few = middle }
    }
    enough
}

#[test]
fn a_join_within_a_namespace_does_not_see_the_others() {
    assert_eq!(steps_needed(20), steps_needed(200));
}

#[test]
fn a_budget_that_runs_out_is_one_finding() {
    let artefact = program(JOIN);
    let plan = Plan::all(&artefact.program);
    let world = world(&plan, &pods(1), "");
    let settings = Settings { fuel: 10, ..settings() };
    let judged = judge(&plan, &world, Scope::World, 0..subjects(&world), &settings);
    let messages: Vec<_> = judged.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages, ["cannot tell whether t: budget"]);
}

#[test]
#[ignore = "timing"]
fn timing() {
    let mut policy = String::new();
    for n in 0..20 {
        write!(policy, "rule r{n} on container c {{ title \"t\" severity low forbid c.securityContext.privileged == true else \"x\"\n require c.securityContext.readOnlyRootFilesystem != false and c.image like \"*\" else \"y\" }}\n").unwrap();
    }
    let mut text = String::new();
    for n in 0..4000 {
        write!(text, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: p{n}, namespace: shop}}\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        image: b\n        securityContext: {{privileged: false, readOnlyRootFilesystem: true}}\n      - name: b\n        image: b\n        securityContext: {{privileged: false, readOnlyRootFilesystem: true}}\n").unwrap();
    }
    let artefact = program(&policy);
    let start = std::time::Instant::now();
    let plan = Plan::all(&artefact.program);
    eprintln!("plan {:?}", start.elapsed());
    let start = std::time::Instant::now();
    let world = world(&plan, &text, "");
    eprintln!("read+world {:?}", start.elapsed());
    let start = std::time::Instant::now();
    let judged = judge(&plan, &world, Scope::Document, 0..subjects(&world), &settings());
    eprintln!("judge {:?} {}", start.elapsed(), judged.findings.len());
}
