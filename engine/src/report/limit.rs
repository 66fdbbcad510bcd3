//! How much of a text that a stranger wrote one report repeats: a name of ten million letters stands in every message,
//! path and label of its object, and would make a small input a large report.

use std::borrow::Cow;

/// Characters of one value in a message.
pub(crate) const VALUE: usize = 200;
/// Characters of the reason why something is not known; it may repeat a value and says more.
pub(crate) const REASON: usize = 400;
/// Characters of a list or a mapping in a message, of a name in a resource, and of a step in a path.
pub(crate) const NAME: usize = 1_000;
/// Characters of a path. Twice a name: deep paths of real objects fit.
pub(crate) const PATH: usize = 2_000;
/// Characters of a message, a help or a label.
pub(crate) const MESSAGE: usize = 4_000;

/// A text of at most so many characters, with `…` behind it where something is missing.
pub(crate) fn capped(text: &str, most: usize) -> Cow<'_, str> {
    match end(text, most) {
        Some(end) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Shortens a text as [`capped`] does, and lets the memory of the rest go.
pub(crate) fn cap(text: &mut String, most: usize) {
    if let Some(end) = end(text, most) {
        text.truncate(end);
        text.push('…');
        text.shrink_to_fit();
    }
}

/// Where a text has to end to have no more than so many characters.
fn end(text: &str, most: usize) -> Option<usize> {
    if text.len() <= most {
        return None;
    }
    text.char_indices().nth(most).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::{cap, capped};

    #[test]
    fn characters_are_counted_and_never_split() {
        for (text, most, expected) in
            [("", 0, ""), ("abc", 3, "abc"), ("abcd", 3, "abc…"), ("äöü", 3, "äöü"), ("äöüß", 3, "äöü…")]
        {
            assert_eq!(capped(text, most), expected);
            let mut owned = text.to_owned();
            cap(&mut owned, most);
            assert_eq!(owned, expected);
        }
    }
}
