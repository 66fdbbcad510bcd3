//! What a misspelt name was likely meant to be.

/// Longest name that is compared.
const LONGEST: usize = 32;

/// The candidate with the fewest slips, at most one for each three characters; the first of equals.
pub(crate) fn nearest<'n>(name: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if name.len() > LONGEST {
        return None;
    }
    let most = name.chars().count().div_ceil(3).min(3);
    let slips = candidates.into_iter().map(|candidate| (distance(name, candidate), candidate));
    slips.filter(|(slips, _)| *slips <= most).min_by_key(|(slips, _)| *slips).map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours between two short names.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut this = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let replaced = last[column] + usize::from(a != b);
            let mut best = replaced.min(last[column + 1] + 1).min(this[column] + 1);
            let swapped = row > 0 && column > 0 && left[row - 1] == *b && right[column - 1] == *a;
            if swapped {
                best = best.min(before[column - 1] + 1);
            }
            this.push(best);
        }
        before = std::mem::replace(&mut last, this);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_few() {
        let names = ["FROM", "RUN", "COPY", "CMD", "ENTRYPOINT"];
        for (typed, meant) in
            [("FORM", Some("FROM")), ("RNU", Some("RUN")), ("COPPY", Some("COPY")), ("ENTYPOINT", Some("ENTRYPOINT"))]
        {
            assert_eq!(nearest(typed, names), meant, "{typed}");
        }
        assert_eq!(nearest("BUILD", names), None);
        assert_eq!(nearest("&&", names), None);
    }
}
