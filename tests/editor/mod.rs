//! An editor as the server sees one: it keeps texts, sends edits, and remembers what it was told.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]
#![allow(dead_code, reason = "each suite is a program of its own and uses a part of this")]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long an answer may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long nothing must come for the server to count as still.
const STILL: Duration = Duration::from_millis(700);

/// What a server said without being asked.
pub(crate) struct Said {
    /// What is wrong with each document, by URI.
    pub(crate) diagnostics: BTreeMap<String, Vec<Value>>,
    /// The version of the text that it is wrong with.
    pub(crate) versions: BTreeMap<String, i64>,
    /// Log messages.
    pub(crate) log: Vec<String>,
}

/// An editor with a server.
pub(crate) struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    incoming: Receiver<Value>,
    next: i64,
    texts: BTreeMap<String, (i64, String)>,
    encoding: String,
    pub(crate) said: Said,
    answers: BTreeMap<i64, Value>,
}

impl Editor {
    /// Starts a server that nobody has greeted yet.
    pub(crate) fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_policyc"))
            .args(["lsp", "--as-of", "2026-11-23"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, incoming) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        let said = Said { diagnostics: BTreeMap::new(), versions: BTreeMap::new(), log: Vec::new() };
        let encoding = "utf-16".to_owned();
        Self { child, input, incoming, next: 0, texts: BTreeMap::new(), encoding, said, answers: BTreeMap::new() }
    }

