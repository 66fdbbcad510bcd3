//! From byte offsets to the places of a report, while the texts are in memory.

use super::Frames;
use super::origin::Origins;
use crate::dockerfile::Steps;
use crate::finding::{RawFinding, RelatedPlace};
use crate::fix::Remedy;
use crate::report::limit::{MESSAGE, PATH, cap};
use crate::report::{Finding, Locator, Place, Problem, RuleInfo, Secrets, fingerprint};
use crate::yaml::Tree;
use policyc_lang::ir::Module;
use policyc_lang::values::Severity;
use policyc_text::{Diagnostic, FileId, Location, Span};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// What findings are told with, whichever file they are in.
#[derive(Clone, Copy)]
pub(super) struct Telling<'t> {
    /// What reports repeat about each rule.
    pub(super) infos: &'t BTreeMap<String, Arc<RuleInfo>>,
    /// Severities of built-in rules that are not their own.
    pub(super) severities: &'t BTreeMap<&'static str, Severity>,
    /// The texts of policies.
    pub(super) modules: &'t [Module],
    /// Which places carry their source lines.
    pub(super) frames: Frames,
}

/// A text that findings lie in.
#[derive(Clone, Copy)]
pub(super) struct Shown<'t> {
    /// Name of the file.
    pub(super) name: &'t Arc<str>,
    /// Its text.
    pub(super) text: &'t str,
    /// What of it must not be shown.
    pub(super) secrets: &'t Secrets,
    /// What was read of it; `None` where nothing could be.
    pub(super) tree: Option<&'t Tree>,
}

/// A text with its line table.
struct Opened<'t> {
    locator: Locator<'t>,
    secrets: &'t Secrets,
    origins: Origins,
    /// Of a Dockerfile, its instructions.
    steps: Option<Steps>,
    /// How often a fault was told of such an instruction.
    told: RefCell<FxHashMap<String, usize>>,
}

/// Gives findings their places. Line tables are made for texts that something is found in.
pub(super) struct Places<'t> {
    telling: Telling<'t>,
    lookup: &'t dyn Fn(FileId) -> Option<Shown<'t>>,
    files: RefCell<FxHashMap<FileId, Option<Rc<Opened<'t>>>>>,
    modules: RefCell<FxHashMap<u32, Option<Rc<Locator<'t>>>>>,
}

impl<'t> Places<'t> {
    /// Places in the texts that `lookup` knows.
    pub(super) fn new(telling: Telling<'t>, lookup: &'t dyn Fn(FileId) -> Option<Shown<'t>>) -> Self {
        Self { telling, lookup, files: RefCell::default(), modules: RefCell::default() }
    }

    /// Findings with their places, but for rules that were not selected. Which of a rule come first in the report is
    /// decided by the order within their file, whatever other files hold.
    pub(super) fn findings(&self, mut raw: Vec<RawFinding>) -> Vec<Finding> {
        raw.sort_by(|one, other| {
            let place = |raw: &RawFinding| (raw.primary.file, raw.primary.span.start);
            (&one.rule, place(one), &one.message, one.primary.span.end, &one.path, one.outcome).cmp(&(
                &other.rule,
                place(other),
                &other.message,
                other.primary.span.end,
                &other.path,
                other.outcome,
            ))
        });
        let mut found = Vec::with_capacity(raw.len());
        let mut last: Option<(Arc<str>, FileId)> = None;
        let mut before = 0;
        for raw in raw {
            let same = last.as_ref().is_some_and(|(rule, file)| *rule == raw.rule && *file == raw.primary.file);
            before = if same { before + 1 } else { 0 };
            last = Some((Arc::clone(&raw.rule), raw.primary.file));
            let framed = match self.telling.frames {
                Frames::None => false,
                Frames::First(number) => before < number,
                Frames::All => true,
            };
            found.extend(self.finding(raw, framed));
        }
        found
    }

