//! One place to ask about types: Kubernetes' own and the custom resources of a project.

use super::crd::{self, CrdProblem};
use super::docker;
use super::kubernetes::Schema;
use super::types::{DefId, EnumId, Field, Kind, ListId, Merge, OWN, TypeId, TypeRef};
use serde_json::Value;
use std::collections::BTreeMap;

/// The types of one Kubernetes version together with the custom resources that were added.
///
/// Answers for numbers of another `Types` are wrong but harmless. What was replaced keeps its numbers and its memory:
/// whoever follows changing documents makes a new `Types` for each state.
#[derive(Clone, Debug)]
pub struct Types {
    schema: Schema,
    own: Own,
}

/// What was taken in at run time; numbers are offset by [`OWN`].
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    pub(super) definitions: Vec<OwnDefinition>,
    pub(super) types: Vec<TypeRef>,
    pub(super) enums: Vec<Vec<Box<str>>>,
    pub(super) lists: Vec<(Merge, Vec<Box<str>>)>,
    /// By name, best first.
    pub(super) kinds: BTreeMap<Box<str>, Vec<OwnKind>>,
    /// All schema nodes that were read, which bounds everything above.
    pub(super) nodes: usize,
}

/// A definition from a custom resource.
#[derive(Clone, Debug)]
pub(super) struct OwnDefinition {
    /// The kind, then the path below it: `Certificate.spec.issuerRef`.
    pub(super) name: Box<str>,
    /// By name.
    pub(super) fields: Vec<OwnField>,
    /// Whether other fields are allowed too.
    pub(super) open: bool,
}

/// A field of such a definition.
#[derive(Clone, Debug)]
pub(super) struct OwnField {
    pub(super) name: Box<str>,
    pub(super) ty: TypeRef,
    pub(super) required: bool,
}

/// A kind from a custom resource.
#[derive(Clone, Debug)]
pub(super) struct OwnKind {
    pub(super) group: Box<str>,
    pub(super) version: Box<str>,
    pub(super) resource: Option<Box<str>>,
    pub(super) definition: DefId,
    pub(super) namespaced: bool,
    pub(super) served: bool,
}

impl Types {
    /// The types of Kubernetes, and of Dockerfiles, alone.
    #[must_use]
    pub fn new(schema: Schema) -> Self {
        let metadata = schema.definitions_named("ObjectMeta").next();
        Self { schema, own: docker::own(metadata.map_or(TypeRef::Dynamic, TypeRef::Object)) }
    }

    /// The Kubernetes version's own types.
    #[must_use]
    pub fn schema(&self) -> Schema {
        self.schema
    }

    /// Takes in the kinds of a CustomResourceDefinition (`apiextensions.k8s.io/v1` or `v1beta1`), each version with
    /// its `openAPIV3Schema`. A kind that was taken in before is replaced.
    ///
    /// Memory is linear in the document. What is nested deeper than 64 levels, or comes after a million schema nodes
    /// of this registry, is dynamic.
    ///
    /// # Errors
    ///
    /// [`CrdProblem`] when the document is no such definition; nothing is taken in then.
    pub fn add_crd(&mut self, document: &Value) -> Result<(), CrdProblem> {
        crd::add(self.schema, &mut self.own, document)
    }

    /// Takes in one kind with the JSON Schema of its documents, as catalogs of custom resources keep them. Such
    /// schemas know neither the scope nor the plural name: it counts as namespaced, and has no resource. Bounds are
    /// those of [`Self::add_crd`].
    pub fn add_kind(&mut self, group: &str, version: &str, kind: &str, schema: &Value) {
        crd::add_kind(self.schema, &mut self.own, (group, version, kind), schema);
    }

