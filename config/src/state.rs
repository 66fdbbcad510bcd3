//! What holds for each rule: the library first, then a profile, then files from the root down, then the command line.

use crate::file::{ConfigFile, RuleSetting};
use crate::reader::Spanned;
use crate::rules::{self, EVERYTHING, RECOMMENDED};
use policyc_lang::check::{Artefact, value_from_json};
use policyc_lang::ir::{Const, ParamId, Profile};
use policyc_lang::schema::did_you_mean;
use policyc_lang::values::{Glob, GlobKind, Severity};
use policyc_text::{Diagnostic, FileId, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Stable name of mistakes that only the loaded rules show.
const CODE: &str = "config/invalid";

/// Who says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody: it is what the library or the program takes.
    Default,
    /// A profile.
    Profile(Arc<str>),
    /// A file, by its place among the layers, and where in it.
    File(usize, Span),
    /// The command line.
    CommandLine,
}

/// What the command line says of rules.
#[derive(Clone, Debug, Default)]
pub struct CommandLine {
    /// Ids of the rules that run, and no others; empty where nobody says.
    pub rules: Vec<String>,
    /// A profile.
    pub profile: Option<String>,
    /// Values of parameters by the rule's id.
    pub params: Vec<(String, ParamId, Const)>,
}

/// What holds for a rule.
#[derive(Clone, Debug)]
pub struct RuleState {
    /// Whether it runs.
    pub on: bool,
    /// How bad its findings are, unless a check says otherwise.
    pub severity: Severity,
    /// Parameters that are set.
    pub params: BTreeMap<ParamId, Const>,
    /// Whether comments in the source may allow its findings.
    pub suppress: bool,
    /// Who says so.
    pub from: RuleOrigins,
}

/// Who says what of a rule.
#[derive(Clone, Debug)]
pub struct RuleOrigins {
    /// Whether it runs.
    pub on: Origin,
    /// The severity.
    pub severity: Origin,
    /// Each parameter that is set.
    pub params: BTreeMap<ParamId, Origin>,
    /// Whether it may be suppressed.
    pub suppress: Origin,
}

/// What holds in a folder.
#[derive(Clone, Debug)]
pub struct State {
    /// By the rule's id; all that there are.
    pub rules: BTreeMap<String, RuleState>,
    /// Least severity that makes the exit code 1, and who says so.
    pub fail_on: (Severity, Origin),
    /// Whether the command line names the rules one by one.
    fixed: bool,
}

/// A name that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// `rule` or `profile`.
    pub what: &'static str,
    /// The name.
    pub name: String,
    /// The nearest one that is known.
    pub near: Option<String>,
}

/// What a file loosens: something that found or failed more before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loosening {
    /// The layer that says so.
    pub layer: usize,
    /// Where in its text.
    pub span: Span,
    /// The setting as `allowOverride` names it.
    pub setting: String,
    /// The rule that it concerns.
    pub rule: Option<String>,
    /// What it is now, in a few words.
    pub effect: String,
}

impl State {
    /// The rules of a profile or of the command line, before any file but for the profile that it names.
    ///
    /// # Errors
    ///
    /// Rules and profiles that nobody knows.
    pub fn base(artefact: &Artefact, profile: Option<&str>, command: &CommandLine) -> Result<Self, Unknown> {
        let program = &artefact.program;
        let known = rules::rule_ids(program);
        if let Some(name) = command.rules.iter().find(|name| !known.contains(name.as_str())) {
            return Err(unknown("rule", name, known.iter().copied()));
        }
        let named = command.profile.as_deref().or(profile);
        let chosen = match named.filter(|name| *name != EVERYTHING) {
            Some(name) => Some(rules::profile(program, name).ok_or_else(|| {
                let all = program.profiles.iter().map(|profile| profile.name.as_str()).chain([EVERYTHING]);
                unknown("profile", name, all)
            })?),
            None if named.is_none() && command.rules.is_empty() => rules::profile(program, RECOMMENDED),
            None => None,
        };
        let origin = match chosen {
            Some(profile) => Origin::Profile(profile.name.as_str().into()),
            None if command.rules.is_empty() => Origin::Profile(EVERYTHING.into()),
            None => Origin::CommandLine,
        };
        let in_profile = |chosen: &Profile| {
            let mut on: BTreeSet<String> = chosen.rules.iter().cloned().collect();
            // A profile of the command line is taken by its letter.
            if command.profile.is_none() {
                on.extend(rules::always(program).map(str::to_owned));
            }
            on
        };
        let on: BTreeSet<String> = match chosen {
            _ if !command.rules.is_empty() => command.rules.iter().cloned().collect(),
            Some(chosen) => in_profile(chosen),
            None => known.iter().filter(|id| !rules::only_by_name(program, id)).map(|id| (*id).to_owned()).collect(),
        };
        let state = |id: &str| RuleState {
            on: on.contains(id),
            severity: rules::severity(program, id).unwrap_or(Severity::Info),
            params: BTreeMap::new(),
            suppress: true,
            from: RuleOrigins {
                on: if on.contains(id) { origin.clone() } else { Origin::Default },
                severity: Origin::Default,
                params: BTreeMap::new(),
                suppress: Origin::Default,
            },
        };
        let mut base = Self {
            rules: known.into_iter().map(|id| (id.to_owned(), state(id))).collect(),
            fail_on: (Severity::Low, Origin::Default),
            fixed: !command.rules.is_empty(),
        };
        if let Some(profile) = chosen {
            base.take_values(profile, |_| true);
        }
        Ok(base)
    }

