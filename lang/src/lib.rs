//! The policy language: grammar, tree with comments, types, checker and the intermediate representation.
//!
//! Text goes in, a [`ir::Program`] and diagnostics come out. Nothing here reads a document, the disk, the clock or the
//! environment.

pub mod check;
pub mod format;
pub mod ir;
pub mod schema;
pub mod syntax;
pub mod values;
