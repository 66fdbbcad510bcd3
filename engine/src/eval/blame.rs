//! Why a condition came out as it did: the places that people must look at.
//!
//! A check that did not pass is evaluated once more, by its structure. Functions, row fields, properties and `let`s are
//! looked through; parameters are told of, never blamed.

use super::fuel::Fuel;
use super::logic::spine;
use super::machine::Evaluator;
use super::origin::{Origin, Place};
use super::truth::Truth;
use super::value::{Data, Value};
use policyc_lang::ir::{Binder, Expr, ExprId, ParamId, Quantifier};

/// Most elements of a quantifier that are named one by one.
const MOST_WITNESSES: usize = 20;
/// Most nodes of an expression that are searched for parameters.
const MOST_SEARCHED: usize = 200;

/// The blame set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blame {
    /// Places of which one is primary.
    pub(crate) places: Vec<Origin>,
    /// Places that only help to understand.
    pub(crate) related: Vec<Origin>,
    /// Parameters that the condition compared with.
    pub(crate) params: Vec<ParamId>,
}

impl Blame {
    fn push(&mut self, origin: Origin) {
        match origin {
            Origin::Param(param) => self.push_param(param),
            origin if origin.is_input() && !self.places.contains(&origin) => self.places.push(origin),
            _ => {}
        }
    }

    fn push_param(&mut self, param: ParamId) {
        if !self.params.contains(&param) {
            self.params.push(param);
        }
    }

    /// Takes what another blame set says as help to understand this one.
    pub(crate) fn push_related(&mut self, other: Self) {
        for origin in other.places.into_iter().chain(other.related) {
            if !self.related.contains(&origin) {
                self.related.push(origin);
            }
        }
        other.params.into_iter().for_each(|param| self.push_param(param));
    }
}

/// In a foreign document, depth, file, start.
type Rank = (bool, std::cmp::Reverse<usize>, u32, u32);

/// What is to be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// That it holds.
    True,
    /// That it does not hold.
    False,
    /// That it cannot be told.
    Unknown,
}

impl Want {
    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    fn is(self, truth: &Truth) -> bool {
        matches!(
            (self, truth),
            (Self::True, Truth::True) | (Self::False, Truth::False) | (Self::Unknown, Truth::Unknown(_))
        )
    }
}

impl<'a> Evaluator<'a> {
    /// The blame set of a condition that came out in a certain way.
    pub(crate) fn blame(&mut self, condition: ExprId, want: Want) -> Blame {
        let fuel = std::mem::replace(&mut self.fuel, Fuel::new(self.settings.fuel));
        let mut blame = Blame::default();
        self.explain(condition, want, &mut blame);
        self.fuel = fuel;
        blame
    }

    /// The origins that a condition reads.
    pub(crate) fn reads(&mut self, condition: ExprId) -> Vec<Origin> {
        let fuel = std::mem::replace(&mut self.fuel, Fuel::new(self.settings.fuel));
        self.trace = Some(Vec::new());
        self.eval(condition);
        self.fuel = fuel;
        self.trace.take().unwrap_or_default()
    }

