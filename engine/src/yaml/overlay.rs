//! After a document is built: are its aliases affordable, and which entries count where keys repeat or merge.
//!
//! Source: `decode.go` of go-yaml v2. It writes a mapping's entries into a table from top to bottom; `<<` writes the
//! merged entries at its own place, a list of merges from its last item to its first. So a later entry always wins, a
//! merge below a key beats that key, and of a list of merges the first wins.

use rustc_hash::FxHashMap;

use super::build::{Built, Refusal};
use super::limits::Limits;
use super::node::{EFFECTIVE, Kind, NodeId};
use super::tree::{Effective, Tree};

/// Walks a document as go-yaml decodes it and counts what its aliases cost.
///
/// # Errors
///
/// A self-reference, more aliasing than go-yaml allows, or more nodes or depth than the limits allow.
pub(super) fn check_aliases(tree: &Tree, root: NodeId, limits: &Limits) -> Built {
    let mut walk = Walk { tree, limits, decoded: 1, aliased: 0, active: Vec::new() };
    walk.value(root, 0)
}

struct Walk<'t> {
    tree: &'t Tree,
    limits: &'t Limits,
    /// Nodes decoded so far, repetitions counted; the document itself is the first.
    decoded: usize,
    /// Those of them that lie below an alias.
    aliased: usize,
    /// Aliases that are being followed.
    active: Vec<NodeId>,
}

impl Walk<'_> {
    /// The recursion is bounded by the limit on depth.
    fn value(&mut self, node: NodeId, depth: usize) -> Built {
        self.count(node)?;
        if depth > self.limits.depth {
            let reason = format!("aliases nest this deeper than {} levels", self.limits.depth);
            return Err(Refusal::aliasing(self.site(node), reason));
        }
        let tree = self.tree;
        match tree.kind(node) {
            Kind::Null | Kind::Scalar => Ok(()),
            Kind::Alias => self.alias(node, depth),
            Kind::Sequence => tree.items(node).try_for_each(|item| self.value(item, depth + 1)),
            Kind::Mapping => tree.raw_entries(node).try_for_each(|entry| {
                if tree.is_merge(entry.value) {
                    return self.merge(entry.value, depth);
                }
                self.key(entry.value)?;
                self.value(entry.value, depth + 1)
            }),
        }
    }

    fn alias(&mut self, node: NodeId, depth: usize) -> Built {
        if self.active.contains(&node) {
            return Err(Refusal::aliasing(self.tree.span(node), "this alias stands inside of what it refers to"));
        }
        self.active.push(node);
        let result = self.value(self.tree.resolve(node), depth + 1);
        self.active.pop();
        result
    }

    fn merge(&mut self, value: NodeId, depth: usize) -> Built {
        for map in merged_maps(self.tree, value)? {
            self.value(map, depth + 1)?;
        }
        Ok(())
    }

    fn key(&mut self, entry: NodeId) -> Built {
        self.count(entry)?;
        if self.tree.odd_key(entry).is_some_and(|odd| odd.alias) {
            self.decoded += 1;
            self.aliased += 1;
        }
        Ok(())
    }

    fn count(&mut self, node: NodeId) -> Built {
        self.decoded += 1;
        if !self.active.is_empty() {
            self.aliased += 1;
        }
        if self.is_excessive() {
            return Err(Refusal::aliasing(self.site(node), "the document contains excessive aliasing"));
        }
        Ok(())
    }

    fn is_excessive(&self) -> bool {
        if self.decoded > self.limits.expanded_nodes {
            return true;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let ratio = |part: usize, whole: usize| part as f64 / whole as f64;
        self.aliased > 100 && self.decoded > 1000 && ratio(self.aliased, self.decoded) > allowed_ratio(self.decoded)
    }

    /// The outermost alias that is being followed, which is what its author can see.
    fn site(&self, node: NodeId) -> policyc_text::Span {
        self.tree.span(self.active.first().copied().unwrap_or(node))
    }
}

