//! Colours of a terminal, or none.

use policyc_engine::fix::Sign;
use policyc_lang::values::Severity;
use policyc_text::Level;

/// Whether to colour.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    /// Colours are written.
    pub(crate) colour: bool,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Headings.
    pub(crate) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// What is beside the point: rulers, line numbers, paths.
    pub(crate) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// Advice.
    pub(crate) fn help(self, text: &str) -> String {
        self.paint("36", text)
    }

    /// A line that goes or comes.
    pub(crate) fn change(self, sign: Sign, text: &str) -> String {
        self.paint(if sign == Sign::Old { "31" } else { "32" }, text)
    }

    /// A word or an underline in the colour of a severity.
    pub(crate) fn severity(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Critical => "1;35",
            Severity::High => "1;31",
            Severity::Medium => "33",
            Severity::Low => "34",
            Severity::Info => "2",
        };
        self.paint(code, text)
    }

    /// A word or an underline in the colour of a diagnostic's level.
    pub(crate) fn level(self, level: Level, text: &str) -> String {
        let code = match level {
            Level::Error => "1;31",
            Level::Warning => "33",
            Level::Note => "34",
        };
        self.paint(code, text)
    }
}
