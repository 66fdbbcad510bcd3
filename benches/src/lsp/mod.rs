//! How long an editor waits after a keystroke until it shows what is wrong, in a workspace of a thousand manifests.

mod editor;
mod workspace;

use crate::args::Args;
use crate::processes::program;
use crate::random::Random;
use editor::Editor;
use serde_json::json;
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use workspace::{Workspace, documents, uri};

/// Manifests of the workspace.
const FILES: usize = 1000;
/// Bytes of the edited file, and the milliseconds that 95 of 100 keystrokes may take.
const SIZES: [(usize, f64); 3] = [(5_000, 10.0), (50_000, 10.0), (1_000_000, 50.0)];
/// Keystrokes into each file.
const STROKES: usize = 200;
/// Changes that rules across files must see, in each file.
const CHANGES: usize = 20;
/// After so long without a message the server is at rest.
const STILL: Duration = Duration::from_millis(1500);
/// What a Service without pods is called by.
const LONELY: &str = "service-has-backend";

/// Times in milliseconds, sorted.
struct Times(Vec<f64>);

impl Times {
    fn of(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        Self(times)
    }

    /// The least that so many of a hundred do not exceed.
    fn percentile(&self, of_hundred: usize) -> f64 {
        let place = (self.0.len() * of_hundred).div_ceil(100).max(1) - 1;
        self.0.get(place).copied().unwrap_or_default()
    }
}

/// The table of latencies.
///
/// # Errors
///
/// A sentence, where the server cannot be driven.
pub(crate) fn table(args: &Args) -> Result<String, String> {
    let workspace = Workspace::new(FILES).map_err(|error| format!("cannot make the workspace: {error}"))?;
    let start = Instant::now();
    let mut editor = Editor::start(&program(args)?, &uri(&workspace.folder))?;
    let ready = editor.settle(STILL).saturating_duration_since(start);
    let mut out = format!("{FILES} files: all judged after {:.2} s\n\n", ready.as_secs_f64());
    out.push_str(
        "| edited file | diagnostics | keystroke to its diagnostics, median ms | p95 | goal | most | \
         change to what rules across files say, median ms | most |\n|---|---|---|---|---|---|---|---|\n",
    );
    for (bytes, goal) in SIZES {
        let uri = workspace.uri(&format!("edited-{bytes}.yaml"));
        let mut open = Open::new(&mut editor, uri, documents(bytes))?;
        let strokes = open.type_letters()?;
        let across = open.rename_labels()?;
        let (count, size) = (open.diagnostics, open.bytes);
        open.close()?;
        let _ = writeln!(
            out,
            "| {} kB | {count} in {} kB | {:.1} | {:.1} | {goal:.0} | {:.1} | {:.0} | {:.0} |",
            bytes / 1000,
            size / 1000,
            strokes.percentile(50),
            strokes.percentile(95),
            strokes.percentile(100),
            across.percentile(50),
            across.percentile(100),
        );
    }
    out.push('\n');
    Ok(out)
}

/// A document that is open.
struct Open<'e> {
    editor: &'e mut Editor,
    uri: String,
    lines: Vec<String>,
    version: i32,
    random: Random,
    /// Of the last state.
    diagnostics: usize,
    bytes: usize,
}

impl<'e> Open<'e> {
    fn new(editor: &'e mut Editor, uri: String, text: String) -> Result<Self, String> {
        let lines = text.lines().map(str::to_owned).collect();
        let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
        editor.tell("textDocument/didOpen", json!({ "textDocument": document }))?;
        let first = editor.published(&uri, 1, |_| true)?;
        editor.settle(STILL);
        let random = Random::new(7);
        Ok(Self { editor, uri, lines, version: 1, random, diagnostics: first.codes.len(), bytes: first.bytes })
    }

    /// Writes at the end of a line; gives the moment.
    fn append(&mut self, line: usize, text: &str) -> Result<Instant, String> {
        let Some(written) = self.lines.get_mut(line) else { return Err(format!("there is no line {line}")) };
        let position = json!({"line": line, "character": written.len()});
        written.push_str(text);
        self.change(json!({"range": {"start": position, "end": position}, "text": text}))
    }

    fn change(&mut self, change: serde_json::Value) -> Result<Instant, String> {
        self.version += 1;
        let document = json!({"uri": self.uri, "version": self.version});
        let params = json!({"textDocument": document, "contentChanges": [change]});
        let now = Instant::now();
        self.editor.tell("textDocument/didChange", params)?;
        Ok(now)
    }

    fn lines_with(&self, start: &str) -> Vec<usize> {
        let found = self.lines.iter().enumerate().filter(|(_, line)| line.starts_with(start));
        found.map(|(number, _)| number).collect()
    }

    /// Letters into names of objects here and there, with pauses from 30 to 330 ms: in the longer ones rules look across
    /// files, so that letters also come while they do.
    fn type_letters(&mut self) -> Result<Times, String> {
        let places = self.lines_with("  name: app-");
        let mut times = Vec::new();
        for _ in 0..STROKES {
            let line = places.get(self.random.below(places.len())).copied().unwrap_or_default();
            let sent = self.append(line, "x")?;
            let told = self.editor.published(&self.uri, self.version, |_| true)?;
            times.push(milliseconds(told.at - sent));
            (self.diagnostics, self.bytes) = (told.codes.len(), told.bytes);
            let pause = 30 + self.random.below(300);
            std::thread::sleep(Duration::from_millis(u64::try_from(pause).unwrap_or_default()));
        }
        self.editor.settle(STILL);
        Ok(Times::of(times))
    }

    /// Takes the pods from under Services by changing their labels, until the Service that stands elsewhere in the file
    /// is said to be lonely.
    fn rename_labels(&mut self) -> Result<Times, String> {
        let places: Vec<usize> = self.lines_with("      labels: {app: app-");
        let mut times = Vec::new();
        let mut lonely = 0;
        for line in places.into_iter().take(CHANGES) {
            let Some(written) = self.lines.get_mut(line) else { continue };
            let Some(end) = written.find(',') else { continue };
            written.insert(end, 'y');
            let position = json!({"line": line, "character": end});
            let sent = self.change(json!({"range": {"start": position, "end": position}, "text": "y"}))?;
            let count = |codes: &[String]| codes.iter().filter(|code| *code == LONELY).count();
            let told = self.editor.published(&self.uri, self.version, |told| count(&told.codes) > lonely)?;
            lonely = count(&told.codes);
            times.push(milliseconds(told.at - sent));
        }
        Ok(Times::of(times))
    }

    fn close(self) -> Result<(), String> {
        self.editor.tell("textDocument/didClose", json!({"textDocument": {"uri": self.uri}}))?;
        self.editor.settle(STILL);
        Ok(())
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::Times;

    #[test]
    fn percentiles() {
        let times = Times::of((1..=200).rev().map(f64::from).collect());
        let found = [50, 95, 100].map(|of_hundred| times.percentile(of_hundred));
        assert!(found.iter().zip([100.0, 190.0, 200.0]).all(|(one, other)| (one - other).abs() < 1e-9), "{found:?}");
    }
}
