//! One file: read, judged and described, so that nothing of it need be kept.

use super::charts::Charts;
use super::classify::{self, DocumentKind, Named};
use super::kustomize::{self, Kustomizations};
use super::objects::{self, HeadKeys, Object};
use super::places::{Places, Shown, Telling};
use super::rules::Rules;
use super::suppress::{Suppressions, Terms};
use super::{Input, Load, lists, outcomes, secrets};
use crate::builtin::{self, Builtin, FieldKeys, KnownKinds, Subject};
use crate::dockerfile;
use crate::eval::{Head, Judged, Spotted};
use crate::finding::{RawFinding, RelatedPlace, Resource};
use crate::report::{Counted, FileStatus, Finding, NotApplicable, Place, Problem, Secrets, Sweep, Tally};
use crate::yaml::{Kind, Limits, Member, NodeId, Tree, decode, read};
use policyc_lang::schema::Types;
use policyc_lang::values::Date;
use policyc_text::{Diagnostic, FileId, Level, Location, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What every file is judged with.
#[derive(Clone, Copy)]
pub(super) struct Job<'j> {
    pub(super) load: &'j Load<'j>,
    pub(super) types: &'j Types,
    pub(super) enabled: &'j BTreeSet<Builtin>,
    pub(super) rules: &'j Rules<'j>,
    pub(super) telling: Telling<'j>,
    pub(super) kustomizations: &'j Kustomizations,
    pub(super) charts: &'j Charts,
    pub(super) head_keys: HeadKeys,
    pub(super) field_keys: &'j FieldKeys,
    /// Whether findings are counted, and not told.
    pub(super) counting: bool,
    /// The day to take for today.
    pub(super) as_of: Date,
    /// Ids of rules whose findings no comment may allow.
    pub(super) unsuppressible: &'j BTreeSet<String>,
}

/// What came of a file.
pub(super) struct FileOutcome {
    pub(super) status: FileStatus,
    pub(super) findings: Vec<Finding>,
    pub(super) diagnostics: Vec<Problem>,
    /// Number of Kubernetes objects.
    pub(super) objects: usize,
    /// Those of them that are patches.
    pub(super) partial: Vec<Resource>,
    /// API versions and kinds of objects that nothing is known of.
    pub(super) untyped: Vec<(String, String)>,
    /// Kinds of custom resources that the file defines.
    pub(super) definitions: Vec<String>,
    /// Findings that an exemption covers.
    pub(super) exempted: Exempted,
    /// Findings that a comment allows.
    pub(super) suppressed: Suppressed,
    /// The comments that allow findings.
    pub(super) suppressions: Arc<Suppressions>,
    /// Where the names of objects stand, where aggregates ask.
    pub(super) names: Vec<(Resource, Place)>,
    /// Counts of the rules of policies.
    pub(super) judged: Judged,
    /// How rules came out on their subjects, where that was asked for.
    pub(super) subjects: outcomes::ByInstance,
    /// The file, where rules will look at it together with others.
    pub(super) kept: Option<Box<ReadFile>>,
}

impl FileOutcome {
    fn of(status: FileStatus) -> Self {
        Self {
            status,
            findings: Vec::new(),
            diagnostics: Vec::new(),
            objects: 0,
            partial: Vec::new(),
            untyped: Vec::new(),
            definitions: Vec::new(),
            exempted: Exempted::new(),
            suppressed: Suppressed::new(),
            suppressions: Arc::default(),
            names: Vec::new(),
            judged: Judged::default(),
            subjects: outcomes::ByInstance::new(),
            kept: None,
        }
    }

