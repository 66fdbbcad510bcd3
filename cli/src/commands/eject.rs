//! `policyc eject`: a rule of the library as a file of one's own, to change it.

use super::new::{own_module, write_new};
use crate::args::EjectArgs;
use crate::library::{standard, unknown};
use crate::render::escape;
use crate::{Refusal, exit, output};
use policyc_lang::format::format;
use policyc_lang::ir::Program;
use policyc_lang::syntax::lexis::is_kebab;
use std::path::Path;

/// Copies a rule with its parameters, functions and tests.
///
/// # Errors
///
/// If there is no such rule, the copy's id is taken, or the file exists or cannot be written.
pub(crate) fn eject(args: &EjectArgs) -> Result<u8, Refusal> {
    let library = standard()?;
    let program = &library.program;
    let id = args.rule.as_str();
    let Some(rule) = program.rules.iter().find(|rule| rule.id == id) else {
        if program.aggregates.iter().any(|sum| sum.id == id) || program.instances.iter().any(|one| one.id == id) {
            let hint = format!("`policyc explain {id}` says which");
            return Err(Refusal::new(format!("`{id}` is made of other rules")).with_hint(Some(hint)));
        }
        return Err(unknown("rule", id, program.rules.iter().map(|rule| rule.id.as_str())));
    };
    let alias = args.alias.clone().unwrap_or_else(|| format!("own-{id}"));
    if !is_kebab(&alias) {
        return Err(Refusal::new(format!("`{alias}` cannot be the id of a rule")));
    }
    if program.instances.iter().any(|known| known.id == alias) {
        return Err(Refusal::new(format!("there is a rule `{alias}` already")));
    }
    let text = copy(program, rule.module.index(), id, &alias);
    if args.to == Path::new("-") {
        output::print(|out| out.write_all(text.as_bytes()))?;
        return Ok(exit::CLEAN);
    }
    let path = args.to.join(format!("{alias}.policy"));
    write_new(&path, &text)?;
    output::print(|out| {
        writeln!(out, "{}: a copy of `{}`", escape(&path.display().to_string()), escape(id))?;
        writeln!(out, "both run until `{}` is switched off in policyc.yaml or left out on the command line", escape(id))
    })?;
    Ok(exit::CLEAN)
}

/// The text of a module with other names for the module and its rules.
fn copy(program: &Program, module: usize, id: &str, alias: &str) -> String {
    let Some(source) = program.modules.get(module) else { return String::new() };
    let mut text =
        source.text.replacen(&format!("module {}", source.name), &format!("module {}", own_module(alias)), 1);
    for rule in program.rules.iter().filter(|rule| rule.module.index() == module) {
        let new = if rule.id == id { alias.to_owned() } else { format!("own-{}", rule.id) };
        text = renamed(&text, &rule.id, &new);
    }
    format(&text)
}

/// A text with one id in place of another, where it stands alone.
fn renamed(text: &str, old: &str, new: &str) -> String {
    let part = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.'));
    let (mut out, mut last) = (String::with_capacity(text.len()), 0);
    for (at, _) in text.match_indices(old) {
        let after = text.get(at + old.len()..).unwrap_or_default().chars().next();
        let before = text.get(..at).unwrap_or_default().chars().next_back();
        // A sentence may end with the name.
        let ends = after == Some('.');
        if at >= last && !part(before) && (!part(after) || ends) {
            out.push_str(text.get(last..at).unwrap_or_default());
            out.push_str(new);
            last = at + old.len();
        }
    }
    out + text.get(last..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::renamed;

    #[test]
    fn ids_are_renamed_where_they_stand_alone() {
        let text = "rule a-b on x #~ a-b, a-b-c, c-a-b. See a-b.";
        assert_eq!(renamed(text, "a-b", "own-a-b"), "rule own-a-b on x #~ own-a-b, a-b-c, c-a-b. See own-a-b.");
    }
}
