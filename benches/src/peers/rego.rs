//! Rego, by regorus: its interpreter, and its virtual machine.

use super::{Counts, Peer, add};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use regorus::{Engine, Value};
use std::sync::Arc;

const RULES: &str = include_str!("../../rules/twenty.rego");
const ENTRY: &str = "data.twenty.deny";

/// The checks, `copies` times in all.
fn policy(copies: usize) -> String {
    let mut text = RULES.to_owned();
    let (_, checks) = RULES.split_at(RULES.find("deny contains").unwrap_or_default());
    for number in 1..copies {
        for check in checks.split("\n\n").filter(|check| check.starts_with("deny contains")) {
            text.push_str("\n\n");
            text.push_str(&check.replacen("\", \"at\"", &format!("-copy{number}\", \"at\""), 1));
        }
    }
    text
}

fn engine(copies: usize) -> Result<Engine, String> {
    let mut engine = Engine::new();
    engine.add_policy("twenty.rego".to_owned(), policy(copies)).map_err(|error| error.to_string())?;
    Ok(engine)
}

/// Adds the members of the set of findings.
fn count(found: &Value, counts: &mut Counts) {
    for finding in found.as_set().into_iter().flat_map(|set| set.iter()) {
        let rule = &finding["rule"];
        let rule = rule.as_string().map(|rule| rule.split("-copy").next().unwrap_or_default().to_owned());
        add(counts, &rule.unwrap_or_default(), 1);
    }
}

/// The interpreter.
pub(crate) struct Interpreter(Engine);

impl Interpreter {
    pub(crate) fn new(copies: usize) -> Result<Self, String> {
        engine(copies).map(Self)
    }
}

impl Peer for Interpreter {
    fn judge(&mut self, document: serde_json::Value, counts: &mut Counts) {
        self.0.set_input(Value::from(document));
        match self.0.eval_rule(ENTRY.to_owned()) {
            Ok(found) => count(&found, counts),
            Err(_) => add(counts, "(failed)", 1),
        }
    }
}

/// The virtual machine.
pub(crate) struct Machine(RegoVM);

impl Machine {
    pub(crate) fn new(copies: usize) -> Result<Self, String> {
        let failed = |error: &dyn std::fmt::Display| error.to_string();
        let compiled = engine(copies)?.compile_with_entrypoint(&ENTRY.into()).map_err(|error| failed(&error))?;
        let program = Compiler::compile_from_policy(&compiled, &[ENTRY]).map_err(|error| failed(&error))?;
        let mut machine = RegoVM::new();
        machine.load_program(Arc::clone(&program));
        Ok(Self(machine))
    }
}

impl Peer for Machine {
    fn judge(&mut self, document: serde_json::Value, counts: &mut Counts) {
        self.0.set_input(Value::from(document));
        match self.0.execute_entry_point_by_name(ENTRY) {
            Ok(found) => count(&found, counts),
            Err(_) => add(counts, "(failed)", 1),
        }
    }
}
