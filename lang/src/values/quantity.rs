//! Kubernetes resource quantities: amounts of CPU, memory and storage such as `250m`, `512Mi` and `1e3`.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::ParseError;
use super::error::shown;
use super::number::{Number, power_of_ten};

/// An amount, as an exact count of nano-units, with the suffix that it was written with.
///
/// Reads what `k8s.io/apimachinery/pkg/api/resource.ParseQuantity` reads. Amounts finer than a nano-unit are rounded
/// away from zero, and binary amounts are held between ±(2^63-1), both as there. Equality and order look only at the
/// amount: `1Gi` equals `1024Mi`.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    nanos: i128,
    form: Form,
}

/// How an amount was written, which says how it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A decimal suffix, `n` (-9) to `E` (18).
    Decimal(i8),
    /// A binary suffix, none (0) or `Ki` (10) to `Ei` (60).
    Binary(u8),
    /// An exponent, as `3` in `1e3`.
    Exponent(i8),
}

const NANO: i128 = 1_000_000_000;

/// The largest binary amount of Kubernetes, in nano-units.
const BINARY_CAP: u128 = (i64::MAX as u128) * NANO.unsigned_abs();

const DECIMAL_SUFFIXES: [(&str, i8); 10] =
    [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];

const BINARY_SUFFIXES: [(&str, u8); 6] = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];

impl Quantity {
    /// Reads an amount.
    ///
    /// Source: `ParseQuantity` of `k8s.io/apimachinery` 0.37. Like it, this takes `.5`, `5.` and `+1`, reads `1E` as
    /// exa and `1E3` as an exponent, and takes a missing number as zero (`Ki`, `-`, but not
    /// `Pi`).
    ///
    /// # Errors
    /// If Kubernetes refuses the text, or if the amount needs more than 128 bits of nano-units (from about `1.7e29`),
    /// which Kubernetes would keep.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let refuse = |offset| {
            ParseError::at(offset, format!("`{}` is not a quantity", shown(text)))
                .with_hint("write a number with one of the suffixes n u m k M G T P E or Ki Mi Gi Ti Pi Ei")
        };
        if text.is_empty() {
            return Err(refuse(0));
        }
        let (negative, start) = match text.as_bytes().first() {
            Some(b'-') => (true, 1),
            Some(b'+') => (false, 1),
            _ => (false, 0),
        };
        let whole_end = digits_end(text, start);
        let (fraction_start, fraction_end) = match text.as_bytes().get(whole_end) {
            Some(b'.') => (whole_end + 1, digits_end(text, whole_end + 1)),
            _ => (whole_end, whole_end),
        };
        let form = suffix(&text[fraction_end..]).ok_or_else(|| refuse(fraction_end))?;
        // A missing number is zero there by accident, and only on the fast path of the parser.
        let missing = whole_end == start && fraction_start == fraction_end;
        if missing && matches!(form, Written::Binary(50..) | Written::Exponent(..-9)) {
            return Err(refuse(start));
        }
        let whole = text[start..whole_end].trim_start_matches('0');
        let fraction = &text[fraction_start..fraction_end];
        let magnitude = match form {
            Written::Binary(exponent) => Some(binary_nanos(whole, fraction, exponent)),
            Written::Decimal(exponent) => decimal_nanos(whole, fraction, i64::from(exponent)),
            Written::Exponent(exponent) => decimal_nanos(whole, fraction, exponent),
        };
        let nanos = magnitude
            .and_then(|magnitude| i128::try_from(magnitude).ok())
            .ok_or_else(|| ParseError::at(0, format!("the quantity `{}` is too large to be compared", shown(text))))?;
        Ok(Self { nanos: if negative { -nanos } else { nanos }, form: form.form() })
    }

    /// An amount of nano-units, printed as plain number.
    #[must_use]
    pub fn from_nanos(nanos: i128) -> Self {
        Self { nanos, form: Form::Decimal(0) }
    }

    /// The amount that a plain number stands for, rounded away from zero below a nano-unit; `None` if it is too large.
    #[must_use]
    pub fn from_number(number: Number) -> Option<Self> {
        Self { nanos: NANO, form: Form::Decimal(0) }.checked_mul(number)
    }

    /// The amount in nano-units.
    #[must_use]
    pub fn nanos(self) -> i128 {
        self.nanos
    }

    /// The amount as a plain number.
    #[must_use]
    pub fn to_number(self) -> Number {
        Number::from_decimal(self.nanos, 9)
    }

    /// The sum, written like the left side; `None` on overflow.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Some(Self { nanos: self.nanos.checked_add(other.nanos)?, form: self.form })
    }

    /// The difference, written like the left side; `None` on overflow.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Some(Self { nanos: self.nanos.checked_sub(other.nanos)?, form: self.form })
    }

    /// The amount times a number, rounded away from zero below a nano-unit; `None` on overflow.
    #[must_use]
    pub fn checked_mul(self, factor: Number) -> Option<Self> {
        let (mantissa, scale) = factor.parts()?;
        let product = self.nanos.checked_mul(mantissa)?;
        let nanos = match power_of_ten(u32::from(scale)) {
            Some(divisor) => divide_away_from_zero(product, divisor),
            // More decimal places than 128 bits hold: what is left of any product is less than a nano-unit.
            None => product.signum(),
        };
        Some(Self { nanos, form: self.form })
    }

    /// The negation; `None` on overflow.
    #[must_use]
    pub fn checked_neg(self) -> Option<Self> {
        Some(Self { nanos: self.nanos.checked_neg()?, form: self.form })
    }
}

