//! Offering fixes: each is made in memory first, and what comes out is read and judged again.
//!
//! A fix is offered only if the edited document means what the edits say and nothing else, keeps its comments, no longer
//! has the finding, and has no other that is as bad. Only the documents concerned are read again.

use super::classify::{self, Named};
use super::file::{Job, Opened, ReadFile, all_findings, builtin_findings, describe, open};
use super::rules::Kept;
use super::setup::{Neighbours, Setup};
use super::{Input, Load, Meaning, Selection};
use crate::dockerfile;
use crate::finding::{EditPlace, Outcome, RawEdit, RawFinding, RawFix};
use crate::fix::{
    Changes, Fix, FixEdit, Page, Placement, Remedy, changed_lines, created, docker_edits, edits, expected, title,
};
use crate::report::limit::{MESSAGE, PATH, cap};
use crate::report::{Finding, Locator, Report, Secrets};
use crate::yaml::{Comments, Limits, NodeId, Tree, read};
use policyc_lang::ir::{Applicability, Program, Scope};
use policyc_lang::values::Severity;
use policyc_text::{Edit, FileId, Level, Span, apply_edits};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// Bytes of edited text of one file that are read again: fixes of large documents are many, and each costs a reading.
const TRIED_BYTES: usize = 48 << 20;
/// Fixes of rules that look across files that are tried out in a run: each costs judging the whole project.
const TRIED_ACROSS: usize = 20;
/// Fixes of one file that are tried one after the other where they do not go together at once.
const TRIED_TOGETHER: usize = 200;
/// Lines of a fix that are shown.
const SHOWN_LINES: usize = 8;

/// Adds the fixes of findings, which `wanted` names by their places in the report. Files are loaded and judged again for
/// it, at most `most` fixes being tried out, the first of the report; gives how many were left out.
pub fn offer_fixes(
    inputs: &[Input],
    load: &Load<'_>,
    meaning: &Meaning,
    selection: &Selection<'_>,
    report: &mut Report,
    wanted: &(dyn Fn(usize) -> bool + Sync),
    most: usize,
) -> usize {
    let fixing = fixing(selection.program);
    let candidates = candidates(&fixing, &report.findings, wanted);
    // Planning takes longer than what most small runs do.
    if candidates.is_empty() {
        return 0;
    }
    let setup = Setup::new(Cow::Borrowed(selection), meaning, inputs.len());
    let neighbours = Neighbours::find(inputs, load);
    let job = setup.job(&neighbours, load, false);
    let bench = Bench { job: &job, inputs, fixing };
    let tried = candidates.get(..most).unwrap_or(&candidates);
    for done in bench.work(&report.findings, tried, None) {
        for (place, remedy) in done.remedies {
            if let Some(finding) = report.findings.get_mut(place) {
                finding.remedy = remedy;
            }
        }
    }
    candidates.len() - tried.len()
}

/// What came of the findings of one file.
pub(super) struct Done {
    /// The file's place among the inputs.
    pub(super) input: usize,
    /// By the places of the findings in the report.
    pub(super) remedies: Vec<(usize, Remedy)>,
    /// The text before and after, where fixes were to be made.
    pub(super) mended: Option<(Arc<str>, String)>,
    /// What of the text before must not be shown.
    pub(super) secrets: Secrets,
}

/// The rules and files that fixes are tried out with.
pub(super) struct Bench<'b> {
    job: &'b Job<'b>,
    inputs: &'b [Input],
    fixing: Fixing<'b>,
}

/// Instances of rules that have fixes, and how much of the world they read.
type Fixing<'p> = BTreeMap<&'p str, Scope>;

fn fixing(program: &Program) -> Fixing<'_> {
    let with_fixes: BTreeSet<usize> =
        program.checks.iter().filter(|check| !check.fixes.is_empty()).map(|check| check.rule.index()).collect();
    let fixing = program.instances.iter().filter(|instance| with_fixes.contains(&instance.rule.index()));
    let scope = |place: usize| program.rules.get(place).map_or(Scope::Document, |rule| rule.scope);
    fixing.map(|instance| (instance.id.as_str(), scope(instance.rule.index()))).collect()
}

