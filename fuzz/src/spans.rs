//! Spans must lie in their text and split no character.

use policyc_text::{Diagnostic, Span};

/// Panics where a span does not fit a text.
#[track_caller]
pub fn fits(span: Span, text: &str, what: &str) {
    let (start, end) = (span.start as usize, span.end as usize);
    assert!(start <= end && end <= text.len(), "{what}: {span:?} does not lie in a text of {} bytes", text.len());
    assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{what}: {span:?} splits a character");
}

/// Panics where a place of a diagnostic does not fit the text of its only file, or where it breaks the rules for
/// messages.
#[track_caller]
pub fn diagnostic_fits(diagnostic: &Diagnostic, text: &str) {
    fits(diagnostic.location.span, text, &diagnostic.message);
    for label in &diagnostic.labels {
        fits(label.location.span, text, &label.message);
    }
    message_is_sound(&diagnostic.message);
    diagnostic.hint.as_deref().into_iter().for_each(message_is_sound);
}

/// Panics at a message that is empty, or long beyond reading.
#[track_caller]
pub fn message_is_sound(message: &str) {
    assert!(!message.trim().is_empty(), "a message is empty");
    assert!(message.len() < 20_000, "a message has {} bytes: {:.200}", message.len(), message);
}