/// A suffix before the exponent is known to be of a printable size.
#[derive(Clone, Copy)]
enum Written {
    Decimal(i8),
    Binary(u8),
    Exponent(i64),
}

impl Written {
    fn form(self) -> Form {
        match self {
            Self::Decimal(exponent) => Form::Decimal(exponent),
            Self::Binary(exponent) => Form::Binary(exponent),
            Self::Exponent(exponent) => Form::Exponent(i8::try_from(exponent.clamp(-9, 29)).unwrap_or(0)),
        }
    }
}

fn digits_end(text: &str, start: usize) -> usize {
    start + text.as_bytes()[start..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn suffix(text: &str) -> Option<Written> {
    if let Some((_, exponent)) = DECIMAL_SUFFIXES.iter().find(|(name, _)| *name == text) {
        return Some(Written::Decimal(*exponent));
    }
    if let Some((_, exponent)) = BINARY_SUFFIXES.iter().find(|(name, _)| *name == text) {
        return Some(Written::Binary(*exponent));
    }
    let exponent = text.strip_prefix(['e', 'E'])?;
    // Kubernetes cuts the exponent to 32 bits, so that `1e4294967296` is 1 there; here it is out of range.
    exponent.parse().ok().map(Written::Exponent)
}

/// The nano-units of `whole.fraction * 10^exponent`, rounded up; `None` if they exceed 128 bits.
fn decimal_nanos(whole: &str, fraction: &str, exponent: i64) -> Option<u128> {
    let digits = || whole.bytes().chain(fraction.bytes()).map(|byte| u128::from(byte - b'0'));
    let leading_zeros = digits().take_while(|digit| *digit == 0).count();
    let significant = whole.len() + fraction.len() - leading_zeros;
    if significant == 0 {
        return Some(0);
    }
    // How many of the significant digits, followed by zeros if there are too few, stand before the nano point.
    let shift = exponent.checked_add(9)?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let kept = shift.checked_add(i64::try_from(significant).ok()?)?;
    if kept <= 0 {
        return Some(1);
    }
    if kept > 39 {
        return None;
    }
    let kept = usize::try_from(kept).ok()?;
    let mut nanos: u128 = 0;
    let mut rest = digits().skip(leading_zeros);
    for _ in 0..kept {
        nanos = nanos.checked_mul(10)?.checked_add(rest.next().unwrap_or(0))?;
    }
    nanos.checked_add(u128::from(rest.any(|digit| digit != 0)))
}

/// The nano-units of `whole.fraction * 2^exponent`, rounded up and held at the cap of Kubernetes.
fn binary_nanos(whole: &str, fraction: &str, exponent: u8) -> u128 {
    let unit = (1_u128 << exponent) * NANO.unsigned_abs();
    // From right to left: `floor((n + v) / 10)` is `floor((n + floor(v)) / 10)` for whole `n`, so this stays exact.
    let mut part: u128 = 0;
    let mut inexact = false;
    for byte in fraction.bytes().rev() {
        let sum = part + u128::from(byte - b'0') * unit;
        inexact |= !sum.is_multiple_of(10);
        part = sum / 10;
    }
    let whole = if whole.is_empty() { Some(0) } else { whole.parse::<u128>().ok() };
    whole
        .and_then(|whole| whole.checked_mul(unit))
        .and_then(|nanos| nanos.checked_add(part + u128::from(inexact)))
        .map_or(BINARY_CAP, |nanos| nanos.min(BINARY_CAP))
}

fn divide_away_from_zero(value: i128, divisor: i128) -> i128 {
    let quotient = value / divisor;
    if value % divisor == 0 { quotient } else { quotient + value.signum() }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Quantity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.nanos.hash(state);
    }
}

/// A whole number with the suffix as written, or with the largest smaller one that keeps it whole: `4096Mi` stays,
/// `0.5Gi` becomes `512Mi`, `0.1` becomes `100m`.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.nanos < 0 { "-" } else { "" };
        let magnitude = self.nanos.unsigned_abs();
        if magnitude == 0 {
            return f.write_str("0");
        }
        match self.form {
            // Past the cap the text would be read back as another amount.
            Form::Binary(exponent) if magnitude <= BINARY_CAP => {
                let fitting = BINARY_SUFFIXES
                    .iter()
                    .rev()
                    .filter(|(_, own)| *own <= exponent)
                    .map(|(name, own)| (*name, (1_u128 << own) * NANO.unsigned_abs()))
                    .find(|(_, unit)| magnitude.is_multiple_of(*unit));
                match fitting {
                    Some((name, unit)) => write!(f, "{sign}{}{name}", magnitude / unit),
                    None => write_decimal(f, sign, magnitude, 0),
                }
            }
            Form::Binary(_) => write_decimal(f, sign, magnitude, 0),
            Form::Decimal(exponent) => write_decimal(f, sign, magnitude, exponent),
            Form::Exponent(exponent) => write_exponent(f, sign, magnitude, exponent),
        }
    }
}