fn candidates(fixing: &Fixing<'_>, findings: &[Finding], wanted: &(dyn Fn(usize) -> bool + Sync)) -> Vec<usize> {
    let may = |(place, finding): &(usize, &Finding)| {
        finding.outcome == Outcome::Fail && fixing.contains_key(finding.rule.id.as_str()) && wanted(*place)
    };
    findings.iter().enumerate().filter(may).map(|(place, _)| place).collect()
}

impl<'b> Bench<'b> {
    pub(super) fn new(job: &'b Job<'b>, inputs: &'b [Input], program: &'b Program) -> Self {
        Self { job, inputs, fixing: fixing(program) }
    }

    /// Places of the findings whose rules have fixes.
    pub(super) fn candidates(&self, findings: &[Finding], wanted: &(dyn Fn(usize) -> bool + Sync)) -> Vec<usize> {
        candidates(&self.fixing, findings, wanted)
    }

    /// Works out the fixes of findings, by their places; makes those that are at least as sure as `least`.
    pub(super) fn work(&self, findings: &[Finding], places: &[usize], least: Option<Applicability>) -> Vec<Done> {
        let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for place in places {
            if let Some(finding) = findings.get(*place) {
                by_file.entry(&finding.place.file).or_default().push(*place);
            }
        }
        let numbers: FxHashMap<&str, usize> =
            self.inputs.iter().enumerate().map(|(number, input)| (&*input.name, number)).collect();
        let is_across = |place: &usize| {
            findings.get(*place).and_then(|finding| self.fixing.get(finding.rule.id.as_str())) == Some(&Scope::World)
        };
        let mut judged: Vec<usize> = by_file.values().flatten().copied().filter(is_across).collect();
        judged.sort_unstable();
        judged.truncate(TRIED_ACROSS);
        let across = (!judged.is_empty()).then(|| Across::new(self, judged.into_iter().collect()));
        let files: Vec<(usize, Vec<usize>)> =
            by_file.into_iter().filter_map(|(name, places)| Some((*numbers.get(name)?, places))).collect();
        let work = |(number, places): (usize, Vec<usize>)| {
            let desk = Desk::new(self, number, across.as_ref())?;
            Some(desk.work(findings, &places, least))
        };
        files.into_par_iter().filter_map(work).collect()
    }
}

/// All files at once, for rules that look across them.
struct Across {
    files: Vec<(usize, Box<ReadFile>)>,
    by_file: FxHashMap<FileId, Vec<RawFinding>>,
    counted: Tallied,
    /// Places of the findings that are tried out.
    tried: BTreeSet<usize>,
}

impl Across {
    fn new(bench: &Bench<'_>, tried: BTreeSet<usize>) -> Self {
        let opened = |(place, input): (usize, &Input)| match open(bench.job, place, input) {
            Opened::Read(file) if !file.objects.is_empty() => Some((place, file)),
            Opened::Read(_) | Opened::Done(_) => None,
        };
        let mut files: Vec<(usize, Box<ReadFile>)> = bench.inputs.par_iter().enumerate().filter_map(opened).collect();
        files.sort_by_key(|(place, _)| bench.inputs.get(*place).map(|input| Arc::clone(&input.name)));
        let mut this = Self { files, by_file: FxHashMap::default(), counted: Tallied::default(), tried };
        let raw = this.judge(bench, None, true);
        this.counted = Tallied::of(&raw);
        for finding in raw {
            this.by_file.entry(finding.primary.file).or_default().push(finding);
        }
        this
    }

    /// What the rules say, with another text in the place of one file's.
    fn judge(&self, bench: &Bench<'_>, other: Option<&ReadFile>, fixes: bool) -> Vec<RawFinding> {
        let kept = self.files.iter().filter_map(|(place, file)| {
            let file = other.filter(|other| other.tree.file == file.tree.file).unwrap_or(file);
            let name = &bench.inputs.get(*place)?.name;
            Some(Kept { file: file.tree.file, name, tree: Arc::clone(&file.tree), partial: file.partial })
        });
        bench.job.rules.world_findings(kept, fixes)
    }
}

/// How often each finding stands, and how bad it is at worst.
#[derive(Clone, Default)]
struct Tallied(BTreeMap<(Arc<str>, String), (usize, Severity)>);

impl Tallied {
    fn of(raw: &[RawFinding]) -> Self {
        let mut all = Self::default();
        all.add(raw);
        all
    }

