//! What is wrong with a policy, as miette draws it.

use super::{Style, escape};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Severity};
use policyc_lang::check::Source;
use policyc_text::{Diagnostic, Level, Span};
use std::io::Write;

/// Diagnostics that are drawn; a policy with more mistakes is not read to the end by anyone.
const SHOWN: usize = 50;

/// Writes diagnostics of policies to standard error, with their source lines.
pub(crate) fn show_diagnostics(diagnostics: &[Diagnostic], sources: &[Source], style: Style) {
    let mut out = std::io::stderr().lock();
    let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(100);
    for diagnostic in diagnostics.iter().take(SHOWN) {
        let _ = out.write_all(draw(&handler, diagnostic, sources).as_bytes());
    }
    if let Some(more) = diagnostics.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(out, "and {more} more");
    }
}

fn draw(handler: &GraphicalReportHandler, diagnostic: &Diagnostic, sources: &[Source]) -> String {
    let file = diagnostic.location.file;
    let Some(source) = sources.iter().find(|source| source.file == file) else {
        return format!("{}: {}\n", diagnostic.level.as_str(), escape(&diagnostic.message));
    };
    let mut labels = vec![label(source, diagnostic.location.span, None, true)];
    for other in diagnostic.labels.iter().filter(|other| other.location.file == file) {
        labels.push(label(source, other.location.span, Some(escape(&other.message)), false));
    }
    let mut shown = MietteDiagnostic::new(escape(&diagnostic.message))
        .with_code(diagnostic.code)
        .with_labels(labels)
        .with_severity(severity(diagnostic.level));
    shown.help = diagnostic.hint.as_deref().map(escape);
    let text = NamedSource::new(escape(&source.name), visible(&source.text));
    let report = miette::Report::new(shown).with_source_code(text);
    let mut out = String::new();
    match handler.render_report(&mut out, report.as_ref()) {
        Ok(()) => out,
        Err(_) => format!("{}: {}\n", diagnostic.level.as_str(), escape(&diagnostic.message)),
    }
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Note => Severity::Advice,
    }
}

/// A label whose span fits the text: whole characters, within its end.
fn label(source: &Source, span: Span, message: Option<String>, primary: bool) -> LabeledSpan {
    let floor = |offset: u32| {
        let mut at = (offset as usize).min(source.text.len());
        while !source.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (floor(span.start), floor(span.end));
    let message = message.or_else(|| primary.then(|| "here".to_owned()));
    let make = if primary { LabeledSpan::new_primary_with_span } else { LabeledSpan::new_with_span };
    make(message, start..end)
}

/// The text with every control character replaced by one that is as many bytes long, so that spans stay right.
fn visible(text: &str) -> String {
    let replaced = text.chars().map(|character| match (character, character.len_utf8()) {
        ('\n' | '\t' | '\r', _) => character,
        (_, _) if *escape(character.encode_utf8(&mut [0; 4])) == *character.encode_utf8(&mut [0; 4]) => character,
        (_, 1) => '?',
        (_, 2) => '\u{a4}',
        (_, 3) => '\u{fffd}',
        (_, _) => '\u{10fffd}',
    });
    replaced.collect()
}

#[cfg(test)]
mod tests {
    use super::{escape, visible};

    #[test]
    fn nothing_in_a_source_line_is_obeyed_and_spans_stay() {
        let text = "a\u{1b}[2J\u{9b}é\u{202e}\u{e0001}\tb\r\n";
        let shown = visible(text);
        assert_eq!(shown.len(), text.len());
        assert_eq!(shown, "a?[2J\u{a4}é\u{fffd}\u{10fffd}\tb\r\n");
        assert_eq!(escape("plain"), "plain");
    }
}
