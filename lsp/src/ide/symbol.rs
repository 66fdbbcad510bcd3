//! Something with a name that a file declares.

use policyc_text::Span;

/// Something with a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Symbol {
    /// What it is called.
    pub(crate) name: String,
    /// A few words more; may be empty.
    pub(crate) detail: String,
    /// What it is.
    pub(crate) sort: Sort,
    /// All of it.
    pub(crate) span: Span,
    /// Its name.
    pub(crate) name_span: Span,
    /// What it holds.
    pub(crate) children: Vec<Symbol>,
}

/// What a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A rule, or what sums up rules.
    Rule,
    /// A parameter of a module.
    Parameter,
    /// A function.
    Function,
    /// A constant or a table.
    Constant,
    /// A view.
    View,
    /// A field of a view, or one that is added to a type.
    Field,
    /// A type or a kind.
    Type,
    /// A test or an exemption.
    Event,
    /// A Kubernetes object.
    Object,
}
