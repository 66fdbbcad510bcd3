//! What Kubernetes makes of the text of a scalar: the table of go-yaml v2's `resolve.go`, and nothing about trees.
//!
//! sigs.k8s.io/yaml (1.4 to 1.6) reads with go-yaml v2 and writes JSON, which the API server decodes. [`Resolved`] is
//! the value after both steps: JSON has one kind of number, so `1e3` and `1.0` arrive as integers.

use std::borrow::Cow;

use super::go_number::{
    json_float, key_float, parse_binary_int, parse_digits, parse_int, parse_point_float, parse_uint, parse_yaml_float,
};

/// A scalar's value as the API server sees it. A string's text is with the node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Resolved {
    /// `null`, `~` or nothing.
    Null,
    /// A boolean, `yes`, `on` and their kin included.
    Bool(bool),
    /// An integer that fits 64 bits with a sign, however it was written.
    Int(i64),
    /// Any other number; integers past 64 bits lose digits here, as they do in Kubernetes. Infinities and not-a-number
    /// stand only where Kubernetes refuses the document, see [`Resolved::is_refused`].
    Float(f64),
    /// A string.
    String,
}

impl Resolved {
    /// Whether the value has no JSON form, so that Kubernetes refuses the whole document: `.inf`, `.nan`.
    #[must_use]
    pub fn is_refused(self) -> bool {
        matches!(self, Self::Float(value) if !value.is_finite())
    }
}

/// What go-yaml itself makes of a scalar, before the step through JSON.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Native {
    Null,
    Bool(bool),
    Int(i64),
    /// An integer past `i64`; go-yaml keeps it, JSON decoding turns it into floating point.
    Uint(u64),
    Float(f64),
    /// Only where a `!!timestamp` tag asks; it stays a string.
    Timestamp,
    Str,
}

impl Native {
    /// The value that arrives behind JSON.
    pub(super) fn settle(self) -> Resolved {
        match self {
            Self::Null => Resolved::Null,
            Self::Bool(value) => Resolved::Bool(value),
            Self::Int(value) => Resolved::Int(value),
            #[expect(clippy::cast_precision_loss, reason = "losing digits here is what Kubernetes does")]
            Self::Uint(value) => Resolved::Float(value as f64),
            Self::Float(value) if value.is_finite() => settle_float(value),
            Self::Float(value) => Resolved::Float(value),
            Self::Timestamp | Self::Str => Resolved::String,
        }
    }

    /// The JSON text of the value; `None` where it is a string or has no JSON form.
    pub(super) fn json(self) -> Option<Cow<'static, str>> {
        match self {
            Self::Null => Some("null".into()),
            Self::Bool(value) => Some(if value { "true" } else { "false" }.into()),
            Self::Int(value) => Some(value.to_string().into()),
            Self::Uint(value) => Some(value.to_string().into()),
            Self::Float(value) if value.is_finite() => Some(json_float(value).into()),
            Self::Float(_) | Self::Timestamp | Self::Str => None,
        }
    }

    /// The text of the value where it is a mapping key. `Ok(None)`: the scalar's own text.
    ///
    /// # Errors
    ///
    /// The kind of value that Kubernetes refuses as a key.
    pub(super) fn key(self) -> Result<Option<Cow<'static, str>>, &'static str> {
        match self {
            Self::Null => Err("null"),
            Self::Uint(_) => Err("an integer past 64 bits"),
            Self::Bool(value) => Ok(Some(if value { "true" } else { "false" }.into())),
            Self::Int(value) => Ok(Some(value.to_string().into())),
            Self::Float(value) => Ok(Some(key_float(value).into())),
            Self::Timestamp | Self::Str => Ok(None),
        }
    }

    fn tag(self) -> Tag {
        match self {
            Self::Null => Tag::Null,
            Self::Bool(_) => Tag::Bool,
            Self::Int(_) | Self::Uint(_) => Tag::Int,
            Self::Float(_) => Tag::Float,
            Self::Timestamp => Tag::Timestamp,
            Self::Str => Tag::Str,
        }
    }
}

