//! The command line.

use crate::rounds::Clock;

/// How to call the program.
pub(crate) const USAGE: &str = "\
usage: policyc-benches [--only JOB,…] [--rounds N] [CORPUS …]   time jobs in turn, in this process
       policyc-benches --once JOB [CORPUS]                      do one job once, as a profiler wants it
       policyc-benches --table TABLE,…                          make tables
       policyc-benches --generate [--fresh] [CORPUS …]          only make the corpora, and say where they are

A corpus is `own`, `k1`, `k10` (the default), `k100` or any other number of thousands of documents.
Times are processor time of the one thread; --wall takes time as it passes, for jobs with more threads.
--fresh makes a corpus again, --program PATH says where the program policyc is, --peak tells the memory used.

jobs:";

/// Arguments as they were given.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Args {
    pub(crate) help: bool,
    pub(crate) generate: bool,
    pub(crate) fresh: bool,
    pub(crate) peak: bool,
    pub(crate) wall: bool,
    pub(crate) program: Option<String>,
    pub(crate) tables: Vec<String>,
    pub(crate) only: Vec<String>,
    pub(crate) once: Option<String>,
    pub(crate) rounds: usize,
    pub(crate) corpora: Vec<String>,
}

impl Args {
    /// What jobs are timed by.
    pub(crate) fn clock(&self) -> Clock {
        if self.wall { Clock::Wall } else { Clock::Processor }
    }

    /// Reads arguments.
    ///
    /// # Errors
    ///
    /// A sentence, where there is no such argument.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args = Self { rounds: 7, ..Self::default() };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--help" | "--list" => args.help = true,
                "--generate" => args.generate = true,
                "--fresh" => args.fresh = true,
                "--only" => args.only.extend(value()?.split(',').map(str::to_owned)),
                "--wall" => args.wall = true,
                "--peak" => args.peak = true,
                "--program" => args.program = Some(value()?),
                "--table" => args.tables.extend(value()?.split(',').map(str::to_owned)),
                "--once" => args.once = Some(value()?),
                "--rounds" => {
                    let text = value()?;
                    let rounds = text.parse().ok().filter(|rounds| *rounds > 0);
                    args.rounds = rounds.ok_or_else(|| format!("`{text}` is no number of rounds"))?;
                }
                _ if argument.starts_with('-') => return Err(format!("there is no option `{argument}`")),
                _ => args.corpora.push(argument),
            }
        }
        Ok(args)
    }
}
