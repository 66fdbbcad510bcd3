//! Plain numbers: exact integers and decimals, and the few floating-point values that are neither.
//!
//! Quantities, durations and ports are types of their own.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::ParseError;
use super::error::shown;

/// An exact number.
///
/// Arithmetic is exact on 128-bit integers and decimals (LANGUAGE 9.6) and gives `None` on overflow. The order is
/// total, and equality follows it: `1.50` equals `1.5`, and the YAML float `0.1` equals the literal `0.1`.
#[derive(Debug, Clone, Copy)]
pub struct Number(Repr);

// INVARIANT: `Decimal` has a mantissa not divisible by ten and a scale above zero, so an integer is always `Int`.
// INVARIANT: `Float` is finite and at least 2^127 in magnitude, so no value has two representations.
#[derive(Debug, Clone, Copy)]
enum Repr {
    Int(i128),
    Decimal { mantissa: i128, scale: u16 },
    Float(f64),
}

/// 2^127, the first magnitude that the integers here do not hold.
const INT_LIMIT: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;

/// Longer fractions are written with an exponent.
const MAX_PLAIN_SCALE: u16 = 40;

impl Number {
    /// Zero.
    pub const ZERO: Self = Self(Repr::Int(0));

    /// A number from a mantissa and the count of its decimal places: `(15, 1)` is 1.5.
    #[must_use]
    pub fn from_decimal(mut mantissa: i128, mut scale: u16) -> Self {
        if mantissa == 0 {
            return Self::ZERO;
        }
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self(if scale == 0 { Repr::Int(mantissa) } else { Repr::Decimal { mantissa, scale } })
    }

    /// The number that a YAML or JSON floating-point scalar stands for; `None` if it is infinite or not a number.
    ///
    /// A whole number below 2^127 is taken at its exact value, a fraction at the shortest decimal that gives the same
    /// float: that is what was written and what Kubernetes prints again.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        if value.abs() >= INT_LIMIT {
            return Some(Self(Repr::Float(value)));
        }
        if value.fract() == 0.0 {
            // In range by the test above, so the conversion is exact.
            return Some(Self(Repr::Int(value as i128)));
        }
        Self::parse(&format!("{value:e}")).ok()
    }

    /// Reads `[+-]digits[.digits][e[+-]digits]`, as written in a policy or in a float scalar.
    ///
    /// # Errors
    /// If the text is not of that form, or needs more than 128 bits or 1,000 decimal places.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let not_a_number = |offset| ParseError::at(offset, format!("`{}` is not a number", shown(text)));
        let (negative, digits_start) = match text.as_bytes().first() {
            Some(b'-') => (true, 1),
            Some(b'+') => (false, 1),
            _ => (false, 0),
        };
        let body = &text[digits_start..];
        let (decimal, exponent) = match body.find(['e', 'E']) {
            None => (body, 0),
            Some(at) => {
                let written = &body[at + 1..];
                let digits = written.strip_prefix(['+', '-']).unwrap_or(written);
                if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(not_a_number(digits_start + at));
                }
                (&body[..at], written.parse::<i32>().unwrap_or(i32::MAX))
            }
        };
        let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, "0"));
        if whole.is_empty() || fraction.is_empty() {
            return Err(not_a_number(digits_start));
        }
        if let Some(at) = decimal.bytes().position(|b| !b.is_ascii_digit() && b != b'.') {
            return Err(not_a_number(digits_start + at));
        }
        if let Some(at) = fraction.find('.') {
            return Err(not_a_number(digits_start + whole.len() + 1 + at));
        }
        let fraction = fraction.trim_end_matches('0');
        Self::assemble(negative, whole, fraction, exponent)
            .ok_or_else(|| ParseError::at(0, format!("the number `{}` is out of range", shown(text))))
    }

    fn assemble(negative: bool, whole: &str, fraction: &str, exponent: i32) -> Option<Self> {
        let mut mantissa: i128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            let digit = i128::from(digit - b'0');
            // Counting downwards for negative numbers reaches the smallest one.
            let digit = if negative { -digit } else { digit };
            mantissa = mantissa.checked_mul(10)?.checked_add(digit)?;
        }
        if mantissa == 0 {
            return Some(Self::ZERO);
        }
        let scale = i64::try_from(fraction.len()).ok()? - i64::from(exponent);
        if scale <= 0 {
            let factor = power_of_ten(u32::try_from(-scale).ok()?)?;
            return Some(Self(Repr::Int(mantissa.checked_mul(factor)?)));
        }
        (scale <= 1000).then(|| u16::try_from(scale).ok()).flatten().map(|scale| Self::from_decimal(mantissa, scale))
    }

    /// The sum, or `None` on overflow.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let ((a, a_scale), (b, b_scale)) = (self.parts()?, other.parts()?);
        let scale = a_scale.max(b_scale);
        let a = a.checked_mul(power_of_ten(u32::from(scale - a_scale))?)?;
        let b = b.checked_mul(power_of_ten(u32::from(scale - b_scale))?)?;
        Some(Self::from_decimal(a.checked_add(b)?, scale))
    }

    /// The difference, or `None` on overflow.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let ((a, a_scale), (b, b_scale)) = (self.parts()?, other.parts()?);
        let scale = a_scale.max(b_scale);
        let a = a.checked_mul(power_of_ten(u32::from(scale - a_scale))?)?;
        let b = b.checked_mul(power_of_ten(u32::from(scale - b_scale))?)?;
        Some(Self::from_decimal(a.checked_sub(b)?, scale))
    }

    /// The product, or `None` on overflow.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let ((a, a_scale), (b, b_scale)) = (self.parts()?, other.parts()?);
        let scale = a_scale.checked_add(b_scale).filter(|scale| *scale <= 1000)?;
        Some(Self::from_decimal(a.checked_mul(b)?, scale))
    }

    /// The negation, or `None` on overflow.
    #[must_use]
    pub fn checked_neg(self) -> Option<Self> {
        Some(Self(match self.0 {
            Repr::Int(value) => Repr::Int(value.checked_neg()?),
            Repr::Decimal { mantissa, scale } => Repr::Decimal { mantissa: mantissa.checked_neg()?, scale },
            Repr::Float(value) => Repr::Float(-value),
        }))
    }

    /// The value as mantissa and count of decimal places; `None` for a float beyond 128 bits.
    #[must_use]
    pub fn parts(self) -> Option<(i128, u16)> {
        match self.0 {
            Repr::Int(value) => Some((value, 0)),
            Repr::Decimal { mantissa, scale } => Some((mantissa, scale)),
            Repr::Float(_) => None,
        }
    }

    /// The value if it is an integer of 64 bits.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        self.as_i128().and_then(|value| i64::try_from(value).ok())
    }

    /// The value if it is an integer of 128 bits.
    #[must_use]
    pub fn as_i128(self) -> Option<i128> {
        match self.0 {
            Repr::Int(value) => Some(value),
            Repr::Decimal { .. } | Repr::Float(_) => None,
        }
    }

    /// The nearest floating-point number, for export.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        match self.0 {
            Repr::Int(value) => value as f64,
            Repr::Decimal { mantissa, scale } => format!("{mantissa}e-{scale}").parse().unwrap_or(0.0),
            Repr::Float(value) => value,
        }
    }
}