/// A whole number in floating point is written to JSON without a point and read back as an integer if it fits.
fn settle_float(value: f64) -> Resolved {
    if value.fract() != 0.0 || value.abs() >= 1e19 {
        return Resolved::Float(value);
    }
    json_float(value).parse().map_or(Resolved::Float(value), Resolved::Int)
}

/// The value of a plain scalar without a tag.
#[must_use]
pub fn resolve_plain(text: &str) -> Resolved {
    native(text).settle()
}

/// go-yaml's `resolve` with an empty tag.
pub(super) fn native(text: &str) -> Native {
    match text.as_bytes().first() {
        None => Native::Null,
        Some(b'+' | b'-' | b'0'..=b'9') => word(text).unwrap_or_else(|| number(text)),
        Some(b'.') => word(text).or_else(|| parse_point_float(text).map(Native::Float)).unwrap_or(Native::Str),
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => {
            word(text).unwrap_or(Native::Str)
        }
        // Upstream's table has `<<` too, but no first letter leads there: it is a merge key by its text alone.
        Some(_) => Native::Str,
    }
}

/// Whether a plain text reads as null.
#[inline]
pub(super) fn is_null(text: &str) -> bool {
    match text.as_bytes() {
        [] | b"~" => true,
        [b'n' | b'N', _, _, _] => native(text) == Native::Null,
        _ => false,
    }
}

/// Whether a plain text reads as infinite, or as no number at all.
#[inline]
pub(super) fn is_endless(text: &str) -> bool {
    matches!(text.as_bytes(), [b'.', _, _, _] | [b'+' | b'-', b'.', _, _, _])
        && matches!(word(text), Some(Native::Float(value)) if !value.is_finite())
}

fn word(text: &str) -> Option<Native> {
    if text.len() > 5 {
        return None;
    }
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Native::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Native::Bool(false),
        "~" | "null" | "Null" | "NULL" => Native::Null,
        ".nan" | ".NaN" | ".NAN" => Native::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Native::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Native::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

fn number(text: &str) -> Native {
    let plain: Cow<'_, str> = if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    if let Some(value) = parse_int(&plain) {
        return Native::Int(value);
    }
    if let Some(value) = parse_uint(&plain) {
        return Native::Uint(value);
    }
    if let Some(value) = parse_yaml_float(&plain) {
        return Native::Float(value);
    }
    // Left over from before Go's parser knew `0b`; it still reads a sign behind the prefix, so `0b-11` is -3.
    if let Some(digits) = plain.strip_prefix("0b") {
        if let Some(value) = parse_binary_int(digits) {
            return Native::Int(value);
        }
        if let Some(value) = parse_digits(digits, 2) {
            return Native::Uint(value);
        }
    } else if let Some(digits) = plain.strip_prefix("-0b")
        && let Some(value) = parse_binary_int(&format!("-{digits}"))
    {
        return Native::Int(value);
    }
    Native::Str
}

/// The tags that mean something to go-yaml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Null,
    Bool,
    Int,
    Float,
    Str,
    Timestamp,
    Binary,
    Merge,
    Other,
}

impl Tag {
    /// From a full tag such as `tag:yaml.org,2002:int`.
    pub(super) fn from_uri(uri: &str) -> Self {
        match uri.strip_prefix("tag:yaml.org,2002:") {
            Some("null") => Self::Null,
            Some("bool") => Self::Bool,
            Some("int") => Self::Int,
            Some("float") => Self::Float,
            Some("str") => Self::Str,
            Some("timestamp") => Self::Timestamp,
            Some("binary") => Self::Binary,
            Some("merge") => Self::Merge,
            _ => Self::Other,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Null => "!!null",
            Self::Bool => "!!bool",
            Self::Int => "!!int",
            Self::Float => "!!float",
            Self::Str => "!!str",
            Self::Timestamp => "!!timestamp",
            Self::Binary => "!!binary",
            Self::Merge => "!!merge",
            Self::Other => "another tag",
        }
    }
}

