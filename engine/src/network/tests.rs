//! Who reaches whom, case by case.
//!
//! A case has objects, one a line, and questions: `ns NAME LABELS`, `pod NAMESPACE/NAME LABELS [PORTS]`,
//! `deployment NAMESPACE/NAME LABELS`, `host NAMESPACE/NAME LABELS` (a pod in its node's network), `np NAMESPACE SPEC`,
//! `cnp NAMESPACE SPEC`, `ccnp SPEC`; `FROM > TO: ANSWER`, where an end is a pod's place or `outside`, and the answer a
//! verdict with what is allowed for sure, what may be besides, and the addresses.

use super::{End, Network, Reach, Verdict, network};
use crate::world::{World, WorldBuilder, WorldOptions};
use crate::yaml::{self, KeyTable};
use policyc_text::FileId;
use std::fmt::Write;
use std::sync::Arc;

const CASES: &str = include_str!("cases.txt");

fn world(text: &str) -> World {
    let tree = yaml::read(FileId(0), text.into(), &KeyTable::new([]), &yaml::Limits::default());
    assert!(tree.diagnostics.is_empty(), "{:?}\n{text}", tree.diagnostics);
    let mut builder = WorldBuilder::new(WorldOptions::default());
    builder.add(FileId(0), "a.yaml", Arc::new(tree), false);
    builder.build()
}

/// The object of a line.
fn object(line: &str, number: usize) -> String {
    let (word, rest) = line.split_once(' ').unwrap();
    let (name, rest) = if word == "ccnp" { ("", rest) } else { rest.split_once(' ').unwrap_or((rest, "{}")) };
    let (namespace, name) = name.split_once('/').unwrap_or((name, "p"));
    let namespace = if namespace == "-" { String::new() } else { format!(", namespace: {namespace}") };
    let (labels, ports) = rest.split_once("} ").map_or((rest, "[]"), |(labels, ports)| (labels, ports));
    let labels = if labels.ends_with('}') { labels.to_owned() } else { format!("{labels}}}") };
    let pod = |more: &str| format!("{{{more}containers: [{{name: c, image: c, ports: {ports}}}]}}");
    match word {
        "ns" => format!(
            "{{apiVersion: v1, kind: Namespace, metadata: {{name: {}, labels: {rest}}}}}",
            line.split(' ').nth(1).unwrap()
        ),
        "pod" => format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, labels: {labels}{namespace}}}, spec: {}}}",
            pod("")
        ),
        "host" => format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, labels: {labels}{namespace}}}, spec: {}}}",
            pod("hostNetwork: true, ")
        ),
        "deployment" => format!(
            "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}{namespace}}}, spec: {{template: {{metadata: {{labels: {labels}}}, spec: {}}}}}}}",
            pod("")
        ),
        "np" => format!(
            "{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: p{number}{namespace}}}, spec: {rest}}}"
        ),
        "cnp" => format!(
            "{{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {{name: p{number}{namespace}}}, spec: {rest}}}"
        ),
        "ccnp" => format!(
            "{{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {{name: p{number}}}, spec: {rest}}}"
        ),
        other => panic!("{other}"),
    }
}

fn end(network: &Network, place: &str) -> End {
    if place == "outside" {
        return End::Outside;
    }
    let (namespace, name) = place.split_once('/').unwrap();
    let namespace = if namespace == "-" { "(unset)" } else { namespace };
    let found = network.workloads().iter().position(|one| *one.namespace == *namespace && *one.name == *name);
    End::Workload(found.unwrap_or_else(|| panic!("there is no {place}")))
}

/// The answer as cases write it.
fn answer(reach: &Reach) -> String {
    let mut text = reach.verdict.as_str().to_owned();
    match reach.verdict {
        Verdict::Ports => write!(text, " {}", reach.certain).unwrap(),
        Verdict::Addresses | Verdict::Undecided => {
            write!(text, " {}; perhaps {}", reach.certain, reach.possible).unwrap();
        }
        Verdict::Allowed | Verdict::Denied => {}
    }
    if !reach.addresses.is_empty() {
        write!(text, " for {}", reach.addresses.join("; ")).unwrap();
    }
    text
}

#[test]
fn traffic_is_allowed_as_the_documentation_says() {
    let (mut cases, mut questions, mut wrong) = (0, 0, String::new());
    for case in CASES.split("\n== ").skip(1) {
        let (name, body) = case.split_once('\n').unwrap();
        let lines = body.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (asked, objects): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.contains(" > "));
        let objects: Vec<String> = objects.iter().enumerate().map(|(number, line)| object(line, number)).collect();
        let network = network(&world(&objects.join("\n---\n")));
        assert!(!asked.is_empty(), "{name} asks nothing");
        for question in asked {
            let (ends, expected) = question.split_once(": ").unwrap();
            let (from, to) = ends.split_once(" > ").unwrap();
            let reach = network.between(end(&network, from), end(&network, to)).unwrap();
            let found = answer(&reach);
            if found != expected {
                writeln!(wrong, "{name}: {ends}: {found}, not {expected} ({:?})", reach.reasons).unwrap();
            }
            let doubt = matches!(reach.verdict, Verdict::Undecided);
            assert_eq!(doubt, !reach.reasons.is_empty(), "{name}: {ends}: reasons are told where there is doubt");
            questions += 1;
        }
        cases += 1;
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(cases >= 40 && questions >= 100, "{cases} cases, {questions} questions");
}

#[test]
fn too_much_is_refused_and_not_waited_for() {
    let labels: Vec<String> = (0..2000).map(|number| format!("l{number}: a")).collect();
    let labels = labels.join(", ");
    let peers = vec![format!("{{podSelector: {{matchLabels: {{{labels}}}}}}}"); 200].join(", ");
    let text = [
        object(&format!("pod a/one {{{labels}}}"), 0),
        object(&format!("np a {{podSelector: {{}}, ingress: [{{from: [{peers}]}}]}}"), 1),
    ];
    let mut network = network(&world(&text.join("\n---\n")));
    network.most_steps = 1_000_000;
    let one = End::Workload(0);
    let mut answers = (0..1000).map(|_| network.between(one, one));
    assert!(answers.next().unwrap().is_ok());
    assert!(answers.any(|answer| answer.is_err()));
}

#[test]
fn what_is_left_out_is_told() {
    let text = "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: a, namespace: b}\n---\napiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: c}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
    let notes = network(&world(text)).notes().join("\n");
    assert!(notes.contains("AdminNetworkPolicy, NetworkPolicy of `projectcalico.org`"), "{notes}");
    assert!(notes.contains("name no namespace"), "{notes}");
}
