//! The JSON report, version 1: field names and their order are a promise.
//!
//! Optional fields are `null` where there is nothing to say; `fix` is left out where none is offered.

use super::{Finding, Origin, Place, Problem, Report, Summary, write_value};
use crate::finding::{Range, Resource};
use crate::fix::{Fix, FixEdit};
use policyc_text::Position;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use serde::{Serialize, ser};
use std::io::{self, Write};
use std::sync::Arc;

/// Writes a report as one JSON object and a final line end. Lines and columns are 1-based, columns count Unicode scalar
/// values, ends are exclusive, offsets are bytes.
///
/// # Errors
///
/// Those of the writer.
pub fn write_json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    write_value(&Json(report), false, &mut out)?;
    out.flush()
}

/// Serialises as the report's format says.
struct Json<'r, T>(&'r T);

impl Serialize for Json<'_, Report> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let report = self.0;
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("version", &1)?;
        map.serialize_entry("tool", &Tool { name: "policyc", version: env!("CARGO_PKG_VERSION") })?;
        map.serialize_entry("asOf", &report.as_of)?;
        map.serialize_entry("kubernetes", &report.kubernetes)?;
        map.serialize_entry("summary", &Json(&report.summary))?;
        map.serialize_entry("findings", &Each(&report.findings))?;
        map.serialize_entry("diagnostics", &Each(&report.diagnostics))?;
        map.serialize_entry("suppressed", &Each(&report.suppressed_findings))?;
        map.serialize_entry("partialObjects", &Each(&report.partial))?;
        map.serialize_entry("notes", &report.notes)?;
        map.serialize_entry("exempted", &Each(&report.exempted))?;
        map.serialize_entry("exemptions", &Each(&report.exemptions))?;
        map.serialize_entry("loosened", &Each(&report.loosened))?;
        map.serialize_entry("passedOver", &Each(&report.passed_over))?;
        map.serialize_entry("baseline", &report.baseline_day.as_deref())?;
        map.serialize_entry("baselined", &Each(&report.baselined_findings))?;
        map.end()
    }
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// A sequence whose elements are written as [`Json`].
struct Each<'r, T>(&'r [T]);

impl<'r, T> Serialize for Each<'r, T>
where
    Json<'r, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(Some(self.0.len()))?;
        for element in self.0 {
            seq.serialize_element(&Json(element))?;
        }
        seq.end()
    }
}

impl Serialize for Json<'_, Summary> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let summary = self.0;
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("files", &summary.files)?;
        map.serialize_entry("judged", &summary.judged)?;
        map.serialize_entry("notApplicable", &summary.not_applicable)?;
        map.serialize_entry("failed", &summary.failed)?;
        map.serialize_entry("resources", &summary.resources)?;
        map.serialize_entry("partial", &summary.partial)?;
        map.serialize_entry("rules", &summary.rules)?;
        map.serialize_entry("fail", &summary.fail)?;
        map.serialize_entry("indeterminate", &summary.indeterminate)?;
        map.serialize_entry("suppressed", &summary.suppressed)?;
        map.serialize_entry("baselined", &summary.baselined)?;
        map.serialize_entry("exempted", &summary.exempted)?;
        map.serialize_entry("bySeverity", &Json(&summary.by_severity))?;
        map.serialize_entry("openWorld", &summary.open_world)?;
        map.serialize_entry("untyped", &summary.untyped)?;
        map.serialize_entry("loosened", &summary.loosened)?;
        map.serialize_entry("passedOver", &summary.passed_over)?;
        map.end()
    }
}

impl Serialize for Json<'_, super::ExemptedGroup> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(4))?;
        map.serialize_entry("rule", &self.0.rule)?;
        map.serialize_entry("because", &self.0.because)?;
        map.serialize_entry("until", &self.0.until)?;
        map.serialize_entry("count", &self.0.count)?;
        map.end()
    }
}

impl Serialize for Json<'_, super::ExemptionUse> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(7))?;
        map.serialize_entry("rules", &self.0.rules)?;
        map.serialize_entry("status", self.0.status().as_str())?;
        map.serialize_entry("count", &self.0.count)?;
        map.serialize_entry("because", &*self.0.because)?;
        map.serialize_entry("until", &*self.0.until)?;
        place_entries(&mut map, &self.0.place)?;
        map.end()
    }
}

impl Serialize for Json<'_, super::SuppressedFinding> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let super::SuppressedFinding { finding, because, until, comment } = self.0;
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("rule", &finding.rule.id)?;
        map.serialize_entry("outcome", finding.outcome.as_str())?;
        map.serialize_entry("severity", finding.severity.as_str())?;
        map.serialize_entry("message", &finding.message)?;
        place_entries(&mut map, &finding.place)?;
        map.serialize_entry("resource", &finding.resource.as_deref().map(Json))?;
        map.serialize_entry("path", &finding.path)?;
        map.serialize_entry("fingerprint", &finding.fingerprint)?;
        map.serialize_entry("because", &**because)?;
        map.serialize_entry("until", until)?;
        map.serialize_entry("comment", &Json(&comment.range))?;
        map.end()
    }
}

