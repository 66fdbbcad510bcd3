//! Random policies that compile: every expression is made for the type that its place takes, and an optional one only
//! where it may be absent or where a condition around it says that it is there.

mod conditions;
mod items;
mod names;
mod values;

use crate::choices::Choices;
use crate::tree::Policy;
use names::Names;

/// Makes policies.
pub struct Generator<'c, 'b> {
    choices: &'c mut Choices<'b>,
    policy: Policy,
    /// For names that are used once.
    count: usize,
    /// Functions from here on may not be called yet.
    callable: usize,
    /// Expressions that may still be made before only small ones are.
    budget: usize,
}

/// A module with so many rules, and functions, views and properties that they use.
pub fn policy(choices: &mut Choices<'_>, rules: usize) -> Policy {
    let mut generator = Generator { choices, policy: Policy::default(), count: 0, callable: 0, budget: 0 };
    generator.params();
    generator.functions();
    generator.properties();
    generator.views();
    for number in 0..rules {
        generator.rule(number);
    }
    generator.policy
}

impl Generator<'_, '_> {
    fn fresh(&mut self, letter: &str) -> String {
        self.count += 1;
        format!("{letter}{}", self.count)
    }

    /// How deep a part of something may be nested; 0 where it has to be plain.
    fn below(&mut self, depth: usize) -> usize {
        self.budget = self.budget.saturating_sub(1);
        if self.budget == 0 || self.choices.is_spent() { 0 } else { depth.saturating_sub(1) }
    }

    fn empty(&self) -> Names {
        Names::default()
    }
}
