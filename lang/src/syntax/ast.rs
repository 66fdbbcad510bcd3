//! The tree of a policy file as it was written: every node with its span, comments kept beside it.
//!
//! The tree holds text, not meaning: names are not resolved, literals of globs or images are still strings, and a span
//! that could not be parsed is an [`Item::Bad`] or [`StatementKind::Bad`] that the rest of the file survives.

use policyc_text::Span;

/// One policy file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// `module a.b`; `None` where the line is missing.
    pub module: Option<DottedName>,
    /// `import a.b`.
    pub imports: Vec<DottedName>,
    /// Everything else, in source order.
    pub items: Vec<Item>,
    /// All comments, in source order; their place relative to the items is given by their spans.
    pub comments: Vec<Comment>,
}

/// `# …` up to the line's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From `#` to the last byte before the line's end.
    pub span: Span,
}

/// One word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// `a.b.c`; rule ids with dashes may stand in it (`std.pods.host-path`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DottedName {
    /// At least one part.
    pub parts: Vec<Name>,
    /// From the first part to the last.
    pub span: Span,
}

/// What a file is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `param name: type = value doc "…"`.
    Param(Param),
    /// `type name = …`.
    Type(TypeItem),
    /// `def name(a: T): T = …`, or a constant `def name: T = …`.
    Def(Def),
    /// `table name: list<T> from "f.csv"`.
    Table(Table),
    /// `view name row [of Type] from Source parent …`: rows with fields.
    View(View),
    /// `view name on Type x [: Type] = …`: one more field of a type.
    Property(Property),
    /// `kind X = "group/Kind"` or `"group/version/Kind"`.
    Kind(KindItem),
    /// `rule id on … { … }`.
    Rule(Rule),
    /// `exempt a, b for Subject x …`.
    Exempt(Exempt),
    /// `use rule [as id] [with { … }] [severity s]`.
    Use(Use),
    /// `profile id { … }`.
    Profile(Profile),
    /// `test "…" { … }`.
    Test(Test),
    /// Text that no item could be made of; its own diagnostic says why.
    Bad(Span),
}

/// A parameter of the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Name.
    pub name: Name,
    /// Declared type.
    pub ty: TypeExpr,
    /// Default; a parameter without one must be set.
    pub default: Option<Expr>,
    /// `doc "…"`.
    pub doc: Option<Expr>,
    /// Whole item.
    pub span: Span,
}

/// A named type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeItem {
    /// Name.
    pub name: Name,
    /// What it stands for.
    pub ty: TypeExpr,
    /// Whole item.
    pub span: Span,
}

/// A function, or a constant where `parameters` is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Def {
    /// Name.
    pub name: Name,
    /// `(a: T, b: U)`.
    pub parameters: Option<Vec<Binding>>,
    /// Result type.
    pub ty: TypeExpr,
    /// Body.
    pub body: Expr,
    /// Whole item.
    pub span: Span,
}

/// `name: type`.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// Name.
    pub name: Name,
    /// Type.
    pub ty: TypeExpr,
}

/// Data from a file beside the policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Name.
    pub name: Name,
    /// Type of the rows, as a list.
    pub ty: TypeExpr,
    /// File name, relative to the policy file.
    pub source: Expr,
    /// Whole item.
    pub span: Span,
}

/// Rows of a kind of their own, each with the source node that it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Name of the view; the type of its rows.
    pub name: Name,
    /// What a row is called inside the view.
    pub row: Name,
    /// `of Type`: the type whose fields a row also has.
    pub base: Option<TypeExpr>,
    /// `from A | B`: what rows come from.
    pub source: TypeExpr,
    /// What a source is called inside the view.
    pub parent: Name,
    /// `as name`: the field of the source that gives its rows.
    pub property: Option<Name>,
    /// `where cond`: which sources have rows.
    pub condition: Option<Expr>,
    /// `each list { … }` and `one place { … }`; without any, the source itself is the row's node.
    pub clauses: Vec<RowClause>,
    /// Fields that every row has.
    pub fields: Vec<RowField>,
    /// Whole item.
    pub span: Span,
}

