//! The loop over subjects, and what comes out of it.

use super::machine::Evaluator;
use super::plan::{Group, Plan, Settings};
use super::quick::{Gate, Of, Opened, Quick, Subject as QuickSubject, Support, Verdict};
use super::subjects::{Before, OfSubject};
use super::value::{Data, EnvId, NamespaceId, ObjectId, Value};
use crate::finding::{Outcome, RawFinding, is_secret_kind};
use crate::world::World;
use crate::yaml::{NodeId, Tree};
use policyc_lang::ir::{Scope, Subject};
use policyc_lang::values::Severity;
use policyc_text::{FileId, Location};
use std::cell::OnceCell;
use std::ops::Range;

/// Stack that a thread needs to judge, in bytes.
pub const STACK_SIZE: usize = 8 << 20;

/// How the checks of an instance came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Checks that held.
    pub pass: u64,
    /// Checks that did not hold, reported or silent because of an earlier one.
    pub fail: u64,
    /// Checks that cannot be told.
    pub indeterminate: u64,
    /// Subjects that the rule's own condition leaves out.
    pub not_applicable: u64,
}

impl Counts {
    /// Adds the counts of another part.
    pub(crate) fn add(&mut self, other: Self) {
        self.pass += other.pass;
        self.fail += other.fail;
        self.indeterminate += other.indeterminate;
        self.not_applicable += other.not_applicable;
    }
}

/// A finding of which only the place is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spotted {
    /// The rule's instance, by its place in [`Plan::instance_ids`]. It stands for others, too: [`Plan::stands_for`].
    pub instance: u32,
    /// Fail or indeterminate.
    pub outcome: Outcome,
    /// How bad.
    pub severity: Severity,
    /// The primary place.
    pub location: Location,
}

/// What a part of a run found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// Findings, those that an exemption covers included; not yet sorted.
    pub findings: Vec<RawFinding>,
    /// How each rule came out on each subject, where that was asked for.
    pub subjects: Vec<OfSubject>,
    /// Findings of which no text was asked for; none of them is among `findings`.
    pub spotted: Vec<Spotted>,
    /// How the checks of each instance came out, in the order of [`Plan::instance_ids`].
    pub counts: Vec<Counts>,
    /// Checks that need the rest of the project: unknown only because the world is open. They are no findings.
    pub open_world: u64,
    /// Findings dropped because they rest on what a patch leaves out.
    pub partial_dropped: u64,
    /// How often the evaluator judged what quick judging left to it.
    pub left: u64,
    /// Steps that rules took on their subjects. A caller that bounds a whole run judges it in parts whose size does not
    /// depend on the machine, and stops at the part with which the sum passes the bound.
    pub steps: u64,
}

impl Judged {
    /// Nothing yet, for the instances of a plan.
    pub(crate) fn of(plan: &Plan<'_>) -> Self {
        Self { counts: vec![Counts::default(); plan.instances.len()], ..Self::default() }
    }

    /// Adds another part of the same plan's run.
    pub fn merge(&mut self, mut other: Self) {
        self.take_subjects(&mut other);
        self.findings.extend(other.findings);
        self.spotted.extend(other.spotted);
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), Counts::default());
        }
        for (ours, theirs) in self.counts.iter_mut().zip(other.counts) {
            ours.add(theirs);
        }
        self.open_world += other.open_world;
        self.partial_dropped += other.partial_dropped;
        self.left += other.left;
        self.steps += other.steps;
    }
}

/// How many subjects a world has.
#[must_use]
pub fn subjects(world: &World) -> usize {
    world.objects().len() + world.namespaces().len() + 1
}

/// Sorts findings by file (in the order that the caller gives), start, rule and message.
pub fn sort(findings: &mut [RawFinding], order: impl Fn(FileId) -> u32) {
    findings.sort_by(|one, other| {
        let key = |finding: &RawFinding| (order(finding.primary.file), finding.primary.span.start);
        let (left, right) = (key(one), key(other));
        left.cmp(&right)
            .then_with(|| one.rule.cmp(&other.rule))
            .then_with(|| one.message.cmp(&other.message))
            .then_with(|| one.path.cmp(&other.path))
            .then_with(|| one.primary.span.end.cmp(&other.primary.span.end))
    });
}

