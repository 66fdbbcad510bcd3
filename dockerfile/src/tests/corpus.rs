//! BuildKit's own fixtures and real Dockerfiles, where they are at hand.

use std::fs;
use std::path::{Path, PathBuf};

use policyc_text::Level;

use super::dump::dump;
use super::{diagnostics, parse};

/// The folder of shared inputs; says so where there is none.
#[expect(clippy::print_stderr, reason = "a test that did not run has to say so")]
fn corpus() -> Option<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let shared = std::env::var_os("POLICYC_CORPUS").map_or_else(|| "../shared".into(), PathBuf::from);
    let folder = project.join(shared).join("corpus");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("no corpus at {}: this test did not run", folder.display());
    None
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path()).collect();
    entries.sort();
    entries
}

#[test]
fn parse_trees_are_buildkits() {
    let Some(corpus) = corpus() else { return };
    let folders = entries(&corpus.join("dockerfiles/buildkit-parser/testfiles"));
    assert!(folders.len() > 30, "{} fixtures", folders.len());
    for folder in folders {
        let text = fs::read_to_string(folder.join("Dockerfile")).unwrap();
        let expected = fs::read_to_string(folder.join("result")).unwrap();
        assert_eq!(dump(&parse(&text)).trim_end(), expected.trim_end(), "{}", folder.display());
    }
}

#[test]
fn what_buildkit_refuses_is_refused() {
    let Some(corpus) = corpus() else { return };
    for folder in entries(&corpus.join("dockerfiles/buildkit-parser/testfiles-negative")) {
        let text = fs::read_to_string(folder.join("Dockerfile")).unwrap();
        let file = parse(&text);
        let errors = file.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error);
        assert_eq!(errors.count(), 1, "{}:\n{}", folder.display(), diagnostics(&file));
    }
}

#[test]
fn real_files_read_without_diagnostics() {
    let Some(corpus) = corpus() else { return };
    let mut folders = vec![corpus.join("dockerfiles")];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        if folder.ends_with("buildkit-parser") {
            continue;
        }
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.to_string_lossy();
            if !crate::is_dockerfile_name(&name) && !crate::is_dockerfile_template_name(&name) {
                continue;
            }
            read += 1;
            let text = fs::read_to_string(&path).unwrap();
            let file = parse(&text);
            let found = diagnostics(&file);
            if crate::is_dockerfile_template_name(&name) {
                assert!(found.contains("template"), "{name}:\n{found}");
            } else {
                assert_eq!(found, "", "{name}");
            }
        }
    }
    assert!(read > 60, "{read} files");
}
