//! Tests that stand in policy files: fixtures with marks, and what is expected beside them.
//!
//! A mark is a comment in a fixture: `#~ rule` says that a finding of the rule begins on this line, `#~v rule` on the
//! next one, and `#~? rule` that what begins on this line cannot be told. Several rules are parted by commas. A finding
//! of a rule under test that no mark names is a failure, unless an `expect` of the rule speaks of its path. Where a
//! fixture is meant to be odd, a mark names the code of what is said of it, `dockerfile/syntax`.

use super::watch::coverage;
use super::{Frames, Input, Meaning, Selection, check, count, mend};
use crate::builtin::Builtin;
use crate::eval::CheckCounts;
use crate::finding::Outcome;
use crate::fix::Remedy;
use crate::report::{Finding, Problem, Report, RuleCounts};
use policyc_lang::check::{Compiled, Expectation, ExpectedOutcome, Fixture, TestCase};
use policyc_lang::ir::{Applicability, CheckId, Program, Rule};
use policyc_lang::values::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What came of a test.
#[derive(Clone, Debug, Default)]
pub struct TestRun {
    /// What was not as expected; one sentence each.
    pub problems: Vec<String>,
    /// How the checks of each rule came out.
    pub counts: BTreeMap<String, RuleCounts>,
    /// Names and texts of the fixtures.
    pub fixtures: BTreeMap<String, String>,
    /// What the marks in them say.
    pub expected: BTreeSet<Mark>,
    /// What marks would have to say: all findings that no `expect` speaks of.
    pub found: BTreeSet<Mark>,
}

/// Where a finding is expected, or begins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Name of the fixture.
    pub file: String,
    /// 1-based.
    pub line: u32,
    /// Id of the rule.
    pub rule: String,
    /// Fail or indeterminate.
    pub outcome: Outcome,
}

/// Runs a test. `beside` gives the bytes of files that fixtures name, or a part of a sentence that says why not.
#[must_use]
pub fn run_test(program: &Program, case: &TestCase, beside: &dyn Fn(&str) -> Result<Vec<u8>, String>) -> TestRun {
    let mut run = TestRun::default();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (number, fixture) in case.fixtures.iter().enumerate() {
        match bytes_of(number, fixture, beside) {
            Ok((name, bytes)) => {
                files.insert(name, bytes);
            }
            Err(problem) => run.problems.push(problem),
        }
    }
    let marks: BTreeSet<Mark> = files.iter().flat_map(|(name, bytes)| marks_of(name, bytes)).collect();
    let selection = selection(program, case, &marks);
    run.problems.extend(unknown_rules(&selection, &marks));
    match report(case, &files, &selection) {
        Ok(report) => {
            compare(case, &marks, &report, &mut run.problems);
            run.problems.extend(vacuous(case, &files, &selection, &report));
            let odd = report.diagnostics.iter().map(mark_of_problem).filter(|mark| marks.contains(mark));
            run.found = unspoken(case, &report).into_iter().chain(odd).collect();
            run.counts = report.rule_counts;
            run.problems.extend(case.expectations.iter().filter_map(|expectation| {
                let ExpectedOutcome::Fix(text) = &expectation.outcome else { return None };
                unfixed(case, &files, &selection, &expectation.rule, text)
            }));
        }
        Err(problem) => run.problems.push(problem),
    }
    run.fixtures =
        files.into_iter().map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned())).collect();
    run.expected = marks;
    run
}

/// How the checks come out in a test.
#[must_use]
pub fn cover_test(program: &Program, case: &TestCase, run: &TestRun) -> BTreeMap<CheckId, CheckCounts> {
    let files: BTreeMap<String, Vec<u8>> =
        run.fixtures.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
    covered(case, &files, &selection(program, case, &run.expected)).0
}

/// How checks come out, and how many subjects each rule applies to.
fn covered(
    case: &TestCase,
    files: &BTreeMap<String, Vec<u8>>,
    selection: &Selection<'_>,
) -> (BTreeMap<CheckId, CheckCounts>, BTreeMap<String, u64>) {
    let Ok(meaning) = meaning(case) else { return Default::default() };
    let (inputs, load) = inputs(files);
    coverage(&inputs, &load, &meaning, selection)
}