    /// Severities and parameters of a profile, for some rules.
    fn take_values(&mut self, profile: &Profile, of: impl Fn(&str) -> bool) {
        let origin = Origin::Profile(profile.name.as_str().into());
        for (id, severity) in profile.severities.iter().filter(|(id, _)| of(id)) {
            if let Some(rule) = self.rules.get_mut(id) {
                rule.severity = *severity;
                rule.from.severity = origin.clone();
            }
        }
        for (id, param, value) in profile.params.iter().filter(|(id, ..)| of(id)) {
            if let Some(rule) = self.rules.get_mut(id) {
                rule.params.insert(*param, value.clone());
                rule.from.params.insert(*param, origin.clone());
            }
        }
    }

    /// Rules of a profile that did not run yet, as a file below the root adds them.
    pub(crate) fn add_profile(
        &mut self,
        artefact: &Artefact,
        layer: usize,
        name: &Spanned<String>,
    ) -> Result<(), Diagnostic> {
        let program = &artefact.program;
        let Some(profile) = rules::profile(program, &name.value) else {
            let known = program.profiles.iter().map(|profile| profile.name.as_str());
            return Err(unknown("profile", &name.value, known).diagnostic(layer, name.span));
        };
        let new: BTreeSet<&String> =
            profile.rules.iter().filter(|id| self.rules.get(*id).is_some_and(|rule| !rule.on)).collect();
        self.take_values(profile, |id| new.iter().any(|known| *known == id));
        for id in new {
            if let Some(rule) = self.rules.get_mut(id).filter(|_| !self.fixed) {
                rule.on = true;
                rule.from.on = Origin::File(layer, name.span);
            }
        }
        Ok(())
    }

