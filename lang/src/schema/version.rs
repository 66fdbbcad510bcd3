//! The number of a Kubernetes version, as users and clusters write it.

use std::fmt;
use std::str::FromStr;

/// A minor version of Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesVersion {
    /// The part before the first dot; 1 for all there are.
    pub major: u16,
    /// The part after it.
    pub minor: u16,
}

/// The text is no Kubernetes version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAVersion;

impl fmt::Display for NotAVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Kubernetes version is written like `1.34`")
    }
}

impl std::error::Error for NotAVersion {}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for KubernetesVersion {
    type Err = NotAVersion;

    /// Reads `1.34` and, since clusters report them, also `v1.34`, `1.34.2`, `v1.34.2-gke.100` and `1.34+`.
    ///
    /// # Errors
    ///
    /// [`NotAVersion`] for anything else.
    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let core = text.split(['-', '+']).next().unwrap_or_default();
        let mut parts = core.split('.');
        let (Some(major), Some(minor), patch, None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(NotAVersion);
        };
        if let Some(patch) = patch {
            number(patch)?;
        }
        Ok(Self { major: number(major)?, minor: number(minor)? })
    }
}

fn number(text: &str) -> Result<u16, NotAVersion> {
    // `parse` alone would take a sign.
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotAVersion);
    }
    text.parse().map_err(|_| NotAVersion)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_clusters_write() {
        for (text, expected) in [
            ("1.34", "1.34"),
            ("v1.34", "1.34"),
            (" 1.9 ", "1.9"),
            ("1.28.3", "1.28"),
            ("v1.28.3-gke.100", "1.28"),
            ("1.27+", "1.27"),
            ("v1.30.1+k3s1", "1.30"),
            ("1", "-"),
            ("", "-"),
            ("v", "-"),
            ("1.", "-"),
            ("1.x", "-"),
            ("1.+3", "-"),
            ("1.2.3.4", "-"),
            ("1.99999", "-"),
            ("-1.2", "-"),
        ] {
            let read = text.parse::<KubernetesVersion>().map_or("-".to_owned(), |version| version.to_string());
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn orders_by_number() {
        assert!("1.9".parse::<KubernetesVersion>().unwrap() < "1.10".parse().unwrap());
    }
}
