//! Fixes of Dockerfiles: words that come, go or become others, and lines at the end of a stage.

use super::changes::Conflict;
use super::page::Page;
use crate::finding::{EditPlace, RawEdit};
use crate::yaml::NodeId;
use policyc_text::{Edit, Span};
use serde_json::Value as Json;

/// Edits of the text of a Dockerfile; disjoint, in the order of the text.
///
/// # Errors
///
/// Part of a sentence: why there are none.
pub(crate) fn edits(edits: &[RawEdit], page: &Page<'_>) -> Result<Vec<Edit>, Conflict> {
    let mut out = edits.iter().map(|edit| edit_of(edit, page)).collect::<Result<Vec<Edit>, Conflict>>()?;
    out.sort_by_key(|edit| edit.span);
    Ok(out)
}

fn edit_of(edit: &RawEdit, page: &Page<'_>) -> Result<Edit, Conflict> {
    match edit {
        RawEdit::Set(place, value) | RawEdit::Replace(place, value) => {
            Ok(Edit { span: word(place, page)?, text: words(value)? })
        }
        RawEdit::InsertBefore(place, value) => {
            let at = word(place, page)?.start;
            Ok(Edit { span: Span { start: at, end: at }, text: words(value)? })
        }
        RawEdit::InsertAfter(place, value) => {
            let at = word(place, page)?.end;
            Ok(Edit { span: Span { start: at, end: at }, text: words(value)? })
        }
        RawEdit::Remove(place) => remove(place, page),
        RawEdit::Append(place, value) => append(place, &words(value)?, page),
        RawEdit::Create(..) => Err("a Dockerfile takes no further document"),
    }
}

fn words(value: &Json) -> Result<String, Conflict> {
    match value {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        Json::Bool(value) => Ok(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => Err("a Dockerfile has words alone"),
    }
}

fn node(place: &EditPlace, page: &Page<'_>) -> Result<NodeId, Conflict> {
    if !place.missing.is_empty() {
        return Err("the place is not written");
    }
    page.node(place)
}

fn word(place: &EditPlace, page: &Page<'_>) -> Result<Span, Conflict> {
    let node = node(place, page)?;
    let span = page.tree.span(node);
    if span.is_empty() { Err("the place is not written") } else { Ok(span) }
}

/// A word goes with the blanks before it, an instruction that takes whole lines with its last line end.
fn remove(place: &EditPlace, page: &Page<'_>) -> Result<Edit, Conflict> {
    let span = word(place, page)?;
    let (start, end) = (span.start as usize, span.end as usize);
    let before = page.slice(page.line_start(start), start);
    let after = page.slice(end, page.line_end(end));
    if before.trim().is_empty() && after.trim().is_empty() {
        return Ok(Edit { span: Span::new(page.line_start(start), page.next_line(end)), text: String::new() });
    }
    let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
    Ok(Edit { span: Span::new(start - blanks, end), text: String::new() })
}

/// A line behind the last instruction of a stage.
fn append(place: &EditPlace, line: &str, page: &Page<'_>) -> Result<Edit, Conflict> {
    let stage = node(place, page)?;
    let body = page.tree.get_text(stage, "body").ok_or("it is no stage")?;
    let last = page.tree.items(body).last().ok_or("the stage is empty")?;
    let end = page.line_end(page.tree.span(last).end as usize);
    let ended = page.slice(page.line_start(end), end).trim().is_empty();
    let at = if ended && end > 0 { page.line_start(end) } else { end };
    let newline = page.habits().newline;
    let text = if at == end { format!("{newline}{line}") } else { format!("{line}{newline}") };
    Ok(Edit { span: Span::empty_at(at), text })
}
