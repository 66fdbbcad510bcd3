//! Walking an object beside its schema.
//!
//! Every value is visited once, and what an alias or a merge brings in once for each type that it is taken for: an
//! anchor that is used a thousand times, or that names itself over others, costs no more than its text.

use super::path::{self, Step};
use super::scalar;
use super::{Builtin, Context, IDS};
use crate::finding::{Outcome, RawFinding, RelatedPlace, is_open_in_secrets};
use crate::report::blamed_text;
use crate::report::limit::{VALUE, capped};
use crate::yaml::{Entry, Kind, NodeId};
use policyc_lang::schema::{DefId, ListId, TypeId, TypeRef, did_you_mean};
use policyc_text::{Location, Span};
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::sync::Arc;

/// Levels that are followed; aliases can nest deeper than any reader allows, and recursive types with them.
const DEEPEST: u32 = 256;

/// What is said of one place.
pub(super) struct Remark {
    pub(super) rule: Builtin,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// The walk over one object.
pub(super) struct Walk<'w, 'c> {
    pub(super) context: &'w Context<'c>,
    pub(super) out: &'w mut Vec<RawFinding>,
    path: Vec<Step>,
    shared: FxHashSet<(NodeId, TypeRef)>,
    /// The outermost alias above.
    alias: Option<NodeId>,
    depth: u32,
    /// Whether values must not be told: those of a Secret, but for what says which one it is.
    pub(super) secret: bool,
    /// The entry that is being looked at, by its value.
    field: Option<NodeId>,
}

impl<'w, 'c> Walk<'w, 'c> {
    pub(super) fn new(context: &'w Context<'c>, out: &'w mut Vec<RawFinding>) -> Self {
        let (path, shared) = (Vec::new(), FxHashSet::default());
        Self { context, out, path, shared, alias: None, depth: 0, secret: false, field: None }
    }

    /// The name of the field that is being looked at.
    pub(super) fn field(&self) -> Cow<'c, str> {
        self.field.map_or(Cow::Borrowed(""), |field| capped(self.context.tree.key_text(field), VALUE))
    }

    /// Goes a step further for a while.
    pub(super) fn within(&mut self, step: Step, visit: impl FnOnce(&mut Self)) {
        self.path.push(step);
        visit(self);
        self.path.pop();
    }

    fn path(&self) -> String {
        path::print(&self.path, self.context.tree, self.context.types)
    }

    /// Checks a value against a type.
    pub(super) fn value(&mut self, node: NodeId, ty: TypeRef) {
        if (ty == TypeRef::Dynamic && self.context.winners.is_empty()) || self.depth >= DEEPEST {
            return;
        }
        let tree = self.context.tree;
        let target = tree.resolve(node);
        let outer = self.alias;
        if target != node {
            if !self.shared.insert((target, ty)) {
                return;
            }
            self.alias = outer.or(Some(node));
        }
        self.depth += 1;
        self.settled(target, ty);
        self.depth -= 1;
        self.alias = outer;
    }

    /// Checks a value that is no alias.
    fn settled(&mut self, node: NodeId, ty: TypeRef) {
        match (ty, self.context.tree.kind(node)) {
            (_, Kind::Null | Kind::Alias) => {}
            (TypeRef::Object(definition), Kind::Mapping) => self.object(node, definition),
            (TypeRef::Map(element), Kind::Mapping) => self.map(node, element),
            (TypeRef::List { element, list }, Kind::Sequence) => self.list(node, element, list),
            (TypeRef::Dynamic, Kind::Mapping) => self.dynamic_map(node),
            (TypeRef::Dynamic, Kind::Sequence) => {
                for (place, item) in self.context.tree.items(node).enumerate() {
                    self.within(Step::Index(place), |walk| walk.value(item, TypeRef::Dynamic));
                }
            }
            (TypeRef::Dynamic, Kind::Scalar) => {}
            (_, Kind::Scalar) => scalar::check(self, node, ty),
            (_, Kind::Mapping) => self.wrong_form(node, ty, "a mapping"),
            (_, Kind::Sequence) => self.wrong_form(node, ty, "a list"),
        }
    }

    fn wrong_form(&mut self, node: NodeId, ty: TypeRef, found: &str) {
        let message = format!("`{}` must be {}, and is {found}", self.field(), scalar::expected(ty));
        let start = self.context.tree.span(node);
        // A block collection has no token of its own that says what it is: its key does.
        let span = self.context.tree.key_span(node).unwrap_or(Span { end: start.start, ..start });
        self.report_at(span, node, Remark { rule: Builtin::Type, message, help: None });
    }

    fn object(&mut self, map: NodeId, definition: DefId) {
        self.duplicates(map);
        let context = self.context;
        let (tree, types) = (context.tree, context.types);
        for entry in tree.entries(map) {
            let name = tree.key_text(entry.value);
            match types.field_type(definition, context.keys.of(entry.key.sym, name), name) {
                Some(ty) => {
                    let secret = self.secret;
                    self.secret |= context.secret && !is_open_in_secrets(&self.path(), name);
                    self.below(map, entry, ty);
                    self.secret = secret;
                }
                None => self.unknown(entry, name, definition),
            }
        }
    }

