//! Entries and items that block collections gain and lose, line by line.

use super::changes::{Changes, Conflict};
use super::emit::{block_entry, block_item, break_line};
use super::page::Page;
use super::plan::{Placement, behind_colon, empty_out};
use crate::yaml::{Kind, NodeId, Style};
use policyc_text::{Edit, Span};
use serde_json::Value as Json;

/// Edits of a block mapping or sequence.
pub(super) fn edit(
    node: NodeId,
    changes: &Changes,
    page: &Page<'_>,
    placement: Placement,
    out: &mut Vec<Edit>,
) -> Result<(), Conflict> {
    match page.tree.kind(node) {
        Kind::Mapping => Mapping::new(node, changes, page)?.edit(placement, out),
        Kind::Sequence => Sequence::new(node, changes, page)?.edit(out),
        Kind::Null | Kind::Scalar | Kind::Alias => Err("what should hold it is no collection"),
    }
}

struct Mapping<'m, 'p, 't> {
    node: NodeId,
    children: Vec<NodeId>,
    changes: &'m Changes,
    page: &'p Page<'t>,
    indent: usize,
}

impl<'m, 'p, 't> Mapping<'m, 'p, 't> {
    fn new(node: NodeId, changes: &'m Changes, page: &'p Page<'t>) -> Result<Self, Conflict> {
        let children: Vec<NodeId> = page.tree.raw_entries(node).map(|entry| entry.value).collect();
        // What stands before the first key may be an anchor; the second one tells the column too.
        let starts = children.iter().filter_map(|child| page.tree.key_span(*child)).take(2);
        let mut columns = starts.map(|key| page.column(key.start as usize));
        let first = columns.next().ok_or("the mapping has no entry")?;
        let indent = first.or_else(|conflict| columns.next().unwrap_or(Err(conflict)))?;
        Ok(Self { node, children, changes, page, indent })
    }

    fn edit(&self, placement: Placement, out: &mut Vec<Edit>) -> Result<(), Conflict> {
        let is_gone = |child: &NodeId| self.changes.gone.contains(child);
        let added = self.changes.added.get(&self.node);
        if self.children.iter().all(is_gone) {
            return if added.is_none() { empty_out(self.node, "{}", self.page, out) } else { Err(EMPTIED) };
        }
        if let Some(added) = added {
            match placement {
                Placement::Last => self.append(added, out)?,
                Placement::First => self.prepend(added, out)?,
            }
        }
        let mut at = 0;
        while let Some(child) = self.children.get(at) {
            if !is_gone(child) {
                at += 1;
                continue;
            }
            let run = self.children.get(at..).unwrap_or_default().iter().take_while(|child| is_gone(child)).count();
            self.remove(at, at + run, out)?;
            at += run;
        }
        Ok(())
    }

    fn append(&self, added: &serde_json::Map<String, Json>, out: &mut Vec<Edit>) -> Result<(), Conflict> {
        let kept = |child: &&NodeId| !self.changes.gone.contains(child);
        let last = self.children.iter().rev().find(kept).ok_or(EMPTIED)?;
        let at = self.page.line_end(kept_end(*last, self.changes, self.page)?);
        let mut text = String::new();
        for (key, value) in added {
            break_line(&mut text, self.indent, self.page.habits());
            block_entry(key, value, self.indent, self.page.habits(), &mut text);
        }
        out.push(Edit { span: Span::empty_at(at), text });
        Ok(())
    }

    fn prepend(&self, added: &serde_json::Map<String, Json>, out: &mut Vec<Edit>) -> Result<(), Conflict> {
        let first = self.children.first().filter(|first| !self.changes.gone.contains(first)).ok_or(EMPTIED)?;
        let at = self.key_start(*first)?;
        let mut text = String::new();
        for (key, value) in added {
            block_entry(key, value, self.indent, self.page.habits(), &mut text);
            break_line(&mut text, self.indent, self.page.habits());
        }
        out.push(Edit { span: Span::empty_at(at), text });
        Ok(())
    }

    fn key_start(&self, entry: NodeId) -> Result<usize, Conflict> {
        let key = self.page.tree.key_span(entry).ok_or("it has no key")?;
        let start = key.start as usize;
        self.page.column(start).map(|_| start)
    }