/// Rules that are expected to pass where there is nothing that they could judge.
fn vacuous(
    case: &TestCase,
    files: &BTreeMap<String, Vec<u8>>,
    selection: &Selection<'_>,
    report: &Report,
) -> Vec<String> {
    let passes = |expected: &&Expectation| expected.outcome == ExpectedOutcome::Passes;
    let silent = |rule: &str| report.rule_counts.get(rule).is_some_and(|counts| counts.pass == 0);
    let doubtful: Vec<&str> = case.expectations.iter().filter(passes).map(|expected| expected.rule.as_str()).collect();
    if !doubtful.iter().any(|rule| silent(rule)) {
        return Vec::new();
    }
    let (_, applied) = covered(case, files, selection);
    let empty = doubtful.into_iter().filter(|rule| silent(rule) && !applied.contains_key(*rule));
    empty.map(|rule| format!("`{rule}` is expected to pass, but there is nothing that it judges")).collect()
}

/// Findings that no expectation speaks of, as marks.
fn unspoken(case: &TestCase, report: &Report) -> BTreeSet<Mark> {
    let spoken = |finding: &&Finding| case.expectations.iter().any(|expected| speaks_of(expected, finding));
    report.findings.iter().filter(|finding| !spoken(finding)).map(mark_of).collect()
}

/// Rules of the compiled files that no test shows to pass, or to fail, with the words for what is missing.
#[must_use]
pub fn uncovered(compiled: &Compiled, runs: &[TestRun]) -> Vec<(String, &'static str)> {
    let program = &compiled.artefact.program;
    let modules: BTreeSet<_> = compiled.tests.iter().map(|case| case.module).collect();
    let mut missing = Vec::new();
    for (instance, rule) in instances(program) {
        if !modules.contains(&rule.module) || rule.id != instance {
            continue;
        }
        let sum = |count: fn(&RuleCounts) -> u64| -> u64 {
            runs.iter().filter_map(|run| run.counts.get(instance)).map(count).sum()
        };
        if sum(|counts| counts.fail + counts.indeterminate) == 0 {
            missing.push((instance.to_owned(), "finds anything"));
        }
        if sum(|counts| counts.pass) == 0 {
            missing.push((instance.to_owned(), "lets anything pass"));
        }
    }
    missing
}

fn instances(program: &Program) -> impl Iterator<Item = (&str, &Rule)> {
    let of = |instance: &policyc_lang::ir::Instance| instance.rule.index();
    program.instances.iter().filter_map(move |instance| Some((instance.id.as_str(), program.rules.get(of(instance))?)))
}

/// Name and bytes of a fixture.
fn bytes_of(
    number: usize,
    fixture: &Fixture,
    beside: &dyn Fn(&str) -> Result<Vec<u8>, String>,
) -> Result<(String, Vec<u8>), String> {
    if !matches!(&*fixture.kind, "yaml" | "json" | "dockerfile") {
        return Err(format!("there is no reader for fixtures of the kind `{}`", fixture.kind));
    }
    let named =
        |name: &Option<String>| name.clone().unwrap_or_else(|| format!("given-{}.{}", number + 1, fixture.kind));
    match (&fixture.text, &fixture.file) {
        (Some(text), name) => Ok((named(name), text.clone().into_bytes())),
        (None, Some(name)) if name.is_empty() => {
            Err(format!("fixture {} is empty: write its text between `\"\"\"`, or name a file", number + 1))
        }
        (None, Some(name)) => match beside(name) {
            Ok(bytes) => Ok((name.clone(), bytes)),
            Err(reason) => Err(format!("the fixture `{name}` cannot be read: {reason}")),
        },
        (None, None) => Err("a fixture has neither a text nor a file".to_owned()),
    }
}

/// The marks of a fixture.
fn marks_of(name: &str, bytes: &[u8]) -> Vec<Mark> {
    let text = String::from_utf8_lossy(bytes);
    let mut marks = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        for part in text.split("#~").skip(1) {
            let (below, outcome, rules) = match part.as_bytes().first() {
                Some(b'v') => (1, Outcome::Fail, &part[1..]),
                Some(b'?') => (0, Outcome::Indeterminate, &part[1..]),
                _ => (0, Outcome::Fail, part),
            };
            let rules = rules.split('#').next().unwrap_or_default();
            for rule in rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()) {
                marks.push(Mark { file: name.to_owned(), line: line + below, rule: rule.to_owned(), outcome });
            }
        }
    }
    marks
}

