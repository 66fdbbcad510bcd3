//! What an editor asks of manifests.

pub(crate) mod definition;
pub(crate) mod hover;
mod objects;
mod path;

pub(crate) use objects::symbols;
