//! Numbers that may be written as a percentage of another, such as `minAvailable: 50%`.

/// What an `IntOrString` field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntOrText<'t> {
    /// A number.
    Int(i64),
    /// A text, which should be a percentage such as `30%`.
    Text(&'t str),
}

/// To which side a fraction is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// To the greater integer.
    Up,
    /// To the smaller integer.
    Down,
}

impl Rounding {
    /// Reads `up` or `down`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "up" => Some(Self::Up),
            "down" => Some(Self::Down),
            _ => None,
        }
    }
}

/// The number itself, or that percentage of `total`; `None` for a text that is not a percentage, and on overflow.
///
/// Source: `GetScaledValueFromIntOrPercent` of `k8s.io/apimachinery/pkg/util/intstr` 0.37, computed on integers.
#[must_use]
pub fn scaled(value: IntOrText<'_>, total: i64, rounding: Rounding) -> Option<i64> {
    let percent: i64 = match value {
        IntOrText::Int(value) => return Some(value),
        IntOrText::Text(text) => text.strip_suffix('%')?.parse().ok()?,
    };
    let product = i128::from(percent) * i128::from(total);
    let floor = product.div_euclid(100);
    let rounded_up = rounding == Rounding::Up && product.rem_euclid(100) != 0;
    i64::try_from(floor + i128::from(rounded_up)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales() {
        for (text, total, up, down) in [
            ("30%", 10, Some(3), Some(3)),
            ("25%", 10, Some(3), Some(2)),
            ("1%", 1, Some(1), Some(0)),
            ("0%", 7, Some(0), Some(0)),
            ("100%", 7, Some(7), Some(7)),
            ("150%", 7, Some(11), Some(10)),
            ("-25%", 10, Some(-2), Some(-3)),
            ("+25%", 10, Some(3), Some(2)),
            ("50%", i64::MAX, Some(4_611_686_018_427_387_904), Some(4_611_686_018_427_387_903)),
            ("200%", i64::MAX, None, None),
            ("30", 10, None, None),
            ("", 10, None, None),
            ("%", 10, None, None),
            ("30%%", 10, None, None),
            ("1.5%", 10, None, None),
            (" 30%", 10, None, None),
            ("99999999999999999999%", 1, None, None),
        ] {
            assert_eq!(scaled(IntOrText::Text(text), total, Rounding::Up), up, "{text} of {total}, up");
            assert_eq!(scaled(IntOrText::Text(text), total, Rounding::Down), down, "{text} of {total}, down");
        }
        assert_eq!(scaled(IntOrText::Int(-3), 10, Rounding::Up), Some(-3));
        assert_eq!(Rounding::parse("down"), Some(Rounding::Down));
        assert_eq!(Rounding::parse("Up"), None);
    }
}
