//! Files, byte spans, line and column look-ups, edits and diagnostics, all as plain data.
//!
//! Nothing here knows of policies, documents, colour or the disk. A position is a byte offset in a file; lines and
//! columns are computed at the edge, from a [`LineIndex`].

mod diagnostic;
mod edit;
mod line_index;
mod span;

pub use diagnostic::{Diagnostic, Label, Level};
pub use edit::{Edit, EditError, apply_edits};
pub use line_index::{LineIndex, Position};
pub use span::{FileId, Location, Span};
