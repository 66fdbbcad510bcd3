//! Files from the root down: what holds in which folder, what is loosened there, and whether that is allowed.

use crate::file::{PathGlob, ReadConfig};
use crate::reader::Spanned;
use crate::state::{Allowed, CommandLine, Loosening, Origin, State, Unknown, file_id};
use policyc_engine::builtin::Builtin;
use policyc_engine::check::Selection;
use policyc_engine::report::{Finding, Locator, Loosened, Report};
use policyc_lang::check::Artefact;
use policyc_lang::ir::{Profile, Program};
use policyc_lang::values::Severity;
use policyc_text::{Diagnostic, Level, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Stable name of settings below the root that it does not allow.
const NOT_ALLOWED: &str = "config/not-allowed";

/// A configuration file in its place.
#[derive(Clone, Debug)]
pub struct Layer {
    /// What reports call it.
    pub name: Arc<str>,
    /// Its folder, relative to the one that names of inputs are relative to, with `/`; empty for that folder itself.
    pub folder: String,
    /// Whether it lies below the root's, which need not be there.
    pub nested: bool,
    /// What it says.
    pub read: ReadConfig,
}

/// What holds in a folder with a configuration of its own.
#[derive(Clone, Debug)]
pub struct Scope {
    /// As in [`Layer::folder`].
    pub folder: String,
    /// What holds.
    pub state: State,
    /// Rules that run there with other parameters than at the root.
    pub other_params: BTreeSet<String>,
    profile: Profile,
}

/// All that follows from the configuration and the command line.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The files; the root's first, where there is one, then by their folders.
    pub layers: Vec<Layer>,
    /// What holds where no file below the root says otherwise.
    pub root: State,
    /// Folders with files of their own, by name.
    pub scopes: Vec<Scope>,
    loosenings: Vec<Loosening>,
    profile: Profile,
}

/// Why a configuration cannot be used.
#[derive(Clone, Debug)]
pub enum Unusable {
    /// The command line names something that is not there.
    Unknown(Unknown),
    /// Files say what cannot be; the numbers of files are those of the layers.
    Files(Vec<Diagnostic>),
}

/// A file that is not judged, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The layer.
    pub layer: usize,
    /// The glob that means it in the layer's text, or the whole list of what is included.
    pub span: (u32, u32),
    /// Whether it is left out since nothing includes it.
    pub not_included: bool,
}

/// Who leaves out an input, by its name relative to the folder of the root.
#[must_use]
pub fn left_out(layers: &[Layer], name: &str) -> Option<LeftOut> {
    for (number, layer) in layers.iter().enumerate() {
        let Some(inside) = inside(name, &layer.folder) else { continue };
        let config = &layer.read.config;
        let matches = |glob: &&PathGlob| glob.matches(inside);
        if let Some(glob) = config.exclude.iter().find(matches) {
            let span = glob.text.span;
            return Some(LeftOut { layer: number, span: (span.start, span.end), not_included: false });
        }
        if let Some(first) = config.include.first().filter(|_| !config.include.iter().any(|glob| glob.matches(inside)))
        {
            let span = first.text.span;
            return Some(LeftOut { layer: number, span: (span.start, span.end), not_included: true });
        }
    }
    None
}

/// A name relative to a folder that it lies in.
fn inside<'n>(name: &'n str, folder: &str) -> Option<&'n str> {
    if folder.is_empty() {
        return Some(name);
    }
    name.strip_prefix(folder)?.strip_prefix('/')
}

