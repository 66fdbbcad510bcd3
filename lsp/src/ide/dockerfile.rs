//! Features for Dockerfiles.

use super::library::page;
use super::policy::hover::Hover;
use super::rules::Rules;
use super::snapshot::Places;
use policyc_text::Span;
use std::collections::BTreeSet;

/// Most rules whose pages are shown at once.
const MOST_RULES: usize = 4;

/// The pages of the rules that found something at a byte offset; those of the shortest places come first.
pub(crate) fn hover(places: &Places, rules: &Rules, offset: u32) -> Option<Hover> {
    let here = |span: &Span| span.start <= offset && offset <= span.end;
    let mut places: Vec<(Span, &str)> =
        places.rules.iter().filter(|(span, _)| here(span)).map(|(span, rule)| (*span, &**rule)).collect();
    places.sort_by_key(|(span, rule)| (span.len(), *rule));
    let (span, _) = *places.first()?;
    let mut seen = BTreeSet::new();
    let ids = places.into_iter().map(|(_, rule)| rule).filter(|rule| seen.insert(*rule)).take(MOST_RULES);
    let pages: Vec<String> = ids.filter_map(|rule| page(&rules.artefact.program, rule)).collect();
    (!pages.is_empty()).then(|| Hover { text: pages.join("\n---\n\n").trim().to_owned(), span })
}
