//! Alternating rounds and their medians.

use crate::corpus::Corpus;
use crate::jobs::Job;
use rustix::time::{ClockId, clock_gettime};
use std::fmt::Write as _;
use std::hint::black_box;

/// What time is taken by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Processor time of this thread. What else the machine does hardly shows, so ratios are steady.
    Processor,
    /// Time as it passes, for jobs with more than one thread.
    Wall,
}

impl Clock {
    /// Seconds since some moment.
    pub(crate) fn now(self) -> f64 {
        let time = clock_gettime(match self {
            Self::Processor => ClockId::ThreadCPUTime,
            Self::Wall => ClockId::Monotonic,
        });
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    }
}

/// What came of a job.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Timed {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// Median over the rounds.
    pub(crate) seconds: f64,
    /// Median of the ratios to the first job, each within its round.
    pub(crate) ratio: f64,
    /// How many things came out.
    pub(crate) count: usize,
}

/// Does a job once. Profilers count what happens in here.
#[inline(never)]
pub(crate) fn once(job: &Job<'_>) -> usize {
    black_box((job.run)())
}

/// Runs all jobs once to warm up, then so many rounds, each beginning with another job.
pub(crate) fn run(jobs: &[Job<'_>], rounds: usize, clock: Clock) -> Vec<Timed> {
    let counts: Vec<usize> = jobs.iter().map(once).collect();
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); jobs.len()];
    for round in 0..rounds {
        for at in 0..jobs.len() {
            let at = (round + at) % jobs.len();
            let start = clock.now();
            once(&jobs[at]);
            times[at].push(clock.now() - start);
        }
    }
    let first = times.first().cloned().unwrap_or_default();
    let ratios = |times: &[f64]| times.iter().zip(&first).map(|(time, first)| time / first).collect::<Vec<f64>>();
    let timed = jobs.iter().zip(&times).zip(counts).map(|((job, times), count)| Timed {
        name: job.name,
        title: job.title,
        seconds: median(times.clone()),
        ratio: median(ratios(times)),
        count,
    });
    timed.collect()
}

/// The table of a corpus, in Markdown.
pub(crate) fn table(corpus: &Corpus, timed: &[Timed]) -> String {
    let mut out = String::new();
    let made = corpus.made;
    let megabytes = made.bytes as f64 / 1e6;
    let first = timed.first().map_or("", |timed| timed.name);
    let _ = writeln!(
        out,
        "{}: {} documents, {} files, {megabytes:.1} MB\n\n| job | ms | MB/s | of {first} | came out |\n|---|---|---|---|---|",
        corpus.name, made.documents, made.files
    );
    for Timed { name, title, seconds, ratio, count } in timed {
        let (milliseconds, speed) = (seconds * 1e3, megabytes / seconds);
        let _ = writeln!(out, "| `{name}` {title} | {milliseconds:.1} | {speed:.0} | {ratio:.2} | {count} |");
    }
    out.push('\n');
    out
}

/// The middle of some numbers, the mean of the middle two for an even count; 0 for none.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let (low, high) = (numbers.len().saturating_sub(1) / 2, numbers.len() / 2);
    match (numbers.get(low), numbers.get(high)) {
        (Some(low), Some(high)) => (low + high) / 2.0,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn medians() {
        for (numbers, middle) in [(vec![], 0.0), (vec![3.0, 1.0, 2.0], 2.0), (vec![4.0, 1.0, 2.0, 3.0], 2.5)] {
            assert!((median(numbers) - middle).abs() < 1e-9);
        }
    }
}
