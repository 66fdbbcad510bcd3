//! Compiles the policies and profiles of this folder, so that the program starts without parsing anything.

#[path = "src/guides.rs"]
pub mod guides;

use guides::{Framework, Guides, Phase};
use policyc_lang::check::{Artefact, Compiled, Source, compile, value_from_json};
use policyc_lang::ir::{ParamId, Profile};
use policyc_lang::schema::{Schema, Types};
use policyc_lang::values::Severity;
use policyc_text::{FileId, Level, LineIndex};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// A profile as its file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    name: String,
    title: String,
    /// Profiles whose rules, parameters and severities it takes first, in their order.
    #[serde(default)]
    extends: Vec<String>,
    #[serde(default)]
    rules: Vec<String>,
    /// Rules of what it extends that it does not take.
    #[serde(default)]
    without: Vec<String>,
    /// Values by rule and parameter.
    #[serde(default)]
    params: BTreeMap<String, BTreeMap<String, serde_json::Value>>,
    /// Severities by rule.
    #[serde(default)]
    severities: BTreeMap<String, String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut paths = Vec::new();
    for folder in ["views", "kubernetes", "dockerfile", "profiles"] {
        println!("cargo::rerun-if-changed={folder}");
        collect(&root.join(folder), &mut paths)?;
    }
    println!("cargo::rerun-if-changed=build.rs");
    let sources = read_sources(&root, &paths)?;
    let Compiled { mut artefact, diagnostics, .. } =
        compile(&Artefact::default(), &sources, &Types::new(Schema::newest()));
    let mut failed = false;
    for diagnostic in &diagnostics {
        let source = &sources[diagnostic.location.file.0 as usize];
        let place = LineIndex::new(&source.text).position(&source.text, diagnostic.location.span.start);
        let hint = diagnostic.hint.as_deref().unwrap_or_default();
        let (line, column) = (place.line, place.column);
        println!("cargo::warning={}:{line}:{column}: {} ({hint})", source.name, diagnostic.message);
        failed |= diagnostic.level == Level::Error;
    }
    if failed {
        return Err("the standard library does not compile".into());
    }
    let mut waiting: Vec<(&PathBuf, ProfileFile)> = Vec::new();
    for path in paths.iter().filter(|path| has_extension(path, "yaml")) {
        waiting.push((path, serde_yaml::from_str(&fs::read_to_string(path)?)?));
    }
    while !waiting.is_empty() {
        let names: Vec<String> = waiting.iter().map(|(_, profile)| profile.name.clone()).collect();
        // A profile waits for those that it extends.
        let (ready, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(_, profile)| !profile.extends.iter().any(|base| names.contains(base)));
        if ready.is_empty() {
            return Err(format!("the profiles {} extend each other", names.join(", ")).into());
        }
        for (path, profile) in ready {
            let profile = resolve(&artefact, profile).map_err(|error| format!("{}: {error}", path.display()))?;
            artefact.program.profiles.push(profile);
        }
        waiting = later;
    }
    let guides = read_guides(&root, &artefact)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("guides.bin"), postcard::to_stdvec(&guides)?)?;
    let bytes = postcard::to_stdvec(&artefact)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("library.bin"), bytes)?;
    Ok(())
}

