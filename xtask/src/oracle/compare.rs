//! One text, read here and by Kubernetes: what the two agree on.

use super::program::Outcome;
use policyc_engine::yaml::{KeyTable, Limits, decode, read, to_json};
use policyc_text::{FileId, Level};

/// How the two readings stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// The same documents with the same values.
    Accepted,
    /// Refused by both, at the same document as far as Kubernetes says which.
    Refused,
    /// Kubernetes itself takes one value or another, by chance.
    Undecided,
    /// Kubernetes refuses what is read here without an error.
    Missed,
    /// Refused here, accepted by Kubernetes.
    Overzealous,
    /// A document has another value.
    OtherValue,
    /// There are more documents, or fewer.
    OtherCount,
}

impl Class {
    /// All of them, the harmless ones first.
    pub(crate) const ALL: [Self; 7] = [
        Self::Accepted,
        Self::Refused,
        Self::Undecided,
        Self::Missed,
        Self::Overzealous,
        Self::OtherValue,
        Self::OtherCount,
    ];

    /// Whether a text of this class shows a mistake of the reader, however rare.
    pub(crate) fn is_bug(self) -> bool {
        matches!(self, Self::Overzealous | Self::OtherValue | Self::OtherCount)
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Accepted => "accepted by both",
            Self::Refused => "refused by both",
            Self::Undecided => "undecided by Kubernetes",
            Self::Missed => "accepted here, refused by Kubernetes",
            Self::Overzealous => "refused here, accepted by Kubernetes",
            Self::OtherValue => "values differ",
            Self::OtherCount => "counted differently",
        }
    }
}

/// A text as it is read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ours {
    /// A document's JSON; `None` where it could not be read.
    pub(crate) documents: Vec<Option<String>>,
    /// The messages of the errors.
    pub(crate) errors: Vec<String>,
}

/// Reads a text as `policyc check` does.
pub(crate) fn ours(text: &str, keys: &KeyTable) -> Ours {
    let decoded = match decode(FileId(0), text.as_bytes().to_vec()) {
        Ok(decoded) => decoded,
        Err(diagnostic) => return Ours { documents: Vec::new(), errors: vec![diagnostic.message] },
    };
    let tree = read(FileId(0), decoded, keys, &Limits::default());
    let documents = tree.documents.iter().map(|document| {
        let mut json = String::new();
        to_json(&tree, document, &mut json).ok().map(|()| json)
    });
    let errors = tree.diagnostics.iter().filter(|it| it.level == Level::Error).map(|it| it.message.clone());
    Ours { documents: documents.collect(), errors: errors.collect() }
}

/// Compares the two readings. Behind a place where the decoder of Kubernetes says no more there is nothing to compare.
pub(crate) fn compare(ours: &Ours, theirs: &[Outcome]) -> Class {
    let stop = theirs.iter().position(|outcome| matches!(outcome, Outcome::Stopped(_)));
    let theirs_refuse = theirs.iter().any(|outcome| !matches!(outcome, Outcome::Accepted(_)));
    let before = &theirs[..stop.unwrap_or(theirs.len())];
    let here = match stop {
        Some(stop) => &ours.documents[..stop.min(ours.documents.len())],
        None => &ours.documents[..],
    };
    match (ours.errors.is_empty(), theirs_refuse) {
        (true, false) => equal(here, before),
        (false, false) => Class::Overzealous,
        (true, true) => missed(here, before),
        (false, true) => both_refuse(here, before),
    }
}

/// Both have no error.
fn equal(here: &[Option<String>], theirs: &[Outcome]) -> Class {
    if here.len() != theirs.len() {
        return Class::OtherCount;
    }
    let same = here
        .iter()
        .zip(theirs)
        .all(|pair| matches!(pair, (Some(ours), Outcome::Accepted(json)) if same_value(ours, json)));
    if same { Class::Accepted } else { Class::OtherValue }
}

/// Only Kubernetes has an error; what it accepts has to be among what is read here.
fn missed(here: &[Option<String>], theirs: &[Outcome]) -> Class {
    let mut rest = here.iter().flatten();
    let found = accepted(theirs).all(|json| rest.any(|ours| same_value(ours, json)));
    if found { Class::Missed } else { Class::OtherValue }
}

