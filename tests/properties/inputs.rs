//! The texts that the properties are held over: what is in the project, and the corpus where it is at hand.

use std::fs;
use std::path::{Path, PathBuf};

/// A text and where it comes from.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) text: String,
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The examples, the files of the suite about underlines, and what the library's own tests judge.
pub(crate) fn own() -> Vec<Input> {
    let mut inputs = Vec::new();
    collect(&project().join("examples"), &mut |path, text| inputs.extend(of_file(path, text)));
    collect(&project().join("tests/underlines"), &mut |path, text| inputs.extend(of_file(path, text)));
    collect(&project().join("stdlib-policies/kubernetes"), &mut |path, text| {
        if path.extension().is_some_and(|it| it == "policy") {
            inputs.extend(fixtures(path, &text));
        }
    });
    assert!(inputs.len() > 200, "{} texts", inputs.len());
    inputs
}

/// All manifests of the corpus; none where it is not at hand. `POLICYC_CORPUS` names its folder.
pub(crate) fn corpus() -> Vec<Input> {
    let root = std::env::var_os("POLICYC_CORPUS").map_or_else(|| project().join("../shared"), PathBuf::from);
    let mut inputs = Vec::new();
    for part in ["manifests", "pss", "labelled", "charts-golden", "compose"] {
        collect(&root.join("corpus").join(part), &mut |path, text| inputs.extend(of_file(path, text)));
    }
    inputs
}

fn of_file(path: &Path, text: String) -> Option<Input> {
    let known = path.extension().is_some_and(|it| it == "yaml" || it == "yml" || it == "json");
    known.then(|| Input { name: path.display().to_string(), text })
}

/// What stands between `given yaml """` and `"""`.
fn fixtures(path: &Path, text: &str) -> Vec<Input> {
    let mut inputs = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if !line.trim_start().starts_with("given") || !line.trim_end().ends_with("\"\"\"") {
            continue;
        }
        let body: Vec<&str> =
            lines.by_ref().map(|(_, line)| line).take_while(|line| !line.trim_start().starts_with("\"\"\"")).collect();
        let blanks = |line: &&str| line.len() - line.trim_start().len();
        let indent = body.iter().filter(|line| !line.trim().is_empty()).map(blanks).min().unwrap_or(0);
        let text = body.iter().map(|line| format!("{}\n", line.get(indent..).unwrap_or_default())).collect();
        inputs.push(Input { name: format!("{}:{}", path.display(), number + 1), text });
    }
    inputs
}

/// Files in the order of their names, so that a run is like every other.
fn collect(folder: &Path, take: &mut dyn FnMut(&Path, String)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, take);
        } else if let Ok(text) = fs::read_to_string(&path) {
            take(&path, text);
        }
    }
}
