//! What is timed.

use crate::engine::{Engine, Rules};
use crate::libyaml;
use granit_parser::{Event, Parser};
use policyc_engine::report::{Report, write_json};
use std::sync::Arc;

/// Stack of every thread that judges, in bytes; as the program has it.
pub(crate) const STACK: usize = 16 << 20;

/// A job over all texts of a corpus.
pub(crate) struct Job<'c> {
    /// By what arguments call it.
    pub(crate) name: &'static str,
    pub(crate) title: String,
    /// Does it once, and gives how many things came out.
    pub(crate) run: Box<dyn Fn() -> usize + Send + Sync + 'c>,
}

/// Names of all jobs with what they do. The first is what the others are measured by.
pub(crate) const NAMES: &[(&str, &str)] = &[
    ("libyaml", "unsafe-libyaml: events"),
    ("granit", "granit-parser: events"),
    ("read", "policyc: read to trees"),
    ("check20", "policyc: read and judge, 20 checks"),
    ("library", "policyc: read and judge, the library's rules on single documents"),
    ("json", "policyc: print the findings of the 20 checks as JSON"),
    ("threads2", "policyc: read and judge, 20 checks, two threads"),
];

/// Makes a job ready: all that is not to be timed is done here.
///
/// # Errors
///
/// A sentence, where there is no such job or it cannot be made ready.
pub(crate) fn job<'c>(name: &str, engine: &'c Engine, texts: &'c [Arc<str>]) -> Result<Job<'c>, String> {
    let known = NAMES.iter().find(|(known, _)| *known == name);
    let (name, title) = *known.ok_or_else(|| format!("there is no job `{name}`: see --list"))?;
    let each = |count: fn(&str) -> usize| -> Box<dyn Fn() -> usize + Send + Sync + 'c> {
        Box::new(move || texts.iter().map(|text| count(text)).sum())
    };
    let run = match name {
        "libyaml" => each(|text| libyaml::events(text).unwrap_or_else(|before| before)),
        "granit" => each(granit),
        "read" => Box::new(move || texts.iter().map(|text| engine.read(text).node_count()).sum()),
        "check20" => judging(engine, texts, Rules::Twenty),
        "threads2" => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(2).stack_size(STACK).build();
            let (pool, run) = (pool.map_err(|error| error.to_string())?, judging(engine, texts, Rules::Twenty));
            Box::new(move || pool.install(&run))
        }
        "library" => judging(engine, texts, Rules::Library),
        "json" => {
            let report = engine.check(texts, &engine.select(Rules::Twenty));
            Box::new(move || printed(&report))
        }
        _ => return Err(format!("the job `{name}` is not part of this build")),
    };
    Ok(Job { name, title: title.to_owned(), run })
}

fn judging<'c>(engine: &'c Engine, texts: &'c [Arc<str>], rules: Rules) -> Box<dyn Fn() -> usize + Send + Sync + 'c> {
    let selection = engine.select(rules);
    Box::new(move || engine.check(texts, &selection).findings.len())
}

fn granit(text: &str) -> usize {
    let mut count = 0;
    for event in Parser::new_from_str(text) {
        match event {
            Ok((Event::StreamEnd, _)) | Err(_) => break,
            Ok(_) => count += 1,
        }
    }
    count
}

/// How many bytes a report has as JSON.
fn printed(report: &Report) -> usize {
    let mut out = Vec::new();
    match write_json(report, &mut out) {
        Ok(()) => out.len(),
        Err(_) => 0,
    }
}