/// Both have an error: at the same documents?
fn both_refuse(here: &[Option<String>], theirs: &[Outcome]) -> Class {
    if here.len() == theirs.len() {
        let classes = here.iter().zip(theirs).map(|pair| match pair {
            (Some(ours), Outcome::Accepted(json)) if same_value(ours, json) => Class::Refused,
            (Some(_), Outcome::Accepted(_)) => Class::OtherValue,
            (None, Outcome::Accepted(_)) => Class::Overzealous,
            (Some(_), Outcome::Refused(_) | Outcome::Stopped(_)) => Class::Missed,
            (None, Outcome::Refused(_) | Outcome::Stopped(_)) => Class::Refused,
        });
        return classes.max().unwrap_or(Class::Refused);
    }
    // A document that only one of them passes over shifts the others.
    let (ours, accepted): (Vec<&String>, Vec<&String>) = (here.iter().flatten().collect(), accepted(theirs).collect());
    match ours.len().cmp(&accepted.len()) {
        std::cmp::Ordering::Greater if within(&accepted, &ours) => Class::Missed,
        std::cmp::Ordering::Less if within(&ours, &accepted) => Class::Overzealous,
        std::cmp::Ordering::Equal if within(&ours, &accepted) => {
            if here.len() > theirs.len() {
                Class::Overzealous
            } else {
                Class::Missed
            }
        }
        _ => Class::OtherCount,
    }
}

fn accepted(theirs: &[Outcome]) -> impl Iterator<Item = &String> {
    theirs.iter().filter_map(|outcome| match outcome {
        Outcome::Accepted(json) => Some(json),
        Outcome::Refused(_) | Outcome::Stopped(_) => None,
    })
}

/// Whether all of `few` stand in `many` in their order.
fn within(few: &[&String], many: &[&String]) -> bool {
    let mut rest = many.iter();
    few.iter().all(|json| rest.any(|other| same_value(json, other)))
}

/// The same bytes. One difference is none: `-0.0` is written `-0` by YAML's way to JSON and `0` by others, and the API
/// server reads both as the integer 0.
fn same_value(left: &str, right: &str) -> bool {
    left == right
        || (left.contains("-0") || right.contains("-0")) && without_negative_zero(left) == without_negative_zero(right)
}

fn without_negative_zero(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut quoted = false;
    let mut escaped = false;
    for (at, letter) in json.char_indices() {
        let zero = letter == '-' && !quoted && json[at..].starts_with("-0");
        if zero && json[at + 2..].chars().next().is_none_or(|next| matches!(next, ',' | ']' | '}')) {
            continue;
        }
        quoted ^= letter == '"' && !escaped;
        escaped = quoted && letter == '\\' && !escaped;
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::program::Outcome;
    use super::{Class, Ours, compare, same_value};

    fn check(documents: &[Option<&str>], error: bool, theirs: &[Result<&str, &str>], want: Class) {
        let documents = documents.iter().map(|it| it.map(str::to_owned)).collect();
        let ours = Ours { documents, errors: error.then(|| "it is odd".to_owned()).into_iter().collect() };
        let theirs: Vec<Outcome> = theirs
            .iter()
            .map(|it| match it {
                Ok(json) => Outcome::Accepted((*json).to_owned()),
                Err("stop") => Outcome::Stopped("stop".to_owned()),
                Err(reason) => Outcome::Refused((*reason).to_owned()),
            })
            .collect();
        assert_eq!(compare(&ours, &theirs), want, "{ours:?} {theirs:?}");
    }

    #[test]
    fn readings_are_compared() {
        check(&[Some("1"), Some("2")], false, &[Ok("1"), Ok("2")], Class::Accepted);
        check(&[Some("1")], false, &[Ok("2")], Class::OtherValue);
        check(&[Some("1")], false, &[Ok("1"), Ok("2")], Class::OtherCount);
        check(&[], false, &[Ok("1")], Class::OtherCount);
        check(&[None], true, &[Ok("1")], Class::Overzealous);
        check(&[Some("1")], true, &[Ok("1")], Class::Overzealous);
        check(&[Some("1")], false, &[Err("no")], Class::Missed);
        check(&[Some("1"), Some("3")], false, &[Ok("2"), Err("no")], Class::OtherValue);
        check(&[None, Some("1")], true, &[Err("no"), Ok("1")], Class::Refused);
        check(&[None, Some("1")], true, &[Err("no"), Ok("2")], Class::OtherValue);
        check(&[None, None], true, &[Err("no"), Ok("2")], Class::Overzealous);
        check(&[Some("1"), None], true, &[Err("no"), Err("no")], Class::Missed);
        check(&[None, Some("1"), Some("2")], true, &[Err("no"), Ok("2")], Class::Missed);
        check(&[Some("1"), Some("9")], true, &[Ok("1"), Err("stop")], Class::Refused);
        check(&[Some("9")], true, &[Err("stop")], Class::Refused);
        check(&[Some("9")], true, &[Ok("1"), Err("stop")], Class::OtherValue);
    }

    #[test]
    fn values_are_the_same_but_for_a_negative_zero() {
        assert!(same_value("[-0,{\"a\":-0}]", "[0,{\"a\":0}]"));
        assert!(!same_value("[\"-0\"]", "[\"0\"]"));
        assert!(!same_value("-0.5", "0.5"));
    }
}
