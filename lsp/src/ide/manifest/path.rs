//! Where in a document a byte offset lies.

use policyc_engine::yaml::{Kind, Member, NodeId, Tree, members};
use policyc_text::Span;

/// A step down a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The value of a key.
    Key(String),
    /// An element of a list, 0-based.
    Index(usize),
}

/// A place in an object.
#[derive(Clone, Debug)]
pub(crate) struct At {
    /// The object's mapping.
    pub(crate) object: NodeId,
    /// The steps from the object down to the node.
    pub(crate) steps: Vec<Step>,
    /// The node: a scalar, or the value of the key that is meant.
    pub(crate) node: NodeId,
    /// The mappings and lists above the node, the object first.
    pub(crate) above: Vec<NodeId>,
    /// The key, where the offset lies on one; else the value.
    pub(crate) span: Span,
}

impl At {
    /// The keys on the way, indexes left out.
    pub(crate) fn keys(&self) -> Vec<&str> {
        self.steps.iter().filter_map(key_of).collect()
    }
}

fn key_of(step: &Step) -> Option<&str> {
    if let Step::Key(key) = step { Some(key) } else { None }
}

/// The place at a byte offset; `None` outside of objects, and between their keys and values.
pub(crate) fn at(tree: &Tree, offset: u32) -> Option<At> {
    let document = tree.documents.iter().find(|document| touches(document.span, offset))?;
    let mut object = None;
    members(tree, document.root?, &mut |member| {
        if let Member::Object { node, .. } = member
            && touches(tree.span(node), offset)
        {
            object = Some(node);
        }
    });
    let object = object?;
    let mut found = At { object, steps: Vec::new(), node: object, above: Vec::new(), span: Span::default() };
    // A document is as deep as its reader allows, and every step goes down.
    loop {
        match tree.kind(found.node) {
            Kind::Mapping => {
                let map = found.node;
                let on_key = |entry: NodeId| tree.key_span(entry).is_some_and(|span| touches(span, offset));
                let holds = |entry: NodeId| touches(tree.span(entry), offset) && !tree.span(entry).is_empty();
                let mut entries = tree.raw_entries(map).map(|entry| entry.value);
                let entry = entries.find(|entry| on_key(*entry) || holds(*entry))?;
                found.above.push(map);
                found.steps.push(Step::Key(tree.key_text(entry).to_owned()));
                found.node = entry;
                if on_key(entry) {
                    found.span = tree.key_span(entry).unwrap_or_default();
                    return Some(found);
                }
            }
            Kind::Sequence => {
                let (place, item) =
                    tree.items(found.node).enumerate().find(|(_, item)| touches(tree.span(*item), offset))?;
                found.above.push(found.node);
                found.steps.push(Step::Index(place));
                found.node = item;
            }
            Kind::Null | Kind::Scalar | Kind::Alias => {
                found.span = tree.span(found.node);
                return (found.node != object).then_some(found);
            }
        }
    }
}

fn touches(span: Span, offset: u32) -> bool {
    span.start <= offset && offset <= span.end
}
