//! Entries and items that collections in brackets and braces gain and lose. JSON is edited here.

use super::changes::{Changes, Conflict};
use super::emit::{FlowStyle, break_line};
use super::page::Page;
use super::plan::flow_value;
use crate::yaml::{Kind, NodeId, Style};
use policyc_text::{Edit, Span};
use serde_json::Value as Json;

/// How values beside or below a node are written, as the nearest mapping with an entry shows.
pub(super) fn style_at(node: NodeId, page: &Page<'_>) -> FlowStyle {
    let tree = page.tree;
    for above in std::iter::once(node).chain(page.ancestors(node)) {
        if tree.kind(above) != Kind::Mapping {
            continue;
        }
        let Some(entry) = tree.raw_entries(above).next().map(|entry| entry.value) else { continue };
        if !tree.is_flow(above) {
            return FlowStyle::YAML;
        }
        let json = tree.key_style(entry) == Some(Style::DoubleQuoted);
        let key_end = tree.key_span(entry).map_or(0, |key| key.end as usize);
        let tight = json && page.slice(key_end, tree.span(entry).start as usize) == ":";
        return if tight { FlowStyle { json, colon: ":", comma: "," } } else { FlowStyle { json, ..FlowStyle::YAML } };
    }
    FlowStyle::YAML
}

/// Edits of a collection in brackets or braces.
pub(super) fn edit(node: NodeId, changes: &Changes, page: &Page<'_>, out: &mut Vec<Edit>) -> Result<(), Conflict> {
    let tree = page.tree;
    let children: Vec<NodeId> = match tree.kind(node) {
        Kind::Mapping => tree.raw_entries(node).map(|entry| entry.value).collect(),
        Kind::Sequence => tree.items(node).collect(),
        Kind::Null | Kind::Scalar | Kind::Alias => return Err("what should hold it is no collection"),
    };
    let flow = Flow { node, children, changes, page, style: style_at(node, page) };
    flow.remove(out)?;
    flow.gain(out)
}

struct Flow<'f, 't> {
    node: NodeId,
    children: Vec<NodeId>,
    changes: &'f Changes,
    page: &'f Page<'t>,
    style: FlowStyle,
}

impl Flow<'_, '_> {
    fn start(&self, child: NodeId) -> usize {
        let tree = self.page.tree;
        tree.key_span(child).map_or(tree.span(child).start, |key| key.start) as usize
    }

    fn end(&self, child: NodeId) -> usize {
        let tree = self.page.tree;
        let key = tree.key_span(child).map_or(0, |key| key.end);
        tree.span(child).end.max(key) as usize
    }

    fn is_gone(&self, child: NodeId) -> bool {
        self.changes.gone.contains(&child)
    }

    /// What stands between the brackets.
    fn inside(&self) -> Span {
        let span = self.page.tree.span(self.node);
        Span { start: span.start + 1, end: span.end.saturating_sub(1).max(span.start + 1) }
    }

    fn remove(&self, out: &mut Vec<Edit>) -> Result<(), Conflict> {
        let page = self.page;
        if !self.children.is_empty() && self.children.iter().all(|child| self.is_gone(*child)) {
            if !page.comments(self.inside()).is_empty() {
                return Err("comments stand in what would be removed");
            }
            out.push(Edit { span: self.inside(), text: String::new() });
            return Ok(());
        }
        let mut at = 0;
        while at < self.children.len() {
            let run = self.children.iter().skip(at).take_while(|child| self.is_gone(**child)).count();
            if run == 0 {
                at += 1;
                continue;
            }
            out.push(Edit { span: self.removed(at, at + run)?, text: String::new() });
            at += run;
        }
        Ok(())
    }

    /// What goes with the elements from place `from` up to place `to`: their commas too.
    fn removed(&self, from: usize, to: usize) -> Result<Span, Conflict> {
        let get = |at: usize| self.children.get(at).copied().ok_or("an element is not found");
        let span = match self.children.get(to) {
            Some(next) => Span::new(self.start(get(from)?), self.start(*next)),
            None => {
                Span::new(self.end(get(from.checked_sub(1).ok_or("an element is not found")?)?), self.end(get(to - 1)?))
            }
        };
        if !self.page.comments(span).is_empty() {
            return Err("comments stand in what would be removed");
        }
        Ok(span)
    }

    fn gain(&self, out: &mut Vec<Edit>) -> Result<(), Conflict> {
        let added = self.changes.added.get(&self.node);
        let appended = self.changes.appended.get(&self.node);
        for child in &self.children {
            let Some((before, after)) = self.changes.inserted.get(child) else { continue };
            if self.is_gone(*child) {
                return Err("what it stands beside goes");
            }
            for value in before {
                let mut text = String::new();
                self.style.value(value, &mut text);
                text.push_str(self.style.comma);
                out.push(Edit { span: Span::empty_at(self.start(*child)), text });
            }
            self.behind(*child, after.iter().map(|value| (None, value)), out);
        }
        let gains: Vec<(Option<&str>, &Json)> = match (added, appended) {
            (Some(entries), _) => entries.iter().map(|(key, value)| (Some(key.as_str()), value)).collect(),
            (None, Some(items)) => items.iter().map(|value| (None, value)).collect(),
            (None, None) => return Ok(()),
        };
        match self.children.iter().rev().find(|child| !self.is_gone(**child)) {
            Some(last) => self.behind(*last, gains.into_iter(), out),
            None if self.children.is_empty() => {
                let mut text = String::new();
                for (number, (key, value)) in gains.into_iter().enumerate() {
                    text.push_str(if number > 0 { self.style.comma } else { "" });
                    self.write(key, value, None, &mut text);
                }
                let inside = self.inside();
                let blank = inside.text(self.page.text()).trim().is_empty();
                let span = if blank { inside } else { Span { end: inside.start, ..inside } };
                out.push(Edit { span, text });
            }
            None => return Err("everything around it goes"),
        }
        Ok(())
    }

    /// Adds elements behind one, each on a line of its own where that one has one.
    fn behind<'v>(&self, child: NodeId, gains: impl Iterator<Item = (Option<&'v str>, &'v Json)>, out: &mut Vec<Edit>) {
        let start = self.start(child);
        let own_line = self.page.begins_line(start).then(|| start - self.page.line_start(start));
        let mut text = String::new();
        for (key, value) in gains {
            match own_line {
                Some(indent) => {
                    text.push(',');
                    break_line(&mut text, indent, self.page.habits());
                }
                None => text.push_str(self.style.comma),
            }
            self.write(key, value, own_line, &mut text);
        }
        if !text.is_empty() {
            out.push(Edit { span: Span::empty_at(self.end(child)), text });
        }
    }

    fn write(&self, key: Option<&str>, value: &Json, indent: Option<usize>, out: &mut String) {
        if let Some(key) = key {
            out.push_str(&self.style.key(key));
            out.push_str(self.style.colon);
        }
        flow_value(self.style, value, indent, self.page, out);
    }
}
