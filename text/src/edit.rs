//! Replacements in a text: sorted, disjoint, applied in one go.

use crate::Span;

/// One replacement: the bytes under `span` become `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes; an empty span inserts.
    pub span: Span,
    /// What comes in its place.
    pub text: String,
}

/// Why edits could not be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditError {
    /// Two edits touch the same bytes; the number is the second one's place in order.
    Overlap(usize),
    /// An edit reaches past the end of the text or splits a character.
    OutOfRange(usize),
}

/// Applies edits to a text. Edits need not come sorted; two insertions at one place keep their order.
///
/// # Errors
///
/// [`EditError::Overlap`] where two edits overlap, [`EditError::OutOfRange`] where one does not fit the text.
pub fn apply_edits(source: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.span);
    let mut out = String::with_capacity(source.len());
    let mut done = 0;
    for (number, edit) in sorted.into_iter().enumerate() {
        let start = edit.span.start as usize;
        if start < done {
            return Err(EditError::Overlap(number));
        }
        let kept = source.get(done..start).ok_or(EditError::OutOfRange(number))?;
        out.push_str(kept);
        out.push_str(&edit.text);
        done = edit.span.end as usize;
        if !source.is_char_boundary(done) {
            return Err(EditError::OutOfRange(number));
        }
    }
    out.push_str(source.get(done..).unwrap_or_default());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{Edit, EditError, apply_edits};
    use crate::Span;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: Span::new(start, end), text: text.to_owned() }
    }

    #[test]
    fn edits_apply_in_source_order() {
        assert_eq!(apply_edits("abc", &[edit(2, 3, "C"), edit(0, 1, "A")]), Ok("AbC".to_owned()));
        assert_eq!(apply_edits("abc", &[edit(1, 1, "-"), edit(1, 1, "+")]), Ok("a-+bc".to_owned()));
    }

    #[test]
    fn overlaps_and_ends_are_refused() {
        assert_eq!(apply_edits("abc", &[edit(0, 2, ""), edit(1, 3, "")]), Err(EditError::Overlap(1)));
        assert_eq!(apply_edits("abc", &[edit(2, 9, "")]), Err(EditError::OutOfRange(0)));
        assert_eq!(apply_edits("é", &[edit(1, 2, "")]), Err(EditError::OutOfRange(0)));
    }
}