    // Whether it says nothing but how the file ended, and of how many objects.
    fn is_plain(&self) -> bool {
        let Self {
            status: _,
            findings,
            diagnostics,
            objects: _,
            partial,
            untyped,
            definitions,
            exempted,
            suppressed,
            suppressions,
            names,
            judged: _,
            subjects,
            kept,
        } = self;
        findings.is_empty()
            && diagnostics.is_empty()
            && partial.is_empty()
            && untyped.is_empty()
            && definitions.is_empty()
            && exempted.is_empty()
            && suppressed.is_empty()
            && suppressions.is_empty()
            && names.is_empty()
            && subjects.is_empty()
            && kept.is_none()
    }
}

/// What stays of a file until all are judged: of most files hardly anything.
pub(super) struct Ended {
    pub(super) status: FileStatus,
    /// Number of Kubernetes objects.
    pub(super) objects: usize,
    /// The rest, where there is any.
    pub(super) more: Option<Box<FileOutcome>>,
}

impl Ended {
    /// Of what came of a file; how its checks came out has been counted.
    pub(super) fn of(outcome: FileOutcome) -> Self {
        let (status, objects) = (outcome.status, outcome.objects);
        Self { status, objects, more: (!outcome.is_plain()).then(|| Box::new(outcome)) }
    }
}

/// A file that was read.
pub(super) struct ReadFile {
    pub(super) tree: Arc<Tree>,
    /// Its objects in source order.
    pub(super) objects: Vec<Object>,
    /// All that rules take for objects, by their heads; `None` where some have none of their own.
    pub(super) heads: Option<Vec<Head>>,
    /// Whether its objects are patches.
    pub(super) partial: bool,
    pub(super) secrets: Secrets,
    /// Comments that allow findings, and what is wrong with such comments.
    pub(super) suppressions: Arc<Suppressions>,
    comment_problems: Vec<Diagnostic>,
    /// What stands in its lists and is no object.
    others: Vec<Member>,
    kinds: Vec<DocumentKind>,
    json_patch: bool,
}

/// Reads and judges one file.
pub(super) fn judge(job: &Job<'_>, place: usize, input: &Input, counts: &mut Counts) -> FileOutcome {
    match open(job, place, input) {
        Opened::Done(outcome) => *outcome,
        Opened::Read(file) => {
            let mut outcome = judge_read(job, input, &file, counts);
            outcome.kept = (job.rules.need_world() && !file.objects.is_empty()).then_some(file);
            outcome
        }
    }
}

/// The number of an input as that of a file.
pub(super) fn id(place: usize) -> FileId {
    FileId(u32::try_from(place).unwrap_or(u32::MAX))
}

/// What opening a file gives.
pub(super) enum Opened {
    /// There is nothing to judge.
    Done(Box<FileOutcome>),
    /// There may be.
    Read(Box<ReadFile>),
}

/// Loads and reads a file.
pub(super) fn open(job: &Job<'_>, place: usize, input: &Input) -> Opened {
    let id = id(place);
    let done = |outcome| Opened::Done(Box::new(outcome));
    let bytes = match (job.load)(place) {
        Ok(bytes) => bytes,
        Err(reason) => {
            let message = format!("the file cannot be read: {reason}");
            let diagnostic = Diagnostic::error("input/unreadable", id, Span::default(), message);
            return done(unread(job, input, "", diagnostic));
        }
    };
    let named = classify::named(&input.name);
    if named == Named::Other && !classify::mentions_objects(&bytes) {
        return done(FileOutcome::of(FileStatus::NotApplicable(NotApplicable::NotKubernetes)));
    }
    // Only the bytes before a fault decide where it stands, and these are text.
    let start = bytes.get(..bytes.len().min(1 << 20)).unwrap_or_default().to_vec();
    match decode(id, bytes) {
        Ok(text) if named == Named::Dockerfile => {
            let tree = dockerfile::read(id, &input.name, text, job.rules.keys());
            Opened::Read(Box::new(describe(job, input, named, tree)))
        }
        Ok(text) => {
            Opened::Read(Box::new(describe(job, input, named, read(id, text, job.rules.keys(), &Limits::default()))))
        }
        Err(diagnostic) => done(unread(job, input, &String::from_utf8_lossy(&start), *diagnostic)),
    }
}

