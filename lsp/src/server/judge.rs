//! The thread of one project: it holds the project's files under its rules, and says what is wrong with them.
//!
//! What the editor shows comes first: an edited file is judged at once by the rules that need nothing but it, and then
//! published. Files that nobody looks at, rules that look across files, and changed rules wait until nothing else is to
//! be done. A panic costs the file that caused it its findings until it changes, and nothing else.

use super::Event;
use super::sessions::Sessions;
use super::settings::Settings;
use super::transport::Outgoing;
use crate::host::Host;
use crate::ide::configuration::{Configuration, is_configuration};
use crate::ide::policies::Policies;
use crate::ide::problems::{self, Problem};
use crate::ide::{File, Files, Language, Places, library, selection};
use crate::lines::Encoding;
use crate::proto::diagnostics::diagnostics;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use policyc_engine::check::session::Reach;
use policyc_engine::check::{Frames, Meaning};
use policyc_lang::check::Artefact;
use policyc_text::Span;
use rayon::ThreadPool;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// How long a project must be still before rules look across its files.
const ACROSS_AFTER: Duration = Duration::from_millis(120);
/// How long to wait after a fault of which nothing is known, lest it come again and again.
const AFTER_FAULT: Duration = Duration::from_secs(1);
/// Files that nobody looks at that are judged before the next look at what came in.
const BATCH: usize = 16;
/// How long policies must be still before everything is judged by them anew.
const RULES_AFTER: Duration = Duration::from_millis(200);

/// What a project's thread is told.
pub(crate) enum Order {
    /// A file is new, or another than before.
    Set(Arc<File>),
    /// A file is gone.
    Remove(Arc<str>),
    /// The policies are others than before.
    Policies(Arc<Policies>),
    /// The settings are others than before.
    Settings(Arc<Settings>),
    /// The project is let go: nothing of it shall be shown any more.
    Drop,
}

/// What a project's thread is made of.
pub(crate) struct Judge {
    /// The project's number.
    pub(crate) project: u64,
    /// The clock.
    pub(crate) host: Arc<dyn Host>,
    /// To the editor.
    pub(crate) out: Sender<Outgoing>,
    /// To the server.
    pub(crate) events: Sender<Event>,
    /// From the server.
    pub(crate) orders: Receiver<Order>,
    /// What the editor counts.
    pub(crate) encoding: Encoding,
    /// Whether objects may exist that no file holds.
    pub(crate) open: bool,
    /// Threads with stacks for the evaluator.
    pub(crate) pool: Arc<ThreadPool>,
    /// What the editor said.
    pub(crate) settings: Arc<Settings>,
    /// The policies.
    pub(crate) policies: Arc<Policies>,
}

/// What the thread knows from one set of rules to the next.
struct State {
    judge: Judge,
    files: Files,
    rules: Arc<Artefact>,
    /// When other policies are to judge; a round that ends for another reason leaves that to the next.
    rules_due: Option<Instant>,
    /// What rules that look across files said last, moved along with edits since.
    across: BTreeMap<Arc<str>, Vec<Problem>>,
    shown: BTreeMap<Arc<str>, Shown>,
    /// Files that the judge broke on, until they change.
    broken: BTreeSet<Arc<str>>,
    /// What is being done, for when that breaks.
    busy: Busy,
    /// Whether rules that look across files broke, until a file changes.
    across_broken: bool,
    /// Whether judging several files at once broke, since the rules changed.
    one_by_one: bool,
    /// Texts of the standard library, made when a finding points there.
    library: RefCell<BTreeMap<String, Option<Arc<File>>>>,
    /// What the project's configuration says.
    configuration: Arc<Configuration>,
}

/// What the editor was told last.
struct Shown {
    uri: Arc<str>,
    version: Option<i32>,
    /// As JSON.
    diagnostics: String,
}

/// What a thread is at.
enum Busy {
    /// Judging a file.
    File(Arc<str>),
    /// Judging several files at once.
    Several,
    /// Judging by rules that look across files.
    Across,
    /// Anything else.
    Elsewhere,
}

/// Why a round under one set of rules ended.
enum Next {
    Again,
    Stop,
}

/// What is still to be done in a round.
struct Work {
    dirty: BTreeSet<Arc<str>>,
    across: Option<Instant>,
    /// Whether the configuration may be another one.
    configured: bool,
}

