//! Fixes as minimal edits of a text: comments, quoting, order, indentation and line ends stay as they are.
//!
//! A rule says what should be otherwise in a tree ([`RawFix`](crate::finding::RawFix)); here it becomes `Changes`,
//! which can be joined with those of other fixes, and these become edits of the text. What a text must mean after
//! the edits is worked out from the changes alone (`expected`), so that whoever offers a fix can hold the edited text
//! against it. Nothing here judges, and nothing is written to a disk.

mod block;
mod changes;
mod create;
mod diff;
mod docker;
mod emit;
mod expected;
mod flow;
mod offer;
mod page;
mod plan;
mod style;
mod title;

#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;

pub(crate) use changes::Changes;
pub(crate) use create::created;
pub use diff::{Line, Sign, changed_lines, unified};
pub(crate) use docker::edits as docker_edits;
pub(crate) use expected::expected;
pub use offer::{Fix, FixEdit, Remedy};
pub(crate) use page::Page;
pub(crate) use plan::{Placement, edits};
pub(crate) use title::title;