/// The roadmap and the standards, held against the rules.
fn read_guides(root: &Path, artefact: &Artefact) -> Result<Guides, Box<dyn Error>> {
    let (roadmap, controls) = (root.join("roadmap.yaml"), root.join("controls"));
    println!("cargo::rerun-if-changed=roadmap.yaml");
    println!("cargo::rerun-if-changed=controls");
    let phases: Vec<Phase> = serde_yaml::from_str(&fs::read_to_string(&roadmap)?)?;
    let program = &artefact.program;
    let ids: BTreeSet<&str> = program.instances.iter().map(|instance| instance.id.as_str()).collect();
    let themes: BTreeSet<&str> = program.rules.iter().filter_map(|rule| rule.theme.as_deref()).collect();
    let (mut frameworks, mut paths) = (Vec::new(), Vec::new());
    collect(&controls, &mut paths)?;
    for path in paths {
        let wrong = |error: String| format!("{}: {error}", path.display());
        let framework: Framework =
            serde_yaml::from_str(&fs::read_to_string(&path)?).map_err(|error| wrong(error.to_string()))?;
        for control in &framework.controls {
            let rule = control.rules.iter().find(|rule| !ids.contains(rule.as_str()));
            let theme = control.themes.iter().find(|theme| !themes.contains(theme.as_str()));
            if let Some(name) = rule.or(theme) {
                return Err(wrong(format!("control `{}` names `{name}`, which is not there", control.id)).into());
            }
        }
        frameworks.push(framework);
    }
    frameworks.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(Guides { phases, frameworks })
}

/// All policy, table and profile files below a folder, in order of their names.
fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    if !folder.is_dir() {
        return Ok(());
    }
    let mut entries =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, into)?;
        } else {
            into.push(path);
        }
    }
    Ok(())
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|known| known == extension)
}

fn read_sources(root: &Path, paths: &[PathBuf]) -> Result<Vec<Source>, Box<dyn Error>> {
    let mut sources = Vec::new();
    for path in paths.iter().filter(|path| has_extension(path, "policy")) {
        let mut tables = Vec::new();
        for beside in paths.iter().filter(|beside| beside.parent() == path.parent()) {
            if has_extension(beside, "csv") || has_extension(beside, "json") {
                let name = beside.file_name().unwrap_or_default().to_string_lossy().into_owned();
                tables.push((name, fs::read_to_string(beside)?));
            }
        }
        let file = FileId(u32::try_from(sources.len())?);
        let name = format!("std/{}", path.strip_prefix(root)?.to_string_lossy().replace('\\', "/"));
        sources.push(Source { file, name, text: fs::read_to_string(path)?, tables });
    }
    Ok(sources)
}

fn resolve(artefact: &Artefact, file: ProfileFile) -> Result<Profile, String> {
    let rule_of = |id: &str| artefact.program.instances.iter().find(|instance| instance.id == id);
    let (mut rules, mut params, mut severities) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for name in &file.extends {
        let known = artefact.program.profiles.iter().find(|profile| profile.name == *name);
        let known = known.ok_or_else(|| format!("there is no profile `{name}`"))?;
        rules.extend(known.rules.iter().cloned());
        params.extend(known.params.iter().map(|(rule, param, value)| ((rule.clone(), *param), value.clone())));
        severities.extend(known.severities.iter().cloned());
    }
    for id in file.rules.iter().chain(&file.without) {
        if rule_of(id).is_none() && !artefact.program.aggregates.iter().any(|known| known.id == *id) {
            return Err(format!("there is no rule `{id}`"));
        }
    }
    for (id, values) in &file.params {
        let rule = &artefact.program.rules[rule_of(id).ok_or_else(|| format!("there is no rule `{id}`"))?.rule.index()];
        for (name, value) in values {
            let at = (0..artefact.program.params.len())
                .find(|at| {
                    let param = &artefact.program.params[*at];
                    param.name == *name && param.module == rule.module
                })
                .ok_or_else(|| format!("the rule `{id}` has no parameter `{name}`"))?;
            let value = value_from_json(&artefact.interface.params[at], value)?;
            let param = ParamId(u32::try_from(at).map_err(|error| error.to_string())?);
            params.insert((id.clone(), param), value);
        }
    }
    for (id, word) in &file.severities {
        severities.insert(id.clone(), Severity::parse(word).map_err(|error| error.message)?);
    }
    let mut seen = BTreeSet::new();
    rules.extend(file.rules);
    rules.retain(|id| !file.without.contains(id) && seen.insert(id.clone()));
    let params = params.into_iter().map(|((rule, param), value)| (rule, param, value)).collect();
    Ok(Profile { name: file.name, title: file.title, rules, params, severities: severities.into_iter().collect() })
}
