//! The standard library of policies, compiled into the program by this crate's build script.
//!
//! Policies live beside this crate as `.policy` files, with their tests; profiles as YAML. No logic lives here.

use policyc_lang::check::Artefact;

/// The compiled library, as the build script wrote it.
static LIBRARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));

/// The compiled standard library.
///
/// # Errors
///
/// Only where the program was built wrongly: the library comes from the same build.
pub fn artefact() -> Result<Artefact, postcard::Error> {
    postcard::from_bytes(LIBRARY)
}