/// `10^exponent`, or `None` beyond 10^38.
pub(super) fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

fn compare_decimals(a: (i128, u16), b: (i128, u16)) -> Ordering {
    let scale = a.1.max(b.1);
    let widen = |(mantissa, own): (i128, u16)| {
        power_of_ten(u32::from(scale - own)).and_then(|factor| mantissa.checked_mul(factor))
    };
    if a.0.signum() != b.0.signum() {
        return a.0.cmp(&b.0);
    }
    match (widen(a), widen(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        // Only the side of the smaller scale is multiplied, so at most one overflows, and that one is the larger
        // in magnitude. A zero never gets here: its sign is that of no other number.
        (None, _) => a.0.cmp(&0),
        (_, None) => 0.cmp(&b.0),
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.0, other.0) {
            (Repr::Float(a), Repr::Float(b)) => a.total_cmp(&b),
            (Repr::Float(a), _) => a.total_cmp(&0.0),
            (_, Repr::Float(b)) => 0.0_f64.total_cmp(&b),
            (Repr::Int(a), Repr::Int(b)) => a.cmp(&b),
            (Repr::Int(a), Repr::Decimal { mantissa, scale }) => compare_decimals((a, 0), (mantissa, scale)),
            (Repr::Decimal { mantissa, scale }, Repr::Int(b)) => compare_decimals((mantissa, scale), (b, 0)),
            (Repr::Decimal { mantissa: a, scale: a_scale }, Repr::Decimal { mantissa: b, scale: b_scale }) => {
                compare_decimals((a, a_scale), (b, b_scale))
            }
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            Repr::Int(value) => (value, 0_u16).hash(state),
            Repr::Decimal { mantissa, scale } => (mantissa, scale).hash(state),
            Repr::Float(value) => value.to_bits().hash(state),
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Int(i128::from(value)))
    }
}

impl From<i128> for Number {
    fn from(value: i128) -> Self {
        Self(Repr::Int(value))
    }
}

/// Canonical: no trailing zeros; an exponent only for more than 40 decimal places and for floats beyond 128 bits.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Repr::Int(value) => write!(f, "{value}"),
            Repr::Float(value) => write!(f, "{value:e}"),
            Repr::Decimal { mantissa, scale } if scale > MAX_PLAIN_SCALE => write!(f, "{mantissa}e-{scale}"),
            Repr::Decimal { mantissa, scale } => {
                let sign = if mantissa < 0 { "-" } else { "" };
                let places = usize::from(scale);
                let digits = format!("{:0>width$}", mantissa.unsigned_abs(), width = places + 1);
                let (whole, fraction) = digits.split_at(digits.len() - places);
                write!(f, "{sign}{whole}.{fraction}")
            }
        }
    }
}

