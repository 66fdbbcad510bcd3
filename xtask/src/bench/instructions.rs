//! `cargo xtask instructions`: how many instructions reading and judging take per byte of input, held against the
//! accepted figures. Unlike times, these are nearly the same in every run.

use super::MANIFEST;
use super::cargo::{cargo, target};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The accepted figures.
const ACCEPTED: &str = "benches/instructions.toml";
/// Jobs that are counted.
const JOBS: [&str; 2] = ["read", "check20"];
/// The corpus, which is made of the project's own files.
const CORPUS: &str = "own";
/// How far a figure may be from the accepted one, in per cent.
const TOLERANCE: f64 = 3.0;

/// A figure: what it is of, and instructions per byte or, for the corpus itself, bytes.
type Figure = (String, f64);

/// Counts, and compares or accepts.
///
/// # Errors
///
/// A sentence, where a figure has grown by more than is allowed, or counting fails.
pub(crate) fn instructions(arguments: &[String]) -> Result<String, String> {
    let accept = match arguments {
        [] => false,
        [only] if only == "--accept" => true,
        _ => return Err("usage: cargo xtask instructions [--accept]".to_owned()),
    };
    if Command::new("valgrind").arg("--version").output().is_err() {
        let said = "instructions were not counted: valgrind is not installed";
        return if accept { Err(said.to_owned()) } else { Ok(said.to_owned()) };
    }
    cargo(&["build", "--release", "--locked", "--manifest-path", MANIFEST])?;
    let program = target("benches/target").join("release").join("policyc-benches");
    let counted = count(&program)?;
    if accept {
        let text = written(&counted);
        fs::write(ACCEPTED, text).map_err(|error| format!("cannot write {ACCEPTED}: {error}"))?;
        return Ok(format!("accepted in {ACCEPTED}:\n{}", listed(&counted)));
    }
    let accepted = fs::read_to_string(ACCEPTED).map_err(|error| format!("cannot read {ACCEPTED}: {error}"))?;
    compare(&parse(&accepted)?, &counted)
}

/// Counts each job, after making the corpus.
fn count(program: &Path) -> Result<Vec<Figure>, String> {
    let made = output(Command::new(program).args(["--generate", "--fresh", CORPUS]))?;
    let bytes = made.rsplit("bytes: ").next().and_then(|rest| rest.trim_end_matches(['}', ' ', '\n']).parse().ok());
    let bytes: f64 = bytes.ok_or("the benchmarks do not say how large the corpus is")?;
    let mut figures = vec![("bytes".to_owned(), bytes)];
    for job in JOBS {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"]);
        valgrind.arg("--toggle-collect=*rounds::once*").arg(program).args(["--once", job, CORPUS]);
        let said = output(&mut valgrind)?;
        let collected = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse::<f64>().ok());
        let collected = collected.filter(|count| *count > 0.0).ok_or_else(|| format!("`{job}` was not counted"))?;
        figures.push((job.to_owned(), collected / bytes));
    }
    Ok(figures)
}

/// All that a command that succeeds says.
fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().display().to_string();
    let output = command.output().map_err(|error| format!("cannot run {name}: {error}"))?;
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(text) } else { Err(format!("{name} failed: {}", text.trim())) }
}

fn listed(figures: &[Figure]) -> String {
    let jobs = figures.iter().filter(|(name, _)| name != "bytes");
    jobs.map(|(name, each)| format!("  {name:<10}{each:>10.1} instructions a byte")).collect::<Vec<_>>().join("\n")
}

fn written(figures: &[Figure]) -> String {
    let mut text = String::from(
        "# Instructions per byte of the corpus `own`, and its size in bytes. `cargo xtask instructions` holds them,\n\
         # `cargo xtask instructions --accept` writes this file.\n",
    );
    for (name, figure) in figures {
        let digits = if name == "bytes" { 0 } else { 1 };
        let _ = writeln!(text, "{name} = {figure:.digits$}");
    }
    text
}

fn parse(text: &str) -> Result<Vec<Figure>, String> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let figure = |line: &str| {
        let (name, figure) = line.split_once('=')?;
        Some((name.trim().to_owned(), figure.trim().parse().ok()?))
    };
    lines.map(|line| figure(line).ok_or_else(|| format!("`{line}` of {ACCEPTED} is no figure"))).collect()
}

/// Says what changed.
///
/// # Errors
///
/// The same, where a figure has grown by more than the tolerance or was never accepted.
fn compare(accepted: &[Figure], counted: &[Figure]) -> Result<String, String> {
    let (mut text, mut worse) = (String::new(), false);
    for (name, now) in counted {
        let before = accepted.iter().find(|(known, _)| known == name).map(|(_, figure)| *figure);
        let Some(before) = before.filter(|before| *before > 0.0) else {
            worse = true;
            let _ = writeln!(text, "{name}: {now:.1}, never accepted");
            continue;
        };
        let change = (now / before - 1.0) * 100.0;
        if name == "bytes" {
            if change != 0.0 {
                let _ = writeln!(text, "the corpus has {now} bytes, and had {before} when the figures were accepted");
            }
            continue;
        }
        let _ = write!(text, "{name}: {now:.1} instructions a byte, {change:+.1} % of the accepted {before:.1}");
        worse |= change > TOLERANCE;
        text.push_str(if change > TOLERANCE {
            ": too many\n"
        } else if change < -TOLERANCE {
            ": accept it, so that it is kept\n"
        } else {
            "\n"
        });
    }
    if !worse {
        return Ok(text.trim_end().to_owned());
    }
    Err(format!(
        "{text}more than {TOLERANCE} % above what was accepted; if it is worth it: cargo xtask instructions --accept"
    ))
}

#[cfg(test)]
mod tests {
    use super::{compare, parse, written};

    #[test]
    fn figures_are_read_as_they_are_written() {
        let figures = vec![("bytes".to_owned(), 1000.0), ("read".to_owned(), 12.5)];
        assert_eq!(parse(&written(&figures)), Ok(figures));
        assert!(parse("read: 1").is_err());
    }

    #[test]
    fn only_growth_beyond_the_tolerance_fails() {
        let accepted = vec![("read".to_owned(), 100.0)];
        for (now, fails) in [(100.0, false), (102.9, false), (103.1, true), (50.0, false)] {
            assert_eq!(compare(&accepted, &[("read".to_owned(), now)]).is_err(), fails, "{now}");
        }
        assert!(compare(&accepted, &[("check20".to_owned(), 1.0)]).is_err());
    }
}