/// Where rows of a view come from.
#[derive(Clone, Debug, PartialEq)]
pub struct RowClause {
    /// `one` rather than `each`.
    pub one: bool,
    /// The list, or with `one` the place.
    pub source: Expr,
    /// Fields that differ by clause.
    pub fields: Vec<RowField>,
    /// Whole clause.
    pub span: Span,
}

/// `name: type = value` in a view.
#[derive(Clone, Debug, PartialEq)]
pub struct RowField {
    /// Name.
    pub name: Name,
    /// Type; needed unless a clause gives a field that the view declares.
    pub ty: Option<TypeExpr>,
    /// Value; a view may declare a field whose value each clause gives.
    pub value: Option<Expr>,
    /// `doc "…"`.
    pub doc: Option<Expr>,
    /// Whole field.
    pub span: Span,
}

/// `view name on Type x [: Type] = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Name of the field.
    pub name: Name,
    /// The type that gets it.
    pub on: TypeExpr,
    /// What the value of that type is called.
    pub subject: Name,
    /// Declared type; inferred where it is left out.
    pub ty: Option<TypeExpr>,
    /// Value.
    pub value: Expr,
    /// Whole item.
    pub span: Span,
}

/// A name for one of several kinds that are called alike.
#[derive(Clone, Debug, PartialEq)]
pub struct KindItem {
    /// Name.
    pub name: Name,
    /// `"group/Kind"`.
    pub target: Expr,
    /// Whole item.
    pub span: Span,
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Id.
    pub id: Name,
    /// What it judges.
    pub subject: Subject,
    /// `title`, `severity` and so on, in source order.
    pub metadata: Vec<Metadata>,
    /// What it says.
    pub body: Vec<Statement>,
    /// Whole item.
    pub span: Span,
}

/// `A | B x [where cond]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// Kinds or views.
    pub ty: TypeExpr,
    /// The name of one of them.
    pub name: Name,
    /// Which of them.
    pub condition: Option<Expr>,
}

/// One line of a rule's or profile's head.
#[derive(Clone, Debug, PartialEq)]
pub struct Metadata {
    /// `title severity phase theme controls tags since help doc unknown`.
    pub key: Name,
    /// Text, number, list or word.
    pub value: Expr,
}

/// A statement with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Whole statement.
    pub span: Span,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `let x = e`.
    Let {
        /// Name.
        name: Name,
        /// Value.
        value: Expr,
    },
    /// `for x in e where c { … }`.
    For {
        /// Names, source, condition.
        binder: Binder,
        /// Statements.
        body: Vec<Statement>,
    },
    /// `when c { … } else { … }`.
    When {
        /// Condition.
        condition: Expr,
        /// Statements where it holds.
        then: Vec<Statement>,
        /// Statements where it does not.
        otherwise: Vec<Statement>,
    },
    /// `require e else "…" …` or `forbid e else "…" …`.
    Check(Box<Check>),
    /// Text that no statement could be made of.
    Bad,
}

/// `x in e [where c]`, `k, v in m`, or `group x in e [where c] by k` as the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Binder {
    /// The name before the comma: a map's key or a list's index.
    pub key: Option<Name>,
    /// The item.
    pub item: Name,
    /// What is gone through; a `group` stands here as [`ExprKind::Group`].
    pub source: Expr,
    /// `where c`.
    pub condition: Option<Box<Expr>>,
}

/// A check.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// `forbid` rather than `require`.
    pub forbid: bool,
    /// What must, or must not, hold.
    pub condition: Expr,
    /// After `else`; `None` only after a mistake.
    pub message: Option<Expr>,
    /// `at e`.
    pub at: Option<Expr>,
    /// `see e, e`; several clauses add up.
    pub see: Vec<Expr>,
    /// `help "…"`.
    pub help: Option<Expr>,
    /// `severity e`.
    pub severity: Option<Expr>,
    /// `fix …`.
    pub fixes: Vec<Fix>,
}

