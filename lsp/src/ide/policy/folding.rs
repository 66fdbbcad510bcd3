//! What of a policy can be folded away: blocks, long texts, comments and imports of several lines.

use policyc_lang::syntax::{Token, TokenSort, tokens};
use policyc_text::{LineIndex, Span};

/// What a fold hides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoldSort {
    /// Anything.
    Block,
    /// Comments.
    Comment,
    /// Imports.
    Imports,
}

/// A range of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fold {
    /// First line, 0-based.
    pub(crate) start: u32,
    /// Last line, 0-based; more than the first.
    pub(crate) end: u32,
    /// What it hides.
    pub(crate) sort: FoldSort,
}

/// The folds of a text, by where they begin.
pub(crate) fn folds(text: &str) -> Vec<Fold> {
    let index = LineIndex::new(text);
    let line = |offset: u32| index.line(offset).saturating_sub(1);
    let mut folds = Vec::new();
    let mut push = |start: u32, end: u32, sort: FoldSort| {
        if end > start {
            folds.push(Fold { start, end, sort });
        }
    };
    let mut open: Vec<u32> = Vec::new();
    let mut run: Option<(FoldSort, u32, u32)> = None;
    for token in tokens(text) {
        let Span { start, end } = token.span;
        let (first, last) = (line(start), line(end));
        let sort = run_sort(text, &token, first, &index);
        run = match (run, sort) {
            (Some((known, from, to)), Some(sort)) if known == sort && first <= to + 1 => Some((sort, from, first)),
            // What stands on the line of an import belongs to it.
            (Some((FoldSort::Imports, from, to)), None) if first == to => Some((FoldSort::Imports, from, to)),
            (before, sort) => {
                if let Some((known, from, to)) = before {
                    push(from, to, known);
                }
                sort.map(|sort| (sort, first, first))
            }
        };
        match token.sort {
            TokenSort::Open => open.push(first),
            TokenSort::Close => {
                if let Some(from) = open.pop() {
                    push(from, first, FoldSort::Block);
                }
            }
            TokenSort::Raw => push(first, last, FoldSort::Block),
            _ => {}
        }
    }
    if let Some((sort, from, to)) = run {
        push(from, to, sort);
    }
    folds.sort_by_key(|fold| (fold.start, fold.end));
    folds
}

/// Whether a token goes with those like it on the lines above and below.
fn run_sort(text: &str, token: &Token, line: u32, index: &LineIndex) -> Option<FoldSort> {
    let begins_line = index.line_start(line + 1).is_some_and(|start| {
        text.get(start as usize..token.span.start as usize).is_some_and(|before| before.trim().is_empty())
    });
    match token.sort {
        TokenSort::Comment if begins_line => Some(FoldSort::Comment),
        TokenSort::Word if begins_line && token.span.text(text) == "import" => Some(FoldSort::Imports),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::folds;

    #[test]
    fn blocks_texts_comments_and_imports_fold() {
        let text = "module a\nimport b.c\nimport d\n\n# one\n# two\nrule r on Pod p {\n  title \"x\" # not\n  when p {\n  \
                    }\n}\ntest \"t\" {\n  given yaml \"\"\"\n    a: b\n    \"\"\"\n}\n";
        let found: Vec<String> =
            folds(text).iter().map(|fold| format!("{}-{} {:?}", fold.start, fold.end, fold.sort)).collect();
        let expected = ["1-2 Imports", "4-5 Comment", "6-10 Block", "8-9 Block", "11-15 Block", "12-14 Block"];
        assert_eq!(found, expected);
    }
}
