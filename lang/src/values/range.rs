//! Ranges of integers such as `1..1023`.

use std::fmt;

use super::error::shown;
use super::{Number, ParseError};

/// Integers from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IntRange {
    // INVARIANT: `start <= end`, so no range is empty.
    start: i64,
    end: i64,
}

impl IntRange {
    /// The range from `start` to `end`, both included; `None` if `end` comes first.
    #[must_use]
    pub fn new(start: i64, end: i64) -> Option<Self> {
        (start <= end).then_some(Self { start, end })
    }

    /// Reads `a..b`.
    ///
    /// # Errors
    /// If one side is not an integer of 64 bits, or the range runs backwards.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let refuse = |offset| {
            ParseError::at(offset, format!("`{}` is not a range", shown(text)))
                .with_hint("write two integers with `..` between them, such as `1..1023`")
        };
        let (start, end) = text.split_once("..").ok_or_else(|| refuse(0))?;
        let from = start.parse().map_err(|_| refuse(0))?;
        let to = end.parse().map_err(|_| refuse(start.len() + 2))?;
        Self::new(from, to).ok_or_else(|| {
            ParseError::at(0, format!("the range `{text}` runs backwards")).with_hint(format!("write `{to}..{from}`"))
        })
    }

    /// The least integer of the range.
    #[must_use]
    pub fn start(self) -> i64 {
        self.start
    }

    /// The greatest integer of the range.
    #[must_use]
    pub fn end(self) -> i64 {
        self.end
    }

    /// Whether the number lies between the ends, them included; it need not be an integer.
    #[must_use]
    pub fn contains(self, number: Number) -> bool {
        Number::from(self.start) <= number && number <= Number::from(self.end)
    }

    /// Whether all of this range lies in the other.
    #[must_use]
    pub fn is_within(self, other: Self) -> bool {
        other.start <= self.start && self.end <= other.end
    }

    /// Whether the two ranges have an integer in common.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

/// A range of one integer.
impl From<i64> for IntRange {
    fn from(value: i64) -> Self {
        Self { start: value, end: value }
    }
}

/// `a..b`, also for a range of one integer: `80..80`.
impl fmt::Display for IntRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

super::serde_as_text!(IntRange);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    fn range(text: &str) -> IntRange {
        IntRange::parse(text).unwrap()
    }

    #[test]
    fn reads() {
        for text in ["1..1023", "80..80", "-5..-1", "-9223372036854775808..9223372036854775807"] {
            assert_eq!(range(text).to_string(), text);
            round_trip(&range(text));
        }
        for (text, offset) in [("", 0), ("1", 0), ("1..", 3), ("..2", 0), ("1...2", 3), ("1..x", 3), ("2..1", 0)] {
            assert_eq!(IntRange::parse(text).unwrap_err().offset, offset, "{text}");
        }
        assert!(IntRange::parse("0..9223372036854775808").is_err());
    }

    #[test]
    fn relates() {
        for (a, b, within, overlaps) in [
            ("1..2", "1..3", true, true),
            ("1..3", "1..2", false, true),
            ("1..2", "2..3", false, true),
            ("1..2", "3..4", false, false),
            ("80..80", "1..1023", true, true),
        ] {
            assert_eq!(range(a).is_within(range(b)), within, "{a} within {b}");
            assert_eq!(range(a).overlaps(range(b)), overlaps, "{a} overlaps {b}");
            assert_eq!(range(b).overlaps(range(a)), overlaps, "{b} overlaps {a}");
        }
        for (number, inside) in [("0", false), ("1", true), ("1.5", true), ("2", true), ("2.01", false)] {
            assert_eq!(range("1..2").contains(Number::parse(number).unwrap()), inside, "{number}");
        }
    }
}
