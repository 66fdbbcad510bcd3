//! Conditions of rules that ask the same of a subject, which program a command calls, say, and go on for a few texts
//! only: what it comes to tells at once which of these rules the subject is not for.
//!
//! Of `where a and b and c` one false part is enough, whatever the others are.

use super::Quick;
use super::rules::Of;
use super::share::Numbers;
use super::value::{Data, Value};
use crate::eval::plan::Plan;
use crate::eval::value::EnvId;
use policyc_lang::ir::{Comparison, Const, Expr, ExprId};
use rustc_hash::FxHashMap;

/// Fewer rules that ask the same are asked one by one.
const LEAST: usize = 3;

/// The instances of a group by what they ask first.
#[derive(Debug, Default)]
pub(crate) struct Split {
    /// Those that ask something that others ask as well.
    pub(crate) gates: Vec<Gate>,
    /// All others.
    pub(crate) others: Vec<u32>,
}

/// Instances that ask the same of a subject.
#[derive(Debug)]
pub(crate) struct Gate {
    /// Its number among all gates.
    pub(crate) number: usize,
    /// The instances.
    pub(crate) instances: Vec<u32>,
    /// What they ask.
    key: ExprId,
    /// Those that go on, by the text that it comes to.
    open: FxHashMap<Box<str>, Vec<u32>>,
}

/// Which instances a subject is for.
pub(crate) enum Opened<'g> {
    /// It must be shown to all.
    All,
    /// To these, and it is for none of the others.
    Only(&'g [u32]),
}

/// What an instance asks, and the texts for which it goes on.
struct Asked {
    number: u32,
    key: ExprId,
    texts: Vec<Box<str>>,
}

impl Split {
    /// Of the instances of a group that are judged for themselves; gates have numbers from `first` on.
    pub(super) fn new<'i>(
        plan: &Plan<'_>,
        numbers: &Numbers<'_>,
        takes: &[bool],
        instances: impl Iterator<Item = &'i u32>,
        first: usize,
    ) -> Self {
        let mut split = Self::default();
        let mut asking: Vec<(u32, Vec<Asked>)> = Vec::new();
        for instance in instances {
            let taken = takes.get(*instance as usize).copied().unwrap_or_default();
            match if taken { asked(plan, numbers, *instance) } else { Vec::new() } {
                none if none.is_empty() => split.others.push(*instance),
                all => asking.push((*instance, all)),
            }
        }
        let mut count: FxHashMap<u32, usize> = FxHashMap::default();
        for asked in asking.iter().flat_map(|(_, all)| all) {
            *count.entry(asked.number).or_default() += 1;
        }
        let mut places: FxHashMap<u32, usize> = FxHashMap::default();
        for (instance, all) in asking {
            let asked = all.into_iter().max_by_key(|asked| (count.get(&asked.number).copied(), asked.number));
            let Some(asked) = asked.filter(|asked| count.get(&asked.number).is_some_and(|count| *count >= LEAST))
            else {
                split.others.push(instance);
                continue;
            };
            let place = *places.entry(asked.number).or_insert_with(|| {
                let (number, open) = (first + split.gates.len(), FxHashMap::default());
                split.gates.push(Gate { number, instances: Vec::new(), key: asked.key, open });
                split.gates.len() - 1
            });
            let gate = &mut split.gates[place];
            gate.instances.push(instance);
            for text in asked.texts {
                let open = gate.open.entry(text).or_default();
                if open.last() != Some(&instance) {
                    open.push(instance);
                }
            }
        }
        split
    }
}

// What the condition of an instance's rule holds against texts, of the subject alone.
fn asked(plan: &Plan<'_>, numbers: &Numbers<'_>, instance: u32) -> Vec<Asked> {
    let program = plan.program;
    let rule = plan.instances.get(instance as usize).and_then(|planned| program.rules.get(planned.rule.index()));
    let mut open: Vec<ExprId> = rule.and_then(|rule| rule.condition).into_iter().collect();
    let mut all = Vec::new();
    while let Some(id) = open.pop() {
        let (key, texts) = match program.exprs.get(id.index()) {
            Some(Expr::And(left, right)) => {
                open.extend([*left, *right]);
                continue;
            }
            Some(Expr::In(key, list)) => (*key, texts(plan, numbers, *list)),
            Some(Expr::Compare(Comparison::Equal, key, text)) => (*key, texts(plan, numbers, *text)),
            _ => continue,
        };
        let known = numbers.of(key);
        if let Some(texts) = texts
            && known.number > 0
            && known.reads == 1
            && !known.set
        {
            all.push(Asked { number: known.number, key, texts });
        }
    }
    all
}

// A text, or all texts of a list, of the program.
fn texts(plan: &Plan<'_>, numbers: &Numbers<'_>, id: ExprId) -> Option<Vec<Box<str>>> {
    let program = plan.program;
    let of_const = |value: &Const| match value {
        Const::String(text) => Some(vec![text.as_str().into()]),
        Const::List(items) => {
            let text = |item: &Const| if let Const::String(text) = item { Some(text.as_str().into()) } else { None };
            items.iter().map(text).collect()
        }
        _ => None,
    };
    match program.exprs.get(id.index())? {
        Expr::Const(constant) => of_const(program.consts.get(constant.index())?),
        Expr::Param(param) if !numbers.of(id).set => of_const(program.params.get(param.index())?.default.as_ref()?),
        Expr::List(items) => {
            let text = |item: &ExprId| match program.exprs.get(item.index())? {
                Expr::Const(constant) => match program.consts.get(constant.index())? {
                    Const::String(text) => Some(text.as_str().into()),
                    _ => None,
                },
                _ => None,
            };
            items.iter().map(text).collect()
        }
        _ => None,
    }
}

impl<'a> Quick<'a> {
    /// Which instances of a gate a subject is for.
    pub(crate) fn pass<'g>(&mut self, gate: &'g Gate, subject: &Of<'a>) -> Opened<'g> {
        self.reset();
        self.env = EnvId::ANY;
        let caller = self.enter(1, &[subject.0]);
        let value = self.eval(gate.key);
        self.leave(caller);
        let Ok(value) = value else {
            self.reset();
            return Opened::All;
        };
        let value: Value<'a> = self.scalar_of_row(value);
        match (self.text(&value), value.data) {
            (Some(text), _) => Opened::Only(gate.open.get(text).map(Vec::as_slice).unwrap_or_default()),
            // What is not there is in no list, and equals nothing.
            (None, Data::Absent) => Opened::Only(&[]),
            _ => Opened::All,
        }
    }
}