impl Serialize for Json<'_, super::Loosened> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(6))?;
        map.serialize_entry("setting", &self.0.setting)?;
        map.serialize_entry("effect", &self.0.effect)?;
        map.serialize_entry("findings", &self.0.findings)?;
        map.serialize_entry("files", &self.0.files)?;
        place_entries(&mut map, &self.0.place)?;
        map.end()
    }
}

impl Serialize for Json<'_, super::PassedOver> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(3))?;
        map.serialize_entry("because", self.0.because)?;
        map.serialize_entry("count", &self.0.names.len())?;
        map.serialize_entry("names", &self.0.names)?;
        map.end()
    }
}

impl Serialize for Json<'_, super::BySeverity> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(5))?;
        map.serialize_entry("critical", &self.0.critical)?;
        map.serialize_entry("high", &self.0.high)?;
        map.serialize_entry("medium", &self.0.medium)?;
        map.serialize_entry("low", &self.0.low)?;
        map.serialize_entry("info", &self.0.info)?;
        map.end()
    }
}

impl Serialize for Json<'_, Finding> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let finding = self.0;
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("rule", &finding.rule.id)?;
        map.serialize_entry("outcome", finding.outcome.as_str())?;
        map.serialize_entry("severity", finding.severity.as_str())?;
        map.serialize_entry("message", &finding.message)?;
        map.serialize_entry("help", &finding.help)?;
        place_entries(&mut map, &finding.place)?;
        map.serialize_entry("resource", &finding.resource.as_deref().map(Json))?;
        map.serialize_entry("path", &finding.path)?;
        map.serialize_entry("related", &Each(&finding.related))?;
        map.serialize_entry("phase", &finding.rule.phase)?;
        map.serialize_entry("theme", &finding.rule.theme)?;
        map.serialize_entry("controls", &finding.rule.controls)?;
        map.serialize_entry("fingerprint", &finding.fingerprint)?;
        map.serialize_entry("origin", &finding.origin.as_deref().map(Json))?;
        if let Some(fix) = finding.remedy.fix() {
            map.serialize_entry("fix", &FixOf { fix, file: &finding.place.file })?;
        }
        map.end()
    }
}

/// A fix, whose edits are in the file of its finding.
struct FixOf<'r> {
    fix: &'r Fix,
    file: &'r str,
}

impl Serialize for FixOf<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let edits: Vec<EditOf<'_>> = self.fix.edits.iter().map(|edit| EditOf { edit, file: self.file }).collect();
        let mut map = to.serialize_map(Some(3))?;
        map.serialize_entry("applicability", self.fix.applicability.as_str())?;
        map.serialize_entry("title", &self.fix.title)?;
        map.serialize_entry("edits", &edits)?;
        map.end()
    }
}

struct EditOf<'r> {
    edit: &'r FixEdit,
    file: &'r str,
}

impl Serialize for EditOf<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(3))?;
        map.serialize_entry("file", self.file)?;
        map.serialize_entry("range", &Json(&self.edit.range))?;
        map.serialize_entry("newText", &*self.edit.text)?;
        map.end()
    }
}

impl Serialize for Json<'_, Origin> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(3))?;
        map.serialize_entry("file", &*self.0.file)?;
        map.serialize_entry("range", &self.0.range.as_ref().map(Json))?;
        map.serialize_entry("scenarios", &self.0.scenarios)?;
        map.end()
    }
}

impl Serialize for Json<'_, Problem> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let problem = self.0;
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("code", problem.code)?;
        map.serialize_entry("severity", problem.level.as_str())?;
        map.serialize_entry("message", &problem.message)?;
        place_entries(&mut map, &problem.place)?;
        map.serialize_entry("help", &problem.help)?;
        map.serialize_entry("related", &Each(&problem.related))?;
        map.end()
    }
}

impl Serialize for Json<'_, (Place, String)> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(3))?;
        place_entries(&mut map, &self.0.0)?;
        map.serialize_entry("message", &self.0.1)?;
        map.end()
    }
}

impl Serialize for Json<'_, (Arc<str>, Resource)> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(2))?;
        map.serialize_entry("file", &*self.0.0)?;
        map.serialize_entry("resource", &Json(&self.0.1))?;
        map.end()
    }
}

impl Serialize for Json<'_, Resource> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(4))?;
        map.serialize_entry("apiVersion", &self.0.api_version)?;
        map.serialize_entry("kind", &self.0.kind)?;
        map.serialize_entry("namespace", &self.0.namespace)?;
        map.serialize_entry("name", &self.0.name)?;
        map.end()
    }
}

impl Serialize for Json<'_, Range> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(2))?;
        map.serialize_entry("start", &Point::new(self.0.start, self.0.span.start))?;
        map.serialize_entry("end", &Point::new(self.0.end, self.0.span.end))?;
        map.end()
    }
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u32,
}

