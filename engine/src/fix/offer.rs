//! What a finding says about its fix. Plain data.

use super::Line;
use crate::finding::Range;
use policyc_lang::ir::Applicability;
use std::sync::Arc;

/// What is known of the fix of a finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Remedy {
    /// The rule has none, or nobody asked.
    #[default]
    None,
    /// It was tried out in memory: the finding goes, nothing else changes, and no finding as bad comes.
    Offered(Box<Fix>),
    /// There is one that must not be offered, and why: a part of a sentence.
    Withheld(Box<str>),
}

/// Edits of one file that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// How sure.
    pub applicability: Applicability,
    /// What it does: "set `a.b` to `true`".
    pub title: String,
    /// Sorted, disjoint; byte offsets in the file as it was judged.
    pub edits: Vec<FixEdit>,
    /// Lines that go and lines that come, for people; empty where they must not be shown.
    pub preview: Vec<Line>,
}

/// One replacement in the file of the finding.
#[derive(Clone, Debug, PartialEq)]
pub struct FixEdit {
    /// What goes; an empty range inserts.
    pub range: Range,
    /// What comes in its place.
    pub text: Arc<str>,
}

impl Remedy {
    /// The fix, if it is offered.
    #[must_use]
    pub fn fix(&self) -> Option<&Fix> {
        match self {
            Self::Offered(fix) => Some(fix),
            Self::None | Self::Withheld(_) => None,
        }
    }
}