/// The value and, where it is not the scalar's own, the text of a scalar with a tag, whatever its quotes.
///
/// # Errors
///
/// Why Kubernetes refuses the scalar.
pub(super) fn resolve_tagged(tag: Tag, text: &str) -> Result<(Native, Option<String>), String> {
    match tag {
        Tag::Str | Tag::Merge | Tag::Other => return Ok((Native::Str, None)),
        Tag::Binary => {
            let bytes = base64(text).ok_or("a `!!binary` value is not base64")?;
            return Ok((Native::Str, Some(go_lossy(&bytes))));
        }
        Tag::Timestamp if is_timestamp(text) => return Ok((Native::Timestamp, None)),
        Tag::Null | Tag::Bool | Tag::Int | Tag::Float | Tag::Timestamp => {}
    }
    match (tag, native(text)) {
        #[expect(clippy::cast_precision_loss, reason = "losing digits here is what Kubernetes does")]
        (Tag::Float, Native::Int(value)) => Ok((Native::Float(value as f64), None)),
        (_, value) if value.tag() == tag => Ok((value, None)),
        (_, value) => Err(format!("a `{}` value cannot be read as `{}`", value.tag().name(), tag.name())),
    }
}

/// Bytes as text in the way Go's JSON encoder does: each byte that is not UTF-8 becomes U+FFFD.
fn go_lossy(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| '\u{FFFD}'));
    }
    out
}

/// Go's `base64.StdEncoding`: padding demanded, line ends skipped, spare bits ignored.
fn base64(text: &str) -> Option<Vec<u8>> {
    let letters: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let mut out = Vec::with_capacity(letters.len() / 4 * 3);
    let (groups, rest) = letters.as_chunks::<4>();
    if !rest.is_empty() {
        return None;
    }
    for (index, group) in groups.iter().enumerate() {
        let padding = group.iter().rev().take_while(|byte| **byte == b'=').count();
        if padding > 2 || (padding > 0 && index + 1 != groups.len()) {
            return None;
        }
        let mut bits = 0_u32;
        for byte in &group[..4 - padding] {
            bits = bits << 6 | u32::from(sextet(*byte)?);
        }
        bits <<= 6 * padding;
        out.extend_from_slice(&bits.to_be_bytes()[1..4 - padding]);
    }
    Some(out)
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// go-yaml's `parseTimestamp`: the layouts `2006-1-2`, `2006-1-2T15:4:5.9Z07:00` (also with `t`) and
/// `2006-1-2 15:4:5.9`.
fn is_timestamp(text: &str) -> bool {
    let mut scan = Scan(text.as_bytes());
    let Some(year) = scan.number(4, 4) else { return false };
    let date = (|| {
        scan.byte(b"-")?;
        let month = scan.number(1, 2)?;
        scan.byte(b"-")?;
        Some((month, scan.number(1, 2)?))
    })();
    let Some((month, day)) = date else { return false };
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return false;
    }
    match scan.byte(b"Tt ") {
        None => scan.0.is_empty(),
        Some(b' ') => scan.clock().is_some() && scan.0.is_empty(),
        Some(_) => scan.clock().is_some() && scan.zone().is_some() && scan.0.is_empty(),
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

struct Scan<'t>(&'t [u8]);

impl Scan<'_> {
    fn byte(&mut self, any: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        any.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let length = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if length < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(digits.iter().fold(0, |value: u32, digit| value.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'))))
    }

    fn clock(&mut self) -> Option<()> {
        let hour = self.number(1, 2)?;
        self.byte(b":")?;
        let minute = self.number(1, 2)?;
        self.byte(b":")?;
        let second = self.number(1, 2)?;
        if self.byte(b".,").is_some() {
            self.number(1, usize::MAX)?;
        }
        (hour < 24 && minute < 60 && second < 60).then_some(())
    }

    fn zone(&mut self) -> Option<()> {
        if self.byte(b"Z").is_some() {
            return Some(());
        }
        self.byte(b"+-")?;
        let hours = self.number(2, 2)?;
        self.byte(b":")?;
        let minutes = self.number(2, 2)?;
        (hours <= 24 && minutes < 60).then_some(())
    }
}
