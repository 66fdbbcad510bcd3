//! Judging the same files again and again while they change: what an editor needs.
//!
//! A session holds the bytes of its files, what was read of them and the verdict on each. An edit costs the edited file
//! alone; rules that look across files are asked for apart, over what was read already. What it says of a file when all is
//! asked for is what [`super::check`] says of the same files.

use super::file::{self, Counts, FileOutcome, ReadFile};
use super::rules::Names;
use super::setup::{Neighbours, Setup};
use super::{Frames, Input, Meaning, Selection, Told, add_definitions, custom, together};
use crate::eval::Judged;
use crate::report::{FileStatus, Finding, NotApplicable, Problem, Report};
use policyc_lang::schema::Types;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Files that are judged before the next look at whether anybody still wants it.
const BATCH: usize = 16;

/// Bytes of a file, or a part of a sentence that says why it has none.
pub type Content = Result<Arc<[u8]>, Arc<str>>;

/// What rules that look at their own document alone say of a file, built-in rules included.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// In the order of the file. A large file has one for each document.
    pub parts: Vec<(u32, Arc<Part>)>,
}

/// What is said of a part of a file. All places of that file are told from where the part begins, the byte offset that
/// stands beside it in [`Verdict::parts`].
#[derive(Clone, Debug)]
pub struct Part {
    /// In the order of reports.
    pub findings: Vec<Finding>,
    /// What could not be read, in the order of reports.
    pub problems: Vec<Problem>,
    /// Whether it would be told the same way if other objects stood around it.
    complete: bool,
}

/// How far a change reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nothing is different.
    None,
    /// The verdict on the file itself, and rules that look across files.
    File,
    /// The verdicts on all files: the file says what others are.
    All,
}

/// Files under one set of rules.
pub struct Session<'p> {
    setup: Setup<'p>,
    neighbours: Neighbours,
    files: BTreeMap<Arc<str>, Held>,
    /// Numbers of files, by which findings name them, are given once.
    next: u32,
    guides: Guides,
}

struct Held {
    number: u32,
    content: Content,
    /// Whether the file says what others are: a kustomization, a chart, definitions of custom resources.
    guides: bool,
    judged: Option<Done>,
    /// Documents of an earlier text with what was said of them, for a large file that was judged document by document.
    known: parts::Known,
}

/// What came of a file.
struct Done {
    verdict: Arc<Verdict>,
    /// The parts' bytes, where the file was judged document by document.
    spans: Vec<Range<usize>>,
    /// What was read, where rules look at it together with others; read when they do where it was read in parts.
    kept: Option<Box<ReadFile>>,
}

impl Done {
    /// The documents with what was said of them.
    fn known(self, content: &Content) -> parts::Known {
        match content {
            Ok(bytes) if !self.spans.is_empty() => parts::Known::new(Arc::clone(bytes), self.spans, &self.verdict),
            _ => parts::Known::default(),
        }
    }
}

/// What definitions among the files say.
struct Guides {
    stale: bool,
    /// The types with those of custom resources, where any are defined.
    custom: Option<Types>,
}

impl<'p> Session<'p> {
    /// A session without files. Findings carry no source lines.
    #[must_use]
    pub fn new(selection: &Selection<'p>, meaning: &Meaning) -> Self {
        // Whatever is asked for, findings carry no source lines.
        let meaning = Meaning { frames: Frames::None, ..meaning.clone() };
        Self {
            setup: Setup::new(Cow::Owned(selection.clone()), &meaning, usize::MAX),
            neighbours: Neighbours::find(&[], &|_| Err(String::new())),
            files: BTreeMap::new(),
            next: 0,
            guides: Guides { stale: true, custom: None },
        }
    }

    /// Takes in a file, or other bytes of a known one.
    pub fn set(&mut self, name: Arc<str>, content: Content) -> Reach {
        let guides = guides(&name, &content);
        match self.files.get_mut(&name) {
            Some(held) if held.content == content => Reach::None,
            Some(held) => {
                let all = guides || held.guides;
                if let Some(done) = held.judged.take() {
                    held.known = done.known(&held.content);
                }
                held.content = content;
                held.guides = guides;
                self.changed(all)
            }
            None => {
                let number = self.next;
                self.next = self.next.saturating_add(1);
                let known = parts::Known::default();
                self.files.insert(name, Held { number, content, guides, judged: None, known });
                self.changed(guides)
            }
        }
    }

