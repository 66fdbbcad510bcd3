//! Texts as SARIF wants them.

use serde::Serialize;
use std::borrow::Cow;

/// A message, or a text that may have a formatted form beside it (SARIF 2.1.0, 3.11 and 3.12).
#[derive(Debug, Serialize)]
pub(super) struct Text {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
}

impl Text {
    /// Any text.
    pub(super) fn new(text: &str) -> Self {
        Self { text: escaped(text).into_owned(), markdown: None }
    }

    /// A sentence that ends as one.
    pub(super) fn sentence(text: &str) -> Self {
        Self::new(&with_stop(text))
    }

    /// What is wrong, and what would help: a part of the same sentence, unless it is one of its own.
    pub(super) fn advice(message: &str, help: &str) -> Self {
        let part = help.starts_with(|letter: char| letter.is_lowercase());
        let message = message.trim_end();
        Self::new(&match part {
            true => format!("{}; {}", message.trim_end_matches('.'), with_stop(help)),
            false => format!("{} {}", with_stop(message), with_stop(help)),
        })
    }

    /// Adds the formatted form.
    pub(super) fn with_markdown(mut self, markdown: &str) -> Self {
        self.markdown = Some(escaped(markdown).into_owned());
        self
    }
}

/// A text that ends as a sentence does.
pub(super) fn with_stop(text: &str) -> Cow<'_, str> {
    let text = text.trim_end();
    if text.is_empty() || text.ends_with(['.', '!', '?', ':']) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("{text}."))
    }
}

/// A text in which nothing is a placeholder or a link. Source: SARIF 2.1.0, 3.11.5 (braces are doubled) and 3.11.6
/// (square brackets that would begin a link are escaped).
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['{', '}']) && !text.contains("](") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('{', "{{").replace('}', "}}").replace("](", "\\]("))
}

/// A title for the machine: `PrivilegedContainer` for `privileged-container`.
pub(super) fn pascal_case(id: &str) -> String {
    let words = id.split(|character: char| !character.is_alphanumeric());
    words
        .flat_map(|word| {
            let mut letters = word.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            first.chain(letters).collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{escaped, pascal_case, with_stop};

    #[test]
    fn nothing_is_a_placeholder_or_a_link() {
        for (text, expected) in
            [("plain [x]", "plain [x]"), ("a {0} b", "a {{0}} b"), ("[look](1)", "[look\\](1)"), ("}{", "}}{{")]
        {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn sentences_end_and_names_have_humps() {
        assert_eq!((&*with_stop("a b"), &*with_stop("Yes? "), &*with_stop("")), ("a b.", "Yes?", ""));
        assert_eq!(pascal_case("schema/unknown-field"), "SchemaUnknownField");
        assert_eq!(pascal_case("pss--1.2"), "Pss12");
    }
}
