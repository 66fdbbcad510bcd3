//! The evaluator beside the reference: random policies, compiled and judged, come to what the reference says.

use crate::policy::types as kubernetes_types;
use policyc_engine::eval::{Counts, Document, Head, Judged, Plan, Settings, judge, judge_document, subjects};
use policyc_engine::finding::{Outcome as Came, RawFinding};
use policyc_engine::world::{World as Objects, WorldOptions};
use policyc_engine::yaml::{self, Limits, Tree};
use policyc_lang::check::{Artefact, Compiled, Source, compile};
use policyc_lang::ir::Scope;
use policyc_lang::schema::Types;
use policyc_lang::values::{Date, Severity, Version};
use policyc_reference::choices::Choices;
use policyc_reference::documents::{file, object};
use policyc_reference::evaluate::World;
use policyc_reference::functions::ANYTHING;
use policyc_reference::generate::policy;
use policyc_reference::print::module;
use policyc_reference::rules::{self, Finding, Outcome};
use policyc_reference::shrink::shrink;
use policyc_reference::tree::Policy;
use policyc_reference::types::Kind;
use policyc_reference::value::SEVERITIES;
use policyc_text::{FileId, Location};
use serde_json::Value as Json;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

/// Rules of a module, each of which counts as a program: compiling them together saves most of the time.
pub const RULES: usize = 20;
/// Documents that a module is tried on.
pub const DOCUMENTS: usize = 6;

/// A policy and documents on which the two do not agree.
#[derive(Clone, Debug)]
pub struct Case {
    /// The policy.
    pub policy: Policy,
    /// The documents.
    pub objects: Vec<Json>,
    /// In what they differ.
    pub difference: String,
}

/// Bytes as choices: a small policy, two documents.
pub fn run(data: &[u8]) {
    if let Err(case) = agree(&mut Choices::of_bytes(data), 2, 2) {
        panic!("{}", explain(*case));
    }
}

/// Makes a module and documents and judges them both ways. Gives how many checks passed, failed and could not be told,
/// and how many subjects were left out.
///
/// # Errors
///
/// The case, where the two do not agree.
pub fn agree(choices: &mut Choices<'_>, rules: usize, documents: usize) -> Result<[u64; 4], Box<Case>> {
    let policy = policy(choices, rules);
    let objects: Vec<Json> = (0..documents)
        .map(|number| {
            let kind = if choices.percent(30) { Kind::Beta } else { Kind::Alpha };
            object(choices, kind, number)
        })
        .collect();
    match held(&policy, &objects) {
        Ok(seen) => Ok(seen),
        Err(difference) => Err(Box::new(Case { policy, objects, difference })),
    }
}

/// Makes a case small and shows it.
#[must_use]
pub fn explain(case: Case) -> String {
    let wanted = sort_of(&case.difference);
    let mut shows = |policy: &Policy, objects: &[Json]| {
        held(policy, objects).is_err_and(|difference| sort_of(&difference) == wanted)
    };
    let (policy, objects) = shrink(case.policy, case.objects, &mut shows);
    let difference = held(&policy, &objects).err().unwrap_or_default();
    format!("{}\n{}\n{difference}", module(&policy, "own.random"), file(&objects))
}

/// What a smaller case must show too: any difference, or the same complaint of the compiler about other names.
fn sort_of(difference: &str) -> String {
    if !difference.starts_with(DOES_NOT_COMPILE) {
        return String::new();
    }
    difference.lines().nth(1).unwrap_or_default().split('`').step_by(2).collect()
}

const DOES_NOT_COMPILE: &str = "the policy does not compile";

fn types() -> &'static Types {
    static TYPES: OnceLock<Types> = OnceLock::new();
    TYPES.get_or_init(|| {
        let mut types = kubernetes_types().clone();
        for kind in Kind::ALL {
            types.add_kind("example.org", "v1", kind.name(), &kind.schema());
        }
        types
    })
}

fn compiled(text: &str) -> Compiled {
    static BASE: OnceLock<Artefact> = OnceLock::new();
    let source =
        Source { file: FileId(0), name: "random.policy".to_owned(), text: text.to_owned(), tables: Vec::new() };
    compile(BASE.get_or_init(Artefact::default), &[source], types())
}

