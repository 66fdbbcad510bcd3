//! Comments that allow findings: `# policyc: allow RULE[, RULE] -- REASON [until DATE]`.
//!
//! On a line of its own such a comment covers what comes next (an entry of a mapping, an item of a list, an instruction
//! of a Dockerfile, a line of an instruction that goes on), behind something what begins on its line, and as
//! `allow-file` at the head of a file all of it. A reason is required, and what is covered is counted: a comment keeps a
//! finding out of sight, never out of the report.

use crate::report::Place;
use crate::report::limit::{NAME, capped};
use crate::yaml::{Kind, NodeId, Tree};
use policyc_lang::schema::did_you_mean;
use policyc_lang::values::Date;
use policyc_text::{Diagnostic, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a comment for this program begins with, behind its `#`.
const MARK: &str = "policyc:";
/// Stable name of comments that are no such thing.
const MALFORMED: &str = "suppress/malformed";
/// Stable name of comments whose last day is past.
const EXPIRED: &str = "suppress/expired";
/// Stable name of comments about rules that the configuration lets nobody allow.
const NOT_ALLOWED: &str = "suppress/not-allowed";
/// Stable name of comments about rules that are not there.
const UNKNOWN: &str = "suppress/unknown-rule";
/// Stable name of comments that cover nothing.
pub(super) const UNUSED: &str = "suppress/unused";
/// Comments of one file that are looked at.
const MOST: usize = 500;

/// A comment that allows findings.
#[derive(Clone, Debug)]
pub(super) struct Suppression {
    /// The comment.
    pub(super) comment: Span,
    /// The ids of the rules.
    pub(super) rules: Vec<String>,
    /// Why.
    pub(super) because: Arc<str>,
    /// The last day, where it has one.
    pub(super) until: Option<Arc<str>>,
    /// What it covers: findings that begin there.
    covers: Span,
    /// Where the comment stands, for reports; set by whoever knows lines.
    pub(super) place: Option<Place>,
}

/// The comments of one file that allow findings.
#[derive(Clone, Debug, Default)]
pub(super) struct Suppressions {
    pub(super) all: Vec<Suppression>,
    by_rule: BTreeMap<String, Vec<usize>>,
}

/// What comments are judged by.
pub(super) struct Terms<'t> {
    /// The day to take for today.
    pub(super) as_of: Date,
    /// Whether a rule is known.
    pub(super) known: &'t dyn Fn(&str) -> bool,
    /// Ids of all rules, for suggestions.
    pub(super) ids: &'t dyn Fn() -> Vec<String>,
    /// Whether findings of a rule may be allowed by comments.
    pub(super) may: &'t dyn Fn(&str) -> bool,
}

impl Suppressions {
    /// Whether no comment allows anything.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The comment that allows a rule's finding at a byte offset.
    pub(super) fn find(&self, rule: &str, offset: u32) -> Option<usize> {
        let covers = |span: Span| span.start <= offset && offset < span.end;
        let candidates = self.by_rule.get(rule)?;
        candidates.iter().copied().find(|at| self.all.get(*at).is_some_and(|one| covers(one.covers)))
    }

