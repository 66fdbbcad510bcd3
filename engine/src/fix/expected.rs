//! What a document must mean once it is changed, worked out from the tree and the changes, never from edited text.

use super::changes::Changes;
use crate::yaml::{Kind, NodeId, Resolved, Tree};
use serde_json::{Map, Number, Value as Json};

/// Values that are written out of one document, aliases repeated, before it is too large to be compared.
const MOST_VALUES: usize = 2_000_000;

/// Levels of nesting, aliases followed, beyond which a document is not compared.
const DEEPEST: usize = 500;

/// The value of a document; `None` where it is too large.
pub(crate) type Meant = Option<Json>;

/// The value below a node after the changes, as Kubernetes would read it.
pub(crate) fn expected(tree: &Tree, root: NodeId, changes: &Changes) -> Meant {
    Writer { tree, changes, left: MOST_VALUES, depth: 0 }.value(root)
}

struct Writer<'w> {
    tree: &'w Tree,
    changes: &'w Changes,
    left: usize,
    depth: usize,
}

impl Writer<'_> {
    fn value(&mut self, node: NodeId) -> Meant {
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let value = self.inner(node);
        self.depth -= 1;
        value
    }

    /// The recursion is bounded by [`DEEPEST`].
    fn inner(&mut self, node: NodeId) -> Meant {
        let (tree, changes) = (self.tree, self.changes);
        let node = tree.resolve(node);
        self.left = self.left.checked_sub(1)?;
        if let Some(value) = changes.set.get(&node).or_else(|| changes.grown.get(&node)) {
            return Some(value.clone());
        }
        Some(match tree.kind(node) {
            Kind::Mapping => {
                let mut map = Map::new();
                for entry in tree.entries(node).map(|entry| entry.value).filter(|entry| !changes.gone.contains(entry)) {
                    let key = changes.renamed.get(&entry).map_or(tree.key_text(entry), |key| key.as_str());
                    map.insert(key.to_owned(), self.value(entry)?);
                }
                for (key, value) in changes.added.get(&node).into_iter().flatten() {
                    map.insert(key.clone(), value.clone());
                }
                Json::Object(map)
            }
            Kind::Sequence => {
                let mut list = Vec::new();
                for item in tree.items(node) {
                    let (before, after) = changes.inserted.get(&item).map_or((&[][..], &[][..]), |(b, a)| (b, a));
                    list.extend_from_slice(before);
                    if !changes.gone.contains(&item) {
                        list.push(self.value(item)?);
                    }
                    list.extend_from_slice(after);
                }
                list.extend(changes.appended.get(&node).into_iter().flatten().cloned());
                Json::Array(list)
            }
            Kind::Null | Kind::Scalar | Kind::Alias => match tree.resolved(node) {
                None | Some(Resolved::Null) => Json::Null,
                Some(Resolved::Bool(value)) => Json::Bool(value),
                Some(Resolved::Int(value)) => Json::Number(value.into()),
                Some(Resolved::Float(value)) => Number::from_f64(value).map_or(Json::Null, Json::Number),
                Some(Resolved::String) => Json::String(tree.text(node).to_owned()),
            },
        })
    }
}
