//! Quick judging: of an ordinary document, which checks hold, and where those that do not are shown.
//!
//! It reads the same program as the evaluator and does the same, but only for what is certain and lies in one object:
//! its values are copied and carry no reasons, and it writes no text. Wherever something is not known, stands behind an
//! alias, or is rare, it bails out, and the evaluator judges that rule on that subject from the start. So what comes of
//! a run does not depend on this module; only its time does.

mod blame;
mod builtins;
mod gates;
mod lacks;
mod lists;
mod logic;
mod machine;
mod messages;
mod native;
mod rows;
mod rules;
mod selectors;
mod share;
mod support;
mod value;

use super::judge::Document;
use super::plan::Plan;
use super::value::EnvId;
use crate::yaml::{NodeId, Sym as KeySym, Tree};
pub(crate) use gates::{Gate, Opened};
use machine::Bound;
use policyc_lang::ir::{Const, ExprId, Program, PropertyId, Sym, ViewId};
use rules::Failure;
pub(crate) use rules::{Of, Verdict};
use rustc_hash::FxHashMap;
use selectors::WalkNames;
pub(crate) use support::Support;
use value::{Odd, Source, Value};

/// Values that there is room for from the start.
const ROOM: usize = 32;

/// The object that is judged, as its head says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// Its mapping.
    pub(crate) node: NodeId,
    /// `Deployment`.
    pub(crate) kind: &'a str,
    /// `apps/v1`.
    pub(crate) api_version: &'a str,
    /// The value of `kind`.
    pub(crate) kind_node: Option<NodeId>,
    /// The value of `apiVersion`.
    pub(crate) api_version_node: Option<NodeId>,
}

impl<'a> Subject<'a> {
    fn group(&self) -> &'a str {
        self.api_version.rsplit_once('/').map_or("", |(group, _)| group)
    }

    fn version(&self) -> &'a str {
        self.api_version.rsplit_once('/').map_or(self.api_version, |(_, version)| version)
    }

    // The value of `metadata.name`.
    fn name_node(&self, tree: &Tree) -> Option<NodeId> {
        let metadata = tree.resolve(tree.get_text(self.node, "metadata")?);
        tree.get_text(metadata, "name").map(|name| tree.resolve(name))
    }
}

/// A row of a view.
pub(super) struct Row<'a> {
    view: ViewId,
    clause: u32,
    parent: Value<'a>,
    own: Value<'a>,
    /// Where its fields stand among those of all rows.
    first_field: usize,
    env: EnvId,
}

type Identity = (u8, u32);

/// Judges the objects of one file, one after the other.
pub(crate) struct Quick<'a> {
    plan: &'a Plan<'a>,
    program: &'a Program,
    tree: &'a Tree,
    /// Whether objects are patches.
    partial: bool,
    /// Conditions that come out the same whatever the document.
    facts: &'a [Option<bool>],
    object: Subject<'a>,
    rows: Vec<Row<'a>>,
    fields: Vec<Option<Value<'a>>>,
    rows_of: FxHashMap<(ViewId, Identity, EnvId), Value<'a>>,
    properties: FxHashMap<(PropertyId, Identity, EnvId), Value<'a>>,
    lists: Vec<Value<'a>>,
    records: Vec<(Sym, Value<'a>)>,
    /// Rows of lists that are being made.
    fresh: Vec<Value<'a>>,
    texts: Vec<Box<str>>,
    odds: Vec<Odd>,
    frame: Vec<Bound<'a>>,
    base: usize,
    /// Operands of connectives that are still to be looked at.
    operands: Vec<ExprId>,
    blamed: Vec<Source>,
    /// Checks of the open blocks that did not hold.
    failures: Vec<Failure>,
    /// Places of the findings of the rule that runs.
    places: Vec<Source>,
    /// Where what is read comes from, while somebody asks.
    reads: Option<Vec<Source>>,
    /// Where values that several rules ask for are kept, by expression.
    slots: &'a [u32],
    /// What is kept, each with the number of the subject that it is of.
    kept: Vec<(u32, Value<'a>)>,
    subject: u32,
    /// What the fields of nodes that are walked are called.
    walk_names: WalkNames,
    /// The cluster's version.
    version: &'a Const,
    /// The image that was looked at last: its tag and digest.
    image: Option<LastImage<'a>>,
    /// How documents know the key `name`.
    name_key: KeySym,
    /// Whether the object is of a set of kinds, by set.
    of_kinds: Vec<Option<bool>>,
    env: EnvId,
    steps: u32,
    depth: u32,
}

type Part = Option<(usize, usize)>;
type LastImage<'a> = (&'a str, Part, Part);

impl<'a> Quick<'a> {
    /// For the objects of a tree.
    pub(crate) fn new(plan: &'a Plan<'a>, support: &'a Support, file: Document<'a>, object: Subject<'a>) -> Self {
        Self {
            plan,
            program: plan.program,
            tree: file.tree,
            partial: file.partial,
            facts: support.facts(),
            object,
            rows: Vec::with_capacity(ROOM),
            fields: Vec::with_capacity(ROOM),
            rows_of: FxHashMap::default(),
            properties: FxHashMap::default(),
            lists: Vec::with_capacity(ROOM),
            records: Vec::new(),
            fresh: Vec::with_capacity(ROOM),
            texts: Vec::new(),
            odds: Vec::new(),
            frame: Vec::with_capacity(ROOM),
            base: 0,
            operands: Vec::with_capacity(ROOM),
            blamed: Vec::with_capacity(ROOM),
            failures: Vec::new(),
            places: Vec::new(),
            reads: None,
            slots: support.slots(),
            kept: vec![(0, Value::absent(Source::None)); support.kept()],
            subject: 0,
            walk_names: support.walk_names(),
            version: support.version(),
            image: None,
            name_key: plan.keys().sym("name"),
            of_kinds: vec![None; plan.program.kind_sets.len()],
            env: EnvId::ANY,
            steps: 0,
            depth: 0,
        }
    }

    /// Turns to another object; nothing of the one before counts any more.
    pub(crate) fn turn_to(&mut self, object: Subject<'a>) {
        self.object = object;
        self.rows.clear();
        self.fields.clear();
        self.rows_of.clear();
        self.properties.clear();
        self.lists.clear();
        self.records.clear();
        self.texts.clear();
        self.odds.clear();
        self.of_kinds.fill(None);
        self.image = None;
        self.reset();
    }

    /// Turns to another subject of the object.
    pub(crate) fn next_subject(&mut self) {
        self.subject = self.subject.wrapping_add(1);
        if self.subject == 0 {
            self.kept.iter_mut().for_each(|(subject, _)| *subject = 0);
            self.subject = 1;
        }
    }

    // What bailing out leaves behind.
    fn reset(&mut self) {
        self.fresh.clear();
        self.frame.clear();
        self.base = 0;
        self.operands.clear();
        self.failures.clear();
        self.places.clear();
        self.reads = None;
        self.env = EnvId::ANY;
        self.steps = 0;
        self.depth = 0;
    }
}
