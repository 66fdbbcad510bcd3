//! `textDocument/formatting`.

use super::Context;
use crate::ide::Language;
use crate::proto::places::span;
use gen_lsp_types as lsp;
use policyc_lang::format::format;
use policyc_text::Span;

/// One edit of what lies between the lines at both ends that stay. Options of the editor say nothing: there is one style.
pub(super) fn answer(context: &Context, _: lsp::DocumentFormattingParams) -> Option<Vec<lsp::TextEdit>> {
    let (file, _) = context.document()?;
    if file.language != Language::Policy {
        return None;
    }
    let (old, new): (&str, String) = (file.text(), format(file.text()));
    if old == new {
        return Some(Vec::new());
    }
    let start: usize = same_lines(old.split_inclusive('\n'), new.split_inclusive('\n'));
    let most = old.len().min(new.len()) - start;
    let end = same_lines(old[start..].split_inclusive('\n').rev(), new[start..].split_inclusive('\n').rev()).min(most);
    let range = span(file, Span::new(start, old.len() - end), context.encoding);
    Some(vec![lsp::TextEdit { range, new_text: new[start..new.len() - end].to_owned() }])
}

/// Length in bytes of the lines that two texts begin with.
fn same_lines<'t>(old: impl Iterator<Item = &'t str>, new: impl Iterator<Item = &'t str>) -> usize {
    old.zip(new).take_while(|(old, new)| old == new).map(|(line, _)| line.len()).sum()
}
