//! Expressions: what they compute, and how a document's node becomes a value.

use super::{ConstId, DefId, ExprId, KindSetId, ParamId, PropertyId, ShapeId, Slot, Sym, ViewId};
use serde::{Deserialize, Serialize};

/// An expression. Operands stand before it in [`super::Program::exprs`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Expr {
    /// A value known at compile time.
    Const(ConstId),
    /// A parameter's value.
    Param(ParamId),
    /// A variable.
    Local(Slot),
    /// The cluster that is judged for: `cluster`.
    Cluster,
    /// The project of the subject: `project`.
    Project,
    /// `base.name`: a key of a mapping, a field of a record, a key of a map. Absent where it is not there.
    Field {
        /// A node, a record, or a row (whose own node is meant).
        base: ExprId,
        /// The key.
        name: Sym,
        /// How the child node becomes a value.
        shape: ShapeId,
    },
    /// `base[index]`: a list by number (0-based), a map by string. Absent where it is not there.
    Index {
        /// A list or a map.
        base: ExprId,
        /// A number or a string.
        index: ExprId,
        /// How the element becomes a value.
        shape: ShapeId,
    },
    /// `containers["main"]`: the first element of a list whose field `key` equals a string.
    ListKey {
        /// A list.
        base: ExprId,
        /// The list-map key.
        key: Sym,
        /// A string.
        value: ExprId,
        /// How the element becomes a value.
        shape: ShapeId,
    },
    /// A field that a view declares, computed once a row.
    RowField {
        /// A row of that view.
        base: ExprId,
        /// The view.
        view: ViewId,
        /// Place in [`super::View::fields`].
        field: u32,
    },
    /// A field that a policy adds to a type, computed once a value.
    Property {
        /// The value.
        base: ExprId,
        /// The property.
        property: PropertyId,
    },
    /// The rows of a view that come from `parent`; a single row (or absent) where the view's clause is a `one`, or has
    /// no clause.
    Rows {
        /// The source.
        parent: ExprId,
        /// The view.
        view: ViewId,
    },
    /// A part that the engine knows of: of images, objects, namespaces and so on.
    Native {
        /// The value.
        base: ExprId,
        /// Which part.
        part: Native,
    },
    /// All objects of some kinds, or rows of a view, in the subject's project.
    Docs {
        /// Kinds, or a view.
        of: DocsOf,
        /// A namespace to which to keep.
        namespace: Option<ExprId>,
    },
    /// The object of a kind and name; absent in a closed world where there is none, unknown in an open one.
    Find {
        /// Kinds; where `None`, `kind_name` says.
        kinds: Option<KindSetId>,
        /// The kind as a string.
        kind_name: Option<ExprId>,
        /// The name.
        name: ExprId,
        /// The namespace; `None` for objects that have none.
        namespace: Option<ExprId>,
    },
    /// `project.namespace("x")`.
    NamespaceNamed(ExprId),
    /// `not e`, Kleene.
    Not(ExprId),
    /// `and`, Kleene, left to right.
    And(ExprId, ExprId),
    /// `or`, Kleene, left to right.
    Or(ExprId, ExprId),
    /// `a == b` and so on. On absent: `==` false, `!=` true; order is unknown (the checker let only values that must
    /// be there come here).
    Compare(Comparison, ExprId, ExprId),
    /// `a in list`, `a in range`, `a in map` (keys).
    In(ExprId, ExprId),
    /// `list contains a`, `text contains "x"`, `map contains "key"`.
    Contains(ExprId, ExprId),
    /// `a matches regex`; the right side may be a list: any of it.
    Matches(ExprId, ExprId),
    /// `a like glob`; the right side may be a list: any of it.
    Like(ExprId, ExprId, GlobScope),
    /// `a within b`: address in block, number in range, path below path. The right side may be a list: any of it.
    Within(ExprId, ExprId),
    /// `range overlaps range`, `cidr overlaps cidr`.
    Overlaps(ExprId, ExprId),
    /// `version satisfies range`.
    Satisfies(ExprId, ExprId),
    /// `a starts with b`; the right side may be a list: any of it.
    StartsWith(ExprId, ExprId),
    /// `a ends with b`; the right side may be a list: any of it.
    EndsWith(ExprId, ExprId),
    /// `e is Type`.
    Is(ExprId, TypeTest),
    /// `e is empty`: absent, "", no element, no key. Only for text, lists, maps, records and objects.
    IsEmpty(ExprId),
    /// `exists e`: not absent.
    Exists(ExprId),
    /// `a ?? b`: catches absent, not unknown.
    Coalesce(ExprId, ExprId),
    /// `+ - *`.
    Arithmetic(Arithmetic, ExprId, ExprId),
    /// `-e`.
    Negate(ExprId),
    /// `a..b`.
    Range(ExprId, ExprId),
    /// Lists joined by `+`.
    Concat(ExprId, ExprId),
    /// `if c then a else b`.
    If(ExprId, ExprId, ExprId),
    /// `any|all|none x in e [where c] [: cond]`.
    Quantifier(Quantifier, Box<Binder>, Option<ExprId>),
    /// `[item for … for …]`.
    Comprehension {
        /// The item.
        item: ExprId,
        /// One `for` each, outermost first.
        binders: Vec<Binder>,
    },
    /// `group x in xs [where c] by key`: a list of records `{key, items}`, in source order.
    Group {
        /// Name, source, condition.
        binder: Box<Binder>,
        /// The key.
        by: ExprId,
        /// The name `key`.
        key: Sym,
        /// The name `items`.
        items: Sym,
    },
    /// `[a, b]`.
    List(Vec<ExprId>),
    /// `{a: x, b: y}`.
    Record(Vec<(Sym, ExprId)>),
    /// `"…{e}…"`.
    Text(Vec<TextPart>),
    /// A call of a def; its parameters are the first slots of its frame.
    Call(DefId, Vec<ExprId>),
    /// A call of a built-in function.
    Builtin(Builtin, Vec<ExprId>),
}