impl Setup {
    /// Works out what holds. The layers come with the root's first, then from the outside in.
    ///
    /// # Errors
    ///
    /// [`Unusable`]: unknown names, values that do not fit, and what the root does not allow.
    pub fn new(artefact: &Artefact, mut layers: Vec<Layer>, command: &CommandLine) -> Result<Self, Unusable> {
        layers.sort_by(|a, b| (a.nested, &a.folder).cmp(&(b.nested, &b.folder)));
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        for layer in &layers {
            diagnostics.extend(layer.read.diagnostics.iter().cloned());
        }
        if diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
            return Err(Unusable::Files(diagnostics));
        }
        let top = layers.first().filter(|layer| !layer.nested);
        let named = top.and_then(|layer| layer.read.config.profile.as_ref());
        let usual = State::base(artefact, named.map(|name| name.value.as_str()), command)
            .map_err(|unknown| unusable(unknown, named, command))?;
        let (mut root, mut allowed) = (usual.clone(), Allowed::default());
        let mut loosenings = Vec::new();
        if let Some(layer) = top {
            diagnostics.extend(root.apply(artefact, 0, &layer.read.config));
            let (read, wrong) = Allowed::read(&layer.read.config.allow, artefact);
            allowed = read;
            diagnostics.extend(wrong);
            loosenings.extend(root.looser_than(&usual, artefact, false));
        }
        root.set_params(&command.params);
        let mut scopes: Vec<Scope> = Vec::new();
        for (number, layer) in layers.iter().enumerate().filter(|(_, layer)| layer.nested) {
            let around = scopes.iter().rev().find(|scope| inside(&layer.folder, &scope.folder).is_some());
            let before = around.map_or(&root, |scope| &scope.state);
            let mut state = before.clone();
            let config = &layer.read.config;
            if let Some(Err(unknown)) =
                config.profile.as_ref().map(|profile| state.add_profile(artefact, number, profile))
            {
                diagnostics.push(unknown);
            }
            diagnostics.extend(state.apply(artefact, number, config));
            let mut looser = state.looser_than(before, artefact, true);
            looser.extend(config.exclude.iter().map(|glob| Loosening {
                layer: number,
                span: glob.text.span,
                setting: "inputs.exclude".to_owned(),
                rule: None,
                effect: format!("leaves out `{}`", glob.text.value),
            }));
            let refused = looser.iter().filter(|loosening| !allowed.allows(loosening));
            diagnostics.extend(refused.map(|loosening| not_allowed(loosening, top)));
            loosenings.append(&mut looser);
            state.set_params(&command.params);
            let profile = state.as_profile(artefact);
            let other_params = other_params(&root, &state);
            scopes.push(Scope { folder: layer.folder.clone(), state, other_params, profile });
        }
        if diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
            diagnostics.sort_by_key(|diagnostic| diagnostic.location);
            return Err(Unusable::Files(diagnostics));
        }
        loosenings.sort_by(|a, b| (a.layer, a.span, &a.setting).cmp(&(b.layer, b.span, &b.setting)));
        loosenings.dedup();
        let profile = root.as_profile(artefact);
        Ok(Self { layers, root, scopes, loosenings, profile })
    }

    /// What the engine runs over all files: every rule that runs anywhere, with what the root says of it.
    #[must_use]
    pub fn selection<'s>(&'s self, program: &'s Program) -> Selection<'s> {
        let all = self.scopes.iter().map(|scope| &scope.state).chain([&self.root]).flat_map(State::on);
        let unsuppressible = self.unsuppressible();
        Selection { unsuppressible, ..select(program, all.cloned().collect(), &self.profile) }
    }

    /// The rules that run in every folder, with what the root says of them: what may be mended wherever it is found.
    #[must_use]
    pub fn selection_everywhere<'s>(&'s self, program: &'s Program) -> Selection<'s> {
        let on = |id: &&String| self.scopes.iter().all(|scope| scope.state.rules.get(*id).is_some_and(|rule| rule.on));
        let same = |id: &&String| !self.scopes.iter().any(|scope| scope.other_params.contains(*id));
        let all = self.root.on().filter(on).filter(same).cloned().collect();
        Selection { unsuppressible: self.unsuppressible(), ..select(program, all, &self.profile) }
    }

    /// What the engine runs again for a folder: the rules that have other parameters there.
    #[must_use]
    pub fn selection_of<'s>(&'s self, scope: &'s Scope, program: &'s Program) -> Selection<'s> {
        let unsuppressible = self.unsuppressible();
        Selection { unsuppressible, ..select(program, scope.other_params.clone(), &scope.profile) }
    }

    /// Whether what is found depends on the folder.
    #[must_use]
    pub fn has_scopes(&self) -> bool {
        !self.scopes.is_empty()
    }

    /// The folder's own settings that hold for a name, the innermost.
    #[must_use]
    pub fn scope_of(&self, name: &str) -> Option<&Scope> {
        self.scopes.iter().filter(|scope| inside(name, &scope.folder).is_some()).max_by_key(|scope| scope.folder.len())
    }

    /// What holds for a name.
    #[must_use]
    pub fn state_of(&self, name: &str) -> &State {
        self.scope_of(name).map_or(&self.root, |scope| &scope.state)
    }

    /// Ids of rules whose findings no comment may allow, anywhere.
    #[must_use]
    pub fn unsuppressible(&self) -> BTreeSet<String> {
        let states = self.scopes.iter().map(|scope| &scope.state).chain([&self.root]);
        let all = states.flat_map(|state| state.rules.iter().filter(|(_, rule)| !rule.suppress));
        all.map(|(id, _)| id.clone()).collect()
    }

    /// Takes out of a report what does not hold in the folder that it was found in. `name_of` gives the name of the file
    /// behind a finding, relative to the root's folder; `passes` are the reports of [`Setup::selection_of`], by scope.
    pub fn adjust(&self, report: &mut Report, passes: Vec<(usize, Report)>, name_of: &dyn Fn(&Finding) -> String) {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        if self.has_scopes() {
            report.findings.retain_mut(|finding| self.keeps(finding, &name_of(finding), &mut counts));
            let mut uncounted = BTreeMap::new();
            report.retain_excepted(&mut |finding| self.keeps(finding, &name_of(finding), &mut uncounted));
        }
        for (number, mut pass) in passes {
            let Some(scope) = self.scopes.get(number) else { continue };
            let concerns = |finding: &Finding| {
                let here = self.scope_of(&name_of(finding)).is_some_and(|found| found.folder == scope.folder);
                here && scope.other_params.contains(&finding.rule.id)
            };
            pass.findings.retain(|finding| concerns(finding));
            pass.retain_excepted(&mut |finding| concerns(finding));
            report.add_findings(pass);
        }
        for (number, loosening) in self.loosenings.iter().enumerate() {
            let Some(layer) = self.layers.get(loosening.layer) else { continue };
            let place = Locator::new(Arc::clone(&layer.name), &layer.read.text).place(loosening.span);
            let findings = layer.nested.then(|| counts.get(&number).copied().unwrap_or(0));
            let findings = findings.filter(|_| loosening.rule.is_some());
            let (setting, effect) = (loosening.setting.clone(), loosening.effect.clone());
            // Files that are left out are told by whoever looked for them.
            if loosening.setting != "inputs.exclude" {
                report.loosened.push(Loosened { place, setting, effect, findings, files: None });
            }
        }
        report.settle();
    }

    /// Whether a finding stays, with what the folder says of it.
    fn keeps(&self, finding: &mut Finding, name: &str, counts: &mut BTreeMap<usize, usize>) -> bool {
        let Some(scope) = self.scope_of(name) else {
            return self.root.rules.get(&finding.rule.id).is_none_or(|rule| rule.on);
        };
        let (Some(here), Some(root)) = (scope.state.rules.get(&finding.rule.id), self.root.rules.get(&finding.rule.id))
        else {
            return true;
        };
        let mut count = |origin: &Origin, setting: &str| {
            let same = |known: &&Loosening| {
                *origin == Origin::File(known.layer, known.span) && known.setting.starts_with(setting)
            };
            let place = self.loosenings.iter().enumerate().find(|(_, known)| same(known)).map(|(place, _)| place);
            place.into_iter().for_each(|place| *counts.entry(place).or_default() += 1);
        };
        let setting = format!("rules.{}", finding.rule.id);
        if !here.on {
            if root.on {
                count(&here.from.on, &setting);
            }
            return false;
        }
        if scope.other_params.contains(&finding.rule.id) {
            here.from.params.values().for_each(|origin| count(origin, &setting));
            return false;
        }
        if here.severity != root.severity && finding.severity == root.severity {
            if here.severity < root.severity {
                count(&here.from.severity, &setting);
            }
            finding.severity = here.severity;
        }
        true
    }

    /// How bad a finding of [`Setup::selection`] is in a file by its name; `None` where the rule does not run there, or runs
    /// with other parameters, so that [`Setup::selection_of`] has a say.
    #[must_use]
    pub fn severity_in(&self, name: &str, rule: &str, severity: Severity) -> Option<Severity> {
        let Some(root) = self.root.rules.get(rule) else { return Some(severity) };
        let Some(scope) = self.scope_of(name) else { return root.on.then_some(severity) };
        let Some(here) = scope.state.rules.get(rule) else { return Some(severity) };
        if !here.on || scope.other_params.contains(rule) {
            return None;
        }
        // Checks that have a severity of their own keep it.
        let takes = here.severity != root.severity && severity == root.severity;
        Some(if takes { here.severity } else { severity })
    }

    /// What runs in the folder of a file, by its name, with what that folder says of it.
    #[must_use]
    pub fn selection_in<'s>(&'s self, name: &str, program: &'s Program) -> Selection<'s> {
        let scope = self.scope_of(name);
        let state = scope.map_or(&self.root, |scope| &scope.state);
        let profile = scope.map_or(&self.profile, |scope| &scope.profile);
        Selection { unsuppressible: self.unsuppressible(), ..select(program, state.on().cloned().collect(), profile) }
    }

    /// The least severity that makes the exit code 1, for a file by its name.
    #[must_use]
    pub fn fail_on(&self, name: &str) -> Severity {
        self.state_of(name).fail_on.0
    }
}

