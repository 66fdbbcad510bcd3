//! `policyc fmt`: policy files in the one style of the language.

use crate::args::FmtArgs;
use crate::discover::{self, Source, Wanted};
use crate::library::text_of;
use crate::render::escape;
use crate::replace::replace;
use crate::{Refusal, exit, output};
use policyc_engine::fix::unified;
use policyc_lang::format::format;
use policyc_lang::syntax::parse;
use policyc_text::FileId;
use std::io::{Read, Write};
use std::path::Path;

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
            replace(path, old.as_bytes(), new.as_bytes())
                .map_err(|reason| Refusal::new(format!("`{name}` cannot be written: {reason}")))?;
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

/// A difference in the form of `diff -u`.
fn write_difference(name: &str, old: &str, new: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let text = unified(name, old, new, &|_| false);
    text.lines().try_for_each(|line| writeln!(out, "{}", escape(line)))
}
