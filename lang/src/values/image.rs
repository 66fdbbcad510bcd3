//! Container image references such as `registry.example:5000/team/app:1.2@sha256:…`.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;

use super::ParseError;
use super::error::shown;

/// Longest reference, in bytes; the path alone is held to 255 by the distribution specification.
const MAX_LENGTH: usize = 4096;

const MAX_PATH_LENGTH: usize = 255;
const MAX_TAG_LENGTH: usize = 128;

const DOCKER_HUB: &str = "docker.io";
const OLD_DOCKER_HUB: &str = "index.docker.io";
const OFFICIAL: &str = "library/";

/// An image reference, kept as written, with the places of its parts.
///
/// The accessors follow Docker's names: `nginx` is `docker.io/library/nginx`. The tag is never invented: a reference
/// without one has none. Equality is that of the full name, tag and digest; so `nginx` equals `docker.io/nginx`, and
/// does not equal `nginx:latest`. Printed as written.
#[derive(Debug, Clone)]
pub struct ImageRef {
    text: Box<str>,
    // INVARIANT: the ranges lie within `text`, in this order, and cover one part each without its punctuation.
    registry: Option<Range<usize>>,
    path: Range<usize>,
    tag: Option<Range<usize>>,
    digest: Option<Range<usize>>,
}

/// What a text says of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageText {
    /// A reference.
    Known(ImageRef),
    /// A text with `$` variables, which may become any reference.
    Unknown,
}

impl ImageText {
    /// Reads a text that may contain variables such as `$TAG` or `${REGISTRY:-x}`.
    ///
    /// # Errors
    /// As [`ImageRef::parse`], for a text without `$`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.contains('$') { Ok(Self::Unknown) } else { ImageRef::parse(text).map(Self::Known) }
    }
}

impl ImageRef {
    /// Reads a reference.
    ///
    /// Source: `ParseNormalizedNamed` of `github.com/distribution/reference` 0.6. A first part that Docker would only
    /// take as a path component without registry (`a_b.c/d`) is refused here.
    ///
    /// # Errors
    /// If the text is not a reference, or its name is a bare 64-digit identifier.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let refuse = |offset: usize, why: &str| {
            ParseError::at(offset, format!("`{}` is not an image reference: {why}", shown(text)))
        };
        if text.len() > MAX_LENGTH {
            return Err(refuse(MAX_LENGTH, "it is too long"));
        }
        if text.len() == 64 && text.bytes().all(is_lower_hex) {
            return Err(refuse(0, "64 hexadecimal digits are an identifier, not a name"));
        }
        let registry_end = text.find('/').filter(|end| is_registry(&text[..*end]));
        let path_start = registry_end.map_or(0, |end| end + 1);
        // A digest contains a colon, so it is cut off before the tag is looked for.
        let name_end = text[path_start..].find('@').map_or(text.len(), |at| path_start + at);
        let path_end = text[path_start..name_end].find(':').map_or(name_end, |at| path_start + at);
        let part = |end_of_previous: usize, end: usize| (end_of_previous < end).then_some(end_of_previous + 1..end);
        let parsed = Self {
            text: text.into(),
            registry: registry_end.map(|end| 0..end),
            path: path_start..path_end,
            tag: part(path_end, name_end),
            digest: part(name_end, text.len()),
        };
        parsed.check().map_err(|(offset, why)| refuse(offset, why))?;
        Ok(parsed)
    }

    fn check(&self) -> Result<(), (usize, &'static str)> {
        if let Some(registry) = &self.registry
            && !is_domain(&self.text[registry.clone()])
        {
            return Err((0, "the registry is not a host name with an optional port"));
        }
        let path = &self.text[self.path.clone()];
        if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err((self.path.start, "the name must be in lower case"));
        }
        if path.is_empty() {
            return Err((self.path.start, "it has no name"));
        }
        if self.path().len() > MAX_PATH_LENGTH {
            return Err((self.path.start, "the name is longer than 255 characters"));
        }
        if !path.split('/').all(is_path_component) {
            return Err((self.path.start, "the name is not lower-case words between single separators"));
        }
        if let Some(tag) = &self.tag
            && !is_tag(&self.text[tag.clone()])
        {
            return Err((tag.start, "the tag is not 1 to 128 of the characters `A-Za-z0-9_.-`"));
        }
        if let Some(digest) = &self.digest
            && !is_digest(&self.text[digest.clone()])
        {
            return Err((digest.start, "the digest is not `sha256:` with 64 hexadecimal digits"));
        }
        Ok(())
    }

    /// The registry, `docker.io` if none is written, and for `index.docker.io`.
    #[must_use]
    pub fn registry(&self) -> &str {
        match self.registry.as_ref().map(|range| &self.text[range.clone()]) {
            None | Some(OLD_DOCKER_HUB) => DOCKER_HUB,
            Some(registry) => registry,
        }
    }

    /// The name within the registry; `library/nginx` for `nginx`.
    #[must_use]
    pub fn path(&self) -> std::borrow::Cow<'_, str> {
        let written = &self.text[self.path.clone()];
        if self.registry() == DOCKER_HUB && !written.contains('/') {
            return format!("{OFFICIAL}{written}").into();
        }
        written.into()
    }

    /// Registry and path: `docker.io/library/nginx` for `nginx`.
    #[must_use]
    pub fn repository(&self) -> String {
        format!("{}/{}", self.registry(), self.path())
    }

    /// The tag, if one is written.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_ref().map(|range| &self.text[range.clone()])
    }

    /// The digest with its algorithm, if one is written.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_ref().map(|range| &self.text[range.clone()])
    }

    /// The reference as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the registry is written, in bytes of the text.
    #[must_use]
    pub fn registry_range(&self) -> Option<Range<usize>> {
        self.registry.clone()
    }

    /// Where the path is written, in bytes of the text.
    #[must_use]
    pub fn path_range(&self) -> Range<usize> {
        self.path.clone()
    }

    /// Where the name is written, with its registry if there is one, in bytes of the text.
    #[must_use]
    pub fn repository_range(&self) -> Range<usize> {
        self.registry.as_ref().map_or(self.path.start, |range| range.start)..self.path.end
    }

    /// Where the tag is written, without its colon, in bytes of the text.
    #[must_use]
    pub fn tag_range(&self) -> Option<Range<usize>> {
        self.tag.clone()
    }

    /// Where the digest is written, without its `@`, in bytes of the text.
    #[must_use]
    pub fn digest_range(&self) -> Option<Range<usize>> {
        self.digest.clone()
    }
}

