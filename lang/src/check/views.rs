//! Views: rows of their own type, with fields that are computed when they are read.

use super::interface::ViewSignature;
use super::ty::Ty;
use super::{Checker, hints, next_id};
use crate::check::facts::Environment;
use crate::ir::{ExprId, View, ViewClause, ViewField, ViewId, ViewSource};
use crate::syntax::ast::{self, Item};

impl Checker<'_> {
    pub(super) fn reserve_view(&mut self, view: &ast::View) -> ViewId {
        let id = ViewId(next_id(self.program.views.len()));
        self.program.views.push(View {
            module: self.module.id,
            name: view.name.text.clone(),
            source: ViewSource::Objects,
            frame: 0,
            condition: None,
            clauses: Vec::new(),
            fields: Vec::new(),
        });
        self.interface.views.push(ViewSignature {
            name: view.name.text.clone(),
            base: None,
            source: Ty::Null,
            property: None,
            single: false,
            fields: Vec::new(),
        });
        self.declare(&view.name, super::Entity::View(id));
        id
    }

    pub(super) fn declare_view(&mut self, id: ViewId, view: &ast::View) {
        let base = view.base.as_ref().map(|base| self.resolve_type(base));
        let source = self.resolve_type(&view.source);
        let lowered = self.view_source(&source, view.source.span);
        let mut fields: Vec<(String, Ty)> = Vec::with_capacity(view.fields.len());
        for field in &view.fields {
            if fields.iter().any(|(name, _)| *name == field.name.text) {
                self.error(field.name.span, format!("the field `{}` is declared twice", field.name.text)).hint =
                    Some("leave one of them out".to_owned());
            }
            let ty = match &field.ty {
                Some(ty) => self.resolve_type(ty),
                None => {
                    self.error(field.name.span, format!("the field `{}` needs a type", field.name.text)).hint =
                        Some(format!("write `{}: TYPE = …`", field.name.text));
                    Ty::Error
                }
            };
            fields.push((field.name.text.clone(), ty));
        }
        let single = match view.clauses.as_slice() {
            [] => true,
            [only] => only.one,
            _ => false,
        };
        let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
        let program_fields = names.iter().map(|name| ViewField { name: self.sym(name), value: None }).collect();
        let known = &mut self.program.views[id.index()];
        known.fields = program_fields;
        if let Some(lowered) = lowered {
            known.source = lowered;
        }
        let signature = &mut self.interface.views[id.index()];
        signature.base = base;
        signature.source = source;
        signature.property = view.property.as_ref().map(|name| name.text.clone());
        signature.single = single;
        signature.fields = fields;
    }

    fn view_source(&mut self, source: &Ty, span: policyc_text::Span) -> Option<ViewSource> {
        Some(match source {
            Ty::Kind(kind) => ViewSource::Kinds(kind.set),
            Ty::AnyObject => ViewSource::Objects,
            Ty::View(view) => ViewSource::Views(vec![*view]),
            Ty::Namespace => ViewSource::Namespaces,
            Ty::Project => ViewSource::Projects,
            Ty::Union(members) if members.iter().all(|member| matches!(member, Ty::Kind(_))) => {
                ViewSource::Kinds(self.joined_kinds(members))
            }
            Ty::Union(members) if members.iter().all(|member| matches!(member, Ty::View(_))) => ViewSource::Views(
                members.iter().filter_map(|m| if let Ty::View(id) = m { Some(*id) } else { None }).collect(),
            ),
            Ty::Error => return None,
            other => {
                let other = self.name_of(other);
                self.error(span, format!("rows cannot come from `{other}`")).hint =
                    Some("they come from kinds, views, `object`, `namespace` or `project`".to_owned());
                return None;
            }
        })
    }

    /// One set of the kinds of several.
    pub(super) fn joined_kinds(&mut self, members: &[Ty]) -> crate::ir::KindSetId {
        let mut kinds = Vec::new();
        for member in members {
            if let Ty::Kind(kind) = member {
                kinds.extend(self.program.kind_sets[kind.set.index()].kinds.clone());
            }
        }
        self.kind_set(crate::ir::KindSet { kinds })
    }

    pub(super) fn check_view_bodies(&mut self, file: &ast::File, ids: &[ViewId]) {
        let views = file.items.iter().filter_map(|item| if let Item::View(view) = item { Some(view) } else { None });
        for (view, id) in views.zip(ids) {
            self.check_view_body(*id, view);
        }
    }

    fn check_view_body(&mut self, id: ViewId, view: &ast::View) {
        let source = self.interface.views[id.index()].source.clone();
        self.environment = Environment::default();
        self.declare_variable(&view.row, Ty::View(id));
        self.declare_variable(&view.parent, source);
        let condition = view.condition.as_ref().map(|condition| {
            let condition = self.check_condition(condition);
            self.environment.learn(condition.outcomes.when_true, None);
            condition.id
        });
        let mut clauses = Vec::with_capacity(view.clauses.len());
        for clause in &view.clauses {
            clauses.push(self.check_clause(id, clause));
        }
        for (at, field) in view.fields.iter().enumerate() {
            let value = field.value.as_ref().map(|value| self.check_view_value(id, at, value));
            if value.is_none() {
                self.require_given(view, &clauses, at, field);
            }
            self.program.views[id.index()].fields[at].value = value;
        }
        let frame = self.environment.frame;
        let known = &mut self.program.views[id.index()];
        known.condition = condition;
        known.clauses = clauses;
        known.frame = frame;
    }

    fn check_clause(&mut self, id: ViewId, clause: &ast::RowClause) -> ViewClause {
        let source = self.check(&clause.source, None);
        if !clause.one && source.ty.element().is_none() {
            let ty = self.name_of(&source.ty);
            self.error(clause.source.span, format!("`each` goes through a list, and this is of type `{ty}`")).hint =
                Some("for a single place write `one …`".to_owned());
        }
        let mut fields = Vec::with_capacity(clause.fields.len());
        for field in &clause.fields {
            let declared = &self.interface.views[id.index()].fields;
            let Some(at) = declared.iter().position(|(name, _)| *name == field.name.text) else {
                let known = declared.iter().map(|(name, _)| name.as_str());
                let near = hints::near(&field.name.text, known, "declare it below, with its type");
                self.error(field.name.span, format!("the view declares no field `{}`", field.name.text)).hint = near;
                continue;
            };
            if let Some(value) = &field.value {
                let value = self.check_view_value(id, at, value);
                fields.push((next_id(at), value));
            }
        }
        ViewClause { one: clause.one, source: source.id, fields }
    }

    fn check_view_value(&mut self, id: ViewId, at: usize, value: &ast::Expr) -> ExprId {
        let ty = self.interface.views[id.index()].fields[at].1.clone();
        let mark = self.environment.mark();
        let checked = self.check(value, Some(&ty));
        self.expect(&checked, &ty, value.span);
        self.environment.reset(mark);
        checked.id
    }

    fn require_given(&mut self, view: &ast::View, clauses: &[ViewClause], at: usize, field: &ast::RowField) {
        let given = |clause: &ViewClause| clause.fields.iter().any(|(known, _)| *known as usize == at);
        if clauses.is_empty() {
            self.error(field.span, format!("the field `{}` has no value", field.name.text)).hint =
                Some(format!("write `{}: TYPE = …`", field.name.text));
        }
        for (clause, written) in clauses.iter().zip(&view.clauses) {
            if !given(clause) {
                self.error(written.span, format!("this clause gives no value to the field `{}`", field.name.text))
                    .hint = Some(format!("write `{} = …` in its braces", field.name.text));
            }
        }
    }
}