/// A file of which nothing could be read. Its lines are not shown: they may be anything.
fn unread(job: &Job<'_>, input: &Input, text: &str, diagnostic: Diagnostic) -> FileOutcome {
    let secrets = Secrets::default();
    let lookup = |_| Some(Shown { name: &input.name, text, secrets: &secrets, tree: None });
    let problem = Places::new(job.telling, &lookup).problem(diagnostic, true);
    FileOutcome { diagnostics: problem.into_iter().collect(), ..FileOutcome::of(FileStatus::Failed) }
}

/// What a file holds.
pub(super) fn describe(job: &Job<'_>, input: &Input, named: Named, tree: Tree) -> ReadFile {
    let (mut found, mut others, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    let mut json_patch = false;
    let partial = job.kustomizations.has_patch(&input.name);
    for root in tree.documents.iter().filter_map(|document| document.root) {
        if let Some(object) = job.head_keys.single(&tree, root)
            && classify::is_plain(object.api_version(&tree))
        {
            found.push(object);
            kinds.push(DocumentKind::Object);
            continue;
        }
        let kind = classify::document(&tree, root, named);
        if kind == DocumentKind::Object {
            objects::collect(&tree, root, &mut found, &mut others);
        }
        json_patch |= partial && tree.kind(root) == Kind::Sequence;
        kinds.push(kind);
    }
    let secrets = secrets::of_objects(&tree, &found);
    let heads = if kinds.contains(&DocumentKind::Kustomization) {
        // Rules see a kustomization as an object.
        let mut all = Vec::new();
        let roots = tree.documents.iter().filter_map(|document| document.root);
        roots.for_each(|root| objects::collect(&tree, root, &mut all, &mut Vec::new()));
        all.iter().map(Object::head).collect()
    } else {
        found.iter().map(Object::head).collect()
    };
    let (suppressions, comment_problems) = read_comments(job, input, &tree, &secrets);
    let (tree, suppressions) = (Arc::new(tree), Arc::new(suppressions));
    ReadFile {
        tree,
        objects: found,
        heads,
        partial,
        secrets,
        suppressions,
        comment_problems,
        others,
        kinds,
        json_patch,
    }
}

pub(super) fn judge_read(job: &Job<'_>, input: &Input, file: &ReadFile, counts: &mut Counts) -> FileOutcome {
    let mut outcome = FileOutcome::of(FileStatus::Judged);
    let mut raw = Vec::new();
    judge_builtin(job, file, &mut raw, &mut outcome, &mut counts.kinds);
    // What a comment allows must be told, and not only counted.
    let counting = job.counting && file.suppressions.is_empty();
    outcome.judged = job.rules.document(&input.name, file, counting);
    counts.spot(job.rules, &input.name, file, std::mem::take(&mut outcome.judged.spotted));
    raw.append(&mut outcome.judged.findings);
    let mut diagnostics = diagnose(job, input, file);
    let kinds = &mut counts.kinds;
    let inline_secrets = judge_inline(job, input, file, &mut raw, &mut diagnostics, &mut outcome, kinds);
    let secrets = file.secrets.with(inline_secrets);
    if diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
        outcome.status = FileStatus::Failed;
    } else if outcome.objects == 0 {
        outcome.status = FileStatus::NotApplicable(classify::not_applicable(&file.kinds, file.json_patch));
    }
    let lookup =
        |_| Some(Shown { name: &input.name, text: file.tree.source(), secrets: &secrets, tree: Some(&file.tree) });
    let places = Places::new(job.telling, &lookup);
    let mut subjects = std::mem::take(&mut outcome.judged.subjects);
    outcomes::settle(&mut subjects, &raw, &|finding| comment(finding, &|_| Some(&file.suppressions)).is_some());
    outcome.subjects = outcomes::count(&subjects);
    let Told { findings, exempted, suppressed, .. } = told(&places, raw, &|_| Some(&file.suppressions));
    (outcome.findings, outcome.exempted, outcome.suppressed) = (findings, exempted, suppressed);
    outcome.suppressions = Arc::clone(&file.suppressions);
    // What is found in objects that nothing is known of may be found otherwise once their definitions are read.
    if job.counting && outcome.untyped.is_empty() {
        counts.others.add_findings(&std::mem::take(&mut outcome.findings));
    }
    if job.rules.need_names() {
        let named = file.objects.iter().filter_map(|object| {
            let span = objects::name_span(&file.tree, object.node);
            Some((object.resource(&file.tree), places.document(Location { file: file.tree.file, span })?))
        });
        outcome.names = named.collect();
    }
    let hidden = |diagnostic: &Diagnostic| may_hold_secrets(&file.tree, diagnostic);
    outcome.diagnostics = diagnostics
        .into_iter()
        .filter_map(|diagnostic| {
            let hidden = hidden(&diagnostic);
            places.problem(diagnostic, hidden)
        })
        .collect();
    outcome
}