    fn add(&mut self, raw: &[RawFinding]) {
        for finding in raw {
            let key = (Arc::clone(&finding.rule), finding.message.clone());
            let (count, severity) = self.0.entry(key).or_insert((0, finding.severity));
            *count += 1;
            *severity = (*severity).max(finding.severity);
        }
    }

    fn count(&self, finding: &RawFinding) -> usize {
        let key = (Arc::clone(&finding.rule), finding.message.clone());
        self.0.get(&key).map_or(0, |(count, _)| *count)
    }

    /// The rule of a finding that is more often there than before, and at least so bad.
    fn worse_than<'s>(&'s self, before: &Self, severity: Severity) -> Option<&'s str> {
        let worse = |(key, (count, bad)): &(&(Arc<str>, String), &(usize, Severity))| {
            *bad >= severity && before.0.get(*key).is_none_or(|(known, _)| count > known)
        };
        self.0.iter().find(worse).map(|((rule, _), _)| &**rule)
    }
}

/// A part of a file that is read again as a whole: a document, or all of it.
struct Part {
    span: Span,
    /// The document; all of them where it is `None`.
    document: Option<usize>,
    comments: Vec<String>,
    errors: usize,
    /// The instructions of a Dockerfile.
    words: Vec<String>,
    found: Tallied,
    /// Whether it means on its own what it means in its file.
    sound: bool,
}

/// One file on the bench.
struct Desk<'d> {
    bench: &'d Bench<'d>,
    number: usize,
    input: &'d Input,
    named: Named,
    file: Box<ReadFile>,
    /// With all comments.
    tree: Arc<Tree>,
    /// What is said of the file without any fix.
    own: OnceCell<Tallied>,
    across: Option<&'d Across>,
    parts: RefCell<BTreeMap<Option<usize>, Rc<Part>>>,
    left: Cell<usize>,
}

/// A fix that was tried out.
struct Works<'f> {
    raw: &'f RawFinding,
    fix: Fix,
    made: Made,
}

/// What a fix comes down to.
enum Made {
    /// Changes of a tree, which can be joined with others.
    Tree(Changes),
    /// Edits of words.
    Words(Vec<Edit>),
}

type Reason = String;

impl<'d> Desk<'d> {
    fn new(bench: &'d Bench<'d>, number: usize, across: Option<&'d Across>) -> Option<Self> {
        let input = bench.inputs.get(number)?;
        let Opened::Read(file) = open(bench.job, number, input) else { return None };
        let named = classify::named(&input.name);
        // The same nodes, and all comments, which are those of a Dockerfile anyway.
        let tree = match named {
            Named::Dockerfile => Arc::clone(&file.tree),
            _ => Arc::new(reread(bench.job, input, named, file.tree.file, file.tree.shared_source())),
        };
        let (own, parts, left) = (OnceCell::new(), RefCell::default(), Cell::new(TRIED_BYTES));
        Some(Self { bench, number, input, named, file, tree, own, across, parts, left })
    }

    fn work(&self, findings: &[Finding], places: &[usize], least: Option<Applicability>) -> Done {
        let page = Page::new(&self.tree);
        let locator = Locator::new(Arc::clone(&self.input.name), self.tree.source());
        let raw = self.raw();
        let mut found: FxHashMap<(&str, Span), Vec<&RawFinding>> = FxHashMap::default();
        for finding in &raw {
            found.entry((&finding.rule, finding.primary.span)).or_default().push(finding);
        }
        let (mut remedies, mut works) = (Vec::new(), Vec::new());
        for place in places {
            let Some(finding) = findings.get(*place) else { continue };
            let same = found.get(&(finding.rule.id.as_str(), finding.place.range.span));
            let Some(raw) = same.into_iter().flatten().find(|raw| self.is_told_as(raw, finding)) else { continue };
            if self.is_left_out(*place, raw) {
                let reason = "too many fixes would have to be tried out on the whole project";
                remedies.push((*place, Remedy::Withheld(reason.into())));
                continue;
            }
            match self.fix(raw, finding.origin.is_some(), &page, &locator) {
                None => {}
                Some(Ok(done)) => {
                    remedies.push((*place, Remedy::Offered(Box::new(done.fix.clone()))));
                    works.push(done);
                }
                Some(Err(reason)) => remedies.push((*place, Remedy::Withheld(reason.into()))),
            }
        }
        let mended = least.and_then(|least| {
            works.retain(|done| done.fix.applicability >= least);
            works.sort_by_key(|done| done.raw.primary.span);
            self.together(&works, &page)
        });
        let mended = mended.map(|text| (self.tree.shared_source(), text));
        Done { input: self.number, remedies, mended, secrets: self.file.secrets.clone() }
    }