/// go-yaml's `allowedAliasRatio`.
fn allowed_ratio(decoded: usize) -> f64 {
    const LOW: usize = 400_000;
    const HIGH: usize = 4_000_000;
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    match decoded {
        ..=LOW => 0.99,
        HIGH.. => 0.10,
        _ => 0.99 - 0.89 * ((decoded - LOW) as f64 / (HIGH - LOW) as f64),
    }
}

/// The mappings that a merge key's value names, in the order in which they are written; later ones win.
fn merged_maps(tree: &Tree, value: NodeId) -> Built<Vec<NodeId>> {
    let refusal = |node| Refusal::new(tree.span(node), "Kubernetes merges only a mapping or a list of mappings");
    let is_map = |node| tree.kind(tree.resolve(node)) == Kind::Mapping;
    match tree.kind(value) {
        Kind::Mapping | Kind::Alias if is_map(value) => Ok(vec![value]),
        Kind::Sequence => {
            let mut maps: Vec<NodeId> = tree.items(value).collect();
            if let Some(other) = maps.iter().find(|item| !is_map(**item)) {
                return Err(refusal(*other));
            }
            maps.reverse();
            Ok(maps)
        }
        Kind::Null | Kind::Scalar | Kind::Mapping | Kind::Alias => Err(refusal(value)),
    }
}

/// Works out the entries that count in each mapping that has duplicates or merges.
///
/// # Errors
///
/// A merge of something that is not a mapping, or more merged entries than the limits allow.
pub(super) fn overlay(tree: &mut Tree, mut maps: Vec<NodeId>, limits: &Limits) -> Built {
    maps.sort_unstable();
    let mut done = Done { entries: FxHashMap::default(), budget: limits.expanded_nodes };
    for map in &maps {
        effective(tree, *map, &mut done)?;
    }
    for map in maps {
        let Some(entries) = done.entries.remove(&map) else { continue };
        let start = u32::try_from(tree.effective_entries.len()).unwrap_or(u32::MAX);
        tree.effective_entries.extend(entries);
        let end = u32::try_from(tree.effective_entries.len()).unwrap_or(u32::MAX);
        tree.effective.push(Effective { map, start, end });
        tree.nodes[map.index()].set(EFFECTIVE);
    }
    Ok(())
}

/// Mappings that are worked out, and how many entries may still be merged: merges within merges copy what they merge.
struct Done {
    entries: FxHashMap<NodeId, Vec<NodeId>>,
    budget: usize,
}

/// The recursion follows merges, whose depth [`check_aliases`] has bounded.
fn effective(tree: &Tree, map: NodeId, done: &mut Done) -> Built {
    if done.entries.contains_key(&map) {
        return Ok(());
    }
    let mut writes = Vec::new();
    for entry in tree.raw_entries(map).map(|entry| entry.value) {
        if !tree.is_merge(entry) {
            writes.push(entry);
            continue;
        }
        for merged in merged_maps(tree, entry)? {
            let merged = tree.resolve(merged);
            effective(tree, merged, done)?;
            writes.extend(done.entries.get(&merged).into_iter().flatten());
        }
    }
    let Some(budget) = done.budget.checked_sub(writes.len()) else {
        return Err(Refusal::aliasing(tree.span(map), "merges write out more entries than can be kept"));
    };
    done.budget = budget;
    done.entries.insert(map, last_writes(tree, &writes));
    Ok(())
}

/// Of writes to the same key only the last, in the order of the writes.
fn last_writes(tree: &Tree, writes: &[NodeId]) -> Vec<NodeId> {
    let mut order: Vec<usize> = (0..writes.len()).collect();
    order.sort_by_key(|at| tree.key_text(writes[*at]));
    let mut kept: Vec<usize> = order
        .chunk_by(|left, right| tree.key_text(writes[*left]) == tree.key_text(writes[*right]))
        .filter_map(|equal| equal.last().copied())
        .collect();
    kept.sort_unstable();
    kept.into_iter().map(|at| writes[at]).collect()
}
