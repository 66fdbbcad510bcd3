//! Rules on subjects, as long as it is certain how each check comes out.

use super::Quick;
use super::messages::Said;
use super::value::{Bail, Data, Quickly, Source, Truth, UNNAMED, Value};
use crate::eval::judge::{Counts, Judged, Spotted};
use crate::eval::plan::Planned;
use crate::finding::Outcome;
use policyc_lang::ir::{
    Check, CheckId, Comparison, Const, Expr, Rule, Slot, Statement, Subject, UnknownPolicy, ViewId,
};
use policyc_lang::values::Severity;
use policyc_text::{FileId, Location};

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
    /// What the open loops walk, outermost first.
    items: Vec<(Slot, Value<'a>)>,
    /// Of each finding since `start`, which check it is of.
    said: Vec<Said<'a>>,
}

/// A subject of a rule, for [`Quick::judge`].
pub(crate) struct Of<'a>(pub(super) Value<'a>);

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
            items: Vec::new(),
            said: Vec::new(),
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
                    let source = self.source_of(binder)?;
                    self.each(binder, source, |quick| {
                        run.items.push((binder.item, quick.local(binder.item)));
                        quick.inner_block(run, body)?;
                        run.items.pop();
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
            self.failures.push(Failure::silent(id));
            return Ok(());
        }
        let value = self.eval(check.condition)?;
        let truth = match value.truth()? {
            Truth::Unknown => return self.undecided(run, id, relies_on_failed),
            truth => truth == Truth::True,
        };
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
            self.failures.push(Failure::silent(id));
            return Ok(());
        }
        if self.failures.iter().any(|failure| failure.vague) {
            return Err(Bail);
        }
        let severity = self.severity(check, run.planned.severity)?;
        let place = self.primary(check, truth, value.source, run.subject.source)?;
        if self.is_silent(check, truth, value.source, severity)? {
            self.failures.push(Failure { severity, ..Failure::silent(id) });
            return Ok(());
        }
        self.failures.push(Failure { check: id, blamed: Some(place), severity, vague: false });
        let said = Said { check: id, item: run.items.last().copied(), loops: run.items.len() };
        self.push(run, said, severity, place)
    }

    // A check that cannot be told, of which the rule does not want to hear. Whether it silences later checks depends on
    // what it blames, for which the evaluator is asked once one of these does not hold.
    fn undecided(&mut self, run: &mut Run<'a, '_>, id: CheckId, relies_on_failed: bool) -> Quickly<()> {
        let rule = self.program.rules.get(run.planned.rule.index()).ok_or(Bail)?;
        if rule.unknown != UnknownPolicy::Ignore || self.partial {
            return Err(Bail);
        }
        run.counts.indeterminate += 1;
        self.failures.push(Failure { vague: !relies_on_failed, ..Failure::silent(id) });
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
    /// Whether it blames a place that was not looked for.
    vague: bool,
}

impl Failure {
    fn silent(check: CheckId) -> Self {
        Self { check, blamed: None, severity: Severity::Info, vague: false }
    }
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

impl<'a> Quick<'a> {
    // Two findings at one place may say the same, and are one then.
    fn push(&mut self, run: &mut Run<'a, '_>, said: Said<'a>, severity: Severity, place: Source) -> Quickly<()> {
        let span = self.span_of(place);
        if run.last.is_some_and(|last| last >= span.start) {
            let before = run.spotted.get(run.start..).unwrap_or_default();
            if before.len() > MOST_COMPARED || before.len() != self.places.len() || before.len() != run.said.len() {
                return Err(Bail);
            }
            for ((other, at), earlier) in before.iter().zip(&self.places).zip(&run.said) {
                if other.location.span == span && !are_apart(*at, place) && !self.say_other(*earlier, said) {
                    return Err(Bail);
                }
            }
        }
        run.last = run.last.max(Some(span.start));
        let location = Location { file: run.file, span };
        run.spotted.push(Spotted { instance: run.instance, outcome: Outcome::Fail, severity, location });
        run.said.push(said);
        self.places.push(place);
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