    fn finding(&self, mut raw: RawFinding, framed: bool) -> Option<Finding> {
        let rule = Arc::clone(self.telling.infos.get(&*raw.rule)?);
        let place = self.shown(raw.primary, framed)?;
        let origin = self.file(raw.primary.file).and_then(|file| file.origins.at(raw.primary.span.start));
        let secret = self.is_secret(raw.primary);
        let structural = self.name_step(&mut raw, place.range.start.line);
        let blamed = raw.blamed.as_deref().filter(|_| !secret);
        let fingerprint =
            fingerprint(&raw.rule, raw.resource.as_deref(), structural.as_ref().unwrap_or(&raw.path), blamed);
        raw.related.iter_mut().for_each(|(_, message)| cap(message, MESSAGE));
        cap(&mut raw.message, MESSAGE);
        cap(&mut raw.path, PATH);
        let related =
            raw.related.into_iter().filter_map(|(place, message)| Some((self.related(place, framed)?, message)));
        Some(Finding {
            rule,
            outcome: raw.outcome,
            severity: self.telling.severities.get(&*raw.rule).copied().unwrap_or(raw.severity),
            message: raw.message,
            help: raw.help,
            place,
            related: related.collect(),
            resource: raw.resource,
            path: raw.path,
            fingerprint,
            origin,
            remedy: Remedy::None,
        })
    }

    /// Says of a place in a Dockerfile which instruction it lies in, and gives what stands for the path where lines must
    /// not count: the instruction, and which of several equal faults in such instructions it is.
    fn name_step(&self, raw: &mut RawFinding, line: u32) -> Option<String> {
        let file = self.file(raw.primary.file)?;
        let step = file.steps.as_ref()?.at(raw.primary.span.start)?;
        raw.path = format!("{step} on line {line}");
        let fault = [&*raw.rule, step, raw.blamed.as_deref().unwrap_or_default()].join("\0");
        let mut told = file.told.borrow_mut();
        let count = told.entry(fault).or_default();
        *count += 1;
        Some(if *count == 1 { step.to_owned() } else { format!("{step} #{count}") })
    }

    /// A diagnostic with its places. `hidden`: its lines must not be shown, since nobody knows which part is secret.
    pub(super) fn problem(&self, mut diagnostic: Diagnostic, hidden: bool) -> Option<Problem> {
        cap(&mut diagnostic.message, MESSAGE);
        diagnostic.hint.iter_mut().for_each(|hint| cap(hint, MESSAGE));
        diagnostic.labels.iter_mut().for_each(|label| cap(&mut label.message, MESSAGE));
        let mut place = self.document(diagnostic.location)?;
        let labels = diagnostic.labels.into_iter();
        let mut related: Vec<(Place, String)> =
            labels.filter_map(|label| Some((self.document(label.location)?, label.message))).collect();
        if hidden {
            place.excerpt = None;
            related.iter_mut().for_each(|(place, _)| place.excerpt = None);
        }
        Some(Problem {
            code: diagnostic.code,
            level: diagnostic.level,
            message: diagnostic.message,
            help: diagnostic.hint,
            place,
            related,
        })
    }

    fn related(&self, place: RelatedPlace, framed: bool) -> Option<Place> {
        match place {
            RelatedPlace::Document(location) => self.shown(location, framed),
            RelatedPlace::Policy(module, span) => self.policy(module, span, framed),
        }
    }

    /// A place in an input.
    pub(super) fn document(&self, location: Location) -> Option<Place> {
        self.shown(location, self.telling.frames != Frames::None)
    }

    fn shown(&self, location: Location, framed: bool) -> Option<Place> {
        let file = self.file(location.file)?;
        Some(match framed {
            true => file.locator.framed(location.span, file.secrets),
            false => file.locator.place(location.span),
        })
    }

    fn is_secret(&self, location: Location) -> bool {
        self.file(location.file).is_some_and(|file| file.secrets.touch(location.span))
    }

    fn file(&self, file: FileId) -> Option<Rc<Opened<'t>>> {
        let make = || {
            let Shown { name, text, secrets, tree } = (self.lookup)(file)?;
            let (locator, origins) = (Locator::new(Arc::clone(name), text), Origins::of(text));
            let steps = tree.and_then(Steps::of);
            Some(Rc::new(Opened { locator, secrets, origins, steps, told: RefCell::default() }))
        };
        self.files.borrow_mut().entry(file).or_insert_with(make).clone()
    }

    fn policy(&self, module: u32, span: Span, framed: bool) -> Option<Place> {
        let make = || {
            let module = self.telling.modules.get(module as usize)?;
            Some(Rc::new(Locator::new(module.file.as_str().into(), &module.text)))
        };
        let locator = self.modules.borrow_mut().entry(module).or_insert_with(make).clone()?;
        Some(match framed {
            true => locator.framed(span, &Secrets::default()),
            false => locator.place(span),
        })
    }
}
