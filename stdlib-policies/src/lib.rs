//! The standard library of policies, compiled into the program by this crate's build script.
//!
//! Policies live beside this crate as `.policy` files, with their tests; profiles, the roadmap and the controls of
//! standards as YAML. No logic lives here.

pub mod guides;

use guides::Guides;
use policyc_lang::check::Artefact;

/// The compiled library, as the build script wrote it.
static LIBRARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));
/// The roadmap and the standards, as the build script wrote them.
static GUIDES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/guides.bin"));

/// The compiled standard library.
///
/// # Errors
///
/// Only where the program was built wrongly: the library comes from the same build.
pub fn artefact() -> Result<Artefact, postcard::Error> {
    postcard::from_bytes(LIBRARY)
}

/// The roadmap, and the controls of standards.
///
/// # Errors
///
/// As [`artefact`].
pub fn guides() -> Result<Guides, postcard::Error> {
    postcard::from_bytes(GUIDES)
}