/// Findings that are counted, and what all files share: how the checks of rules came out.
#[derive(Default)]
pub(super) struct Counts {
    /// By the rule's instance.
    pub(super) by_instance: Vec<Counted>,
    /// Of which more than the place was made.
    pub(super) others: Tally,
    /// How the checks of rules came out; nothing else of it is used.
    pub(super) judged: Judged,
    /// Kinds that were looked up before.
    kinds: KnownKinds,
}

impl Counts {
    fn spot(&mut self, rules: &Rules<'_>, name: &Arc<str>, file: &ReadFile, mut spotted: Vec<Spotted>) {
        if spotted.is_empty() {
            return;
        }
        spotted.sort_unstable_by_key(|found| found.location.span);
        let mut sweep = Sweep::new(file.tree.source());
        let mut last = None;
        for Spotted { instance, outcome, severity, location } in spotted {
            let range = match last {
                Some((span, range)) if span == location.span => range,
                _ => sweep.range(location.span),
            };
            last = Some((location.span, range));
            for instance in rules.stands_for(instance) {
                let place = *instance as usize;
                if self.by_instance.len() <= place {
                    self.by_instance.resize_with(place + 1, Counted::default);
                }
                self.by_instance[place].add(outcome, severity, name, range);
            }
        }
    }

    /// Adds those of other files.
    pub(super) fn merge(&mut self, other: Self) {
        if self.by_instance.len() < other.by_instance.len() {
            self.by_instance.resize_with(other.by_instance.len(), Counted::default);
        }
        for (ours, theirs) in self.by_instance.iter_mut().zip(other.by_instance) {
            ours.merge(theirs);
        }
        for rule in other.others.rules.into_values() {
            self.others.merge(&rule.rule, rule.counts);
        }
        self.judged.merge(other.judged);
    }
}

/// Findings that an exemption covers, with its place in the program.
pub(super) type Exempted = Vec<(Finding, u32)>;

/// Findings that a comment allows, with its file and its place among the comments there.
pub(super) type Suppressed = Vec<(Finding, (FileId, usize))>;

/// Findings with their places.
#[derive(Default)]
pub(super) struct Told {
    /// Those that nothing covers.
    pub(super) findings: Vec<Finding>,
    /// Those that an exemption covers.
    pub(super) exempted: Exempted,
    /// Those that a comment allows.
    pub(super) suppressed: Suppressed,
    /// How rules came out on their subjects, where that was asked for.
    pub(super) subjects: outcomes::ByName,
}

/// The comment that allows a finding: its file, and its place among the comments there.
pub(super) fn comment<'s>(
    raw: &RawFinding,
    comments: &dyn Fn(FileId) -> Option<&'s Arc<Suppressions>>,
) -> Option<(FileId, usize)> {
    let comments = comments(raw.primary.file).filter(|comments| !comments.is_empty())?;
    Some((raw.primary.file, comments.find(&raw.rule, raw.primary.span.start)?))
}

