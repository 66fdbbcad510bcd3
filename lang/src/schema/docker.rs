//! The types of Dockerfiles: what the engine puts into the tree of one, by name. Views in the standard library make the
//! vocabulary of policies of them.

use super::registry::{Own, OwnDefinition, OwnField, OwnKind, next_number};
use super::types::{DefId, EnumId, ListId, Merge, TypeId, TypeRef};

/// The API group of the kind `Dockerfile`, which no cluster serves.
pub const DOCKER_GROUP: &str = "docker.policyc";
/// The kind of a Dockerfile's tree.
pub const DOCKERFILE: &str = "Dockerfile";

/// Definitions with their fields. A type is `string`, `number`, `bool`, `image`, a definition's name, `[element]` or
/// `{value}`; with `?` it may be absent.
const DEFINITIONS: &[(&str, &[(&str, &str)])] = &[
    (
        DOCKERFILE,
        &[
            ("path", "string"),
            ("escape", "string"),
            ("fragment", "bool?"),
            ("directives", "[DockerDirective]"),
            ("comments", "[string]"),
            ("body", "[DockerInstruction]"),
            ("parts", "[DockerStage]"),
        ],
    ),
    ("DockerDirective", &[("name", "string"), ("value", "string")]),
    (
        "DockerStage",
        &[
            ("index", "number"),
            ("name", "string?"),
            ("origin", "external | stage | scratch"),
            ("base_image", "image?"),
            ("base_index", "number?"),
            ("lineage", "[number]"),
            ("users", "[number]"),
            ("final_mark", "bool?"),
            ("reach_mark", "bool?"),
            ("effective", "DockerEffective"),
            ("body", "[DockerInstruction]"),
        ],
    ),
    (
        "DockerEffective",
        &[
            ("user", "DockerUser?"),
            ("workdir", "string?"),
            ("labels", "{string}"),
            ("env", "{string}"),
            ("healthcheck", "DockerCheck?"),
            ("cmd", "[string]?"),
            ("entrypoint", "[string]?"),
        ],
    ),
    ("DockerUser", &[("text", "string"), ("name", "string"), ("group", "string?")]),
    ("DockerCheck", &[("none", "bool?"), ("text", "string")]),
    ("DockerShell", &[("program", "string"), ("options", "[string]"), ("posix", "bool?")]),
    (
        "DockerInstruction",
        &[
            ("keyword", "string"),
            ("keyword_text", "string"),
            ("index", "number"),
            ("stage_index", "number?"),
            ("onbuild", "bool?"),
            ("json_form", "bool?"),
            ("refused", "bool?"),
            ("flags", "{string}"),
            ("words", "[string]"),
            ("pairs", "[DockerPair]"),
            ("uses", "[DockerUse]"),
            ("mounts", "[DockerMount]"),
            ("heredocs", "[DockerHeredoc]"),
            ("comments", "[string]"),
            ("blank_lines", "number?"),
            ("image", "image?"),
            ("origin", "(external | stage | scratch)?"),
            ("user", "DockerUser?"),
            ("path", "string?"),
            ("sources", "[string]"),
            ("target", "string?"),
            ("copy_from", "DockerCopyFrom?"),
            ("ports", "[DockerPort]"),
            ("check", "DockerCheck?"),
            ("shell", "DockerShell?"),
            ("run", "[DockerCommand]"),
        ],
    ),
    ("DockerPair", &[("name", "string"), ("value", "string?"), ("legacy", "bool?")]),
    ("DockerUse", &[("name", "string"), ("declared", "bool?")]),
    (
        "DockerMount",
        &[("type", "string"), ("target", "string?"), ("source", "string?"), ("from", "string?"), ("id", "string?")],
    ),
    ("DockerHeredoc", &[("name", "string"), ("text", "string"), ("expand", "bool?")]),
    ("DockerCopyFrom", &[("text", "string"), ("stage_index", "number?"), ("image", "image?")]),
    ("DockerPort", &[("text", "string"), ("low", "number"), ("high", "number"), ("protocol", "string")]),
    (
        "DockerCommand",
        &[
            ("program", "string?"),
            ("verb", "string?"),
            ("words", "[string]"),
            ("operands", "[string]"),
            ("flags", "[DockerFlag]"),
            ("env", "{string}"),
            ("index", "number"),
            ("pipeline_number", "number"),
            ("pipe_index", "number"),
            ("joined_by", "(and | or | pipe)?"),
            ("inside", "number?"),
            ("redirects", "[DockerRedirect]"),
            ("stdin", "string?"),
            ("context", "DockerContext?"),
        ],
    ),
    ("DockerFlag", &[("name", "string"), ("word", "string"), ("value", "string?")]),
    ("DockerRedirect", &[("op", "string"), ("target", "string")]),
    (
        "DockerContext",
        &[
            ("condition", "bool?"),
            ("branch", "bool?"),
            ("looped", "bool?"),
            ("function", "bool?"),
            ("subshell", "bool?"),
            ("substitution", "bool?"),
            ("nested", "bool?"),
        ],
    ),
];

