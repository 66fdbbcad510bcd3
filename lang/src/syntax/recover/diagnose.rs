//! From where the grammar refused a piece to a sentence that helps: first the mistakes that people are known to make,
//! then what could have stood there.

use policyc_text::Span;

use super::{Piece, Recovery, Refusal};
use crate::syntax::grammar::Rule;
use crate::syntax::lexis;
use crate::syntax::scan::TokenKind;

/// A message and a hint.
type Words = (String, String);

impl Recovery<'_, '_, '_> {
    /// Says why the grammar refused a piece.
    pub(super) fn diagnose(&mut self, piece: Piece, refusal: &Refusal) {
        let inner = &self.tokens[piece.from..piece.to];
        let at = piece.from + inner.partition_point(|token| token.span.end <= refusal.at);
        if at < piece.to && self.kind(at) == Some(TokenKind::Text) && self.tokens[at].span.start < refusal.at {
            self.bad_hole(at, refusal.at);
            return;
        }
        if let Some((span, (message, hint))) = self.known_mistake(piece, at, refusal) {
            self.builder.error(span, message, hint);
            return;
        }
        if let Some(open) = self.unclosed(piece)
            && (at >= piece.to || self.begins_line(at))
        {
            self.unbalanced = true;
            self.never_closed(open);
            return;
        }
        let expected = self.expected(piece, at, refusal);
        if at >= piece.to {
            let last = self.token_text(piece.to - 1);
            let end = Span::empty_at(self.span(piece).end as usize);
            self.builder.error(end, format!("something is missing after `{}`", shown(last)), expected);
        } else {
            let span = self.tokens[at].span;
            let message = format!("`{}` does not fit here", shown(self.token_text(at)));
            self.builder.error(span, message, expected);
        }
    }

    /// A text's braces that hold no expression.
    fn bad_hole(&mut self, at: usize, place: u32) {
        let token = self.tokens[at].span;
        let before = Span { start: token.start, end: place }.text(self.text);
        let start = before.rfind('{').map_or(token.start as usize, |brace| token.start as usize + brace);
        let rest = self.text.get(start..token.end as usize).unwrap_or_default();
        let length = rest.find('}').map_or(rest.len(), |close| close + 1);
        let span = Span::new(start, start + length);
        let message = format!("`{}` holds no expression", shown(span.text(self.text)));
        let hint = "write `\\{` for a brace that is meant as such, or a `\"\"\"` text, which has no expressions";
        self.builder.error(span, message, hint);
    }

    fn known_mistake(&self, piece: Piece, at: usize, refusal: &Refusal) -> Option<(Span, Words)> {
        let token = self.tokens.get(at).filter(|_| at < piece.to);
        let place = token.map_or_else(|| Span::empty_at(self.span(piece).end as usize), |token| token.span);
        if let Some(words) = self.empty_line(piece, at).or_else(|| self.bad_start(piece, at)) {
            return Some((place, words));
        }
        if let Some(words) = self.sign_mistake(piece, at, refusal) {
            return Some((place, words));
        }
        if let Some(words) = self.word_mistake(piece, at, refusal) {
            return Some((place, words));
        }
        self.missing_else(piece, at, refusal).map(|words| (place, words))
    }

    /// `title`, `severity` or a test's line without what they need.
    fn empty_line(&self, piece: Piece, at: usize) -> Option<Words> {
        let word = self.word(piece.from);
        if at != piece.from + 1 || !lexis::METADATA_KEYS.contains(&word) {
            return None;
        }
        let text = lexis::TEXT_METADATA_KEYS.contains(&word);
        let needs = if text { "a text" } else { "a value" };
        let hint = match word {
            "severity" => "it is one of `critical`, `high`, `medium`, `low` and `info`".to_owned(),
            "controls" | "tags" => "write a list of texts, `[\"…\"]`".to_owned(),
            _ => format!("write `{word} \"…\"`"),
        };
        Some((format!("`{word}` needs {needs}"), hint))
    }

    /// What goes wrong right after an item's or statement's first words.
    fn bad_start(&self, piece: Piece, at: usize) -> Option<Words> {
        let first = self.word(piece.from);
        let word = self.word(at);
        if at == piece.from + 1 && at < piece.to {
            if matches!(first, "require" | "forbid") && word == "if" {
                let hint = "put a `when` around it, or the `if` into parentheses";
                return Some((format!("a `{first}` cannot begin with `if`"), hint.to_owned()));
            }
            let named = lexis::ITEM_KEYWORDS.contains(&first) || matches!(first, "let" | "for");
            if named && lexis::is_reserved(word) {
                let hint = "take another name; after a dot any word will do".to_owned();
                return Some((format!("`{word}` is a word of the language and names nothing else"), hint));
            }
        }
        if at == piece.from + 2 && at < piece.to && matches!(first, "param" | "def" | "table") && self.sign(at) == "=" {
            let name = self.token_text(piece.from + 1);
            return Some((format!("`{name}` has no type"), format!("write `{first} {name}: TYPE = …`")));
        }
        None
    }

    fn sign_mistake(&self, piece: Piece, at: usize, refusal: &Refusal) -> Option<Words> {
        if at >= piece.to {
            return None;
        }
        match self.kind(at) {
            Some(TokenKind::Close(bracket)) if !self.opened_before(piece, at) => {
                let text = char::from(bracket);
                Some((format!("this `{text}` closes nothing"), "leave it out, or open what it should close".to_owned()))
            }
            Some(TokenKind::Sign) => match self.token_text(at) {
                "=" if self.touches(at) && self.sign(at + 1) == ">" => {
                    Some(("there is no `=>`".to_owned(), "write `>=`".to_owned()))
                }
                ">" if self.sign(at - 1) == "<" && self.touches(at - 1) => {
                    Some(("there is no `<>`".to_owned(), "write `!=`".to_owned()))
                }
                "=" if refusal.wants_operator() => Some(("`=` does not compare".to_owned(), "write `==`".to_owned())),
                "?" => Some(("there is no `? :`".to_owned(), "write `if c then a else b`".to_owned())),
                "|" if refusal.wants_operator() => {
                    Some(("there is no `|` between values".to_owned(), "write `or`".to_owned()))
                }
                _ => None,
            },
            Some(TokenKind::Number) if self.token_text(at).matches('.').count() > 1 => {
                let text = self.token_text(at);
                Some((format!("`{}` is no number", shown(text)), format!("versions are texts, `\"{}\"`", shown(text))))
            }
            Some(TokenKind::Number) if self.token_text(at).contains(|char: char| char.is_ascii_alphabetic()) => {
                let text = self.token_text(at);
                let hint =
                    "amounts end in `m`, `k`, `M`, `G`, `Ki`, `Mi`, `Gi` and the like; durations are texts, `\"7d\"`";
                Some((format!("`{}` is no number", shown(text)), hint.to_owned()))
            }
            _ => None,
        }
    }

    fn opened_before(&self, piece: Piece, at: usize) -> bool {
        let mut open = 0_usize;
        for token in &self.tokens[piece.from..at] {
            match token.kind {
                TokenKind::Open(_) => open += 1,
                TokenKind::Close(_) => open = open.saturating_sub(1),
                _ => {}
            }
        }
        open > 0
    }

    fn word_mistake(&self, piece: Piece, at: usize, refusal: &Refusal) -> Option<Words> {
        let word = self.word(at);
        if at >= piece.to || word.is_empty() {
            return None;
        }
        let before = self.token_text(at - 1);
        let after_operator = lexis::OPERATOR_WORDS.contains(&before) || self.kind(at - 1) == Some(TokenKind::Sign);
        match word {
            "any" | "all" | "none" | "if" if after_operator => {
                let hint = format!("put `{word} …` in parentheses");
                return Some((format!("`{word}` cannot follow `{before}` as it is"), hint));
            }
            "null" | "absent" | "empty" if refusal.wants_value() => {
                let hint = match before {
                    "==" => format!("write `is {word}`"),
                    "!=" => format!("write `is not {word}`"),
                    _ => format!("test with `is {word}`"),
                };
                return Some((format!("`{word}` is no value"), hint));
            }
            _ => {}
        }
        if lexis::is_reserved(word) {
            return None;
        }
        let near = lexis::nearest(word, refusal.expected_words())?;
        Some((format!("`{word}` does not fit here"), format!("did you mean `{near}`?")))
    }

    /// A check that ends, or goes on with a clause or a text, where its `else` should be.
    fn missing_else(&self, piece: Piece, at: usize, refusal: &Refusal) -> Option<Words> {
        let first = self.word(piece.from);
        if !matches!(first, "require" | "forbid") || !refusal.expected.contains(&Rule::kw_else) {
            return None;
        }
        let ends = at >= piece.to
            || matches!(self.kind(at), Some(TokenKind::Text | TokenKind::Raw))
            || lexis::CLAUSE_KEYWORDS.contains(&self.word(at));
        ends.then(|| {
            (format!("the `{first}` has no `else`"), "write `else \"…\"` with what its finding says".to_owned())
        })
    }

    /// What could have stood at the place, as a hint.
    fn expected(&self, piece: Piece, at: usize, refusal: &Refusal) -> String {
        let mut wanted: Vec<String> = Vec::new();
        if refusal.wants_value() {
            wanted.push("a value".to_owned());
        } else if refusal.any(&[Rule::ty, Rule::ty_item, Rule::ty_name]) {
            wanted.push("a type".to_owned());
        } else if refusal.any(&[Rule::text, Rule::raw]) {
            wanted.push("a text in double quotes".to_owned());
        } else if refusal.any(&[
            Rule::name,
            Rule::id,
            Rule::dotted,
            Rule::word,
            Rule::record_field,
            Rule::ty_field,
            Rule::parameter,
            Rule::binder,
        ]) {
            wanted.push("a name".to_owned());
        }
        if refusal.any(&[Rule::assign]) {
            wanted.push("`=`".to_owned());
        }
        if refusal.any(&[Rule::colon, Rule::result_type, Rule::quantifier_condition]) {
            wanted.push("`:`".to_owned());
        }
        if refusal.any(&[Rule::less]) {
            wanted.push("`<`".to_owned());
        }
        if refusal.any(&[Rule::more]) {
            wanted.push("`>`".to_owned());
        }
        for word in refusal.keywords() {
            wanted.push(format!("`{word}`"));
        }
        for (found, words) in [
            (Rule::outcome, lexis::OUTCOMES),
            (Rule::applicability, lexis::APPLICABILITIES),
            (Rule::insert_side, &["before", "after"]),
        ] {
            if refusal.any(&[found]) {
                wanted.extend(words.iter().map(|word| format!("`{word}`")));
            }
        }
        if refusal.wants_operator() {
            wanted.push("an operator".to_owned());
        }
        if wanted.is_empty() || refusal.wants_operator() {
            wanted.extend(self.closers(piece, at));
        }
        // A long list helps nobody.
        wanted.truncate(5);
        match wanted.split_last() {
            None => "leave it out, or look at what stands before it".to_owned(),
            Some((last, [])) => format!("{last} is expected here"),
            Some((last, rest)) => format!("{} or {last} is expected here", rest.join(", ")),
        }
    }

    /// What could go on with, or close, the innermost bracket that is open before a token.
    fn closers(&self, piece: Piece, at: usize) -> Vec<String> {
        let mut open = Vec::new();
        for number in piece.from..at.min(piece.to) {
            match self.kind(number) {
                Some(TokenKind::Open(bracket)) => open.push((bracket, number)),
                Some(TokenKind::Close(_)) => {
                    open.pop();
                }
                _ => {}
            }
        }
        let signs: &[&str] = match open.last() {
            Some((b'(', number)) if number.checked_sub(1).is_some_and(|before| self.touches(before)) => &["`,`", "`)`"],
            Some((b'(', _)) => &["`)`"],
            Some((b'[', number)) if number.checked_sub(1).is_some_and(|before| self.touches(before)) => &["`]`"],
            Some((b'[', _)) => &["`,`", "`]`"],
            Some(_) => &["`,`", "`}`"],
            None => &[],
        };
        signs.iter().map(|&sign| sign.to_owned()).collect()
    }

    /// Whether nothing stands between a token and the next.
    fn touches(&self, at: usize) -> bool {
        let pair = (self.tokens.get(at), self.tokens.get(at + 1));
        matches!(pair, (Some(left), Some(right)) if left.span.end == right.span.start)
    }

    // Lines and items that begin with no known word

    /// What stands where an item should.
    pub(super) fn no_item(&mut self, piece: Piece) {
        if let Some(TokenKind::Close(_)) = self.kind(piece.from) {
            self.stray_close(piece.from);
            return;
        }
        if self.report_flaw(piece) {
            return;
        }
        let word = self.word(piece.from);
        let span = self.tokens[piece.from].span;
        if lexis::STATEMENT_KEYWORDS.contains(&word) || lexis::METADATA_KEYS.contains(&word) {
            let hint = "a `}` above it may be one too many";
            self.builder.error(span, format!("`{word}` stands outside of a rule"), hint);
            return;
        }
        let hint = lexis::nearest(word, lexis::ITEM_KEYWORDS.iter().copied()).map_or_else(
            || format!("items begin with {}", lexis::list_of(lexis::ITEM_KEYWORDS)),
            |known| format!("did you mean `{known}`?"),
        );
        self.builder.error(span, format!("`{}` begins no item", shown(self.token_text(piece.from))), hint);
    }

    /// What stands where a statement should.
    pub(super) fn no_statement(&mut self, piece: Piece) {
        let text = self.token_text(piece.from);
        let word = self.word(piece.from);
        let span = self.tokens[piece.from].span;
        let statements = lexis::STATEMENT_KEYWORDS.iter().chain(lexis::METADATA_KEYS).copied();
        let (message, hint) = match word {
            "else" => (
                "this `else` belongs to nothing".to_owned(),
                "it follows the condition of a check or the `}` of a `when`".to_owned(),
            ),
            "elif" | "elseif" | "elsif" => {
                (format!("there is no `{word}`"), "write `else { when … { … } }`".to_owned())
            }
            "deny" | "disallow" | "assert" | "ensure" | "check" | "must" => {
                let instead = if word.starts_with('d') { "forbid" } else { "require" };
                (format!("`{word}` begins no statement"), format!("write `{instead} … else \"…\"`"))
            }
            "if" => ("`if` begins no statement".to_owned(), "write `when … { … }`".to_owned()),
            _ if lexis::CLAUSE_KEYWORDS.contains(&word) => (
                format!("`{word}` belongs to no check"),
                "clauses follow the `else` of a `require` or `forbid`".to_owned(),
            ),
            _ if lexis::METADATA_KEYS.contains(&word) => {
                (format!("`{word}` stands inside of a block"), "it belongs to the head of the rule".to_owned())
            }
            _ if !word.is_empty() && self.sign(piece.from + 1) == "=" => {
                (format!("`{word}` is given a value without `let`"), format!("write `let {word} = …`"))
            }
            _ => {
                let near = lexis::nearest(word, statements);
                let hint = near.map_or_else(
                    || format!("statements begin with {}", lexis::list_of(lexis::STATEMENT_KEYWORDS)),
                    |known| format!("did you mean `{known}`?"),
                );
                (format!("`{}` begins no statement", shown(text)), hint)
            }
        };
        self.builder.error(span, message, hint);
    }

    /// What stands where a line of a test or profile should.
    pub(super) fn unknown_line(&mut self, piece: Piece, of: &str, words: &[&str]) {
        if self.report_flaw(piece) {
            return;
        }
        let word = self.word(piece.from);
        let span = self.tokens[piece.from].span;
        let hint = lexis::nearest(word, words.iter().copied()).map_or_else(
            || format!("its lines begin with {}", lexis::list_of(words)),
            |known| format!("did you mean `{known}`?"),
        );
        self.builder.error(span, format!("`{}` begins no line of {of}", shown(self.token_text(piece.from))), hint);
    }
}