    /// All kinds, Kubernetes' own first, each part by name.
    pub fn kinds(&self) -> impl Iterator<Item = Kind<'_>> {
        self.schema.kinds().map(shorter_kind).chain(self.own.all_kinds())
    }

    /// A kind by its full name. Kubernetes' own cannot be replaced by a custom resource.
    #[must_use]
    pub fn kind(&self, group: &str, version: &str, kind: &str) -> Option<Kind<'_>> {
        let own = || self.own.kinds_named(kind).find(|known| known.group == group && known.version == version);
        self.schema.kind(group, version, kind).or_else(own)
    }

    /// All kinds of that name: first as [`Schema::kinds_named`] orders those that are served, then custom resources
    /// by stability and group, then those that are not served.
    #[must_use]
    pub fn kinds_named(&self, kind: &str) -> Vec<Kind<'_>> {
        let mut kinds = self.schema.kinds_named(kind);
        kinds.extend(self.own.kinds_named(kind));
        kinds.sort_by_key(|kind| !kind.served);
        kinds
    }

    /// A field by name, if this version has it.
    #[must_use]
    pub fn field(&self, definition: DefId, name: &str) -> Option<Field<'_>> {
        match self.own.definition(definition) {
            None => self.schema.field(definition, name),
            Some(own) => {
                let place = own.fields.binary_search_by(|field| (*field.name).cmp(name)).ok()?;
                own.fields.get(place).map(OwnField::view)
            }
        }
    }

    /// The type of a field, if this version has it; `key` is the number of its name as [`Schema::key`] gives it.
    #[must_use]
    pub fn field_type(&self, definition: DefId, key: Option<u16>, name: &str) -> Option<TypeRef> {
        match self.own.definition(definition) {
            None => self.schema.field_type(definition, key?),
            Some(_) => self.field(definition, name).map(|field| field.ty),
        }
    }

    /// A field by name, if any version has it: as of the newest that does.
    #[must_use]
    pub fn field_of_any_version(&self, definition: DefId, name: &str) -> Option<Field<'_>> {
        match self.own.definition(definition) {
            None => self.schema.field_of_any_version(definition, name),
            Some(_) => self.field(definition, name),
        }
    }

    /// The fields that this version has, by name.
    pub fn fields(&self, definition: DefId) -> impl Iterator<Item = Field<'_>> {
        let own = self.own.definition(definition).map(|own| own.fields.as_slice()).unwrap_or_default();
        self.schema.fields(definition).map(shorter_field).chain(own.iter().map(OwnField::view))
    }

    /// Whether a definition allows fields that it does not name (`x-kubernetes-preserve-unknown-fields`); these are
    /// dynamic.
    #[must_use]
    pub fn is_open(&self, definition: DefId) -> bool {
        self.own.definition(definition).is_some_and(|own| own.open)
    }

    /// The type of an element.
    #[must_use]
    pub fn ty(&self, ty: TypeId) -> TypeRef {
        match ty.own() {
            None => self.schema.ty(ty),
            Some(place) => self.own.types.get(place).copied().unwrap_or(TypeRef::Dynamic),
        }
    }

    /// The words of an enum: sorted for Kubernetes, in the order of the document for custom resources.
    pub fn words(&self, words: EnumId) -> impl Iterator<Item = &str> {
        let own = words.own().and_then(|place| self.own.enums.get(place)).map(Vec::as_slice).unwrap_or_default();
        self.schema.words(words).iter().copied().chain(own.iter().map(|word| &**word))
    }

    /// The fields that tell the elements of a list apart; none when there are none.
    pub fn list_keys(&self, list: ListId) -> impl Iterator<Item = &str> {
        let own = list.own().and_then(|place| self.own.lists.get(place)).map(|(_, keys)| keys.as_slice());
        self.schema.list_keys(list).iter().copied().chain(own.unwrap_or_default().iter().map(|key| &**key))
    }

    /// How a list is merged.
    #[must_use]
    pub fn merge(&self, list: ListId) -> Merge {
        match list.own() {
            None => self.schema.merge(list),
            Some(place) => self.own.lists.get(place).map_or(Merge::Unsaid, |(merge, _)| *merge),
        }
    }

    /// The short name of a definition: `Container`, or for custom resources the kind with the path below it, such as
    /// `Certificate.spec.issuerRef`.
    #[must_use]
    pub fn definition_name(&self, definition: DefId) -> &str {
        match self.own.definition(definition) {
            None => self.schema.definition_name(definition),
            Some(own) => &own.name,
        }
    }

    /// All definitions of a short name, best first as [`Schema::definitions_named`], then the custom resources of
    /// that kind.
    pub fn definitions_named(&self, short: &str) -> impl Iterator<Item = DefId> {
        let own = self.own.kinds.get(short).map(Vec::as_slice).unwrap_or_default();
        let docker = docker::definition_named(short).filter(|_| own.is_empty());
        self.schema.definitions_named(short).chain(own.iter().map(|kind| kind.definition)).chain(docker)
    }

    /// The names of all fields, Kubernetes' own first; those of custom resources may repeat.
    pub fn all_names(&self) -> impl Iterator<Item = &str> {
        let own = self.own.definitions.iter().flat_map(|definition| &definition.fields);
        Schema::all_names().iter().copied().chain(own.map(|field| &*field.name))
    }
}

impl Own {
    fn definition(&self, definition: DefId) -> Option<&OwnDefinition> {
        self.definitions.get(definition.own()?)
    }

    fn all_kinds(&self) -> impl Iterator<Item = Kind<'_>> {
        self.kinds.iter().flat_map(|(name, kinds)| kinds.iter().map(|kind| kind.view(name)))
    }

    fn kinds_named<'o>(&'o self, name: &str) -> impl Iterator<Item = Kind<'o>> + use<'o> {
        self.kinds.get_key_value(name).into_iter().flat_map(|(name, kinds)| kinds.iter().map(|kind| kind.view(name)))
    }
}

impl OwnField {
    fn view(&self) -> Field<'_> {
        Field {
            name: &self.name,
            ty: self.ty,
            required: self.required,
            deprecated: false,
            since: None,
            removed_in: None,
        }
    }
}

impl OwnKind {
    fn view<'o>(&'o self, name: &'o str) -> Kind<'o> {
        Kind {
            group: &self.group,
            version: &self.version,
            kind: name,
            definition: self.definition,
            resource: self.resource.as_deref(),
            namespaced: self.namespaced,
            served: self.served,
            since: None,
            removed_in: None,
        }
    }
}

/// The same for a shorter time, so that it can stand beside what was taken in.
fn shorter_kind<'s>(kind: Kind<'static>) -> Kind<'s> {
    kind
}

/// As [`shorter_kind`].
fn shorter_field<'s>(field: Field<'static>) -> Field<'s> {
    field
}

/// The number of the row that is about to be pushed onto a table of `len` rows.
pub(super) fn next_number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX - OWN).saturating_add(OWN)
}
