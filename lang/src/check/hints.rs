//! What would help: the nearest name, the names that there are, how a value is written. What is wrong is said by whoever
//! finds it.

use super::ty::Ty;
use crate::schema::did_you_mean;

/// Names that are listed where none is near.
const MOST: usize = 8;

/// The nearest of the names that are known, or else all of them where they are few, or else what the caller says.
pub(super) fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>, otherwise: &str) -> Option<String> {
    let mut known: Vec<String> = known.map(str::to_owned).collect();
    known.dedup();
    if let Some(near) = did_you_mean(name, known.iter().map(String::as_str)) {
        return Some(format!("did you mean `{near}`?"));
    }
    match known.len() {
        1..=MOST => Some(format!("there is {}", list(&known))),
        _ => Some(otherwise.to_owned()),
    }
}

/// The first names of a list, and how many more there are.
pub(super) fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    let rest = names.len().saturating_sub(MOST);
    if rest == 0 { shown.join(", ") } else { format!("{} and {rest} more", shown.join(", ")) }
}

/// How to come from a value of one type to what is wanted: a function, or another way to write it.
pub(super) fn made(want: &Ty, have: &Ty) -> Option<String> {
    match (want.inner(), have.inner()) {
        (Ty::String, Ty::Number | Ty::Quantity | Ty::Bool | Ty::Date) => {
            Some("put it in double quotes, or make a text of it: `\"{…}\"`".to_owned())
        }
        (want, have) if have.is_text() => conversion(want, have).or_else(|| looks(want)),
        (want, _) => looks(want),
    }
}

/// What makes the one of the other, so that both can be compared.
pub(super) fn conversion(a: &Ty, b: &Ty) -> Option<String> {
    let function = match (a, b) {
        (Ty::Image | Ty::Path, _) | (_, Ty::Image | Ty::Path) => return None,
        (Ty::Number, text) | (text, Ty::Number) if text.is_text() => "number",
        (Ty::Quantity, text) | (text, Ty::Quantity) if text.is_text() => "quantity",
        (Ty::Semver, text) | (text, Ty::Semver) if text.is_text() => "semver",
        (Ty::Duration, text) | (text, Ty::Duration) if text.is_text() => "duration",
        (Ty::Date, text) | (text, Ty::Date) if text.is_text() => "date",
        _ => return None,
    };
    Some(format!("make the text a {function} with `{function}(…)`"))
}

/// How values of a type look.
pub(super) fn looks(ty: &Ty) -> Option<String> {
    let example = match ty.inner() {
        Ty::Bool => "`true` or `false`",
        Ty::Number => "`3`",
        Ty::String => "`\"text\"`",
        Ty::Quantity => "`512Mi`",
        Ty::Duration => "`\"7d\"`",
        Ty::Date => "`2027-06-30`",
        Ty::Severity => "`high`",
        Ty::Image => "`\"registry.example/web:1.2\"`",
        Ty::Semver => "`\"1.2.3\"`",
        Ty::VersionRange => "`\">=1.2 <2\"`",
        Ty::Glob => "`\"web-*\"`",
        Ty::Regex => "`/^web-/`",
        Ty::Ip => "`\"10.0.0.1\"`",
        Ty::Cidr => "`\"10.0.0.0/8\"`",
        Ty::Path => "`\"/etc\"`",
        Ty::Cron => "`\"0 3 * * *\"`",
        Ty::Range => "`1..1023`",
        Ty::Enum(words) => return Some(format!("it is one of `\"{}\"`", words.join("\"`, `\""))),
        Ty::List(..) => "`[…]`",
        Ty::Map(_) | Ty::Record(_) => "`{ name: … }`",
        _ => return None,
    };
    Some(format!("such a value looks like {example}"))
}
