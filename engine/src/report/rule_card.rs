//! What a report says of the rules that ran, whether or not they found anything.

use super::RuleInfo;
use policyc_lang::ir::Phase;
use policyc_lang::values::Severity;
use std::sync::Arc;

/// A rule that ran.
#[derive(Clone, Debug)]
pub struct RuleCard {
    /// What findings repeat: id, theme, controls.
    pub info: Arc<RuleInfo>,
    /// One line.
    pub title: String,
    /// How bad a finding is, unless its check says otherwise.
    pub severity: Severity,
    /// Roadmap phase.
    pub phase: Option<Phase>,
    /// Free words.
    pub tags: Vec<String>,
    /// Why it matters and what to do.
    pub help: Option<String>,
    /// The long text of its page.
    pub doc: Option<String>,
}
