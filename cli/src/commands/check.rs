//! `policyc check`: judge manifests.

use super::baseline;
use super::fix::{self, Wish};
use crate::args::{CheckArgs, Format, Indeterminate, MeaningArgs, SelectionArgs, Which, World};
use crate::config::Configuration;
use crate::discover::{self, Found, Source, Wanted, shown_name};
use crate::exit::Threshold;
use crate::helm::{self, Rendered, Rendering, Values};
use crate::library::Library;
use crate::only::{self, Only};
use crate::progress::Progress;
use crate::render::{Canvas, HANDFUL, Human, shown, write_counts, write_human};
use crate::{Refusal, clock, exit, output};
use policyc_config::file::{ConfigFile, LABEL_HINT, is_label};
use policyc_config::reader::Spanned;
use policyc_config::scopes::{Scope, Setup};
use policyc_engine::check::{
    External, Frames, Input, Load, Meaning, Selection, add_definitions, check as judge, count, offer_fixes,
};
use policyc_engine::finding::Outcome;
use policyc_engine::report::{Exit, Finding, LeftOut, Report, write_json, write_sarif};
use policyc_lang::ir::Program;
use policyc_lang::schema::{KubernetesVersion, Schema};
use policyc_lang::values::{Date, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

/// Stack of a worker in bytes: inputs are nested at most as deep as their readers allow, and this is ample for that.
pub(super) const STACK: usize = 16 << 20;
/// Fixes that are worked out for a report: each is tried out, which takes longer than finding what it mends.
const OFFERED: usize = 200;
/// What standard input is called where nobody says.
const STDIN: &str = "-";

/// Judges manifests and prints the report.
///
/// # Errors
///
/// Bad usage: unknown rules, profiles or parameters, policies that do not compile, paths that do not exist, and no
/// file at all, or nothing on standard input.
pub(crate) fn check(args: &CheckArgs) -> Result<u8, Refusal> {
    judge_and(args, Then::Report)
}

/// What is done with what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It is told.
    Report,
    /// It is written down as known.
    WriteBaseline,
}

