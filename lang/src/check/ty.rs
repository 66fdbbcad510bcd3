//! The types of the policy language.

use crate::ir::{KindSetId, ViewId};
use crate::schema::{DefId as SchemaDef, Schema};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ty {
    /// What a mistake leaves behind; fits everything, so that one mistake gives one message.
    Error,
    /// `true`, `false`.
    Bool,
    /// Integers and decimals.
    Number,
    /// Text.
    String,
    /// Amounts of resources.
    Quantity,
    /// Lengths of time.
    Duration,
    /// Days and moments.
    Date,
    /// `info` to `critical`.
    Severity,
    /// Image references.
    Image,
    /// Versions.
    Semver,
    /// Ranges of versions.
    VersionRange,
    /// Patterns with `*`.
    Glob,
    /// Regular expressions.
    Regex,
    /// Addresses.
    Ip,
    /// Blocks of addresses.
    Cidr,
    /// Paths of files.
    Path,
    /// Cron schedules.
    Cron,
    /// Package URLs.
    Purl,
    /// License expressions.
    License,
    /// `1..1023`.
    Range,
    /// YAML's null.
    Null,
    /// Values that no schema describes.
    Dynamic,
    /// One of a few strings.
    Enum(Vec<String>),
    /// A list; the second part names the key of a list that the schema keys.
    List(Box<Ty>, Option<String>),
    /// A map from strings.
    Map(Box<Ty>),
    /// Present or absent.
    Optional(Box<Ty>),
    /// Named fields.
    Record(Vec<(String, Ty)>),
    /// One of several.
    Union(Vec<Ty>),
    /// A part of a Kubernetes object; several where API versions differ, newest first.
    Object(Vec<SchemaDef>),
    /// An object of a kind.
    Kind(KindTy),
    /// An object of any kind.
    AnyObject,
    /// A row of a view.
    View(ViewId),
    /// A namespace.
    Namespace,
    /// The project.
    Project,
    /// The cluster that is judged for.
    Cluster,
}

/// An object of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindTy {
    /// As the policy calls it.
    pub name: String,
    /// What it matches.
    pub set: KindSetId,
    /// Its schemas, newest first; empty where nothing is known of it.
    pub defs: Vec<SchemaDef>,
}

impl Ty {
    /// A list of this type, not keyed.
    #[must_use]
    pub fn list(self) -> Self {
        Self::List(Box::new(self), None)
    }

    /// A map to this type.
    #[must_use]
    pub fn map(self) -> Self {
        Self::Map(Box::new(self))
    }

    /// This type or absent.
    #[must_use]
    pub fn optional(self) -> Self {
        match self {
            Self::Optional(_) | Self::Error | Self::Dynamic => self,
            other => Self::Optional(Box::new(other)),
        }
    }

