//! The limits on time and memory. Under libFuzzer its own on memory (`-rss_limit_mb`) holds as well.

use std::time::{Duration, Instant};

/// Most processor time that one input may take.
pub const LIMIT: Duration = Duration::from_secs(1);

/// How long the kernel's tick is, in milliseconds: the unit of the times in `/proc/self/stat`.
const TICK: u64 = 10;

/// Most memory of the process, in bytes.
pub const MOST_MEMORY: u64 = 1 << 30;

/// Runs an input, and panics where it takes longer than [`LIMIT`].
///
/// On a machine that others use too, a clock on the wall says little: an input that takes long by it is run once more,
/// and what counts is the processor time of that second run.
pub fn within_limits(input: impl Fn()) {
    let start = Instant::now();
    input();
    if start.elapsed() < LIMIT {
        return;
    }
    let (start, before) = (Instant::now(), processor_time());
    input();
    let taken = match (before, processor_time()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => start.elapsed(),
    };
    assert!(taken < LIMIT, "an input took {} ms", taken.as_millis());
}

/// Processor time of this process so far, on systems that tell.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in parentheses, which may hold anything; `utime` and `stime` are the
    // 14th and 15th.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<u64>);
    let (user, system) = (times.next()?.ok()?, times.next()?.ok()?);
    Some(Duration::from_millis((user + system) * TICK))
}

/// The most memory that this process ever had, in bytes, on systems that tell.
#[must_use]
pub fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}
