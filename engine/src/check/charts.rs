//! Which files are templates of a Helm chart.

use super::Input;
use std::collections::BTreeSet;

/// The folders of charts among the inputs.
pub(super) struct Charts {
    folders: BTreeSet<String>,
}

impl Charts {
    /// Folders that hold a `Chart.yaml`.
    pub(super) fn find(inputs: &[Input]) -> Self {
        let folder = |name: &str| match name.rsplit_once('/') {
            Some((folder, "Chart.yaml")) => Some(format!("{folder}/")),
            None if name == "Chart.yaml" => Some(String::new()),
            _ => None,
        };
        Self { folders: inputs.iter().filter_map(|input| folder(&input.name)).collect() }
    }

    /// Whether a file lies in the `templates` folder of one of them.
    pub(super) fn has_template(&self, name: &str) -> bool {
        if self.folders.is_empty() {
            return false;
        }
        let at_start = name.starts_with("templates/").then_some(0);
        let inside = name.match_indices("/templates/").map(|(at, _)| at + 1);
        at_start.into_iter().chain(inside).any(|at| self.folders.contains(&name[..at]))
    }
}

#[cfg(test)]
mod tests {
    use super::{Charts, Input};

    #[test]
    fn only_what_lies_below_a_chart_is_a_template() {
        let inputs = ["a/Chart.yaml", "a/charts/b/Chart.yaml"].map(|name| Input { name: name.into() });
        let charts = Charts::find(&inputs);
        for (name, expected) in [
            ("a/templates/x.yaml", true),
            ("a/templates/deep/x.yaml", true),
            ("a/charts/b/templates/x.yaml", true),
            ("a/values.yaml", false),
            ("templates/x.yaml", false),
            ("c/templates/x.yaml", false),
        ] {
            assert_eq!(charts.has_template(name), expected, "{name}");
        }
        let here = Charts::find(&[Input { name: "Chart.yaml".into() }]);
        assert!(here.has_template("templates/x.yaml"));
    }
}
