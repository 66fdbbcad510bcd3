//! Between the protocol and what the features speak of: positions, URIs, and each answer's form. No meaning here.

pub(crate) mod capabilities;
pub(crate) mod diagnostics;
pub(crate) mod edits;
pub(crate) mod position;
pub(crate) mod uri;
