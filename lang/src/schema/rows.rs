//! The rows of the generated tables and their short constructors, which keep the generated file small.

pub(super) use super::types::Merge;
pub(super) use super::version::KubernetesVersion;

/// A type as a row: elements and definitions by index.
#[derive(Clone, Copy, Debug)]
pub(super) enum TypeRow {
    Bool,
    Integer,
    Number,
    String,
    Quantity,
    IntOrString,
    Time,
    MicroTime,
    Duration,
    Bytes,
    Dynamic,
    Image,
    Enum(u16),
    Object(u16),
    List(u16, u16),
    Map(u16),
}

/// A kind. `resource` is the empty name when it has none.
#[derive(Clone, Copy, Debug)]
pub(super) struct KindRow {
    pub(super) kind: u16,
    pub(super) group: u16,
    pub(super) version: u16,
    pub(super) definition: u16,
    pub(super) resource: u16,
    pub(super) namespaced: bool,
    pub(super) versions: u16,
}

/// A definition; its fields go on to the first of the next row.
#[derive(Clone, Copy, Debug)]
pub(super) struct DefinitionRow {
    pub(super) name: u16,
    pub(super) package: u16,
    pub(super) first_field: u16,
    pub(super) versions: u16,
}

/// A field with one type. A field whose type changed between versions has a row for each.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldRow {
    pub(super) name: u16,
    pub(super) ty: u16,
    pub(super) versions: u16,
    /// Past the end of the masks when no version requires it.
    pub(super) required: u16,
    pub(super) deprecated: bool,
}

/// A version.
pub(super) const fn v(major: u16, minor: u16) -> KubernetesVersion {
    KubernetesVersion { major, minor }
}

/// A type: one of the words of an enum.
pub(super) const fn e(words: u16) -> TypeRow {
    TypeRow::Enum(words)
}

/// A type: an object.
pub(super) const fn j(definition: u16) -> TypeRow {
    TypeRow::Object(definition)
}

/// A type: a list.
pub(super) const fn l(element: u16, list: u16) -> TypeRow {
    TypeRow::List(element, list)
}

/// A type: a map.
pub(super) const fn m(element: u16) -> TypeRow {
    TypeRow::Map(element)
}

/// A kind.
pub(super) const fn k(
    kind: u16,
    group: u16,
    version: u16,
    definition: u16,
    resource: u16,
    namespaced: u16,
    versions: u16,
) -> KindRow {
    KindRow { kind, group, version, definition, resource, namespaced: namespaced != 0, versions }
}

/// A definition.
pub(super) const fn d(name: u16, package: u16, first_field: u16, versions: u16) -> DefinitionRow {
    DefinitionRow { name, package, first_field, versions }
}

/// A field that no version requires.
pub(super) const fn f(name: u16, ty: u16, versions: u16) -> FieldRow {
    FieldRow { name, ty, versions, required: u16::MAX, deprecated: false }
}

/// A field that some versions require.
pub(super) const fn r(name: u16, ty: u16, versions: u16, required: u16) -> FieldRow {
    FieldRow { name, ty, versions, required, deprecated: false }
}

/// A field that is deprecated.
pub(super) const fn o(name: u16, ty: u16, versions: u16, required: u16) -> FieldRow {
    FieldRow { name, ty, versions, required, deprecated: true }
}
