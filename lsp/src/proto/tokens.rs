//! Colours in the protocol's form: each token by its distance from the one before, none over several lines.

use crate::ide::File;
use crate::ide::policy::tokens::{Colour, Coloured};
use crate::lines::{Encoding, Point};
use gen_lsp_types as lsp;
use policyc_text::Span;

/// The modifiers, by their bits.
const MODIFIERS: [&str; 2] = ["declaration", "defaultLibrary"];

/// What the numbers of tokens mean.
pub(crate) fn legend() -> lsp::SemanticTokensLegend {
    lsp::SemanticTokensLegend {
        token_types: Colour::ALL.iter().map(|(_, name)| (*name).to_owned()).collect(),
        token_modifiers: MODIFIERS.map(ToOwned::to_owned).to_vec(),
    }
}

/// Tokens; those outside of a span are left out where one is given.
pub(crate) fn tokens(
    file: &File,
    coloured: &[Coloured],
    only: Option<Span>,
    encoding: Encoding,
) -> lsp::SemanticTokens {
    let mut data = Vec::with_capacity(coloured.len());
    let mut last = Point { line: 0, character: 0 };
    let inside = |span: Span| only.is_none_or(|only| span.start < only.end && only.start < span.end);
    for token in coloured.iter().filter(|token| inside(token.span)) {
        for part in lines_of(file.text(), token.span) {
            let points = file.lines().range(file.text(), part, encoding);
            let same = points.start.line == last.line;
            let before = if same { last.character } else { 0 };
            data.push(lsp::SemanticToken {
                delta_line: points.start.line - last.line,
                delta_start: points.start.character - before,
                length: points.end.character - points.start.character,
                token_type: number(token.class),
                token_modifiers_bitset: u32::from(token.declares) | u32::from(token.library) << 1,
            });
            last = points.start;
        }
    }
    lsp::SemanticTokens { result_id: None, data }
}

fn number(class: Colour) -> u32 {
    let place = Colour::ALL.iter().position(|(known, _)| *known == class).unwrap_or_default();
    u32::try_from(place).unwrap_or_default()
}

/// The parts of a span line by line, without line ends and without empty parts.
fn lines_of(text: &str, span: Span) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut at = span.start as usize;
    for line in span.text(text).split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        if !content.is_empty() {
            parts.push(Span::new(at, at + content.len()));
        }
        at += line.len();
    }
    parts
}
