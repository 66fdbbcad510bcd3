//! YAML and JSON as Kubernetes reads them: bytes to text, text to documents, documents to one arena of spanned nodes.
//!
//! Nothing here knows of schemas, policies or the disk, and no other module sees the parser underneath. A difference
//! between this reader and sigs.k8s.io/yaml under kubectl is a way around a policy, so where the two could differ the
//! document is refused with a diagnostic.

mod build;
mod characters;
mod encoding;
mod go_number;
mod json;
mod json_front;
mod keys;
mod limits;
mod node;
mod overlay;
mod parse;
mod read;
mod scalar;
mod scan;
mod second_opinion;
mod sniff;
mod split;
mod synthetic;
mod tree;

#[cfg(test)]
mod tests;

pub use build::Refusal;
pub use encoding::decode;
pub use json::{node_to_json, to_json};
pub use keys::{KeyTable, Sym};
pub use limits::{Comments, Limits};
pub use node::{Kind, NodeId, Style};
pub use read::read;
pub use scalar::{Resolved, resolve_plain};
pub use sniff::{Member, head, holds_objects, lent_kind, list_items, members};
pub(crate) use synthetic::{At, Sketch};
pub use tree::{Children, Document, Duplicate, Entries, Entry, KeyRef, Tree};