impl Judge {
    /// Judges until the project is let go.
    pub(crate) fn run(self) {
        let rules = Arc::clone(&self.policies.base);
        let mut state = State {
            judge: self,
            files: Files::new(),
            rules,
            rules_due: None,
            across: BTreeMap::new(),
            shown: BTreeMap::new(),
            broken: BTreeSet::new(),
            busy: Busy::Elsewhere,
            across_broken: false,
            one_by_one: false,
            library: RefCell::default(),
            configuration: Arc::default(),
        };
        loop {
            match catch_unwind(AssertUnwindSafe(|| state.round())) {
                Ok(Next::Again) => {}
                Ok(Next::Stop) => return state.hide_all(),
                Err(_) => state.broke(),
            }
        }
    }
}

impl State {
    /// Leaves out what a panic came from.
    fn broke(&mut self) {
        match std::mem::replace(&mut self.busy, Busy::Elsewhere) {
            Busy::File(name) => {
                self.broken.insert(name);
            }
            Busy::Several => self.one_by_one = true,
            Busy::Across => self.across_broken = true,
            Busy::Elsewhere => thread::sleep(AFTER_FAULT),
        }
    }

    /// Everything under one set of rules.
    fn round(&mut self) -> Next {
        let rules = Arc::clone(&self.rules);
        let settings = Arc::clone(&self.judge.settings);
        let configuration = Arc::new(Configuration::read(&self.files, &rules, settings.profile.as_deref()));
        self.configuration = Arc::clone(&configuration);
        let root = configuration.root();
        let namespace = || root.namespace.as_ref().map(|name| name.value.clone());
        let meaning = Meaning {
            as_of: self.judge.host.today(),
            kubernetes: settings.version().or(root.kubernetes.map(|version| version.value)),
            open: root.open.map_or(self.judge.open, |open| open.value),
            namespace: settings.namespace.clone().or_else(namespace),
            frames: Frames::None,
            external: configuration.external(),
        };
        let selection = configuration.selection(&rules.program);
        let selection = selection.unwrap_or_else(|| selection::select(&rules.program, settings.profile.as_deref()));
        let scopes = configuration.scopes(&rules.program);
        let mut session = Sessions::new(&configuration, &selection, &scopes, &meaning);
        let manifests = self.files.values().filter(|file| file.language.is_judged());
        for file in manifests {
            session.set(&file.name, &file.content);
        }
        let dirty = session.names().cloned().collect();
        let mut work = Work { dirty, across: Some(Instant::now()), configured: false };
        self.library.borrow_mut().clear();
        loop {
            let orders = match self.receive(&work) {
                Ok(orders) => orders,
                Err(next) => return next,
            };
            for order in orders {
                if let Some(next) = self.take(order, &mut session, &mut work) {
                    return next;
                }
            }
            if work.configured {
                return Next::Again;
            }
            if let Some(next) = self.step(&mut session, &mut work) {
                return next;
            }
        }
    }

    /// What was ordered: at once where there is work, else when something comes or falls due.
    fn receive(&self, work: &Work) -> Result<Vec<Order>, Next> {
        let mut orders = Vec::new();
        if work.dirty.is_empty() {
            let due = [work.across.filter(|_| !self.across_broken), self.rules_due].into_iter().flatten().min();
            let first = match due {
                Some(due) => self.judge.orders.recv_deadline(due),
                None => self.judge.orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match first {
                Ok(order) => orders.push(order),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Next::Stop),
            }
        }
        orders.extend(self.judge.orders.try_iter());
        Ok(orders)
    }

    fn take(&mut self, order: Order, session: &mut Sessions<'_>, work: &mut Work) -> Option<Next> {
        match order {
            Order::Set(file) => {
                work.configured |= is_configuration(&file.name);
                self.set(file, session, work);
            }
            Order::Remove(name) => {
                self.files.remove(&name);
                work.configured |= is_configuration(&name);
                self.across.remove(&name);
                self.hide(&name);
                work.dirty.remove(&name);
                let reach = session.remove(&name);
                self.reached(reach, None, session, work);
            }
            Order::Policies(policies) => {
                if catch_unwind(AssertUnwindSafe(|| policies.analysis().complete)).is_ok() {
                    self.judge.policies = policies;
                    self.show_policies();
                    self.rules_due = Some(Instant::now() + RULES_AFTER);
                }
            }
            Order::Settings(settings) => {
                self.judge.settings = settings;
                return Some(Next::Again);
            }
            Order::Drop => return Some(Next::Stop),
        }
        None
    }

