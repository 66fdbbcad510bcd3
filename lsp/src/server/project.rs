//! A project: the files of a workspace folder, or those that lie in none, and the thread that judges them.

use super::Event;
use super::judge::{Judge, Order};
use super::settings::Settings;
use super::transport::Outgoing;
use crate::host::Host;
use crate::ide::policies::{DEFINITION, Policies, Tables};
use crate::ide::rules::Rules;
use crate::ide::{File, Files, Language, Places, Snapshot};
use crate::lines::Encoding;
use crossbeam_channel::{Sender, unbounded};
use policyc_lang::check::Artefact;
use rayon::ThreadPool;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

/// Stack of a project's thread in bytes: inputs are nested at most as deep as their readers allow.
const STACK: usize = 16 << 20;

/// What every project is made with.
#[derive(Clone)]
pub(crate) struct Common {
    /// Disk and clock.
    pub(crate) host: Arc<dyn Host>,
    /// To the editor.
    pub(crate) out: Sender<Outgoing>,
    /// To the server's loop.
    pub(crate) events: Sender<Event>,
    /// What the editor counts.
    pub(crate) encoding: Encoding,
    /// Threads that evaluate.
    pub(crate) pool: Arc<ThreadPool>,
    /// The standard library.
    pub(crate) base: Arc<Artefact>,
}

/// One project, as the server's loop sees it.
pub(crate) struct Project {
    /// The folder; `None` for files that lie in no folder.
    pub(crate) root: Option<PathBuf>,
    /// Names of files that are on disk.
    pub(crate) on_disk: BTreeSet<Arc<str>>,
    /// Whether the folder was read to its end.
    pub(crate) loaded: bool,
    files: Arc<Files>,
    policies: Arc<Policies>,
    rules: Arc<Rules>,
    places: Arc<BTreeMap<Arc<str>, Places>>,
    tables: Arc<Tables>,
    orders: Sender<Order>,
}

impl Project {
    /// Starts a project.
    ///
    /// # Errors
    ///
    /// If no thread can be started.
    pub(crate) fn start(
        number: u64,
        root: Option<PathBuf>,
        common: &Common,
        settings: Arc<Settings>,
    ) -> io::Result<Self> {
        let (orders, ordered) = unbounded();
        let tables = tables(&common.host, root.clone());
        let files = Arc::new(Files::new());
        let policies = Arc::new(Policies::new(Arc::clone(&common.base), &files, Arc::clone(&tables)));
        let judge = Judge {
            project: number,
            host: Arc::clone(&common.host),
            out: common.out.clone(),
            events: common.events.clone(),
            orders: ordered,
            encoding: common.encoding,
            open: root.is_none(),
            pool: Arc::clone(&common.pool),
            settings,
            policies: Arc::clone(&policies),
        };
        thread::Builder::new().name("judge".to_owned()).stack_size(STACK).spawn(|| judge.run())?;
        let rules = Arc::new(Rules::new(Arc::clone(&common.base)));
        Ok(Self {
            root,
            on_disk: BTreeSet::new(),
            loaded: false,
            files,
            policies,
            rules,
            places: Arc::default(),
            tables,
            orders,
        })
    }

    /// The name of a file of this project; `None` for files of others.
    pub(crate) fn name_of(&self, path: &Path) -> Option<Arc<str>> {
        let Some(root) = &self.root else { return Some(path.to_string_lossy().replace('\\', "/").into()) };
        let parts = path.strip_prefix(root).ok()?.components();
        let parts: Vec<String> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        (!parts.is_empty()).then(|| parts.join("/").into())
    }

    /// Where a file of this project is.
    pub(crate) fn path_of(&self, name: &str) -> PathBuf {
        self.root.as_ref().map_or_else(|| PathBuf::from(name), |root| root.join(name))
    }

    /// A file, as the editor has it, or else the disk.
    pub(crate) fn file(&self, name: &str) -> Option<&Arc<File>> {
        self.files.get(name)
    }

    /// Takes in files; all at once, since policies are compiled together.
    pub(crate) fn set(&mut self, files: impl IntoIterator<Item = File>) {
        let mut policies = false;
        for file in files {
            let file = Arc::new(file);
            let before = Arc::make_mut(&mut self.files).insert(Arc::clone(&file.name), Arc::clone(&file));
            policies |= decides(&file) || before.as_deref().is_some_and(decides);
            self.order(Order::Set(file));
        }
        if policies {
            self.compile();
        }
    }

    /// Lets go of a file.
    pub(crate) fn remove(&mut self, name: &str) {
        if let Some(before) = Arc::make_mut(&mut self.files).remove(name) {
            self.order(Order::Remove(Arc::clone(&before.name)));
            Arc::make_mut(&mut self.places).remove(name);
            if decides(&before) {
                self.compile();
            }
        }
    }

    fn compile(&mut self) {
        let base = Arc::clone(&self.policies.base);
        self.policies = Arc::new(Policies::new(base, &self.files, Arc::clone(&self.tables)));
        self.order(Order::Policies(Arc::clone(&self.policies)));
    }

    /// Other settings hold.
    pub(crate) fn configure(&self, settings: Arc<Settings>) {
        self.order(Order::Settings(settings));
    }

    /// Other rules judge.
    pub(crate) fn ruled(&mut self, rules: Arc<Artefact>) {
        self.rules = Arc::new(Rules::new(rules));
    }

    /// A file was judged.
    pub(crate) fn judged(&mut self, places: Places) {
        if self.files.contains_key(&places.file.name) {
            Arc::make_mut(&mut self.places).insert(Arc::clone(&places.file.name), places);
        }
    }

    /// This moment.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            files: Arc::clone(&self.files),
            policies: Arc::clone(&self.policies),
            rules: Arc::clone(&self.rules),
            places: Arc::clone(&self.places),
        }
    }

    fn order(&self, order: Order) {
        // The thread ends only when it is told to.
        let _ = self.orders.send(order);
    }

    /// Takes away everything that the editor shows of the project; the thread does so as soon as it comes to it.
    pub(crate) fn end(self) {
        self.order(Order::Drop);
    }
}

/// Whether a file decides what policies mean: a policy, or definitions of custom resources.
fn decides(file: &File) -> bool {
    match file.language {
        Language::Policy => true,
        Language::Manifest => file.mentions(DEFINITION),
        Language::Dockerfile | Language::Other => false,
    }
}

/// Reads the tables beside policies.
fn tables(host: &Arc<dyn Host>, root: Option<PathBuf>) -> Arc<Tables> {
    let host = Arc::clone(host);
    Arc::new(move |policy: &str, table: &str| {
        let path = root.as_ref().map_or_else(|| PathBuf::from(policy), |root| root.join(policy));
        String::from_utf8(host.read(&path.with_file_name(table)).ok()?).ok()
    })
}
