//! What quick judging computes: values that are copied, not counted, and where they come from within one object.

use crate::yaml::NodeId;
use policyc_lang::ir::{Const, Shape, Sym};
use policyc_lang::values::{Duration, Quantity, Version};

/// What quick judging leaves to the evaluator: what cannot be told, what stands behind an alias, and whatever is rare.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bail;

/// A value, or that the evaluator must say.
pub(super) type Quickly<T> = Result<T, Bail>;

/// How a condition comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    /// It does not hold.
    False,
    /// It holds.
    True,
    /// A part of a file that its reader cannot tell decides.
    Unknown,
}

impl Truth {
    /// True or false; the rest is left to the evaluator.
    pub(super) fn known(self) -> Quickly<bool> {
        if self == Self::Unknown { Err(Bail) } else { Ok(self == Self::True) }
    }

    /// Kleene's `not`.
    pub(super) fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::True => Self::False,
            Self::Unknown => Self::Unknown,
        }
    }

    /// Kleene's `or`.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, Self::False) => Self::False,
            _ => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// Computed values that are rare.
#[derive(Clone, Debug)]
pub(super) enum Odd {
    /// An amount.
    Quantity(Quantity),
    /// A version.
    Version(Version),
    /// A length of time.
    Duration(Duration),
}

/// What stands for a step that has no number.
pub(super) const UNNAMED: u16 = u16::MAX;

/// The number of a name as [`Source::Missing`] has it.
pub(super) fn short(name: Sym) -> u16 {
    u16::try_from(name.0).unwrap_or(UNNAMED)
}

/// Where a value comes from, in the file at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The policy itself, parameters included.
    None,
    /// A node.
    Node(NodeId),
    /// A node's key.
    Key(NodeId),
    /// Something that is missing below a node, and the first of it: the number of a name, or [`UNNAMED`].
    Missing(NodeId, u16),
    /// A node that is there but null.
    Null(NodeId),
}

impl Source {
    /// Whether the input gave the value.
    pub(super) fn is_input(self) -> bool {
        self != Self::None
    }

    /// The first of two that the input gave.
    pub(super) fn or(self, other: Self) -> Self {
        if self == Self::None { other } else { self }
    }

    /// The node.
    pub(super) fn node(self) -> Option<NodeId> {
        match self {
            Self::None => None,
            Self::Node(node) | Self::Key(node) | Self::Missing(node, _) | Self::Null(node) => Some(node),
        }
    }

    /// What is missing one step below; `name` is [`UNNAMED`] for other steps than to a field.
    pub(super) fn missing(self, name: u16) -> Self {
        match self {
            Self::Node(node) | Self::Null(node) => Self::Missing(node, name),
            other => other,
        }
    }
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Data<'a> {
    /// Nothing is there.
    Absent,
    /// YAML's null, where anything goes.
    Null,
    /// A part of a file that its reader cannot tell; the evaluator knows why.
    Unknown,
    /// A truth value.
    Bool(bool),
    /// A number without a fraction.
    Int(i64),
    /// A text of a document or of the program.
    Str(&'a str),
    /// A computed text, by its place.
    Text(u32),
    /// A scalar that is a quantity; it is read when it is compared.
    Amount(NodeId),
    /// What else a program can say.
    Const(&'a Const),
    /// What else was computed, by its place.
    Odd(u32),
    /// A part of a record that is not made here.
    Unmade,
    /// A mapping or a sequence.
    Node(NodeId, Shape),
    /// The object that is judged.
    Object,
    /// A row.
    Row(u32),
    /// A computed list: its place and length.
    List(u32, u32),
    /// A computed record: its place and length.
    Record(u32, u32),
}

/// A value and where it comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'a> {
    /// What it is.
    pub(super) data: Data<'a>,
    /// Where it comes from.
    pub(super) source: Source,
}

const _: () = assert!(size_of::<Source>() == 8 && size_of::<Value<'_>>() <= 32, "values are copied at every step");

impl<'a> Value<'a> {
    pub(super) fn new(data: Data<'a>, source: Source) -> Self {
        Self { data, source }
    }

    pub(super) fn absent(source: Source) -> Self {
        Self { data: Data::Absent, source }
    }

    pub(super) fn bool(value: bool, source: Source) -> Self {
        Self { data: Data::Bool(value), source }
    }

    pub(super) fn constant(value: &'a Const, source: Source) -> Self {
        let data = match value {
            Const::Absent => Data::Absent,
            Const::Bool(value) => Data::Bool(*value),
            Const::Number(number) => number.as_i64().map_or(Data::Const(value), Data::Int),
            Const::String(text) => Data::Str(text),
            other => Data::Const(other),
        };
        Self { data, source }
    }

    pub(super) fn is_absent(&self) -> bool {
        matches!(self.data, Data::Absent)
    }

    pub(super) fn of(truth: Truth, source: Source) -> Self {
        match truth {
            Truth::Unknown => Self { data: Data::Unknown, source },
            known => Self::bool(known == Truth::True, source),
        }
    }

    /// As a condition.
    pub(super) fn truth(&self) -> Quickly<Truth> {
        match self.data {
            Data::Bool(value) => Ok(value.into()),
            Data::Absent | Data::Null => Ok(Truth::False),
            Data::Unknown => Ok(Truth::Unknown),
            _ => Err(Bail),
        }
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self.data, Data::Unknown)
    }

    /// What it is one and the same with.
    pub(super) fn identity(&self) -> Option<(u8, u32)> {
        let number = |node: NodeId| u32::try_from(node.index()).unwrap_or(u32::MAX);
        match self.data {
            Data::Object => Some((0, 0)),
            Data::Row(row) => Some((1, row)),
            Data::Node(node, _) => Some((2, number(node))),
            _ => None,
        }
    }
}
