//! What exemptions and comments cover, with their reasons, and which of them cover nothing.

use super::file::{Exempted, Suppressed};
use super::suppress::{Suppressions, UNUSED};
use super::{Meaning, Selection};
use crate::report::limit::{NAME, capped};
use crate::report::{ExemptedFinding, ExemptedGroup, ExemptionUse, Locator, Problem, Report, SuppressedFinding};
use policyc_lang::ir::{Exemption, Program};
use policyc_text::{FileId, Level};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Tells a report what is exempted: counted by rule and exemption, and one by one for rules that were asked for.
pub(super) fn tell(report: &mut Report, selection: &Selection<'_>, meaning: &Meaning, exempted: Exempted) {
    let mut reasons: BTreeMap<u32, (Arc<str>, Arc<str>)> = BTreeMap::new();
    let mut counts: BTreeMap<(String, u32), usize> = BTreeMap::new();
    let mut by_exemption: BTreeMap<u32, usize> = BTreeMap::new();
    for (finding, number) in exempted {
        *counts.entry((finding.rule.id.clone(), number)).or_default() += 1;
        *by_exemption.entry(number).or_default() += 1;
        let (because, until) = reasons.entry(number).or_insert_with(|| reason(selection, number)).clone();
        if selection.rules.contains(&finding.rule.id) {
            report.exempted_findings.push(ExemptedFinding { finding, because, until, number });
        }
    }
    let groups = counts.into_iter().map(|((rule, place), count)| {
        let (because, until) = reasons.get(&place).map(|(because, until)| (&**because, &**until)).unwrap_or_default();
        ExemptedGroup { rule, because: because.to_owned(), until: until.to_owned(), count }
    });
    report.exempted = groups.collect();
    report.exemptions = uses(selection, meaning, &by_exemption);
}

/// Every exemption that names a rule of the run, with how much it covers.
fn uses(selection: &Selection<'_>, meaning: &Meaning, counts: &BTreeMap<u32, usize>) -> Vec<ExemptionUse> {
    let program = selection.program;
    let runs = runs(selection);
    let exemptions = (0u32..).zip(&program.exemptions);
    let named = exemptions.filter(|(_, exemption)| exemption.rules.iter().any(|rule| runs.contains(rule.as_str())));
    let told = named.filter_map(|(number, exemption)| {
        let (because, until) = reason(selection, number);
        Some(ExemptionUse {
            number,
            place: place(program, exemption)?,
            rules: exemption.rules.clone(),
            because,
            until,
            expired: exemption.until.day() < meaning.as_of.day(),
            asked: exemption.rules.iter().all(|rule| runs.contains(rule.as_str())),
            count: counts.get(&number).copied().unwrap_or(0),
        })
    });
    told.collect()
}

/// Ids of the rules that run, those that run only to be summed up among them.
fn runs<'s>(selection: &'s Selection<'_>) -> BTreeSet<&'s str> {
    let sums = selection.program.aggregates.iter().filter(|sum| selection.rules.contains(&sum.id));
    let summed = sums.flat_map(|sum| sum.include.iter().map(String::as_str));
    selection.rules.iter().map(String::as_str).chain(summed).collect()
}

fn place(program: &Program, exemption: &Exemption) -> Option<crate::report::Place> {
    let module = program.modules.get(exemption.module.index())?;
    let text = exemption.span.text(&module.text);
    let line = text.find(['\n', '\r']).unwrap_or(text.len());
    let start = exemption.span.start as usize;
    let span = policyc_text::Span::new(start, start + line);
    Some(Locator::new(module.file.as_str().into(), &module.text).place(span))
}

/// Why, and until when.
fn reason(selection: &Selection<'_>, number: u32) -> (Arc<str>, Arc<str>) {
    let exemption = selection.program.exemptions.get(number as usize);
    let because = exemption.map_or("", |exemption| &exemption.because);
    let until = exemption.map(|exemption| exemption.until.to_string()).unwrap_or_default();
    (capped(because, NAME).into(), until.into())
}

/// Tells a report what comments allow, and which comments allow nothing although all of their rules ran. `files` gives
/// the comments of each file.
pub(super) fn tell_comments(
    report: &mut Report,
    selection: &Selection<'_>,
    files: &BTreeMap<FileId, Arc<Suppressions>>,
    suppressed: Suppressed,
) {
    let mut used: BTreeSet<(FileId, usize)> = BTreeSet::new();
    let summed = runs(selection);
    for (finding, (file, number)) in suppressed {
        used.insert((file, number));
        let Some(one) = files.get(&file).and_then(|comments| comments.all.get(number)) else { continue };
        let Some(comment) = one.place.clone() else { continue };
        let id = finding.rule.id.as_str();
        if selection.rules.contains(id) || !summed.contains(id) {
            let (because, until) = (Arc::clone(&one.because), one.until.clone());
            report.suppressed_findings.push(SuppressedFinding { finding, because, until, comment });
        }
    }
    report.summary.suppressed = report.suppressed_findings.len();
    let ran =
        |rule: &String| summed.contains(rule.as_str()) || selection.builtins.iter().any(|builtin| builtin.id() == rule);
    for (file, comments) in files {
        for (number, one) in comments.all.iter().enumerate() {
            let idle = !used.contains(&(*file, number)) && one.rules.iter().all(ran);
            let Some(place) = one.place.clone().filter(|_| idle) else { continue };
            report.diagnostics.push(Problem {
                code: UNUSED,
                level: Level::Warning,
                message: "this comment allows nothing that is found".to_owned(),
                help: Some("take it out, or move it to what it is about".to_owned()),
                place,
                related: Vec::new(),
            });
        }
    }
}
