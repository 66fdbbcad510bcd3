//! Rules on subjects: statements, checks, their outcomes, and which failures silence which others.

use super::blame::{Blame, Want};
use super::fuel::{BUDGET, Fuel};
use super::judge::Judged;
use super::machine::Evaluator;
use super::origin::{Origin, Place};
use super::place::{ReadKey, Spot};
use super::plan::Planned;
use super::truth::Truth;
use super::value::{Data, Unknown, Value};
use super::watch::StepKind;
use crate::finding::{Outcome, RawFinding, RelatedPlace};
use crate::report::limit::{REASON, VALUE, capped};
use policyc_lang::ir::{Binder, Check, CheckId, Expr, ExprId, Rule, Statement, UnknownPolicy};
use policyc_lang::values::Severity;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// Most related places that a finding names.
const MOST_RELATED: usize = 20;
/// Room for a message, in bytes.
const USUAL_MESSAGE: usize = 96;

/// One rule on one subject.
pub(crate) struct Run<'a, 'j> {
    pub(crate) planned: &'a Planned,
    rule: &'a Rule,
    instance: usize,
    pub(crate) subject: Value<'a>,
    /// Failures of the blocks that are open; those of a block go when it ends.
    failures: Vec<Failure>,
    /// Conditions around the current block that are not known.
    doubts: Vec<Doubt>,
    /// Elements of the loops around the current block.
    pub(crate) loop_items: Vec<Value<'a>>,
    stopped: bool,
    /// Places in `judged` of this subject's findings, by a hash of what they say.
    said: FxHashMap<u64, usize>,
    judged: &'j mut Judged,
}

/// A condition around a check that is not known.
#[derive(Clone)]
struct Doubt {
    unknown: Unknown,
    condition: Option<ExprId>,
}

/// A check that did not pass.
struct Failure {
    check: Option<CheckId>,
    blamed: Option<ReadKey>,
    severity: Severity,
}

/// What a check that did not pass says of itself.
struct Report<'a> {
    outcome: Outcome,
    unknown: Option<Unknown>,
    check: Option<(CheckId, &'a Check)>,
    blame: Blame,
}

impl<'a> Evaluator<'a> {
    /// Judges a subject with an instance.
    pub(crate) fn judge_subject(&mut self, instance: u32, subject: &Value<'a>, judged: &mut Judged) {
        let plan = self.plan;
        let Some(planned) = plan.instances.get(instance as usize) else { return };
        let rule = &self.program.rules[planned.rule.index()];
        if !self.watch_begins(subject) {
            return;
        }
        self.env = planned.env;
        self.fuel = Fuel::new(self.settings.fuel);
        let mut run = Run {
            planned,
            rule,
            instance: instance as usize,
            subject: subject.clone(),
            failures: Vec::new(),
            doubts: Vec::new(),
            loop_items: Vec::new(),
            stopped: false,
            said: FxHashMap::default(),
            judged,
        };
        if planned.too_deep {
            return self.undecided(&mut run, Unknown::new(BUDGET), subject.origin);
        }
        if let Data::Unknown(unknown) = &subject.data {
            return self.undecided(&mut run, unknown.clone(), subject.origin);
        }
        let caller = self.enter(rule.frame.max(1), [subject.clone()]);
        rule.condition.iter().for_each(|condition| self.watch_condition(StepKind::Where, *condition));
        let applies = rule.condition.map_or(Truth::True, |condition| self.truth(condition));
        let left_out = applies == Truth::False;
        match applies {
            Truth::False => run.judged.counts[run.instance].not_applicable += 1,
            Truth::True => self.block(&mut run, &rule.body),
            Truth::Unknown(unknown) => {
                run.doubts.push(Doubt { unknown, condition: rule.condition });
                self.block(&mut run, &rule.body);
            }
        }
        self.leave(caller);
        self.watch_ends(instance as usize, !left_out);
    }

