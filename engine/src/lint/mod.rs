//! What compiles and is probably not meant: conditions that say nothing, allow-lists that let others in, fixes that do
//! not help, names that nobody uses.
//!
//! Lints look at compiled policies and their texts. They judge no document, and no finding of a rule depends on them.

mod catalog;
mod file;
mod rules;
mod scan;

use policyc_lang::check::{Compiled, Source};
use policyc_lang::ir::ModuleId;
use policyc_lang::schema::Types;
use policyc_lang::values::Date;
use policyc_text::{Diagnostic, FileId, Span};

pub use catalog::{LINTS, Lint, lint};
use scan::Scan;

/// What lints need to know of the run.
#[derive(Clone, Copy, Debug)]
pub struct Context<'c> {
    /// The day to take for today.
    pub as_of: Date,
    /// Types of the Kubernetes version that the policies are for, where one is named.
    pub types: Option<&'c Types>,
}

/// What the lints say of these sources, which `compiled` was made of; in the order of files and places.
#[must_use]
pub fn check(compiled: &Compiled, sources: &[Source], context: Context<'_>) -> Vec<Diagnostic> {
    let program = &compiled.artefact.program;
    let mut found = Vec::new();
    for source in sources {
        let module = program.modules.iter().position(|module| module.file == source.name && module.text == source.text);
        let Some(number) = module.and_then(|number| u32::try_from(number).ok()) else { continue };
        let scan = Scan { compiled, program, source, module: ModuleId(number), context };
        let mut own = Found { file: source.file, diagnostics: Vec::new() };
        file::lint(&scan, &mut own);
        rules::lint(&scan, &mut own);
        own.diagnostics.sort_by(|left, right| {
            (left.location.span, left.code, &left.message).cmp(&(right.location.span, right.code, &right.message))
        });
        own.diagnostics.dedup();
        found.append(&mut own.diagnostics);
    }
    found
}

/// What was found in a file.
struct Found {
    file: FileId,
    diagnostics: Vec<Diagnostic>,
}

impl Found {
    fn add(&mut self, id: &'static str, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(id, self.file, span, message).with_hint(hint));
    }
}

#[cfg(test)]
mod tests;
