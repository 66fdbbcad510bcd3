//! Whatever happens to files in a session, it says of them in the end what a run says of the same files.

use super::{Content, Reach, Session};
use crate::builtin::Builtin;
use crate::check::{Frames, Input, Meaning, Selection, check};
use policyc_lang::check::{Artefact, Source, compile};
use policyc_lang::schema::{Schema, Types};
use policyc_lang::values::Date;
use policyc_text::FileId;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const POLICY: &str = "module own.t
rule own-network on Pod p {
  title \"x\"
  severity high
  forbid p.spec.hostNetwork == true else \"{p.metadata.name} shares the network\"
}
rule selected on Service s {
  title \"x\"
  severity low
  require any p in s.namespace.docs(Pod): selects(s.spec.selector, p.metadata.labels) else \"{s.metadata.name} is lonely\"
}
";

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {hostNetwork: true}\n";
const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n";
const DEFINITION: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.acme.example}
spec:
  group: acme.example
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {colour: {type: string}}}}}}
";
const WIDGET: &str = "apiVersion: acme.example/v1\nkind: Widget\nmetadata: {name: w}\nspec: {color: red}\n";
const PATCHES: &str = "patches: [{path: pod.yaml}]\n";

fn artefact() -> Artefact {
    let source = Source { file: FileId(0), name: "t.policy".to_owned(), text: POLICY.to_owned(), tables: Vec::new() };
    let compiled = compile(&Artefact::default(), &[source], &Types::new(Schema::newest()));
    assert_eq!(compiled.diagnostics, Vec::new());
    compiled.artefact
}

fn meaning() -> Meaning {
    let as_of = Date::parse("2026-11-23").unwrap();
    Meaning { as_of, kubernetes: None, open: false, namespace: None, frames: Frames::None, external: [].into() }
}

/// What a run says: `file:start-end rule message`, and `file:start-end code` of what could not be read.
fn by_run(files: &BTreeMap<&str, &str>, selection: &Selection<'_>) -> Vec<String> {
    let inputs: Vec<Input> = files.keys().map(|name| Input { name: (*name).into() }).collect();
    let texts: Vec<&str> = files.values().copied().collect();
    let load = |place: usize| Ok(texts[place].as_bytes().to_vec());
    let report = check(&inputs, &load, &meaning(), selection);
    let mut lines: Vec<String> = report.findings.iter().map(finding).collect();
    lines.extend(report.diagnostics.iter().map(problem));
    lines.sort();
    lines
}

fn by_session(session: &mut Session<'_>) -> Vec<String> {
    let names: Vec<Arc<str>> = session.names().cloned().collect();
    let mut lines: Vec<String> = session.across(&|| false).unwrap().values().flatten().map(finding).collect();
    for name in names {
        for (offset, part) in &session.verdict(&name).unwrap().parts {
            lines.extend(part.findings.iter().map(|found| finding_at(found, *offset)));
            lines.extend(part.problems.iter().map(|found| problem_at(found, *offset)));
        }
    }
    lines.sort();
    lines
}

fn finding(found: &crate::report::Finding) -> String {
    finding_at(found, 0)
}

fn finding_at(finding: &crate::report::Finding, offset: u32) -> String {
    let span = finding.place.range.span;
    let (start, end) = (span.start + offset, span.end + offset);
    format!("{}:{start}-{end} {} {}", finding.place.file, finding.rule.id, finding.message)
}

fn problem(found: &crate::report::Problem) -> String {
    problem_at(found, 0)
}

fn problem_at(problem: &crate::report::Problem, offset: u32) -> String {
    let span = problem.place.range.span;
    let (start, end) = (span.start + offset, span.end + offset);
    format!("{}:{start}-{end} {}", problem.place.file, problem.code)
}

fn content(text: &str) -> Content {
    Ok(text.as_bytes().into())
}

