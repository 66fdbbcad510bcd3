//! Spans of time, in the syntax of Go with days.

use std::fmt;

use super::error::shown;
use super::{Number, ParseError};

/// A span of time in nanoseconds; may be negative. Printed as Go prints it, without the parts that are zero: `336h`,
/// `1m30s`, `1.5s`, `250ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(i128);

const MICROSECOND: i128 = 1_000;
const MILLISECOND: i128 = 1_000_000;
const SECOND: i128 = 1_000_000_000;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;

/// Spans are held below 2^120 nanoseconds either way, far beyond the years 0 to 9999, so that one literal cannot use
/// up the range.
const LIMIT: i128 = 1 << 120;

const UNITS: [(&str, i128); 9] = [
    ("ns", 1),
    ("us", MICROSECOND),
    ("µs", MICROSECOND),
    ("μs", MICROSECOND),
    ("ms", MILLISECOND),
    ("s", SECOND),
    ("m", MINUTE),
    ("h", HOUR),
    ("d", DAY),
];

impl Duration {
    /// One day of 24 hours.
    pub const DAY: Self = Self(DAY);

    /// Reads one or more numbers with the units `d h m s ms us µs ns`, after an optional sign, or a bare `0`.
    ///
    /// Source: `ParseDuration` of Go's package `time`, with `d` for 24 hours and without its limit of 292 years.
    /// What is finer than a nanosecond is cut off, as there.
    ///
    /// # Errors
    /// If the text is not of that form, or too long a span.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let refuse = |offset| {
            ParseError::at(offset, format!("`{}` is not a duration", shown(text)))
                .with_hint("write numbers with the units d, h, m, s or ms, such as `36h` or `1m30s`")
        };
        let body = text.strip_prefix(['-', '+']).unwrap_or(text);
        if body == "0" {
            return Ok(Self(0));
        }
        if body.is_empty() {
            return Err(refuse(text.len()));
        }
        let mut rest = body;
        let mut total: i128 = 0;
        while !rest.is_empty() {
            let offset = text.len() - rest.len();
            let (term, after) = term(rest).ok_or_else(|| refuse(offset))?;
            total = term
                .and_then(|term| total.checked_add(term))
                .filter(|total| *total < LIMIT)
                .ok_or_else(|| ParseError::at(0, format!("the duration `{}` is too long", shown(text))))?;
            rest = after;
        }
        Ok(Self(if text.starts_with('-') { -total } else { total }))
    }

    /// A span of nanoseconds.
    #[must_use]
    pub fn from_nanos(nanos: i128) -> Self {
        Self(nanos)
    }

    /// The span in nanoseconds.
    #[must_use]
    pub fn nanos(self) -> i128 {
        self.0
    }

    /// The span in seconds.
    #[must_use]
    pub fn to_seconds(self) -> Number {
        Number::from_decimal(self.0, 9)
    }

    /// The sum, or `None` on overflow.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` on overflow.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The span times a number, cut off below a nanosecond; `None` on overflow.
    #[must_use]
    pub fn checked_mul(self, factor: Number) -> Option<Self> {
        let (mantissa, scale) = factor.parts()?;
        let product = self.0.checked_mul(mantissa)?;
        // With more decimal places than 128 bits hold, less than a nanosecond is left of any product.
        Some(Self(super::number::power_of_ten(u32::from(scale)).map_or(0, |divisor| product / divisor)))
    }

    /// The negation, or `None` on overflow.
    #[must_use]
    pub fn checked_neg(self) -> Option<Self> {
        self.0.checked_neg().map(Self)
    }
}

