//! Package URLs, such as `pkg:npm/%40angular/core@16.0.0`.

use std::fmt;

use super::ParseError;
use super::error::shown;

const MAX_LENGTH: usize = 4096;

/// A package URL in canonical form: the type, and for some types the name, in lower case; qualifiers in order of their
/// keys; everything else percent-encoded. Compared and printed so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl {
    kind: String,
    namespace: Vec<String>,
    name: String,
    version: Option<String>,
    qualifiers: Vec<(String, String)>,
    subpath: Vec<String>,
}

/// Types whose namespace and name do not distinguish case.
const CASELESS: [&str; 9] = ["alpm", "apk", "bitbucket", "brew", "composer", "deb", "github", "golang", "qpkg"];

impl Purl {
    /// Reads `pkg:type/namespace/name@version?qualifiers#subpath`.
    ///
    /// Source: ECMA-427 (Package-URL), parsing rules and the type definitions of the common types. As many tools write
    /// the `@` of an npm scope without encoding it, an `@` counts as that of a version only behind the last slash.
    ///
    /// # Errors
    /// If the scheme, type or name is missing, a qualifier is malformed, or an encoding is not UTF-8.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let refuse = |why: &str| ParseError::at(0, format!("`{}` is not a package url: {why}", shown(text)));
        if text.len() > MAX_LENGTH {
            return Err(refuse("it is too long"));
        }
        let not_utf8 = || refuse("an encoded part is not utf-8 or contains a slash");
        let (rest, subpath) = text.rsplit_once('#').unwrap_or((text, ""));
        let (rest, qualifiers) = rest.rsplit_once('?').unwrap_or((rest, ""));
        let (scheme, rest) = rest.split_once(':').ok_or_else(|| refuse("it does not begin with `pkg:`"))?;
        if !scheme.eq_ignore_ascii_case("pkg") {
            return Err(refuse("it does not begin with `pkg:`"));
        }
        let (kind, rest) = rest.trim_matches('/').split_once('/').ok_or_else(|| refuse("it has no name"))?;
        if !is_kind(kind) {
            return Err(refuse("its type is not letters, digits, `.`, `+` and `-`"));
        }
        let last = rest.rfind('/').map_or(0, |at| at + 1);
        let (path, version) = match rest[last..].rfind('@') {
            Some(0) => return Err(refuse("its last part begins with `@`")),
            Some(at) => (&rest[..last + at], Some(&rest[last + at + 1..])),
            None => (rest, None),
        };
        let mut namespace = segments(path).ok_or_else(not_utf8)?;
        let name = namespace.pop().ok_or_else(|| refuse("it has no name"))?;
        let version = version.filter(|version| !version.is_empty()).map(|version| decode(version).ok_or_else(not_utf8));
        let mut subpath = segments(subpath).ok_or_else(not_utf8)?;
        subpath.retain(|segment| segment != "." && segment != "..");
        let qualifiers = read_qualifiers(qualifiers)
            .ok_or_else(|| refuse("its qualifiers are not names with values, joined by `&`"))?;
        let purl = Self {
            kind: kind.to_ascii_lowercase(),
            namespace,
            name,
            version: version.transpose()?,
            qualifiers,
            subpath,
        };
        Ok(purl.adjusted())
    }

    /// Applies the rules of the types that do not distinguish case.
    fn adjusted(mut self) -> Self {
        let kind = self.kind.as_str();
        if CASELESS.contains(&kind) || kind == "rpm" {
            self.namespace.iter_mut().for_each(|segment| *segment = segment.to_lowercase());
        }
        if CASELESS.contains(&kind) {
            self.name = self.name.to_lowercase();
        }
        if kind == "pypi" {
            self.name = self.name.to_lowercase().replace('_', "-");
        }
        self
    }

    /// The type, such as `npm` or `deb`, in lower case.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The namespace, decoded, its segments joined by `/`; empty if there is none.
    #[must_use]
    pub fn namespace(&self) -> String {
        self.namespace.join("/")
    }

    /// The name, decoded.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version, decoded.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The value of a qualifier such as `arch` or `distro`, decoded; keys are in lower case.
    #[must_use]
    pub fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str())
    }

    /// The package whatever its version, build or part: type, namespace and name alone. Qualifiers go with the version,
    /// as they tell its builds apart (`distro=debian-12.5`) and change with it.
    #[must_use]
    pub fn without_version(&self) -> Self {
        Self { version: None, qualifiers: Vec::new(), subpath: Vec::new(), ..self.clone() }
    }
}

fn is_kind(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-".contains(&byte))
        && !text.starts_with(|char: char| char.is_ascii_digit())
        && !text.is_empty()
}

/// The decoded segments of a path, without empty ones; `None` if one is not UTF-8 or contains an encoded slash.
fn segments(path: &str) -> Option<Vec<String>> {
    let decoded = path.split('/').filter(|segment| !segment.is_empty()).map(decode);
    decoded.map(|segment| segment.filter(|segment| !segment.contains('/'))).collect()
}

