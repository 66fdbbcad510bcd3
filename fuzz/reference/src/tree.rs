//! Policies as trees: what the generator makes, the printer prints and the evaluator evaluates.

use crate::pattern::{Glob, Regex};
use crate::types::{Kind, Slot, Type};
use std::rc::Rc;

/// A module.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Policy {
    /// Parameters with their defaults.
    pub params: Vec<Param>,
    /// Functions; a body calls only those before it.
    pub functions: Vec<Function>,
    /// Views; a field reads only those before it.
    pub views: Vec<View>,
    /// Fields added to kinds.
    pub properties: Vec<Property>,
    /// Rules.
    pub rules: Vec<Rule>,
    /// Exemptions.
    pub exemptions: Vec<Exemption>,
}

/// `param name: type = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Name.
    pub name: String,
    /// Type.
    pub slot: Slot,
    /// A literal.
    pub value: Expr,
}

/// `def name(a: T): T = body`.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Name.
    pub name: String,
    /// Names and types.
    pub parameters: Vec<(String, Slot)>,
    /// Type of the result.
    pub result: Slot,
    /// Body.
    pub body: Expr,
}

/// `view name row of item from Kind parent as property where … { each … { … } fields }`.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Name, type of the rows.
    pub name: String,
    /// The field of the source that gives its rows.
    pub property: String,
    /// What rows come from.
    pub source: Kind,
    /// What a source is called.
    pub parent: String,
    /// Which sources have rows.
    pub condition: Option<Expr>,
    /// Lists of row sources, each with fields that it alone gives.
    pub clauses: Vec<Clause>,
    /// Names, types and values; without a value the clauses give it.
    pub fields: Vec<(String, Slot, Option<Expr>)>,
}

/// `each list { fields }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// A list of mappings.
    pub source: Expr,
    /// Values of fields.
    pub fields: Vec<(String, Expr)>,
}

/// `view name on Kind x = body`.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Name.
    pub name: String,
    /// The kind that has it.
    pub kind: Kind,
    /// What an object is called.
    pub subject: String,
    /// Its type.
    pub slot: Slot,
    /// Value.
    pub body: Expr,
}

/// What a rule judges.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// Objects.
    Kind(Kind),
    /// Rows of a view: its place.
    Rows(usize),
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Id.
    pub id: String,
    /// Title, all lowercase.
    pub title: String,
    /// What it judges.
    pub subject: Subject,
    /// What that is called.
    pub name: String,
    /// `where`.
    pub condition: Option<Expr>,
    /// A severity.
    pub severity: &'static str,
    /// `unknown ignore`.
    pub ignores_unknown: bool,
    /// Statements.
    pub body: Vec<Statement>,
}

/// `exempt rules for Kind x where … until …`.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemption {
    /// Id of the rule.
    pub rule: String,
    /// For which objects.
    pub kind: Kind,
    /// What one is called.
    pub name: String,
    /// `where`.
    pub condition: Option<Expr>,
    /// Whether its day has passed.
    pub ended: bool,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `let`.
    Let(String, Expr),
    /// `for`.
    For(Binder, Vec<Statement>),
    /// `when`.
    When(Expr, Vec<Statement>, Vec<Statement>),
    /// `require` and `forbid`.
    Check(Check),
}

/// A check.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// `forbid`.
    pub forbid: bool,
    /// Condition.
    pub condition: Expr,
    /// Message.
    pub message: Vec<Part>,
    /// Severity in place of the rule's.
    pub severity: Option<Expr>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// As it is.
    Plain(String),
    /// A value.
    Value(Expr),
}

/// `key, item in source where condition`.
#[derive(Clone, Debug, PartialEq)]
pub struct Binder {
    /// Name of the key or index.
    pub key: Option<String>,
    /// Name of the item.
    pub item: String,
    /// A list or map.
    pub source: Expr,
    /// `where`.
    pub condition: Option<Expr>,
}

/// An expression with its type.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Its form.
    pub form: Rc<Form>,
    /// Its type.
    pub slot: Slot,
}

/// Comparisons and other operators between two values that give a truth value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
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
    /// `starts with`.
    StartsWith,
    /// `ends with`.
    EndsWith,
}

/// `+ - *`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
}

/// Quantifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// `any`.
    Any,
    /// `all`.
    All,
    /// `none`.
    None,
}

/// What `is` asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// `empty`.
    Empty,
    /// `absent`.
    Absent,
    /// `null`.
    Null,
    /// `string`.
    Text,
    /// `number`.
    Number,
    /// `bool`.
    Bool,
    /// `list`.
    List,
    /// `map`.
    Map,
}

/// Built-in functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Builtin {
    /// `length`.
    Length,
    /// `lower`.
    Lower,
    /// `upper`.
    Upper,
    /// `trim`.
    Trim,
    /// `split`.
    Split,
    /// `text`.
    Text,
    /// `number`.
    Number,
    /// `quantity`.
    Quantity,
    /// `count`.
    Count,
    /// `sum`.
    Sum,
    /// `min`.
    Min,
    /// `max`.
    Max,
    /// `first`.
    First,
    /// `last`.
    Last,
}

/// The forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// `true`, `false`.
    Bool(bool),
    /// A number that is not negative, as written.
    Number(String),
    /// A quantity, as written.
    Quantity(String),
    /// A text.
    Text(String),
    /// A severity.
    Severity(&'static str),
    /// A variable or a parameter.
    Name(String),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `{a: x}`.
    Record(Vec<(String, Expr)>),
    /// `[item for …]`.
    Comprehension(Expr, Vec<Binder>),
    /// `group x in xs where c by e`; only as the source of a binder.
    Group(Box<Binder>, Expr),
    /// `a.b`.
    Field(Expr, String),
    /// `a[b]`.
    Index(Expr, Expr),
    /// `docs(Kind)`.
    Documents(Kind),
    /// A call of a function, by its place; as a method or not.
    Call(usize, Vec<Expr>, bool),
    /// A call of a built-in function.
    Builtin(Builtin, Vec<Expr>),
    /// `not`.
    Not(Expr),
    /// `and`.
    And(Expr, Expr),
    /// `or`.
    Or(Expr, Expr),
    /// `exists`.
    Exists(Expr),
    /// `-e`.
    Negate(Expr),
    /// `a op b`.
    Operator(Operator, Expr, Expr),
    /// `a in 1..5`.
    InRange(Expr, i64, i64),
    /// `a matches /…/`.
    Matches(Expr, Regex),
    /// `a like "…"`, or a list of them.
    Like(Expr, Vec<Glob>),
    /// `e is [not] …`.
    Is(Expr, bool, Test),
    /// `??`.
    Coalesce(Expr, Expr),
    /// `+ - *`.
    Arithmetic(Arithmetic, Expr, Expr),
    /// Lists joined.
    Join(Expr, Expr),
    /// `if`.
    If(Expr, Expr, Expr),
    /// `any`, `all`, `none`.
    Quantified(Quantifier, Box<Binder>, Option<Expr>),
    /// `"…{e}…"`.
    Template(Vec<Part>),
}

impl Expr {
    /// An expression of a type.
    #[must_use]
    pub fn new(form: Form, slot: Slot) -> Self {
        Self { form: Rc::new(form), slot }
    }

    /// A condition.
    #[must_use]
    pub fn condition(form: Form) -> Self {
        Self::new(form, Type::Bool.present())
    }
}
