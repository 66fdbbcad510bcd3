//! What could be written at a place of a policy that may be far from finished.
//!
//! Words of the language are offered by the tokens around the cursor alone. Names and fields are found by compiling the
//! file once more with a marker in place of the word at the cursor, and asking the checker what it would have taken.

use super::{View, words};
use crate::ide::library;
use policyc_lang::check::{Candidate, Completion, MARKER, Sort, Target, allowed_words};
use policyc_lang::ir::Program;
use policyc_lang::syntax::{Token, TokenSort, lexis, tokens};
use policyc_text::Span;
use std::collections::BTreeSet;

/// What an offer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OfferSort {
    /// What the checker knows.
    Known(Sort),
    /// A word of the language.
    Keyword,
    /// A value that a type allows.
    Value,
    /// A rule's id.
    Rule,
    /// A module.
    Module,
}

/// One thing that could be written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Offer {
    /// What to write.
    pub(crate) label: String,
    /// What it is.
    pub(crate) sort: OfferSort,
    /// Its type, or a few words; may be empty.
    pub(crate) detail: String,
    /// What it is for, as Markdown; may be empty.
    pub(crate) doc: String,
    /// Whether Kubernetes advises against it.
    pub(crate) deprecated: bool,
    /// Smaller numbers are offered first.
    pub(crate) rank: u8,
    /// A text with places to fill in (`$1`), for editors that know such.
    pub(crate) snippet: Option<String>,
}

/// What could be written at a place, and the bytes that it would replace.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    /// The word at the cursor.
    pub(crate) replace: Span,
    /// By rank, then by name.
    pub(crate) offers: Vec<Offer>,
}

/// What could be written at a byte offset.
pub(crate) fn complete(view: View<'_>, offset: u32) -> Offers {
    let text = view.file.text();
    let place = Surroundings::new(text, offset);
    let mut offers = Offers { replace: place.word, offers: Vec::new() };
    match &place.inside {
        Inside::Comment => return offers,
        Inside::Text(span) => offers = in_text(view, &place, *span, offset),
        Inside::Nothing => {
            offers.offers = place.words(view);
            let completion = if place.may_be_name() { marked(view, place.word) } else { None };
            if matches!(completion, Some(Completion::Types(_))) {
                offers.offers.clear();
            }
            let library = view.policies.library_modules();
            offers.offers.extend(completion.map(|found| names(found, library)).unwrap_or_default());
        }
    }
    if place.dashes {
        offers.replace = dashed_word(text, offset);
    }
    let mut seen = BTreeSet::new();
    offers.offers.retain(|offer| seen.insert(offer.label.clone()));
    offers.offers.sort_by(|a, b| (a.rank, &a.label).cmp(&(b.rank, &b.label)));
    offers
}

/// What the cursor stands in.
enum Inside {
    Comment,
    /// A text, by its span.
    Text(Span),
    Nothing,
}

/// What stands around the cursor.
struct Surroundings<'t> {
    text: &'t str,
    inside: Inside,
    /// The word at the cursor, which may be empty.
    word: Span,
    /// Words and signs of the line before that word.
    line: Vec<&'t str>,
    /// The sort of the last token before it, on whichever line.
    last: Option<TokenSort>,
    /// The words that opened the blocks around, outermost first: `rule`, `for`.
    blocks: Vec<&'t str>,
    /// The last word that began an item.
    item: &'t str,
    /// Words of the statement at the cursor: from `require` on.
    statement: Vec<&'t str>,
    /// Words that have begun lines of the innermost block.
    begun: BTreeSet<&'t str>,
    /// Whether words here may have dashes.
    dashes: bool,
}

