//! A logical line into keyword, flags and the rest, and the rest into words. Quotes stay on words, as BuildKit leaves
//! them, and come off flags.

use std::ops::Range;

use crate::mapped::{Builder, Mapped, Word};

/// The parts of a logical line.
#[derive(Debug)]
pub(crate) struct Split<'t> {
    pub(crate) name: Word<'t>,
    pub(crate) flags: Vec<Word<'t>>,
    /// Where the arguments stand in the line; without white space around them.
    pub(crate) rest: Range<usize>,
}

/// The blanks that part arguments.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\x0B' | '\x0C' | '\r' | ' ')
}

/// The blanks that end flags: BuildKit looks at bytes there.
pub(crate) fn is_ascii_space(c: char) -> bool {
    is_blank(c) || c == '\n'
}

/// Splits a logical line.
pub(crate) fn split<'t>(line: &Mapped<'t>, range: Range<usize>, escape: char) -> Split<'t> {
    let range = trim(line.text(), range);
    let text = line.text().get(range.clone()).unwrap_or_default();
    let length = text.find(is_blank).unwrap_or(text.len());
    let after = text.get(length..).unwrap_or_default();
    let start = range.end - after.trim_start_matches(is_blank).len();
    let (flags, rest) = flags(line, start..range.end, escape);
    Split { name: line.word(range.start..range.start + length), flags, rest: trim(line.text(), rest) }
}

/// A range without the white space at its ends.
pub(crate) fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.end - part.trim_start().len();
    let length = part.trim().len();
    start..start + length
}

/// The words that begin with `--` before the first that does not, and what follows them. A lone `--` ends them.
fn flags<'t>(line: &Mapped<'t>, range: Range<usize>, escape: char) -> (Vec<Word<'t>>, Range<usize>) {
    let mut flags = Vec::new();
    let mut at = range.start;
    loop {
        let rest = line.text().get(at..range.end).unwrap_or_default();
        let rest = rest.trim_start_matches(is_ascii_space);
        at = range.end - rest.len();
        if !rest.starts_with("--") {
            return (flags, at..range.end);
        }
        let (word, end) = flag(line, at..range.end, escape);
        at = end;
        match &*word.text {
            "--" => return (flags, at..range.end),
            _ => flags.push(word),
        }
    }
}

/// One flag without its quotes and escapes, and where it ends.
fn flag<'t>(line: &Mapped<'t>, range: Range<usize>, escape: char) -> (Word<'t>, usize) {
    let text = line.text().get(range.clone()).unwrap_or_default();
    let mut builder = Builder::new(line.source());
    let mut quote = None;
    let mut end = range.end;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let mut from = range.start + at;
        let mut c = c;
        match quote {
            None if is_ascii_space(c) => {
                end = from;
                break;
            }
            None if matches!(c, '\'' | '"') => {
                quote = Some(c);
                continue;
            }
            Some(open) if c == open => {
                quote = None;
                continue;
            }
            _ => {}
        }
        if c == escape {
            let Some((at, escaped)) = chars.next() else {
                // An escape character at the very end is passed over.
                break;
            };
            from = range.start + at;
            c = escaped;
        }
        builder.push_mapped(line, from..from + c.len_utf8());
    }
    (builder.finish_word(line.span(range.start..end)), end)
}

/// The words of a text, quotes and escapes kept: blanks within quotes and escaped blanks part no words.
pub(crate) fn words<'t>(line: &Mapped<'t>, range: Range<usize>, escape: char) -> Vec<Word<'t>> {
    let text = line.text().get(range.clone()).unwrap_or_default();
    let mut found = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut end = range.end;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let at = range.start + at;
        if quote.is_none() && c.is_whitespace() {
            found.extend(start.take().map(|start| line.word(start..at)));
            continue;
        }
        start.get_or_insert(at);
        if c == escape && quote != Some('\'') {
            if chars.next().is_none() {
                // An escape character at the very end is passed over.
                end = at;
            }
            continue;
        }
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '\'' | '"') => quote = Some(c),
            _ => {}
        }
    }
    found.extend(start.filter(|start| *start < end).map(|start| line.word(start..end)));
    found
}

/// The words of a text parted by blanks alone.
pub(crate) fn blank_parted<'t>(line: &Mapped<'t>, range: Range<usize>) -> Vec<Word<'t>> {
    let text = line.text().get(range.clone()).unwrap_or_default();
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(length) = text.get(start..).and_then(|rest| rest.find(is_blank)) {
        found.push(line.word(range.start + start..range.start + start + length));
        let rest = text.get(start + length..).unwrap_or_default();
        start = text.len() - rest.trim_start_matches(is_blank).len();
    }
    found.push(line.word(range.start + start..range.end));
    found
}

#[cfg(test)]
mod tests {
    use super::{split, words};
    use crate::mapped::{Mapped, Word};

    fn shown(words: &[Word<'_>], source: &str) -> String {
        let shown: Vec<String> = words.iter().map(|word| format!("{}@{}", word.text, word.span.text(source))).collect();
        shown.join(" | ")
    }

    #[test]
    fn flags_lose_quotes_and_escapes() {
        for (text, expected, rest) in [
            ("COPY --from=a --link x y", "--from=a@--from=a | --link@--link", "x y"),
            (r#"COPY --from="a b" x"#, r#"--from=a b@--from="a b""#, "x"),
            (r"COPY --a=b\ c x", r"--a=b c@--a=b\ c", "x"),
            ("COPY --a -- --b x", "--a@--a", "--b x"),
            ("COPY -- x", "", "x"),
            (r"RUN --a=b\", r"--a=b@--a=b\", ""),
            ("RUN --x='a", "--x=a@--x='a", ""),
            ("RUN -x", "", "-x"),
        ] {
            let line = Mapped::slice_of(text, 0..text.len());
            let split = split(&line, 0..text.len(), '\\');
            assert_eq!(shown(&split.flags, text), expected, "{text}");
            assert_eq!(&text[split.rest], rest, "{text}");
        }
    }

    #[test]
    fn words_keep_quotes() {
        for (text, expected) in [
            ("a  b", "a@a | b@b"),
            (r#"a="b c" 'd e'f"#, r#"a="b c"@a="b c" | 'd e'f@'d e'f"#),
            (r"a\ b c\", r"a\ b@a\ b | c@c"),
            (r"\", ""),
            (r#""a\"b" '\' c"#, r#""a\"b"@"a\"b" | '\'@'\' | c@c"#),
            ("\"\"", "\"\"@\"\""),
        ] {
            let line = Mapped::slice_of(text, 0..text.len());
            assert_eq!(shown(&words(&line, 0..text.len(), '\\'), text), expected, "{text}");
        }
    }
}
