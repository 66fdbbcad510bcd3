//! The features: pure functions over an immutable snapshot of a project, in byte offsets.
//!
//! No type of the protocol stands here, nothing waits, and nothing touches a disk. What an editor asks is one function
//! each; [`Language`] says which of them a file gets.

pub(crate) mod configuration;
pub(crate) mod dockerfile;
mod file;
pub(crate) mod library;
pub(crate) mod manifest;
pub(crate) mod policies;
pub(crate) mod policy;
pub(crate) mod problems;
pub(crate) mod rules;
mod schema;
pub(crate) mod selection;
mod snapshot;
pub(crate) mod symbol;
#[cfg(test)]
mod tests;

pub(crate) use file::{File, Language};
pub(crate) use snapshot::{Files, Places, Snapshot};
