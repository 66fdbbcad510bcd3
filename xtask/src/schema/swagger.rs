//! From one `swagger.json` (OpenAPI 2 as Kubernetes writes it) to the model.

use super::model::{Field, Fields, Kind, KindName, Merge, Type, Version};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Definitions that stand for a value of their own form instead of an object.
const SCALARS: &[(&str, Type)] = &[
    ("io.k8s.apimachinery.pkg.api.resource.Quantity", Type::Quantity),
    ("io.k8s.apimachinery.pkg.util.intstr.IntOrString", Type::IntOrString),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.Time", Type::Time),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime", Type::MicroTime),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.Duration", Type::Duration),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.Fields", Type::Dynamic),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1", Type::Dynamic),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.Patch", Type::Dynamic),
    ("io.k8s.apimachinery.pkg.runtime.RawExtension", Type::Dynamic),
];

/// Short names of definitions that hold any JSON value, in every version of their package.
const ANY_VALUE: &[&str] = &["JSON", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool", "JSONSchemaPropsOrStringArray"];

/// Reads the document at `path`.
///
/// # Errors
///
/// When the file does not read or is not such a document.
pub(crate) fn read(path: &Path) -> Result<Version, String> {
    let text = std::fs::read(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let document: Value =
        serde_json::from_slice(&text).map_err(|error| format!("`{}` is not JSON: {error}", path.display()))?;
    let definitions = object(&document, "definitions").ok_or("the document has no definitions")?;
    let mut version = Version::default();
    for (name, definition) in definitions {
        if scalar(name).is_some() {
            continue;
        }
        version.definitions.insert(name.clone(), fields(definition)?);
        if let Some(kind) = only_kind(definition) {
            let described = Kind { definition: name.clone(), ..Kind::default() };
            version.kinds.insert(kind, described);
        }
    }
    read_paths(&document, &mut version.kinds)?;
    Ok(version)
}

fn fields(definition: &Value) -> Result<Fields, String> {
    let mut fields = BTreeMap::new();
    let required: Vec<&str> = strings(definition, "required");
    for (name, property) in object(definition, "properties").into_iter().flatten() {
        let field = Field {
            ty: ty(property)?,
            required: required.contains(&name.as_str()),
            deprecated: is_deprecated(property.get("description").and_then(Value::as_str).unwrap_or_default()),
        };
        fields.insert(name.clone(), field);
    }
    Ok(fields)
}

/// Whether a description says of its own field that it is deprecated: `Deprecated: …`, `Deprecated. …`, `DEPRECATED`,
/// or a text that begins with a field name such as `deprecatedSource`. (`deprecated indicates …` does not.)
pub(crate) fn is_deprecated(description: &str) -> bool {
    let start = description.trim_start();
    let named = start.strip_prefix("deprecated").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    named
        || start.starts_with("Deprecated")
        || ["Deprecated:", "DEPRECATED"].iter().any(|mark| description.contains(mark))
}

fn scalar(definition: &str) -> Option<Type> {
    let known = SCALARS.iter().find(|(name, _)| *name == definition).map(|(_, ty)| ty.clone());
    let (package, short) = super::model::split(definition);
    known.or_else(|| (package.contains(".apiextensions.") && ANY_VALUE.contains(&short)).then_some(Type::Dynamic))
}

fn ty(schema: &Value) -> Result<Type, String> {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.trim_start_matches("#/definitions/");
        return Ok(scalar(name).unwrap_or_else(|| Type::Object(name.to_owned())));
    }
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    match (schema.get("type").and_then(Value::as_str).unwrap_or_default(), format) {
        ("boolean", _) => Ok(Type::Bool),
        ("integer", _) => Ok(Type::Integer),
        ("number", _) => Ok(Type::Number),
        ("string", "byte") => Ok(Type::Bytes),
        ("string", "date-time") => Ok(Type::Time),
        ("string", "int-or-string") => Ok(Type::IntOrString),
        ("string", "") => Ok(Type::String),
        ("array", _) => list(schema),
        ("object", _) => match schema.get("additionalProperties") {
            Some(element) if element.is_object() => Ok(Type::Map(Box::new(ty(element)?))),
            _ => Ok(Type::Dynamic),
        },
        ("", _) => Ok(Type::Dynamic),
        (unknown, format) => Err(format!("no type is known for `{unknown}` with format `{format}`")),
    }
}

fn list(schema: &Value) -> Result<Type, String> {
    let element = match schema.get("items") {
        Some(items) => ty(items)?,
        None => Type::Dynamic,
    };
    let mut keys: Vec<String> = strings(schema, "x-kubernetes-list-map-keys").into_iter().map(str::to_owned).collect();
    if keys.is_empty() {
        keys.extend(schema.get("x-kubernetes-patch-merge-key").and_then(Value::as_str).map(str::to_owned));
    }
    let merge = match schema.get("x-kubernetes-list-type").and_then(Value::as_str) {
        None => Merge::Unsaid,
        Some("atomic") => Merge::Atomic,
        Some("set") => Merge::Set,
        Some("map") => Merge::Map,
        Some(other) => return Err(format!("no list type is known as `{other}`")),
    };
    Ok(Type::List { element: Box::new(element), merge, keys })
}

/// The kind of a definition that is one kind's own; helpers such as `DeleteOptions` are registered in all groups.
fn only_kind(definition: &Value) -> Option<KindName> {
    match definition.get("x-kubernetes-group-version-kind")?.as_array()?.as_slice() {
        [kind] => kind_name(kind),
        _ => None,
    }
}

fn kind_name(value: &Value) -> Option<KindName> {
    let text = |name| value.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(KindName { group: text("group")?, version: text("version")?, kind: text("kind")? })
}

/// Paths say which kinds live in namespaces and what their resource is called.
fn read_paths(document: &Value, kinds: &mut BTreeMap<KindName, Kind>) -> Result<(), String> {
    for (path, operations) in object(document, "paths").ok_or("the document has no paths")? {
        if path.contains("/watch/") {
            continue;
        }
        for operation in operations.as_object().into_iter().flatten().map(|(_, operation)| operation) {
            let Some(name) = operation.get("x-kubernetes-group-version-kind").and_then(kind_name) else { continue };
            let Some(kind) = kinds.get_mut(&name) else { continue };
            kind.namespaced |= path.contains("/namespaces/{namespace}/");
            if let Some(resource) = own_resource(path, &name) {
                resource.clone_into(&mut kind.resource);
            }
        }
    }
    Ok(())
}

/// The plural name, when `path` is the collection of the kind itself and not a part of another.
fn own_resource<'p>(path: &'p str, name: &KindName) -> Option<&'p str> {
    let root = match name.group.as_str() {
        "" => format!("/api/{}/", name.version),
        group => format!("/apis/{group}/{}/", name.version),
    };
    let rest = path.strip_prefix(&root)?.trim_end_matches('/');
    let rest = rest.strip_prefix("namespaces/{namespace}/").unwrap_or(rest);
    (!rest.contains('/')).then_some(rest)
}

fn object<'v>(value: &'v Value, name: &str) -> Option<&'v serde_json::Map<String, Value>> {
    value.get(name)?.as_object()
}

fn strings<'v>(value: &'v Value, name: &str) -> Vec<&'v str> {
    value.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}
