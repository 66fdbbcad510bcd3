//! Compares with an OpenAPI document of Kubernetes 1.36 and a catalog of custom resources, if these stand beside the
//! workspace or where `POLICYC_CORPUS` says.

use super::kubernetes;
use crate::schema::{DefId, Schema, TypeRef, Types};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

#[test]
fn the_same_as_the_document_of_1_36() {
    let Some(path) = beside("schemas/kubernetes-swagger.json") else { return };
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let types = kubernetes("1.36");
    let known = by_full_name(types.schema());
    let mut differences = String::new();
    let mut fields = 0;
    for (name, definition) in document["definitions"].as_object().unwrap() {
        let Some(properties) = definition["properties"].as_object() else { continue };
        let Some(id) = known.get(name) else {
            writeln!(differences, "no definition {name}").unwrap();
            continue;
        };
        for (field, expected) in properties {
            fields += 1;
            let required =
                definition["required"].as_array().is_some_and(|names| names.iter().any(|name| name == field));
            compare(&types, *id, field, expected, required, name, &mut differences);
        }
        for field in types.fields(*id).filter(|field| !properties.contains_key(field.name)) {
            writeln!(differences, "{name}.{} is in the tables only", field.name).unwrap();
        }
    }
    assert!(fields > 3000, "{fields}");
    assert_eq!(differences, "");
}

#[test]
fn schemas_of_a_catalog_keep_their_fields() {
    let Some(folder) = beside("schemas/crds") else { return };
    let mut read = 0;
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for group in entries.filter(|path| path.is_dir()) {
        for path in std::fs::read_dir(&group).unwrap().map(|entry| entry.unwrap().path()) {
            let schema: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let mut types = kubernetes("1.36");
            types.add_kind("example.org", "v1", "Sample", &schema);
            let root = types.kind("example.org", "v1", "Sample").unwrap().definition;
            let Some(properties) = schema["properties"]["spec"]["properties"].as_object() else { continue };
            let TypeRef::Object(spec) = types.field(root, "spec").unwrap().ty else { panic!("{}", path.display()) };
            let mut expected: Vec<&str> = properties.keys().map(String::as_str).collect();
            expected.sort_unstable();
            assert_eq!(types.fields(spec).map(|field| field.name).collect::<Vec<_>>(), expected, "{}", path.display());
            read += 1;
        }
    }
    assert!(read > 10, "{read}");
}

/// A path of the folder with data to compare with, or a word on standard error that it is not there.
fn beside(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("POLICYC_CORPUS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")), PathBuf::from);
    let path = folder.join(path);
    if !path.exists() {
        writeln!(std::io::stderr(), "skipped: no `{}` to compare with", path.display()).unwrap();
        return None;
    }
    Some(path)
}

fn by_full_name(schema: Schema) -> BTreeMap<String, DefId> {
    let all = (0..u32::from(u16::MAX)).map(DefId);
    let named = all.map(|id| (schema.definition_full_name(id), id));
    named.take_while(|(name, _)| !name.is_empty()).collect()
}

fn compare(types: &Types, id: DefId, field: &str, expected: &Value, required: bool, name: &str, out: &mut String) {
    let Some(found) = types.field(id, field) else {
        return writeln!(out, "no field {name}.{field}").unwrap();
    };
    if found.required != required {
        writeln!(out, "{name}.{field} required: {required}").unwrap();
    }
    let (told, wanted) = (form(types, found.ty), expected_form(expected));
    if told != wanted {
        writeln!(out, "{name}.{field} is {told}, not {wanted}").unwrap();
    }
}

fn form(types: &Types, ty: TypeRef) -> String {
    match ty {
        TypeRef::Enum(_) | TypeRef::Image | TypeRef::String => "string".to_owned(),
        TypeRef::Object(id) => types.definition_name(id).to_owned(),
        TypeRef::Map(element) => format!("map {}", form(types, types.ty(element))),
        TypeRef::List { element, list } => {
            let keys: Vec<&str> = types.list_keys(list).collect();
            format!("list {} by {}", form(types, types.ty(element)), keys.join("+"))
        }
        scalar => format!("{scalar:?}"),
    }
}

fn expected_form(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let short = reference.rsplit('.').next().unwrap();
        return match short {
            "JSON" | "JSONSchemaPropsOrArray" | "JSONSchemaPropsOrBool" | "JSONSchemaPropsOrStringArray" => "Dynamic",
            "FieldsV1" | "RawExtension" => "Dynamic",
            short => short,
        }
        .to_owned();
    }
    match (schema["type"].as_str().unwrap_or_default(), schema["format"].as_str()) {
        ("string", Some("byte")) => "Bytes".to_owned(),
        ("string", _) => "string".to_owned(),
        ("boolean", _) => "Bool".to_owned(),
        ("integer", _) => "Integer".to_owned(),
        ("number", _) => "Number".to_owned(),
        ("array", _) => {
            let mut keys = schema["x-kubernetes-list-map-keys"].as_array().cloned().unwrap_or_default();
            if keys.is_empty() {
                keys.extend(schema.get("x-kubernetes-patch-merge-key").cloned());
            }
            let keys: Vec<&str> = keys.iter().filter_map(Value::as_str).collect();
            format!("list {} by {}", expected_form(&schema["items"]), keys.join("+"))
        }
        ("object", _) if schema["additionalProperties"].is_object() => {
            format!("map {}", expected_form(&schema["additionalProperties"]))
        }
        _ => "Dynamic".to_owned(),
    }
}
