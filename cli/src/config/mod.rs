//! Configuration on disk: where its files are, which policies and packages they name, and what the user is told where
//! they make no sense. What they say is the business of `policyc-config`.

pub(crate) mod packages;
mod search;

use crate::args::{Color, ConfigArgs, SelectionArgs};
use crate::discover::{self, Found, Source};
use crate::library::Library;
use crate::{Refusal, output, render};
use policyc_config::NAME;
use policyc_config::file::{ConfigFile, ReadConfig, read_config};
use policyc_config::reader::is_manifest;
use policyc_config::scopes::{Layer, LeftOut, Setup, Unusable, left_out, span_of};
use policyc_config::state::CommandLine;
use policyc_engine::report::{Locator, Loosened, PassedOver, Report};
use policyc_lang::check::Source as Text;
use policyc_text::{Diagnostic, FileId, Level};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The configuration files of a run.
#[derive(Debug)]
pub(crate) struct Configuration {
    /// The working directory.
    here: PathBuf,
    /// The folder that names in configurations begin at: the root's, or the working directory without one.
    folder: PathBuf,
    /// The topmost folder that may have a configuration.
    top: PathBuf,
    /// Whether configurations are looked for at all.
    wanted: bool,
    layers: Vec<Layer>,
    /// Files that were read as configurations, by the names that reports give them.
    names: BTreeSet<String>,
    /// What was left out by whom.
    left: BTreeMap<LeftOut, Vec<String>>,
}

impl Configuration {
    /// Reads the configuration at the root: the file that the arguments name, or the topmost one from the paths upwards.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or makes no sense, and paths below different configurations.
    pub(crate) fn find(args: &ConfigArgs, paths: &[PathBuf], color: Color) -> Result<Self, Refusal> {
        let here = std::env::current_dir()
            .map_err(|error| Refusal::new(format!("cannot tell the working directory: {error}")))?;
        let found = search::root(&here, paths)?;
        let named = args.config.as_ref().map(|path| discover::normal(&here.join(path)));
        let file = if args.no_config { None } else { named.clone().or(found.file) };
        let folder = file.as_ref().and_then(|file| file.parent()).unwrap_or(&here).to_owned();
        let top = match &file {
            Some(_) if named.is_none() => folder.clone(),
            _ => found.top,
        };
        let (layers, names) = (Vec::new(), BTreeSet::new());
        let mut this = Self { here, folder, top, wanted: !args.no_config, layers, names, left: BTreeMap::new() };
        if let Some(file) = file {
            this.read(&file, String::new(), false, named.is_some())?;
            this.refuse(color)?;
        }
        Ok(this)
    }

    /// What the configuration at the root says; nothing where there is none.
    pub(crate) fn root(&self) -> ConfigFile {
        let root = self.layers.first().filter(|layer| !layer.nested);
        root.map(|layer| layer.read.config.clone()).unwrap_or_default()
    }

    /// The folder that paths in the configuration at the root begin at.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether there is any configuration.
    pub(crate) fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// A file's name relative to the folder of the configuration.
    pub(crate) fn name_of(&self, shown: &str) -> String {
        discover::shown_name(&self.folder, &self.here.join(shown))
    }

    /// What reports call a path of the configuration at the root.
    pub(crate) fn shown(&self, path: &str) -> String {
        discover::shown_name(&self.here, &self.folder.join(path))
    }

    /// Reads the files between the root and each of the inputs, and takes those that are configurations out of these,
    /// unless they were named.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or makes no sense.
    pub(crate) fn nest(&mut self, found: &mut Found, named: &BTreeSet<String>, color: Color) -> Result<(), Refusal> {
        if !self.wanted {
            return Ok(());
        }
        for file in search::nested(&self.here, &self.top, found.sources.keys().map(String::as_str)) {
            if file != self.folder.join(NAME) {
                let folder = file.parent().unwrap_or(&self.here);
                let folder = discover::shown_name(&self.folder, folder);
                let folder = if folder == "." { String::new() } else { folder };
                self.read(&file, folder, true, false)?;
            }
        }
        found.sources.retain(|name, _| !self.names.contains(name) || named.contains(name));
        self.refuse(color)
    }

    fn read(&mut self, file: &Path, folder: String, nested: bool, must: bool) -> Result<(), Refusal> {
        let name = discover::shown_name(&self.here, file);
        let bytes = discover::read(&Source::File(file.to_owned()))
            .map_err(|reason| Refusal::new(format!("cannot read the configuration `{name}`: {reason}")))?;
        if !must && is_manifest(&bytes) {
            return Ok(());
        }
        let number = FileId(u32::try_from(self.layers.len()).unwrap_or(u32::MAX));
        let read = read_config(number, bytes, nested);
        self.names.insert(name.clone());
        self.layers.push(Layer { name: name.into(), folder, nested, read });
        Ok(())
    }

