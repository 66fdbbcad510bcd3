//! From types as written to types as meant, and from schema types to ours.

use super::interface::Entity;
use super::ty::{KindTy, Ty};
use super::{Checker, next_id};
use crate::ir::{KindName, KindSet, KindSetId};
use crate::schema::{DefId, TypeRef, did_you_mean};
use crate::syntax::ast::{TypeExpr, TypeExprKind};
use policyc_text::{Diagnostic, Span};

/// The code of the warning that a policy speaks of a kind without schema.
pub const UNTYPED_KIND: &str = "policy/untyped-kind";

/// Words that name built-in types.
pub(super) const BUILT_IN: &[(&str, Ty)] = &[
    ("bool", Ty::Bool),
    ("number", Ty::Number),
    ("string", Ty::String),
    ("quantity", Ty::Quantity),
    ("duration", Ty::Duration),
    ("date", Ty::Date),
    ("severity", Ty::Severity),
    ("image", Ty::Image),
    ("semver", Ty::Semver),
    ("version_range", Ty::VersionRange),
    ("glob", Ty::Glob),
    ("regex", Ty::Regex),
    ("ip", Ty::Ip),
    ("cidr", Ty::Cidr),
    ("path", Ty::Path),
    ("cron", Ty::Cron),
    ("purl", Ty::Purl),
    ("license", Ty::License),
    ("range", Ty::Range),
    ("null", Ty::Null),
    ("dynamic", Ty::Dynamic),
    ("object", Ty::AnyObject),
    ("namespace", Ty::Namespace),
    ("project", Ty::Project),
];