/// Judges a range of a world's subjects with the rules of a scope.
#[must_use]
pub fn judge(plan: &Plan<'_>, world: &World, scope: Scope, part: Range<usize>, settings: &Settings) -> Judged {
    judge_unless(plan, world, scope, part, settings, &|| false).unwrap_or_default()
}

/// As [`judge`]; `None` where it was told to stop, which it asks before each subject.
#[must_use]
pub fn judge_unless(
    plan: &Plan<'_>,
    world: &World,
    scope: Scope,
    part: Range<usize>,
    settings: &Settings,
    stop: &dyn Fn() -> bool,
) -> Option<Judged> {
    let mut judged = Judged::of(plan);
    judge_part(&mut Evaluator::new(plan, world, settings), scope, part, stop, &mut judged).then_some(judged)
}

/// Judges all subjects of a world with an evaluator that is there already.
pub(crate) fn judge_with(evaluator: &mut Evaluator<'_>, scope: Scope, judged: &mut Judged) {
    let all = 0..subjects(evaluator.world);
    judge_part(evaluator, scope, all, &|| false, judged);
}

// Whether it came to its end.
fn judge_part(
    evaluator: &mut Evaluator<'_>,
    scope: Scope,
    part: Range<usize>,
    stop: &dyn Fn() -> bool,
    judged: &mut Judged,
) -> bool {
    let world = evaluator.world;
    let (objects, namespaces) = (world.objects().len(), world.namespaces().len());
    for number in part.start..part.end.min(subjects(world)) {
        if stop() {
            return false;
        }
        let id = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        if number < objects {
            evaluator.judge_object(ObjectId(id(number)), scope, judged);
        } else if number < objects + namespaces {
            evaluator.judge_namespace(NamespaceId(id(number - objects)), scope, judged);
        } else {
            evaluator.judge_project(scope, judged);
        }
    }
    true
}

/// An object of a file, for [`judge_document`].
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// Its mapping, no alias.
    pub node: NodeId,
    /// The value of `apiVersion`, which is a string.
    pub api_version: NodeId,
    /// The value of `kind`, which is a string.
    pub kind: NodeId,
}

/// A file to judge on its own.
#[derive(Clone, Copy)]
pub struct Document<'d> {
    /// The caller's number of the file.
    pub file: FileId,
    /// Its tree, read with [`Plan::keys`].
    pub tree: &'d Tree,
    /// Whether its objects are patches.
    pub partial: bool,
    /// All its objects, in source order; those of a world of the same tree.
    pub heads: &'d [Head],
    /// Whether places will do: what is found goes to [`Judged::spotted`] where its texts take more than that.
    pub places: bool,
}