    fn explain(&mut self, id: ExprId, want: Want, out: &mut Blame) {
        let program = self.program;
        if self.fuel.is_empty() {
            return;
        }
        let Some(expr) = program.exprs.get(id.index()) else { return };
        match expr {
            Expr::Not(operand) => self.explain(*operand, want.not(), out),
            Expr::And(..) | Expr::Or(..) => self.explain_connective(expr, want, out),
            Expr::Local(slot) => match self.definition(*slot) {
                Some(definition) => self.explain(definition, want, out),
                None => self.explain_operand(id, want, out),
            },
            Expr::Call(def, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(|argument| self.eval(*argument)).collect();
                let origins: Vec<_> = arguments.iter().map(|argument| argument.origin).collect();
                let def = program.def(*def);
                let before = out.places.len();
                let caller = self.enter(def.frame, arguments);
                self.explain(def.body, want, out);
                self.leave(caller);
                if out.places.len() == before {
                    origins.into_iter().for_each(|origin| out.push(origin));
                }
            }
            Expr::RowField { base, field, .. } => self.explain_row_field(id, *base, *field, want, out),
            Expr::Property { base, property } => {
                let base = self.eval(*base);
                let before = out.places.len();
                if let Some(property) = program.properties.get(property.index())
                    && !matches!(base.data, Data::Absent | Data::Unknown(_))
                {
                    let caller = self.enter(property.frame.max(1), [base]);
                    self.explain(property.body, want, out);
                    self.leave(caller);
                }
                if out.places.len() == before {
                    self.explain_operand(id, want, out);
                }
            }
            Expr::If(condition, then, otherwise) => {
                let truth = self.truth(*condition);
                let before = out.places.len();
                match &truth {
                    Truth::True => self.explain(*then, want, out),
                    Truth::False => self.explain(*otherwise, want, out),
                    Truth::Unknown(_) => {}
                }
                if out.places.len() == before {
                    self.explain(*condition, Self::as_it_is(&truth), out);
                }
            }
            Expr::Quantifier(quantifier, binder, body) => {
                self.explain_quantifier(*quantifier, binder, *body, want, out);
            }
            Expr::Compare(..)
            | Expr::In(..)
            | Expr::Contains(..)
            | Expr::Matches(..)
            | Expr::Like(..)
            | Expr::Within(..)
            | Expr::Overlaps(..)
            | Expr::Satisfies(..)
            | Expr::StartsWith(..)
            | Expr::EndsWith(..)
            | Expr::Is(..)
            | Expr::IsEmpty(_)
            | Expr::Exists(_)
            | Expr::Builtin(..) => self.explain_operands(expr, want, out),
            _ => self.explain_operand(id, want, out),
        }
    }

    fn as_it_is(truth: &Truth) -> Want {
        match truth {
            Truth::True => Want::True,
            Truth::False => Want::False,
            Truth::Unknown(_) => Want::Unknown,
        }
    }

    fn explain_connective(&mut self, expr: &'a Expr, want: Want, out: &mut Blame) {
        let conjunction = matches!(expr, Expr::And(..));
        let operands = spine(&self.program.exprs, expr);
        // Of `and` false and `or` true one operand is enough; the others are related.
        let one_is_enough = matches!((conjunction, want), (true, Want::False) | (false, Want::True));
        let mut found = false;
        for operand in operands {
            if !want.is(&self.truth(operand)) {
                continue;
            }
            if found && one_is_enough {
                let mut others = Blame::default();
                self.explain(operand, want, &mut others);
                out.push_related(others);
            } else {
                self.explain(operand, want, out);
            }
            found = true;
        }
    }

    fn explain_row_field(&mut self, id: ExprId, base: ExprId, field: u32, want: Want, out: &mut Blame) {
        let before = out.places.len();
        let base = self.eval(base);
        if let Data::Row(row) = base.data
            && let Some(expr) = self.field_expr(row, field)
        {
            self.in_row(row, |evaluator| evaluator.explain(expr, want, out));
        }
        if out.places.len() == before {
            self.explain_operand(id, want, out);
        }
    }