impl Refusal {
    fn any(&self, rules: &[Rule]) -> bool {
        self.expected.iter().any(|expected| rules.contains(expected))
    }

    fn wants_value(&self) -> bool {
        self.any(&[Rule::chain, Rule::coalesced, Rule::postfixed, Rule::numeric, Rule::list])
    }

    fn wants_operator(&self) -> bool {
        self.any(&[Rule::operator, Rule::tight_operator])
    }

    /// The keywords that could have stood there, as they are written.
    fn keywords(&self) -> Vec<String> {
        let mut words: Vec<String> = self
            .expected
            .iter()
            .filter_map(|rule| format!("{rule:?}").strip_prefix("kw_").map(str::to_owned))
            .filter(|word| word != "is" && !matches!(word.as_str(), "if" | "group"))
            .filter(|word| word != "for" || !self.wants_operator())
            .collect();
        words.sort();
        words.dedup();
        words
    }

    /// All words that could have stood there.
    fn expected_words(&self) -> impl Iterator<Item = &'static str> {
        let lists: [(bool, &'static [&'static str]); 8] = [
            (self.wants_operator(), lexis::OPERATOR_WORDS),
            (self.any(&[Rule::kw_else]), &["else"]),
            (self.any(&[Rule::kw_at, Rule::kw_see, Rule::kw_fix]), lexis::CLAUSE_KEYWORDS),
            (self.any(&[Rule::outcome]), lexis::OUTCOMES),
            (self.any(&[Rule::applicability]), lexis::APPLICABILITIES),
            (self.any(&[Rule::kw_set, Rule::kw_remove]), lexis::EDIT_KEYWORDS),
            (self.any(&[Rule::exempt_kw]), lexis::EXEMPT_KEYWORDS),
            (
                self.any(&[Rule::kw_where, Rule::kw_in, Rule::kw_on, Rule::kw_from, Rule::kw_then, Rule::kw_by]),
                &["where", "in", "on", "from", "then", "by", "with", "as"],
            ),
        ];
        lists.into_iter().filter(|(wanted, _)| *wanted).flat_map(|(_, words)| words.iter().copied())
    }
}

/// A token as a message quotes it: its first line, and not too much of that.
fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut out: String = line.chars().take(40).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}
