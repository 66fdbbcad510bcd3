//! `policyc lsp`: serve an editor.

use crate::args::LspArgs;
use crate::discover::{self, Source, Wanted};
use crate::library::standard;
use crate::{Refusal, clock, exit};
use policyc_lang::check::Artefact;
use policyc_lang::values::Date;
use policyc_lsp::{Ending, Host, serve};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What an exit code of 1 means here: the editor left without saying so. Source: LSP 3.17, `exit`.
const ABRUPT: u8 = 1;

/// Serves an editor over standard input and output.
///
/// # Errors
///
/// If the day makes no sense, no thread can be started, or the program was built wrongly.
pub(crate) fn lsp(args: &LspArgs) -> Result<u8, Refusal> {
    let date = |text: &str| {
        Date::parse(text).map_err(|error| Refusal::new(format!("--as-of: {}", error.message)).with_hint(error.hint))
    };
    let fixed = args.as_of.as_deref().map(date).transpose()?;
    let started = date(&clock::today())?;
    match serve(Arc::new(System { fixed, started })) {
        Ok(Ending::Orderly) => Ok(exit::CLEAN),
        Ok(Ending::Abrupt) => Ok(ABRUPT),
        Err(error) => Err(Refusal::new(format!("cannot serve: {error}"))),
    }
}

/// The disk and the clock.
struct System {
    /// The day to take for today, whatever the clock says.
    fixed: Option<Date>,
    /// The day on which the server was started.
    started: Date,
}

impl Host for System {
    fn files(&self, folder: &Path) -> Vec<PathBuf> {
        let folders = [folder.to_owned()];
        let found = [Wanted::Policies, Wanted::Manifests].map(|wanted| discover::discover(&folders, wanted));
        let sources = found.into_iter().flatten().flat_map(|found| found.sources.into_values());
        let files = sources.filter_map(|source| if let Source::File(path) = source { Some(path) } else { None });
        files.collect()
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, String> {
        discover::read(&Source::File(path.to_owned()))
    }

    fn today(&self) -> Date {
        self.fixed.or_else(|| Date::parse(&clock::today()).ok()).unwrap_or(self.started)
    }

    fn library(&self) -> Result<Artefact, String> {
        standard().map_err(|refusal| refusal.message)
    }
}
