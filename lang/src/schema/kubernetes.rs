//! The view of one Kubernetes version on the generated tables.

use super::rows::{FieldRow, KindRow, TypeRow};
use super::tables::{DEFINITIONS, ENUMS, FIELDS, KEYS, KINDS, LISTS, MASKS, NAMES, TYPES, VERSIONS};
use super::types::{DefId, EnumId, Field, Kind, ListId, Merge, TypeId, TypeRef};
use super::version::KubernetesVersion;
use std::ops::Range;

/// The types of Kubernetes as one version has them.
///
/// Groups that the version no longer serves, or does not serve yet, are there too, typed as of the nearest version
/// that serves them: first the last one before, else the first one after. Look-ups are binary searches in static
/// tables and allocate nothing unless they return a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    // INVARIANT: below `VERSIONS.len()`, which is at most 32.
    version: u32,
}

impl Schema {
    /// The versions that have tables, ascending.
    #[must_use]
    pub fn versions() -> &'static [KubernetesVersion] {
        VERSIONS
    }

    /// The newest version.
    #[must_use]
    pub fn newest() -> Self {
        Self { version: index(VERSIONS.len().saturating_sub(1)) }
    }

    /// The newest version that is not newer than `version`, or else the oldest, and whether it is the same.
    #[must_use]
    pub fn nearest(version: KubernetesVersion) -> (Self, bool) {
        let after = VERSIONS.partition_point(|known| *known <= version);
        let place = after.saturating_sub(1);
        (Self { version: index(place) }, VERSIONS.get(place) == Some(&version))
    }

    /// The version whose view this is.
    #[must_use]
    pub fn version(&self) -> KubernetesVersion {
        version_at(self.version).unwrap_or(KubernetesVersion { major: 0, minor: 0 })
    }

    /// All kinds by name; of one name in the order of preference that [`Self::kinds_named`] describes, except that
    /// it takes no account of what this version serves.
    pub fn kinds(&self) -> impl Iterator<Item = Kind<'static>> + use<'_> {
        KINDS.iter().map(|row| self.kind_of(row))
    }

    /// A kind by its full name, whether or not this version serves it. `group` is empty for the core group.
    #[must_use]
    pub fn kind(&self, group: &str, version: &str, kind: &str) -> Option<Kind<'static>> {
        let rows = KINDS.get(named(KINDS, kind, |row| row.kind))?;
        let row = rows.iter().find(|row| name(row.group) == group && name(row.version) == version)?;
        Some(self.kind_of(row))
    }

    /// All kinds of that name, best first: those that this version serves, then resources before configuration
    /// files, then the most stable API version, then the core group, then by group.
    #[must_use]
    pub fn kinds_named(&self, kind: &str) -> Vec<Kind<'static>> {
        let rows = KINDS.get(named(KINDS, kind, |row| row.kind)).unwrap_or_default();
        let mut kinds: Vec<_> = rows.iter().map(|row| self.kind_of(row)).collect();
        kinds.sort_by_key(|kind| !kind.served);
        kinds
    }

    /// A field by name, if this version has it.
    #[must_use]
    pub fn field(&self, definition: DefId, field: &str) -> Option<Field<'static>> {
        let life = definition_versions(definition)?;
        let bit = 1 << nearest_version(life, self.version)?;
        let rows = named_fields(definition, field)?;
        let row = rows.iter().find(|row| mask(row.versions) & bit != 0)?;
        Some(field_of(row, rows, bit, life))
    }

    /// The number of a field's name, for [`Self::field_type`]; `None` for what no definition has.
    #[must_use]
    pub fn key(name: &str) -> Option<u16> {
        KEYS.binary_search(&name).ok().and_then(|place| u16::try_from(place).ok())
    }

    /// The type of a field by the number of its name, if this version has it.
    #[must_use]
    pub fn field_type(&self, definition: DefId, key: u16) -> Option<TypeRef> {
        let bit = 1 << nearest_version(definition_versions(definition)?, self.version)?;
        let rows = FIELDS.get(fields_range(definition)?)?;
        let start = rows.partition_point(|row| row.name < key);
        let mut same = rows.get(start..)?.iter().take_while(|row| row.name == key);
        let row = same.find(|row| mask(row.versions) & bit != 0)?;
        Some(TYPES.get(usize::from(row.ty)).map_or(TypeRef::Dynamic, type_of))
    }

    /// A field by name, if any version has it: as of the newest that does.
    #[must_use]
    pub fn field_of_any_version(&self, definition: DefId, field: &str) -> Option<Field<'static>> {
        if let Some(field) = self.field(definition, field) {
            return Some(field);
        }
        let rows = named_fields(definition, field)?;
        let row = rows.iter().max_by_key(|row| mask(row.versions))?;
        let bit = 1 << last(mask(row.versions))?;
        Some(field_of(row, rows, bit, definition_versions(definition)?))
    }

    /// The fields that this version has, by name.
    pub fn fields(&self, definition: DefId) -> impl Iterator<Item = Field<'static>> + use<> {
        let life = definition_versions(definition).unwrap_or_default();
        let bit = nearest_version(life, self.version).map_or(0, |version| 1 << version);
        let rows = fields_range(definition).and_then(|range| FIELDS.get(range)).unwrap_or_default();
        let chunks = rows.chunk_by(|left, right| left.name == right.name);
        chunks.filter_map(move |same| {
            let row = same.iter().find(|row| mask(row.versions) & bit != 0)?;
            Some(field_of(row, same, bit, life))
        })
    }

    /// The type of an element.
    #[must_use]
    pub fn ty(&self, ty: TypeId) -> TypeRef {
        ty.generated().and_then(|place| TYPES.get(place)).map_or(TypeRef::Dynamic, type_of)
    }

    /// The words of an enum, sorted.
    #[must_use]
    pub fn words(&self, words: EnumId) -> &'static [&'static str] {
        words.generated().and_then(|place| ENUMS.get(place)).copied().unwrap_or_default()
    }

    /// The fields that tell the elements of a list apart, from `x-kubernetes-list-map-keys` or else
    /// `x-kubernetes-patch-merge-key`; empty when there are none.
    #[must_use]
    pub fn list_keys(&self, list: ListId) -> &'static [&'static str] {
        list.generated().and_then(|place| LISTS.get(place)).map_or(&[], |(_, keys)| keys)
    }

    /// How a list is merged.
    #[must_use]
    pub fn merge(&self, list: ListId) -> Merge {
        list.generated().and_then(|place| LISTS.get(place)).map_or(Merge::Unsaid, |(merge, _)| *merge)
    }

    /// The short Go name of a definition, such as `Container`; empty when it is none of the tables.
    #[must_use]
    pub fn definition_name(&self, definition: DefId) -> &'static str {
        definition.generated().and_then(|place| DEFINITIONS.get(place)).map_or("", |row| name(row.name))
    }

    /// The full name of a definition, such as `io.k8s.api.core.v1.Container`.
    #[must_use]
    pub fn definition_full_name(&self, definition: DefId) -> String {
        let row = definition.generated().and_then(|place| DEFINITIONS.get(place));
        row.map_or_else(String::new, |row| format!("{}.{}", name(row.package), name(row.name)))
    }

    /// All definitions of a short Go name, best first: the core group, then what all objects share, then those of
    /// the newest version, then the most stable.
    pub fn definitions_named(&self, short: &str) -> impl Iterator<Item = DefId> + use<> {
        named(DEFINITIONS, short, |row| row.name).map(|place| DefId(index(place)))
    }

    /// The names of all fields of all versions, sorted.
    #[must_use]
    pub fn all_names() -> &'static [&'static str] {
        KEYS
    }

    /// As [`Schema::all_names`], each with its number as [`Schema::key`] gives it.
    pub fn numbered_names() -> impl Iterator<Item = (u16, &'static str)> {
        (0..).zip(KEYS.iter().copied())
    }

    fn kind_of(&self, row: &KindRow) -> Kind<'static> {
        let versions = mask(row.versions);
        let (since, removed_in) = span(versions, all_versions());
        Kind {
            group: name(row.group),
            version: name(row.version),
            kind: name(row.kind),
            definition: DefId(u32::from(row.definition)),
            resource: Some(name(row.resource)).filter(|resource| !resource.is_empty()),
            namespaced: row.namespaced,
            served: versions & (1 << self.version) != 0,
            since,
            removed_in,
        }
    }
}

