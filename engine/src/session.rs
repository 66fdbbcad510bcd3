//! Judging the same files again and again while they change: what an editor needs.
//!
//! A session holds the bytes of its files and the verdict on each. An edit costs the edited file alone; rules that look
//! across files are asked for apart, since they cost a look at every file. Nothing here reads a disk.

use crate::check::{Input, Meaning, Selection, check};
use crate::report::{FileStatus, Finding, Problem};
use policyc_lang::ir::{Program, Scope};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Bytes of a file, or a part of a sentence that says why it has none.
pub type Content = Result<Arc<[u8]>, Arc<str>>;

/// What rules that look at their own document alone say of a file, built-in rules included.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// How the file ended.
    pub status: FileStatus,
    /// In the order of reports.
    pub findings: Vec<Finding>,
    /// What could not be read, in the order of reports.
    pub problems: Vec<Problem>,
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
    meaning: Meaning,
    /// Rules that look at their own document alone.
    local: Selection<'p>,
    /// Rules that look across files.
    across: Selection<'p>,
    files: BTreeMap<Arc<str>, Held>,
}

struct Held {
    content: Content,
    /// Whether the file says what others are: a kustomization, a chart, definitions of custom resources.
    guides: bool,
    verdict: Option<Arc<Verdict>>,
}

impl<'p> Session<'p> {
    /// A session without files.
    #[must_use]
    pub fn new(selection: &Selection<'p>, meaning: Meaning) -> Self {
        let world = ids_of(selection.program, Scope::World);
        let (across, local): (BTreeSet<String>, BTreeSet<String>) =
            selection.rules.iter().cloned().partition(|id| world.contains(id.as_str()));
        let local = Selection { rules: local, ..selection.clone() };
        let across = Selection { rules: across, builtins: BTreeSet::new(), ..selection.clone() };
        Self { meaning, local, across, files: BTreeMap::new() }
    }

    /// Takes in a file, or other bytes of a known one.
    pub fn set(&mut self, name: Arc<str>, content: Content) -> Reach {
        let guides = guides(&name, &content);
        match self.files.get_mut(&name) {
            Some(held) if held.content == content => Reach::None,
            Some(held) => {
                let all = guides || held.guides;
                *held = Held { content, guides, verdict: None };
                self.changed(all)
            }
            None => {
                self.files.insert(name, Held { content, guides, verdict: None });
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
        self.files.values_mut().for_each(|held| held.verdict = None);
        Reach::All
    }

    /// The names of the files, sorted.
    pub fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.files.keys()
    }

    /// The bytes of a file.
    #[must_use]
    pub fn content(&self, name: &str) -> Option<&Content> {
        self.files.get(name).map(|held| &held.content)
    }

    /// What rules that look at their own document alone say of a file; `None` where there is no such file.
    pub fn verdict(&mut self, name: &str) -> Option<Arc<Verdict>> {
        let (name, held) = self.files.get_key_value(name)?;
        if let Some(known) = &held.verdict {
            return Some(Arc::clone(known));
        }
        let others = self.files.iter().filter(|(other, held)| held.guides && *other != name);
        let files: Vec<(&Arc<str>, &Held)> = std::iter::once((name, held)).chain(others).collect();
        let inputs: Vec<Input> = files.iter().map(|(name, _)| Input { name: Arc::clone(name) }).collect();
        let load = |place: usize| files.get(place).map_or_else(|| Err(String::new()), |(_, held)| bytes(&held.content));
        let report = check(&inputs, &load, &self.meaning, &self.local);
        let status = report.files.iter().find(|file| file.name == *name).map_or(FileStatus::Failed, |file| file.status);
        let own = |place: &crate::report::Place| place.file == *name;
        let verdict = Arc::new(Verdict {
            status,
            findings: report.findings.into_iter().filter(|finding| own(&finding.place)).collect(),
            problems: report.diagnostics.into_iter().filter(|problem| own(&problem.place)).collect(),
        });
        let name = Arc::clone(name);
        if let Some(held) = self.files.get_mut(&name) {
            held.verdict = Some(Arc::clone(&verdict));
        }
        Some(verdict)
    }

    /// What rules that look across files say, by the name of the file, in the order of reports.
    #[must_use]
    pub fn across(&self) -> BTreeMap<Arc<str>, Vec<Finding>> {
        let mut found: BTreeMap<Arc<str>, Vec<Finding>> = BTreeMap::new();
        if self.across.is_empty() {
            return found;
        }
        let files: Vec<(&Arc<str>, &Held)> = self.files.iter().collect();
        let inputs: Vec<Input> = files.iter().map(|(name, _)| Input { name: Arc::clone(name) }).collect();
        let load = |place: usize| files.get(place).map_or_else(|| Err(String::new()), |(_, held)| bytes(&held.content));
        for finding in check(&inputs, &load, &self.meaning, &self.across).findings {
            found.entry(Arc::clone(&finding.place.file)).or_default().push(finding);
        }
        found
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

/// Ids of the instances whose rules read so much.
fn ids_of(program: &Program, scope: Scope) -> BTreeSet<&str> {
    let reads =
        |rule: policyc_lang::ir::RuleId| program.rules.get(rule.index()).is_some_and(|rule| rule.scope == scope);
    let instances = program.instances.iter().filter(|instance| reads(instance.rule));
    instances.map(|instance| instance.id.as_str()).collect()
}
