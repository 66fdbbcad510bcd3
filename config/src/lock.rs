//! `policyc.lock`: which content each package of policies had when somebody last said that it is fine.
//!
//! The file is made by `policyc lock` and only compared with later, so that a package that changes is noticed before it
//! judges anything.

use crate::reader::{Reader, Spanned};
use policyc_text::{Diagnostic, FileId};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Version of the file's form.
const VERSION: &str = "1";

/// A package as the lock file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Its folder, relative to the configuration.
    pub path: String,
    /// The hash of its content.
    pub hash: String,
}

/// The hash of a package: `sha256:` and 64 hexadecimal digits, over the name and content of each file in the order of the
/// names, each after its length in bytes as eight big-endian bytes. Names are relative to the package, with `/`.
#[must_use]
pub fn hash(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for part in files.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes]) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    format!("sha256:{:x}", hash.finalize())
}

/// The text of a lock file.
#[must_use]
pub fn write(packages: &BTreeMap<String, Locked>) -> String {
    let mut text =
        format!("# Made by `policyc lock`: what each package held when it was last looked at.\nversion: {VERSION}\n");
    text.push_str(if packages.is_empty() { "packages: {}\n" } else { "packages:\n" });
    for (name, Locked { path, hash }) in packages {
        // A JSON text is one of YAML, whatever the path is.
        let path = serde_json::Value::String(path.clone());
        text.push_str(&format!("  {name}:\n    path: {path}\n    hash: {hash}\n"));
    }
    text
}

/// Reads a lock file. The diagnostics name its text by `file`.
#[must_use]
pub fn read(file: FileId, bytes: Vec<u8>) -> (BTreeMap<String, Locked>, std::sync::Arc<str>, Vec<Diagnostic>) {
    let (mut reader, root) = Reader::open(file, bytes, "config/lock");
    let mut packages = BTreeMap::new();
    let fields = match root.filter(|_| reader.is_ok()) {
        Some(root) => reader.fields(root, "the lock file", &["version", "packages"]),
        None => Vec::new(),
    };
    for field in fields {
        if field.key.value == "version" {
            reader.word(field.value, "`version`", &[(VERSION, ())]);
            continue;
        }
        for package in reader.entries(field.value, "`packages`") {
            let (mut path, mut hash) = (None, None);
            for entry in reader.fields(package.value, "a package", &["path", "hash"]) {
                let text = reader.text(entry.value, "it").map(|Spanned { value, .. }| value);
                if entry.key.value == "path" { path = text } else { hash = text }
            }
            match (path, hash) {
                (Some(path), Some(hash)) => {
                    packages.insert(package.key.value, Locked { path, hash });
                }
                _ => {
                    reader.error(package.key.span, "a package has a `path` and a `hash`").hint =
                        Some("run `policyc lock`".to_owned());
                }
            }
        }
    }
    (packages, reader.tree.shared_source(), reader.diagnostics)
}

#[cfg(test)]
mod tests {
    use super::{Locked, hash, read, write};
    use policyc_text::FileId;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_written_is_read() {
        for packages in [vec![], vec![("acme", "vendor/a \"b\": c")], vec![("a", "x"), ("b", "y")]] {
            let packages: BTreeMap<String, Locked> = packages
                .into_iter()
                .map(|(name, path)| (name.to_owned(), Locked { path: path.to_owned(), hash: "sha256:00".to_owned() }))
                .collect();
            let (again, _, diagnostics) = read(FileId(0), write(&packages).into_bytes());
            assert_eq!((again, diagnostics), (packages, vec![]));
        }
    }

    #[test]
    fn hashes_tell_names_and_contents_apart() {
        let of = |files: &[(&str, &str)]| {
            hash(&files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect())
        };
        // Worked out by another program, for lock files outlive the version that wrote them.
        assert_eq!(of(&[("a", "bc")]), "sha256:3fafa1cf2f19a7c1129beb20cf0983f73a489a221fc0dd2f16d1be292d089205");
        let all = [
            of(&[]),
            of(&[("a", "bc")]),
            of(&[("ab", "c")]),
            of(&[("a", ""), ("b", "c")]),
            of(&[("a", "b"), ("", "c")]),
        ];
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(of(&[("a", "bc")]), of(&[("a", "bc")]));
    }
}