/// What [`Expr::Docs`] lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DocsOf {
    /// Objects of these kinds.
    Kinds(KindSetId),
    /// Every object.
    Objects,
    /// Rows of a view.
    View(ViewId),
    /// Every namespace.
    Namespaces,
}

/// One `for`, quantifier or generator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Binder {
    /// Slot of a map's key or a list's index.
    pub key: Option<Slot>,
    /// Slot of the item.
    pub item: Slot,
    /// A list or a map; absent counts as empty.
    pub source: ExprId,
    /// `where`.
    pub condition: Option<ExprId>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TextPart {
    /// As it is.
    Plain(String),
    /// A value, printed.
    Value(ExprId),
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterEqual,
}

/// Arithmetic; overflow is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arithmetic {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
}

/// Quantifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quantifier {
    /// True if some element holds.
    Any,
    /// True if every element holds.
    All,
    /// True if no element holds.
    None,
}

/// What `*` of a glob stops at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GlobScope {
    /// At `/`: images and paths.
    Path,
    /// At `.`: host names.
    Host,
    /// At nothing: plain names.
    Plain,
}

/// How a node of a document becomes a value. A node of another form gives unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Shape {
    /// Whatever it is: scalars as YAML resolves them, `null` kept.
    Dynamic,
    /// A boolean.
    Bool,
    /// An integer or a floating-point number.
    Number,
    /// A string.
    String,
    /// A quantity: a string or a number.
    Quantity,
    /// An integer or a string.
    IntOrString,
    /// A string that is an image reference; one with `$` variables is unknown.
    Image,
    /// A mapping with named fields.
    Object,
    /// A sequence.
    List(ShapeId),
    /// A mapping from strings.
    Map(ShapeId),
}

/// What `is Type` asks at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TypeTest {
    /// A boolean.
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// A list.
    List,
    /// A mapping or record.
    Map,
    /// YAML's null, for dynamic values.
    Null,
    /// Absent.
    Absent,
    /// An object of these kinds.
    Kinds(KindSetId),
    /// A row of a view.
    View(ViewId),
}

