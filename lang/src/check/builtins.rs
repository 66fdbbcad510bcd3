//! The built-in functions and their types.

use super::ty::Ty;
use super::{Checker, Typed};
use crate::ir::{Builtin, Expr};
use crate::syntax::ast;
use policyc_text::Span;

/// What a built-in function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// Text.
    Text,
    /// Text or a number.
    Scalar,
    /// A list or a map.
    Collection,
    /// A list of ordered values.
    OrderedList,
    /// A list of values that can be added.
    SummableList,
    /// A number.
    Number,
    /// A number or a percentage.
    Scalable,
    /// `"up"` or `"down"`.
    Rounding,
    /// A LabelSelector or a map of strings.
    Selector,
    /// A map of strings.
    Labels,
    /// Anything.
    Any,
}

/// What a built-in function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gives {
    Bool,
    Number,
    Text,
    TextList,
    Duration,
    Date,
    /// The type named, or absent where the argument is none.
    Maybe(Kind),
    /// An element of the list; absent where there is none.
    Element,
    /// An element's type.
    Sum,
    /// `{kind, file}`.
    Origin,
    /// `list<{key path depth value keys}>`.
    Nodes,
    Dynamic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Quantity,
    Duration,
    Date,
    Semver,
    VersionRange,
    Ip,
    Cidr,
    Image,
    Regex,
    Path,
    Cron,
    Purl,
    License,
    Text,
}

struct Signature {
    name: &'static str,
    builtin: Builtin,
    takes: &'static [Takes],
    gives: Gives,
}

const fn entry(name: &'static str, builtin: Builtin, takes: &'static [Takes], gives: Gives) -> Signature {
    Signature { name, builtin, takes, gives }
}

const SIGNATURES: &[Signature] = &[
    entry("number", Builtin::Number, &[Takes::Scalar], Gives::Maybe(Kind::Number)),
    entry("quantity", Builtin::Quantity, &[Takes::Scalar], Gives::Maybe(Kind::Quantity)),
    entry("duration", Builtin::Duration, &[Takes::Text], Gives::Maybe(Kind::Duration)),
    entry("date", Builtin::Date, &[Takes::Text], Gives::Maybe(Kind::Date)),
    entry("semver", Builtin::Semver, &[Takes::Text], Gives::Maybe(Kind::Semver)),
    entry("version_range", Builtin::VersionRange, &[Takes::Text], Gives::Maybe(Kind::VersionRange)),
    entry("ip", Builtin::Ip, &[Takes::Text], Gives::Maybe(Kind::Ip)),
    entry("cidr", Builtin::Cidr, &[Takes::Text], Gives::Maybe(Kind::Cidr)),
    entry("image", Builtin::Image, &[Takes::Text], Gives::Maybe(Kind::Image)),
    entry("regex", Builtin::Regex, &[Takes::Text], Gives::Maybe(Kind::Regex)),
    entry("path", Builtin::Path, &[Takes::Text], Gives::Maybe(Kind::Path)),
    entry("cron", Builtin::Cron, &[Takes::Text], Gives::Maybe(Kind::Cron)),
    entry("purl", Builtin::Purl, &[Takes::Text], Gives::Maybe(Kind::Purl)),
    entry("license", Builtin::License, &[Takes::Text], Gives::Maybe(Kind::License)),
    entry("base64", Builtin::Base64, &[Takes::Text], Gives::Maybe(Kind::Text)),
    entry("json", Builtin::Json, &[Takes::Text], Gives::Dynamic),
    entry("yaml", Builtin::Yaml, &[Takes::Text], Gives::Dynamic),
    entry("length", Builtin::Length, &[Takes::Text], Gives::Number),
    entry("lower", Builtin::Lower, &[Takes::Text], Gives::Text),
    entry("upper", Builtin::Upper, &[Takes::Text], Gives::Text),
    entry("trim", Builtin::Trim, &[Takes::Text], Gives::Text),
    entry("split", Builtin::Split, &[Takes::Text, Takes::Text], Gives::TextList),
    entry("before", Builtin::Before, &[Takes::Text, Takes::Text], Gives::Text),
    entry("after", Builtin::After, &[Takes::Text, Takes::Text], Gives::Maybe(Kind::Text)),
    entry("replace", Builtin::Replace, &[Takes::Text, Takes::Text, Takes::Text], Gives::Text),
    entry("entropy", Builtin::Entropy, &[Takes::Text], Gives::Number),
    entry("text", Builtin::Text, &[Takes::Any], Gives::Text),
    entry("count", Builtin::Count, &[Takes::Collection], Gives::Number),
    entry("sum", Builtin::Sum, &[Takes::SummableList], Gives::Sum),
    entry("min", Builtin::Min, &[Takes::OrderedList], Gives::Element),
    entry("max", Builtin::Max, &[Takes::OrderedList], Gives::Element),
    entry("first", Builtin::First, &[Takes::Collection], Gives::Element),
    entry("last", Builtin::Last, &[Takes::Collection], Gives::Element),
    entry("scaled", Builtin::Scaled, &[Takes::Scalable, Takes::Number, Takes::Rounding], Gives::Number),
    entry("selects", Builtin::Selects, &[Takes::Selector, Takes::Labels], Gives::Bool),
    entry("grants", Builtin::Grants, &[Takes::Any, Takes::Text, Takes::Text], Gives::Bool),
    entry("reaches", Builtin::Reaches, &[Takes::Any, Takes::Any, Takes::Text], Gives::Bool),
    entry("closest", Builtin::Closest, &[Takes::Any, Takes::Collection], Gives::Element),
    entry("origin", Builtin::Origin, &[Takes::Any], Gives::Origin),
    entry("days", Builtin::Days, &[Takes::Number], Gives::Duration),
    entry("today", Builtin::Today, &[], Gives::Date),
    entry("now", Builtin::Now, &[], Gives::Date),
    entry("walk", Builtin::Walk, &[Takes::Any], Gives::Nodes),
];

