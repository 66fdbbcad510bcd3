//! What the report says of the rules that ran.

use super::super::{Report, RuleCard, RuleInfo};
use super::text::{Text, pascal_case, with_stop};
use policyc_lang::values::Severity;
use serde::Serialize;
use std::collections::BTreeMap;

/// Themes whose rules are about something else than security.
const OTHER_THEMES: [&str; 3] = ["components", "governance", "reliability"];

/// SARIF 2.1.0, 3.49.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor<'r> {
    id: &'r str,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Text,
    default_configuration: Configuration,
    properties: Properties<'r>,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

/// What code hosts read beside the format's own fields, and the rest that is known of a rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'r> {
    tags: Vec<String>,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    score: Option<&'static str>,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    theme: Option<&'r str>,
    controls: &'r [String],
}

/// Places of rules in the list, by id.
pub(super) type Numbers<'r> = BTreeMap<&'r str, usize>;

/// All rules that ran, and where each stands.
pub(super) fn of(report: &Report) -> (Vec<Descriptor<'_>>, Numbers<'_>) {
    let numbers = report.rules.iter().enumerate().map(|(number, card)| (card.info.id.as_str(), number));
    (report.rules.iter().map(Descriptor::rule).collect(), numbers.collect())
}

/// The level of a severity. Source: SARIF 2.1.0, 3.27.10.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The severity as a number from 0 to 10, in the middle of the range that code hosts give the same word.
fn score(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Info => None,
    }
}

impl<'r> Descriptor<'r> {
    fn rule(card: &'r RuleCard) -> Self {
        let RuleCard { info, title, severity, phase, help, doc, .. } = card;
        let paragraphs: Vec<&str> =
            [doc, help].into_iter().filter_map(|text| text.as_deref()).filter(|text| !text.trim().is_empty()).collect();
        let full = paragraphs.first().copied().unwrap_or(title);
        let page = paragraphs.join("\n\n");
        let help = Text::new(if page.is_empty() { title } else { &page });
        Self {
            id: &info.id,
            name: pascal_case(&info.id),
            short_description: Text::sentence(title),
            full_description: Text::sentence(full),
            help: help.with_markdown(&markdown(card, &page)),
            default_configuration: Configuration { level: level(*severity) },
            properties: Properties {
                tags: tags(card),
                score: score(*severity),
                severity: severity.as_str(),
                phase: phase.map(|phase| number(phase.whole, phase.part)),
                theme: info.theme.as_deref(),
                controls: &info.controls,
            },
        }
    }
}

/// The page of a rule, formatted.
fn markdown(card: &RuleCard, page: &str) -> String {
    let RuleInfo { id, theme, controls, .. } = &*card.info;
    let mut out = format!("**{}**\n", with_stop(&card.title));
    if !page.is_empty() {
        out.push_str(&format!("\n{page}\n"));
    }
    let mut facts = vec![format!("rule `{id}`"), format!("severity {}", card.severity)];
    facts.extend(theme.iter().map(|theme| format!("theme {theme}")));
    if !controls.is_empty() {
        let controls: Vec<String> = controls.iter().map(|control| format!("`{control}`")).collect();
        facts.push(format!("controls {}", controls.join(", ")));
    }
    out.push_str(&format!("\n{}.\n", facts.join("; ")));
    out
}

/// `security`, the theme, the phase, free words and controls, each once. Code hosts show the first ones alone.
fn tags(card: &RuleCard) -> Vec<String> {
    let theme = card.info.theme.as_deref();
    let security = theme.is_some_and(|theme| !OTHER_THEMES.contains(&theme)).then(|| "security".to_owned());
    let phase = card.phase.map(|phase| format!("phase-{}", number(phase.whole, phase.part)));
    let words = card.tags.iter().chain(&card.info.controls).cloned();
    let all = security.into_iter().chain(theme.map(str::to_owned)).chain(phase).chain(words);
    let mut tags: Vec<String> = Vec::new();
    for tag in all {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// `3.3`.
fn number(whole: u8, part: u8) -> String {
    if part == 0 { whole.to_string() } else { format!("{whole}.{part}") }
}
