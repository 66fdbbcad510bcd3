//! The words of the language, in one place: for the grammar (which a test holds against these lists), for "did you
//! mean", and for whoever completes or colours policies.

/// Words that begin an item, `module` and `import` included.
pub const ITEM_KEYWORDS: &[&str] =
    &["module", "import", "param", "type", "def", "table", "view", "kind", "rule", "exempt", "use", "profile", "test"];

/// Words that begin a statement.
pub const STATEMENT_KEYWORDS: &[&str] = &["let", "for", "when", "require", "forbid"];

/// Words that begin a clause of a check, after its `else`.
pub const CLAUSE_KEYWORDS: &[&str] = &["at", "see", "help", "severity", "fix"];

/// Keys of the head of a rule or a profile.
pub const METADATA_KEYS: &[&str] =
    &["title", "severity", "phase", "theme", "controls", "tags", "since", "help", "doc", "unknown"];

/// Metadata keys whose value is a text.
pub const TEXT_METADATA_KEYS: &[&str] = &["title", "help", "doc"];

/// Words that begin a line of a test.
pub const TEST_KEYWORDS: &[&str] = &["param", "kubernetes", "world", "as_of", "namespace", "given", "expect"];

/// What `expect RULE` may be followed by.
pub const OUTCOMES: &[&str] = &["passes", "fails", "indeterminate", "skips"];

/// Words that begin a clause of an exemption.
pub const EXEMPT_KEYWORDS: &[&str] = &["where", "because", "ticket", "by", "until"];

/// How sure a fix is.
pub const APPLICABILITIES: &[&str] = &["safe", "unsafe", "hint"];

/// Words that begin an edit of a fix.
pub const EDIT_KEYWORDS: &[&str] = &["set", "remove", "append", "replace", "insert", "create"];

/// Operators that are words and stand between two values. `starts` and `ends` go on with `with`.
pub const OPERATOR_WORDS: &[&str] = &[
    "and",
    "or",
    "not",
    "in",
    "is",
    "contains",
    "matches",
    "like",
    "within",
    "overlaps",
    "satisfies",
    "starts",
    "ends",
];

/// What may follow `is` beside a type.
pub const NOTHING_WORDS: &[&str] = &["empty", "null", "absent"];

/// Words that no variable, parameter or other name of a policy may have. As a field after a dot and as the key of a
/// record any word will do.
pub const RESERVED: &[&str] = &[
    "and",
    "or",
    "not",
    "any",
    "all",
    "none",
    "in",
    "is",
    "if",
    "then",
    "else",
    "exists",
    "true",
    "false",
    "contains",
    "matches",
    "like",
    "within",
    "overlaps",
    "satisfies",
    "empty",
    "null",
    "absent",
    "where",
    "for",
    "when",
    "let",
    "require",
    "forbid",
];

