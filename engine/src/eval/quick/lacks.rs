//! Why rules are left to the evaluator from the start: what of them quick judging lacks. For benchmarks and for whoever
//! extends it; no run asks.

use super::support::{Support, is_known};
use crate::eval::plan::{Plan, Settings};
use crate::eval::reach::Reached;
use policyc_lang::ir::{Expr, Program, RuleId, ViewSource};
use std::collections::{BTreeMap, BTreeSet};

impl Plan<'_> {
    /// The instances that quick judging leaves to the evaluator, with the kinds of expressions that it lacks for them:
    /// `Arithmetic`, `Builtin(Quantity)`.
    #[must_use]
    pub fn refusals(&self, settings: &Settings) -> BTreeMap<String, BTreeSet<String>> {
        let support = Support::new(self, settings, false);
        let left = (0u32..).zip(&self.instances).filter(|(number, _)| !support.takes(*number));
        left.map(|(_, planned)| (planned.id.to_string(), lacks(self.program, planned.rule))).collect()
    }
}

// What is in branches that the run never takes is told of, too.
fn lacks(program: &Program, rule: RuleId) -> BTreeSet<String> {
    let reached = Reached::of(program, std::iter::once(rule), std::iter::empty());
    let exprs = reached.exprs.iter().filter_map(|id| program.exprs.get(id.index())).filter(|expr| !is_known(expr));
    let roots = reached.views.iter().map(|view| &program.view(*view).source);
    let roots = roots.filter(|source| matches!(source, ViewSource::Namespaces | ViewSource::Projects));
    exprs.map(name).chain(roots.map(|_| "rows of namespaces".to_owned())).collect()
}

fn name(expr: &Expr) -> String {
    match expr {
        Expr::Native { part, .. } => format!("Native({part:?})"),
        Expr::Builtin(builtin, _) => format!("Builtin({builtin:?})"),
        Expr::Arithmetic(operator, ..) => format!("Arithmetic({operator:?})"),
        other => {
            let text = format!("{other:?}");
            text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default().to_owned()
        }
    }
}
