//! From policy text to its tree.

pub mod ast;
