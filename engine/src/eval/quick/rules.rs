//! Rules on subjects, as long as it is certain how each check comes out.

use super::Quick;
use super::value::{Bail, Data, Quickly, Source, UNNAMED, Value};
use crate::eval::judge::{Counts, Judged, Spotted};
use crate::eval::plan::Planned;
use crate::finding::Outcome;
use policyc_lang::ir::{Check, CheckId, Comparison, Const, Expr, Rule, Statement, Subject, ViewId};
use policyc_lang::values::Severity;
use policyc_text::{FileId, Location, Span};

/// Findings of one rule on one subject whose places are compared one by one; more are the evaluator's.
const MOST_COMPARED: usize = 32;

/// How a rule came out on a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All is said.
    Judged,
    /// The evaluator must judge it.
    Left,
}

/// One rule on one subject.
struct Run<'a, 'r> {
    planned: &'a Planned,
    instance: u32,
    subject: Value<'a>,
    file: FileId,
    /// Whether places are wanted; else the evaluator judges what does not hold.
    places: bool,
    counts: Counts,
    spotted: &'r mut Vec<Spotted>,
    /// Findings of this run begin here.
    start: usize,
    /// The last start of a place.
    last: Option<u32>,
}

/// A subject of a rule, for [`Quick::judge`].
pub(crate) struct Of<'a>(Value<'a>);