    fn block(&mut self, run: &mut Run<'a, '_>, body: &'a [Statement]) {
        for statement in body {
            if run.stopped {
                return;
            }
            match statement {
                Statement::Let(slot, expr) => {
                    let value = self.eval(*expr);
                    self.watch_let(*expr, &value);
                    self.bind_let(*slot, value, *expr);
                }
                Statement::For(binder, body) => self.for_each(run, binder, body),
                Statement::When(condition, then, otherwise) => self.when(run, *condition, then, otherwise),
                Statement::Check(check) => self.check(run, *check),
            }
        }
    }

    fn inner_block(&mut self, run: &mut Run<'a, '_>, body: &'a [Statement], doubt: Option<Doubt>) {
        let doubted = doubt.is_some();
        run.doubts.extend(doubt);
        let outer = run.failures.len();
        self.watch_depth(true);
        self.block(run, body);
        self.watch_depth(false);
        run.failures.truncate(outer);
        if doubted {
            run.doubts.pop();
        }
    }

    fn for_each(&mut self, run: &mut Run<'a, '_>, binder: &'a Binder, body: &'a [Statement]) {
        let source = self.eval(binder.source);
        let walked = self.each(binder, &source, |evaluator, doubt| {
            let item = evaluator.local(binder.item);
            evaluator.watch_item(binder.source, &item);
            run.loop_items.push(item);
            let doubt = doubt.map(|unknown| Doubt { unknown, condition: binder.condition });
            evaluator.inner_block(run, body, doubt);
            run.loop_items.pop();
            !run.stopped
        });
        if let Ok(Some(unknown)) | Err(unknown) = walked {
            self.undecided(run, unknown, source.origin);
        }
    }

    fn when(&mut self, run: &mut Run<'a, '_>, condition: ExprId, then: &'a [Statement], otherwise: &'a [Statement]) {
        self.watch_condition(StepKind::When, condition);
        match self.truth(condition) {
            Truth::True => self.inner_block(run, then, None),
            Truth::False => self.inner_block(run, otherwise, None),
            Truth::Unknown(unknown) => {
                let doubt = Doubt { unknown, condition: Some(condition) };
                self.inner_block(run, then, Some(doubt.clone()));
                self.inner_block(run, otherwise, Some(doubt));
            }
        }
    }

    fn check(&mut self, run: &mut Run<'a, '_>, id: CheckId) {
        let Some(check) = self.program.checks.get(id.index()) else { return };
        let truth = self.truth(check.condition);
        let holds = if check.forbid { truth.clone().not() } else { truth.clone() };
        let (outcome, unknown, doubt) = match holds {
            Truth::True => {
                self.watch_check(id, check, None);
                run.judged.counts[run.instance].pass += 1;
                return;
            }
            // What would fail under a condition that is not known is not known either; of several such conditions the
            // one counts that no larger world can lift.
            Truth::False => match run.doubts.iter().find(|doubt| !doubt.unknown.open).or(run.doubts.first()) {
                None => (Outcome::Fail, None, None),
                Some(doubt) => (Outcome::Indeterminate, Some(doubt.unknown.clone()), doubt.condition),
            },
            Truth::Unknown(unknown) => {
                let all = run.doubts.iter().map(|doubt| &doubt.unknown).fold(&unknown, Unknown::and).clone();
                (Outcome::Indeterminate, Some(all), None)
            }
        };
        self.watch_check(id, check, Some(outcome));
        let want = match truth {
            Truth::True => Want::True,
            Truth::False => Want::False,
            Truth::Unknown(_) => Want::Unknown,
        };
        if self.fuel.is_empty() {
            return self.undecided(run, Unknown::new(BUDGET), run.subject.origin);
        }
        let counts = &mut run.judged.counts[run.instance];
        let open = unknown.as_ref().is_some_and(|unknown| unknown.open);
        match outcome {
            Outcome::Fail => counts.fail += 1,
            Outcome::Indeterminate if open => {}
            Outcome::Indeterminate => counts.indeterminate += 1,
        }
        let relies_on_failed =
            check.relies_on.iter().any(|earlier| run.failures.iter().any(|failure| failure.check == Some(*earlier)));
        if relies_on_failed {
            self.watch_silent();
            return run.note(Some(id), None, Severity::Info);
        }
        let mut blame = self.blame(check.condition, want);
        if let Some(condition) = doubt {
            let mut of_doubt = self.blame(condition, Want::Unknown);
            of_doubt.push_related(blame);
            blame = of_doubt;
        }
        self.report(run, Report { outcome, unknown, check: Some((id, check)), blame });
    }

