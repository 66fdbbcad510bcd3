//! The rules of a run: the built-in ones, the standard library, and own policies.

use crate::args::{Color, PolicyArgs};
use crate::config::{Configuration, packages};
use crate::discover::{self, Source, Wanted};
use crate::{Refusal, output, render};
use policyc_config::profile::{ENDING, Source as ProfileSource, add_profiles};
use policyc_config::rules;
use policyc_lang::check::{Artefact, Compiled, Source as PolicySource, UNTYPED_KIND, compile, value_from_json};
use policyc_lang::ir::{Const, ParamId, Program};
use policyc_lang::schema::{Schema, Types, did_you_mean};
use policyc_lang::syntax::ast::{Expr, ExprKind, Item, TextPart};
use policyc_lang::syntax::parse;
use policyc_stdlib::guides::Guides;
use policyc_text::FileId;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Largest table that is read, in bytes.
const TABLE_LIMIT: usize = 64 << 20;

/// Everything that can run.
pub(crate) struct Library {
    /// Compiled rules and what imports see of them.
    pub(crate) artefact: Artefact,
}

/// Policy files with what compiling them gave.
pub(crate) struct Policies {
    /// The files, by their numbers.
    pub(crate) sources: Vec<PolicySource>,
    /// Where each file is, for files that tests name.
    pub(crate) paths: Vec<PathBuf>,
    /// How many of the files were asked for; the others are those of the library that these go with.
    pub(crate) given: usize,
    /// The outcome.
    pub(crate) compiled: Compiled,
}

impl Library {
    /// The standard library, the policies that the arguments name, and those of the configuration at the root.
    ///
    /// # Errors
    ///
    /// If the configuration makes no sense, a path does not exist, or a policy does not compile; what is wrong with it
    /// has been shown then.
    pub(crate) fn load(args: &PolicyArgs, color: Color) -> Result<Self, Refusal> {
        let config = Configuration::find(&args.config, &[PathBuf::from(".")], color)?;
        Self::load_with(args, &config, color, |_| {})
    }

    /// As [`Library::load`], for a configuration that was found already; where a policy speaks of kinds without schema,
    /// `define` may add some.
    ///
    /// # Errors
    ///
    /// As [`Library::load`].
    pub(crate) fn load_with(
        args: &PolicyArgs,
        config: &Configuration,
        color: Color,
        define: impl FnOnce(&mut Types),
    ) -> Result<Self, Refusal> {
        let base = standard()?;
        let paths: Vec<PathBuf> = args.policies.iter().cloned().chain(packages::policies(config, color)?).collect();
        if paths.is_empty() {
            return Ok(Self { artefact: base });
        }
        let profiles = discover::discover(&paths, Wanted::Profiles).map_err(Refusal::new)?;
        let (profiles, policies): (Vec<PathBuf>, Vec<PathBuf>) = (
            profiles
                .sources
                .into_values()
                .filter_map(Source::path)
                .filter(|path| Wanted::Profiles.takes(path))
                .collect(),
            paths.into_iter().filter(|path| !Wanted::Profiles.takes(path)).collect(),
        );
        let mut artefact = base;
        let bare = policies.iter().all(|path| path.is_dir()) && !profiles.is_empty();
        let some = || discover::discover(&policies, Wanted::Policies).is_ok_and(|found| !found.sources.is_empty());
        if !policies.is_empty() && (!bare || some()) {
            let Policies { sources, compiled, .. } = Policies::load_with(&policies, artefact, define)?;
            render::show_diagnostics(&compiled.diagnostics, &sources, output::error_style(color));
            if !compiled.is_ok() {
                return Err(Refusal::new("the policies do not compile"));
            }
            artefact = compiled.artefact;
        }
        load_profiles(&mut artefact, &profiles, color)?;
        Ok(Self { artefact })
    }

    /// The compiled rules.
    pub(crate) fn program(&self) -> &Program {
        &self.artefact.program
    }

    /// Ids of all rules, sorted.
    pub(crate) fn rule_ids(&self) -> BTreeSet<&str> {
        rules::rule_ids(self.program())
    }

