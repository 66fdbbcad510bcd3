//! The loop: takes messages in, keeps the texts, hands work to threads. It reads no file, judges nothing and waits for
//! nobody but the editor.

mod judge;
mod lifecycle;
mod loader;
mod project;
mod requests;
mod sessions;
mod settings;
mod transport;
mod workspace;

use crate::host::Host;
use crate::ide::Places;
use crossbeam_channel::{Receiver, Sender, select, unbounded};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use policyc_lang::check::Artefact;
use requests::{Desk, Task};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, BufReader};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use transport::{Incoming, Outgoing};
use workspace::Workspace;

/// How the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The editor said `shutdown`, then `exit`.
    Orderly,
    /// The input ended, or the editor said `exit` without `shutdown`.
    Abrupt,
}

/// What threads tell the loop.
pub(crate) enum Event {
    /// A project judges by other rules.
    Rules(u64, Arc<Artefact>),
    /// What was found in a Dockerfile that an editor has open.
    Places(u64, Places),
    /// A request was answered.
    Answered(RequestId),
}

/// Serves an editor over standard input and output until it says `exit`.
///
/// # Errors
///
/// If the standard library cannot be used, or no thread can be started.
pub fn serve(host: Arc<dyn Host>) -> io::Result<Ending> {
    let incoming = transport::reader(BufReader::new(io::stdin()))?;
    let (out, writer) = transport::writer(io::stdout())?;
    let ending = lifecycle::run(host, &incoming, &out);
    let _ = out.send(Outgoing::Last);
    let _ = writer.join();
    ending
}

/// The server between `initialize` and `exit`.
struct Server {
    out: Sender<Outgoing>,
    incoming: Receiver<Incoming>,
    events: Receiver<Event>,
    workspace: Workspace,
    desk: Desk,
    /// Requests that are not answered yet, with the flag that cancels them.
    pending: BTreeMap<RequestId, Arc<AtomicBool>>,
    shut_down: bool,
}

impl Server {
    fn run(&mut self) -> Ending {
        loop {
            let found = self.workspace.found().clone();
            select! {
                recv(self.incoming) -> incoming => match incoming {
                    Ok(Incoming::Message(Message::Notification(sent))) if sent.method == "exit" => {
                        return if self.shut_down { Ending::Orderly } else { Ending::Abrupt };
                    }
                    Ok(incoming) => self.take(incoming),
                    Err(_) => return Ending::Abrupt,
                },
                recv(found) -> found => if let Ok(found) = found {
                    self.workspace.loaded(found);
                },
                recv(self.events) -> event => match event {
                    Ok(Event::Rules(project, rules)) => self.workspace.ruled(project, rules),
                    Ok(Event::Places(project, places)) => self.workspace.judged(project, places),
                    Ok(Event::Answered(id)) => drop(self.pending.remove(&id)),
                    Err(_) => {}
                },
            }
        }
    }

    fn take(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Message(Message::Request(request)) => self.request(request),
            Incoming::Message(Message::Notification(notification)) => self.notification(notification),
            // Answers to what the server asked: registrations, of which nothing depends.
            Incoming::Message(Message::Response(_)) => {}
            Incoming::Garbled => self.log("a message could not be read, and was passed over"),
        }
    }

    fn request(&mut self, request: Request) {
        if self.shut_down {
            let message = "the server was shut down".to_owned();
            return self.send(Response::new_err(request.id, ErrorCode::InvalidRequest as i32, message));
        }
        match request.method.as_str() {
            "shutdown" => {
                self.shut_down = true;
                self.send(Response::new_ok(request.id, Value::Null));
            }
            "initialize" => {
                let message = "the server is initialized already".to_owned();
                self.send(Response::new_err(request.id, ErrorCode::InvalidRequest as i32, message));
            }
            _ => {
                let cancelled = Arc::new(AtomicBool::new(false));
                let view = self.workspace.view(&request.params);
                self.pending.insert(request.id.clone(), Arc::clone(&cancelled));
                self.desk.hand(Task { request, view, cancelled });
            }
        }
    }

    fn notification(&mut self, Notification { method, params }: Notification) {
        let workspace = &mut self.workspace;
        let understood = match method.as_str() {
            "$/cancelRequest" => {
                self.cancel(&params);
                true
            }
            "textDocument/didOpen" => given(params, |params| workspace.open(params)),
            "textDocument/didChange" => given(params, |params| workspace.change(params)),
            "textDocument/didClose" => given(params, |params| workspace.close(&params)),
            "textDocument/didSave" => given(params, |params| workspace.saved(&params)),
            "workspace/didCreateFiles" | "workspace/didRenameFiles" | "workspace/didDeleteFiles" => {
                workspace.moved(&params);
                true
            }
            "workspace/didChangeWatchedFiles" => given(params, |params| workspace.watched(&params)),
            "workspace/didChangeWorkspaceFolders" => given(params, |params| workspace.folders(params)),
            "workspace/didChangeConfiguration" => {
                workspace.configure(&params);
                true
            }
            // `initialized`, `$/setTrace` and whatever the future brings ask for nothing.
            _ => true,
        };
        if !understood {
            self.log(&format!("`{method}` came with parameters that make no sense, and was passed over"));
        }
    }

    fn cancel(&mut self, params: &Value) {
        let id = params.get("id").cloned().and_then(|id| serde_json::from_value::<RequestId>(id).ok());
        if let Some(cancelled) = id.and_then(|id| self.pending.get(&id)) {
            cancelled.store(true, Ordering::Relaxed);
        }
    }

    fn log(&self, message: &str) {
        let params = serde_json::json!({ "type": 2, "message": message });
        self.send(Notification::new("window/logMessage".to_owned(), params));
    }

    fn send(&self, message: impl Into<Outgoing>) {
        let _ = self.out.send(message.into());
    }
}

/// Whether parameters have the form that they must have.
fn given<P: serde::de::DeserializeOwned>(params: Value, work: impl FnOnce(P)) -> bool {
    serde_json::from_value(params).map(work).is_ok()
}

fn channel() -> (Sender<Event>, Receiver<Event>) {
    unbounded()
}
