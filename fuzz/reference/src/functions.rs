//! Operators and built-in functions on values.

use crate::decimal::Decimal;
use crate::tree::{Arithmetic, Builtin, Operator, Test};
use crate::value::{SEVERITIES, Truth, Value, dynamic_fields, quantity, same_json};
use std::cmp::Ordering;

/// Equality: absent equals nothing, what cannot be told is neither equal nor different. Lists and maps are equal where
/// all their parts are.
#[must_use]
pub fn equal(one: &Value<'_>, other: &Value<'_>) -> Truth {
    use Value::{Absent, Bool, List, Map, Node, Null, Number, Object, Quantity, Severity, Text, Unknown};
    match (one, other) {
        (Absent, _) | (_, Absent) => Truth::False,
        (Unknown, _) | (_, Unknown) => Truth::Unknown,
        (Null, Null) => Truth::True,
        (Bool(one), Bool(other)) => (one == other).into(),
        (Number(one) | Quantity(one), Number(other) | Quantity(other)) => (one == other).into(),
        (Text(one), Text(other)) => (one == other).into(),
        (Severity(one), Severity(other)) => (one == other).into(),
        (Severity(one), Text(other)) | (Text(other), Severity(one)) => {
            SEVERITIES.get(*one).is_some_and(|word| word == other).into()
        }
        (List(_, _, Some(one)) | Map(_, Some(one)), List(_, _, Some(other)) | Map(_, Some(other)))
            if std::ptr::eq(*one, *other) =>
        {
            // What stands at one place is itself, whatever it holds.
            Truth::True
        }
        (List(ours, complete, _), List(theirs, also, _)) => equal_lists((ours, *complete), (theirs, *also)),
        (Object(one), Object(other)) => (one == other).into(),
        (Node(one), Node(other)) => same_json(one, other).into(),
        (Map(one, _), Map(other, _)) => equal_maps(one, other),
        (Node(one), Map(other, _)) | (Map(other, _), Node(one)) => equal_maps(&dynamic_fields(one), other),
        _ => Truth::False,
    }
}

fn equal_lists(ours: (&[Value<'_>], bool), theirs: (&[Value<'_>], bool)) -> Truth {
    if !ours.1 || !theirs.1 {
        return Truth::Unknown;
    }
    if ours.0.len() != theirs.0.len() {
        return Truth::False;
    }
    ours.0.iter().zip(theirs.0).fold(Truth::True, |acc, (one, other)| acc.and(equal_parts(one, other)))
}

fn equal_maps(ours: &[(String, Value<'_>)], theirs: &[(String, Value<'_>)]) -> Truth {
    if ours.len() != theirs.len() {
        return Truth::False;
    }
    ours.iter().fold(Truth::True, |acc, (key, one)| {
        let twin = theirs.iter().find(|(other, _)| other == key);
        acc.and(twin.map_or(Truth::False, |(_, other)| equal_parts(one, other)))
    })
}

/// Two gaps at the same place of two collections are alike.
fn equal_parts(one: &Value<'_>, other: &Value<'_>) -> Truth {
    if one.is_absent() && other.is_absent() { Truth::True } else { equal(one, other) }
}

