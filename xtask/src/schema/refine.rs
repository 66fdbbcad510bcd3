//! Applies the hand-written overlay to the union.

use super::merge::{DefinitionUnion, Union};
use super::model::{Type, split};
use super::overlay::{OVERLAY, Refined, Refinement};
use std::collections::BTreeMap;

/// Refines every field that the overlay names.
///
/// # Errors
///
/// When an entry names a field that no version has.
pub(crate) fn refine(union: &mut Union) -> Result<(), String> {
    for refinement in OVERLAY {
        for definition in refinement.definitions {
            for field in refinement.fields {
                let matching = union.definitions.iter_mut().filter(|(full, _)| split(full).1 == *definition);
                let refined: usize = matching.map(|(_, known)| apply(known, field, refinement)).sum();
                if refined == 0 {
                    return Err(format!("the overlay names `{definition}.{field}`, which is no string field"));
                }
            }
        }
    }
    Ok(())
}

fn apply(definition: &mut DefinitionUnion, field: &str, refinement: &Refinement) -> usize {
    let mut refined = 0;
    let fields = std::mem::take(&mut definition.fields);
    let changed = fields.into_iter().map(|((name, ty), known)| {
        let ty = if name == field { replace(ty, refinement.becomes, &mut refined) } else { ty };
        ((name, ty), known)
    });
    definition.fields = changed.collect::<BTreeMap<_, _>>();
    refined
}

fn replace(ty: Type, becomes: Refined, refined: &mut usize) -> Type {
    match ty {
        Type::String => {
            *refined += 1;
            match becomes {
                Refined::Image => Type::Image,
                Refined::Words(words) => Type::Enum(words.iter().map(|word| (*word).to_owned()).collect()),
            }
        }
        Type::List { element, merge, keys } => {
            Type::List { element: Box::new(replace(*element, becomes, refined)), merge, keys }
        }
        other => other,
    }
}