/// The rules of the test's module, and those that it names besides.
fn selection<'p>(program: &'p Program, case: &TestCase, marks: &BTreeSet<Mark>) -> Selection<'p> {
    let named = marks.iter().map(|mark| mark.rule.as_str());
    let named: BTreeSet<&str> = named.chain(case.expectations.iter().map(|expected| expected.rule.as_str())).collect();
    // A copy that `use` makes elsewhere is not of the module.
    let own =
        instances(program).filter(|(id, rule)| (rule.module == case.module && rule.id == *id) || named.contains(id));
    let rules: BTreeSet<String> = own.map(|(id, _)| id.to_owned()).collect();
    let sums = program.aggregates.iter().filter(|sum| sum.module == case.module || named.contains(sum.id.as_str()));
    let settings = case.params.iter();
    let params = settings.flat_map(|(id, value)| rules.iter().map(move |rule| (rule.clone(), *id, value.clone())));
    Selection {
        program,
        builtins: named.iter().filter_map(|id| Builtin::of_id(id)).collect(),
        params: params.collect(),
        rules: rules.iter().cloned().chain(sums.map(|sum| sum.id.clone())).collect(),
        profile: None,
        unsuppressible: BTreeSet::new(),
    }
}

/// Marks of rules that do not exist would wait for findings that nobody makes.
fn unknown_rules(selection: &Selection<'_>, marks: &BTreeSet<Mark>) -> Vec<String> {
    // What has a slash is the code of a diagnostic.
    let known = |id: &str| selection.rules.contains(id) || Builtin::of_id(id).is_some() || id.contains('/');
    let unknown: BTreeSet<&str> = marks.iter().map(|mark| mark.rule.as_str()).filter(|id| !known(id)).collect();
    unknown.into_iter().map(|id| format!("a mark names the rule `{id}`, and there is none")).collect()
}

/// What is otherwise than expected once the fixes of a rule are made, unsafe ones too, in the first fixture. Marks are
/// taken out of it first.
fn unfixed(
    case: &TestCase,
    files: &BTreeMap<String, Vec<u8>>,
    selection: &Selection<'_>,
    rule: &str,
    expected: &str,
) -> Option<String> {
    let meaning = match meaning(case) {
        Ok(meaning) => meaning,
        Err(problem) => return Some(problem),
    };
    let first = case
        .fixtures
        .first()
        .and_then(|fixture| {
            bytes_of(0, fixture, &|name| files.get(name).cloned().ok_or_else(|| "it is gone".to_owned())).ok()
        })?
        .0;
    let texts: Vec<(Input, Vec<u8>)> = files
        .iter()
        .map(|(name, bytes)| {
            let text = without_marks(&String::from_utf8_lossy(bytes));
            (Input { name: name.as_str().into() }, text.into_bytes())
        })
        .collect();
    let (inputs, bytes): (Vec<Input>, Vec<Vec<u8>>) = texts.into_iter().unzip();
    let load = |place: usize| bytes.get(place).cloned().ok_or_else(|| "it is gone".to_owned());
    let only = Selection { rules: BTreeSet::from([rule.to_owned()]), builtins: BTreeSet::new(), ..selection.clone() };
    let mended = mend(&inputs, &load, &meaning, &only, Applicability::Unsafe, &|_| true);
    let place = inputs.iter().position(|input| *input.name == *first)?;
    let after = mended.files.iter().find(|file| file.input == place).map(|file| file.after.clone());
    let after =
        after.unwrap_or_else(|| String::from_utf8_lossy(bytes.get(place).map_or(&[], Vec::as_slice)).into_owned());
    if after.trim_end() == expected.trim_end() {
        return None;
    }
    let refused = mended.report.findings.iter().find_map(|finding| match &finding.remedy {
        Remedy::Withheld(reason) => Some(format!(" ({reason})")),
        Remedy::None | Remedy::Offered(_) => None,
    });
    let refused = refused.unwrap_or_default();
    Some(format!("the fix of `{rule}` gives another text{refused}:\n{}", after.trim_end()))
}

