//! A string that stays the same while a fault stays the same, wherever edits move it.

use crate::finding::Resource;

/// The fingerprint of a finding: `v1:` and 32 hexadecimal digits.
///
/// The digits are FNV-1a, 128 bits, over rule id, API group, kind, namespace and name of the object, the structural
/// path (list keys in place of indices; in a Dockerfile the stage, the instruction and, from the second on, which of
/// several equal faults there it is) and the blamed value's text (of one longer than 4,096 bytes its length and hash), each after its length in bytes as eight
/// little-endian bytes. A missing value differs from an empty one. No line enters, nor the version of the API group.
#[must_use]
pub fn fingerprint(rule: &str, resource: Option<&Resource>, path: &str, blamed: Option<&str>) -> String {
    let mut hash = Fnv::new();
    hash.part(rule);
    if let Some(resource) = resource {
        hash.part(resource.api_version.rsplit_once('/').map_or("", |(group, _)| group));
        hash.part(&resource.kind);
        hash.part(resource.namespace.as_deref().unwrap_or_default());
        hash.part(&resource.name);
    }
    hash.part(path);
    if let Some(blamed) = blamed {
        hash.part(blamed);
    }
    let mut out = String::with_capacity(35);
    out.push_str("v1:");
    // Formatting 128 bits takes longer than hashing most values.
    for byte in hash.state.to_be_bytes() {
        out.extend([byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)])));
    }
    out
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Bytes of a blamed value that are kept as they are.
const LONG: usize = 4096;

/// What stands for a blamed value in a fingerprint: itself, or of one that is long its length and its hash, since every
/// finding on it would keep a copy.
pub(crate) fn blamed_text(text: &str) -> String {
    if text.len() <= LONG {
        return text.to_owned();
    }
    let mut hash = Fnv::new();
    hash.part(text);
    format!("{}:{:032x}", text.len(), hash.state)
}

/// FNV-1a with 128 bits: offset basis and prime as published by its authors.
struct Fnv {
    state: u128,
}

impl Fnv {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

    fn new() -> Self {
        Self { state: Self::BASIS }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.state = (self.state ^ u128::from(*byte)).wrapping_mul(Self::PRIME);
        }
    }

    fn part(&mut self, text: &str) {
        self.bytes(&(text.len() as u64).to_le_bytes());
        self.bytes(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::{Fnv, LONG, blamed_text, fingerprint};
    use crate::finding::Resource;

    fn object(api_version: &str, name: &str) -> Resource {
        let (api_version, name) = (api_version.to_owned(), name.to_owned());
        Resource { api_version, kind: "Deployment".to_owned(), namespace: None, name }
    }

    fn of_text(hash: &Fnv) -> String {
        format!("v1:{:032x}", hash.state)
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        let mut hash = Fnv::new();
        hash.bytes(b"a");
        assert_eq!(hash.state, 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
    }

    #[test]
    fn long_values_are_told_apart_by_their_ends() {
        let (short, long) = ("a".repeat(LONG), "a".repeat(LONG + 1));
        assert_eq!(blamed_text(&short), short);
        assert!(blamed_text(&long).len() < 64);
        assert_ne!(blamed_text(&long), blamed_text(&long.replace("aa", "ab")));
    }

    #[test]
    fn identity_path_and_value_count_and_the_api_version_does_not() {
        let of = |resource: &Resource, path, value| fingerprint("r", Some(resource), path, value);
        let web = object("apps/v1", "web");
        let base = of(&web, "spec.a", Some("x"));
        assert_eq!(base, of(&object("apps/v1beta1", "web"), "spec.a", Some("x")));
        assert_ne!(base, of(&object("apps/v1", "api"), "spec.a", Some("x")));
        assert_ne!(base, of(&web, "spec.b", Some("x")));
        assert_ne!(base, of(&web, "spec.a", Some("y")));
        assert_ne!(of(&web, "spec.a", None), of(&web, "spec.a", Some("")));
        assert!(base.starts_with("v1:") && base.len() == 35);
        let mut hash = Fnv::new();
        for part in ["r", "", "Pod", "", "p", "", ""] {
            hash.part(part);
        }
        assert_eq!(
            of_text(&hash),
            fingerprint("r", Some(&Resource { kind: "Pod".to_owned(), ..object("v1", "p") }), "", Some(""))
        );
    }
}