/// How the checks of each rule come out, a line each. For cases that people write; they panic where they are wrong.
#[must_use]
pub fn counts(policy: &str, documents: &str) -> String {
    let text = format!("module own.case\n{policy}");
    let compiled = compiled(&text);
    assert!(compiled.is_ok(), "{text}\n{:#?}", compiled.diagnostics);
    let plan = Plan::all(&compiled.artefact.program);
    let tree = yaml::read(FileId(0), documents.into(), plan.keys(), &Limits::default());
    assert!(tree.diagnostics.is_empty(), "{:#?}", tree.diagnostics);
    let world = Objects::of_file(WorldOptions::default(), FileId(0), "documents.yaml", Arc::new(tree));
    let settings = settings();
    let mut judged = judge(&plan, &world, Scope::Document, 0..subjects(&world), &settings);
    judged.merge(judge(&plan, &world, Scope::World, 0..subjects(&world), &settings));
    let line = |(id, counts): (&Arc<str>, &Counts)| {
        let Counts { pass, fail, indeterminate, not_applicable } = counts;
        format!("{id} pass {pass} fail {fail} indeterminate {indeterminate} n/a {not_applicable}\n")
    };
    plan.instance_ids().zip(&judged.counts).map(line).collect()
}

fn settings() -> Settings {
    let today = Date::from_civil(2026, 12, 31).unwrap_or_else(|| unreachable!("the day is in the calendar"));
    Settings::new(today, Version::new(1, 34, 0))
}

/// Judges both ways.
fn held(policy: &Policy, objects: &[Json]) -> Result<[u64; 4], String> {
    let text = module(policy, "own.random");
    let compiled = compiled(&text);
    if !compiled.is_ok() {
        let mut problem = DOES_NOT_COMPILE.to_owned();
        for diagnostic in compiled.diagnostics.iter().filter(|one| one.level == policyc_text::Level::Error) {
            let _ = write!(problem, "\n{} at `{}`", diagnostic.message, diagnostic.location.span.text(&text));
        }
        return Err(problem);
    }
    let program = &compiled.artefact.program;
    let plan = Plan::all(program);
    let settings = settings();
    let documents = file(objects);
    let tree = yaml::read(FileId(0), documents.as_str().into(), plan.keys(), &Limits::default());
    if !tree.diagnostics.is_empty() {
        return Err(format!("the documents cannot be read: {:?}", tree.diagnostics));
    }
    let tree = Arc::new(tree);
    let world = Objects::of_file(WorldOptions::default(), FileId(0), "documents.yaml", Arc::clone(&tree));
    if world.objects().len() != objects.len() {
        return Err("the world has another number of objects".to_owned());
    }
    same_quickly(&plan, &tree, &world, &settings)?;
    let reference = World { policy, objects };
    let ids: Vec<String> = plan.instance_ids().map(ToString::to_string).collect();
    let mut seen = [0; 4];
    for subject in 0..subjects(&world) {
        let mut judged = judge(&plan, &world, Scope::Document, subject..subject + 1, &settings);
        judged.merge(judge(&plan, &world, Scope::World, subject..subject + 1, &settings));
        for rule in &policy.rules {
            let Some(place) = ids.iter().position(|id| *id == rule.id) else {
                return Err(format!("`{}` is not among the instances", rule.id));
            };
            let expected = match subject < objects.len() {
                true => rules::judge(&reference, rule, subject),
                false => Outcome::default(),
            };
            let counts = judged.counts[place];
            compare(&rule.id, &expected, counts, &judged)
                .map_err(|difference| format!("{} on document {subject}: {difference}", rule.id))?;
            for (sum, count) in
                seen.iter_mut().zip([counts.pass, counts.fail, counts.indeterminate, counts.not_applicable])
            {
                *sum += count;
            }
        }
    }
    Ok(seen)
}

