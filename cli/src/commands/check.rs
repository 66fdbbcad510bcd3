//! `policyc check`: judge manifests.

use super::fix::{self, Wish};
use crate::args::{CheckArgs, Format, Indeterminate, MeaningArgs, Which, World};
use crate::discover::{self, Found, Source, Wanted, config};
use crate::exit::Threshold;
use crate::helm::{self, Rendered, Rendering, Values};
use crate::library::Library;
use crate::only::{self, Only};
use crate::progress::Progress;
use crate::render::{Canvas, HANDFUL, Human, shown, write_counts, write_human};
use crate::{Refusal, clock, exit, output};
use policyc_engine::check::{Frames, Input, Meaning, Selection, add_definitions, check as judge, count, offer_fixes};
use policyc_engine::finding::Outcome;
use policyc_engine::report::{Exit, LeftOut, Report, write_json, write_sarif};
use policyc_lang::schema::{KubernetesVersion, Schema};
use policyc_lang::values::Date;
use std::io::Read;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

/// Stack of a worker in bytes: inputs are nested at most as deep as their readers allow, and this is ample for that.
pub(super) const STACK: usize = 16 << 20;
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
    let only = match args.only {
        true => {
            let stdin = args.stdin_filename.as_deref().unwrap_or(STDIN);
            Some(Only::new(&args.paths, stdin).map_err(Refusal::new)?)
        }
        false => None,
    };
    let paths = paths(args)?;
    let mut found = find(args, &paths)?;
    let mut meaning = meaning(&args.meaning, &found)?;
    let pool = pool(args, found.sources.len())?;
    let namespace = args.meaning.namespace.as_deref();
    let kubernetes = meaning.kubernetes.unwrap_or_else(|| Schema::newest().version());
    let rendered =
        pool.install(|| helm::render(&mut found, !args.no_helm, &Values { namespace, kubernetes }, only.as_ref()));
    // The process ends with the report, and giving back what the library took would be waited for.
    let library = ManuallyDrop::new(Library::load_with(&args.policies, args.output.color, |types| {
        let renderings =
            rendered.charts.iter().flat_map(|chart| &chart.renderings).map(|one| (&*one.name, &one.source));
        let all = Sources::new(found.sources.iter().map(|(name, source)| (name.as_str(), source)).chain(renderings));
        add_definitions(types, &all.inputs, &|place| all.load(place));
    })?);
    let selection = library.select(&args.selection)?;
    let unread = if args.no_config { Vec::new() } else { config::unread(&paths, &mut found) };
    if found.sources.is_empty() && rendered.charts.is_empty() && !args.allow_empty {
        let hint = "name files, or a folder with `.yaml`, `.yml` or `.json` files that no ignore file leaves out";
        return Err(Refusal::new("no file to judge was found").with_hint(Some(hint)));
    }
    let fixed = (args.fix.is_some() || args.diff).then(|| {
        let wish = Wish {
            which: args.fix.unwrap_or(Which::Safe),
            dry: args.diff,
            concerns: &|name| only.as_ref().is_none_or(|only| only.concerns(name)),
            charts: !rendered.charts.is_empty(),
        };
        let files = Sources::new(found.sources.iter().map(|(name, source)| (name.as_str(), source)));
        let texts = (files.inputs.as_slice(), files.sources.as_slice());
        pool.install(|| fix::fix(&wish, texts, &|place| files.load(place), &meaning, &selection))
    });
    let ignored = args.indeterminate == Indeterminate::Ignore;
    meaning.frames = match args.output.format {
        Format::Human if args.output.quiet => Frames::None,
        Format::Human if args.output.full || ignored || !rendered.charts.is_empty() => Frames::All,
        Format::Human => Frames::First(HANDFUL),
        Format::Json | Format::Summary => Frames::None,
        Format::Sarif => Frames::All,
    };
    let summary = args.output.format == Format::Summary;
    // Findings that are told by scenario, kept for some files alone or left out by outcome must be known one by one.
    let counted = summary && rendered.charts.is_empty() && only.is_none() && !ignored;
    let mut report = pool.install(|| match counted {
        true => counts(args, &found, rendered, &meaning, &selection),
        false => run(args, &found, rendered, &meaning, &selection, only.as_ref()),
    });
    report.diagnostics.extend(unread);
    report.sort();
    if ignored {
        report.findings.retain(|finding| finding.outcome == Outcome::Fail);
    }
    if summary {
        report.count_findings();
    }
    report.notes.extend(fixed.iter().flat_map(|fixed| fixed.notes.iter().cloned()));
    if !args.diff {
        pool.install(|| offer(args, &found, &meaning, &selection, &mut report));
    }
    let threshold = Threshold { fail_on: args.fail_on, indeterminate: args.indeterminate };
    let code = exit::of_report(&report, threshold);
    match fixed.filter(|_| args.diff) {
        Some(fixed) => {
            output::print(|out| out.write_all(fixed.difference.as_bytes()))?;
            fixed.notes.iter().for_each(|note| output::complain(note));
        }
        None => print(args, &report, code)?,
    }
    Ok(code)
}

