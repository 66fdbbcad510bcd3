//! What the Kubernetes tables say of kinds, types and fields, as Markdown.

use policyc_lang::schema::{DefId, Field, Merge, TypeRef, Types};
use std::fmt::Write;

/// A field of a type. `shown` is its type where another than the schema's is meant.
pub(crate) fn field(types: &Types, definition: DefId, name: &str, shown: Option<&str>) -> Option<String> {
    let field = types.field_of_any_version(definition, name)?;
    let ty = shown.map_or_else(|| type_text(types, field.ty), ToOwned::to_owned);
    let mut out = format!("```policyc\n{}.{name}: {ty}\n```\n", types.definition_name(definition));
    for fact in facts(types, &field) {
        let _ = write!(out, "\n- {fact}");
    }
    Some(out)
}

/// What else is known of a field.
fn facts(types: &Types, field: &Field<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    if field.required {
        facts.push("required".to_owned());
    }
    if field.deprecated {
        facts.push("deprecated".to_owned());
    }
    if let Some(since) = field.since {
        facts.push(format!("since Kubernetes {since}"));
    }
    if let Some(removed) = field.removed_in {
        facts.push(format!("gone in Kubernetes {removed}"));
    }
    match field.ty {
        TypeRef::Enum(words) => {
            let words: Vec<String> = types.words(words).map(|word| format!("`{word}`")).collect();
            facts.push(format!("one of {}", words.join(", ")));
        }
        TypeRef::List { list, .. } => {
            let keys: Vec<String> = types.list_keys(list).map(|key| format!("`{key}`")).collect();
            if !keys.is_empty() {
                facts.push(format!("elements are told apart by {}", keys.join(" and ")));
            }
            match types.merge(list) {
                Merge::Set => facts.push("a set: no value stands twice".to_owned()),
                Merge::Atomic => facts.push("replaced as a whole".to_owned()),
                Merge::Unsaid | Merge::Map => {}
            }
        }
        _ => {}
    }
    facts
}

/// A part of objects.
pub(crate) fn definition(types: &Types, definition: DefId) -> String {
    let mut out = format!("```policyc\n{}\n", types.definition_name(definition));
    for field in types.fields(definition) {
        let optional = if field.required { "" } else { "?" };
        let _ = writeln!(out, "  {}: {}{optional}", field.name, type_text(types, field.ty));
    }
    out.push_str("```");
    out
}

/// The kinds of a name.
pub(crate) fn kinds(types: &Types, name: &str) -> Option<String> {
    let kinds = types.kinds_named(name);
    let first = kinds.first()?;
    let mut out = definition(types, first.definition);
    out.push('\n');
    for kind in &kinds {
        let scope = if kind.namespaced { "in namespaces" } else { "of the cluster" };
        let _ = write!(out, "\n- `{}` {scope}", kind.api_version());
        if let Some(since) = kind.since {
            let _ = write!(out, ", since Kubernetes {since}");
        }
        if let Some(removed) = kind.removed_in {
            let _ = write!(out, ", gone in Kubernetes {removed}");
        } else if !kind.served {
            out.push_str(", not served");
        }
    }
    Some(out)
}

/// A type as policies call it.
pub(crate) fn type_text(types: &Types, ty: TypeRef) -> String {
    match ty {
        TypeRef::Bool => "bool".to_owned(),
        TypeRef::Integer | TypeRef::Number => "number".to_owned(),
        TypeRef::String | TypeRef::Enum(_) => "string".to_owned(),
        TypeRef::Quantity => "quantity".to_owned(),
        TypeRef::IntOrString => "number | string".to_owned(),
        TypeRef::Time | TypeRef::MicroTime => "string, a point in time".to_owned(),
        TypeRef::Duration => "string, a duration".to_owned(),
        TypeRef::Bytes => "string, base64".to_owned(),
        TypeRef::Dynamic => "dynamic".to_owned(),
        TypeRef::Image => "image".to_owned(),
        TypeRef::Object(definition) => types.definition_name(definition).to_owned(),
        TypeRef::List { element, .. } => format!("list<{}>", type_text(types, types.ty(element))),
        TypeRef::Map(element) => format!("map<{}>", type_text(types, types.ty(element))),
    }
}
