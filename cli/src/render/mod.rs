//! How findings look on a terminal. Every text of a manifest or a policy passes through [`mod@escape`] on its way out.

mod escape;
mod frame;
mod human;
pub(crate) mod page;
mod policy;
mod style;
mod summary;
mod tally;
mod window;

pub(crate) use escape::escape;
pub(crate) use frame::Canvas;
pub(crate) use human::{HANDFUL, Human, shown, write_human};
pub(crate) use policy::show_diagnostics;
pub(crate) use style::Style;
pub(crate) use tally::write_counts;
