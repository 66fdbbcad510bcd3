//! The loop over subjects, and what comes out of it.

use super::machine::Evaluator;
use super::plan::{Group, Plan, Settings};
use super::value::{Data, EnvId, NamespaceId, ObjectId, Value};
use crate::finding::RawFinding;
use crate::world::World;
use policyc_lang::ir::{Scope, Subject};
use policyc_text::FileId;
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

/// What a part of a run found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// Findings, those that an exemption covers included; not yet sorted.
    pub findings: Vec<RawFinding>,
    /// How the checks of each instance came out, in the order of [`Plan::instance_ids`].
    pub counts: Vec<Counts>,
    /// Checks that need the rest of the project: unknown only because the world is open. They are no findings.
    pub open_world: u64,
    /// Findings dropped because they rest on what a patch leaves out.
    pub partial_dropped: u64,
    /// Steps that rules took on their subjects. A caller that bounds a whole run judges it in parts whose size does not
    /// depend on the machine, and stops at the part with which the sum passes the bound.
    pub steps: u64,
}

impl Judged {
    /// Adds another part of the same plan's run.
    pub fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), Counts::default());
        }
        for (ours, theirs) in self.counts.iter_mut().zip(other.counts) {
            ours.pass += theirs.pass;
            ours.fail += theirs.fail;
            ours.indeterminate += theirs.indeterminate;
            ours.not_applicable += theirs.not_applicable;
        }
        self.open_world += other.open_world;
        self.partial_dropped += other.partial_dropped;
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
    let counts = vec![Counts::default(); plan.instances.len()];
    let mut judged = Judged { counts, ..Judged::default() };
    let mut evaluator = Evaluator::new(plan, world, settings);
    let (objects, namespaces) = (world.objects().len(), world.namespaces().len());
    for number in part.start..part.end.min(subjects(world)) {
        let id = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        if number < objects {
            evaluator.judge_object(ObjectId(id(number)), scope, &mut judged);
        } else if number < objects + namespaces {
            evaluator.judge_namespace(NamespaceId(id(number - objects)), scope, &mut judged);
        } else {
            evaluator.judge_project(scope, &mut judged);
        }
    }
    judged
}

impl<'a> Evaluator<'a> {
    fn judge_object(&mut self, id: ObjectId, scope: Scope, judged: &mut Judged) {
        let plan = self.plan;
        let kind = self.object(id).kind(self.world.files());
        let mut subjects = Vec::new();
        for group in plan.groups_of_kind(kind).filter(|group| group.scope == scope) {
            match group.subject {
                Subject::Kinds(kinds) if !self.is_of_kind(id, *kinds) => {}
                Subject::Kinds(_) | Subject::Objects => {
                    let subject = self.object_value(id);
                    self.judge_group(group, &subject, judged);
                }
                Subject::View(view) => {
                    self.env = group.env;
                    subjects.clear();
                    self.rows_from_object(*view, id, &mut subjects);
                    for subject in &subjects {
                        self.judge_group(group, subject, judged);
                    }
                }
                Subject::Namespaces | Subject::Projects => {}
            }
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
            self.judge_subject(*instance, subject, judged);
            judged.steps += self.settings.fuel.saturating_sub(self.fuel.left());
        }
        self.env = EnvId::ANY;
    }
}
