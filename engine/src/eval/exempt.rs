//! Exemptions: whether one holds for a finding's subject, for what the subject stands in, or for a loop's element.

use super::machine::Evaluator;
use super::rules::Run;
use super::truth::Truth;
use super::value::{Data, NamespaceId, Value};
use policyc_lang::ir::{Exemption, Subject};

impl<'a> Evaluator<'a> {
    /// The first exemption that holds and has not run out: its place in `Program::exemptions`. Unknown exempts
    /// nothing.
    pub(crate) fn exempted(&mut self, run: &Run<'a, '_>) -> Option<u32> {
        if run.planned.exemptions.is_empty() {
            return None;
        }
        let candidates = self.exemption_candidates(run);
        let program = self.program;
        for place in &run.planned.exemptions {
            let Some(exemption) = program.exemptions.get(*place as usize) else { continue };
            if exemption.until.day() < self.settings.as_of.day() {
                continue;
            }
            if self.exempts(exemption, &candidates) {
                return Some(*place);
            }
        }
        None
    }

    // Elements of loops, the subject, and what each of them stands in, from the inside out.
    fn exemption_candidates(&self, run: &Run<'a, '_>) -> Vec<Value<'a>> {
        let mut out = Vec::new();
        for value in run.loop_items.iter().rev().chain([&run.subject]) {
            let mut at = value.clone();
            while let Data::Row(row) = at.data {
                let parent = self.rows[row.0 as usize].parent.clone();
                out.push(at);
                at = parent;
            }
            out.push(at);
        }
        if let Some(object) = self.object_of(&run.subject) {
            out.push(self.object_value(object));
            if let Some(namespace) = self.object(object).namespace {
                out.push(self.namespace_value(NamespaceId(namespace)));
            }
        }
        out.push(Value::plain(Data::Project));
        out
    }

    fn exempts(&mut self, exemption: &'a Exemption, candidates: &[Value<'a>]) -> bool {
        for subject in &exemption.subject {
            let mut matching: Vec<Value<'a>> =
                candidates.iter().filter(|value| self.is_exemption_subject(value, subject)).cloned().collect();
            if matching.is_empty()
                && let Subject::View(view) = subject
                && let Some(object) = candidates.iter().find_map(|value| self.object_of(value))
            {
                // A rule on the object itself, an exemption for its row: only where there is one row.
                self.rows_from_object(*view, object, &mut matching);
                if matching.len() != 1 {
                    matching.clear();
                }
            }
            for value in matching {
                let caller = self.enter(exemption.frame.max(1), [value]);
                let truth = exemption.condition.map_or(Truth::True, |condition| self.truth(condition));
                self.leave(caller);
                if truth == Truth::True {
                    return true;
                }
            }
        }
        false
    }

    fn is_exemption_subject(&self, value: &Value<'a>, subject: &Subject) -> bool {
        match (subject, &value.data) {
            (Subject::Kinds(kinds), Data::Object(id)) => self.is_of_kind(*id, *kinds),
            (Subject::Objects, Data::Object(_))
            | (Subject::Namespaces, Data::Namespace(_))
            | (Subject::Projects, Data::Project) => true,
            (Subject::View(view), Data::Row(row)) => self.rows[row.0 as usize].view == *view,
            _ => false,
        }
    }
}