/// Adds the fixes of the findings that will be shown with theirs.
fn offer(args: &CheckArgs, found: &Found, meaning: &Meaning, selection: &Selection<'_>, report: &mut Report) {
    let told = match args.output.format {
        Format::Human if args.output.quiet => return,
        Format::Human => shown(report, args.output.full),
        Format::Json | Format::Sarif => shown(report, true),
        Format::Summary => return,
    };
    let files = Sources::new(found.sources.iter().map(|(name, source)| (name.as_str(), source)));
    let wanted = |place: usize| told.get(place).copied().unwrap_or_default();
    offer_fixes(&files.inputs, &|place| files.load(place), meaning, selection, report, &wanted);
}

fn print(args: &CheckArgs, report: &Report, exit: u8) -> Result<(), Refusal> {
    let canvas = Canvas { style: output::style(args.output.color), width: output::width() };
    let human = Human { canvas, full: args.output.full, quiet: args.output.quiet, exit };
    output::print(|out| match args.output.format {
        Format::Json => write_json(report, out),
        Format::Sarif => write_sarif(report, Exit { code: exit, meaning: exit::reason(exit) }, out),
        Format::Human => write_human(report, human, out),
        Format::Summary => write_counts(report, human, out),
    })?;
    Ok(())
}

/// Names and bytes of what is judged together.
struct Sources<'s> {
    inputs: Vec<Input>,
    sources: Vec<&'s Source>,
}

impl<'s> Sources<'s> {
    fn new(all: impl Iterator<Item = (&'s str, &'s Source)>) -> Self {
        let (inputs, sources) = all.map(|(name, source)| (Input { name: name.into() }, source)).unzip();
        Self { inputs, sources }
    }

    fn load(&self, place: usize) -> Result<Vec<u8>, String> {
        self.sources.get(place).map_or_else(|| Err("it is gone".to_owned()), |source| discover::read(source))
    }
}

/// Judges the files together, and each rendering of a chart by itself.
fn run(
    args: &CheckArgs,
    found: &Found,
    rendered: Rendered,
    meaning: &Meaning,
    selection: &Selection<'_>,
    only: Option<&Only>,
) -> Report {
    let files = Sources::new(found.sources.iter().map(|(name, source)| (name.as_str(), source)));
    let renderings: usize = rendered.charts.iter().map(|chart| chart.renderings.len()).sum();
    let progress = Progress::start(files.inputs.len() + renderings, args.output.quiet);
    let judged = |sources: &Sources<'_>, meaning: &Meaning| {
        let load = |place: usize| {
            progress.step();
            sources.load(place)
        };
        judge(&sources.inputs, &load, meaning, selection)
    };
    let mut left = LeftOut::default();
    let mut report = judged(&files, meaning);
    if let Some(only) = only {
        left += report.keep_only(&|file| only.concerns(file));
    }
    let of_release = Meaning { namespace: Some(rendered.namespace.clone()), ..meaning.clone() };
    for chart in &rendered.charts {
        let mut whole: Option<Report> = None;
        for Rendering { scenario, name, source } in &chart.renderings {
            let mut one = judged(&Sources::new(std::iter::once((&**name, source))), &of_release);
            one.set_scenario(&chart.folder, scenario);
            if let Some(only) = only.filter(|only| !rendered.concerns(chart, scenario, only)) {
                left += one.keep_only(&|file| only.concerns(file));
            }
            match &mut whole {
                Some(whole) => whole.add_scenario(one),
                None => whole = Some(one),
            }
        }
        whole.into_iter().for_each(|whole| report.add(whole));
    }
    rendered.tell(&mut report);
    if only.is_some() {
        report.notes.push(only::note(left));
    }
    report
}

/// Judges the files together, and only counts what is found.
fn counts(args: &CheckArgs, found: &Found, rendered: Rendered, meaning: &Meaning, selection: &Selection<'_>) -> Report {
    let files = Sources::new(found.sources.iter().map(|(name, source)| (name.as_str(), source)));
    let progress = Progress::start(files.inputs.len(), args.output.quiet);
    let load = |place: usize| {
        progress.step();
        files.load(place)
    };
    let mut report = count(&files.inputs, &load, meaning, selection);
    rendered.tell(&mut report);
    report
}

/// As many threads as asked for, or as the machine has; one will do for one file.
fn pool(args: &CheckArgs, files: usize) -> Result<rayon::ThreadPool, Refusal> {
    let threads = args.jobs.map_or(usize::from(files < 2), usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK);
    pool.build().map_err(|error| Refusal::new(format!("cannot start threads: {error}")))
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

/// What is looked through: the paths, or for `--only` the tree and what of the paths could be manifests.
fn paths(args: &CheckArgs) -> Result<Vec<PathBuf>, Refusal> {
    if !args.only {
        return Ok(args.paths.clone());
    }
    let missing = |path: &&PathBuf| !path.exists() && *path != Path::new("-");
    if let Some(path) = args.paths.iter().find(missing) {
        return Err(Refusal::new(format!("there is no file or folder `{}`", path.display())));
    }
    Ok(std::iter::once(&args.tree).chain(only::manifests(&args.paths)).cloned().collect())
}

/// The inputs: files under the paths, and standard input for `-`.
fn find(args: &CheckArgs, paths: &[PathBuf]) -> Result<Found, Refusal> {
    let (stdin, paths): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| *path == Path::new("-"));
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

pub(super) fn meaning(args: &MeaningArgs, found: &Found) -> Result<Meaning, Refusal> {
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