/// As [`check`].
pub(super) fn judge_and(args: &CheckArgs, then: Then) -> Result<u8, Refusal> {
    let mut prepared = prepare(args, &|_| None)?;
    let rendered = std::mem::take(&mut prepared.rendered);
    let Prepared { config, found, meaning, library, setup, only, pool, .. } = &prepared;
    let (only, mut meaning) = (only.as_ref(), meaning.clone());
    let (root, selection) = (config.root(), setup.selection(library.program()));
    let writes = then == Then::WriteBaseline;
    let known = if writes { None } else { baseline::find(args, config.folder())? };
    let everywhere = setup.selection_everywhere(library.program());
    let fixed = (args.fix.is_some() || args.diff).then(|| {
        let wish = Wish {
            which: args.fix.unwrap_or(Which::Safe),
            dry: args.diff,
            concerns: &|name| only.is_none_or(|only| only.concerns(name)),
            charts: !rendered.charts.is_empty(),
        };
        let files = Sources::new(found.sources.iter().map(|(name, source)| (name.as_str(), source)));
        let texts = (files.inputs.as_slice(), files.sources.as_slice());
        pool.install(|| fix::fix(&wish, texts, &|place| files.load(place), &meaning, &everywhere))
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
    let counted = summary && rendered.charts.is_empty() && only.is_none() && !ignored && !setup.has_scopes();
    let counted = counted && root.projects.is_empty() && known.is_none() && !writes;
    let charts: Vec<(String, String)> = rendered.names().collect();
    let name_of = |finding: &Finding| {
        let file = &*finding.place.file;
        let chart = charts.iter().find(|(name, _)| name == file);
        config.name_of(&chart.map_or_else(|| file.to_owned(), |(_, folder)| format!("{folder}/Chart.yaml")))
    };
    let groups = groups(config, found);
    let passes = || {
        let scopes = setup.scopes.iter().enumerate().filter(|(_, scope)| !scope.other_params.is_empty());
        let pass = |(number, scope): (usize, &Scope)| {
            let selection = setup.selection_of(scope, library.program());
            (number, run(args, &groups, &rendered, &meaning, &selection, only, &judge))
        };
        scopes.map(pass).collect::<Vec<_>>()
    };
    let (mut report, passes) = pool.install(|| match counted {
        true => (counts(args, found, &meaning, &selection), Vec::new()),
        false => (run(args, &groups, &rendered, &meaning, &selection, only, &judge), passes()),
    });
    setup.adjust(&mut report, passes, &name_of);
    rendered.tell(&mut report);
    config.tell(&mut report, &found.ignored);
    if only.is_some() {
        // What was not judged may be what an exemption is for.
        report.exemptions.iter_mut().for_each(|exemption| exemption.asked = false);
    }
    report.tell_exemptions();
    if let Some(file) = known {
        file.take_from(&mut report, &setup.unsuppressible());
    }
    if writes {
        return baseline::write(args, config.folder(), &report);
    }
    if ignored {
        report.findings.retain(|finding| finding.outcome == Outcome::Fail);
    }
    if summary {
        report.count_findings();
    }
    report.notes.extend(fixed.iter().flat_map(|fixed| fixed.notes.iter().cloned()));
    if !args.diff {
        pool.install(|| offer(args, found, &meaning, &selection, &mut report));
    }
    let by_file = |finding: &Finding| setup.fail_on(&name_of(finding));
    let by_file: Option<&dyn Fn(&Finding) -> Severity> =
        if args.fail_on.is_none() && setup.has_scopes() { Some(&by_file) } else { None };
    let fail_on = args.fail_on.unwrap_or(setup.root.fail_on.0);
    let threshold = Threshold { fail_on, by_file, indeterminate: args.indeterminate };
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

/// All that there is before anything is judged.
pub(super) struct Prepared {
    pub(super) config: Configuration,
    pub(super) found: Found,
    pub(super) rendered: Rendered,
    pub(super) meaning: Meaning,
    /// The process ends with the report, and giving back what the library took would be waited for.
    pub(super) library: ManuallyDrop<Library>,
    pub(super) setup: Setup,
    pub(super) only: Option<Only>,
    pub(super) pool: rayon::ThreadPool,
}

/// Which rules run, for callers that know them only once policies are loaded; `None` where the arguments say it.
pub(super) type Choose<'c> = dyn Fn(&Program) -> Option<SelectionArgs> + 'c;

/// Finds inputs, configuration and policies.
///
/// # Errors
///
/// As [`check`].
pub(super) fn prepare(args: &CheckArgs, choose: &Choose<'_>) -> Result<Prepared, Refusal> {
    names(args)?;
    let only = match args.only {
        true => {
            let stdin = args.stdin_filename.as_deref().unwrap_or(STDIN);
            Some(Only::new(&args.paths, stdin).map_err(Refusal::new)?)
        }
        false => None,
    };
    let paths = paths(args)?;
    let color = args.output.color;
    let mut config = Configuration::find(&args.policies.config, &paths, color)?;
    let mut found = find(args, &paths)?;
    let named = named(args);
    config.nest(&mut found, &named, color)?;
    config.filter(&mut found, &named);
    let meaning = meaning(&args.meaning, &config.root(), &found)?;
    let pool = pool(args, found.sources.len())?;
    let namespace = meaning.namespace.clone();
    let kubernetes = meaning.kubernetes.unwrap_or_else(|| Schema::newest().version());
    let values = Values { namespace: namespace.as_deref(), kubernetes, files: config.values() };
    let rendered = pool.install(|| helm::render(&mut found, !args.no_helm, &values, only.as_ref()));
    let library = ManuallyDrop::new(Library::load_with(&args.policies, &config, color, |types| {
        let renderings =
            rendered.charts.iter().flat_map(|chart| &chart.renderings).map(|one| (&*one.name, &one.source));
        let all = Sources::new(found.sources.iter().map(|(name, source)| (name.as_str(), source)).chain(renderings));
        add_definitions(types, &all.inputs, &|place| all.load(place));
    })?);
    let chosen = choose(library.program());
    let setup = config.setup(&library, chosen.as_ref().unwrap_or(&args.selection), color)?;
    if setup.selection(library.program()).is_empty() {
        return Err(Refusal::new("no rule is selected"));
    }
    if found.sources.is_empty() && rendered.charts.is_empty() && !args.allow_empty {
        let hint = "name files, or a folder with `.yaml`, `.yml` or `.json` files that no ignore file leaves out";
        let left = config.left_out_text(&found.ignored).unwrap_or_else(|| hint.to_owned());
        return Err(Refusal::new("no file to judge was found").with_hint(Some(left)));
    }
    Ok(Prepared { config, found, rendered, meaning, library, setup, only, pool })
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
    let left = offer_fixes(&files.inputs, &|place| files.load(place), meaning, selection, report, &wanted, OFFERED);
    if left > 0 {
        report.notes.push(format!("fixes were worked out for {OFFERED} findings; {left} more may have one"));
    }
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
pub(super) struct Sources<'s> {
    pub(super) inputs: Vec<Input>,
    sources: Vec<&'s Source>,
}

impl<'s> Sources<'s> {
    pub(super) fn new(all: impl Iterator<Item = (&'s str, &'s Source)>) -> Self {
        let (inputs, sources) = all.map(|(name, source)| (Input { name: name.into() }, source)).unzip();
        Self { inputs, sources }
    }

    pub(super) fn load(&self, place: usize) -> Result<Vec<u8>, String> {
        self.sources.get(place).map_or_else(|| Err("it is gone".to_owned()), |source| discover::read(source))
    }
}

/// Something that judges files.
pub(super) type Judge = dyn Fn(&[Input], &Load<'_>, &Meaning, &Selection<'_>) -> Report + Sync;

/// Judges the files together, and each rendering of a chart by itself.
pub(super) fn run(
    args: &CheckArgs,
    groups: &[Vec<(&str, &Source)>],
    rendered: &Rendered,
    meaning: &Meaning,
    selection: &Selection<'_>,
    only: Option<&Only>,
    judge: &Judge,
) -> Report {
    let files: usize = groups.iter().map(Vec::len).sum();
    let renderings: usize = rendered.charts.iter().map(|chart| chart.renderings.len()).sum();
    let progress = Progress::start(files + renderings, args.output.quiet);
    let judged = |sources: &Sources<'_>, meaning: &Meaning| {
        let load = |place: usize| {
            progress.step();
            sources.load(place)
        };
        judge(&sources.inputs, &load, meaning, selection)
    };
    let mut left = LeftOut::default();
    let mut whole: Option<Report> = None;
    for group in groups {
        let one = judged(&Sources::new(group.iter().copied()), meaning);
        match &mut whole {
            Some(whole) => whole.add(one),
            None => whole = Some(one),
        }
    }
    let mut report = whole.unwrap_or_default();
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
    if only.is_some() {
        report.notes.push(only::note(left));
    }
    report
}

/// The files that are judged together: those of each project, and all others.
pub(super) fn groups<'f>(config: &Configuration, found: &'f Found) -> Vec<Vec<(&'f str, &'f Source)>> {
    let projects = config.root().projects;
    let mut groups: BTreeMap<Option<String>, Vec<(&str, &Source)>> = BTreeMap::from([(None, Vec::new())]);
    for (name, source) in &found.sources {
        let inside = config.name_of(name);
        let within = |folder: &&Spanned<String>| {
            inside.strip_prefix(folder.value.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        let project = projects.iter().filter(within).max_by_key(|folder| folder.value.len());
        let project = project.map(|folder| folder.value.clone());
        groups.entry(project).or_default().push((name.as_str(), source));
    }
    groups.into_values().collect()
}

/// Judges the files together, and only counts what is found.
fn counts(args: &CheckArgs, found: &Found, meaning: &Meaning, selection: &Selection<'_>) -> Report {
    let files = Sources::new(found.sources.iter().map(|(name, source)| (name.as_str(), source)));
    let progress = Progress::start(files.inputs.len(), args.output.quiet);
    let load = |place: usize| {
        progress.step();
        files.load(place)
    };
    count(&files.inputs, &load, meaning, selection)
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
        return Err(Refusal::new(format!("`{name}` cannot be the name of a namespace")).with_hint(Some(LABEL_HINT)));
    }
    Ok(())
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

/// Inputs that were named one by one, by the names that reports give them: no configuration leaves them out.
fn named(args: &CheckArgs) -> BTreeSet<String> {
    let here = std::env::current_dir().unwrap_or_default();
    let files = args.paths.iter().filter(|path| !args.only && !path.is_dir());
    let stdin = args.stdin_filename.iter().cloned().chain([STDIN.to_owned()]);
    files.map(|path| shown_name(&here, path)).chain(stdin).collect()
}

pub(super) fn meaning(args: &MeaningArgs, config: &ConfigFile, found: &Found) -> Result<Meaning, Refusal> {
    let as_of = args.as_of.clone().unwrap_or_else(clock::today);
    let as_of = Date::parse(&as_of)
        .map_err(|error| Refusal::new(format!("--as-of: {}", error.message)).with_hint(error.hint))?;
    let version = |text: &String| {
        text.parse::<KubernetesVersion>().map_err(|error| Refusal::new(format!("--kubernetes `{text}`: {error}")))
    };
    let kubernetes = args.kubernetes.as_ref().map(version).transpose()?;
    let kubernetes = kubernetes.or(config.kubernetes.map(|version| version.value));
    let namespace = args.namespace.clone().or_else(|| config.namespace.as_ref().map(|name| name.value.clone()));
    let external = config.external.iter().map(|one| External {
        kind: one.kind.clone(),
        name: one.name.clone(),
        namespace: one.namespace.clone(),
    });
    let open = match args.world {
        Some(world) => world == World::Open,
        None => config.open.map_or(!found.folder, |open| open.value),
    };
    Ok(Meaning { as_of, kubernetes, open, namespace, frames: Frames::None, external: external.collect() })
}
