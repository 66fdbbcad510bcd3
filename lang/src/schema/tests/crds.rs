//! Custom resources from their definitions.

use super::{describe, kubernetes};
use crate::schema::CrdProblem;
use serde_json::{Value, json};

fn backups() -> Value {
    serde_json::from_str(include_str!("backups.json")).unwrap()
}

#[test]
fn fields_along_paths() {
    let mut types = kubernetes("1.36");
    types.add_crd(&backups()).unwrap();
    for (path, expected) in [
        ("kind", "String"),
        ("metadata.labels", "map of String"),
        ("spec", "Backup.spec, required"),
        ("spec.schedule", "String, required"),
        ("spec.keep", "Integer"),
        ("spec.ratio", "Number"),
        ("spec.paused", "Bool"),
        ("spec.until", "Time"),
        ("spec.key", "Bytes"),
        ("spec.mode", "Full|Delta"),
        ("spec.level", "Integer"),
        ("spec.port", "IntOrString"),
        ("spec.size", "Quantity"),
        ("spec.labels", "map of String"),
        ("spec.values", "Dynamic"),
        ("spec.free", "Dynamic"),
        ("spec.hooks", "list of Backup.spec.hooks by name"),
        ("spec.hooks[].command", "list of String"),
        ("spec.old", "no field `old`"),
    ] {
        assert_eq!(describe(&types, "example.org/v1/Backup", path), expected, "{path}");
    }
    assert_eq!(describe(&types, "example.org/v1beta1/Backup", "spec.old"), "String");
    let kinds = types.kinds_named("Backup");
    let told: Vec<_> = kinds.iter().map(|kind| (kind.api_version(), kind.served, kind.namespaced)).collect();
    assert_eq!(told, [("example.org/v1".to_owned(), true, true), ("example.org/v1beta1".to_owned(), false, true)]);
    assert_eq!(kinds.first().and_then(|kind| kind.resource), Some("backups"));
    assert!(types.all_names().any(|name| name == "schedule"));
}

#[test]
fn a_definition_that_comes_again_replaces_the_first() {
    let mut types = kubernetes("1.36");
    types.add_crd(&backups()).unwrap();
    let mut again = backups();
    *again.pointer_mut("/spec/versions/1/schema/openAPIV3Schema/properties/spec/properties/keep/type").unwrap() =
        json!("string");
    types.add_crd(&again).unwrap();
    assert_eq!(describe(&types, "example.org/v1/Backup", "spec.keep"), "String");
    assert_eq!(types.kinds_named("Backup").len(), 2);
}

#[test]
fn kubernetes_own_kinds_cannot_be_replaced() {
    let mut types = kubernetes("1.36");
    let mut crd = backups();
    *crd.pointer_mut("/spec/group").unwrap() = json!("apps");
    *crd.pointer_mut("/spec/names/kind").unwrap() = json!("Deployment");
    types.add_crd(&crd).unwrap();
    assert_eq!(describe(&types, "apps/v1/Deployment", "spec.replicas"), "Integer");
}

#[test]
fn the_old_form_has_one_schema_for_all_versions() {
    let mut types = kubernetes("1.36");
    let crd = json!({
        "apiVersion": "apiextensions.k8s.io/v1beta1",
        "kind": "CustomResourceDefinition",
        "spec": {
            "group": "example.org", "version": "v1alpha1", "scope": "Cluster", "names": {"kind": "Zone", "plural": "zones"},
            "validation": {"openAPIV3Schema": {"properties": {"spec": {
                "type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {"name": {"type": "string"}}
            }}}}
        }
    });
    types.add_crd(&crd).unwrap();
    assert_eq!(describe(&types, "example.org/v1alpha1/Zone", "spec.name"), "String");
    let zone = types.kind("example.org", "v1alpha1", "Zone").unwrap();
    assert!(!zone.namespaced);
    let spec = types.field(zone.definition, "spec").unwrap();
    assert!(matches!(spec.ty, crate::schema::TypeRef::Object(spec) if types.is_open(spec)));
    assert!(!types.is_open(zone.definition));
}

#[test]
fn schemas_of_catalogs() {
    let mut types = kubernetes("1.36");
    let schema = json!({
        "type": "object",
        "properties": {
            "spec": {"type": ["object", "null"], "additionalProperties": false, "properties": {
                "port": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
                "guessed": {"properties": {"list": {"items": {"type": "integer"}}}},
                "either": {"type": ["string", "boolean"]},
                "reference": {"$ref": "#/definitions/Other"},
                "extra": {"type": "object", "additionalProperties": true}
            }}
        }
    });
    types.add_kind("example.org", "v2", "Zone", &schema);
    for (path, expected) in [
        ("metadata.name", "String"),
        ("spec", "Zone.spec"),
        ("spec.port", "IntOrString"),
        ("spec.guessed.list", "list of Integer"),
        ("spec.either", "Dynamic"),
        ("spec.reference", "Dynamic"),
        ("spec.extra", "map of Dynamic"),
    ] {
        assert_eq!(describe(&types, "example.org/v2/Zone", path), expected, "{path}");
    }
}

#[test]
fn versions_come_most_stable_first() {
    let mut types = kubernetes("1.36");
    for version in ["v1alpha1", "v1", "stable", "v2beta1", "v10", "v2", "v2beta2"] {
        types.add_kind("example.org", version, "Zone", &json!({}));
    }
    let versions: Vec<&str> = types.kinds_named("Zone").iter().map(|kind| kind.version).collect();
    assert_eq!(versions, ["v10", "v2", "v1", "v2beta2", "v2beta1", "v1alpha1", "stable"]);
}

#[test]
fn other_documents_are_refused() {
    let mut types = kubernetes("1.36");
    let head = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"});
    let with = |spec: Value| {
        let mut document = head.clone();
        document["spec"] = spec;
        document
    };
    for (document, expected) in [
        (json!(null), CrdProblem::NotADefinition),
        (json!({"apiVersion": "v1", "kind": "Pod"}), CrdProblem::NotADefinition),
        (head.clone(), CrdProblem::NoName),
        (with(json!({"group": "example.org", "names": {}})), CrdProblem::NoName),
        (with(json!({"group": "example.org", "names": {"kind": "Zone"}})), CrdProblem::NoVersions),
    ] {
        assert_eq!(types.add_crd(&document), Err(expected), "{document}");
    }
}

#[test]
fn depth_is_bounded() {
    let mut schema = json!({"type": "string"});
    for _ in 0..300 {
        schema = json!({"type": "object", "properties": {"a": schema}});
    }
    let mut crd = backups();
    *crd.pointer_mut("/spec/versions/1/schema/openAPIV3Schema").unwrap() = schema;
    let mut types = kubernetes("1.36");
    types.add_crd(&crd).unwrap();
    assert_eq!(describe(&types, "example.org/v1/Backup", "a.a.a"), "Backup.a.a.a");
    let deep = vec!["a"; 65].join(".");
    assert_eq!(describe(&types, "example.org/v1/Backup", &deep), "Dynamic");
}
