//! Joins: of a long list that many subjects search, only the elements that a condition can hold for.
//!
//! `x.name == e` and `selects(e, x.labels)` among the conjuncts of a condition give a hash index over the list, where
//! `e` does not read `x` and the other side reads nothing else. What an index leaves out, the condition is false for;
//! what cannot be told from an index is kept. So nothing but time depends on it.

use super::machine::Evaluator;
use super::value::{Data, EnvId, List, Value};
use policyc_lang::ir::{Binder, Builtin, Comparison, Expr, ExprId, Slot};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Shorter lists are walked.
const SHORT: usize = 16;

/// Indexes over shared lists, and which conditions have use for one.
#[derive(Default)]
pub(crate) struct Joins<'a> {
    hints: FxHashMap<(ExprId, Slot), Option<Hint>>,
    // The lists are kept, so that their addresses stay theirs.
    shared: FxHashMap<*const List<'a>, Rc<List<'a>>>,
    indexes: FxHashMap<(*const List<'a>, ExprId, EnvId), Rc<Index>>,
}

/// How a condition can be looked up.
#[derive(Clone, Copy)]
struct Hint {
    /// Reads the element alone.
    of_element: ExprId,
    /// Does not read the element.
    wanted: ExprId,
    by_labels: bool,
}

/// Places of elements by what was asked of them, ascending.
#[derive(Default)]
struct Index {
    by_key: FxHashMap<String, Vec<u32>>,
    /// Elements that the keys say nothing about.
    others: Vec<u32>,
}

impl<'a> Evaluator<'a> {
    /// Notes that many subjects may search a list.
    pub(crate) fn share(&mut self, list: &Rc<List<'a>>) {
        if list.items.len() >= SHORT {
            self.joins.shared.insert(Rc::as_ptr(list), list.clone());
        }
    }

    /// Places of the elements for which a binder's condition, or one more, may hold; `None` where all must be walked.
    pub(crate) fn candidates(
        &mut self,
        binder: &'a Binder,
        also: Option<ExprId>,
        list: &Rc<List<'a>>,
    ) -> Option<Vec<u32>> {
        if list.items.len() < SHORT || !self.joins.shared.contains_key(&Rc::as_ptr(list)) {
            return None;
        }
        for condition in [binder.condition, also].into_iter().flatten() {
            let Some(hint) = self.hint(condition, binder) else { continue };
            let wanted = self.eval(hint.wanted);
            let keys =
                if hint.by_labels { self.label_keys(&wanted) } else { self.scalar_key(&wanted).map(|key| vec![key]) };
            let Some(keys) = keys else { continue };
            let index = self.index(binder.item, list, hint)?;
            let fewest = keys
                .iter()
                .map(|key| index.by_key.get(key).map_or(&[][..], Vec::as_slice))
                .min_by_key(|places| places.len());
            let mut places: Vec<u32> = fewest.unwrap_or_default().iter().chain(&index.others).copied().collect();
            places.sort_unstable();
            return Some(places);
        }
        None
    }

    fn hint(&mut self, condition: ExprId, binder: &Binder) -> Option<Hint> {
        let key = (condition, binder.item);
        if let Some(hint) = self.joins.hints.get(&key) {
            return *hint;
        }
        let hint = self.find_hint(condition, binder);
        self.joins.hints.insert(key, hint);
        hint
    }

    fn find_hint(&self, condition: ExprId, binder: &Binder) -> Option<Hint> {
        let exprs = &self.program.exprs;
        let conjuncts = match exprs.get(condition.index())? {
            expr @ Expr::And(..) => super::logic::spine(exprs, expr),
            _ => vec![condition],
        };
        conjuncts.into_iter().find_map(|conjunct| match exprs.get(conjunct.index())? {
            Expr::Compare(Comparison::Equal, left, right) => {
                let sides = [(*left, *right), (*right, *left)];
                sides.into_iter().find_map(|(of_element, wanted)| self.as_hint(binder, of_element, wanted, false))
            }
            Expr::Builtin(Builtin::Selects, arguments) => match arguments.as_slice() {
                [selector, labels] => self.as_hint(binder, *labels, *selector, true),
                _ => None,
            },
            _ => None,
        })
    }

