//! Parts that the engine computes: of objects, rows, namespaces, the project, the cluster, and of texts with a form.

use super::machine::Evaluator;
use super::origin::{Origin, PathId, Place, Step};
use super::value::{Data, List, NamespaceId, ObjectId, Rich, Unknown, Value};
use policyc_lang::ir::{DocsOf, ExprId, KindSetId, Native, ViewId, ViewSource};
use policyc_lang::values::{FsPath, ImageRef, ImageText, License, Purl};
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    /// `Expr::Native`.
    pub(crate) fn native(&mut self, base: &Value<'a>, part: Native) -> Value<'a> {
        match (&base.data, part) {
            (Data::Absent, _) => return base.clone(),
            // How a text is written does not hang on what its variables are.
            (_, Native::TextRaw | Native::TextIsVariable) => return self.written(base, part),
            (Data::Unknown(_), _) => return base.clone(),
            _ => {}
        }
        match part {
            Native::ObjectApiVersion
            | Native::ObjectGroup
            | Native::ObjectVersion
            | Native::ObjectKind
            | Native::ObjectNamespaced
            | Native::ObjectNamespace
            | Native::ObjectFile
            | Native::RowObject => match self.object_of(base) {
                Some(object) => self.native_of_object(object, part),
                None => Value::absent_at(base.origin),
            },
            Native::NamespaceName | Native::NamespaceDeclared | Native::NamespaceObject => {
                self.native_of_namespace(base, part)
            }
            Native::ProjectName => Value::new(Data::Str(&self.world.options().name), Origin::None),
            Native::ProjectNamespaces => self.all_namespaces(),
            Native::ProjectFiles => {
                let names = self.world.files().iter().map(|file| Value::plain(Data::Str(&file.name)));
                Value::list(names.collect(), Origin::None)
            }
            Native::ClusterVersion => {
                let settings = self.settings;
                let make = || Rc::new(Rich::Version(settings.cluster.version.clone()));
                Value::plain(Data::Rich(self.cluster_version.get_or_insert_with(make).clone()))
            }
            Native::ClusterProvider => match &self.settings.cluster.provider {
                Some(provider) => Value::plain(Data::Str(provider)),
                None => Value::absent(),
            },
            Native::ClusterFeatures => self.features(),
            _ => self.native_of_value(base, part),
        }
    }

    fn written(&self, base: &Value<'a>, part: Native) -> Value<'a> {
        let written = base.origin.place().map(|place| {
            let tree = self.world.files()[place.file as usize].tree();
            tree.span(place.node).text(tree.source())
        });
        let text = written.or_else(|| base.as_str()).unwrap_or_default();
        match part {
            Native::TextIsVariable => Value::bool(is_variable(text), base.origin),
            _ => Value::text(text, base.origin),
        }
    }

    fn features(&mut self) -> Value<'a> {
        let settings = self.settings;
        let fields = settings
            .cluster
            .features
            .iter()
            .map(|(name, on)| (self.names.intern(name), Value::bool(*on, Origin::None)));
        let fields = fields.collect();
        Value::plain(Data::Record(Rc::new(fields)))
    }

    fn native_of_object(&mut self, id: ObjectId, part: Native) -> Value<'a> {
        let files = self.world.files();
        let object = self.object(id);
        let at = |node: Option<_>| match node {
            Some(node) => Origin::Node(Place::new(object.file, node)),
            None => Origin::Node(Place::new(object.file, object.node)),
        };
        let version = at(object.api_version_node());
        match part {
            Native::ObjectApiVersion => Value::new(Data::Str(object.api_version(files)), version),
            Native::ObjectGroup => Value::new(Data::Str(object.group(files)), version),
            Native::ObjectVersion => Value::new(Data::Str(object.version(files)), version),
            Native::ObjectKind => Value::new(Data::Str(object.kind(files)), at(object.kind)),
            Native::ObjectNamespaced => Value::bool(object.namespace.is_some(), at(object.kind)),
            Native::ObjectFile => Value::new(Data::Str(&files[object.file as usize].name), at(None)),
            Native::ObjectNamespace => match object.namespace {
                Some(namespace) => {
                    let origin = self.namespace_origin_of(id);
                    Value::new(Data::Namespace(NamespaceId(namespace)), origin)
                }
                None => Value::absent_at(at(object.kind)),
            },
            _ => self.object_value(id),
        }
    }

    // Where an object says its namespace, or does not.
    fn namespace_origin_of(&mut self, id: ObjectId) -> Origin {
        let object = self.object(id);
        if object.written_namespace(self.world.files()).is_some()
            && let Some(node) = object.namespace_node
        {
            return Origin::Node(Place::new(object.file, node));
        }
        let key = Step::Key(self.names.intern("namespace"));
        match object.metadata {
            Some(metadata) => Origin::Missing(Place::new(object.file, metadata), self.paths.extend(PathId::EMPTY, key)),
            None => {
                let metadata = Step::Key(self.names.intern("metadata"));
                let path = self.paths.extend(PathId::EMPTY, metadata);
                Origin::Missing(Place::new(object.file, object.node), self.paths.extend(path, key))
            }
        }
    }

    fn native_of_namespace(&mut self, base: &Value<'a>, part: Native) -> Value<'a> {
        let Data::Namespace(id) = base.data else { return Value::absent_at(base.origin) };
        let namespace = &self.world.namespaces()[id.0 as usize];
        let origin = if base.origin == Origin::None { self.namespace_value(id).origin } else { base.origin };
        match part {
            Native::NamespaceName => Value::new(Data::Str(&namespace.name), origin),
            Native::NamespaceDeclared => match (namespace.declared, self.may_be_declared(&namespace.name)) {
                (None, true) => Value::new(
                    Data::Unknown(Unknown::open(format!("namespace `{}` may be declared elsewhere", namespace.name))),
                    origin,
                ),
                (declared, _) => Value::bool(declared.is_some(), origin),
            },
            _ => match (namespace.declared, self.may_be_declared(&namespace.name)) {
                (Some(object), _) => self.object_value(ObjectId(object)),
                (None, true) => Value::new(
                    Data::Unknown(Unknown::open(format!("namespace `{}` may be declared elsewhere", namespace.name))),
                    origin,
                ),
                (None, false) => Value::absent_at(origin),
            },
        }
    }

    /// A namespace as a value; its place is its declaration, else its first mention.
    pub(crate) fn namespace_value(&self, id: NamespaceId) -> Value<'a> {
        let namespace = &self.world.namespaces()[id.0 as usize];
        let place = |object: u32, node: Option<_>| {
            let object = &self.world.objects()[object as usize];
            Origin::Node(Place::new(object.file, node.unwrap_or(object.node)))
        };
        let origin = match (namespace.declared, namespace.mentioned) {
            (Some(object), _) => place(object, None),
            (None, Some((object, node))) => place(object, node),
            (None, None) => Origin::None,
        };
        Value::new(Data::Namespace(id), origin)
    }

    fn all_namespaces(&self) -> Value<'a> {
        let ids = (0u32..).zip(self.world.namespaces()).map(|(id, _)| self.namespace_value(NamespaceId(id)));
        Self::list_value(ids.collect(), self.elsewhere("namespaces"), Origin::None)
    }

    // Why a list of objects may be longer than what is here.
    fn elsewhere(&self, what: &str) -> Option<Unknown> {
        self.world.options().open.then(|| Unknown::open(format!("there may be more {what} elsewhere")))
    }

    // Whether an object may be one that the caller says is made elsewhere.
    fn is_external(&self, kind: &str, name: Option<&str>, namespace: Option<u32>) -> bool {
        let external = &self.world.options().external;
        let namespace = || Some(&*self.world.namespaces().get(namespace? as usize)?.name);
        !external.is_empty() && external.iter().any(|known| known.may_be(kind, name, namespace()))
    }

    // Why a list of objects of some kinds may be longer than what is here, though the world is closed.
    fn external_kinds(&self, kinds: KindSetId, namespace: Option<u32>) -> Option<Unknown> {
        let set = self.program.kind_sets.get(kinds.index())?;
        let made = set.kinds.iter().find(|kind| self.is_external(&kind.kind, None, namespace))?;
        Some(Unknown::open(format!("some objects of kind {} are made elsewhere", made.kind)))
    }

    // Whether a namespace that no object declares may be declared elsewhere.
    fn may_be_declared(&self, name: &str) -> bool {
        self.world.options().open || self.is_external("Namespace", Some(name), None)
    }

    fn native_of_value(&self, base: &Value<'a>, part: Native) -> Value<'a> {
        let base = &self.scalar_of_row(base.clone());
        let origin = base.origin;
        if let Data::Cidr(cidr) = base.data {
            return match part {
                Native::CidrHostBits => Value::bool(cidr.host_bits() > 0, origin),
                _ => Value::absent_at(origin),
            };
        }
        if let Some(version) = base.as_version() {
            let number = match part {
                Native::SemverMajor => version.major(),
                Native::SemverMinor => version.minor(),
                Native::SemverPatch => version.patch(),
                _ => return Value::absent_at(origin),
            };
            return Value::number(i128::from(number), origin);
        }
        let Some(text) = base.as_str() else { return Value::absent_at(origin) };
        part_of_text(text, part, origin)
    }

    /// The places in [`crate::world::World::namespaces`] that a value stands for: a namespace, or its name.
    fn namespace_id(&self, value: &Value<'a>) -> Result<Option<u32>, Unknown> {
        match &value.data {
            Data::Unknown(unknown) => Err(unknown.clone()),
            Data::Namespace(id) => Ok(Some(id.0)),
            _ => Ok(self.key_text(value).and_then(|name| self.world.namespace_named(&name))),
        }
    }

    /// `Expr::Docs`.
    pub(crate) fn docs(&mut self, of: DocsOf, namespace: Option<ExprId>) -> Value<'a> {
        let mut origin = Origin::None;
        let within = match namespace {
            None => None,
            Some(expr) => {
                let value = self.eval(expr);
                origin = value.origin;
                match self.namespace_id(&value) {
                    Err(unknown) => return Value::new(Data::Unknown(unknown), origin),
                    Ok(None) => return Self::list_value(Vec::new(), self.elsewhere("objects"), origin),
                    Ok(found) => found,
                }
            }
        };
        match of {
            DocsOf::Namespaces => self.all_namespaces(),
            DocsOf::Kinds(kinds) => Value::new(Data::List(self.objects_of_kinds(kinds, within)), origin),
            DocsOf::Objects => {
                let world = self.world;
                let items = match within {
                    Some(within) => {
                        world.in_namespace(Some(within)).iter().map(|id| self.object_value(ObjectId(*id))).collect()
                    }
                    None => (0u32..).zip(world.objects()).map(|(id, _)| self.object_value(ObjectId(id))).collect(),
                };
                Self::list_value(items, self.elsewhere("objects"), origin)
            }
            DocsOf::View(view) => {
                let list = self.rows_of_world(view, within);
                Value::new(Data::List(list), origin)
            }
        }
    }

    fn objects_of_kinds(&mut self, kinds: KindSetId, within: Option<u32>) -> Rc<List<'a>> {
        if let Some(list) = self.memos.kinds((kinds, within)) {
            return list;
        }
        let ids = self.ids_of_kinds(kinds, within);
        let items = ids.into_iter().map(|id| self.object_value(ObjectId(id))).collect();
        let incomplete = self.elsewhere(&self.kinds_text(kinds)).or_else(|| self.external_kinds(kinds, within));
        let list = Rc::new(List { items, incomplete });
        self.share(&list);
        self.memos.keep_kinds((kinds, within), list.clone());
        list
    }

    fn kinds_text(&self, kinds: KindSetId) -> String {
        let set = self.program.kind_sets.get(kinds.index());
        let names: Vec<_> =
            set.map(|set| set.kinds.iter().map(|kind| kind.kind.as_str()).collect()).unwrap_or_default();
        match names.as_slice() {
            [one] => format!("objects of kind {one}"),
            _ => "objects".to_owned(),
        }
    }

    fn ids_of_kinds(&mut self, kinds: KindSetId, namespace: Option<u32>) -> Vec<u32> {
        let Some(set) = self.program.kind_sets.get(kinds.index()) else { return Vec::new() };
        let mut names: Vec<&str> = set.kinds.iter().map(|kind| kind.kind.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let mut ids = Vec::new();
        for kind in &names {
            let found = match namespace {
                Some(_) => self.world.of_kind_in(kind, namespace),
                None => self.world.of_kind(kind),
            };
            ids.extend(found.iter().copied().filter(|id| self.is_of_kind(ObjectId(*id), kinds)));
        }
        if names.len() > 1 {
            ids.sort_unstable();
        }
        ids
    }

    // All rows of a view, or those whose objects live in a namespace.
    fn rows_of_world(&mut self, view: ViewId, within: Option<u32>) -> Rc<List<'a>> {
        let env = if self.plan.view_reads_params(view) { self.env } else { super::value::EnvId::ANY };
        let key = (view, within, env);
        if let Some(list) = self.memos.view(key) {
            return list;
        }
        let mut rows = Vec::new();
        for id in self.source_objects(view, within) {
            self.rows_from_object(view, ObjectId(id), &mut rows);
        }
        self.rows_from_roots(view, within, &mut rows);
        let mut incomplete = None;
        rows.retain(|row| match row.as_unknown() {
            Some(unknown) => {
                incomplete.get_or_insert(unknown.clone());
                false
            }
            None => true,
        });
        let external = match &self.program.view(view).source {
            ViewSource::Kinds(kinds) => self.external_kinds(*kinds, within),
            _ => None,
        };
        let incomplete = incomplete.or_else(|| self.elsewhere("objects")).or(external);
        let list = Rc::new(List { items: rows, incomplete });
        self.share(&list);
        self.memos.keep_view(key, list.clone());
        list
    }

    // Objects from which rows of a view may come, ascending.
    fn source_objects(&mut self, view: ViewId, within: Option<u32>) -> Vec<u32> {
        let program = self.program;
        match &program.view(view).source {
            ViewSource::Kinds(kinds) => self.ids_of_kinds(*kinds, within),
            ViewSource::Objects => match within {
                Some(_) => self.world.in_namespace(within).to_vec(),
                None => (0u32..).zip(self.world.objects()).map(|(id, _)| id).collect(),
            },
            ViewSource::Views(views) => {
                let mut ids: Vec<u32> = Vec::new();
                for source in views {
                    ids.extend(self.source_objects(*source, within));
                }
                ids.sort_unstable();
                ids.dedup();
                ids
            }
            ViewSource::Namespaces | ViewSource::Projects => Vec::new(),
        }
    }

    // Rows of a view that come from namespaces and the project, directly or through other views.
    fn rows_from_roots(&mut self, view: ViewId, within: Option<u32>, out: &mut Vec<Value<'a>>) {
        let ids = (0u32..).zip(self.world.namespaces()).map(|(id, _)| id);
        for id in ids.filter(|id| within.is_none_or(|within| within == *id)) {
            self.rows_from_root(view, &self.namespace_value(NamespaceId(id)), out);
        }
        if within.is_none() {
            self.rows_from_root(view, &Value::plain(Data::Project), out);
        }
    }

    /// Rows of a view that come from a namespace or the project, directly or through other views.
    pub(crate) fn rows_from_root(&mut self, view: ViewId, root: &Value<'a>, out: &mut Vec<Value<'a>>) {
        let program = self.program;
        match &program.view(view).source {
            ViewSource::Namespaces if matches!(root.data, Data::Namespace(_)) => self.push_rows(root, view, out),
            ViewSource::Projects if matches!(root.data, Data::Project) => self.push_rows(root, view, out),
            ViewSource::Views(views) => {
                for source in views {
                    let mut parents = Vec::new();
                    self.rows_from_root(*source, root, &mut parents);
                    for parent in parents {
                        self.push_rows(&parent, view, out);
                    }
                }
            }
            _ => {}
        }
    }

    /// `Expr::Find`.
    pub(crate) fn find(
        &mut self,
        kinds: Option<KindSetId>,
        kind_name: Option<ExprId>,
        name: ExprId,
        namespace: Option<ExprId>,
    ) -> Value<'a> {
        let name = self.eval(name);
        let kind = kind_name.map(|kind| self.eval(kind));
        let within = namespace.map(|namespace| self.eval(namespace));
        for value in [Some(&name), kind.as_ref(), within.as_ref()].into_iter().flatten() {
            if let Data::Unknown(_) = value.data {
                return value.clone();
            }
        }
        let Some(text) = self.key_text(&name).map(std::borrow::Cow::into_owned) else {
            return Value::absent_at(name.origin);
        };
        let scope = match &within {
            None => None,
            Some(value) => match self.namespace_id(value) {
                Err(unknown) => return Value::new(Data::Unknown(unknown), value.origin),
                Ok(None) => return self.not_here(&[], &text, None, name.origin),
                Ok(found) => found,
            },
        };
        let mut wanted: Vec<String> = Vec::new();
        if let Some(set) = kinds.and_then(|kinds| self.program.kind_sets.get(kinds.index())) {
            wanted.extend(set.kinds.iter().map(|kind| kind.kind.clone()));
        } else if let Some(kind) = kind.as_ref().and_then(|kind| self.key_text(kind)) {
            wanted.push(kind.into_owned());
        }
        for kind in &wanted {
            let found = self.world.named(kind, scope, &text).map(ObjectId);
            let found: Vec<_> = found.filter(|id| kinds.is_none_or(|kinds| self.is_of_kind(*id, kinds))).collect();
            if let Some(id) = found.first() {
                return self.object_value(*id);
            }
        }
        self.not_here(&wanted, &text, scope, name.origin)
    }

    fn not_here(&self, kinds: &[String], name: &str, namespace: Option<u32>, origin: Origin) -> Value<'a> {
        let external = kinds.iter().any(|kind| self.is_external(kind, Some(name), namespace));
        if self.world.options().open || external {
            let unknown = Unknown::open(format!("`{name}` may exist elsewhere"));
            return Value::new(Data::Unknown(unknown), origin);
        }
        Value::absent_at(origin)
    }

    /// `project.namespace("x")`.
    pub(crate) fn namespace_named(&mut self, name: ExprId) -> Value<'a> {
        let name = self.eval(name);
        match self.namespace_id(&name) {
            Err(unknown) => Value::new(Data::Unknown(unknown), name.origin),
            Ok(Some(id)) => self.namespace_value(NamespaceId(id)),
            Ok(None) => {
                let text = self.key_text(&name).map(std::borrow::Cow::into_owned).unwrap_or_default();
                self.not_here(&["Namespace".to_owned()], &text, None, name.origin)
            }
        }
    }
}