    // What concerns no single check: a loop over unknown, a subject that is not known, a budget that ran out.
    fn undecided(&mut self, run: &mut Run<'a, '_>, unknown: Unknown, origin: Origin) {
        if &*unknown.reason == BUDGET {
            run.stopped = true;
        }
        if !unknown.open {
            run.judged.counts[run.instance].indeterminate += 1;
        }
        let blame = Blame { places: origin.is_input().then_some(origin).into_iter().collect(), ..Blame::default() };
        self.report(run, Report { outcome: Outcome::Indeterminate, unknown: Some(unknown), check: None, blame });
    }

    fn report(&mut self, run: &mut Run<'a, '_>, mut report: Report<'a>) {
        let fuel = std::mem::replace(&mut self.fuel, Fuel::new(self.settings.fuel));
        let id = report.check.map(|(id, _)| id);
        let severity = self.severity_of(run, report.check.map(|(_, check)| check));
        let partial = self.rests_on_a_gap(&report.blame) || self.selects_by_a_gap(run, &report);
        self.rank(&mut report.blame.places, run.subject.origin.place());
        self.place_by_hand(&mut report);
        let primary = report.blame.places.first().copied().filter(|origin| self.read_key(*origin).is_some());
        let primary = primary.unwrap_or_else(|| self.place_of_subject(&run.subject));
        let blamed = self.read_key(primary);
        if self.is_silent(run, &report, severity) {
            self.watch_silent();
            run.note(id, None, severity);
        } else {
            run.note(id, blamed, severity);
            let ignored = report.outcome == Outcome::Indeterminate && run.rule.unknown == UnknownPolicy::Ignore;
            if report.unknown.as_ref().is_some_and(|unknown| unknown.open) {
                run.judged.open_world += 1;
            } else if partial {
                run.judged.partial_dropped += 1;
            } else if !ignored {
                self.emit(run, &report, severity, primary);
            }
        }
        self.fuel = fuel;
    }

    fn severity_of(&mut self, run: &Run<'a, '_>, check: Option<&Check>) -> Severity {
        let Some(expr) = check.and_then(|check| check.severity) else { return run.planned.severity };
        let value = self.eval(expr);
        match &value.data {
            Data::Severity(severity) => *severity,
            // How bad it is is not known: as bad as it can be.
            Data::Unknown(_) => self.worst(expr).unwrap_or(Severity::Critical),
            _ => value.as_str().and_then(|text| Severity::parse(text).ok()).unwrap_or(run.planned.severity),
        }
    }

    // The highest severity that an expression gives whichever way its conditions come out; `None` where it may give any.
    fn worst(&mut self, expr: ExprId) -> Option<Severity> {
        if let Some(Expr::If(_, then, otherwise)) = self.program.exprs.get(expr.index()) {
            return Some(self.worst(*then)?.max(self.worst(*otherwise)?));
        }
        let value = self.eval(expr);
        match &value.data {
            Data::Severity(severity) => Some(*severity),
            _ => value.as_str().and_then(|text| Severity::parse(text).ok()),
        }
    }

    // Whether the check would be decided otherwise if a patch left nothing out.
    fn rests_on_a_gap(&self, blame: &Blame) -> bool {
        blame.places.iter().any(
            |origin| matches!(origin, Origin::Missing(place, _) if self.world.files()[place.file as usize].partial),
        )
    }

