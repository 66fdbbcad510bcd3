//! Hash look-ups for joins: objects by kind, by kind and namespace, by kind, namespace and name.

use super::nodes::WorldFile;
use super::object::Object;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::BuildHasher;
use std::ops::Range;

/// All look-ups; made once, when the first join asks.
pub(super) struct Index {
    kinds: FxHashMap<Box<str>, u32>,
    by_kind: Vec<Vec<u32>>,
    by_namespace: FxHashMap<Option<u32>, Vec<u32>>,
    // Objects sorted by kind, namespace, hash of the name, then place; the ranges are those of a kind in a namespace,
    // whose objects stand in `in_order` by place alone.
    sorted: Vec<u32>,
    keys: Vec<u64>,
    in_order: Vec<u32>,
    ranges: FxHashMap<(u32, Option<u32>), Range<usize>>,
}

impl Index {
    pub(super) fn new(files: &[WorldFile], objects: &[Object]) -> Self {
        let mut kinds: FxHashMap<Box<str>, u32> = FxHashMap::default();
        let mut by_kind: Vec<Vec<u32>> = Vec::new();
        let mut by_namespace: FxHashMap<Option<u32>, Vec<u32>> = FxHashMap::default();
        let mut rows = Vec::with_capacity(objects.len());
        for (number, object) in (0u32..).zip(objects) {
            let text = object.kind(files);
            let kind = match kinds.get(text) {
                Some(kind) => *kind,
                None => {
                    let kind = u32::try_from(by_kind.len()).unwrap_or(u32::MAX);
                    kinds.insert(text.into(), kind);
                    by_kind.push(Vec::new());
                    kind
                }
            };
            by_kind[kind as usize].push(number);
            by_namespace.entry(object.namespace).or_default().push(number);
            rows.push((kind, object.namespace, hash(object.name(files).unwrap_or_default()), number));
        }
        rows.sort_unstable();
        let mut ranges: FxHashMap<(u32, Option<u32>), Range<usize>> = FxHashMap::default();
        for (place, row) in rows.iter().enumerate() {
            ranges.entry((row.0, row.1)).or_insert(place..place).end = place + 1;
        }
        let sorted: Vec<u32> = rows.iter().map(|row| row.3).collect();
        let mut in_order = sorted.clone();
        for range in ranges.values() {
            in_order[range.clone()].sort_unstable();
        }
        let keys = rows.iter().map(|row| row.2).collect();
        Self { kinds, by_kind, by_namespace, sorted, keys, in_order, ranges }
    }

    pub(super) fn of_kind(&self, kind: &str) -> &[u32] {
        self.kinds.get(kind).map_or(&[], |kind| &self.by_kind[*kind as usize])
    }

    fn range(&self, kind: &str, namespace: Option<u32>) -> Range<usize> {
        let kind = self.kinds.get(kind);
        kind.and_then(|kind| self.ranges.get(&(*kind, namespace))).cloned().unwrap_or(0..0)
    }

    pub(super) fn of_kind_in(&self, kind: &str, namespace: Option<u32>) -> &[u32] {
        &self.in_order[self.range(kind, namespace)]
    }

    pub(super) fn in_namespace(&self, namespace: Option<u32>) -> &[u32] {
        self.by_namespace.get(&namespace).map_or(&[], Vec::as_slice)
    }

    /// Objects whose names have the same hash.
    pub(super) fn named(&self, kind: &str, namespace: Option<u32>, name: &str) -> &[u32] {
        let range = self.range(kind, namespace);
        let (keys, wanted) = (&self.keys[range.clone()], hash(name));
        let (start, end) = (keys.partition_point(|key| *key < wanted), keys.partition_point(|key| *key <= wanted));
        &self.sorted[range.start + start..range.start + end]
    }
}

fn hash(text: &str) -> u64 {
    FxBuildHasher.hash_one(text)
}