    fn set(&mut self, file: Arc<File>, session: &mut Sessions<'_>, work: &mut Work) {
        let name = Arc::clone(&file.name);
        let before = self.files.insert(Arc::clone(&name), Arc::clone(&file));
        if let (Some(before), Some(across)) = (&before, self.across.get_mut(&name)) {
            problems::moved(across, &name, before.text(), file.text());
        }
        self.broken.remove(&name);
        match file.language {
            Language::Manifest | Language::Dockerfile => {
                let reach = session.set(&name, &file.content);
                self.reached(reach, Some(name), session, work);
            }
            // An order with all policies follows.
            Language::Policy | Language::Other => {}
        }
    }

    fn reached(&mut self, reach: Reach, name: Option<Arc<str>>, session: &Sessions<'_>, work: &mut Work) {
        work.dirty.extend(name);
        match reach {
            Reach::None => return,
            Reach::File => {}
            Reach::All => work.dirty.extend(session.names().cloned()),
        }
        self.across_broken = false;
        work.across = Some(Instant::now() + ACROSS_AFTER);
    }

    /// Does the most urgent of what is to be done.
    fn step(&mut self, session: &mut Sessions<'_>, work: &mut Work) -> Option<Next> {
        let now = Instant::now();
        let is_due = |due: Option<Instant>| due.is_some_and(|due| due <= now);
        let open = work.dirty.iter().find(|name| self.files.get(*name).is_some_and(|file| file.is_open()));
        if let Some(name) = open.cloned() {
            work.dirty.remove(&name);
            self.judge_file(&name, session);
        } else if is_due(self.rules_due) {
            let analysis = self.judge.policies.analysis();
            let first = Arc::ptr_eq(&self.rules, &self.judge.policies.base);
            self.rules_due = None;
            // While something is being written, the rules stay those that last made sense.
            if analysis.complete || first {
                self.rules = Arc::clone(&analysis.runnable);
                self.one_by_one = false;
                let _ = self.judge.events.send(Event::Rules(self.judge.project, Arc::clone(&self.rules)));
                return Some(Next::Again);
            }
        } else if is_due(work.across) && !self.across_broken {
            if self.judge_across(session) {
                work.across = None;
            }
        } else if !work.dirty.is_empty() {
            self.catch_up(session, work);
        }
        None
    }

    /// Judges some of the files that nobody looks at.
    fn catch_up(&mut self, session: &mut Sessions<'_>, work: &mut Work) {
        if !self.one_by_one {
            // Where this breaks, nobody knows on which file: the next round goes through them one by one.
            self.busy = Busy::Several;
            let names = self.judge.pool.install(|| session.catch_up(BATCH));
            self.busy = Busy::Elsewhere;
            for name in names {
                work.dirty.remove(&name);
                self.judge_file(&name, session);
            }
        }
        if let Some(name) = work.dirty.pop_first() {
            self.judge_file(&name, session);
        }
    }

    fn judge_file(&mut self, name: &Arc<str>, session: &mut Sessions<'_>) {
        if self.broken.contains(name) {
            return self.show(name, vec![problems::internal()]);
        }
        self.busy = Busy::File(Arc::clone(name));
        let found = self.judge.pool.install(|| session.problems(name));
        self.busy = Busy::Elsewhere;
        if let Some(mut problems) = found {
            problems.extend(self.across.get(name).into_iter().flatten().cloned());
            let mistakes = self.configuration.mistakes.iter().filter(|(file, _)| file == name);
            problems.extend(mistakes.map(|(_, mistake)| problems::of_diagnostic(mistake)));
            self.tell_places(name, &problems);
            self.show(name, problems);
        }
    }