/// Tables have fewer than 2^16 rows, as their generator checks.
fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn name(index: u16) -> &'static str {
    NAMES.get(usize::from(index)).copied().unwrap_or_default()
}

fn mask(index: u16) -> u32 {
    MASKS.get(usize::from(index)).copied().unwrap_or_default()
}

fn version_at(bit: u32) -> Option<KubernetesVersion> {
    VERSIONS.get(usize::try_from(bit).ok()?).copied()
}

fn last(versions: u32) -> Option<u32> {
    versions.checked_ilog2()
}

/// The set of all versions.
fn all_versions() -> u32 {
    u32::MAX >> 32_usize.saturating_sub(VERSIONS.len()).min(31)
}

fn definition_versions(definition: DefId) -> Option<u32> {
    Some(mask(DEFINITIONS.get(definition.generated()?)?.versions))
}

/// The first version of a set unless `life` begins with it, and the one after its last unless `life` ends with it.
fn span(versions: u32, life: u32) -> (Option<KubernetesVersion>, Option<KubernetesVersion>) {
    let first = versions.trailing_zeros();
    let since = if first == life.trailing_zeros() { None } else { version_at(first) };
    let end = last(versions).filter(|end| Some(*end) != last(life));
    (since, end.and_then(|end| version_at(end + 1)))
}

