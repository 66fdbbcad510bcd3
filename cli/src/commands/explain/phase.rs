//! The page of a phase of the roadmap: what it is for, and the rules of its themes.

use super::Page;
use policyc_lang::ir::Program;
use policyc_stdlib::guides::Phase;
use std::collections::BTreeMap;

/// The page.
pub(super) fn page(phase: &Phase, program: &Program) -> String {
    let mut page = Page::default();
    page.line(&format!("{}, {}", phase.id.replace('-', " "), phase.title));
    page.paragraph(Some(&phase.purpose));
    page.paragraph(Some(&format!("Judged: {}.", phase.inputs)));
    page.paragraph(Some(&format!("Reached when: {}", phase.reached)));
    page.paragraph(Some(&format!("Beside it: {}.", phase.tools)));
    let mut rules = rules(phase.number, program);
    let known = phase.themes.iter().map(|theme| (theme.id.clone(), theme.title.as_str(), theme.text.as_str()));
    for (id, title, text) in known {
        let rules = rules.remove(&id).unwrap_or_default();
        theme(&mut page, &format!("{title} ({id})"), text, &rules);
    }
    rules.iter().for_each(|(id, rules)| theme(&mut page, id, "", rules));
    page.0
}

fn theme(page: &mut Page, title: &str, text: &str, rules: &[(&str, &str)]) {
    page.paragraph(Some(title));
    if !text.is_empty() {
        page.line(text);
    }
    let width = rules.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
    rules.iter().for_each(|(id, title)| page.line(&format!("  {id:width$}  {title}")));
}

/// Ids and titles of the rules of a phase, by theme.
fn rules(number: u8, program: &Program) -> BTreeMap<String, Vec<(&str, &str)>> {
    let mut by_theme: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
    let instances = program.instances.iter().filter_map(|instance| {
        let rule = program.rules.get(instance.rule.index())?;
        Some((rule.phase?, rule.theme.clone(), instance.id.as_str(), rule.title.as_str()))
    });
    let sums = program
        .aggregates
        .iter()
        .filter_map(|sum| Some((sum.phase?, sum.theme.clone(), sum.id.as_str(), sum.title.as_str())));
    for (phase, theme, id, title) in instances.chain(sums) {
        if phase.whole == number {
            by_theme.entry(theme.unwrap_or_default()).or_default().push((id, title));
        }
    }
    by_theme.values_mut().for_each(|rules| rules.sort_unstable());
    by_theme
}