    /// Whether a finding of the report is this one. What stands in a Dockerfile is told by its line instead of its path.
    fn is_told_as(&self, raw: &RawFinding, finding: &Finding) -> bool {
        let same = |text: &str, most: usize, told: &str| {
            let mut text = text.to_owned();
            cap(&mut text, most);
            text == told
        };
        raw.outcome == finding.outcome
            && (!self.tree.is_yaml() || same(&raw.path, PATH, &finding.path))
            && same(&raw.message, MESSAGE, &finding.message)
    }

    /// Whether a rule that looks across files would have to be asked once too often.
    fn is_left_out(&self, place: usize, raw: &RawFinding) -> bool {
        let across = self.bench.fixing.get(&*raw.rule) == Some(&Scope::World);
        across && self.across.is_none_or(|across| !across.tried.contains(&place))
    }

    /// The findings of the file with what would mend them.
    fn raw(&self) -> Vec<RawFinding> {
        let mut raw = self.bench.job.rules.document_with_fixes(&self.input.name, &self.file);
        let mut own = Tallied::of(&raw);
        own.add(&builtin_findings(self.bench.job, &self.file));
        // It is asked for once.
        let _ = self.own.set(own);
        let across = self.across.and_then(|across| across.by_file.get(&self.tree.file));
        raw.extend(across.into_iter().flatten().cloned());
        raw
    }

