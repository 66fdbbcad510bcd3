//! Types as they are written.

use policyc_text::Span;

use super::Builder;
use crate::syntax::ast::{Binding, ExprKind, TextPart, TypeExpr, TypeExprKind};
use crate::syntax::grammar::{Node, Parts, Rule};

impl Builder<'_> {
    /// The type in the next part.
    pub(super) fn ty(&mut self, parts: &mut Parts<'_>) -> TypeExpr {
        match parts.next_of(Rule::ty) {
            Some(node) => self.ty_of(node),
            None => TypeExpr { kind: TypeExprKind::Bad, span: Span::empty_at(self.base) },
        }
    }

    /// A union of one or more types. An optional member makes the whole union optional: `A | B?` is `(A | B)?`.
    pub(super) fn ty_of(&mut self, node: Node<'_>) -> TypeExpr {
        let mut members = Vec::new();
        let mut optional = false;
        let mut span: Option<Span> = None;
        for item in Parts::of(node) {
            let (member, whole) = self.ty_item(item);
            span = Some(span.map_or(whole, |span| span.to(whole)));
            members.push(member);
        }
        let span = span.unwrap_or(Span::empty_at(self.base));
        if members.len() > 1 {
            for member in &mut members {
                while let TypeExprKind::Optional(_) = member.kind {
                    let kind = std::mem::replace(&mut member.kind, TypeExprKind::Bad);
                    if let TypeExprKind::Optional(inner) = kind {
                        *member = *inner;
                        optional = true;
                    }
                }
            }
        }
        let mut ty = match (members.len(), members.pop()) {
            (_, None) => TypeExpr { kind: TypeExprKind::Bad, span },
            (1, Some(only)) => only,
            (_, Some(last)) => {
                members.push(last);
                TypeExpr { kind: TypeExprKind::Union(members), span }
            }
        };
        if optional {
            ty = TypeExpr { kind: TypeExprKind::Optional(Box::new(ty)), span };
        }
        ty
    }

    /// A member of a union, and its span with parentheses around it.
    fn ty_item(&mut self, node: Node<'_>) -> (TypeExpr, Span) {
        let mut parts = Parts::of(node);
        let Some(primary) = parts.next() else {
            let span = Span::empty_at(self.base);
            return (TypeExpr { kind: TypeExprKind::Bad, span }, span);
        };
        let whole = self.span(&primary);
        let ty = self.ty_primary(primary);
        let Some(mark) = parts.next_of(Rule::optional) else { return (ty, whole) };
        let whole = whole.to(self.span(&mark));
        (TypeExpr { kind: TypeExprKind::Optional(Box::new(ty)), span: whole }, whole)
    }

    fn ty_primary(&mut self, node: Node<'_>) -> TypeExpr {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::ty_name => TypeExprKind::Name(node.as_str().to_owned()),
            Rule::ty_list => TypeExprKind::List(Box::new(self.ty(&mut Parts::of(node)))),
            Rule::ty_map => TypeExprKind::Map(Box::new(self.ty(&mut Parts::of(node)))),
            Rule::ty_record => TypeExprKind::Record(Parts::of(node).map(|field| self.binding(field)).collect()),
            Rule::ty_paren => return self.ty(&mut Parts::of(node)),
            Rule::text => self.plain_text(node).map_or(TypeExprKind::Bad, TypeExprKind::Literal),
            _ => TypeExprKind::Bad,
        };
        TypeExpr { kind, span }
    }

    /// A text that has to be known when it is read: no expressions in braces.
    pub(super) fn plain_text(&mut self, node: Node<'_>) -> Option<String> {
        let literal = self.literal(node);
        let ExprKind::Text(mut text) = literal.kind else { return None };
        match (text.len(), text.pop()) {
            (0, _) => Some(String::new()),
            (1, Some(TextPart::Plain(text))) => Some(text),
            _ => {
                self.error(literal.span, "no expressions in braces can stand in this text", "write `\\{` for a brace");
                None
            }
        }
    }

    /// `name: type`.
    pub(super) fn binding(&mut self, node: Node<'_>) -> Binding {
        let mut parts = Parts::of(node);
        let name = self.name(&mut parts);
        Binding { ty: self.ty(&mut parts), name }
    }
}
