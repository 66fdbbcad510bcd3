//! The subcommands, one a file. Each gives the exit code, or says why it cannot begin.

mod check;
mod compile;
mod compliance;
mod config;
mod doc;
mod eject;
mod eval;
mod explain;
mod fix;
mod fmt;
mod init;
mod lint;
mod lsp;
mod network;
mod new;
mod roadmap;
mod rules;
mod survey;
mod test;

pub(crate) use check::check;
pub(crate) use compile::compile;
pub(crate) use compliance::compliance;
pub(crate) use config::{config, lock};
pub(crate) use doc::doc;
pub(crate) use eject::eject;
pub(crate) use eval::eval;
pub(crate) use explain::explain;
pub(crate) use fmt::fmt;
pub(crate) use init::init;
pub(crate) use lint::lint;
pub(crate) use lsp::lsp;
pub(crate) use network::network;
pub(crate) use new::new_rule;
pub(crate) use roadmap::roadmap;
pub(crate) use rules::rules;
pub(crate) use test::test;
