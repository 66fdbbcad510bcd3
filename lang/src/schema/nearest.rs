//! The nearest known name to one that is unknown.

use std::cmp::min;

/// Names longer than this are not compared; it bounds the work for one candidate to its square.
const LONGEST: usize = 64;

/// The candidate that `name` was most likely meant to be, if any is near enough.
///
/// Near is a Damerau-Levenshtein distance (optimal string alignment, on lower-case characters) of at most a third of
/// the length and at least 1. Of equally near candidates the alphabetically first one is taken, so the order of the
/// candidates does not matter.
#[must_use]
pub fn did_you_mean<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted = folded(name)?;
    let limit = (wanted.len() / 3).max(1);
    let near = candidates.into_iter().filter(|candidate| *candidate != name).filter_map(|candidate| {
        let known = folded(candidate)?;
        if known.len().abs_diff(wanted.len()) > limit {
            return None;
        }
        let distance = distance(&wanted, &known);
        // One letter for another is no likeness between names of one letter.
        (distance <= limit && distance < wanted.len().max(known.len())).then_some((distance, candidate))
    });
    near.min().map(|(_, candidate)| candidate)
}

fn folded(name: &str) -> Option<Vec<char>> {
    if name.len() > LONGEST * char::MAX.len_utf8() {
        return None;
    }
    let folded: Vec<char> = name.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect();
    (!folded.is_empty() && folded.len() <= LONGEST).then_some(folded)
}

/// Insertions, deletions, replacements and swaps of neighbours that make `left` from `right`.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, wanted) in left.iter().enumerate() {
        let mut current = Vec::with_capacity(above.len());
        current.push(row + 1);
        for (column, known) in right.iter().enumerate() {
            let at = |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&above, column) + usize::from(wanted != known);
            let mut best = min(replaced, min(at(&above, column + 1), at(&current, column)) + 1);
            if row > 0 && column > 0 && left.get(row - 1) == Some(known) && right.get(column - 1) == Some(wanted) {
                best = min(best, at(&before, column - 1) + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut above, current);
    }
    above.last().copied().unwrap_or(left.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let fields = ["privileged", "procMount", "readOnlyRootFilesystem", "runAsUser", "runAsGroup", "image", "ports"];
        for (name, expected) in [
            ("priviledged", "privileged"),
            ("privilged", "privileged"),
            ("Privileged", "privileged"),
            ("runasuser", "runAsUser"),
            ("readOnlyRootFileSystem", "readOnlyRootFilesystem"),
            ("imaeg", "image"),
            ("port", "ports"),
            ("xyz", "-"),
            ("", "-"),
            ("x", "-"),
        ] {
            assert_eq!(did_you_mean(name, fields).unwrap_or("-"), expected, "{name}");
        }
    }

    #[test]
    fn ties_go_by_the_alphabet() {
        assert_eq!(did_you_mean("cat", ["rat", "bat", "hat"]), Some("bat"));
        assert_eq!(did_you_mean("cat", ["hat", "rat", "bat"]), Some("bat"));
    }

    #[test]
    fn long_names_are_left_alone() {
        let long = "a".repeat(1_000_000);
        assert_eq!(did_you_mean(&long, ["a"]), None);
        assert_eq!(did_you_mean("image", [long.as_str()]), None);
    }

    #[test]
    fn counts_edits() {
        for (left, right, expected) in
            [("", "", 0), ("", "ab", 2), ("ab", "ba", 1), ("kitten", "sitting", 3), ("ca", "abc", 3)]
        {
            let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
            assert_eq!(distance(&left, &right), expected, "{left:?} {right:?}");
        }
    }
}
