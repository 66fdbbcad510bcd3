//! The types of Kubernetes objects: which kinds there are, which fields they have, and what these hold.
//!
//! [`Schema`] is one Kubernetes version's view of generated static tables, [`Types`] adds the custom resources of a
//! project to it. Nothing here reads a file or a document; what a policy may do with a type is the checker's.

mod crd;
mod docker;
mod kubernetes;
mod nearest;
#[cfg(test)]
mod overlay;
mod registry;
mod rows;
#[rustfmt::skip]
mod tables;
#[cfg(test)]
mod tests;
mod types;
mod version;

pub use crd::CrdProblem;
pub use docker::{DOCKER_GROUP, DOCKERFILE};
pub use kubernetes::Schema;
pub use nearest::did_you_mean;
pub use registry::Types;
pub use types::{DefId, EnumId, Field, Kind, ListId, Merge, TypeId, TypeRef};
pub use version::{KubernetesVersion, NotAVersion};