/// Quick judging comes to the same counts and places as the evaluator alone.
fn same_quickly(plan: &Plan<'_>, tree: &Arc<Tree>, world: &Objects, settings: &Settings) -> Result<(), String> {
    let told = judge(plan, world, Scope::Document, 0..subjects(world), settings);
    let heads = tree.documents.iter().filter_map(|document| document.root).filter_map(|node| {
        let (api_version, kind) = (tree.get_text(node, "apiVersion")?, tree.get_text(node, "kind")?);
        Some(Head { node, api_version, kind })
    });
    let heads: Vec<Head> = heads.collect();
    let world = || Objects::of_file(WorldOptions::default(), FileId(0), "documents.yaml", Arc::clone(tree));
    for places in [true, false] {
        let document = Document { file: FileId(0), tree, partial: false, heads: &heads, places };
        let quick = judge_document(plan, document, settings, world);
        if quick.counts != told.counts {
            return Err(format!("quick judging counts {:?}, the evaluator {:?}", quick.counts, told.counts));
        }
        let (quick, told) = (found(plan, &quick), found(plan, &told));
        if quick != told {
            return Err(format!("quick judging finds {quick:?}, the evaluator {told:?}"));
        }
    }
    Ok(())
}

/// Where something was found, by rule and place.
fn found(plan: &Plan<'_>, judged: &Judged) -> Vec<(String, Came, Severity, Location)> {
    let ids: Vec<&Arc<str>> = plan.instance_ids().collect();
    let told = judged.findings.iter().map(|one| (one.rule.to_string(), one.outcome, one.severity, one.primary));
    let spotted = judged.spotted.iter().flat_map(|one| {
        let all = plan.stands_for(one.instance).iter().filter_map(|instance| ids.get(*instance as usize));
        all.map(|id| (id.to_string(), one.outcome, one.severity, one.location)).collect::<Vec<_>>()
    });
    let mut all: Vec<_> = told.chain(spotted).collect();
    all.sort_by(|one, other| {
        let key = |(id, outcome, severity, at): &(String, Came, Severity, Location)| {
            (at.span.start, at.span.end, id.clone(), *outcome, *severity)
        };
        key(one).cmp(&key(other))
    });
    all
}

fn compare(id: &str, expected: &Outcome, counts: Counts, judged: &Judged) -> Result<(), String> {
    let ours = rules::Counts {
        pass: counts.pass,
        fail: counts.fail,
        indeterminate: counts.indeterminate,
        not_applicable: counts.not_applicable,
    };
    if ours != expected.counts {
        return Err(format!("the evaluator counts {ours:?}, the reference {:?}", expected.counts));
    }
    if judged.open_world > 0 || judged.partial_dropped > 0 {
        return Err("the world is closed and complete".to_owned());
    }
    let found: Vec<&RawFinding> = judged.findings.iter().filter(|finding| &*finding.rule == id).collect();
    for finding in &found {
        if !expected.findings.iter().any(|wanted| is_said(wanted, finding)) {
            let told = (finding.outcome, finding.severity, &finding.message, finding.exempted.is_some());
            return Err(format!("only the evaluator reports {told:?}; the reference {:#?}", expected.findings));
        }
    }
    for wanted in &expected.findings {
        // Of findings that say the same of the same place one is kept, as bad as the worst.
        let or_worse = |finding: &&RawFinding| {
            let worse = Finding { severity: None, ..wanted.clone() };
            is_said(&worse, finding) && wanted.severity.and_then(severity).is_none_or(|least| finding.severity >= least)
        };
        if !wanted.may_be_silent && !found.iter().any(or_worse) {
            let told: Vec<_> =
                found.iter().map(|finding| (finding.outcome, &finding.severity, &finding.message)).collect();
            return Err(format!("only the reference reports {wanted:?}; the evaluator {told:#?}"));
        }
    }
    Ok(())
}

/// Whether a finding is what is expected.
fn is_said(wanted: &Finding, finding: &RawFinding) -> bool {
    wanted.indeterminate == (finding.outcome == Came::Indeterminate)
        && wanted.severity.is_none_or(|rank| severity(rank) == Some(finding.severity))
        && wanted.exempted == finding.exempted.is_some()
        && is_like(&wanted.message, &finding.message)
}

fn severity(rank: usize) -> Option<Severity> {
    SEVERITIES.get(rank).and_then(|word| Severity::parse(word).ok())
}

/// Whether a text is what is expected, where [`ANYTHING`] stands for any words.
fn is_like(wanted: &str, text: &str) -> bool {
    let Some((before, behind)) = wanted.split_once(ANYTHING) else { return wanted == text };
    let Some(rest) = text.strip_prefix(before) else { return false };
    rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| is_like(behind, &rest[at..]))
}