/// The version as of which something is told: the wanted one, else the last before it, else the first after.
fn nearest_version(versions: u32, wanted: u32) -> Option<u32> {
    let up_to = versions & (u32::MAX >> (31 - wanted.min(31)));
    last(up_to).or_else(|| (versions != 0).then(|| versions.trailing_zeros()))
}

/// The rows whose name is `wanted`, in a table that is sorted by name.
fn named<T>(rows: &[T], wanted: &str, key: impl Fn(&T) -> u16) -> Range<usize> {
    let Ok(wanted) = NAMES.binary_search(&wanted) else { return 0..0 };
    let start = rows.partition_point(|row| usize::from(key(row)) < wanted);
    let end = rows.partition_point(|row| usize::from(key(row)) <= wanted);
    start..end
}

fn fields_range(definition: DefId) -> Option<Range<usize>> {
    let place = definition.generated()?;
    let start = usize::from(DEFINITIONS.get(place)?.first_field);
    let end = DEFINITIONS.get(place + 1).map_or(FIELDS.len(), |next| usize::from(next.first_field));
    Some(start..end)
}

/// The rows of one field, of which most have one.
fn named_fields(definition: DefId, field: &str) -> Option<&'static [FieldRow]> {
    let rows = FIELDS.get(fields_range(definition)?)?;
    let key = |row: &FieldRow| KEYS.get(usize::from(row.name)).copied().unwrap_or_default();
    let start = rows.partition_point(|row| key(row) < field);
    let found = rows.get(start..)?;
    let count = found.iter().take_while(|row| key(row) == field).count();
    if count == 0 { None } else { found.get(..count) }
}

fn field_of(row: &FieldRow, all: &[FieldRow], bit: u32, life: u32) -> Field<'static> {
    let (since, removed_in) = span(all.iter().fold(0, |versions, row| versions | mask(row.versions)), life);
    Field {
        name: KEYS.get(usize::from(row.name)).copied().unwrap_or_default(),
        ty: TYPES.get(usize::from(row.ty)).map_or(TypeRef::Dynamic, type_of),
        required: mask(row.required) & bit != 0,
        deprecated: row.deprecated,
        since,
        removed_in,
    }
}

fn type_of(row: &TypeRow) -> TypeRef {
    match *row {
        TypeRow::Bool => TypeRef::Bool,
        TypeRow::Integer => TypeRef::Integer,
        TypeRow::Number => TypeRef::Number,
        TypeRow::String => TypeRef::String,
        TypeRow::Quantity => TypeRef::Quantity,
        TypeRow::IntOrString => TypeRef::IntOrString,
        TypeRow::Time => TypeRef::Time,
        TypeRow::MicroTime => TypeRef::MicroTime,
        TypeRow::Duration => TypeRef::Duration,
        TypeRow::Bytes => TypeRef::Bytes,
        TypeRow::Dynamic => TypeRef::Dynamic,
        TypeRow::Image => TypeRef::Image,
        TypeRow::Enum(words) => TypeRef::Enum(EnumId(words.into())),
        TypeRow::Object(definition) => TypeRef::Object(DefId(definition.into())),
        TypeRow::List(element, list) => TypeRef::List { element: TypeId(element.into()), list: ListId(list.into()) },
        TypeRow::Map(element) => TypeRef::Map(TypeId(element.into())),
    }
}
