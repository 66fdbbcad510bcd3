//! Here-documents: which words of a line announce one, and where its lines end.

use std::collections::HashMap;

use policyc_text::Span;

use crate::directive::regex_space;
use crate::instruction::Heredoc;
use crate::lex::Lexer;
use crate::lines::Lines;
use crate::mapped::Mapped;

/// A here-document's announcement.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Announced {
    pub(crate) name: String,
    pub(crate) descriptor: u64,
    pub(crate) expand: bool,
    pub(crate) strip_tabs: bool,
}

/// Here-documents are found with this escape character, whatever the file's is.
const ESCAPE: char = '\\';

/// The announcement that a word is: `<<EOF`, `3<<-'EOF'`.
pub(crate) fn announced(word: &str) -> Option<Announced> {
    let digits = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    let after = word.get(digits..)?.strip_prefix("<<")?;
    let strip_tabs = after.starts_with('-');
    let name = after.strip_prefix('-').unwrap_or(after).trim_start_matches(regex_space);
    if name.is_empty() || name.contains('<') {
        return None;
    }
    let plain = Lexer { skip_unset: true, ..Lexer::new(ESCAPE) };
    let raw = Lexer { raw_quotes: true, ..plain };
    // A name is one word, and it is quoted where reading it with quotes gives more of them.
    let mut words = plain.words(name, "").ok()?;
    let quoted = raw.words(name, "").ok()?;
    let (name, quoted) = match (words.pop(), quoted.as_slice()) {
        (Some(word), [quoted]) if words.is_empty() => (word.text, &quoted.text),
        _ => return None,
    };
    let expand = quotes(&name) == quotes(quoted);
    let descriptor = word.get(..digits).filter(|digits| !digits.is_empty()).map_or(0, saturating);
    Some(Announced { name, descriptor, expand, strip_tabs })
}

fn quotes(text: &str) -> usize {
    text.matches(['\'', '"']).count()
}

fn saturating(digits: &str) -> u64 {
    digits.parse().unwrap_or(u64::MAX)
}

/// The announcements in a logical line. Their bodies are not read yet.
pub(crate) fn in_line<'t>(line: &Mapped<'t>) -> Vec<Heredoc<'t>> {
    if !line.text().contains("<<") {
        return Vec::new();
    }
    let lexer = Lexer { raw_quotes: true, raw_escapes: true, skip_unset: true, ..Lexer::new(ESCAPE) };
    let words = lexer.words(line.text(), "<<").unwrap_or_default();
    let documents = words.into_iter().filter_map(|piece| {
        let Announced { name, descriptor, expand, strip_tabs } = announced(&piece.text)?;
        let word = line.word(piece.range);
        let nowhere = Span::default();
        Some(Heredoc { name, word, descriptor, expand, strip_tabs, body: nowhere, end: nowhere })
    });
    documents.collect()
}

/// Reads the bodies of here-documents, and remembers what it needs so that many open ones cost no more than one.
#[derive(Debug, Default)]
pub(crate) struct Bodies<'t> {
    /// For each text that a line has, with and without tabs at its start, the last line that has it. Made when the first
    /// here-document turns out to be open.
    last: Option<HashMap<(bool, &'t str), usize>>,
}

impl<'t> Bodies<'t> {
    /// Reads up to the line that ends the document. Whether there is one; if not, nothing is read.
    pub(crate) fn read(&mut self, source: &'t str, lines: &mut Lines<'t>, heredoc: &mut Heredoc<'t>) -> bool {
        if let Some(last) = &self.last {
            let last = last.get(&(heredoc.strip_tabs, heredoc.name.as_str()));
            if last.is_none_or(|last| *last < lines.at()) {
                return false;
            }
        }
        let start = lines.at();
        for line in lines.by_ref() {
            let text = line.text(source);
            let text = if heredoc.strip_tabs { text.trim_start_matches('\t') } else { text };
            if text == heredoc.name {
                heredoc.body = Span::new(start, line.start);
                heredoc.end = Span::new(line.start, line.end);
                return true;
            }
        }
        lines.seek(start);
        self.last.get_or_insert_with(|| last_lines(source));
        false
    }
}

fn last_lines(source: &str) -> HashMap<(bool, &str), usize> {
    let mut last = HashMap::new();
    for line in Lines::new(source) {
        let text = line.text(source);
        last.insert((false, text), line.start);
        last.insert((true, text.trim_start_matches('\t')), line.start);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::{Announced, announced};

    #[test]
    fn announcements() {
        let made = |name: &str, descriptor, expand, strip_tabs| {
            Some(Announced { name: name.to_owned(), descriptor, expand, strip_tabs })
        };
        assert_eq!(announced("<<EOF"), made("EOF", 0, true, false));
        assert_eq!(announced("<<-EOF"), made("EOF", 0, true, true));
        assert_eq!(announced("3<<- 'E F'"), made("E F", 3, false, true));
        assert_eq!(announced("<<\"EOF\""), made("EOF", 0, false, false));
        assert_eq!(announced("<<E\"O\"F"), made("EOF", 0, false, false));
        assert_eq!(announced("<<\\EOF"), made("EOF", 0, true, false));
        assert_eq!(announced("<<$X"), made("$X", 0, true, false));
        assert_eq!(announced("99999999999999999999<<E"), made("E", u64::MAX, true, false));
        for none in ["<<", "<<-", "<< ", "<<<EOF", "a<<EOF", "<EOF", "<<A B", "<<'A", "<<''"] {
            assert_eq!(announced(none), None, "{none}");
        }
    }
}