/// Findings with their places, those that an exemption covers, and those that a comment allows; `comments` gives those of
/// a file.
pub(super) fn told<'s>(
    places: &Places<'_>,
    raw: Vec<RawFinding>,
    comments: &dyn Fn(FileId) -> Option<&'s Arc<Suppressions>>,
) -> Told {
    let mut covered: BTreeMap<u32, Vec<RawFinding>> = BTreeMap::new();
    let mut allowed: BTreeMap<(FileId, usize), Vec<RawFinding>> = BTreeMap::new();
    let mut open = Vec::with_capacity(raw.len());
    for raw in raw {
        match (raw.exempted, comment(&raw, comments)) {
            (Some(exemption), _) => covered.entry(exemption).or_default().push(raw),
            (None, Some(comment)) => allowed.entry(comment).or_default().push(raw),
            (None, None) => open.push(raw),
        }
    }
    let exempted = covered
        .into_iter()
        .flat_map(|(exemption, raw)| places.findings(raw).into_iter().map(move |finding| (finding, exemption)));
    let suppressed = allowed
        .into_iter()
        .flat_map(|(comment, raw)| places.findings(raw).into_iter().map(move |finding| (finding, comment)));
    let (exempted, suppressed) = (exempted.collect(), suppressed.collect());
    Told { findings: places.findings(open), exempted, suppressed, subjects: outcomes::ByName::new() }
}

/// The comments of a file that allow findings, with their places, and what is wrong with such comments.
fn read_comments(job: &Job<'_>, input: &Input, tree: &Tree, secrets: &Secrets) -> (Suppressions, Vec<Diagnostic>) {
    if tree.comments.is_empty() {
        return Default::default();
    }
    let known = |id: &str| job.telling.infos.contains_key(id) || Builtin::of_id(id).is_some();
    let ids = || job.telling.infos.keys().cloned().collect();
    let may = |id: &str| !job.unsuppressible.contains(id);
    let terms = Terms { as_of: job.as_of, known: &known, ids: &ids, may: &may };
    let (mut found, problems) = Suppressions::read(tree, &terms);
    let lookup = |_| Some(Shown { name: &input.name, text: tree.source(), secrets, tree: None });
    let places = Places::new(job.telling, &lookup);
    for one in &mut found.all {
        one.place = places.document(Location { file: tree.file, span: one.comment });
    }
    (found, problems)
}

/// What the built-in rules and those that look at their own document alone say of a file.
pub(super) fn all_findings(job: &Job<'_>, input: &Input, file: &ReadFile) -> Vec<RawFinding> {
    let mut raw = builtin_findings(job, file);
    raw.append(&mut job.rules.document(&input.name, file, false).findings);
    raw
}

/// What the built-in rules say of a file.
pub(super) fn builtin_findings(job: &Job<'_>, file: &ReadFile) -> Vec<RawFinding> {
    let (mut raw, mut kinds) = (Vec::new(), KnownKinds::default());
    judge_builtin(job, file, &mut raw, &mut FileOutcome::of(FileStatus::Judged), &mut kinds);
    raw
}

