//! The primary place of a check that did not hold: the evaluator's blame set as far as its first place depends on it.

use super::Quick;
use super::value::{Bail, Data, Quickly, Source, Truth, UNNAMED};
use crate::yaml::{Kind, NodeId};
use policyc_lang::ir::{Binder, Check, Expr, ExprId, Quantifier};
use policyc_text::Span;

/// Most elements of a quantifier that are named one by one.
const MOST_WITNESSES: usize = 20;

impl<'a> Quick<'a> {
    /// Where a check that came out otherwise than it should is shown.
    pub(super) fn primary(
        &mut self,
        check: &'a Check,
        came_out: bool,
        source: Source,
        subject: Source,
    ) -> Quickly<Source> {
        self.blamed.clear();
        match check.at {
            Some(at) if self.places_of(at)? => {}
            _ => {
                self.blamed.clear();
                self.explain_check(check, came_out, source)?;
                self.rank();
            }
        }
        let first = self.blamed.first().copied().filter(|source| source.is_input());
        let subject = if subject.is_input() { subject } else { Source::Node(self.object.node) };
        Ok(first.unwrap_or(subject))
    }

    /// Where what a condition reads comes from.
    pub(super) fn reads(&mut self, condition: ExprId) -> Quickly<Vec<Source>> {
        self.reads = Some(Vec::new());
        self.eval(condition)?;
        Ok(self.reads.take().unwrap_or_default())
    }

    /// Whether what was read is a blamed place or lies below it.
    pub(super) fn is_at_or_below(&self, read: Source, blamed: Source) -> Quickly<bool> {
        let (Some(at), Some(around)) = (read.node(), blamed.node()) else { return Ok(false) };
        match (read, blamed) {
            (Source::Missing(..), Source::Missing(..)) if at != around => Ok(false),
            (Source::Missing(_, UNNAMED), Source::Missing(..)) | (_, Source::Missing(_, UNNAMED)) => Err(Bail),
            (Source::Missing(_, read), Source::Missing(_, blamed)) => Ok(read == blamed),
            (_, Source::Missing(..)) => Ok(false),
            _ => {
                let (inner, outer) = (self.tree.span(at), self.tree.span(around));
                Ok(at == around || (at > around && inner.start >= outer.start && inner.end <= outer.end))
            }
        }
    }

    // Where a test of one value came out wrong, the place of the condition is that value's, and it need not be looked
    // for again.
    pub(super) fn explain_check(&mut self, check: &'a Check, came_out: bool, source: Source) -> Quickly<()> {
        let exprs = &self.program.exprs;
        let at = |id: &ExprId| exprs.get(id.index());
        let mut condition = at(&check.condition);
        while let Some(Expr::Not(operand)) = condition {
            condition = at(operand);
        }
        let tests_one = match condition {
            Some(Expr::Exists(_) | Expr::IsEmpty(_) | Expr::Is(..)) => true,
            Some(Expr::Compare(_, _, right)) => matches!(at(right), Some(Expr::Const(_) | Expr::Param(_))),
            _ => false,
        };
        if tests_one && source.is_input() {
            self.blame(source);
            return Ok(());
        }
        self.explain(check.condition, came_out)
    }

    // The places that `at` names; whether there are any.
    fn places_of(&mut self, at: ExprId) -> Quickly<bool> {
        let value = self.eval(at)?;
        if let Data::List(start, length) = value.data {
            let items = self.lists.get(start as usize..(start + length) as usize).ok_or(Bail)?;
            self.blamed.extend(items.iter().map(|item| item.source).find(|source| source.is_input()));
            // An element that came from the policy or a parameter may stand before it.
            if items.first().is_some_and(|item| !item.source.is_input()) {
                return Err(Bail);
            }
            return Ok(!self.blamed.is_empty());
        }
        match value.source {
            Source::None if matches!(value.data, Data::Object | Data::Row(_)) => {
                self.blamed.push(Source::Node(self.object.node));
            }
            Source::None => return Err(Bail),
            source => self.blamed.push(source),
        }
        Ok(true)
    }

