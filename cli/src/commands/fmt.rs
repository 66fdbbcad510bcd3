//! `policyc fmt`: policy files in the one style of the language.

use crate::args::FmtArgs;
use crate::discover::{self, Source, Wanted};
use crate::library::text_of;
use crate::render::escape;
use crate::{Refusal, exit, output};
use policyc_lang::format::format;
use policyc_lang::syntax::parse;
use policyc_text::FileId;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Lays out policy files.
///
/// # Errors
///
/// If a path does not exist, a file cannot be read or written, or there is none.
pub(crate) fn fmt(args: &FmtArgs) -> Result<u8, Refusal> {
    if args.paths.iter().any(|path| path == Path::new("-")) {
        if args.paths.len() > 1 {
            return Err(Refusal::new("standard input and files cannot be laid out together"));
        }
        return stdin(args);
    }
    let found = discover::discover(&args.paths, Wanted::Policies).map_err(Refusal::new)?;
    if found.sources.is_empty() {
        return Err(Refusal::new("no policy was found").with_hint(Some("policies are files named `….policy`")));
    }
    let mut changed = false;
    for (name, source) in &found.sources {
        let old = text_of(name, source)?;
        let new = format(&old);
        tell_mistakes(name, &old);
        if new == old {
            continue;
        }
        changed = true;
        if args.diff {
            output::print(|out| write_difference(name, &old, &new, out))?;
        } else if let (false, Source::File(path)) = (args.check, source) {
            replace(path, &new).map_err(|error| Refusal::new(format!("cannot write `{name}`: {error}")))?;
        }
        if !args.diff {
            output::print(|out| writeln!(out, "{}", escape(name)))?;
        }
    }
    Ok(if changed && (args.check || args.diff) { exit::FINDINGS } else { exit::CLEAN })
}

fn stdin(args: &FmtArgs) -> Result<u8, Refusal> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    let old = text_of("-", &Source::Text(bytes))?;
    let new = format(&old);
    tell_mistakes("-", &old);
    let changed = old != new;
    output::print(|out| match (args.diff, args.check) {
        (true, _) => write_difference("-", &old, &new, out),
        (false, true) if changed => writeln!(out, "-"),
        (false, true) => Ok(()),
        (false, false) => out.write_all(new.as_bytes()),
    })?;
    Ok(if changed && (args.check || args.diff) { exit::FINDINGS } else { exit::CLEAN })
}

/// What is wrong in a file stays as it is there, and whoever waits for a change should know.
fn tell_mistakes(name: &str, text: &str) {
    let count = parse(FileId(0), text).diagnostics.len();
    if count > 0 {
        let what = if count == 1 { "a mistake".to_owned() } else { format!("{count} mistakes") };
        let name = escape(name);
        output::complain(&format!("warning: `{name}` has {what}, and the lines around stay as they are"));
    }
}

/// Writes a file beside the old one, and then in its place: a reader sees one or the other.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let real = std::fs::canonicalize(path)?;
    let mut beside = real.clone().into_os_string();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, text)?;
    let moved = std::fs::metadata(&real)
        .and_then(|meta| std::fs::set_permissions(&beside, meta.permissions()))
        .and_then(|()| std::fs::rename(&beside, &real));
    if moved.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    moved
}

/// Lines around a difference.
const CONTEXT: usize = 3;
/// How far two texts are searched for the line at which they agree again.
const REACH: usize = 60;

/// Runs of lines: where they begin in both texts, and how many there are of each.
struct Run {
    old: (usize, usize),
    new: (usize, usize),
}

/// A difference in the form of `diff -u`. Both texts have the same words in the same order, so they agree again soon.
fn write_difference(name: &str, old: &str, new: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let runs = runs(&old, &new);
    let name = escape(name);
    writeln!(out, "--- {name}\n+++ {name}")?;
    let mut rest = runs.as_slice();
    while let [first, ..] = rest {
        let close = |pair: &[Run]| pair[1].old.0 - (pair[0].old.0 + pair[0].old.1) <= 2 * CONTEXT;
        let count = 1 + rest.windows(2).take_while(|pair| close(pair)).count();
        let (hunk, later) = rest.split_at(count);
        rest = later;
        let last = &hunk[count - 1];
        let before = first.old.0.min(first.new.0).min(CONTEXT);
        let after = (old.len() - (last.old.0 + last.old.1)).min(CONTEXT);
        let (from, to) = (first.old.0 - before, last.old.0 + last.old.1 + after);
        let (new_from, new_to) = (first.new.0 - before, last.new.0 + last.new.1 + after);
        writeln!(out, "@@ -{},{} +{},{} @@", from + 1, to - from, new_from + 1, new_to - new_from)?;
        let mut at = from;
        let write = |sign: &str, lines: &[&str], out: &mut dyn Write| {
            lines.iter().try_for_each(|line| writeln!(out, "{sign}{}", escape(line)))
        };
        for Run { old: (start, length), new: (new_start, new_length) } in hunk {
            write(" ", &old[at..*start], out)?;
            write("-", &old[*start..start + length], out)?;
            write("+", &new[*new_start..new_start + new_length], out)?;
            at = start + length;
        }
        write(" ", &old[at..to], out)?;
    }
    Ok(())
}

/// The lines that differ.
fn runs(old: &[&str], new: &[&str]) -> Vec<Run> {
    let (mut runs, mut left, mut right) = (Vec::new(), 0, 0);
    while left < old.len() || right < new.len() {
        if left < old.len() && right < new.len() && old[left] == new[right] {
            (left, right) = (left + 1, right + 1);
            continue;
        }
        let agree = |skip: &usize| {
            (0..=*skip).find_map(|gone| {
                let (left, right) = (left + gone, right + skip - gone);
                let same = old.get(left)? == new.get(right)? && !old.get(left)?.trim().is_empty();
                same.then_some((gone, skip - gone))
            })
        };
        let (gone, come) = (1..=REACH).find_map(|skip| agree(&skip)).unwrap_or((old.len() - left, new.len() - right));
        // Lines that both end with are no difference.
        while gone > 0 && come > 0 && old.get(left + gone - 1) == new.get(right + come - 1) {
            (gone, come) = (gone - 1, come - 1);
        }
        runs.push(Run { old: (left, gone), new: (right, come) });
        (left, right) = (left + gone, right + come);
    }
    runs
}
