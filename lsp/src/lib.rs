//! The language server: one for policies and for the files that they judge.
//!
//! Three rooms. `ide` holds the features: pure functions over an immutable snapshot of texts, in byte offsets, without a
//! type of the protocol. `proto` turns what they give into the protocol's forms. `server` is the loop: it takes messages
//! in, keeps the texts, and hands work to threads, so that it never waits for any of it. Disk and clock belong to the
//! [`Host`].

mod host;
mod ide;
mod lines;
mod proto;
mod server;

pub use host::Host;
pub use server::{Ending, serve};
