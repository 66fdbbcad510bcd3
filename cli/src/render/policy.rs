//! What is wrong with a policy, as miette draws it.

use super::window::Window;
use super::{Style, escape};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, Severity};
use policyc_lang::check::Source;
use policyc_text::{Diagnostic, Label, Level};
use std::io::Write;

/// Diagnostics that are drawn; a policy with more mistakes is not read to the end by anyone.
const SHOWN: usize = 50;
/// Labels of a diagnostic that are drawn beside the first.
const LABELS: usize = 20;
/// Characters of a message, a label or a hint.
const MOST: usize = 1_000;

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
        return format!("{}: {}\n", diagnostic.level.as_str(), short(&diagnostic.message));
    };
    let others: Vec<&Label> =
        diagnostic.labels.iter().filter(|other| other.location.file == file).take(LABELS).collect();
    let spans = std::iter::once(diagnostic.location.span).chain(others.iter().map(|other| other.location.span));
    let (window, places) = Window::around(&source.name, &source.text, &spans.collect::<Vec<_>>());
    let mut places = places.into_iter();
    let primary = places.next().map(|place| LabeledSpan::new_primary_with_span(Some("here".to_owned()), place));
    let related =
        places.zip(&others).map(|(place, other)| LabeledSpan::new_with_span(Some(short(&other.message)), place));
    let mut shown = MietteDiagnostic::new(short(&diagnostic.message))
        .with_code(diagnostic.code)
        .with_labels(primary.into_iter().chain(related))
        .with_severity(severity(diagnostic.level));
    shown.help = diagnostic.hint.as_deref().map(short);
    let report = miette::Report::new(shown).with_source_code(window);
    let mut out = String::new();
    match handler.render_report(&mut out, report.as_ref()) {
        Ok(()) => out,
        Err(_) => format!("{}: {}\n", diagnostic.level.as_str(), short(&diagnostic.message)),
    }
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Note => Severity::Advice,
    }
}

/// A text that is no longer than anybody reads: names of a policy may be of any length.
fn short(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        Some((end, _)) => escape(&text[..end]) + "…",
        None => escape(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{GraphicalReportHandler, GraphicalTheme, draw};
    use policyc_lang::check::Source;
    use policyc_text::{Diagnostic, FileId, Span};

    fn drawn(text: &str, span: Span, message: &str) -> String {
        let source = Source { file: FileId(0), name: "a.policy".to_owned(), text: text.to_owned(), tables: Vec::new() };
        let theme = GraphicalTheme::unicode_nocolor();
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(100);
        draw(&handler, &Diagnostic::error("lang/type", FileId(0), span, message), &[source])
    }

    #[test]
    fn a_frame_says_line_and_column_in_characters() {
        let text = "module a\n\nparam é: string = 1\nparam b: number = 2\n";
        let at = text.find('1').unwrap();
        let out = drawn(text, Span::new(at, at + 1), "no");
        assert!(out.contains("[a.policy:3:19]") && out.contains("3 │ param é: string = 1"), "{out}");
        assert!(out.contains("4 │ param b"), "{out}");
    }

    #[test]
    fn neither_lines_nor_names_of_any_length_make_long_output() {
        let name = "a".repeat(70_000);
        let text = format!("module a\nparam {name}: string = 1\n");
        for (start, end) in [(text.len() - 2, text.len() - 1), (15, 15 + name.len()), (0, text.len())] {
            let out = drawn(&text, Span::new(start, end), &format!("`{name}` is wrong"));
            assert!(out.len() < 5_000, "{}", out.len());
            assert!(out.contains("a.policy:"), "{out}");
        }
        let out = drawn(&text, Span::new(text.len() - 2, text.len() - 1), "no");
        assert!(out.contains(&format!("[a.policy:2:{}]", 70_000 + 18)), "{out}");
    }

    #[test]
    fn every_span_of_an_odd_text_can_be_drawn() {
        let text = "\u{feff}é\t\r\n漢字\u{202e}\rx\n\n\u{0}y\u{301}\n";
        for start in 0..=text.len() + 1 {
            for end in start..=text.len() + 1 {
                let out = drawn(text, Span::new(start, end), "no");
                assert!(
                    out.contains("[a.policy:") && !out.contains(['\u{202e}', '\u{0}', '\r']),
                    "{start} {end}: {out}"
                );
            }
        }
    }
}