    /// Removes the entries from place `from` up to place `to`.
    fn remove(&self, from: usize, to: usize, out: &mut Vec<Edit>) -> Result<(), Conflict> {
        let page = self.page;
        let get = |at: usize| self.children.get(at).copied().ok_or("it has no key");
        let start = self.key_start(get(from)?)?;
        let end = content_end(get(to - 1)?, page);
        if !is_rest_of_line(end, page) {
            return Err("something else stands on the line");
        }
        if page.begins_line(start) {
            return delete_lines(start, end, page, out);
        }
        // The next entry takes the place behind the dash.
        let next = self.key_start(get(to)?)?;
        let mut text = String::new();
        for comment in page.comments(Span::new(start, next)) {
            text.push_str(comment.text(page.text()));
            break_line(&mut text, self.indent, page.habits());
        }
        out.push(Edit { span: Span::new(start, next), text });
        Ok(())
    }
}

const EMPTIED: Conflict = "everything around it goes";

struct Sequence<'m, 'p, 't> {
    node: NodeId,
    items: Vec<NodeId>,
    /// Where the dashes of the items stand.
    dashes: Vec<usize>,
    changes: &'m Changes,
    page: &'p Page<'t>,
    indent: usize,
}

impl<'m, 'p, 't> Sequence<'m, 'p, 't> {
    fn new(node: NodeId, changes: &'m Changes, page: &'p Page<'t>) -> Result<Self, Conflict> {
        let items: Vec<NodeId> = page.tree.items(node).collect();
        let first = page.tree.span(node).start as usize;
        let indent = page.column(first)?;
        let mut dashes = vec![first];
        for item in items.iter().take(items.len().saturating_sub(1)) {
            dashes.push(next_dash(content_end(*item, page), indent, page).ok_or("a dash of the list is not found")?);
        }
        Ok(Self { node, items, dashes, changes, page, indent })
    }

    fn edit(&self, out: &mut Vec<Edit>) -> Result<(), Conflict> {
        let is_gone = |item: &NodeId| self.changes.gone.contains(item);
        let appended = self.changes.appended.get(&self.node).map(Vec::as_slice).unwrap_or_default();
        if self.items.iter().all(is_gone) {
            let gains = !appended.is_empty() || self.items.iter().any(|item| self.changes.inserted.contains_key(item));
            return if gains { Err(EMPTIED) } else { empty_out(self.node, "[]", self.page, out) };
        }
        for (at, item) in self.items.iter().enumerate() {
            if is_gone(item) {
                self.remove(at, out)?;
            } else if let Some((before, after)) = self.changes.inserted.get(item) {
                self.insert_before(at, before, out)?;
                self.insert_after(at, after, out)?;
            }
        }
        let last = self.items.iter().rposition(|item| !is_gone(item)).ok_or(EMPTIED)?;
        self.insert_after(last, appended, out)
    }

    fn dash(&self, at: usize) -> Result<usize, Conflict> {
        self.dashes.get(at).copied().ok_or("a dash of the list is not found")
    }

    fn item(&self, at: usize) -> Result<NodeId, Conflict> {
        self.items.get(at).copied().ok_or("a dash of the list is not found")
    }

    /// Blanks behind the dash of an item.
    fn gap(&self, at: usize) -> Result<usize, Conflict> {
        let dash = self.dash(at)?;
        let rest = self.page.slice(dash + 1, self.page.line_end(dash));
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        let bare = rest.trim().is_empty() || rest.trim_start().starts_with('#');
        Ok(if bare || blanks == 0 { 1 } else { blanks })
    }

    fn insert_after(&self, at: usize, values: &[Json], out: &mut Vec<Edit>) -> Result<(), Conflict> {
        if values.is_empty() {
            return Ok(());
        }
        let place = self.page.line_end(kept_end(self.item(at)?, self.changes, self.page)?.max(self.dash(at)? + 1));
        let mut text = String::new();
        for value in values {
            break_line(&mut text, self.indent, self.page.habits());
            block_item(value, self.indent, self.gap(at)?, self.page.habits(), &mut text);
        }
        out.push(Edit { span: Span::empty_at(place), text });
        Ok(())
    }

