//! How a file is written: the width of its indentation, where its dashes stand, how its lines end.

use super::page::Page;
use crate::yaml::{Kind, NodeId, Style};
use std::collections::BTreeMap;

/// Nodes that are looked at for habits.
const LOOKED_AT: usize = 2000;
/// Deepest indentation that is taken for a habit, in columns.
const DEEPEST: usize = 16;

/// What most of a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Habits {
    /// Columns from a key to the keys below it.
    pub(crate) step: usize,
    /// Columns from a key to the dashes below it.
    pub(crate) dash: usize,
    /// What ends a line.
    pub(crate) newline: &'static str,
}

impl Habits {
    pub(super) fn of(page: &Page<'_>) -> Self {
        let (mut steps, mut dashes) = (Votes::default(), Votes::default());
        for node in page.tree.all_nodes().take(LOOKED_AT) {
            let Some((parent, own)) = columns(page, node) else { continue };
            match page.tree.kind(node) {
                Kind::Mapping if own > parent => steps.add(own - parent),
                Kind::Sequence if own >= parent => dashes.add(own - parent),
                _ => {}
            }
        }
        let step = steps.most().unwrap_or(2).clamp(1, DEEPEST);
        let first_line = memchr::memchr(b'\n', page.text().as_bytes());
        let crlf = first_line.is_some_and(|at| at > 0 && page.text().as_bytes().get(at - 1) == Some(&b'\r'));
        Self { step, dash: dashes.most().unwrap_or(step).min(DEEPEST), newline: if crlf { "\r\n" } else { "\n" } }
    }
}

/// The columns of a block collection that is the value of a key, and of the key.
fn columns(page: &Page<'_>, node: NodeId) -> Option<(usize, usize)> {
    if page.tree.style(node) != Style::Block || !matches!(page.tree.kind(node), Kind::Mapping | Kind::Sequence) {
        return None;
    }
    let key = page.tree.key_span(node)?;
    let own = page.tree.span(node).start as usize;
    Some((page.column(key.start as usize).ok()?, page.column(own).ok()?))
}

#[derive(Default)]
struct Votes(BTreeMap<usize, usize>);

impl Votes {
    fn add(&mut self, width: usize) {
        *self.0.entry(width).or_default() += 1;
    }

    /// The width with most votes; of several the smallest.
    fn most(&self) -> Option<usize> {
        let best = self.0.values().max()?;
        self.0.iter().find(|(_, votes)| *votes == best).map(|(width, _)| *width)
    }
}