/// Whether a text is `$name` or `${…}`, in double quotes or without them.
fn is_variable(text: &str) -> bool {
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let Some(name) = text.strip_prefix('$') else { return false };
    match name.strip_prefix('{') {
        Some(rest) => rest.find('}') == Some(rest.len().wrapping_sub(1)),
        None => !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
    }
}

fn part_of_text<'a>(text: &str, part: Native, origin: Origin) -> Value<'a> {
    let absent = || Value::absent_at(origin);
    let optional = |part: Option<&str>| part.map_or_else(absent, |part| Value::text(part, origin));
    match part {
        Native::ImageRegistry
        | Native::ImagePath
        | Native::ImageRepository
        | Native::ImageTag
        | Native::ImageDigest => match ImageText::parse(text) {
            Ok(ImageText::Known(image)) => part_of_image(&image, part, origin),
            Ok(ImageText::Unknown) => Value::unknown(format!("`{text}` has variables that are not known"), origin),
            Err(_) => Value::unknown(format!("`{text}` is not an image"), origin),
        },
        Native::PathBase => optional(FsPath::parse(text).ok().as_ref().map(FsPath::base)),
        Native::PathAbsolute => match FsPath::parse(text) {
            Ok(path) => Value::bool(path.is_absolute(), origin),
            Err(_) => absent(),
        },
        Native::PurlWithoutVersion => match Purl::parse(text) {
            Ok(purl) => Value::text(purl.without_version().to_string(), origin),
            Err(_) => absent(),
        },
        Native::LicenseAlternatives => match License::parse(text) {
            Ok(license) => {
                let alternatives = license.alternatives().iter().map(|all| {
                    let all = all.iter().map(|one| Value::text(one.as_str(), origin)).collect();
                    Value::list(all, origin)
                });
                Value::list(alternatives.collect(), origin)
            }
            Err(_) => absent(),
        },
        _ => absent(),
    }
}

fn part_of_image<'a>(image: &ImageRef, part: Native, origin: Origin) -> Value<'a> {
    let optional = |part: Option<&str>| match part {
        Some(part) => Value::text(part, origin),
        None => Value::absent_at(origin),
    };
    match part {
        Native::ImageRegistry => Value::text(image.registry(), origin),
        Native::ImagePath => Value::text(&*image.path(), origin),
        Native::ImageRepository => Value::text(image.repository(), origin),
        Native::ImageTag => optional(image.tag()),
        _ => optional(image.digest()),
    }
}