    /// The first fix of a finding that works; `None` where its check has none.
    fn fix<'f>(
        &self,
        raw: &'f RawFinding,
        rendered: bool,
        page: &Page<'_>,
        locator: &Locator<'_>,
    ) -> Option<Result<Works<'f>, Reason>> {
        let allowed = || self.file.suppressions.find(&raw.rule, raw.primary.span.start).is_some();
        if raw.fixes.is_empty() || raw.exempted.is_some() || allowed() {
            return None;
        }
        if self.named == Named::Kustomization {
            return Some(Err("kustomizations are not edited".to_owned()));
        }
        let mut first = None;
        for fix in &raw.fixes {
            match self.try_fix(raw, fix, page) {
                Ok((made, edits, part)) => {
                    let shared =
                        matches!(&made, Made::Tree(changes) if changes.nodes().iter().any(|n| page.is_shared(*n)));
                    // What a chart was rendered to is lost when it is rendered again.
                    let most = if shared || rendered { Applicability::Unsafe } else { Applicability::Safe };
                    let fix = self.told(fix, fix.applicability.min(most), &edits, page, locator, &part);
                    return Some(Ok(Works { raw, fix, made }));
                }
                Err(reason) => first = first.or(Some(reason)),
            }
        }
        first.map(Err)
    }

    fn try_fix(&self, raw: &RawFinding, fix: &RawFix, page: &Page<'_>) -> Result<(Made, Vec<Edit>, Rc<Part>), Reason> {
        if fix.edits.is_empty() {
            return Err("the place or the value of its fix cannot be told".to_owned());
        }
        if fix.edits.iter().filter_map(place_of).any(|place| place.file != self.tree.file) {
            return Err("its fix would change another file".to_owned());
        }
        if !self.tree.is_yaml() {
            let edits = docker_edits(&fix.edits, page)?;
            let part = self.part(None);
            let tried = self.try_edits(&part, &edits, &Changes::default())?;
            self.judge(&[raw], &part, &tried, &edits)?;
            return Ok((Made::Words(edits.clone()), edits, part));
        }
        let changes = Changes::of(&fix.edits, page)?;
        let part = self.part_of(raw.primary.span, &changes);
        let mut first = None;
        for placement in [Placement::Last, Placement::First] {
            let edits = edits(&changes, page, placement)?;
            match self.try_edits(&part, &edits, &changes) {
                Ok(tried) => {
                    self.judge(&[raw], &part, &tried, &edits)?;
                    return Ok((Made::Tree(changes), edits, part));
                }
                Err(reason) => first = first.or(Some(reason)),
            }
        }
        Err(first.unwrap_or_default())
    }

    /// The document of a place, where the changes stay within it and it can be read on its own; else the whole file.
    fn part_of(&self, place: Span, changes: &Changes) -> Rc<Part> {
        let documents = &self.tree.documents;
        let within = |span: Span| {
            let inside = |node: &NodeId| span.contains(self.tree.span(*node));
            changes.created.is_empty() && changes.nodes().iter().all(inside)
        };
        let number = documents.iter().position(|document| document.span.contains(place) && within(document.span));
        match number.filter(|_| documents.len() > 1) {
            Some(number) => {
                let part = self.part(Some(number));
                if part.sound { part } else { self.part(None) }
            }
            None => self.part(None),
        }
    }

    fn part(&self, document: Option<usize>) -> Rc<Part> {
        if let Some(part) = self.parts.borrow().get(&document) {
            return Rc::clone(part);
        }
        let part = Rc::new(self.read_part(document));
        self.parts.borrow_mut().insert(document, Rc::clone(&part));
        part
    }

    fn read_part(&self, document: Option<usize>) -> Part {
        let whole = Span::new(0, self.tree.source().len());
        if let (None, Some(own)) = (document, self.own.get()) {
            let tree = &self.tree;
            let (comments, errors, words) = (comments(tree), errors(tree), words(tree));
            return Part { span: whole, document, comments, errors, words, found: own.clone(), sound: true };
        }
        let span = document.and_then(|number| self.tree.documents.get(number)).map_or(whole, |document| document.span);
        let tried = self.read(span.text(self.tree.source()));
        let sound = self.meant(document, &Changes::default()) == values(&tried.tree);
        let Tried { tree, found } = tried;
        Part { span, document, comments: comments(&tree), errors: errors(&tree), words: words(&tree), found, sound }
    }

    /// The values of a document, or of all, after changes.
    fn meant(&self, document: Option<usize>, changes: &Changes) -> Option<Vec<Json>> {
        if !self.tree.is_yaml() {
            return Some(Vec::new());
        }
        let documents = self.tree.documents.iter().enumerate();
        let roots = documents.filter(|(number, _)| document.is_none_or(|document| document == *number));
        let mut all: Vec<Json> = roots
            .filter_map(|(_, document)| document.root)
            .map(|root| expected(&self.tree, root, changes))
            .collect::<Option<_>>()?;
        all.extend(created(changes)?);
        Some(all)
    }

    /// Reads a text in the place of the file and judges it.
    fn read(&self, text: &str) -> Tried {
        let job = self.bench.job;
        let tree = reread(job, self.input, self.named, self.tree.file, text.into());
        let file = describe(job, self.input, self.named, tree);
        let found = Tallied::of(&all_findings(job, self.input, &file));
        Tried { tree: file.tree, found }
    }

    /// Makes edits in memory and reads what comes out, which must mean what the changes say.
    fn try_edits(&self, part: &Part, edits: &[Edit], changes: &Changes) -> Result<Tried, Reason> {
        let old = part.span.text(self.tree.source());
        let cost = old.len() + 1;
        let left = self.left.get().checked_sub(cost).ok_or("the file is too large to try out every fix")?;
        self.left.set(left);
        if edits.iter().any(|edit| !part.span.contains(edit.span)) {
            return Err("its fix would change more than one document".to_owned());
        }
        let new = apply_edits(old, &moved(edits, part.span.start)).map_err(|_| "its edits overlap")?;
        let tried = self.read(&new);
        if errors(&tried.tree) > part.errors {
            return Err("the file could not be read with its fix".to_owned());
        }
        if self.tree.is_yaml() {
            let want = self.meant(part.document, changes);
            if want.is_none() || want != values(&tried.tree) {
                return Err("its fix would change more than it says".to_owned());
            }
        } else if !words_agree(&part.words, &words(&tried.tree), edits.len()) {
            return Err("its fix would change more than one instruction".to_owned());
        }
        if comments(&tried.tree) != part.comments {
            return Err("its fix would change comments".to_owned());
        }
        Ok(tried)
    }

    /// Whether the findings are gone and no other came that is as bad.
    fn judge(&self, raw: &[&RawFinding], part: &Part, tried: &Tried, edits: &[Edit]) -> Result<(), Reason> {
        let severity = raw.iter().map(|raw| raw.severity).min().unwrap_or(Severity::Critical);
        let scope = |raw: &RawFinding| self.bench.fixing.get(&*raw.rule).copied();
        let (across, own): (Vec<&RawFinding>, Vec<&RawFinding>) =
            raw.iter().partition(|raw| scope(raw) == Some(Scope::World));
        if own.iter().any(|raw| tried.found.count(raw) >= part.found.count(raw)) {
            return Err("the finding would stay".to_owned());
        }
        if let Some(rule) = tried.found.worse_than(&part.found, severity) {
            return Err(format!("`{rule}` would find something instead"));
        }
        let Some((world, _)) = self.across.zip(across.first()) else { return Ok(()) };
        let new = apply_edits(self.tree.source(), edits).map_err(|_| "its edits overlap")?;
        let tree = reread(self.bench.job, self.input, self.named, self.tree.file, new.into());
        let other = describe(self.bench.job, self.input, self.named, tree);
        let found = Tallied::of(&world.judge(self.bench, Some(&other), false));
        if across.iter().any(|raw| found.count(raw) >= world.counted.count(raw)) {
            return Err("the finding would stay".to_owned());
        }
        match found.worse_than(&world.counted, severity) {
            Some(rule) => Err(format!("`{rule}` would find something instead")),
            None => Ok(()),
        }
    }

    /// A fix as reports tell it.
    fn told(
        &self,
        raw: &RawFix,
        applicability: Applicability,
        edits: &[Edit],
        page: &Page<'_>,
        locator: &Locator<'_>,
        part: &Part,
    ) -> Fix {
        let secret = edits.iter().any(|edit| self.touches_secret(edit.span));
        let (old, start) = (part.span.text(self.tree.source()), part.span.start);
        let before = locator.range(Span { start, end: start }).start.line as usize - 1;
        let preview = match apply_edits(old, &moved(edits, start)) {
            Ok(new) if !secret => changed_lines(old, &new, SHOWN_LINES).unwrap_or_default(),
            _ => Vec::new(),
        };
        let preview = preview.into_iter().map(|line| crate::fix::Line { number: line.number + before, ..line });
        let title = if secret { "change a Secret".to_owned() } else { title(raw, page) };
        let told = |edit: &Edit| FixEdit { range: locator.range(edit.span), text: edit.text.as_str().into() };
        Fix { applicability, title, edits: edits.iter().map(told).collect(), preview: preview.collect() }
    }

    /// Whether lines with secrets would be shown.
    fn touches_secret(&self, span: Span) -> bool {
        let secrets = &self.file.secrets;
        let text = self.tree.source();
        let start = text.get(..span.start as usize).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
        let end = text.get(span.end as usize..).and_then(|text| text.find('\n'));
        let end = end.map_or(text.len(), |at| at + span.end as usize);
        secrets.touch(Span::new(start, end))
    }

    /// The text with as many of these fixes as agree; `None` where none can be made.
    fn together(&self, works: &[Works<'_>], page: &Page<'_>) -> Option<String> {
        let part = self.part(None);
        let mut all: Vec<&Works<'_>> = Vec::new();
        let mut kept = self.joined(works.iter(), page, &mut all);
        let mut edits = kept.as_ref().and_then(|joined| self.sound(joined, &all, &part, page));
        if edits.is_none() {
            // Something of it does not go together: one after the other then, as long as it takes.
            all.clear();
            for work in works.iter().take(TRIED_TOGETHER) {
                let mut more: Vec<&Works<'_>> = Vec::new();
                let trial = self.joined(all.iter().copied().chain([work]), page, &mut more);
                if more.len() > all.len()
                    && let Some(found) = trial.as_ref().and_then(|joined| self.sound(joined, &more, &part, page))
                {
                    (kept, edits, all) = (trial, Some(found), more);
                }
            }
        }
        kept.filter(|_| !all.is_empty())?;
        apply_edits(self.tree.source(), &edits?).ok()
    }

    /// What fixes come down to together; those at odds with earlier ones are left out.
    fn joined<'w, 'f: 'w>(
        &self,
        works: impl Iterator<Item = &'w Works<'f>>,
        page: &Page<'_>,
        used: &mut Vec<&'w Works<'f>>,
    ) -> Option<Made> {
        let mut whole: Option<Made> = None;
        for work in works {
            let next = match (&whole, &work.made) {
                (None, Made::Tree(changes)) => Some(Made::Tree(changes.clone())),
                (None, Made::Words(edits)) => Some(Made::Words(edits.clone())),
                (Some(Made::Tree(all)), Made::Tree(changes)) => {
                    all.clone().joined(changes.clone(), page).ok().map(Made::Tree)
                }
                (Some(Made::Words(all)), Made::Words(edits)) => with_words(all, edits).map(Made::Words),
                (Some(_), _) => None,
            };
            if let Some(next) = next {
                whole = Some(next);
                used.push(work);
            }
        }
        whole
    }

    /// The edits of joined fixes, if what comes out is what they promise.
    fn sound(&self, made: &Made, works: &[&Works<'_>], part: &Part, page: &Page<'_>) -> Option<Vec<Edit>> {
        let raw: Vec<&RawFinding> = works.iter().map(|work| work.raw).collect();
        let own = |raw: &&&RawFinding| self.bench.fixing.get(&*raw.rule) != Some(&Scope::World);
        let raw: Vec<&RawFinding> = raw.iter().filter(own).copied().collect();
        let checked = |edits: Vec<Edit>, changes: &Changes| {
            let tried = self.try_edits(part, &edits, changes).ok()?;
            self.judge(&raw, part, &tried, &edits).ok().map(|()| edits)
        };
        match made {
            Made::Words(edits) => checked(edits.clone(), &Changes::default()),
            Made::Tree(changes) => [Placement::Last, Placement::First]
                .into_iter()
                .find_map(|placement| checked(edits(changes, page, placement).ok()?, changes)),
        }
    }
}