/// Built-in rules over every object, and what else is to be known of each.
fn judge_builtin(
    job: &Job<'_>,
    file: &ReadFile,
    raw: &mut Vec<RawFinding>,
    outcome: &mut FileOutcome,
    kinds: &mut KnownKinds,
) {
    let tree = &*file.tree;
    let judge = builtin::Judge::new(tree, job.types, job.enabled, job.field_keys);
    for object in &file.objects {
        let (api_version, kind) = (object.api_version(tree), object.kind(tree));
        if dockerfile::is_dockerfile_kind(kind) && !tree.is_yaml() {
            continue;
        }
        let definition = kinds.definition(job.types, api_version, kind);
        let resource = || object.resource(tree);
        let subject = Subject { node: object.node, api_version, kind, partial: file.partial, resource: &resource };
        judge.object(&subject, definition, raw);
        if definition.is_none() {
            let Resource { api_version, kind, .. } = object.resource(tree);
            outcome.untyped.push((api_version, kind));
        }
        if file.partial {
            outcome.partial.push(object.resource(tree));
        } else if kind == "CustomResourceDefinition" {
            outcome.definitions.extend(defined_kind(tree, object.node));
        }
    }
    outcome.objects += file.objects.len();
}

/// The kind that a definition of custom resources defines.
fn defined_kind(tree: &Tree, node: NodeId) -> Option<String> {
    let document = tree.documents.iter().find(|document| document.span.contains(tree.span(node)))?;
    // An item of a list is not taken: definitions are written one a document.
    if document.root.map(|root| tree.resolve(root)) != Some(node) {
        return None;
    }
    let names = tree.get_text(tree.resolve(tree.get_text(node, "spec")?), "names")?;
    let kind = tree.resolve(tree.get_text(tree.resolve(names), "kind")?);
    Some(tree.text(kind).to_owned())
}

/// The reader's diagnostics, and those on what a document turned out to be.
fn diagnose(job: &Job<'_>, input: &Input, file: &ReadFile) -> Vec<Diagnostic> {
    let tree = &file.tree;
    let mut diagnostics = tree.diagnostics.clone();
    diagnostics.extend(file.comment_problems.iter().cloned());
    let template = "yaml/template";
    let template_known = diagnostics.iter().any(|diagnostic| diagnostic.code == template);
    if !template_known
        && job.charts.has_template(&input.name)
        && let Some(at) = tree.source().find("{{")
    {
        let message = "this is a template of a Helm chart that has not been rendered";
        let hint = "render it first: helm template CHART | policyc check -";
        diagnostics.push(Diagnostic::error(template, tree.file, Span::new(at, at + 2), message).with_hint(hint));
    }
    let roots = tree.documents.iter().filter_map(|document| document.root);
    for (root, kind) in roots.zip(&file.kinds) {
        let start = tree.span(root).start;
        let at = Span { start, end: start };
        match kind {
            DocumentKind::Half(missing) => {
                let message = format!("this document has no `{missing}`, so it is no Kubernetes object");
                diagnostics.push(Diagnostic::warning(lists::NOT_AN_OBJECT, tree.file, at, message));
            }
            DocumentKind::Other if !file.objects.is_empty() => {
                let message = "this document is no Kubernetes object, and is not judged";
                let diagnostic = Diagnostic::warning(lists::NOT_AN_OBJECT, tree.file, at, message);
                diagnostics.push(Diagnostic { level: Level::Note, ..diagnostic });
            }
            DocumentKind::Object | DocumentKind::Kustomization | DocumentKind::Other => {}
        }
    }
    if diagnostics.iter().all(|diagnostic| diagnostic.level != Level::Error) {
        diagnostics.extend(no_json(&input.name, tree));
    }
    diagnostics.extend(lists::diagnose(tree, &file.others));
    diagnostics
}

/// What says to be JSON and is read as a single YAML word, as a comment before the first brace makes of it all.
fn no_json(name: &str, tree: &Tree) -> Option<Diagnostic> {
    let (_, extension) = name.rsplit_once('.')?;
    if !extension.eq_ignore_ascii_case("json") {
        return None;
    }
    let mut roots = tree.documents.iter().filter_map(|document| document.root);
    let root = roots.find(|root| {
        let json = || serde_json::from_str::<serde::de::IgnoredAny>(tree.span(*root).text(tree.source()));
        tree.kind(*root) == Kind::Scalar && json().is_err()
    })?;
    let Span { start, .. } = tree.span(root);
    let diagnostic = Diagnostic::error("yaml/syntax", tree.file, Span { start, end: start }, "this is no JSON");
    let comment = tree.text(root).starts_with("//") || tree.text(root).starts_with("/*");
    Some(if comment { diagnostic.with_hint("JSON has no comments: take it out") } else { diagnostic })
}

