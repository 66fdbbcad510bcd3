//! Random typed policies, documents for them, and what the language says they come to.
//!
//! A policy is a tree of this crate's own ([`tree`]), made at random with its types ([`generate`]), printed as policy text
//! ([`print`]) for the compiler, and evaluated here ([`evaluate`]) over plain JSON. Nothing is shared with the compiler or
//! the evaluator, not even the parser: what they make of the text is held against what the tree means.

pub mod choices;
pub mod decimal;
pub mod documents;
pub mod evaluate;
pub mod functions;
pub mod generate;
pub mod pattern;
pub mod print;
pub mod rules;
pub mod shrink;
pub mod tree;
pub mod types;
pub mod value;