impl Point {
    fn new(Position { line, column }: Position, offset: u32) -> Self {
        Self { line, column, offset }
    }
}

fn place_entries<M: ser::SerializeMap>(map: &mut M, place: &Place) -> Result<(), M::Error> {
    map.serialize_entry("file", &*place.file)?;
    map.serialize_entry("range", &Json(&place.range))
}

#[cfg(test)]
mod tests {
    use super::write_json;
    use crate::finding::{Outcome, Resource};
    use crate::report::{Finding, Locator, Origin, Problem, Report, RuleInfo, Summary, fingerprint};
    use policyc_lang::values::Severity;
    use policyc_text::{Level, Span};
    use std::sync::Arc;

    fn report() -> Report {
        let locator = Locator::new("a/b.yaml".into(), "kind: Pod\nspec: yes\n");
        let rule = RuleInfo {
            id: "r".into(),
            phase: Some(3),
            theme: Some("t".into()),
            controls: vec!["cis-k8s:5.2.2".into()],
        };
        let resource =
            Resource { api_version: "v1".into(), kind: "Pod".into(), namespace: None, name: "p\"q".to_owned() };
        let finding = Finding {
            rule: Arc::new(rule),
            outcome: Outcome::Fail,
            severity: Severity::High,
            message: "no".into(),
            help: None,
            place: locator.place(Span::new(16, 19)),
            fingerprint: fingerprint("r", Some(&resource), "spec", Some("yes")),
            resource: Some(Arc::new(resource)),
            path: "spec".into(),
            related: vec![(locator.place(Span::new(0, 4)), "here".into())],
            origin: Some(Arc::new(Origin::of_file("c/templates/b.yaml".into()))),
            remedy: crate::fix::Remedy::None,
        };
        let problem = Problem {
            code: "yaml/syntax",
            level: Level::Error,
            message: "broken".into(),
            help: Some("mend it".into()),
            place: locator.place(Span::new(10, 10)),
            related: vec![],
        };
        let mut summary = Summary { resources: 1, ..Summary::default() };
        summary.count(&[], std::slice::from_ref(&finding));
        Report {
            as_of: "2026-11-23".into(),
            kubernetes: "1.37".into(),
            summary,
            findings: vec![finding],
            diagnostics: vec![problem],
            files: vec![],
            ..Report::default()
        }
    }

    #[test]
    fn fields_come_in_the_promised_order() {
        let mut out = Vec::new();
        write_json(&report(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        let expected = format!(
            concat!(
                r#"{{"version":1,"tool":{{"name":"policyc","version":"{}"}},"asOf":"2026-11-23","kubernetes":"1.37","#,
                r#""summary":{{"files":0,"judged":0,"notApplicable":0,"failed":0,"resources":1,"partial":0,"rules":0,"#,
                r#""fail":1,"indeterminate":0,"suppressed":0,"baselined":0,"exempted":0,"#,
                r#""bySeverity":{{"critical":0,"high":1,"medium":0,"low":0,"info":0}},"openWorld":0,"untyped":0,"loosened":0,"passedOver":0}},"#,
                r#""findings":[{{"rule":"r","outcome":"fail","severity":"high","message":"no","help":null,"#,
                r#""file":"a/b.yaml","range":{{"start":{{"line":2,"column":7,"offset":16}},"#,
                r#""end":{{"line":2,"column":10,"offset":19}}}},"#,
                r#""resource":{{"apiVersion":"v1","kind":"Pod","namespace":null,"name":"p\"q"}},"path":"spec","#,
                r#""related":[{{"file":"a/b.yaml","range":{{"start":{{"line":1,"column":1,"offset":0}},"#,
                r#""end":{{"line":1,"column":5,"offset":4}}}},"message":"here"}}],"#,
                r#""phase":3,"theme":"t","controls":["cis-k8s:5.2.2"],"fingerprint":"{}","#,
                r#""origin":{{"file":"c/templates/b.yaml","range":null,"scenarios":[]}}}}],"#,
                r#""diagnostics":[{{"code":"yaml/syntax","severity":"error","message":"broken","file":"a/b.yaml","#,
                r#""range":{{"start":{{"line":2,"column":1,"offset":10}},"end":{{"line":2,"column":1,"offset":10}}}},"#,
                r#""help":"mend it","related":[]}}],"suppressed":[],"partialObjects":[],"notes":[],"exempted":[],"exemptions":[],"#,
                r#""loosened":[],"passedOver":[],"baseline":null,"baselined":[]}}"#,
                "\n"
            ),
            version,
            report().findings[0].fingerprint
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn many_findings_are_written_in_one_pass() {
        let mut many = report();
        let finding = many.findings[0].clone();
        many.findings = vec![finding; 40_000];
        let mut out = Vec::new();
        write_json(&many, &mut out).unwrap();
        let parsed: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(parsed["findings"].as_array().map(Vec::len), Some(40_000));
    }
}
