//! Conditions: Kleene's connectives, comparisons, membership, patterns and tests of what a value is.

use super::machine::Evaluator;
use super::origin::Origin;
use super::truth::Truth;
use super::value::{Data, Unknown, Value};
use policyc_lang::ir::{Comparison, Expr, ExprId, GlobScope, TypeTest};
use policyc_lang::values::{Cidr, FsPath, Glob, GlobKind, IntRange, Pattern, VersionRange};
use std::cmp::Ordering;

impl<'a> Evaluator<'a> {
    /// What a condition comes to, and from where.
    // Apart from `eval`, as what is rarer is.
    #[inline(never)]
    pub(crate) fn condition(&mut self, expr: &'a Expr) -> (Truth, Origin) {
        match expr {
            Expr::Not(operand) => {
                let operand = self.eval(*operand);
                (Truth::of(&operand).not(), operand.origin)
            }
            Expr::And(..) | Expr::Or(..) => self.connective(expr),
            Expr::Compare(comparison, left, right) => {
                self.binary(*left, *right, |evaluator, left, right| evaluator.compare(*comparison, left, right))
            }
            Expr::In(left, right) => {
                self.binary(*left, *right, |evaluator, left, right| evaluator.contains(right, left))
            }
            Expr::Contains(left, right) => self.binary(*left, *right, Self::contains),
            Expr::Matches(left, right) => {
                self.binary(*left, *right, |evaluator, left, right| evaluator.any_of(left, right, &Self::matches_one))
            }
            Expr::Like(left, right, scope) => {
                let kind = glob_kind(*scope);
                self.binary(*left, *right, |evaluator, left, right| {
                    evaluator.any_of(left, right, &|evaluator, left, right| evaluator.like_one(left, right, kind))
                })
            }
            Expr::Within(left, right) => {
                self.binary(*left, *right, |evaluator, left, right| evaluator.any_of(left, right, &Self::within_one))
            }
            Expr::Overlaps(left, right) => {
                self.binary(*left, *right, |evaluator, left, right| evaluator.any_of(left, right, &Self::overlaps_one))
            }
            Expr::Satisfies(left, right) => {
                self.binary(*left, *right, |evaluator, left, right| evaluator.any_of(left, right, &Self::satisfies_one))
            }
            Expr::StartsWith(left, right) => self.affix(*left, *right, |text, affix| text.starts_with(affix)),
            Expr::EndsWith(left, right) => self.affix(*left, *right, |text, affix| text.ends_with(affix)),
            Expr::Is(operand, test) => {
                let operand = self.eval(*operand);
                (self.is(&operand, *test), operand.origin)
            }
            Expr::IsEmpty(operand) => {
                let operand = self.eval(*operand);
                (self.is_empty(&operand), operand.origin)
            }
            Expr::Exists(operand) => {
                let operand = self.eval(*operand);
                let truth = match &operand.data {
                    Data::Unknown(unknown) => Truth::Unknown(unknown.clone()),
                    Data::Absent => Truth::False,
                    _ => Truth::True,
                };
                (truth, operand.origin)
            }
            Expr::Quantifier(quantifier, binder, body) => self.quantifier(*quantifier, binder, *body),
            _ => (Truth::False, Origin::None),
        }
    }

    // `a or b or c` leans to the left and may be long, so its spine is walked, not recursed into.
    fn connective(&mut self, expr: &'a Expr) -> (Truth, Origin) {
        let (Expr::And(left, right) | Expr::Or(left, right)) = expr else { return (Truth::False, Origin::None) };
        let conjunction = matches!(expr, Expr::And(..));
        let mut acc = (Truth::from(conjunction), Origin::None);
        if is_chained(&self.program.exprs, expr) {
            for operand in spine(&self.program.exprs, expr) {
                if self.connect(conjunction, &mut acc, operand) {
                    break;
                }
            }
        } else if !self.connect(conjunction, &mut acc, *left) {
            self.connect(conjunction, &mut acc, *right);
        }
        acc
    }

    // Takes one more operand; says whether the outcome is settled.
    fn connect(&mut self, conjunction: bool, acc: &mut (Truth, Origin), operand: ExprId) -> bool {
        let operand = self.eval(operand);
        acc.1 = acc.1.or(operand.origin);
        let truth = Truth::of(&operand);
        let settled = Truth::from(!conjunction);
        if truth == settled {
            acc.0 = settled;
            return true;
        }
        if let Truth::Unknown(_) = truth {
            let before = std::mem::replace(&mut acc.0, Truth::False);
            acc.0 = if conjunction { before.and(truth) } else { before.or(truth) };
        }
        false
    }