/// Whether the part before the first slash names a registry and not the first part of a path on Docker Hub.
fn is_registry(first: &str) -> bool {
    first == "localhost" || first.contains(['.', ':']) || first.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn is_domain(text: &str) -> bool {
    let (host, port) = match text.rfind(']') {
        Some(end) => (&text[..=end], &text[end + 1..]),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port_is_fine = match port.strip_prefix(':') {
        Some(digits) => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => port.is_empty(),
    };
    port_is_fine && (is_bracketed_address(host) || host.split('.').all(is_domain_component))
}

fn is_bracketed_address(host: &str) -> bool {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(|address| {
        !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':')
    })
}

fn is_domain_component(component: &str) -> bool {
    !component.is_empty()
        && component.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !component.starts_with('-')
        && !component.ends_with('-')
}

/// Lower-case letters and digits, with `.`, `_`, `__` or any number of `-` between them.
fn is_path_component(component: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = component.as_bytes();
    let ends_are_words = bytes.first().copied().is_some_and(is_word) && bytes.last().copied().is_some_and(is_word);
    ends_are_words
        && component
            .split(|char: char| u8::try_from(char).is_ok_and(is_word))
            .all(|separator| matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-'))
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= MAX_TAG_LENGTH
        && tag.bytes().next().is_some_and(is_word)
        && tag.bytes().all(|byte| is_word(byte) || byte == b'.' || byte == b'-')
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, encoded)) = digest.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    encoded.len() == length && encoded.bytes().all(is_lower_hex)
}

impl PartialEq for ImageRef {
    fn eq(&self, other: &Self) -> bool {
        (self.registry(), self.path(), self.tag(), self.digest())
            == (other.registry(), other.path(), other.tag(), other.digest())
    }
}

impl Eq for ImageRef {}

impl Hash for ImageRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.registry(), self.path(), self.tag(), self.digest()).hash(state);
    }
}

/// As written.
impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

