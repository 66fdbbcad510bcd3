//! Test results in the form that JUnit's readers take: a suite for each file, a case for each test.

use super::file_name;
use crate::Refusal;
use crate::library::Policies;
use policyc_engine::check::TestRun;
use policyc_lang::check::TestCase;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Writes the report. It has no times, so that the same tests give the same bytes.
///
/// # Errors
///
/// If the file cannot be written.
pub(super) fn write(file: &Path, policies: &Policies, runs: &[(&TestCase, TestRun)]) -> Result<(), Refusal> {
    let results = runs.iter().map(|(case, run)| (file_name(policies, case), case.name.as_str(), &run.problems));
    std::fs::write(file, report(results))
        .map_err(|error| Refusal::new(format!("cannot write `{}`: {error}", file.display())))
}

fn report<'r>(results: impl Iterator<Item = (&'r str, &'r str, &'r Vec<String>)>) -> String {
    let mut suites: BTreeMap<&str, Vec<(&str, &Vec<String>)>> = BTreeMap::new();
    for (file, name, problems) in results {
        suites.entry(file).or_default().push((name, problems));
    }
    let failed = |cases: &[(&str, &Vec<String>)]| cases.iter().filter(|(_, problems)| !problems.is_empty()).count();
    let (tests, failures) =
        suites.values().fold((0, 0), |(tests, bad), suite| (tests + suite.len(), bad + failed(suite)));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"policyc\" tests=\"{tests}\" failures=\"{failures}\">");
    for (file, cases) in &suites {
        let (file, count, bad) = (xml(file), cases.len(), failed(cases));
        let _ = writeln!(out, "  <testsuite name=\"{file}\" tests=\"{count}\" failures=\"{bad}\">");
        for (name, problems) in cases {
            let name = xml(name);
            if problems.is_empty() {
                let _ = writeln!(out, "    <testcase classname=\"{file}\" name=\"{name}\"/>");
                continue;
            }
            let (first, all) = (xml(problems.first().map_or("", String::as_str)), xml(&problems.join("\n")));
            let _ = writeln!(out, "    <testcase classname=\"{file}\" name=\"{name}\">");
            let _ = writeln!(out, "      <failure message=\"{first}\">{all}</failure>\n    </testcase>");
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// Source: XML 1.0, 2.2 and 2.4: what cannot stand in a document becomes U+FFFD.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(char),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::report;

    #[test]
    fn suites_cases_and_failures() {
        let (good, bad) = (Vec::new(), vec!["a < b & \"c\"".to_owned(), "second\u{7}".to_owned()]);
        let out =
            report([("b.policy", "one", &good), ("a.policy", "two", &bad), ("b.policy", "three", &good)].into_iter());
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites name=\"policyc\" tests=\"3\" failures=\"1\">
  <testsuite name=\"a.policy\" tests=\"1\" failures=\"1\">
    <testcase classname=\"a.policy\" name=\"two\">
      <failure message=\"a &lt; b &amp; &quot;c&quot;\">a &lt; b &amp; &quot;c&quot;
second\u{fffd}</failure>
    </testcase>
  </testsuite>
  <testsuite name=\"b.policy\" tests=\"2\" failures=\"0\">
    <testcase classname=\"b.policy\" name=\"one\"/>
    <testcase classname=\"b.policy\" name=\"three\"/>
  </testsuite>
</testsuites>
";
        assert_eq!(out, expected);
    }
}
