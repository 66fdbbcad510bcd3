//! Marks in fixtures: what is expected and what was found beside each other, and marks rewritten to what was found.

use crate::Refusal;
use crate::library::Policies;
use crate::render::{Style, escape};
use crate::replace::replace;
use policyc_engine::check::{Mark, TestRun};
use policyc_engine::finding::Outcome;
use policyc_lang::check::TestCase;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// Lines around one whose marks are wrong.
const AROUND: usize = 1;

/// Whether a problem goes away with other marks.
pub(super) fn is_about_marks(problem: &str) -> bool {
    problem.contains(" is marked, and ")
        || problem.contains(": unexpected finding of ")
        || problem.starts_with("a mark names the rule ")
}

/// The lines of fixtures whose marks are not what was found, with both.
pub(super) fn write_beside(run: &TestRun, style: Style, out: &mut dyn Write) -> std::io::Result<()> {
    for (name, text) in &run.fixtures {
        let of_line = |marks: &BTreeSet<Mark>, line: usize| -> Vec<String> {
            let here = marks.iter().filter(|mark| mark.file == *name && mark.line as usize == line);
            here.map(words).collect()
        };
        let lines: Vec<&str> = text.lines().collect();
        let wrong = |line: &usize| of_line(&run.expected, *line) != of_line(&run.found, *line);
        let wrong: Vec<usize> = (1..=lines.len()).filter(wrong).collect();
        let near = |line: usize| wrong.iter().any(|place| place.abs_diff(line) <= AROUND);
        let mut last = 0;
        for line in (1..=lines.len()).filter(|line| near(*line)) {
            if last == 0 {
                writeln!(out, "      {}", style.dim(&format!("in {}", escape(name))))?;
            } else if line > last + 1 {
                writeln!(out, "      {}", style.dim("…"))?;
            }
            last = line;
            let source = without_mark(lines.get(line - 1).copied().unwrap_or_default());
            writeln!(out, "      {line:4} {} {}", style.dim("│"), escape(source))?;
            if wrong.contains(&line) {
                let list = |marks: Vec<String>| if marks.is_empty() { "nothing".to_owned() } else { marks.join(", ") };
                let (expected, found) = (of_line(&run.expected, line), of_line(&run.found, line));
                writeln!(out, "             expected {}", style.bold(&escape(&list(expected))))?;
                writeln!(out, "             found    {}", style.bold(&escape(&list(found))))?;
            }
        }
    }
    Ok(())
}

fn words(mark: &Mark) -> String {
    let untold = if mark.outcome == Outcome::Indeterminate { " (cannot be told)" } else { "" };
    format!("`{}`{untold}", mark.rule)
}

/// The text of a line before its marks.
fn without_mark(line: &str) -> &str {
    line.find("#~").map_or(line, |at| line[..at].trim_end())
}

/// Writes the marks of all fixtures in policy files anew.
///
/// # Errors
///
/// If a file cannot be written.
pub(super) fn update(policies: &Policies, runs: &[(&TestCase, TestRun)]) -> Result<(), Refusal> {
    for (number, source) in policies.sources.iter().enumerate() {
        let mut edits: BTreeMap<usize, (usize, String)> = BTreeMap::new();
        let own = runs.iter().filter(|(case, run)| case.file == source.file && run.expected != run.found);
        for (case, run) in own {
            for (place, fixture) in case.fixtures.iter().enumerate() {
                let span = fixture.span.start as usize..fixture.span.end as usize;
                let Some(given) = source.text.get(span.clone()) else { continue };
                // Only texts that stand in the policy, from the line after the opening quotes to the closing ones.
                let (Some(open), true) = (given.find("\"\"\"\n"), fixture.text.is_some()) else { continue };
                let (start, end) = (span.start + open + 4, span.end - 3);
                let Some(body) = source.text.get(start..end) else { continue };
                let name = fixture.file.clone().unwrap_or_else(|| format!("given-{}.{}", place + 1, fixture.kind));
                let marks: Vec<&Mark> = run.found.iter().filter(|mark| mark.file == name).collect();
                edits.insert(start, (end, marked(body, &marks, fixture.kind == "dockerfile")));
            }
        }
        if edits.is_empty() {
            continue;
        }
        let mut text = source.text.clone();
        for (start, (end, body)) in edits.into_iter().rev() {
            text.replace_range(start..end, &body);
        }
        if let Some(path) = policies.paths.get(number) {
            replace(path, source.text.as_bytes(), text.as_bytes())
                .map_err(|reason| Refusal::new(format!("`{}` cannot be written: {reason}", source.name)))?;
        }
    }
    Ok(())
}

/// A fixture with these marks and no others. In Dockerfiles a mark has a line of its own, above.
fn marked(body: &str, marks: &[&Mark], above: bool) -> String {
    let mut out = String::new();
    for (number, line) in (1_u32..).zip(body.split_inclusive('\n')) {
        let (text, end) = match line.strip_suffix('\n') {
            Some(text) => (text, "\n"),
            None => (line, ""),
        };
        let bare = without_mark(text);
        // A line that was only a mark goes.
        if bare.trim().is_empty() && text.contains("#~") {
            continue;
        }
        let of = |outcome| -> Vec<&str> {
            let here = marks.iter().filter(|mark| mark.line == number && mark.outcome == outcome);
            here.map(|mark| mark.rule.as_str()).collect()
        };
        let (fails, untold) = (of(Outcome::Fail), of(Outcome::Indeterminate));
        let indent: String = bare.chars().take_while(|char| char.is_whitespace()).collect();
        if above && !fails.is_empty() {
            out.push_str(&format!("{indent}#~v {}\n", fails.join(", ")));
        }
        out.push_str(bare);
        if !above && !fails.is_empty() {
            out.push_str(&format!(" #~ {}", fails.join(", ")));
        }
        if !untold.is_empty() {
            out.push_str(&format!(" #~? {}", untold.join(", ")));
        }
        out.push_str(end);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Mark, marked};
    use policyc_engine::finding::Outcome;

    #[test]
    fn marks_are_replaced_where_they_stand() {
        let mark = |line, rule: &str, outcome| Mark { file: "f".into(), line, rule: rule.into(), outcome };
        let (one, two) = (mark(1, "x", Outcome::Fail), mark(3, "y", Outcome::Fail));
        let (three, four) = (mark(3, "z", Outcome::Fail), mark(3, "u", Outcome::Indeterminate));
        for (body, marks, above, expected) in [
            (
                "    a: 1\n    b: 2 #~ gone\n    c: 3\n    ",
                vec![&one, &two, &three, &four],
                false,
                "    a: 1 #~ x\n    b: 2\n    c: 3 #~ y, z #~? u\n    ",
            ),
            (
                "    FROM a\n    #~v gone\n    RUN b\n",
                vec![&one, &two],
                true,
                "    #~v x\n    FROM a\n    #~v y\n    RUN b\n",
            ),
            ("    a: 1 #~? old\n", vec![], false, "    a: 1\n"),
        ] {
            assert_eq!(marked(body, &marks, above), expected);
        }
    }
}
