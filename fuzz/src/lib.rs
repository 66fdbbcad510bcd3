//! What must hold for every input, as plain functions that panic where it does not.
//!
//! Each module is one target: `run` takes any bytes. The binaries in `targets` feed them what libFuzzer thinks of, the
//! test `regressions` what was once found. Nothing here is part of what users run.

pub mod check;
pub mod dockerfile;
pub mod evaluator;
pub mod guard;
pub mod mutate;
pub mod policy;
pub mod spans;
pub mod yaml;