    /// Whether the value may be absent.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        matches!(self, Self::Optional(_))
    }

    /// Without the possibility of absence.
    #[must_use]
    pub fn required(self) -> Self {
        match self {
            Self::Optional(inner) => *inner,
            other => other,
        }
    }

    /// Like [`Ty::required`], borrowed.
    #[must_use]
    pub fn inner(&self) -> &Self {
        match self {
            Self::Optional(inner) => inner,
            other => other,
        }
    }

    /// `int-or-string`.
    #[must_use]
    pub fn int_or_string() -> Self {
        Self::Union(vec![Self::Number, Self::String])
    }

    /// Whether values print as, and compare with, strings.
    #[must_use]
    pub fn is_text(&self) -> bool {
        match self.inner() {
            Self::String | Self::Enum(_) | Self::Image | Self::Path | Self::Cron | Self::Purl | Self::License => true,
            Self::Dynamic | Self::Error => true,
            Self::Union(members) => members.iter().any(Self::is_text),
            _ => false,
        }
    }

    /// Whether values have an order.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        match self {
            Self::Error
            | Self::Number
            | Self::String
            | Self::Enum(_)
            | Self::Quantity
            | Self::Duration
            | Self::Date
            | Self::Severity
            | Self::Semver
            | Self::Ip
            | Self::Path
            | Self::Dynamic => true,
            Self::Union(members) => members.iter().all(Self::is_ordered),
            _ => false,
        }
    }

    /// Whether a value of type `from` can stand where this type is asked for.
    #[must_use]
    pub fn accepts(&self, from: &Self) -> bool {
        match (self, from) {
            (Self::Error, _) | (_, Self::Error) | (Self::Dynamic, _) | (_, Self::Dynamic) => true,
            (Self::Optional(want), Self::Optional(have)) => want.accepts(have),
            (Self::Optional(want), have) => want.accepts(have),
            (Self::Union(wants), Self::Union(haves)) => haves.iter().all(|have| wants.iter().any(|w| w.accepts(have))),
            (Self::Union(wants), have) => wants.iter().any(|want| want.accepts(have)),
            (want, Self::Union(haves)) => haves.iter().all(|have| want.accepts(have)),
            (
                Self::String | Self::Path,
                Self::Enum(_) | Self::Path | Self::Image | Self::Cron | Self::Purl | Self::License,
            )
            | (Self::Path, Self::String) => true,
            (Self::Enum(wants), Self::Enum(haves)) => haves.iter().all(|have| wants.contains(have)),
            (Self::List(want, _), Self::List(have, _)) | (Self::Map(want), Self::Map(have)) => {
                want.accepts(have) || (**want).accepts_absent(have)
            }
            (Self::Map(want), Self::Record(fields)) => fields.iter().all(|(_, have)| want.accepts(have.inner())),
            (Self::Record(wants), Self::Record(haves)) => wants.iter().all(|(name, want)| {
                haves.iter().find(|(have, _)| have == name).map_or(want.is_optional(), |(_, have)| want.accepts(have))
            }),
            (Self::Object(wants), Self::Object(haves)) => wants.iter().any(|want| haves.contains(want)),
            (Self::Object(wants), Self::Kind(kind)) => wants.iter().any(|want| kind.defs.contains(want)),
            (Self::Kind(want), Self::Kind(have)) => want.set == have.set || want.name == have.name,
            (Self::AnyObject, Self::Kind(_)) => true,
            (want, have) => want == have,
        }
    }

    /// An element of `[]` has no type of its own.
    fn accepts_absent(&self, have: &Self) -> bool {
        matches!(have, Self::Error) || matches!(self, Self::Error)
    }

    /// The smallest type that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Error, ty) | (ty, Self::Error) => ty,
            (a, b) if a == b => a,
            (Self::Optional(a), b) | (b, Self::Optional(a)) => a.join(b.required()).optional(),
            (Self::Dynamic, _) | (_, Self::Dynamic) => Self::Dynamic,
            (Self::List(a, key), Self::List(b, other)) => {
                Self::List(Box::new(a.join(*b)), key.filter(|k| Some(k) == other.as_ref()))
            }
            (Self::Map(a), Self::Map(b)) => Self::Map(Box::new(a.join(*b))),
            (Self::Object(mut a), Self::Object(b)) => {
                for def in b {
                    if !a.contains(&def) {
                        a.push(def);
                    }
                }
                Self::Object(a)
            }
            (Self::Enum(mut a), Self::Enum(b)) => {
                a.extend(b.into_iter().filter(|word| !a.contains(word)).collect::<Vec<_>>());
                Self::Enum(a)
            }
            (Self::String, Self::Enum(_) | Self::Path) | (Self::Enum(_) | Self::Path, Self::String) => Self::String,
            (Self::Record(a), Self::Record(b)) => Self::join_records(a, b),
            (a, b) if a.accepts(&b) => a,
            (a, b) if b.accepts(&a) => b,
            (Self::Union(mut a), Self::Union(b)) => {
                for member in b {
                    if !a.contains(&member) {
                        a.push(member);
                    }
                }
                Self::Union(a)
            }
            (Self::Union(mut members), ty) | (ty, Self::Union(mut members)) => {
                if !members.contains(&ty) {
                    members.push(ty);
                }
                Self::Union(members)
            }
            (a, b) => Self::Union(vec![a, b]),
        }
    }

    /// Number of types that this one is made of, itself included; counting stops soon after `most`.
    #[must_use]
    pub fn size(&self, most: usize) -> usize {
        let parts: &mut dyn Iterator<Item = &Self> = match self {
            Self::List(inner, _) | Self::Map(inner) | Self::Optional(inner) => &mut std::iter::once(&**inner),
            Self::Record(fields) => &mut fields.iter().map(|(_, ty)| ty),
            Self::Union(members) => &mut members.iter(),
            _ => return 1,
        };
        let mut size = 1;
        for part in parts {
            if size > most {
                break;
            }
            size += part.size(most - size);
        }
        size
    }

    fn join_records(a: Vec<(String, Self)>, b: Vec<(String, Self)>) -> Self {
        let mut fields: Vec<(String, Self)> = Vec::with_capacity(a.len());
        let mut rest = b;
        for (name, ty) in a {
            match rest.iter().position(|(other, _)| *other == name) {
                Some(at) => {
                    let (_, other) = rest.remove(at);
                    fields.push((name, ty.join(other)));
                }
                None => fields.push((name, ty.optional())),
            }
        }
        fields.extend(rest.into_iter().map(|(name, ty)| (name, ty.optional())));
        Self::Record(fields)
    }

    /// What a list's or map's elements are; `None` where the type has no elements.
    #[must_use]
    pub fn element(&self) -> Option<Self> {
        match self.inner() {
            Self::List(element, _) | Self::Map(element) => Some((**element).clone()),
            Self::Dynamic => Some(Self::Dynamic),
            Self::Error => Some(Self::Error),
            Self::Union(members) => {
                members.iter().map(Self::element).collect::<Option<Vec<_>>>()?.into_iter().reduce(Self::join)
            }
            Self::Record(fields) => fields.iter().map(|(_, ty)| ty.inner().clone()).reduce(Self::join),
            _ => None,
        }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Error => "?",
            Self::Bool => "bool",
            Self::Number => "number",
            Self::String => "string",
            Self::Quantity => "quantity",
            Self::Duration => "duration",
            Self::Date => "date",
            Self::Severity => "severity",
            Self::Image => "image",
            Self::Semver => "semver",
            Self::VersionRange => "version_range",
            Self::Glob => "glob",
            Self::Regex => "regex",
            Self::Ip => "ip",
            Self::Cidr => "cidr",
            Self::Path => "path",
            Self::Cron => "cron",
            Self::Purl => "purl",
            Self::License => "license",
            Self::Range => "range",
            Self::Null => "null",
            Self::Dynamic => "dynamic",
            Self::AnyObject => "object",
            Self::Namespace => "namespace",
            Self::Project => "project",
            Self::Cluster => "cluster",
            Self::Enum(words) => {
                let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
                return f.write_str(&quoted.join(" | "));
            }
            Self::List(element, _) => return write!(f, "list<{element}>"),
            Self::Map(element) => return write!(f, "map<{element}>"),
            Self::Optional(inner) if matches!(**inner, Self::Union(_) | Self::Enum(_)) => {
                return write!(f, "({inner})?");
            }
            Self::Optional(inner) => return write!(f, "{inner}?"),
            Self::Record(fields) => {
                let parts: Vec<_> = fields.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
                return write!(f, "{{{}}}", parts.join(", "));
            }
            Self::Union(members) => {
                let parts: Vec<_> = members.iter().map(ToString::to_string).collect();
                return f.write_str(&parts.join(" | "));
            }
            Self::Object(defs) => {
                return f.write_str(defs.first().map_or("object", |def| Schema::newest().definition_name(*def)));
            }
            Self::Kind(kind) => &kind.name,
            Self::View(_) => "row",
        };
        f.write_str(word)
    }
}