/// What an edited text turned out to be.
struct Tried {
    tree: Arc<Tree>,
    found: Tallied,
}

fn reread(job: &Job<'_>, input: &Input, named: Named, file: FileId, text: Arc<str>) -> Tree {
    if named == Named::Dockerfile {
        return dockerfile::read(file, &input.name, text, job.rules.keys());
    }
    read(file, text, job.rules.keys(), &Limits { comments: Comments::Keep, ..Limits::default() })
}

fn place_of(edit: &RawEdit) -> Option<&EditPlace> {
    match edit {
        RawEdit::Set(place, _) | RawEdit::Remove(place) | RawEdit::Append(place, _) | RawEdit::Replace(place, _) => {
            Some(place)
        }
        RawEdit::InsertBefore(place, _) | RawEdit::InsertAfter(place, _) => Some(place),
        RawEdit::Create(..) => None,
    }
}

fn moved(edits: &[Edit], by: u32) -> Vec<Edit> {
    let back = |offset: u32| offset.saturating_sub(by);
    let moved = |edit: &Edit| Edit {
        span: Span { start: back(edit.span.start), end: back(edit.span.end) },
        text: edit.text.clone(),
    };
    edits.iter().map(moved).collect()
}

/// The values of all documents that could be read.
fn values(tree: &Tree) -> Option<Vec<Json>> {
    if !tree.is_yaml() {
        return Some(Vec::new());
    }
    let roots = tree.documents.iter().filter_map(|document| document.root);
    roots.map(|root| expected(tree, root, &Changes::default())).collect()
}

