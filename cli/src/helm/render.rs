//! One rendering: what helm is asked, and how long and how much it may answer.

use policyc_lang::schema::KubernetesVersion;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Limits of a rendering. Large charts take less than a second and a megabyte or two.
const LIMITS: Limits = Limits { time: Duration::from_secs(60), bytes: 64 << 20 };
/// Bytes that are kept of what helm complains of.
const COMPLAINT: usize = 64 << 10;
/// Characters of a complaint that are told.
const TOLD: usize = 600;
/// Time between two looks at a program that has written everything and has not ended.
const BEAT: Duration = Duration::from_millis(5);
/// A proxy that nobody answers at: a schema of values may name others on the network.
const NOWHERE: &str = "http://127.0.0.1:1";

/// What to render.
pub(super) struct Wish<'w> {
    pub(super) chart: &'w Path,
    pub(super) values: Option<&'w Path>,
    pub(super) release: &'w str,
    pub(super) namespace: &'w str,
    pub(super) kubernetes: KubernetesVersion,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    time: Duration,
    bytes: usize,
}

/// Why there is no rendering.
#[derive(Debug)]
pub(super) enum Failure {
    /// Helm refuses, and says why.
    Refused(String),
    /// The chart is one that only others use.
    Library,
    /// Helm could not be started, or not be listened to.
    Broken(io::Error),
    /// It took too long.
    Slow(Duration),
    /// It wrote too much.
    Long(usize),
}

/// Renders a chart. No shell, no network, no plugins, no configuration and no variables of the caller are involved.
pub(super) fn render(helm: &Path, wish: &Wish<'_>) -> Result<Vec<u8>, Failure> {
    let mut command = Command::new(helm);
    command.env_clear();
    for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
        command.env(proxy, NOWHERE);
    }
    let nothing = nowhere();
    for home in ["HOME", "HELM_CONFIG_HOME", "HELM_CACHE_HOME", "HELM_DATA_HOME", "HELM_PLUGINS", "KUBECONFIG"] {
        command.env(home, &nothing);
    }
    for name in ["SystemRoot", "TEMP", "TMP", "TMPDIR"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command.args(["template", wish.release]).arg(wish.chart);
    command.args(["--namespace", wish.namespace, "--include-crds"]);
    command.args(["--kube-version", &wish.kubernetes.to_string()]);
    if let Some(values) = wish.values {
        command.arg("--values").arg(values);
    }
    run(&mut command, LIMITS)
}

/// A folder that is not there and that only an administrator could make, so that nobody else can put plugins into it.
/// Rendering writes nothing to it. Helm takes a missing folder for an empty one, but not a path through a file.
fn nowhere() -> PathBuf {
    let root = std::env::var_os("SystemRoot").filter(|_| cfg!(windows));
    root.map_or_else(|| PathBuf::from("/nonexistent/policyc"), |root| PathBuf::from(root).join("nonexistent-policyc"))
}

/// Standard output of a program that ends well within the limits.
fn run(command: &mut Command, limits: Limits) -> Result<Vec<u8>, Failure> {
    let deadline = Instant::now() + limits.time;
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().map_err(Failure::Broken)?;
    let result = listen(&mut child, limits, deadline);
    if result.is_err() {
        // It may have ended by itself since.
        let _ = child.kill();
        let _ = child.wait();
    }
    result
}

fn listen(child: &mut Child, limits: Limits, deadline: Instant) -> Result<Vec<u8>, Failure> {
    let output = child.stdout.take().map(|pipe| read_to(pipe, limits.bytes, false));
    let complaint = child.stderr.take().map(|pipe| read_to(pipe, COMPLAINT, true));
    let output = received(output, limits, deadline)?;
    if output.len() > limits.bytes {
        return Err(Failure::Long(limits.bytes));
    }
    let complaint = received(complaint, limits, deadline)?;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(Failure::Broken)? {
            break status;
        }
        if Instant::now() >= deadline {
            return Err(Failure::Slow(limits.time));
        }
        std::thread::sleep(BEAT);
    };
    if status.success() {
        return Ok(output);
    }
    let complaint = String::from_utf8_lossy(&complaint).into_owned();
    Err(if complaint.contains("library charts are not installable") {
        Failure::Library
    } else {
        Failure::Refused(complaint)
    })
}