/// One number with its unit: nanoseconds (`None` if they are too many) and the text behind it.
fn term(text: &str) -> Option<(Option<i128>, &str)> {
    let digits_end = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = text.split_at(digits_end(text));
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(digits_end(rest)),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let unit_end = rest.find(|char: char| char == '.' || char.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(unit_end);
    let (_, unit) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let whole = if whole.is_empty() { Some(0) } else { whole.parse::<i128>().ok() };
    let nanos = whole.and_then(|whole| whole.checked_mul(*unit)).map(|nanos| nanos + part_of(*unit, fraction));
    Some((nanos.filter(|nanos| *nanos < LIMIT), rest))
}

/// `0.fraction` of a unit, in whole nanoseconds; exact, from the last digit to the first.
fn part_of(unit: i128, fraction: &str) -> i128 {
    fraction.bytes().rev().fold(0, |part, byte| (part + i128::from(byte - b'0') * unit) / 10)
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NANOS: u128 = SECOND.unsigned_abs();
        let magnitude = self.0.unsigned_abs();
        if magnitude == 0 {
            return f.write_str("0s");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        if magnitude < NANOS {
            let (unit, name) = match magnitude {
                0..1_000 => (1, "ns"),
                1_000..1_000_000 => (MICROSECOND, "µs"),
                _ => (MILLISECOND, "ms"),
            };
            return write_part(f, magnitude, unit.unsigned_abs(), name);
        }
        let hours = magnitude / HOUR.unsigned_abs();
        let minutes = magnitude / MINUTE.unsigned_abs() % 60;
        let rest = magnitude % MINUTE.unsigned_abs();
        if hours > 0 {
            write!(f, "{hours}h")?;
        }
        if minutes > 0 {
            write!(f, "{minutes}m")?;
        }
        if rest > 0 { write_part(f, rest, NANOS, "s") } else { Ok(()) }
    }
}

/// Nanoseconds in a unit that is a power of ten, with decimals if needed.
fn write_part(f: &mut fmt::Formatter<'_>, nanos: u128, unit: u128, name: &str) -> fmt::Result {
    write!(f, "{}", nanos / unit)?;
    let fraction = nanos % unit;
    if fraction > 0 {
        let places = usize::try_from(unit.ilog10()).unwrap_or(0);
        let digits = format!("{fraction:0places$}");
        write!(f, ".{}", digits.trim_end_matches('0'))?;
    }
    f.write_str(name)
}

super::serde_as_text!(Duration);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    #[test]
    fn reads_and_prints() {
        for (text, nanos, printed) in [
            ("0", 0, "0s"),
            ("-0", 0, "0s"),
            ("0s", 0, "0s"),
            ("8h", 8 * HOUR, "8h"),
            ("14d", 14 * DAY, "336h"),
            ("2160h", 90 * DAY, "2160h"),
            ("1m30s", 90 * SECOND, "1m30s"),
            ("1h30m", 90 * MINUTE, "1h30m"),
            ("1h0.5s", HOUR + SECOND / 2, "1h0.5s"),
            ("1.5d", 36 * HOUR, "36h"),
            (".5s", SECOND / 2, "500ms"),
            ("5.s", 5 * SECOND, "5s"),
            ("-1.5h", -90 * MINUTE, "-1h30m"),
            ("+5s", 5 * SECOND, "5s"),
            ("1us", 1000, "1µs"),
            ("1µs1μs", 2000, "2µs"),
            ("1500us", 1_500_000, "1.5ms"),
            ("1.9ns", 1, "1ns"),
            ("0.000000001s", 1, "1ns"),
            ("1ns2ms3s", 3_002_000_001, "3.002000001s"),
            ("9223372036854775808ns", 9_223_372_036_854_775_808, "2562047h47m16.854775808s"),
            ("3650000d", 3_650_000 * DAY, "87600000h"),
        ] {
            let read = Duration::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((read.nanos(), read.to_string().as_str()), (nanos, printed), "{text}");
            round_trip(&read);
        }
    }

    #[test]
    fn refuses() {
        for text in [
            "", "-", "1", "h", "1x", "1 h", " 1h", "1h ", ".s", "1.2.3s", "--1s", "1e3s", "1w", "1H", "1hm", "00",
            "1m-30s", "1é",
        ] {
            assert_eq!(Duration::parse(text).unwrap_err().message, format!("`{text}` is not a duration"));
        }
        for text in ["99999999999999999999999999999999d", &format!("{}s", "9".repeat(100))] {
            assert!(Duration::parse(text).unwrap_err().message.ends_with("is too long"), "{text}");
        }
        assert_eq!(Duration::parse("1h2x").unwrap_err().offset, 2);
    }

    #[test]
    fn calculates() {
        let duration = |text| Duration::parse(text).unwrap();
        assert_eq!(duration("1h").checked_add(duration("30m")), Some(duration("90m")));
        assert_eq!(duration("1h").checked_sub(duration("90m")), Some(duration("-30m")));
        assert_eq!(duration("1h").checked_mul(Number::parse("1.5").unwrap()), Some(duration("90m")));
        assert_eq!(duration("1h").checked_mul(Number::parse("1e30").unwrap()), None);
        assert_eq!(duration("1h").checked_neg(), Some(duration("-1h")));
        assert_eq!(Duration::from_nanos(i128::MAX).checked_add(duration("1ns")), None);
        assert_eq!(duration("90s").to_seconds(), Number::from(90_i64));
        assert!(duration("7d") < duration("169h"));
    }
}
