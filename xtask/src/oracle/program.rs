//! The Go program that answers for Kubernetes: building it, and asking it. The protocol is told in
//! `tests/oracles/README.md`.

use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// What became of one document in the hands of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A document, as JSON.
    Accepted(String),
    /// Refused, with the reason; the next outcome is the next document.
    Refused(String),
    /// Refused, with the reason, and where the next document starts is not said.
    Stopped(String),
}

/// The running program. Questions may run ahead of answers.
pub(crate) struct Oracle {
    child: Child,
    questions: Option<Sender<Vec<u8>>>,
    answers: Receiver<std::io::Result<Vec<Outcome>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Oracle {
    /// Builds the program into `folder` and starts it; `None` where Go is not installed.
    ///
    /// # Errors
    ///
    /// A sentence: Go is there, but cannot build the program or start it.
    pub(crate) fn build(sources: &Path, folder: &Path) -> Result<Option<Self>, String> {
        if !Command::new("go")
            .arg("version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|it| it.success())
        {
            return Ok(None);
        }
        std::fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let folder = folder.canonicalize().map_err(|error| error.to_string())?;
        let program = folder.join("yaml-oracle");
        let built = Command::new("go")
            .args(["build", "-buildvcs=false", "-o"])
            .arg(&program)
            .arg(".")
            .current_dir(sources)
            .output()
            .map_err(|error| error.to_string())?;
        if !built.status.success() {
            return Err(format!("go build failed: {}", String::from_utf8_lossy(&built.stderr).trim()));
        }
        Self::start(&program).map(Some)
    }

    fn start(program: &Path) -> Result<Self, String> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(input), Some(output)) = (input, output) else { return Err("the program has no pipes".to_owned()) };
        let (questions, asked) = channel();
        let (answered, answers) = channel();
        let threads = vec![
            std::thread::spawn(move || write_questions(input, &asked)),
            std::thread::spawn(move || read_answers(output, &answered)),
        ];
        Ok(Self { child, questions: Some(questions), answers, threads })
    }

    /// Sends texts without waiting for what becomes of them.
    pub(crate) fn send<'t>(&self, texts: impl IntoIterator<Item = &'t str>) {
        let mut frames = Vec::new();
        for text in texts {
            frames.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
            frames.extend_from_slice(text.as_bytes());
        }
        if let Some(questions) = &self.questions {
            // Where the program is gone, the missing answer says so.
            let _ = questions.send(frames);
        }
    }

    /// The answer to the next text that was sent.
    ///
    /// # Errors
    ///
    /// A sentence, where the program is gone.
    pub(crate) fn receive(&self) -> Result<Vec<Outcome>, String> {
        match self.answers.recv() {
            Ok(Ok(outcomes)) => Ok(outcomes),
            Ok(Err(error)) => Err(format!("the oracle's answer broke off: {error}")),
            Err(_) => Err("the oracle has ended".to_owned()),
        }
    }

    /// What becomes of one text.
    ///
    /// # Errors
    ///
    /// A sentence, where the program is gone.
    pub(crate) fn ask(&self, text: &str) -> Result<Vec<Outcome>, String> {
        self.send([text]);
        self.receive()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        self.questions = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        let _ = self.child.wait();
    }
}

fn write_questions(input: ChildStdin, asked: &Receiver<Vec<u8>>) {
    let mut input = BufWriter::new(input);
    for frames in asked {
        if input.write_all(&frames).and_then(|()| input.flush()).is_err() {
            return;
        }
    }
}

fn read_answers(output: ChildStdout, answered: &Sender<std::io::Result<Vec<Outcome>>>) {
    let mut output = BufReader::with_capacity(1 << 18, output);
    loop {
        let outcomes = answer(&mut output);
        let broken = outcomes.is_err();
        if answered.send(outcomes).is_err() || broken {
            return;
        }
    }
}

fn answer(output: &mut impl Read) -> std::io::Result<Vec<Outcome>> {
    let count = number(output)?;
    let mut outcomes = Vec::new();
    for _ in 0..count {
        let mut tag = [0];
        output.read_exact(&mut tag)?;
        let length = number(output)?;
        let mut text = Vec::new();
        output.take(u64::from(length)).read_to_end(&mut text)?;
        let text = String::from_utf8_lossy(&text).into_owned();
        outcomes.push(match tag[0] {
            b'J' => Outcome::Accepted(text),
            b'E' => Outcome::Refused(text),
            _ => Outcome::Stopped(text),
        });
    }
    Ok(outcomes)
}

fn number(output: &mut impl Read) -> std::io::Result<u32> {
    let mut bytes = [0; 4];
    output.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}
