//! What expressions compute: data and where it comes from. Small, and cheap to copy.

use super::names::Name;
use super::origin::Origin;
use crate::yaml::NodeId;
use policyc_lang::ir::{Const, Shape, ViewId};
use policyc_lang::values::{
    Cidr, Date, Duration, Glob, IntRange, Ip, Number, Pattern, Quantity, Severity, Version, VersionRange,
};
use std::rc::Rc;

/// A value and its origin.
#[derive(Clone, Debug)]
pub(crate) struct Value<'a> {
    /// What it is.
    pub(crate) data: Data<'a>,
    /// Where it comes from.
    pub(crate) origin: Origin,
}

/// Why a value is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// For people; a part of a sentence.
    pub(crate) reason: Rc<str>,
    /// Whether only objects that an open world may hold elsewhere could tell.
    pub(crate) open: bool,
}

impl Unknown {
    /// For a reason in the input or the policy.
    pub(crate) fn new(reason: impl Into<Rc<str>>) -> Self {
        Self { reason: reason.into(), open: false }
    }

    /// For what may be outside of an open world.
    pub(crate) fn open(reason: impl Into<Rc<str>>) -> Self {
        Self { reason: reason.into(), open: true }
    }

    /// The one of two that cannot be lifted by a larger world.
    pub(crate) fn and<'u>(first: &'u Self, second: &'u Self) -> &'u Self {
        if first.open && !second.open { second } else { first }
    }
}

/// An object of the world, by its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ObjectId(pub(crate) u32);

/// A namespace of the world, by its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NamespaceId(pub(crate) u32);