/// `fix safe <edit>` or `fix safe { edit edit }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// `safe`, `unsafe` or `hint`.
    pub applicability: Name,
    /// Edits that belong together.
    pub edits: Vec<FixEdit>,
    /// Whole fix.
    pub span: Span,
}

/// One edit of a fix.
#[derive(Clone, Debug, PartialEq)]
pub struct FixEdit {
    /// What it does.
    pub kind: FixKind,
    /// Whole edit.
    pub span: Span,
}

/// What an edit does.
#[derive(Clone, Debug, PartialEq)]
pub enum FixKind {
    /// `set P = v`.
    Set(Expr, Expr),
    /// `remove P`.
    Remove(Expr),
    /// `append v to P`.
    Append(Expr, Expr),
    /// `replace P with v`.
    Replace(Expr, Expr),
    /// `insert v before P`.
    InsertBefore(Expr, Expr),
    /// `insert v after P`.
    InsertAfter(Expr, Expr),
    /// `create template "name"`.
    Create(Name, Expr),
}

/// An exemption.
#[derive(Clone, Debug, PartialEq)]
pub struct Exempt {
    /// The rules.
    pub rules: Vec<Name>,
    /// For whom.
    pub subject: Subject,
    /// `because "…"`.
    pub because: Option<Expr>,
    /// `ticket "…"`.
    pub ticket: Option<Expr>,
    /// `by "…"`.
    pub by: Option<Expr>,
    /// `until 2027-06-30`.
    pub until: Option<Expr>,
    /// Whole item.
    pub span: Span,
}

/// A rule taken over with other parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// The rule.
    pub rule: DottedName,
    /// `as id`.
    pub alias: Option<Name>,
    /// `with { … }`, a record.
    pub with: Option<Expr>,
    /// `severity s`.
    pub severity: Option<Expr>,
    /// Whole item.
    pub span: Span,
}

/// Several rules reported as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Id.
    pub id: Name,
    /// Head.
    pub metadata: Vec<Metadata>,
    /// `include [ids]`.
    pub include: Vec<Name>,
    /// Whole item.
    pub span: Span,
}

/// A test.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What it shows.
    pub name: Expr,
    /// Lines, in source order.
    pub lines: Vec<TestLine>,
    /// Whole item.
    pub span: Span,
}

/// A line of a test.
#[derive(Clone, Debug, PartialEq)]
pub enum TestLine {
    /// `param name = value`; the name may be `rule.name`.
    Param(DottedName, Expr),
    /// `kubernetes "1.24"`, `world open`, `as_of 2027-01-01`, `namespace "x"`.
    Setting(Name, Expr),
    /// `given yaml ["file"] """…"""`.
    Given(Given),
    /// `expect …`.
    Expect(Expect),
    /// Text that no line could be made of.
    Bad(Span),
}

/// An input of a test.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// `yaml`, `json`, `dockerfile`, `chart`, `trivy` and so on.
    pub kind: Name,
    /// What the file is called.
    pub file: Option<Expr>,
    /// The text, a raw string; `None` where `file` names a file beside the policy.
    pub text: Option<Expr>,
    /// Whole line.
    pub span: Span,
}

/// What a test expects.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// The rule.
    pub rule: Name,
    /// What of it.
    pub outcome: ExpectKind,
    /// Whole line.
    pub span: Span,
}

/// What a rule is expected to do.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpectKind {
    /// `passes`: no finding.
    Passes,
    /// `fails [at "path"]`.
    Fails(Option<Expr>),
    /// `indeterminate [at "path"]`.
    Indeterminate(Option<Expr>),
    /// `skips`: not applicable to any subject.
    Skips,
    /// `expect fix rule """…"""`.
    Fix(Expr),
}

