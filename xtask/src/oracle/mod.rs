//! Texts read here and by Kubernetes, in large numbers: `cargo xtask oracle`, and the parts of it that the test suite
//! uses.
//!
//! Nothing here knows how YAML is read; it knows how to write texts, to ask, and to compare.

pub(crate) mod command;
pub(crate) mod compare;
pub(crate) mod corpus;
pub(crate) mod generate;
pub(crate) mod program;
mod random;
pub(crate) mod report;
mod shrink;

use compare::{Class, Ours, compare, ours};
use policyc_engine::yaml::KeyTable;
use program::{Oracle, Outcome};
use report::{Example, Report};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// Texts that are sent at a time.
const BATCH: usize = 512;
/// How often a text is asked again, to see whether Kubernetes always says the same.
const REPETITIONS: usize = 60;

/// What a run compares.
pub(crate) struct Job<'j> {
    /// How many texts to write.
    pub(crate) count: u64,
    pub(crate) seed: u64,
    /// Texts that others wrote. They are compared as they are, and edited.
    pub(crate) samples: &'j [corpus::Sample],
    /// How many examples of a class to keep.
    pub(crate) examples: usize,
}

/// Compares all texts of a job. Calls `compared` before it makes examples small, which takes a while.
///
/// # Errors
///
/// A sentence, where the oracle is gone.
pub(crate) fn run(
    oracle: &Oracle,
    job: &Job<'_>,
    compared: impl FnOnce() -> Result<(), String>,
) -> Result<Report, String> {
    let mut run = Run { oracle, keys: KeyTable::new([]), report: Report::new(job.examples) };
    let of_samples = job.samples.iter().map(|sample| (sample.name.clone(), sample.text.clone()));
    let manifests: Vec<String> = job.samples.iter().map(|sample| sample.text.clone()).collect();
    let written = (0..job.count).map(|number| {
        let text = generate::text(job.seed, number, &manifests);
        (format!("text {number} of seed {}", job.seed), text)
    });
    run.texts(of_samples.chain(written))?;
    compared()?;
    run.shrink_examples()?;
    Ok(run.report)
}

struct Run<'r> {
    oracle: &'r Oracle,
    keys: KeyTable,
    report: Report,
}

impl Run<'_> {
    /// Sends the next batch before it looks at the answers to the one before, so that both programs have work.
    fn texts(&mut self, texts: impl Iterator<Item = (String, String)>) -> Result<(), String> {
        let mut texts = texts.peekable();
        let mut sent: VecDeque<Vec<(String, String)>> = VecDeque::new();
        while texts.peek().is_some() || !sent.is_empty() {
            let batch: Vec<(String, String)> = texts.by_ref().take(BATCH).collect();
            if !batch.is_empty() {
                self.oracle.send(batch.iter().map(|(_, text)| text.as_str()));
                sent.push_back(batch);
            }
            if sent.len() > 1 || texts.peek().is_none() {
                for (name, text) in sent.pop_front().into_iter().flatten() {
                    let theirs = self.oracle.receive()?;
                    self.text(name, text, &theirs);
                }
            }
        }
        self.settle_undecided()
    }

    fn text(&mut self, name: String, text: String, theirs: &[Outcome]) {
        let ours = ours(&text, &self.keys);
        let class = compare(&ours, theirs);
        self.report.bytes += text.len();
        self.report.count(class);
        if !matches!(class, Class::Accepted | Class::Refused) {
            self.report.keep(Example { name, text, class, theirs: theirs.to_vec(), ours });
        }
    }

    /// Asks again where Kubernetes may have chosen by chance.
    fn settle_undecided(&mut self) -> Result<(), String> {
        for example in self.report.take_examples() {
            let undecided = example.class.is_bug() && self.is_undecided(&example.text, &example.ours)?;
            if undecided {
                self.report.uncount(example.class);
                self.report.count(Class::Undecided);
            } else {
                self.report.keep(example);
            }
        }
        Ok(())
    }

    /// Whether Kubernetes answers now this, now that, and once as we do, or we refuse to choose.
    fn is_undecided(&self, text: &str, ours: &Ours) -> Result<bool, String> {
        self.oracle.send(std::iter::repeat_n(text, REPETITIONS));
        let answers: Vec<Vec<Outcome>> = (0..REPETITIONS).map(|_| self.oracle.receive()).collect::<Result<_, _>>()?;
        let varies = answers.windows(2).any(|pair| pair[0] != pair[1]);
        let classes = answers.iter().map(|theirs| compare(ours, theirs));
        Ok(varies && (!ours.errors.is_empty() || classes.into_iter().any(|class| !class.is_bug())))
    }

    /// Makes the examples small, one after the other.
    fn shrink_examples(&mut self) -> Result<(), String> {
        for mut example in self.report.chosen() {
            example.text = shrink::shrink(&example.text, |shorter| self.shows(shorter, &example))?;
            example.theirs = self.oracle.ask(&example.text)?;
            example.ours = ours(&example.text, &self.keys);
            self.report.show(example);
        }
        Ok(())
    }

    fn shows(&self, text: &str, example: &Example) -> Result<bool, String> {
        let ours = ours(text, &self.keys);
        let theirs = self.oracle.ask(text)?;
        let alike =
            compare(&ours, &theirs) == example.class && report::signature(&ours, &theirs) == example.signature();
        Ok(alike && !(example.class.is_bug() && self.is_undecided(text, &ours)?))
    }
}

/// Where the project's files are.
pub(crate) fn project() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}