    /// Shows what is wrong with the files, and ends the run if anything is.
    fn refuse(&self, color: Color) -> Result<(), Refusal> {
        let mut wrong = Vec::new();
        for layer in &self.layers {
            wrong.extend(layer.read.diagnostics.iter().cloned());
        }
        match wrong.iter().any(|diagnostic| diagnostic.level == Level::Error) {
            true => Err(unusable(&self.layers, &wrong, color)),
            false => Ok(()),
        }
    }

    /// Takes the inputs that the configuration leaves out from the others; those that were named stay.
    pub(crate) fn filter(&mut self, found: &mut Found, named: &BTreeSet<String>) {
        let mut left: BTreeMap<LeftOut, Vec<String>> = BTreeMap::new();
        found.sources.retain(|name, _| {
            let out = left_out(&self.layers, &self.name_of(name)).filter(|_| !named.contains(name));
            out.into_iter().for_each(|out| left.entry(out).or_default().push(name.clone()));
            out.is_none()
        });
        self.left = left;
    }

    /// Works out what holds.
    ///
    /// # Errors
    ///
    /// Names that nobody knows, values that do not fit, and what the root does not allow.
    pub(crate) fn setup(&self, library: &Library, args: &SelectionArgs, color: Color) -> Result<Setup, Refusal> {
        let command = CommandLine {
            rules: args.rules.clone(),
            profile: args.profile.clone(),
            params: args.params.iter().map(|text| library.param(text)).collect::<Result<_, _>>()?,
        };
        Setup::new(&library.artefact, self.layers.clone(), &command).map_err(|error| match error {
            Unusable::Unknown(unknown) => {
                let hint = unknown.near.as_ref().map(|near| format!("did you mean `{near}`?"));
                Refusal::new(unknown.message()).with_hint(hint)
            }
            Unusable::Files(wrong) => {
                let mut layers = self.layers.clone();
                layers.sort_by(|a, b| (a.nested, &a.folder).cmp(&(b.nested, &b.folder)));
                unusable(&layers, &wrong, color)
            }
        })
    }

    /// Tells a report what the configuration left out of the inputs, and what was passed over otherwise.
    pub(crate) fn tell(&self, report: &mut Report, ignored: &[String]) {
        for (left, names) in &self.left {
            let Some(layer) = self.layers.get(left.layer) else { continue };
            let place = Locator::new(Arc::clone(&layer.name), &layer.read.text).place(span_of(*left));
            let setting = if left.not_included { "inputs.include" } else { "inputs.exclude" };
            let effect = "leaves out files".to_owned();
            let setting = setting.to_owned();
            report.loosened.push(Loosened { place, setting, effect, findings: None, files: Some(names.len()) });
        }
        if !ignored.is_empty() {
            let names = ignored.to_vec();
            report.passed_over.push(PassedOver { names, because: "left out by ignore files" });
        }
        report.loosened.sort_by(|a, b| {
            (&a.place.file, a.place.range.span, &a.setting).cmp(&(&b.place.file, b.place.range.span, &b.setting))
        });
        let read = self.layers.iter().map(|layer| &*layer.name).collect::<Vec<_>>().join(", ");
        if !read.is_empty() {
            report.notes.push(format!("configured by {read}"));
        }
        report.settle();
    }

    /// What is left out, where there is nothing else.
    pub(crate) fn left_out_text(&self, ignored: &[String]) -> Option<String> {
        let ignored = PassedOver { names: ignored.to_vec(), because: "left out by ignore files" };
        let left = PassedOver {
            names: self.left.values().flatten().cloned().collect(),
            because: "left out by the configuration",
        };
        let parts: Vec<String> =
            [ignored, left].iter().filter(|part| !part.names.is_empty()).map(PassedOver::text).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// Files of values that the configuration names for charts: by the chart's folder, what they are called and where they
    /// are.
    pub(crate) fn values(&self) -> BTreeMap<String, Vec<(String, PathBuf)>> {
        let file = |path: &String| (self.shown(path), self.folder.join(path));
        let root = self.root();
        let charts = root
            .helm
            .iter()
            .map(|(chart, values)| (self.shown(&chart.value), values.iter().map(|path| file(&path.value)).collect()));
        charts.collect()
    }
}

/// Shows what is wrong with configurations.
fn unusable(layers: &[Layer], wrong: &[Diagnostic], color: Color) -> Refusal {
    let text = |(number, layer): (u32, &Layer)| {
        let Layer { name, read: ReadConfig { text, .. }, .. } = layer;
        Text { file: FileId(number), name: name.to_string(), text: text.to_string(), tables: Vec::new() }
    };
    let texts: Vec<Text> = (0..).zip(layers).map(text).collect();
    render::show_diagnostics(wrong, &texts, output::error_style(color));
    Refusal::new("the configuration cannot be used")
}