fn decimal_unit(exponent: i8) -> Option<u128> {
    10_u128.checked_pow(u32::try_from(exponent + 9).ok()?)
}

fn write_decimal(f: &mut fmt::Formatter<'_>, sign: &str, magnitude: u128, exponent: i8) -> fmt::Result {
    let fitting = DECIMAL_SUFFIXES
        .iter()
        .rev()
        .filter(|(_, own)| *own <= exponent)
        .filter_map(|(name, own)| Some((*name, decimal_unit(*own)?)))
        .find(|(_, unit)| magnitude.is_multiple_of(*unit));
    let (name, unit) = fitting.unwrap_or(("n", 1));
    write!(f, "{sign}{}{name}", magnitude / unit)
}

fn write_exponent(f: &mut fmt::Formatter<'_>, sign: &str, magnitude: u128, written: i8) -> fmt::Result {
    let fitting = (-9..=written)
        .rev()
        .filter_map(|exponent| Some((exponent, decimal_unit(exponent)?)))
        .find(|(_, unit)| magnitude.is_multiple_of(*unit));
    let (exponent, unit) = fitting.unwrap_or((-9, 1));
    write!(f, "{sign}{}e{exponent}", magnitude / unit)
}

super::serde_as_text!(Quantity);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn reads_and_prints() {
        for (text, nanos, printed) in [
            ("0", 0, "0"),
            ("0Mi", 0, "0"),
            ("1", NANO, "1"),
            ("+1", NANO, "1"),
            ("-1", -NANO, "-1"),
            ("1000m", NANO, "1000m"),
            ("0.1", NANO / 10, "100m"),
            (".5", NANO / 2, "500m"),
            ("5.", 5 * NANO, "5"),
            ("250m", NANO / 4, "250m"),
            ("1u", 1000, "1u"),
            ("1n", 1, "1n"),
            ("0.1n", 1, "1n"),
            ("-0.1n", -1, "-1n"),
            ("1.0000000001", NANO + 1, "1000000001n"),
            ("1.000000000000", NANO, "1"),
            ("1e-10", 1, "1e-9"),
            ("1e-99999", 1, "1e-9"),
            ("1k", 1000 * NANO, "1k"),
            ("1e3", 1000 * NANO, "1e3"),
            ("1E3", 1000 * NANO, "1e3"),
            ("12e5", 1_200_000 * NANO, "12e5"),
            ("1.5e3", 1500 * NANO, "15e2"),
            ("0e999999", 0, "0"),
            ("1E", 1_000_000_000_000_000_000 * NANO, "1E"),
            ("16E", 16_000_000_000_000_000_000 * NANO, "16E"),
            ("100E", 100_000_000_000_000_000_000 * NANO, "100E"),
            ("1Ki", 1024 * NANO, "1Ki"),
            ("4096Mi", 4096 * 1_048_576 * NANO, "4096Mi"),
            ("0.5Gi", 512 * 1_048_576 * NANO, "512Mi"),
            ("0.5Ki", 512 * NANO, "512"),
            ("0.0001Ki", 102_400_000, "102400u"),
            ("1Ei", (1 << 60) * NANO, "1Ei"),
            ("7Ei", 7 * (1 << 60) * NANO, "7Ei"),
            ("8Ei", i128::from(i64::MAX) * NANO, "9223372036854775807"),
            ("16Ei", i128::from(i64::MAX) * NANO, "9223372036854775807"),
            ("-16Ei", -i128::from(i64::MAX) * NANO, "-9223372036854775807"),
            ("99999999999999999999999999999999999999999Ki", i128::from(i64::MAX) * NANO, "9223372036854775807"),
            ("9223372036854775807", i128::from(i64::MAX) * NANO, "9223372036854775807"),
            ("9223372036854775808", (i128::from(i64::MAX) + 1) * NANO, "9223372036854775808"),
            ("1288490188800m", 1_288_490_188_800_000_000, "1288490188800m"),
            ("170141183460469231731687303715.884105727", i128::MAX, "170141183460469231731687303715884105727n"),
            ("Ki", 0, "0"),
            ("-Ti", 0, "0"),
            ("e-9", 0, "0"),
            ("0Pi", 0, "0"),
            ("-", 0, "0"),
            (".", 0, "0"),
        ] {
            let read = quantity(text);
            assert_eq!(read.nanos(), nanos, "{text}");
            assert_eq!(read.to_string(), printed, "{text}");
            round_trip(&read);
        }
    }

    #[test]
    fn refuses() {
        for text in [
            "",
            " ",
            " 1",
            "1 ",
            "1 Ki",
            "1K",
            "1mi",
            "1ki",
            "1KI",
            "1e3Ki",
            "3.7e2Mi",
            "1e",
            "1e+",
            "1ee3",
            "1.2.3",
            "1,5",
            "--1",
            "+-1",
            "0x10",
            "1Zi",
            "1µ",
            "1i",
            "Pi",
            "-Ei",
            "e-10",
            "1e3.5",
            "1Mi3",
            "one",
            "1\n",
            "٣",
            "1e99999999999999999999",
        ] {
            assert_eq!(Quantity::parse(text).unwrap_err().message, format!("`{text}` is not a quantity"));
        }
        for text in ["1e30", "1e4294967296", "1e9223372036854775807", "170141183460469231731687303715.884105728"] {
            let message = Quantity::parse(text).unwrap_err().message;
            assert_eq!(message, format!("the quantity `{text}` is too large to be compared"));
        }
    }

    #[test]
    fn compares_amounts() {
        for same in [
            &["1", "1000m", "1000000u", "1e0", "0.001k"][..],
            &["1Gi", "1024Mi", "1073741824", "1073741824000m"],
            &["1.2Gi", "1288490188800m"],
            &["1k", "1e3", "1000"],
        ] {
            for text in same {
                assert_eq!(quantity(text), quantity(same[0]), "{text}");
            }
        }
        for (less, more) in [("4096Mi", "5G"), ("999m", "1"), ("1k", "1Ki"), ("-1", "0"), ("1M", "1Mi")] {
            assert!(quantity(less) < quantity(more), "{less} < {more}");
        }
    }

    #[test]
    fn calculates() {
        let show = |result: Option<Quantity>| result.map_or("overflow".to_owned(), |q| q.to_string());
        for (a, b, sum, difference) in [
            ("4096Mi", "512Mi", "4608Mi", "3584Mi"),
            ("1Gi", "1Ki", "1048577Ki", "1048575Ki"),
            ("1", "250m", "1250m", "750m"),
            ("1e3", "1", "1001e0", "999e0"),
            ("170141183460469231731687303715", "1e29", "overflow", "70141183460469231731687303715"),
        ] {
            assert_eq!(show(quantity(a).checked_add(quantity(b))), sum, "{a} + {b}");
            assert_eq!(show(quantity(a).checked_sub(quantity(b))), difference, "{a} - {b}");
        }
        for (a, factor, product) in [
            ("512Mi", "2", "1024Mi"),
            ("512Mi", "1.5", "768Mi"),
            ("1n", "0.5", "1n"),
            ("-1n", "0.5", "-1n"),
            ("1n", "1e-300", "1n"),
            ("100m", "0", "0"),
            ("1e29", "10", "overflow"),
            ("8Ei", "2", "18446744073709551614"),
        ] {
            assert_eq!(show(quantity(a).checked_mul(Number::parse(factor).unwrap())), product, "{a} * {factor}");
        }
        assert_eq!(Quantity::from_number(Number::parse("1.5").unwrap()), Some(quantity("1500m")));
        assert_eq!(quantity("1500m").to_number(), Number::parse("1.5").unwrap());
        assert_eq!(quantity("1500m").checked_neg(), Some(quantity("-1.5")));
    }

    #[test]
    fn long_texts_are_no_trouble() {
        let digits = "9".repeat(200_000);
        assert_eq!(quantity(&format!("0.{digits}")).to_string(), "1");
        assert_eq!(quantity(&format!("0.{digits}Ki")).to_string(), "1Ki");
        assert!(Quantity::parse(&digits).is_err());
    }
}
