//! Three-valued truth.

use super::origin::Origin;
use super::value::{Data, Unknown, Value};

/// True, false, or why it cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It cannot be told.
    Unknown(Unknown),
}

impl Truth {
    /// What a value means as a condition; absent is false.
    pub(crate) fn of(value: &Value<'_>) -> Self {
        match &value.data {
            Data::Bool(value) => (*value).into(),
            Data::Absent | Data::Null => Self::False,
            Data::Unknown(unknown) => Self::Unknown(unknown.clone()),
            _ => Self::Unknown(Unknown::new("a value that is not a boolean stands for a condition")),
        }
    }

    /// As a value.
    pub(crate) fn into_value<'a>(self, origin: Origin) -> Value<'a> {
        match self {
            Self::True => Value::bool(true, origin),
            Self::False => Value::bool(false, origin),
            Self::Unknown(unknown) => Value::new(Data::Unknown(unknown), origin),
        }
    }

    /// Kleene's `not`.
    pub(crate) fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            unknown => unknown,
        }
    }

    /// Kleene's `or`; of two unknowns the one that no larger world can lift.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, other) | (other, Self::False) => other,
            (Self::Unknown(first), Self::Unknown(second)) => Self::Unknown(Unknown::and(&first, &second).clone()),
        }
    }

    /// Kleene's `and`.
    pub(crate) fn and(self, other: Self) -> Self {
        self.not().or(other.not()).not()
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl From<Result<bool, Unknown>> for Truth {
    fn from(value: Result<bool, Unknown>) -> Self {
        value.map_or_else(Self::Unknown, Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::{Truth, Unknown};

    #[test]
    fn kleene_tables() {
        let unknown = || Truth::Unknown(Unknown::new("u"));
        for (left, right, and, or) in [
            (Truth::True, Truth::True, Truth::True, Truth::True),
            (Truth::True, Truth::False, Truth::False, Truth::True),
            (Truth::False, Truth::False, Truth::False, Truth::False),
            (Truth::True, unknown(), unknown(), Truth::True),
            (Truth::False, unknown(), Truth::False, unknown()),
            (unknown(), unknown(), unknown(), unknown()),
        ] {
            assert_eq!(left.clone().and(right.clone()), and);
            assert_eq!(right.clone().and(left.clone()), and);
            assert_eq!(left.clone().or(right.clone()), or);
            assert_eq!(right.or(left), or);
        }
        assert_eq!(unknown().not(), unknown());
    }

    #[test]
    fn what_an_open_world_may_hold_yields_to_what_cannot_be_told_at_all() {
        let (open, shut) = (Truth::Unknown(Unknown::open("o")), Truth::Unknown(Unknown::new("s")));
        assert_eq!(open.clone().or(shut.clone()), shut);
        assert_eq!(shut.clone().and(open), shut);
    }
}
