//! From origins to what findings show: bytes, paths, titles.

use super::access::shorten;
use super::machine::Evaluator;
use super::origin::{Origin, PathId, Place, Step, push_key};
use super::print::MASK;
use super::value::ObjectId;
use crate::finding::Resource;
use crate::report::blamed_text;
use crate::report::limit::{NAME, PATH, cap, capped};
use crate::world::{Form, Link, WorldFile};
use crate::yaml::{NodeId, Tree};
use policyc_text::{Location, Span};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// Ways that were asked for, so that what stands side by side shares them.
pub(crate) type Ways = FxHashMap<(u32, NodeId), Rc<Way>>;

/// The way from the top of an object, or of a document that is none, down to a node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Way {
    /// As findings show it: `spec.containers[name=web].image`.
    path: String,
    /// Keys alone: `spec.containers.image`.
    plain: String,
}

/// An origin as a finding shows it.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    /// Where.
    pub(crate) location: Location,
    /// The path within the object, and what is missing below it.
    pub(crate) path: String,
    /// Where in the path begins what is missing; 0 where the whole path tells it best.
    rest: usize,
    /// Where the anchored value stands, for what was reached through an alias.
    pub(crate) anchor: Option<Location>,
}

impl<'a> Evaluator<'a> {
    /// An origin as findings show it; `None` where it is not in the input.
    pub(crate) fn spot(&mut self, origin: Origin) -> Option<Spot> {
        let place = origin.place()?;
        let file = &self.world.files()[place.file as usize];
        let node = place.visible();
        let mut path = self.path_of(place);
        let at = |span: Span| Location { file: file.id, span };
        let (span, anchored) = match origin {
            Origin::Missing(..) if place.alias.is_some() => (file.tree().span(node), false),
            Origin::Missing(..) => (self.key_token(file, place), false),
            Origin::Key(_) => (file.tree().key_span(node).unwrap_or_else(|| file.tree().span(node)), true),
            _ if place.alias.is_some() => (file.tree().span(node), true),
            _ => (self.token_of(file, place, node), true),
        };
        let anchor = place.alias.filter(|_| anchored).map(|_| at(self.token_of(file, place, place.node)));
        let mut rest = 0;
        if let Origin::Missing(_, missing) = origin
            && missing != PathId::EMPTY
        {
            rest = path.len();
            self.paths.print(missing, &self.names, &mut path);
            rest += usize::from(rest > 0 && path[rest..].starts_with('.'));
        }
        cap(&mut path, PATH);
        Some(Spot { location: at(span), path, rest, anchor })
    }

    /// A few words on a spot.
    pub(crate) fn label(&self, origin: Origin, spot: &Spot) -> String {
        let quoted = |head: &str, text: &str| [head, "`", text, "`"].concat();
        match origin {
            Origin::Missing(..) => quoted("missing: ", spot.path.get(spot.rest..).unwrap_or(&spot.path)),
            Origin::Key(place) => {
                quoted("key ", &shorten(self.world.files()[place.file as usize].key_text(place.node)))
            }
            Origin::Node(place) if spot.path.is_empty() => self.title_at(place),
            _ => quoted("", &spot.path),
        }
    }

    /// The text of what is blamed; `None` where it is missing.
    pub(crate) fn blamed(&mut self, origin: Origin) -> Option<String> {
        match origin {
            Origin::Key(place) => Some(blamed_text(self.world.files()[place.file as usize].key_text(place.node))),
            Origin::Node(place) => Some(self.blamed_text(place)),
            Origin::Missing(..) | Origin::None | Origin::Param(_) => None,
        }
    }

    fn blamed_text(&mut self, place: Place) -> String {
        let file = &self.world.files()[place.file as usize];
        if file.is_secret(place.node) {
            return MASK.to_owned();
        }
        if file.form(place.node) == Form::Scalar {
            return blamed_text(file.text(place.node));
        }
        let value = self.node_value(place, policyc_lang::ir::Shape::Dynamic);
        self.print_masked(&value)
    }

    fn title_at(&self, place: Place) -> String {
        match self.world.object_at(place.file, place.visible()) {
            Some(object) => {
                let mut title = String::new();
                self.print_title(ObjectId(object), &mut title);
                title
            }
            None => self.world.files()[place.file as usize].name.to_string(),
        }
    }

