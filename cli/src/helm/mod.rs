//! Charts among the inputs, rendered by the `helm` that is on the PATH. The only place that starts another program.
//!
//! Each set of values gives a rendering that is judged by itself. Names and namespace of the release are fixed. What helm
//! cannot render stays among the inputs as it is, and a diagnostic says so.

mod charts;
mod program;
mod render;
mod written;

use crate::discover::{Found, Source};
use crate::only::Only;
use charts::Chart;
use policyc_engine::report::{FileStatus, Locator, NotApplicable, PassedOver, Problem, Report};
use policyc_lang::schema::KubernetesVersion;
use policyc_text::{Level, Span};
use rayon::prelude::*;
use render::{Failure, Wish};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use written::{Role, Written};

/// The name of the release: helm's own where nobody gives one.
const RELEASE: &str = "release-name";
/// The namespace of the release where nobody names one: one that no rule knows.
const NAMESPACE: &str = "release-namespace";
/// What rendering without a file of values is called.
const DEFAULT: &str = "default values";

/// What came of asking helm.
type Answer = Result<Vec<u8>, Failure>;

/// What to render with.
pub(crate) struct Values<'v> {
    /// Namespace of the release, if somebody named one.
    pub(crate) namespace: Option<&'v str>,
    /// The Kubernetes version that charts are told.
    pub(crate) kubernetes: KubernetesVersion,
    /// Files of values that the configuration names, by the chart's folder: what they are called and where they are.
    pub(crate) files: BTreeMap<String, Vec<(String, PathBuf)>>,
}

/// What became of the charts among the inputs.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    /// Charts with at least one rendering.
    pub(crate) charts: Vec<RenderedChart>,
    /// The namespace that they were rendered for.
    pub(crate) namespace: String,
    diagnostics: Vec<Problem>,
    notes: Vec<String>,
    /// Templates that are judged as they are rendered, or have nothing to render.
    templates: Vec<String>,
    /// Those of them that give nothing in any rendering.
    silent: Vec<String>,
}

/// A chart as it is rendered.
#[derive(Debug)]
pub(crate) struct RenderedChart {
    /// Its folder, as reports name it.
    pub(crate) folder: String,
    /// Its renderings; the first is the one with the default values, if they suffice.
    pub(crate) renderings: Vec<Rendering>,
}

/// A chart rendered with one set of values.
#[derive(Debug)]
pub(crate) struct Rendering {
    /// What the values are called.
    pub(crate) scenario: Arc<str>,
    /// What reports call the rendering.
    pub(crate) name: Arc<str>,
    /// What helm wrote.
    pub(crate) source: Source,
}

/// Renders the charts among the inputs and takes their templates out of these. Uses as many threads as the pool that it
/// is called in. `allowed`: whether a program may be started at all. Of charts that `only` does not touch nothing is asked.
pub(crate) fn render(found: &mut Found, allowed: bool, values: &Values<'_>, only: Option<&Only>) -> Rendered {
    let mut charts = charts::find(found);
    for chart in &mut charts {
        chart.values.extend(values.files.get(&chart.folder).into_iter().flatten().cloned());
    }
    charts.retain(|chart| only.is_none_or(|only| only.touches(&chart.folder)));
    let namespace = values.namespace.unwrap_or(NAMESPACE).to_owned();
    let mut rendered = Rendered { namespace, ..Rendered::default() };
    if charts.is_empty() {
        return rendered;
    }
    let helm = if allowed { program::find() } else { None };
    let Some(helm) = helm else {
        rendered.notes.push(not_rendered(&charts, allowed));
        return rendered;
    };
    let wishes: Vec<(usize, Option<&(String, PathBuf)>)> = (0..)
        .zip(&charts)
        .flat_map(|(number, chart)| {
            std::iter::once(None).chain(chart.values.iter().map(Some)).map(move |one| (number, one))
        })
        .collect();
    let one = |(number, file): &(usize, Option<&(String, PathBuf)>)| {
        one(&helm, &charts[*number], *file, &rendered.namespace, values)
    };
    let results: Vec<Answer> = wishes.par_iter().map(one).collect();
    let mut results = wishes.into_iter().zip(results).peekable();
    for (number, chart) in charts.iter().enumerate() {
        let mut of_chart = Vec::new();
        while let Some(((_, file), result)) = results.next_if(|((of, _), _)| *of == number) {
            of_chart.push((file.map(|(name, _)| name.clone()), result));
        }
        rendered.take(found, chart, of_chart);
    }
    if !rendered.charts.is_empty() {
        let namespace = &rendered.namespace;
        let note = format!("charts were rendered by helm, as release `{RELEASE}` in namespace `{namespace}`");
        rendered.notes.push(note);
    }
    rendered
}

