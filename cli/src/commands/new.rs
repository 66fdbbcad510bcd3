//! `policyc new rule`: a rule to begin with, and its test.

use crate::args::NewRuleArgs;
use crate::library::{standard, unknown};
use crate::render::escape;
use crate::{Refusal, exit, output};
use policyc_lang::schema::{Schema, Types};
use policyc_lang::syntax::lexis::is_kebab;
use std::path::{Path, PathBuf};

/// Writes a file with a rule.
///
/// # Errors
///
/// If the id is taken or none, the kind is not known, or the file exists or cannot be written.
pub(crate) fn new_rule(args: &NewRuleArgs) -> Result<u8, Refusal> {
    let id = args.id.as_str();
    if !is_kebab(id) {
        let hint = "write lower-case words with dashes between them, such as `team-label-set`";
        return Err(Refusal::new(format!("`{id}` cannot be the id of a rule")).with_hint(Some(hint)));
    }
    let library = standard()?;
    let program = &library.program;
    if program.instances.iter().any(|known| known.id == id) || program.aggregates.iter().any(|known| known.id == id) {
        let hint =
            "rules of the library are `policyc rules`; an own id, such as one with the team's name, cannot clash";
        return Err(Refusal::new(format!("there is a rule `{id}` already")).with_hint(Some(hint)));
    }
    let types = Types::new(Schema::newest());
    let kinds = types.kinds_named(&args.on);
    let view = program.views.iter().any(|view| view.name == args.on)
        || matches!(&*args.on, "object" | "namespace" | "project");
    let api_version = match kinds.first() {
        Some(kind) if kind.group.is_empty() => Some(kind.version.to_string()),
        Some(kind) => Some(format!("{}/{}", kind.group, kind.version)),
        None if view => None,
        None => {
            let views = program.views.iter().map(|view| view.name.as_str());
            return Err(unknown("kind or view", &args.on, views));
        }
    };
    let text = rule(id, &args.on, api_version.as_deref());
    let path = args.to.join(format!("{id}.policy"));
    write_new(&path, &text)?;
    output::print(|out| {
        let name = escape(&path.display().to_string());
        writeln!(out, "{name}: say what the rule asks for, then run `policyc test {name}`")
    })?;
    Ok(exit::CLEAN)
}

/// Writes a file that is not there yet.
///
/// # Errors
///
/// If it is, or cannot be written.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), Refusal> {
    let name = path.display().to_string();
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Refusal::new(format!("there is a file `{name}` already")),
        _ => Refusal::new(format!("cannot write `{name}`: {error}")),
    };
    if let Some(folder) = path.parent().filter(|folder| *folder != PathBuf::new()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).map_err(failed)
}

/// A module's name for a rule of one's own.
pub(super) fn own_module(id: &str) -> String {
    format!("own.{}", id.replace('-', "_"))
}

/// The rule as it begins: one check that means something for what it judges, with a fixture that fails and one that
/// passes.
fn rule(id: &str, on: &str, api_version: Option<&str>) -> String {
    let name = on.chars().next().map_or_else(|| "x".to_owned(), |first| first.to_lowercase().to_string());
    let (check, message, test) = match (on, api_version) {
        ("container", _) => (
            format!("require exists {name}.image.tag or exists {name}.image.digest"),
            format!("container `{{{name}.name}}` of {{{name}.workload}} names no version of its image"),
            pod(id),
        ),
        ("workload", _) => (
            format!("require exists {name}.metadata.labels[\"owner\"]"),
            format!("{{{name}}} has no label `owner`"),
            object(id, "v1", "Pod"),
        ),
        ("dockerfile", _) => (
            format!("require count({name}.stages) < 2"),
            "the Dockerfile has several stages".to_owned(),
            dockerfile(id),
        ),
        (kind, Some(api_version)) => (
            format!("require exists {name}.metadata.labels[\"owner\"]"),
            format!("{{{name}}} has no label `owner`"),
            object(id, api_version, kind),
        ),
        (_, None) => {
            (format!("forbid \"{{{name}}}\" == \"\""), format!("{{{name}}} is not as it should be"), String::new())
        }
    };
    let mut title = id.replace('-', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let module = own_module(id);
    let help = "Say why it matters, and what to do.";
    format!(
        "module {module}\n\nrule {id} on {on} {name} {{\n  title    \"{title}\"\n  severity medium\n  tags     [\"own\"]\n  help     \"{help}\"\n\n  {check}\n    else \"{message}\"\n}}\n{test}"
    )
}

fn object(id: &str, api_version: &str, kind: &str) -> String {
    format!(
        "\ntest \"an owner is named\" {{\n  given yaml \"\"\"\n    apiVersion: {api_version}\n    kind: {kind}\n    metadata: {{name: good, labels: {{owner: us}}}}\n    ---\n    apiVersion: {api_version}\n    kind: {kind}\n    metadata: {{name: bad}} #~ {id}\n    \"\"\"\n}}\n"
    )
}

fn pod(id: &str) -> String {
    format!(
        "\ntest \"a tag or a digest\" {{\n  given yaml \"\"\"\n    apiVersion: v1\n    kind: Pod\n    metadata: {{name: web}}\n    spec:\n      containers:\n        - {{name: good, image: \"web:1\"}}\n        - {{name: bad, image: web}} #~ {id}\n    \"\"\"\n}}\n"
    )
}

fn dockerfile(id: &str) -> String {
    format!(
        "\ntest \"one stage\" {{\n  given dockerfile \"\"\"\n    FROM debian:12\n    \"\"\"\n  expect {id} passes\n}}\n\ntest \"two stages\" {{\n  given dockerfile \"\"\"\n    FROM debian:12 AS build\n    FROM debian:12\n    \"\"\"\n  expect {id} fails\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::rule;
    use policyc_lang::format::format;

    #[test]
    fn what_begins_a_rule_is_in_style() {
        for (on, version) in
            [("container", None), ("workload", None), ("dockerfile", None), ("Service", Some("v1")), ("stage", None)]
        {
            let text = rule("a-b", on, version);
            assert_eq!(format(&text), text, "{on}");
        }
    }
}
