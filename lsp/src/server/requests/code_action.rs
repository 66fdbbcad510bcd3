//! `textDocument/codeAction`: the fixes of findings that the editor shows, one by one, and all that are safe at once; and
//! comments that allow findings, whose reasons are left to write.
//!
//! The file is judged by itself when somebody asks, so an edit of it costs nothing here.

use super::Context;
use crate::ide::configuration::Configuration;
use crate::ide::{File, selection};
use crate::proto::places::span;
use gen_lsp_types as lsp;
use policyc_engine::check::{Frames, Input, Meaning, Selection, check, mend, offer_fixes};
use policyc_engine::fix::Fix;
use policyc_engine::report::{Finding, SuppressedFinding};
use policyc_lang::ir::Applicability;
use policyc_lang::values::Date;
use policyc_text::Span;
use serde_json::{Value, json};
use std::sync::Arc;

/// Stack of the thread that judges, in bytes.
const STACK: usize = 16 << 20;
/// Fixes that are worked out for one place.
const MOST: usize = 50;
/// Comments that are tried out for one place.
const MOST_COMMENTS: usize = 10;
/// The kinds of actions, as the protocol names them.
const KINDS: [&str; 2] = ["quickfix", "source.fixAll"];

/// `CodeAction`s; none where no rule judges the file.
pub(super) fn answer(context: &Context, params: lsp::CodeActionParams) -> Option<Vec<Value>> {
    let (file, snapshot) = context.document()?;
    if !file.language.is_judged() {
        return None;
    }
    let settings = &context.view.settings;
    let artefact = &snapshot.rules.artefact;
    let configuration = Configuration::read(&snapshot.files, artefact, settings.profile.as_deref());
    let root = configuration.root();
    let selection = configuration.selection_in(&file.name, &artefact.program);
    let selection = selection.unwrap_or_else(|| selection::select(&artefact.program, settings.profile.as_deref()));
    let meaning = Meaning {
        // The editor's diagnostics say which findings an exemption leaves; here every one has run out.
        as_of: Date::from_civil(9999, 12, 31)?,
        kubernetes: settings.version().or(root.kubernetes.map(|version| version.value)),
        open: true,
        namespace: settings.namespace.clone().or_else(|| root.namespace.map(|name| name.value)),
        frames: Frames::None,
        external: [].into(),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build().ok()?;
    let only = params.context.only.as_ref().and_then(|kinds| serde_json::to_value(kinds).ok());
    let asked = Asked { file, context, only, diagnostics: &params.context.diagnostics };
    Some(pool.install(|| asked.actions(params.range, &meaning, &selection)))
}

/// What the editor asks.
struct Asked<'a> {
    file: &'a Arc<File>,
    context: &'a Context,
    only: Option<Value>,
    diagnostics: &'a [lsp::Diagnostic],
}