impl<'t> Surroundings<'t> {
    fn new(text: &'t str, offset: u32) -> Self {
        let all = tokens(text);
        let around = all.iter().find(|token| token.span.start < offset && offset <= token.span.end);
        let inside = match around {
            Some(Token { sort: TokenSort::Comment, .. }) => Inside::Comment,
            Some(Token { sort: TokenSort::Text | TokenSort::Raw | TokenSort::Regex, span }) if offset < span.end => {
                Inside::Text(*span)
            }
            Some(Token { sort: TokenSort::Bad, span }) if span.text(text).starts_with('"') => Inside::Text(*span),
            _ => Inside::Nothing,
        };
        let word = word_at(text, offset, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let mut found = Self {
            text,
            inside,
            word,
            line: Vec::new(),
            last: None,
            blocks: Vec::new(),
            item: "",
            statement: Vec::new(),
            begun: BTreeSet::new(),
            dashes: false,
        };
        found.read(&all);
        found.dashes = found.wants_rules();
        found
    }

    /// Goes through the tokens before the word at the cursor.
    fn read(&mut self, all: &[Token]) {
        let mut opener = "";
        let mut brackets: Vec<&'t str> = Vec::new();
        let mut line_start = 0;
        let mut begun: Vec<BTreeSet<&'t str>> = vec![BTreeSet::new()];
        for token in all.iter().take_while(|token| token.span.end <= self.word.start) {
            if token.sort == TokenSort::Comment {
                continue;
            }
            let word = token.span.text(self.text);
            let gap = self.text.get(line_start..token.span.start as usize).unwrap_or_default();
            let first = self.last.is_none() || gap.contains('\n');
            if first {
                self.line.clear();
                if lexis::STATEMENT_KEYWORDS.contains(&word) {
                    self.statement.clear();
                }
                if let Some(begun) = begun.last_mut() {
                    begun.insert(word);
                }
            }
            match token.sort {
                TokenSort::Open => {
                    brackets.push(if word == "{" { opener } else { "" });
                    begun.push(BTreeSet::new());
                    opener = "";
                }
                TokenSort::Close => {
                    brackets.pop();
                    if begun.len() > 1 {
                        begun.pop();
                    }
                    opener = "";
                    if word == "}" {
                        self.statement.clear();
                    }
                }
                TokenSort::Word if OPENERS.contains(&word) => opener = word,
                _ => {}
            }
            if brackets.is_empty() && first && lexis::ITEM_KEYWORDS.contains(&word) {
                self.item = word;
                self.statement.clear();
            }
            self.line.push(word);
            self.statement.push(word);
            self.last = Some(token.sort);
            line_start = token.span.end as usize;
        }
        let after = self.text.get(line_start..self.word.start as usize).unwrap_or_default();
        if after.contains('\n') {
            self.line.clear();
        }
        self.blocks = brackets.into_iter().filter(|opener| !opener.is_empty()).collect();
        self.begun = begun.pop().unwrap_or_default();
    }

    fn block(&self) -> &'t str {
        self.blocks.last().copied().unwrap_or_default()
    }