/// The function of a name.
pub(super) fn named(name: &str) -> Option<Builtin> {
    SIGNATURES.iter().find(|signature| signature.name == name).map(|signature| signature.builtin)
}

/// All names of functions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SIGNATURES.iter().map(|signature| signature.name)
}

impl Checker<'_> {
    pub(super) fn check_builtin(&mut self, builtin: Builtin, args: &[ast::Expr], span: Span) -> Typed {
        let Some(signature) = SIGNATURES.iter().find(|signature| signature.builtin == builtin) else {
            return self.bad(span);
        };
        if signature.takes.len() != args.len() {
            let (name, wanted) = (signature.name, signature.takes.len());
            let message = format!("`{name}` takes {}, not {}", arguments(wanted), args.len());
            self.error(span, message).hint = signature_text(name).map(|text| format!("it is `{text}`"));
            for arg in args {
                self.check_quietly(arg);
            }
            return self.bad(span);
        }
        let mut ids = Vec::with_capacity(args.len());
        let mut types = Vec::with_capacity(args.len());
        for (arg, takes) in args.iter().zip(signature.takes) {
            let checked = self.check(arg, wanted(*takes).as_ref());
            if !fits(*takes, checked.ty.inner()) {
                let (name, ty, wanted) = (signature.name, self.name_of(checked.ty.inner()), describe(*takes));
                let message = format!("`{name}` needs {wanted} here, and this is of type `{ty}`");
                self.error(arg.span, message).hint = signature_text(name).map(|text| format!("it is `{text}`"));
            }
            ids.push(checked.id);
            types.push(checked.ty);
        }
        let id = self.emit(Expr::Builtin(builtin, ids), span);
        Typed::plain(id, result(signature.gives, builtin, &types))
    }
}

/// So many arguments, in words.
pub(super) fn arguments(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "one argument".to_owned(),
        count => format!("{count} arguments"),
    }
}

/// `split(text, text): list<string>`; `None` where no function has the name.
pub(super) fn signature_text(name: &str) -> Option<String> {
    let signature = SIGNATURES.iter().find(|signature| signature.name == name)?;
    let takes: Vec<&str> = signature.takes.iter().map(|takes| describe(*takes)).collect();
    Some(format!("{name}({}): {}", takes.join(", "), told(signature.gives)))
}

/// What a function gives, in a few words.
fn told(gives: Gives) -> String {
    match gives {
        Gives::Element => "an element, if there is one".to_owned(),
        Gives::Sum => "the sum".to_owned(),
        Gives::Dynamic => Ty::Dynamic.to_string(),
        Gives::Number | Gives::Bool | Gives::Text | Gives::TextList | Gives::Duration | Gives::Date => {
            result(gives, Builtin::Count, &[]).to_string()
        }
        Gives::Maybe(kind) => kind_type(kind).optional().to_string(),
        Gives::Origin | Gives::Nodes => result(gives, Builtin::Walk, &[]).to_string(),
    }
}

