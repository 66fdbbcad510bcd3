//! What reading and judging cost, beside bare parsers and other policy engines on the same bytes.
//!
//! All jobs of a table run in one process, in turn, for a number of rounds, and the table has medians and ratios: the
//! machine of the day makes absolute times, both sides of a ratio share it.

mod args;
mod copies;
mod corpus;
mod engine;
mod generate;
mod jobs;
mod libyaml;
mod lsp;
#[cfg(feature = "peers")]
mod peers;
mod processes;
mod random;
mod rounds;
mod samples;
mod tables;

use args::{Args, USAGE};
use corpus::Corpus;
use engine::Engine;
use generate::Packing;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Args::parse(std::env::args().skip(1)).and_then(on_one_thread) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Runs on a thread with the stack that the program judges with. It is also the only one of the ordinary pool, so that
/// what jobs do is done and counted here, but for those that make pools of their own.
fn on_one_thread(args: Args) -> Result<(), String> {
    let work = move || {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global();
        pool.map_err(|error| error.to_string()).and_then(|()| run(&args))
    };
    let thread = std::thread::Builder::new().stack_size(jobs::STACK).spawn(work);
    let outcome = thread.map_err(|error| error.to_string())?.join();
    outcome.unwrap_or_else(|_| Err("a job broke down".to_owned()))
}

fn run(args: &Args) -> Result<(), String> {
    if args.help {
        println!("{USAGE}");
        jobs::NAMES.iter().for_each(|(name, title)| println!("  {name:<12}{title}"));
        println!("\ntables:");
        tables::NAMES.iter().for_each(|(name, title)| println!("  {name:<12}{title}"));
        return Ok(());
    }
    if !args.tables.is_empty() {
        return args.tables.iter().try_for_each(|name| {
            let title = tables::NAMES.iter().find(|(known, _)| known == name).map_or("", |(_, title)| title);
            print!("### {name}: {title}\n\n{}", tables::table(name, args)?);
            Ok(())
        });
    }
    let name = |at: usize| args.corpora.get(at).map_or("k10", String::as_str);
    if args.generate {
        for at in 0..args.corpora.len().max(1) {
            let corpus = Corpus::named(name(at), Packing::Mixed, args.fresh)?;
            println!("{}\t{:?}", corpus.folder.display(), corpus.made);
        }
        return Ok(());
    }
    if let Some(once) = &args.once {
        let (engine, files) = (Engine::new()?, tables::files(name(0), Packing::Mixed, args)?);
        println!("{once}: {}", rounds::once(&jobs::job(once, &engine, &files)?));
        if args.peak {
            println!("peak kB: {}", tables::peak().ok_or("this system does not tell how much memory was used")?);
        }
        return Ok(());
    }
    let names: Vec<&str> = match args.only.as_slice() {
        [] => vec!["libyaml", "granit", "read", "check20"],
        only => only.iter().map(String::as_str).collect(),
    };
    for at in 0..args.corpora.len().max(1) {
        print!("{}", tables::jobs_table(args, name(at), &names, args.clock())?);
    }
    Ok(())
}
