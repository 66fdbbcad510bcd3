//! What reading and judging cost, beside bare parsers and other policy engines on the same bytes.
//!
//! All jobs of a table run in one process, in turn, for a number of rounds, and the table has medians and ratios: the
//! machine of the day makes absolute times, both sides of a ratio share it.

mod args;
mod corpus;
mod engine;
mod generate;
mod jobs;
mod libyaml;
mod random;
mod rounds;
mod samples;

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
        return Ok(());
    }
    let corpora: Vec<Corpus> =
        args.corpora.iter().map(|name| Corpus::named(name, Packing::Mixed, args.fresh)).collect::<Result<_, _>>()?;
    if args.generate {
        corpora.iter().for_each(|corpus| println!("{}\t{:?}", corpus.folder.display(), corpus.made));
        return Ok(());
    }
    let engine = Engine::new()?;
    for corpus in &corpora {
        let texts = corpus.texts().map_err(|error| error.to_string())?;
        let chosen: Vec<&str> = match &args.once {
            Some(name) => vec![name],
            None if args.only.is_empty() => jobs::NAMES.iter().map(|(name, _)| *name).collect(),
            None => args.only.iter().map(String::as_str).collect(),
        };
        let jobs = chosen.iter().map(|name| jobs::job(name, &engine, &texts)).collect::<Result<Vec<_>, _>>()?;
        match (&args.once, jobs.first()) {
            (Some(_), Some(job)) => println!("{}: {}", job.name, rounds::once(job)),
            _ => print!("{}", rounds::table(corpus, &rounds::run(&jobs, args.rounds))),
        }
    }
    Ok(())
}
