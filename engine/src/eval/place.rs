//! From origins to what findings show: bytes, paths, titles.

use super::access::shorten;
use super::machine::Evaluator;
use super::origin::{Origin, PathId, Place, Step, push_key};
use super::print::MASK;
use super::value::ObjectId;
use crate::finding::Resource;
use crate::report::blamed_text;
use crate::report::limit::{NAME, PATH, cap, capped};
use crate::world::{Form, WorldFile};
use crate::yaml::NodeId;
use policyc_text::{Location, Span};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Nodes right below others, for those that were asked about; to find a child by its number without walking.
pub(crate) type ChildTable = FxHashMap<(u32, NodeId), Rc<[NodeId]>>;

/// An origin as a finding shows it.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    /// Where.
    pub(crate) location: Location,
    /// The path within the object, and what is missing below it.
    pub(crate) path: String,
    /// The text of the value; `None` where it is missing.
    pub(crate) blamed: Option<String>,
    /// A few words.
    pub(crate) label: String,
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
        let anchor = place.alias.map(|_| at(self.token_of(file, place, place.node)));
        let spot = match origin {
            Origin::Missing(_, missing) => {
                let mut rest = self.paths.print(missing, &self.names);
                cap(&mut rest, NAME);
                let span = if place.alias.is_some() { file.tree().span(node) } else { self.key_token(file, place) };
                let label = if rest.is_empty() { format!("missing: `{path}`") } else { format!("missing: `{rest}`") };
                if !rest.is_empty() {
                    if !path.is_empty() && !rest.starts_with('[') {
                        path.push('.');
                    }
                    path.push_str(&rest);
                    cap(&mut path, PATH);
                }
                Spot { location: at(span), path, blamed: None, label, anchor: None }
            }
            Origin::Key(_) => {
                let span = file.tree().key_span(node).unwrap_or_else(|| file.tree().span(node));
                let text = file.key_text(place.node).to_owned();
                let label = format!("key `{}`", shorten(&text));
                Spot { location: at(span), path, blamed: Some(blamed_text(&text)), label, anchor }
            }
            _ => {
                let span =
                    if place.alias.is_some() { file.tree().span(node) } else { self.token_of(file, place, node) };
                let blamed = self.blamed_text(place);
                let label = if path.is_empty() { self.title_at(place) } else { format!("`{path}`") };
                Spot { location: at(span), path, blamed: Some(blamed), label, anchor }
            }
        };
        Some(spot)
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
            Some(object) => self.object_title(ObjectId(object)),
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
            return named.map_or_else(|| first_token(file, node), |named| tree.span(named));
        }
        if let Some(span) = tree.key_span(node) {
            return span;
        }
        if let Some(name) = file.get_text_raw(node, "name").filter(|name| file.form(*name) == Form::Scalar) {
            return tree.span(name);
        }
        first_token(file, node)
    }

    /// How deep a place lies in its document.
    pub(crate) fn depth_of(&mut self, place: Place) -> usize {
        let top = self.top_of(place);
        self.steps_between(place.file, top, place.visible()).len()
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

    /// The path of a place within its object: `spec.containers[name=web].image`.
    pub(crate) fn path_of(&mut self, place: Place) -> String {
        let top = self.top_of(place);
        let mut path = String::new();
        let mut plain = String::new();
        let site = place.visible();
        let mut steps = self.steps_between(place.file, top, site);
        let file = &self.world.files()[place.file as usize];
        let merged = place.alias.is_some_and(|alias| file.tree().is_merge(alias));
        if merged {
            steps.pop();
        }
        self.push_steps(place.file, top, &steps, &mut path, &mut plain);
        if place.alias.is_some() {
            let target = file.target(site);
            if merged {
                push_key(&mut path, &capped(file.key_text(place.node), NAME));
            } else if target != place.node {
                let inner = self.steps_between(place.file, target, place.node);
                self.push_steps(place.file, target, &inner, &mut path, &mut plain);
            }
        }
        cap(&mut path, PATH);
        path
    }

    fn push_steps(&mut self, number: u32, top: NodeId, steps: &[NodeId], path: &mut String, plain: &mut String) {
        let file = &self.world.files()[number as usize];
        let mut parent = top;
        for node in steps {
            if file.tree().key_span(*node).is_some() {
                let key = file.key_text(*node);
                push_key(path, &capped(key, NAME));
                push_key(plain, key);
            } else {
                let step = self.item_step(number, top, parent, *node, plain);
                path.push_str(&step);
            }
            parent = *node;
        }
    }

    // `[name=web]` or `[0]`.
    fn item_step(&mut self, number: u32, top: NodeId, list: NodeId, item: NodeId, plain: &str) -> String {
        let file = &self.world.files()[number as usize];
        let object = self.world.object_at(number, top).map(|id| self.object(ObjectId(id)));
        let known = object.and_then(|object| {
            let files = self.world.files();
            (self.settings.list_keys)(object.api_version(files), object.kind(files), plain)
        });
        let key = match known {
            Some(key) => key,
            None => Some("name".to_owned()),
        };
        let value =
            key.as_ref().and_then(|key| file.get_text(item, key)).filter(|node| file.form(*node) == Form::Scalar);
        if let (Some(key), Some(value)) = (key, value)
            && !file.text(value).is_empty()
        {
            let text = if file.is_secret(value) { MASK } else { file.text(value) };
            return format!("[{key}={}]", capped(text, NAME));
        }
        let children = self.children(number, list);
        format!("[{}]", children.partition_point(|child| *child < item))
    }

    // The nodes on the way from one node, without it, down to another.
    fn steps_between(&mut self, file: u32, top: NodeId, node: NodeId) -> Vec<NodeId> {
        let mut steps = Vec::new();
        let mut at = top;
        while at != node {
            let children = self.children(file, at);
            let after = children.partition_point(|child| *child <= node);
            let Some(next) = after.checked_sub(1).map(|place| children[place]) else { return steps };
            steps.push(next);
            at = next;
        }
        steps
    }

    fn children(&mut self, number: u32, node: NodeId) -> Rc<[NodeId]> {
        if let Some(children) = self.children_of.get(&(number, node)) {
            return children.clone();
        }
        let tree = self.world.files()[number as usize].tree();
        // Of an alias nothing lies below.
        let mut children: Vec<NodeId> = if tree.resolve(node) == node {
            tree.raw_entries(node).map(|entry| entry.value).chain(tree.items(node)).collect()
        } else {
            Vec::new()
        };
        children.sort_unstable();
        let children: Rc<[NodeId]> = children.into();
        self.children_of.insert((number, node), children.clone());
        children
    }

    /// The object that a finding concerns.
    pub(crate) fn resource(&self, id: ObjectId) -> Resource {
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

// The first key or scalar of a node.
fn first_token(file: &WorldFile, node: NodeId) -> Span {
    let tree = file.tree();
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
