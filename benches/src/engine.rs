//! The engine with the rules that are timed.

use crate::copies::copy;
use crate::rounds::Clock;
use policyc_engine::builtin::Builtin;
use policyc_engine::check::{Frames, Input, Load, Meaning, Selection, check, count};
use policyc_engine::eval::{Document, Head, Plan, Selected, Settings, judge_document};
use policyc_engine::report::Report;
use policyc_engine::world::{WorldBuilder, WorldOptions};
use policyc_engine::yaml::{KeyTable, Limits, Resolved, Tree, read};
use policyc_lang::check::{Artefact, Source, compile};
use policyc_lang::ir::{Program, Scope};
use policyc_lang::schema::{Schema, Types};
use policyc_lang::values::{Date, Version};
use policyc_text::{FileId, Level, LineIndex};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// The twenty checks that engines are compared on.
const TWENTY: &str = include_str!("../rules/twenty.policy");
/// What their ids begin with.
const PREFIX: &str = "twenty-";
/// How often the twenty checks stand in [`Rules::Repeated`].
pub(crate) const REPEATED: usize = 25;
/// Copies of each policy of the library that [`Rules::FiveHundred`] needs, and one to spare.
const COPIES: usize = 7;

/// Which rules run beside the built-in ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// None: what runs are built-in rules alone.
    None,
    /// The twenty checks.
    Twenty,
    /// All of the standard library that need no other document.
    Library,
    /// The twenty, the library's, and copies of these until there are so many.
    Many(usize),
    /// The twenty checks [`REPEATED`] times, as other engines get them.
    Repeated,
}

