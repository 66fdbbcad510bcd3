//! Which of the inputs are charts.

use crate::discover::{Found, Source};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A chart that is not part of another one.
#[derive(Debug)]
pub(super) struct Chart {
    /// Its folder, as reports name it; `.` is the working directory.
    pub(super) folder: String,
    /// Its folder on disk, absolute.
    pub(super) path: PathBuf,
    /// Files of values to judge with: what they are called, relative to the folder for those in it, and where they are.
    pub(super) values: Vec<(String, PathBuf)>,
    /// Names of inputs that are its templates and definitions, those of its subcharts among them.
    pub(super) templates: Vec<String>,
}

/// The charts among the inputs: folders with `Chart.yaml` and templates.
pub(super) fn find(found: &Found) -> Vec<Chart> {
    let folders: BTreeSet<&str> = found.sources.keys().filter_map(|name| folder(name)).collect();
    let part = |name: &str| folders.iter().any(|outer| is_subchart(outer, name));
    let charts = folders.iter().filter(|name| !part(name)).filter_map(|name| chart(found, name));
    charts.filter(|chart| !chart.templates.is_empty()).collect()
}

/// The folder of a `Chart.yaml`, with `/` behind it; empty for the working directory.
fn folder(name: &str) -> Option<&str> {
    let folder = name.strip_suffix("Chart.yaml")?;
    (folder.is_empty() || folder.ends_with('/')).then_some(folder)
}

fn is_subchart(outer: &str, name: &str) -> bool {
    name.strip_prefix(outer).is_some_and(|inside| inside.starts_with("charts/"))
}

fn chart(found: &Found, folder: &str) -> Option<Chart> {
    let Source::File(file) = found.sources.get(&format!("{folder}Chart.yaml"))? else { return None };
    let path = file.canonicalize().ok()?.parent()?.to_owned();
    let names = found.sources.range(folder.to_owned()..).map(|(name, _)| name);
    let inside = names.take_while(|name| name.starts_with(folder)).map(|name| (name, &name[folder.len()..]));
    let (mut values, mut templates) = (Vec::new(), Vec::new());
    for (name, inside) in inside {
        if is_template(inside) {
            templates.push(name.clone());
        } else if is_values(inside) {
            values.push((inside.to_owned(), path.join(inside)));
        }
    }
    let folder = folder.trim_end_matches('/');
    let folder = if folder.is_empty() { "." } else { folder }.to_owned();
    Some(Chart { folder, path, values, templates })
}

/// Whether a file is one that helm writes, or makes documents of.
fn is_template(inside: &str) -> bool {
    let mut rest = inside;
    while let Some(below) = rest.strip_prefix("charts/") {
        let Some((_, deeper)) = below.split_once('/') else { return false };
        rest = deeper;
    }
    rest.starts_with("templates/") || rest.starts_with("crds/")
}

/// Whether a file is one that the chart's checks install it with. Source: chart-testing takes them from `ci`.
fn is_values(inside: &str) -> bool {
    let extension = |name: &str| name.ends_with(".yaml") || name.ends_with(".yml");
    inside.strip_prefix("ci/").is_some_and(|name| !name.contains('/') && extension(name))
}

#[cfg(test)]
mod tests {
    use super::{is_subchart, is_template, is_values};

    #[test]
    fn what_belongs_to_a_chart() {
        for (name, template, values) in [
            ("templates/a.yaml", true, false),
            ("templates/deep/a.yaml", true, false),
            ("crds/a.yaml", true, false),
            ("charts/b/templates/a.yaml", true, false),
            ("charts/b/charts/c/crds/a.yaml", true, false),
            ("charts/b/values.yaml", false, false),
            ("charts/templates", false, false),
            ("values.yaml", false, false),
            ("docs/templates/a.yaml", false, false),
            ("ci/a-values.yaml", false, true),
            ("ci/deep/a.yaml", false, false),
            ("ci/a.json", false, false),
        ] {
            assert_eq!((is_template(name), is_values(name)), (template, values), "{name}");
        }
        assert!(is_subchart("a/", "a/charts/b/") && is_subchart("", "charts/b/"));
        assert!(!is_subchart("a/", "a/b/") && !is_subchart("a/", "b/charts/a/") && !is_subchart("", ""));
    }
}