impl<'a> Quick<'a> {
    /// The object as the subject of a rule; `None` where it is none.
    pub(crate) fn object_as(&mut self, subject: &Subject) -> Option<Of<'a>> {
        let is = match subject {
            Subject::Kinds(kinds) => self.is_of_kind(*kinds),
            Subject::Objects => true,
            Subject::View(_) | Subject::Namespaces | Subject::Projects => false,
        };
        is.then(|| Of(Value::new(Data::Object, Source::Node(self.object.node))))
    }

    /// The rows of a view that come from the object; `None` where the evaluator must say.
    pub(crate) fn rows_as(&mut self, view: ViewId, env: crate::eval::value::EnvId) -> Option<Vec<Of<'a>>> {
        self.reset();
        self.env = env;
        let mut rows = Vec::new();
        if self.rows_from_object(view, &mut rows).is_err() {
            self.reset();
            return None;
        }
        Some(rows.into_iter().map(Of).collect())
    }

    /// Judges a subject with an instance.
    pub(crate) fn judge(
        &mut self,
        instance: u32,
        subject: &Of<'a>,
        file: FileId,
        places: bool,
        judged: &mut Judged,
    ) -> Verdict {
        let plan = self.plan;
        let Some(planned) = plan.instances.get(instance as usize) else { return Verdict::Left };
        let rule = &self.program.rules[planned.rule.index()];
        let spotted = &mut judged.spotted;
        let start = spotted.len();
        let mut run = Run {
            planned,
            instance,
            subject: subject.0,
            file,
            places,
            counts: Counts::default(),
            spotted,
            start,
            last: None,
        };
        self.reset();
        self.env = planned.env;
        let came_out = self.rule(&mut run, rule);
        let counts = run.counts;
        judged.steps += u64::from(self.steps);
        match came_out {
            Ok(()) => {
                for follower in plan.stands_for(instance) {
                    if let Some(all) = judged.counts.get_mut(*follower as usize) {
                        all.add(counts);
                    }
                }
                Verdict::Judged
            }
            Err(Bail) => {
                judged.spotted.truncate(start);
                Verdict::Left
            }
        }
    }

    fn rule(&mut self, run: &mut Run<'a, '_>, rule: &'a Rule) -> Quickly<()> {
        let caller = self.enter(rule.frame.max(1), &[run.subject]);
        let applies = match rule.condition {
            Some(condition) => self.truth(condition)?,
            None => true,
        };
        if applies {
            self.block(run, &rule.body)?;
        } else {
            run.counts.not_applicable += 1;
        }
        self.leave(caller);
        Ok(())
    }

    fn block(&mut self, run: &mut Run<'a, '_>, body: &'a [Statement]) -> Quickly<()> {
        for statement in body {
            match statement {
                Statement::Let(slot, expr) => {
                    let value = self.eval(*expr)?;
                    self.bind(*slot, value, Some(*expr));
                }
                Statement::For(binder, body) => {
                    let source = self.eval(binder.source)?;
                    self.each(binder, source, |quick| {
                        quick.inner_block(run, body)?;
                        Ok(true)
                    })?;
                }
                Statement::When(condition, then, otherwise) => {
                    let body = if self.truth(*condition)? { then } else { otherwise };
                    self.inner_block(run, body)?;
                }
                Statement::Check(check) => {
                    self.check(run, *check)?;
                }
            }
        }
        Ok(())
    }

    fn inner_block(&mut self, run: &mut Run<'a, '_>, body: &'a [Statement]) -> Quickly<()> {
        let outer = self.failures.len();
        self.block(run, body)?;
        self.failures.truncate(outer);
        Ok(())
    }

    fn check(&mut self, run: &mut Run<'a, '_>, id: CheckId) -> Quickly<()> {
        let check = self.program.checks.get(id.index()).ok_or(Bail)?;
        let relies = |failure: &Failure| check.relies_on.contains(&failure.check);
        let relies_on_failed = !check.relies_on.is_empty() && self.failures.iter().any(relies);
        if relies_on_failed && run.places && self.compares_absent(check)? {
            run.counts.indeterminate += 1;
            self.failures.push(Failure { check: id, blamed: None, severity: Severity::Info });
            return Ok(());
        }
        let value = self.eval(check.condition)?;
        let truth = value.truth()?;
        if truth != check.forbid {
            run.counts.pass += 1;
            return Ok(());
        }
        // Whom an exemption covers the evaluator knows, and whether a check rests on what a patch leaves out.
        if !run.places || !run.planned.exemptions.is_empty() || self.partial {
            return Err(Bail);
        }
        run.counts.fail += 1;
        if relies_on_failed {
            self.failures.push(Failure { check: id, blamed: None, severity: Severity::Info });
            return Ok(());
        }
        let severity = self.severity(check, run.planned.severity)?;
        let place = self.primary(check, truth, value.source, run.subject.source)?;
        if self.is_silent(check, truth, value.source, severity)? {
            self.failures.push(Failure { check: id, blamed: None, severity });
            return Ok(());
        }
        self.failures.push(Failure { check: id, blamed: Some(place), severity });
        run.push(self.span_of(place), severity, place, &self.places)?;
        self.places.push(place);
        Ok(())
    }

    // Whether it asks which of two values is greater, one of which is not there: that cannot be told.
    fn compares_absent(&mut self, check: &'a Check) -> Quickly<bool> {
        use Comparison::{Greater, GreaterEqual, Less, LessEqual};
        let condition = self.program.exprs.get(check.condition.index());
        let Some(Expr::Compare(Less | LessEqual | Greater | GreaterEqual, left, right)) = condition else {
            return Ok(false);
        };
        let (left, right) = self.both(*left, *right)?;
        Ok(left.is_absent() || right.is_absent())
    }

    // Whether it reads what an earlier check of its block, or of one around it, blamed.
    fn is_silent(&mut self, check: &'a Check, truth: bool, source: Source, severity: Severity) -> Quickly<bool> {
        let counts = |failure: &Failure| severity <= failure.severity && failure.blamed.is_some();
        if !self.failures.iter().any(counts) {
            return Ok(false);
        }
        let mut reads = self.reads(check.condition)?;
        if check.at.is_none() {
            self.blamed.clear();
            self.explain_check(check, truth, source)?;
            reads.extend(&self.blamed);
        }
        for blamed in self.failures.iter().filter(|failure| counts(failure)).filter_map(|failure| failure.blamed) {
            for read in &reads {
                if self.is_at_or_below(*read, blamed)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// A check that did not hold.
#[derive(Clone, Copy)]
pub(super) struct Failure {
    check: CheckId,
    /// Its primary place; none for one that is silent.
    blamed: Option<Source>,
    severity: Severity,
}

impl<'a> Quick<'a> {
    fn severity(&mut self, check: &'a Check, usual: Severity) -> Quickly<Severity> {
        let Some(expr) = check.severity else { return Ok(usual) };
        let value = self.eval(expr)?;
        match value.data {
            Data::Const(Const::Severity(severity)) => Ok(*severity),
            _ => self.text(&value).and_then(|text| Severity::parse(text).ok()).ok_or(Bail),
        }
    }
}

impl Run<'_, '_> {
    // Two findings at one place may say the same, and are one then.
    fn push(&mut self, span: Span, severity: Severity, place: Source, places: &[Source]) -> Quickly<()> {
        if self.last.is_some_and(|last| last >= span.start) {
            let before = self.spotted.get(self.start..).unwrap_or_default();
            let same = |(other, at): (&Spotted, &Source)| other.location.span == span && !are_apart(*at, place);
            if before.len() > MOST_COMPARED || before.len() != places.len() || before.iter().zip(places).any(same) {
                return Err(Bail);
            }
        }
        self.last = self.last.max(Some(span.start));
        let location = Location { file: self.file, span };
        let instance = self.instance;
        self.spotted.push(Spotted { instance, outcome: Outcome::Fail, severity, location });
        Ok(())
    }
}

// Whether two places have paths of their own wherever they are shown: other fields that are missing in one node.
fn are_apart(one: Source, other: Source) -> bool {
    match (one, other) {
        (Source::Missing(node, first), Source::Missing(home, second)) => {
            node == home && first != second && first != UNNAMED && second != UNNAMED
        }
        _ => false,
    }
}
