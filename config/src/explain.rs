//! Which settings hold for a file, and who says so.

use crate::scopes::{Setup, left_out};
use crate::state::{Origin, RuleState, State};
use policyc_lang::check::Artefact;
use policyc_lang::ir::Const;
use policyc_text::{LineIndex, Span};

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// As `allowOverride` names it, or a key of the configuration.
    pub setting: String,
    /// What holds.
    pub value: String,
    /// Who says so: `policyc.yaml:3:1`, `profile recommended`, `command line` or `default`.
    pub from: String,
}

/// Every setting that somebody says something of, for the file of a name; rules come last, by their ids.
#[must_use]
pub fn explain(setup: &Setup, artefact: &Artefact, name: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let state = setup.state_of(name);
    lines.push(input(setup, name));
    lines.extend(of_run(setup));
    let (fail_on, from) = &state.fail_on;
    lines.push(Line { setting: "failOn".to_owned(), value: fail_on.to_string(), from: setup.origin(from) });
    let on = state.on().count();
    lines.push(Line { setting: "rules".to_owned(), value: format!("{on} on"), from: profile(setup, state) });
    for (id, rule) in &state.rules {
        lines.extend(of_rule(setup, artefact, id, rule));
    }
    lines
}

fn input(setup: &Setup, name: &str) -> Line {
    let setting = "inputs".to_owned();
    match left_out(&setup.layers, name) {
        Some(left) => {
            let span = Span { start: left.span.0, end: left.span.1 };
            let value = if left.not_included { "not included" } else { "left out" };
            Line { setting, value: value.to_owned(), from: setup.origin(&Origin::File(left.layer, span)) }
        }
        None => Line { setting, value: "judged".to_owned(), from: "default".to_owned() },
    }
}

/// Settings of the root that concern all files.
fn of_run(setup: &Setup) -> Vec<Line> {
    let Some(top) = setup.layers.first().filter(|layer| !layer.nested) else { return Vec::new() };
    let config = &top.read.config;
    let line = |setting: &str, value: String, span: Span| Line {
        setting: setting.to_owned(),
        value,
        from: setup.origin(&Origin::File(0, span)),
    };
    let mut lines = Vec::new();
    lines.extend(config.kubernetes.iter().map(|found| line("kubernetes", found.value.to_string(), found.span)));
    lines.extend(config.namespace.iter().map(|found| line("namespace", found.value.clone(), found.span)));
    let world = |open: bool| if open { "open" } else { "closed" }.to_owned();
    lines.extend(config.open.iter().map(|found| line("world", world(found.value), found.span)));
    lines.extend(config.profile.iter().map(|found| line("profile", found.value.clone(), found.span)));
    lines.extend(config.policies.iter().map(|found| line("policies", found.value.clone(), found.span)));
    lines.extend(
        config
            .packages
            .iter()
            .map(|(name, path)| line(&format!("packages.{}", name.value), path.value.clone(), path.span)),
    );
    lines.extend(config.projects.iter().map(|found| line("projects", found.value.clone(), found.span)));
    lines.extend(
        config
            .external
            .iter()
            .map(|found| line("external", format!("{} {}", found.kind, found.name.source()), found.span)),
    );
    lines.extend(
        config
            .helm
            .iter()
            .flat_map(|(chart, values)| values.iter().map(move |file| (chart, file)))
            .map(|(chart, file)| line(&format!("helm.{}", chart.value), file.value.clone(), file.span)),
    );
    lines.extend(config.allow.iter().map(|found| line("allowOverride", found.value.clone(), found.span)));
    lines
}

/// Where the list of rules comes from, but for single ones.
fn profile(setup: &Setup, state: &State) -> String {
    let of_profile = |rule: &RuleState| match &rule.from.on {
        Origin::Profile(_) | Origin::CommandLine => Some(setup.origin(&rule.from.on)),
        Origin::Default | Origin::File(..) => None,
    };
    state.rules.values().find_map(of_profile).unwrap_or_else(|| "default".to_owned())
}

fn of_rule(setup: &Setup, artefact: &Artefact, id: &str, rule: &RuleState) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut add = |setting: String, value: String, origin: &Origin| {
        if matches!(origin, Origin::File(..)) || (rule.on && *origin != Origin::Default) {
            lines.push(Line { setting, value, from: setup.origin(origin) });
        }
    };
    if let Origin::File(..) = rule.from.on {
        add(format!("rules.{id}"), if rule.on { "on" } else { "off" }.to_owned(), &rule.from.on);
    }
    add(format!("rules.{id}.severity"), rule.severity.to_string(), &rule.from.severity);
    add(format!("rules.{id}.suppress"), rule.suppress.to_string(), &rule.from.suppress);
    for (param, origin) in &rule.from.params {
        let name = artefact.program.params.get(param.index()).map_or("", |param| param.name.as_str());
        let value = rule.params.get(param).map(constant).unwrap_or_default();
        add(format!("rules.{id}.params.{name}"), value, origin);
    }
    lines
}

/// A value as policies write it.
fn constant(value: &Const) -> String {
    match value {
        Const::Absent => "absent".to_owned(),
        Const::Bool(value) => value.to_string(),
        Const::Number(value) => value.to_string(),
        Const::String(value) => format!("{value:?}"),
        Const::Quantity(value) => value.to_string(),
        Const::Duration(value) => value.to_string(),
        Const::Date(value) => value.to_string(),
        Const::Severity(value) => value.to_string(),
        Const::Semver(value) => value.to_string(),
        Const::VersionRange(value) => value.to_string(),
        Const::Glob(value) => format!("{:?}", value.source()),
        Const::Regex(value) => format!("/{}/", value.source()),
        Const::Ip(value) => value.to_string(),
        Const::Cidr(value) => value.to_string(),
        Const::Range(value) => value.to_string(),
        Const::List(items) => format!("[{}]", items.iter().map(constant).collect::<Vec<_>>().join(", ")),
        Const::Record(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}: {}", constant(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

impl Setup {
    /// Who says something, in a few words.
    #[must_use]
    pub fn origin(&self, origin: &Origin) -> String {
        match origin {
            Origin::Default => "default".to_owned(),
            Origin::CommandLine => "command line".to_owned(),
            Origin::Profile(name) => format!("profile {name}"),
            Origin::File(layer, span) => self.layers.get(*layer).map_or_else(String::new, |layer| {
                let text = &layer.read.text;
                let place = LineIndex::new(text).position(text, span.start);
                format!("{}:{}:{}", layer.name, place.line, place.column)
            }),
        }
    }
}