/// Compiled policies.
pub(crate) struct Engine {
    /// The library and the twenty checks.
    plain: Artefact,
    /// The same with copies, which only some jobs need.
    copied: OnceLock<Result<Artefact, String>>,
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
        let plain = compiled(&base, vec![source(0, "twenty.policy", TWENTY.to_owned())])?;
        let meaning = Meaning {
            as_of: Date::from_civil(2026, 11, 23).ok_or("the day is not valid")?,
            kubernetes: None,
            open: false,
            namespace: None,
            frames: Frames::None,
            external: [].into(),
        };
        let keys = Plan::all(&plain.program).keys().clone();
        Ok(Self { plain, copied: OnceLock::new(), keys, meaning })
    }

    /// Rules and built-in rules.
    ///
    /// # Errors
    ///
    /// A sentence, where there are not as many rules as asked for.
    pub(crate) fn select(&self, rules: Rules) -> Result<Selection<'_>, String> {
        let program = match rules {
            Rules::None | Rules::Twenty | Rules::Library => &self.plain.program,
            Rules::Many(_) | Rules::Repeated => &self.copied.get_or_init(|| self.copies()).as_ref()?.program,
        };
        let ids = program.instances.iter().map(|instance| instance.id.as_str());
        let library = |id: &&str| !id.starts_with(PREFIX) && is_local(program, id);
        let rules: BTreeSet<String> = match rules {
            Rules::None => BTreeSet::new(),
            Rules::Twenty => ids.filter(|id| id.starts_with(PREFIX)).map(str::to_owned).collect(),
            Rules::Repeated => ids.filter(|id| id.starts_with(PREFIX)).map(str::to_owned).collect(),
            Rules::Library => ids.filter(library).map(str::to_owned).collect(),
            Rules::Many(count) => {
                let (twenty, others): (Vec<&str>, Vec<&str>) =
                    ids.filter(|id| is_local(program, id)).partition(|id| id.starts_with(PREFIX));
                let twenty = twenty.into_iter().filter(|id| !id.contains("-copy"));
                let found: BTreeSet<String> = twenty.chain(others).take(count).map(str::to_owned).collect();
                if found.len() < count {
                    return Err(format!("there are {} rules, not {count}", found.len()));
                }
                found
            }
        };
        Ok(Selection { rules, ..Selection::builtins(program, Builtin::ALL.into_iter().collect()) })
    }

    /// Everything with copies of the library's policies and of the twenty checks.
    fn copies(&self) -> Result<Artefact, String> {
        let modules = self.plain.program.modules.iter().filter(|module| module.file.contains("kubernetes/"));
        let library: Vec<&str> = modules.map(|module| module.text.as_str()).collect();
        let mut sources = Vec::new();
        let mut add = |text: &str, number| {
            if let Some(text) = copy(text, number) {
                sources.push(source(sources.len(), "copies.policy", text));
            }
        };
        (1..=COPIES).for_each(|number| library.iter().for_each(|text| add(text, number)));
        (1..REPEATED).for_each(|number| add(TWENTY, number));
        compiled(&self.plain, sources)
    }

    /// Reads a text as judging does.
    pub(crate) fn read(&self, text: &Arc<str>) -> Tree {
        read(FileId(0), Arc::clone(text), &self.keys, &Limits::default())
    }

    /// The rules of a selection, to judge trees with.
    pub(crate) fn plan<'s>(&self, selection: &Selection<'s>) -> Plan<'s> {
        let instances = (0..).zip(&selection.program.instances);
        let chosen = instances.filter(|(_, instance)| selection.rules.contains(&instance.id));
        let selected: Vec<Selected> =
            chosen.map(|(instance, _)| Selected { instance, params: Vec::new(), severity: None }).collect();
        Plan::new(selection.program, &selected)
    }

    /// What quick judging leaves to the evaluator from the start: by what it lacks, the rules, and how many rules there
    /// are; of those that need no other document.
    pub(crate) fn refusals(&self) -> Result<(BTreeMap<String, Vec<String>>, usize), String> {
        let selection = self.select(Rules::Library)?;
        let plan = self.plan(&selection);
        let refused = plan.refusals(&self.settings());
        let mut by_cause: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (rule, causes) in refused {
            let all = causes.into_iter().collect::<Vec<_>>().join(", ");
            by_cause.entry(all).or_default().push(rule);
        }
        Ok((by_cause, selection.rules.len()))
    }

    fn settings(&self) -> Settings {
        let version = Schema::newest().version();
        Settings::new(self.meaning.as_of, Version::new(version.major.into(), version.minor.into(), 0))
    }

    /// Texts as trees, each with the objects that are documents of their own.
    pub(crate) fn trees(texts: &[Arc<str>], plan: &Plan<'_>) -> Vec<(Arc<Tree>, Vec<Head>)> {
        let opened = texts.iter().map(|text| {
            let tree = read(FileId(0), Arc::clone(text), plan.keys(), &Limits::default());
            let roots = tree.documents.iter().filter_map(|document| document.root);
            let heads = roots.filter_map(|node| {
                let text = |key| {
                    let value = tree.get_text(node, key)?;
                    (tree.resolved(value) == Some(Resolved::String)).then_some(value)
                };
                let alone = tree.get_text(node, "items").is_none();
                alone.then_some(Head { node, api_version: text("apiVersion")?, kind: text("kind")? })
            });
            let heads = heads.collect();
            (Arc::new(tree), heads)
        });
        opened.collect()
    }

    /// How many findings the rules of a plan make in trees: conditions are computed and places chosen, and neither lines
    /// nor columns are.
    pub(crate) fn judge(&self, trees: &[(Arc<Tree>, Vec<Head>)], plan: &Plan<'_>) -> usize {
        self.judged(trees, plan).0
    }

    /// As [`Engine::judge`], and how often quick judging left a rule on a subject to the evaluator.
    fn judged(&self, trees: &[(Arc<Tree>, Vec<Head>)], plan: &Plan<'_>) -> (usize, u64) {
        let settings = self.settings();
        let mut all = (0, 0);
        for (tree, heads) in trees {
            let world = || {
                let mut world = WorldBuilder::new(WorldOptions::default());
                world.add(FileId(0), Arc::<str>::from(""), Arc::clone(tree), false);
                world.build()
            };
            let document = Document { file: FileId(0), tree, partial: false, heads, places: true };
            let judged = judge_document(plan, document, &settings, world);
            let spotted: usize = judged.spotted.iter().map(|found| plan.stands_for(found.instance).len()).sum();
            all = (all.0 + judged.findings.len() + spotted, all.1 + judged.left);
        }
        all
    }

    /// What each of the library's rules costs on its own: seconds, findings, and how often it was left to the
    /// evaluator; the dearest first.
    pub(crate) fn costs(&self, texts: &[Arc<str>]) -> Result<Vec<(String, f64, usize, u64)>, String> {
        let selection = self.select(Rules::Library)?;
        let mut costs = Vec::new();
        for rule in &selection.rules {
            let plan = self.plan(&Selection { rules: BTreeSet::from([rule.clone()]), ..selection.clone() });
            let trees = Self::trees(texts, &plan);
            self.judged(&trees, &plan);
            let start = Clock::Processor.now();
            let (found, left) = self.judged(&trees, &plan);
            costs.push((rule.clone(), Clock::Processor.now() - start, found, left));
        }
        costs.sort_by(|one, other| other.1.total_cmp(&one.1));
        Ok(costs)
    }

    /// How many findings, whose places are known, texts have. Runs on the threads of the pool that it is called in.
    pub(crate) fn count(&self, texts: &[Arc<str>], selection: &Selection<'_>) -> usize {
        let load = |at: usize| texts.get(at).map(|text| text.as_bytes().to_vec()).ok_or_else(String::new);
        self.count_with(texts.len(), &load, selection)
    }

    /// As [`Engine::count`], of so many inputs.
    pub(crate) fn count_with(&self, inputs: usize, load: &Load<'_>, selection: &Selection<'_>) -> usize {
        let summary = count(&named(inputs), load, &self.meaning, selection).summary;
        summary.fail + summary.indeterminate
    }

    /// Findings of the twenty checks by check, to compare engines by.
    ///
    /// # Errors
    ///
    /// As [`Engine::select`].
    #[cfg(feature = "peers")]
    pub(crate) fn counts(&self, texts: &[Arc<str>]) -> Result<std::collections::BTreeMap<String, usize>, String> {
        let mut counts = std::collections::BTreeMap::new();
        for finding in self.check(texts, &self.select(Rules::Twenty)?).findings {
            if let Some(check) = finding.rule.id.strip_prefix(PREFIX) {
                *counts.entry(check.to_owned()).or_default() += 1;
            }
        }
        Ok(counts)
    }

    /// The report on texts.
    pub(crate) fn check(&self, texts: &[Arc<str>], selection: &Selection<'_>) -> Report {
        let load = |at: usize| texts.get(at).map(|text| text.as_bytes().to_vec()).ok_or_else(String::new);
        self.check_with(texts.len(), &load, selection)
    }

    fn check_with(&self, inputs: usize, load: &Load<'_>, selection: &Selection<'_>) -> Report {
        check(&named(inputs), load, &self.meaning, selection)
    }
}

