//! Random objects: mostly as their types say, and often enough not.

use crate::choices::Choices;
use crate::types::{Kind, Table, Type, WORDS};
use serde_json::{Map, Value as Json, json};

/// Texts that documents and policies share, so that they meet.
pub const TEXTS: [&str; 12] = ["a", "b", "ab", "abc", "main", "web", "x-1", "A b", "é", "10", " b ", ""];
/// Numbers that documents and policies share, as written.
pub const NUMBERS: [&str; 10] = ["1", "0", "2", "3", "5", "10", "1.5", "0.25", "8080", "-1"];
/// Amounts that documents and policies share.
pub const QUANTITIES: [&str; 7] = ["1", "100m", "500m", "2", "512Mi", "1Gi", "1k"];
/// Keys of maps.
pub const KEYS: [&str; 4] = ["a", "main", "b", "x"];

/// An object of a kind.
pub fn object(choices: &mut Choices<'_>, kind: Kind, number: usize) -> Json {
    let mut labels = Map::new();
    for key in KEYS {
        if choices.percent(30) {
            labels.insert(key.to_owned(), text(choices));
        }
    }
    let mut metadata = json!({"name": format!("o{number}")});
    if choices.percent(60) {
        metadata["labels"] = Json::Object(labels);
    }
    let mut object = json!({"apiVersion": "example.org/v1", "kind": kind.name(), "metadata": metadata});
    if !choices.percent(if kind == Kind::Beta { 15 } else { 3 }) {
        object["spec"] = oddly(choices, 3, |choices| fields(choices, kind.spec()));
    }
    object
}

/// A value, or sometimes null or something of another type.
fn oddly(choices: &mut Choices<'_>, percent: usize, value: impl FnOnce(&mut Choices<'_>) -> Json) -> Json {
    match () {
        () if choices.percent(percent) => Json::Null,
        () if choices.percent(percent) => wrong(choices),
        () => value(choices),
    }
}

fn wrong(choices: &mut Choices<'_>) -> Json {
    match choices.below(7) {
        0 => json!("true"),
        1 => json!(7),
        2 => json!(true),
        3 => json!([1, "a"]),
        4 => json!({"a": 1}),
        5 => json!(2.5),
        _ => json!("other"),
    }
}

fn fields(choices: &mut Choices<'_>, table: Table) -> Json {
    let mut fields = Map::new();
    for (name, slot) in table.fields() {
        let left_out = if slot.optional || slot.ty == Type::Dynamic { 35 } else { 4 };
        if !choices.percent(left_out) {
            fields.insert(name.to_owned(), oddly(choices, 6, |choices| value(choices, &slot.ty)));
        }
    }
    Json::Object(fields)
}

fn value(choices: &mut Choices<'_>, ty: &Type) -> Json {
    match ty {
        Type::Bool => Json::Bool(choices.percent(50)),
        Type::Number => number(choices),
        Type::Text => text(choices),
        Type::Word => json!(choices.pick(&WORDS).copied().unwrap_or_default()),
        Type::Quantity => match choices.below(4) {
            0 => number(choices),
            _ => json!(choices.pick(&QUANTITIES).copied().unwrap_or_default()),
        },
        Type::NumberOrText if choices.percent(50) => number(choices),
        Type::NumberOrText => text(choices),
        Type::List(element) => {
            let length = choices.below(4);
            Json::Array((0..length).map(|_| oddly(choices, 5, |choices| value(choices, &element.ty))).collect())
        }
        Type::Map(element) => {
            let mut fields = Map::new();
            for key in KEYS {
                if choices.percent(40) {
                    fields.insert(key.to_owned(), oddly(choices, 6, |choices| value(choices, element)));
                }
            }
            Json::Object(fields)
        }
        Type::Fields(table) => fields(choices, *table),
        Type::Dynamic | Type::Severity | Type::Record(_) | Type::Kind(_) | Type::Row(_) => dynamic(choices, 3),
    }
}

fn dynamic(choices: &mut Choices<'_>, depth: usize) -> Json {
    match choices.below(if depth == 0 { 4 } else { 6 }) {
        0 => number(choices),
        1 => text(choices),
        2 => Json::Bool(choices.percent(50)),
        3 => Json::Null,
        4 => {
            let length = choices.below(3);
            Json::Array((0..length).map(|_| dynamic(choices, depth - 1)).collect())
        }
        _ => {
            let mut fields = Map::new();
            for key in KEYS {
                if choices.percent(50) {
                    fields.insert(key.to_owned(), dynamic(choices, depth - 1));
                }
            }
            Json::Object(fields)
        }
    }
}

fn text(choices: &mut Choices<'_>) -> Json {
    json!(choices.pick(&TEXTS).copied().unwrap_or_default())
}

fn number(choices: &mut Choices<'_>) -> Json {
    let text = choices.pick(&NUMBERS).copied().unwrap_or_default();
    serde_json::from_str(text).unwrap_or(Json::Null)
}

/// Objects as one YAML file, a JSON text for each document.
#[must_use]
pub fn file(objects: &[Json]) -> String {
    objects.iter().map(|object| format!("---\n{object}\n")).collect()
}