/// Judges the objects of one file with the rules that look at their own document alone. What comes of it is what
/// [`judge`] gives; `world` is asked for the file's world if anything needs it.
#[must_use]
pub fn judge_document(
    plan: &Plan<'_>,
    document: Document<'_>,
    settings: &Settings,
    world: impl Fn() -> World,
) -> Judged {
    let made = OnceCell::new();
    let support = if settings.subjects { None } else { plan.support(settings, document.tree.source().len()) };
    let Some(support) = support else {
        let world = made.get_or_init(world);
        return judge(plan, world, Scope::Document, 0..subjects(world), settings);
    };
    let mut judged = Judged::of(plan);
    let mut quick: Option<Quick<'_>> = None;
    let mut evaluator: Option<Evaluator<'_>> = None;
    let mut left = Vec::new();
    let mut gates = Gates::new(plan, support);
    for head in document.heads {
        let tree = document.tree;
        let subject = QuickSubject {
            node: head.node,
            kind: tree.text(head.kind),
            api_version: tree.text(head.api_version),
            kind_node: Some(head.kind),
            api_version_node: Some(head.api_version),
        };
        let local = |(_, group): &(u32, &Group<'_>)| group.scope == Scope::Document;
        let mut groups = plan.numbered_groups_of_kind(subject.kind).filter(local).peekable();
        if groups.peek().is_none() {
            continue;
        }
        let quick = match &mut quick {
            Some(quick) => {
                quick.turn_to(subject);
                quick
            }
            none => none.insert(Quick::new(plan, support, document, subject)),
        };
        let places = document.places && !settings.fixes && !is_secret_kind(subject.kind);
        for (group_number, group) in groups {
            let subjects = match group.subject {
                Subject::Kinds(_) | Subject::Objects => Some(Vec::from_iter(quick.object_as(group.subject))),
                Subject::View(view) => quick.rows_as(*view, group.env),
                Subject::Namespaces | Subject::Projects => continue,
            };
            let split = support.split(group_number);
            for (number, subject) in subjects.iter().flatten().enumerate() {
                quick.next_subject();
                let mut turn = Turn { plan, support, document, places, number, judged: &mut judged, left: &mut left };
                let Some(split) = split else {
                    let alone = group.instances.iter().filter(|instance| !support.follows(**instance));
                    alone.for_each(|instance| turn.show(quick, subject, *instance));
                    continue;
                };
                split.others.iter().for_each(|instance| turn.show(quick, subject, *instance));
                for gate in &split.gates {
                    match quick.pass(gate, subject) {
                        Opened::All => gate.instances.iter().for_each(|instance| turn.show(quick, subject, *instance)),
                        Opened::Only(open) => {
                            gates.pass(gate, open);
                            open.iter().for_each(|instance| turn.show(quick, subject, *instance));
                        }
                    }
                }
            }
            if subjects.is_some() && left.is_empty() {
                continue;
            }
            let world = made.get_or_init(&world);
            let evaluator = evaluator.get_or_insert_with(|| Evaluator::new(plan, world, settings));
            let Some(object) = world.object_at(0, head.node).map(ObjectId) else { continue };
            if subjects.is_none() {
                judged.left += group.instances.len() as u64;
                evaluator.judge_group_of(group, object, &mut judged);
                continue;
            }
            let mut subjects = Vec::new();
            evaluator.subjects_of(group, object, &mut subjects);
            for (number, instance) in left.drain(..) {
                if let Some(subject) = subjects.get(number) {
                    evaluator.judge_instance(instance, subject, &mut judged);
                }
            }
        }
    }
    gates.count(plan, support, &mut judged.counts);
    judged
}

/// A subject that instances are shown to.
struct Turn<'t, 'p> {
    plan: &'t Plan<'p>,
    support: &'t Support,
    document: Document<'t>,
    places: bool,
    /// The subject's number among those of its object.
    number: usize,
    judged: &'t mut Judged,
    /// What is left to the evaluator: subjects by their numbers, and instances.
    left: &'t mut Vec<(usize, u32)>,
}

impl Turn<'_, '_> {
    fn show<'q>(&mut self, quick: &mut Quick<'q>, subject: &Of<'q>, instance: u32) {
        let verdict = match self.support.takes(instance) {
            true => quick.judge(instance, subject, self.document.file, self.places, self.judged),
            false => Verdict::Left,
        };
        if verdict == Verdict::Left {
            self.judged.left += 1;
            self.left.extend(self.plan.stands_for(instance).iter().map(|instance| (self.number, *instance)));
        }
    }
}

/// How many subjects came to gates, and through them.
struct Gates {
    /// By gate.
    came: Vec<u64>,
    /// By instance.
    passed: Vec<u64>,
}

impl Gates {
    fn new(plan: &Plan<'_>, support: &Support) -> Self {
        let gates = support.gates();
        Self { came: vec![0; gates], passed: vec![0; if gates == 0 { 0 } else { plan.instances.len() }] }
    }

    fn pass(&mut self, gate: &Gate, open: &[u32]) {
        if let Some(came) = self.came.get_mut(gate.number) {
            *came += 1;
        }
        for instance in open {
            if let Some(passed) = self.passed.get_mut(*instance as usize) {
                *passed += 1;
            }
        }
    }