/// Reads a pipe on a thread of its own and gives at most one byte more than `most`. `on`: what comes then is read and
/// dropped, so that the writer can end.
fn read_to(mut pipe: impl Read + Send + 'static, most: usize, on: bool) -> Receiver<io::Result<Vec<u8>>> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let mut result = pipe.by_ref().take(limit).read_to_end(&mut bytes);
        if on && result.is_ok() {
            result = io::copy(&mut pipe, &mut io::sink()).map(|_| 0);
        }
        // Nobody waits any more where the time is over.
        let _ = send.send(result.map(|_| bytes));
    });
    receive
}

fn received(
    pipe: Option<Receiver<io::Result<Vec<u8>>>>,
    limits: Limits,
    deadline: Instant,
) -> Result<Vec<u8>, Failure> {
    let Some(pipe) = pipe else { return Ok(Vec::new()) };
    match pipe.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(bytes) => bytes.map_err(Failure::Broken),
        Err(RecvTimeoutError::Timeout) => Err(Failure::Slow(limits.time)),
        Err(RecvTimeoutError::Disconnected) => Err(Failure::Broken(io::Error::other("its output is gone"))),
    }
}

impl Failure {
    /// A part of a sentence. Helm names the chart's folder as it stands on this disk, which is left out.
    pub(super) fn reason(&self, chart: &Path) -> String {
        match self {
            Self::Refused(complaint) => told(complaint, &chart.display().to_string()),
            Self::Library => "it is a library".to_owned(),
            Self::Broken(error) => format!("helm cannot be run: {error}"),
            Self::Slow(time) => format!("helm takes more than {} seconds", time.as_secs()),
            Self::Long(bytes) => format!("helm writes more than {} MiB", bytes >> 20),
        }
    }
}

/// The last error in what helm wrote, on one line.
fn told(complaint: &str, chart: &str) -> String {
    let from = complaint.rfind("Error: ").map_or(0, |at| at + "Error: ".len());
    let text = complaint[from..].replace(&format!("{chart}{}", std::path::MAIN_SEPARATOR), "").replace(chart, "it");
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches('.');
    match line.char_indices().nth(TOLD) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.is_empty() => "helm says nothing".to_owned(),
        None => line.to_owned(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::{Failure, Limits, run, told};
    use std::process::Command;
    use std::time::{Duration, Instant};

    const SOON: Limits = Limits { time: Duration::from_secs(20), bytes: 1000 };

    fn sh(script: &str, limits: Limits) -> Result<Vec<u8>, Failure> {
        run(Command::new("/bin/sh").args(["-c", script]), limits)
    }

    #[test]
    fn what_ends_well_is_taken_whole() {
        assert_eq!(sh("printf 'a: 1'; echo warning >&2", SOON).unwrap(), b"a: 1");
        // More on standard error than a pipe holds.
        let talk =
            "i=0; while [ $i -lt 3000 ]; do echo 'a long line of complaint, repeated' >&2; i=$((i+1)); done; echo x";
        assert_eq!(sh(talk, SOON).unwrap(), b"x\n");
    }

    #[test]
    fn every_other_end_is_told_apart() {
        assert!(
            matches!(sh("echo 'Error: no' >&2; exit 1", SOON), Err(Failure::Refused(text)) if text == "Error: no\n")
        );
        let library = "echo 'Error: library charts are not installable' >&2; exit 1";
        assert!(matches!(sh(library, SOON), Err(Failure::Library)));
        assert!(matches!(sh("while :; do echo 0123456789; done", SOON), Err(Failure::Long(1000))));
        assert!(matches!(run(&mut Command::new("/nonexistent/helm"), SOON), Err(Failure::Broken(_))));
        let start = Instant::now();
        let hurry = Limits { time: Duration::from_millis(200), ..SOON };
        assert!(matches!(sh("exec sleep 30", hurry), Err(Failure::Slow(_))));
        assert!(matches!(sh("exec >&- 2>&-; exec sleep 30", hurry), Err(Failure::Slow(_))));
        assert!(start.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn complaints_are_one_line_without_the_folder() {
        let text =
            "level=WARN msg=\"odd\"\nError: values don't meet the schema of /tmp/c:\n- /tmp/c/values.yaml is bad.\n";
        assert_eq!(told(text, "/tmp/c"), "values don't meet the schema of it: - values.yaml is bad");
        assert_eq!(told("", "/tmp/c"), "helm says nothing");
        assert_eq!(told(&"é".repeat(700), "/tmp/c").chars().count(), 601);
    }
}