impl Checker<'_> {
    /// The type that a type expression stands for.
    pub(super) fn resolve_type(&mut self, written: &TypeExpr) -> Ty {
        match &written.kind {
            TypeExprKind::Name(name) => self.resolve_type_name(name, written.span),
            TypeExprKind::List(element) => self.resolve_type(element).list(),
            TypeExprKind::Map(element) => self.resolve_type(element).map(),
            TypeExprKind::Optional(inner) => self.resolve_type(inner).optional(),
            TypeExprKind::Literal(word) => Ty::Enum(vec![word.clone()]),
            TypeExprKind::Record(fields) => {
                let mut resolved: Vec<(String, Ty)> = Vec::with_capacity(fields.len());
                for field in fields {
                    if resolved.iter().any(|(name, _)| *name == field.name.text) {
                        self.error(field.name.span, format!("the field `{}` is declared twice", field.name.text))
                            .hint = Some("leave one of them out".to_owned());
                        continue;
                    }
                    let ty = self.resolve_type(&field.ty);
                    resolved.push((field.name.text.clone(), ty));
                }
                Ty::Record(resolved)
            }
            TypeExprKind::Union(members) => {
                let mut optional = false;
                let mut resolved = Vec::new();
                for member in members {
                    let ty = self.resolve_type(member);
                    optional |= ty.is_optional();
                    flatten(ty.required(), &mut resolved);
                }
                let ty = match resolved.len() {
                    1 => resolved.swap_remove(0),
                    _ => Ty::Union(resolved),
                };
                if optional { ty.optional() } else { ty }
            }
            TypeExprKind::Bad => Ty::Error,
        }
    }

    fn resolve_type_name(&mut self, name: &str, span: Span) -> Ty {
        if self.is_marker(name) {
            self.complete_type();
            return Ty::Error;
        }
        let ty = self.type_named(name, span);
        self.note_type_name(span, name, &ty);
        ty
    }

    fn type_named(&mut self, name: &str, span: Span) -> Ty {
        match name {
            "labels" => return Ty::String.map(),
            "port" => return Ty::int_or_string(),
            _ => {}
        }
        if let Some((_, ty)) = BUILT_IN.iter().find(|(word, _)| *word == name) {
            return ty.clone();
        }
        match self.lookup_entity(name) {
            Some(Entity::Type(ty)) => return ty,
            Some(Entity::View(id)) => return Ty::View(id),
            Some(Entity::Kind(kind)) => return Ty::Kind(kind),
            Some(Entity::Param(_) | Entity::Def(_)) => {
                self.error(span, format!("`{name}` is a value, not a type")).hint =
                    Some("name a kind, a view, or a type such as `string`, `number` or `list<string>`".to_owned());
                return Ty::Error;
            }
            None => {}
        }
        if let Some(kind) = self.known_kind(name) {
            return Ty::Kind(kind);
        }
        let defs: Vec<DefId> = self.types.definitions_named(name).collect();
        if !defs.is_empty() {
            return Ty::Object(defs);
        }
        self.unknown_type(name, span)
    }

    fn unknown_type(&mut self, name: &str, span: Span) -> Ty {
        if let Some(near) = self.nearest_type(name) {
            self.error(span, format!("there is no type or kind `{name}`")).hint =
                Some(format!("did you mean `{near}`?"));
            return Ty::Error;
        }
        if name.starts_with(|first: char| first.is_ascii_uppercase()) {
            let message = format!("no schema is known for the kind `{name}`, so its fields are not checked");
            self.report(Diagnostic::warning(UNTYPED_KIND, self.module.file, span, message)).hint =
                Some("give its CustomResourceDefinition among the inputs to have its paths checked".to_owned());
            return Ty::Kind(self.untyped_kind(name, None));
        }
        self.error(span, format!("there is no type `{name}`")).hint =
            Some("kinds begin with a capital letter; a type of your own is declared with `type`".to_owned());
        Ty::Error
    }

    fn nearest_type(&self, name: &str) -> Option<String> {
        let mut words: Vec<String> = BUILT_IN.iter().map(|(word, _)| (*word).to_owned()).collect();
        for module in &self.module.visible {
            for (item, entity) in &self.interface.modules[module.index()].items {
                if matches!(entity, Entity::Type(_) | Entity::View(_) | Entity::Kind(_)) {
                    words.push(item.clone());
                }
            }
        }
        words.extend(self.types.kinds().map(|kind| kind.kind.to_owned()));
        let near = did_you_mean(name, words.iter().map(String::as_str))?;
        // Kinds of custom resources are often built from the names of others, so only a slip of the pen counts here.
        let shared = shared_ends(name, near);
        let longest = name.chars().count().max(near.chars().count());
        (shared + 2 >= longest).then(|| near.to_owned())
    }

    /// A kind that a schema is known for, in every API group that has it.
    pub(super) fn known_kind(&mut self, name: &str) -> Option<KindTy> {
        let known = self.types.kinds_named(name);
        if known.is_empty() {
            return None;
        }
        let mut groups: Vec<String> = Vec::new();
        let mut defs: Vec<DefId> = Vec::new();
        for kind in &known {
            if !groups.iter().any(|group| *group == kind.group) {
                groups.push(kind.group.to_string());
            }
            if !defs.contains(&kind.definition) {
                defs.push(kind.definition);
            }
        }
        let set = self.kind_set(KindSet { kinds: vec![KindName { kind: name.to_owned(), groups: Some(groups) }] });
        Some(KindTy { name: name.to_owned(), set, defs })
    }

    /// A kind without schema.
    pub(super) fn untyped_kind(&mut self, name: &str, group: Option<&str>) -> KindTy {
        let groups = group.map(|group| vec![group.to_owned()]);
        let set = self.kind_set(KindSet { kinds: vec![KindName { kind: name.to_owned(), groups }] });
        KindTy { name: name.to_owned(), set, defs: Vec::new() }
    }

    /// `kind X = "group/Kind"` or `"group/version/Kind"`.
    pub(super) fn aliased_kind(&mut self, name: &str, target: &str, span: Span) -> Option<KindTy> {
        let parts: Vec<&str> = target.split('/').collect();
        let (group, version, kind) = match parts.as_slice() {
            [group, kind] => (*group, None, *kind),
            [group, version, kind] => (*group, Some(*version), *kind),
            _ => {
                self.error(span, format!("`{target}` is not a kind")).hint =
                    Some("write `\"group/Kind\"`, with an empty group for the core group".to_owned());
                return None;
            }
        };
        let known: Vec<DefId> = self
            .types
            .kinds_named(kind)
            .iter()
            .filter(|known| known.group == group && version.is_none_or(|version| known.version == version))
            .map(|known| known.definition)
            .collect();
        let set = KindSet { kinds: vec![KindName { kind: kind.to_owned(), groups: Some(vec![group.to_owned()]) }] };
        let set = self.kind_set(set);
        Some(KindTy { name: name.to_owned(), set, defs: known })
    }

    pub(super) fn kind_set(&mut self, set: KindSet) -> KindSetId {
        if let Some(at) = self.program.kind_sets.iter().position(|known| *known == set) {
            return KindSetId(next_id(at));
        }
        let id = KindSetId(next_id(self.program.kind_sets.len()));
        self.program.kind_sets.push(set);
        id
    }

    /// A visible name of a module; the module's own come first.
    pub(super) fn lookup_entity(&self, name: &str) -> Option<Entity> {
        self.lookup_with_module(name).map(|(_, entity)| entity)
    }

    /// As [`Checker::lookup_entity`], with the module that declares it.
    pub(super) fn lookup_with_module(&self, name: &str) -> Option<(crate::ir::ModuleId, Entity)> {
        let in_module = |module: &crate::ir::ModuleId| {
            let entity = self.interface.modules[module.index()].items.get(name)?;
            Some((*module, entity.clone()))
        };
        self.module.visible.iter().find_map(in_module)
    }

    /// Our type for a schema's type.
    pub(super) fn schema_type(&self, ty: TypeRef) -> Ty {
        match ty {
            TypeRef::Bool => Ty::Bool,
            TypeRef::Integer | TypeRef::Number => Ty::Number,
            TypeRef::String | TypeRef::Time | TypeRef::MicroTime | TypeRef::Bytes | TypeRef::Duration => Ty::String,
            TypeRef::Quantity => Ty::Quantity,
            TypeRef::IntOrString => Ty::int_or_string(),
            TypeRef::Image => Ty::Image,
            TypeRef::Dynamic => Ty::Dynamic,
            TypeRef::Object(def) => Ty::Object(vec![def]),
            TypeRef::Enum(words) => Ty::Enum(self.types.words(words).map(ToOwned::to_owned).collect()),
            TypeRef::List { element, list } => {
                let element = self.schema_type(self.types.ty(element));
                let key = self.types.list_keys(list).next().map(ToOwned::to_owned);
                Ty::List(Box::new(element), key)
            }
            TypeRef::Map(element) => self.schema_type(self.types.ty(element)).map(),
        }
    }
}

/// How many characters two words share at their beginnings and ends together.
fn shared_ends(a: &str, b: &str) -> usize {
    let same = |(a, b): &(char, char)| a.eq_ignore_ascii_case(b);
    let prefix = a.chars().zip(b.chars()).take_while(same).count();
    let suffix = a.chars().rev().zip(b.chars().rev()).take_while(same).count();
    let shorter = a.chars().count().min(b.chars().count());
    prefix + suffix.min(shorter - prefix)
}

fn flatten(ty: Ty, into: &mut Vec<Ty>) {
    match ty {
        Ty::Union(members) => members.into_iter().for_each(|member| flatten(member, into)),
        Ty::Enum(words) => {
            match into.iter_mut().find_map(|known| if let Ty::Enum(known) = known { Some(known) } else { None }) {
                Some(known) => known.extend(words),
                None => into.push(Ty::Enum(words)),
            }
        }
        other if into.contains(&other) => {}
        other => into.push(other),
    }
}
