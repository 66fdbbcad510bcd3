//! What exemptions cover, with their reasons.

use super::Selection;
use super::file::Exempted;
use crate::report::limit::{NAME, capped};
use crate::report::{ExemptedFinding, ExemptedGroup, Report};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Tells a report what is exempted: counted by rule and exemption, and one by one for rules that were asked for.
pub(super) fn tell(report: &mut Report, selection: &Selection<'_>, exempted: Exempted) {
    let mut reasons: BTreeMap<u32, (Arc<str>, Arc<str>)> = BTreeMap::new();
    let mut counts: BTreeMap<(String, u32), usize> = BTreeMap::new();
    for (finding, place) in exempted {
        *counts.entry((finding.rule.id.clone(), place)).or_default() += 1;
        let (because, until) = reasons.entry(place).or_insert_with(|| reason(selection, place)).clone();
        if selection.rules.contains(&finding.rule.id) {
            report.exempted_findings.push(ExemptedFinding { finding, because, until });
        }
    }
    let groups = counts.into_iter().map(|((rule, place), count)| {
        let (because, until) = reasons.get(&place).map(|(because, until)| (&**because, &**until)).unwrap_or_default();
        ExemptedGroup { rule, because: because.to_owned(), until: until.to_owned(), count }
    });
    report.exempted = groups.collect();
}

/// Why, and until when.
fn reason(selection: &Selection<'_>, place: u32) -> (Arc<str>, Arc<str>) {
    let exemption = selection.program.exemptions.get(place as usize);
    let because = exemption.map_or("", |exemption| &exemption.because);
    let until = exemption.map(|exemption| exemption.until.to_string()).unwrap_or_default();
    (capped(because, NAME).into(), until.into())
}
