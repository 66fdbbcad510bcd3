//! An editor, as far as the server can tell: JSON-RPC over the standard input and output of `policyc lsp`.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long to wait for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A message of the server, and when its last byte came.
type Message = (Instant, Vec<u8>);

/// What the server says is wrong with a document.
pub(super) struct Published {
    /// When it came.
    pub(super) at: Instant,
    /// The codes of all diagnostics.
    pub(super) codes: Vec<String>,
    /// Bytes of the message.
    pub(super) bytes: usize,
}

pub(super) struct Editor {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Message>,
}

impl Editor {
    /// Starts the server on a folder.
    ///
    /// # Errors
    ///
    /// A sentence, where it cannot be started.
    pub(super) fn start(program: &Path, folder: &str) -> Result<Self, String> {
        let mut command = Command::new(program);
        let child = command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the server has no pipes".to_owned());
        };
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::with_capacity(1 << 16, output);
            while let Some(body) = body(&mut output) {
                if sender.send((Instant::now(), body)).is_err() {
                    break;
                }
            }
        });
        let mut editor = Self { child, input, messages };
        let capabilities = json!({"general": {"positionEncodings": ["utf-8", "utf-16"]}});
        let folders = json!([{"uri": folder, "name": "workspace"}]);
        let params =
            json!({"processId": null, "rootUri": null, "capabilities": capabilities, "workspaceFolders": folders});
        editor.send(&json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}))?;
        editor.tell("initialized", json!({}))?;
        Ok(editor)
    }

    fn send(&mut self, message: &Value) -> Result<(), String> {
        let body = message.to_string();
        let sent = write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).and_then(|()| self.input.flush());
        sent.map_err(|error| format!("the server takes nothing: {error}"))
    }

    /// Sends a notification.
    pub(super) fn tell(&mut self, method: &str, params: Value) -> Result<(), String> {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}))
    }

    /// Waits until nothing has come for so long; says when the last message came.
    pub(super) fn settle(&mut self, still: Duration) -> Instant {
        let mut last = Instant::now();
        while let Ok((at, _)) = self.messages.recv_timeout(still) {
            last = at;
        }
        last
    }

    /// The next diagnostics of a version of a document that satisfy a condition.
    ///
    /// # Errors
    ///
    /// A sentence, where none come.
    pub(super) fn published(
        &mut self,
        uri: &str,
        version: i32,
        wanted: impl Fn(&Published) -> bool,
    ) -> Result<Published, String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let (at, body) = match self.messages.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => return Err("no diagnostics came".to_owned()),
                Err(RecvTimeoutError::Disconnected) => return Err("the server ended".to_owned()),
            };
            let message: Value = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
            let params = &message["params"];
            if message["method"] != "textDocument/publishDiagnostics"
                || params["uri"] != uri
                || params["version"] != version
            {
                continue;
            }
            let all = params["diagnostics"].as_array().map(Vec::as_slice).unwrap_or_default();
            let codes = all.iter().filter_map(|one| one["code"].as_str()).map(str::to_owned).collect();
            let published = Published { at, codes, bytes: body.len() };
            if wanted(&published) {
                return Ok(published);
            }
        }
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn body(output: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((_, value)) => length = value.parse().unwrap_or(length),
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.take(u64::try_from(length).ok()?).read_exact(&mut body).ok()?;
    Some(body)
}
