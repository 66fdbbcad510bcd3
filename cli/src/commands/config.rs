//! `policyc config` and `policyc lock`: what a configuration says, what it may say, and what packages hold.

use crate::args::{Color, ConfigCheckArgs, ConfigCommand, ConfigCommandArgs, ConfigExplainArgs, ConfigSchemaArgs};
use crate::args::{LockArgs, SelectionArgs};
use crate::config::{Configuration, packages};
use crate::discover::{self, Found, Source, Wanted, shown_name};
use crate::library::Library;
use crate::render::escape;
use crate::{Refusal, exit, output};
use policyc_config::explain::explain;
use policyc_config::schema::json_schema;
use policyc_engine::report::write_value;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Does what `policyc config` is asked for.
///
/// # Errors
///
/// If a configuration or policy makes no sense, or the output cannot be written.
pub(crate) fn config(args: &ConfigCommandArgs) -> Result<u8, Refusal> {
    match &args.command {
        ConfigCommand::Schema(args) => schema(args),
        ConfigCommand::Explain(args) => explained(args),
        ConfigCommand::Check(args) => check(args),
    }
}

/// Pins the packages of the configuration.
///
/// # Errors
///
/// If there is no configuration, or a package cannot be read.
pub(crate) fn lock(args: &LockArgs) -> Result<u8, Refusal> {
    packages::write_lock(&args.config, Color::Auto)
}

fn schema(args: &ConfigSchemaArgs) -> Result<u8, Refusal> {
    let library = Library::load(&args.policies, Color::Auto)?;
    let schema = json_schema(&library.artefact);
    output::print(|out| write_value(&schema, true, out))?;
    Ok(exit::CLEAN)
}

fn explained(args: &ConfigExplainArgs) -> Result<u8, Refusal> {
    let here =
        std::env::current_dir().map_err(|error| Refusal::new(format!("cannot tell the working directory: {error}")))?;
    let name = shown_name(&here, &args.file);
    let mut config = Configuration::find(&args.policies.config, std::slice::from_ref(&args.file), Color::Auto)?;
    let mut found = Found::default();
    found.sources.insert(name.clone(), Source::File(args.file.clone()));
    config.nest(&mut found, &BTreeSet::new(), Color::Auto)?;
    let library = Library::load_with(&args.policies, &config, Color::Auto, |_| {})?;
    let setup = config.setup(&library, &args.selection, Color::Auto)?;
    let lines = explain(&setup, &library.artefact, &config.name_of(&name));
    let width = |of: fn(&policyc_config::explain::Line) -> usize| lines.iter().map(of).max().unwrap_or(0).min(60);
    let (first, second) = (width(|line| line.setting.chars().count()), width(|line| line.value.chars().count()));
    output::print(|out| {
        for line in &lines {
            let (setting, value) = (escape(&line.setting), escape(&line.value));
            writeln!(out, "{setting:first$}  {value:second$}  {}", escape(&line.from))?;
        }
        Ok(())
    })?;
    Ok(exit::CLEAN)
}

fn check(args: &ConfigCheckArgs) -> Result<u8, Refusal> {
    let paths = [args.folder.clone()];
    let mut config = Configuration::find(&args.policies.config, &paths, Color::Auto)?;
    let mut found = discover::discover(&paths, Wanted::Manifests).map_err(Refusal::new)?;
    config.nest(&mut found, &BTreeSet::new(), Color::Auto)?;
    if config.is_empty() {
        let hint = Some("write one into policyc.yaml");
        return Err(Refusal::new("there is no configuration here").with_hint(hint));
    }
    let library = Library::load_with(&args.policies, &config, Color::Auto, |_| {})?;
    let none = SelectionArgs { rules: Vec::new(), profile: None, params: Vec::new() };
    let setup = config.setup(&library, &none, Color::Auto)?;
    let names: Vec<PathBuf> = setup.layers.iter().map(|layer| PathBuf::from(&*layer.name)).collect();
    output::print(|out| {
        for name in &names {
            writeln!(out, "ok    {}", escape(&name.to_string_lossy()))?;
        }
        Ok(())
    })?;
    Ok(exit::CLEAN)
}
