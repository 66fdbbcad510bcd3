//! A compiled set of policies.

use super::{CheckId, Const, DefId, Expr, ExprId, KindSetId, ModuleId, ParamId, RuleId, Shape, Slot, Sym, ViewId};
use crate::values::Severity;
use policyc_text::Span;
use serde::{Deserialize, Serialize};

/// Version of the serialised form; an artefact of another version is refused.
pub const IR_VERSION: u32 = 1;

/// Everything that was compiled together.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Program {
    /// [`IR_VERSION`] of the compiler.
    pub version: u32,
    /// Interned names; place 0 is the empty name.
    pub names: Vec<String>,
    /// Constants.
    pub consts: Vec<Const>,
    /// Expressions; operands before their users.
    pub exprs: Vec<Expr>,
    /// Where each expression stands, in its module's text; as long as `exprs`.
    pub spans: Vec<Span>,
    /// How nodes become values.
    pub shapes: Vec<Shape>,
    /// Sets of kinds.
    pub kind_sets: Vec<KindSet>,
    /// Files.
    pub modules: Vec<Module>,
    /// Parameters.
    pub params: Vec<Param>,
    /// Functions and constants.
    pub defs: Vec<Def>,
    /// Views with rows.
    pub views: Vec<View>,
    /// Fields that policies add to types.
    pub properties: Vec<Property>,
    /// Rules.
    pub rules: Vec<Rule>,
    /// Checks of all rules.
    pub checks: Vec<Check>,
    /// Rules as they run: one instance each, and one more for each `use … as`.
    pub instances: Vec<Instance>,
    /// Rules that report what others found as one finding a resource.
    pub aggregates: Vec<Aggregate>,
    /// Exemptions.
    pub exemptions: Vec<Exemption>,
    /// Profiles.
    pub profiles: Vec<Profile>,
}

/// A policy file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Module {
    /// `std.pods`.
    pub name: String,
    /// Name of the file, for reports.
    pub file: String,
    /// Its text, for frames, `explain` and `see`.
    pub text: String,
}

/// The kinds of objects that one name in a policy stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KindSet {
    /// The alternatives.
    pub kinds: Vec<KindName>,
}

/// A kind, in certain API groups or in any.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KindName {
    /// `Deployment`.
    pub kind: String,
    /// `apps`, `extensions`, "" for the core group; `None` for any group (kinds without a schema).
    pub groups: Option<Vec<String>>,
}

/// A parameter.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Param {
    /// Its module.
    pub module: ModuleId,
    /// Name.
    pub name: String,
    /// Type as written, for people and schemas.
    pub type_text: String,
    /// Default; `None` where it must be set.
    pub default: Option<Const>,
    /// What it is for.
    pub doc: String,
    /// The name's place.
    pub span: Span,
}

/// A function; a constant has no parameters.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Def {
    /// Its module.
    pub module: ModuleId,
    /// Name.
    pub name: String,
    /// Number of parameters: the first slots of the frame.
    pub parameters: u32,
    /// Slots of the frame.
    pub frame: u32,
    /// Body.
    pub body: ExprId,
}

/// Rows that come from objects, namespaces or rows of another view.
///
/// In clauses and fields slot 0 is the row and slot 1 its parent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct View {
    /// Its module.
    pub module: ModuleId,
    /// Name.
    pub name: String,
    /// What rows come from.
    pub source: ViewSource,
    /// Slots of the frame.
    pub frame: u32,
    /// Which sources have rows; only slot 1 is set.
    pub condition: Option<ExprId>,
    /// Where rows come from; without any, the source itself is the row's node, one row a source.
    pub clauses: Vec<ViewClause>,
    /// Declared fields.
    pub fields: Vec<ViewField>,
}

/// What rows of a view come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ViewSource {
    /// Objects of these kinds.
    Kinds(KindSetId),
    /// Every object.
    Objects,
    /// Rows of these views.
    Views(Vec<ViewId>),
    /// Namespaces.
    Namespaces,
    /// Projects.
    Projects,
}

