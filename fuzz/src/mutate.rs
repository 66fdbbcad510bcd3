//! Changes to inputs that need no counters: what libFuzzer does by its own lights, done blindly and much faster.

use policyc_reference::choices::Choices;

/// Most changes to one input.
const MOST_CHANGES: usize = 4;
/// Most bytes that one change doubles or takes over from elsewhere.
const MOST_BYTES: usize = 64;

/// Bytes that formats of text give a meaning.
const TELLING: &[u8] = b"\n\r\t \"'`#-:,[]{}()<>|&*!%@?$\\/=+.~0129aAzZ_\0\x7f\xc2\x85\xe2\x80\xa8\xef\xbb\xbf\xff";

/// A changed copy of one of the seeds, at most `longest` bytes long.
#[must_use]
pub fn changed(seeds: &[Vec<u8>], words: &[Vec<u8>], longest: usize, choices: &mut Choices<'_>) -> Vec<u8> {
    let mut input = choices.pick(seeds).cloned().unwrap_or_default();
    for _ in 0..=choices.below(MOST_CHANGES) {
        change(&mut input, seeds, words, choices);
    }
    input.truncate(longest);
    input
}

fn change(input: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[Vec<u8>], choices: &mut Choices<'_>) {
    let at = choices.below(input.len() + 1);
    match choices.below(9) {
        0 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << choices.below(8);
            }
        }
        1 => input.insert(at, choices.pick(TELLING).copied().unwrap_or_default()),
        2 => {
            if let (Some(byte), Some(telling)) = (input.get_mut(at), choices.pick(TELLING)) {
                *byte = *telling;
            }
        }
        3 => drop(input.drain(at..end(at, input.len(), choices))),
        4 => {
            let copy = input[at..end(at, input.len(), choices)].to_vec();
            put(input, choices.below(input.len() + 1), &copy);
        }
        5 | 6 => put(input, at, choices.pick(words).map(Vec::as_slice).unwrap_or_default()),
        7 => {
            let other = choices.pick(seeds).map(Vec::as_slice).unwrap_or_default();
            let from = choices.below(other.len() + 1);
            put(input, at, &other[from..end(from, other.len(), choices)]);
        }
        _ => {
            // A line to another place.
            let begin = input[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
            let stop = input[at..].iter().position(|byte| *byte == b'\n').map_or(input.len(), |place| at + place + 1);
            let line: Vec<u8> = input.drain(begin..stop).collect();
            put(input, choices.below(input.len() + 1), &line);
        }
    }
}

/// Where a stretch ends that begins at `at`.
fn end(at: usize, length: usize, choices: &mut Choices<'_>) -> usize {
    at + choices.below((length - at).min(MOST_BYTES) + 1)
}

fn put(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    drop(input.splice(at..at, bytes.iter().copied()));
}

/// The words of a dictionary in libFuzzer's form: one in quotes a line, bytes as `\xAB`.
#[must_use]
pub fn dictionary(text: &str) -> Vec<Vec<u8>> {
    text.lines().filter_map(|line| word(line.trim())).collect()
}

fn word(line: &str) -> Option<Vec<u8>> {
    let quoted = &line[line.find('"')? + 1..line.rfind('"')?];
    let (mut bytes, mut rest) = (Vec::new(), quoted.as_bytes());
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        if *byte == b'\\' {
            let (escaped, behind) = rest.split_first()?;
            rest = behind;
            if *escaped == b'x' {
                let (digits, behind) = rest.split_at_checked(2)?;
                bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
                rest = behind;
            } else {
                bytes.push(*escaped);
            }
        } else {
            bytes.push(*byte);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{changed, dictionary};
    use policyc_reference::choices::Choices;
    use std::collections::BTreeSet;

    #[test]
    fn words_are_read_as_libfuzzer_reads_them() {
        let words = dictionary("# words\nkey=\"a\\x0Ab\"\n\"\\\\\\\"\"\n\nbroken\n");
        assert_eq!(words, [b"a\nb".to_vec(), b"\\\"".to_vec()]);
    }

    #[test]
    fn changes_differ_and_stay_within_the_length() {
        let seeds = [b"a: 1\nb: 2\n".to_vec(), b"- x\n".to_vec()];
        let mut choices = Choices::random(1);
        let inputs: BTreeSet<Vec<u8>> =
            (0..1000).map(|_| changed(&seeds, &[b"---".to_vec()], 16, &mut choices)).collect();
        assert!(inputs.len() > 500, "{}", inputs.len());
        assert!(inputs.iter().all(|input| input.len() <= 16));
    }
}
