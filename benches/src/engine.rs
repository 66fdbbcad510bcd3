//! The engine with the rules that are timed.

use policyc_engine::builtin::Builtin;
use policyc_engine::check::{Frames, Input, Meaning, Selection, check};
use policyc_engine::eval::Plan;
use policyc_engine::report::Report;
use policyc_engine::yaml::{KeyTable, Limits, Tree, read};
use policyc_lang::check::{Artefact, Source, compile};
use policyc_lang::ir::{Program, Scope};
use policyc_lang::schema::{Schema, Types};
use policyc_lang::values::Date;
use policyc_text::{FileId, Level, LineIndex};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The twenty checks that engines are compared on.
const TWENTY: &str = include_str!("../rules/twenty.policy");
/// What their ids begin with.
const PREFIX: &str = "twenty-";

/// How many rules run beside the built-in ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// The twenty checks.
    Twenty,
    /// All of the standard library that need no other document.
    Library,
}

/// Compiled policies.
pub(crate) struct Engine {
    artefact: Artefact,
    keys: KeyTable,
    meaning: Meaning,
}

impl Engine {
    /// The standard library and the twenty checks.
    ///
    /// # Errors
    ///
    /// A sentence, where they do not compile.
    pub(crate) fn new() -> Result<Self, String> {
        let base = policyc_stdlib::artefact().map_err(|error| error.to_string())?;
        let source =
            Source { file: FileId(0), name: "twenty.policy".to_owned(), text: TWENTY.to_owned(), tables: Vec::new() };
        let compiled = compile(&base, &[source], &Types::new(Schema::newest()));
        if let Some(problem) = compiled.diagnostics.iter().find(|diagnostic| diagnostic.level == Level::Error) {
            let line = LineIndex::new(TWENTY).position(TWENTY, problem.location.span.start).line;
            return Err(format!("twenty.policy:{line}: {}", problem.message));
        }
        let keys = Plan::all(&compiled.artefact.program).keys().clone();
        let meaning = Meaning {
            as_of: Date::from_civil(2026, 11, 23).ok_or("the day is not valid")?,
            kubernetes: None,
            open: false,
            namespace: None,
            frames: Frames::None,
        };
        Ok(Self { artefact: compiled.artefact, keys, meaning })
    }

    fn program(&self) -> &Program {
        &self.artefact.program
    }

    /// Rules and built-in rules.
    pub(crate) fn select(&self, rules: Rules) -> Selection<'_> {
        let program = self.program();
        let of_document = |id: &str| {
            let instance = program.instances.iter().find(|instance| instance.id == id);
            let rule = instance.and_then(|instance| program.rules.get(instance.rule.index()));
            rule.is_some_and(|rule| rule.scope == Scope::Document)
        };
        let ids = program.instances.iter().map(|instance| instance.id.clone());
        let rules: BTreeSet<String> = match rules {
            Rules::Twenty => ids.filter(|id| id.starts_with(PREFIX)).collect(),
            Rules::Library => ids.filter(|id| !id.starts_with(PREFIX) && of_document(id)).collect(),
        };
        Selection { rules, ..Selection::builtins(program, Builtin::ALL.into_iter().collect()) }
    }

    /// Reads a text as judging does.
    pub(crate) fn read(&self, text: &Arc<str>) -> Tree {
        read(FileId(0), Arc::clone(text), &self.keys, &Limits::default())
    }

    /// Judges texts, with findings and their places, on the threads of the pool that this is called in.
    pub(crate) fn check(&self, texts: &[Arc<str>], selection: &Selection<'_>) -> Report {
        let inputs: Vec<Input> = (0..texts.len()).map(|at| Input { name: format!("{at:06}.yaml").into() }).collect();
        let load = |at: usize| texts.get(at).map(|text| text.as_bytes().to_vec()).ok_or_else(String::new);
        check(&inputs, &load, &self.meaning, selection)
    }
}
