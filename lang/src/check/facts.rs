//! What a condition tells of the paths that it reads, and the variables that are in scope.

use super::ty::Ty;
use crate::ir::{CheckId, ParamId, Slot};
use policyc_text::Span;

/// A path that has the same value each time it is read: a name, then fields and indexes by literal or name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StablePath {
    pub(super) root: Root,
    pub(super) segments: Vec<Segment>,
}

/// What a path starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Root {
    Local(u32),
    Param(u32),
    Project,
    Cluster,
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Segment {
    Field(String),
    Variable(u32),
}

impl StablePath {
    pub(super) fn local(slot: Slot) -> Self {
        Self { root: Root::Local(slot.0), segments: Vec::new() }
    }

    pub(super) fn param(id: ParamId) -> Self {
        Self { root: Root::Param(id.0), segments: Vec::new() }
    }

    pub(super) fn root(root: Root) -> Self {
        Self { root, segments: Vec::new() }
    }

    pub(super) fn field(&self, name: &str) -> Self {
        let mut path = self.clone();
        path.segments.push(Segment::Field(name.to_owned()));
        path
    }

    pub(super) fn variable(&self, slot: Slot) -> Self {
        let mut path = self.clone();
        path.segments.push(Segment::Variable(slot.0));
        path
    }

    /// Whether `self` is `other` or stands above it.
    fn is_prefix_of(&self, other: &Self) -> bool {
        self.root == other.root && other.segments.starts_with(&self.segments)
    }
}

/// What is known of one path.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fact {
    /// It is there, and so is all above it.
    Present(StablePath),
    /// It is there and of this type.
    Is(StablePath, Ty),
    /// It is not of this type.
    IsNot(StablePath, Ty),
}

/// What a condition tells where it is true, and where it is false.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcomes {
    pub(super) when_true: Vec<Fact>,
    pub(super) when_false: Vec<Fact>,
}

impl Outcomes {
    pub(super) fn holds(fact: Fact) -> Self {
        Self { when_true: vec![fact], when_false: Vec::new() }
    }

    pub(super) fn swap(self) -> Self {
        Self { when_true: self.when_false, when_false: self.when_true }
    }

    pub(super) fn and(self, right: Self) -> Self {
        let when_true = unite(self.when_true, right.when_true);
        Self { when_true, when_false: intersect(self.when_false, &right.when_false) }
    }

    pub(super) fn or(self, right: Self) -> Self {
        let when_false = unite(self.when_false, right.when_false);
        Self { when_true: intersect(self.when_true, &right.when_true), when_false }
    }
}

/// Most facts that are kept of one condition. Further ones are let go, so a path may stay optional that need not: what
/// does not compile then is a condition that nobody could read.
const MOST_FACTS: usize = 128;

/// All facts of both, each once.
pub(super) fn unite(left: Vec<Fact>, right: impl IntoIterator<Item = Fact>) -> Vec<Fact> {
    let mut all = left;
    for fact in right {
        if all.len() >= MOST_FACTS {
            break;
        }
        if !all.contains(&fact) {
            all.push(fact);
        }
    }
    all
}

fn intersect(left: Vec<Fact>, right: &[Fact]) -> Vec<Fact> {
    left.into_iter()
        .filter(|fact| match fact {
            Fact::Present(path) => right.iter().any(|other| implies_present(other, path)),
            exact => right.contains(exact),
        })
        .collect()
}

fn implies_present(fact: &Fact, path: &StablePath) -> bool {
    match fact {
        Fact::Present(known) | Fact::Is(known, _) => path.is_prefix_of(known),
        Fact::IsNot(..) => false,
    }
}

/// A variable in scope.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) slot: Slot,
    pub(super) ty: Ty,
    /// The path that a `let` stands for.
    pub(super) alias: Option<StablePath>,
    pub(super) span: Span,
}

/// A fact in scope and, where a check established it, that check.
#[derive(Clone, Debug)]
pub(super) struct KnownFact {
    pub(super) fact: Fact,
    pub(super) by: Option<CheckId>,
}

/// Variables and facts that hold at one place of one frame.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    pub(super) variables: Vec<Variable>,
    pub(super) facts: Vec<KnownFact>,
    pub(super) frame: u32,
    /// Checks whose facts the check at hand has used.
    pub(super) used: Vec<CheckId>,
}

/// Where a block began, to return to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    variables: usize,
    facts: usize,
}

impl Environment {
    pub(super) fn mark(&self) -> Mark {
        Mark { variables: self.variables.len(), facts: self.facts.len() }
    }

    pub(super) fn reset(&mut self, mark: Mark) {
        self.variables.truncate(mark.variables);
        self.facts.truncate(mark.facts);
    }

    pub(super) fn declare(&mut self, name: &str, ty: Ty, span: Span) -> Slot {
        let slot = Slot(self.frame);
        self.frame += 1;
        self.variables.push(Variable { name: name.to_owned(), slot, ty, alias: None, span });
        slot
    }

    pub(super) fn lookup(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().rev().find(|variable| variable.name == name)
    }

    pub(super) fn learn(&mut self, facts: Vec<Fact>, by: Option<CheckId>) {
        self.facts.extend(facts.into_iter().map(|fact| KnownFact { fact, by }));
    }

    /// Narrows the type of a path by what is known, and names the checks that it was known from.
    pub(super) fn narrow(&self, path: &StablePath, ty: Ty) -> (Ty, Vec<CheckId>) {
        let mut narrowed = ty;
        let mut from = Vec::new();
        for known in &self.facts {
            let next = match &known.fact {
                Fact::Is(at, is) if at == path => narrow_to(&narrowed, is),
                Fact::IsNot(at, not) if at == path => narrow_away(&narrowed, not),
                fact if narrowed.is_optional() && implies_present(fact, path) => Some(narrowed.clone().required()),
                _ => None,
            };
            if let Some(next) = next {
                narrowed = next;
                from.extend(known.by.filter(|check| !from.contains(check)));
            }
        }
        (narrowed, from)
    }

    /// Notes that something stands on what checks established.
    pub(super) fn rely(&mut self, checks: &[CheckId]) {
        for check in checks {
            if !self.used.contains(check) {
                self.used.push(*check);
            }
        }
    }
}

fn narrow_to(ty: &Ty, is: &Ty) -> Option<Ty> {
    match ty.inner() {
        Ty::Union(members) => {
            Some(members.iter().find(|member| is.accepts(member)).cloned().unwrap_or_else(|| is.clone()))
        }
        Ty::Dynamic | Ty::AnyObject => Some(is.clone()),
        other => Some(other.clone()),
    }
}

fn narrow_away(ty: &Ty, not: &Ty) -> Option<Ty> {
    let Ty::Union(members) = ty else { return None };
    let mut rest: Vec<Ty> = members.iter().filter(|member| !not.accepts(member)).cloned().collect();
    match rest.len() {
        0 => None,
        1 => rest.pop(),
        _ => Some(Ty::Union(rest)),
    }
}