    /// `RULE.NAME=JSON`.
    ///
    /// # Errors
    ///
    /// Another form, names that nobody knows, and values that do not fit.
    pub(crate) fn param(&self, text: &str) -> Result<(String, ParamId, Const), Refusal> {
        let form = || Refusal::new(format!("`--param {text}` is not of the form RULE.NAME=JSON"));
        let (place, value) = text.split_once('=').ok_or_else(form)?;
        let (rule, name) = place.rsplit_once('.').ok_or_else(form)?;
        let program = self.program();
        let Some(instance) = program.instances.iter().find(|instance| instance.id == rule) else {
            return Err(unknown("rule", rule, self.rule_ids()));
        };
        let params = program.rules.get(instance.rule.index()).map(|rule| rule.params.as_slice()).unwrap_or_default();
        let names = params.iter().filter_map(|id| Some((*id, program.params.get(id.index())?.name.as_str())));
        let Some((id, _)) = names.clone().find(|(_, known)| *known == name) else {
            let what = format!("parameter of `{rule}`");
            return Err(unknown(&what, name, names.map(|(_, name)| name)));
        };
        let json = serde_json::from_str(value).map_err(|_| {
            let hint = "a text needs quotes of its own: --param 'RULE.NAME=\"text\"'";
            Refusal::new(format!("the value of `--param {place}` is no JSON")).with_hint(Some(hint))
        })?;
        let misfit = |problem: String| Refusal::new(format!("`--param {place}`: {problem}"));
        let ty = self.artefact.interface.params.get(id.index()).ok_or_else(form)?;
        Ok((rule.to_owned(), id, value_from_json(ty, &json).map_err(misfit)?))
    }
}

/// Adds profiles from files.
fn load_profiles(artefact: &mut Artefact, paths: &[PathBuf], color: Color) -> Result<(), Refusal> {
    let here = std::env::current_dir().unwrap_or_default();
    let (mut sources, mut names) = (Vec::new(), Vec::new());
    for (number, path) in (0..).zip(paths) {
        let name = discover::shown_name(&here, path);
        let bytes = discover::read(&Source::File(path.clone()))
            .map_err(|reason| Refusal::new(format!("cannot read `{name}`: {reason}")))?;
        sources.push(ProfileSource { file: FileId(number), bytes });
        names.push(name);
    }
    let (diagnostics, texts) = add_profiles(artefact, sources);
    if diagnostics.is_empty() {
        return Ok(());
    }
    let shown = (0..).zip(names.into_iter().zip(texts)).map(|(number, (name, text))| PolicySource {
        file: FileId(number),
        name,
        text: text.to_string(),
        tables: Vec::new(),
    });
    render::show_diagnostics(&diagnostics, &shown.collect::<Vec<_>>(), output::error_style(color));
    Err(Refusal::new(format!("the profiles (`…{ENDING}`) cannot be used")))
}

/// The compiled standard library.
///
/// # Errors
///
/// Only where the program was built wrongly.
pub(crate) fn standard() -> Result<Artefact, Refusal> {
    policyc_stdlib::artefact().map_err(|error| Refusal::new(format!("the standard library cannot be used: {error}")))
}

/// The roadmap, and the controls of standards.
///
/// # Errors
///
/// Only where the program was built wrongly.
pub(crate) fn guides() -> Result<Guides, Refusal> {
    policyc_stdlib::guides().map_err(|error| Refusal::new(format!("the roadmap cannot be read: {error}")))
}

/// A name that nobody knows, with the nearest one that somebody does.
pub(crate) fn unknown<'n>(what: &str, name: &str, known: impl IntoIterator<Item = &'n str>) -> Refusal {
    let mut known = known.into_iter().peekable();
    let none = known.peek().is_none();
    let near = did_you_mean(name, known).map(|near| format!("did you mean `{near}`?"));
    let hint = near.or_else(|| none.then(|| "there is none".to_owned()));
    Refusal::new(format!("there is no {what} `{name}`")).with_hint(hint)
}

impl Policies {
    /// Compiles policy files on top of what is compiled already. Files of the standard library itself are compiled on
    /// top of nothing, since they would take names that are taken, together with those of its files that are not given.
    ///
    /// # Errors
    ///
    /// If a path does not exist, a file cannot be read, or there is none.
    pub(crate) fn load(paths: &[PathBuf], base: Artefact) -> Result<Self, Refusal> {
        Self::load_with(paths, base, |_| {})
    }

