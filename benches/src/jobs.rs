//! What is timed.

use crate::corpus::Corpus;
use crate::engine::{Engine, Rules};
use crate::libyaml;
use granit_parser::{Event, Parser};
use policyc_engine::report::write_json;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Stack of every thread that judges, in bytes; as the program has it.
pub(crate) const STACK: usize = 16 << 20;

/// What a job does; gives how many things came out.
pub(crate) type Run<'c> = Box<dyn Fn() -> usize + 'c>;

/// A job over all files of a corpus.
pub(crate) struct Job<'c> {
    /// By what arguments call it.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) run: Run<'c>,
}

/// Names of all jobs with what they do.
pub(crate) const NAMES: &[(&str, &str)] = &[
    ("libyaml", "unsafe-libyaml: events"),
    ("granit", "granit-parser: events"),
    ("read", "policyc: read to trees"),
    ("builtin", "policyc: read and judge, built-in rules alone"),
    ("judge20", "policyc: conditions and places of 20 checks, over trees that were read before"),
    ("judge500", "policyc: conditions and places of 500 rules, over trees that were read before"),
    ("check20", "policyc: read and judge, 20 checks"),
    ("check100", "policyc: read and judge, 100 rules"),
    ("check500", "policyc: read and judge, 500 rules"),
    ("library", "policyc: read and judge, the library's rules on single documents"),
    ("copies500", "policyc: read and judge, the 20 checks 25 times"),
    ("threads2", "policyc: read and judge, 20 checks, two threads"),
    ("disk20", "policyc: read and judge, 20 checks, loading each file when its turn comes"),
    ("json", "policyc: print the findings of the 20 checks as JSON"),
    #[cfg(feature = "peers")]
    ("regorus", "regorus, interpreter: 20 checks"),
    #[cfg(feature = "peers")]
    ("rvm", "regorus, virtual machine: 20 checks"),
    #[cfg(feature = "peers")]
    ("cel", "cel: 20 checks"),
    #[cfg(feature = "peers")]
    ("regorus500", "regorus, interpreter: the 20 checks 25 times"),
    #[cfg(feature = "peers")]
    ("rvm500", "regorus, virtual machine: the 20 checks 25 times"),
    #[cfg(feature = "peers")]
    ("cel500", "cel: the 20 checks 25 times"),
];

/// A corpus whose texts are loaded when first asked for.
pub(crate) struct Files {
    pub(crate) corpus: Corpus,
    paths: Vec<PathBuf>,
    texts: OnceLock<Vec<Arc<str>>>,
}

impl Files {
    /// # Errors
    ///
    /// A sentence, where the folder cannot be read.
    pub(crate) fn new(corpus: Corpus) -> Result<Self, String> {
        let paths = corpus.paths().map_err(|error| error.to_string())?;
        Ok(Self { corpus, paths, texts: OnceLock::new() })
    }

    /// The texts of all files, in order of their names; one that cannot be read is empty.
    pub(crate) fn texts(&self) -> &[Arc<str>] {
        self.texts
            .get_or_init(|| self.paths.iter().map(|path| fs::read_to_string(path).unwrap_or_default().into()).collect())
    }
}

/// Makes a job ready: all that is not to be timed is done here.
///
/// # Errors
///
/// A sentence, where there is no such job or it cannot be made ready.
pub(crate) fn job<'c>(name: &str, engine: &'c Engine, files: &'c Files) -> Result<Job<'c>, String> {
    let known = NAMES.iter().find(|(known, _)| *known == name);
    let (name, title) = *known.ok_or_else(|| format!("there is no job `{name}` in this build: see --list"))?;
    let each = |count: fn(&str) -> usize| -> Run<'c> {
        let texts = files.texts();
        Box::new(move || texts.iter().map(|text| count(text)).sum())
    };
    let run = match name {
        "libyaml" => each(|text| libyaml::events(text).unwrap_or_else(|before| before)),
        "granit" => each(granit),
        "read" => {
            let texts = files.texts();
            Box::new(move || texts.iter().map(|text| engine.read(text).node_count()).sum())
        }
        "builtin" => judging(engine, files, Rules::None)?,
        "judge20" => over_trees(engine, files, Rules::Twenty)?,
        "judge500" => over_trees(engine, files, Rules::Many(500))?,
        "check20" => judging(engine, files, Rules::Twenty)?,
        "check100" => judging(engine, files, Rules::Many(100))?,
        "check500" => judging(engine, files, Rules::Many(500))?,
        "library" => judging(engine, files, Rules::Library)?,
        "copies500" => judging(engine, files, Rules::Repeated)?,
        "threads2" => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(2).stack_size(STACK).build();
            let pool = pool.map_err(|error| error.to_string())?;
            let (selection, texts) = (engine.select(Rules::Twenty)?, files.texts());
            Box::new(move || pool.install(|| engine.count(texts, &selection)))
        }
        "disk20" => {
            let (selection, paths) = (engine.select(Rules::Twenty)?, &files.paths);
            let load = |at: usize| fs::read(paths.get(at).ok_or("it is gone")?).map_err(|error| error.to_string());
            Box::new(move || engine.count_with(paths.len(), &load, &selection))
        }
        "json" => {
            let report = engine.check(files.texts(), &engine.select(Rules::Twenty)?);
            Box::new(move || {
                let mut out = Vec::new();
                write_json(&report, &mut out).map_or(0, |()| out.len())
            })
        }
        #[cfg(feature = "peers")]
        _ => crate::peers::job(name, files.texts())?,
        #[cfg(not(feature = "peers"))]
        _ => return Err(format!("the job `{name}` is not part of this build")),
    };
    Ok(Job { name, title, run })
}

fn judging<'c>(engine: &'c Engine, files: &'c Files, rules: Rules) -> Result<Run<'c>, String> {
    let (selection, texts) = (engine.select(rules)?, files.texts());
    Ok(Box::new(move || engine.count(texts, &selection)))
}

fn over_trees<'c>(engine: &'c Engine, files: &'c Files, rules: Rules) -> Result<Run<'c>, String> {
    let selection = engine.select(rules)?;
    let plan = engine.plan(&selection);
    let trees = Engine::trees(files.texts(), &plan);
    Ok(Box::new(move || engine.judge(&trees, &plan)))
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