/// Parts that the engine computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Native {
    /// Object: `apiVersion` as written.
    ObjectApiVersion,
    /// Object: group, "" for the core group.
    ObjectGroup,
    /// Object: version.
    ObjectVersion,
    /// Object: kind.
    ObjectKind,
    /// Object: whether its kind lives in namespaces (known kinds by schema and CRDs; others: unless cluster-scoped).
    ObjectNamespaced,
    /// Object: its namespace.
    ObjectNamespace,
    /// Object or row: name of the file.
    ObjectFile,
    /// Row: the object that it stands in.
    RowObject,
    /// Namespace: name; `(unset)` where objects name none. Its place: the declaration, else the first mention.
    NamespaceName,
    /// Namespace: whether a Namespace object declares it.
    NamespaceDeclared,
    /// Namespace: the Namespace object, absent where only mentioned.
    NamespaceObject,
    /// Project: name.
    ProjectName,
    /// Project: its namespaces.
    ProjectNamespaces,
    /// Project: names of its files.
    ProjectFiles,
    /// Cluster: version.
    ClusterVersion,
    /// Cluster: provider, absent unless configured.
    ClusterProvider,
    /// Cluster: feature gates, a map.
    ClusterFeatures,
    /// Image: registry, `docker.io` where none is written.
    ImageRegistry,
    /// Image: path, `library/nginx` for a short name.
    ImagePath,
    /// Image: registry and path.
    ImageRepository,
    /// Image: tag as written, or absent.
    ImageTag,
    /// Image: digest as written, or absent.
    ImageDigest,
    /// Cidr: whether bits beside the prefix are set.
    CidrHostBits,
    /// Path: last segment.
    PathBase,
    /// Path: whether it is absolute.
    PathAbsolute,
    /// Purl: without its version.
    PurlWithoutVersion,
    /// License expression: its alternatives.
    LicenseAlternatives,
    /// Semver: major number.
    SemverMajor,
    /// Semver: minor number.
    SemverMinor,
    /// Semver: patch number.
    SemverPatch,
    /// Text: as it is written in its file, quotes included.
    TextRaw,
    /// Text: whether it is written as a variable and nothing else.
    TextIsVariable,
}

/// Built-in functions. "Lifts": an absent argument gives absent (false for a truth value), unknown gives unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Builtin {
    /// `number(x): number?` from a string, bool-free; also numbers and quantities that are whole.
    Number,
    /// `quantity(x): quantity?`.
    Quantity,
    /// `duration(x): duration?`.
    Duration,
    /// `date(x): date?`.
    Date,
    /// `semver(x): semver?`.
    Semver,
    /// `version_range(x): version_range?`.
    VersionRange,
    /// `ip(x): ip?`.
    Ip,
    /// `cidr(x): cidr?`.
    Cidr,
    /// `image(x): image?`.
    Image,
    /// `regex(x): regex?`.
    Regex,
    /// `path(x): path?`.
    Path,
    /// `cron(x): cron?`.
    Cron,
    /// `purl(x): purl?`.
    Purl,
    /// `license(x): license?`.
    License,
    /// `base64(x): string?`, decoded as UTF-8.
    Base64,
    /// `json(x): dynamic`, absent where it is none.
    Json,
    /// `yaml(x): dynamic`, absent where it is none.
    Yaml,
    /// `length(x): number`, in Unicode scalar values.
    Length,
    /// `lower(x): string`, ASCII.
    Lower,
    /// `upper(x): string`, ASCII.
    Upper,
    /// `trim(x): string`.
    Trim,
    /// `split(x, separator): list<string>`.
    Split,
    /// `entropy(x): number`, bits a character.
    Entropy,
    /// `text(x): string`, any value printed.
    Text,
    /// `count(xs): number`; absent counts 0, an incomplete list is unknown.
    Count,
    /// `sum(xs)`; of numbers, quantities or durations.
    Sum,
    /// `min(xs)`; absent for no element.
    Min,
    /// `max(xs)`; absent for no element.
    Max,
    /// `first(xs)`.
    First,
    /// `last(xs)`.
    Last,
    /// `scaled(value, total, "up"|"down"): number`.
    Scaled,
    /// `selects(selector, labels): bool`. A LabelSelector or a map; absent selector none, empty LabelSelector all, empty
    /// map none.
    Selects,
    /// `grants(rule, verb, "pods/exec"): bool`.
    Grants,
    /// `closest(selector or text, xs)`: the element that comes nearest.
    Closest,
    /// `origin(x)`: `{kind, file}`.
    Origin,
    /// `days(n): duration`.
    Days,
    /// `today(): date`.
    Today,
    /// `now(): date`.
    Now,
    /// `walk(x)`: the nodes below, `{key path depth value keys}`.
    Walk,
    /// `before(x, separator): string`, the text before the first separator; the whole where there is none.
    Before,
    /// `after(x, separator): string?`, the text after the first separator; absent where there is none.
    After,
    /// `replace(x, what, by): string`.
    Replace,
    /// `reaches(from, to, port): bool`: whether network policies allow traffic between workloads, or `"outside"`; the port is
    /// `"TCP 80"`, `"any"` for some port, or `"all"`.
    Reaches,
}

