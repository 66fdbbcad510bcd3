//! The words in which types are told: small copyable values that refer to each other by number.
//!
//! Numbers below [`OWN`] belong to the generated tables, the others to what a [`super::Types`] has taken in.

use super::version::KubernetesVersion;

/// The first number that is not of the generated tables.
pub(super) const OWN: u32 = 1 << 16;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub(super) u32);

        impl $name {
            /// The place in the generated tables, when it is one of theirs.
            pub(super) fn generated(self) -> Option<usize> {
                if self.0 < OWN { usize::try_from(self.0).ok() } else { None }
            }

            /// The place among what was taken in, when it is one of those.
            pub(super) fn own(self) -> Option<usize> {
                self.0.checked_sub(OWN).and_then(|index| usize::try_from(index).ok())
            }
        }
    };
}

number! {
    /// A definition: an object type with named fields.
    DefId
}
number! {
    /// The type of an element of a list or map.
    TypeId
}
number! {
    /// The words of an enum.
    EnumId
}
number! {
    /// How a list is merged, and by which keys its elements are known.
    ListId
}

/// The type of a field or element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeRef {
    /// `true` or `false`.
    Bool,
    /// A whole number of at most 64 bits.
    Integer,
    /// Any number.
    Number,
    /// Text.
    String,
    /// An amount such as `500m` or `1Gi`, written as text or as a number.
    Quantity,
    /// A whole number or text, such as a port by number or name, or `25%`.
    IntOrString,
    /// A point in time as RFC 3339 text.
    Time,
    /// The same with microseconds.
    MicroTime,
    /// A duration as Go writes it, such as `4h0m0s`.
    Duration,
    /// Bytes as base64 text.
    Bytes,
    /// Any value; nothing is known of it.
    Dynamic,
    /// A container image reference.
    Image,
    /// Text that is one of a few words.
    Enum(EnumId),
    /// An object with known fields.
    Object(DefId),
    /// A list.
    List {
        /// The type of its elements.
        element: TypeId,
        /// How it is merged, and its keys.
        list: ListId,
    },
    /// An object with free keys and values of one type.
    Map(TypeId),
}

/// How two lists are merged: `x-kubernetes-list-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Merge {
    /// The schema does not say; the API server treats it as atomic.
    Unsaid,
    /// Replaced as a whole.
    Atomic,
    /// A set of values.
    Set,
    /// By the keys of its elements.
    Map,
}

/// A field of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'s> {
    /// Its name in documents.
    pub name: &'s str,
    /// Its type.
    pub ty: TypeRef,
    /// Whether the schema lists it as required.
    pub required: bool,
    /// Whether its description calls it deprecated.
    pub deprecated: bool,
    /// The first version that has it; `None` when its definition had it from the start.
    pub since: Option<KubernetesVersion>,
    /// The first version without it; `None` when its definition has it to the end.
    pub removed_in: Option<KubernetesVersion>,
}

/// A kind of an API group and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind<'s> {
    /// The API group; empty for the core group.
    pub group: &'s str,
    /// The version within the group, such as `v1`.
    pub version: &'s str,
    /// The name, such as `Deployment`.
    pub kind: &'s str,
    /// The definition of its documents.
    pub definition: DefId,
    /// The plural name in request paths, which RBAC rules use; `None` for lists, configuration files and requests.
    pub resource: Option<&'s str>,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Whether the schema's version can serve it (alpha and recent beta versions are off until they are switched on);
    /// always so for configuration files, and as its definition says for custom resources.
    pub served: bool,
    /// The first version that serves it; `None` when the oldest known version does.
    pub since: Option<KubernetesVersion>,
    /// The first version that no longer serves it; `None` when the newest known version does.
    pub removed_in: Option<KubernetesVersion>,
}

impl Kind<'_> {
    /// What its documents say under `apiVersion`.
    #[must_use]
    pub fn api_version(&self) -> String {
        match self.group {
            "" => self.version.to_owned(),
            group => format!("{group}/{}", self.version),
        }
    }
}