    fn binary(
        &mut self,
        left: ExprId,
        right: ExprId,
        test: impl FnOnce(&mut Self, &Value<'a>, &Value<'a>) -> Truth,
    ) -> (Truth, Origin) {
        let (left, right) = (self.eval(left), self.eval(right));
        let (left, right) = (self.scalar_of_row(left), self.scalar_of_row(right));
        let truth = test(self, &left, &right);
        (truth, self.derived(left.origin, right.origin))
    }

    fn affix(&mut self, left: ExprId, right: ExprId, holds: impl Fn(&str, &str) -> bool) -> (Truth, Origin) {
        self.binary(left, right, |evaluator, left, right| {
            evaluator.any_of(left, right, &|_, left, right| match (left.as_str(), right.as_str()) {
                (Some(text), Some(affix)) => Ok(holds(text, affix)),
                _ => Err(Unknown::new("only texts start or end with a text")),
            })
        })
    }

    /// A row of a view over scalars counts as its scalar.
    pub(crate) fn scalar_of_row(&self, value: Value<'a>) -> Value<'a> {
        let Data::Row(row) = value.data else { return value };
        let own = &self.rows[row.0 as usize].own;
        match own.data {
            Data::Absent | Data::Node(..) | Data::Object(_) | Data::Record(_) | Data::Row(_) => value,
            _ => own.clone(),
        }
    }

    /// `left op right` for a right side that may be a list: any of it.
    fn any_of(
        &mut self,
        left: &Value<'a>,
        right: &Value<'a>,
        test: &dyn Fn(&mut Self, &Value<'a>, &Value<'a>) -> Result<bool, Unknown>,
    ) -> Truth {
        if left.is_absent() || right.is_absent() {
            return Truth::False;
        }
        if let Some(unknown) = left.as_unknown().or(right.as_unknown()) {
            return Truth::Unknown(unknown.clone());
        }
        if !self.is_list(right) {
            return test(self, left, right).into();
        }
        let (mut elements, incomplete) = match self.elements(right) {
            Ok(elements) => elements,
            Err(unknown) => return Truth::Unknown(unknown),
        };
        let mut acc = incomplete.map_or(Truth::False, Truth::Unknown);
        while let Some(item) = elements.next_item(self) {
            if !self.fuel.step() {
                return Truth::of(&self.out_of_fuel());
            }
            let item = self.scalar_of_row(item);
            acc = acc.or(match &item.data {
                Data::Absent => Truth::False,
                Data::Unknown(unknown) => Truth::Unknown(unknown.clone()),
                _ => test(self, left, &item).into(),
            });
            if acc == Truth::True {
                break;
            }
        }
        acc
    }

    /// `left op right`.
    pub(crate) fn compare(&mut self, comparison: Comparison, left: &Value<'a>, right: &Value<'a>) -> Truth {
        let holds = |wanted: fn(Ordering) -> bool| move |ordering: Ordering| wanted(ordering);
        match comparison {
            Comparison::Equal => self.equal(left, right).into(),
            Comparison::NotEqual => Truth::from(self.equal(left, right)).not(),
            Comparison::Less => self.order(left, right).map(holds(Ordering::is_lt)).into(),
            Comparison::LessEqual => self.order(left, right).map(holds(Ordering::is_le)).into(),
            Comparison::Greater => self.order(left, right).map(holds(Ordering::is_gt)).into(),
            Comparison::GreaterEqual => self.order(left, right).map(holds(Ordering::is_ge)).into(),
        }
    }

    /// `whole contains part`.
    pub(crate) fn contains(&mut self, whole: &Value<'a>, part: &Value<'a>) -> Truth {
        if whole.is_absent() || part.is_absent() {
            return Truth::False;
        }
        if let Some(unknown) = whole.as_unknown().or(part.as_unknown()) {
            return Truth::Unknown(unknown.clone());
        }
        if let Some(text) = whole.as_str() {
            return match part.as_str() {
                Some(part) => text.contains(part).into(),
                None => Truth::Unknown(Unknown::new("a text contains only texts")),
            };
        }
        match (&whole.data, &part.data) {
            (Data::Range(range), Data::Number(number)) => return range.contains(*number).into(),
            (Data::Cidr(cidr), Data::Ip(ip)) => return cidr.contains(*ip).into(),
            _ => {}
        }
        if self.is_map(whole) {
            return match self.key_text(part) {
                Some(key) => (!self.entry(whole, &key).is_absent()).into(),
                None => Truth::Unknown(Unknown::new("the keys of a map are texts")),
            };
        }
        let (mut elements, incomplete) = match self.elements(whole) {
            Ok(elements) => elements,
            Err(unknown) => return Truth::Unknown(unknown),
        };
        let mut acc = incomplete.map_or(Truth::False, Truth::Unknown);
        while let Some(item) = elements.next_item(self) {
            if !self.fuel.step() {
                return Truth::of(&self.out_of_fuel());
            }
            let item = self.scalar_of_row(item);
            acc = acc.or(self.equal(&item, part).into());
            if acc == Truth::True {
                break;
            }
        }
        acc
    }

    fn matches_one(&mut self, left: &Value<'a>, right: &Value<'a>) -> Result<bool, Unknown> {
        let text = left.as_str().ok_or_else(|| Unknown::new("only a text matches a regular expression"))?;
        if !self.fuel.take(text.len() as u64 / 64) {
            return Err(Unknown::new(super::fuel::BUDGET));
        }
        if let Some(pattern) = right.as_pattern() {
            return Ok(pattern.is_match(text));
        }
        let source = right.as_str().ok_or_else(|| Unknown::new("the right side is not a regular expression"))?;
        self.pay_for_compiling(source)?;
        match Pattern::parse(source) {
            Ok(pattern) => Ok(pattern.is_match(text)),
            Err(_) => Err(Unknown::new(format!("`{}` is not a regular expression", self.print_masked(right)))),
        }
    }

    fn like_one(&mut self, left: &Value<'a>, right: &Value<'a>, kind: GlobKind) -> Result<bool, Unknown> {
        let text = left.as_str().ok_or_else(|| Unknown::new("only a text is like a glob"))?;
        if !self.fuel.take(text.len() as u64 / 64) {
            return Err(Unknown::new(super::fuel::BUDGET));
        }
        if let Some(glob) = right.as_glob() {
            return Ok(glob.matches(text));
        }
        let source = right.as_str().ok_or_else(|| Unknown::new("the right side is not a glob"))?;
        self.pay_for_compiling(source)?;
        match Glob::parse(source, kind) {
            Ok(glob) => Ok(glob.matches(text)),
            Err(_) => Err(Unknown::new(format!("`{}` is not a glob", self.print_masked(right)))),
        }
    }

    // Patterns of the program are compiled once; those that documents give cost more.
    fn pay_for_compiling(&mut self, source: &str) -> Result<(), Unknown> {
        let steps = 500 + source.len() as u64 * 10;
        if self.fuel.take(steps) { Ok(()) } else { Err(Unknown::new(super::fuel::BUDGET)) }
    }

    fn within_one(&mut self, left: &Value<'a>, right: &Value<'a>) -> Result<bool, Unknown> {
        if let (Some(left), Some(right)) = (as_cidr(left), as_cidr(right)) {
            return Ok(left.is_within(right));
        }
        if let (Data::Number(left), Data::Range(right)) = (&left.data, &right.data) {
            // A fraction lies in a range too, as it does for `in`.
            return Ok(right.contains(*left));
        }
        if let (Some(left), Some(right)) = (as_range(left), as_range(right)) {
            return Ok(left.is_within(right));
        }
        match (left.as_str(), right.as_str()) {
            (Some(left), Some(right)) => Ok(FsPath::parse(left)
                .and_then(|left| FsPath::parse(right).map(|right| left.is_within(&right)))
                .map_err(|error| Unknown::new(error.to_string()))?),
            _ => Err(Unknown::new("only addresses, numbers and paths lie within something")),
        }
    }

    fn overlaps_one(&mut self, left: &Value<'a>, right: &Value<'a>) -> Result<bool, Unknown> {
        if let (Some(left), Some(right)) = (as_cidr(left), as_cidr(right)) {
            return Ok(left.overlaps(right));
        }
        match (as_range(left), as_range(right)) {
            (Some(left), Some(right)) => Ok(left.overlaps(right)),
            _ => Err(Unknown::new("only ranges of numbers and blocks of addresses overlap")),
        }
    }

    fn satisfies_one(&mut self, left: &Value<'a>, right: &Value<'a>) -> Result<bool, Unknown> {
        let version = super::compare::version_of(left)
            .ok_or_else(|| Unknown::new("only a version satisfies a range of versions"))?;
        if let Some(range) = right.as_version_range() {
            return Ok(range.contains(&version));
        }
        let source = right.as_str().ok_or_else(|| Unknown::new("the right side is not a range of versions"))?;
        match VersionRange::parse(source) {
            Ok(range) => Ok(range.contains(&version)),
            Err(_) => Err(Unknown::new(format!("`{}` is not a range of versions", self.print_masked(right)))),
        }
    }

    fn is(&mut self, value: &Value<'a>, test: TypeTest) -> Truth {
        if let Data::Unknown(unknown) = &value.data {
            return Truth::Unknown(unknown.clone());
        }
        let holds = match test {
            TypeTest::Absent => value.is_absent(),
            TypeTest::Null => matches!(value.data, Data::Null),
            TypeTest::Bool => matches!(value.data, Data::Bool(_)),
            TypeTest::Number => matches!(value.data, Data::Number(_)),
            TypeTest::String => self.scalar_of_row(value.clone()).as_str().is_some(),
            TypeTest::List => self.is_list(value),
            TypeTest::Map => self.is_map(value),
            TypeTest::Kinds(kinds) => self.object_of(value).is_some_and(|object| self.is_of_kind(object, kinds)),
            TypeTest::View(view) => {
                matches!(value.data, Data::Row(row) if self.rows[row.0 as usize].view == view)
            }
        };
        holds.into()
    }

    /// Whether there is nothing, or nothing in it.
    pub(crate) fn is_empty(&mut self, value: &Value<'a>) -> Truth {
        match &value.data {
            Data::Unknown(unknown) => return Truth::Unknown(unknown.clone()),
            Data::Absent | Data::Null => return Truth::True,
            _ => {}
        }
        let value = self.scalar_of_row(value.clone());
        if let Some(text) = value.as_str() {
            return text.is_empty().into();
        }
        if !self.is_list(&value) && !self.is_map(&value) {
            return Truth::False;
        }
        let (mut elements, incomplete) = match self.elements(&value) {
            Ok(elements) => elements,
            Err(unknown) => return Truth::Unknown(unknown),
        };
        match (elements.next_item(self), incomplete) {
            (Some(_), _) => Truth::False,
            (None, Some(unknown)) => Truth::Unknown(unknown),
            (None, None) => Truth::True,
        }
    }
}

/// Whether the left operand of a connective is the same connective.
pub(crate) fn is_chained(exprs: &[Expr], expr: &Expr) -> bool {
    match expr {
        Expr::And(left, _) => matches!(exprs.get(left.index()), Some(Expr::And(..))),
        Expr::Or(left, _) => matches!(exprs.get(left.index()), Some(Expr::Or(..))),
        _ => false,
    }
}

/// The operands of `a and b and …` or `a or b or …`, from left to right.
pub(crate) fn spine(exprs: &[Expr], expr: &Expr) -> Vec<ExprId> {
    let conjunction = matches!(expr, Expr::And(..));
    let mut operands = Vec::new();
    let mut current = expr;
    while let Expr::And(left, right) | Expr::Or(left, right) = current {
        operands.push(*right);
        match exprs.get(left.index()) {
            Some(next @ Expr::And(..)) if conjunction => current = next,
            Some(next @ Expr::Or(..)) if !conjunction => current = next,
            _ => {
                operands.push(*left);
                break;
            }
        }
    }
    operands.reverse();
    operands
}

fn as_cidr(value: &Value<'_>) -> Option<Cidr> {
    match value.data {
        Data::Cidr(cidr) => Some(cidr),
        Data::Ip(ip) => Some(ip.into()),
        _ => None,
    }
}

fn as_range(value: &Value<'_>) -> Option<IntRange> {
    match value.data {
        Data::Range(range) => Some(range),
        Data::Number(number) => number.as_i64().map(IntRange::from),
        _ => None,
    }
}

fn glob_kind(scope: GlobScope) -> GlobKind {
    match scope {
        GlobScope::Path => GlobKind::Path,
        GlobScope::Host => GlobKind::Host,
        GlobScope::Plain => GlobKind::Plain,
    }
}
