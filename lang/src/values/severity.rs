//! How bad a finding is.

use std::fmt;

use super::ParseError;
use super::error::shown;

/// How bad a finding is, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be changed some day.
    Low,
    /// Should be changed.
    Medium,
    /// Must be changed soon.
    High,
    /// Must be changed now.
    Critical,
}

impl Severity {
    /// All severities, least first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Reads one of the five words, in lower case.
    ///
    /// # Errors
    /// If the text is another word.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == text).ok_or_else(|| {
            ParseError::at(0, format!("`{}` is not a severity", shown(text)))
                .with_hint("write `info`, `low`, `medium`, `high` or `critical`")
        })
    }

    /// The word of the language.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// The word of the language.
impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

super::serde_as_text!(Severity);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    #[test]
    fn reads_prints_and_orders() {
        for severity in Severity::ALL {
            assert_eq!(Severity::parse(severity.as_str()).unwrap(), severity);
            round_trip(&severity);
        }
        assert!(Severity::ALL.is_sorted());
        assert_eq!(Severity::parse("High").unwrap_err().message, "`High` is not a severity");
    }
}