/// Patches that stand in a kustomization as text: each is read as a text of its own, and what is found in it is moved
/// to its place in the file. Gives where their secrets stand in the file.
fn judge_inline(
    job: &Job<'_>,
    input: &Input,
    file: &ReadFile,
    raw: &mut Vec<RawFinding>,
    diagnostics: &mut Vec<Diagnostic>,
    outcome: &mut FileOutcome,
    known: &mut KnownKinds,
) -> Vec<Span> {
    let mut secret_spans = Vec::new();
    if !file.kinds.contains(&DocumentKind::Kustomization) {
        return secret_spans;
    }
    let id = file.tree.file;
    let (lines, others) = kustomize::inline_patches(&file.tree);
    for span in others {
        let message = "this patch is not judged, since its lines are not kept";
        let diagnostic = Diagnostic::warning("input/inline-patch", id, span, message);
        diagnostics.push(Diagnostic { level: Level::Note, ..diagnostic }.with_hint("write it under `patch: |`"));
    }
    for (span, what) in kustomize::elsewhere(&file.tree) {
        let hint = "judge what comes out as well: kubectl kustomize FOLDER | policyc check -";
        diagnostics.push(Diagnostic::warning("input/elsewhere", id, span, what.message()).with_hint(hint));
    }
    for span in lines {
        let tree = read(id, span.text(file.tree.source()).into(), job.rules.keys(), &Limits::default());
        let mut found = Vec::new();
        for root in tree.documents.iter().filter_map(|document| document.root) {
            objects::collect(&tree, root, &mut found, &mut Vec::new());
        }
        secret_spans.extend(secrets::of_objects(&tree, &found).moved(span.start));
        let patch = ReadFile {
            tree: Arc::new(tree),
            objects: found,
            heads: None,
            partial: true,
            secrets: Secrets::default(),
            suppressions: Arc::default(),
            comment_problems: Vec::new(),
            others: Vec::new(),
            kinds: Vec::new(),
            json_patch: false,
        };
        let mut inner = Vec::new();
        judge_builtin(job, &patch, &mut inner, outcome, known);
        outcome.judged.merge(job.rules.document(&input.name, &patch, false));
        inner.append(&mut outcome.judged.findings);
        raw.extend(inner.into_iter().map(|finding| moved(finding, span.start)));
        let told = patch.tree.diagnostics.iter().cloned();
        diagnostics.extend(told.map(|mut diagnostic| {
            shift(&mut diagnostic.location, span.start);
            diagnostic
        }));
    }
    secret_spans
}

fn moved(mut finding: RawFinding, by: u32) -> RawFinding {
    shift(&mut finding.primary, by);
    for (place, _) in &mut finding.related {
        if let RelatedPlace::Document(location) = place {
            shift(location, by);
        }
    }
    finding
}

fn shift(location: &mut Location, by: u32) {
    location.span.start = location.span.start.saturating_add(by);
    location.span.end = location.span.end.saturating_add(by);
}

/// Whether a diagnostic speaks of what could not be read, or is no object, and may be a Secret.
fn may_hold_secrets(tree: &Tree, diagnostic: &Diagnostic) -> bool {
    let (span, no_object) = (diagnostic.location.span, diagnostic.code == lists::NOT_AN_OBJECT);
    let after = tree.documents.partition_point(|document| document.span.start <= span.start);
    let around = tree.documents.get(after.saturating_sub(1));
    around.is_none_or(|document| {
        (no_object || document.root.is_none()) && document.span.text(tree.source()).contains("ecret")
    })
}
