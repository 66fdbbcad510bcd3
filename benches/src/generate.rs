//! Corpora of any size: documents drawn with a fixed seed, with names and numbers of their own, one to twelve a file.
//!
//! Documents are dealt from two shuffled decks, those with a pod spec and the others, so that each is used as often as
//! any other and the mix does not depend on the size. The same seed and samples give the same bytes.

use crate::random::Random;
use crate::samples::Samples;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// Seed of all corpora.
const SEED: u64 = 20_261_123;
/// Documents with a pod spec, of a hundred.
const PODS_OF_HUNDRED: usize = 44;
/// Documents with a key that stands twice, of a thousand.
const DUPLICATES_OF_THOUSAND: usize = 5;
/// Documents with an anchor and its alias, of ten thousand.
const ANCHORS_OF_TEN_THOUSAND: usize = 7;
/// Most documents of a file.
const FILE: usize = 12;
/// Keys whose numbers vary; no check looks at them.
const NUMBERS: [&str; 7] = [
    "replicas",
    "periodSeconds",
    "initialDelaySeconds",
    "timeoutSeconds",
    "failureThreshold",
    "terminationGracePeriodSeconds",
    "revisionHistoryLimit",
];

/// What a corpus holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) documents: usize,
    pub(crate) files: usize,
    pub(crate) bytes: usize,
}

/// How documents are put into files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// One to twelve documents a file, as projects have them.
    Mixed,
    /// One document a file and none with an anchor, for engines that read no more.
    Single,
}

/// Writes a corpus below `target`, which is emptied first.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn generate(samples: &Samples, target: &Path, documents: usize, packing: Packing) -> io::Result<Made> {
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    fs::create_dir_all(target)?;
    let mut made = Made { documents, ..Made::default() };
    // Sizes of files have numbers of their own, so that both packings hold the same documents.
    let (mut random, mut sizes) = (Random::new(SEED), Random::new(!SEED));
    let (mut pods, mut others) = (Deck::new(&samples.pods), Deck::new(&samples.others));
    let mut left = documents;
    while left > 0 {
        let count = match packing {
            Packing::Single => 1,
            // Three files of seven hold a single document, the others any number.
            Packing::Mixed if sizes.chance(3, 7) => 1,
            Packing::Mixed => 1 + sizes.below(FILE),
        };
        let count = count.min(left);
        let mut text = String::new();
        for at in 0..count {
            if at > 0 {
                text.push_str("---\n");
            }
            let deck = if random.chance(PODS_OF_HUNDRED, 100) { &mut pods } else { &mut others };
            text.push_str(&varied(deck.draw(&mut random), &mut random));
        }
        left -= count;
        if packing == Packing::Single && text.contains("*shared") {
            continue;
        }
        fs::write(target.join(format!("{:06}.yaml", made.files)), &text)?;
        made.files += 1;
        made.bytes += text.len();
    }
    Ok(made)
}

/// Documents in a random order, again and again.
struct Deck<'s> {
    cards: Vec<&'s str>,
    next: usize,
}

impl<'s> Deck<'s> {
    fn new(documents: &'s [String]) -> Self {
        Self { cards: documents.iter().map(String::as_str).collect(), next: 0 }
    }

    fn draw(&mut self, random: &mut Random) -> &'s str {
        if self.next == 0 {
            random.shuffle(&mut self.cards);
        }
        let card = self.cards.get(self.next).copied().unwrap_or_default();
        self.next = (self.next + 1) % self.cards.len().max(1);
        card
    }
}

/// The document under another name and with other numbers; now and then with a key twice, or with an anchor.
fn varied(document: &str, random: &mut Random) -> String {
    let number = random.below(100_000);
    let mut out = String::with_capacity(document.len() + 16);
    let mut named = false;
    let duplicate = random.chance(DUPLICATES_OF_THOUSAND, 1000).then(|| repeatable(document, random)).flatten();
    let anchored = random.chance(ANCHORS_OF_TEN_THOUSAND, 10_000).then(|| repeatable(document, random)).flatten();
    for (at, line) in document.split_inclusive('\n').enumerate() {
        let bare = line.trim_end();
        let end = line.get(bare.len()..).unwrap_or_default();
        if Some(at) == anchored
            && let Some((key, value)) = bare.split_once(": ")
        {
            let indent = " ".repeat(bare.len() - bare.trim_start().len());
            let _ = write!(out, "{key}: &shared {value}{end}{indent}x-shared: *shared{end}");
        } else if !named && bare.starts_with("  name: ") && is_plain(bare) {
            let _ = write!(out, "{bare}-{number}{end}");
            named = true;
        } else if let Some((key, value)) = bare.split_once(": ")
            && NUMBERS.contains(&key.trim_start_matches([' ', '-']))
            && let Ok(value) = value.parse::<usize>()
            && value > 0
        {
            let _ = write!(out, "{key}: {}{end}", value + number % 7);
        } else {
            out.push_str(line);
        }
        if Some(at) == duplicate {
            out.push_str(line);
        }
    }
    out
}

/// A line that may stand twice without changing what the document is: a plain key with a plain value in a block.
fn repeatable(document: &str, random: &mut Random) -> Option<usize> {
    let block_text = |line: &str| line.trim_end().ends_with(['|', '>', '-', '+']);
    if document.lines().any(block_text) {
        return None;
    }
    let lines: Vec<&str> = document.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let fits = |at: usize| {
        let line = lines.get(at).copied().unwrap_or_default();
        let next = lines.get(at + 1).copied().unwrap_or_default();
        let key = line.trim_start().split_once(": ").map(|(key, _)| key);
        indent(line) > 0
            && is_plain(line)
            && key.is_some_and(|key| key.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            && indent(next) <= indent(line)
    };
    let found: Vec<usize> = (0..lines.len()).filter(|at| fits(*at)).collect();
    found.get(random.below(found.len())).copied()
}

/// Whether a line ends in a plain value without comment.
fn is_plain(line: &str) -> bool {
    let value = line.split_once(": ").map_or("", |(_, value)| value);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'/');
    value.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric()) && value.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::{Deck, Random, varied};
    use crate::libyaml;

    const DOCUMENT: &str = "kind: Pod\nmetadata:\n  name: web\nspec:\n  replicas: 2 \n  hostPID: true\n";

    #[test]
    fn variants_differ_and_stay_readable() {
        let mut random = Random::new(1);
        let all: Vec<String> = (0..4000).map(|_| varied(DOCUMENT, &mut random)).collect();
        assert!(all.iter().all(|text| libyaml::events(text).is_ok()));
        let twice = all.iter().filter(|text| text.lines().count() > 6 && !text.contains('&')).count();
        assert!((5..50).contains(&twice), "{twice}");
        let anchored = all.iter().filter(|text| text.contains("*shared")).count();
        assert!((1..10).contains(&anchored), "{anchored}");
        assert_ne!(all[0], all[1]);
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let many = || {
            let mut random = Random::new(7);
            (0..100).map(|_| varied(DOCUMENT, &mut random)).collect::<String>()
        };
        assert_eq!(many(), many());
    }

    #[test]
    fn a_deck_deals_every_document_equally_often() {
        let documents: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        let (mut deck, mut random) = (Deck::new(&documents), Random::new(3));
        let dealt: Vec<&str> = (0..30).map(|_| deck.draw(&mut random)).collect();
        assert_eq!(dealt.iter().filter(|card| **card == "a").count(), 10);
    }
}