    fn load_with(paths: &[PathBuf], base: Artefact, define: impl FnOnce(&mut Types)) -> Result<Self, Refusal> {
        let found = discover::discover(paths, Wanted::Policies).map_err(Refusal::new)?;
        if found.sources.is_empty() {
            return Err(Refusal::new("no policy was found").with_hint(Some("policies are files named `….policy`")));
        }
        let (mut sources, mut files) = (Vec::new(), Vec::new());
        for (number, (name, source)) in (0..).zip(found.sources) {
            let text = text_of(&name, &source)?;
            let path = if let Source::File(path) = source { path } else { PathBuf::from(&name) };
            let tables = tables(&text, &path);
            sources.push(PolicySource { file: FileId(number), name, text, tables });
            files.push(path);
        }
        let known: BTreeSet<&str> = base.program.modules.iter().map(|module| module.name.as_str()).collect();
        let own = sources.iter().any(|source| module_of(source).is_some_and(|name| known.contains(name.as_str())));
        let given = sources.len();
        if own {
            let named: BTreeSet<String> = sources.iter().filter_map(module_of).collect();
            for module in base.program.modules.iter().filter(|module| !named.contains(&module.name)) {
                let file = FileId(u32::try_from(sources.len()).unwrap_or(u32::MAX));
                let (name, text) = (module.file.clone(), module.text.clone());
                files.push(PathBuf::from(&name));
                sources.push(PolicySource { file, name, text, tables: Vec::new() });
            }
        }
        let base = if own { Artefact::default() } else { base };
        let mut types = Types::new(Schema::newest());
        let mut compiled = compile(&base, &sources, &types);
        if compiled.diagnostics.iter().any(|diagnostic| diagnostic.code == UNTYPED_KIND) {
            define(&mut types);
            compiled = compile(&base, &sources, &types);
        }
        compiled.tests.retain(|case| (case.file.0 as usize) < given);
        Ok(Self { sources, paths: files, given, compiled })
    }
}

pub(crate) fn text_of(name: &str, source: &Source) -> Result<String, Refusal> {
    let bytes = discover::read(source).map_err(|reason| Refusal::new(format!("cannot read `{name}`: {reason}")))?;
    String::from_utf8(bytes).map_err(|error| {
        let (good, rest) = error.as_bytes().split_at(error.utf8_error().valid_up_to());
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        let last = good.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let column = String::from_utf8_lossy(last).chars().count() + 1;
        let byte = rest.first().copied().unwrap_or_default();
        let message = format!("`{name}` is no UTF-8 text: byte `0x{byte:02X}` at line {line}, column {column}");
        Refusal::new(message).with_hint(Some("save the file as UTF-8"))
    })
}

fn module_of(source: &PolicySource) -> Option<String> {
    let module = parse(source.file, &source.text).file.module?;
    Some(module.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("."))
}

/// Texts of the files that the tables of a policy name; one that cannot be read is told by the compiler.
fn tables(text: &str, policy: &Path) -> Vec<(String, String)> {
    let folder = policy.parent().unwrap_or(Path::new(""));
    let items = parse(FileId(0), text).file.items;
    let names: BTreeMap<String, PathBuf> = items
        .iter()
        .filter_map(|item| if let Item::Table(table) = item { plain_text(&table.source) } else { None })
        .filter(|name| is_beside(Path::new(name)))
        .map(|name| (name.clone(), folder.join(name)))
        .collect();
    let read = |path: &Path| {
        let bytes = discover::read(&Source::File(path.to_owned())).ok().filter(|bytes| bytes.len() <= TABLE_LIMIT)?;
        String::from_utf8(bytes).ok()
    };
    names.into_iter().filter_map(|(name, path)| Some((name, read(&path)?))).collect()
}

/// A text without parts that are computed.
fn plain_text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Raw(text) => Some(text.clone()),
        ExprKind::Text(parts) => {
            parts.iter().map(|part| if let TextPart::Plain(text) = part { Some(&**text) } else { None }).collect()
        }
        _ => None,
    }
}

/// Whether a name stays in its folder: a policy of a stranger must not read other files.
pub(crate) fn is_beside(name: &Path) -> bool {
    name.components().all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir))
}
