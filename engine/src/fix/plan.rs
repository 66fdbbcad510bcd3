//! From changes to edits of the text: which collection is edited how. Edits of scalars are here, those of collections
//! beside.

use super::block;
use super::changes::{Changes, Conflict};
use super::create;
use super::emit::{FlowStyle, block_item, block_value, break_line, scalar_text};
use super::flow;
use super::page::Page;
use crate::yaml::{Kind, NodeId, Style};
use policyc_text::{Edit, Span};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Where entries go that a block mapping gains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placement {
    /// Behind the last one.
    Last,
    /// Before the first one, where what stands last takes no line behind it.
    First,
}

/// Edits that make the changes; disjoint, in the order of the text.
///
/// # Errors
///
/// Part of a sentence: why there are none.
pub(crate) fn edits(changes: &Changes, page: &Page<'_>, placement: Placement) -> Result<Vec<Edit>, Conflict> {
    let mut out = Vec::new();
    let scalars = changes.set.iter().chain(&changes.grown);
    for (node, value) in scalars {
        replace(*node, value, page, &mut out)?;
    }
    for (entry, key) in &changes.renamed {
        let span = page.tree.key_span(*entry).ok_or("it has no key")?;
        let style = page.tree.key_style(*entry);
        let text = scalar_text(&Json::String(key.clone()), style, page.in_flow(*entry));
        out.push(Edit { span, text });
    }
    // Inner collections come first: where an outer one gains a line at the same place, it comes behind.
    for collection in collections(changes, page).into_iter().rev() {
        if page.tree.is_flow(collection) {
            flow::edit(collection, changes, page, &mut out)?;
        } else {
            block::edit(collection, changes, page, placement, &mut out)?;
        }
    }
    create::edit(changes, page, &mut out)?;
    out.sort_by_key(|edit| edit.span);
    Ok(out)
}

/// Collections whose entries or items come or go.
fn collections(changes: &Changes, page: &Page<'_>) -> BTreeSet<NodeId> {
    let mut all: BTreeSet<NodeId> = changes.added.keys().chain(changes.appended.keys()).copied().collect();
    all.extend(changes.gone.iter().chain(changes.inserted.keys()).filter_map(|node| page.parent(*node)));
    all
}

/// Puts another value in the place of one.
fn replace(node: NodeId, value: &Json, page: &Page<'_>, out: &mut Vec<Edit>) -> Result<(), Conflict> {
    let tree = page.tree;
    let in_flow = page.in_flow(node) || (page.parent(node).is_none() && tree.is_flow(node));
    let single = match value {
        Json::Array(items) => items.is_empty(),
        Json::Object(entries) => entries.is_empty(),
        _ => true,
    };
    let span = tree.span(node);
    let is_collection = matches!(tree.kind(node), Kind::Mapping | Kind::Sequence);
    if is_collection && !page.comments(span).is_empty() {
        return Err("comments stand in what would be replaced");
    }
    if in_flow || (single && !(is_collection && tree.style(node) == Style::Block)) {
        let (start, lead) = match tree.style(node) {
            Style::Literal | Style::Folded => (block_header(node, page)?, ""),
            _ if span.is_empty() => (span.start as usize, " "),
            _ => (span.start as usize, ""),
        };
        let mut text = lead.to_owned();
        let flow = flow::style_at(node, page);
        match value {
            Json::Array(_) | Json::Object(_) => flow.value(value, &mut text),
            Json::String(string) if flow.json && in_flow => flow.value(&Json::String(string.clone()), &mut text),
            scalar => text.push_str(&scalar_text(scalar, Some(tree.style(node)), in_flow)),
        }
        out.push(Edit { span: Span::new(start, span.end as usize), text });
        return Ok(());
    }
    if is_collection && tree.style(node) == Style::Block {
        return replace_block(node, value, page, out);
    }
    if matches!(tree.style(node), Style::Literal | Style::Folded) {
        return Err("lines of text would become a collection");
    }
    open_up(node, value, page, out)
}

/// Puts another value in the place of a block collection.
fn replace_block(node: NodeId, value: &Json, page: &Page<'_>, out: &mut Vec<Edit>) -> Result<(), Conflict> {
    let (tree, span) = (page.tree, page.tree.span(node));
    let start = span.start as usize;
    let key = tree.key_span(node).ok_or("an element of a list would be replaced whole")?;
    let behind = behind_colon(key, page)?;
    if !page.comments(Span::new(behind, start)).is_empty() || !page.slice(behind, start).trim().is_empty() {
        return Err("something stands between the key and its value");
    }
    let mut text = String::new();
    block_value(value, page.column(key.start as usize)?, page.habits(), &mut text);
    out.push(Edit { span: Span::new(behind, span.end as usize), text });
    Ok(())
}