    // The value where it is a scalar, else the token that stands for the whole.
    fn token_of(&self, file: &WorldFile, place: Place, node: NodeId) -> Span {
        let span = file.tree().span(node);
        if file.form(node) == Form::Scalar && !span.is_empty() {
            return span;
        }
        self.key_token(file, Place { node, alias: None, ..place })
    }

    // The key of a node; for an item of a list the value of its `name`, else its first key; for a document its name.
    fn key_token(&self, file: &WorldFile, place: Place) -> Span {
        let node = place.visible();
        let tree = file.tree();
        if let Some(object) = self.world.object_at(place.file, node).map(|id| self.object(ObjectId(id)))
            && object.node == node
        {
            let named = object.name.filter(|name| !tree.span(*name).is_empty()).or(object.kind);
            return named.map_or_else(|| first_token(tree, node), |named| tree.span(named));
        }
        if let Some(span) = tree.key_span(node) {
            return span;
        }
        if let Some(name) = file.get_text_raw(node, "name").filter(|name| file.form(*name) == Form::Scalar) {
            return tree.span(name);
        }
        first_token(tree, node)
    }

    /// How deep a place lies in its document.
    pub(crate) fn depth_of(&self, place: Place) -> usize {
        let top = self.top_of(place);
        self.links_between(place.file, top, place.visible()).map_or(0, Iterator::count)
    }

    /// The root of the object that a place lies in, else of its document.
    fn top_of(&self, place: Place) -> NodeId {
        let node = place.visible();
        if let Some(object) = self.world.object_at(place.file, node) {
            return self.object(ObjectId(object)).node;
        }
        let file = &self.world.files()[place.file as usize];
        file.roots().take_while(|root| *root <= node).last().unwrap_or(node)
    }

    // The path of a place within its object: `spec.containers[name=web].image`.
    fn path_of(&mut self, place: Place) -> String {
        let top = self.top_of(place);
        let site = place.visible();
        let file = &self.world.files()[place.file as usize];
        let Some(alias) = place.alias else { return roomy(&self.way(place.file, top, site).path) };
        if file.tree().is_merge(alias) {
            // What was merged stands where the `<<` stands.
            let map = file.link(site).filter(|_| site != top).map_or(top, |link| link.parent);
            let mut path = roomy(&self.way(place.file, top, map).path);
            push_key(&mut path, &capped(file.key_text(place.node), NAME));
            return path;
        }
        let mut way = Way::clone(&self.way(place.file, top, site));
        let target = file.target(site);
        let mut steps: Vec<_> = self.links_between(place.file, target, place.node).into_iter().flatten().collect();
        while let Some((node, link)) = steps.pop() {
            self.push_step(&mut way, place.file, target, node, link);
        }
        way.path
    }

    // The way from a node, without it, down to another; no step where the other is not below. Kept for what is asked
    // for, and for the items of lists on the way.
    fn way(&mut self, number: u32, top: NodeId, node: NodeId) -> Rc<Way> {
        if let Some(known) = self.ways.get(&(number, node)) {
            return known.clone();
        }
        let mut way = Way::default();
        let mut steps = Vec::new();
        for (step, link) in self.links_between(number, top, node).into_iter().flatten() {
            if let Some(known) = self.ways.get(&(number, step)) {
                way = Way::clone(known);
                break;
            }
            steps.push((step, link));
        }
        while let Some((step, link)) = steps.pop() {
            let is_item = self.push_step(&mut way, number, top, step, link);
            if is_item && step != node {
                self.ways.insert((number, step), Rc::new(way.clone()));
            }
        }
        let way = Rc::new(way);
        self.ways.insert((number, node), way.clone());
        way
    }

    // Adds a step to a way; says whether it goes to an item of a list.
    fn push_step(&self, way: &mut Way, number: u32, top: NodeId, node: NodeId, link: Link) -> bool {
        let file = &self.world.files()[number as usize];
        if file.tree().key_span(node).is_some() {
            let key = file.key_text(node);
            push_key(&mut way.path, &capped(key, NAME));
            push_key(&mut way.plain, key);
            return false;
        }
        match self.item_key(number, top, node, &way.plain) {
            Some((key, value)) => way.path.extend(["[", &key, "=", &capped(value, NAME), "]"]),
            None => way.path.push_str(&format!("[{}]", link.index)),
        }
        true
    }