    /// Opens folders, with capabilities besides those that every editor of these tests has.
    pub(crate) fn open_folders(folders: &[&Path], capabilities: Value, options: Value) -> Self {
        let mut editor = Self::start();
        let folders: Vec<Value> = folders.iter().map(|path| json!({"uri": uri(path), "name": "w"})).collect();
        let mut all = json!({
            "textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": true}},
        });
        if let (Some(all), Some(more)) = (all.as_object_mut(), capabilities.as_object()) {
            all.extend(more.clone());
        }
        let result = editor.ask(
            "initialize",
            json!({
                "processId": null,
                "rootUri": null,
                "capabilities": all,
                "workspaceFolders": folders,
                "initializationOptions": options,
            }),
        );
        editor.encoding = result["capabilities"]["positionEncoding"].as_str().unwrap().to_owned();
        editor.tell("initialized", json!({}));
        editor
    }

    /// Opens one folder.
    pub(crate) fn open_folder(folder: &Path) -> Self {
        Self::open_folders(&[folder], json!({}), json!({}))
    }

    /// Sends bytes as they are.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request without waiting for its answer.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        let id = self.next;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// The answer to a request: its result, or else its error.
    pub(crate) fn answer(&mut self, id: i64) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(mut answer) = self.answers.remove(&id) {
                return if answer.get("error").is_some() { answer["error"].take() } else { answer["result"].take() };
            }
            let left = end.saturating_duration_since(Instant::now());
            let message = self.incoming.recv_timeout(left).expect("the server answers");
            self.take(message);
        }
    }

    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        self.answer(id)
    }

    fn take(&mut self, message: Value) {
        match message["method"].as_str() {
            Some("textDocument/publishDiagnostics") => {
                let params = &message["params"];
                let uri = params["uri"].as_str().unwrap().to_owned();
                if let Some(version) = params["version"].as_i64() {
                    self.said.versions.insert(uri.clone(), version);
                }
                self.said.diagnostics.insert(uri, params["diagnostics"].as_array().unwrap().clone());
            }
            Some("window/logMessage") => {
                self.said.log.push(message["params"]["message"].as_str().unwrap().to_owned());
            }
            Some(_) => {
                if let Some(id) = message.get("id") {
                    self.send(&json!({"jsonrpc": "2.0", "id": id, "result": null}));
                }
            }
            None => {
                self.answers.insert(message["id"].as_i64().unwrap_or(-1), message);
            }
        }
    }

    /// Waits until the server has nothing more to say.
    pub(crate) fn settle(&mut self) {
        while let Ok(message) = self.incoming.recv_timeout(STILL) {
            self.take(message);
        }
    }

    /// Waits until diagnostics for the newest text of a document are there.
    pub(crate) fn wait_for(&mut self, uri: &str) {
        let version = self.texts[uri].0;
        let end = Instant::now() + PATIENCE;
        while self.said.versions.get(uri) != Some(&version) {
            let left = end.saturating_duration_since(Instant::now());
            let message = self.incoming.recv_timeout(left).expect("diagnostics come");
            self.take(message);
        }
    }

    /// Waits until something holds of what the server said.
    pub(crate) fn wait_until(&mut self, what: &str, holds: impl Fn(&Said) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(&self.said) {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(message) = self.incoming.recv_timeout(left) else {
                panic!("waiting until {what}; so far: {:?} {:?}", self.said.diagnostics, self.said.log);
            };
            self.take(message);
        }
    }

    /// Opens a document with a text.
    pub(crate) fn open(&mut self, uri: &str, language: &str, text: &str) {
        self.texts.insert(uri.to_owned(), (1, text.to_owned()));
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Opens a file as it is on disk.
    pub(crate) fn open_file(&mut self, path: &Path) -> String {
        let (uri, text) = (uri(path), std::fs::read_to_string(path).unwrap());
        let language = if path.extension().is_some_and(|known| known == "policy") { "policyc" } else { "yaml" };
        self.open(&uri, language, &text);
        uri
    }

    /// Replaces a range of bytes, as an edit.
    pub(crate) fn edit(&mut self, uri: &str, start: usize, end: usize, text: &str) {
        let (_, before) = &self.texts[uri];
        let range = json!({"start": self.position(before, start), "end": self.position(before, end)});
        let (version, now) = self.texts.get_mut(uri).unwrap();
        *version += 1;
        now.replace_range(start..end, text);
        let document = json!({"uri": uri, "version": *version});
        let changes = json!([{"range": range, "text": text}]);
        self.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// Replaces the first occurrence of a text.
    pub(crate) fn replace(&mut self, uri: &str, old: &str, new: &str) {
        let start = self.texts[uri].1.find(old).unwrap();
        self.edit(uri, start, start + old.len(), new);
    }

    /// Replaces the whole text.
    pub(crate) fn rewrite(&mut self, uri: &str, text: &str) {
        let (version, now) = self.texts.get_mut(uri).unwrap();
        *version += 1;
        text.clone_into(now);
        let document = json!({"uri": uri, "version": *version});
        self.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": [{"text": text}]}));
    }

    /// The text of an open document.
    pub(crate) fn text(&self, uri: &str) -> &str {
        &self.texts[uri].1
    }

    pub(crate) fn close(&mut self, uri: &str) {
        self.texts.remove(uri);
        self.tell("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    }

    /// Asks about a place of a document: `offset` in bytes.
    pub(crate) fn ask_at(&mut self, method: &str, uri: &str, offset: usize) -> Value {
        let position = self.position(&self.texts[uri].1, offset);
        let mut params = json!({"textDocument": {"uri": uri}, "position": position});
        if method.ends_with("references") {
            params["context"] = json!({"includeDeclaration": true});
        }
        self.ask(method, params)
    }

    pub(crate) fn ask_about(&mut self, method: &str, uri: &str) -> Value {
        self.ask(method, json!({"textDocument": {"uri": uri}}))
    }

    fn position(&self, text: &str, offset: usize) -> Value {
        let line = text[..offset].matches('\n').count();
        let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let before = &text[start..offset];
        let character = match self.encoding.as_str() {
            "utf-8" => before.len(),
            "utf-32" => before.chars().count(),
            _ => before.encode_utf16().count(),
        };
        json!({"line": line, "character": character})
    }

    /// Byte offset of a position in a text.
    fn offset(&self, text: &str, position: &Value) -> usize {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let wanted = usize::try_from(position["character"].as_u64().unwrap()).unwrap();
        let start = text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
        let content = text[start..].lines().next().unwrap_or_default();
        let mut units = 0;
        for (at, character) in content.char_indices() {
            if units >= wanted {
                return start + at;
            }
            units += match self.encoding.as_str() {
                "utf-8" => character.len_utf8(),
                "utf-32" => 1,
                _ => character.len_utf16(),
            };
        }
        assert!(units >= wanted, "character {wanted} is past the end of line {line}: {content:?}");
        start + content.len()
    }

    /// The text under a range.
    pub(crate) fn under(&self, text: &str, range: &Value) -> String {
        text[self.offset(text, &range["start"])..self.offset(text, &range["end"])].to_owned()
    }

    /// A document's lines with carets below what is wrong.
    pub(crate) fn picture(&self, uri: &str) -> String {
        let (_, text) = &self.texts[uri];
        let mut found: Vec<(usize, String)> = Vec::new();
        for diagnostic in self.said.diagnostics.get(uri).into_iter().flatten() {
            let range = &diagnostic["range"];
            let (start, end) = (self.offset(text, &range["start"]), self.offset(text, &range["end"]));
            let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
            let line = text[..start].matches('\n').count();
            let first = text[start..end.max(start)].lines().next().unwrap_or_default();
            let severity = ["", "error", "warning", "information", "hint"]
                [usize::try_from(diagnostic["severity"].as_u64().unwrap()).unwrap()];
            let mut note = format!(
                "     | {}{} {severity} {}: {}\n",
                " ".repeat(text[line_start..start].chars().count()),
                "^".repeat(first.chars().count().max(1)),
                diagnostic["code"].as_str().unwrap(),
                diagnostic["message"].as_str().unwrap().replace('\n', "\n     |   "),
            );
            for related in diagnostic["relatedInformation"].as_array().into_iter().flatten() {
                let place = &related["location"];
                let name = place["uri"].as_str().unwrap().rsplit('/').next().unwrap();
                let line = place["range"]["start"]["line"].as_u64().unwrap() + 1;
                let _ = writeln!(note, "     |   {name}:{line} {}", related["message"].as_str().unwrap());
            }
            found.push((line, note));
        }
        let mut out = String::new();
        for (number, line) in text.lines().enumerate() {
            let notes: Vec<&String> = found.iter().filter(|(at, _)| *at == number).map(|(_, note)| note).collect();
            if notes.is_empty() {
                continue;
            }
            let _ = writeln!(out, "{:4} | {line}", number + 1);
            notes.into_iter().for_each(|note| out.push_str(note));
        }
        if out.is_empty() { "nothing is wrong\n".to_owned() } else { out }
    }

    /// Says good-bye, and gives the exit code.
    pub(crate) fn leave(mut self) -> i32 {
        let answer = self.ask("shutdown", Value::Null);
        assert_eq!(answer, Value::Null);
        self.tell("exit", Value::Null);
        self.code()
    }

    /// Hangs up, and gives the exit code.
    pub(crate) fn hang_up(mut self) -> i32 {
        drop(self.input.take());
        self.code()
    }

    /// Waits for the server to end.
    pub(crate) fn code(&mut self) -> i32 {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap();
            }
            assert!(Instant::now() < end, "the server does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The URI of a path without odd characters.
pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

fn read(output: &mut impl BufRead) -> Option<Value> {
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
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
