//! That work grows with the input and not faster, counted in the steps that it takes.

use super::super::{Plan, STACK_SIZE, Settings, judge, subjects};
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
fn texts_grow_to_a_limit_by_replacing() {
    let mut body = "let t0 = text(p.kind)".to_owned();
    for level in 1..60 {
        write!(body, " let t{level} = replace(t{}, \"P\", \"PP\")", level - 1).unwrap();
    }
    let artefact =
        program(&format!("rule r on Pod p {{ title \"t\" severity low {body} require t59 == \"\" else \"x\" }}"));
    let plan = Plan::all(&artefact.program);
    let world = world(&plan, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "");
    let judged = judge(&plan, &world, Scope::Document, 0..subjects(&world), &settings());
    let messages: Vec<_> = judged.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages, ["cannot tell whether x: a text that is too long"]);
}

/// Every Service against every Pod of one namespace, by labels, and by name both ways.
#[test]
fn joins_over_one_large_namespace() {
    let artefact = program(concat!(
        "rule backed on Service s { title \"t\" severity low ",
        "require any w in s.namespace.workloads: selects(s.spec.selector, w.labels) else \"x\" ",
        "let twins = [p for p in s.namespace.docs(Pod) where exists p.spec and p.metadata.name == s.metadata.name] ",
        "require count(twins) == 1 else \"y\" }"
    ));
    let plan = Plan::all(&artefact.program);
    let mut text = String::new();
    for number in 0..3000 {
        writeln!(text, "---\napiVersion: v1\nkind: Service\nmetadata: {{name: p{number}}}").unwrap();
        writeln!(text, "spec: {{selector: {{all: x, app: p{number}}}}}\n---\napiVersion: v1\nkind: Pod").unwrap();
        writeln!(text, "metadata: {{name: p{number}, labels: {{all: x, app: p{number}}}}}\nspec: {{}}").unwrap();
    }
    let world = world(&plan, &text, "");
    // Enough to make the indexes, not enough for each Service to walk all Pods.
    let settings = Settings { fuel: 25_000, ..settings() };
    let judged = judge(&plan, &world, Scope::World, 0..subjects(&world), &settings);
    assert_eq!(judged.findings, Vec::new());
    assert_eq!(judged.counts[0].pass, 6000);
}

/// As deep as the plan lets expressions be, on the stack that is asked for.
#[test]
fn the_deepest_expression_fits_the_stack() {
    let mut policy = "def d0(x: number): number = x\n".to_owned();
    for level in 1..200 {
        writeln!(policy, "def d{level}(x: number): number = d{}(x) + 1", level - 1).unwrap();
    }
    for (level, wanted) in [(140, "x is 140"), (199, "cannot tell whether t: budget")] {
        let head = "rule deep on Pod p { title \"t\" severity low";
        let rule = format!("{head} let n = d{level}(0) require n < 0 else \"x is {{n}}\" }}");
        let artefact = program(&format!("{policy}{rule}"));
        let judged = std::thread::scope(|scope| {
            let work = || {
                let plan = Plan::all(&artefact.program);
                let world = world(&plan, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "");
                judge(&plan, &world, Scope::Document, 0..subjects(&world), &settings())
            };
            std::thread::Builder::new().stack_size(STACK_SIZE).spawn_scoped(scope, work).unwrap().join().unwrap()
        });
        let messages: Vec<_> = judged.findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, [wanted]);
    }
}

/// Paths of many findings in one list are found without walking it again for each.
#[test]
fn many_findings_in_one_list() {
    let body = "for a in p.spec.containers { forbid a.image == \"x\" else \"x\" }";
    let artefact = program(&format!("rule r on Pod p {{ title \"t\" severity low {body} }}"));
    let plan = Plan::all(&artefact.program);
    let mut text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n".to_owned();
    text.push_str(&"  - image: x\n".repeat(20_000));
    let world = world(&plan, &text, "");
    let judged = judge(&plan, &world, Scope::Document, 0..subjects(&world), &settings());
    assert_eq!(judged.findings.len(), 20_000);
    assert_eq!(judged.findings[19_999].path, "spec.containers[19999].image");
}

/// Texts that double with every line stop at the budget, not at the end of memory.
#[test]
fn doubling_texts_run_out() {
    let mut body = "let t0 = \"{p}\"".to_owned();
    for level in 1..60 {
        write!(body, " let t{level} = \"{{t{0}}}{{t{0}}}\"", level - 1).unwrap();
    }
    let artefact =
        program(&format!("rule r on Pod p {{ title \"t\" severity low {body} require t59 == \"\" else \"x\" }}"));
    let plan = Plan::all(&artefact.program);
    let world = world(&plan, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "");
    let settings = Settings { fuel: 100_000, ..settings() };
    let judged = judge(&plan, &world, Scope::Document, 0..subjects(&world), &settings);
    let messages: Vec<_> = judged.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages, ["cannot tell whether t: budget"]);
}
