//! `policyc eval`: the value of an expression on a manifest, and where it stands.

use super::explain::{Inputs, Verdicts, judged};
use crate::args::EvalArgs;
use crate::config::Configuration;
use crate::library::Library;
use crate::render::{escape, show_diagnostics};
use crate::{Refusal, exit, output};
use policyc_engine::check::Selection;
use policyc_engine::eval::StepKind;
use policyc_engine::yaml::{KeyTable, Limits, decode, read};
use policyc_lang::check::{Source, compile};
use policyc_lang::schema::{Schema, Types};
use policyc_text::{FileId, Level};
use std::collections::{BTreeMap, BTreeSet};

/// The rule that the expression stands in.
const RULE: &str = "eval-expression";
/// Most values that are shown.
const MOST: usize = 100;

/// Computes an expression.
///
/// # Errors
///
/// If there is no such file, the expression does not compile, or the output cannot be written.
pub(crate) fn eval(args: &EvalArgs) -> Result<u8, Refusal> {
    let inputs = Inputs::of(&args.on)?;
    let config = Configuration::find(&args.policies.config, &inputs.paths(), args.color)?;
    let library = Library::load_with(&args.policies, &config, args.color, |_| {})?;
    let subjects = match &args.subject {
        Some(subject) => BTreeSet::from([subject.clone()]),
        None => kinds(&inputs),
    };
    if subjects.is_empty() {
        let hint = "`--as` says what it is computed for, such as `--as workload`";
        return Err(Refusal::new(format!("`{}` holds no object", inputs.name())).with_hint(Some(hint)));
    }
    let mut shown = 0;
    for subject in &subjects {
        let before =
            format!("module policyc.expression\nrule {RULE} on {subject} it {{\n  title \"t\"\n  severity info\n");
        let text = format!("{before}  let value = {}\n  require true else \"{{value}}\"\n}}\n", args.expression);
        let source = Source { file: FileId(0), name: "expression".to_owned(), text, tables: Vec::new() };
        let mut compiled = compile(&library.artefact, std::slice::from_ref(&source), &Types::new(Schema::newest()));
        compiled.diagnostics.retain(|diagnostic| diagnostic.level == Level::Error);
        if !compiled.is_ok() {
            show_diagnostics(&compiled.diagnostics, &[source], output::error_style(args.color));
            return Err(Refusal::new(format!("the expression does not compile for `{subject}`")));
        }
        let selection = Selection {
            program: &compiled.artefact.program,
            builtins: BTreeSet::new(),
            rules: BTreeSet::from([RULE.to_owned()]),
            profile: None,
            params: Vec::new(),
            unsuppressible: BTreeSet::new(),
        };
        let explained = judged(&inputs, &args.meaning, &config.root(), &selection)?;
        let mut page = Verdicts::new(&source.text, &explained, output::style(args.color));
        for explanation in explained.explanations.iter().take(MOST - shown) {
            let Some(step) = explanation.steps.iter().find(|step| step.kind == StepKind::Let) else { continue };
            let place = |location| {
                let place = explained.place(location).map(|(name, range)| (name, range.start));
                place.map_or_else(String::new, |(name, at)| format!("  {}:{}:{}", escape(name), at.line, at.column))
            };
            let value = escape(step.value.as_deref().unwrap_or_default());
            let at = step.location.map(place).unwrap_or_default();
            page.line(0, &format!("{}: {value}{at}", escape(&explanation.subject)));
            shown += 1;
        }
        let text = page.into_text();
        output::print(|out| out.write_all(text.as_bytes()))?;
    }
    if shown == 0 {
        let what = args.subject.as_deref().unwrap_or("object");
        return Err(Refusal::new(format!("there is no `{what}` at `{}`", args.on)));
    }
    Ok(exit::CLEAN)
}

/// The kinds of the file's objects.
fn kinds(inputs: &Inputs) -> BTreeSet<String> {
    let types = Types::new(Schema::newest());
    let Some(text) = inputs.bytes().and_then(|bytes| decode(FileId(0), bytes).ok()) else { return BTreeSet::new() };
    if policyc_engine::check::takes_name(inputs.name()) {
        return BTreeSet::from(["dockerfile".to_owned()]);
    }
    let tree = read(FileId(0), text, &KeyTable::new([]), &Limits::default());
    let roots = tree.documents.iter().filter_map(|document| document.root);
    let kinds = roots.filter_map(|root| tree.get_text(root, "kind").map(|kind| tree.text(kind).to_owned()));
    let named: BTreeMap<String, bool> = kinds.map(|kind| (kind.clone(), types.kinds_named(&kind).is_empty())).collect();
    // What has no schema is an object like any other.
    named.into_iter().map(|(kind, unknown)| if unknown { "object".to_owned() } else { kind }).collect()
}
