//! The intermediate representation: what the checker makes of policies and what the evaluator runs.
//!
//! Flat vectors, small ids, names interned once. Fields are named by symbol, never by a slot of one schema version, so
//! one artefact serves every Kubernetes version. Everything here can be serialised; nothing here evaluates.

mod consts;
mod expr;
mod print;
mod program;

pub use consts::Const;
pub use expr::{
    Arithmetic, Binder, Builtin, Comparison, DocsOf, Expr, GlobScope, Native, Quantifier, Shape, TextPart, TypeTest,
};
pub use program::{
    Aggregate, Applicability, Check, Def, Edit, Exemption, Fix, IR_VERSION, Instance, KindName, KindSet, Module, Param,
    Phase, Profile, Program, Property, Rule, Scope, Statement, Subject, UnknownPolicy, View, ViewClause, ViewField,
    ViewSource,
};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The id as a place in its vector.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// An interned name in [`Program::names`]; 0 is the empty name.
    Sym,
    /// A place in [`Program::consts`].
    ConstId,
    /// A place in [`Program::exprs`].
    ExprId,
    /// A place in [`Program::shapes`].
    ShapeId,
    /// A place in [`Program::params`].
    ParamId,
    /// A place in [`Program::defs`].
    DefId,
    /// A place in [`Program::views`].
    ViewId,
    /// A place in [`Program::properties`].
    PropertyId,
    /// A place in [`Program::kind_sets`].
    KindSetId,
    /// A place in [`Program::rules`].
    RuleId,
    /// A place in [`Program::checks`].
    CheckId,
    /// A place in [`Program::modules`].
    ModuleId,
    /// A variable's place in the frame of its rule, def, view clause or property.
    Slot,
}
