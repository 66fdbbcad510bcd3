//! Looking on while rules are judged: each condition with its values and places, for people who ask why; and how often
//! each check came out which way, for tests.
//!
//! Whoever looks on changes nothing: what is computed for them has a budget of its own, and the verdicts are those of
//! any run.

use super::fuel::Fuel;
use super::judge::{Judged, judge_with};
use super::machine::Evaluator;
use super::origin::Origin;
use super::plan::{Plan, Settings};
use super::truth::Truth;
use super::value::{Unknown, Value};
use crate::finding::Outcome;
use crate::world::World;
use policyc_lang::ir::{Check, CheckId, Expr, ExprId, Scope};
use policyc_text::{FileId, Location, Span};
use std::collections::BTreeMap;

/// Most values that are shown of one condition.
const MOST_VALUES: usize = 12;
/// Most steps that are kept of one subject.
const MOST_STEPS: usize = 400;
/// Most subjects that are kept.
const MOST_SUBJECTS: usize = 1_000;
/// Levels of conditions within conditions that are told apart.
const MOST_LEVELS: usize = 24;

/// How often a check came out which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckCounts {
    /// It held.
    pub pass: u64,
    /// It did not hold.
    pub fail: u64,
    /// It could not be told.
    pub indeterminate: u64,
}

/// How a rule, or a part of it, came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The rule does not apply.
    NotApplicable,
    /// Everything holds.
    Pass,
    /// Something cannot be told.
    Indeterminate,
    /// Something does not hold.
    Fail,
}

/// What to look at: a file, and bytes of it.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The caller's number of the file.
    pub file: FileId,
    /// The bytes of the line that is asked about; `None` for everything in the file.
    pub span: Option<Span>,
}

/// One rule on one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What is judged, as messages call it.
    pub subject: String,
    /// Where it is shown.
    pub location: Option<Location>,
    /// How it came out.
    pub verdict: Verdict,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// How near the subject lies to what is asked about: 0 it holds it, 1 its object does, 2 it has no place of its own.
    near: u8,
    /// Bytes of the subject.
    size: usize,
}

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// `where` of the rule's head.
    Where,
    /// `let`.
    Let,
    /// `when`.
    When,
    /// An element of a `for`.
    Item,
    /// `require` or `forbid`.
    Check,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// How many blocks it stands in.
    pub depth: usize,
    /// What it is.
    pub kind: StepKind,
    /// The statement or condition, in the text of the rule's module.
    pub span: Span,
    /// The condition, if it has one.
    pub condition: Option<Condition>,
    /// The value of a `let` or an element, as messages show it.
    pub value: Option<String>,
    /// Where that value stands.
    pub location: Option<Location>,
    /// For checks.
    pub verdict: Option<Verdict>,
    /// Whether an earlier failure makes it silent.
    pub silent: bool,
    /// For elements: whether they hold what is asked about.
    pub near: bool,
}

/// A condition and what it came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// In the text of the rule's module.
    pub span: Span,
    /// `true`, `false`, or why it cannot be told.
    pub truth: Result<bool, String>,
    /// What `and`, `or` and `not` put together.
    pub parts: Vec<Condition>,
    /// The values that it looked at.
    pub values: Vec<Seen>,
}

/// A value that a condition looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The expression, in the text of the rule's module.
    pub span: Span,
    /// The value as messages show it.
    pub value: String,
    /// Where it stands, or where what is missing would.
    pub location: Option<Location>,
}

/// Who looks on.
pub(crate) enum Watcher {
    /// Counts checks, and subjects by instance.
    Counts(BTreeMap<CheckId, CheckCounts>, BTreeMap<usize, u64>),
    /// Keeps what happens to some subjects.
    Steps(Box<Steps>),
}

pub(crate) struct Steps {
    target: Target,
    depth: usize,
    done: Vec<Explanation>,
    current: Option<Explanation>,
}

