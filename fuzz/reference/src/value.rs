//! Values, and how a document's JSON becomes one.

use crate::decimal::Decimal;
use crate::types::Type;
use serde_json::Value as Json;
use std::rc::Rc;

/// A value.
#[derive(Clone, Debug)]
pub enum Value<'d> {
    /// Not there.
    Absent,
    /// Cannot be told.
    Unknown,
    /// `null`, in dynamic places.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// An amount.
    Quantity(Decimal),
    /// A text.
    Text(String),
    /// A severity, by its rank.
    Severity(usize),
    /// A list, whether it is complete, and what it is in a document.
    List(Vec<Value<'d>>, bool, Option<&'d Json>),
    /// A map or record, and what it is in a document.
    Map(Vec<(String, Value<'d>)>, Option<&'d Json>),
    /// A mapping of a document, whose fields have the types that the access says.
    Node(&'d Json),
    /// An object: its place.
    Object(usize),
    /// A row of a view.
    Row(Rc<Row<'d>>),
}

/// A row of a view.
#[derive(Debug)]
pub struct Row<'d> {
    /// The view.
    pub view: usize,
    /// The clause.
    pub clause: usize,
    /// What it stands for.
    pub own: Value<'d>,
    /// What it comes from.
    pub parent: Value<'d>,
}

/// Three-valued truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It cannot be told.
    Unknown,
}

/// The severities, mildest first.
pub const SEVERITIES: [&str; 5] = ["info", "low", "medium", "high", "critical"];

impl Truth {
    /// `not`.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    /// `and`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// `or`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, Self::False) => Self::False,
            _ => Self::Unknown,
        }
    }

    /// As a value.
    #[must_use]
    pub fn value<'d>(self) -> Value<'d> {
        match self {
            Self::True => Value::Bool(true),
            Self::False => Value::Bool(false),
            Self::Unknown => Value::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl<'d> Value<'d> {
    /// A computed list.
    #[must_use]
    pub fn list(items: Vec<Self>, complete: bool) -> Self {
        Self::List(items, complete, None)
    }

    /// A computed record.
    #[must_use]
    pub fn map(fields: Vec<(String, Self)>) -> Self {
        Self::Map(fields, None)
    }

    /// Whether it is not there.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether it cannot be told.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// What it means as a condition. Absent is false, and so is null; what is no truth value cannot be told.
    #[must_use]
    pub fn truth(&self) -> Truth {
        match self {
            Self::Bool(value) => (*value).into(),
            Self::Absent | Self::Null => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// Whether it, or anything in it, cannot be told.
    #[must_use]
    pub fn is_vague(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::List(items, complete, _) => !complete || items.iter().any(Self::is_vague),
            Self::Map(fields, _) => fields.iter().any(|(_, value)| value.is_vague()),
            _ => false,
        }
    }
}

/// What JSON is where a type is expected. Null is absent, but where anything goes; what is of another type cannot be
/// told.
#[must_use]
pub fn read<'d>(json: &'d Json, ty: &Type) -> Value<'d> {
    match (ty, json) {
        (Type::Dynamic, Json::Null) => Value::Null,
        (_, Json::Null) => Value::Absent,
        (Type::Dynamic | Type::Bool, Json::Bool(value)) => Value::Bool(*value),
        (Type::Dynamic | Type::Number, Json::Number(number)) => {
            Decimal::parse(&number.to_string()).map_or(Value::Unknown, Value::Number)
        }
        (Type::NumberOrText, Json::Number(number)) => match Decimal::parse(&number.to_string()) {
            Some(number) if number.to_whole().is_some() => Value::Number(number),
            _ => Value::Unknown,
        },
        (Type::Dynamic | Type::Text | Type::Word | Type::NumberOrText, Json::String(text)) => Value::Text(text.clone()),
        (Type::Quantity, Json::Number(number)) => quantity(&number.to_string()).map_or(Value::Unknown, Value::Quantity),
        (Type::Quantity, Json::String(text)) => quantity(text).map_or(Value::Unknown, Value::Quantity),
        (Type::Dynamic, Json::Array(items)) => {
            Value::List(items.iter().map(|item| read(item, &Type::Dynamic)).collect(), true, Some(json))
        }
        (Type::List(element), Json::Array(items)) => {
            Value::List(items.iter().map(|item| read(item, &element.ty)).collect(), true, Some(json))
        }
        (Type::Map(element), Json::Object(fields)) => {
            let fields = fields.iter().map(|(key, value)| (key.clone(), read(value, element)));
            Value::Map(fields.collect(), Some(json))
        }
        (Type::Dynamic | Type::Fields(_), Json::Object(_)) => Value::Node(json),
        _ => Value::Unknown,
    }
}

/// A quantity: a decimal with a suffix. Only the suffixes that documents here are made with.
#[must_use]
pub fn quantity(text: &str) -> Option<Decimal> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number = Decimal::parse(digits)?;
    let factor = match &text[digits.len()..] {
        "" => Decimal::whole(1),
        "m" => Decimal::parse("0.001")?,
        "k" => Decimal::whole(1_000),
        "M" => Decimal::whole(1_000_000),
        "Ki" => Decimal::whole(1_024),
        "Mi" => Decimal::whole(1_048_576),
        "Gi" => Decimal::whole(1_073_741_824),
        _ => return None,
    };
    number.times(factor)
}

/// The children of a document's mapping as dynamic values.
#[must_use]
pub fn dynamic_fields(node: &Json) -> Vec<(String, Value<'_>)> {
    let fields = node.as_object().into_iter().flatten();
    fields.map(|(key, value)| (key.clone(), read(value, &Type::Dynamic))).collect()
}

/// Whether JSON is equal to other JSON as values are: numbers by amount.
#[must_use]
pub fn same_json(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => {
            Decimal::parse(&one.to_string()) == Decimal::parse(&other.to_string())
        }
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_json(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|twin| same_json(value, twin)))
        }
        (one, other) => one == other,
    }
}