/// A scalar, most often null, becomes a block collection.
fn open_up(node: NodeId, value: &Json, page: &Page<'_>, out: &mut Vec<Edit>) -> Result<(), Conflict> {
    let (tree, span, habits) = (page.tree, page.tree.span(node), page.habits());
    let (start, end) = (span.start as usize, span.end as usize);
    let Some(key) = tree.key_span(node) else {
        return open_item(node, value, page, out);
    };
    let indent = page.column(key.start as usize)?;
    let mut text = String::new();
    block_value(value, indent, habits, &mut text);
    let line_end = page.line_end(end);
    if !span.is_empty() {
        let before = page.slice(page.line_start(start), start);
        let blanks = before.len() - before.trim_end_matches(' ').len();
        out.push(Edit { span: Span::new(start - blanks, end), text: String::new() });
    }
    let tail = page.slice(end, line_end).trim();
    if !(tail.is_empty() || tail.starts_with('#')) {
        return Err("something else stands on the line");
    }
    out.push(Edit { span: Span::empty_at(line_end), text });
    Ok(())
}

/// An item that is null becomes a collection behind its dash.
fn open_item(node: NodeId, value: &Json, page: &Page<'_>, out: &mut Vec<Edit>) -> Result<(), Conflict> {
    let list = page.parent(node).ok_or("it is a whole document")?;
    let dash = page.column(page.tree.span(list).start as usize)?;
    let span = page.tree.span(node);
    let mut text = String::new();
    block_item(value, dash, 1, page.habits(), &mut text);
    let text = text.get(1..).unwrap_or_default();
    let text = if span.is_empty() { text } else { text.trim_start() };
    out.push(Edit { span, text: text.to_owned() });
    Ok(())
}

/// Where the `|` or `>` of a block scalar stands.
fn block_header(node: NodeId, page: &Page<'_>) -> Result<usize, Conflict> {
    let start = page.tree.span(node).start as usize;
    let from = match page.tree.key_span(node) {
        Some(key) => behind_colon(key, page)?,
        None => page.line_start(page.line_start(start).saturating_sub(1)),
    };
    let between = page.slice(from, start);
    let header = between.find(['|', '>']).ok_or("the block scalar has no header")?;
    if between.get(header..).is_some_and(|rest| rest.contains('#')) {
        return Err("a comment stands beside the text that would be replaced");
    }
    Ok(from + header)
}

/// The offset behind the colon of a key and what is said of its value there, an anchor or a tag.
pub(super) fn behind_colon(key: Span, page: &Page<'_>) -> Result<usize, Conflict> {
    let end = key.end as usize;
    let rest = page.slice(end, page.line_end(end));
    let colon = rest.find(':').filter(|at| rest.get(..*at).is_some_and(|gap| gap.trim().is_empty()));
    let mut at = end + colon.ok_or("the colon of the key stands elsewhere")? + 1;
    loop {
        let rest = page.slice(at, page.line_end(end));
        let word = rest.trim_start_matches([' ', '\t']);
        if !word.starts_with(['&', '!']) {
            return Ok(at);
        }
        let length = word.find([' ', '\t']).unwrap_or(word.len());
        at += rest.len() - word.len() + length;
    }
}

/// An empty collection where a block collection stood, all of whose elements go.
pub(super) fn empty_out(node: NodeId, empty: &str, page: &Page<'_>, out: &mut Vec<Edit>) -> Result<(), Conflict> {
    let span = page.tree.span(node);
    if page.parent(node).is_none() {
        return Err("nothing of the document would be left");
    }
    let (start, end) = (span.start as usize, block::content_end(node, page));
    if page.begins_line(start) {
        let key = page.tree.key_span(node).ok_or("an element of a list would be left empty")?;
        let behind = behind_colon(key, page)?;
        out.push(Edit { span: Span::empty_at(behind), text: format!(" {empty}") });
        return block::delete_lines(start, end, page, out);
    }
    let line_end = page.line_end(end);
    if !block::is_rest_of_line(end, page) {
        return Err("something else stands on the line");
    }
    let mut text = empty.to_owned();
    let indent = page.column(start)?;
    let inner = page.comments(Span::new(start, end));
    for comment in inner {
        break_line(&mut text, indent, page.habits());
        text.push_str(comment.text(page.text()));
    }
    let tail = page.slice(end, line_end);
    if !inner.is_empty() && !tail.trim().is_empty() {
        break_line(&mut text, indent, page.habits());
        text.push_str(tail.trim());
        out.push(Edit { span: Span::new(start, line_end), text });
    } else {
        out.push(Edit { span: Span::new(start, end), text });
    }
    Ok(())
}

/// A value within brackets, pretty where its neighbours have lines of their own.
pub(super) fn flow_value(style: FlowStyle, value: &Json, indent: Option<usize>, page: &Page<'_>, out: &mut String) {
    match indent {
        Some(indent) if style.json => style.pretty(value, indent, page.habits(), out),
        _ => style.value(value, out),
    }
}
