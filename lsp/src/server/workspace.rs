//! The texts: open in the editor, or else on disk, each in the project that it belongs to.

use super::loader::{self, Found, Loaded, Wish};
use super::project::{Common, Project};
use super::requests::View;
use super::settings::Settings;
use crate::ide::{File, Language, Places};
use crate::proto::{edits, uri};
use crossbeam_channel::{Receiver, Sender};
use gen_lsp_types as lsp;
use policyc_lang::check::Artefact;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The project of files that lie in no folder.
const LOOSE: u64 = 0;

/// Everything that has a text.
pub(crate) struct Workspace {
    common: Common,
    settings: Arc<Settings>,
    /// By number.
    projects: BTreeMap<u64, Project>,
    next: u64,
    /// Open documents by URI: their project, and their name in it.
    open: BTreeMap<String, (u64, Arc<str>)>,
    wishes: Sender<Wish>,
    found: Receiver<Found>,
}

impl Workspace {
    /// A workspace without folders.
    ///
    /// # Errors
    ///
    /// If no thread can be started.
    pub(crate) fn new(common: Common, settings: Settings) -> io::Result<Self> {
        let (wishes, found) = loader::start(Arc::clone(&common.host))?;
        let settings = Arc::new(settings);
        let loose = Project::start(LOOSE, None, &common, Arc::clone(&settings))?;
        let projects = BTreeMap::from([(LOOSE, loose)]);
        Ok(Self { common, settings, projects, next: LOOSE + 1, open: BTreeMap::new(), wishes, found })
    }

    /// What the disk gives.
    pub(crate) fn found(&self) -> &Receiver<Found> {
        &self.found
    }

    /// What a request sees. Requests about a document see its project, all others every project.
    pub(crate) fn view(&self, params: &Value) -> View {
        let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
        let own = uri.and_then(|uri| self.open.get(uri));
        let file = own.and_then(|(number, name)| self.projects.get(number)?.file(name)).cloned();
        let number = own.map(|(number, _)| *number);
        let projects = self.projects.iter().filter(|(known, _)| number.is_none_or(|number| number == **known));
        View {
            file,
            projects: projects.map(|(_, project)| project.snapshot()).collect(),
            settings: Arc::clone(&self.settings),
        }
    }

    /// A folder joins the workspace.
    pub(crate) fn add_folder(&mut self, root: PathBuf) {
        if self.projects.values().any(|project| project.root.as_ref() == Some(&root)) {
            return;
        }
        let number = self.next;
        let started = Project::start(number, Some(root.clone()), &self.common, Arc::clone(&self.settings));
        // Without a thread there is no project; its files are then judged like those that lie in none.
        let Ok(project) = started else { return };
        self.next += 1;
        self.projects.insert(number, project);
        self.rehome();
        let _ = self.wishes.send(Wish::Folder(root));
    }

    /// Folders come and go.
    pub(crate) fn folders(&mut self, params: lsp::DidChangeWorkspaceFoldersParams) {
        for folder in params.event.removed {
            let root = uri::to_path(folder.uri.as_ref());
            let number = self.projects.iter().find(|(_, project)| project.root.is_some() && project.root == root);
            if let Some(number) = number.map(|(number, _)| *number) {
                self.drop_project(number);
            }
        }
        for folder in params.event.added {
            if let Some(root) = uri::to_path(folder.uri.as_ref()) {
                self.add_folder(root);
            }
        }
    }

    fn drop_project(&mut self, number: u64) {
        let Some(project) = self.projects.remove(&number) else { return };
        let homeless: Vec<(String, Arc<str>)> = self
            .open
            .iter()
            .filter(|(_, own)| own.0 == number)
            .map(|(uri, own)| (uri.clone(), Arc::clone(&own.1)))
            .collect();
        let files: Vec<(String, Arc<File>)> =
            homeless.into_iter().filter_map(|(uri, name)| Some((uri, Arc::clone(project.file(&name)?)))).collect();
        project.end();
        for (uri, file) in files {
            self.open.remove(&uri);
            self.place(&uri, &file);
        }
    }

    /// Moves open documents to the projects that they belong to now.
    fn rehome(&mut self) {
        let open: Vec<(String, u64, Arc<str>)> =
            self.open.iter().map(|(uri, (number, name))| (uri.clone(), *number, Arc::clone(name))).collect();
        for (uri, number, name) in open {
            if self.home(&uri).0 == number {
                continue;
            }
            let Some(file) = self.projects.get(&number).and_then(|project| project.file(&name)).cloned() else {
                continue;
            };
            self.open.remove(&uri);
            self.leave(number, &name);
            self.place(&uri, &file);
        }
    }