/// `each list` or `one place`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ViewClause {
    /// A single place rather than a list; an absent place still gives its row, whose own fields are then absent.
    pub one: bool,
    /// The list or place; only slot 1 is set.
    pub source: ExprId,
    /// Values of fields that this clause gives: place in [`View::fields`] and value.
    pub fields: Vec<(u32, ExprId)>,
}

/// A field of a view's rows, computed when it is first read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ViewField {
    /// Name.
    pub name: Sym,
    /// Value where no clause gives one.
    pub value: Option<ExprId>,
}

/// A field added to a type; slot 0 is the value that it is asked of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Property {
    /// Its module.
    pub module: ModuleId,
    /// Name.
    pub name: String,
    /// Slots of the frame.
    pub frame: u32,
    /// Value.
    pub body: ExprId,
}

/// What a rule judges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Subject {
    /// Objects of these kinds.
    Kinds(KindSetId),
    /// Every object.
    Objects,
    /// Rows of a view.
    View(ViewId),
    /// Namespaces.
    Namespaces,
    /// The project as a whole.
    Projects,
}

/// How much of the world a rule reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// Only the subject's own document.
    Document,
    /// Other documents too.
    World,
}

/// Roadmap phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Phase {
    /// 1, 2 or 3.
    pub whole: u8,
    /// 1 to 6 within phase 3, or 0.
    pub part: u8,
}

/// What becomes of an unknown condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnknownPolicy {
    /// An indeterminate finding.
    Report,
    /// Nothing, but counted.
    Ignore,
}

/// A rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// Its module.
    pub module: ModuleId,
    /// Id.
    pub id: String,
    /// One line.
    pub title: String,
    /// How bad a finding is, unless its check says otherwise.
    pub severity: Severity,
    /// Roadmap phase.
    pub phase: Option<Phase>,
    /// Theme.
    pub theme: Option<String>,
    /// `framework:number`.
    pub controls: Vec<String>,
    /// Free words.
    pub tags: Vec<String>,
    /// First version that has it.
    pub since: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// The long text of its page.
    pub doc: Option<String>,
    /// What becomes of unknown.
    pub unknown: UnknownPolicy,
    /// What it judges; slot 0 of the frame.
    pub subject: Vec<Subject>,
    /// Names of the kinds or views as written, for people.
    pub subject_names: Vec<String>,
    /// Which subjects.
    pub condition: Option<ExprId>,
    /// What it says.
    pub body: Vec<Statement>,
    /// Slots of the frame.
    pub frame: u32,
    /// Parameters that it reads, directly or through defs, views and properties.
    pub params: Vec<ParamId>,
    /// How much of the world it reads.
    pub scope: Scope,
    /// The whole item in its module's text.
    pub span: Span,
    /// The id in its module's text.
    pub id_span: Span,
}

/// A rule as it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Instance {
    /// Id; the rule's own, or that of `use … as`.
    pub id: String,
    /// The rule.
    pub rule: RuleId,
    /// The module that made the instance: the rule's own, or that of `use … as`.
    pub module: ModuleId,
    /// Parameters that differ.
    pub params: Vec<(ParamId, Const)>,
    /// Severity in place of the rule's.
    pub severity: Option<Severity>,
}

/// A statement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Statement {
    /// `let`.
    Let(Slot, ExprId),
    /// `for`.
    For(super::Binder, Vec<Statement>),
    /// `when`.
    When(ExprId, Vec<Statement>, Vec<Statement>),
    /// A check.
    Check(CheckId),
}