#[test]
fn a_session_says_what_a_run_says() {
    let artefact = artefact();
    let mut selection = Selection::builtins(&artefact.program, Builtin::ALL.into_iter().collect());
    selection.rules.extend(["own-network".to_owned(), "selected".to_owned()]);
    let mut session = Session::new(&selection, &meaning());
    let mut files: BTreeMap<&str, &str> = BTreeMap::new();
    let steps = [
        ("pod.yaml", Some(POD), Reach::File),
        ("pod.yaml", Some(POD), Reach::None),
        ("service.yaml", Some(SERVICE), Reach::File),
        ("pod.yaml", Some("apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: wob}}\n"), Reach::File),
        ("pod.yaml", None, Reach::File),
        ("pod.yaml", None, Reach::None),
        ("pod.yaml", Some(POD), Reach::File),
        ("widget.yaml", Some(WIDGET), Reach::File),
        ("crd.yaml", Some(DEFINITION), Reach::All),
        ("crd.yaml", Some("# gone"), Reach::All),
        ("crd.yaml", Some(DEFINITION), Reach::All),
        ("broken.yaml", Some("a: [\n"), Reach::File),
        ("kustomization.yaml", Some(PATCHES), Reach::All),
        ("pod.yaml", Some("apiVersion: v1\nkind: Pod\nspec: {hostNetwork: true}\n---\n- a: b\n"), Reach::File),
        ("kustomization.yaml", None, Reach::All),
        ("Chart.yaml", Some("name: x\n"), Reach::All),
        ("templates/a.yaml", Some("kind: {{ .Values.x }}\n"), Reach::File),
    ];
    for (step, (name, text, reach)) in steps.into_iter().enumerate() {
        let actual = match text {
            Some(text) => {
                files.insert(name, text);
                session.set(name.into(), content(text))
            }
            None => {
                files.remove(name);
                session.remove(name)
            }
        };
        assert_eq!(actual, reach, "step {step}: {name}");
        if step % 2 == 0 {
            session.catch_up(1);
        }
        assert_eq!(by_session(&mut session), by_run(&files, &selection), "step {step}: {name}");
    }
    assert!(by_session(&mut session).iter().any(|line| line.contains("own-network")));
}

/// What nobody wants any more is given up, and can be asked for again.
#[test]
fn rules_across_files_can_be_stopped() {
    let artefact = artefact();
    let mut selection = Selection::builtins(&artefact.program, Builtin::ALL.into_iter().collect());
    selection.rules.insert("selected".to_owned());
    let mut session = Session::new(&selection, &meaning());
    let files: BTreeMap<String, String> =
        (0..50).map(|number| (format!("{number:02}.yaml"), SERVICE.replace("web", &format!("web-{number}")))).collect();
    for (name, text) in &files {
        session.set(name.as_str().into(), content(text));
    }
    for questions in [1, 3, 40, 70] {
        let asked = AtomicUsize::new(0);
        let stopped = session.across(&|| asked.fetch_add(1, Ordering::Relaxed) + 1 >= questions);
        assert!(stopped.is_none(), "stopped at question {questions}");
    }
    let found = session.across(&|| false).unwrap();
    assert_eq!(found.len(), files.len());
}

#[test]
fn what_cannot_be_read_is_said() {
    let artefact = artefact();
    let selection = Selection::builtins(&artefact.program, Builtin::ALL.into_iter().collect());
    let mut session = Session::new(&selection, &meaning());
    session.set("a.yaml".into(), Err("permission denied".into()));
    let verdict = session.verdict("a.yaml").unwrap();
    assert_eq!(verdict.parts[0].1.problems[0].code, "input/unreadable");
    assert!(session.verdict("b.yaml").is_none());
}

/// A large file is judged document by document, and what was said of the others is kept when one changes.
#[test]
fn a_large_file_is_judged_in_parts() {
    let artefact = artefact();
    let mut selection = Selection::builtins(&artefact.program, Builtin::ALL.into_iter().collect());
    selection.rules.extend(["own-network".to_owned(), "selected".to_owned()]);
    let mut session = Session::new(&selection, &meaning());
    let documents: Vec<String> = (0..600).map(|number| POD.replace("web", &format!("web-{number}"))).collect();
    let large = format!("# first\n{}---\n{SERVICE}", documents.join("--- # next\n"));
    let slip = large.replacen("name: web-300", "nam: web-300", 1);
    let separator = large.replacen("--- # next", "--- next", 1);
    let stray = format!("{large}---\njust: data\n");
    let broken = large.replacen("spec: {hostNetwork: true}", "spec: {hostNetwork: true", 1);
    for text in [&large, &slip, &large, &separator, &stray, &broken, &slip] {
        session.set("a.yaml".into(), content(text));
        let files = BTreeMap::from([("a.yaml", text.as_str())]);
        assert_eq!(by_session(&mut session), by_run(&files, &selection));
    }
    session.set("a.yaml".into(), content(&large));
    let before = session.verdict("a.yaml").unwrap();
    session.set("a.yaml".into(), content(&slip));
    let after = session.verdict("a.yaml").unwrap();
    assert_eq!(after.parts.len(), 601);
    let kept = before.parts.iter().zip(&after.parts).filter(|((_, one), (_, other))| Arc::ptr_eq(one, other)).count();
    assert_eq!(kept, 600);
}