    /// The settings of a file: globs first, then rules by their ids, each in source order.
    pub(crate) fn apply(&mut self, artefact: &Artefact, layer: usize, config: &ConfigFile) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for setting in config.rules.iter().filter(|setting| setting.glob.is_some()) {
            self.set_all(layer, setting, &mut diagnostics);
        }
        for setting in config.rules.iter().filter(|setting| setting.glob.is_none()) {
            self.set_one(artefact, layer, setting, &mut diagnostics);
        }
        if let Some(fail_on) = config.fail_on {
            self.fail_on = (fail_on.value, Origin::File(layer, fail_on.span));
        }
        diagnostics
    }

    fn set_all(&mut self, layer: usize, setting: &RuleSetting, diagnostics: &mut Vec<Diagnostic>) {
        let mut some = false;
        let fixed = self.fixed;
        for (id, rule) in &mut self.rules {
            if setting.glob.as_ref().is_some_and(|glob| glob.matches(id)) {
                some = true;
                rule.set(layer, setting, fixed);
            }
        }
        if !some {
            let message = format!("no rule is like `{}`", setting.pattern.value);
            diagnostics.push(Diagnostic::error(CODE, file_id(layer), setting.pattern.span, message));
        }
    }

    fn set_one(&mut self, artefact: &Artefact, layer: usize, setting: &RuleSetting, diagnostics: &mut Vec<Diagnostic>) {
        let id = &setting.pattern.value;
        let fixed = self.fixed;
        let Some(rule) = self.rules.get_mut(id) else {
            let known = rules::rule_ids(&artefact.program);
            diagnostics.push(unknown("rule", id, known.into_iter()).diagnostic(layer, setting.pattern.span));
            return;
        };
        rule.set(layer, setting, fixed);
        if setting.on.is_none() && !fixed && !rule.on {
            // Whoever sets a rule wants it to run.
            rule.on = true;
            rule.from.on = Origin::File(layer, setting.pattern.span);
        }
        let params = rules::params(artefact, id);
        for param in &setting.params {
            let Some((number, _, ty)) = params.iter().find(|(_, known, _)| known.name == param.name.value) else {
                let near = did_you_mean(&param.name.value, params.iter().map(|(_, known, _)| known.name.as_str()));
                let message = format!("the rule `{id}` has no parameter `{}`", param.name.value);
                let mut diagnostic = Diagnostic::error(CODE, file_id(layer), param.name.span, message);
                diagnostic.hint = near.map(|near| format!("did you mean `{near}`?")).or_else(|| {
                    let names: Vec<&str> = params.iter().map(|(_, known, _)| known.name.as_str()).collect();
                    Some(match names.is_empty() {
                        true => "it has none".to_owned(),
                        false => format!("it has `{}`", names.join("`, `")),
                    })
                });
                diagnostics.push(diagnostic);
                continue;
            };
            match value_from_json(ty, &param.value) {
                Ok(value) => {
                    rule.params.insert(*number, value);
                    rule.from.params.insert(*number, Origin::File(layer, param.name.span));
                }
                Err(problem) => diagnostics.push(Diagnostic::error(CODE, file_id(layer), param.span, problem)),
            }
        }
    }

    /// What the command line says of parameters.
    pub(crate) fn set_params(&mut self, params: &[(String, ParamId, Const)]) {
        for (id, param, value) in params {
            if let Some(rule) = self.rules.get_mut(id) {
                rule.params.insert(*param, value.clone());
                rule.from.params.insert(*param, Origin::CommandLine);
            }
        }
    }

    /// What is looser here than before. `params`: whether another value of a parameter counts, since nobody can tell which
    /// of two finds more.
    pub(crate) fn looser_than(&self, before: &Self, artefact: &Artefact, params: bool) -> Vec<Loosening> {
        let mut found = Vec::new();
        let mut add = |origin: &Origin, setting: String, rule: Option<&String>, effect: String| {
            if let Origin::File(layer, span) = origin {
                found.push(Loosening { layer: *layer, span: *span, setting, rule: rule.cloned(), effect });
            }
        };
        if self.fail_on.0 > before.fail_on.0 {
            add(&self.fail_on.1, "failOn".to_owned(), None, self.fail_on.0.to_string());
        }
        for (id, rule) in &self.rules {
            let Some(old) = before.rules.get(id) else { continue };
            if !old.suppress && rule.suppress {
                add(&rule.from.suppress, format!("rules.{id}"), Some(id), "may be suppressed".to_owned());
            }
            if !old.on {
                continue;
            }
            if !rule.on {
                add(&rule.from.on, format!("rules.{id}"), Some(id), "off".to_owned());
                continue;
            }
            if rule.severity < old.severity {
                let effect = format!("{} in place of {}", rule.severity, old.severity);
                add(&rule.from.severity, format!("rules.{id}"), Some(id), effect);
            }
            for (param, origin) in rule.from.params.iter().filter(|_| params) {
                if old.params.get(param) != rule.params.get(param) {
                    let name = artefact.program.params.get(param.index()).map_or("", |param| param.name.as_str());
                    add(origin, format!("rules.{id}.params.{name}"), Some(id), "another value".to_owned());
                }
            }
        }
        found
    }

    /// The rules that run.
    pub fn on(&self) -> impl Iterator<Item = &String> {
        self.rules.iter().filter(|(_, rule)| rule.on).map(|(id, _)| id)
    }

    /// Severities and parameters in the form that the engine takes. The rules are those that run.
    #[must_use]
    pub fn as_profile(&self, artefact: &Artefact) -> Profile {
        let usual = |id: &str| rules::severity(&artefact.program, id);
        let severities = self.rules.iter().filter(|(id, rule)| usual(id) != Some(rule.severity));
        let params = self
            .rules
            .iter()
            .flat_map(|(id, rule)| rule.params.iter().map(move |(param, value)| (id.clone(), *param, value.clone())));
        Profile {
            name: "configuration".to_owned(),
            title: String::new(),
            rules: self.on().cloned().collect(),
            params: params.collect(),
            severities: severities.map(|(id, rule)| (id.clone(), rule.severity)).collect(),
        }
    }
}

