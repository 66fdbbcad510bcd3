//! `volume TARGET INPUTS SEED LONGEST DICTIONARY ARTIFACTS FOLDER…`: feeds a target inputs that are changed blindly, without
//! counters in the program, which is several times as fast as a search by coverage. Ends with 1 at the first input that
//! breaks the target, which is kept in the folder ARTIFACTS.

use policyc_fuzz::mutate::{changed, dictionary};
use policyc_fuzz::{check, dockerfile, evaluator, guard, policy, yaml};
use policyc_reference::choices::Choices;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str = "usage: volume TARGET INPUTS SEED LONGEST DICTIONARY ARTIFACTS FOLDER…";

/// Inputs between two words about progress.
const STRIDE: u64 = 1_000_000;
/// Inputs between two looks at the memory.
const CHECKED: u64 = 100;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(told) => {
            println!("{told}");
            ExitCode::SUCCESS
        }
        Err(told) => {
            eprintln!("{told}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<String, String> {
    let [name, inputs, seed, longest, words, artifacts, folders @ ..] = arguments else { return Err(USAGE.to_owned()) };
    let target: fn(&[u8]) = match name.as_str() {
        "yaml" => yaml::run,
        "policy" => policy::run,
        "dockerfile" => dockerfile::run,
        "check" => check::run,
        "evaluator" => evaluator::run,
        _ => return Err(format!("`{name}` is no target\n{USAGE}")),
    };
    let number = |text: &String| text.parse::<u64>().map_err(|_| USAGE.to_owned());
    let (inputs, seed, longest) = (number(inputs)?, number(seed)?, number(longest)?);
    let longest = usize::try_from(longest).map_err(|_| USAGE.to_owned())?;
    let words = dictionary(&std::fs::read_to_string(words).unwrap_or_default());
    let mut seeds = seeds(folders)?;
    if seeds.is_empty() {
        let mut choices = Choices::random(seed);
        seeds.extend((0..1000).map(|_| (0..longest).map(|_| u8::try_from(choices.below(256)).unwrap_or(0)).collect()));
    }
    let mut choices = Choices::random(seed);
    let start = Instant::now();
    for done in 0..inputs {
        let input = changed(&seeds, &words, longest, &mut choices);
        if catch_unwind(AssertUnwindSafe(|| guard::within_limits(|| target(&input)))).is_err() {
            let path = Path::new(artifacts).join(format!("volume-{seed}-{done}"));
            std::fs::write(&path, &input).map_err(|error| format!("cannot keep the input: {error}"))?;
            return Err(format!("`{name}` broke on input {done} of seed {seed}, kept as `{}`", path.display()));
        }
        if done % CHECKED == 0 && guard::most_memory().is_some_and(|bytes| bytes > guard::MOST_MEMORY) {
            return Err(format!(
                "`{name}` took more than {} MB by input {done} of seed {seed}",
                guard::MOST_MEMORY >> 20
            ));
        }
        if (done + 1) % STRIDE == 0 {
            eprintln!("{name}: {} inputs, {:.0} s", done + 1, start.elapsed().as_secs_f64());
        }
    }
    let (seconds, memory) = (start.elapsed().as_secs_f64(), guard::most_memory());
    let memory = memory.map_or_else(|| "?".to_owned(), |bytes| (bytes / 1_000_000).to_string());
    Ok(format!("{inputs} inputs of seed {seed} from {} seeds, {seconds:.0} s, {memory} MB at most", seeds.len()))
}

/// All files of the folders, in the order of their names.
fn seeds(folders: &[String]) -> Result<Vec<Vec<u8>>, String> {
    let mut seeds = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(folder).map_err(|error| format!("cannot read `{folder}`: {error}"))?;
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.is_file()) {
            seeds.push(std::fs::read(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?);
        }
    }
    Ok(seeds)
}
