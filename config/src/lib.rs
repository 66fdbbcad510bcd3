//! Configuration: what `policyc.yaml`, profiles and lock files say, and what follows from it for a run.
//!
//! Texts and names come in, settings and diagnostics go out. Nothing here touches the disk, so that the command line and
//! the language server read the same configuration in the same way.

pub mod explain;
pub mod file;
pub mod lock;
pub mod profile;
pub mod reader;
pub mod rules;
pub mod schema;
pub mod scopes;
pub mod state;

/// What a configuration file is called.
pub const NAME: &str = "policyc.yaml";

/// What the file with the hashes of packages is called; it lies beside the configuration.
pub const LOCK_NAME: &str = "policyc.lock";