    /// The project of a document and its name there: that of the innermost folder that holds it.
    fn home(&self, uri: &str) -> (u64, Arc<str>) {
        let Some(path) = uri::to_path(uri) else { return (LOOSE, uri.into()) };
        self.home_of_path(&path).unwrap_or_else(|| (LOOSE, path.to_string_lossy().replace('\\', "/").into()))
    }

    fn home_of_path(&self, path: &Path) -> Option<(u64, Arc<str>)> {
        let holds = self.projects.iter().filter(|(_, project)| project.root.is_some());
        let named = holds.filter_map(|(number, project)| Some((*number, project, project.name_of(path)?)));
        let inner = named.max_by_key(|(_, project, _)| project.root.as_ref().map(|root| root.as_os_str().len()))?;
        Some((inner.0, inner.2))
    }

    fn place(&mut self, uri: &str, file: &File) {
        let (number, name) = self.home(uri);
        let moved = File::new(Arc::clone(&name), uri.into(), file.version, file.language, file.content.clone());
        self.open.insert(uri.to_owned(), (number, name));
        if let Some(project) = self.projects.get_mut(&number) {
            project.set([moved]);
        }
    }

    /// A document was opened.
    pub(crate) fn open(&mut self, params: lsp::DidOpenTextDocumentParams) {
        let document = params.text_document;
        let (uri, language): (String, String) = (document.uri.0, document.language_id.into());
        let name = uri::to_path(&uri).map_or_else(|| uri::file_name(&uri), |path| path.to_string_lossy().into_owned());
        let language = Language::of(&name, Some(&language));
        let bytes: Arc<[u8]> = document.text.into_bytes().into();
        let file = File::new(Arc::default(), Arc::default(), Some(document.version), language, Ok(bytes));
        self.place(&uri, &file);
    }

    /// A document was edited.
    pub(crate) fn change(&mut self, params: lsp::DidChangeTextDocumentParams) {
        let uri = params.text_document.text_document_identifier.uri.0;
        let Some((number, name)) = self.open.get(&uri).cloned() else { return };
        let Some(project) = self.projects.get_mut(&number) else { return };
        let Some(file) = project.file(&name).cloned() else { return };
        let text = edits::apply(file.text(), params.content_changes, self.common.encoding);
        let version = Some(params.text_document.version);
        let bytes: Arc<[u8]> = text.into_bytes().into();
        project.set([File::new(name, Arc::clone(&file.uri), version, file.language, Ok(bytes))]);
    }

    /// A document was closed: what is on disk counts again.
    pub(crate) fn close(&mut self, params: &lsp::DidCloseTextDocumentParams) {
        let Some((number, name)) = self.open.remove(params.text_document.uri.as_ref()) else { return };
        self.leave(number, &name);
    }

    fn leave(&mut self, number: u64, name: &Arc<str>) {
        let Some(project) = self.projects.get_mut(&number) else { return };
        if !project.on_disk.contains(name) {
            return project.remove(name);
        }
        // Its last text stays until the disk was read.
        if let Some(file) = project.file(name).cloned() {
            let closed = File::new(Arc::clone(name), Arc::clone(&file.uri), None, file.language, file.content.clone());
            project.set([closed]);
        }
        let path = project.path_of(name);
        let _ = self.wishes.send(Wish::Files(vec![path]));
    }

    /// A document was saved. If it is new, its folder has one file more.
    pub(crate) fn saved(&mut self, params: &lsp::DidSaveTextDocumentParams) {
        let Some((number, name)) = self.open.get(params.text_document.uri.as_ref()) else { return };
        if let Some(project) = self.projects.get(number).filter(|project| !project.on_disk.contains(name)) {
            self.list(project.root.clone());
        }
    }

    fn list(&self, root: Option<PathBuf>) {
        if let Some(root) = root {
            let _ = self.wishes.send(Wish::List(root));
        }
    }