    fn first(&self) -> &'t str {
        self.line.first().copied().unwrap_or_default()
    }

    fn previous(&self) -> &'t str {
        self.line.last().copied().unwrap_or_default()
    }

    /// Whether ids of rules stand here.
    fn wants_rules(&self) -> bool {
        match self.first() {
            "exempt" => !self.line.contains(&"for"),
            "use" => matches!(self.previous(), "use" | "-" | "."),
            "expect" => matches!(self.previous(), "expect" | "fix" | "-"),
            "include" => true,
            _ => false,
        }
    }

    /// Whether what a rule's head says stands here, which is no expression.
    fn in_head(&self) -> bool {
        matches!(self.block(), "rule" | "profile") && lexis::METADATA_KEYS.contains(&self.first())
    }

    fn may_be_name(&self) -> bool {
        let finished =
            matches!(self.last, Some(TokenSort::Close | TokenSort::Text | TokenSort::Number | TokenSort::Raw));
        let word_before = self.last == Some(TokenSort::Word) && !self.line.is_empty();
        let after_name =
            word_before && !lexis::is_reserved(self.previous()) && !BEFORE_NAMES.contains(&self.previous());
        !self.line.is_empty()
            && !self.dashes
            && !self.in_head()
            && !matches!(self.first(), "module" | "import" | "given" | "world" | "kubernetes" | "as_of" | "namespace")
            && !finished
            && !after_name
    }

    /// Words of the language that may stand here.
    fn words(&self, view: View<'_>) -> Vec<Offer> {
        let program = &view.analysis().compiled.artefact.program;
        if self.dashes {
            return rules(program);
        }
        if self.line.is_empty() {
            return self.beginnings();
        }
        match (self.first(), self.previous()) {
            ("import", _) => return modules(program),
            ("module", _) => return Vec::new(),
            ("expect", _) => return keywords(lexis::OUTCOMES, 0),
            ("given", "given") => return keywords(&["yaml", "json"], 0),
            ("world", "world") => return keywords(&["open", "closed"], 0),
            _ => {}
        }
        if self.in_head() {
            return match self.first() {
                "severity" => values(SEVERITIES),
                "unknown" => values(&["report", "ignore"]),
                "theme" => values_of(program.rules.iter().filter_map(|rule| rule.theme.as_deref())),
                _ => Vec::new(),
            };
        }
        match self.previous() {
            "fix" => return keywords(lexis::APPLICABILITIES, 0),
            "severity" => return values(SEVERITIES),
            "." => return Vec::new(),
            word if lexis::APPLICABILITIES.contains(&word) && self.statement.contains(&"fix") => {
                return keywords(lexis::EDIT_KEYWORDS, 0);
            }
            _ => {}
        }
        self.middles()
    }

    /// Words that begin a line here.
    fn beginnings(&self) -> Vec<Offer> {
        let mut offers = match self.block() {
            "" if self.blocks.is_empty() => {
                let mut offers = keywords(lexis::ITEM_KEYWORDS, 2);
                if self.item == "exempt" {
                    offers.extend(keywords(lexis::EXEMPT_KEYWORDS, 0));
                }
                offers
            }
            "rule" => {
                let mut offers = keywords(lexis::STATEMENT_KEYWORDS, 1);
                if !lexis::STATEMENT_KEYWORDS.iter().any(|word| self.begun.contains(word)) {
                    offers.extend(self.metadata());
                }
                offers
            }
            "profile" => {
                let mut offers = self.metadata();
                offers.extend(keywords(&["include"], 0));
                offers
            }
            "for" | "when" | "else" => keywords(lexis::STATEMENT_KEYWORDS, 1),
            "test" => keywords(lexis::TEST_KEYWORDS, 0),
            "view" => keywords(&["each", "one"], 0),
            _ => Vec::new(),
        };
        if self.statement.contains(&"else") {
            offers.extend(keywords(lexis::CLAUSE_KEYWORDS, 0));
        }
        for offer in &mut offers {
            offer.snippet = snippet(&offer.label).map(ToOwned::to_owned);
        }
        offers
    }

    fn metadata(&self) -> Vec<Offer> {
        let left = lexis::METADATA_KEYS.iter().copied().filter(|key| !self.begun.contains(key));
        left.map(|key| {
            let needed = matches!(key, "title" | "severity");
            let doc = words::metadata(key).unwrap_or_default().to_owned();
            Offer { doc, rank: if needed { 0 } else { 1 }, ..offer(key, OfferSort::Keyword, 1) }
        })
        .collect()
    }

    /// Words that go on where something stands already.
    fn middles(&self) -> Vec<Offer> {
        let in_check = self.statement.iter().any(|word| matches!(*word, "require" | "forbid"));
        let told = self.statement.contains(&"else");
        let mut offers = Vec::new();
        if in_check && told && matches!(self.last, Some(TokenSort::Text)) {
            offers.extend(keywords(lexis::CLAUSE_KEYWORDS, 0));
        }
        let value = match self.last {
            Some(TokenSort::Word) => !lexis::is_reserved(self.previous()) && !BEFORE_NAMES.contains(&self.previous()),
            Some(TokenSort::Close | TokenSort::Text | TokenSort::Number) => true,
            _ => false,
        };
        if value {
            if in_check && !told {
                offers.extend(keywords(&["else"], 3));
            }
            offers.extend(keywords(lexis::OPERATOR_WORDS, 4));
            if self.statement.first() == Some(&"for") {
                offers.extend(keywords(&["where"], 2));
            }
        } else if self.previous() == "is" || self.line.ends_with(&["is", "not"]) {
            offers.extend(keywords(lexis::NOTHING_WORDS, 1));
            offers.extend(keywords(&["not"], 3));
        } else if self.previous() != "." {
            offers.extend(keywords(&["exists", "not", "any", "all", "none", "if", "true", "false"], 6));
        }
        offers
    }
}

/// Words that open a block.
const OPENERS: &[&str] =
    &["rule", "profile", "test", "view", "for", "when", "else", "each", "one", "with", "fix", "exempt", "def"];

/// Words behind which a name may stand, though they are no reserved words.
const BEFORE_NAMES: &[&str] = &[
    "on", "from", "of", "at", "see", "help", "severity", "to", "with", "by", "set", "remove", "append", "replace",
    "before", "after", "each", "one", "starts", "ends", "group", "until", "because", "param",
];

