//! `cargo xtask fuzz [TARGET…] [--runs N] [--seconds S] [--fresh]`: builds the targets of `fuzz` and runs them.
//! `cargo xtask fuzz [TARGET…] --volume N [--seed S]`: changes inputs blindly instead, in a build without counters.
//!
//! libFuzzer is linked as a library and the coverage counters are put in by flags of LLVM that stable compilers pass on,
//! so that neither `cargo-fuzz` nor a nightly compiler is needed; what is needed is a C++ compiler. Sanitizers would need
//! nightly, and would find nothing: there is no `unsafe` here.

mod seeds;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Coverage counters and traced comparisons, as `cargo fuzz` asks for them.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-trace-compares \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table";

/// Most memory of a run, in megabytes.
const MOST_MEMORY: u32 = 1024;
/// Seconds after which libFuzzer itself takes an input for a hang. The targets measure processor time and stop at one
/// second; this is for what never comes back.
const HANG: u32 = 60;
/// Inputs of each target where nobody says.
const RUNS: u64 = 50_000;

const USAGE: &str = "usage: cargo xtask fuzz [TARGET…] [--runs N] [--seconds S] [--fresh]\n\
                     usage: cargo xtask fuzz [TARGET…] --volume N [--seed S]";

/// A target: its name, and the longest input that is tried, in bytes.
struct Target {
    name: &'static str,
    longest: usize,
}

const TARGETS: &[Target] = &[
    Target { name: "yaml", longest: 2048 },
    Target { name: "policy", longest: 2048 },
    Target { name: "dockerfile", longest: 1024 },
    Target { name: "check", longest: 2048 },
    Target { name: "evaluator", longest: 256 },
];

/// What the arguments ask for.
struct Wanted {
    targets: Vec<&'static Target>,
    runs: u64,
    seconds: Option<u64>,
    /// Whether to begin without what earlier runs found, and with the same random numbers.
    fresh: bool,
    /// How many inputs are changed blindly, and from which random numbers on.
    volume: Option<u64>,
    seed: u64,
}

/// Builds and runs.
///
/// # Errors
///
/// A sentence, where the arguments are wrong, the targets cannot be built, or an input broke one.
pub(crate) fn run(arguments: &[String]) -> Result<String, String> {
    let wanted = wanted(arguments)?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let build = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let work = build.join("fuzz");
    if let Some(inputs) = wanted.volume {
        return volume(&root, &build, &work, &wanted, inputs);
    }
    let binaries = build_targets(&root, &build)?;
    let mut report = String::new();
    for target in &wanted.targets {
        let seeds = seeds::prepare(&root, &work, target.name, target.longest).map_err(|error| error.to_string())?;
        let command = command(&binaries, &root, &work, target, &wanted, &seeds)?;
        let told = fuzz(command, target.name)?;
        let _ = writeln!(report, "{}: {told}", target.name);
    }
    Ok(report.trim_end().to_owned())
}

fn wanted(arguments: &[String]) -> Result<Wanted, String> {
    let mut wanted = Wanted { targets: Vec::new(), runs: RUNS, seconds: None, fresh: false, volume: None, seed: 1 };
    let mut rest = arguments.iter();
    let number = |text: Option<&String>| text.and_then(|text| text.parse().ok()).ok_or_else(|| USAGE.to_owned());
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--runs" => wanted.runs = number(rest.next())?,
            "--seconds" => wanted.seconds = Some(number(rest.next())?),
            "--fresh" => wanted.fresh = true,
            "--volume" => wanted.volume = Some(number(rest.next())?),
            "--seed" => wanted.seed = number(rest.next())?,
            name => match TARGETS.iter().find(|target| target.name == name) {
                Some(target) => wanted.targets.push(target),
                None => {
                    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
                    return Err(format!("`{name}` is no target; there are {}\n{USAGE}", names.join(", ")));
                }
            },
        }
    }
    if wanted.targets.is_empty() {
        wanted.targets.extend(TARGETS);
    }
    Ok(wanted)
}

/// Runs targets on inputs that are changed blindly.
fn volume(root: &Path, build: &Path, work: &Path, wanted: &Wanted, inputs: u64) -> Result<String, String> {
    let cargo = || Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    let status = cargo()
        .args(["build", "--release", "--locked", "--bin", "volume"])
        .current_dir(root.join("fuzz"))
        .env("CARGO_TARGET_DIR", build)
        .status()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !status.success() {
        return Err("cannot build the targets; the lines above say why".to_owned());
    }
    let mut report = String::new();
    for target in &wanted.targets {
        let mut seeds = seeds::prepare(root, work, target.name, target.longest).map_err(|error| error.to_string())?;
        let broken = root.join("fuzz/artifacts").join(target.name);
        std::fs::create_dir_all(&broken).map_err(|error| format!("cannot make `{}`: {error}", broken.display()))?;
        seeds.extend(Some(work.join("corpus").join(target.name)).filter(|found| found.is_dir()));
        let output = Command::new(build.join("release/volume"))
            .args([target.name.to_owned(), inputs.to_string(), wanted.seed.to_string(), target.longest.to_string()])
            .arg(root.join("fuzz/dictionaries").join(format!("{}.dict", target.name)))
            .arg(broken)
            .args(seeds)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot start `{}`: {error}", target.name))?;
        if !output.status.success() {
            return Err(format!("`{}` broke; the lines above say on what", target.name));
        }
        let _ = writeln!(report, "{}: {}", target.name, String::from_utf8_lossy(&output.stdout).trim());
    }
    Ok(report.trim_end().to_owned())
}

