//! What the `policyc.yaml` files of a project say: the one at its root, and those below it.

use super::Files;
use policyc_config::NAME;
use policyc_config::file::{ConfigFile, ReadConfig, read_config};
use policyc_config::reader::is_manifest;
use policyc_config::scopes::{Layer, Setup, Unusable, left_out};
use policyc_config::state::CommandLine;
use policyc_engine::check::{External, Selection};
use policyc_engine::report::Finding;
use policyc_lang::check::Artefact;
use policyc_lang::ir::Program;
use policyc_lang::values::Severity;
use policyc_text::{Diagnostic, FileId};
use std::sync::Arc;

/// The configuration of a project at one moment.
#[derive(Debug, Default)]
pub(crate) struct Configuration {
    layers: Vec<Layer>,
    /// What follows from it; `None` where there is none, or it makes no sense.
    setup: Option<Setup>,
    /// Mistakes, with the names of their files.
    pub(crate) mistakes: Vec<(Arc<str>, Diagnostic)>,
}

/// Whether a file is a configuration by its name.
pub(crate) fn is_configuration(name: &str) -> bool {
    name.rsplit('/').next() == Some(NAME)
}

impl Configuration {
    /// Reads the configurations among the files. `profile`: what the editor says, which wins.
    pub(crate) fn read(files: &Files, artefact: &Artefact, profile: Option<&str>) -> Self {
        let mut layers: Vec<Layer> = Vec::new();
        for file in files.values().filter(|file| is_configuration(&file.name)) {
            let Ok(bytes) = &file.content else { continue };
            if is_manifest(bytes) {
                continue;
            }
            let folder = file.name.strip_suffix(NAME).unwrap_or_default().trim_end_matches('/').to_owned();
            let (name, nested) = (Arc::clone(&file.name), !folder.is_empty());
            let read = read_config(FileId(0), bytes.to_vec(), nested);
            layers.push(Layer { name, folder, nested, read });
        }
        if layers.is_empty() {
            return Self::default();
        }
        layers.sort_by(|a, b| (a.nested, &a.folder).cmp(&(b.nested, &b.folder)));
        for (number, layer) in (0..).zip(&mut layers) {
            for diagnostic in &mut layer.read.diagnostics {
                diagnostic.location.file = FileId(number);
            }
        }
        let known = profile.filter(|name| artefact.program.profiles.iter().any(|profile| profile.name == *name));
        let command = CommandLine { profile: known.map(str::to_owned), ..CommandLine::default() };
        let (setup, wrong) = match Setup::new(artefact, layers.clone(), &command) {
            Ok(setup) => (Some(setup), Vec::new()),
            Err(Unusable::Files(wrong)) => (None, wrong),
            Err(Unusable::Unknown(_)) => (None, Vec::new()),
        };
        let name = |diagnostic: &Diagnostic| layers.get(diagnostic.location.file.0 as usize).map(|layer| &layer.name);
        let mistakes = wrong.into_iter().filter_map(|wrong| Some((Arc::clone(name(&wrong)?), wrong))).collect();
        Self { layers, setup, mistakes }
    }

    /// What the configuration at the root says of a run.
    pub(crate) fn root(&self) -> ConfigFile {
        let root = self.layers.first().filter(|layer| !layer.nested && self.setup.is_some());
        root.map(|Layer { read: ReadConfig { config, .. }, .. }| config.clone()).unwrap_or_default()
    }

    /// The rules that run; `None` where the configuration has no say.
    pub(crate) fn selection<'s>(&'s self, program: &'s Program) -> Option<Selection<'s>> {
        self.setup.as_ref().map(|setup| setup.selection(program))
    }

    /// Folders whose rules run with other parameters, by number, with what runs there once more.
    pub(crate) fn scopes<'s>(&'s self, program: &'s Program) -> Vec<(usize, Selection<'s>)> {
        let Some(setup) = &self.setup else { return Vec::new() };
        let scopes = setup.scopes.iter().enumerate().filter(|(_, scope)| !scope.other_params.is_empty());
        scopes.map(|(number, scope)| (number, setup.selection_of(scope, program))).collect()
    }

    /// Whether what a folder's own parameters find is told in a file: it lies in that folder, and in none within it that
    /// has a configuration of its own.
    pub(crate) fn is_in(&self, name: &str, scope: usize) -> bool {
        let Some(setup) = &self.setup else { return false };
        let wanted = setup.scopes.get(scope).map(|scope| &scope.folder);
        setup.scope_of(name).map(|scope| &scope.folder) == wanted && wanted.is_some()
    }

    /// What runs for one file; `None` where the configuration has no say.
    pub(crate) fn selection_in<'s>(&'s self, name: &str, program: &'s Program) -> Option<Selection<'s>> {
        self.setup.as_ref().map(|setup| setup.selection_in(name, program))
    }

    /// How bad a finding is in its file; `None` where it is not told. `scope`: the folder whose parameters it was found
    /// with, where it was.
    pub(crate) fn severity(&self, name: &str, finding: &Finding, scope: Option<usize>) -> Option<Severity> {
        let Some(setup) = &self.setup else { return Some(finding.severity) };
        if left_out(&self.layers, name).is_some() {
            return None;
        }
        match scope {
            Some(scope) => self.is_in(name, scope).then_some(finding.severity),
            None => setup.severity_in(name, &finding.rule.id, finding.severity),
        }
    }

    /// Objects that are made elsewhere.
    pub(crate) fn external(&self) -> Arc<[External]> {
        let root = self.root();
        let one =
            |one: policyc_config::file::External| External { kind: one.kind, name: one.name, namespace: one.namespace };
        root.external.into_iter().map(one).collect()
    }
}