/// How bad findings are.
const SEVERITIES: &[&str] = &["critical", "high", "medium", "low", "info"];

/// Names and fields that may stand here. Those of the project come before those of the library, whose modules are the
/// first `library` ones.
fn names(completion: Completion, library: usize) -> Vec<Offer> {
    match completion {
        Completion::Fields(candidates) => candidates.into_iter().map(of_field).collect(),
        Completion::Types(candidates) => candidates.into_iter().map(|found| of_candidate(found, 2)).collect(),
        Completion::Values(candidates, words) => {
            let mut offers: Vec<Offer> = words
                .iter()
                .map(|word| Offer { label: format!("\"{word}\""), ..offer("", OfferSort::Value, 0) })
                .collect();
            offers.extend(candidates.into_iter().map(|found| {
                let rank = match found.sort {
                    Sort::Variable if matches!(found.target, Target::Local(..)) => 1,
                    Sort::Parameter | Sort::Constant => 3,
                    _ => 5,
                };
                let own = matches!(&found.target, Target::Item(module, _) if module.index() >= library);
                of_candidate(found, if own { 2 } else { rank })
            }));
            offers
        }
    }
}

/// The file compiled with the marker in place of a word; what is missing behind the word is made up.
fn marked(view: View<'_>, word: Span) -> Option<Completion> {
    let text = view.file.text();
    let (before, after) = (text.get(..word.start as usize)?, text.get(word.end as usize..)?);
    let rest = after.find('\n').map_or(after, |end| &after[..end]);
    let (line, below) = (rest, &after[rest.len()..]);
    let variants = [
        format!("{before}{MARKER}{after}"),
        format!("{before}{MARKER}{line} else \"\"{below}"),
        format!("{before}{MARKER} else \"\"{below}"),
        format!("{before}{MARKER} {{ }}{below}"),
        format!("{before}{MARKER} x {{ }}{below}"),
    ];
    variants.into_iter().find_map(|text| view.policies.with_text(&view.file.name, text).completion)
}

fn of_field(found: Candidate) -> Offer {
    let rank = match found.sort {
        _ if found.deprecated => 8,
        Sort::Field if found.required => 0,
        Sort::Field => 1,
        Sort::Property => 2,
        _ => 3,
    };
    of_candidate(found, rank)
}

fn of_candidate(found: Candidate, rank: u8) -> Offer {
    let snippet = (found.sort == Sort::Function).then(|| format!("{}($0)", found.name));
    let doc = if found.deprecated { "deprecated".to_owned() } else { String::new() };
    Offer {
        detail: found.detail,
        deprecated: found.deprecated,
        doc,
        snippet,
        ..offer(&found.name, OfferSort::Known(found.sort), rank)
    }
}

/// What a text at the cursor may be: one of the words that its place allows, or a name in its braces.
fn in_text(view: View<'_>, place: &Surroundings<'_>, span: Span, offset: u32) -> Offers {
    let text = view.file.text();
    let before = text.get(span.start as usize..place.word.start as usize).unwrap_or_default();
    let closed = span.len() > 1 && span.text(text).ends_with('"');
    if before.rfind('{') > before.rfind('}') {
        let filled = if closed { MARKER.to_owned() } else { format!("{MARKER}}}\"") };
        return Offers { replace: place.word, offers: in_hole(view, place.word, &filled) };
    }
    let replace = Span { start: span.start + 1, end: if closed { span.end - 1 } else { offset } };
    Offers { replace, offers: allowed(view, place, span) }
}

/// The words that the place of a text allows.
fn allowed(view: View<'_>, place: &Surroundings<'_>, span: Span) -> Vec<Offer> {
    if place.line.contains(&"controls") {
        let program = &view.analysis().compiled.artefact.program;
        return values_of(program.rules.iter().flat_map(|rule| rule.controls.iter().map(String::as_str)));
    }
    let index = &view.analysis().index;
    let wanted = index.types.iter().find(|typed| typed.file == view.number && typed.span == span);
    let words = wanted.and_then(|typed| typed.want.as_ref()).map(allowed_words).unwrap_or_default();
    if !words.is_empty() {
        return values_of(words.iter().map(String::as_str));
    }
    // A text that is not closed yet is no expression; a name in its place is asked what it could be.
    match marked(view, span) {
        Some(Completion::Values(_, words)) => values_of(words.iter().map(String::as_str)),
        _ => Vec::new(),
    }
}