/// A fixture without its marks.
fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match line.split_once("#~") {
            Some((before, _)) if before.trim().is_empty() => {}
            Some((before, _)) => {
                out.push_str(before.trim_end());
                out.push_str(if line.ends_with('\n') { "\n" } else { "" });
            }
            None => out.push_str(line),
        }
    }
    out
}

fn meaning(case: &TestCase) -> Result<Meaning, String> {
    let kubernetes = case.kubernetes.as_deref().map(str::parse).transpose();
    let kubernetes = kubernetes.map_err(|error| format!("`kubernetes`: {error}"))?;
    let as_of = case.as_of.or_else(|| Date::from_civil(2026, 12, 31)).ok_or("there is no such day")?;
    Ok(Meaning {
        as_of,
        kubernetes,
        open: case.open_world,
        namespace: case.namespace.clone(),
        frames: Frames::None,
        external: [].into(),
    })
}

/// The fixtures as inputs.
fn inputs(files: &BTreeMap<String, Vec<u8>>) -> (Vec<Input>, impl Fn(usize) -> Result<Vec<u8>, String> + Sync + '_) {
    let inputs: Vec<Input> = files.keys().map(|name| Input { name: name.as_str().into() }).collect();
    let bytes: Vec<&Vec<u8>> = files.values().collect();
    (inputs, move |place: usize| bytes.get(place).map(|bytes| (*bytes).clone()).ok_or_else(|| "it is gone".to_owned()))
}

fn report(case: &TestCase, files: &BTreeMap<String, Vec<u8>>, selection: &Selection<'_>) -> Result<Report, String> {
    let meaning = meaning(case)?;
    let (inputs, load) = inputs(files);
    let report = check(&inputs, &load, &meaning, selection);
    // Two ways lead to the same findings; a build for tests holds them against each other.
    if cfg!(debug_assertions) {
        let (mut told, counted) = (report.clone(), count(&inputs, &load, &meaning, selection));
        told.count_findings();
        let parts = |report: &Report| (report.tally.clone(), report.summary.clone(), report.rule_counts.clone());
        if parts(&told) != parts(&counted) {
            return Err(format!("counted otherwise than told: {:?}, {:?}", parts(&told), parts(&counted)));
        }
    }
    Ok(report)
}

fn compare(case: &TestCase, marks: &BTreeSet<Mark>, report: &Report, problems: &mut Vec<String>) {
    let odd: BTreeSet<Mark> = report.diagnostics.iter().map(mark_of_problem).collect();
    for problem in report.diagnostics.iter().filter(|problem| !marks.contains(&mark_of_problem(problem))) {
        let (place, level) = (&problem.place, problem.level.as_str());
        problems.push(format!("{level} in {} line {}: {}", place.file, place.range.start.line, problem.message));
    }
    for mark in marks {
        if !odd.contains(mark) && !report.findings.iter().any(|finding| mark_of(finding) == *mark) {
            let Mark { file, line, rule, outcome } = mark;
            let untold = if *outcome == Outcome::Indeterminate { " that cannot be told" } else { "" };
            problems.push(format!("{file} line {line} is marked, and `{rule}` has no finding{untold} there"));
        }
    }
    for finding in &report.findings {
        let expected = |expectation: &Expectation| speaks_of(expectation, finding);
        if !marks.contains(&mark_of(finding)) && !case.expectations.iter().any(expected) {
            let Finding { rule, message, place, outcome, .. } = finding;
            let (file, line, outcome) = (&place.file, place.range.start.line, outcome.as_str());
            problems.push(format!("{file} line {line}: unexpected finding of `{}` ({outcome}): {message}", rule.id));
        }
    }
    problems.extend(case.expectations.iter().filter_map(|expectation| unmet(expectation, report)));
}

/// What a mark says of a diagnostic: its code in place of a rule.
fn mark_of_problem(problem: &Problem) -> Mark {
    Mark {
        file: problem.place.file.to_string(),
        line: problem.place.range.start.line,
        rule: problem.code.to_owned(),
        outcome: Outcome::Fail,
    }
}

fn mark_of(finding: &Finding) -> Mark {
    Mark {
        file: finding.place.file.to_string(),
        line: finding.place.range.start.line,
        rule: finding.rule.id.clone(),
        outcome: finding.outcome,
    }
}

