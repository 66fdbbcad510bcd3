//! Problems in the protocol's form.

use super::position::range;
use crate::ide::File;
use crate::ide::library::page_uri;
use crate::ide::problems::{Problem, Related, Weight};
use crate::lines::Encoding;
use gen_lsp_types as lsp;
use std::sync::Arc;

/// What diagnostics say they come from.
const SOURCE: &str = "policyc";

/// Finds a file by the name that findings give it.
pub(crate) type Lookup<'l> = dyn Fn(&str) -> Option<Arc<File>> + 'l;

/// The problems of a file.
pub(crate) fn diagnostics(
    file: &File,
    problems: &[Problem],
    lookup: &Lookup<'_>,
    encoding: Encoding,
) -> Vec<lsp::Diagnostic> {
    problems.iter().map(|problem| diagnostic(file, problem, lookup, encoding)).collect()
}

fn diagnostic(file: &File, problem: &Problem, lookup: &Lookup<'_>, encoding: Encoding) -> lsp::Diagnostic {
    let severity = match problem.weight {
        Weight::Error => lsp::DiagnosticSeverity::Error,
        Weight::Warning => lsp::DiagnosticSeverity::Warning,
        Weight::Information => lsp::DiagnosticSeverity::Information,
        Weight::Hint => lsp::DiagnosticSeverity::Hint,
    };
    let related: Vec<lsp::DiagnosticRelatedInformation> =
        problem.related.iter().filter_map(|place| related(place, lookup, encoding)).collect();
    let page = problem.is_rule.then(|| lsp::CodeDescription { href: page_uri(&problem.code).into() });
    let data =
        problem.is_rule.then(|| serde_json::json!({ "rule": &*problem.code, "fingerprint": problem.fingerprint }));
    lsp::Diagnostic {
        range: range(file.lines().range(file.text(), problem.span, encoding)),
        severity: Some(severity),
        code: Some(lsp::Code::String(problem.code.to_string())),
        code_description: page,
        source: Some(SOURCE.to_owned()),
        message: problem.message.clone().into(),
        tags: problem.unnecessary.then(|| vec![lsp::DiagnosticTag::Unnecessary]),
        related_information: (!related.is_empty()).then_some(related),
        data,
    }
}

fn related(place: &Related, lookup: &Lookup<'_>, encoding: Encoding) -> Option<lsp::DiagnosticRelatedInformation> {
    let file = lookup(&place.file)?;
    let range = range(file.lines().range(file.text(), place.span, encoding));
    let location = lsp::Location { uri: (*file.uri).into(), range };
    Some(lsp::DiagnosticRelatedInformation { location, message: place.message.clone() })
}