/// Order; what is absent or of another type has none.
fn order(one: &Value<'_>, other: &Value<'_>) -> Option<Ordering> {
    use Value::{Number, Quantity, Severity, Text};
    match (one, other) {
        (Number(one) | Quantity(one), Number(other) | Quantity(other)) => one.order(*other),
        (Text(one), Text(other)) => Some(one.cmp(other)),
        (Severity(one), Severity(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

/// `one operator other`.
#[must_use]
pub fn compare(operator: Operator, one: &Value<'_>, other: &Value<'_>) -> Truth {
    let ordered = |wanted: fn(Ordering) -> bool| order(one, other).map_or(Truth::Unknown, |order| wanted(order).into());
    match operator {
        Operator::Equal => equal(one, other),
        Operator::NotEqual => equal(one, other).negated(),
        Operator::Less => ordered(Ordering::is_lt),
        Operator::LessEqual => ordered(Ordering::is_le),
        Operator::Greater => ordered(Ordering::is_gt),
        Operator::GreaterEqual => ordered(Ordering::is_ge),
        Operator::In => contains(other, one),
        Operator::NotIn => contains(other, one).negated(),
        Operator::Contains => contains(one, other),
        Operator::StartsWith => any_text(one, other, &|text, part| text.starts_with(part)),
        Operator::EndsWith => any_text(one, other, &|text, part| text.ends_with(part)),
    }
}

/// `whole contains part`. With an absent side it is false.
fn contains(whole: &Value<'_>, part: &Value<'_>) -> Truth {
    match (whole, part) {
        (Value::Absent, _) | (_, Value::Absent) => Truth::False,
        (Value::Unknown, _) | (_, Value::Unknown) => Truth::Unknown,
        (Value::Text(whole), Value::Text(part)) => whole.contains(part.as_str()).into(),
        (Value::Text(_), _) => Truth::Unknown,
        (Value::Map(fields, _), Value::Text(key)) => has_key(fields, key),
        (Value::Node(node), Value::Text(key)) => has_key(&dynamic_fields(node), key),
        (Value::Map(..) | Value::Node(_), _) => Truth::Unknown,
        (Value::List(items, complete, _), part) => {
            let start = if *complete { Truth::False } else { Truth::Unknown };
            items.iter().fold(start, |acc, item| acc.or(equal(item, part)))
        }
        (Value::Null, _) => Truth::False,
        _ => Truth::Unknown,
    }
}

/// A key whose value is absent is not there.
fn has_key(fields: &[(String, Value<'_>)], key: &str) -> Truth {
    fields.iter().any(|(known, value)| known == key && !value.is_absent()).into()
}

/// A test of a text against one text, or any of a list.
#[must_use]
pub fn any_text(value: &Value<'_>, against: &Value<'_>, test: &dyn Fn(&str, &str) -> bool) -> Truth {
    match (value, against) {
        (Value::Absent, _) | (_, Value::Absent) => Truth::False,
        (Value::Unknown, _) | (_, Value::Unknown) => Truth::Unknown,
        (value, Value::List(items, complete, _)) => {
            let start = if *complete { Truth::False } else { Truth::Unknown };
            items.iter().fold(start, |acc, item| acc.or(any_text(value, item, test)))
        }
        (Value::Text(text), Value::Text(part)) => test(text, part).into(),
        _ => Truth::Unknown,
    }
}

/// `is`.
#[must_use]
pub fn is(value: &Value<'_>, test: Test) -> Truth {
    if value.is_unknown() {
        return Truth::Unknown;
    }
    let holds = match test {
        Test::Empty => return is_empty(value),
        Test::Absent => value.is_absent(),
        Test::Null => matches!(value, Value::Null),
        Test::Text => matches!(value, Value::Text(_)),
        Test::Number => matches!(value, Value::Number(_)),
        Test::Bool => matches!(value, Value::Bool(_)),
        Test::List => matches!(value, Value::List(..)),
        Test::Map => matches!(value, Value::Map(..) | Value::Node(_) | Value::Object(_)),
    };
    holds.into()
}

fn is_empty(value: &Value<'_>) -> Truth {
    match value {
        Value::Unknown => Truth::Unknown,
        Value::Absent | Value::Null => Truth::True,
        Value::Text(text) => text.is_empty().into(),
        Value::List(items, complete, _) => match (items.is_empty(), complete) {
            (false, _) => Truth::False,
            (true, true) => Truth::True,
            (true, false) => Truth::Unknown,
        },
        Value::Map(fields, _) => fields.is_empty().into(),
        Value::Node(node) => dynamic_fields(node).is_empty().into(),
        _ => Truth::False,
    }
}

/// `+ - *`; what is not there cannot be computed with, and what is too large is not known.
#[must_use]
pub fn arithmetic<'d>(operator: Arithmetic, one: &Value<'d>, other: &Value<'d>) -> Value<'d> {
    let amount = |value: &Value<'_>| match value {
        Value::Number(number) => Some((*number, false)),
        Value::Quantity(number) => Some((*number, true)),
        _ => None,
    };
    let (Some((one, first)), Some((other, second))) = (amount(one), amount(other)) else { return Value::Unknown };
    let result = match operator {
        Arithmetic::Add => one.plus(other),
        Arithmetic::Subtract => other.negated().and_then(|other| one.plus(other)),
        Arithmetic::Multiply if first && second => None,
        Arithmetic::Multiply => one.times(other),
    };
    match result {
        Some(result) if first || second => Value::Quantity(result),
        Some(result) => Value::Number(result),
        None => Value::Unknown,
    }
}

/// A built-in function. Absent in, absent out; unknown in, unknown out.
#[must_use]
pub fn builtin<'d>(builtin: Builtin, arguments: &[Value<'d>]) -> Value<'d> {
    let Some(first) = arguments.first() else { return Value::Unknown };
    match builtin {
        Builtin::Count => return count(first),
        Builtin::Sum | Builtin::Min | Builtin::Max => return fold(builtin, first),
        Builtin::First | Builtin::Last => return end(first, builtin == Builtin::Last),
        Builtin::Text if first.is_vague() => return Value::Unknown,
        Builtin::Text => return Value::Text(print(first)),
        _ => {}
    }
    if arguments.iter().any(Value::is_unknown) {
        return Value::Unknown;
    }
    if arguments.iter().any(Value::is_absent) {
        return Value::Absent;
    }
    match (builtin, first) {
        (Builtin::Number, Value::Number(number) | Value::Quantity(number)) => Value::Number(*number),
        (Builtin::Number, Value::Text(text)) => Decimal::parse(text).map_or(Value::Absent, Value::Number),
        (Builtin::Quantity, Value::Number(number) | Value::Quantity(number)) => Value::Quantity(*number),
        (Builtin::Quantity, Value::Text(text)) => quantity(text).map_or(Value::Absent, Value::Quantity),
        (Builtin::Number | Builtin::Quantity, _) => Value::Absent,
        (Builtin::Length, Value::Text(text)) => Value::Number(Decimal::whole(text.chars().count() as i128)),
        (Builtin::Lower, Value::Text(text)) => Value::Text(text.to_ascii_lowercase()),
        (Builtin::Upper, Value::Text(text)) => Value::Text(text.to_ascii_uppercase()),
        (Builtin::Trim, Value::Text(text)) => Value::Text(text.trim().to_owned()),
        (Builtin::Split, Value::Text(text)) => match arguments.get(1) {
            Some(Value::Text(separator)) if separator.is_empty() => Value::list(vec![Value::Text(text.clone())], true),
            Some(Value::Text(separator)) => {
                Value::list(text.split(separator.as_str()).map(|part| Value::Text(part.to_owned())).collect(), true)
            }
            _ => Value::Unknown,
        },
        _ => Value::Unknown,
    }
}

/// The items of a list, the values of a map; `None` where it cannot be told which there are.
#[must_use]
pub fn items<'d>(value: &Value<'d>) -> Option<(Vec<(Value<'d>, Value<'d>)>, bool)> {
    let text = |(key, value): (String, Value<'d>)| (Value::Text(key), value);
    match value {
        Value::Absent | Value::Null => Some((Vec::new(), true)),
        Value::List(items, complete, _) => {
            let index =
                |(index, item): (usize, &Value<'d>)| (Value::Number(Decimal::whole(index as i128)), item.clone());
            Some((items.iter().enumerate().map(index).collect(), *complete))
        }
        Value::Map(fields, _) => Some((fields.iter().cloned().map(text).collect(), true)),
        Value::Node(node) => Some((dynamic_fields(node).into_iter().map(text).collect(), true)),
        _ => None,
    }
}

fn count<'d>(value: &Value<'d>) -> Value<'d> {
    match items(value) {
        Some((items, true)) => Value::Number(Decimal::whole(items.len() as i128)),
        _ => Value::Unknown,
    }
}

/// `sum min max`, over what is there; unknown where an element is, or where there may be more.
fn fold<'d>(builtin: Builtin, value: &Value<'d>) -> Value<'d> {
    let Some((items, true)) = items(value) else { return Value::Unknown };
    let items: Vec<Value<'d>> = items.into_iter().map(|(_, item)| item).filter(|item| !item.is_absent()).collect();
    if items.iter().any(Value::is_unknown) {
        return Value::Unknown;
    }
    let mut rest = items.into_iter();
    let Some(first) = rest.next() else {
        return if builtin == Builtin::Sum { Value::Number(Decimal::whole(0)) } else { Value::Absent };
    };
    rest.fold(first, |acc, item| match builtin {
        Builtin::Sum => arithmetic(Arithmetic::Add, &acc, &item),
        _ => match order(&item, &acc) {
            None => Value::Unknown,
            Some(Ordering::Less) if builtin == Builtin::Min => item,
            Some(Ordering::Greater) if builtin == Builtin::Max => item,
            Some(_) => acc,
        },
    })
}

