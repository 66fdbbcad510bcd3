//! From byte offsets to the places of a report, while the texts are in memory.

use crate::finding::{RawFinding, RelatedPlace};
use crate::report::{Finding, Locator, Place, Problem, RuleInfo, Secrets, fingerprint};
use policyc_lang::ir::Module;
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
    /// The texts of policies.
    pub(super) modules: &'t [Module],
    /// Whether places carry their source lines.
    pub(super) frames: bool,
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
}

/// A text with its line table.
struct Opened<'t> {
    locator: Locator<'t>,
    secrets: &'t Secrets,
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

    /// A finding with its places; `None` for rules that were not selected.
    pub(super) fn finding(&self, raw: RawFinding) -> Option<Finding> {
        let rule = Arc::clone(self.telling.infos.get(&*raw.rule)?);
        let place = self.document(raw.primary)?;
        let secret = self.is_secret(raw.primary);
        let blamed = raw.blamed.as_deref().filter(|_| !secret);
        let fingerprint = fingerprint(&raw.rule, raw.resource.as_deref(), &raw.path, blamed);
        let related = raw.related.into_iter().filter_map(|(place, message)| Some((self.related(place)?, message)));
        Some(Finding {
            rule,
            outcome: raw.outcome,
            severity: raw.severity,
            message: raw.message,
            help: raw.help,
            place,
            related: related.collect(),
            resource: raw.resource,
            path: raw.path,
            fingerprint,
        })
    }

    /// A diagnostic with its places. `hidden`: its lines must not be shown, since nobody knows which part is secret.
    pub(super) fn problem(&self, diagnostic: Diagnostic, hidden: bool) -> Option<Problem> {
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

    fn related(&self, place: RelatedPlace) -> Option<Place> {
        match place {
            RelatedPlace::Document(location) => self.document(location),
            RelatedPlace::Policy(module, span) => self.policy(module, span),
        }
    }

    /// A place in an input.
    pub(super) fn document(&self, location: Location) -> Option<Place> {
        let file = self.file(location.file)?;
        Some(match self.telling.frames {
            true => file.locator.framed(location.span, file.secrets),
            false => file.locator.place(location.span),
        })
    }

    fn is_secret(&self, location: Location) -> bool {
        self.file(location.file).is_some_and(|file| file.secrets.touch(location.span))
    }

    fn file(&self, file: FileId) -> Option<Rc<Opened<'t>>> {
        let make = || {
            let Shown { name, text, secrets } = (self.lookup)(file)?;
            Some(Rc::new(Opened { locator: Locator::new(Arc::clone(name), text), secrets }))
        };
        self.files.borrow_mut().entry(file).or_insert_with(make).clone()
    }

    fn policy(&self, module: u32, span: Span) -> Option<Place> {
        let make = || {
            let module = self.telling.modules.get(module as usize)?;
            Some(Rc::new(Locator::new(module.file.as_str().into(), &module.text)))
        };
        let locator = self.modules.borrow_mut().entry(module).or_insert_with(make).clone()?;
        Some(match self.telling.frames {
            true => locator.framed(span, &Secrets::default()),
            false => locator.place(span),
        })
    }
}