fn in_hole(view: View<'_>, word: Span, filled: &str) -> Vec<Offer> {
    let text = view.file.text();
    let (Some(before), Some(after)) = (text.get(..word.start as usize), text.get(word.end as usize..)) else {
        return Vec::new();
    };
    let index = view.policies.with_text(&view.file.name, format!("{before}{filled}{after}"));
    match index.completion {
        Some(Completion::Fields(candidates)) => candidates.into_iter().map(of_field).collect(),
        Some(Completion::Values(candidates, _)) => {
            let named = candidates.into_iter().filter(|found| found.sort != Sort::Word);
            named.map(|found| of_candidate(found, 2)).collect()
        }
        _ => Vec::new(),
    }
}

fn offer(label: &str, sort: OfferSort, rank: u8) -> Offer {
    Offer {
        label: label.to_owned(),
        sort,
        detail: String::new(),
        doc: String::new(),
        deprecated: false,
        rank,
        snippet: None,
    }
}

fn keywords(known: &[&str], rank: u8) -> Vec<Offer> {
    let of = |word: &&str| {
        let doc = words::keyword(word).unwrap_or_default().to_owned();
        Offer { doc, ..offer(word, OfferSort::Keyword, rank) }
    };
    known.iter().map(of).collect()
}

fn values(known: &[&str]) -> Vec<Offer> {
    known.iter().map(|word| offer(word, OfferSort::Value, 0)).collect()
}

fn values_of<'w>(known: impl Iterator<Item = &'w str>) -> Vec<Offer> {
    let known: BTreeSet<&str> = known.collect();
    known.into_iter().map(|word| offer(word, OfferSort::Value, 0)).collect()
}

fn rules(program: &Program) -> Vec<Offer> {
    let instances = program.instances.iter().filter_map(|instance| {
        let rule = program.rules.get(instance.rule.index())?;
        Some((&instance.id, &rule.title))
    });
    let sums = program.aggregates.iter().map(|sum| (&sum.id, &sum.title));
    let of = |(id, title): (&String, &String)| Offer {
        detail: title.clone(),
        doc: library::page(program, id).unwrap_or_default(),
        ..offer(id, OfferSort::Rule, 0)
    };
    instances.chain(sums).map(of).collect()
}

fn modules(program: &Program) -> Vec<Offer> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for module in &program.modules {
        // What a name begins with stands for everything below it.
        names.extend(module.name.match_indices('.').filter_map(|(at, _)| module.name.get(..at)));
        names.insert(&module.name);
    }
    names.into_iter().filter(|name| !name.is_empty()).map(|name| offer(name, OfferSort::Module, 0)).collect()
}

/// A word that begins something, with its usual rest.
fn snippet(word: &str) -> Option<&'static str> {
    Some(match word {
        "rule" => {
            "rule ${1:id} on ${2:workload} ${3:w} {\n  title    \"${4:title}\"\n  severity ${5:medium}\n\n  require \
             $0\n    else \"\"\n}"
        }
        "test" => {
            "test \"${1:what it shows}\" {\n  given yaml \"\"\"\n    $0\n    \"\"\"\n  expect ${2:rule} ${3:passes}\n}"
        }
        "for" => "for ${1:x} in ${2:list} {\n  $0\n}",
        "when" => "when ${1:condition} {\n  $0\n}",
        "require" => "require ${1:condition}\n  else \"$0\"",
        "forbid" => "forbid ${1:condition}\n  else \"$0\"",
        "let" => "let ${1:name} = $0",
        "title" => "title \"$0\"",
        "help" => "help \"$0\"",
        _ => return None,
    })
}

/// The word around an offset.
fn word_at(text: &str, offset: u32, belongs: impl Fn(u8) -> bool) -> Span {
    let bytes = text.as_bytes();
    let offset = (offset as usize).min(bytes.len());
    let before = bytes[..offset].iter().rev().take_while(|byte| belongs(**byte)).count();
    let after = bytes[offset..].iter().take_while(|byte| belongs(**byte)).count();
    Span::new(offset - before, offset + after)
}

fn dashed_word(text: &str, offset: u32) -> Span {
    word_at(text, offset, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