    // Whether a patch is judged by a list that was selected by what the patch leaves out. Blame names the elements of a
    // list and not why they are in it.
    fn selects_by_a_gap(&mut self, run: &Run<'a, '_>, report: &Report<'a>) -> bool {
        let Some((_, check)) = report.check else { return false };
        let is_partial = |place: Place| self.world.files()[place.file as usize].partial;
        if !run.subject.origin.place().is_some_and(is_partial) || !self.looks_at_selection(check.condition) {
            return false;
        }
        let mut read = self.reads(check.condition);
        for definition in self.definitions(check.condition) {
            read.extend(self.reads(definition));
        }
        let missing = |origin: &Origin| matches!(origin, Origin::Missing(place, _) if is_partial(*place));
        read.iter().any(missing)
    }

    // `at` goes before what was computed.
    fn place_by_hand(&mut self, report: &mut Report<'a>) {
        let Some(at) = report.check.and_then(|(_, check)| check.at) else { return };
        let origins = self.places_of(at);
        if !origins.is_empty() {
            report.blame.related.clear();
            report.blame.places = origins;
        }
    }

    // The places that an expression names: its own, or those of the elements of a computed list.
    fn places_of(&mut self, expr: ExprId) -> Vec<Origin> {
        let value = self.eval(expr);
        if let Data::List(list) = &value.data {
            let origins = list.items.iter().map(|item| item.origin).filter(|origin| *origin != Origin::None);
            return origins.take(MOST_RELATED).collect();
        }
        if value.origin == Origin::None {
            if let Some(object) = self.object_of(&value) {
                return vec![self.object_value(object).origin];
            }
            let Expr::Param(param) = &self.program.exprs[expr.index()] else { return Vec::new() };
            return vec![Origin::Param(*param)];
        }
        vec![value.origin]
    }

    /// Where a subject is shown: its own place, or that of the first file.
    pub(crate) fn place_of_subject(&self, subject: &Value<'a>) -> Origin {
        if subject.origin.is_input() {
            return subject.origin;
        }
        if let Some(object) = self.object_of(subject) {
            return self.object_value(object).origin;
        }
        let first = self.world.files().iter().enumerate().find_map(|(number, file)| {
            let root = file.roots().next()?;
            Some(Origin::Node(Place::new(u32::try_from(number).ok()?, root)))
        });
        first.unwrap_or(Origin::None)
    }

    // LANGUAGE 9.1, cascade: silent where it reads what an earlier check of its block or of one around it blamed.
    fn is_silent(&mut self, run: &Run<'a, '_>, report: &Report<'a>, severity: Severity) -> bool {
        let blamed: Vec<ReadKey> = run
            .failures
            .iter()
            .filter(|failure| severity <= failure.severity)
            .filter_map(|failure| failure.blamed)
            .collect();
        let Some((_, check)) = report.check.filter(|_| !blamed.is_empty()) else { return false };
        let mut origins = self.reads(check.condition);
        origins.extend(report.blame.places.iter().filter(|_| check.at.is_none()));
        let reads: Vec<ReadKey> = origins.into_iter().filter_map(|origin| self.read_key(origin)).collect();
        reads.iter().any(|read| blamed.iter().any(|blamed| self.is_at_or_below(*read, *blamed)))
    }

    fn emit(&mut self, run: &mut Run<'a, '_>, report: &Report<'a>, severity: Severity, primary: Origin) {
        let Some(spot) = self.spot(primary) else { return };
        let check = report.check.map(|(_, check)| check);
        let mut message = String::with_capacity(USUAL_MESSAGE);
        match check {
            Some(check) => self.message(check.message, &mut message),
            None => message.push_str(&lowercase_first(&run.rule.title)),
        }
        if let Some(unknown) = &report.unknown {
            message = format!("cannot tell whether {message}: {}", capped(&unknown.reason, REASON));
        }
        let help = match check.and_then(|check| check.help) {
            Some(help) => {
                let mut text = String::new();
                self.message(help, &mut text);
                Some(text.into())
            }
            None => run.planned.help.clone(),
        };
        let related = self.related(report, primary, &spot);
        let blamed = self.blamed(primary);
        let object = self.object_of(&run.subject).or_else(|| {
            let place = primary.place()?;
            self.world.object_at(place.file, place.visible()).map(super::value::ObjectId)
        });
        let exempted = self.exempted(run);
        let fixes = match check {
            Some(check) if self.settings.fixes && report.outcome == Outcome::Fail => self.fixes(check),
            _ => Vec::new(),
        };
        let finding = RawFinding {
            rule: run.planned.id.clone(),
            outcome: report.outcome,
            severity,
            message,
            help,
            primary: spot.location,
            path: spot.path,
            resource: object.map(|object| self.resource(object)),
            related,
            blamed,
            open_world: false,
            exempted,
            fixes,
            subject: None,
        };
        run.push(finding);
    }

