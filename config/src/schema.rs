//! The JSON schema of `policyc.yaml`, made of the loaded rules, so that editors complete and check it.
//!
//! Draft 7 is what the servers for YAML read.

use crate::file::{EDITION, KEYS};
use crate::rules;
use policyc_engine::builtin::Builtin;
use policyc_lang::check::{Artefact, Ty};
use policyc_lang::ir::Program;
use policyc_lang::schema::Schema;
use policyc_lang::values::Severity;
use serde_json::{Map, Value, json};

/// The schema of configurations for these rules.
#[must_use]
pub fn json_schema(artefact: &Artefact) -> Value {
    let properties: Map<String, Value> =
        KEYS.iter().map(|(key, doc)| ((*key).to_owned(), described(key_schema(artefact, key), doc))).collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "policyc.yaml",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "definitions": {
            "severity": {"enum": Severity::ALL.map(Severity::as_str)},
            "paths": {"type": "array", "items": {"type": "string"}},
        },
    })
}

fn described(mut schema: Value, doc: &str) -> Value {
    if let Some(map) = schema.as_object_mut().filter(|_| !doc.is_empty()) {
        map.insert("description".to_owned(), doc.into());
    }
    schema
}

fn key_schema(artefact: &Artefact, key: &str) -> Value {
    let paths = || json!({"type": "array", "items": {"type": "string"}});
    match key {
        "edition" => json!({"enum": [EDITION, EDITION.parse::<u32>().unwrap_or_default()]}),
        "kubernetes" => {
            let examples: Vec<String> = Schema::versions().iter().map(ToString::to_string).collect();
            json!({"type": ["string", "number"], "examples": examples})
        }
        "namespace" => json!({"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"}),
        "world" => json!({"enum": ["closed", "open"]}),
        "profile" => {
            let names = artefact.program.profiles.iter().map(|profile| profile.name.as_str());
            json!({"enum": names.chain([rules::EVERYTHING]).collect::<Vec<_>>()})
        }
        "packages" => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        "inputs" => json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {"include": paths(), "exclude": paths()},
        }),
        "external" => json!({"type": "array", "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["kind", "name"],
            "properties": {"kind": {"type": "string"}, "name": {"type": "string"}, "namespace": {"type": "string"}},
        }}),
        "rules" => rules_schema(artefact),
        "failOn" => json!({"allOf": [{"$ref": "#/definitions/severity"}]}),
        "helm" => json!({"type": "object", "additionalProperties": paths()}),
        _ => paths(),
    }
}

fn rules_schema(artefact: &Artefact) -> Value {
    let program = &artefact.program;
    let ids = rules::rule_ids(program);
    let properties: Map<String, Value> = ids.into_iter().map(|id| (id.to_owned(), rule_schema(artefact, id))).collect();
    json!({
        "type": "object",
        "properties": properties,
        "patternProperties": {"[*?\\[{]": setting(None)},
        "additionalProperties": false,
    })
}

fn rule_schema(artefact: &Artefact, id: &str) -> Value {
    let params = rules::params(artefact, id).into_iter().map(|(_, param, ty)| {
        (param.name.clone(), described(type_schema(ty), &format!("{}: {}", param.type_text, param.doc)))
    });
    let params: Map<String, Value> = params.collect();
    described(setting(Some(params)), title(&artefact.program, id))
}

fn title<'p>(program: &'p Program, id: &str) -> &'p str {
    let instance = program.instances.iter().find(|instance| instance.id == id);
    let rule = instance.and_then(|instance| program.rules.get(instance.rule.index()));
    let sum = || program.aggregates.iter().find(|sum| sum.id == id).map(|sum| sum.title.as_str());
    rule.map(|rule| rule.title.as_str()).or_else(sum).or_else(|| Builtin::of_id(id).map(Builtin::title)).unwrap_or("")
}

/// What may be said of a rule; `params`: its parameters, where there is one rule.
fn setting(params: Option<Map<String, Value>>) -> Value {
    let mut properties = Map::new();
    properties.insert("enabled".to_owned(), json!({"type": "boolean"}));
    properties.insert("severity".to_owned(), json!({"$ref": "#/definitions/severity"}));
    properties.insert("suppress".to_owned(), json!({"type": "boolean"}));
    if let Some(params) = params.filter(|params| !params.is_empty()) {
        let params = json!({"type": "object", "additionalProperties": false, "properties": params});
        properties.insert("params".to_owned(), params);
    }
    let words: Vec<Value> = [json!(true), json!(false), json!("on"), json!("off")]
        .into_iter()
        .chain(Severity::ALL.map(|severity| json!(severity.as_str())))
        .collect();
    json!({"anyOf": [
        {"enum": words},
        {"type": "object", "additionalProperties": false, "properties": properties},
    ]})
}

/// What a value of a type looks like in JSON.
fn type_schema(ty: &Ty) -> Value {
    match ty {
        Ty::Bool => json!({"type": "boolean"}),
        Ty::Number => json!({"type": "number"}),
        Ty::Quantity => json!({"type": ["string", "number"]}),
        Ty::Severity => json!({"$ref": "#/definitions/severity"}),
        Ty::Range => json!({"anyOf": [
            {"type": ["string", "integer"]},
            {
                "type": "object",
                "additionalProperties": false,
                "required": ["min", "max"],
                "properties": {"min": {"type": "integer"}, "max": {"type": "integer"}},
            },
        ]}),
        Ty::Null => json!({"type": "null"}),
        Ty::Enum(words) => json!({"enum": words}),
        Ty::List(element, _) => json!({"type": "array", "items": type_schema(element)}),
        Ty::Map(element) => json!({"type": "object", "additionalProperties": type_schema(element)}),
        Ty::Optional(inner) => json!({"anyOf": [{"type": "null"}, type_schema(inner)]}),
        Ty::Record(fields) => {
            let required: Vec<&str> =
                fields.iter().filter(|(_, ty)| !ty.is_optional()).map(|(name, _)| name.as_str()).collect();
            let properties: Map<String, Value> =
                fields.iter().map(|(name, ty)| (name.clone(), type_schema(ty))).collect();
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": required,
                "properties": properties,
            })
        }
        Ty::Union(members) => json!({"anyOf": members.iter().map(type_schema).collect::<Vec<_>>()}),
        Ty::String
        | Ty::Duration
        | Ty::Date
        | Ty::Image
        | Ty::Semver
        | Ty::VersionRange
        | Ty::Glob
        | Ty::Regex
        | Ty::Ip
        | Ty::Cidr
        | Ty::Path
        | Ty::Cron
        | Ty::Purl
        | Ty::License => json!({"type": "string"}),
        Ty::Error
        | Ty::Dynamic
        | Ty::Object(_)
        | Ty::Kind(_)
        | Ty::AnyObject
        | Ty::View(_)
        | Ty::Namespace
        | Ty::Project
        | Ty::Cluster => json!({}),
    }
}