impl Expr {
    /// Calls back for each expression that this one is made of.
    pub fn operands(&self, see: &mut impl FnMut(ExprId)) {
        match self {
            Self::Const(_) | Self::Param(_) | Self::Local(_) | Self::Cluster | Self::Project => {}
            Self::Field { base, .. }
            | Self::RowField { base, .. }
            | Self::Property { base, .. }
            | Self::Native { base, .. }
            | Self::Rows { parent: base, .. } => see(*base),
            Self::Index { base, index, .. } => [*base, *index].into_iter().for_each(see),
            Self::ListKey { base, value, .. } => [*base, *value].into_iter().for_each(see),
            Self::Docs { namespace, .. } => namespace.iter().copied().for_each(see),
            Self::Find { kind_name, name, namespace, .. } => {
                kind_name.iter().chain([name]).chain(namespace).copied().for_each(see);
            }
            Self::NamespaceNamed(a)
            | Self::Not(a)
            | Self::Is(a, _)
            | Self::IsEmpty(a)
            | Self::Exists(a)
            | Self::Negate(a) => see(*a),
            Self::And(a, b)
            | Self::Or(a, b)
            | Self::Compare(_, a, b)
            | Self::In(a, b)
            | Self::Contains(a, b)
            | Self::Matches(a, b)
            | Self::Like(a, b, _)
            | Self::Within(a, b)
            | Self::Overlaps(a, b)
            | Self::Satisfies(a, b)
            | Self::StartsWith(a, b)
            | Self::EndsWith(a, b)
            | Self::Coalesce(a, b)
            | Self::Arithmetic(_, a, b)
            | Self::Range(a, b)
            | Self::Concat(a, b) => [*a, *b].into_iter().for_each(see),
            Self::If(c, a, b) => [*c, *a, *b].into_iter().for_each(see),
            Self::Quantifier(_, binder, condition) => {
                binder.operands(see);
                condition.iter().copied().for_each(see);
            }
            Self::Comprehension { item, binders } => {
                for binder in binders {
                    binder.operands(see);
                }
                see(*item);
            }
            Self::Group { binder, by, .. } => {
                binder.operands(see);
                see(*by);
            }
            Self::List(items) | Self::Call(_, items) | Self::Builtin(_, items) => items.iter().copied().for_each(see),
            Self::Record(fields) => fields.iter().for_each(|(_, value)| see(*value)),
            Self::Text(parts) => {
                for part in parts {
                    if let TextPart::Value(value) = part {
                        see(*value);
                    }
                }
            }
        }
    }
}

impl Binder {
    fn operands(&self, see: &mut impl FnMut(ExprId)) {
        see(self.source);
        self.condition.iter().copied().for_each(see);
    }
}
