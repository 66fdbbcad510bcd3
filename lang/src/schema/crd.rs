//! Types from CustomResourceDefinitions: structural schemas (`openAPIV3Schema`) to definitions.
//!
//! What it cannot type is dynamic; only a document that is no such definition at all is a problem.

use super::kubernetes::Schema;
use super::registry::{Own, OwnDefinition, OwnField, OwnKind, next_number};
use super::types::{DefId, EnumId, ListId, Merge, TypeId, TypeRef};
use serde_json::{Map, Value};
use std::cmp::Reverse;
use std::fmt;

/// Schemas nested deeper than this are dynamic, which bounds the stack.
const DEEPEST: usize = 64;

/// Schema nodes that one registry takes in; the rest is dynamic.
const MOST_NODES: usize = 1_000_000;

/// Names of definitions grow no longer than this many bytes, so that deep documents cannot multiply their own text.
const LONGEST_PATH: usize = 256;

/// The pattern that controller-gen writes for `resource.Quantity`, whose schema is otherwise that of int-or-string.
const QUANTITY: &str = "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|\
                        ([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$";

/// Why a document gives no custom resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrdProblem {
    /// Its kind or API group is another.
    NotADefinition,
    /// `spec.group` or `spec.names.kind` is missing.
    NoName,
    /// It has no versions.
    NoVersions,
}

impl fmt::Display for CrdProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotADefinition => "this is no CustomResourceDefinition",
            Self::NoName => "a CustomResourceDefinition needs `spec.group` and `spec.names.kind`",
            Self::NoVersions => "a CustomResourceDefinition needs `spec.versions`",
        })
    }
}

impl std::error::Error for CrdProblem {}

/// Adds the kinds of `document` to `own`.
///
/// # Errors
///
/// See [`super::Types::add_crd`].
pub(super) fn add(schema: Schema, own: &mut Own, document: &Value) -> Result<(), CrdProblem> {
    let api_version = text(document, "apiVersion").unwrap_or_default();
    if text(document, "kind") != Some("CustomResourceDefinition") || !api_version.starts_with("apiextensions.k8s.io/") {
        return Err(CrdProblem::NotADefinition);
    }
    let spec = document.get("spec").ok_or(CrdProblem::NoName)?;
    let names = spec.get("names").ok_or(CrdProblem::NoName)?;
    let (Some(group), Some(kind)) = (text(spec, "group"), text(names, "kind")) else {
        return Err(CrdProblem::NoName);
    };
    let versions = versions(spec);
    if versions.is_empty() {
        return Err(CrdProblem::NoVersions);
    }
    for version in versions {
        let mut builder = Builder { schema, own, path: first_path(kind) };
        let definition = builder.root(version.schema);
        let added = OwnKind {
            group: group.into(),
            version: version.name.into(),
            resource: text(names, "plural").map(Into::into),
            definition,
            namespaced: text(spec, "scope") != Some("Cluster"),
            served: version.served,
        };
        register(own, kind, added);
    }
    Ok(())
}

/// Adds one kind with a schema of its own, as catalogs of custom resources keep them.
pub(super) fn add_kind(schema: Schema, own: &mut Own, name: (&str, &str, &str), document: &Value) {
    let (group, version, kind) = name;
    let definition = Builder { schema, own, path: first_path(kind) }.root(Some(document));
    let added = OwnKind {
        group: group.into(),
        version: version.into(),
        resource: None,
        definition,
        namespaced: true,
        served: true,
    };
    register(own, kind, added);
}

fn first_path(kind: &str) -> String {
    if kind.len() < LONGEST_PATH { kind.to_owned() } else { String::new() }
}

/// One version of a custom resource.
struct CrdVersion<'d> {
    name: &'d str,
    served: bool,
    schema: Option<&'d Value>,
}