    /// The comments of a tree, and what is wrong with them.
    pub(super) fn read(tree: &Tree, terms: &Terms<'_>) -> (Self, Vec<Diagnostic>) {
        let (mut found, mut diagnostics) = (Self::default(), Vec::new());
        let text = tree.source();
        let mut addressed = tree.comments.iter().filter_map(|comment| {
            let words = comment.text(text).trim_start_matches('#').trim_start();
            Some((*comment, words.strip_prefix(MARK)?))
        });
        let mut layout: Option<Layout> = None;
        for (comment, words) in addressed.by_ref().take(MOST) {
            let parsed = match parse(words) {
                Ok(parsed) => parsed,
                Err((message, hint)) => {
                    diagnostics.push(Diagnostic::error(MALFORMED, tree.file, comment, message).with_hint(hint));
                    continue;
                }
            };
            let layout = layout.get_or_insert_with(|| Layout::of(tree));
            let covers = match parsed.file {
                true if comment.start <= layout.head => Some(Span::new(0, text.len().saturating_add(1))),
                true => {
                    let message = "`allow-file` stands at the head of a file, before everything else";
                    let hint = "move it there, or write `allow` for what comes next";
                    diagnostics.push(Diagnostic::error(MALFORMED, tree.file, comment, message).with_hint(hint));
                    continue;
                }
                false => layout.covered(text, comment),
            };
            let mut rules = Vec::new();
            for rule in parsed.rules {
                if !(terms.known)(rule) {
                    let message = format!("there is no rule `{}`", capped(rule, NAME));
                    let mut diagnostic = Diagnostic::warning(UNKNOWN, tree.file, comment, message);
                    let ids = (terms.ids)();
                    let near = did_you_mean(rule, ids.iter().map(String::as_str));
                    diagnostic.hint = near.map(|near| format!("did you mean `{near}`?"));
                    diagnostics.push(diagnostic);
                } else if !(terms.may)(rule) {
                    let message = format!("findings of `{rule}` may not be allowed by comments");
                    let hint = "the configuration says so with `suppress: false`";
                    diagnostics.push(Diagnostic::error(NOT_ALLOWED, tree.file, comment, message).with_hint(hint));
                } else {
                    rules.push(rule.to_owned());
                }
            }
            if let Some(until) = parsed.until.filter(|until| until.day() < terms.as_of.day()) {
                let message = format!("this comment allowed findings until {until}, which is past");
                let hint = "mend what it covers and take it out, or give it a later day";
                diagnostics.push(Diagnostic::error(EXPIRED, tree.file, comment, message).with_hint(hint));
            } else if !rules.is_empty() {
                found.add(Suppression {
                    comment,
                    rules,
                    because: capped(parsed.because, NAME).into(),
                    until: parsed.until.map(|until| until.to_string().into()),
                    covers: covers.unwrap_or_default(),
                    place: None,
                });
            }
        }
        if let Some((comment, _)) = addressed.next() {
            let message = format!(
                "a file has at most {MOST} comments that allow findings, and those from here on count for nothing"
            );
            diagnostics.push(Diagnostic::error(MALFORMED, tree.file, comment, message));
        }
        (found, diagnostics)
    }

    fn add(&mut self, one: Suppression) {
        for rule in &one.rules {
            self.by_rule.entry(rule.clone()).or_default().push(self.all.len());
        }
        self.all.push(one);
    }
}

/// The parts of a comment.
struct Parsed<'w> {
    file: bool,
    rules: Vec<&'w str>,
    because: &'w str,
    until: Option<Date>,
}

/// What is wrong, and what to write.
type Wrong = (String, String);

fn parse(words: &str) -> Result<Parsed<'_>, Wrong> {
    let form =
        || "write `# policyc: allow RULE -- REASON`, with `until 2027-06-30` behind the reason if it ends".to_owned();
    let words = words.trim();
    let (verb, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let file = match verb {
        "allow" => false,
        "allow-file" => true,
        _ => return Err((format!("`{}` is nothing that a comment can ask for", capped(verb, NAME)), form())),
    };
    let bare = rest.trim_start().strip_prefix("--").map(|reason| ("", reason));
    let (ids, reason) = match bare.or_else(|| rest.split_once(" --")) {
        Some((ids, reason)) => (ids, reason.trim()),
        None => (rest, ""),
    };
    let rules: Vec<&str> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if rules.is_empty() {
        return Err(("this comment names no rule".to_owned(), form()));
    }
    if let Some(odd) = rules.iter().find(|id| id.contains(char::is_whitespace)) {
        return Err((format!("`{}` is no id of a rule", capped(odd, NAME)), form()));
    }
    let (because, until) = end(reason)?;
    if !because.chars().any(char::is_alphanumeric) {
        return Err(("this comment gives no reason, and allows nothing".to_owned(), form()));
    }
    Ok(Parsed { file, rules, because, until })
}