    /// Files changed behind the editor's back.
    pub(crate) fn watched(&mut self, params: &lsp::DidChangeWatchedFilesParams) {
        let mut lists: BTreeSet<PathBuf> = BTreeSet::new();
        let mut read = Vec::new();
        for change in &params.changes {
            let Some(path) = uri::to_path(change.uri.as_ref()) else { continue };
            let Some((number, name)) = self.home_of_path(&path) else { continue };
            let Some(project) = self.projects.get(&number) else { continue };
            let known = project.on_disk.contains(&name);
            match change.kind {
                lsp::FileChangeType::Changed if known => read.push(path),
                // Ignore files decide whether a new file counts, so the folder is listed.
                _ => lists.extend(project.root.clone()),
            }
        }
        if !read.is_empty() {
            let _ = self.wishes.send(Wish::Files(read));
        }
        lists.into_iter().for_each(|root| self.list(Some(root)));
    }

    /// Files were created, renamed or deleted in the editor. Which of them count, a new list of the folder says.
    pub(crate) fn moved(&mut self, params: &Value) {
        let files = params.get("files").and_then(Value::as_array).into_iter().flatten();
        let uris = files.flat_map(|file| ["uri", "oldUri", "newUri"].map(|key| file.get(key).and_then(Value::as_str)));
        let paths = uris.flatten().filter_map(uri::to_path);
        let projects: BTreeSet<u64> =
            paths.filter_map(|path| self.home_of_path(&path)).map(|(number, _)| number).collect();
        for number in projects {
            self.list(self.projects.get(&number).and_then(|project| project.root.clone()));
        }
    }

    /// The editor's settings changed.
    pub(crate) fn configure(&mut self, params: &Value) {
        let sent = params.get("settings").unwrap_or(params);
        let settings = self.settings.read(sent);
        if settings != *self.settings {
            self.settings = Arc::new(settings);
            self.projects.values().for_each(|project| project.configure(Arc::clone(&self.settings)));
        }
    }

    /// A project judges by other rules.
    pub(crate) fn ruled(&mut self, number: u64, rules: Arc<Artefact>) {
        if let Some(project) = self.projects.get_mut(&number) {
            project.ruled(rules);
        }
    }

    /// A project judged a file.
    pub(crate) fn judged(&mut self, number: u64, places: Places) {
        if let Some(project) = self.projects.get_mut(&number) {
            project.judged(places);
        }
    }

    /// The disk was read.
    pub(crate) fn loaded(&mut self, found: Found) {
        match found {
            Found::List(root, paths) => self.listed(&root, paths),
            Found::Files(files) => self.read(files),
            Found::Done(root) => {
                if let Some(project) = self.at(&root) {
                    project.loaded = true;
                }
            }
        }
    }

    fn at(&mut self, root: &Path) -> Option<&mut Project> {
        self.projects.values_mut().find(|project| project.root.as_deref() == Some(root))
    }

    fn listed(&mut self, root: &Path, paths: Vec<PathBuf>) {
        let own: Vec<(PathBuf, Arc<str>)> = paths
            .into_iter()
            .filter_map(|path| {
                let (number, name) = self.home_of_path(&path)?;
                let inner = self.projects.get(&number)?.root.as_deref() == Some(root);
                inner.then_some((path, name))
            })
            .collect();
        let open: BTreeSet<Arc<str>> = self.open.values().map(|(_, name)| Arc::clone(name)).collect();
        let Some(project) = self.at(root) else { return };
        let now: BTreeSet<Arc<str>> = own.iter().map(|(_, name)| Arc::clone(name)).collect();
        let before = std::mem::replace(&mut project.on_disk, now.clone());
        for gone in before.difference(&now).filter(|name| !open.contains(*name)) {
            project.remove(gone);
        }
        // The first list is followed by all its files.
        if project.loaded {
            let new = own.into_iter().filter(|(_, name)| !before.contains(name)).map(|(path, _)| path).collect();
            let _ = self.wishes.send(Wish::Files(new));
        }
    }

    fn read(&mut self, files: Vec<Loaded>) {
        let mut by_project: BTreeMap<u64, Vec<File>> = BTreeMap::new();
        for (path, bytes) in files {
            let Some((number, name)) = self.home_of_path(&path) else { continue };
            let Some(project) = self.projects.get(&number) else { continue };
            let open = project.file(&name).is_some_and(|file| file.is_open());
            if open || !project.on_disk.contains(&name) {
                continue;
            }
            let language = Language::of(&name, None);
            let content = bytes.map(Arc::from).map_err(|reason| reason.as_str().into());
            let uri = uri::of_path(&path).into();
            by_project.entry(number).or_default().push(File::new(name, uri, None, language, content));
        }
        for (number, files) in by_project {
            if let Some(project) = self.projects.get_mut(&number) {
                project.set(files);
            }
        }
    }
}