    // Rules are not for the subjects that did not get through.
    fn count(&self, plan: &Plan<'_>, support: &Support, counts: &mut [Counts]) {
        for gate in support.all_gates() {
            let came = self.came.get(gate.number).copied().unwrap_or_default();
            for instance in gate.instances.iter().filter(|_| came > 0) {
                let passed = self.passed.get(*instance as usize).copied().unwrap_or_default();
                for follower in plan.stands_for(*instance) {
                    if let Some(counts) = counts.get_mut(*follower as usize) {
                        counts.not_applicable += came.saturating_sub(passed);
                    }
                }
            }
        }
    }
}

impl<'a> Evaluator<'a> {
    // What of an object a group judges.
    fn subjects_of(&mut self, group: &Group<'a>, id: ObjectId, out: &mut Vec<Value<'a>>) {
        match group.subject {
            Subject::Kinds(kinds) if !self.is_of_kind(id, *kinds) => {}
            Subject::Kinds(_) | Subject::Objects => out.push(self.object_value(id)),
            Subject::View(view) => {
                self.env = group.env;
                self.rows_from_object(*view, id, out);
            }
            Subject::Namespaces | Subject::Projects => {}
        }
    }

    fn judge_group_of(&mut self, group: &Group<'a>, id: ObjectId, judged: &mut Judged) {
        let mut subjects = Vec::new();
        self.subjects_of(group, id, &mut subjects);
        for subject in &subjects {
            self.judge_group(group, subject, judged);
        }
    }

    fn judge_instance(&mut self, instance: u32, subject: &Value<'a>, judged: &mut Judged) {
        let before = self.settings.subjects.then(|| Before::of(judged, instance));
        self.judge_subject(instance, subject, judged);
        if let Some(before) = before {
            let file = self.place_of_subject(subject).place().map(|place| self.world.files()[place.file as usize].id);
            judged.note_subject(instance, file, &before);
        }
        judged.steps += self.settings.fuel.saturating_sub(self.fuel.left());
        self.env = EnvId::ANY;
    }

    fn judge_object(&mut self, id: ObjectId, scope: Scope, judged: &mut Judged) {
        let plan = self.plan;
        let kind = self.object(id).kind(self.world.files());
        for group in plan.groups_of_kind(kind).filter(|group| group.scope == scope) {
            self.judge_group_of(group, id, judged);
        }
    }

    fn judge_namespace(&mut self, id: NamespaceId, scope: Scope, judged: &mut Judged) {
        let plan = self.plan;
        for group in plan.shared_groups().filter(|group| group.scope == scope) {
            match group.subject {
                Subject::Namespaces => {
                    let subject = self.namespace_value(id);
                    self.judge_group(group, &subject, judged);
                }
                Subject::View(view) => {
                    self.env = group.env;
                    let mut subjects = Vec::new();
                    self.rows_from_root(*view, &self.namespace_value(id), &mut subjects);
                    for subject in &subjects {
                        self.judge_group(group, subject, judged);
                    }
                }
                Subject::Kinds(_) | Subject::Objects | Subject::Projects => {}
            }
        }
    }

    fn judge_project(&mut self, scope: Scope, judged: &mut Judged) {
        let plan = self.plan;
        for group in plan.shared_groups().filter(|group| group.scope == scope) {
            match group.subject {
                Subject::Projects => self.judge_group(group, &Value::plain(Data::Project), judged),
                Subject::View(view) => {
                    self.env = group.env;
                    let mut subjects = Vec::new();
                    self.rows_from_root(*view, &Value::plain(Data::Project), &mut subjects);
                    for subject in &subjects {
                        self.judge_group(group, subject, judged);
                    }
                }
                Subject::Kinds(_) | Subject::Objects | Subject::Namespaces => {}
            }
        }
    }

    fn judge_group(&mut self, group: &Group<'a>, subject: &Value<'a>, judged: &mut Judged) {
        for instance in &group.instances {
            self.judge_instance(*instance, subject, judged);
        }
    }
}