    fn unknown(&mut self, entry: Entry, name: &str, definition: DefId) {
        let types = self.context.types;
        let directive = self.context.subject.partial && name.starts_with('$');
        if directive || types.is_open(definition) {
            return;
        }
        let owner = types.definition_name(definition);
        let (version, shown) = (types.schema().version(), capped(name, VALUE));
        let (message, help) = match types.field_of_any_version(definition, name) {
            Some(field) => {
                let when = match (field.since, field.removed_in) {
                    (Some(since), _) if since > version => format!("it comes with {since}"),
                    (_, Some(removed)) => format!("it went with {removed}"),
                    _ => "another version has it".to_owned(),
                };
                (format!("`{shown}` is no field of `{owner}` in Kubernetes {version}"), Some(when))
            }
            None => {
                let near = did_you_mean(name, types.fields(definition).map(|field| field.name));
                (format!("`{shown}` is no field of `{owner}`"), near.map(|near| format!("did you mean `{near}`?")))
            }
        };
        let span = self.context.tree.key_span(entry.value).unwrap_or(self.context.tree.span(entry.value));
        let remark = Remark { rule: Builtin::UnknownField, message, help };
        self.within(Step::Entry(entry.value), |walk| walk.report_at(span, entry.value, remark));
    }

    fn map(&mut self, map: NodeId, element: TypeId) {
        self.duplicates(map);
        let ty = self.context.types.ty(element);
        for entry in self.context.tree.entries(map) {
            scalar::check_key(self, entry, self.context.tree.key_text(entry.value));
            self.below(map, entry, ty);
        }
    }

    fn dynamic_map(&mut self, map: NodeId) {
        self.duplicates(map);
        for entry in self.context.tree.entries(map) {
            self.below(map, entry, TypeRef::Dynamic);
        }
    }

    /// An entry's value; one that a merge brings in, which stands before its mapping, is shared as that of an alias is.
    fn below(&mut self, map: NodeId, entry: Entry, ty: TypeRef) {
        if entry.value < map && !self.shared.insert((entry.value, ty)) {
            return;
        }
        let field = self.field.replace(entry.value);
        self.within(Step::Entry(entry.value), |walk| walk.value(entry.value, ty));
        self.field = field;
    }

    fn list(&mut self, sequence: NodeId, element: TypeId, list: ListId) {
        let ty = self.context.types.ty(element);
        for (place, item) in self.context.tree.items(sequence).enumerate() {
            self.within(Step::Item(place, item, list), |walk| walk.value(item, ty));
        }
    }

    /// Reports the entries of a mapping that have no effect.
    fn duplicates(&mut self, map: NodeId) {
        let (tree, winners) = (self.context.tree, &self.context.winners);
        if winners.is_empty() {
            return;
        }
        for entry in tree.raw_entries(map) {
            let Some(winner) = winners.get(&entry.value) else { continue };
            let span = tree.key_span(entry.value).unwrap_or(tree.span(entry.value));
            let later = tree.key_span(*winner).unwrap_or(tree.span(*winner));
            let message = format!(
                "key `{}` stands more than once in this mapping, and this one has no effect",
                capped(tree.key_text(entry.value), VALUE)
            );
            let help = Some("keep the one that is meant".to_owned());
            let remark = Remark { rule: Builtin::DuplicateKey, message, help };
            self.within(Step::Entry(entry.value), |walk| walk.report_at(span, entry.value, remark));
            if let (Some(found), true) = (self.out.last_mut(), self.context.enabled(Builtin::DuplicateKey)) {
                let place = Location { file: tree.file, span: later };
                found.related.push((RelatedPlace::Document(place), "this one counts".to_owned()));
            }
        }
    }

    /// Reports something about a value.
    pub(super) fn report(&mut self, node: NodeId, remark: Remark) {
        self.report_at(self.context.tree.span(node), node, remark);
    }

    /// Reports something at a place. Behind an alias the alias is blamed, and the place beside it.
    pub(super) fn report_at(&mut self, span: Span, node: NodeId, remark: Remark) {
        if !self.context.enabled(remark.rule) {
            return;
        }
        let tree = self.context.tree;
        let at = |span| Location { file: tree.file, span };
        let (primary, related) = match self.alias {
            None => (at(span), Vec::new()),
            Some(alias) => {
                (at(tree.span(alias)), vec![(RelatedPlace::Document(at(span)), "the value stands here".to_owned())])
            }
        };
        let scalar = tree.kind(node) == Kind::Scalar && !self.secret;
        self.out.push(RawFinding {
            rule: Arc::clone(&IDS[remark.rule as usize]),
            outcome: Outcome::Fail,
            severity: remark.rule.severity(),
            message: remark.message,
            help: remark.help.map(Arc::from),
            primary,
            path: self.path(),
            resource: Some(self.context.resource()),
            related,
            blamed: scalar.then(|| blamed_text(tree.text(node))),
            open_world: false,
            exempted: None,
            fixes: Vec::new(),
            subject: None,
        });
    }
}
