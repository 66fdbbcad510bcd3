//! Fields, indexes and calls on values.

use super::facts::StablePath;
use super::interface::Entity;
use super::ty::Ty;
use super::{Checker, Typed, hints, next_id};
use crate::ir::{DocsOf, Expr, Native, PropertyId, ViewId};
use crate::schema::{TypeRef, did_you_mean};
use crate::syntax::ast::{self, ExprKind, Name};
use policyc_text::Span;

/// How a field is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Key,
    Native(Native),
    Row(ViewId, u32),
    Rows(ViewId),
    Property(PropertyId),
}

/// Parts of values that have a type but no schema.
const PARTS: &[(Ty, &str, Native, PartTy)] = &[
    (Ty::Image, "registry", Native::ImageRegistry, PartTy::Text),
    (Ty::Image, "path", Native::ImagePath, PartTy::Path),
    (Ty::Image, "repository", Native::ImageRepository, PartTy::Path),
    (Ty::Image, "tag", Native::ImageTag, PartTy::OptionalText),
    (Ty::Image, "digest", Native::ImageDigest, PartTy::OptionalText),
    (Ty::Cidr, "host_bits", Native::CidrHostBits, PartTy::Bool),
    (Ty::Path, "base", Native::PathBase, PartTy::Text),
    (Ty::Path, "absolute", Native::PathAbsolute, PartTy::Bool),
    (Ty::Purl, "without_version", Native::PurlWithoutVersion, PartTy::Text),
    (Ty::License, "alternatives", Native::LicenseAlternatives, PartTy::TextList),
    (Ty::Semver, "major", Native::SemverMajor, PartTy::Number),
    (Ty::Semver, "minor", Native::SemverMinor, PartTy::Number),
    (Ty::Semver, "patch", Native::SemverPatch, PartTy::Number),
    (Ty::String, "raw", Native::TextRaw, PartTy::Text),
    (Ty::String, "is_variable", Native::TextIsVariable, PartTy::Bool),
    (Ty::Namespace, "name", Native::NamespaceName, PartTy::Text),
    (Ty::Namespace, "declared", Native::NamespaceDeclared, PartTy::Bool),
    (Ty::Namespace, "object", Native::NamespaceObject, PartTy::NamespaceObject),
    (Ty::Project, "name", Native::ProjectName, PartTy::Text),
    (Ty::Project, "namespaces", Native::ProjectNamespaces, PartTy::Namespaces),
    (Ty::Project, "files", Native::ProjectFiles, PartTy::TextList),
    (Ty::Cluster, "version", Native::ClusterVersion, PartTy::Semver),
    (Ty::Cluster, "provider", Native::ClusterProvider, PartTy::OptionalText),
    (Ty::Cluster, "features", Native::ClusterFeatures, PartTy::Features),
];

/// Parts of every object.
const OBJECT_PARTS: &[(&str, Native, PartTy)] = &[
    ("apiVersion", Native::ObjectApiVersion, PartTy::Text),
    ("group", Native::ObjectGroup, PartTy::Text),
    ("version", Native::ObjectVersion, PartTy::Text),
    ("kind", Native::ObjectKind, PartTy::Text),
    ("namespaced", Native::ObjectNamespaced, PartTy::Bool),
    ("namespace", Native::ObjectNamespace, PartTy::Namespace),
    ("file", Native::ObjectFile, PartTy::Path),
];

#[derive(Clone, Copy, Debug)]
enum PartTy {
    Text,
    Path,
    OptionalText,
    TextList,
    Bool,
    Number,
    Semver,
    Features,
    Namespace,
    Namespaces,
    NamespaceObject,
}