impl Asked<'_> {
    fn actions(&self, range: lsp::Range, meaning: &Meaning, selection: &Selection<'_>) -> Vec<Value> {
        let inputs = [Input { name: Arc::clone(&self.file.name) }];
        let load = |_: usize| match &self.file.content {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(reason) => Err(reason.to_string()),
        };
        let mut actions = Vec::new();
        if self.wants(KINDS[0]) {
            let mut report = check(&inputs, &load, meaning, selection);
            let (start, end) = (self.context.offset(self.file, range.start), self.context.offset(self.file, range.end));
            let here: Vec<bool> = report
                .findings
                .iter()
                .map(|finding| {
                    let place = finding.place.range.span;
                    place.start <= end && start <= place.end && self.is_shown(finding)
                })
                .collect();
            let wanted = |place: usize| here.get(place).copied().unwrap_or_default();
            offer_fixes(&inputs, &load, meaning, selection, &mut report, &wanted, MOST);
            let offered = report.findings.iter().filter_map(|finding| Some((finding, finding.remedy.fix()?)));
            actions.extend(offered.map(|(finding, fix)| self.quick_fix(finding, fix)));
            let all = report.findings.iter().enumerate().filter(|(place, _)| wanted(*place)).take(MOST_COMMENTS);
            actions.extend(all.filter_map(|(_, finding)| self.allow(finding, meaning, selection)));
        }
        if self.wants(KINDS[1]) {
            let mended = mend(&inputs, &load, meaning, selection, Applicability::Safe, &|_| true);
            actions.extend(mended.files.first().map(|file| self.fix_all(&file.before, &file.after)));
        }
        actions
    }

    /// Whether actions of a kind, or of one that it belongs to, are asked for.
    fn wants(&self, kind: &str) -> bool {
        let Some(Value::Array(kinds)) = &self.only else { return true };
        let above = |asked: &str| kind.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        kinds.iter().filter_map(Value::as_str).any(|asked| asked.is_empty() || above(asked))
    }

    /// The diagnostics that tell of a finding.
    fn told<'s>(&'s self, finding: &'s Finding) -> impl Iterator<Item = &'s lsp::Diagnostic> {
        let range = span(self.file, finding.place.range.span, self.context.encoding);
        self.diagnostics.iter().filter(move |diagnostic| {
            let code = serde_json::to_value(&diagnostic.code).unwrap_or_default();
            code == finding.rule.id.as_str() && diagnostic.range == range
        })
    }

    fn is_shown(&self, finding: &Finding) -> bool {
        self.told(finding).next().is_some()
    }

    fn quick_fix(&self, finding: &Finding, fix: &Fix) -> Value {
        let edits: Vec<(Span, &str)> = fix.edits.iter().map(|edit| (edit.range.span, &*edit.text)).collect();
        let how = match fix.applicability {
            Applicability::Safe => "",
            Applicability::Unsafe => " (may change behaviour)",
            Applicability::Hint => " (fill in the value)",
        };
        json!({
            "title": format!("{}{how}", fix.title),
            "kind": KINDS[0],
            "diagnostics": self.told(finding).collect::<Vec<_>>(),
            "isPreferred": fix.applicability == Applicability::Safe,
            "edit": self.workspace_edit(&edits),
        })
    }

    /// A comment that allows a finding, where one can do so: it is tried out with a reason, and offered without, so that it
    /// allows nothing until somebody writes why.
    fn allow(&self, finding: &Finding, meaning: &Meaning, selection: &Selection<'_>) -> Option<Value> {
        let (text, id) = (self.file.text(), finding.rule.id.as_str());
        let start = text.get(..finding.place.range.span.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
        let (before, behind) = (text.get(..start)?, text.get(start..)?);
        let blanks = behind.get(..behind.len() - behind.trim_start_matches([' ', '\t']).len())?;
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let comment = |reason: &str| format!("{blanks}# policyc: allow {id} -- {reason}{end}");
        let tried = format!("{before}{}{behind}", comment("tried out"));
        let own = Selection {
            rules: selection.rules.iter().filter(|rule| *rule == id).cloned().collect(),
            builtins: selection.builtins.iter().filter(|builtin| builtin.id() == id).copied().collect(),
            ..selection.clone()
        };
        let inputs = [Input { name: Arc::clone(&self.file.name) }];
        let report = check(&inputs, &|_| Ok(tried.clone().into_bytes()), meaning, &own);
        let allowed = |allowed: &SuppressedFinding| allowed.finding.fingerprint == finding.fingerprint;
        report.suppressed_findings.iter().any(allowed).then(|| {
            let place = Span::new(start, start);
            json!({
                "title": format!("allow `{id}` by a comment (write the reason)"),
                "kind": KINDS[0],
                "diagnostics": self.told(finding).collect::<Vec<_>>(),
                "isPreferred": false,
                "edit": self.workspace_edit(&[(place, &comment(""))]),
            })
        })
    }

    /// What is different between both texts, as one edit.
    fn fix_all(&self, before: &str, after: &str) -> Value {
        let same = |(one, other): &(char, char)| one == other;
        let head: usize = before.chars().zip(after.chars()).take_while(same).map(|(letter, _)| letter.len_utf8()).sum();
        let (old, new) = (before.get(head..).unwrap_or_default(), after.get(head..).unwrap_or_default());
        let tail: usize =
            old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(letter, _)| letter.len_utf8()).sum();
        let text = new.get(..new.len() - tail).unwrap_or_default();
        let edit = (Span::new(head, before.len() - tail), text);
        json!({
            "title": "make all safe fixes of policyc",
            "kind": KINDS[1],
            "edit": self.workspace_edit(&[edit]),
        })
    }

    fn workspace_edit(&self, edits: &[(Span, &str)]) -> Value {
        let edit = |(place, text): &(Span, &str)| {
            let range = span(self.file, *place, self.context.encoding);
            lsp::TextEdit { range, new_text: (*text).to_owned() }
        };
        let edits: Vec<lsp::TextEdit> = edits.iter().map(edit).collect();
        json!({ "changes": { self.file.uri.to_string(): edits } })
    }
}
