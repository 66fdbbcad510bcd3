//! Readers, resource index, evaluator, blame, findings and reports.
//!
//! Bytes and a compiled program go in, findings come out. Nothing here touches the disk, the clock, the network, the
//! environment or colour.

pub mod builtin;
pub mod check;
mod dockerfile;
pub mod eval;
pub mod finding;
pub mod fix;
pub mod lint;
pub mod network;
pub mod report;
pub mod world;
pub mod yaml;
