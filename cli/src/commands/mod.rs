//! The subcommands, one a file. Each gives the exit code, or says why it cannot begin.

mod check;
mod compile;
mod eval;
mod explain;
mod fmt;
mod lsp;
mod rules;
mod test;

pub(crate) use check::check;
pub(crate) use compile::compile;
pub(crate) use eval::eval;
pub(crate) use explain::explain;
pub(crate) use fmt::fmt;
pub(crate) use lsp::lsp;
pub(crate) use rules::rules;
pub(crate) use test::test;