fn one(helm: &Path, chart: &Chart, file: Option<&(String, PathBuf)>, namespace: &str, values: &Values<'_>) -> Answer {
    let file = file.map(|(_, path)| path);
    let (release, kubernetes) = (RELEASE, values.kubernetes);
    render::render(
        helm,
        &Wish { chart: &chart.path, values: file.map(PathBuf::as_path), release, namespace, kubernetes },
    )
}

/// Why charts stay as they are, and what to do.
fn not_rendered(charts: &[Chart], allowed: bool) -> String {
    let first = charts.first().map_or("CHART", |chart| chart.folder.as_str());
    let what = match charts.len() {
        1 => format!("the chart `{first}` was not rendered"),
        number => format!("`{first}` and {} more charts were not rendered", number - 1),
    };
    let why = if allowed { "there is no helm on the PATH" } else { "--no-helm forbids it" };
    format!("{what}, since {why}: render it with `helm template {first} | policyc check -`")
}

impl Rendered {
    /// The results of one chart.
    fn take(&mut self, found: &mut Found, chart: &Chart, results: Vec<(Option<String>, Answer)>) {
        let mut renderings = Vec::new();
        let mut failures = Vec::new();
        let mut library = false;
        for (file, result) in results {
            let scenario = file.clone().unwrap_or_else(|| DEFAULT.to_owned());
            match result {
                Ok(bytes) => renderings.push(Rendering {
                    name: format!("{} ({scenario})", chart.folder).into(),
                    scenario: scenario.into(),
                    source: Source::Text(bytes),
                }),
                Err(Failure::Library) => library = true,
                Err(failure) => failures.push((file, failure)),
            }
        }
        for (file, failure) in failures {
            // Charts that ask for values say with which ones they can be judged.
            let level = if file.is_none() && !renderings.is_empty() { Level::Warning } else { Level::Error };
            self.diagnostics.push(problem(chart, file.as_deref(), &failure, level));
        }
        if library || !renderings.is_empty() {
            let written = Written::of(&renderings);
            for template in &chart.templates {
                match written.role(found, chart, template) {
                    Role::Rendered => {}
                    // As it stands it is a manifest, and no rendering has it.
                    Role::Manifest => continue,
                    Role::Silent => self.silent.push(template.clone()),
                }
                found.sources.remove(template);
                self.templates.push(template.clone());
            }
        }
        if library {
            self.notes.push(format!("the chart `{}` is a library, which has nothing to render", chart.folder));
        }
        if !renderings.is_empty() {
            self.charts.push(RenderedChart { folder: chart.folder.clone(), renderings });
        }
    }

    /// Whether everything in a rendering concerns one of the files: its values, or what more than one template may use.
    pub(crate) fn concerns(&self, chart: &RenderedChart, scenario: &str, only: &Only) -> bool {
        if only.concerns(scenario) && !scenario.starts_with("ci/") && scenario != DEFAULT {
            return true;
        }
        only.inside(&chart.folder).any(|inside| {
            let name = if chart.folder == "." { inside.to_owned() } else { format!("{}/{inside}", chart.folder) };
            let partial = inside.rsplit('/').next().is_some_and(|file| file.starts_with('_'));
            let template = self.templates.contains(&name) && !partial;
            let values = chart.renderings.iter().any(|rendering| *rendering.scenario == *inside);
            *inside == *scenario || !(template || values)
        })
    }

    /// What reports call each rendering, and the folder of its chart.
    pub(crate) fn names(&self) -> impl Iterator<Item = (String, String)> {
        let of_chart = |chart: &RenderedChart| {
            let folder = chart.folder.clone();
            chart.renderings.iter().map(|one| (one.name.to_string(), folder.clone())).collect::<Vec<_>>()
        };
        self.charts.iter().flat_map(of_chart)
    }

    /// Tells a report what became of the charts, apart from what was found in them.
    pub(crate) fn tell(self, report: &mut Report) {
        for template in self.templates {
            report.add_file(template.into(), FileStatus::NotApplicable(NotApplicable::Template));
        }
        report.diagnostics.extend(self.diagnostics);
        report.notes.extend(self.notes);
        if !self.silent.is_empty() {
            let because = "of templates that give nothing in any rendering";
            report.passed_over.push(PassedOver { names: self.silent, because });
        }
        report.settle();
    }
}

/// A chart that could not be rendered with a set of values.
fn problem(chart: &Chart, file: Option<&str>, failure: &Failure, level: Level) -> Problem {
    let (with, place) = (file.unwrap_or(DEFAULT), file.unwrap_or("Chart.yaml"));
    let name = if chart.folder == "." { place.to_owned() } else { format!("{}/{place}", chart.folder) };
    let reason = failure.reason(&chart.path);
    Problem {
        code: "helm/render",
        level,
        message: format!("the chart is not judged with {with}: {reason}"),
        help: Some("`helm template` shows the same; a file of values in the folder `ci` is judged too".to_owned()),
        place: Locator::new(name.into(), "").place(Span::empty_at(0)),
        related: Vec::new(),
    }
}
