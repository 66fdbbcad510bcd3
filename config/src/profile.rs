//! Profiles of one's own: rules with parameters and severities under one name, in files named `….profile.yaml` among
//! the policies.

use crate::reader::{Reader, Spanned};
use crate::rules;
use policyc_lang::check::{Artefact, value_from_json};
use policyc_lang::ir::{Const, ParamId, Profile};
use policyc_lang::schema::did_you_mean;
use policyc_lang::values::Severity;
use policyc_text::{Diagnostic, FileId, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How the names of such files end.
pub const ENDING: &str = ".profile.yaml";

/// Stable name of mistakes in profiles.
const CODE: &str = "profile/invalid";

/// A profile as its file says it.
#[derive(Clone, Debug, Default)]
struct Text {
    name: Option<Spanned<String>>,
    title: Option<String>,
    extends: Vec<Spanned<String>>,
    rules: Vec<Spanned<String>>,
    without: Vec<Spanned<String>>,
    params: Vec<(Spanned<String>, Spanned<String>, serde_json::Value, Span)>,
    severities: Vec<(Spanned<String>, Severity)>,
}

/// A profile file to read.
#[derive(Clone, Debug)]
pub struct Source {
    /// The number by which diagnostics name it.
    pub file: FileId,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Adds profiles to the loaded rules, each after those that it extends. Gives what is wrong with them, and their texts
/// in the order of the sources.
pub fn add_profiles(artefact: &mut Artefact, sources: Vec<Source>) -> (Vec<Diagnostic>, Vec<Arc<str>>) {
    let (mut diagnostics, mut texts, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for Source { file, bytes } in sources {
        let (mut reader, root) = Reader::open(file, bytes, CODE);
        let text = match root {
            Some(root) if reader.is_ok() => read(&mut reader, root),
            _ => Text::default(),
        };
        if text.name.is_none() && reader.is_ok() {
            reader.error(Span::default(), "a profile has a `name`").hint = Some("write `name: acme`".to_owned());
        }
        texts.push(reader.tree.shared_source());
        let ok = reader.is_ok();
        diagnostics.append(&mut reader.diagnostics);
        if ok {
            waiting.push((file, text));
        }
    }
    loop {
        let own: Vec<String> =
            waiting.iter().filter_map(|(_, text)| text.name.as_ref()).map(|name| name.value.clone()).collect();
        // A profile waits for those of its bases that wait themselves.
        let (ready, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(_, text)| !text.extends.iter().any(|base| own.contains(&base.value)));
        if ready.is_empty() {
            for (file, text) in &later {
                let span = text.extends.first().map(|base| base.span).unwrap_or_default();
                diagnostics.push(Diagnostic::error(
                    CODE,
                    *file,
                    span,
                    "this profile extends itself, or one that waits for it",
                ));
            }
            break;
        }
        for (file, text) in ready {
            match resolve(artefact, file, text) {
                Ok(profile) => artefact.program.profiles.push(profile),
                Err(wrong) => diagnostics.extend(wrong),
            }
        }
        waiting = later;
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.location);
    (diagnostics, texts)
}

fn read(reader: &mut Reader, root: policyc_engine::yaml::NodeId) -> Text {
    let mut text = Text::default();
    let known = ["name", "title", "extends", "rules", "without", "params", "severities"];
    for entry in reader.fields(root, "a profile", &known) {
        match entry.key.value.as_str() {
            "name" => text.name = reader.text(entry.value, "`name`"),
            "title" => text.title = reader.text(entry.value, "`title`").map(|title| title.value),
            "extends" => text.extends = reader.texts(entry.value, "`extends`"),
            "rules" => text.rules = reader.texts(entry.value, "`rules`"),
            "without" => text.without = reader.texts(entry.value, "`without`"),
            "params" => {
                for rule in reader.entries(entry.value, "`params`") {
                    for param in reader.entries(rule.value, "the parameters of a rule") {
                        let span = reader.span(param.value);
                        let value = reader.json(param.value);
                        text.params.extend(value.map(|value| (rule.key.clone(), param.key, value, span)));
                    }
                }
            }
            _ => {
                let words = Severity::ALL.map(|severity| (severity.as_str(), severity));
                for rule in reader.entries(entry.value, "`severities`") {
                    let severity = reader.word(rule.value, "a severity", &words);
                    text.severities.extend(severity.map(|severity| (rule.key, severity.value)));
                }
            }
        }
    }
    text
}

fn resolve(artefact: &Artefact, file: FileId, text: Text) -> Result<Profile, Vec<Diagnostic>> {
    let program = &artefact.program;
    let mut wrong = Vec::new();
    let mut error = |span: Span, message: String, near: Option<String>| {
        let mut diagnostic = Diagnostic::error(CODE, file, span, message);
        diagnostic.hint = near.map(|near| format!("did you mean `{near}`?"));
        wrong.push(diagnostic);
    };
    let Text { name, title, extends, rules, without, params, severities } = text;
    let name = name.unwrap_or(Spanned { value: String::new(), span: Span::default() });
    if rules::profile(program, &name.value).is_some() || name.value == rules::EVERYTHING {
        error(name.span, format!("there is a profile `{}` already", name.value), None);
    }
    let title = title.unwrap_or_default();
    let mut profile =
        Profile { name: name.value, title, rules: Vec::new(), params: Vec::new(), severities: Vec::new() };
    let (mut values, mut levels): (BTreeMap<(String, ParamId), Const>, BTreeMap<String, Severity>) = Default::default();
    for base in &extends {
        let Some(found) = rules::profile(program, &base.value) else {
            let near = did_you_mean(&base.value, program.profiles.iter().map(|profile| profile.name.as_str()));
            error(base.span, format!("there is no profile `{}`", base.value), near.map(str::to_owned));
            continue;
        };
        profile.rules.extend(found.rules.iter().cloned());
        values.extend(found.params.iter().map(|(rule, param, value)| ((rule.clone(), *param), value.clone())));
        levels.extend(found.severities.iter().cloned());
    }
    let ids = rules::rule_ids(program);
    let named = rules.iter().chain(&without).chain(severities.iter().map(|(rule, _)| rule));
    for rule in named.chain(params.iter().map(|(rule, ..)| rule)) {
        if !ids.contains(rule.value.as_str()) {
            let near = did_you_mean(&rule.value, ids.iter().copied());
            error(rule.span, format!("there is no rule `{}`", rule.value), near.map(str::to_owned));
        }
    }
    profile.rules.extend(rules.into_iter().map(|rule| rule.value));
    for (rule, name, value, span) in params {
        let known = rules::params(artefact, &rule.value);
        match known.iter().find(|(_, param, _)| param.name == name.value) {
            Some((number, _, ty)) => match value_from_json(ty, &value) {
                Ok(value) => {
                    values.insert((rule.value, *number), value);
                }
                Err(problem) => error(span, problem, None),
            },
            None if ids.contains(rule.value.as_str()) => {
                let near = did_you_mean(&name.value, known.iter().map(|(_, param, _)| param.name.as_str()));
                let message = format!("the rule `{}` has no parameter `{}`", rule.value, name.value);
                error(name.span, message, near.map(str::to_owned));
            }
            None => {}
        }
    }
    levels.extend(severities.into_iter().map(|(rule, severity)| (rule.value, severity)));
    let mut seen = std::collections::BTreeSet::new();
    profile.rules.retain(|id| !without.iter().any(|out| out.value == *id) && seen.insert(id.clone()));
    profile.params = values.into_iter().map(|((rule, param), value)| (rule, param, value)).collect();
    profile.severities = levels.into_iter().collect();
    if wrong.is_empty() { Ok(profile) } else { Err(wrong) }
}
