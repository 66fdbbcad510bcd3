//! CEL, by the crate `cel`: one expression a check.

use super::{Counts, Peer, add};
use cel::{Context, Env, Program, Value};
use serde_json::Value as Json;
use std::sync::Arc;

const RULES: &str = include_str!("../../rules/twenty.cel");
/// Kinds whose pod spec stands in `spec.template.spec`.
const TEMPLATES: [&str; 7] =
    ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "ReplicationController", "Job", "DeploymentConfig"];

/// Compiled expressions, by the names of their checks.
pub(crate) struct Cel {
    env: Arc<Env>,
    checks: Vec<(&'static str, Program)>,
}

impl Cel {
    pub(crate) fn new(copies: usize) -> Result<Self, String> {
        let env = Arc::new(Env::stdlib());
        let mut checks = Vec::new();
        for (name, expression) in
            RULES.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "))
        {
            for _ in 0..copies {
                let program = env.compile(expression).map_err(|error| format!("{name}: {error}"))?;
                checks.push((name, program));
            }
        }
        Ok(Self { env, checks })
    }
}

impl Peer for Cel {
    fn judge(&mut self, mut document: Json, counts: &mut Counts) {
        let Some(pod) = pod(&mut document) else { return };
        let list =
            |key: &str| pod.get(key).filter(|list| list.is_array()).cloned().unwrap_or_else(|| Json::Array(Vec::new()));
        let mut context = Context::with_env(Arc::clone(&self.env));
        for (name, value) in [("containers", list("containers")), ("volumes", list("volumes")), ("pod", pod)] {
            match cel::to_value(value) {
                Ok(value) => context.add_variable_from_value(name, value),
                Err(_) => return add(counts, "(failed)", 1),
            }
        }
        for (name, program) in &self.checks {
            match program.execute(&context) {
                Ok(Value::List(found)) => add(counts, name, found.len()),
                _ => add(counts, "(failed)", 1),
            }
        }
    }
}

/// The pod spec of a document, taken out of it.
fn pod(document: &mut Json) -> Option<Json> {
    let place = match document.get("kind")?.as_str()? {
        "Pod" => "/spec",
        "CronJob" => "/spec/jobTemplate/spec/template/spec",
        kind if TEMPLATES.contains(&kind) => "/spec/template/spec",
        _ => return None,
    };
    document.pointer_mut(place).map(Json::take).filter(Json::is_object)
}
