//! What a compiled module shows to those that import it.

use super::ty::{KindTy, Ty};
use crate::ir::{DefId, ParamId, ViewId};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A named thing of a module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Entity {
    /// A parameter.
    Param(ParamId),
    /// A function, constant or table.
    Def(DefId),
    /// A type.
    Type(Ty),
    /// A view.
    View(ViewId),
    /// A name for a kind.
    Kind(KindTy),
}

/// The names of one module.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModuleInterface {
    /// `std.k8s.workload`.
    pub name: String,
    /// Its names.
    pub items: IndexMap<String, Entity>,
}

/// A function's types.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DefSignature {
    /// Names and types; `None` for a constant.
    pub parameters: Option<Vec<(String, Ty)>>,
    /// Result.
    pub result: Ty,
    /// What a true result says of the parameters, by place of the parameter and the path below it.
    pub when_true: Vec<ParameterFact>,
    /// What a false result says of the parameters.
    pub when_false: Vec<ParameterFact>,
}

/// A fact about a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterFact {
    /// Place of the parameter.
    pub parameter: u32,
    /// Names of fields below it.
    pub below: Vec<String>,
}

/// A view's types.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViewSignature {
    /// Name, for messages.
    pub name: String,
    /// The type whose fields a row also has.
    pub base: Option<Ty>,
    /// What rows come from.
    pub source: Ty,
    /// The field of the source that gives the rows.
    pub property: Option<String>,
    /// A source has exactly one row.
    pub single: bool,
    /// Declared fields, in the order of [`crate::ir::View::fields`].
    pub fields: Vec<(String, Ty)>,
}

/// A property's types.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PropertySignature {
    /// Name.
    pub name: String,
    /// The type that has it.
    pub on: Ty,
    /// Its type; [`Ty::Error`] until it is inferred.
    pub ty: Ty,
}

/// All signatures, by the same ids as the program's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interface {
    /// By [`crate::ir::ModuleId`].
    pub modules: Vec<ModuleInterface>,
    /// By [`ParamId`].
    pub params: Vec<Ty>,
    /// By [`DefId`].
    pub defs: Vec<DefSignature>,
    /// By [`ViewId`].
    pub views: Vec<ViewSignature>,
    /// By [`crate::ir::PropertyId`].
    pub properties: Vec<PropertySignature>,
}