/// `v1` has a schema in each version; `v1beta1` may have one for all and may name a single version.
fn versions(spec: &Value) -> Vec<CrdVersion<'_>> {
    let shared = spec.pointer("/validation/openAPIV3Schema");
    let listed = spec.get("versions").and_then(Value::as_array).into_iter().flatten();
    let mut versions: Vec<_> = listed
        .filter_map(|version| {
            Some(CrdVersion {
                name: text(version, "name")?,
                served: version.get("served") != Some(&Value::Bool(false)),
                schema: version.pointer("/schema/openAPIV3Schema").or(shared),
            })
        })
        .collect();
    if versions.is_empty() {
        versions.extend(text(spec, "version").map(|name| CrdVersion { name, served: true, schema: shared }));
    }
    versions
}

fn register(own: &mut Own, kind: &str, added: OwnKind) {
    let kinds = own.kinds.entry(kind.into()).or_default();
    kinds.retain(|known| (&known.group, &known.version) != (&added.group, &added.version));
    let at = kinds.partition_point(|known| preference(known) < preference(&added));
    kinds.insert(at, added);
}

/// The order of Kubernetes' own priority of versions: stable before beta before alpha, then the higher number.
fn preference(kind: &OwnKind) -> (u8, Reverse<u32>, Reverse<u32>, &str, &str) {
    let rest = kind.version.strip_prefix('v').unwrap_or(&kind.version);
    let (major, level, minor) = if let Some((major, minor)) = rest.split_once("beta") {
        (major, 1, minor)
    } else if let Some((major, minor)) = rest.split_once("alpha") {
        (major, 2, minor)
    } else {
        (rest, 0, "")
    };
    let number = |digits: &str| Reverse(digits.parse().unwrap_or(0));
    let level = if major.parse::<u32>().is_ok() { level } else { 3 };
    (level, number(major), number(minor), &kind.group, &kind.version)
}

/// Builds definitions below one kind.
struct Builder<'o> {
    schema: Schema,
    own: &'o mut Own,
    /// Where the current schema stands: the kind, then field names.
    path: String,
}

