//! Look-ups along paths, the overlay, custom resources, and a comparison with an OpenAPI document of Kubernetes.

mod compare;
mod crds;
mod paths;

use super::{DefId, Field, Schema, TypeRef, Types};

/// Describes what stands at `path` below `group/version/kind`; a step `[]` goes into a list, `{}` into a map.
fn describe(types: &Types, kind: &str, path: &str) -> String {
    let (group_version, name) = kind.rsplit_once('/').unwrap();
    let (group, version) = group_version.rsplit_once('/').unwrap_or(("", group_version));
    let Some(kind) = types.kind(group, version, name) else { return "no such kind".to_owned() };
    let mut ty = TypeRef::Object(kind.definition);
    let mut told = String::new();
    for step in path.split('.') {
        let field_name = step.trim_end_matches(['[', ']', '{', '}']);
        let TypeRef::Object(definition) = ty else { return format!("`{field_name}` is below no object") };
        let Some(field) = types.field(definition, field_name) else { return format!("no field `{field_name}`") };
        told = tell_field(types, &field);
        ty = field.ty;
        let mut steps = &step[field_name.len()..];
        while !steps.is_empty() {
            ty = match ty {
                TypeRef::List { element, .. } | TypeRef::Map(element) => types.ty(element),
                _ => return format!("`{field_name}` has no elements"),
            };
            steps = &steps[2..];
        }
    }
    told
}

fn tell_field(types: &Types, field: &Field<'_>) -> String {
    let mut told = tell(types, field.ty);
    if field.required {
        told.push_str(", required");
    }
    if let Some(since) = field.since {
        told.push_str(&format!(", since {since}"));
    }
    if let Some(removed) = field.removed_in {
        told.push_str(&format!(", removed in {removed}"));
    }
    told
}

fn tell(types: &Types, ty: TypeRef) -> String {
    match ty {
        TypeRef::Object(definition) => types.definition_name(definition).to_owned(),
        TypeRef::Enum(words) => types.words(words).collect::<Vec<_>>().join("|"),
        TypeRef::Map(element) => format!("map of {}", tell(types, types.ty(element))),
        TypeRef::List { element, list } => {
            let keys: Vec<&str> = types.list_keys(list).collect();
            let by = if keys.is_empty() { String::new() } else { format!(" by {}", keys.join("+")) };
            format!("list of {}{by}", tell(types, types.ty(element)))
        }
        scalar => format!("{scalar:?}"),
    }
}

fn kubernetes(version: &str) -> Types {
    Types::new(Schema::nearest(version.parse().unwrap()).0)
}

fn definition(types: &Types, name: &str) -> DefId {
    types.definitions_named(name).next().unwrap()
}

/// Collects what differs, so that one run tells all of it.
#[derive(Default)]
struct Expect(Vec<String>);

impl Expect {
    fn that(&mut self, found: String, expected: &str, what: &str) {
        if found != expected {
            self.0.push(format!("{what}: {found}, not {expected}"));
        }
    }

    fn all(self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}