fn read_qualifiers(text: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
        if key.is_empty() || !plain || key.starts_with(|char: char| char.is_ascii_digit()) {
            return None;
        }
        // A qualifier without value is as good as absent.
        if !value.is_empty() {
            found.push((key.to_ascii_lowercase(), decode(value)?));
        }
    }
    found.sort();
    let unique = found.windows(2).all(|pair| pair[0].0 != pair[1].0);
    unique.then_some(found)
}

/// Resolves `%XX`; a percent sign without two digits stands for itself. `None` if the result is not UTF-8.
fn decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high * 16 + low).ok()?);
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}

/// Writes a text with all but letters, digits and `.-_~:` percent-encoded.
fn encode(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_~:".contains(&byte) {
            write!(f, "{}", char::from(byte))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}", self.kind)?;
        for segment in self.namespace.iter().chain([&self.name]) {
            f.write_str("/")?;
            encode(f, segment)?;
        }
        if let Some(version) = &self.version {
            f.write_str("@")?;
            encode(f, version)?;
        }
        for (index, (key, value)) in self.qualifiers.iter().enumerate() {
            write!(f, "{}{key}=", if index == 0 { '?' } else { '&' })?;
            encode(f, value)?;
        }
        for (index, segment) in self.subpath.iter().enumerate() {
            f.write_str(if index == 0 { "#" } else { "/" })?;
            encode(f, segment)?;
        }
        Ok(())
    }
}

super::serde_as_text!(Purl);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    #[test]
    fn reads_and_prints() {
        for (text, canonical, package) in [
            ("pkg:npm/lodash@4.17.21", "pkg:npm/lodash@4.17.21", "pkg:npm/lodash"),
            ("pkg:npm/%40angular/core@16.0.0", "pkg:npm/%40angular/core@16.0.0", "pkg:npm/%40angular/core"),
            ("pkg:npm/@angular/core", "pkg:npm/%40angular/core", "pkg:npm/%40angular/core"),
            ("pkg:npm/@angular/core@1.0", "pkg:npm/%40angular/core@1.0", "pkg:npm/%40angular/core"),
            (
                "pkg:deb/debian/openssl@1.1.1n-0%2Bdeb11u3?distro=debian-11.6&Arch=amd64",
                "pkg:deb/debian/openssl@1.1.1n-0%2Bdeb11u3?arch=amd64&distro=debian-11.6",
                "pkg:deb/debian/openssl",
            ),
            ("pkg:PyPI/Django_Package@1.11", "pkg:pypi/django-package@1.11", "pkg:pypi/django-package"),
            ("PKG:GitHub/Foo/Bar@V1#a/./b/..", "pkg:github/foo/bar@V1#a/b", "pkg:github/foo/bar"),
            (
                "pkg://golang/google.golang.org/Genproto@abc#x",
                "pkg:golang/google.golang.org/genproto@abc#x",
                "pkg:golang/google.golang.org/genproto",
            ),
            ("pkg:maven/org.Apache/Commons@1", "pkg:maven/org.Apache/Commons@1", "pkg:maven/org.Apache/Commons"),
            (
                "pkg:oci/app@sha256%3Aabc?repository_url=ghcr.io/acme",
                "pkg:oci/app@sha256:abc?repository_url=ghcr.io%2Facme",
                "pkg:oci/app",
            ),
            ("pkg:generic/a%20b@?x=&y", "pkg:generic/a%20b", "pkg:generic/a%20b"),
            ("pkg:generic/100%", "pkg:generic/100%25", "pkg:generic/100%25"),
        ] {
            let read = Purl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(read.to_string(), canonical, "{text}");
            assert_eq!(read.without_version().to_string(), package, "{text}");
            assert_eq!(Purl::parse(canonical).unwrap(), read, "{text}");
            round_trip(&read);
        }
        let read = Purl::parse("pkg:rpm/Fedora/Curl@7.50?arch=i386").unwrap();
        let parts = (read.kind(), read.namespace(), read.name(), read.version(), read.qualifier("arch"));
        assert_eq!(parts, ("rpm", "fedora".to_owned(), "Curl", Some("7.50"), Some("i386")));
    }

    #[test]
    fn refuses() {
        let long = format!("pkg:npm/{}", "a".repeat(5000));
        for text in [
            "",
            "npm/lodash",
            "pkg:",
            "pkg:npm",
            "pkg:npm/",
            "pkg:/npm",
            "pkg:1npm/a",
            "pkg:n_m/a",
            "http:npm/a",
            "pkg:npm/a?!",
            "pkg:npm/a?1x=y",
            "pkg:npm/a?x=1&X=2",
            "pkg:npm/%FF",
            "pkg:npm/a%2Fb",
            "pkg:npm/a/@",
            "pkg:npm/@a",
            &long,
        ] {
            assert!(Purl::parse(text).is_err(), "{text}");
        }
    }
}