/// `first` and `last`. What is missing from an incomplete list may stand anywhere in it.
fn end<'d>(value: &Value<'d>, last: bool) -> Value<'d> {
    match items(value) {
        Some((mut items, true)) => {
            let item = if last { items.pop() } else { items.into_iter().next() };
            item.map_or(Value::Absent, |(_, item)| item)
        }
        _ => Value::Unknown,
    }
}

/// Stands in texts for what another evaluator may word as it likes.
pub const ANYTHING: char = '\u{1}';

/// A value as texts show it.
#[must_use]
pub fn print(value: &Value<'_>) -> String {
    match value {
        Value::Absent => "(not set)".to_owned(),
        Value::Unknown => format!("(unknown: {ANYTHING})"),
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        // With the suffix that it was written with, or a better one.
        Value::Quantity(_) => ANYTHING.to_string(),
        Value::Text(text) => text.clone(),
        Value::Severity(rank) => SEVERITIES.get(*rank).copied().unwrap_or_default().to_owned(),
        Value::List(items, complete, _) => match (items.is_empty(), complete) {
            (true, true) => "[]".to_owned(),
            (true, false) => print(&Value::Unknown),
            _ => items.iter().map(print).collect::<Vec<_>>().join(", "),
        },
        Value::Map(fields, _) => print_fields(fields),
        Value::Node(node) => print_fields(&dynamic_fields(node)),
        Value::Object(_) | Value::Row(_) => ANYTHING.to_string(),
    }
}

fn print_fields(fields: &[(String, Value<'_>)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key}: {}", print(value))).collect();
    format!("{{{}}}", fields.join(", "))
}