/// A `require` or `forbid`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Check {
    /// Its rule.
    pub rule: RuleId,
    /// `forbid` rather than `require`.
    pub forbid: bool,
    /// What must, or must not, hold.
    pub condition: ExprId,
    /// A text.
    pub message: ExprId,
    /// In place of the computed primary place: a place, or a list whose first is primary.
    pub at: Option<ExprId>,
    /// Related places.
    pub see: Vec<ExprId>,
    /// What to do.
    pub help: Option<ExprId>,
    /// Severity in place of the rule's.
    pub severity: Option<ExprId>,
    /// Fixes.
    pub fixes: Vec<Fix>,
    /// Earlier checks of the rule whose facts this one relies on; silent where one of them did not pass.
    pub relies_on: Vec<CheckId>,
    /// The whole statement in its module's text.
    pub span: Span,
}

/// How sure a fix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Applicability {
    /// Shown only.
    Hint,
    /// May change behaviour.
    Unsafe,
    /// Changes no working system.
    Safe,
}

impl Applicability {
    /// The word that policies and reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// Edits that belong together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fix {
    /// How sure.
    pub applicability: Applicability,
    /// Edits.
    pub edits: Vec<Edit>,
}

/// One edit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Edit {
    /// `set P = v`.
    Set(ExprId, ExprId),
    /// `remove P`.
    Remove(ExprId),
    /// `append v to P`: value, place.
    Append(ExprId, ExprId),
    /// `replace P with v`.
    Replace(ExprId, ExprId),
    /// `insert v before P`: value, place.
    InsertBefore(ExprId, ExprId),
    /// `insert v after P`: value, place.
    InsertAfter(ExprId, ExprId),
    /// `create template "name"`.
    Create(String, ExprId),
}

/// A `profile` item: one finding for each resource that any of its rules finds fault with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Aggregate {
    /// Its module.
    pub module: ModuleId,
    /// Id, in one namespace with the rules' ids.
    pub id: String,
    /// One line.
    pub title: String,
    /// How bad a finding is.
    pub severity: Severity,
    /// Roadmap phase.
    pub phase: Option<Phase>,
    /// Theme.
    pub theme: Option<String>,
    /// `framework:number`.
    pub controls: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// Ids of the rules that it sums up.
    pub include: Vec<String>,
    /// The whole item in its module's text.
    pub span: Span,
}

/// An exemption.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exemption {
    /// Its module.
    pub module: ModuleId,
    /// Ids of rules.
    pub rules: Vec<String>,
    /// For whom; slot 0 of the frame.
    pub subject: Vec<Subject>,
    /// Which of them.
    pub condition: Option<ExprId>,
    /// Slots of the frame.
    pub frame: u32,
    /// Why.
    pub because: String,
    /// Ticket.
    pub ticket: Option<String>,
    /// Who.
    pub by: Option<String>,
    /// Last day.
    pub until: crate::values::Date,
    /// The whole item in its module's text.
    pub span: Span,
}

/// Rules with parameters, chosen by one name on the command line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// Name.
    pub name: String,
    /// One line.
    pub title: String,
    /// Ids of rules, in order.
    pub rules: Vec<String>,
    /// Values of parameters, for certain rules only.
    pub params: Vec<(String, ParamId, Const)>,
    /// Severities by rule id.
    pub severities: Vec<(String, Severity)>,
}

impl Program {
    /// The text of an interned name.
    #[must_use]
    pub fn name(&self, sym: Sym) -> &str {
        self.names.get(sym.index()).map_or("", String::as_str)
    }

    /// A def by id.
    #[must_use]
    pub fn def(&self, id: DefId) -> &Def {
        &self.defs[id.index()]
    }

    /// A view by id.
    #[must_use]
    pub fn view(&self, id: ViewId) -> &View {
        &self.views[id.index()]
    }
}

impl Edit {
    /// The expressions of an edit.
    #[must_use]
    pub fn operands(&self) -> Vec<ExprId> {
        match self {
            Self::Set(a, b)
            | Self::Append(a, b)
            | Self::Replace(a, b)
            | Self::InsertBefore(a, b)
            | Self::InsertAfter(a, b) => vec![*a, *b],
            Self::Remove(a) | Self::Create(_, a) => vec![*a],
        }
    }
}