fn comments(tree: &Tree) -> Vec<String> {
    let mut all: Vec<String> = tree.comments.iter().map(|span| span.text(tree.source()).to_owned()).collect();
    all.sort_unstable();
    all
}

fn errors(tree: &Tree) -> usize {
    tree.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).count()
}

/// The instructions of a Dockerfile as they are written.
fn words(tree: &Tree) -> Vec<String> {
    if tree.is_yaml() { Vec::new() } else { dockerfile::instructions(tree.file, tree.source()) }
}

/// Whether so many edits at most made one list of instructions of the other.
fn words_agree(old: &[String], new: &[String], edits: usize) -> bool {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let changed = old.iter().zip(new).filter(|(a, b)| a != b).count();
    if old.len() == new.len() {
        changed <= edits
    } else {
        (old.len() - head - tail).max(new.len() - head - tail) <= edits
    }
}

/// Edits of words with others beside them; `None` where they overlap. What both do is done once.
fn with_words(all: &[Edit], more: &[Edit]) -> Option<Vec<Edit>> {
    let mut whole = all.to_vec();
    for edit in more.iter().filter(|edit| !all.contains(edit)) {
        let apart = |other: &Edit| edit.span.end < other.span.start || other.span.end < edit.span.start;
        if !all.iter().all(apart) {
            return None;
        }
        whole.push(edit.clone());
    }
    whole.sort_by_key(|edit| edit.span);
    Some(whole)
}
