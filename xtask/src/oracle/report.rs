//! What a run found, counted and with the smallest examples.

use super::compare::{Class, Ours};
use super::program::Outcome;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Examples that are kept until they are chosen from, each class.
const MOST_KEPT: usize = 4000;
/// Examples of one signature that are shown.
const ALIKE: usize = 2;
/// Longest run of letters that is looked for as a repetition, and how often it has to stand in a row.
const LONGEST_UNIT: usize = 7;
const TELLING_RUN: usize = 30;
/// What share of the texts that Kubernetes refuses has to be refused here.
const REPORTED_FLOOR: f64 = 0.95;

/// A text on which the two readings differ.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) class: Class,
    pub(crate) theirs: Vec<Outcome>,
    pub(crate) ours: Ours,
}

impl Example {
    pub(crate) fn signature(&self) -> String {
        signature(&self.ours, &self.theirs)
    }
}

/// What the two say of a text, without its own words and numbers: examples with the same signature have one cause.
pub(crate) fn signature(ours: &Ours, theirs: &[Outcome]) -> String {
    let reason = theirs.iter().find_map(|outcome| match outcome {
        Outcome::Accepted(_) => None,
        Outcome::Refused(reason) | Outcome::Stopped(reason) => Some(reason.as_str()),
    });
    let error = ours.errors.first().map(String::as_str);
    let bare = |text: &str| -> String {
        let mut quoted = false;
        let mut kept = text.chars().filter(|letter| {
            quoted ^= matches!(letter, '\'' | '`' | '"');
            !quoted && !letter.is_ascii_digit()
        });
        kept.by_ref().take(90).collect()
    };
    format!("{} / {}", bare(reason.unwrap_or_default()), bare(error.unwrap_or_default()))
}

/// What a run found.
pub(crate) struct Report {
    pub(crate) bytes: usize,
    counts: BTreeMap<Class, u64>,
    kept: BTreeMap<Class, Vec<Example>>,
    shown: BTreeMap<Class, Vec<Example>>,
    most_shown: usize,
}

impl Report {
    pub(crate) fn new(most_shown: usize) -> Self {
        Self { bytes: 0, counts: BTreeMap::new(), kept: BTreeMap::new(), shown: BTreeMap::new(), most_shown }
    }

    pub(crate) fn count(&mut self, class: Class) {
        *self.counts.entry(class).or_default() += 1;
    }

    pub(crate) fn uncount(&mut self, class: Class) {
        let count = self.counts.entry(class).or_default();
        *count = count.saturating_sub(1);
    }

    pub(crate) fn keep(&mut self, example: Example) {
        let kept = self.kept.entry(example.class).or_default();
        if kept.len() < MOST_KEPT {
            kept.push(example);
        }
    }

    pub(crate) fn take_examples(&mut self) -> Vec<Example> {
        std::mem::take(&mut self.kept).into_values().flatten().collect()
    }

    /// The examples to show: of each class a few of every signature, short ones first.
    pub(crate) fn chosen(&self) -> Vec<Example> {
        let mut chosen = Vec::new();
        for kept in self.kept.values() {
            let mut by_signature: BTreeMap<String, Vec<&Example>> = BTreeMap::new();
            for example in kept {
                by_signature.entry(example.signature()).or_default().push(example);
            }
            let mut groups: Vec<Vec<&Example>> = by_signature.into_values().collect();
            groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
            for group in &mut groups {
                group.sort_by_key(|example| example.text.len());
                group.truncate(ALIKE);
            }
            let rounds = (0..ALIKE).flat_map(|round| groups.iter().filter_map(move |group| group.get(round)));
            chosen.extend(rounds.take(self.most_shown).map(|example| (*example).clone()));
        }
        chosen
    }

    pub(crate) fn show(&mut self, example: Example) {
        let shown = self.shown.entry(example.class).or_default();
        if shown.iter().all(|known| known.text != example.text) {
            shown.push(example);
        }
    }

    /// How many texts were in a class.
    pub(crate) fn of(&self, class: Class) -> u64 {
        self.counts.get(&class).copied().unwrap_or(0)
    }

    /// How many texts were compared.
    pub(crate) fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The share of the texts refused by Kubernetes that are refused here.
    pub(crate) fn reported(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let ratio = |part: u64, whole: u64| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        ratio(self.of(Class::Refused), self.of(Class::Refused) + self.of(Class::Missed))
    }

    /// What is wrong, if something is.
    pub(crate) fn verdict(&self) -> Result<(), String> {
        let bugs: u64 = Class::ALL.iter().filter(|class| class.is_bug()).map(|class| self.of(*class)).sum();
        if bugs > 0 {
            return Err(format!("{bugs} texts are read otherwise than Kubernetes reads them"));
        }
        if self.reported() < REPORTED_FLOOR {
            return Err(format!("only {:.2} % of what Kubernetes refuses is reported", self.reported() * 100.0));
        }
        Ok(())
    }

    /// The counts and the examples, for people.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        for class in Class::ALL {
            let bug = if class.is_bug() { "  (bug)" } else { "" };
            let _ = writeln!(out, "{:>10}  {}{bug}", self.of(class), class.title());
        }
        let _ = writeln!(out, "{:>9.2}%  of what Kubernetes refuses is reported", self.reported() * 100.0);
        for (class, examples) in &self.shown {
            let _ = writeln!(out, "\n{}:", class.title());
            for example in examples {
                let _ = writeln!(out, "  {}   ({})", spelled(&example.text), example.name);
                for outcome in &example.theirs {
                    let _ = writeln!(out, "      Kubernetes: {}", shown(outcome));
                }
                for document in &example.ours.documents {
                    let _ = writeln!(out, "      here: {}", document.as_deref().map_or("(unreadable)", cut));
                }
                for error in &example.ours.errors {
                    let _ = writeln!(out, "      here: error: {error}");
                }
            }
        }
        out
    }
}

fn shown(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Accepted(text) | Outcome::Refused(text) | Outcome::Stopped(text) => cut(text),
    }
}

/// A text with its odd characters escaped, and what repeats told by its number.
fn spelled(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < letters.len() {
        let repeated = (1..=LONGEST_UNIT).find_map(|length| {
            let unit = letters.get(at..at + length)?;
            let times = letters[at..].chunks(length).take_while(|chunk| *chunk == unit).count();
            (times >= TELLING_RUN).then_some((length, times))
        });
        let (length, times) = repeated.unwrap_or((1, 1));
        let unit: String = letters[at..at + length].iter().collect();
        let unit = unit.escape_debug();
        let _ = if times > 1 { write!(out, "⟨{times} times {unit}⟩") } else { write!(out, "{unit}") };
        at += length * times;
    }
    format!("\"{out}\"")
}

/// As much of a text as is worth a line.
fn cut(text: &str) -> &str {
    let end = text.char_indices().nth(160).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

#[cfg(test)]
mod tests {
    #[test]
    fn repetitions_are_told_by_their_number() {
        let text = format!("{}{{{}1\n", " ".repeat(4096), "\"a\":[".repeat(200));
        assert_eq!(super::spelled(&text), "\"⟨4096 times  ⟩{⟨200 times \\\"a\\\":[⟩1\\n\"");
        assert_eq!(super::spelled("a: é"), "\"a: é\"");
    }
}
