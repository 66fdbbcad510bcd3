//! Numbers written and parsed as Go's `strconv` and `encoding/json` do it. No YAML here.

/// Decimal digits of the shortest text that reads back as the same number: value = 0.d1d2d3… × 10^point.
struct Shortest {
    negative: bool,
    digits: String,
    point: i32,
}

impl Shortest {
    /// From Rust's `{:e}`, which writes the shortest digits as `-d.ddde±x`.
    fn parse(scientific: &str) -> Self {
        let negative = scientific.starts_with('-');
        let (mantissa, exponent) = scientific.trim_start_matches('-').split_once('e').unwrap_or((scientific, "0"));
        let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        let point = if digits == "0" { 1 } else { exponent.parse::<i32>().unwrap_or(0) + 1 };
        Self { negative, digits, point }
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    /// Go's format `f`.
    fn plain(&self) -> String {
        let (digits, sign) = (&self.digits, self.sign());
        let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
        let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
        if self.point <= 0 {
            format!("{sign}0.{}{digits}", zeros(-self.point))
        } else if self.point >= length {
            format!("{sign}{digits}{}", zeros(self.point - length))
        } else {
            let (whole, fraction) = digits.split_at(usize::try_from(self.point).unwrap_or(0));
            format!("{sign}{whole}.{fraction}")
        }
    }

    /// Go's format `e`, with at least `width` digits of exponent.
    fn scientific(&self, width: usize) -> String {
        let (first, rest) = self.digits.split_at(1);
        let exponent = self.point - 1;
        let dot = if rest.is_empty() { "" } else { "." };
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}{first}{dot}{rest}e{sign}{:0width$}", self.sign(), exponent.unsigned_abs())
    }
}

/// A finite number as Go's `encoding/json` writes a `float64`.
pub(super) fn json_float(value: f64) -> String {
    let shortest = Shortest::parse(&format!("{value:e}"));
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        // The encoder shortens `e-09` to `e-9` and leaves positive exponents alone; those have two digits anyway.
        let width = if magnitude < 1.0 { 1 } else { 2 };
        return shortest.scientific(width);
    }
    shortest.plain()
}

/// A number as sigs.k8s.io/yaml writes it where it is a mapping key: `strconv.FormatFloat(v, 'g', -1, 32)`.
pub(super) fn key_float(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "the narrowing to 32 bits is what Kubernetes does")]
    let narrow = value as f32;
    if narrow.is_nan() {
        return ".nan".to_owned();
    }
    if narrow.is_infinite() {
        return if narrow > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let shortest = Shortest::parse(&format!("{narrow:e}"));
    let exponent = shortest.point - 1;
    // Six is the precision by which Go decides where it writes the shortest digits.
    if !(-4..6).contains(&exponent) {
        return shortest.scientific(2);
    }
    shortest.plain()
}

/// `strconv.ParseUint(text, 0, 64)` of a text without underscores; `None` on a syntax or range error.
pub(super) fn parse_uint(text: &str) -> Option<u64> {
    let (base, digits) = match text.as_bytes() {
        [b'0', letter, _, ..] if radix(*letter).is_some() => (radix(*letter)?, &text[2..]),
        [b'0'] => return Some(0),
        [b'0', ..] => (8, &text[1..]),
        _ => (10, text),
    };
    parse_digits(digits, base)
}

/// `strconv.ParseInt(text, 0, 64)` of a text without underscores; `None` on a syntax or range error.
pub(super) fn parse_int(text: &str) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    apply_sign(negative, parse_uint(digits)?)
}

/// `strconv.ParseInt(text, 2, 64)`.
pub(super) fn parse_binary_int(text: &str) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    apply_sign(negative, parse_digits(digits, 2)?)
}

/// `strconv.ParseUint(digits, base, 64)` without prefixes and signs.
pub(super) fn parse_digits(digits: &str, base: u32) -> Option<u64> {
    if digits.is_empty() || digits.starts_with('+') {
        return None;
    }
    u64::from_str_radix(digits, base).ok()
}

fn radix(letter: u8) -> Option<u32> {
    match letter.to_ascii_lowercase() {
        b'b' => Some(2),
        b'o' => Some(8),
        b'x' => Some(16),
        _ => None,
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

fn apply_sign(negative: bool, magnitude: u64) -> Option<i64> {
    if negative { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// `strconv.ParseFloat` of a decimal text that starts with a point, where Go allows underscores between digits.
pub(super) fn parse_point_float(text: &str) -> Option<f64> {
    let bytes = text.strip_prefix('.')?.as_bytes();
    let mut at = digit_run(bytes, 0)?;
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = bytes.get(at) {
            at += 1;
        }
        at = digit_run(bytes, at)?;
    }
    if at != bytes.len() {
        return None;
    }
    finite(&text.replace('_', ""))
}

/// One digit or more from `at`, with single underscores between them; gives the place after them.
fn digit_run(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut digit_before = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => digit_before = true,
            b'_' if digit_before => digit_before = false,
            _ => break,
        }
        at += 1;
    }
    digit_before.then_some(at)
}

/// A text of go-yaml's number shape `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`; `None` where the text has
/// another shape or the number does not fit 64 bits of floating point.
pub(super) fn parse_yaml_float(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let start = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut at = digits(start);
    let whole = at > start;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if !whole && fraction == at + 1 {
            return None;
        }
        at = fraction;
    } else if !whole {
        return None;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        if exponent == at + 1 + sign {
            return None;
        }
        at = exponent;
    }
    if at == bytes.len() { finite(text) } else { None }
}

fn finite(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::{json_float, key_float, parse_int, parse_point_float, parse_yaml_float};

    #[test]
    fn floats_look_as_in_go() {
        let json = [
            (1.5, "1.5"),
            (1e3, "1000"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1e-6, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (1e-10, "1e-10"),
            (0.0, "0"),
            (-0.0, "-0"),
            (-123.25, "-123.25"),
            (5e-324, "5e-324"),
        ];
        for (value, want) in json {
            assert_eq!(json_float(value), want);
        }
        let keys = [
            (1.5, "1.5"),
            (1e5, "100000"),
            (1e6, "1e+06"),
            (123_456_789.0, "1.2345679e+08"),
            (1_234_567.5, "1.2345675e+06"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e300, ".inf"),
            (0.1, "0.1"),
            (100.0, "100"),
        ];
        for (value, want) in keys {
            assert_eq!(key_float(value), want, "{value}");
        }
    }

    #[test]
    fn integers_take_go_prefixes() {
        let cases = [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("0777", Some(511)),
            ("0o17", Some(15)),
            ("0X1F", Some(31)),
            ("-0b11", Some(-3)),
            ("+1", Some(1)),
            ("08", None),
            ("0x", None),
            ("", None),
            ("-", None),
            ("+-1", None),
            ("0x+1", None),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
        ];
        for (text, want) in cases {
            assert_eq!(parse_int(text), want, "{text}");
        }
    }

    #[test]
    fn float_shapes() {
        for text in [".5", ".5e3", ".5_0", ".1e1_0"] {
            assert!(parse_point_float(text).is_some(), "{text}");
        }
        for text in [".", "._5", ".5_", ".5e", ".5__0", ".e1", ".5x"] {
            assert!(parse_point_float(text).is_none(), "{text}");
        }
        for text in ["1.", "1.e5", "+.5", "-1e+3", "08", "1e3"] {
            assert!(parse_yaml_float(text).is_some(), "{text}");
        }
        for text in ["1e", ".", "+", "1e400", "1:2", "inf", "1.5.2", ""] {
            assert!(parse_yaml_float(text).is_none(), "{text}");
        }
    }
}