impl serde::Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        // A float beyond 128 bits is printed with an exponent that `parse` refuses in source text.
        let float = || text.parse().ok().filter(|value: &f64| value.abs() >= INT_LIMIT).and_then(Self::from_f64);
        Self::parse(&text).or_else(|error| float().ok_or_else(|| serde::de::Error::custom(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn prints_what_it_reads() {
        for (text, printed) in [
            ("0", "0"),
            ("-0", "0"),
            ("007", "7"),
            ("+5", "5"),
            ("1.50", "1.5"),
            ("-0.05", "-0.05"),
            ("1e3", "1000"),
            ("1.25E+1", "12.5"),
            ("5e-3", "0.005"),
            ("100e-2", "1"),
            ("0e999999999999", "0"),
            ("9223372036854775808", "9223372036854775808"),
            ("170141183460469231731687303715884105727", "170141183460469231731687303715884105727"),
            ("-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728"),
            ("1e-45", "1e-45"),
        ] {
            assert_eq!(number(text).to_string(), printed, "{text}");
            round_trip(&number(text));
        }
    }

    #[test]
    fn refuses() {
        for text in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "1.2.3",
            "1e",
            "1e+",
            "e5",
            "0x10",
            "1_000",
            " 1",
            "1 ",
            "١",
            "NaN",
            "1e-1001",
            "170141183460469231731687303715884105728",
            "1e39",
            "1e99999999999",
            "--1",
            "+-1",
            "1ee3",
            "1.é",
        ] {
            assert!(Number::parse(text).is_err(), "{text}");
        }
        assert_eq!(Number::parse("12a").unwrap_err().message, "`12a` is not a number");
        assert_eq!(Number::parse("12a").unwrap_err().offset, 2);
    }

    #[test]
    fn is_ordered() {
        let rising = [
            Number::from_f64(f64::MIN).unwrap(),
            number("-170141183460469231731687303715884105728"),
            number("-1.5"),
            number("-1"),
            number("-1e-300"),
            number("0"),
            Number::from_f64(5e-324).unwrap(),
            number("1e-40"),
            number("0.1"),
            number("0.1000000000000000055511151231257827"),
            number("1"),
            number("1.0000000000000000000000000000000000001"),
            number("2"),
            number("9007199254740993"),
            number("170141183460469231731687303715884105727"),
            Number::from_f64(f64::MAX).unwrap(),
        ];
        for (i, a) in rising.iter().enumerate() {
            for (j, b) in rising.iter().enumerate() {
                assert_eq!(a.cmp(b), i.cmp(&j), "{a} against {b}");
            }
            round_trip(a);
        }
    }

    #[test]
    fn takes_floats_at_what_was_written() {
        for (float, text) in [
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (1e20, "100000000000000000000"),
            (-0.0, "0"),
            (18_446_744_073_709_551_616.0, "18446744073709551616"),
            (1e-7, "0.0000001"),
        ] {
            assert_eq!(Number::from_f64(float), Some(number(text)), "{text}");
        }
        assert_eq!(Number::from_f64(f64::NAN), None);
        assert_eq!(Number::from_f64(f64::INFINITY), None);
        assert_eq!(Number::from_f64(1e300).unwrap().to_string(), "1e300");
    }

    #[test]
    fn calculates() {
        let show = |result: Option<Number>| result.map_or("overflow".to_owned(), |n| n.to_string());
        for (a, b, sum, difference, product) in [
            ("1", "2", "3", "-1", "2"),
            ("0.1", "0.2", "0.3", "-0.1", "0.02"),
            ("2.5", "0.4", "2.9", "2.1", "1"),
            ("9223372036854775807", "1", "9223372036854775808", "9223372036854775806", "9223372036854775807"),
            ("1e38", "1e38", "overflow", "0", "overflow"),
            ("-1e38", "1e38", "0", "overflow", "overflow"),
            ("1e30", "1e-30", "overflow", "overflow", "1"),
        ] {
            let (a, b) = (number(a), number(b));
            assert_eq!(show(a.checked_add(b)), sum, "{a} + {b}");
            assert_eq!(show(a.checked_sub(b)), difference, "{a} - {b}");
            assert_eq!(show(a.checked_mul(b)), product, "{a} * {b}");
        }
        assert_eq!(number("-170141183460469231731687303715884105728").checked_neg(), None);
        assert_eq!(number("1.5").checked_neg(), Some(number("-1.5")));
        assert_eq!(Number::from_f64(1e300).unwrap().checked_add(number("1")), None);
    }

    #[test]
    fn converts() {
        assert_eq!(number("9223372036854775807").as_i64(), Some(i64::MAX));
        assert_eq!(number("9223372036854775808").as_i64(), None);
        assert_eq!(number("2.5").as_i64(), None);
        assert_eq!(number("2.5").to_f64(), 2.5);
        assert_eq!(Number::from(i64::MIN).to_string(), "-9223372036854775808");
    }
}