fn wanted(takes: Takes) -> Option<Ty> {
    match takes {
        Takes::Text => Some(Ty::String),
        Takes::Number => Some(Ty::Number),
        Takes::Rounding => Some(Ty::Enum(vec!["up".to_owned(), "down".to_owned()])),
        _ => None,
    }
}

fn fits(takes: Takes, ty: &Ty) -> bool {
    if matches!(ty, Ty::Error | Ty::Dynamic) {
        return true;
    }
    match takes {
        Takes::Any => true,
        Takes::Text => ty.is_text(),
        Takes::Scalar => ty.is_text() || matches!(ty, Ty::Number | Ty::Quantity),
        Takes::Collection => {
            matches!(ty, Ty::List(..) | Ty::Map(_) | Ty::Record(_))
                || matches!(ty, Ty::Union(_)) && ty.element().is_some()
        }
        Takes::OrderedList => matches!(ty, Ty::List(element, _) if element.inner().is_ordered()),
        Takes::SummableList => {
            matches!(ty, Ty::List(element, _) if matches!(element.inner(), Ty::Number | Ty::Quantity | Ty::Duration | Ty::Dynamic | Ty::Error))
        }
        Takes::Number => matches!(ty, Ty::Number),
        Takes::Scalable => matches!(ty, Ty::Number | Ty::String | Ty::Union(_)),
        Takes::Rounding => ty.is_text(),
        Takes::Selector => matches!(ty, Ty::Object(_) | Ty::Map(_) | Ty::Record(_) | Ty::Union(_)),
        Takes::Labels => matches!(ty, Ty::Map(_) | Ty::Record(_)),
    }
}

fn describe(takes: Takes) -> &'static str {
    match takes {
        Takes::Any => "a value",
        Takes::Text => "text",
        Takes::Scalar => "text or a number",
        Takes::Collection => "a list",
        Takes::OrderedList => "a list of values that have an order",
        Takes::SummableList => "a list of numbers, quantities or durations",
        Takes::Number => "a number",
        Takes::Scalable => "a number or a percentage",
        Takes::Rounding => "`\"up\"` or `\"down\"`",
        Takes::Selector => "a label selector or a map",
        Takes::Labels => "labels",
    }
}

fn result(gives: Gives, builtin: Builtin, args: &[Ty]) -> Ty {
    let lifted = args.iter().any(Ty::is_optional);
    let lift = |ty: Ty| if lifted { ty.optional() } else { ty };
    let element = |of: usize| args.get(of).and_then(Ty::element).unwrap_or(Ty::Error);
    match gives {
        Gives::Bool => Ty::Bool,
        Gives::Number if builtin == Builtin::Count => Ty::Number,
        Gives::Number => lift(Ty::Number),
        Gives::Text if builtin == Builtin::Text => Ty::String,
        Gives::Text => lift(Ty::String),
        Gives::TextList => lift(Ty::String.list()),
        Gives::Duration => lift(Ty::Duration),
        Gives::Date => Ty::Date,
        Gives::Maybe(kind) => kind_type(kind).optional(),
        Gives::Element => element(args.len().saturating_sub(1)).optional(),
        Gives::Sum => match element(0).required() {
            Ty::Error => Ty::Number,
            ty => ty,
        },
        Gives::Origin => Ty::Record(vec![("kind".to_owned(), Ty::String), ("file".to_owned(), Ty::Path)]),
        Gives::Nodes => Ty::Record(vec![
            ("key".to_owned(), Ty::String.optional()),
            ("path".to_owned(), Ty::String),
            ("depth".to_owned(), Ty::Number),
            ("value".to_owned(), Ty::Dynamic),
            ("keys".to_owned(), Ty::List(Box::new(Ty::String), None)),
        ])
        .list(),
        Gives::Dynamic => Ty::Dynamic,
    }
}

fn kind_type(kind: Kind) -> Ty {
    match kind {
        Kind::Number => Ty::Number,
        Kind::Quantity => Ty::Quantity,
        Kind::Duration => Ty::Duration,
        Kind::Date => Ty::Date,
        Kind::Semver => Ty::Semver,
        Kind::VersionRange => Ty::VersionRange,
        Kind::Ip => Ty::Ip,
        Kind::Cidr => Ty::Cidr,
        Kind::Image => Ty::Image,
        Kind::Regex => Ty::Regex,
        Kind::Path => Ty::Path,
        Kind::Cron => Ty::Cron,
        Kind::Purl => Ty::Purl,
        Kind::License => Ty::License,
        Kind::Text => Ty::String,
    }
}
