//! The words and signs of a text, for whoever colours, folds or completes policies. Nothing is parsed.

use super::scan::{TokenKind, scan};
use policyc_text::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSort {
    /// A word, dashes not included.
    Word,
    /// A number, a quantity or a date.
    Number,
    /// `"…"`, with what stands in its braces.
    Text,
    /// `"""…"""`.
    Raw,
    /// `/…/`.
    Regex,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// Another sign.
    Sign,
    /// `# …`.
    Comment,
    /// What can be no token.
    Bad,
}

/// A token with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub sort: TokenSort,
    /// Where.
    pub span: Span,
}

/// All tokens of a text in order, comments included. Where things are nested too deep to be read, the rest is left out.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    let scan = scan(text);
    let comments = scan.comments.iter().map(|comment| Token { sort: TokenSort::Comment, span: comment.span });
    let mut found: Vec<Token> =
        scan.tokens.iter().map(|token| Token { sort: sort(token.kind), span: token.span }).chain(comments).collect();
    found.sort_by_key(|token| token.span);
    found
}

fn sort(kind: TokenKind) -> TokenSort {
    match kind {
        TokenKind::Word => TokenSort::Word,
        TokenKind::Number => TokenSort::Number,
        TokenKind::Text => TokenSort::Text,
        TokenKind::Raw => TokenSort::Raw,
        TokenKind::Regex => TokenSort::Regex,
        TokenKind::Open(_) => TokenSort::Open,
        TokenKind::Close(_) => TokenSort::Close,
        TokenKind::Sign => TokenSort::Sign,
        TokenKind::Bad => TokenSort::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn comments_stand_among_the_tokens() {
        let text = "rule a { # b\n  require x.y == \"{c}\"\n}";
        let found: Vec<String> =
            tokens(text).iter().map(|token| format!("{:?} {}", token.sort, token.span.text(text))).collect();
        let expected =
            "Word rule,Word a,Open {,Comment # b,Word require,Word x,Sign .,Word y,Sign ==,Text \"{c}\",Close }";
        assert_eq!(found.join(","), expected);
    }
}
