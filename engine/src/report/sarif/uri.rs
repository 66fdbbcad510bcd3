//! Names of files as relative references.

use std::fmt::Write;

/// A file's name, with `/` between its parts, as a relative reference: whatever could end a path, begin a scheme or is no
/// ASCII letter is percent-encoded as UTF-8. Source: RFC 3986, 2.1 and 4.2.
pub(super) fn encoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    // A name that begins with two slashes would name a host.
    for byte in name.trim_start_matches('/').bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b'@' => {
                out.push(char::from(byte));
            }
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn names_are_relative_references() {
        for (name, expected) in [
            ("a/b.yaml", "a/b.yaml"),
            ("../up/b.yaml", "../up/b.yaml"),
            ("my file#1?.yaml", "my%20file%231%3F.yaml"),
            ("c:/x.yaml", "c%3A/x.yaml"),
            ("//host/x.yaml", "host/x.yaml"),
            ("größe.yaml", "gr%C3%B6%C3%9Fe.yaml"),
            ("50%.yaml", "50%25.yaml"),
            ("a\\b\n.yaml", "a%5Cb%0A.yaml"),
            ("-", "-"),
        ] {
            assert_eq!(encoded(name), expected, "{name}");
        }
    }
}