    fn related(&mut self, report: &Report<'a>, primary: Origin, spot: &Spot) -> Vec<(RelatedPlace, String)> {
        let mut related: Vec<(RelatedPlace, String)> = Vec::new();
        let mut add = |place: RelatedPlace, label: String| {
            if related.len() < MOST_RELATED && !related.iter().any(|(known, text)| *known == place && *text == label) {
                related.push((place, label));
            }
        };
        if matches!(primary, Origin::Missing(..)) {
            add(RelatedPlace::Document(spot.location), self.label(primary, spot));
        }
        if let Some(anchor) = spot.anchor {
            add(RelatedPlace::Document(anchor), "the value stands here".to_owned());
        }
        let mut params = report.blame.params.clone();
        let mut seen = Vec::new();
        for see in report.check.iter().flat_map(|(_, check)| &check.see) {
            let mut blame = Blame::default();
            seen.extend(self.places_of(*see));
            self.explain_params(*see, &mut blame);
            params.extend(blame.params);
        }
        for origin in report.blame.places.iter().chain(&report.blame.related).chain(&seen) {
            match *origin {
                Origin::Param(param) => params.push(param),
                origin if origin == primary => {}
                origin => {
                    if let Some(other) = self.spot(origin)
                        && other.location != spot.location
                    {
                        add(RelatedPlace::Document(other.location), self.label(origin, &other));
                    }
                }
            }
        }
        for param in params {
            if let Some(known) = self.program.params.get(param.index()) {
                let value = self.plan.param(self.env, param).map_or_else(String::new, super::print::const_text);
                let value = if value.is_empty() { "empty".into() } else { capped(&value, VALUE) };
                let label = ["parameter `", &known.name, "` is ", &value].concat();
                add(RelatedPlace::Policy(known.module.0, known.span), label);
            }
        }
        related
    }
}

impl Run<'_, '_> {
    // Both branches of a condition that is not known may say the same of the same place: one finding, as bad as the
    // worse of them.
    fn push(&mut self, finding: RawFinding) {
        let said = |finding: &RawFinding| {
            let mut hasher = FxHasher::default();
            (finding.primary, finding.outcome, &finding.message, &finding.path).hash(&mut hasher);
            hasher.finish()
        };
        let findings = &mut self.judged.findings;
        let place = *self.said.entry(said(&finding)).or_insert(findings.len());
        match findings.get_mut(place) {
            Some(known)
                if (known.primary, known.outcome, known.exempted)
                    == (finding.primary, finding.outcome, finding.exempted)
                    && (&known.message, &known.path) == (&finding.message, &finding.path) =>
            {
                known.severity = known.severity.max(finding.severity);
            }
            _ => findings.push(finding),
        }
    }

    fn note(&mut self, check: Option<CheckId>, blamed: Option<ReadKey>, severity: Severity) {
        self.failures.push(Failure { check, blamed, severity });
    }
}

/// As it stands in a sentence; names such as `API` and `ConfigMap` stay as they are.
fn lowercase_first(text: &str) -> String {
    let mut chars = text.chars();
    let word = text.split(' ').next().unwrap_or_default();
    if word.chars().skip(1).any(char::is_uppercase) {
        return text.to_owned();
    }
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}
