//! A line on the terminal of a long run, and nothing anywhere else.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// A run is long after this time.
const PATIENCE: Duration = Duration::from_secs(1);
/// Time between two looks.
const BEAT: Duration = Duration::from_millis(200);

/// Counts files; shows the count on standard error once a run is long and standard error is a terminal.
pub(crate) struct Progress {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    done: AtomicUsize,
    shown: AtomicBool,
    ended: Mutex<bool>,
    wake: Condvar,
}

impl Progress {
    /// Begins to count towards `total` files.
    pub(crate) fn start(total: usize, quiet: bool) -> Self {
        let shared = Arc::new(Shared::default());
        let visible = !quiet && io::stderr().is_terminal();
        let thread = visible.then(|| {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || shared.show(total))
        });
        Self { shared, thread }
    }

    /// One file more is done.
    pub(crate) fn step(&self) {
        self.shared.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Ok(mut ended) = self.shared.ended.lock() {
            *ended = true;
        }
        self.shared.wake.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn show(&self, total: usize) {
        let mut wait = PATIENCE;
        while !self.ended_within(wait) {
            self.shown.store(true, Ordering::Relaxed);
            let _ = write!(io::stderr().lock(), "\r{} of {total} files", self.done.load(Ordering::Relaxed));
            wait = BEAT;
        }
        if self.shown.load(Ordering::Relaxed) {
            let _ = write!(io::stderr().lock(), "\r\u{1b}[K");
        }
    }

    fn ended_within(&self, time: Duration) -> bool {
        let Ok(ended) = self.ended.lock() else { return true };
        self.wake.wait_timeout_while(ended, time, |ended| !*ended).map_or(true, |(ended, _)| *ended)
    }
}
