//! Where values come from: places in documents, what is missing there, and parameters.
//!
//! An origin is small and copied with every value. A missing place is its nearest existing ancestor and a path; paths
//! are interned without regard to the node, so their number is bounded by the program and by the distinct keys asked
//! for, not by the number of documents.

use super::names::{Name, Names};
use crate::report::limit::{NAME, capped};
use crate::yaml::NodeId;
use policyc_lang::ir::ParamId;
use rustc_hash::FxHashMap;

/// A node of a file of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Place in the world's list of files.
    pub(crate) file: u32,
    /// The node.
    pub(crate) node: NodeId,
    /// The outermost alias through which the node was reached.
    pub(crate) alias: Option<NodeId>,
}

impl Place {
    /// A node that is reached without an alias.
    pub(crate) fn new(file: u32, node: NodeId) -> Self {
        Self { file, node, alias: None }
    }

    /// The node that people see: the alias where there is one.
    pub(crate) fn visible(self) -> NodeId {
        self.alias.unwrap_or(self.node)
    }
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The policy itself.
    None,
    /// A node.
    Node(Place),
    /// A node's key.
    Key(Place),
    /// Something that is missing below a node; the empty path stands for a node that is there but null.
    Missing(Place, PathId),
    /// A parameter.
    Param(ParamId),
}

impl Origin {
    /// Whether the input, and not the policy, gave the value.
    pub(crate) fn is_input(self) -> bool {
        matches!(self, Self::Node(_) | Self::Key(_) | Self::Missing(..))
    }

    /// The first of two that the input gave; else the first that is not none.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (first, _) if first.is_input() => first,
            (_, second) if second.is_input() => second,
            (Self::None, second) => second,
            (first, _) => first,
        }
    }

    /// The place, if the input gave the value.
    pub(crate) fn place(self) -> Option<Place> {
        match self {
            Self::Node(place) | Self::Key(place) | Self::Missing(place, _) => Some(place),
            Self::None | Self::Param(_) => None,
        }
    }
}

/// An interned path below a node; 0 is the empty path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PathId(u32);

impl PathId {
    /// No step.
    pub(crate) const EMPTY: Self = Self(0);
}

/// A step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// A key.
    Key(Name),
    /// A 0-based index.
    Index(u32),
    /// The element of a list whose field of the first name has the second for its text.
    Element(Name, Name),
}

/// All paths of missing places.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    steps: Vec<(PathId, Step)>,
    known: FxHashMap<(PathId, Step), PathId>,
}

impl Paths {
    /// The path one step longer.
    pub(crate) fn extend(&mut self, path: PathId, step: Step) -> PathId {
        let next = PathId(u32::try_from(self.steps.len() + 1).unwrap_or(u32::MAX));
        let id = *self.known.entry((path, step)).or_insert(next);
        if id == next {
            self.steps.push((path, step));
        }
        id
    }

    /// The steps of a path, outermost first.
    pub(crate) fn steps(&self, mut path: PathId) -> Vec<Step> {
        let mut out = Vec::new();
        while let Some((parent, step)) = self.last_step(path) {
            out.push(step);
            path = parent;
        }
        out.reverse();
        out
    }

    /// The outermost step of a path.
    pub(crate) fn first_step(&self, mut path: PathId) -> Option<Step> {
        let mut first = None;
        while let Some((parent, step)) = self.last_step(path) {
            first = Some(step);
            path = parent;
        }
        first
    }

    fn last_step(&self, path: PathId) -> Option<(PathId, Step)> {
        (path.0 as usize).checked_sub(1).and_then(|place| self.steps.get(place)).copied()
    }

    /// Appends a path as people read it: `securityContext.runAsNonRoot`, `labels["a.b"]`, `args[0]`.
    pub(crate) fn print(&self, path: PathId, names: &Names<'_>, out: &mut String) {
        let mut push = |step| match step {
            Step::Key(name) => push_key(out, &capped(names.text(name), NAME)),
            Step::Index(index) => out.push_str(&format!("[{index}]")),
            Step::Element(key, value) => {
                let value = capped(names.text(value), NAME);
                out.push_str(&format!("[{}={value}]", names.text(key)));
            }
        };
        match self.last_step(path) {
            Some((PathId::EMPTY, step)) => push(step),
            _ => self.steps(path).into_iter().for_each(push),
        }
    }
}

/// Appends a key to a path: `.name`, or `["odd key"]`.
pub(crate) fn push_key(path: &mut String, key: &str) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !key.is_empty() && key.bytes().all(plain) {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
    } else {
        path.push_str(&format!("[{key:?}]"));
    }
}