fn select<'s>(program: &'s Program, ids: BTreeSet<String>, profile: &'s Profile) -> Selection<'s> {
    let (builtins, rules): (BTreeSet<String>, BTreeSet<String>) =
        ids.into_iter().partition(|id| Builtin::of_id(id).is_some());
    let builtins = builtins.iter().filter_map(|id| Builtin::of_id(id)).collect();
    Selection { program, builtins, rules, profile: Some(profile), params: Vec::new(), unsuppressible: BTreeSet::new() }
}

/// Rules that run in a folder with other parameters than at the root.
fn other_params(root: &State, here: &State) -> BTreeSet<String> {
    let differs = |id: &String| {
        let params = |state: &State| state.rules.get(id).map(|rule| rule.params.clone());
        params(root) != params(here)
    };
    here.on().filter(|id| differs(id)).cloned().collect()
}

fn unusable(unknown: Unknown, named: Option<&Spanned<String>>, command: &CommandLine) -> Unusable {
    match named.filter(|name| command.profile.is_none() && unknown.what == "profile" && name.value == unknown.name) {
        Some(name) => {
            let mut diagnostic = Diagnostic::error("config/invalid", file_id(0), name.span, unknown.message());
            diagnostic.hint = unknown.near.map(|near| format!("did you mean `{near}`?"));
            Unusable::Files(vec![diagnostic])
        }
        None => Unusable::Unknown(unknown),
    }
}

fn not_allowed(loosening: &Loosening, top: Option<&Layer>) -> Diagnostic {
    let Loosening { layer, span, setting, effect, .. } = loosening;
    let message = format!("`{setting}` is looser here than above ({effect}), which the root does not allow");
    let hint = match top {
        Some(top) => format!("add `{setting}` to `allowOverride` in {}", top.name),
        None => "the configuration in the working directory or above, or `--config FILE`, may say so".to_owned(),
    };
    Diagnostic::error(NOT_ALLOWED, file_id(*layer), *span, message).with_hint(hint)
}

/// The span of a [`LeftOut`].
#[must_use]
pub fn span_of(left: LeftOut) -> Span {
    Span { start: left.span.0, end: left.span.1 }
}