/// Builds all targets; gives the folder of their binaries.
fn build_targets(root: &Path, build: &Path) -> Result<PathBuf, String> {
    let host = host()?;
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| OsString::from("c++"));
    let there = Command::new(&compiler).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        return Err(format!("cannot build the targets: libFuzzer needs a C++ compiler, and {compiler:?} does not run"));
    }
    // Only the targets themselves are linked with libFuzzer, which gives the functions that the flags call.
    let bins = TARGETS.iter().flat_map(|target| ["--bin", target.name]);
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
        .args(["build", "--release", "--locked", "--features", "libfuzzer", "--target", &host])
        .args(bins)
        .current_dir(root.join("fuzz"))
        .env("RUSTFLAGS", FLAGS)
        .env("CARGO_TARGET_DIR", build)
        .status()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !status.success() {
        return Err("cannot build the targets; the lines above say why".to_owned());
    }
    Ok(build.join(host).join("release"))
}

/// The host's triple: with a target named, flags reach the program alone and neither build scripts nor macros.
fn host() -> Result<String, String> {
    let told = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc")))
        .arg("-vV")
        .output()
        .map_err(|error| format!("cannot start rustc: {error}"))?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not say what it builds for".to_owned())
}

fn command(
    binaries: &Path,
    root: &Path,
    work: &Path,
    target: &Target,
    wanted: &Wanted,
    seeds: &[PathBuf],
) -> Result<Command, String> {
    let found = if wanted.fresh { work.join("fresh") } else { work.join("corpus") }.join(target.name);
    let broken = root.join("fuzz/artifacts").join(target.name);
    if wanted.fresh && found.exists() {
        std::fs::remove_dir_all(&found).map_err(|error| format!("cannot empty `{}`: {error}", found.display()))?;
    }
    for folder in [&found, &broken] {
        std::fs::create_dir_all(folder).map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
    }
    let mut command = Command::new(binaries.join(target.name));
    command
        .arg(format!("-runs={}", wanted.runs))
        .arg(format!("-max_len={}", target.longest))
        .arg(format!("-timeout={HANG}"))
        .arg(format!("-rss_limit_mb={MOST_MEMORY}"))
        .arg(format!("-artifact_prefix={}/", broken.display()))
        .args(["-print_final_stats=1", "-verbosity=1", "-use_value_profile=0"])
        // Weighing inputs by how rare their places are took two thirds of the time of the larger targets.
        .args(["-entropic=0", "-reload=0"]);
    let words = root.join("fuzz/dictionaries").join(format!("{}.dict", target.name));
    if words.exists() {
        command.arg(format!("-dict={}", words.display()));
    }
    if let Some(seconds) = wanted.seconds {
        command.arg(format!("-max_total_time={seconds}"));
    }
    if wanted.fresh {
        command.arg("-seed=1");
    }
    command.arg(found).args(seeds);
    Ok(command)
}

/// Runs a target and gives its figures.
fn fuzz(mut command: Command, name: &str) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("cannot start `{name}`: {error}"))?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        return Ok(figures(&told));
    }
    let lines: Vec<&str> = told.lines().filter(|line| !line.starts_with('#')).collect();
    let last = lines[lines.len().saturating_sub(60)..].join("\n");
    Err(format!(
        "{last}\n`{name}` broke; the input is in fuzz/artifacts/{name}. Mend it, and keep the input in \
         fuzz/regressions/{name}, where `cargo test --manifest-path fuzz/Cargo.toml` runs it"
    ))
}

/// libFuzzer's last figures: inputs, inputs a second, most memory, places reached.
fn figures(told: &str) -> String {
    let stat = |name: &str| {
        let line = told.lines().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name)?.strip_prefix(':'));
        line.map_or("?", str::trim).to_owned()
    };
    let places = told.lines().rev().find_map(|line| line.split_once("cov: ")?.1.split_whitespace().next());
    format!(
        "{} inputs, {} a second, {} MB at most, {} places reached, {} new inputs kept",
        stat("number_of_executed_units"),
        stat("average_exec_per_sec"),
        stat("peak_rss_mb"),
        places.unwrap_or("?"),
        stat("new_units_added"),
    )
}