/// Whether an expectation is about a finding.
fn speaks_of(expectation: &Expectation, finding: &Finding) -> bool {
    let (path, outcome) = match &expectation.outcome {
        ExpectedOutcome::Fails(path) => (path, Outcome::Fail),
        ExpectedOutcome::Indeterminate(path) => (path, Outcome::Indeterminate),
        ExpectedOutcome::Passes | ExpectedOutcome::Skips | ExpectedOutcome::Fix(_) => return false,
    };
    let here = path.as_ref().is_none_or(|path| same_path(path, &finding.path));
    finding.rule.id == expectation.rule && finding.outcome == outcome && here
}

/// Whether a path that a test gives is that of a finding. The test may write `[0]` where the finding has the element's
/// key, `[name=web]`.
fn same_path(expected: &str, found: &str) -> bool {
    let (expected, found) = (steps(expected), steps(found));
    let same = |(expected, found): (&&str, &&str)| {
        let index = expected.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let any = index.is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()));
        expected == found || (any && found.starts_with('[') && found.contains('='))
    };
    expected.len() == found.len() && expected.iter().zip(&found).all(same)
}

/// The keys and brackets of a path.
fn steps(path: &str) -> Vec<&str> {
    let (mut found, mut start, mut depth) = (Vec::new(), 0, 0_u32);
    for (at, byte) in path.bytes().enumerate() {
        match byte {
            b'[' if depth == 0 => {
                found.push(&path[start..at]);
                (start, depth) = (at, 1);
            }
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b'.' if depth == 0 => {
                found.push(&path[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&path[start..]);
    found.retain(|step| !step.is_empty());
    found
}

/// What an expectation misses.
fn unmet(expectation: &Expectation, report: &Report) -> Option<String> {
    let rule = &expectation.rule;
    let mut own = report.findings.iter().filter(|finding| finding.rule.id == *rule);
    let counts = report.rule_counts.get(rule).copied().unwrap_or_default();
    let at = |path: &Option<String>| path.as_ref().map(|path| format!(" at `{path}`")).unwrap_or_default();
    match &expectation.outcome {
        ExpectedOutcome::Passes if own.next().is_some() => Some(format!("`{rule}` is expected to pass")),
        ExpectedOutcome::Skips if counts.pass + counts.fail + counts.indeterminate > 0 => {
            Some(format!("`{rule}` is expected to apply to nothing"))
        }
        ExpectedOutcome::Fails(path) if !own.any(|finding| speaks_of(expectation, finding)) => {
            Some(format!("`{rule}` is expected to fail{}", at(path)))
        }
        ExpectedOutcome::Indeterminate(path) if !own.any(|finding| speaks_of(expectation, finding)) => {
            Some(format!("`{rule}` is expected to be indeterminate{}", at(path)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, marks_of, same_path};
    use crate::finding::Outcome;

    #[test]
    fn tests_may_count_where_findings_name() {
        for (expected, found, same) in [
            ("spec.a", "spec.a", true),
            ("spec.c[0].image", "spec.c[name=web].image", true),
            ("spec.c[name=web].image", "spec.c[name=web].image", true),
            ("spec.c[0].image", "spec.c[1].image", false),
            ("spec.c[name=api].image", "spec.c[name=web].image", false),
            ("spec.c[0]", "spec.c[name=web].image", false),
            ("metadata.labels[\"a.b\"]", "metadata.labels[\"a.b\"]", true),
        ] {
            assert_eq!(same_path(expected, found), same, "{expected} and {found}");
        }
    }

    #[test]
    fn marks_say_line_rule_and_outcome() {
        let text = "a: 1 #~ one, two\n  #~v three\nb: 2 #~? four #~ five # a remark\n";
        let mark = |line, rule: &str, outcome| Mark { file: "f".into(), line, rule: rule.into(), outcome };
        assert_eq!(
            marks_of("f", text.as_bytes()),
            [
                mark(1, "one", Outcome::Fail),
                mark(1, "two", Outcome::Fail),
                mark(3, "three", Outcome::Fail),
                mark(3, "four", Outcome::Indeterminate),
                mark(3, "five", Outcome::Fail),
            ]
        );
    }
}