/// How the checks of a plan come out over a world, and to how many subjects each instance applies, by its id.
#[must_use]
pub fn cover(
    plan: &Plan<'_>,
    world: &World,
    settings: &Settings,
) -> (BTreeMap<CheckId, CheckCounts>, BTreeMap<String, u64>) {
    match watch(plan, world, settings, Watcher::Counts(BTreeMap::new(), BTreeMap::new())) {
        Some(Watcher::Counts(checks, applied)) => {
            let ids: Vec<String> = plan.instance_ids().map(ToString::to_string).collect();
            let name = |(number, count): (usize, u64)| Some((ids.get(number)?.clone(), count));
            (checks, applied.into_iter().filter_map(name).collect())
        }
        _ => Default::default(),
    }
}

/// What the rules of a plan make of what stands at a place: of the smallest subjects that hold it, else of those in the
/// same object, else of those that have no place.
#[must_use]
pub fn explain(plan: &Plan<'_>, world: &World, settings: &Settings, target: Target) -> Vec<Explanation> {
    let steps = Steps { target, depth: 0, done: Vec::new(), current: None };
    let Some(Watcher::Steps(steps)) = watch(plan, world, settings, Watcher::Steps(Box::new(steps))) else {
        return Vec::new();
    };
    let mut done = steps.done;
    if target.span.is_some() {
        let nearest = done.iter().map(|one| (one.near, if one.near == 0 { one.size } else { 0 })).min();
        done.retain(|one| Some((one.near, if one.near == 0 { one.size } else { 0 })) == nearest);
    }
    done
}

fn watch(plan: &Plan<'_>, world: &World, settings: &Settings, watcher: Watcher) -> Option<Watcher> {
    let mut evaluator = Evaluator::new(plan, world, settings);
    evaluator.watcher = Some(watcher);
    let mut judged = Judged::of(plan);
    for scope in [Scope::Document, Scope::World] {
        judge_with(&mut evaluator, scope, &mut judged);
    }
    evaluator.watcher
}

impl<'a> Evaluator<'a> {
    /// Begins with a subject; whether anyone looks at it.
    pub(crate) fn watch_begins(&mut self, subject: &Value<'a>) -> bool {
        let target = match &self.watcher {
            Some(Watcher::Steps(steps)) if steps.done.len() >= MOST_SUBJECTS => return false,
            Some(Watcher::Steps(steps)) => steps.target,
            Some(Watcher::Counts(..)) | None => return true,
        };
        let origin = self.place_of_subject(subject);
        let Some((near, size)) = self.nearness(subject, origin, target) else { return false };
        let (subject, location) = self
            .unwatched(|evaluator| (evaluator.print_masked(subject), evaluator.spot(origin).map(|spot| spot.location)));
        let (verdict, steps) = (Verdict::Pass, Vec::new());
        if let Some(Watcher::Steps(all)) = &mut self.watcher {
            all.depth = 0;
            all.current = Some(Explanation { subject, location, verdict, steps, near, size });
        }
        true
    }

    /// Ends with a subject of an instance.
    pub(crate) fn watch_ends(&mut self, instance: usize, applies: bool) {
        if let (true, Some(Watcher::Counts(_, applied))) = (applies, &mut self.watcher) {
            *applied.entry(instance).or_default() += 1;
        }
        let Some(Watcher::Steps(steps)) = &mut self.watcher else { return };
        let Some(mut current) = steps.current.take() else { return };
        let checks = current.steps.iter().filter_map(|step| step.verdict);
        current.verdict = if applies { checks.max().unwrap_or(Verdict::Pass) } else { Verdict::NotApplicable };
        steps.done.push(current);
    }

    // How near a subject lies to the target, and how many bytes it has; `None` where it lies elsewhere.
    fn nearness(&self, subject: &Value<'a>, origin: Origin, target: Target) -> Option<(u8, usize)> {
        let own = subject.origin.place();
        let Some(place) = own.or_else(|| self.object_of(subject).and_then(|_| origin.place())) else {
            return Some((2, 0));
        };
        let file = &self.world.files()[place.file as usize];
        if file.id != target.file {
            return None;
        }
        let span = file.tree().span(place.visible());
        let Some(wanted) = target.span else { return Some((0, span.len())) };
        if touches(span, wanted) {
            return Some((0, span.len()));
        }
        let object = self.world.object_at(place.file, place.visible())?;
        let whole = file.tree().span(self.world.objects()[object as usize].node);
        touches(whole, wanted).then_some((1, span.len()))
    }

