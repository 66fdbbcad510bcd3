//! What an editor asks of policies.

pub(crate) mod completion;
pub(crate) mod definition;
mod folding;
pub(crate) mod hover;
pub(crate) mod names;
pub(crate) mod rename;
mod symbols;
pub(crate) mod tokens;
mod words;

pub(crate) use folding::{Fold, FoldSort, folds};
pub(crate) use symbols::symbols;

use super::file::File;
use super::policies::{Analysis, Policies};
use policyc_text::FileId;
use std::sync::Arc;

/// A policy among the others of its project.
#[derive(Clone, Copy)]
pub(crate) struct View<'v> {
    /// The policies of the project.
    pub(crate) policies: &'v Policies,
    /// The one that is asked about.
    pub(crate) file: &'v Arc<File>,
    /// Its number in the analysis.
    pub(crate) number: FileId,
}

impl<'v> View<'v> {
    /// A policy among the others; `None` where it is not one of them.
    pub(crate) fn new(policies: &'v Policies, file: &'v Arc<File>) -> Option<Self> {
        Some(Self { policies, file, number: policies.number(&file.name)? })
    }

    /// What compiling all of them gave.
    pub(crate) fn analysis(&self) -> &'v Analysis {
        self.policies.analysis()
    }
}

/// A place in a file.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The file.
    pub(crate) file: Arc<File>,
    /// Bytes there.
    pub(crate) span: policyc_text::Span,
}
