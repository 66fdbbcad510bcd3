//! What a field of a manifest is, and which rules read it.

use super::path::{At, Step, at};
use crate::ide::File;
use crate::ide::policy::hover::Hover;
use crate::ide::rules::Rules;
use crate::ide::schema;
use policyc_engine::yaml::head;
use policyc_lang::ir::Program;
use policyc_lang::schema::{DefId, TypeRef, Types};
use std::fmt::Write;

/// Most rules that are named.
const MOST_RULES: usize = 12;

/// What is known of what stands at a byte offset.
pub(crate) fn hover(file: &File, types: &Types, rules: &Rules, offset: u32) -> Option<Hover> {
    let tree = file.tree();
    let place = at(tree, offset)?;
    let kind = head(tree, place.object, "kind").map(|node| tree.text(node))?;
    let version = head(tree, place.object, "apiVersion").map_or("", |node| tree.text(node));
    let mut text = match field_of(types, version, kind, &place) {
        Some((definition, name)) => schema::field(types, definition, name, None).unwrap_or_default(),
        None => String::new(),
    };
    let keys = place.keys();
    if keys == ["kind"] {
        text = schema::kinds(types, kind).unwrap_or(text);
    }
    let (name, parent) = (keys.last()?, keys.len().checked_sub(2).and_then(|place| keys.get(place)));
    let readers = rules.readers(kind, parent.copied(), name);
    if !readers.is_empty() {
        let program = &rules.artefact.program;
        text.push_str("\n\nRules that read it:\n");
        for id in readers.iter().take(MOST_RULES) {
            let _ = write!(text, "\n- `{id}`: {}", title(program, id));
        }
        if let Some(more) = readers.len().checked_sub(MOST_RULES).filter(|more| *more > 0) {
            let _ = write!(text, "\n- and {more} more");
        }
    }
    (!text.is_empty()).then(|| Hover { text: text.trim().to_owned(), span: place.span })
}

/// The type that a field belongs to, and the field's name; `None` where nothing is known of it.
fn field_of<'p>(types: &Types, version: &str, kind: &str, place: &'p At) -> Option<(DefId, &'p str)> {
    let (group, version) = version.rsplit_once('/').unwrap_or(("", version));
    let mut ty = TypeRef::Object(types.kind(group, version, kind)?.definition);
    let mut found = None;
    for step in &place.steps {
        ty = match (step, ty) {
            (Step::Key(name), TypeRef::Object(definition)) => {
                found = Some((definition, name.as_str()));
                types.field_of_any_version(definition, name)?.ty
            }
            (Step::Key(_), TypeRef::Map(element)) | (Step::Index(_), TypeRef::List { element, .. }) => {
                types.ty(element)
            }
            _ => return None,
        };
    }
    found
}

fn title<'p>(program: &'p Program, id: &str) -> &'p str {
    let instance = program.instances.iter().find(|instance| instance.id == id);
    let rule = instance.and_then(|instance| program.rules.get(instance.rule.index()));
    rule.map_or("", |rule| rule.title.as_str())
}