    fn blame(&mut self, source: Source) {
        if source.is_input() && !self.blamed.contains(&source) {
            self.blamed.push(source);
        }
    }

    fn explain(&mut self, id: ExprId, want: bool) -> Quickly<()> {
        self.step()?;
        let program = self.program;
        let expr = program.exprs.get(id.index()).ok_or(Bail)?;
        // What depends on the run alone reads no input.
        if self.facts.get(id.index()).copied().flatten().is_some() {
            return Ok(());
        }
        let before = self.blamed.len();
        match expr {
            Expr::Not(operand) => self.explain(*operand, !want),
            Expr::And(..) | Expr::Or(..) => self.explain_connective(expr, want),
            Expr::Local(slot) => match self.definition(*slot) {
                Some(definition) => self.explain(definition, want),
                None => self.explain_operand(id),
            },
            Expr::Call(def, arguments) => {
                let mut values = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    values.push(self.eval(*argument)?);
                }
                let def = program.def(*def);
                let caller = self.enter(def.frame, &values);
                self.explain(def.body, want)?;
                self.leave(caller);
                if self.blamed.len() == before {
                    values.into_iter().for_each(|value| self.blame(value.source));
                }
                Ok(())
            }
            Expr::RowField { base, field, .. } => {
                let base = self.eval(*base)?;
                if let Data::Row(row) = base.data
                    && let Some(expr) = self.field_expr(row, *field)
                {
                    self.in_row(row, |quick| quick.explain(expr, want))?;
                }
                self.or_operand(before, id)
            }
            Expr::Property { base, property } => {
                let base = self.eval(*base)?;
                if let Some(property) = program.properties.get(property.index())
                    && !base.is_absent()
                {
                    let caller = self.enter(property.frame.max(1), &[base]);
                    self.explain(property.body, want)?;
                    self.leave(caller);
                }
                self.or_operand(before, id)
            }
            Expr::If(condition, then, otherwise) => {
                let truth = self.truth(*condition)?;
                self.explain(if truth { *then } else { *otherwise }, want)?;
                if self.blamed.len() == before { self.explain(*condition, truth) } else { Ok(()) }
            }
            Expr::Quantifier(quantifier, binder, body) => self.explain_quantifier(*quantifier, binder, *body, want),
            Expr::Compare(..)
            | Expr::In(..)
            | Expr::Contains(..)
            | Expr::Matches(..)
            | Expr::Like(..)
            | Expr::Within(..)
            | Expr::Satisfies(..)
            | Expr::StartsWith(..)
            | Expr::EndsWith(..)
            | Expr::Is(..)
            | Expr::IsEmpty(_)
            | Expr::Exists(_)
            | Expr::Builtin(..) => {
                let mut came_to = Ok(());
                expr.operands(&mut |operand| {
                    if came_to.is_ok() {
                        came_to = self.explain_operand(operand);
                    }
                });
                came_to
            }
            _ => self.explain_operand(id),
        }
    }

    fn explain_operand(&mut self, id: ExprId) -> Quickly<()> {
        let value = self.eval(id)?;
        self.blame(value.source);
        Ok(())
    }

    fn or_operand(&mut self, before: usize, id: ExprId) -> Quickly<()> {
        if self.blamed.len() == before { self.explain_operand(id) } else { Ok(()) }
    }

    fn explain_connective(&mut self, expr: &'a Expr, want: bool) -> Quickly<()> {
        // Of `and` false and `or` true one operand is enough; what the others say only helps to understand.
        let one_is_enough = matches!(expr, Expr::And(..)) != want;
        let height = self.push_operands(expr);
        while self.operands.len() > height {
            let Some(operand) = self.operands.pop() else { break };
            if self.kleene(operand)? == want.into() {
                self.explain(operand, want)?;
                if one_is_enough {
                    self.operands.truncate(height);
                }
            }
        }
        Ok(())
    }

    fn explain_quantifier(
        &mut self,
        quantifier: Quantifier,
        binder: &'a Binder,
        body: Option<ExprId>,
        want: bool,
    ) -> Quickly<()> {
        let source = self.eval(binder.source)?;
        // What an element must have come to, to be a witness; `None` where the list as a whole is the reason.
        let witness = match (quantifier, want) {
            (Quantifier::Any, true) | (Quantifier::None, false) => Some(true),
            (Quantifier::All, false) => Some(false),
            _ if source.source.is_input() => None,
            (Quantifier::All, _) => Some(true),
            _ => Some(false),
        };
        let before = self.blamed.len();
        if let Some(wanted) = witness {
            let mut left = MOST_WITNESSES;
            self.each(binder, source, |quick| {
                let holds = match body {
                    Some(body) => quick.kleene(body)?,
                    None => Truth::True,
                };
                if holds == wanted.into() {
                    let before = quick.blamed.len();
                    if let Some(body) = body {
                        quick.explain(body, wanted)?;
                    }
                    if quick.blamed.len() == before {
                        let item = quick.local(binder.item);
                        quick.blame(item.source);
                    }
                    left -= 1;
                }
                Ok(left > 0)
            })?;
        }
        if self.blamed.len() == before {
            self.blame(source.source);
        }
        Ok(())
    }

    // The deepest place goes first, of those the first in the source.
    fn rank(&mut self) {
        if self.blamed.len() < 2 {
            return;
        }
        let rank = |source: &Source| {
            let node = source.node()?;
            Some((std::cmp::Reverse(self.depth_of(node)), self.tree.span(node).start))
        };
        let ranked = self.blamed.iter().enumerate().filter_map(|(place, source)| Some((rank(source)?, place)));
        if let Some((_, place)) = ranked.min() {
            self.blamed.swap(0, place);
        }
    }

    // How deep a node lies in the object: a node comes before everything below it.
    fn depth_of(&self, node: NodeId) -> usize {
        let tree = self.tree;
        let (mut at, mut depth) = (self.object.node, 0);
        while at != node {
            let entries = tree.raw_entries(at).map(|entry| entry.value);
            match entries.chain(tree.items(at)).take_while(|child| *child <= node).last() {
                Some(child) if tree.kind(child) != Kind::Alias => at = child,
                _ => return depth,
            }
            depth += 1;
        }
        depth
    }

    /// A place as findings show it.
    pub(super) fn span_of(&self, source: Source) -> Span {
        let tree = self.tree;
        match source {
            Source::Missing(node, _) | Source::Null(node) => self.key_token(node),
            Source::Key(node) => tree.key_span(node).unwrap_or_else(|| tree.span(node)),
            Source::Node(node) => {
                let span = tree.span(node);
                let scalar = matches!(tree.kind(node), Kind::Scalar | Kind::Null);
                if scalar && !span.is_empty() { span } else { self.key_token(node) }
            }
            Source::None => Span::default(),
        }
    }

    // The key of a node; for an item of a list the value of its `name`, else its first key; for an object its name.
    fn key_token(&self, node: NodeId) -> Span {
        let tree = self.tree;
        if node == self.object.node {
            let name = self.object.name_node(tree).filter(|name| !tree.span(*name).is_empty());
            let named = name.or(self.object.kind_node);
            return named.map_or_else(|| crate::eval::place::first_token(tree, node), |named| tree.span(named));
        }
        if let Some(span) = tree.key_span(node) {
            return span;
        }
        let name = tree.get(node, self.name_key);
        match name.filter(|name| matches!(tree.kind(tree.resolve(*name)), Kind::Scalar | Kind::Null)) {
            Some(name) => tree.span(name),
            None => crate::eval::place::first_token(tree, node),
        }
    }
}