fn named(inputs: usize) -> Vec<Input> {
    (0..inputs).map(|at| Input { name: format!("{at:06}.yaml").into() }).collect()
}

fn is_local(program: &Program, id: &str) -> bool {
    let instance = program.instances.iter().find(|instance| instance.id == id);
    let rule = instance.and_then(|instance| program.rules.get(instance.rule.index()));
    rule.is_some_and(|rule| rule.scope == Scope::Document)
}

fn source(number: usize, name: &str, text: String) -> Source {
    Source { file: FileId(u32::try_from(number).unwrap_or(u32::MAX)), name: name.to_owned(), text, tables: Vec::new() }
}

fn compiled(base: &Artefact, sources: Vec<Source>) -> Result<Artefact, String> {
    let compiled = compile(base, &sources, &Types::new(Schema::newest()));
    let Some(problem) = compiled.diagnostics.iter().find(|diagnostic| diagnostic.level == Level::Error) else {
        return Ok(compiled.artefact);
    };
    let place = sources.get(problem.location.file.0 as usize).map(|source| {
        let line = LineIndex::new(&source.text).position(&source.text, problem.location.span.start).line;
        format!("{}:{line}", source.text.lines().next().unwrap_or_default())
    });
    Err(format!("{}: {}", place.unwrap_or_default(), problem.message))
}
