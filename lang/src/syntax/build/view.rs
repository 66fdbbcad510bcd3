//! Views: rows with fields, and single fields added to a type.

use super::Builder;
use crate::syntax::ast::{Item, Property, RowClause, RowField, View};
use crate::syntax::grammar::{Node, Parts, Rule};

impl Builder<'_> {
    /// `view name on Type x [: Type] = value`.
    pub(super) fn property(&mut self, node: Node<'_>) -> Item {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let name = self.name(&mut parts);
        let on = self.ty(&mut parts);
        let subject = self.variable(&mut parts);
        let ty = parts.next_of(Rule::result_type).map(|node| self.ty(&mut Parts::of(node)));
        Item::Property(Property { name, on, subject, ty, value: self.expr(&mut parts), span })
    }

    /// `view name row … { … }`.
    pub(super) fn view(&mut self, node: Node<'_>) -> Item {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let Some(head) = parts.next_of(Rule::view_head) else { return Item::Bad(span) };
        let mut view = self.view_head(head);
        view.span = span;
        for part in parts {
            if part.as_rule() == Rule::row_clause {
                view.clauses.push(self.row_clause(part));
            } else {
                view.fields.push(self.row_field(part));
            }
        }
        Item::View(view)
    }

    /// A view without what stands between its braces.
    pub(in crate::syntax) fn view_head(&mut self, node: Node<'_>) -> View {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let name = self.name(&mut parts);
        let row = self.variable(&mut parts);
        let base = parts.next_of(Rule::base_type).map(|node| self.ty(&mut Parts::of(node)));
        let source = self.ty(&mut parts);
        let parent = self.variable(&mut parts);
        let property = parts.next_of(Rule::as_name).map(|node| self.name(&mut Parts::of(node)));
        let condition = self.condition(&mut parts);
        View { name, row, base, source, parent, property, condition, clauses: Vec::new(), fields: Vec::new(), span }
    }

    fn row_clause(&mut self, node: Node<'_>) -> RowClause {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let mut clause = match parts.next_of(Rule::row_head) {
            Some(head) => self.row_head(head),
            None => RowClause { one: false, source: self.bad_expr(), fields: Vec::new(), span },
        };
        clause.fields = parts.map(|field| self.row_field(field)).collect();
        clause.span = span;
        clause
    }

    /// `each list` or `one place`, without its fields.
    pub(in crate::syntax) fn row_head(&mut self, node: Node<'_>) -> RowClause {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let one = parts.next_of(Rule::row_kw).is_some_and(|word| word.as_str() == "one");
        RowClause { one, source: self.expr(&mut parts), fields: Vec::new(), span }
    }

    /// `name: type = value doc "…"`.
    pub(in crate::syntax) fn row_field(&mut self, node: Node<'_>) -> RowField {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let name = self.name(&mut parts);
        let ty = parts.next_of(Rule::result_type).map(|node| self.ty(&mut Parts::of(node)));
        let value = parts.next_of(Rule::row_value).map(|node| self.expr(&mut Parts::of(node)));
        let doc = self.doc(&mut parts);
        RowField { name, ty, value, doc, span }
    }
}