impl Checker<'_> {
    fn part_type(&mut self, part: PartTy) -> Ty {
        match part {
            PartTy::Text => Ty::String,
            PartTy::Path => Ty::Path,
            PartTy::OptionalText => Ty::String.optional(),
            PartTy::TextList => Ty::String.list(),
            PartTy::Bool => Ty::Bool,
            PartTy::Number => Ty::Number,
            PartTy::Semver => Ty::Semver,
            PartTy::Features => Ty::Bool.map(),
            PartTy::Namespace => Ty::Namespace,
            PartTy::Namespaces => Ty::Namespace.list(),
            PartTy::NamespaceObject => self.known_kind("Namespace").map_or(Ty::AnyObject, Ty::Kind).optional(),
        }
    }

    /// `base.name`.
    pub(super) fn check_field(&mut self, base: &ast::Expr, name: &Name, span: Span) -> Typed {
        let base = self.check(base, None);
        self.field_of(&base, &name.text, name.span, span)
    }

    pub(super) fn field_of(&mut self, base: &Typed, name: &str, name_span: Span, span: Span) -> Typed {
        if matches!(base.ty, Ty::Error) {
            return self.bad(span);
        }
        if self.is_marker(name) {
            self.complete_field(&base.ty);
            return self.bad(span);
        }
        let Some((how, ty)) = self.find_field(&base.ty, name) else {
            self.unknown_field(&base.ty, name, name_span);
            return self.bad(span);
        };
        let ty = if base.ty.is_optional() { ty.optional() } else { ty };
        let path = base.path.as_ref().map(|path| path.field(name));
        let (ty, owes) = match &path {
            Some(path) => self.environment.narrow(path, ty),
            None => (ty, Vec::new()),
        };
        self.note_field(name_span, &base.ty, how, name, &ty);
        let id = match how {
            How::Key => {
                let shape = self.shape_of(&ty);
                let name = self.sym(name);
                self.emit(Expr::Field { base: base.id, name, shape }, span)
            }
            How::Native(part) => self.emit(Expr::Native { base: base.id, part }, span),
            How::Row(view, field) => self.emit(Expr::RowField { base: base.id, view, field }, span),
            How::Rows(view) => self.emit(Expr::Rows { parent: base.id, view }, span),
            How::Property(property) => self.emit(Expr::Property { base: base.id, property }, span),
        };
        Typed { path, owes, ..Typed::plain(id, ty) }
    }

    pub(super) fn find_field(&mut self, ty: &Ty, name: &str) -> Option<(How, Ty)> {
        match ty {
            Ty::Optional(inner) => self.find_field(inner, name),
            Ty::Dynamic => Some((How::Key, Ty::Dynamic)),
            Ty::Record(fields) => fields.iter().find(|(field, _)| field == name).map(|(_, ty)| (How::Key, ty.clone())),
            Ty::Map(element) => Some((How::Key, (**element).clone().optional())),
            Ty::Object(defs) => {
                self.schema_field(defs, name).map(|ty| (How::Key, ty)).or_else(|| self.property(ty, name))
            }
            Ty::Kind(kind) => self.kind_field(ty, &kind.defs, name),
            Ty::AnyObject => self.any_object_field(ty, name),
            Ty::View(view) => self.view_field(ty, *view, name),
            Ty::Union(members) => self.union_field(members, name),
            other => {
                let part = PARTS.iter().find(|(of, part, _, _)| of == other && *part == name).copied_part();
                match part {
                    Some((native, ty)) => Some((How::Native(native), self.part_type(ty))),
                    None => self.property(other, name),
                }
            }
        }
    }

    fn schema_field(&self, defs: &[crate::schema::DefId], name: &str) -> Option<Ty> {
        let mut found: Option<Ty> = None;
        for def in defs {
            // A policy may speak of fields that only other versions have; where the version at hand lacks them they are
            // absent in its documents.
            let Some(field) = self.types.field_of_any_version(*def, name) else { continue };
            let required = field.required || name == "spec" && self.has_required_fields(field.ty);
            let ty = self.schema_type(field.ty);
            let ty = if required { ty } else { ty.optional() };
            found = Some(match found {
                Some(known) => join_versions(known, ty),
                None => ty,
            });
        }
        found
    }

    /// The API server refuses an object without a `spec` whose fields it requires, though the schema does not say so.
    fn has_required_fields(&self, ty: TypeRef) -> bool {
        matches!(ty, TypeRef::Object(def) if self.types.fields(def).any(|field| field.required))
    }

    fn kind_field(&mut self, ty: &Ty, defs: &[crate::schema::DefId], name: &str) -> Option<(How, Ty)> {
        if let Some(part) = self.object_part(name).filter(|_| matches!(name, "apiVersion" | "kind")) {
            return Some(part);
        }
        if name == "metadata" {
            return Some((How::Key, self.metadata_type()));
        }
        if let Some(found) = self.schema_field(defs, name) {
            return Some((How::Key, found));
        }
        if let Some(found) = self.object_part(name).or_else(|| self.property(ty, name)) {
            return Some(found);
        }
        defs.is_empty().then_some((How::Key, Ty::Dynamic))
    }

    fn any_object_field(&mut self, ty: &Ty, name: &str) -> Option<(How, Ty)> {
        if name == "metadata" {
            return Some((How::Key, self.metadata_type()));
        }
        self.object_part(name).or_else(|| self.property(ty, name)).or(Some((How::Key, Ty::Dynamic)))
    }

    fn object_part(&mut self, name: &str) -> Option<(How, Ty)> {
        let (_, native, ty) = OBJECT_PARTS.iter().find(|(part, _, _)| *part == name)?;
        let ty = self.part_type(*ty);
        Some((How::Native(*native), ty))
    }

    fn metadata_type(&self) -> Ty {
        Ty::Object(self.types.definitions_named("ObjectMeta").take(1).collect())
    }

    fn view_field(&mut self, ty: &Ty, view: ViewId, name: &str) -> Option<(How, Ty)> {
        let signature = self.interface.views.get(view.index())?;
        if let Some(at) = signature.fields.iter().position(|(field, _)| field == name) {
            return Some((How::Row(view, next_id(at)), signature.fields[at].1.clone()));
        }
        let base = signature.base.clone();
        self.property(ty, name).or_else(|| base.and_then(|base| self.find_field(&base, name)))
    }

    fn union_field(&mut self, members: &[Ty], name: &str) -> Option<(How, Ty)> {
        let mut found: Option<(How, Ty)> = None;
        let mut missing = false;
        for member in members {
            match (self.find_field(member, name), found.take()) {
                (None, before) => {
                    missing = true;
                    found = before;
                }
                (Some(this), None) => found = Some(this),
                (Some((how, ty)), Some((known, known_ty))) => {
                    // Rows of another view have the field under the same name, and are asked by it.
                    let rows = matches!((how, known), (How::Row(..), How::Row(..)));
                    if how != known && !rows {
                        return None;
                    }
                    found = Some((known, known_ty.join(ty)));
                }
            }
        }
        found.map(|(how, ty)| (how, if missing { ty.optional() } else { ty }))
    }

    /// A field that a policy adds, or the rows of a view that come from values of this type.
    fn property(&mut self, ty: &Ty, name: &str) -> Option<(How, Ty)> {
        for at in 0..self.interface.views.len() {
            let view = &self.interface.views[at];
            if view.property.as_deref() != Some(name) {
                continue;
            }
            let rows = Ty::View(ViewId(next_id(at)));
            let exact = view.source.accepts(ty);
            let possible = !exact && *ty == Ty::AnyObject && is_kinds(&view.source);
            if exact || possible {
                let rows = if !view.single {
                    rows.list()
                } else if possible {
                    rows.optional()
                } else {
                    rows
                };
                return Some((How::Rows(ViewId(next_id(at))), rows));
            }
        }
        let at = (0..self.interface.properties.len()).rev().find(|at| {
            let property = &self.interface.properties[*at];
            property.name == name && property.on.accepts(ty)
        })?;
        let id = PropertyId(next_id(at));
        let ty = self.property_type(id);
        Some((How::Property(id), ty))
    }

    fn unknown_field(&mut self, ty: &Ty, name: &str, span: Span) {
        let ty = ty.inner();
        if let Ty::List(element, key) = ty {
            let element = self.name_of(element);
            let hint = match key {
                Some(key) => format!("go through it: `for x in … {{ … }}`, or take one by its {key}: `…[\"name\"]`"),
                None => "go through it: `for x in … { … }`, or `any x in …: …`".to_owned(),
            };
            self.error(span, format!("a list of {element} has no field `{name}`")).hint = Some(hint);
            return;
        }
        let names = self.field_names(ty);
        let near = did_you_mean(name, names.iter().map(String::as_str)).map(ToOwned::to_owned);
        let of = self.name_of(ty);
        let hint = match near {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if names.is_empty() => Some("it is a single value and has no fields".to_owned()),
            None => Some(format!("it has {}", hints::list(&names))),
        };
        self.error(span, format!("`{of}` has no field `{name}`")).hint = hint;
    }

    /// All names that may follow a dot, in no order of weight.
    pub(super) fn field_names(&mut self, ty: &Ty) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        match ty {
            Ty::Optional(inner) => return self.field_names(inner),
            Ty::Record(fields) => names.extend(fields.iter().map(|(name, _)| name.clone())),
            Ty::Object(defs) => self.schema_names(defs, &mut names),
            Ty::Kind(kind) => {
                self.schema_names(&kind.defs, &mut names);
                names.extend(OBJECT_PARTS.iter().map(|(name, _, _)| (*name).to_owned()));
            }
            Ty::AnyObject => names.extend(OBJECT_PARTS.iter().map(|(name, _, _)| (*name).to_owned())),
            Ty::View(view) => {
                if let Some(view) = self.interface.views.get(view.index()).cloned() {
                    names.extend(view.fields.iter().map(|(name, _)| name.clone()));
                    if let Some(base) = view.base {
                        names.extend(self.field_names(&base));
                    }
                }
            }
            Ty::Union(members) => {
                for member in members {
                    names.extend(self.field_names(member));
                }
            }
            other => {
                names.extend(PARTS.iter().filter(|(of, ..)| of == other).map(|(_, name, ..)| (*name).to_owned()));
            }
        }
        let added: Vec<String> = self
            .interface
            .properties
            .iter()
            .filter(|property| property.on.accepts(ty))
            .map(|property| property.name.clone())
            .chain(self.interface.views.iter().filter(|v| v.source.accepts(ty)).filter_map(|v| v.property.clone()))
            .collect();
        names.extend(added);
        names.sort();
        names.dedup();
        names
    }

    fn schema_names(&self, defs: &[crate::schema::DefId], names: &mut Vec<String>) {
        for def in defs {
            names.extend(self.types.fields(*def).map(|field| field.name.to_owned()));
        }
    }

    /// `base[index]`.
    pub(super) fn check_index(&mut self, base: &ast::Expr, index: &ast::Expr, span: Span) -> Typed {
        let base = self.check(base, None);
        let literal = super::plain_text(index);
        let ty = base.ty.inner().clone();
        if let (Some(key), Ty::Record(_) | Ty::Object(_) | Ty::Kind(_) | Ty::Map(_) | Ty::View(_)) = (&literal, &ty) {
            return self.field_of(&base, key, index.span, span);
        }
        let checked = self.check(index, None);
        if base.ty == Ty::Error || checked.ty == Ty::Error {
            return self.bad(span);
        }
        let path = self.index_path(&base, index, &checked);
        let (id, element) = match (&ty, checked.ty.inner()) {
            (Ty::List(element, Some(key)), index) if index.is_text() && *index != Ty::Dynamic => {
                let shape = self.shape_of(element);
                let key = self.sym(key);
                (self.emit(Expr::ListKey { base: base.id, key, value: checked.id, shape }, span), (**element).clone())
            }
            (Ty::List(element, _), Ty::Number | Ty::Dynamic) => {
                let shape = self.shape_of(element);
                (self.emit(Expr::Index { base: base.id, index: checked.id, shape }, span), (**element).clone())
            }
            (Ty::Map(element), index) if index.is_text() || *index == Ty::Severity => {
                let shape = self.shape_of(element);
                (self.emit(Expr::Index { base: base.id, index: checked.id, shape }, span), (**element).clone())
            }
            (Ty::Dynamic | Ty::AnyObject, _) => {
                let shape = self.shape_of(&Ty::Dynamic);
                (self.emit(Expr::Index { base: base.id, index: checked.id, shape }, span), Ty::Dynamic)
            }
            (Ty::List(..), index) => {
                let index = self.name_of(index);
                self.error(span, format!("this list is indexed by number, not by {index}")).hint =
                    Some("write `[0]`, or look for the element: `any x in … where x.name == …`".to_owned());
                return self.bad(span);
            }
            (other, _) => {
                let other = self.name_of(other);
                self.error(span, format!("a value of type `{other}` cannot be indexed")).hint =
                    Some("only lists and maps have elements; a field is read with a dot".to_owned());
                return self.bad(span);
            }
        };
        let ty = element.optional();
        let (ty, owes) = match &path {
            Some(path) => self.environment.narrow(path, ty),
            None => (ty, Vec::new()),
        };
        Typed { path, owes, ..Typed::plain(id, ty) }
    }

    fn index_path(&self, base: &Typed, index: &ast::Expr, checked: &Typed) -> Option<StablePath> {
        let path = base.path.as_ref()?;
        match &index.kind {
            ExprKind::Number(number) => Some(path.field(&format!("[{number}]"))),
            _ => {
                if let Some(text) = super::plain_text(index) {
                    return Some(path.field(&text));
                }
                match &checked.path {
                    Some(StablePath { root: super::facts::Root::Local(slot), segments }) if segments.is_empty() => {
                        Some(path.variable(crate::ir::Slot(*slot)))
                    }
                    _ => None,
                }
            }
        }
    }

    /// `f(a, b)` and `x.f(a, b)`.
    pub(super) fn check_call(&mut self, callee: &ast::Expr, args: &[ast::Expr], span: Span) -> Typed {
        match &callee.kind {
            ExprKind::Name(name) => self.check_function(name, callee.span, args, span),
            ExprKind::Field(base, method) => {
                let base = self.check(base, None);
                if base.ty == Ty::Error {
                    return self.bad(span);
                }
                self.check_method(&base, method, args, span)
            }
            _ => {
                self.error(callee.span, "only names can be called").hint =
                    Some("write the name of a function, or `value.function(…)`".to_owned());
                self.bad(span)
            }
        }
    }

    fn check_function(&mut self, name: &str, name_span: Span, args: &[ast::Expr], span: Span) -> Typed {
        if self.is_marker(name) {
            self.complete_value(None);
            return self.bad(span);
        }
        if name == "docs" {
            self.note_word(name_span, name, None);
            return self.check_docs(None, args, span);
        }
        if let Some(Entity::Def(id)) = self.lookup_entity(name) {
            self.note_item(name_span, name, None);
            return self.check_def_call(id, None, args, span);
        }
        if let Some(builtin) = super::builtins::named(name) {
            self.note_word(name_span, name, None);
            return self.check_builtin(builtin, args, span);
        }
        let mut known: Vec<String> = super::builtins::names().map(ToOwned::to_owned).collect();
        known.push("docs".to_owned());
        for module in &self.module.visible {
            let items = &self.interface.modules[module.index()].items;
            known.extend(
                items.iter().filter(|(_, entity)| matches!(entity, Entity::Def(_))).map(|(name, _)| name.clone()),
            );
        }
        let near = hints::near(name, known.iter().map(String::as_str), "declare it with `def`");
        self.error(name_span, format!("there is no function `{name}`")).hint = near;
        for arg in args {
            self.check_quietly(arg);
        }
        self.bad(span)
    }

    fn check_method(&mut self, base: &Typed, method: &Name, args: &[ast::Expr], span: Span) -> Typed {
        let ty = base.ty.inner().clone();
        if self.is_marker(&method.text) {
            self.complete_field(&ty);
            return self.bad(span);
        }
        match (&ty, method.text.as_str()) {
            (Ty::Namespace, "docs") => return self.check_docs(Some(base), args, span),
            (Ty::Project, "docs") => return self.check_docs(None, args, span),
            (Ty::Namespace, "find") => return self.check_find(Some(base), args, span),
            (Ty::Project, "find") => return self.check_find(None, args, span),
            (Ty::Namespace, "resolve") => return self.check_resolve(base, args, span),
            (Ty::Project, "namespace") => {
                let Some(name) = self.one_argument("namespace", args, &Ty::String, span) else { return self.bad(span) };
                let id = self.emit(Expr::NamespaceNamed(name.id), span);
                return Typed::plain(id, Ty::Namespace);
            }
            _ => {}
        }
        if let Some(Entity::Def(id)) = self.method_def(&ty, &method.text) {
            self.note_item(method.span, &method.text, None);
            return self.check_def_call(id, Some(base), args, span);
        }
        let mut known: Vec<String> = match ty {
            Ty::Namespace => ["docs", "find", "resolve"].map(ToOwned::to_owned).to_vec(),
            Ty::Project => ["docs", "find", "namespace"].map(ToOwned::to_owned).to_vec(),
            _ => Vec::new(),
        };
        for signature in 0..self.interface.modules.len() {
            let items = &self.interface.modules[signature].items;
            for (name, entity) in items {
                if let Entity::Def(id) = entity
                    && self.takes_first(*id, &ty)
                {
                    known.push(name.clone());
                }
            }
        }
        let near =
            did_you_mean(&method.text, known.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        let of = self.name_of(&ty);
        let field = self.field_names(&ty).contains(&method.text);
        let field = field.then(|| format!("`{}` is a field; leave the parentheses out", method.text));
        let built_in = super::builtins::named(&method.text).map(|_| method.text.as_str());
        let built_in = built_in.or_else(|| did_you_mean(&method.text, super::builtins::names()));
        let built_in = built_in.map(|name| format!("write `{name}(…)`"));
        let known = || match known.len() {
            0 => "what has no parentheses is a field".to_owned(),
            _ => format!("it has {}", hints::list(&known)),
        };
        let hint = field.or(near).or(built_in).or_else(|| Some(known()));
        self.error(method.span, format!("`{of}` has no function `{}`", method.text)).hint = hint;
        for arg in args {
            self.check_quietly(arg);
        }
        self.bad(span)
    }

    /// A function whose first parameter takes a value of this type.
    fn method_def(&self, ty: &Ty, name: &str) -> Option<Entity> {
        self.module.visible.iter().find_map(|module| {
            let entity = self.interface.modules[module.index()].items.get(name)?;
            match entity {
                Entity::Def(id) if self.takes_first(*id, ty) => Some(entity.clone()),
                _ => None,
            }
        })
    }

    pub(super) fn takes_first(&self, id: crate::ir::DefId, ty: &Ty) -> bool {
        let signature = &self.interface.defs[id.index()];
        matches!(signature.parameters.as_deref(), Some([(_, first), ..]) if first.inner().accepts(ty))
    }

    fn one_argument(&mut self, function: &str, args: &[ast::Expr], want: &Ty, span: Span) -> Option<Typed> {
        let [arg] = args else {
            self.error(span, format!("`{function}` takes one argument, not {}", args.len())).hint =
                Some(format!("write `{function}(x)`"));
            for arg in args {
                self.check_quietly(arg);
            }
            return None;
        };
        let checked = self.check(arg, Some(want));
        self.expect(&checked, &want.clone().optional(), arg.span);
        Some(checked)
    }

    fn check_docs(&mut self, namespace: Option<&Typed>, args: &[ast::Expr], span: Span) -> Typed {
        let [arg] = args else {
            self.error(span, "`docs` takes one kind or view").hint = Some("write `docs(NetworkPolicy)`".to_owned());
            return self.bad(span);
        };
        let Some(ty) = self.check_kind_argument(arg) else { return self.bad(span) };
        let of = match &ty {
            Ty::Kind(kind) => DocsOf::Kinds(kind.set),
            Ty::View(view) => DocsOf::View(*view),
            Ty::AnyObject => DocsOf::Objects,
            Ty::Namespace => DocsOf::Namespaces,
            other => {
                if *other != Ty::Error {
                    let other = self.name_of(other);
                    self.error(arg.span, format!("`docs` lists objects of a kind or rows of a view, not `{other}`"))
                        .hint = Some("name one, as in `docs(NetworkPolicy)`".to_owned());
                }
                return self.bad(span);
            }
        };
        let namespace = namespace.map(|namespace| namespace.id);
        let id = self.emit(Expr::Docs { of, namespace }, span);
        Typed::plain(id, ty.list())
    }

    /// A kind or view given as an argument.
    fn check_kind_argument(&mut self, arg: &ast::Expr) -> Option<Ty> {
        match &arg.kind {
            ExprKind::Name(name) => {
                let written = ast::TypeExpr { kind: ast::TypeExprKind::Name(name.clone()), span: arg.span };
                Some(self.resolve_type(&written))
            }
            _ => {
                self.error(arg.span, "a kind or view is expected here").hint =
                    Some("write its name without quotes: `Service`".to_owned());
                None
            }
        }
    }

    fn check_find(&mut self, namespace: Option<&Typed>, args: &[ast::Expr], span: Span) -> Typed {
        let [kind, name] = args else {
            self.error(span, "`find` takes a kind and a name").hint = Some("write `find(Service, x)`".to_owned());
            return self.bad(span);
        };
        let (kinds, kind_name, ty) = match &kind.kind {
            ExprKind::Name(word) if self.environment.lookup(word).is_none() => match self.check_kind_argument(kind) {
                Some(Ty::Kind(known)) => (Some(known.set), None, Ty::Kind(known)),
                Some(Ty::Error) | None => return self.bad(span),
                Some(other) => {
                    let other = self.name_of(&other);
                    self.error(kind.span, format!("`find` looks for objects of a kind, not `{other}`")).hint =
                        Some("name a kind, as in `find(Service, x)`".to_owned());
                    return self.bad(span);
                }
            },
            _ => {
                let checked = self.check(kind, Some(&Ty::String));
                self.expect(&checked, &Ty::String.optional(), kind.span);
                (None, Some(checked.id), Ty::AnyObject)
            }
        };
        let name_span = name.span;
        let name = self.check(name, Some(&Ty::String));
        self.expect(&name, &Ty::String.optional(), name_span);
        let namespace = namespace.map(|namespace| namespace.id);
        let id = self.emit(Expr::Find { kinds, kind_name, name: name.id, namespace }, span);
        Typed::plain(id, ty.optional())
    }

    fn check_resolve(&mut self, namespace: &Typed, args: &[ast::Expr], span: Span) -> Typed {
        let [arg] = args else {
            self.error(span, "`resolve` takes one reference with `kind` and `name`").hint =
                Some("write `namespace.resolve(x)`, as in `n.resolve(r.scaleTargetRef)`".to_owned());
            return self.bad(span);
        };
        let reference = self.check(arg, None);
        if reference.ty == Ty::Error {
            return self.bad(span);
        }
        let kind = self.field_of(&reference, "kind", arg.span, span);
        let name = self.field_of(&reference, "name", arg.span, span);
        if kind.ty == Ty::Error || name.ty == Ty::Error {
            return self.bad(span);
        }
        let find = Expr::Find { kinds: None, kind_name: Some(kind.id), name: name.id, namespace: Some(namespace.id) };
        let id = self.emit(find, span);
        Typed::plain(id, Ty::AnyObject.optional())
    }
}

trait CopiedPart {
    fn copied_part(self) -> Option<(Native, PartTy)>;
}

impl CopiedPart for Option<&(Ty, &str, Native, PartTy)> {
    fn copied_part(self) -> Option<(Native, PartTy)> {
        self.map(|(_, _, native, ty)| (*native, *ty))
    }
}

fn is_kinds(source: &Ty) -> bool {
    match source {
        Ty::Kind(_) | Ty::AnyObject => true,
        Ty::Union(members) => members.iter().all(is_kinds),
        _ => false,
    }
}

/// Types of one field in several API versions: where they cannot agree, the newer one's name counts.
fn join_versions(newer: Ty, older: Ty) -> Ty {
    match (newer.inner(), older.inner()) {
        (a, b) if a == b => newer,
        (Ty::Object(_), Ty::Object(_)) | (Ty::List(..), Ty::List(..)) => newer.join(older),
        (Ty::Enum(_), Ty::Enum(_)) => newer.join(older),
        _ => newer,
    }
}