impl Builder<'_> {
    /// The definition of a whole document, with the fields that every object has.
    fn root(&mut self, schema: Option<&Value>) -> DefId {
        let none = Map::new();
        let schema = schema.and_then(Value::as_object);
        let mut definition = self.definition(schema.unwrap_or(&none), 0);
        definition.open |= schema.is_none();
        let meta = self.schema.definitions_named("ObjectMeta").next();
        let common = [
            ("apiVersion", TypeRef::String),
            ("kind", TypeRef::String),
            ("metadata", meta.map_or(TypeRef::Dynamic, TypeRef::Object)),
        ];
        for (name, ty) in common {
            match definition.fields.binary_search_by(|field| (*field.name).cmp(name)) {
                Ok(place) => definition.fields.iter_mut().skip(place).take(1).for_each(|field| field.ty = ty),
                Err(place) => definition.fields.insert(place, OwnField { name: name.into(), ty, required: false }),
            }
        }
        self.push(definition)
    }

    fn push(&mut self, definition: OwnDefinition) -> DefId {
        let id = DefId(next_number(self.own.definitions.len()));
        self.own.definitions.push(definition);
        id
    }

    fn definition(&mut self, schema: &Map<String, Value>, depth: usize) -> OwnDefinition {
        let required = schema.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut required: Vec<&str> = required.iter().filter_map(Value::as_str).collect();
        required.sort_unstable();
        let mut fields = Vec::new();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let end = self.path.len();
            if end + name.len() < LONGEST_PATH {
                self.path.push('.');
                self.path.push_str(name);
            }
            let ty = self.ty(property, depth + 1);
            self.path.truncate(end);
            let required = required.binary_search(&name.as_str()).is_ok();
            fields.push(OwnField { name: name.as_str().into(), ty, required });
        }
        fields.sort_by(|left, right| left.name.cmp(&right.name));
        OwnDefinition { name: self.path.as_str().into(), fields, open: preserves(schema) }
    }

    fn ty(&mut self, schema: &Value, depth: usize) -> TypeRef {
        let Some(schema) = schema.as_object() else { return TypeRef::Dynamic };
        self.own.nodes += 1;
        if depth > DEEPEST || self.own.nodes > MOST_NODES {
            return TypeRef::Dynamic;
        }
        if is_int_or_string(schema) {
            let is_quantity = schema.get("pattern").and_then(Value::as_str) == Some(QUANTITY);
            return if is_quantity { TypeRef::Quantity } else { TypeRef::IntOrString };
        }
        match only_type(schema) {
            "boolean" => TypeRef::Bool,
            "integer" => TypeRef::Integer,
            "number" => TypeRef::Number,
            "string" => self.string(schema),
            "array" => self.list(schema, depth),
            "object" => self.object(schema, depth),
            // Old definitions need not be structural and may leave the type to be guessed.
            "" if schema.contains_key("properties") => self.object(schema, depth),
            "" if schema.contains_key("items") => self.list(schema, depth),
            _ => TypeRef::Dynamic,
        }
    }

    fn string(&mut self, schema: &Map<String, Value>) -> TypeRef {
        if let Some(words) = schema.get("enum").and_then(Value::as_array)
            && let Some(words) = words.iter().map(|word| word.as_str().map(Into::into)).collect()
        {
            let id = EnumId(next_number(self.own.enums.len()));
            self.own.enums.push(words);
            return TypeRef::Enum(id);
        }
        match schema.get("format").and_then(Value::as_str) {
            Some("byte") => TypeRef::Bytes,
            Some("date-time") => TypeRef::Time,
            _ => TypeRef::String,
        }
    }

    fn list(&mut self, schema: &Map<String, Value>, depth: usize) -> TypeRef {
        let element = schema.get("items").map_or(TypeRef::Dynamic, |items| self.ty(items, depth + 1));
        let keys = schema.get("x-kubernetes-list-map-keys").and_then(Value::as_array).into_iter().flatten();
        let keys: Vec<Box<str>> = keys.filter_map(Value::as_str).map(Into::into).collect();
        let merge = match schema.get("x-kubernetes-list-type").and_then(Value::as_str) {
            Some("map") => Merge::Map,
            Some("set") => Merge::Set,
            Some("atomic") => Merge::Atomic,
            _ => Merge::Unsaid,
        };
        let list = ListId(next_number(self.own.lists.len()));
        self.own.lists.push((merge, keys));
        TypeRef::List { element: self.element(element), list }
    }

    fn object(&mut self, schema: &Map<String, Value>, depth: usize) -> TypeRef {
        let has_fields = schema.get("properties").and_then(Value::as_object).is_some_and(|fields| !fields.is_empty());
        match schema.get("additionalProperties") {
            _ if has_fields => {
                let definition = self.definition(schema, depth);
                TypeRef::Object(self.push(definition))
            }
            Some(Value::Object(_)) => {
                let element = schema.get("additionalProperties").map_or(TypeRef::Dynamic, |of| self.ty(of, depth + 1));
                TypeRef::Map(self.element(element))
            }
            Some(Value::Bool(true)) => TypeRef::Map(self.element(TypeRef::Dynamic)),
            _ => TypeRef::Dynamic,
        }
    }

    fn element(&mut self, ty: TypeRef) -> TypeId {
        let id = TypeId(next_number(self.own.types.len()));
        self.own.types.push(ty);
        id
    }
}

fn text<'d>(value: &'d Value, name: &str) -> Option<&'d str> {
    value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn preserves(schema: &Map<String, Value>) -> bool {
    schema.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true))
        || schema.get("x-kubernetes-embedded-resource") == Some(&Value::Bool(true))
}

/// `type`, also when it is a list of one type and `null`; empty when it says nothing definite.
fn only_type(schema: &Map<String, Value>) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            let mut names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            match (names.next(), names.next()) {
                (Some(name), None) => name,
                _ => "",
            }
        }
        _ => "",
    }
}

fn is_int_or_string(schema: &Map<String, Value>) -> bool {
    schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true))
        || schema.get("format").and_then(Value::as_str) == Some("int-or-string")
        || only_type(schema).is_empty()
            && ["anyOf", "oneOf"].iter().filter_map(|name| schema.get(*name)?.as_array()).any(|of| {
                let mut types: Vec<&str> = of.iter().filter_map(|schema| schema.get("type")?.as_str()).collect();
                types.sort_unstable();
                types == ["integer", "string"]
            })
}
