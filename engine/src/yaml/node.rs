//! One node of the arena, packed into 28 bytes, and the names of its parts. No navigation here.

use policyc_text::Span;

use super::keys::Sym;

/// A node of one [`Tree`](super::Tree), by its place in the arena. Places are in source order: a node comes before
/// everything below it, and everything below it before its next sibling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    pub(super) const NONE: u32 = u32::MAX;

    pub(super) fn from_link(link: u32) -> Option<Self> {
        (link != Self::NONE).then_some(Self(link))
    }

    /// The place in the arena, 0-based.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing after a key or dash, or a scalar that Kubernetes reads as null (`~`, `null`).
    Null,
    /// Any other scalar; its value is [`Tree::resolved`](super::Tree::resolved).
    Scalar,
    /// A mapping.
    Mapping,
    /// A sequence.
    Sequence,
    /// A link to an earlier node.
    Alias,
}

/// How a node, or a key, is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// A scalar without quotes, or an alias.
    Plain,
    /// `'…'`.
    SingleQuoted,
    /// `"…"`.
    DoubleQuoted,
    /// A block scalar under `|`.
    Literal,
    /// A block scalar under `>`.
    Folded,
    /// A collection by indentation.
    Block,
    /// A collection in brackets or braces.
    Flow,
}

/// The value is in the pool of decoded texts; its number is the node's child.
pub(super) const POOLED: u32 = 1 << 9;
/// The scalar has a tag and a line in the table of tagged scalars.
pub(super) const TAGGED: u32 = 1 << 10;
/// The entry's key is `<<`, which merges.
pub(super) const MERGE: u32 = 1 << 11;
/// The entry's key has a line in the table of odd keys.
pub(super) const ODD_KEY: u32 = 1 << 12;
/// The node is the value of a mapping's entry.
pub(super) const HAS_KEY: u32 = 1 << 13;
/// The mapping has duplicates or merges, and a line in the table of effective entries.
pub(super) const EFFECTIVE: u32 = 1 << 14;
/// The value, or what else is in the list, cannot be told; the reason is in the table of unknowns.
pub(super) const UNKNOWN: u32 = 1 << 15;

const KEY_LENGTH_SHIFT: u32 = 16;
/// Longest key, in bytes, whose length fits the node.
pub(super) const MAX_KEY_LENGTH: u32 = u16::MAX as u32;

/// A node. Links are places in the arena, [`NodeId::NONE`] where there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    head: u32,
    pub(super) key: Sym,
    pub(super) key_start: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) next: u32,
    /// First child, number of the pooled text, or target of an alias.
    pub(super) child: u32,
}

const _: () = assert!(size_of::<Node>() == 28, "the arena's size decides how fast documents are read");

impl Node {
    pub(super) fn new(kind: Kind, style: Style, span: Span) -> Self {
        let head = kind as u32 | (style as u32) << 3;
        let (start, end) = (span.start, span.end);
        Self { head, key: Sym::OTHER, key_start: start, start, end, next: NodeId::NONE, child: NodeId::NONE }
    }

    pub(super) fn kind(&self) -> Kind {
        match self.head & 7 {
            0 => Kind::Null,
            1 => Kind::Scalar,
            2 => Kind::Mapping,
            3 => Kind::Sequence,
            _ => Kind::Alias,
        }
    }

    pub(super) fn style(&self) -> Style {
        style(self.head >> 3)
    }

    pub(super) fn key_style(&self) -> Style {
        style(self.head >> 6)
    }

    pub(super) fn has(&self, flag: u32) -> bool {
        self.head & flag != 0
    }

    pub(super) fn set(&mut self, flag: u32) {
        self.head |= flag;
    }

    pub(super) fn span(&self) -> Span {
        Span { start: self.start, end: self.end }
    }

    /// The key's length in bytes, where [`ODD_KEY`] does not say otherwise.
    pub(super) fn key_length(&self) -> u32 {
        self.head >> KEY_LENGTH_SHIFT
    }

    pub(super) fn set_key(&mut self, sym: Sym, span: Span, style: Style, flags: u32) {
        let length = (span.end - span.start).min(MAX_KEY_LENGTH);
        self.key = sym;
        self.key_start = span.start;
        self.head |= HAS_KEY | flags | (style as u32) << 6 | length << KEY_LENGTH_SHIFT;
    }
}

fn style(bits: u32) -> Style {
    match bits & 7 {
        0 => Style::Plain,
        1 => Style::SingleQuoted,
        2 => Style::DoubleQuoted,
        3 => Style::Literal,
        4 => Style::Folded,
        5 => Style::Block,
        _ => Style::Flow,
    }
}