    // What tells an item of a list from others: `name` and its text.
    fn item_key(&self, number: u32, top: NodeId, item: NodeId, plain: &str) -> Option<(Cow<'static, str>, &'a str)> {
        let files = self.world.files();
        let file = &files[number as usize];
        let object = self.world.object_at(number, top).map(|id| self.object(ObjectId(id)));
        let known =
            object.and_then(|object| (self.settings.list_keys)(object.api_version(files), object.kind(files), plain));
        let key = known.map_or(Some(Cow::Borrowed("name")), |key| key.map(Cow::Owned))?;
        let value = file.get_text(item, &key).filter(|node| file.form(*node) == Form::Scalar)?;
        let text = if file.is_secret(value) { MASK } else { file.text(value) };
        (!file.text(value).is_empty()).then_some((key, text))
    }

    // The nodes from one up to another above it, which does not count; `None` where it is not above.
    fn links_between(
        &self,
        number: u32,
        top: NodeId,
        node: NodeId,
    ) -> Option<impl Iterator<Item = (NodeId, Link)> + use<'a>> {
        let file = &self.world.files()[number as usize];
        let up = move |(_, link): &(NodeId, Link)| match link.parent {
            parent if parent == top => None,
            parent => file.link(parent).map(|above| (parent, above)),
        };
        let first = if node == top { None } else { file.link(node).map(|link| (node, link)) };
        let links = || std::iter::successors(first, up);
        (node == top || links().any(|(_, link)| link.parent == top)).then(links)
    }

    /// The object that a finding concerns; findings of one object share it.
    pub(crate) fn resource(&mut self, id: ObjectId) -> Arc<Resource> {
        match &self.resource {
            Some((known, resource)) if *known == id => Arc::clone(resource),
            _ => {
                let resource = Arc::new(self.make_resource(id));
                self.resource = Some((id, Arc::clone(&resource)));
                resource
            }
        }
    }

    fn make_resource(&self, id: ObjectId) -> Resource {
        let files = self.world.files();
        let object = self.object(id);
        let name = match object.name(files) {
            Some(name) => name.to_owned(),
            None => {
                let file = &files[object.file as usize];
                let prefix = object.metadata.and_then(|metadata| file.get_text(metadata, "generateName"));
                prefix.and_then(|prefix| file.string(prefix)).map(|prefix| format!("{prefix}*")).unwrap_or_default()
            }
        };
        let namespace = object.namespace.and_then(|_| {
            let default = self.world.options().default_namespace.as_deref();
            object.written_namespace(files).or(default).map(str::to_owned)
        });
        Resource {
            api_version: capped(object.api_version(files), NAME).into_owned(),
            kind: capped(object.kind(files), NAME).into_owned(),
            namespace: namespace.map(|namespace| capped(&namespace, NAME).into_owned()),
            name: capped(&name, NAME).into_owned(),
        }
    }

    /// What stands for an origin when checks are compared by what they read.
    pub(crate) fn read_key(&self, origin: Origin) -> Option<ReadKey> {
        match origin {
            Origin::Node(place) | Origin::Key(place) | Origin::Missing(place, PathId::EMPTY) => {
                Some(ReadKey { file: place.file, node: place.visible(), missing: None })
            }
            Origin::Missing(place, path) => {
                let missing = self.paths.first_step(path);
                Some(ReadKey { file: place.file, node: place.visible(), missing })
            }
            Origin::None | Origin::Param(_) => None,
        }
    }

    /// Whether what was read is a blamed place or lies below it.
    pub(crate) fn is_at_or_below(&self, read: ReadKey, blamed: ReadKey) -> bool {
        if read.file != blamed.file {
            return false;
        }
        match blamed.missing {
            Some(_) => read == blamed,
            None => self.world.files()[read.file as usize].is_below(read.node, blamed.node),
        }
    }
}

/// A place as the cascade rule sees it: a node, or the first thing that is missing below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReadKey {
    file: u32,
    node: NodeId,
    missing: Option<Step>,
}

// A path with room for what is missing below it.
fn roomy(path: &str) -> String {
    let mut text = String::with_capacity(path.len() + 40);
    text.push_str(path);
    text
}

// The first key or scalar of a node.
pub(crate) fn first_token(tree: &Tree, node: NodeId) -> Span {
    let mut at = tree.resolve(node);
    for _ in 0..256 {
        if let Some(entry) = tree.raw_entries(at).next() {
            return tree.key_span(entry.value).unwrap_or_else(|| tree.span(entry.value));
        }
        match tree.items(at).next() {
            Some(item) => at = item,
            None => break,
        }
    }
    tree.span(at)
}