/// A type as written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    /// Its form.
    pub kind: TypeExprKind,
    /// Whole type.
    pub span: Span,
}

/// The forms of types.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeExprKind {
    /// `string`, `Container`, `workload`.
    Name(String),
    /// `list<T>`.
    List(Box<TypeExpr>),
    /// `map<T>`.
    Map(Box<TypeExpr>),
    /// `{a: T, b: T?}`.
    Record(Vec<Binding>),
    /// `"x"`, as a part of a union.
    Literal(String),
    /// `A | B`.
    Union(Vec<TypeExpr>),
    /// `T?`.
    Optional(Box<TypeExpr>),
    /// Text that no type could be made of.
    Bad,
}

/// An expression with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Its form.
    pub kind: ExprKind,
    /// Whole expression, without parentheses around it.
    pub span: Span,
}

/// The forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `true`, `false`.
    Bool(bool),
    /// `12`, `2.5`, as written.
    Number(String),
    /// `512Mi`, as written.
    Quantity(String),
    /// `2027-06-30`, as written.
    Date(String),
    /// `"…{e}…"`.
    Text(Vec<TextPart>),
    /// `"""…"""`, indentation removed.
    Raw(String),
    /// `/…/`, without the slashes, `\/` already `/`.
    Regex(String),
    /// A variable, parameter, def, view, kind or enum constant.
    Name(String),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `{a: x, b: y}`.
    Record(Vec<(Name, Expr)>),
    /// `[e for x in xs where c for y in ys]`.
    Comprehension {
        /// The item.
        item: Box<Expr>,
        /// One `for` each.
        binders: Vec<Binder>,
    },
    /// `group x in xs [where c] by e`.
    Group {
        /// Name, source, condition.
        binder: Box<Binder>,
        /// `by e`.
        by: Box<Expr>,
    },
    /// `a.b`.
    Field(Box<Expr>, Name),
    /// `a[b]`.
    Index(Box<Expr>, Box<Expr>),
    /// `f(a, b)` or `x.f(a, b)`.
    Call(Box<Expr>, Vec<Expr>),
    /// `not e`.
    Not(Box<Expr>),
    /// `-e`.
    Negate(Box<Expr>),
    /// `exists P`.
    Exists(Box<Expr>),
    /// `a op b`.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `e is [not] empty|null|absent|Type`.
    Is {
        /// The value.
        value: Box<Expr>,
        /// `is not`.
        negated: bool,
        /// The test.
        test: IsTest,
    },
    /// `if c then a else b`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `any x in e [where c] [: cond]`.
    Quantifier {
        /// Which.
        kind: Quantifier,
        /// Names, source, condition.
        binder: Box<Binder>,
        /// After the colon.
        condition: Option<Box<Expr>>,
    },
    /// Text that no expression could be made of.
    Bad,
}

/// A part of a text literal.
#[derive(Clone, Debug, PartialEq)]
pub enum TextPart {
    /// Plain text, escapes already replaced.
    Plain(String),
    /// `{e}`.
    Expr(Expr),
}

/// What `is` asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum IsTest {
    /// `is empty`.
    Empty,
    /// `is null`.
    Null,
    /// `is absent`.
    Absent,
    /// `is Pod`, `is string`.
    Type(TypeExpr),
}

/// Operators between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `or`.
    Or,
    /// `and`.
    And,
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
    /// `in`.
    In,
    /// `not in`.
    NotIn,
    /// `contains`.
    Contains,
    /// `matches`.
    Matches,
    /// `like`.
    Like,
    /// `within`.
    Within,
    /// `overlaps`.
    Overlaps,
    /// `satisfies`.
    Satisfies,
    /// `starts with`.
    StartsWith,
    /// `ends with`.
    EndsWith,
    /// `??`.
    Coalesce,
    /// `..`.
    Range,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
}

/// Quantifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `any`.
    Any,
    /// `all`.
    All,
    /// `none`.
    None,
}