impl RuleState {
    fn set(&mut self, layer: usize, setting: &RuleSetting, fixed: bool) {
        if let Some(on) = setting.on.filter(|_| !fixed) {
            self.on = on.value;
            self.from.on = Origin::File(layer, on.span);
        }
        if let Some(severity) = setting.severity {
            self.severity = severity.value;
            self.from.severity = Origin::File(layer, severity.span);
        }
        if let Some(suppress) = setting.suppress {
            self.suppress = suppress.value;
            self.from.suppress = Origin::File(layer, suppress.span);
        }
    }
}

impl Unknown {
    /// What is wrong, and the nearest name.
    #[must_use]
    pub fn message(&self) -> String {
        format!("there is no {} `{}`", self.what, self.name)
    }

    fn diagnostic(self, layer: usize, span: Span) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(CODE, file_id(layer), span, self.message());
        diagnostic.hint = self.near.map(|near| format!("did you mean `{near}`?"));
        diagnostic
    }
}

fn unknown<'n>(what: &'static str, name: &str, known: impl Iterator<Item = &'n str>) -> Unknown {
    Unknown { what, name: name.to_owned(), near: did_you_mean(name, known).map(str::to_owned) }
}

/// The number of a layer as that of a file.
pub(crate) fn file_id(layer: usize) -> FileId {
    FileId(u32::try_from(layer).unwrap_or(u32::MAX))
}

/// What the root allows files below it to loosen.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    settings: BTreeSet<String>,
    rules: Vec<Glob>,
    params: Vec<(Glob, String)>,
}

impl Allowed {
    /// Reads `allowOverride`.
    pub(crate) fn read(entries: &[Spanned<String>], artefact: &Artefact) -> (Self, Vec<Diagnostic>) {
        let (mut allowed, mut diagnostics) = (Self::default(), Vec::new());
        let ids = rules::rule_ids(&artefact.program);
        for entry in entries {
            let wrong = |message: String, hint: Option<String>| {
                let mut diagnostic = Diagnostic::error(CODE, file_id(0), entry.span, message);
                diagnostic.hint = hint;
                diagnostic
            };
            let Some(rest) = entry.value.strip_prefix("rules.") else {
                if ["failOn", "inputs.exclude"].contains(&entry.value.as_str()) {
                    allowed.settings.insert(entry.value.clone());
                } else {
                    let hint = "write `rules.RULE`, `rules.RULE.params.NAME`, `inputs.exclude` or `failOn`";
                    let message = format!("`{}` is nothing that may be loosened", entry.value);
                    diagnostics.push(wrong(message, Some(hint.to_owned())));
                }
                continue;
            };
            let (pattern, param) = rest.split_once(".params.").map_or((rest, None), |(rule, name)| (rule, Some(name)));
            match Glob::parse(pattern, GlobKind::Plain) {
                Ok(glob) if !ids.iter().any(|id| glob.matches(id)) => {
                    let near = unknown("rule", pattern, ids.iter().copied());
                    let hint = near.near.as_ref().map(|near| format!("did you mean `rules.{near}`?"));
                    diagnostics.push(wrong(near.message(), hint));
                }
                Ok(glob) => match param {
                    Some(name) => allowed.params.push((glob, name.to_owned())),
                    None => allowed.rules.push(glob),
                },
                Err(error) => diagnostics.push(wrong(error.message, error.hint)),
            }
        }
        (allowed, diagnostics)
    }

    /// Whether a file below may do this.
    #[must_use]
    pub fn allows(&self, loosening: &Loosening) -> bool {
        let Some(rule) = &loosening.rule else { return self.settings.contains(&loosening.setting) };
        let param = loosening.setting.rsplit_once(".params.").map(|(_, name)| name);
        self.rules.iter().any(|glob| glob.matches(rule))
            || self.params.iter().any(|(glob, name)| param == Some(name) && glob.matches(rule))
    }
}