super::serde_as_text!(ImageRef);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    const HEX: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    /// `registry path tag digest`, `-` for what is not there; the written parts in brackets.
    fn check(text: &str, expected: &str) {
        let image = ImageRef::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let written = |range: Option<Range<usize>>| range.map_or("-".to_owned(), |range| text[range].to_owned());
        let shown = format!(
            "{} {} {} {} [{} {} {} {}]",
            image.registry(),
            image.path(),
            image.tag().unwrap_or("-"),
            image.digest().unwrap_or("-"),
            written(image.registry_range()),
            written(Some(image.path_range())),
            written(image.tag_range()),
            written(image.digest_range()),
        );
        assert_eq!(shown.replace(HEX, "HEX"), expected, "{text}");
        assert_eq!(image.repository(), format!("{}/{}", image.registry(), image.path()));
        assert_eq!(image.to_string(), text);
        round_trip(&image);
    }

    #[test]
    fn reads_parts() {
        for (text, expected) in [
            ("nginx", "docker.io library/nginx - - [- nginx - -]"),
            ("nginx:1.27", "docker.io library/nginx 1.27 - [- nginx 1.27 -]"),
            ("acme/app", "docker.io acme/app - - [- acme/app - -]"),
            ("docker.io/nginx", "docker.io library/nginx - - [docker.io nginx - -]"),
            ("index.docker.io/nginx:1", "docker.io library/nginx 1 - [index.docker.io nginx 1 -]"),
            ("registry.example:5000/app", "registry.example:5000 app - - [registry.example:5000 app - -]"),
            ("registry:5000", "docker.io library/registry 5000 - [- registry 5000 -]"),
            ("registry:5000/app:2", "registry:5000 app 2 - [registry:5000 app 2 -]"),
            ("localhost/app", "localhost app - - [localhost app - -]"),
            ("localhost", "docker.io library/localhost - - [- localhost - -]"),
            ("[::1]:5000/a", "[::1]:5000 a - - [[::1]:5000 a - -]"),
            ("[2001:db8::1]/a/b:c", "[2001:db8::1] a/b c - [[2001:db8::1] a/b c -]"),
            ("10.0.0.1:80/a", "10.0.0.1:80 a - - [10.0.0.1:80 a - -]"),
            ("MyHost/a", "MyHost a - - [MyHost a - -]"),
            ("a/b/c/d:T_a.g-", "docker.io a/b/c/d T_a.g- - [- a/b/c/d T_a.g- -]"),
            ("a--b/c__d/e.f", "docker.io a--b/c__d/e.f - - [- a--b/c__d/e.f - -]"),
        ] {
            check(text, expected);
        }
        check(&format!("app@sha256:{HEX}"), "docker.io library/app - sha256:HEX [- app - sha256:HEX]");
        check(&format!("ghcr.io/a/b:1@sha256:{HEX}"), "ghcr.io a/b 1 sha256:HEX [ghcr.io a/b 1 sha256:HEX]");
    }

    #[test]
    fn refuses() {
        let long = "a".repeat(248);
        for (text, offset, why) in [
            ("", 0, "it has no name"),
            (":1", 0, "it has no name"),
            ("ghcr.io/", 8, "it has no name"),
            ("Nginx", 0, "the name must be in lower case"),
            ("a/B", 0, "the name must be in lower case"),
            ("nginx:", 0, ""),
            ("nginx:-a", 6, "the tag is not 1 to 128 of the characters `A-Za-z0-9_.-`"),
            ("nginx:a:b", 6, "the tag is not 1 to 128 of the characters `A-Za-z0-9_.-`"),
            ("app@sha256:abc", 4, "the digest is not `sha256:` with 64 hexadecimal digits"),
            ("app@", 0, ""),
            (HEX, 0, "64 hexadecimal digits are an identifier, not a name"),
            ("a//b", 0, "the name is not lower-case words between single separators"),
            ("a___b", 0, "the name is not lower-case words between single separators"),
            ("a..b", 0, "the name is not lower-case words between single separators"),
            ("-a", 0, "the name is not lower-case words between single separators"),
            ("a b", 0, "the name is not lower-case words between single separators"),
            ("é", 0, "the name is not lower-case words between single separators"),
            ("https://ghcr.io/a", 0, "the registry is not a host name with an optional port"),
            ("-x.io/a", 0, "the registry is not a host name with an optional port"),
            ("x.io:/a", 0, "the registry is not a host name with an optional port"),
            ("[::1/a", 0, "the registry is not a host name with an optional port"),
            (long.as_str(), 0, "the name is longer than 255 characters"),
        ] {
            let error = ImageRef::parse(text).unwrap_err();
            assert!(error.message.ends_with(why), "{text}: {}", error.message);
            assert!(why.is_empty() || error.offset == offset, "{text}: {}", error.offset);
        }
        assert!(ImageRef::parse(&format!("app@SHA256:{HEX}")).is_err());
        assert!(ImageRef::parse(&format!("app@sha256:{}", HEX.to_uppercase())).is_err());
    }

    #[test]
    fn compares_full_names() {
        for (a, b, equal) in [
            ("nginx", "docker.io/library/nginx", true),
            ("nginx", "index.docker.io/nginx", true),
            ("nginx", "nginx:latest", false),
            ("a.io/nginx", "nginx", false),
        ] {
            assert_eq!(ImageRef::parse(a).unwrap() == ImageRef::parse(b).unwrap(), equal, "{a} and {b}");
        }
    }

    #[test]
    fn variables_are_unknown() {
        assert_eq!(ImageText::parse("nginx:${TAG}"), Ok(ImageText::Unknown));
        assert_eq!(ImageText::parse("$IMAGE"), Ok(ImageText::Unknown));
        assert_eq!(ImageText::parse("nginx"), Ok(ImageText::Known(ImageRef::parse("nginx").unwrap())));
        assert!(ImageText::parse("Nginx").is_err());
    }
}