/// What a registry begins with: the definitions above and the kind `Dockerfile`. They come first, so that they have the
/// same numbers in every registry, also in compiled programs.
pub(super) fn own(metadata: TypeRef) -> Own {
    let mut own = Own::default();
    for (name, fields) in DEFINITIONS {
        let mut made: Vec<OwnField> = fields.iter().map(|(name, ty)| field(&mut own, name, ty)).collect();
        if *name == DOCKERFILE {
            let common = [("apiVersion", TypeRef::String), ("kind", TypeRef::String), ("metadata", metadata)];
            made.extend(common.map(|(name, ty)| OwnField { name: name.into(), ty, required: true }));
        }
        made.sort_by(|left, right| left.name.cmp(&right.name));
        own.definitions.push(OwnDefinition { name: (*name).into(), fields: made, open: false });
    }
    let kind = OwnKind {
        group: DOCKER_GROUP.into(),
        version: "v1".into(),
        resource: None,
        definition: DefId(next_number(0)),
        namespaced: false,
        served: false,
    };
    own.kinds.insert(DOCKERFILE.into(), vec![kind]);
    own
}

/// The definition of a name.
pub(super) fn definition_named(name: &str) -> Option<DefId> {
    let place = DEFINITIONS.iter().position(|(known, _)| *known == name)?;
    Some(DefId(next_number(place)))
}

fn field(own: &mut Own, name: &str, written: &str) -> OwnField {
    let (ty, required) = match written.strip_suffix('?') {
        Some(ty) => (ty.trim_start_matches('(').trim_end_matches(')'), false),
        None => (written, true),
    };
    OwnField { name: name.into(), ty: type_of(own, ty), required }
}

fn type_of(own: &mut Own, written: &str) -> TypeRef {
    if let Some(element) = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let element = type_of(own, element);
        let list = ListId(next_number(own.lists.len()));
        own.lists.push((Merge::Atomic, Vec::new()));
        return TypeRef::List { element: push(own, element), list };
    }
    if let Some(value) = written.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        let value = type_of(own, value);
        return TypeRef::Map(push(own, value));
    }
    if written.contains('|') {
        let words = EnumId(next_number(own.enums.len()));
        own.enums.push(written.split('|').map(|word| word.trim().into()).collect());
        return TypeRef::Enum(words);
    }
    match written {
        "string" => TypeRef::String,
        "number" => TypeRef::Number,
        "bool" => TypeRef::Bool,
        "image" => TypeRef::Image,
        name => definition_named(name).map_or(TypeRef::Dynamic, TypeRef::Object),
    }
}

fn push(own: &mut Own, ty: TypeRef) -> TypeId {
    let id = TypeId(next_number(own.types.len()));
    own.types.push(ty);
    id
}

#[cfg(test)]
mod tests {
    use super::{DEFINITIONS, DOCKER_GROUP, DOCKERFILE};
    use crate::schema::{Schema, TypeRef, Types};

    #[test]
    fn every_type_is_known() {
        let types = Types::new(Schema::newest());
        for (name, fields) in DEFINITIONS {
            let definition = types.definitions_named(name).next().expect("a definition of that name");
            assert_eq!(types.definition_name(definition), *name);
            for (field, written) in *fields {
                let found = types.field(definition, field).expect("a field of that name");
                assert_eq!(found.required, !written.ends_with('?'), "{name}.{field}");
                assert_ne!(found.ty, TypeRef::Dynamic, "{name}.{field}");
            }
        }
        let kind = types.kind(DOCKER_GROUP, "v1", DOCKERFILE).expect("the kind");
        assert_eq!(types.definition_name(kind.definition), DOCKERFILE);
    }
}
