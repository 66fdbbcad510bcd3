//! Dockerfiles as BuildKit reads them, and the shell inside of them, with a byte span for every word.
//!
//! Text in, data out: nothing here knows of policies, of the engine's trees or of the disk. A mistake costs one
//! instruction, never the file, and gives a located diagnostic; what BuildKit accepts is read without one.

mod arguments;
mod directive;
mod flags;
mod heredoc;
mod ignore;
mod instruction;
mod json;
mod keyword;
mod lex;
mod lines;
mod mapped;
mod mount;
mod names;
mod nearest;
mod pattern;
mod read;
mod scope;
pub mod shell;
mod split;
mod stage;
mod template;
mod validate;

#[cfg(test)]
mod tests;

pub use directive::Directive;
pub use ignore::{Ignore, IgnorePattern};
pub use instruction::{Arguments, Dockerfile, Flag, Heredoc, Instruction, Pair};
pub use keyword::Keyword;
pub use lex::{Empty, Environment, Expanded, Lexer, Use, Value};
pub use mapped::{Mapped, Word};
pub use names::{is_dockerfile_name, is_dockerfile_template_name};
pub use read::read;
pub use scope::{Scope, Variable, stage_meant, walk};
pub use stage::{Origin, Stage};