    fn is_watched(&self) -> bool {
        matches!(&self.watcher, Some(Watcher::Steps(steps))
            if steps.current.as_ref().is_some_and(|current| current.steps.len() < MOST_STEPS))
    }

    /// Computes something for whoever looks on, with a budget of its own, unseen by itself.
    fn unwatched<T>(&mut self, compute: impl FnOnce(&mut Self) -> T) -> T {
        let watcher = self.watcher.take();
        let trace = self.trace.take();
        let fuel = std::mem::replace(&mut self.fuel, Fuel::new(self.settings.fuel));
        let result = compute(self);
        (self.fuel, self.trace, self.watcher) = (fuel, trace, watcher);
        result
    }

    /// `where` of a rule's head, or `when`.
    pub(crate) fn watch_condition(&mut self, kind: StepKind, condition: ExprId) {
        if self.is_watched() {
            let condition = self.unwatched(|evaluator| evaluator.condition_seen(condition, 0));
            self.step(kind, condition.span, |step| step.condition = Some(condition));
        }
    }

    /// `let`.
    pub(crate) fn watch_let(&mut self, expr: ExprId, value: &Value<'a>) {
        if self.is_watched() {
            let (text, location) = self.unwatched(|evaluator| evaluator.value_seen(value));
            self.step(StepKind::Let, self.policy_span(expr), |step| {
                (step.value, step.location) = (Some(text), location);
            });
        }
    }

    /// Begins with an element of a loop.
    pub(crate) fn watch_item(&mut self, source: ExprId, item: &Value<'a>) {
        if !self.is_watched() {
            return;
        }
        let (text, location) = self.unwatched(|evaluator| evaluator.value_seen(item));
        let near = self.holds_target(item);
        self.step(StepKind::Item, self.policy_span(source), |step| {
            (step.value, step.location, step.near) = (Some(text), location, near);
        });
    }

    /// Goes into a block, or out of it.
    pub(crate) fn watch_depth(&mut self, deeper: bool) {
        if let Some(Watcher::Steps(steps)) = &mut self.watcher {
            steps.depth = if deeper { steps.depth + 1 } else { steps.depth.saturating_sub(1) };
        }
    }

    /// A check; `None` where it holds.
    pub(crate) fn watch_check(&mut self, id: CheckId, check: &Check, outcome: Option<Outcome>) {
        if let Some(Watcher::Counts(counts, _)) = &mut self.watcher {
            let counts = counts.entry(id).or_default();
            match outcome {
                None => counts.pass += 1,
                Some(Outcome::Fail) => counts.fail += 1,
                Some(Outcome::Indeterminate) => counts.indeterminate += 1,
            }
        }
        if !self.is_watched() {
            return;
        }
        let condition = self.unwatched(|evaluator| evaluator.condition_seen(check.condition, 0));
        let verdict = match outcome {
            None => Verdict::Pass,
            Some(Outcome::Fail) => Verdict::Fail,
            Some(Outcome::Indeterminate) => Verdict::Indeterminate,
        };
        self.step(StepKind::Check, check.span, |step| {
            (step.condition, step.verdict) = (Some(condition), Some(verdict));
        });
    }

    /// An earlier failure makes the last check silent.
    pub(crate) fn watch_silent(&mut self) {
        if let Some(Watcher::Steps(steps)) = &mut self.watcher
            && let Some(step) = steps.current.as_mut().and_then(|current| current.steps.last_mut())
        {
            step.silent = true;
        }
    }

    fn step(&mut self, kind: StepKind, span: Span, fill: impl FnOnce(&mut Step)) {
        let Some(Watcher::Steps(steps)) = &mut self.watcher else { return };
        let mut step = Step {
            depth: steps.depth,
            kind,
            span,
            condition: None,
            value: None,
            location: None,
            verdict: None,
            silent: false,
            near: false,
        };
        fill(&mut step);
        steps.current.iter_mut().for_each(|current| current.steps.push(step.clone()));
    }

