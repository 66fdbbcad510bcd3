//! `policyc compile`: what is wrong with a policy file, and what the compiler makes of it.

use crate::args::{CompileArgs, Emit};
use crate::library::{Policies, standard};
use crate::{Refusal, exit, output, render};
use policyc_engine::report::write_value;
use policyc_lang::check::Artefact;
use policyc_lang::ir::ModuleId;

/// Compiles a policy file on top of the standard library.
///
/// # Errors
///
/// If the file cannot be read or does not compile, or the output cannot be written.
pub(crate) fn compile(args: &CompileArgs) -> Result<u8, Refusal> {
    let Policies { sources, compiled, .. } = Policies::load(std::slice::from_ref(&args.file), standard()?)?;
    render::show_diagnostics(&compiled.diagnostics, &sources, output::error_style(args.color));
    if !compiled.is_ok() {
        return Ok(exit::USAGE);
    }
    match args.emit {
        None => {}
        Some(Emit::Ir) => {
            let program = &compiled.artefact.program;
            let first = program.modules.len() - sources.len();
            let text = program.print(ModuleId(u32::try_from(first).unwrap_or(u32::MAX)));
            output::print(|out| text.lines().try_for_each(|line| writeln!(out, "{}", render::escape(line))))?;
        }
        Some(Emit::IrJson) => {
            let own: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
            let program = only(compiled.artefact, &own);
            output::print(|out| write_value(&program, true, out))?;
        }
    }
    Ok(exit::CLEAN)
}

/// The program with the texts of the compiled files alone: those of the standard library are long and known.
fn only(artefact: Artefact, files: &[&str]) -> policyc_lang::ir::Program {
    let mut program = artefact.program;
    for module in program.modules.iter_mut().filter(|module| !files.contains(&module.file.as_str())) {
        module.text.clear();
    }
    program
}