    fn explain_operands(&mut self, expr: &'a Expr, want: Want, out: &mut Blame) {
        let mut operands: Vec<(ExprId, Value<'a>)> = Vec::new();
        expr.operands(&mut |operand| operands.push((operand, self.eval(operand))));
        let some_unknown = operands.iter().any(|(_, value)| value.as_unknown().is_some());
        for (operand, value) in operands {
            if want != Want::Unknown || !some_unknown || value.as_unknown().is_some() {
                out.push(value.origin);
            }
            self.explain_params(operand, out);
        }
    }

    fn explain_operand(&mut self, id: ExprId, _want: Want, out: &mut Blame) {
        let value = self.eval(id);
        out.push(value.origin);
        self.explain_params(id, out);
    }

    /// Adds the parameters that an expression reads by name.
    pub(crate) fn explain_params(&self, id: ExprId, out: &mut Blame) {
        let mut left = MOST_SEARCHED;
        self.find_params(id, &mut left, out);
    }

    /// Whether a condition looks at a list that an expression selected, functions and `let`s looked through.
    pub(crate) fn looks_at_selection(&self, id: ExprId) -> bool {
        let mut left = MOST_SEARCHED;
        self.finds_selection(id, false, &mut left)
    }

    // What is too large to be searched may.
    fn finds_selection(&self, id: ExprId, called: bool, left: &mut usize) -> bool {
        let Some(expr) = self.program.exprs.get(id.index()) else { return false };
        if *left == 0 {
            return true;
        }
        *left -= 1;
        match expr {
            Expr::Comprehension { .. } => return true,
            // A function's variables are not at hand.
            Expr::Local(slot) if !called => {
                return self.definition(*slot).is_some_and(|definition| self.finds_selection(definition, called, left));
            }
            Expr::Call(def, _) if self.finds_selection(self.program.def(*def).body, true, left) => return true,
            _ => {}
        }
        let mut found = false;
        expr.operands(&mut |operand| found = found || self.finds_selection(operand, called, left));
        found
    }

    /// The definitions of the `let`s that a condition names, and of those that these name.
    pub(crate) fn definitions(&self, id: ExprId) -> Vec<ExprId> {
        let mut found = Vec::new();
        let mut open = vec![id];
        let mut left = MOST_SEARCHED;
        while let Some(expr) = open.pop().and_then(|id| self.program.exprs.get(id.index())) {
            if left == 0 {
                break;
            }
            left -= 1;
            if let Expr::Local(slot) = expr
                && let Some(definition) = self.definition(*slot).filter(|definition| !found.contains(definition))
            {
                found.push(definition);
                open.push(definition);
            }
            expr.operands(&mut |operand| open.push(operand));
        }
        found
    }

    fn find_params(&self, id: ExprId, left: &mut usize, out: &mut Blame) {
        let Some(expr) = self.program.exprs.get(id.index()) else { return };
        if *left == 0 {
            return;
        }
        *left -= 1;
        match expr {
            Expr::Param(param) => out.push_param(*param),
            Expr::Local(slot) => {
                if let Some(definition) = self.definition(*slot) {
                    self.find_params(definition, left, out);
                }
            }
            _ => expr.operands(&mut |operand| self.find_params(operand, left, out)),
        }
    }

    fn explain_quantifier(
        &mut self,
        quantifier: Quantifier,
        binder: &'a Binder,
        body: Option<ExprId>,
        want: Want,
        out: &mut Blame,
    ) {
        let source = self.eval(binder.source);
        self.explain_params(binder.source, out);
        // What an element must have come to, to be a witness; `None` where the list as a whole is the reason.
        let witness = match (quantifier, want) {
            (_, Want::Unknown) => Some(Want::Unknown),
            (Quantifier::Any, Want::True) | (Quantifier::None, Want::False) => Some(Want::True),
            (Quantifier::All, Want::False) => Some(Want::False),
            _ if source.origin.is_input() => None,
            // A list of the policy's own: its elements say what the input was held against.
            (Quantifier::All, _) => Some(Want::True),
            _ => Some(Want::False),
        };
        let before = out.places.len();
        if let Some(wanted) = witness {
            let mut left = MOST_WITNESSES;
            let walked = self.each(binder, &source, |evaluator, unknown| {
                let truth = match (body, unknown) {
                    (_, Some(unknown)) if wanted == Want::Unknown => Truth::Unknown(unknown),
                    (_, Some(_)) => return true,
                    (Some(body), None) => evaluator.truth(body),
                    (None, None) => Truth::True,
                };
                if wanted.is(&truth) {
                    let before = out.places.len();
                    if let Some(body) = body {
                        evaluator.explain(body, wanted, out);
                    }
                    if out.places.len() == before {
                        let item = evaluator.local(binder.item);
                        out.push(item.origin);
                    }
                    left -= 1;
                }
                left > 0
            });
            drop(walked);
        }
        if out.places.len() == before {
            out.push(source.origin);
        }
    }

    /// Puts the most specific place first: in the subject's own document before others, then the deepest, then the
    /// first in source order.
    pub(crate) fn rank(&self, places: &mut [Origin], home: Option<Place>) {
        if places.len() < 2 {
            return;
        }
        let home = home.and_then(|home| self.world.object_at(home.file, home.visible()));
        let mut best: Option<(usize, Rank)> = None;
        for (number, origin) in places.iter().enumerate() {
            let Some(place) = origin.place() else { continue };
            let foreign = home.is_some() && self.world.object_at(place.file, place.visible()) != home;
            let start = self.world.files()[place.file as usize].tree().span(place.visible()).start;
            let rank = (foreign, std::cmp::Reverse(self.depth_of(place)), place.file, start);
            if best.as_ref().is_none_or(|(_, before)| rank < *before) {
                best = Some((number, rank));
            }
        }
        if let Some((number, _)) = best {
            places[..=number].rotate_right(1);
        }
    }
}