    fn holds_target(&self, value: &Value<'a>) -> bool {
        let Some(Watcher::Steps(steps)) = &self.watcher else { return false };
        let (Some(wanted), Some(place)) = (steps.target.span, value.origin.place()) else { return false };
        let file = &self.world.files()[place.file as usize];
        file.id == steps.target.file && touches(file.tree().span(place.visible()), wanted)
    }

    fn policy_span(&self, expr: ExprId) -> Span {
        self.program.spans.get(expr.index()).copied().unwrap_or_default()
    }

    fn value_seen(&mut self, value: &Value<'a>) -> (String, Option<Location>) {
        let text = self.print_masked(value);
        (text, self.spot(value.origin).map(|spot| spot.location))
    }

    fn condition_seen(&mut self, id: ExprId, level: usize) -> Condition {
        let truth = match self.truth(id) {
            Truth::True => Ok(true),
            Truth::False => Ok(false),
            Truth::Unknown(Unknown { reason, .. }) => Err(reason.to_string()),
        };
        let span = self.policy_span(id);
        let mut condition = Condition { span, truth, parts: Vec::new(), values: Vec::new() };
        let program = self.program;
        let inner: Vec<ExprId> = match program.exprs.get(id.index()) {
            Some(Expr::And(left, right) | Expr::Or(left, right)) => vec![*left, *right],
            Some(Expr::Not(inner)) => vec![*inner],
            _ => Vec::new(),
        };
        if inner.is_empty() || level >= MOST_LEVELS {
            let mut looked_at = Vec::new();
            self.looked_at(id, true, &mut looked_at);
            condition.values = self.values_seen(&looked_at);
        } else {
            // A part that is never asked, since the one before it decides, is not asked here either.
            for part in inner {
                let seen = self.condition_seen(part, level + 1);
                let decides = match program.exprs.get(id.index()) {
                    Some(Expr::And(..)) => seen.truth == Ok(false),
                    Some(Expr::Or(..)) => seen.truth == Ok(true),
                    _ => false,
                };
                condition.parts.push(seen);
                if decides {
                    break;
                }
            }
        }
        condition
    }

    fn values_seen(&mut self, looked_at: &[ExprId]) -> Vec<Seen> {
        let mut values: Vec<Seen> = Vec::new();
        for id in looked_at {
            if values.len() >= MOST_VALUES {
                break;
            }
            let span = self.policy_span(*id);
            if values.iter().any(|known| known.span == span) {
                continue;
            }
            let value = self.eval(*id);
            let (value, location) = self.value_seen(&value);
            values.push(Seen { span, value, location });
        }
        values
    }

    // What of an expression has a value worth showing: paths, parameters, variables, and what functions give.
    fn looked_at(&self, id: ExprId, whole: bool, out: &mut Vec<ExprId>) {
        let Some(expr) = self.program.exprs.get(id.index()) else { return };
        match expr {
            Expr::Const(_) | Expr::Cluster | Expr::Project | Expr::Text(_) | Expr::Group { .. } => {}
            Expr::Param(_)
            | Expr::Local(_)
            | Expr::Field { .. }
            | Expr::Index { .. }
            | Expr::ListKey { .. }
            | Expr::RowField { .. }
            | Expr::Property { .. }
            | Expr::Native { .. }
            | Expr::Rows { .. }
            | Expr::Find { .. }
            | Expr::Docs { .. }
            | Expr::Comprehension { .. } => out.push(id),
            Expr::Call(..) | Expr::Builtin(..) if !whole => out.push(id),
            Expr::Quantifier(_, binder, _) => self.looked_at(binder.source, false, out),
            other => other.operands(&mut |operand| self.looked_at(operand, false, out)),
        }
    }
}

fn touches(span: Span, wanted: Span) -> bool {
    span.start <= wanted.end && wanted.start < span.end.max(span.start + 1)
}
