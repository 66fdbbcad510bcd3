//! Values that are known when a policy is compiled, and the values of parameters.

use crate::values::{
    Cidr, Date, Duration, Glob, IntRange, Ip, Number, Pattern, Quantity, Severity, Version, VersionRange,
};
use serde::{Deserialize, Serialize};

/// A value without a place in any document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Const {
    /// Nothing; the value of an optional parameter that is not set.
    Absent,
    /// `true`, `false`.
    Bool(bool),
    /// An exact number.
    Number(Number),
    /// A string; also the value of an enum, a path or an image.
    String(String),
    /// An amount.
    Quantity(Quantity),
    /// A length of time.
    Duration(Duration),
    /// A day or a moment.
    Date(Date),
    /// A severity.
    Severity(Severity),
    /// A version.
    Semver(Version),
    /// A range of versions.
    VersionRange(VersionRange),
    /// A glob; how its `*` treats separators is said where it is used.
    Glob(Glob),
    /// A regular expression.
    Regex(Pattern),
    /// An address.
    Ip(Ip),
    /// A block of addresses.
    Cidr(Cidr),
    /// `1..1023`.
    Range(IntRange),
    /// A list.
    List(Vec<Const>),
    /// A record, or a map: names and values in the order written.
    Record(Vec<(String, Const)>),
}