/// A row of a view, by its place in the evaluator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RowId(pub(crate) u32);

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Data<'a> {
    /// Nothing is there.
    Absent,
    /// YAML's null, only where a document's type is not known.
    Null,
    /// It cannot be told.
    Unknown(Unknown),
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text of a document or of the program.
    Str(&'a str),
    /// A computed text.
    Owned(Rc<str>),
    /// An amount.
    Quantity(Quantity),
    /// A length of time.
    Duration(Duration),
    /// A moment.
    Date(Date),
    /// A severity.
    Severity(Severity),
    /// An address.
    Ip(Ip),
    /// A block of addresses.
    Cidr(Cidr),
    /// A range of numbers.
    Range(IntRange),
    /// A version, a range of versions, a glob or a regular expression of the program.
    Const(&'a Const),
    /// Such a value, computed.
    Rich(Rc<Rich>),
    /// A mapping or a sequence of a document.
    Node(u32, NodeId, Shape),
    /// An object.
    Object(ObjectId),
    /// A row.
    Row(RowId),
    /// A namespace.
    Namespace(NamespaceId),
    /// The project.
    Project,
    /// The cluster.
    Cluster,
    /// A list.
    List(Rc<List<'a>>),
    /// A record.
    Record(Rc<Vec<(Name, Value<'a>)>>),
    /// A list of the program.
    ConstList(&'a [Const]),
    /// A record or map of the program.
    ConstRecord(&'a [(String, Const)]),
}

/// Computed values that are large.
#[derive(Debug)]
pub(crate) enum Rich {
    /// A version.
    Version(Version),
    /// A range of versions.
    VersionRange(VersionRange),
    /// A regular expression.
    Pattern(Pattern),
}

/// A list; some of its elements may not be known.
#[derive(Clone, Debug)]
pub(crate) struct List<'a> {
    /// The elements that are known.
    pub(crate) items: Vec<Value<'a>>,
    /// Why there may be more.
    pub(crate) incomplete: Option<Unknown>,
}

/// What a value is one and the same with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    /// An object.
    Object(ObjectId),
    /// A row.
    Row(RowId),
    /// A namespace.
    Namespace(NamespaceId),
    /// The project.
    Project,
    /// A node of a file, as reached through an alias or without one.
    Node(u32, NodeId, Option<NodeId>),
}

impl<'a> Value<'a> {
    /// A value of the policy's own making.
    pub(crate) fn plain(data: Data<'a>) -> Self {
        Self { data, origin: Origin::None }
    }

    /// A value with its origin.
    pub(crate) fn new(data: Data<'a>, origin: Origin) -> Self {
        Self { data, origin }
    }

    /// Nothing, without a place.
    pub(crate) fn absent() -> Self {
        Self::plain(Data::Absent)
    }

    /// Nothing, from an origin.
    pub(crate) fn absent_at(origin: Origin) -> Self {
        Self::new(Data::Absent, origin)
    }

    /// A truth value.
    pub(crate) fn bool(value: bool, origin: Origin) -> Self {
        Self::new(Data::Bool(value), origin)
    }

    /// A computed text.
    pub(crate) fn text(text: impl Into<Rc<str>>, origin: Origin) -> Self {
        Self::new(Data::Owned(text.into()), origin)
    }

    /// A number.
    pub(crate) fn number(number: impl Into<Number>, origin: Origin) -> Self {
        Self::new(Data::Number(number.into()), origin)
    }

    /// Not known.
    pub(crate) fn unknown(reason: impl Into<Rc<str>>, origin: Origin) -> Self {
        Self::new(Data::Unknown(Unknown::new(reason)), origin)
    }

    /// A complete list.
    pub(crate) fn list(items: Vec<Value<'a>>, origin: Origin) -> Self {
        Self::new(Data::List(Rc::new(List { items, incomplete: None })), origin)
    }

    /// A constant.
    pub(crate) fn constant(value: &'a Const, origin: Origin) -> Self {
        let data = match value {
            Const::Absent => Data::Absent,
            Const::Bool(value) => Data::Bool(*value),
            Const::Number(value) => Data::Number(*value),
            Const::String(value) => Data::Str(value),
            Const::Quantity(value) => Data::Quantity(*value),
            Const::Duration(value) => Data::Duration(*value),
            Const::Date(value) => Data::Date(*value),
            Const::Severity(value) => Data::Severity(*value),
            Const::Ip(value) => Data::Ip(*value),
            Const::Cidr(value) => Data::Cidr(*value),
            Const::Range(value) => Data::Range(*value),
            Const::List(items) => Data::ConstList(items),
            Const::Record(fields) => Data::ConstRecord(fields),
            Const::Semver(_) | Const::VersionRange(_) | Const::Glob(_) | Const::Regex(_) => Data::Const(value),
        };
        Self::new(data, origin)
    }

    /// Whether nothing is there.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self.data, Data::Absent)
    }

    /// Why it is not known.
    pub(crate) fn as_unknown(&self) -> Option<&Unknown> {
        if let Data::Unknown(unknown) = &self.data { Some(unknown) } else { None }
    }

    /// The text of a string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::Str(text) => Some(text),
            Data::Owned(text) => Some(text),
            _ => None,
        }
    }

    /// The number.
    pub(crate) fn as_number(&self) -> Option<Number> {
        match &self.data {
            Data::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The version.
    pub(crate) fn as_version(&self) -> Option<&Version> {
        match &self.data {
            Data::Const(Const::Semver(version)) => Some(version),
            Data::Rich(rich) => match &**rich {
                Rich::Version(version) => Some(version),
                _ => None,
            },
            _ => None,
        }
    }

    /// The range of versions.
    pub(crate) fn as_version_range(&self) -> Option<&VersionRange> {
        match &self.data {
            Data::Const(Const::VersionRange(range)) => Some(range),
            Data::Rich(rich) => match &**rich {
                Rich::VersionRange(range) => Some(range),
                _ => None,
            },
            _ => None,
        }
    }

    /// The glob.
    pub(crate) fn as_glob(&self) -> Option<&Glob> {
        match &self.data {
            Data::Const(Const::Glob(glob)) => Some(glob),
            _ => None,
        }
    }

    /// The regular expression.
    pub(crate) fn as_pattern(&self) -> Option<&Pattern> {
        match &self.data {
            Data::Const(Const::Regex(pattern)) => Some(pattern),
            Data::Rich(rich) => match &**rich {
                Rich::Pattern(pattern) => Some(pattern),
                _ => None,
            },
            _ => None,
        }
    }

    /// What it is one and the same with, for values that have an identity.
    pub(crate) fn identity(&self) -> Option<Identity> {
        match self.data {
            Data::Object(id) => Some(Identity::Object(id)),
            Data::Row(id) => Some(Identity::Row(id)),
            Data::Namespace(id) => Some(Identity::Namespace(id)),
            Data::Project => Some(Identity::Project),
            Data::Node(file, node, _) => {
                Some(Identity::Node(file, node, self.origin.place().and_then(|place| place.alias)))
            }
            _ => None,
        }
    }

    /// The same data, from another origin.
    pub(crate) fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }
}

/// A row of a view.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    /// The view.
    pub(crate) view: ViewId,
    /// The clause that gave it; `None` where the view has none.
    pub(crate) clause: Option<u32>,
    /// What it comes from.
    pub(crate) parent: Value<'a>,
    /// Its own node or record.
    pub(crate) own: Value<'a>,
    /// Declared fields that were read, in the order of the declarations.
    pub(crate) fields: Vec<Option<Value<'a>>>,
    /// Values of parameters under which it was made.
    pub(crate) env: EnvId,
}

/// A set of values of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct EnvId(pub(crate) u32);

impl EnvId {
    /// For what reads no parameter.
    pub(crate) const ANY: Self = Self(u32::MAX);
}