/// A reason, and the day behind it.
fn end(reason: &str) -> Result<(&str, Option<Date>), Wrong> {
    let before = |at: usize| reason.get(..at).unwrap_or_default().trim_end();
    let word = "until ";
    let Some(at) = reason.rfind(word).filter(|at| *at == 0 || reason[..*at].ends_with(' ')) else {
        return Ok((reason, None));
    };
    let day = reason.get(at + word.len()..).unwrap_or_default().trim();
    if !day.starts_with(|first: char| first.is_ascii_digit()) {
        return Ok((reason, None));
    }
    match Date::parse(day) {
        Ok(date) => Ok((before(at), Some(date))),
        Err(error) => Err((error.message, "write the last day as `until 2027-06-30`".to_owned())),
    }
}

/// Where things begin and end in a file.
struct Layout {
    /// Where the first thing begins.
    head: u32,
    /// Entries, items or instructions, by their starts, the outermost first.
    parts: Vec<Span>,
    /// Whether lines of a part are parts of their own.
    lines: bool,
}

impl Layout {
    fn of(tree: &Tree) -> Self {
        let mut parts = if tree.is_yaml() {
            parts_of(tree)
        } else {
            let read = policyc_dockerfile::read(tree.file, tree.source());
            read.instructions.iter().map(|instruction| instruction.span).collect()
        };
        parts.sort_by_key(|part| (part.start, std::cmp::Reverse(part.end)));
        let head = parts.first().map_or(u32::MAX, |first| first.start);
        Self { head, parts, lines: !tree.is_yaml() }
    }

    /// What a comment covers, if anything.
    fn covered(&self, text: &str, comment: Span) -> Option<Span> {
        let line = text.get(..comment.start as usize)?.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let alone = text.get(line..comment.start as usize)?.trim_matches([' ', '\t', '\u{feff}']).is_empty();
        if !alone {
            let from = self.parts.partition_point(|part| (part.start as usize) < line);
            let on_line = self.parts.get(from..)?.iter().take_while(|part| part.start < comment.start);
            return on_line.copied().reduce(Span::to);
        }
        let from = self.parts.partition_point(|part| part.start < comment.end);
        let around = self.parts.get(..from)?.last().filter(|part| self.lines && comment.end <= part.end);
        match around {
            Some(part) => next_line(text, comment, *part),
            None => self.parts.get(from).copied(),
        }
    }
}

/// The next line of an instruction that is no comment.
fn next_line(text: &str, comment: Span, part: Span) -> Option<Span> {
    let mut at = comment.end as usize;
    for line in text.get(at..part.end as usize)?.split_inclusive('\n') {
        let content = line.trim();
        if !content.is_empty() && !content.starts_with('#') {
            return Some(Span::new(at, at + line.len()));
        }
        at += line.len();
    }
    None
}

