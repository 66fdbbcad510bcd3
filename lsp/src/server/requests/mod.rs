//! Requests: each is answered by one function of its own, on a thread that sees one moment of the texts.

mod code_action;
mod completion;
mod content;
mod definition;
mod document_highlight;
mod document_symbol;
mod folding;
mod formatting;
mod hover;
mod references;
mod rename;
mod semantic_tokens;
mod workspace_symbol;

use super::Event;
use super::settings::Settings;
use super::transport::Outgoing;
use crate::ide::{File, Snapshot};
use crate::lines::Encoding;
use crate::proto::position::to_point;
use crossbeam_channel::{Sender, unbounded};
use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Request, Response, ResponseError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Threads that answer.
const THREADS: usize = 2;
/// Stack of such a thread, in bytes.
const STACK: usize = 16 << 20;

/// What a request sees.
pub(crate) struct View {
    /// The document that it is about, if that is open.
    pub(crate) file: Option<Arc<File>>,
    /// The document's project, or else all.
    pub(crate) projects: Vec<Snapshot>,
    /// The editor's settings.
    pub(crate) settings: Arc<Settings>,
}

/// A request to answer.
pub(crate) struct Task {
    /// The request.
    pub(crate) request: Request,
    /// What it sees.
    pub(crate) view: View,
    /// Set when nobody wants the answer any more.
    pub(crate) cancelled: Arc<AtomicBool>,
}

/// Where requests are handed in.
pub(crate) struct Desk {
    tasks: Sender<Task>,
}

/// What an answer is made with.
pub(crate) struct Context {
    /// What the request sees.
    pub(crate) view: View,
    /// What the editor counts.
    pub(crate) encoding: Encoding,
    /// What the editor understands.
    pub(crate) client: Client,
    cancelled: Arc<AtomicBool>,
}

/// What an editor understands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Client {
    /// Texts with places to fill in.
    pub(crate) snippets: bool,
    /// Symbols within symbols.
    pub(crate) nested_symbols: bool,
}

impl Desk {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// If that cannot be done.
    pub(crate) fn new(
        out: Sender<Outgoing>,
        events: Sender<Event>,
        encoding: Encoding,
        client: Client,
    ) -> io::Result<Self> {
        let (tasks, handed) = unbounded::<Task>();
        for _ in 0..THREADS {
            let (handed, out, events) = (handed.clone(), out.clone(), events.clone());
            thread::Builder::new().name("answers".to_owned()).stack_size(STACK).spawn(move || {
                for task in handed {
                    let id = task.request.id.clone();
                    let _ = out.send(answer(task, encoding, client).into());
                    let _ = events.send(Event::Answered(id));
                }
            })?;
        }
        Ok(Self { tasks })
    }

    /// Hands in a request.
    pub(crate) fn hand(&self, task: Task) {
        // The threads never end before the desk does.
        let _ = self.tasks.send(task);
    }
}

/// Answers, whatever happens: a panic costs this answer and nothing else.
fn answer(Task { request, view, cancelled }: Task, encoding: Encoding, client: Client) -> Response {
    let Request { id, method, params } = request;
    let context = Context { view, encoding, client, cancelled };
    let answered = catch_unwind(AssertUnwindSafe(|| {
        if context.is_cancelled() {
            return Err(error(ErrorCode::RequestCanceled, "the request was cancelled"));
        }
        route(&method, params, &context)
    }));
    let response_result = answered.unwrap_or_else(|_| {
        Err(error(ErrorCode::InternalError, &format!("`{method}` failed because of a fault of policyc")))
    });
    Response { id, response_result }
}

fn route(method: &str, params: Value, context: &Context) -> Result<Value, ResponseError> {
    match method {
        "textDocument/codeAction" => handle(params, context, code_action::answer),
        "textDocument/completion" => handle(params, context, completion::answer),
        "textDocument/hover" => handle(params, context, hover::answer),
        "textDocument/definition" => handle(params, context, definition::answer),
        "textDocument/references" => handle(params, context, references::answer),
        "textDocument/documentHighlight" => handle(params, context, document_highlight::answer),
        "textDocument/prepareRename" => handle(params, context, rename::prepare),
        "textDocument/rename" => attempt(params, context, rename::answer),
        "textDocument/documentSymbol" => handle(params, context, document_symbol::answer),
        "textDocument/foldingRange" => handle(params, context, folding::answer),
        "textDocument/formatting" => handle(params, context, formatting::answer),
        "textDocument/semanticTokens/full" => handle(params, context, semantic_tokens::full),
        "textDocument/semanticTokens/range" => handle(params, context, semantic_tokens::range),
        "workspace/symbol" => handle(params, context, workspace_symbol::answer),
        "workspace/textDocumentContent" => handle(params, context, content::answer),
        _ => Err(error(ErrorCode::MethodNotFound, &format!("there is no method `{method}` here"))),
    }
}

impl Context {
    /// The document that is asked about, with its project.
    pub(crate) fn document(&self) -> Option<(&Arc<File>, &Snapshot)> {
        Some((self.view.file.as_ref()?, self.view.projects.first()?))
    }

    /// The byte offset of a position in a document.
    pub(crate) fn offset(&self, file: &File, position: lsp::Position) -> u32 {
        file.lines().offset(file.text(), to_point(position), self.encoding)
    }

    /// Whether nobody wants the answer any more.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Runs a handler on parameters of its form.
fn handle<P: DeserializeOwned, R: Serialize>(
    params: Value,
    context: &Context,
    handler: impl FnOnce(&Context, P) -> R,
) -> Result<Value, ResponseError> {
    attempt(params, context, |context, params| Ok(handler(context, params)))
}

/// As [`handle`], for a handler that may turn a request down with a sentence.
fn attempt<P: DeserializeOwned, R: Serialize>(
    params: Value,
    context: &Context,
    handler: impl FnOnce(&Context, P) -> Result<R, String>,
) -> Result<Value, ResponseError> {
    let params = serde_json::from_value(params)
        .map_err(|fault| error(ErrorCode::InvalidParams, &format!("the parameters make no sense: {fault}")))?;
    let answer = handler(context, params).map_err(|reason| error(ErrorCode::RequestFailed, &reason))?;
    if context.is_cancelled() {
        return Err(error(ErrorCode::RequestCanceled, "the request was cancelled"));
    }
    serde_json::to_value(answer).map_err(|fault| error(ErrorCode::InternalError, &fault.to_string()))
}

fn error(code: ErrorCode, message: &str) -> ResponseError {
    ResponseError { code: code as i32, message: message.to_owned(), data: None }
}