    fn as_hint(&self, binder: &Binder, of_element: ExprId, wanted: ExprId, by_labels: bool) -> Option<Hint> {
        let bound = |slot: Slot| slot == binder.item || Some(slot) == binder.key;
        let mut reads = Reads::default();
        self.locals(of_element, &mut |slot| {
            reads.element |= slot == binder.item;
            reads.others |= slot != binder.item;
        });
        let mut independent = true;
        self.locals(wanted, &mut |slot| independent &= !bound(slot));
        (reads.element && !reads.others && independent).then_some(Hint { of_element, wanted, by_labels })
    }

    fn locals(&self, id: ExprId, see: &mut dyn FnMut(Slot)) {
        let Some(expr) = self.program.exprs.get(id.index()) else { return };
        if let Expr::Local(slot) = expr {
            see(*slot);
        }
        expr.operands(&mut |operand| self.locals(operand, see));
    }

    // Built under a budget of its own, as all that subjects share.
    fn index(&mut self, item: Slot, list: &Rc<List<'a>>, hint: Hint) -> Option<Rc<Index>> {
        let key = (Rc::as_ptr(list), hint.of_element, self.env);
        if let Some(index) = self.joins.indexes.get(&key) {
            return Some(index.clone());
        }
        let before = self.local(item);
        let env = self.env;
        let index = self.aside(env, |evaluator| {
            let mut index = Index::default();
            for (place, element) in (0u32..).zip(&list.items) {
                evaluator.bind(item, element.clone());
                let value = evaluator.eval(hint.of_element);
                evaluator.add_to_index(&mut index, place, &value, hint.by_labels);
            }
            if evaluator.fuel.is_empty() { None } else { Some(Rc::new(index)) }
        });
        self.bind(item, before);
        let index = index?;
        self.joins.indexes.insert(key, index.clone());
        Some(index)
    }

    fn add_to_index(&mut self, index: &mut Index, place: u32, value: &Value<'a>, by_labels: bool) {
        if value.is_absent() {
            return;
        }
        let keys = if by_labels {
            if self.is_map(value) { self.pairs(value) } else { None }
        } else {
            self.scalar_key(value).map(|key| vec![key])
        };
        match keys {
            Some(keys) => {
                for key in keys {
                    index.by_key.entry(key).or_default().push(place);
                }
            }
            None => index.others.push(place),
        }
    }

    // The pairs that labels must have; `None` where a selector does not ask for any.
    fn label_keys(&mut self, selector: &Value<'a>) -> Option<Vec<String>> {
        if !self.is_map(selector) {
            return None;
        }
        let match_labels = self.entry(selector, "matchLabels");
        let expressions = self.entry(selector, "matchExpressions");
        let plain = match_labels.is_absent() && expressions.is_absent();
        let wanted = if plain { selector.clone() } else { match_labels };
        self.pairs(&wanted).filter(|pairs| !pairs.is_empty())
    }

    // `None` where a value is not a plain text.
    fn pairs(&mut self, map: &Value<'a>) -> Option<Vec<String>> {
        let entries = self.entries(map);
        entries.iter().map(|(key, value)| value.as_str().map(|text| format!("{}:{key}={text}", key.len()))).collect()
    }

    // A key that two values share if they are equal; `None` for values of which that cannot be said.
    fn scalar_key(&mut self, value: &Value<'a>) -> Option<String> {
        let value = self.scalar_of_row(value.clone());
        match &value.data {
            Data::Str(_) | Data::Owned(_) => value.as_str().map(|text| format!("s{text}")),
            Data::Bool(value) => Some(format!("b{value}")),
            Data::Number(number) => Some(format!("n{number}")),
            _ => None,
        }
    }
}

#[derive(Default)]
struct Reads {
    element: bool,
    others: bool,
}