/// Entries of mappings from their keys on, and items of lists; what stands behind an alias is not gone into.
fn parts_of(tree: &Tree) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut open: Vec<NodeId> = tree.documents.iter().filter_map(|document| document.root).collect();
    while let Some(node) = open.pop() {
        match tree.kind(node) {
            Kind::Mapping => {
                for entry in tree.raw_entries(node) {
                    let value = tree.span(entry.value);
                    let key = tree.key_span(entry.value).unwrap_or(value);
                    parts.push(Span { start: key.start, end: value.end.max(key.end) });
                    open.push(entry.value);
                }
            }
            Kind::Sequence => {
                for item in tree.items(node) {
                    parts.push(tree.span(item));
                    open.push(item);
                }
            }
            Kind::Null | Kind::Scalar | Kind::Alias => {}
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Suppressions, Terms};
    use crate::yaml::{KeyTable, Limits, read};
    use policyc_lang::values::Date;
    use policyc_text::FileId;

    fn suppressions(text: &str) -> (Suppressions, Vec<String>) {
        let tree = read(FileId(0), text.into(), &KeyTable::new([]), &Limits::default());
        let terms = Terms {
            as_of: Date::parse("2026-12-31").unwrap(),
            known: &|id| id.starts_with('r') || id == "locked",
            ids: &|| vec!["rule".to_owned()],
            may: &|id| id != "locked",
        };
        let (found, diagnostics) = Suppressions::read(&tree, &terms);
        let told = diagnostics.into_iter().map(|problem| format!("{}: {}", problem.code, problem.message)).collect();
        (found, told)
    }

    /// Which of the words `v1`, `v2`, … of a text are covered for rule `r`.
    fn check(text: &str, covered: &[&str]) {
        let (found, told) = suppressions(text);
        assert!(told.is_empty(), "{told:?}");
        let words = (1..9).map(|number| format!("v{number}")).filter_map(|word| Some((text.find(&word)?, word)));
        let words = words.filter(|(at, _)| found.find("r", u32::try_from(*at).unwrap()).is_some());
        assert_eq!(words.map(|(_, word)| word).collect::<Vec<_>>(), covered, "{text}");
    }

    #[test]
    fn a_comment_covers_what_comes_next_or_what_it_stands_behind() {
        let note = "# policyc: allow r -- because";
        check(&format!("a: v1\n{note}\nb: v2\nc: v3\n"), &["v2"]);
        check(&format!("a: v1 {note}\nb: v2\n"), &["v1"]);
        check(&format!("a:\n  {note}\n  b:\n    c: v1\n  d: v2\n"), &["v1"]);
        check(&format!("a: {note}\n  b: v1\n  c: v2\nd: v3\n"), &["v1", "v2"]);
        check(&format!("l:\n{note}\n- a: v1\n  b: v2\n- c: v3\n"), &["v1", "v2"]);
        check(&format!("l:\n- a: v1 {note}\n  b: v2\n- c: v3\n"), &["v1", "v2"]);
        check(&format!("l:\n- a: v1\n  {note}\n  b: v2\n"), &["v2"]);
        check(&format!("{{a: v1, b: v2}} {note}\n"), &["v1", "v2"]);
        check(&format!("a: v1\n---\n{note}\nb: v2\nc: v3\n"), &["v2"]);
        check("# policyc: allow-file r -- because\na: v1\n---\nb: v2\n", &["v1", "v2"]);
        check(
            "# policyc: allow other, r -- because until 2027-01-01\na: v1\n".replace("other", "r2").as_str(),
            &["v1"],
        );
        check(&format!("a: |\n  {note}\n  v1\n"), &[]);
    }

    #[test]
    fn what_makes_no_sense_allows_nothing() {
        for (comment, expected) in [
            ("policyc: allow r", "suppress/malformed: this comment gives no reason, and allows nothing"),
            ("policyc: allow r --", "suppress/malformed: this comment gives no reason, and allows nothing"),
            ("policyc: allow r -- -", "suppress/malformed: this comment gives no reason, and allows nothing"),
            (
                "policyc: allow r -- until 2027-01-01",
                "suppress/malformed: this comment gives no reason, and allows nothing",
            ),
            ("policyc: allow -- x", "suppress/malformed: this comment names no rule"),
            ("policyc: allow r x -- y", "suppress/malformed: `r x` is no id of a rule"),
            ("policyc: ignore r -- x", "suppress/malformed: `ignore` is nothing that a comment can ask for"),
            ("policyc: allow r -- x until 2027-13-01", "suppress/malformed: "),
            (
                "policyc: allow r -- x until 2026-12-30",
                "suppress/expired: this comment allowed findings until 2026-12-30, which is past",
            ),
            ("policyc: allow locked -- x", "suppress/not-allowed: findings of `locked` may not be allowed by comments"),
            ("policyc: allow ule -- x", "suppress/unknown-rule: there is no rule `ule`"),
        ] {
            let (found, told) = suppressions(&format!("# {comment}\na: 1\n"));
            assert!(found.is_empty(), "{comment}");
            assert!(told.len() == 1 && told[0].starts_with(expected), "{comment}: {told:?}");
        }
        let (found, told) = suppressions("a: 1\n# policyc: allow-file r -- late\nb: 1\n");
        assert!(found.is_empty() && told[0].contains("at the head"), "{told:?}");
    }
}
