//! Another name for something, wherever it is named.

use super::definition::{Symbol, declarations, references, symbol_at};
use super::{Place, View};
use crate::ide::library::SCHEME;
use policyc_lang::check::Target;
use policyc_lang::syntax::lexis;
use policyc_text::Span;

/// What would be renamed at a byte offset: its name's place. `None` for what is not the project's to name.
pub(crate) fn prepare(view: View<'_>, offset: u32) -> Option<Span> {
    let (symbol, span) = symbol_at(view, offset)?;
    let nameable = match &symbol {
        Symbol::Target(target) => {
            matches!(target, Target::Local(..) | Target::Item(..) | Target::RowField(..) | Target::Property(_))
        }
        Symbol::Rule(_) => true,
        Symbol::Module(_) => false,
    };
    let declared = declarations(view, &symbol);
    let own = |place: &Place| !place.file.uri.starts_with(SCHEME);
    let named = |place: &Place| place.span.text(place.file.text()) == span.text(view.file.text());
    (nameable && !declared.is_empty() && declared.iter().all(|place| own(place) && named(place))).then_some(span)
}

/// Every place that must be given the new name.
///
/// # Errors
///
/// A sentence: why that cannot be its name.
pub(crate) fn rename(view: View<'_>, offset: u32, new: &str) -> Result<Vec<Place>, String> {
    let cannot = || "this cannot be renamed here".to_owned();
    let span = prepare(view, offset).ok_or_else(cannot)?;
    let (symbol, _) = symbol_at(view, offset).ok_or_else(cannot)?;
    match &symbol {
        Symbol::Rule(_) if !lexis::is_kebab(new) => {
            return Err(format!("`{new}` is no id: write lowercase letters, digits and single dashes"));
        }
        Symbol::Rule(_) if is_taken(view, new) => return Err(format!("the rule id `{new}` is taken")),
        Symbol::Rule(_) => {}
        _ if !is_name(new) => {
            return Err(format!("`{new}` is no name: write letters, digits and `_`, a letter first"));
        }
        _ if lexis::is_reserved(new) => return Err(format!("`{new}` is a word of the language")),
        _ => {}
    }
    let old = span.text(view.file.text());
    let mut places = references(view, offset, true);
    // Rows of a view are also reached by the name that their source has for them.
    places.retain(|place| place.span.text(place.file.text()) == old);
    Ok(places)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_taken(view: View<'_>, id: &str) -> bool {
    let program = &view.analysis().compiled.artefact.program;
    program.instances.iter().any(|instance| instance.id == id) || program.aggregates.iter().any(|sum| sum.id == id)
}
