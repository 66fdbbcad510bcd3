//! Between the protocol and what the features speak of: positions, URIs, and each answer's form. No meaning here.

pub(crate) mod capabilities;
pub(crate) mod completion;
pub(crate) mod diagnostics;
pub(crate) mod edits;
pub(crate) mod places;
pub(crate) mod position;
pub(crate) mod symbols;
pub(crate) mod tokens;
pub(crate) mod uri;