    /// Lets go of a file.
    pub fn remove(&mut self, name: &str) -> Reach {
        match self.files.remove(name) {
            None => Reach::None,
            Some(held) => self.changed(held.guides),
        }
    }

    fn changed(&mut self, all: bool) -> Reach {
        if !all {
            return Reach::File;
        }
        self.guides.stale = true;
        for held in self.files.values_mut() {
            held.judged = None;
            held.known = parts::Known::default();
        }
        Reach::All
    }

    /// The names of the files, sorted.
    pub fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.files.keys()
    }

    /// What rules that look at their own document alone say of a file; `None` where there is no such file.
    pub fn verdict(&mut self, name: &str) -> Option<Arc<Verdict>> {
        self.look_at_guides();
        let (name, held) = self.files.get_key_value(name)?;
        if let Some(done) = &held.judged {
            return Some(Arc::clone(&done.verdict));
        }
        let done = self.judge(name, held);
        let verdict = Arc::clone(&done.verdict);
        let name = Arc::clone(name);
        if let Some(held) = self.files.get_mut(&name) {
            held.judged = Some(done);
        }
        Some(verdict)
    }

    /// Judges at most so many of the files that wait for it, on all threads of the pool that this is called in, and gives
    /// their names.
    pub fn catch_up(&mut self, most: usize) -> Vec<Arc<str>> {
        self.look_at_guides();
        let waiting: Vec<(&Arc<str>, &Held)> =
            self.files.iter().filter(|(_, held)| held.judged.is_none()).take(most).collect();
        let this = &*self;
        let done: Vec<(Arc<str>, Done)> =
            waiting.into_par_iter().map(|(name, held)| (Arc::clone(name), this.judge(name, held))).collect();
        let names = done.iter().map(|(name, _)| Arc::clone(name)).collect();
        for (name, done) in done {
            if let Some(held) = self.files.get_mut(&name) {
                held.judged = Some(done);
            }
        }
        names
    }

    /// What rules that look across files say, by the name of the file, in the order of reports. Files that wait for their
    /// verdict are judged first. `None` where `stop`, which is asked again and again, says that nobody wants it any more.
    pub fn across(&mut self, stop: &(dyn Fn() -> bool + Sync)) -> Option<BTreeMap<Arc<str>, Vec<Finding>>> {
        let mut found: BTreeMap<Arc<str>, Vec<Finding>> = BTreeMap::new();
        if !self.setup.rules.need_world() {
            return Some(found);
        }
        while !self.catch_up(BATCH).is_empty() {
            if stop() {
                return None;
            }
        }
        self.read_whole();
        let read = self.files.iter().filter_map(|(name, held)| {
            let kept = held.judged.as_ref()?.kept.as_deref()?;
            Some((name, kept))
        });
        let kept: Vec<(&Arc<str>, &ReadFile)> = read.collect();
        let load = |_| Err(String::new());
        let Told { findings, .. } =
            together(&self.setup.job(&self.neighbours, &load, false), &kept, &mut Judged::default(), stop)?;
        // Rules that run only to be summed up have no findings of their own.
        let own = findings.into_iter().filter(|finding| self.setup.selection.rules.contains(&finding.rule.id));
        let mut report = Report { findings: own.collect(), ..Report::default() };
        report.sort();
        for finding in report.findings {
            found.entry(Arc::clone(&finding.place.file)).or_default().push(finding);
        }
        Some(found)
    }

    /// Reads the files as wholes that were judged in parts.
    fn read_whole(&mut self) {
        let in_parts =
            |held: &Held| held.judged.as_ref().is_some_and(|done| !done.spans.is_empty() && done.kept.is_none());
        let waiting: Vec<(&Arc<str>, &Held)> = self.files.iter().filter(|(_, held)| in_parts(held)).collect();
        let this = &*self;
        let read: Vec<(Arc<str>, Option<Box<ReadFile>>)> =
            waiting.into_par_iter().map(|(name, held)| (Arc::clone(name), this.read(name, held))).collect();
        for (name, kept) in read {
            if let Some(done) = self.files.get_mut(&name).and_then(|held| held.judged.as_mut()) {
                done.kept = kept;
            }
        }
    }

    /// A file by itself: a large one document by document, so that an edit costs the edited document alone.
    fn judge(&self, name: &Arc<str>, held: &Held) -> Done {
        if let Ok(bytes) = &held.content
            && let Some(spans) = parts::split(name, bytes).filter(|_| !held.guides)
        {
            let known = held.known.by_text();
            let judge = |span: &Range<usize>| {
                let text = bytes.get(span.clone()).unwrap_or_default();
                let part = known.get(text).map(|part| Arc::clone(part));
                let part = part.unwrap_or_else(|| Arc::new(self.judge_bytes(name, held.number, text).0));
                (u32::try_from(span.start).unwrap_or(u32::MAX), part)
            };
            let parts: Vec<(u32, Arc<Part>)> = spans.par_iter().map(judge).collect();
            // Of documents that are no objects more is said where others of their file are.
            if parts.iter().all(|(_, part)| part.complete) {
                return Done { verdict: Arc::new(Verdict { parts }), spans, kept: None };
            }
        }
        let bytes = held.content.as_ref().map(|bytes| &**bytes);
        let (part, kept) = match bytes {
            Ok(bytes) => self.judge_bytes(name, held.number, bytes),
            Err(reason) => self.judge_loaded(name, held.number, &|_| Err(reason.to_string())),
        };
        Done { verdict: Arc::new(Verdict { parts: vec![(0, Arc::new(part))] }), spans: Vec::new(), kept }
    }

    fn judge_bytes(&self, name: &Arc<str>, number: u32, bytes: &[u8]) -> (Part, Option<Box<ReadFile>>) {
        self.judge_loaded(name, number, &|_| Ok(bytes.to_vec()))
    }

    fn judge_loaded(&self, name: &Arc<str>, number: u32, load: &super::Load<'_>) -> (Part, Option<Box<ReadFile>>) {
        let job = self.setup.job(&self.neighbours, load, false);
        let (input, place) = (Input { name: Arc::clone(name) }, number as usize);
        let mut outcome = file::judge(&job, place, &input, &mut Counts::default());
        if let Some(types) = &self.guides.custom {
            custom::judge_file(&job, types, place, &input, &mut outcome);
        }
        let FileOutcome { mut findings, diagnostics, names, kept, status, .. } = outcome;
        let complete = !matches!(status, FileStatus::NotApplicable(reason) if reason != NotApplicable::Empty);
        let names: Names =
            names.into_iter().map(|(resource, place)| ((Arc::clone(name), Some(Arc::new(resource))), place)).collect();
        self.setup.rules.sum_up(&mut findings, &self.setup.infos, &names);
        let mut report = Report { findings, diagnostics, ..Report::default() };
        report.sort();
        (Part { findings: report.findings, problems: report.diagnostics, complete }, kept)
    }

    /// A file read as a whole, for rules that look across files.
    fn read(&self, name: &Arc<str>, held: &Held) -> Option<Box<ReadFile>> {
        let load = |_| bytes(&held.content);
        let input = Input { name: Arc::clone(name) };
        match file::open(&self.setup.job(&self.neighbours, &load, false), held.number as usize, &input) {
            file::Opened::Read(file) if !file.objects.is_empty() => Some(file),
            _ => None,
        }
    }

    /// Reads anew what some files say of others, where one of them changed.
    fn look_at_guides(&mut self) {
        if !self.guides.stale {
            return;
        }
        let guiding: Vec<(&Arc<str>, &Held)> = self.files.iter().filter(|(_, held)| held.guides).collect();
        let inputs: Vec<Input> = guiding.iter().map(|(name, _)| Input { name: Arc::clone(name) }).collect();
        let contents: FxHashMap<usize, &Content> =
            guiding.iter().enumerate().map(|(place, (_, held))| (place, &held.content)).collect();
        let load = |place: usize| contents.get(&place).map_or_else(|| Err(String::new()), |content| bytes(content));
        let mut custom = self.setup.types.clone();
        let before = custom.kinds().count();
        add_definitions(&mut custom, &inputs, &load);
        self.neighbours = Neighbours::find(&inputs, &load);
        self.guides = Guides { stale: false, custom: (custom.kinds().count() > before).then_some(custom) };
    }
}

fn bytes(content: &Content) -> Result<Vec<u8>, String> {
    match content {
        Ok(bytes) => Ok(bytes.to_vec()),
        Err(reason) => Err(reason.to_string()),
    }
}

/// Whether a file may say what others are.
fn guides(name: &str, content: &Content) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let named = matches!(file, "kustomization.yaml" | "kustomization.yml" | "Kustomization" | "Chart.yaml");
    let defines = |bytes: &Arc<[u8]>| memchr::memmem::find(bytes, b"CustomResourceDefinition").is_some();
    named || content.as_ref().is_ok_and(defines)
}

mod parts;
#[cfg(test)]
mod tests;