    fn insert_before(&self, at: usize, values: &[Json], out: &mut Vec<Edit>) -> Result<(), Conflict> {
        if values.is_empty() {
            return Ok(());
        }
        let mut text = String::new();
        for value in values {
            block_item(value, self.indent, self.gap(at)?, self.page.habits(), &mut text);
            break_line(&mut text, self.indent, self.page.habits());
        }
        out.push(Edit { span: Span::empty_at(self.dash(at)?), text });
        Ok(())
    }

    fn remove(&self, at: usize, out: &mut Vec<Edit>) -> Result<(), Conflict> {
        let dash = self.dash(at)?;
        let end = content_end(self.item(at)?, self.page).max(dash + 1);
        if !self.page.begins_line(dash) {
            return Err("the first element of a list in a list would go");
        }
        if !is_rest_of_line(end, self.page) {
            return Err("something else stands on the line");
        }
        delete_lines(dash, end, self.page, out)
    }
}

/// The first dash at a column on the lines behind an offset.
fn next_dash(mut at: usize, column: usize, page: &Page<'_>) -> Option<usize> {
    while at < page.text().len() {
        at = page.next_line(at);
        let line = page.slice(at, page.line_end(at));
        let blanks = line.len() - line.trim_start_matches(' ').len();
        if blanks == column && line.get(blanks..).is_some_and(|rest| rest.starts_with('-')) {
            return Some(at + blanks);
        }
        if !(line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return None;
        }
    }
    None
}

/// The end of what a node holds; behind its key where it holds nothing.
pub(super) fn content_end(node: NodeId, page: &Page<'_>) -> usize {
    let key = page.tree.key_span(node).map_or(0, |key| key.end as usize);
    (page.tree.span(node).end as usize).max(key)
}

/// The end of what is left of a node when the changes are made.
fn kept_end(node: NodeId, changes: &Changes, page: &Page<'_>) -> Result<usize, Conflict> {
    let (tree, mut node) = (page.tree, node);
    loop {
        if tree.style(node) != Style::Block {
            return Ok(content_end(node, page));
        }
        let kept = |child: &NodeId| !changes.gone.contains(child);
        let children: Vec<NodeId> = match tree.kind(node) {
            Kind::Mapping => tree.raw_entries(node).map(|entry| entry.value).collect(),
            Kind::Sequence => tree.items(node).collect(),
            Kind::Null | Kind::Scalar | Kind::Alias => return Ok(content_end(node, page)),
        };
        match children.iter().rev().find(|child| kept(child)) {
            Some(last) => node = *last,
            None if children.is_empty() => return Ok(content_end(node, page)),
            None => {
                let key = tree.key_span(node).ok_or(EMPTIED)?;
                return behind_colon(key, page);
            }
        }
    }
}

/// Whether nothing but a comment follows on the line.
pub(super) fn is_rest_of_line(end: usize, page: &Page<'_>) -> bool {
    let tail = page.slice(end, page.line_end(end)).trim();
    tail.is_empty() || tail.starts_with('#')
}

/// Deletes the lines from that of `start`, before which only blanks stand, to that of `end`. Their comments stay, each
/// on a line of its own.
pub(super) fn delete_lines(start: usize, end: usize, page: &Page<'_>, out: &mut Vec<Edit>) -> Result<(), Conflict> {
    let (line_start, line_end) = (page.line_start(start), page.line_end(end));
    let comments = page.comments(Span::new(start, line_end));
    if comments.is_empty() {
        let next = page.next_line(end);
        let last = next == page.text().len() && line_end == next;
        // Without a line end behind it, the one before it goes.
        let before = page.slice(0, line_start);
        let trimmed = before.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text));
        let span = match trimmed.filter(|_| last) {
            Some(trimmed) => Span::new(trimmed.len(), line_end),
            None => Span::new(line_start, next),
        };
        out.push(Edit { span, text: String::new() });
        return Ok(());
    }
    let indent = start - line_start;
    let mut text = String::new();
    for (number, comment) in comments.iter().enumerate() {
        if number > 0 {
            break_line(&mut text, indent, page.habits());
        }
        text.push_str(comment.text(page.text()));
    }
    out.push(Edit { span: Span::new(start, line_end), text });
    Ok(())
}
