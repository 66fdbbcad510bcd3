//! Other policy engines on the same twenty checks, each in its own language.
//!
//! They get documents as values without positions, as their embedders give them; reading and converting is part of the
//! time, as it is for the engine.

mod cel_rules;
mod rego;

use cel_rules::Cel;
use rego::{Interpreter, Machine};

use crate::engine::REPEATED;
use crate::jobs::Run;
use serde::Deserialize;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Findings by check, those of its copies together.
pub(crate) type Counts = BTreeMap<String, usize>;

/// An engine that judges one document at a time.
trait Peer {
    /// Adds the findings of a document to `counts`.
    fn judge(&mut self, document: Value, counts: &mut Counts);
}

/// Judges all documents of all texts. A document that the reader refuses is left out, as are those behind it.
fn judge<'t>(peer: &mut dyn Peer, texts: impl Iterator<Item = &'t str>) -> Counts {
    let mut counts = Counts::new();
    for text in texts {
        for document in yaml_serde::Deserializer::from_str(text) {
            match Value::deserialize(document) {
                Ok(document) => peer.judge(document, &mut counts),
                Err(_) => *counts.entry("(unread)".to_owned()).or_default() += 1,
            }
        }
    }
    counts
}

/// All findings.
fn total(counts: &Counts) -> usize {
    counts.iter().filter(|(check, _)| !check.starts_with('(')).map(|(_, count)| count).sum()
}

fn add(counts: &mut Counts, check: &str, count: usize) {
    if count > 0 {
        match counts.get_mut(check) {
            Some(sum) => *sum += count,
            None => drop(counts.insert(check.to_owned(), count)),
        }
    }
}

/// An engine by the name of its job.
///
/// # Errors
///
/// A sentence, where there is none of the name or its rules do not compile.
fn named(name: &str) -> Result<Box<dyn Peer>, String> {
    let (engine, copies) = name.strip_suffix("500").map_or((name, 1), |engine| (engine, REPEATED));
    Ok(match engine {
        "regorus" => Box::new(Interpreter::new(copies)?),
        "rvm" => Box::new(Machine::new(copies)?),
        "cel" => Box::new(Cel::new(copies)?),
        _ => return Err(format!("there is no engine `{engine}`")),
    })
}

/// The job of an engine: how many findings texts have.
///
/// # Errors
///
/// As [`named`].
pub(crate) fn job<'c>(name: &str, texts: &'c [Arc<str>]) -> Result<Run<'c>, String> {
    let peer = RefCell::new(named(name)?);
    Ok(Box::new(move || total(&judge(&mut **peer.borrow_mut(), texts.iter().map(|text| &**text)))))
}

/// Findings by check, to compare engines by.
///
/// # Errors
///
/// As [`named`].
pub(crate) fn counts(name: &str, texts: &[Arc<str>]) -> Result<Counts, String> {
    Ok(judge(&mut *named(name)?, texts.iter().map(|text| &**text)))
}
