//! Texts that others wrote: real manifests, and the cases of yaml-test-suite.

use policyc_engine::yaml::{KeyTable, Limits, NodeId, Tree, read};
use policyc_text::FileId;
use std::path::Path;

/// Longest file that is compared, in bytes.
const LARGEST: u64 = 8 << 20;

/// A text and where it comes from.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// All YAML and JSON below a folder, by name. The cases of yaml-test-suite come as the texts that they stand for. What
/// is not UTF-8 is left out: policyc refuses it before any reader of YAML sees it.
pub(crate) fn samples(folder: &Path) -> Vec<Sample> {
    let mut samples = Vec::new();
    collect(folder, folder, &mut samples);
    samples.sort_by(|left, right| left.name.cmp(&right.name));
    samples
}

fn collect(root: &Path, folder: &Path, samples: &mut Vec<Sample>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, samples);
            continue;
        }
        let is_text = path.extension().is_some_and(|it| it == "yaml" || it == "yml" || it == "json" || it == "golden");
        if !is_text || entry.metadata().map_or(u64::MAX, |it| it.len()) > LARGEST {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        if name.contains("yaml-test-suite") {
            samples.extend(suite_cases(&name, &text));
        }
        samples.push(Sample { name, text });
    }
}

/// The texts of a file of yaml-test-suite: a list of mappings, `yaml` of which is the text with its blanks made visible.
fn suite_cases(name: &str, text: &str) -> Vec<Sample> {
    let tree = read(FileId(0), text.into(), &KeyTable::new([]), &Limits::default());
    let cases = |tree: &Tree, root: NodeId| -> Vec<String> {
        let texts = tree.items(root).filter_map(|case| tree.get_text(case, "yaml"));
        texts.map(|yaml| decoded(tree.text(yaml))).collect()
    };
    let roots = tree.documents.iter().filter_map(|document| document.root);
    let texts = roots.flat_map(|root| cases(&tree, root));
    texts.enumerate().map(|(number, text)| Sample { name: format!("{name}#{number}"), text }).collect()
}

/// Puts blanks in the place of the signs that show them. Source: the suite's own description of its format.
fn decoded(shown: &str) -> String {
    let mut text = shown.replace('␣', " ").replace('↵', "").replace('←', "\r").replace('⇔', "\u{FEFF}");
    while text.contains("—»") {
        text = text.replace("—»", "»");
    }
    text = text.replace('»', "\t");
    match text.find('∎') {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn signs_for_blanks_are_decoded() {
        assert_eq!(super::decoded("a:␣——»b↵\nc←\n⇔∎\n"), "a: \tb\nc\r\n\u{FEFF}");
    }
}
