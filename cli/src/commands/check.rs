//! `policyc check`: judge manifests.

use crate::args::{CheckArgs, Format, Indeterminate, MeaningArgs, World};
use crate::discover::{self, Found, Source, Wanted, config};
use crate::exit::Threshold;
use crate::library::Library;
use crate::progress::Progress;
use crate::render::{Canvas, HANDFUL, Human, write_human};
use crate::{Refusal, clock, exit, output};
use policyc_engine::check::{Frames, Input, Meaning, add_definitions, check as judge};
use policyc_engine::finding::Outcome;
use policyc_engine::report::{Exit, Report, write_json, write_sarif};
use policyc_lang::schema::KubernetesVersion;
use policyc_lang::values::Date;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Stack of a worker in bytes: inputs are nested at most as deep as their readers allow, and this is ample for that.
const STACK: usize = 16 << 20;
/// What standard input is called where nobody says.
const STDIN: &str = "-";

/// Judges manifests and prints the report.
///
/// # Errors
///
/// Bad usage: unknown rules, profiles or parameters, policies that do not compile, paths that do not exist, and no
/// file at all, or nothing on standard input.
pub(crate) fn check(args: &CheckArgs) -> Result<u8, Refusal> {
    names(args)?;
    let mut found = find(args)?;
    let library = Library::load_with(&args.policies, args.output.color, |types| {
        let inputs = inputs(&found);
        let sources: Vec<&Source> = found.sources.values().collect();
        let load =
            |place: usize| sources.get(place).map_or_else(|| Err(String::new()), |source| discover::read(source));
        add_definitions(types, &inputs, &load);
    })?;
    let selection = library.select(&args.selection)?;
    let unread = if args.no_config { Vec::new() } else { config::unread(&args.paths, &mut found) };
    if found.sources.is_empty() && !args.allow_empty {
        let hint = "name files, or a folder with `.yaml`, `.yml` or `.json` files that no ignore file leaves out";
        return Err(Refusal::new("no file to judge was found").with_hint(Some(hint)));
    }
    let meaning = meaning(&args.meaning, &found)?;
    let ignored = args.indeterminate == Indeterminate::Ignore;
    let frames = match args.output.format {
        Format::Human if args.output.quiet => Frames::None,
        Format::Human if args.output.full || ignored => Frames::All,
        Format::Human => Frames::First(HANDFUL),
        Format::Json => Frames::None,
        Format::Sarif => Frames::All,
    };
    let mut report = run(args, &found, &Meaning { frames, ..meaning }, &selection)?;
    report.diagnostics.extend(unread);
    report.sort();
    if ignored {
        report.findings.retain(|finding| finding.outcome == Outcome::Fail);
    }
    let threshold = Threshold { fail_on: args.fail_on, indeterminate: args.indeterminate };
    let code = exit::of_report(&report, threshold);
    print(args, &report, code)?;
    Ok(code)
}

fn print(args: &CheckArgs, report: &Report, exit: u8) -> Result<(), Refusal> {
    let canvas = Canvas { style: output::style(args.output.color), width: output::width() };
    let human = Human { canvas, full: args.output.full, quiet: args.output.quiet, exit };
    output::print(|out| match args.output.format {
        Format::Json => write_json(report, out),
        Format::Sarif => write_sarif(report, Exit { code: exit, meaning: exit::reason(exit) }, out),
        Format::Human => write_human(report, human, out),
    })?;
    Ok(())
}

fn inputs(found: &Found) -> Vec<Input> {
    found.sources.keys().map(|name| Input { name: name.as_str().into() }).collect()
}

/// Judges in a pool of as many threads as asked for.
fn run(
    args: &CheckArgs,
    found: &Found,
    meaning: &Meaning,
    selection: &policyc_engine::check::Selection<'_>,
) -> Result<Report, Refusal> {
    let inputs = inputs(found);
    let sources: Vec<&Source> = found.sources.values().collect();
    let progress = Progress::start(inputs.len(), args.output.quiet);
    let load = |place: usize| {
        progress.step();
        sources.get(place).map_or_else(|| Err("it is gone".to_owned()), |source| discover::read(source))
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.jobs.map_or(0, usize::from))
        .stack_size(STACK)
        .build()
        .map_err(|error| Refusal::new(format!("cannot start threads: {error}")))?;
    Ok(pool.install(|| judge(&inputs, &load, meaning, selection)))
}

/// Names that could not mean anything.
fn names(args: &CheckArgs) -> Result<(), Refusal> {
    match args.stdin_filename.as_deref() {
        Some("") => return Err(Refusal::new("`--stdin-filename` is empty")),
        Some(_) if !args.paths.iter().any(|path| path == Path::new("-")) => {
            let hint = "name `-` beside it, which is standard input";
            return Err(Refusal::new("`--stdin-filename` needs standard input").with_hint(Some(hint)));
        }
        _ => {}
    }
    if let Some(name) = args.meaning.namespace.as_deref().filter(|name| !is_label(name)) {
        let hint = "write at most 63 of the letters `a` to `z`, digits and `-`, a letter or digit at both ends";
        return Err(Refusal::new(format!("`{name}` cannot be the name of a namespace")).with_hint(Some(hint)));
    }
    Ok(())
}

/// Source: RFC 1123 labels, as Kubernetes asks of namespaces (`IsDNS1123Label`).
fn is_label(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}

/// The inputs: files under the paths, and standard input for `-`.
fn find(args: &CheckArgs) -> Result<Found, Refusal> {
    let (stdin, paths): (Vec<&PathBuf>, Vec<&PathBuf>) = args.paths.iter().partition(|path| *path == Path::new("-"));
    let paths: Vec<PathBuf> = paths.into_iter().cloned().collect();
    let mut found = discover::discover(&paths, Wanted::Manifests).map_err(Refusal::new)?;
    if !stdin.is_empty() {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        if read.is_ok() && bytes.trim_ascii().is_empty() && !args.allow_empty {
            let hint = "a command before the pipe may have failed; `--allow-empty` takes nothing for fine";
            return Err(Refusal::new("there is nothing on standard input").with_hint(Some(hint)));
        }
        let source = read.map_or_else(|error| Source::Broken(error.to_string()), |_| Source::Text(bytes));
        found.sources.insert(args.stdin_filename.clone().unwrap_or_else(|| STDIN.to_owned()), source);
    }
    Ok(found)
}

fn meaning(args: &MeaningArgs, found: &Found) -> Result<Meaning, Refusal> {
    let as_of = args.as_of.clone().unwrap_or_else(clock::today);
    let as_of = Date::parse(&as_of)
        .map_err(|error| Refusal::new(format!("--as-of: {}", error.message)).with_hint(error.hint))?;
    let version = |text: &String| {
        text.parse::<KubernetesVersion>().map_err(|error| Refusal::new(format!("--kubernetes `{text}`: {error}")))
    };
    let kubernetes = args.kubernetes.as_ref().map(version).transpose()?;
    let open = match args.world {
        Some(world) => world == World::Open,
        None => !found.folder,
    };
    Ok(Meaning { as_of, kubernetes, open, namespace: args.namespace.clone(), frames: Frames::None })
}