    /// Lets questions about an open Dockerfile know what was found in it.
    fn tell_places(&self, name: &Arc<str>, problems: &[Problem]) {
        let asked = |file: &&Arc<File>| file.language == Language::Dockerfile && file.is_open();
        let Some(file) = self.files.get(name).filter(asked) else { return };
        let places = problems.iter().filter(|problem| problem.is_rule);
        let mut places: Vec<(Span, Arc<str>)> =
            places.map(|problem| (problem.span, Arc::clone(&problem.code))).collect();
        places.sort();
        let places = Places { file: Arc::clone(file), rules: places.into() };
        let _ = self.judge.events.send(Event::Places(self.judge.project, places));
    }

    /// Whether rules that look across files had their say; what comes in meanwhile is more urgent.
    fn judge_across(&mut self, session: &mut Sessions<'_>) -> bool {
        self.busy = Busy::Across;
        let orders = &self.judge.orders;
        let found = self.judge.pool.install(|| session.across(&|| !orders.is_empty()));
        self.busy = Busy::Elsewhere;
        let Some(found) = found else { return false };
        let before = std::mem::replace(&mut self.across, found);
        let names: BTreeSet<Arc<str>> = before.keys().chain(self.across.keys()).cloned().collect();
        let changed = names.into_iter().filter(|name| before.get(name) != self.across.get(name));
        for name in changed.collect::<Vec<_>>() {
            self.judge_file(&name, session);
        }
        true
    }

    fn show_policies(&mut self) {
        let policies = Arc::clone(&self.judge.policies);
        for file in &policies.files {
            self.show(&file.name, problems::of_policy(&policies, &file.name));
        }
    }

    /// Tells the editor what is wrong with a file, unless it knows.
    fn show(&mut self, name: &Arc<str>, mut problems: Vec<Problem>) {
        let Some(file) = self.files.get(name).cloned() else { return };
        let settings = &self.judge.settings;
        let wanted = file.is_open() || settings.workspace_diagnostics;
        let switched_off = match file.language {
            Language::Manifest => !settings.manifests.diagnostics,
            Language::Dockerfile => !settings.dockerfiles.diagnostics,
            Language::Policy | Language::Other => false,
        };
        if !wanted || switched_off {
            problems.clear();
        }
        problems.sort_by_key(|problem| problem.span);
        let lookup = |name: &str| self.files.get(name).cloned().or_else(|| self.library_file(name));
        let told = diagnostics(&file, &problems, &lookup, self.judge.encoding);
        // Numbers, texts and lists of them are always JSON.
        let diagnostics = serde_json::to_string(&told).unwrap_or_else(|_| "[]".to_owned());
        let known = match self.shown.get(name) {
            Some(shown) => shown.diagnostics == diagnostics && shown.version == file.version && shown.uri == file.uri,
            None => told.is_empty() && !file.is_open(),
        };
        if known {
            return;
        }
        if self.shown.get(name).is_some_and(|shown| shown.uri != file.uri) {
            self.hide(name);
        }
        self.publish(&file.uri, file.version, &diagnostics);
        let shown = Shown { uri: Arc::clone(&file.uri), version: file.version, diagnostics };
        self.shown.insert(Arc::clone(name), shown);
    }

    fn hide(&mut self, name: &str) {
        if let Some(shown) = self.shown.remove(name) {
            self.publish(&shown.uri, None, "[]");
        }
    }

    fn hide_all(&mut self) {
        let names: Vec<Arc<str>> = self.shown.keys().cloned().collect();
        names.iter().for_each(|name| self.hide(name));
    }

    fn publish(&self, uri: &str, version: Option<i32>, diagnostics: &str) {
        let uri = serde_json::Value::from(uri);
        let version = version.map(|version| format!("\"version\":{version},")).unwrap_or_default();
        let params = format!("{{\"uri\":{uri},{version}\"diagnostics\":{diagnostics}}}");
        let text =
            format!("{{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/publishDiagnostics\",\"params\":{params}}}");
        // The server is about to end where nobody takes it.
        let _ = self.judge.out.send(Outgoing::Text(text));
    }

    /// A policy of the standard library that is no file of the project.
    fn library_file(&self, name: &str) -> Option<Arc<File>> {
        let make = || {
            let module = self.rules.program.modules.iter().find(|module| module.file == name)?;
            Some(library::file(name, &module.text))
        };
        self.library.borrow_mut().entry(name.to_owned()).or_insert_with(make).clone()
    }
}
