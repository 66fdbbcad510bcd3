//! Whether two findings of one rule have different messages, found out without writing any.

use super::Quick;
use super::value::Value;
use crate::report::limit::{MESSAGE, NAME, VALUE};
use policyc_lang::ir::{CheckId, Expr, ExprId, Slot, TextPart};

/// Levels of an expression that are looked into.
const DEEPEST: u32 = 16;

/// Which check a finding is of, and in which turn of a loop.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) check: CheckId,
    /// What the innermost loop walks.
    pub(super) item: Option<(Slot, Value<'a>)>,
    /// How many loops are open.
    pub(super) loops: usize,
}

impl<'a> Quick<'a> {
    /// Whether it is certain that two findings on one subject have different messages.
    ///
    /// Messages are parts of two kinds: those that are the same for the whole subject, and the item of the only loop.
    /// Where all else is the same, another item makes another message: of the same length it differs at the first
    /// place of the item, else as a whole. A message is cut only far behind the places that are looked at.
    pub(super) fn say_other(&self, one: Said<'a>, other: Said<'a>) -> bool {
        let (Some(left), Some(right)) = (self.message(one.check), self.message(other.check)) else { return false };
        if one.check != other.check {
            return self.differ_in_words(left, right);
        }
        let (1, 1, Some((slot, mine)), Some((same, theirs))) = (one.loops, other.loops, one.item, other.item) else {
            return false;
        };
        let short = |value: &Value<'a>| self.text(value).filter(|text| text.len() <= VALUE).map(str::to_owned);
        let (Some(mine), Some(theirs)) = (short(&mine), short(&theirs)) else { return false };
        if slot != same || mine == theirs {
            return false;
        }
        let is_item =
            |id: &ExprId| matches!(self.program.exprs.get(id.index()), Some(Expr::Local(local)) if *local == slot);
        let (mut length, mut seen) = (0, false);
        for part in left {
            match part {
                TextPart::Plain(text) => length += text.len(),
                TextPart::Value(id) if is_item(id) => {
                    seen = true;
                    length += VALUE;
                }
                TextPart::Value(id) if self.is_of_subject(*id, DEEPEST) => length += NAME,
                TextPart::Value(_) => return false,
            }
        }
        seen && length < MESSAGE
    }

    fn message(&self, check: CheckId) -> Option<&'a [TextPart]> {
        let check = self.program.checks.get(check.index())?;
        match self.program.exprs.get(check.message.index())? {
            Expr::Text(parts) => Some(parts),
            _ => None,
        }
    }

    // Whether the words differ that follow a beginning that is the same.
    fn differ_in_words(&self, left: &[TextPart], right: &[TextPart]) -> bool {
        let mut length = 0;
        for pair in left.iter().zip(right) {
            match pair {
                (TextPart::Plain(one), TextPart::Plain(other)) if one == other => length += one.len(),
                (TextPart::Plain(one), TextPart::Plain(other)) => {
                    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
                    return same < one.len().min(other.len()) && length + same < MESSAGE;
                }
                (TextPart::Value(one), TextPart::Value(other))
                    if self.are_same(*one, *other, DEEPEST) && self.is_of_subject(*one, DEEPEST) =>
                {
                    length += NAME;
                }
                _ => return false,
            }
        }
        false
    }

    // Whether an expression reads nothing that changes as long as one subject is judged.
    fn is_of_subject(&self, id: ExprId, levels: u32) -> bool {
        let (Some(levels), Some(expr)) = (levels.checked_sub(1), self.program.exprs.get(id.index())) else {
            return false;
        };
        match expr {
            Expr::Local(slot) => slot.index() == 0,
            Expr::Const(_) | Expr::Param(_) => true,
            Expr::Field { .. }
            | Expr::RowField { .. }
            | Expr::Rows { .. }
            | Expr::Property { .. }
            | Expr::Coalesce(..) => {
                let mut all = true;
                expr.operands(&mut |operand| all = all && self.is_of_subject(operand, levels));
                all
            }
            _ => false,
        }
    }

    fn are_same(&self, one: ExprId, other: ExprId, levels: u32) -> bool {
        let exprs = &self.program.exprs;
        let (Some(levels), Some(left), Some(right)) =
            (levels.checked_sub(1), exprs.get(one.index()), exprs.get(other.index()))
        else {
            return false;
        };
        if one == other {
            return true;
        }
        match (left, right) {
            (Expr::Local(left), Expr::Local(right)) => left == right,
            (Expr::Field { base, name, .. }, Expr::Field { base: other, name: also, .. }) => {
                name == also && self.are_same(*base, *other, levels)
            }
            (Expr::RowField { base, view, field }, Expr::RowField { base: other, view: its, field: also }) => {
                (view, field) == (its, also) && self.are_same(*base, *other, levels)
            }
            (Expr::Rows { parent, view }, Expr::Rows { parent: other, view: its }) => {
                view == its && self.are_same(*parent, *other, levels)
            }
            _ => false,
        }
    }
}
