//! The subcommands, one a file. Each gives the exit code, or says why it cannot begin.

mod check;
mod compile;
mod config;
mod explain;
mod lsp;
mod rules;
mod test;

pub(crate) use check::check;
pub(crate) use compile::compile;
pub(crate) use config::{config, lock};
pub(crate) use explain::explain;
pub(crate) use lsp::lsp;
pub(crate) use rules::rules;
pub(crate) use test::test;