/// Whether a word may not be a name.
#[must_use]
pub fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// Whether a word is a rule's or profile's id: lowercase letters, digits and single dashes, a letter first.
#[must_use]
pub fn is_kebab(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// A word made into an id: `No_Root` becomes `no-root`, `noRoot` too.
pub(super) fn to_kebab(word: &str) -> String {
    let mut out = String::with_capacity(word.len() + 4);
    let mut after_lower = false;
    for char in word.chars() {
        if char == '_' || char == '-' {
            if !out.is_empty() && !out.ends_with('-') {
                out.push('-');
            }
        } else {
            if char.is_ascii_uppercase() && after_lower {
                out.push('-');
            }
            out.push(char.to_ascii_lowercase());
        }
        after_lower = char.is_ascii_lowercase() || char.is_ascii_digit();
    }
    out.trim_end_matches('-').to_owned()
}

/// Words as a message lists them: `a`, `b` and `c`.
pub(super) fn list_of(words: &[&str]) -> String {
    let mut out = String::new();
    for (number, word) in words.iter().enumerate() {
        if number > 0 {
            out.push_str(if number + 1 == words.len() { " and " } else { ", " });
        }
        out.push('`');
        out.push_str(word);
        out.push('`');
    }
    out
}

/// The candidate that a misspelt word is meant to be: at most one change per three letters, two at most, a swap of
/// neighbours counting as one. Earlier candidates win ties.
pub(super) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if word.len() < 3 || word.len() > 24 {
        return None;
    }
    let limit = if word.len() < 6 { 1 } else { 2 };
    let lower = word.to_ascii_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let distance = changes(lower.as_bytes(), candidate.as_bytes());
        if candidate != word && distance <= limit && best.is_none_or(|(known, _)| distance < known) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours between two short words.
fn changes(left: &[u8], right: &[u8]) -> usize {
    let width = right.len() + 1;
    let mut table: Vec<usize> = vec![0; (left.len() + 1) * width];
    for (column, cell) in table.iter_mut().take(width).enumerate() {
        *cell = column;
    }
    for row in 1..=left.len() {
        table[row * width] = row;
        for column in 1..width {
            let (old, new) = (left[row - 1], right[column - 1]);
            let replaced = table[(row - 1) * width + column - 1] + usize::from(old != new);
            let gone = table[(row - 1) * width + column] + 1;
            let come = table[row * width + column - 1] + 1;
            let mut least = replaced.min(gone).min(come);
            if row > 1 && column > 1 && old == right[column - 2] && left[row - 2] == new {
                least = least.min(table[(row - 2) * width + column - 2] + 1);
            }
            table[row * width + column] = least;
        }
    }
    table[left.len() * width + width - 1]
}

#[cfg(test)]
mod tests {
    use pest::Parser;

    use super::{METADATA_KEYS, STATEMENT_KEYWORDS, is_kebab, nearest, to_kebab};
    use crate::syntax::grammar::{PolicyGrammar, Rule};

    #[test]
    fn near_words_are_found_and_far_ones_not() {
        assert_eq!(nearest("requre", STATEMENT_KEYWORDS.iter().copied()), Some("require"));
        assert_eq!(nearest("forbidd", STATEMENT_KEYWORDS.iter().copied()), Some("forbid"));
        assert_eq!(nearest("fro", STATEMENT_KEYWORDS.iter().copied()), Some("for"));
        assert_eq!(nearest("titel", METADATA_KEYS.iter().copied()), Some("title"));
        assert_eq!(nearest("Severity", METADATA_KEYS.iter().copied()), Some("severity"));
        assert_eq!(nearest("colour", METADATA_KEYS.iter().copied()), None);
        assert_eq!(nearest("at", METADATA_KEYS.iter().copied()), None);
    }

    #[test]
    fn the_grammar_reserves_the_same_words() {
        let all = [
            super::RESERVED,
            super::ITEM_KEYWORDS,
            super::CLAUSE_KEYWORDS,
            METADATA_KEYS,
            super::TEST_KEYWORDS,
            super::OUTCOMES,
            super::EXEMPT_KEYWORDS,
            super::APPLICABILITIES,
            super::EDIT_KEYWORDS,
            super::OPERATOR_WORDS,
            &["group", "by", "with", "each", "one", "orb", "android", "f", "whenever"],
        ];
        for word in all.concat() {
            let named = PolicyGrammar::parse(Rule::name, word).is_ok_and(|found| found.as_str() == word);
            assert_eq!(named, !super::is_reserved(word), "{word}");
        }
        let grammar = include_str!("grammar.pest");
        for keys in [METADATA_KEYS, STATEMENT_KEYWORDS, super::ITEM_KEYWORDS, super::EDIT_KEYWORDS, super::OUTCOMES] {
            for key in keys {
                assert!(grammar.contains(&format!("\"{key}\"")), "the grammar does not know `{key}`");
            }
        }
    }

    #[test]
    fn ids_are_kebab_case() {
        for good in ["a", "no-root", "k8s-1"] {
            assert!(is_kebab(good), "{good}");
        }
        for bad in ["", "No-root", "no_root", "no--root", "no-", "-no", "1a"] {
            assert!(!is_kebab(bad), "{bad}");
        }
        assert_eq!(to_kebab("NoRoot_User"), "no-root-user");
        assert_eq!(to_kebab("no--root-"), "no-root");
    }
}
