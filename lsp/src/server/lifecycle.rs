//! From the first message to the last: the handshake, and what the server is made of then.

use super::project::Common;
use super::requests::{Client, Desk};
use super::settings::Settings;
use super::transport::{Incoming, Outgoing};
use super::workspace::Workspace;
use super::{Ending, Server, channel};
use crate::host::Host;
use crate::lines::Encoding;
use crate::proto::capabilities::{WATCHED, capabilities};
use crate::proto::{position, uri};
use crossbeam_channel::{Receiver, Sender};
use lsp_server::{ErrorCode, Message, Request, RequestId, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Stack of a thread that evaluates, in bytes.
const STACK: usize = 16 << 20;

/// Serves until the editor says `exit` or hangs up.
pub(super) fn run(host: Arc<dyn Host>, incoming: &Receiver<Incoming>, out: &Sender<Outgoing>) -> io::Result<Ending> {
    let Some(Request { id, params, .. }) = initialize(incoming, out) else { return Ok(Ending::Abrupt) };
    let text = |path: &str| params.pointer(path);
    let offered = text("/capabilities/general/positionEncodings").and_then(Value::as_array);
    let encoding = position::negotiate(offered.into_iter().flatten().filter_map(Value::as_str));
    let settings = text("/initializationOptions").map_or_else(Settings::default, |sent| Settings::default().read(sent));
    let result = json!({
        "capabilities": capabilities(encoding),
        "serverInfo": { "name": "policyc", "version": env!("CARGO_PKG_VERSION") },
    });
    let _ = out.send(Response::new_ok(id, result).into());
    let supports = |path: &str| text(path).and_then(Value::as_bool) == Some(true);
    let client = Client {
        snippets: supports("/capabilities/textDocument/completion/completionItem/snippetSupport"),
        nested_symbols: supports("/capabilities/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
    };
    let mut server = server(host, incoming, out, (encoding, client), settings)?;
    if supports("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration") {
        let _ = out.send(watch().into());
    }
    for folder in folders(&params) {
        server.workspace.add_folder(folder);
    }
    Ok(server.run())
}

/// Waits for `initialize`, and turns down everything else.
fn initialize(incoming: &Receiver<Incoming>, out: &Sender<Outgoing>) -> Option<Request> {
    for message in incoming {
        match message {
            Incoming::Message(Message::Request(request)) if request.method == "initialize" => return Some(request),
            Incoming::Message(Message::Request(request)) => {
                let message = "the server is not initialized yet".to_owned();
                let code = ErrorCode::ServerNotInitialized as i32;
                let _ = out.send(Response::new_err(request.id, code, message).into());
            }
            Incoming::Message(Message::Notification(sent)) if sent.method == "exit" => return None,
            _ => {}
        }
    }
    None
}

fn server(
    host: Arc<dyn Host>,
    incoming: &Receiver<Incoming>,
    out: &Sender<Outgoing>,
    (encoding, client): (Encoding, Client),
    settings: Settings,
) -> io::Result<Server> {
    let base = Arc::new(host.library().map_err(io::Error::other)?);
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build().map_err(io::Error::other)?;
    let (sender, events) = channel();
    let common = Common { host, out: out.clone(), events: sender.clone(), encoding, pool: Arc::new(pool), base };
    Ok(Server {
        out: out.clone(),
        incoming: incoming.clone(),
        events,
        workspace: Workspace::new(common, settings)?,
        desk: Desk::new(out.clone(), sender, encoding, client)?,
        pending: BTreeMap::new(),
        shut_down: false,
    })
}

/// Asks for word of files that change behind the editor's back.
fn watch() -> Request {
    let watchers: Vec<Value> = WATCHED.iter().map(|glob| json!({ "globPattern": glob })).collect();
    let method = "workspace/didChangeWatchedFiles";
    let registration = json!({ "id": "files", "method": method, "registerOptions": { "watchers": watchers } });
    let params = json!({ "registrations": [registration] });
    Request::new(RequestId::from("watch".to_owned()), "client/registerCapability".to_owned(), params)
}

/// The folders of the workspace; what is no folder on this machine is left out.
fn folders(params: &Value) -> Vec<PathBuf> {
    let listed = params.get("workspaceFolders").and_then(Value::as_array);
    let uris: Vec<&str> = match listed {
        Some(folders) => folders.iter().filter_map(|folder| folder.get("uri")?.as_str()).collect(),
        None => params.get("rootUri").and_then(Value::as_str).into_iter().collect(),
    };
    uris.into_iter().filter_map(uri::to_path).collect()
}
